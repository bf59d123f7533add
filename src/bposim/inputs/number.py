"""The numbers of a scenario: certain or uncertain, with or without a currency, and event sizes.

When a scenario is read, a :data:`Number` is a float or a :class:`Distribution`; once it is bound to the
draws of a block it is a float or an array ``(trials,)``.  Code of the model sees only the bound form, so
that is what the type checker is told.

A number is written in one of four forms: alone or as ``{value: 40%}``; as ``{low, likely, high}``, a PERT
distribution; by percentiles ``{p10, p50, p90}``; or by a kind with its parameters, ``{normal: {mean, sd}}``.
``min`` and ``max`` stand beside percentiles and ``likely``, and inside a kind.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeAlias

from pydantic import AfterValidator
from pydantic_core import core_schema

from bposim.families import members
from bposim.inputs import distributions, percentiles
from bposim.inputs.distribution import Distribution
from bposim.part import ANYWHERE, Findings, above_one, complaint, suggestion
from bposim.quantities import kind_of, read_months, read_number
from bposim.shapes import FloatArray
from bposim.tree import standing_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

DISTRIBUTIONS: dict[str, type[Distribution]] = members(Distribution, distributions)  # type: ignore[type-abstract]

_PERCENTILE = re.compile(r"p(\d{1,6}(?:\.\d{1,6})?)")
_THREE_POINT = ("low", "likely", "high")
_BOUNDS = ("min", "max")
_WITHOUT_UNIT = frozenset({"alpha", "beta", "p", "probabilities", "shape", "sigma", "weights"})
"""Parameters that are pure numbers, whatever the unit of the field: a weight of 30 % is no period."""
_FORMS = (*DISTRIBUTIONS, *_THREE_POINT, "p10", "p50", "p90", "value")
_BESIDE_PERCENTILES = {"beta": ("low", "high"), "pert": ("shape",)}
"""Parameters that percentiles leave open, besides the bounds."""

NUMBER_FORMAT = "bposim-number"
"""How the JSON Schema of a field says that it takes a number in any form."""

FORM_KEYS = frozenset({*DISTRIBUTIONS, *_THREE_POINT, "value"})
"""Keys that say how a number is written; an override in another form replaces the whole number."""


class _Uncertain:
    """Annotation that reads a number in any of its forms; ``scalar`` reads one value in the field's unit."""

    def __init__(self, scalar: Callable[[Any], float]) -> None:
        self.scalar = scalar

    def _read(self, data: Any) -> float | Distribution:  # noqa: ANN401
        if isinstance(data, Distribution):
            return data
        if isinstance(data, list):
            raise complaint("bp_type", "expected one number, found a list; write one, or {low, likely, high}")
        if not isinstance(data, dict):
            return self.scalar(data)
        form, allowed = _form_of(data)
        findings = Findings()
        for key in data:
            if key not in allowed:
                with findings.at(key):
                    raise complaint("bp_unknown_key", f"unknown key; {_beside(key, form, allowed)}")
        value: float | Distribution = 0.0
        with findings.at():
            value = self._in_form(form, {key: data[key] for key in data if key in allowed})
        findings.settle()
        if isinstance(value, Distribution):
            value._origin = getattr(data, "origin", "")  # noqa: SLF001 - set once, where it is made
            value._per_cent = _per_cent(data)  # noqa: SLF001 - as above
        return value

    def _in_form(self, form: str, data: dict[str, Any]) -> float | Distribution:
        findings = Findings()
        if form == "likely":
            return DISTRIBUTIONS["pert"].model_validate(self._converted(data))
        if form == "percentiles":
            points, bounds = self._percentiles(data)
            return percentiles.default_for(points, **bounds)
        value: float | Distribution = 0.0
        with findings.at(form):
            if form == "value":
                value = self._read(data["value"])
            elif form == "mixture":
                value = self._mixture(data["mixture"])
            else:
                value = self._of_kind(form, data[form])
        findings.settle()
        return value

    def _of_kind(self, kind: str, inner: Any) -> Distribution:  # noqa: ANN401
        if not isinstance(inner, dict) or not any(_PERCENTILE.fullmatch(key) for key in inner):
            return DISTRIBUTIONS[kind].model_validate(self._converted(inner))
        allowed = (*_BOUNDS, *_BESIDE_PERCENTILES.get(kind, ()))
        findings = Findings()
        for key in inner:
            if key not in allowed and not _PERCENTILE.fullmatch(key):
                with findings.at(key):
                    raise complaint(
                        "bp_unknown_key", f"{key} cannot stand beside percentiles; {suggestion(key, allowed)}"
                    )
        findings.settle()
        points, others = self._percentiles(inner)
        return DISTRIBUTIONS[kind].from_percentiles(points, **others)

    def _converted(self, inner: Any) -> Any:  # noqa: ANN401
        """Read the scalars in this field's own units (months, say) before the distribution does."""
        if self.scalar is read_number or not isinstance(inner, dict):
            return inner
        findings = Findings()
        converted = dict(inner)
        for key, value in inner.items():
            scalar = read_number if key in _WITHOUT_UNIT else self.scalar
            with findings.at(key):
                if isinstance(value, list):
                    converted[key] = self._all_converted(value, scalar)
                elif not isinstance(value, dict):
                    converted[key] = scalar(value)
        findings.settle()
        return standing_for(inner, converted)

    @staticmethod
    def _all_converted(values: Iterable[Any], scalar: Callable[[Any], float]) -> list[Any]:
        findings = Findings()
        converted = []
        for number, value in enumerate(values):
            with findings.at(number):
                converted.append(scalar(value))
        findings.settle()
        return converted

    def _percentiles(self, data: dict[str, Any]) -> tuple[dict[float, float], dict[str, float]]:
        """Return the percentiles by probability, and the other parameters."""
        points: dict[float, float] = {}
        others: dict[str, float] = {}
        findings = Findings()
        for key, value in data.items():
            with findings.at(key):
                found = _PERCENTILE.fullmatch(key)
                if found and float(found[1]) / 100 in points:
                    raise complaint("bp_form", f"{key} is given twice; keep one of them")
                if found:
                    points[float(found[1]) / 100] = self.scalar(value)
                else:
                    others[key] = self.scalar(value)
        findings.settle()
        return points, others

    def _mixture(self, entries: Any) -> Distribution:  # noqa: ANN401
        if not isinstance(entries, list) or not entries:
            raise complaint(
                "bp_type", "a mixture is a list; write entries such as {weight: 80%, normal: {…}}"
            )
        findings = Findings()
        components: list[tuple[float, Distribution]] = []
        for number, entry in enumerate(entries):
            with findings.at(number):
                components.append(self._component(entry))
        findings.settle()
        return DISTRIBUTIONS["mixture"].model_validate({"components": components})

    def _component(self, entry: Any) -> tuple[float, Distribution]:  # noqa: ANN401
        if not isinstance(entry, dict):
            what = f"expected an entry with its weight, found {kind_of(entry)}"
            raise complaint("bp_type", f"{what}; write {{weight: 80%, normal: {{…}}}}")
        findings = Findings()
        weight = 1.0
        component: float | Distribution = 0.0
        with findings.at("weight"):
            if "weight" not in entry:
                raise complaint("bp_missing", "the key is missing; add it, such as weight: 80%")
            weight = read_number(entry["weight"])
        with findings.at():
            rest = {key: value for key, value in entry.items() if key != "weight"}
            component = self._read(standing_for(entry, rest))
        findings.settle()
        return weight, _event_size(component)

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"format": NUMBER_FORMAT} | ({} if self.scalar is read_number else {"unit": "months"})


