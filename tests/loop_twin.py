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
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from bposim.events.arrivals import EventNoise
from bposim.legs.team import Team
from bposim.world.spells import SpellNoise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bposim.events.loss_sharing import Insurance
    from bposim.inputs.distribution import Distribution
    from bposim.inputs.draws import StreamDraws
    from bposim.inputs.money import Money
    from bposim.legs.indexation import Indexation
    from bposim.legs.quality import Quality
    from bposim.legs.team import Role
    from bposim.legs.transition import Severance, Stranded, Transition
    from bposim.legs.turnover import Turnover
    from bposim.legs.vendor import Vendor
    from bposim.risks.breach import Breach
    from bposim.risks.outage import Outage
    from bposim.scenario import Alternative, Leg, Scenario
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
    body: Team | Vendor
    slices: list[Slice]


def go_live(transition: Transition) -> float:
    """Return G, in months, not rounded."""
    return transition.planned + transition.delay


def live_share(transition: Transition | None, month: float) -> float:
    """Return s at a month, which need not be whole."""
    if transition is None:
        return 1.0
    pilot, wait = (transition.pilot.share, transition.pilot.months) if transition.pilot else (0.0, 0.0)
    elapsed = month - go_live(transition)
    if elapsed <= 0:
        return 0.0
    if transition.ramp_months == 0:
        return 1.0 if elapsed > wait else pilot
    return pilot + (1.0 - pilot) * min(1.0, max(0.0, (elapsed - wait) / transition.ramp_months))


def learning(transition: Transition | None, month: int) -> float:
    """Return the factor 1 + λ e^(-max(0, t-G)/τ) on effort and errors."""
    if transition is None or transition.learning is None:
        return 1.0
    elapsed = max(0.0, month - go_live(transition))
    return 1.0 + transition.learning.extra * math.exp(-elapsed / transition.learning.fades)


def own_slice(leg: Leg, t: int) -> Slice:
    """Return what a leg does itself."""
    part = leg.share * live_share(leg.transition, t)
    return Slice(
        share=leg.share, served=part, staffed=part, exposure=part, effort=learning(leg.transition, t)
    )


def remaining_slice(leg: Leg, old: Leg, t: int) -> Slice:
    """Return what one leg of the baseline still does for a leg that is taking over."""
    move = leg.transition
    assert move is not None
    live, part = live_share(move, t), old.share * leg.share
    kept = 0.0
    if move.parallel_run:
        kept = move.parallel_run.intensity * (live - live_share(move, t - move.parallel_run.months))
    left = Slice(
        share=part * (1.0 - live),
        served=part * (1.0 - live),
        staffed=part * (1.0 - live + kept),
        exposure=part * (1.0 - move.scope * live),
    )
    settled = go_live(move) + (move.pilot.months if move.pilot else 0.0) + move.ramp_months
    if move.morale and t <= settled:
        left.productivity = 1.0 - move.morale.productivity_loss
        left.attrition = move.morale.attrition_factor
    return left


def tasks_of(alternative: Alternative, baseline: Alternative, months: int) -> list[Task]:
    """Return the work of an alternative by team and contract; work of the same one is joined."""
    pieces = [
        Task(leg.stream, leg.body, [own_slice(leg, t) for t in range(months + 1)]) for leg in alternative.legs
    ]
    pieces += [
        Task(old.stream, old.body, [remaining_slice(leg, old, t) for t in range(months + 1)])
        for leg in alternative.legs
        if leg.transition
        for old in baseline.legs
    ]
    joined: dict[str, Task] = {}
    for piece in pieces:
        if piece.stream in joined:
            there = joined[piece.stream]
            assert there.body == piece.body, (
                "two different teams or contracts of one name: the model does not say"
            )
            there.slices = [join(a, b) for a, b in zip(there.slices, piece.slices, strict=True)]
        else:
            joined[piece.stream] = piece
    return list(joined.values())


