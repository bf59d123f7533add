"""A number of the scenario that a study moves: an uncertain input, or a number that the file fixes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.inputs import candidates
from bposim.explain.sources import numbers
from bposim.inputs.distribution import Distribution
from bposim.inputs.names import closest, short_name
from bposim.quantities import read_number
from bposim.studies.variants import input_named, pinned_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.explain.sources import Written
    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray
    from bposim.studies.variants import Source

_RANGE = re.compile(r"(?P<path>[^=]+?)(?:=(?P<low>.+?)\.\.(?P<high>.+?)(?::(?P<points>\d+))?)?")

FAR = 0.01
"""An uncertain input goes from its 1 % to its 99 % quantile where no range is given."""

AROUND = 0.5
"""A fixed number goes from half to one and a half of itself where no range is given."""

LEAST_POINTS, MOST_POINTS = 2, 200


@dataclass(frozen=True, slots=True)
class Varied:
    """A number that is moved between two values."""

    path: str
    """As the user wrote it."""
    name: str
    """Its full name."""
    is_input: bool
    """Whether it is uncertain."""
    now: float | None
    """What the file says; of an uncertain input its median, of a number that is not there None."""
    low: float
    high: float
    points: int | None
    """Places that are asked for."""
    prefix: str = ""
    """A currency that has to be written before the number."""
    is_rate: bool = False
    """Whether the file, or who asks, writes it in per cent."""

    @property
    def short(self) -> str:
        """The name as people write it."""
        return short_name(self.name)

    def places(self, points: int) -> FloatArray:
        """Return as many places from low to high as were asked for, else ``points``."""
        return np.linspace(self.low, self.high, self.points or points)


def varied(source: Source, text: str) -> Varied:
    """Return what ``PATH`` or ``PATH=low..high`` or ``PATH=low..high:points`` means.

    Raises ValueError where the path means nothing or several things, or where it needs a range.
    """
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not PATH or PATH=low..high; write e.g. manila.price=150..300")
    path = found["path"].strip()
    low, high = (read_number(found[end]) if found[end] else None for end in ("low", "high"))
    points = int(found["points"]) if found["points"] else None
    if low is not None and high is not None and not low < high:
        raise ValueError(f"{text}: the range goes from a lower to a higher value")
    if points is not None and not LEAST_POINTS <= points <= MOST_POINTS:
        raise ValueError(f"{text}: give {LEAST_POINTS} to {MOST_POINTS} points")
    scenario = source.scenario
    entry = input_named(scenario, path)
    if entry is not None:
        ends = entry.distribution.ppf(np.array([FAR, 0.5, 1 - FAR]))
        name = entry.name
        return Varied(
            path,
            name,
            is_input=True,
            now=float(ends[1]),
            low=float(ends[0]) if low is None else low,
            high=float(ends[2]) if high is None else high,
            points=points,
            is_rate=entry.distribution.per_cent,
        )
    return replace(_fixed(source, path, low, high, points), is_rate="%" in text)


def _fixed(source: Source, path: str, low: float | None, high: float | None, points: int | None) -> Varied:
    written = [each for each in numbers(source.scenario) if not isinstance(each.value, Distribution)]
    names = candidates(path, written)
    if len(names) > 1:
        listed = " or ".join(short_name(name) for name in names[:5])
        raise ValueError(f"{path} can mean {listed}; write more of the path")
    own = next((each for each in written if names and each.name == names[0]), None)
    if own is None and low is None:
        near = closest(path, [*(each.name for each in written), *source.scenario.uncertain.names])
        remedy = f"did you mean {' or '.join(near)}?" if near else "`bposim plan FILE` lists the inputs"
        raise ValueError(f"no number of the scenario is called {path}; {remedy}")
    now = float(own.value) if own is not None and not isinstance(own.value, Distribution) else None
    if low is None or high is None:
        if not now:
            raise ValueError(f"{path} is 0 now, so say where it may go: {path}=low..high")
        low, high = sorted(((1 - AROUND) * now, (1 + AROUND) * now))
    return Varied(
        path,
        names[0] if names else path,
        is_input=False,
        now=now,
        low=low,
        high=high,
        points=points,
        prefix=_prefix(source, path, own) if own is not None else "",
    )


def _prefix(source: Source, path: str, own: Written) -> str:
    """Return the currency of an amount whose file says it in the same text, ``PHP 3.10``."""
    currency = own.currency
    if currency in {None, source.scenario.base_currency}:
        return ""
    plain = source.changed({path: repr(own.value)})
    kept = any(each.name == own.name and each.currency == currency for each in numbers(plain))
    return "" if kept else f"{currency} "


def at_values(source: Source, moved: Sequence[Varied], values: Sequence[float]) -> Scenario:
    """Return the scenario with these numbers at these values; raises ScenarioError where they do not fit."""
    pairs = list(zip(moved, map(float, values), strict=True))
    scenario = source.changed(
        {one.path: f"{one.prefix}{value!r}" for one, value in pairs if not one.is_input}
    )
    pins = {one.name: value for one, value in pairs if one.is_input}
    return pinned_at(scenario, pins) if pins else scenario
