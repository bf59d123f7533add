"""The simulation once more, as slowly and plainly as it can be said: the engine's independent twin.

One trial and one month at a time, in Python floats and ``math`` only, written from ``docs/model.md``.
Nothing of the engine's arithmetic is used: the recorded draws are read by name, the values of the inputs are
taken as given, and of a distribution only its quantile at one normal, its mean and its limited mean.

Conventions: a path is a list of T + 1 numbers whose index is the month, so ``path[0]`` is month 0; costs are
positive, in base currency.  ``z`` is a list of standard normals, or None for no noise: the deterministic
twin.

All of the engine is in this one module because it is to be read from top to bottom beside the equations.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, get_args, get_origin

import numpy as np
from scipy.stats import gamma

from bposim.events.arrivals import EventNoise
from bposim.events.risk import LossRisk
from bposim.events.severity import with_tail
from bposim.events.staff import StaffRisk
from bposim.inputs.distribution import Distribution
from bposim.legs.team import Team
from bposim.legs.vendor import PRICE_MODELS
from bposim.part import Part
from bposim.risks import RISKS
from bposim.risks.breach import Breach
from bposim.risks.customer_satisfaction import CustomerSatisfaction
from bposim.risks.dispute import Dispute
from bposim.risks.outage import Outage
from bposim.risks.regulatory import Regulatory
from bposim.risks.reputation import Reputation
from bposim.world.spells import SpellNoise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bposim.benefits import Benefits
    from bposim.events.loss_sharing import Insurance
    from bposim.events.risk import EventRisk
    from bposim.inputs.draws import StreamDraws
    from bposim.inputs.money import Money
    from bposim.legs.automation import Automation
    from bposim.legs.change_orders import ChangeOrders
    from bposim.legs.cohorts import Replacement
    from bposim.legs.continuity import Continuity, VendorFailure
    from bposim.legs.dependence import Dependence
    from bposim.legs.exit import Exit
    from bposim.legs.indexation import Indexation
    from bposim.legs.investment import Investment
    from bposim.legs.pricing.cost_plus import CostPlus
    from bposim.legs.pricing.gain_share import GainShare
    from bposim.legs.quality import Quality
    from bposim.legs.sla import ServiceLevel
    from bposim.legs.team import Role
    from bposim.legs.transition import Severance, Stranded, Transition
    from bposim.legs.turnover import Turnover
    from bposim.legs.vendor import Vendor
    from bposim.scenario import Alternative, Leg, Mitigation, Scenario
    from bposim.shapes import FloatArray
    from bposim.world.country_events import CountryEvents
    from bposim.world.fx.historical import Historical
    from bposim.world.fx.jump_diffusion import JumpDiffusion
    from bposim.world.fx_model import FxModel
    from bposim.world.inflation import Inflation
    from bposim.world.noise import Noise
    from bposim.world.volume import Surges, Volume

Path = list[float]

# ---------------------------------------------------------------- draws and cash


class Recorded:
    """One trial's part of the recorded draws; ``draws=None`` is the deterministic twin, which has none."""

    def __init__(self, draws: StreamDraws | None, trial: int) -> None:
        self.draws = draws
        self.trial = trial

    def normals(self, name: str, rows: int) -> Path | None:
        """Return the standard normals of a stream, one a row."""
        if self.draws is None:
            return None
        return [float(row[self.trial]) for row in self.draws.normal(name, rows)]

    def marks(self, currency: str, fx: FxModel, months: int) -> list[tuple[float, float]] | None:
        """Return the two uniforms of each month that an exchange rate has besides its shocks."""
        if self.draws is None or not fx.marks:
            return None
        drawn = self.draws.take(fx.stream(currency), lambda rng, trials: fx.sample(rng, months, trials))
        return [(float(first[self.trial]), float(second[self.trial])) for first, second in drawn]

    def spells(self, name: str, source: CountryEvents | Surges, months: int) -> list[Spell] | None:
        """Return a source's spells: as many of the drawn ones as the trial's Poisson quantile says."""
        if self.draws is None:
            return None
        noise = self.draws.take(name, SpellNoise)
        count = poisson_count(float(noise.count[self.trial]), source.per_year * months / 12)
        size = source.capacity_loss if hasattr(source, "capacity_loss") else source.factor
        spells = []
        for j in range(count):
            marks = noise.spell(j)
            start = float(marks.when[self.trial]) * months
            length, amount = (
                float(of.from_normal(np.array([mark[self.trial]]))[0])
                for of, mark in ((source.months, marks.length), (size, marks.size))
            )
            spells.append(Spell(start, start + length, amount))
        return spells

    def mark(self, name: str, sample: Callable[[np.random.Generator, int], FloatArray]) -> float | None:
        """Return the one uniform mark of a trial."""
        return None if self.draws is None else float(self.draws.take(name, sample)[self.trial])

    def events(self, name: str) -> EventNoise | None:
        """Return the count and the marks of a risk's events."""
        return None if self.draws is None else self.draws.take(name, EventNoise)


@dataclass
class Spell:
    """A time from start to end, in months, and the size of what it brings."""

    start: float
    end: float
    size: float

    def part_of(self, t: int) -> float:
        """Return the part of month t, from t - 1 to t, that it covers."""
        return max(0.0, min(t, self.end) - max(t - 1, self.start))


class Ledger:
    """The cash of one alternative in one trial: by category, a path of undiscounted costs."""

    def __init__(self, months: int) -> None:
        self.months = months
        self.lines: dict[str, Path] = defaultdict(lambda: [0.0] * (months + 1))

    def book(self, category: str, month: int, cost: float) -> None:
        """Add a cost that falls in a month; month 0 is the decision."""
        self.lines[category][month] += cost

    def flow(self) -> Path:
        """Return the cost of each month, all categories together."""
        return [math.fsum(line[t] for line in self.lines.values()) for t in range(self.months + 1)]

    def present_values(self, rate: float) -> dict[str, float]:
        """Return the present value of each category at an annual effective rate."""
        return {
            category: math.fsum(cost * (1.0 + rate) ** (-t / 12) for t, cost in enumerate(line))
            for category, line in self.lines.items()
        }


# ---------------------------------------------------------------- world