def join(a: Slice, b: Slice) -> Slice:
    """Return two pieces of one month's work of the same team as one."""
    assert a.effort == b.effort, "one team that both learns and is practised: the model does not say"
    return Slice(
        share=a.share + b.share,
        served=a.served + b.served,
        staffed=a.staffed + b.staffed,
        exposure=a.exposure + b.exposure,
        effort=a.effort,
        productivity=min(a.productivity, b.productivity),
        attrition=max(a.attrition, b.attrition),
    )


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
    return effort / (role.volume_per_fte * (1.0 + team.improvement) ** ((t - 1) / 12))


def full_time_equivalents(
    team: Team, name: str, world: World, staffed: float, effort: float, t: int
) -> float:
    """Return F of a role."""
    role = team.roles[name]
    if role.volume_per_fte is not None:
        units = staffed * planned_volume(team, world, t) * (1.0 + team.buffer)
        return units * effort_per_unit(team, role, effort, t)
    if role.one_per is not None:
        assert role.of is not None
        return full_time_equivalents(team, role.of, world, staffed, effort, t) / role.one_per
    assert role.fixed is not None
    return staffed * role.fixed


def plan_of(team: Team, world: World, staffed: float, effort: float, t: int) -> Plan:
    """Return the plan of a team for a share of the work."""
    plan = Plan(fte={}, pay=0.0, labour=0.0, overhead=0.0)
    for name, role in team.roles.items():
        fte = full_time_equivalents(team, name, world, staffed, effort, t)
        pay = fte * world.money(role.salary, t) / 12 * world.wage(team.country, t)
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
    """Book what a team costs, its events aside."""
    months = world.months
    turnover_z = recorded.normals(f"{task.stream}.turnover", months) if team.turnover else None
    quality_z = recorded.normals(f"{task.stream}.quality", months) if team.quality else None
    noise = noise_factors(team.quality.noise if team.quality else None, quality_z, months)
    for t in range(1, months + 1):
        work = task.slices[t]
        plan = plan_of(team, world, work.staffed, work.effort, t)
        ledger.book("labour", t, plan.labour)
        ledger.book("overhead", t, plan.overhead)
        if team.temporary:
            ledger.book("temporary_staff", t, temporary_cost(team, world, task, t))
        if team.hiring:
            ledger.book("hiring_and_release", t, hiring_cost(team, world, task, t))
        served = book_peak(team, world, work, t, ledger)
        leaver_share = 0.0
        if team.turnover:
            lost = leavers(
                team.turnover,
                plan.headcount,
                work.attrition,
                None if turnover_z is None else turnover_z[t - 1],
            )
            if plan.headcount > 0:
                leaver_share = lost / plan.headcount
                ledger.book("turnover", t, lost * cost_of_a_leaver(team.turnover, team, world, plan, t))
        if team.quality:
            errors = served * error_rate(team.quality, work.effort, leaver_share, noise[t])
            ledger.book("service_quality", t, errors * world.money(team.quality.cost_per_error, t))


def book_peak(team: Team, world: World, work: Slice, t: int, ledger: Ledger) -> float:
    """Book overtime and lost work of a month; return the units that are served."""
    planned = planned_volume(team, world, t) + uncovered_volume(team, world, t)
    capacity = work.staffed * planned * (1.0 + team.buffer) * work.productivity
    demand = work.served * world.volume[t]
    above = max(0.0, demand - capacity)
    overtime = min(above, team.overtime.limit * capacity)
    unit_labour = 0.0
    for role in team.roles.values():
        pay = world.money(role.salary, t) / 12 * (1.0 + role.oncost) * world.wage(team.country, t)
        unit_labour += pay * effort_per_unit(team, role, work.effort, t)
    ledger.book("overtime", t, overtime * team.overtime.premium * unit_labour)
    ledger.book("lost_work", t, (above - overtime) * world.money(world.margin, t))
    return demand - (above - overtime)


