"""The world of a scenario, and one block of its simulated futures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import numpy as np
from pydantic import BeforeValidator, WithJsonSchema

import bposim.world.fx
from bposim.discounting import months_column
from bposim.families import OneOf, members
from bposim.inputs.draws import Draws
from bposim.inputs.money import Currency, Money
from bposim.part import Part
from bposim.shapes import FloatArray, Path, first_months, product
from bposim.tree import standing_for
from bposim.world.country_events import CountryEvents
from bposim.world.fx_correlations import shock_dependence
from bposim.world.fx_model import FxModel
from bposim.world.inflation import Inflation, by_month
from bposim.world.spells import SpellNoise
from bposim.world.volume import Volume

T = TypeVar("T")

FX_MODELS = members(FxModel, bposim.world.fx)  # type: ignore[type-abstract]


def _with_model(data: Any) -> Any:  # noqa: ANN401
    """Let ``PHP: 0.0172`` mean a fixed rate, and a volatility without a model mean ``gbm``."""
    if isinstance(data, FxModel):
        return data
    if not isinstance(data, dict):
        return {"model": "fixed", "spot": data}
    if "model" in data:
        return data
    return standing_for(data, {"model": "gbm" if "volatility" in data else "fixed", **data})


if TYPE_CHECKING:
    AnyFx = FxModel
else:
    AnyFx = Annotated[
        FxModel, OneOf(FX_MODELS, "exchange-rate model", tag="model"), BeforeValidator(_with_model)
    ]


Correlation = Annotated[
    list[str],
    WithJsonSchema({"type": "array", "minItems": 3, "maxItems": 3, "items": {"type": ["string", "number"]}}),
]


class WorldModel(Part):
    """What happens outside the decision."""

    volume: Volume
    """The work to be done."""
    fx: dict[Currency, AnyFx] = {}  # noqa: RUF012 - pydantic copies defaults
    """Exchange rates: base currency for one unit of each foreign currency."""
    fx_correlations: list[Correlation] = []  # noqa: RUF012
    """Correlations ``[currency, currency, ρ]`` of the monthly log changes, as published; jumps are apart."""
    wages: dict[str, Inflation] = {}  # noqa: RUF012
    """Wage inflation by country."""
    prices: dict[str, Inflation] = {}  # noqa: RUF012
    """Price inflation by country: overhead and bought services."""
    country_events: dict[str, CountryEvents] = {}  # noqa: RUF012
    """Disasters and unrest by country; each hits all legs that work there."""


@dataclass(frozen=True, slots=True)
class World:
    """Simulated futures of one block; each path is ``(months, trials)``, ``(months, 1)`` or a float."""

    months: int
    trials: int
    start: tuple[int, int]
    base_currency: str
    forecast: FloatArray
    """V̂(t), units a month."""
    volume: FloatArray
    """V(t), units a month."""
    margin: Money | None
    """Contribution lost with a unit that is not served."""
    fx: Mapping[str, Path]
    """S(t) by currency."""
    spot: Mapping[str, float]
    """S(0) by currency."""
    wage_years: Mapping[str, FloatArray]
    """Wage index by country and year, ``(years, trials or 1)``."""
    price_years: Mapping[str, FloatArray]
    """Price index by country and year, ``(years, trials or 1)``."""
    disruptions: Mapping[str, Path] = field(default_factory=dict)
    """Part of the capacity that is lost, 0 to 1, by country."""

    _memory: dict[str, Any] = field(default_factory=dict, repr=False)

    def remember(self, key: str, compute: Callable[[], T]) -> T:
        """Return what depends on this world alone, computed when it is first asked for."""
        if key not in self._memory:
            self._memory[key] = compute()
        remembered: T = self._memory[key]
        return remembered

    @property
    def month(self) -> FloatArray:
        """1..T as a column ``(months, 1)``."""
        return months_column(self.months)

    def wages(self, country: str) -> Path:
        """Return W(t) of a country; 1 where the scenario gives no wage inflation."""
        return self._by_month("wages", self.wage_years, country)

    def prices(self, country: str) -> Path:
        """Return CPI(t) of a country; 1 where the scenario gives no price inflation."""
        return self._by_month("prices", self.price_years, country)

    def at_wages(self, country: str | None, amount: Path) -> Path:
        """Return an amount times W(t) of a country."""
        return self._indexed("wages", self.wage_years, country or "", amount)

    def at_prices(self, country: str | None, amount: Path) -> Path:
        """Return an amount times CPI(t) of a country."""
        return self._indexed("prices", self.price_years, country or "", amount)

    def _indexed(self, kind: str, index: Mapping[str, FloatArray], country: str, amount: Path) -> Path:
        if country not in index or np.ndim(amount) > 1:
            return product(amount, self._by_month(kind, index, country))
        return by_month(index[country] * amount, self.months)  # a product a year, not a month

    def disruption(self, country: str | None) -> Path:
        """Return the part of a country's capacity that events take in months 1..T; 0 where there are none."""
        return self.disruptions.get(country or "", 0.0)

    def _by_month(self, kind: str, index: Mapping[str, FloatArray], country: str) -> Path:
        if country not in index:
            return 1.0
        return self.remember(f"{kind} of {country}", lambda: by_month(index[country], self.months))

    def until(self, month: int) -> World:
        """Return the world up to a month."""
        return self.remember(f"until {month}", lambda: self._until(month))

    def _until(self, month: int) -> World:
        return replace(
            self,
            months=month,
            forecast=self.forecast[:month],
            volume=self.volume[:month],
            fx={currency: first_months(path, month) for currency, path in self.fx.items()},
            disruptions={country: first_months(path, month) for country, path in self.disruptions.items()},
            _memory={},
        )

    def rate(self, currency: str | None) -> Path:
        """Return S(t) of a currency; 1 for the base currency."""
        return 1.0 if currency in {None, self.base_currency} else self.fx[str(currency)]

    def spot_rate(self, currency: str | None) -> float:
        """Return S(0) of a currency; 1 for the base currency."""
        return 1.0 if currency in {None, self.base_currency} else self.spot[str(currency)]

    def monthly(self, money: Money | None) -> Path:
        """Return an amount paid in months 1..T, in base currency at each month's rate."""
        return 0.0 if money is None else money.amount * self.rate(money.currency)

    def today(self, money: Money | None) -> Path:
        """Return an amount paid in month 0, in base currency."""
        return 0.0 if money is None else money.amount * self.spot_rate(money.currency)


