"""``Part``: what every piece of a scenario is, a frozen record read strictly from the file's tree."""

from __future__ import annotations

import ast
import difflib
import inspect
import re
import textwrap
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from itertools import islice, pairwise
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Self, Union, cast, get_args, get_origin

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
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

from bposim.quantities import kind_of, read_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

ANYWHERE = ("source", "note", "owner", "like")
"""Keys that any mapping of a file may carry; they are gone before a part is read."""

MAX_NAMES = 1000
"""Names that a suggestion is chosen from; comparing all names of a hostile file would take minutes."""

NUMBER_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "number"},
        {
            "type": "string",
            "pattern": r"^[+-]?([0-9][0-9_]*(\.[0-9]+)?([eE][+-]?[0-9]+)? ?(%|k|M|bn)?"
            r"|[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?)$",
        },
    ],
    "description": "A number: 0.4, 40%, 450k, 1.2M, 185_000 or 185,000.",
}

Real = Annotated[float, BeforeValidator(read_number), WithJsonSchema(NUMBER_SCHEMA)]
"""A certain number as people write it: ``0.4``, ``40%``, ``450k``, ``1.2M``."""


_built: ContextVar[type[BaseModel] | None] = ContextVar("_built", default=None)
"""The part whose validator is being built."""


class Part(BaseModel):
    """A frozen, strictly read piece of a scenario; unknown keys are refused with a suggestion.

    What a run does not need is put off: the validators of parts that a scenario does not have, and what the
    fields mean, which only their source says (pydantic would look there for every part at import).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    _origin: str = PrivateAttr(default="")

    @property
    def origin(self) -> str:
        """The dotted path at which this part was first written; it survives ``like:``."""
        return self._origin

    @classmethod
    def file_keys(cls) -> dict[str, bool]:
        """Return the keys that a file may write here, and whether each is required."""
        return {field.alias or name: field.is_required() for name, field in cls.model_fields.items()}

    @classmethod
    def meanings(cls) -> dict[str, str]:
        """Return the docstring of each field that has one, by its name in the code."""
        said = {name: text for base in reversed(cls.__mro__) for name, text in _docstrings(base).items()}
        return {name: said[name] for name in cls.model_fields if name in said}

    @classmethod
    def with_meanings(cls, schema: JsonSchemaValue) -> JsonSchemaValue:
        """Return its JSON Schema with the docstring of each field as description."""
        descriptions = {cls.model_fields[name].alias or name: text for name, text in cls.meanings().items()}
        for key, text in descriptions.items():
            schema["properties"][key] = {**schema["properties"][key], "description": text}
        return schema

    @classmethod
    def model_rebuild(cls, *arguments: Any, **options: Any) -> bool | None:  # noqa: ANN401 - as pydantic has it
        """Build the validator, now that it is wanted; those of the parts inside when they are wanted."""
        token = _built.set(cls)
        try:
            return super().model_rebuild(*arguments, **options)
        finally:
            _built.reset(token)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[BaseModel], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Read a part inside another by its own validator, which is built when there is such a part."""
        if _built.get() is cls:
            return handler(source)
        ref = f"{cls.__module__}.{cls.__qualname__}:{id(cls)}"  # by it a JSON schema names its definitions
        return core_schema.no_info_plain_validator_function(cls.model_validate, ref=ref)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema_of_core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe the fields."""
        if schema_of_core["type"] == "function-plain":
            cls.model_rebuild()
            schema_of_core = cls.__pydantic_core_schema__
        schema = handler(schema_of_core)
        cls.with_meanings(handler.resolve_ref_schema(schema))
        return schema

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:  # noqa: ANN401
        if isinstance(data, BaseModel):
            return handler(data)
        if not isinstance(data, dict):
            wanted = [key for key, required in cls.file_keys().items() if required] or list(cls.file_keys())
            what = f"expected keys and values here, found {kind_of(data)}"
            raise complaint("bp_type", f"{what}; write {{{': …, '.join(wanted[:3])}: …}}")
        try:
            part = handler(data)
        except ValidationError as error:
            raise ValidationError.from_exception_data(
                cls.__name__, list(_explained(cls, error.errors(include_url=False)))
            ) from None
        part._origin = getattr(data, "origin", "")  # noqa: SLF001 - its own, set once
        return part


@cache
def _docstrings(cls: type) -> dict[str, str]:
    """Return the docstrings below the annotations in the source of a class, by name."""
    if not issubclass(cls, Part) or not cls.__annotations__:
        return {}
    [body] = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in pairwise(cast("ast.ClassDef", body).body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def complaint(kind: str, message: str) -> PydanticCustomError:
    """Return an error that pydantic collects with the others; ``kind`` starts with ``bp_``."""
    return PydanticCustomError(kind, message)


class Findings:
    """What is wrong with the pieces of one value, each with the way to it, raised all together."""

    def __init__(self) -> None:
        self._details: list[InitErrorDetails] = []

    @contextmanager
    def at(self, *loc: str | int) -> Iterator[None]:
        """Take what the block complains about as said of ``loc``, and go on behind the block."""
        try:
            yield
        except ValidationError as error:
            for finding in error.errors(include_url=False):
                self._add((*loc, *finding["loc"]), _translated(finding))
        except PydanticCustomError as error:
            self._add(loc, error)
        except ValueError as error:
            self._add(loc, complaint("bp_value", str(error)))

    def settle(self) -> None:
        """Raise a ValidationError with all of them, if there are any."""
        if self._details:
            raise self.error()

    def error(self) -> ValidationError:
        """Return the error with all of them."""
        return ValidationError.from_exception_data("value", self._details)

    def _add(self, loc: tuple[str | int, ...], error: PydanticCustomError) -> None:
        self._details.append(InitErrorDetails(type=error, loc=loc, input=None))


def _explained(part: type[Part], findings: Iterable[Mapping[str, Any]]) -> Iterator[InitErrorDetails]:
    """Carry the findings about a part on in words for its writer.

    A key that is misspelt is missing too; that is one mistake and said once.
    """
    findings = list(findings)
    keys = part.file_keys()
    unknown = {
        str(finding["loc"][0]): close_match(str(finding["loc"][0]), (*keys, *ANYWHERE))
        for finding in findings
        if finding["type"] == "extra_forbidden"
    }
    for finding in findings:
        kind, loc = finding["type"], finding["loc"]
        if kind == "extra_forbidden":
            key = str(loc[0])
            error = (
                complaint("bp_type", f"{key}: is text; write it in one line, or in quotes")
                if key in ANYWHERE
                else complaint("bp_unknown_key", f"unknown key; {_belonging(part, key)}")
            )
        elif kind == "missing":
            if loc[-1] in unknown.values():
                continue
            named = (name for name, field in part.model_fields.items() if loc[-1] in {name, field.alias})
            about = part.meanings().get(next(named, ""))
            meaning = f" ({about.splitlines()[0].rstrip('.')})" if about else ""
            error = complaint("bp_missing", f"the key is missing; add it{meaning}")
        else:
            error = _translated(finding)
        yield InitErrorDetails(type=error, loc=loc, input=finding["input"])


def _belonging(part: type[Part], key: str) -> str:
    """Say where an unknown key belongs: a level deeper, or under another name."""
    keys = part.file_keys()
    above = [
        field.alias or name
        for name, field in part.model_fields.items()
        if any(key in inner.file_keys() for inner in _parts_in(field.annotation))
    ]
    if above and not close_match(key, (*keys, *ANYWHERE)):
        return f"it belongs under {' or '.join(f'{name}:' for name in above)} - indent it there"
    return suggestion(key, keys, ANYWHERE)


def _parts_in(annotation: object) -> Iterator[type[Part]]:
    """Yield the parts that a field holds itself, not those in its lists and mappings."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield annotation
    elif get_origin(annotation) in {Union, UnionType, Annotated}:
        for inner in get_args(annotation):
            yield from _parts_in(inner)