def temporary_cost(team: Team, world: World, task: Task, t: int) -> float:
    """Return pay and training of temporary staff in a month; training is paid when their number rises."""
    assert team.temporary is not None
    heads = temporary_heads(team, world, task.slices[t], t)
    before = temporary_heads(team, world, task.slices[t - 1], t - 1)
    wage, cost = world.wage(team.country, t), 0.0
    for name, role in team.roles.items():
        cost += heads[name] * world.money(role.salary, t) / 12 * wage * (1.0 + team.temporary.premium)
        cost += max(0.0, heads[name] - before[name]) * world.money(team.temporary.training, t)
    return cost


def hiring_cost(team: Team, world: World, task: Task, t: int) -> float:
    """Return the cost of hiring and release as the plan for all of the work changes, at the staffed share."""
    assert team.hiring is not None
    if t == 1:
        return 0.0
    cost, now, then = 0.0, task.slices[t].effort, task.slices[t - 1].effort
    for name in team.roles:
        change = full_time_equivalents(team, name, world, 1.0, now, t)
        change -= full_time_equivalents(team, name, world, 1.0, then, t - 1)
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
        turnover.ramp_months
        * (1.0 - turnover.ramp_productivity)
        * (plan.labour + plan.overhead)
        / plan.headcount
    )
    return replacing * world.wage(team.country, t) + ramp


def error_rate(quality: Quality, effort: float, leaver_share: float, noise: float) -> float:
    """Return e = min(1, e0 · distance · learning · (1 + β L/F) · n)."""
    instability = 1.0 + quality.turnover_sensitivity * leaver_share
    return min(1.0, quality.error_rate * quality.distance * effort * instability * noise)


# ---------------------------------------------------------------- vendor


