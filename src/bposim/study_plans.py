"""Studies that could be done before choosing: a pilot, a reference call, an audit, and what each costs."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from bposim.part import Part, Real, complaint

_Share = Annotated[Real, Field(ge=0, le=1)]

_Inputs = Annotated[
    list[str],
    BeforeValidator(lambda data: [data] if isinstance(data, str) else data),
    Field(min_length=1),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    ),
]


class Observations(Part):
    """Independent observations of one input, such as the months of a pilot or the files of an audit."""

    times: Annotated[Real, Field(gt=0)]
    """How many observations the study makes."""
    error: Annotated[Real, Field(ge=0)]
    """Standard deviation of one of them about the truth, in the unit of the input."""


class WarningSign(Part):
    """A check with two outcomes, such as a reference call: it warns, or it clears."""

    above: Real
    """It is to warn where the input is above this value."""
    warns: _Share
    """How often it does warn then."""
    false_alarms: _Share = 0.0
    """How often it warns although the input is not above."""


class StudyPlan(Part):
    """Something that could be found out before choosing; how well, is said in one of three ways."""

    looks_at: _Inputs
    """Paths of uncertain inputs; one means everything below it: ``manila.quality``, ``krakow.*``."""
    price: Annotated[Real, Field(ge=0)] = 0.0
    """What the study costs, in base currency."""
    resolves: _Share | None = None
    """Part of the variance of what it looks at that it takes away."""
    observes: Observations | None = None
    """Observations of one input, each with an error."""
    check: WarningSign | None = None
    """A warning or an all-clear about one input."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [way for way in (self.resolves, self.observes, self.check) if way is not None]
        if not ways:
            raise complaint(
                "bp_missing", "how well the study finds out is not said; add resolves:, observes: or check:"
            )
        if len(ways) > 1:
            raise complaint("bp_form", "a study finds out in one way; keep resolves:, observes: or check:")
        return self
