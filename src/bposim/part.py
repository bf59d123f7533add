"""``Part``: what every piece of a scenario is, a frozen record read strictly from the file's tree."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from bposim.quantities import read_number

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMBER_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "number"},
        {"type": "string", "pattern": r"^[+-]?[0-9][0-9_]*(\.[0-9]+)?([eE][+-]?[0-9]+)? ?(%|k|M|bn)?$"},
    ],
    "description": "A number: 0.4, 40%, 450k, 1.2M or 185_000.",
}

Real = Annotated[float, BeforeValidator(read_number), WithJsonSchema(NUMBER_SCHEMA)]
"""A certain number as people write it: ``0.4``, ``40%``, ``450k``, ``1.2M``."""


class Part(BaseModel):
    """A frozen, strictly read piece of a scenario; unknown keys are refused with a suggestion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    _origin: str = PrivateAttr(default="")

    @property
    def origin(self) -> str:
        """The dotted path at which this part was first written; it survives ``like:``."""
        return self._origin

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:  # noqa: ANN401
        if isinstance(data, BaseModel):
            return handler(data)
        if not isinstance(data, dict):
            found = "a list" if isinstance(data, list) else "a single value"
            raise complaint("bp_not_a_mapping", f"expected keys and values here, found {found}")
        try:
            part = handler(data)
        except ValidationError as error:
            findings = error.errors(include_url=False)
            raise ValidationError.from_exception_data(
                cls.__name__, [_with_suggestion(cls, finding) for finding in findings]
            ) from None
        part._origin = getattr(data, "origin", "")  # noqa: SLF001 - its own, set once
        return part


def complaint(kind: str, message: str) -> PydanticCustomError:
    """Return an error that pydantic collects with the others; ``kind`` starts with ``bp_``."""
    return PydanticCustomError(kind, message.replace("{", "{{").replace("}", "}}"))


def _with_suggestion(part: type[Part], finding: Mapping[str, Any]) -> InitErrorDetails:
    """Carry a finding on; an unknown key of this very part learns what may have been meant."""
    loc, kind = finding["loc"], finding["type"]
    if kind == "extra_forbidden" and len(loc) == 1:
        error: str | PydanticCustomError = complaint(
            "bp_unknown_key", suggestion(str(loc[0]), part.model_fields)
        )
    elif kind.startswith("bp_"):
        error = complaint(kind, finding["msg"])
    else:
        error = kind
    context = finding.get("ctx", {}) if isinstance(error, str) else {}
    return InitErrorDetails(type=error, loc=loc, input=finding["input"], ctx=context)


def suggestion(word: str, known: Mapping[str, object]) -> str:
    """Say what may have been meant by ``word``, or what is known."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'did you mean "{close[0]}"?' if close else "known here: " + ", ".join(sorted(known))