def _per_cent(data: object) -> bool:
    """Tell whether a value in the mapping, other than a weight, is written in per cent."""
    if isinstance(data, dict):
        return any(_per_cent(value) for key, value in data.items() if key not in {"weight", "weights"})
    if isinstance(data, list):
        return any(map(_per_cent, data))
    return isinstance(data, str) and data.rstrip().endswith("%")


def _form_of(data: dict[str, Any]) -> tuple[str, frozenset[str]]:
    """Return the form that a number is written in, and the keys that may stand there."""
    marks = {
        "value": ["value"] * ("value" in data),
        **{kind: [kind] for kind in DISTRIBUTIONS if kind in data},
        "likely": [key for key in _THREE_POINT if key in data],
        "percentiles": [key for key in data if _PERCENTILE.fullmatch(key)],
    }
    found = {form: keys for form, keys in marks.items() if keys}
    if len(found) > 1:
        ways = " and ".join(", ".join(keys) for keys in found.values())
        raise complaint("bp_form", f"{ways} are {len(found)} ways to write one number; keep one of them")
    if not found:
        _refuse_form(data)
    form, keys = next(iter(found.items()))
    if form == "likely":
        if set(keys) == {"low", "high"} and data.keys() <= {*keys, *_BOUNDS}:
            raise complaint(
                "bp_missing",
                f"likely is missing; add it, or write {_flow('uniform', {key: data[key] for key in keys})}",
            )
        return form, frozenset(data.keys() - {"currency"})  # the distribution knows its own keys
    return form, frozenset({*keys, *_BOUNDS} if form == "percentiles" else keys)