def simulate_world(
    model: WorldModel, draws: Draws, months: int, start: tuple[int, int], base_currency: str
) -> World:
    """Return the world that every alternative of this block lives in."""
    years = (months - 1) // 12 + 1
    indices = [
        {
            country: inflation.by_year(draws.normal(f"world.{kind}.{country}", years), years)
            for country, inflation in sorted(countries.items())
        }
        for kind, countries in (("wages", model.wages), ("prices", model.prices))
    ]
    forecast = model.volume.forecast(start, months)
    return World(
        months=months,
        trials=draws.trials,
        start=start,
        base_currency=base_currency,
        forecast=forecast,
        volume=_volume(model.volume, forecast, draws),
        margin=model.volume.margin_per_unit,
        fx=_rates(model, draws, months),
        spot={currency: fx_model.spot for currency, fx_model in model.fx.items()},
        wage_years=indices[0],
        price_years=indices[1],
        disruptions={
            country: events.disruption(draws.take(f"world.country_events.{country}", SpellNoise), months)
            for country, events in sorted(model.country_events.items())
        },
    )


def _volume(model: Volume, forecast: FloatArray, draws: Draws) -> FloatArray:
    volume = np.asarray(forecast * model.noise_factor(draws, len(forecast)))
    return np.asarray(volume * model.surge_factor(draws, len(forecast))) if model.surges else volume


def _rates(model: WorldModel, draws: Draws, months: int) -> dict[str, Path]:
    """Return S(t) by currency: shocks are drawn by currency, then correlated."""
    fx = dict(sorted(model.fx.items()))
    drawn = {name: draws.normal(f"world.fx.{name}", months) for name, rate in fx.items() if rate.shocked}
    shocks = {name: normal for name, normal in drawn.items() if normal is not None}
    if shocks and model.fx_correlations:
        shocks = shock_dependence(model.fx_correlations, fx).correlate(shocks)
    return {
        name: rate.path(shocks.get(name), _marks(rate, name, draws, months), months)
        for name, rate in fx.items()
    }


def _marks(rate: FxModel, currency: str, draws: Draws, months: int) -> FloatArray | None:
    if not rate.marks:
        return None
    return draws.take(rate.stream(currency), lambda rng, trials: rate.sample(rng, months, trials))