def run_vendor(task: Task, vendor: Vendor, world: World, recorded: Recorded, ledger: Ledger) -> Path:
    """Book what a contract costs, its events aside; return the fees by month."""
    months = world.months
    turnover_z = recorded.normals(f"{task.stream}.turnover", months) if vendor.turnover else None
    quality_z = recorded.normals(f"{task.stream}.quality", months) if vendor.quality else None
    noise = noise_factors(vendor.quality.noise if vendor.quality else None, quality_z, months)
    fees = [0.0]
    for t in range(1, months + 1):
        work = task.slices[t]
        staff = vendor_effort(vendor, work, world, t)
        fee = vendor.price.amount * billed(vendor, work, world, staff, t)
        fee *= indexed(vendor.indexation, world, (t - 1) // 12) * repriced(vendor, t)
        fee *= world.rate(vendor.price.currency, 0 if vendor.fx_clause.kind == "home" else t)
        fees.append(fee)
        ledger.book("vendor_fees", t, fee)
        book_around_the_fee(vendor, work, world, fee, t, ledger)
        errors = 0.0
        if vendor.quality:
            left = vendor_leaver_share(vendor, staff, None if turnover_z is None else turnover_z[t - 1])
            errors = error_rate(vendor.quality, work.effort, left, noise[t])
            cost = work.served * world.volume[t] * errors * world.money(vendor.quality.cost_per_error, t)
            ledger.book("service_quality", t, cost)
        if vendor.sla:
            shortfall = max(0.0, vendor.sla.target - (1.0 - errors))
            credit = min(shortfall * vendor.sla.credit_rate, vendor.sla.at_risk)
            ledger.book("service_credits", t, -credit * fee * vendor.sla.capture)
    return fees


def vendor_effort(vendor: Vendor, work: Slice, world: World, t: int) -> float:
    """Return E, the vendor's FTE; 0 where its productivity is not given."""
    if vendor.productivity is None:
        return 0.0
    productivity = vendor.productivity * (1.0 + vendor.improvement) ** ((t - 1) / 12)
    return work.served * world.volume[t] * work.effort / productivity


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
    """Return N(t) = (1+u)^(renewals so far)."""
    return 1.0 if vendor.term is None else (1.0 + vendor.renewal_uplift) ** math.floor((t - 1) / vendor.term)


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
        ledger.book("change_requests", t, fee * leak.change_requests * (1.0 + leak.change_premium))


def vendor_leaver_share(vendor: Vendor, staff: float, z: float | None) -> float:
    """Return L/F of the vendor's staff, q where its number is not known; morale is a matter of teams."""
    if vendor.turnover is None:
        return 0.0
    if vendor.productivity is None:
        return monthly_attrition(vendor.turnover, 1.0)
    return leavers(vendor.turnover, staff, 1.0, z) / staff if staff > 0 else 0.0


# ---------------------------------------------------------------- transition


def book_move(leg: Leg, baseline: Alternative, world: World, ledger: Ledger) -> None:
    """Book what moving a leg's work costs once."""
    move = leg.transition
    if move is None:
        return
    months = range(1, world.months + 1)
    book_one_offs(move, leg.share, world, ledger)
    old = [
        Plan(fte={}, pay=0.0, labour=0.0, overhead=0.0),
        *(baseline_plan(baseline, world, t) for t in months),
    ]
    if move.severance:
        for t in months:
            moved = leg.share * (live_share(move, t) - live_share(move, t - 1))
            ledger.book("severance", t, moved * severance_for_all(move.severance, old[t], world, t))
    if move.stranded_overhead:
        released = [leg.share * live_share(move, t) * old[t].overhead for t in range(world.months + 1)]
        for t, cost in enumerate(stranded(move.stranded_overhead, released)):
            ledger.book("stranded_overhead", t, cost)


def book_one_offs(move: Transition, share: float, world: World, ledger: Ledger) -> None:
    """Book the one-off items: at once, or spread until go-live."""
    items, factor, live_from = move.one_off, move.overrun * share, go_live(move)
    for item in (items.selection, items.legal, items.travel, items.retention, items.other):
        ledger.book("transition", 0, factor * world.money(item, 0))
    for item in (items.knowledge_transfer, items.integration):
        if live_from == 0:
            ledger.book("transition", 0, factor * world.money(item, 0))
            continue
        for t in range(1, world.months + 1):
            part = min(1.0, max(0.0, live_from - (t - 1))) / live_from
            ledger.book("transition", t, factor * part * world.money(item, t))


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
    return (1.0 - severance.redeployed) * (severance.weeks_of_pay / 52 * 12 * old.pay + each)


def stranded(terms: Stranded, released: Path) -> Path:
    """Return the overhead that stays: each month's newly released part, decaying with the half-life."""
    kept = 0.5 ** (1.0 / terms.half_life) if terms.half_life > 0 else 0.0
    path = [0.0]
    for t in range(1, len(released)):
        path.append(path[-1] * kept + terms.share * max(0.0, released[t] - released[t - 1]))
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


def book_breaches(breach: Breach, task: Task, fees: Path, recorded: Recorded, ledger: Ledger) -> None:
    """Book what breaches cost after the vendor's and the insurer's parts."""
    months, noise = ledger.months, recorded.events(f"{task.stream}.breach")
    if noise is None:
        for t in range(1, months + 1):
            rate = breach.per_year / 12 * min(1.0, task.slices[t].exposure)
            ledger.book("data_breach", t, rate * expected_net(breach, fees[t]))
        return
    losses: list[tuple[int, float]] = []
    for event in events_of(noise, breach.per_year, task, months, recorded.trial):
        loss = drawn(breach.severity, event.size)
        if breach.recovery and event.luck < breach.recovery.probability:
            loss -= min(loss, breach.recovery.liability_cap * fees[event.month])
        losses.append((event.month, loss))
    for month, loss in losses:
        ledger.book("data_breach", month, loss)
        if breach.insurance:
            year = [layer(breach.insurance, rest) for t, rest in losses if (t - 1) // 12 == (month - 1) // 12]
            owed, bound = math.fsum(year), breach.insurance.aggregate
            part = bound / owed if bound is not None and owed > bound else 1.0
            ledger.book("data_breach", month, -part * layer(breach.insurance, loss))


def drawn(size: Distribution, z: float) -> float:
    """Return the quantile of an event's size at its normal mark; distributions take arrays."""
    return float(size.from_normal(np.array([z]))[0])


def layer(insurance: Insurance, loss: float) -> float:
    """Return what the insurer owes for one event, before the aggregate."""
    return min(max(loss - insurance.retention, 0.0), insurance.limit)


def expected_net(breach: Breach, fee: float) -> float:
    """Return the mean loss of one breach that stays, the aggregate left out: E[min(X, c)] layer by layer."""
    chance = breach.recovery.probability if breach.recovery else 0.0
    cap = breach.recovery.liability_cap * fee if breach.recovery else 0.0
    return (1.0 - chance) * expected_beyond(breach, 0.0) + chance * expected_beyond(breach, cap)


def expected_beyond(breach: Breach, cap: float) -> float:
    """Return the mean of what stays when the vendor has paid the first ``cap`` of a loss."""
    size = breach.severity
    stays = size.mean - limited(size, cap)
    if breach.insurance:
        bottom = cap + breach.insurance.retention
        stays -= limited(size, bottom + breach.insurance.limit) - limited(size, bottom)
    return stays


def limited(size: Distribution, cap: float) -> float:
    """Return E[min(X, cap)]."""
    return float(size.limited_mean(cap))


def book_outages(outage: Outage, task: Task, world: World, recorded: Recorded, ledger: Ledger) -> None:
    """Book what outages cost."""
    noise = recorded.events(f"{task.stream}.outage")
    if noise is None:
        for t in range(1, ledger.months + 1):
            hours = outage.per_year / 12 * min(1.0, task.slices[t].exposure) * outage.hours.mean
            ledger.book("outage", t, hours * outage.recovery_factor * world.money(outage.cost_per_hour, t))
        return
    for event in events_of(noise, outage.per_year, task, ledger.months, recorded.trial):
        hours = drawn(outage.hours, event.size) * outage.recovery_factor
        ledger.book("outage", event.month, hours * world.money(outage.cost_per_hour, event.month))


# ---------------------------------------------------------------- the trial


def simulate_trial(bound: Scenario, draws: StreamDraws | None, trial: int) -> dict[str, Ledger]:
    """Return the cash of every alternative in one trial.

    ``bound`` is the scenario with plain floats for its inputs, the values of this trial; ``draws`` None gives
    the deterministic twin.
    """
    recorded = Recorded(draws, trial)
    world = world_of(bound, recorded)
    baseline = bound.alternatives[bound.baseline]
    return {
        name: run_alternative(alternative, baseline, world, recorded)
        for name, alternative in bound.alternatives.items()
    }


def run_alternative(
    alternative: Alternative, baseline: Alternative, world: World, recorded: Recorded
) -> Ledger:
    """Return the cash of one alternative."""
    ledger = Ledger(world.months)
    for task in tasks_of(alternative, baseline, world.months):
        if isinstance(task.body, Team):
            run_team(task, task.body, world, recorded, ledger)
            fees = [0.0] * (world.months + 1)
        else:
            fees = run_vendor(task, task.body, world, recorded, ledger)
        if task.body.risks.breach:
            book_breaches(task.body.risks.breach, task, fees, recorded, ledger)
        if task.body.risks.outage:
            book_outages(task.body.risks.outage, task, world, recorded, ledger)
    for leg in alternative.legs:
        book_move(leg, baseline, world, ledger)
    ledger.book("alternative", 0, world.money(alternative.once, 0))
    for t in range(1, world.months + 1):
        ledger.book("alternative", t, world.money(alternative.per_year, t) / 12)
    return ledger
