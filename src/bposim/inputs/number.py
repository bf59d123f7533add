"""The numbers of a scenario: certain or uncertain, with or without a currency, and event sizes.

When a scenario is read, a :data:`Number` is a float or a :class:`Distribution`; once it is bound to the
draws of a block it is a float or an array ``(trials,)``.  Code of the model sees only the bound form, so
that is what the type checker is told.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import AfterValidator
from pydantic_core import core_schema

from bposim.families import members
from bposim.inputs import distributions, empirical, metalog, percentiles
from bposim.inputs.distributions import Distribution
from bposim.part import complaint, suggestion
from bposim.quantities import read_months, read_number
from bposim.shapes import FloatArray
from bposim.tree import standing_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

DISTRIBUTIONS: dict[str, type[Distribution]] = members(Distribution, distributions, metalog, empirical)  # type: ignore[type-abstract]

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?)")
_THREE_POINT = {"low", "likely", "high"}
_FORMS = {**dict.fromkeys([*DISTRIBUTIONS, *_THREE_POINT, "p10", "p50", "p90", "value"])}

NUMBER_FORMAT = "bposim-number"
"""How the JSON Schema of a field says that it takes a number in any form."""

FORM_KEYS = frozenset({*DISTRIBUTIONS, *_THREE_POINT, "value"})
"""Keys that say how a number is written; an override in another form replaces the whole number."""


class _Uncertain:
    """Annotation that reads a number in any of its forms."""

    def __init__(self, scalar: Callable[[Any], float]) -> None:
        self.scalar = scalar

    def _read(self, data: Any) -> float | Distribution:  # noqa: ANN401
        if isinstance(data, Distribution):
            return data
        if not isinstance(data, dict):
            if isinstance(data, list):
                raise complaint("bp_unknown_form", "expected one number, found a list")
            return self.scalar(data)
        if "value" in data:
            if len(data) > 1:
                raise complaint("bp_unknown_form", "beside value: only source:, note: and owner: may stand")
            return self._read(data["value"])
        return self._distribution(data)

    def _distribution(self, data: dict[str, Any]) -> Distribution:
        if all(_PERCENTILE.fullmatch(key) or key in {"min", "max"} for key in data):
            points, bounds = self._percentiles(data)
            return _placed(percentiles.default_for(points, **bounds), data)
        if _THREE_POINT & set(data):
            return _placed(DISTRIBUTIONS["pert"].model_validate(self._converted(data)), data)
        kinds = [key for key in data if key in DISTRIBUTIONS]
        if len(kinds) != 1 or len(data) != 1:
            word = next((key for key in data if key not in _FORMS), next(iter(data), ""))
            raise complaint(
                "bp_unknown_form", f"not a way to write a number: {word}; {suggestion(word, _FORMS)}"
            )
        kind, inner = kinds[0], data[kinds[0]]
        if kind == "mixture":
            return _placed(self._mixture(inner), data)
        if isinstance(inner, dict) and any(_PERCENTILE.fullmatch(key) for key in inner):
            points, bounds = self._percentiles(inner)
            return _placed(DISTRIBUTIONS[kind].from_percentiles(points, **bounds), data)
        return _placed(DISTRIBUTIONS[kind].model_validate(self._converted(inner)), data)

    def _converted(self, inner: Any) -> Any:  # noqa: ANN401
        """Read the scalars in this field's own units (months, say) before the distribution does."""
        if self.scalar is read_number or not isinstance(inner, dict):
            return inner
        converted = {k: v if isinstance(v, (dict, list)) else self.scalar(v) for k, v in inner.items()}
        return standing_for(inner, converted)

    def _percentiles(self, data: dict[str, Any]) -> tuple[dict[float, float], dict[str, float]]:
        points, bounds = {}, {}
        for key, text in data.items():
            if found := _PERCENTILE.fullmatch(key):
                points[float(found[1]) / 100] = self.scalar(text)
            else:
                bounds[key] = self.scalar(text)
        return points, bounds

    def _mixture(self, entries: Any) -> Distribution:  # noqa: ANN401
        if not isinstance(entries, list) or not all(isinstance(e, dict) and "weight" in e for e in entries):
            raise complaint(
                "bp_unknown_form", "mixture: a list of entries, each with weight: and a distribution"
            )
        parts = []
        for entry in entries:
            rest = {key: value for key, value in entry.items() if key != "weight"}
            component = self._read(rest)
            if not isinstance(component, Distribution):
                component = DISTRIBUTIONS["discrete"].model_validate(
                    {"values": [component], "weights": [1.0]}
                )
            parts.append((read_number(entry["weight"]), component))
        return DISTRIBUTIONS["mixture"].model_validate({"components": parts})

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"format": NUMBER_FORMAT}


def _placed(distribution: Distribution, data: dict[str, Any]) -> Distribution:
    distribution._origin = getattr(data, "origin", "")  # noqa: SLF001
    return distribution


def _bounds(value: float | Distribution) -> tuple[float, float]:
    return value.support if isinstance(value, Distribution) else (value, value)


def within(low: float, high: float) -> Callable[[Any], Any]:
    """Return a check that a number cannot leave ``[low, high]``."""

    def check(value: float | Distribution) -> float | Distribution:
        bottom, top = _bounds(value)
        if bottom < low or top > high:
            outside = bottom if bottom < low else top
            raise complaint(
                "bp_range", _out_of_range(outside, low, high, uncertain=isinstance(value, Distribution))
            )
        return value

    return check


def _out_of_range(value: float, low: float, high: float, *, uncertain: bool) -> str:
    if uncertain:
        side = f"min: {low:g}" if value < low else f"max: {high:g}"
        return (
            f"the distribution reaches {value:g}, outside {low:g} to {high:g}; add {side} to its parameters"
        )
    if high == 1 and 1 < value <= 100:  # noqa: PLR2004
        return f"{value:g} > 1; {value:g}% or {value / 100:g}?"
    if math.isinf(high):
        return f"{value:g} is below {low:g}; write a number of at least {low:g}"
    return f"{value:g} is outside {low:g} to {high:g}; write a number in that range"


class PerEvent:
    """Annotation: drawn anew for each event, so never replaced by one draw a trial."""


def _event_size(value: float | Distribution) -> Distribution:
    if isinstance(value, Distribution):
        return value
    return DISTRIBUTIONS["discrete"].model_validate({"values": [value], "weights": [1.0]})


if TYPE_CHECKING:
    Number: TypeAlias = float | FloatArray
    NonNegative: TypeAlias = float | FloatArray
    Share: TypeAlias = float | FloatArray
    Months: TypeAlias = float | FloatArray
    EventSize: TypeAlias = Distribution
else:
    _number = _Uncertain(read_number)
    Number = Annotated[Any, _number]
    NonNegative = Annotated[Any, _number, AfterValidator(within(0.0, math.inf))]
    Share = Annotated[Any, _number, AfterValidator(within(0.0, 1.0))]
    Months = Annotated[Any, _Uncertain(read_months), AfterValidator(within(0.0, math.inf))]
    EventSize = Annotated[
        Any, _number, AfterValidator(within(0.0, math.inf)), AfterValidator(_event_size), PerEvent()
    ]
