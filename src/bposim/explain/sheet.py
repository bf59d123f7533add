"""A spreadsheet of one line: the drivers that enter its formula, a column each, a row a month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.discounting import growth_path
from bposim.explain.traced import Before, Constant, MonthNumber, Symbol, expression_of, traced
from bposim.explain.twin import as_column

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.explain.traced import Expression
    from bposim.explain.twin import Doing
    from bposim.inputs.money import Money
    from bposim.part import Part
    from bposim.shapes import FloatArray, Path


SAME = 1e-12
"""Relative difference that is rounding."""

LEARNING = "\N{SCRIPT SMALL L}"
"""Symbol of the model: effort relative to a practised team."""


@dataclass(frozen=True, slots=True)
class Driver:
    """A column: what enters a formula, month by month."""

    symbol: str
    meaning: str
    values: FloatArray
    """Months 1..T, ``(months,)``."""
    inputs: tuple[str, ...] = ()
    """Paths of the inputs it comes from: below the leg's team, vendor or transition, or from / on."""
    expression: Expression | None = None
    """How it follows from other drivers of the sheet; None where it is given, or comes from elsewhere."""


@dataclass(frozen=True, slots=True)
class Formula:
    """How a line is computed from its drivers."""

    text: str
    """In the notation of docs/model.md."""
    section: str
    """Section of docs/model.md."""
    work_out: Callable[[Sheet], FloatArray]
    """Fills a sheet and returns the amount of months 1..T, ``(months,)``."""
    of: tuple[type[Part], ...]
    """What yields the line for this to be its formula: teams, vendors, transitions or alternatives."""


class Sheet:
    """The columns of one line of one team, vendor or transition, in the order of their making."""

    def __init__(self, doing: Doing) -> None:
        self.doing = doing
        self.world = doing.world
        self.work = doing.work
        self.columns: dict[str, Driver] = {}
        self.upfront: float | FloatArray = 0.0
        """Amount of month 0, or months the first of which it is worked out from."""
        self.text = ""
        """The formula, where it depends on the terms."""
        self.remarks: list[str] = []
        """How some of the drivers come about themselves."""

    @property
    def months(self) -> int:
        """The horizon T."""
        return self.world.months

    def column(
        self, symbol: str, meaning: str, values: Path, *inputs: str, by: FloatArray | None = None
    ) -> FloatArray:
        """Add a driver and return its months.

        ``by`` is the same worked out from other drivers; where it gives other figures, it is not how this
        driver came about, and the driver stands for itself.
        """
        months = as_column(values, self.months)
        expression = expression_of(values) if np.ndim(values) == 1 else None
        if by is not None and np.allclose(by, months, rtol=SAME, atol=0.0):
            expression = expression_of(by)
        if isinstance(expression, Constant):
            expression = None
        self.columns[symbol] = Driver(symbol, meaning, months, inputs, expression)
        return traced(months, Symbol(symbol))

    def month(self) -> FloatArray:
        """Return t, 1..T, ``(months,)``."""
        return traced(np.arange(1.0, self.months + 1.0), MonthNumber())

    def decaying(self, symbol: str, meaning: str, added: FloatArray, half_life: FloatArray) -> FloatArray:
        """Add z(t) = z(t-1) · 2^(-1 / half-life) + added(t) and return its months; z(0) = 0."""
        kept = 0.5 ** (1.0 / np.maximum(half_life, 1e-9))
        months = np.zeros(self.months)
        level = 0.0
        for t in range(self.months):
            level = level * float(kept[t]) + float(added[t])
            months[t] = level
        own = traced(months, Before(Symbol(symbol), Constant(0.0)))
        rule = expression_of(own * kept + added)
        self.columns[symbol] = Driver(symbol, meaning, months, (), rule)
        return traced(months, Symbol(symbol))

    def money(self, symbol: str, meaning: str, money: Money | None, path: str) -> FloatArray:
        """Add an amount, and its exchange rate if it is not in base currency; return it in base currency."""
        amount = 0.0 if money is None else money.amount
        currency = None if money is None else money.currency
        foreign = currency not in {None, self.world.base_currency}
        unit = f", {currency}" if foreign else ""
        column = self.column(symbol, f"{meaning}{unit}", amount, *([] if money is None else [path]))
        return column * self.rate(currency) if foreign else column

    def today(self, symbol: str, money: Money | None) -> FloatArray:
        """Return an amount that stands under a symbol as it is paid in month 0, in base currency."""
        if money is None:
            return np.zeros(self.months)
        amount = traced(as_column(money.amount, self.months), Symbol(symbol))
        if money.currency in {None, self.world.base_currency}:
            return amount
        spot = self.world.spot_rate(money.currency)
        meaning = f"{self.world.base_currency} for one {money.currency} today"
        return amount * self.column(
            f"S0[{money.currency}]", meaning, spot, f"/world.fx.{money.currency}.spot"
        )

    def growth(self, rate: Path, path: str, automation: Path = 1.0) -> FloatArray:
        """Add ρ, productivity against that of the first month, and the rise a year that it comes from."""
        yearly = self.column("improvement", "growth of productivity a year", rate, path)
        by = (1.0 + yearly) ** ((self.month() - 1.0) / 12.0)
        months = as_column(growth_path(as_column(rate, 1)[0], self.months) * automation, self.months)
        return self.column("ρ", "productivity against the first month", months, by=by)

    def rate(self, currency: str | None) -> FloatArray:
        """Add the exchange rate of a currency, S(t), unless it is the base currency."""
        if currency in {None, self.world.base_currency}:
            return np.ones(self.months)
        meaning = f"{self.world.base_currency} for one {currency} in the month"
        inputs = (f"/world.fx.{currency}.spot", f"/world.fx.{currency}.drift")
        return self.column(f"S[{currency}]", meaning, self.world.rate(currency), *inputs)

    def wages(self, country: str | None) -> FloatArray:
        """Add the wage index of a country, 1 where there is none."""
        meaning = f"wage index of {country or 'no country'}"
        return self.column("W", meaning, self.world.wages(country or ""), f"/world.wages.{country}.inflation")

    def prices(self, country: str | None) -> FloatArray:
        """Add the price index of a country, 1 where there is none."""
        meaning = f"price index of {country or 'no country'}"
        return self.column(
            "CPI", meaning, self.world.prices(country or ""), f"/world.prices.{country}.inflation"
        )

    def volume(self) -> FloatArray:
        """Add V, the month's volume."""
        return self.column(
            "V",
            "volume of the month, units",
            self.world.volume,
            "/world.volume.per_month",
            "/world.volume.growth",
        )

    def forecast(self) -> FloatArray:
        """Add V̂, the month's forecast."""
        return self.column(
            "V̂",
            "forecast of the month, units",
            self.world.forecast,
            "/world.volume.per_month",
            "/world.volume.growth",
        )

    def share(self, symbol: str = "σ") -> FloatArray:
        """Add the leg's share of the work."""
        return self.column(symbol, "the leg's part of the work when fully live", self.work.share)

    def served(self) -> FloatArray:
        """Add the part of the volume that is served."""
        return self.column("served", "part of the volume served here", self.work.served)

    def staffed(self) -> FloatArray:
        """Add the part of the forecast that is staffed for."""
        return self.column("w", "part of the forecast that is staffed for here", self.work.staffed)