@dataclass
class World:
    """One trial's volume, exchange rates by month 0..T, and wage and price indices by year."""

    months: int
    forecast: Path
    volume: Path
    margin: Money | None
    rates: dict[str, Path]
    wages: dict[str, Path]
    prices: dict[str, Path]
    disruptions: dict[str, Path]

    def rate(self, currency: str | None, t: int) -> float:
        """Return S(t); a currency without a rate is the base currency."""
        return self.rates[currency][t] if currency in self.rates else 1.0

    def money(self, money: Money | None, t: int) -> float:
        """Return an amount at the rate of a month, in base currency."""
        return 0.0 if money is None else money.amount * self.rate(money.currency, t)

    def wage(self, country: str | None, t: int) -> float:
        """Return W(t) of a country, 1 where there is no index."""
        return self.wages[country][(t - 1) // 12] if country in self.wages else 1.0

    def price(self, country: str | None, t: int) -> float:
        """Return CPI(t) of a country, 1 where there is no index."""
        return self.prices[country][(t - 1) // 12] if country in self.prices else 1.0


def world_of(scenario: Scenario, recorded: Recorded) -> World:
    """Return the world of one trial."""
    months, model = scenario.months, scenario.world
    years = (months + 11) // 12
    forecast = forecast_of(model.volume, scenario.calendar_start, months)
    noise = noise_factors(model.volume.noise, recorded.normals("world.volume.noise", months), months)
    surge = [1.0] * (months + 1)
    if model.volume.surges:
        surges = model.volume.surges
        surge = surge_factors(surges, recorded.spells("world.volume.surges", surges, months), months)
    shocks = {currency: recorded.normals(f"world.fx.{currency}", months) for currency in model.fx}
    shocks = correlated(shocks, model.fx_correlations)
    return World(
        months=months,
        forecast=forecast,
        volume=[v * n * g for v, n, g in zip(forecast, noise, surge, strict=True)],
        margin=model.volume.margin_per_unit,
        rates={
            currency: rate_path(fx, shocks[currency], recorded.marks(currency, fx, months), months)
            for currency, fx in model.fx.items()
        },
        wages={
            country: index_by_year(index, recorded.normals(f"world.wages.{country}", years), years)
            for country, index in model.wages.items()
        },
        prices={
            country: index_by_year(index, recorded.normals(f"world.prices.{country}", years), years)
            for country, index in model.prices.items()
        },
        disruptions={
            country: disruption_of(
                events, recorded.spells(f"world.country_events.{country}", events, months), months
            )
            for country, events in model.country_events.items()
        },
    )


def forecast_of(volume: Volume, start: tuple[int, int], months: int) -> Path:
    """Return V̂(t): growth, season of the calendar month, and every step since its month."""
    path = [0.0]
    for t in range(1, months + 1):
        calendar = 12 * start[0] + start[1] - 1 + t - 1
        units = volume.per_month * (1.0 + volume.growth) ** ((t - 1) / 12)
        if volume.season:
            units *= volume.season[calendar % 12]
        for step in volume.steps:
            year, month = map(int, step.from_month.split("-"))
            if calendar >= 12 * year + month - 1:
                units *= step.factor
        path.append(units)
    return path


def autoregression(z: Sequence[float], persistence: float) -> Path:
    """Return the stationary AR(1) of unit variance that starts at the first shock."""
    path = [z[0]]
    for shock in z[1:]:
        path.append(persistence * path[-1] + math.sqrt(1.0 - persistence**2) * shock)
    return path


def noise_factors(noise: Noise | None, z: Path | None, months: int) -> Path:
    """Return n(t) = exp(x(t) - σ²/2), 1 in month 0."""
    if noise is None or z is None:
        return [1.0] * (months + 1)
    sigma = noise.volatility
    return [1.0, *(math.exp(sigma * x - sigma**2 / 2) for x in autoregression(z, noise.persistence))]


def poisson_count(u: float, mean: float) -> int:
    """Return the smallest n with P(N <= n) >= u."""
    count, cumulated = 0, math.exp(-mean)
    while u > cumulated:
        count += 1
        cumulated += math.exp(-mean + count * math.log(mean) - math.lgamma(count + 1))
    return count


def surge_factors(surges: Surges, spells: list[Spell] | None, months: int) -> Path:
    """Return Π (1 + (factor - 1) · part of the month), in the deterministic twin its mean; 1 in month 0."""
    path = [1.0]
    for t in range(1, months + 1):
        if spells is None:
            rate = surges.per_year / 12 * (surges.factor.mean - 1.0)
            path.append(math.exp(rate * covered(surges.months, t)))
        else:
            path.append(math.prod(1.0 + (spell.size - 1.0) * spell.part_of(t) for spell in spells))
    return path


def disruption_of(events: CountryEvents, spells: list[Spell] | None, months: int) -> Path:
    """Return 1 - Π (1 - loss · part of the month), in the deterministic twin its mean; 0 in month 0."""
    path = [0.0]
    for t in range(1, months + 1):
        if spells is None:
            rate = events.per_year / 12 * events.capacity_loss.mean
            path.append(1.0 - math.exp(-rate * covered(events.months, t)))
        else:
            path.append(1.0 - math.prod(1.0 - spell.size * spell.part_of(t) for spell in spells))
    return path


def covered(length: Distribution, t: int) -> float:
    """Return ∫ E[min(M, τ)] dτ over month t by Simpson's rule from step to step of the distribution of M."""
    edges = sorted({float(t - 1), float(t), *(float(step) for step in length.steps if t - 1 < step < t)})
    return math.fsum(
        (right - left)
        / 6
        * sum(
            weight * float(length.limited_mean(at))
            for weight, at in ((1, left), (4, (left + right) / 2), (1, right))
        )
        for left, right in pairwise(edges)
    )


def correlated(shocks: dict[str, Path | None], rows: list[list[str]]) -> dict[str, Path | None]:
    """Return the shocks with the listed correlations, by a Cholesky factor in the order of the names."""
    if not rows or any(path is None for path in shocks.values()):
        return shocks
    names = sorted({name for one, other, _ in rows for name in (one, other)})
    rho = {(name, name): 1.0 for name in names}
    for one, other, written in rows:
        rho[one, other] = rho[other, one] = float(written)
    lower: dict[tuple[str, str], float] = {}
    for i, name in enumerate(names):
        for j, other in enumerate(names[: i + 1]):
            left = rho.get((name, other), 0.0) - sum(lower[name, k] * lower[other, k] for k in names[:j])
            lower[name, other] = math.sqrt(left) if i == j else left / lower[other, other]
    joined = {
        name: [
            sum(lower[name, other] * shocks[other][t] for other in names[: i + 1])
            for t in range(len(shocks[name]))
        ]
        for i, name in enumerate(names)
    }
    return shocks | joined


def rate_path(fx: FxModel, z: Path | None, marks: list[tuple[float, float]] | None, months: int) -> Path:
    """Return S(0..T) of a currency."""
    drift = fx.drift
    if fx.parity:
        drift = math.log((1.0 + fx.parity.home) / (1.0 + fx.parity.foreign))
    expected = [fx.spot * math.exp(drift * t / 12) for t in range(months + 1)]
    if fx.kind == "fixed":
        return expected
    if fx.kind == "mean_reverting":
        path = mean_reverting(fx.spot, fx.level or fx.spot, fx.volatility, fx.half_life, z, months)
        return [rate * math.exp(drift * t / 12) for t, rate in enumerate(path)]
    if z is None:
        return expected
    if fx.kind == "historical":
        return historical(fx, expected, marks)
    if fx.kind == "jump_diffusion":
        return jump_diffusion(fx, drift, z, marks)
    assert fx.kind == "gbm"
    return gbm(fx.spot, drift, fx.volatility, z, months)


def gbm(spot: float, drift: float, sigma: float, z: Path, months: int) -> Path:
    """Return S(t) = S0 exp((μ - σ²/2) t/12 + σ √(1/12) Σz)."""
    path, walk = [spot], 0.0
    for t in range(1, months + 1):
        walk += z[t - 1]
        path.append(spot * math.exp((drift - sigma**2 / 2) * t / 12 + sigma * math.sqrt(1 / 12) * walk))
    return path


def jump_diffusion(fx: JumpDiffusion, drift: float, z: Path, marks: list[tuple[float, float]]) -> Path:
    """Return Merton's path: a month's first mark counts its jumps, its second sizes all of them."""
    mean, sd, rate = fx.jump_mean, fx.jump_sd, fx.jumps_per_year
    compensator = rate * (math.exp(mean + sd**2 / 2) - 1.0)
    trend = (drift - fx.volatility**2 / 2 - compensator) / 12
    path, log = [fx.spot], 0.0
    for shock, (counting, sizing) in zip(z, marks, strict=True):
        jumps = poisson_count(counting, rate / 12)
        log += trend + fx.volatility * math.sqrt(1 / 12) * shock
        log += jumps * mean + math.sqrt(jumps) * sd * NormalDist().inv_cdf(sizing)
        path.append(fx.spot * math.exp(log))
    return path


def historical(fx: Historical, expected: Path, marks: list[tuple[float, float]]) -> Path:
    """Return the bootstrapped path: rows of the history in blocks, divided by their expected growth."""
    growth = [after / before for before, after in pairwise(fx.prices)]
    rows, fresh = len(growth), 1.0 / fx.block_months
    # What follows after a row is expected to be worth, month by month further from the end.
    following, mean_growth = [1.0] * rows, [1.0]
    path, row, grown = [fx.spot], 0, 1.0
    for t, (breaking, placing) in enumerate(marks, start=1):
        worth = [own * later for own, later in zip(growth, following, strict=True)]
        mean_growth.append(math.fsum(worth) / rows)
        following = [(1.0 - fresh) * worth[(i + 1) % rows] + fresh * mean_growth[-1] for i in range(rows)]
        row = int(placing * rows) % rows if t == 1 or breaking < fresh else (row + 1) % rows
        grown *= growth[row]
        path.append(expected[t] * grown / mean_growth[t])
    return path


def mean_reverting(
    spot: float, level: float, sigma: float, half_life: float, z: Path | None, months: int
) -> Path:
    """Return S(t) = exp(m(t) + σ x(t) - v(t)/2), its mean e^m(t) without noise; the half-life is in years."""
    kappa = math.log(2.0) / half_life
    step = math.sqrt((1.0 - math.exp(-kappa / 6)) / (2 * kappa))
    path, x = [spot], 0.0
    for t in range(1, months + 1):
        mean = math.log(level) + (math.log(spot) - math.log(level)) * math.exp(-kappa * t / 12)
        if z is None:
            path.append(math.exp(mean))
            continue
        x = x * math.exp(-kappa / 12) + step * z[t - 1]
        variance = sigma**2 * (1.0 - math.exp(-2 * kappa * t / 12)) / (2 * kappa)
        path.append(math.exp(mean + sigma * x - variance / 2))
    return path


def index_by_year(inflation: Inflation, z: Path | None, years: int) -> Path:
    """Return the wage or price index of each year, 1 in year 0; row k of the draw opens year k."""
    shocks = [0.0] * years if z is None else autoregression(z, inflation.persistence)
    index = [1.0]
    for k in range(1, years):
        index.append(index[-1] * (1.0 + inflation.inflation + inflation.review_noise * shocks[k]))
    return index


# ---------------------------------------------------------------- what mitigations do


@dataclass
class Choice:
    """An alternative, and the baseline as it works for it, month by month from 0."""

    own: list[Alternative]
    old: list[Alternative]

    def bodies(self, number: int, recorded: Recorded) -> list[Team | Vendor]:
        """Return a leg's team, or the vendor as it turns out, as each month has it."""
        return [revealed(month.legs[number], recorded) for month in self.own]

    def old_bodies(self, number: int, recorded: Recorded) -> list[Team | Vendor]:
        """Return the same of a leg of the baseline."""
        return [revealed(month.legs[number], recorded) for month in self.old]


Factors = tuple[tuple[str, float], ...]
"""The effects at work in a month: a path's pattern and its factor."""


def choice_of(scenario: Scenario, name: str) -> Choice:
    """Return an alternative with the effects of its mitigations; one counts in the months t > lag."""
    alternative, choice = scenario.alternatives[name], Choice([], [])
    taken = [scenario.mitigations[mitigation] for mitigation in alternative.mitigations]
    versions: dict[Factors, tuple[Alternative, Alternative]] = {}
    for t in range(scenario.months + 1):
        at_work = [measure for measure in taken if measure.lag == 0 or t > measure.lag]
        factors = tuple(effect for measure in at_work for effect in measure.effects.items())
        if factors not in versions:
            versions[factors] = with_effects(scenario, name, factors)
        own, old = versions[factors]
        choice.own.append(own)
        choice.old.append(old)
    return choice


def with_effects(scenario: Scenario, name: str, factors: Factors) -> tuple[Alternative, Alternative]:
    """Return an alternative and the baseline under these effects.

    A leg of the baseline that the alternative lists is its own; another is meant by the baseline's name only.
    """
    alternative, baseline = scenario.alternatives[name], scenario.alternatives[scenario.baseline]
    own = [multiplied_leg(leg, name, factors) for leg in alternative.legs]
    by_name = tuple((pattern, f) for pattern, f in factors if pattern.split(".")[0] == scenario.baseline)
    old = []
    for leg in baseline.legs:
        listed = [new for new, was in zip(own, alternative.legs, strict=True) if same_leg(was, leg)]
        if listed:
            kind = "team" if leg.team else "vendor"
            old.append(leg.model_copy(update={kind: listed[0].body}))
        else:
            old.append(multiplied_leg(leg, scenario.baseline, by_name))
    return alternative.model_copy(update={"legs": own}), baseline.model_copy(update={"legs": old})


def same_leg(one: Leg, other: Leg) -> bool:
    """Tell whether two legs are one and the same team or contract."""
    return one.stream == other.stream and one.body == other.body


def multiplied_leg(leg: Leg, alternative: str, factors: Factors) -> Leg:
    """Return the leg with each number multiplied by every factor whose pattern means it."""
    kind = "team" if leg.team else "vendor"
    named = [alternative, *([leg.name] if leg.name else []), kind]
    named += [leg.body.country] if leg.body.country else []
    written = re.findall(r"[^.\[\]]+", leg.body.origin)
    return leg.model_copy(update={kind: multiplied(leg.body, [named, written], factors)})


def multiplied(part: Part, places: list[list[str]], factors: Factors) -> Any:  # noqa: ANN401 - the same kind
    """Return a part, found at these places, with its numbers multiplied; event sizes by their factors."""
    new: dict[str, Any] = {}
    for name in type(part).model_fields:
        value, here = getattr(part, name), [[*place, name] for place in places]
        if isinstance(value, Distribution):
            hook = "recovery_factor" if name == "hours" else f"{name}_factor"
            factor = product_of(here, factors)
            if factor != 1.0 and hook in type(part).model_fields:
                new[hook] = new.get(hook, getattr(part, hook)) * factor
        elif is_number(type(part), name) and value is not None:
            new[name] = new.get(name, value) * product_of(here, factors)
        else:
            new[name] = multiplied_below(value, here, factors)
    return part.model_copy(update=new)


def multiplied_below(value: Any, places: list[list[str]], factors: Factors) -> Any:  # noqa: ANN401
    """Return whatever a field holds with the numbers below it multiplied."""
    if isinstance(value, Part):
        word = getattr(value, "kind", None)
        named = [place if word in {None, place[-1]} else [*place, word] for place in places]
        return multiplied(value, named, factors)
    if isinstance(value, dict):
        return {
            key: multiplied_below(item, [[*place, key] for place in places], factors)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [
            multiplied_below(item, [[*place, str(i)] for place in places], factors)
            for i, item in enumerate(value)
        ]
    return value


@cache
def is_number(kind: type[Part], name: str) -> bool:
    """Tell whether a field takes a number that may be uncertain: its annotation says how to read one."""
    info = kind.model_fields[name]
    ways = () if get_origin(info.annotation) in {dict, list} else get_args(info.annotation)
    marks = [*info.metadata, *(mark for way in ways for mark in get_args(way)[1:])]
    return any(hasattr(mark, "scalar") for mark in marks)


def product_of(places: list[list[str]], factors: Factors) -> float:
    """Return the product of the factors whose pattern means a number at one of these places."""
    return math.prod(f for pattern, f in factors if any(means(pattern, ".".join(place)) for place in places))


@cache
def means(pattern: str, path: str) -> bool:
    """Tell whether a pattern means a path: its parts in this order, the last at the end or before the unsaid.

    ``*`` is a part or a piece of one, and never a factor on an event's size, which the size stands for.
    """
    unsaid = "|".join(["amount", *PRICE_MODELS])
    words = []
    for word in pattern.split("."):
        piece = re.escape(word).replace(r"\*", "[^.]*")
        words.append(rf"(?![^.]*_factor(?:\.|$)){piece}" if "*" in word else piece)
    way = r"\.(?:[^.]+\.)*".join(words)
    return re.search(rf"(?:^|\.){way}(?:\.(?:{unsaid}))*$", path) is not None


# ---------------------------------------------------------------- who does which part of the work


@dataclass
class Slice:
    """The part of the work that one team or contract has in one month."""

    share: float
    served: float
    staffed: float
    exposure: float
    effort: float = 1.0
    productivity: float = 1.0
    attrition: float = 1.0


@dataclass
class Task:
    """Work of one team or contract; ``slices[t]`` is month t, and month 0 is empty."""

    stream: str
    terms: Team | Vendor
    """The team or contract as it is written, which says who is one and the same."""
    bodies: list[Team | Vendor]
    """As mitigations leave it and as it turns out, in each month from 0."""
    slices: list[Slice]
    seen: list[Seen] = field(default_factory=lambda: [Seen(0.0, 0.0, 0.0, 0.0)])
    """What was seen of its people and errors, month by month, once it has run."""

    @property
    def body(self) -> Team | Vendor:
        """Return it for what holds from start to end."""
        return self.bodies[0]


@dataclass
class Seen:
    """What risks read of a month: units served, heads, leavers as a part of them, errors per unit."""

    volume: float
    headcount: float
    leaver_share: float
    error_rate: float


def go_live(transition: Transition) -> float:
    """Return G, in months, not rounded."""
    return transition.planned + transition.delay


def live_share(transition: Transition | None, month: float) -> float:
    """Return s at a month, which need not be whole."""
    if transition is None:
        return 1.0
    pilot, wait = (transition.pilot.share, transition.pilot.months) if transition.pilot else (0.0, 0.0)
    elapsed = month - go_live(transition)
    return pilot + (1.0 - pilot) * climb(transition, elapsed - wait) if elapsed > 0 else 0.0


def climb(transition: Transition, months: float) -> float:
    """Return the part of the ramp's work that has moved so many months after the ramp's start."""
    if transition.waves:
        last, moved = max(1, len(transition.waves) - 1), 0.0
        for number, cumulated in enumerate(transition.waves):
            if months > number * transition.ramp_months / last:
                moved = cumulated
        return moved
    if transition.ramp_months == 0:
        return 1.0 if months > 0 else 0.0
    part = min(1.0, max(0.0, months / transition.ramp_months))
    if transition.ramp == "linear":
        return part

    def logistic(x: float) -> float:
        return 1.0 / (1.0 + math.exp(-10.0 * (x - 0.5)))

    return (logistic(part) - logistic(0.0)) / (logistic(1.0) - logistic(0.0))


@dataclass
class Ending:
    """One way in which a leg ends: its weight, its month, the months until somebody takes over."""

    weight: float
    at: float
    recovery: float
    given_up: bool
    planned: bool = False


def endings_of(leg: Leg, body: Team | Vendor, recorded: Recorded, months: int) -> list[Ending]:
    """Return the drawn ending, or all of them with their probabilities."""
    failure = body.failure if not isinstance(body, Team) else None
    trial = leg.transition.failure if leg.transition else None
    start = go_live(leg.transition) if leg.transition else 0.0
    if recorded.draws is not None:
        return [drawn_ending(leg, body, recorded, start)]
    leave = body.exit if not isinstance(body, Team) else None
    fails, alive = [], 1.0
    for t in range(1, months + 1):
        if failure and t > start:
            edges = [max(start, t - 1), t]
            if leave and edges[0] < leave.month < t:
                edges.insert(1, leave.month)
            for before, after in pairwise(edges):
                still = survival(failure, after - start)
                middle = (before + after) / 2
                fails.append(Ending(alive - still, middle, failure.recovery_months, given_up=False))
                alive = still
    fails.append(Ending(alive, math.inf, 0.0, given_up=False))
    ways = fails
    if trial:
        ways = []
        for way in fails:
            moved = trial.month <= way.at
            ways.append(replace(way, weight=way.weight * (1.0 - trial.probability)))
            stopped = Ending(way.weight, trial.month, trial.recovery_months, given_up=True) if moved else way
            ways.append(replace(stopped, weight=way.weight * trial.probability))
    return [cut_short(way, leave) for way in ways]


def survival(failure: VendorFailure, months: float) -> float:
    """Return the probability that a vendor which works at go-live still does so many months after."""
    before, after = failure.age / 12, (failure.age + months) / 12
    return (1.0 - failure.per_year) ** (after**failure.shape - before**failure.shape)


def cut_short(way: Ending, leave: Exit | None) -> Ending:
    """Return how the leg ends if its contract is to end in a known month: what would come later does not."""
    if leave is None or leave.month > way.at or (leave.month == way.at and way.given_up):
        return way
    return Ending(way.weight, leave.month, leave.recovery_months, given_up=False, planned=True)


def drawn_ending(leg: Leg, body: Team | Vendor, recorded: Recorded, start: float) -> Ending:
    """Return how a leg ends in this trial: first of a vendor's failure, a move given up and an exit."""
    failure = body.failure if not isinstance(body, Team) else None
    trial = leg.transition.failure if leg.transition else None
    ending = Ending(1.0, math.inf, 0.0, given_up=False)
    if failure and failure.per_year > 0:
        mark = recorded.mark(f"{leg.stream}.failure", failure.sample)
        assert mark is not None
        hazard = (failure.age / 12) ** failure.shape + math.log(mark) / math.log(1.0 - failure.per_year)
        wait = 12 * hazard ** (1 / failure.shape) - failure.age
        ending = Ending(1.0, start + wait, failure.recovery_months, given_up=False)
    if trial:
        mark = recorded.mark(f"{leg.stream}.transition failure", trial.sample)
        assert mark is not None
        if mark < trial.probability and trial.month <= ending.at:
            ending = Ending(1.0, trial.month, trial.recovery_months, given_up=True)
    return cut_short(ending, body.exit if not isinstance(body, Team) else None)


@dataclass
class Place:
    """Where a leg's share of the work is in one month."""

    moved: float = 0.0
    live: float = 0.0
    gap: float = 0.0
    home: float = 0.0
    away: float = 0.0
    onward: float = 0.0
    running: float = 0.0
    kept: float = 0.0
    preparing: float = 0.0
    relearning: float = 0.0
    given_up: float = 0.0
    exiting: float = 0.0
    leaving: float = 0.0

    @property
    def gone(self) -> float:
        """Return the part that is not, or no longer, with the baseline's legs."""
        return self.live + self.gap + self.away + self.onward


def places_of(leg: Leg, body: Team | Vendor, recorded: Recorded, months: int) -> list[Place]:
    """Return a leg's course by month, the weighted mean of its endings."""
    places = [Place() for _ in range(months + 1)]
    for way in endings_of(leg, body, recorded, months):
        for t in range(1, months + 1):
            add_place(places[t], leg, body, way, t)
    return places


def add_place(place: Place, leg: Leg, body: Team | Vendor, way: Ending, t: int) -> None:
    """Add one ending's part to the place of a month."""
    move, failure = leg.transition, body.failure if not isinstance(body, Team) else None
    moved = live_share(move, min(t, way.at))
    running = min(1.0, max(0.0, way.at - (t - 1)))
    known, slower = 1.0, 1.0
    if not isinstance(body, Team) and body.dependence and not way.given_up and way.at < math.inf:
        known = knowledge(body.dependence, max(0.0, way.at - (go_live(move) if move else 0.0)))
        slower = 1.0 + body.dependence.longer_exit * (1.0 - known)
    back = min(1.0, max(0.0, t - way.at - way.recovery * slower))
    ended = body.exit if way.planned else failure
    elsewhere = ended is not None and ended.fallback != "in-house" and not way.given_up
    place.moved += way.weight * moved
    place.live += way.weight * moved * running
    place.gap += way.weight * moved * max(0.0, 1.0 - running - back)
    place.home += 0.0 if elsewhere else way.weight * moved * back
    if elsewhere and way.planned:
        place.onward += way.weight * moved * back
    elif elsewhere:
        place.away += way.weight * moved * back
    place.running += way.weight * running
    if move and move.parallel_run:
        before = live_share(move, min(t - move.parallel_run.months, way.at))
        place.kept += way.weight * move.parallel_run.intensity * (moved - before)
    if move:
        place.preparing += way.weight * min(1.0, max(0.0, min(go_live(move), way.at) - (t - 1)))
    if way.at <= t and (t == 1 or way.at > t - 1):
        place.given_up += way.weight * way.given_up
        if isinstance(body, Team) or way.given_up:
            return
        if moved > 0.0 or not way.planned:
            place.relearning += way.weight * (2.0 - known)
        place.exiting += way.weight * (2.0 - known) * way.planned
        place.leaving += way.weight * moved * way.planned


def revealed(leg: Leg, recorded: Recorded) -> Team | Vendor:
    """Return the team, or the vendor as it turns out: a bad one with the complement of Bayes' probability."""
    body = leg.body
    if isinstance(body, Team) or body.selection is None:
        return body
    good = body.selection.good
    if test := body.selection.due_diligence:
        passes = good * test.sensitivity
        good = passes / (passes + (1.0 - good) * (1.0 - test.specificity))
    mark = recorded.mark(f"{leg.stream}.selection", body.selection.sample)
    bad = 1.0 - good if mark is None else float(mark >= good)
    factor = {name: 1.0 + bad * (f - 1.0) for name, f in body.selection.if_bad.items()}
    changes: dict[str, object] = {}
    for name, part, key in (
        ("attrition", "turnover", "attrition"),
        ("change_requests", "leakage", "change_requests"),
        ("error_rate", "quality", "error_rate"),
        ("failure", "failure", "per_year"),
    ):
        if name in factor and (old := getattr(body, part)) is not None:
            changes[part] = old.model_copy(update={key: getattr(old, key) * factor[name]})
    if "productivity" in factor and body.productivity is not None:
        changes["productivity"] = body.productivity * factor["productivity"]
    risks = {
        kind: risk.model_copy(update={"per_year": risk.per_year * factor[kind]})
        for kind in RISKS
        if kind in factor and (risk := getattr(body.risks, kind)) is not None
    }
    return body.model_copy(update=changes | {"risks": body.risks.model_copy(update=risks)})


def learning(transition: Transition | None, month: int) -> float:
    """Return the factor 1 + λ e^(-max(0, t-G)/τ) on effort and errors."""
    if transition is None or transition.learning is None:
        return 1.0
    elapsed = max(0.0, month - go_live(transition))
    return 1.0 + transition.learning.extra * math.exp(-elapsed / transition.learning.fades)


def own_slice(leg: Leg, place: Place, t: int) -> Slice:
    """Return what a leg does itself."""
    part = leg.share * place.live
    return Slice(
        share=leg.share * place.running,
        served=part,
        staffed=part,
        exposure=part,
        effort=learning(leg.transition, t),
    )


def remaining_slice(leg: Leg, place: Place, old: Leg, there: Place, t: int) -> Slice:
    """Return what one leg of the baseline does for a leg that has not taken over, or not any more.

    ``there`` is the old leg's own course: its contract may end, too.
    """
    move, part = leg.transition, old.share * leg.share
    left = Slice(
        share=part * (1.0 - place.gone) * there.running,
        served=part * (1.0 - place.gone) * there.live,
        staffed=part * (1.0 - place.gone + place.kept) * there.live,
        exposure=part * (1.0 - (move.scope if move else 1.0) * place.gone) * there.live,
    )
    if move and move.morale:
        settled = go_live(move) + (move.pilot.months if move.pilot else 0.0) + move.ramp_months
        if move.morale.announced < t <= settled:
            left.productivity = 1.0 - move.morale.productivity_loss
            left.attrition = move.morale.attrition_factor
    return left


@dataclass
class Rest:
    """What remains of a leg's work with one leg of the baseline, which may end itself."""

    number: int
    leg: Leg
    body: Team | Vendor
    places: list[Place]
    share: Path
    """Part of all work, by month, if the old leg does not end."""
    exposed: Path


def rests_of(leg: Leg, places: list[Place], choice: Choice, recorded: Recorded) -> list[Rest]:
    """Return what remains of a leg with the legs of the baseline; nothing where it starts and stays there."""
    if not leg.transition and not any(place.home for place in places):
        return []
    scope = leg.transition.scope if leg.transition else 1.0
    rests = []
    for number, old in enumerate(choice.old[0].legs):
        body, part = choice.old_bodies(number, recorded)[0], old.share * leg.share
        rests.append(
            Rest(
                number,
                old,
                body,
                places_of(old, body, recorded, len(places) - 1),
                [part * (1.0 - place.gone) for place in places],
                [part * (1.0 - scope * place.gone) for place in places],
            )
        )
    return rests


def tasks_of(scenario: Scenario, name: str, choices: dict[str, Choice], recorded: Recorded) -> list[Task]:
    """Return the work of an alternative by team and contract; work of the same one is joined."""
    months, choice = range(scenario.months + 1), choices[name]
    baseline = scenario.alternatives[scenario.baseline]
    pieces, taken_over = [], []

    def hand_over(body: Team | Vendor, places: list[Place], share: Path, exposed: Path) -> None:
        if isinstance(body, Team):
            return
        for terms, part in (
            (body.failure, [place.away for place in places]),
            (body.exit, [place.onward for place in places]),
        ):
            if terms and terms.fallback != "in-house":
                other = scenario.alternatives[terms.fallback].legs[0]
                slices = []
                for t in months:
                    work = share[t] * part[t]
                    slices.append(Slice(work, work, work, exposed[t] * part[t]))
                bodies = choices[terms.fallback].bodies(0, recorded)
                taken_over.append(Task(other.stream, other.body, bodies, slices))

    for number, (leg, written) in enumerate(
        zip(choice.own[0].legs, scenario.alternatives[name].legs, strict=True)
    ):
        bodies = choice.bodies(number, recorded)
        places = places_of(leg, bodies[0], recorded, scenario.months)
        pieces.append(Task(leg.stream, written.body, bodies, [own_slice(leg, places[t], t) for t in months]))
        hand_over(bodies[0], places, [leg.share] * len(months), [leg.share] * len(months))
        for rest in rests_of(leg, places, choice, recorded):
            old = baseline.legs[rest.number]
            slices = [remaining_slice(leg, places[t], old, rest.places[t], t) for t in months]
            old_bodies = choice.old_bodies(rest.number, recorded)
            pieces.append(Task(old.stream, old.body, old_bodies, slices))
            hand_over(rest.body, rest.places, rest.share, rest.exposed)
    joined: dict[str, Task] = {}
    for piece in pieces + taken_over:
        if piece.stream in joined:
            there = joined[piece.stream]
            assert there.terms == piece.terms, (
                "two different teams or contracts of one name: the model does not say"
            )
            pairs = zip(there.slices, piece.slices, strict=True)
            there.slices = [join(a, b, same_effort=piece not in taken_over) for a, b in pairs]
        else:
            joined[piece.stream] = piece
    return list(joined.values())


def join(a: Slice, b: Slice, *, same_effort: bool = True) -> Slice:
    """Return two pieces of one month's work of a team as one; who takes over is as practised as it is."""
    assert a.effort == b.effort or not same_effort, "one team that learns and is practised: not said"
    return Slice(
        share=a.share + b.share,
        served=a.served + b.served,
        staffed=a.staffed + b.staffed,
        exposure=a.exposure + b.exposure,
        effort=a.effort,
        productivity=min(a.productivity, b.productivity),
        attrition=max(a.attrition, b.attrition),
    )


def book_interruption(
    terms: Continuity | None, share: float, unit_cost: float, world: World, t: int, ledger: Ledger
) -> None:
    """Book emergency service for a share of the volume that its leg does not do, and what is lost of it."""
    units, covered = share * world.volume[t], terms.covered if terms else 0.0
    if terms:
        ledger.book("continuity", t, covered * units * terms.emergency_premium * unit_cost)
    ledger.book("lost_work", t, (1.0 - covered) * units * world.money(world.margin, t))


def disrupt(
    task: Task, baseline: Sequence[Alternative], world: World, recorded: Recorded, ledger: Ledger
) -> None:
    """Take from a task's work and capacity what events in its country take, and book what becomes of it."""
    lost = getattr(world, "disruptions", {}).get(task.body.country)
    for t in range(1, world.months + 1) if lost else ():
        work, emergency = task.slices[t], baseline_unit_cost(baseline[t], world, recorded, t)
        book_interruption(task.body.continuity, work.served * lost[t], emergency, world, t, ledger)
        work.served *= 1.0 - lost[t]
        work.productivity *= 1.0 - lost[t]


def baseline_unit_cost(baseline: Alternative, world: World, recorded: Recorded, t: int) -> float:
    """Return labour and overhead of the baseline's teams and fees of its vendors for a forecast unit."""
    if world.forecast[t] == 0:
        return 0.0
    cost = baseline_plan(baseline, world, t)
    total, whole = cost.labour + cost.overhead, Slice(share=1.0, served=1.0, staffed=1.0, exposure=1.0)
    for leg in baseline.legs:
        vendor = revealed(leg, recorded)
        if not isinstance(vendor, Team):
            staff = vendor_effort(vendor, whole, world, t)
            fee = contract_fee(vendor, whole, world, staff, t) * paid_rate(vendor, world, t)
            total += leg.share * fee
    return total / world.forecast[t]


# ---------------------------------------------------------------- team


@dataclass
class Plan:
    """What a team plans for one month; money in base currency."""

    fte: dict[str, float]
    """By role, for the work it is staffed for."""
    pay: float
    labour: float
    overhead: float

    @property
    def headcount(self) -> float:
        """All roles together."""
        return math.fsum(self.fte.values())


def planned_volume(team: Team, world: World, t: int) -> float:
    """Return P(t): the month's forecast, or the mean or the maximum of its year's within the horizon."""
    first = (t - 1) // 12 * 12 + 1
    year = world.forecast[first : min(first + 12, world.months + 1)]
    return {"follow": world.forecast[t], "level": math.fsum(year) / len(year), "peak": max(year)}[
        team.staffing
    ]


def uncovered_volume(team: Team, world: World, t: int) -> float:
    """Return U(t), the forecast above the plan that temporary staff cover."""
    return max(0.0, world.forecast[t] - planned_volume(team, world, t)) if team.temporary else 0.0


def effort_per_unit(team: Team, role: Role, effort: float, t: int) -> float:
    """Return learning / (v ρ), the FTE-months that one unit takes; 0 for a role not sized by volume."""
    if role.volume_per_fte is None:
        return 0.0
    productivity = role.volume_per_fte * (1.0 + team.improvement) ** ((t - 1) / 12)
    return effort / (productivity * automated(team.automation, t))


def automated(step: Automation | None, t: int) -> float:
    """Return the factor on productivity: 1 + gain, in full after the ramp."""
    if step is None or t <= step.month:
        return 1.0
    return 1.0 + step.gain * (min(1.0, (t - step.month) / step.ramp_months) if step.ramp_months else 1.0)


def full_time_equivalents(
    team: Team, name: str, world: World, staffed: float, effort: float, t: int
) -> float:
    """Return F of a role, at least what its cover needs."""
    role, fte = team.roles[name], 0.0
    if role.volume_per_fte is not None:
        units = staffed * planned_volume(team, world, t) * (1.0 + team.buffer)
        fte = units * effort_per_unit(team, role, effort, t)
    elif role.one_per is not None:
        assert role.of is not None
        fte = full_time_equivalents(team, role.of, world, staffed, effort, t) / role.one_per
    elif role.fixed is not None:
        fte = staffed * role.fixed
    if cover := role.cover:
        hours = cover.seats * cover.hours_per_week
        fte = max(fte, staffed * hours / (cover.paid_hours_per_week * cover.productive))
    return fte


def monthly_salary(role: Role, world: World, t: int) -> float:
    """Return a month's pay of one FTE, its shift premium included, before wage inflation."""
    return world.money(role.salary, t) / 12 * (1.0 + (role.cover.shift_premium if role.cover else 0.0))


def plan_of(team: Team, world: World, staffed: float, effort: float, t: int) -> Plan:
    """Return the plan of a team for a share of the work."""
    plan = Plan(fte={}, pay=0.0, labour=0.0, overhead=0.0)
    for name, role in team.roles.items():
        fte = full_time_equivalents(team, name, world, staffed, effort, t)
        pay = fte * monthly_salary(role, world, t) * world.wage(team.country, t)
        plan.fte[name] = fte
        plan.pay += pay
        plan.labour += pay * (1.0 + role.oncost)
        plan.overhead += fte * world.money(role.overhead, t) / 12 * world.price(team.country, t)
    return plan


def temporary_heads(team: Team, world: World, work: Slice, t: int) -> dict[str, float]:
    """Return H by volume role; nobody in month 0."""
    if t == 0:
        return dict.fromkeys(team.roles, 0.0)
    units = work.staffed * uncovered_volume(team, world, t) * (1.0 + team.buffer)
    return {name: units * effort_per_unit(team, role, work.effort, t) for name, role in team.roles.items()}


def run_team(task: Task, team: Team, world: World, recorded: Recorded, ledger: Ledger) -> None:
    """Book what a team costs, its events aside; ``team`` is as it is from start to end."""
    months = world.months
    turnover_z = recorded.normals(f"{task.stream}.turnover", months) if team.turnover else None
    quality_z = recorded.normals(f"{task.stream}.quality", months) if team.quality else None
    noise = noise_factors(team.quality.noise if team.quality else None, quality_z, months)
    noise = worsened(noise, team.quality, task.stream, recorded)
    gone, staff = left_before(task.bodies[1]), 0.0
    for t in range(1, months + 1):
        work, team = task.slices[t], task.bodies[t]
        plan = plan_of(team, world, work.staffed, work.effort, t)
        vacant, missing = absence(team, gone)
        hired = 1.0
        if team.hiring and team.hiring.most_per_month is not None:
            staff = plan.headcount if t == 1 and not team.transition else staff + team.hiring.most_per_month
            staff = min(plan.headcount, staff)
            hired = staff / plan.headcount if plan.headcount else 1.0
        ledger.book("labour", t, plan.labour * hired * (1.0 - vacant))
        ledger.book("overhead", t, plan.overhead)
        if team.temporary:
            ledger.book("temporary_staff", t, temporary_cost(world, task, t))
        if team.hiring:
            ledger.book("hiring_and_release", t, hiring_cost(world, task, t))
        served = book_peak(team, world, work, hired * (1.0 - missing), t, ledger)
        leaver_share, there = 0.0, plan.headcount * hired * (1.0 - vacant)
        if team.turnover:
            lost = leavers(
                team.turnover, there, work.attrition, None if turnover_z is None else turnover_z[t - 1]
            )
            if there > 0:
                leaver_share = lost / there
                ledger.book("turnover", t, lost * cost_of_a_leaver(team.turnover, team, world, plan, t))
            gone.append((leaver_share, leaver_share * (1.0 - vacant)))
        errors = 0.0
        if team.quality:
            errors = error_rate(team.quality, work.effort, leaver_share, noise[t])
            ledger.book("service_quality", t, served * errors * world.money(team.quality.cost_per_error, t))
        task.seen.append(Seen(served, there, leaver_share, errors))


def book_peak(team: Team, world: World, work: Slice, present: float, t: int, ledger: Ledger) -> float:
    """Book overtime and lost work of a month; return the units that are served."""
    planned = planned_volume(team, world, t)
    doing = {name: role for name, role in team.roles.items() if role.volume_per_fte is not None}
    if all(role.cover for role in doing.values()):
        planned = min(
            full_time_equivalents(team, name, world, 1.0, work.effort, t)
            / effort_per_unit(team, role, work.effort, t)
            / (1.0 + team.buffer)
            for name, role in doing.items()
        )
    planned += uncovered_volume(team, world, t)
    capacity = work.staffed * planned * (1.0 + team.buffer) * work.productivity * present
    demand = work.served * world.volume[t]
    above = max(0.0, demand - capacity)
    overtime = min(above, team.overtime.limit * capacity)
    unit_labour = 0.0
    for role in team.roles.values():
        pay = monthly_salary(role, world, t) * (1.0 + role.oncost) * world.wage(team.country, t)
        unit_labour += pay * effort_per_unit(team, role, work.effort, t)
    ledger.book("overtime", t, overtime * team.overtime.premium * unit_labour)
    ledger.book("lost_work", t, (above - overtime) * world.money(world.margin, t))
    return demand - (above - overtime)


def left_before(team: Team) -> list[tuple[float, float]]:
    """Return who left in the months before, of those there and of all seats: a team at work's long run."""
    if team.turnover is None or team.turnover.replacement is None:
        return []
    terms, q = team.turnover.replacement, monthly_attrition(team.turnover, 1.0)
    months = math.ceil(terms.hiring_lag + terms.training_months + terms.ramp_months)
    return [(0.0, 0.0) if team.transition else (q, q / (1.0 + q * terms.hiring_lag))] * months


def absence(team: Team, gone: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the parts of the seats that are empty and of the output that is missing, by those who left.

    A seat whose successor has left, too, is the later leaver's.
    """
    if team.turnover is None or team.turnover.replacement is None:
        return 0.0, 0.0
    terms = team.turnover.replacement
    months = math.ceil(terms.hiring_lag + terms.training_months + terms.ramp_months)

    def empty(age: int) -> float:
        return min(1.0, max(0.0, terms.hiring_lag - (age - 1)))

    vacant = missing = 0.0
    for age in range(1, months + 1):
        part = gone[-age][1]
        for since in range(1, age):
            part *= 1.0 - gone[since - age][0] * (1.0 - empty(since))
        vacant += part * empty(age)
        missing += part * (missing_output(terms, age) - missing_output(terms, age - 1))
    return min(1.0, vacant), min(1.0, missing)


def missing_output(terms: Replacement, months: float) -> float:
    """Return the months of one FTE's output that are missing so long after the leaving."""
    idle = terms.hiring_lag + terms.training_months
    climbing = min(max(months - idle, 0.0), terms.ramp_months)
    lost = min(months, idle)
    if climbing > 0:
        lost += (1.0 - terms.start_productivity) * climbing * (1.0 - climbing / terms.ramp_months / 2)
    return lost


def temporary_cost(world: World, task: Task, t: int) -> float:
    """Return pay and training of temporary staff in a month; training is paid when their number rises."""
    team = task.bodies[t]
    heads = temporary_heads(team, world, task.slices[t], t)
    before = temporary_heads(task.bodies[t - 1], world, task.slices[t - 1], t - 1)
    wage, cost = world.wage(team.country, t), 0.0
    for name, role in team.roles.items():
        cost += heads[name] * monthly_salary(role, world, t) * wage * (1.0 + team.temporary.premium)
        cost += max(0.0, heads[name] - before[name]) * world.money(team.temporary.training, t)
    return cost


def hiring_cost(world: World, task: Task, t: int) -> float:
    """Return the cost of hiring and release as the plan for all of the work changes, at the staffed share."""
    team, before = task.bodies[t], task.bodies[t - 1]
    if t == 1:
        return 0.0
    cost, now, then = 0.0, task.slices[t].effort, task.slices[t - 1].effort
    for name in team.roles:
        change = full_time_equivalents(team, name, world, 1.0, now, t)
        change -= full_time_equivalents(before, name, world, 1.0, then, t - 1)
        cost += max(0.0, change) * world.money(team.hiring.per_hire, t)
        cost += max(0.0, -change) * world.money(team.hiring.per_release, t)
    return task.slices[t].staffed * cost * world.wage(team.country, t)


def monthly_attrition(turnover: Turnover, factor: float) -> float:
    """Return q, the monthly hazard of the annual attrition."""
    return 1.0 - (1.0 - min(turnover.attrition * factor, 0.999)) ** (1 / 12)


def leavers(turnover: Turnover, headcount: float, factor: float, z: float | None) -> float:
    """Return L with the mean and the variance of Binomial(F, q): normal where many leave, else lognormal."""
    q = monthly_attrition(turnover, factor)
    if headcount * q == 0.0:
        return 0.0
    if z is None:
        return headcount * q
    c = (1.0 - q) / (headcount * q)
    if c <= 1 / 9:
        return headcount * q * max(0.0, 1.0 + math.sqrt(c) * z)
    return headcount * q * math.exp(math.sqrt(math.log(1.0 + c)) * z - math.log(1.0 + c) / 2)


def cost_of_a_leaver(turnover: Turnover, team: Team, world: World, plan: Plan, t: int) -> float:
    """Return recruiting, training and the lost work of the successor's ramp."""
    replacing = world.money(turnover.recruiting, t) + world.money(turnover.training, t)
    ramp = (
        0.0
        if turnover.replacement
        else (
            turnover.ramp_months
            * (1.0 - turnover.ramp_productivity)
            * (plan.labour + plan.overhead)
            / plan.headcount
        )
    )
    return replacing * world.wage(team.country, t) + ramp


def worsened(noise: Path, quality: Quality | None, stream: str, recorded: Recorded) -> Path:
    """Return the noise × the factor of each month in which service is degraded, or its mean."""
    terms = quality.degraded if quality else None
    if terms is None:
        return noise
    begins, ends = 1.0 - math.exp(-terms.per_year / 12), 1.0 / max(1.0, terms.months)
    often = begins / (begins + ends)
    if recorded.draws is None:
        return [n * (1.0 + (terms.factor - 1.0) * often) for n in noise]
    months = len(noise) - 1
    marks = recorded.draws.take(
        f"{stream}.quality.degraded", lambda rng, trials: terms.sample(rng, months, trials)
    )[:, recorded.trial]
    path, bad = [noise[0]], False
    for t in range(1, months + 1):
        chance = often if t == 1 else 1.0 - ends if bad else begins
        bad = float(marks[t - 1]) < chance
        path.append(noise[t] * (terms.factor if bad else 1.0))
    return path


def error_rate(quality: Quality, effort: float, leaver_share: float, noise: float) -> float:
    """Return e = min(1, e0 · distance · learning · (1 + β L/F) · n)."""
    instability = 1.0 + quality.turnover_sensitivity * leaver_share
    return min(1.0, quality.error_rate * quality.distance * effort * instability * noise)


# ---------------------------------------------------------------- vendor


def run_vendor(task: Task, vendor: Vendor, world: World, recorded: Recorded, ledger: Ledger) -> Path:
    """Book what a contract costs, its events aside; return the fees by month.

    ``vendor`` is as it is from start to end.
    """
    months = world.months
    turnover_z = recorded.normals(f"{task.stream}.turnover", months) if vendor.turnover else None
    quality_z = recorded.normals(f"{task.stream}.quality", months) if vendor.quality else None
    noise = noise_factors(vendor.quality.noise if vendor.quality else None, quality_z, months)
    metric_noise = {
        name: noise_factors(metric.noise, recorded.normals(f"{task.stream}.sla.{name}", months), months)
        for name, metric in (vendor.sla.metrics.items() if vendor.sla else ())
        if metric.noise
    }
    hours = outage_hours([body.risks.outage for body in task.bodies], task, recorded, months)
    noise = worsened(noise, vendor.quality, task.stream, recorded)
    fees, credits_, missed, lost = [0.0], [0.0], [False], lost_before(task.bodies[1])
    for t in range(1, months + 1):
        work, vendor = task.slices[t], task.bodies[t]
        if vendor.knowledge_loss:
            work.effort *= 1.0 + vendor.knowledge_loss.extra * lost
        staff = vendor_effort(vendor, work, world, t)
        fee = contract_fee(vendor, work, world, staff, t) * paid_rate(vendor, world, t)
        fees.append(fee)
        ledger.book("vendor_fees", t, fee)
        book_around_the_fee(vendor, work, world, fee, t, ledger)
        errors = 0.0
        left = vendor_leaver_share(vendor, staff, None if turnover_z is None else turnover_z[t - 1])
        if terms := vendor.knowledge_loss:
            left = left if work.served * world.volume[t] > 0 else 0.0
            lost = (lost + terms.taken * left * (1.0 - lost)) * math.exp(-1.0 / terms.relearnt)
        if vendor.quality:
            errors = error_rate(vendor.quality, work.effort, left, noise[t])
            cost = work.served * world.volume[t] * errors * world.money(vendor.quality.cost_per_error, t)
            ledger.book("service_quality", t, cost)
        task.seen.append(Seen(work.served * world.volume[t], staff, left, errors))
        if vendor.sla:
            month_noise = {name: path[t] for name, path in metric_noise.items()}
            down = hours[t], world.disruptions.get(vendor.country, [0.0] * (t + 1))[t]
            due, below = credit_due(vendor.sla, errors, work.effort, month_noise, down)
            credits_.append(min(due, vendor.sla.at_risk) * fee * vendor.sla.capture)
            missed.append(below or fee <= 0.0)
            ledger.book("service_credits", t, -credits_[t])
            wait = vendor.sla.earn_back
            if wait and t > wait and not any(missed[t - wait + 1 : t + 1]):
                ledger.book("service_credits", t, credits_[t - wait])
    return fees


def lost_before(vendor: Vendor) -> float:
    """Return the part of its knowledge that a vendor at work lacks in month 1: what comes back to itself."""
    terms = vendor.knowledge_loss
    if terms is None or vendor.transition:
        return 0.0
    taken, kept = terms.taken * monthly_attrition(vendor.turnover, 1.0), math.exp(-1.0 / terms.relearnt)
    return taken * kept / (1.0 - (1.0 - taken) * kept)


def credit_due(
    terms: ServiceLevel, errors: float, effort: float, noise: dict[str, float], down: tuple[float, float]
) -> tuple[float, bool]:
    """Return the credits of a month as a part of its fee, before the cap, and whether a target was missed.

    ``down`` are the hours of outages, and the part of the month lost to country events.
    """
    if terms.target is not None:
        shortfall = max(0.0, terms.target - (1.0 - errors))
        return shortfall * terms.credit_rate, shortfall > 1e-12
    due, below = 0.0, False
    for name, metric in terms.metrics.items():
        missing = errors
        if metric.miss_rate is not None:
            missing = min(1.0, metric.miss_rate * effort * noise.get(name, 1.0))
        if metric.service_hours is not None:
            missing = min(1.0, down[0] / metric.service_hours + (1.0 - metric.force_majeure) * down[1])
        shortfall = max(0.0, metric.target - (1.0 - missing))
        if shortfall > 1e-12:
            below = True
            if metric.credit_rate is not None:
                due += metric.credit_rate * shortfall
            elif metric.credit_table is not None:
                due += max((c for points, c in metric.credit_table if points <= 100 * shortfall), default=0.0)
            else:
                due += terms.at_risk * terms.pool * metric.allocation
    return due, below


def vendor_effort(vendor: Vendor, work: Slice, world: World, t: int) -> float:
    """Return E, the vendor's FTE; 0 where its productivity is not given."""
    if vendor.productivity is None:
        return 0.0
    productivity = vendor.productivity * (1.0 + vendor.improvement) ** ((t - 1) / 12)
    productivity *= automated(vendor.automation, t)
    return work.served * world.volume[t] * work.effort / productivity


def contract_fee(vendor: Vendor, work: Slice, world: World, staff: float, t: int) -> float:
    """Return the fee in the contract's currency."""
    price, level = vendor.price, indexed(vendor.indexation, world, (t - 1) // 12)
    units = work.served * world.volume[t]
    if price.kind == "hybrid":
        variable = (price.unit_price or 0.0) * units + (price.fte_price or 0.0) * staff
        fee = (price.amount * work.served + variable) * level
    elif price.kind == "cost_plus":
        cost = price.amount * staff * world.wage(vendor.country, t)
        fee = cost_and_reward(price, cost, work.served * level)
    elif price.kind == "gain_share":
        base = price.amount * (staff if price.base == "fte" else units)
        fee = base_and_gain(price, base, price.baseline_unit_cost * units) * level
    else:
        fee = price.amount * billed(vendor, work, world, staff, t) * level
    return fee * repriced(vendor, t)


def cost_and_reward(price: CostPlus, cost: float, scale: float) -> float:
    """Return what a cost is charged at; the incentive's numbers are × scale."""
    terms = price.incentive
    if terms is None:
        assert price.margin is not None
        return cost * (1.0 + price.margin)
    target, fee = terms.target_cost * scale, cost + terms.target_fee * scale
    if cost < target:
        fee += terms.vendor_share_below * (target - cost)
    else:
        fee -= terms.vendor_share_above * (cost - target)
    return fee if terms.ceiling is None else min(fee, terms.ceiling * scale)


def base_and_gain(price: GainShare, base: float, before: float) -> float:
    """Return the base fee and the vendor's part of what it is below or above the cost before."""
    if base > before:
        return base - min(price.loss_share * (base - before), price.floor * base)
    gain = price.share * (before - base)
    return base + (gain if price.cap is None else min(gain, price.cap * base))


def paid_rate(vendor: Vendor, world: World, t: int) -> float:
    """Return what is paid in base currency for a unit of the contract's."""
    clause, currency = vendor.fx_clause, vendor.price.currency
    if currency not in world.rates:
        return 1.0
    spot, rate = world.rate(currency, 0), world.rate(currency, t)
    if clause.kind == "home":
        return spot
    if clause.kind == "band":
        low, high = spot * (1.0 - clause.width), spot * (1.0 + clause.width)
        return spot + clause.client_share * (rate - min(max(rate, low), high))
    if clause.kind == "averaged":
        last = [world.rate(currency, m) for m in range(max(1, t - clause.months + 1), t + 1)]
        return math.fsum(last) / len(last)
    if clause.kind == "hedged" and t <= clause.months:
        forward = spot * ((1.0 + clause.home_interest) / (1.0 + clause.foreign_interest)) ** (t / 12)
        dearer = 1.0 + clause.cost_basis_points / 10_000
        return clause.fraction * forward * dearer + (1.0 - clause.fraction) * rate
    assert clause.kind in {"invoice", "hedged"}
    return rate


def billed(vendor: Vendor, work: Slice, world: World, staff: float, t: int) -> float:
    """Return what the price is multiplied by: units, FTE, or the share of the whole service."""
    price = vendor.price
    if price.kind == "per_fte":
        return staff
    if price.kind == "fixed_fee":
        return work.served
    assert price.kind == "per_unit"
    units, forecast = work.served * world.volume[t], work.served * world.forecast[t]
    charged = units
    if price.band:
        above = max(0.0, units - forecast * (1.0 + price.band.flex))
        below = max(0.0, forecast * (1.0 - price.band.flex) - units)
        charged += (price.band.additional_charge - 1.0) * above + (1.0 - price.band.reduced_credit) * below
    return max(charged, price.commitment * forecast)


def indexed(indexation: Indexation | None, world: World, year: int) -> float:
    """Return C(y), year by year from 1."""
    factor = 1.0
    if indexation is None:
        return factor
    for y in range(1, year + 1):
        if indexation.fixed is not None:
            rise = indexation.fixed
        else:
            index = (
                world.wages[indexation.wages_of]
                if indexation.wages_of
                else world.prices[indexation.prices_of]
            )
            rise = indexation.sensitivity * (index[y] / index[y - 1] - 1.0)
        if indexation.floor is not None:
            rise = max(rise, indexation.floor)
        if indexation.cap is not None:
            rise = min(rise, indexation.cap)
        factor *= 1.0 + rise - indexation.give_back
    return factor


def repriced(vendor: Vendor, t: int) -> float:
    """Return N(t) = Π (1 + u · knowledge lost) over the renewals so far; all of u without dependence."""
    factor = 1.0
    if vendor.term is None:
        return factor
    for renewal in range(1, math.floor((t - 1) / vendor.term) + 1):
        lost = 1.0
        if vendor.dependence:
            live_from = go_live(vendor.transition) if vendor.transition else 0.0
            lost = 1.0 - knowledge(vendor.dependence, max(0.0, renewal * vendor.term - live_from))
        factor *= 1.0 + vendor.renewal_uplift * lost
    return factor


def knowledge(terms: Dependence, months: float) -> float:
    """Return k, what the client still knows after so many months outsourced."""
    forgotten = 1.0 - 0.5 ** ((terms.outsourced_before + months) / terms.half_life)
    return 1.0 - (1.0 - terms.documentation) * forgotten


def book_around_the_fee(
    vendor: Vendor, work: Slice, world: World, fee: float, t: int, ledger: Ledger
) -> None:
    """Book governance, taxes and change requests."""
    if steering := vendor.governance:
        retained = (
            steering.retained_fte * world.money(steering.cost_per_fte, t) * world.wage(steering.country, t)
        )
        bought = sum(world.money(item, t) for item in (steering.audits, steering.travel, steering.tools))
        yearly = retained + bought * world.price(steering.country, t)
        ledger.book("governance", t, steering.fee_share * fee + work.share * yearly / 12)
    if leak := vendor.leakage:
        ledger.book("taxes", t, fee * (leak.irrecoverable_vat + leak.withholding / (1.0 - leak.withholding)))
        live_from = go_live(vendor.transition) if vendor.transition else 0.0
        grown = (1.0 + leak.scope_creep) ** ((t - live_from) / 12) - 1.0
        ledger.book("change_requests", t, fee * (leak.change_requests + grown) * (1.0 + leak.change_premium))


def vendor_leaver_share(vendor: Vendor, staff: float, z: float | None) -> float:
    """Return L/F of the vendor's staff, q where its number is not known; morale is a matter of teams."""
    if vendor.turnover is None:
        return 0.0
    if vendor.productivity is None:
        return monthly_attrition(vendor.turnover, 1.0)
    return leavers(vendor.turnover, staff, 1.0, z) / staff if staff > 0 else 0.0


# ---------------------------------------------------------------- transition


def book_move(
    leg: Leg, baseline: Sequence[Alternative], world: World, recorded: Recorded, ledger: Ledger
) -> None:
    """Book what choosing a leg and moving its work costs once."""
    move, months = leg.transition, range(1, world.months + 1)
    if leg.vendor and leg.vendor.selection and leg.vendor.selection.due_diligence:
        ledger.book("transition", 0, leg.share * world.money(leg.vendor.selection.due_diligence.cost, 0))
    if move is None:
        return
    places = places_of(leg, revealed(leg, recorded), recorded, world.months)
    book_one_offs(move, leg.share, places, world, ledger)
    old = [
        Plan(fte={}, pay=0.0, labour=0.0, overhead=0.0),
        *(baseline_plan(baseline[t], world, t) for t in months),
    ]
    there = [places_of(past, revealed(past, recorded), recorded, world.months) for past in baseline[0].legs]
    for t in months:
        moved = leg.share * (places[t].moved - places[t - 1].moved)
        if move.severance:
            ledger.book("severance", t, moved * severance_for_all(move.severance, old[t], world, t))
        for number, old_leg in enumerate(baseline[t].legs):
            if old_leg.vendor and old_leg.vendor.termination:
                leaving = old_leg.share * moved * there[number][t].live
                ledger.book("termination", t, leaving * ending_cost(revealed(old_leg, recorded), world, t))
    if move.stranded_overhead:
        left = [place.moved - place.kept for place in places]
        released = [0.0, *(leg.share * max(0.0, left[t] - left[t - 1]) * old[t].overhead for t in months)]
        for t, cost in enumerate(stranded(move.stranded_overhead, released)):
            reused = places[t].home / places[t].moved if places[t].home else 0.0
            ledger.book("stranded_overhead", t, cost * (1.0 - reused))


def book_one_offs(
    move: Transition, share: float, places: Sequence[Place], world: World, ledger: Ledger
) -> None:
    """Book the one-off items: at once, or spread until go-live; again after a failure; and a return."""
    items, factor, live_from = move.one_off, move.overrun * share, go_live(move)
    at_once = (items.selection, items.legal, items.travel, items.retention, items.other)
    spread = (items.knowledge_transfer, items.integration)
    for item in at_once + spread if live_from == 0 else at_once:
        ledger.book("transition", 0, factor * world.money(item, 0))
    for t in range(1, world.months + 1):
        for item in spread:
            if live_from > 0:
                part = places[t].preparing / live_from
                ledger.book("transition", t, factor * part * world.money(item, t))
        for item in at_once + spread:
            ledger.book("retransition", t, factor * places[t].relearning * world.money(item, t))
        if move.failure:
            back = places[t].given_up * world.money(move.failure.return_cost, t)
            ledger.book("retransition", t, share * back)


def ending_cost(vendor: Vendor, world: World, t: int) -> float:
    """Return what ending a contract for all of the work costs in a month."""
    assert vendor.termination is not None
    terms, whole = vendor.termination, Slice(share=1.0, served=1.0, staffed=1.0, exposure=1.0)
    fee = contract_fee(vendor, whole, world, vendor_effort(vendor, whole, world, t), t)
    year = math.floor((terms.contract_age + t - 1) / 12)
    months = terms.fee_months[year] if year < len(terms.fee_months) else 0.0
    return (months + max(0.0, terms.notice - t)) * fee * paid_rate(vendor, world, t)


def baseline_plan(baseline: Alternative, world: World, t: int) -> Plan:
    """Return the plan of the baseline's teams for all of their work."""
    whole = Plan(fte={}, pay=0.0, labour=0.0, overhead=0.0)
    for number, leg in enumerate(baseline.legs):
        if leg.team:
            plan = plan_of(leg.team, world, leg.share, 1.0, t)
            whole.fte |= {f"{number}.{name}": fte for name, fte in plan.fte.items()}
            whole.pay += plan.pay
            whole.labour += plan.labour
            whole.overhead += plan.overhead
    return whole


def severance_for_all(severance: Severance, old: Plan, world: World, t: int) -> float:
    """Return the cost of letting everyone go who is not redeployed; a month's pay × 12 is the year's."""
    each = old.headcount * world.money(severance.per_fte, t)
    by_tenure = max(severance.weeks_per_year * severance.tenure, severance.min_weeks)
    if severance.max_weeks is not None:
        by_tenure = min(by_tenure, severance.max_weeks)
    weeks = severance.weeks_of_pay + by_tenure
    return (1.0 - severance.redeployed) * (weeks / 52 * 12 * old.pay + each)


def stranded(terms: Stranded, released: Path) -> Path:
    """Return the overhead that stays: a part of what each month releases, decaying with the half-life."""
    kept = 0.5 ** (1.0 / terms.half_life) if terms.half_life > 0 else 0.0
    path = [0.0]
    for t in range(1, len(released)):
        path.append(path[-1] * kept + terms.share * released[t])
    return path


# ---------------------------------------------------------------- events


def poisson_quantile(u: float, mean: float) -> int:
    """Return the least n with P(N ≤ n) ≥ u."""
    n, term = 0, math.exp(-mean)
    cumulative = term
    while cumulative < u:
        n += 1
        term *= mean / n
        cumulative += term
    return n


@dataclass
class Event:
    """An event that happens: its month, the normal mark of its size and the uniform of its luck."""

    month: int
    size: float
    luck: float


def events_of(noise: EventNoise, per_year: float, task: Task, months: int, trial: int) -> Iterator[Event]:
    """Yield the candidates whose thinning mark is below the exposure of their month."""
    for j in range(poisson_quantile(float(noise.count[trial]), per_year * months / 12)):
        marks = noise.rank(j)
        month = math.floor(float(marks.when[trial]) * months) + 1
        if float(marks.thinning[trial]) < min(1.0, task.slices[month].exposure):
            yield Event(month, float(marks.size[trial]), float(marks.luck[trial]))


def rates_of(risks: Sequence[EventRisk], task: Task, months: int) -> Path:
    """Return the events a year at full exposure, by month."""
    path, at_work = [0.0], 0
    for t in range(1, months + 1):
        risk = risks[t]
        rate = risk.per_year * (1.0 + risk.trend) ** ((t - 1) / 12)
        if isinstance(risk, StaffRisk):
            rate *= 1.0 + risk.turnover_sensitivity * task.seen[t].leaver_share
        if isinstance(risk, Regulatory) and risk.unfamiliarity:
            at_work += at_work > 0 or task.slices[t].exposure > 0
            rate *= 1.0 + risk.unfamiliarity.extra * math.exp(-at_work / risk.unfamiliarity.fades)
        path.append(rate)
    return path


def exposures_of(risk: EventRisk, task: Task) -> Path:
    """Return the factor on the rate that follows the work, or the heads, by month."""
    if isinstance(risk, StaffRisk) and risk.reference_headcount is not None:
        return [month.headcount / risk.reference_headcount for month in task.seen]
    return [work.exposure for work in task.slices]


def happening(risks: Sequence[EventRisk], task: Task, recorded: Recorded, months: int) -> Iterator[Event]:
    """Yield the events of a trial: own ones, and those that follow others of the leg."""
    for _, _, event in arriving(risks, task, recorded, months):
        yield event
    for kind, chance in getattr(risks[0], "after", {}).items():
        causes = [getattr(body.risks, kind) for body in task.bodies]
        for shared, j, event in arriving(causes, task, recorded, months) if causes[0] else ():
            place = f"shock.{causes[0].common_shock.of}" if shared else task.stream
            marks = recorded.events(f"{place}.{risks[0].kind} after {kind}").rank(j)
            luck, size = (float(mark[recorded.trial]) for mark in (marks.luck, marks.size))
            if luck < chance:
                yield Event(event.month, size, luck / chance)


def arriving(
    risks: Sequence[EventRisk], task: Task, recorded: Recorded, months: int
) -> Iterator[tuple[bool, int, Event]]:
    """Yield the events of a risk by itself, each with whether legs share it and its rank in its source."""
    risk = risks[0]
    rates, exposures = rates_of(risks, task, months), exposures_of(risk, task)
    widest = max(1.0, *exposures[1:])
    noise, trial = recorded.events(f"{task.stream}.{risk.kind}"), recorded.trial
    mean = max(rates) * widest * months / 12
    assert noise is not None
    if risk.overdispersion > 0:
        mean *= float(gamma.ppf(noise.mixing[trial], 1 / risk.overdispersion, scale=risk.overdispersion))
    parts = [(noise, 1.0)]
    if risk.common_shock:
        shared = recorded.events(f"shock.{risk.common_shock.of}.{risk.kind}")
        assert shared is not None
        parts = [(noise, 1.0 - risk.common_shock.share), (shared, risk.common_shock.share)]
    for source, part in parts:
        for j in range(poisson_quantile(float(source.count[trial]), mean * part)):
            marks = source.rank(j)
            month = math.floor(float(marks.when[trial]) * months) + 1
            chance = exposures[month] / widest * rates[month] / max(rates) if max(rates) > 0 else 0.0
            if float(marks.thinning[trial]) < chance:
                event = Event(month, float(marks.size[trial]), float(marks.luck[trial]))
                yield source is not noise, j, event


def expectations(risks: Sequence[EventRisk], task: Task, months: int) -> Iterator[tuple[int, float]]:
    """Yield each month with the number of events expected in it."""
    sources = [(risks, 1.0)]
    for kind, chance in getattr(risks[0], "after", {}).items():
        if getattr(task.body.risks, kind):
            sources.append(([getattr(body.risks, kind) for body in task.bodies], chance))
    paths = [
        (chance, rates_of(source, task, months), exposures_of(source[0], task)) for source, chance in sources
    ]
    for t in range(1, months + 1):
        yield t, sum(chance * rates[t] / 12 * exposures[t] for chance, rates, exposures in paths)


@dataclass
class Terms:
    """What one event of a month costs: min(k X, c) to be shared, and what nobody shares."""

    size: Distribution
    factor: float
    most: float
    unshared: float


def terms_of(risk: LossRisk, world: World, t: int) -> Terms:
    """Return the terms of a month."""
    k = risk.severity_factor
    if isinstance(risk, Breach) and risk.records:
        k *= risk.records.number_factor * world.money(risk.records.cost_each, t)
        return Terms(risk.records.number, k, math.inf, 0.0)
    if isinstance(risk, Breach) and risk.tail:
        assert risk.severity is not None
        return Terms(with_tail(risk.severity, risk.tail), k, math.inf, 0.0)
    size: Distribution = risk.severity  # type: ignore[attr-defined]
    if isinstance(risk, Dispute):
        return Terms(size, k, math.inf, risk.management_hours * world.money(risk.cost_per_hour, t))
    if isinstance(risk, Regulatory):
        most, cap = math.inf, risk.statutory_cap
        if cap:
            most = max(world.money(cap.amount, t), cap.revenue_share * world.money(cap.revenue, t))
        return Terms(size, k, most, world.money(risk.remediation, t))
    return Terms(size, k, math.inf, 0.0)


def book_losses(
    risks: Sequence[LossRisk], task: Task, fees: Path, world: World, recorded: Recorded, ledger: Ledger
) -> None:
    """Book what losses cost after the vendor's and the insurer's parts."""
    category = risks[0].category
    if recorded.draws is None:
        for t, number in expectations(risks, task, ledger.months):
            terms = terms_of(risks[t], world, t)
            ledger.book(category, t, number * (expected_net(risks[t], terms, fees[t]) + terms.unshared))
        return
    losses: list[tuple[int, float]] = []
    for event in happening(risks, task, recorded, ledger.months):
        risk = risks[event.month]
        terms = terms_of(risk, world, event.month)
        loss = min(terms.factor * drawn(terms.size, event.size), terms.most)
        if risk.recovery and event.luck < risk.recovery.probability:
            loss -= min(loss, risk.recovery.liability_cap * fees[event.month])
        losses.append((event.month, loss))
        ledger.book(category, event.month, terms.unshared)
    owed = [
        layer(insurance, loss) if (insurance := risks[month].insurance) else 0.0 for month, loss in losses
    ]
    for (month, loss), due in zip(losses, owed, strict=True):
        ledger.book(category, month, loss)
        if insurance := risks[month].insurance:
            pairs = zip(losses, owed, strict=True)
            year = math.fsum(more for (t, _), more in pairs if (t - 1) // 12 == (month - 1) // 12)
            bound = insurance.aggregate
            part = bound / year if bound is not None and year > bound else 1.0
            ledger.book(category, month, -part * due)


def drawn(size: Distribution, z: float) -> float:
    """Return the quantile of an event's size at its normal mark; distributions take arrays."""
    return float(size.from_normal(np.array([z]))[0])


def layer(insurance: Insurance, loss: float) -> float:
    """Return what the insurer owes for one event, before the aggregate."""
    return min(max(loss - insurance.retention, 0.0), insurance.limit)


def expected_net(risk: LossRisk, terms: Terms, fee: float) -> float:
    """Return the mean loss of one event that stays, the aggregate left out: E[min(X, c)] layer by layer."""
    chance = risk.recovery.probability if risk.recovery else 0.0
    cap = risk.recovery.liability_cap * fee if risk.recovery else 0.0
    return (1.0 - chance) * expected_beyond(risk, terms, 0.0) + chance * expected_beyond(risk, terms, cap)


def expected_beyond(risk: LossRisk, terms: Terms, cap: float) -> float:
    """Return the mean of what stays when the vendor has paid the first ``cap`` of a loss."""
    stays = limited(terms, math.inf) - limited(terms, cap)
    if risk.insurance:
        bottom = cap + risk.insurance.retention
        stays -= limited(terms, bottom + risk.insurance.limit) - limited(terms, bottom)
    return stays


def limited(terms: Terms, cap: float) -> float:
    """Return E[min(k X, c, cap)]."""
    if terms.factor == 0.0:
        return 0.0
    return terms.factor * float(terms.size.limited_mean(min(cap, terms.most) / terms.factor))


def outage_hours(risks: Sequence[Outage | None], task: Task, recorded: Recorded, months: int) -> Path:
    """Return the hours lost to outages by month; none without the risk."""
    path = [0.0] * (months + 1)
    if risks[0] is None:
        return path
    if recorded.draws is None:
        for t, number in expectations(risks, task, months):
            path[t] = number * risks[t].hours.mean * risks[t].recovery_factor
        return path
    for event in happening(risks, task, recorded, months):
        outage = risks[event.month]
        path[event.month] += drawn(outage.hours, event.size) * outage.recovery_factor
    return path


def book_outages(
    risks: Sequence[Outage], task: Task, world: World, recorded: Recorded, ledger: Ledger
) -> None:
    """Book what outages cost."""
    for t, hours in enumerate(outage_hours(risks, task, recorded, ledger.months)):
        ledger.book("outage", t, hours * world.money(risks[t].cost_per_hour, t))


def book_reputation(
    risks: Sequence[Reputation], task: Task, world: World, recorded: Recorded, ledger: Ledger
) -> None:
    """Book the margin lost in each month that a scandal lasts, the last one in part."""
    reputation = risks[0]
    if recorded.draws is None:
        months = expectations(risks, task, ledger.months)
        begun = [(t, number * reputation.churn.mean) for t, number in months]
    else:
        events = happening(risks, task, recorded, ledger.months)
        begun = [(event.month, drawn(reputation.churn, event.size)) for event in events]
    for month, churn in begun:
        for t in range(month, ledger.months + 1):
            part = min(1.0, max(0.0, reputation.lasts - (t - month)))
            margin = reputation.margin * world.money(reputation.revenue, t) / 12
            ledger.book("reputation", t, part * reputation.churn_factor * churn * margin)


def book_satisfaction(risk: CustomerSatisfaction, task: Task, world: World, ledger: Ledger) -> None:
    """Book the margin of customers who leave, or stay, some months after."""

    def points_lost(t: int) -> float:
        if t < 1:
            return 0.0
        above = 100.0 * (task.seen[t].error_rate - risk.errors_today)
        served = task.seen[t].volume / world.volume[t] if world.volume[t] > 0 else 0.0
        return (risk.error_effect * above - risk.points) * served

    for t in range(1, ledger.months + 1):
        whole = math.floor(risk.lag)
        part = risk.lag - whole
        felt = (1.0 - part) * points_lost(t - whole) + part * points_lost(t - whole - 1)
        margin = risk.margin * world.money(risk.revenue, t) / 12
        ledger.book("customer_satisfaction", t, felt * risk.churn_per_point * margin)


def book_change_orders(
    orders: ChangeOrders, task: Task, fees: Path, world: World, recorded: Recorded, ledger: Ledger
) -> None:
    """Book what change orders cost: sizes in months of the fee of all of the work, or in money."""

    def unit(t: int, share: float) -> float:
        return world.rate(orders.currency, t) if orders.basis == "money" else fees[t] / share

    noise = recorded.events(f"{task.stream}.change_orders")
    if noise is None:
        for t in range(1, ledger.months + 1):
            share = min(1.0, task.slices[t].exposure)
            if share > 0:
                expected = orders.per_year / 12 * share * orders.size.mean * (1.0 + orders.premium)
                ledger.book("change_requests", t, expected * unit(t, share))
        return
    for event in events_of(noise, orders.per_year, task, ledger.months, recorded.trial):
        each = unit(event.month, task.slices[event.month].exposure)
        size = drawn(orders.size, event.size) * (1.0 + orders.premium)
        ledger.book("change_requests", event.month, size * each)


def book_risks(task: Task, fees: Path, world: World, recorded: Recorded, ledger: Ledger) -> None:
    """Book what each risk of a team or contract costs."""
    for kind in RISKS:
        risks = [getattr(body.risks, kind) for body in task.bodies]
        risk = risks[0]
        if isinstance(risk, LossRisk):
            book_losses(risks, task, fees, world, recorded, ledger)
        elif isinstance(risk, Outage):
            book_outages(risks, task, world, recorded, ledger)
        elif isinstance(risk, Reputation):
            book_reputation(risks, task, world, recorded, ledger)
        elif isinstance(risk, CustomerSatisfaction):
            book_satisfaction(risk, task, world, ledger)
        else:
            assert risk is None, f"the twin does not know {kind}"


# ---------------------------------------------------------------- the trial


def simulate_trial(bound: Scenario, draws: StreamDraws | None, trial: int) -> dict[str, Ledger]:
    """Return the cash of every alternative in one trial.

    ``bound`` is the scenario with plain floats for its inputs, the values of this trial; ``draws`` None gives
    the deterministic twin.
    """
    recorded = Recorded(draws, trial)
    world = world_of(bound, recorded)
    choices = {name: choice_of(bound, name) for name in bound.alternatives}
    return {name: run_alternative(name, bound, choices, world, recorded) for name in bound.alternatives}


def run_alternative(
    name: str, scenario: Scenario, choices: dict[str, Choice], world: World, recorded: Recorded
) -> Ledger:
    """Return the cash of one alternative."""
    ledger, alternative, baseline = Ledger(world.months), scenario.alternatives[name], choices[name].old
    for task in tasks_of(scenario, name, choices, recorded):
        disrupt(task, baseline, world, recorded, ledger)
        if isinstance(task.body, Team):
            run_team(task, task.body, world, recorded, ledger)
            fees = [0.0] * (world.months + 1)
        else:
            fees = run_vendor(task, task.body, world, recorded, ledger)
            if task.body.change_orders:
                book_change_orders(task.body.change_orders, task, fees, world, recorded, ledger)
        book_risks(task, fees, world, recorded, ledger)
    for number, leg in enumerate(choices[name].own[0].legs):
        places = places_of(leg, revealed(leg, recorded), recorded, world.months)
        bodies = [revealed(month.legs[number], recorded) for month in choices[name].own]
        book_end(bodies, places, [leg.share] * len(places), baseline, world, recorded, ledger)
        rests = rests_of(leg, places, choices[name], recorded)
        for rest in rests:
            old_bodies = [revealed(month.legs[rest.number], recorded) for month in baseline]
            book_end(old_bodies, rest.places, rest.share, baseline, world, recorded, ledger)
        book_move(leg, baseline, world, recorded, ledger)
    ledger.book("coordination", 0, world.money(alternative.once, 0))
    for t in range(1, world.months + 1):
        ledger.book("coordination", t, world.money(alternative.per_year, t) / 12)
    for investment in alternative.investments.values():
        book_investment(investment, world, ledger)
    book_mitigations([scenario.mitigations[taken] for taken in alternative.mitigations], world, ledger)
    if alternative.benefits:
        book_benefits(alternative.benefits, choices[name].own[0].legs, world, ledger)
    return ledger


def book_end(
    bodies: Sequence[Team | Vendor],
    places: list[Place],
    share: Path,
    baseline: Sequence[Alternative],
    world: World,
    recorded: Recorded,
    ledger: Ledger,
) -> None:
    """Book what it costs that a leg is there no more, and what a planned exit costs."""
    for t in range(1, world.months + 1):
        place, body = places[t], bodies[t]
        if place.gap:
            emergency = baseline_unit_cost(baseline[t], world, recorded, t)
            book_interruption(body.continuity, share[t] * place.gap, emergency, world, t, ledger)
        if place.exiting:
            leave, leaving = body.exit, share[t] * place.leaving
            ledger.book("retransition", t, share[t] * place.exiting * world.money(leave.cost, t))
            if leave.fallback == "in-house":
                heads = leaving * baseline_plan(baseline[t], world, t).headcount
                ledger.book("retransition", t, heads * world.money(leave.rehiring, t))
            if body.termination:
                ledger.book("termination", t, leaving * ending_cost(body, world, t))


def book_investment(investment: Investment, world: World, ledger: Ledger) -> None:
    """Book an amount in its month, and again and again where it comes back."""
    due = investment.month
    while due <= world.months:
        month = math.ceil(due)
        ledger.book("investment", month, world.money(investment.amount, month))
        due = due + investment.every if investment.every else math.inf


def book_mitigations(taken: Sequence[Mitigation], world: World, ledger: Ledger) -> None:
    """Book what mitigations cost."""
    fees = ledger.lines["vendor_fees"] if "vendor_fees" in ledger.lines else [0.0] * (ledger.months + 1)
    for mitigation in taken:
        ledger.book("mitigation", 0, world.money(mitigation.once, 0))
        for t in range(1, ledger.months + 1):
            yearly = world.money(mitigation.per_year, t)
            ledger.book("mitigation", t, yearly / 12 + mitigation.fee_share * fees[t])


def book_benefits(benefits: Benefits, legs: Sequence[Leg], world: World, ledger: Ledger) -> None:
    """Book benefits as credits: yearly ones with the part of the moving work that has moved."""
    ledger.book("benefits", 0, -world.money(benefits.avoided_investment, 0))
    for t in range(1, ledger.months + 1):
        for yearly in (benefits.technology, benefits.other):
            if yearly:
                worth = world.money(yearly.per_year, t) / 12 * yearly.realised
                ledger.book("benefits", t, -worth * moved_part(legs, t - yearly.lag))
        freed = benefits.management_freed
        if freed:
            worth = freed.fte * world.money(freed.value, t) / 12 * freed.realised
            ledger.book("benefits", t, -worth * moved_part(legs, t - freed.lag))
        launch = benefits.faster_launch
        if launch:
            planned = launch.months if launch.planned is None else launch.planned
            start, end = max(t - 1, planned - launch.months), min(t, planned)
            margin = world.money(launch.margin_per_month, t) * launch.realised
            ledger.book("benefits", t, -margin * max(0.0, end - start))


def moved_part(legs: Sequence[Leg], month: float) -> float:
    """Return how much of the work of the legs that move has moved; 1 from the start where none does."""
    moving = [leg for leg in legs if leg.transition and leg.share]
    if not moving:
        return 1.0 if month > 0 else 0.0
    live = sum(leg.share * live_share(leg.transition, month) for leg in moving)
    return live / sum(leg.share for leg in moving)