def _translated(finding: Mapping[str, Any]) -> PydanticCustomError:
    """Say what pydantic found in the words of the file; what is ours already stays as it is."""
    kind, context = finding["type"], finding.get("ctx", {})
    if kind.startswith("bp_"):
        return complaint(kind, finding["msg"])
    if kind == "value_error":
        return complaint("bp_value", finding["msg"].removeprefix("Value error, "))
    found = kind_of(finding["input"])
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", context["expected"])
        close = close_match(str(finding["input"]), choices)
        remedy = f'did you mean "{close}"?' if close else f"write {' or '.join(choices)}"
        return complaint("bp_type", f"{found} is not known here; {remedy}")
    if kind == "less_than_equal" and context["le"] == 1:
        return complaint("bp_range", above_one(read_number(finding["input"])))
    our_kind, message = _WORDS.get(
        kind, ("bp_type", "{found} does not belong here; `bposim schema` says what does")
    )
    return complaint(our_kind, message.format(found=found, **context))


_WORDS = {
    "bool_type": ("bp_type", "{found} is neither true nor false; write true or false"),
    "dict_type": ("bp_type", 'expected keys and values here, found {found}; write each entry as "name: …"'),
    "finite_number": ("bp_range", "{found} is not a finite number; write a finite one"),
    "greater_than": ("bp_range", "{found} is not above {gt:g}; write a number above {gt:g}"),
    "greater_than_equal": ("bp_range", "{found} is below {ge:g}; write a number of at least {ge:g}"),
    "less_than": ("bp_range", "{found} is not below {lt:g}; write a number below {lt:g}"),
    "less_than_equal": ("bp_range", "{found} is above {le:g}; write a number of at most {le:g}"),
    "list_type": ("bp_type", 'expected a list here, found {found}; write each entry on a line after "- "'),
    "string_type": ("bp_type", "expected text here, found {found}; write one line of text"),
    "too_short": ("bp_range", "the list is too short; give at least {min_length}"),
    "tuple_type": ("bp_type", "expected a list here, found {found}; write it as [1, 2, 3]"),
}
"""pydantic's name of a finding; ours, and our words."""


def above_one(value: float) -> str:
    """Complain about a share above 1, which is most often a percentage without its sign."""
    if value <= 100:  # noqa: PLR2004 - per cent
        return f"{value:g} > 1; {value:g}% or {value / 100:g}?"
    return f"{value:g} > 1; write a share from 0 to 1, or 0% to 100%"


def close_match(word: str, known: Iterable[str]) -> str:
    """Return what may have been meant by ``word``; an empty text if nothing is near."""
    known = list(islice(known, MAX_NAMES))
    plain = {name.lower(): name for name in known}
    spelt = plain.get(word.lower().replace("-", "_"))
    return spelt or next(iter(difflib.get_close_matches(word, known, n=1, cutoff=0.6)), "")


def suggestion(word: str, known: Iterable[str], unlisted: Iterable[str] = ()) -> str:
    """Say what may have been meant by ``word``, or what is known; ``unlisted`` can be meant, too."""
    known = list(known)
    close = close_match(word, (*known, *unlisted))
    return f'did you mean "{close}"?' if close else "known here: " + ", ".join(sorted(known))
