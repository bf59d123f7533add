"""One alternative seen through the sample of a run: its saving, and everything random behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.measures import mean
from bposim.analysis.sensitivity import tornado
from bposim.report.drivers import drivers_behind
from bposim.report.numbers import MINUS, Scale, amount
from bposim.report.pictures.labels import drawable, short_names
from bposim.report.pictures.page import CannotDrawError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.analysis.measures import Estimate
    from bposim.analysis.sensitivity import Bar
    from bposim.report.drivers import Known
    from bposim.result import Result
    from bposim.sample import Driver
    from bposim.shapes import FloatArray

PLAIN = 1000
"""Numbers from here on are written with a suffix."""


@dataclass(frozen=True)
class Seen:
    """What pictures of one alternative's drivers share, worked out once and when it is asked for."""

    result: Result
    name: str
    chosen: Sequence[str] = field(default=())
    """Drivers to show in place of the strongest, by label or name."""

    def __post_init__(self) -> None:
        if self.name == self.result.baseline:
            raise CannotDrawError("the baseline saves nothing against itself; choose another alternative")
        if self.result.sample is None:
            raise CannotDrawError("this result kept no sample of its drivers; simulate it again")

    @property
    def currency(self) -> str:
        """The base currency."""
        return self.result.scenario.base_currency

    @property
    def label(self) -> str:
        """The alternative on a picture."""
        return short_names(self.result.titles)[self.name]

    @property
    def base_label(self) -> str:
        """The baseline on a picture."""
        return short_names(self.result.titles)[self.result.baseline]

    @cached_property
    def saving(self) -> FloatArray:
        """The saving in the trials of the sample, ``(trials,)``."""
        return self.result.first.saving(self.name)

    @cached_property
    def mean(self) -> Estimate:
        """Its mean."""
        return mean(self.saving)

    @cached_property
    def _known(self) -> Known:
        return drivers_behind(self.result, (self.result.baseline, self.name))

    @property
    def drivers(self) -> dict[str, FloatArray]:
        """Everything random that moved, by name, each ``(trials,)``."""
        return self._known.values

    @cached_property
    def bars(self) -> tuple[Bar, ...]:
        """The tornado of the saving, widest first; CannotDrawError where there is no bar."""
        bars = tornado(self.saving, self.drivers) if self.drivers else ()
        if not bars:
            raise CannotDrawError(
                f"{self.saving.size:,} trials have fewer than 30 at the ends of each driver; run more"
                if self.drivers
                else f"nothing random moves the saving of {self.label}"
            )
        return bars

    def strongest(self, count: int, *, common: bool = False) -> list[str]:
        """Return the chosen drivers, or the names of the ``count`` that swing the mean saving most.

        ``common`` leaves out those that are the same in half of the futures or more, as rare events are.
        """
        if self.chosen:
            return [self.named(text) for text in self.chosen][:count]
        found = [bar.name for bar in self.bars if not common or self._is_common(bar.name)]
        return found[:count]

    def _is_common(self, name: str) -> bool:
        low, high = np.quantile(self.drivers[name], [0.25, 0.75])
        return bool(low < high)

    def named(self, text: str) -> str:
        """Return the name of the driver that a user names, in full or by its end."""
        label = self._known.label
        found = [name for name in self.drivers if text in {name, label(name), self.driver(name).name}] or [
            name for name in self.drivers if label(name).endswith(f".{text}")
        ]
        if len(found) == 1:
            return found[0]
        known = ", ".join(label(name) for name in found or [bar.name for bar in self.bars[:12]])
        raise CannotDrawError(
            f"{text} names {len(found)} drivers ({known}); write one in full"
            if found
            else f"{text} is no driver of the saving of {self.name}; the strongest are {known}"
        )

    def path(self, name: str) -> str:
        """Return how the file and the command line call a driver."""
        return drawable(self._known.label(name))

    def titled(self, name: str) -> str:
        """Return what a driver is called on a picture, with its unit."""
        unit = self._known.drivers[name].unit
        return drawable(f"{name}, {unit}" if unit else name)

    def driver(self, name: str) -> Driver:
        """Return what a driver is, by its name."""
        return self._known.drivers[name]

    def is_rate(self, name: str) -> bool:
        """Return whether a driver is written in per cent, as the file writes it."""
        return self._known.is_rate(name)

    def value(self, name: str, value: float) -> str:
        """Return a driver's value as pictures write it: 24.5, 1.2M, 8.65%."""
        return per_cent(value) if self.is_rate(name) else figure(value)


def per_cent(value: float) -> str:
    """Return a rate to three digits: 8.65%."""
    return f"{100 * value:.3g}%".replace("-", MINUS)


def spoken(name: str) -> str:
    """Return a driver's name inside a sentence: in quotes where it has a comma of its own."""
    text = drawable(name)
    return f"\N{LEFT DOUBLE QUOTATION MARK}{text}\N{RIGHT DOUBLE QUOTATION MARK}" if "," in text else text


def figure(value: float) -> str:
    """Return a driver's value to three digits: 0.0312, 24.5, 1.2M."""
    if abs(value) >= PLAIN:
        return amount(value, minus=MINUS)
    return f"{value:.3g}".replace("-", MINUS)


def scale_of(estimates: Sequence[Estimate]) -> Scale:
    """Return one scale for all the estimates, without a digit that the largest error does not support."""
    sizes = [abs(estimate.value) for estimate in estimates]
    return Scale.of(max(sizes), max(estimate.se or 0.0 for estimate in estimates), min(sizes))