def _refuse_form(data: dict[str, Any]) -> NoReturn:
    """Say what is wrong with keys none of which makes a number."""
    if not data:
        raise complaint("bp_missing", "there is no number here; write it as value:")
    if data.keys() <= set(_BOUNDS):
        raise complaint("bp_form", "min and max alone are not a number; write {uniform: {low: …, high: …}}")
    for kind in sorted(DISTRIBUTIONS, key=lambda kind: -sum(DISTRIBUTIONS[kind].file_keys().values())):
        keys = DISTRIBUTIONS[kind].file_keys()
        if data.keys() <= keys.keys() and all(key in data for key, required in keys.items() if required):
            raise complaint(
                "bp_form", f"{', '.join(data)} do not say which distribution; write {_flow(kind, data)}"
            )
    findings = Findings()
    for key in data:
        with findings.at(key):
            raise complaint("bp_unknown_key", f"this is no way to write a number; {suggestion(key, _FORMS)}")
    raise findings.error()


def _flow(kind: str, data: dict[str, Any]) -> str:
    inside = ", ".join(f"{key}: {value if isinstance(value, str) else '…'}" for key, value in data.items())
    return f"{{{kind}: {{{inside}}}}}"


def _beside(key: str, form: str, allowed: frozenset[str]) -> str:
    """Say what to do with a key that cannot stand beside the others."""
    if form in DISTRIBUTIONS and key in DISTRIBUTIONS[form].file_keys():
        return f"put it inside {form}: {{…}}"
    if key == "currency":
        return "remove it, the number is in the base currency or in none"
    known = ("p10", "p50", "p90", *_BOUNDS) if form == "percentiles" else allowed
    return suggestion(key, known, ANYWHERE)


def _bounds(value: float | Distribution) -> tuple[float, float]:
    return value.support if isinstance(value, Distribution) else (value, value)


class Within:
    """Annotation: a number cannot leave ``[low, high]``; the JSON Schema says so, too."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    def check(self, value: float | Distribution) -> float | Distribution:
        """Return the value; raise a complaint where it can leave the bounds."""
        bottom, top = _bounds(value)
        if bottom < self.low or top > self.high:
            raise complaint(
                "bp_range",
                _reaches_out(value, self.low, self.high)
                if isinstance(value, Distribution)
                else _out_of_range(value, self.low, self.high),
            )
        return value

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        limits = {"minimum": self.low, "maximum": self.high}
        return handler(schema) | {name: limit for name, limit in limits.items() if math.isfinite(limit)}


def _reaches_out(value: Distribution, low: float, high: float) -> str:
    bottom, top = value.support
    sides = [
        (name, end, limit)
        for name, end, limit, out in (("min", bottom, low, bottom < low), ("max", top, high, top > high))
        if out
    ]
    reached = " and ".join(
        f"{end:g}" if math.isfinite(end) else f"any value {'below' if name == 'min' else 'above'} {limit:g}"
        for name, end, limit in sides
    )
    what = f"the distribution reaches {reached}, but only values {_range(low, high)} make sense"
    if all(name in type(value).file_keys() for name, _, _ in sides) and value.kind != "empirical":
        return f"{what}; add {' and '.join(f'{name}: {limit:g}' for name, _, limit in sides)}"
    return f"{what}; change its values"


def _out_of_range(value: float, low: float, high: float) -> str:
    if high == 1 and value > 1:
        return above_one(value)
    return f"{value:g} is not possible here; write a number {_range(low, high)}"


def _range(low: float, high: float) -> str:
    return f"of at least {low:g}" if math.isinf(high) else f"from {low:g} to {high:g}"


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
    NonNegative = Annotated[Any, _number, Within(0.0, math.inf)]
    Share = Annotated[Any, _number, Within(0.0, 1.0)]
    Months = Annotated[Any, _Uncertain(read_months), Within(0.0, math.inf)]
    EventSize = Annotated[Any, _number, Within(0.0, math.inf), AfterValidator(_event_size), PerEvent()]
