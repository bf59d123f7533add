"""``scenarios/customer-support.yaml`` written by hand in NumPy: what bposim is to be held against.

    python benchmarks/by_hand.py [TRIALS [SEED]]

Nothing of bposim is used, and the figures stand here a second time; tests/test_bench.py holds the two
against each other.  It is what somebody who knows NumPy well would write: one matrix of correlations, tables
for slow quantiles, events as a list and not as a grid, months without work left out, what two alternatives
share computed once, and as many trials at a time as fit into the cache.  It gives the total cost of each
alternative and nothing else: no categories, no monthly flows, no payback.  It is long because it is the whole
model, and one file because a yardstick is read from end to end.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import betaincinv, expit, logit, ndtr, ndtri

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

CHUNK = 1024
MONTHS = 60
MONTH = np.arange(1.0, MONTHS + 1.0)[:, None]
YEAR = np.arange(MONTHS) // 12
DISCOUNT = 1.08 ** (-MONTH[:, 0] / 12.0)
SEASON = np.tile([0.98, 0.92, 0.93, 0.93, 0.93, 0.93, 0.95, 0.95, 0.96, 1.02, 1.20, 1.30], 5)[:, None]
ALTERNATIVES = ("in-house", "manila", "krakow", "blend")

# ------------------------------------------------------------------------------------------------------------
# Inputs: each a function of a standard normal score
# ------------------------------------------------------------------------------------------------------------
GRID = np.linspace(-6.0, 6.0, 6001)


def table(quantile: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Return a slow quantile function by interpolation in the normal score."""
    values = quantile(ndtr(GRID))
    return lambda z: np.interp(z, GRID, values)


def pert(low: float, likely: float, high: float) -> Callable[[Array], Array]:
    """Return a PERT: a beta distribution of shape 4."""
    a, b = 1 + 4 * (likely - low) / (high - low), 1 + 4 * (high - likely) / (high - low)
    return table(lambda u: low + (high - low) * betaincinv(a, b, u))


def percentiles(p10: float, p50: float, p90: float, low: float, high: float) -> Callable[[Array], Array]:
    """Return a metalog with two bounds through three percentiles."""
    p = np.array([0.1, 0.5, 0.9])
    curve = np.log((np.array([p10, p50, p90]) - low) / (high - np.array([p10, p50, p90])))
    terms = np.stack([np.ones(3), logit(p), (p - 0.5) * logit(p)], axis=1)
    a, b, c = np.linalg.solve(terms, curve)
    return table(lambda u: low + (high - low) * expit(a + (b + c * (u - 0.5)) * logit(u)))


def triangular(u: Array, low: float, likely: float, high: float) -> Array:
    """Return the quantiles of a triangular distribution."""
    turn = (likely - low) / (high - low)
    rising = low + np.sqrt(np.clip(u, 0, turn) * (high - low) * (likely - low))
    falling = high - np.sqrt((1 - np.clip(u, turn, 1)) * (high - low) * (high - likely))
    return np.where(u < turn, rising, falling)


def early_end(u: Array) -> Array:
    """Return the provision for a contract that ends early."""
    again = triangular(np.clip((u - 0.5) / 0.33, 0, 1), 0.5e6, 1.5e6, 4e6)
    home = triangular(np.clip((u - 0.83) / 0.17, 0, 1), 3e6, 7e6, 15e6)
    return np.where(u < 0.5, 0.0, np.where(u < 0.83, again, home))


def mixed_requests(u: Array) -> Array:
    """Return the quantiles of 43 % uniform up to 2 %, 57 % triangular from 2 %: they do not overlap."""
    return np.where(u < 0.43, 0.02 * u / 0.43, triangular(np.clip((u - 0.43) / 0.57, 0, 1), 0.02, 0.08, 0.20))


INPUTS: dict[str, Callable[[Array], Array]] = {
    "growth": percentiles(-0.04, 0.02, 0.07, -0.15, 0.15),
    "peso drift": lambda z: -0.007 + 0.015 * z,
    "US wages": lambda z: 0.035 + 0.006 * z,
    "PH wages": lambda z: 0.058 + 0.010 * z,
    "PL wages": lambda z: 0.070 + 0.020 * z,
    "US prices": lambda z: 0.025 + 0.007 * z,
    "cost per error": percentiles(7, 14, 30, 2, 60),
    "improvement": pert(0, 0.025, 0.07),
    "attrition": pert(0.20, 0.33, 0.50),
    "ramp": pert(3, 4.5, 6),
    "manila price": pert(170, 212, 300),
    "manila uplift": pert(-0.05, 0.05, 0.20),
    "manila attrition": pert(0.18, 0.28, 0.45),
    "manila distance": pert(0.92, 1.28, 2.0),
    "manila fee share": pert(0.03, 0.07, 0.12),
    "manila retained": pert(14, 22, 36),
    "manila delay": pert(0, 1.5, 8),
    "manila overrun": pert(0.9, 1.15, 2.0),
    "manila early end": table(early_end),
    "change requests": table(mixed_requests),
    "change premium": lambda z: 0.2 + 0.2 * ndtr(z),
    "knowledge transfer": pert(250e3, 400e3, 800e3),
    "weeks of pay": pert(4, 7, 12),
    "stranded share": pert(0.30, 0.50, 0.80),
    "morale attrition": pert(1.1, 1.25, 1.5),
    "krakow price": pert(12_000, 14_800, 18_000),
    "krakow productivity": pert(740, 830, 900),
    "krakow improvement": pert(0, 0.02, 0.05),
    "krakow uplift": pert(-0.05, 0.04, 0.15),
    "krakow attrition": pert(0.12, 0.22, 0.35),
    "krakow distance": pert(0.92, 1.12, 1.5),
    "krakow fee share": pert(0.03, 0.06, 0.11),
    "krakow retained": pert(10, 16, 26),
    "krakow delay": pert(0, 1, 5),
    "krakow overrun": pert(0.9, 1.1, 1.7),
    "krakow early end": table(early_end),
}
RANK_CORRELATIONS = [
    ("PH wages", "peso drift", -0.4),
    ("US wages", "attrition", 0.4),
    ("PL wages", "krakow attrition", 0.4),
    ("manila delay", "manila overrun", 0.6),
    ("krakow delay", "krakow overrun", 0.6),
    ("manila delay", "krakow delay", 0.4),
    ("manila price", "manila distance", -0.3),
    ("manila retained", "manila distance", 0.4),
    ("krakow retained", "krakow distance", 0.4),
]


def correlation_factor() -> Array:
    """Return the Cholesky factor of the scores' correlation, 2 sin(πr/6) for a rank correlation r."""
    names = list(INPUTS)
    matrix = np.eye(len(names))
    for one, other, rank in RANK_CORRELATIONS:
        i, j = names.index(one), names.index(other)
        matrix[i, j] = matrix[j, i] = 2 * np.sin(np.pi * rank / 6)
    return np.linalg.cholesky(matrix)


FACTOR = correlation_factor()


def draw_inputs(rng: np.random.Generator, trials: int) -> dict[str, Array]:
    """Return every input, ``(trials,)``."""
    scores = FACTOR @ rng.standard_normal((len(INPUTS), trials))
    return {name: quantile(z) for (name, quantile), z in zip(INPUTS.items(), scores, strict=True)}


# ------------------------------------------------------------------------------------------------------------
# Paths
# ------------------------------------------------------------------------------------------------------------
def autoregression(rng: np.random.Generator, trials: int, sd: float, phi: float) -> Array:
    """Return exp(x - sd²/2), x a stationary AR(1) of standard deviation ``sd``."""
    x = rng.standard_normal((MONTHS, trials))
    x[0] *= sd
    x[1:] *= sd * np.sqrt(1 - phi**2)
    for t in range(1, MONTHS):
        x[t] += phi * x[t - 1]
    x -= sd**2 / 2
    return np.exp(x, out=x)


def random_walk(rng: np.random.Generator, trials: int) -> Array:
    """Return the running sum of standard normals."""
    z = rng.standard_normal((MONTHS, trials))
    for t in range(1, MONTHS):
        z[t] += z[t - 1]
    return z


def reverting(rng: np.random.Generator, trials: int) -> Array:
    """Return the zloty: an Ornstein-Uhlenbeck process on the logarithm, half-life 1.5 years."""
    speed, volatility = np.log(2) / 1.5, 0.11
    decay = np.exp(-speed / 12)
    x = rng.standard_normal((MONTHS, trials))
    x *= volatility * np.sqrt((1 - decay**2) / (2 * speed))
    for t in range(1, MONTHS):
        x[t] += decay * x[t - 1]
    x -= volatility**2 * (1 - np.exp(-2 * speed * MONTH / 12)) / (4 * speed)
    return 0.254 * np.exp(x, out=x)


def index(rng: np.random.Generator, inflation: Array, noise: float = 0.0) -> Array:
    """Return a yearly index ``(5, trials)``, 1 in the first year."""
    level = np.ones((5, inflation.size))
    rise = 1 + inflation
    if noise:
        rise = rise + noise * rng.standard_normal((4, inflation.size))
    level[1:] = np.cumprod(np.broadcast_to(rise, (4, inflation.size)), axis=0)
    return level


class Events(NamedTuple):
    """Candidates of one risk in all trials; each array ``(events,)``."""

    trial: NDArray[np.intp]
    month: NDArray[np.intp]
    mark: Array
    luck: Array
    size: Array

    def where(self, exposure: Array) -> Events:
        """Return those that happen at an exposure from 0 to 1."""
        happen = self.mark < exposure[self.month, self.trial]
        return Events(*(column[happen] for column in self))


def events(rng: np.random.Generator, per_year: float, size: Callable[[Array], Array], trials: int) -> Events:
    """Return Poisson events of this rate over the horizon, with sizes of this quantile function."""
    count = rng.poisson(per_year * MONTHS / 12, trials)
    number = int(count.sum())
    trial, month = np.repeat(np.arange(trials), count), rng.integers(0, MONTHS, number)
    return Events(trial, month, rng.random(number), rng.random(number), size(rng.random(number)))


def lognormal(log_median: float, sigma: float, most: float) -> Callable[[Array], Array]:
    """Return the quantile function of a lognormal cut at ``most``."""
    below = ndtr((np.log(most) - log_median) / sigma)
    return lambda u: np.exp(log_median + sigma * ndtri(u * below))


BREACH = lognormal(np.log(4.4e6) - 1.4**2 / 2, 1.4, 42e6)
VENDOR_BREACH = lognormal(np.log(4.9e6) - 1.4**2 / 2, 1.4, 42e6)
OUTAGE = lognormal(np.log(4), 1.2, 240)
STORM = lognormal(np.log(48), 1.4, 720)


def manila_outage(u: Array) -> Array:
    """Return hours: 57 % are outages as anywhere, 43 % storms."""
    return np.where(
        u < 0.57, OUTAGE(np.minimum(u / 0.57, 1 - 1e-12)), STORM(np.maximum((u - 0.57) / 0.43, 1e-12))
    )


def insured(loss: Array) -> Array:
    """Return what the policy leaves: 10M above 1M are paid."""
    return loss - np.clip(loss - 1e6, 0, 10e6)


def discounted(happened: Events, losses: Array, trials: int) -> Array:
    """Return the present value of losses, ``(trials,)``."""
    return np.bincount(happened.trial, losses * DISCOUNT[happened.month], trials)


# ------------------------------------------------------------------------------------------------------------
# The world and the plan of the desk, which all alternatives share
# ------------------------------------------------------------------------------------------------------------
PER_UNIT = np.array([1, 1 / 14, 1 / 30]) / 890  # agents, leads, quality and training
PAY, FIXED, FIXED_PAY = np.array([44e3, 62e3, 58e3]) / 12, np.array([3, 4]), np.array([66e3, 105e3]) / 12
HEADS, FIXED_HEADS = PER_UNIT.sum(), FIXED.sum()
ONCOST, OVERHEAD = 1.42, 9.5e3 / 12


@dataclass(slots=True)
class World:
    """One chunk of futures; paths are ``(months, trials)``."""

    x: dict[str, Array]
    volume: Array
    ratio: Array
    forecast: Array
    wage: Array
    price: Array
    headcount: Array
    pay: Array
    overhead: Array
    unit_labour: Array
    capacity: Array
    temporary: Array
    temporary_units: Array
    hiring: Array
    successor: Array
    leaving: Array
    errors: Array
    breach: Events
    outage: Events


def draw_world(rng: np.random.Generator, trials: int) -> World:
    """Draw a chunk and plan the desk for all of the work."""
    x = draw_inputs(rng, trials)
    forecast = 183_000 * SEASON * np.exp(np.log1p(x["growth"]) * ((MONTH - 1) / 12))
    ratio = autoregression(rng, trials, 0.08, 0.7)
    wage = index(rng, x["US wages"], 0.005)[YEAR]
    price = index(rng, x["US prices"])[YEAR]

    planned = forecast.reshape(5, 12, trials).mean(axis=1)[YEAR]
    relief = 1.06 * np.exp(np.log1p(x["improvement"]) * ((1 - MONTH) / 12))
    units = planned * relief
    change = np.diff(units, axis=0, prepend=units[:1])
    uncovered = np.maximum(forecast - planned, 0)
    headcount = HEADS * units + FIXED_HEADS
    pay = wage * ((PER_UNIT @ PAY) * units + FIXED @ FIXED_PAY)
    overhead = OVERHEAD * price * headcount
    agent = PAY[0] * PER_UNIT[0] * wage * relief
    return World(
        x=x,
        volume=forecast * ratio,
        ratio=ratio,
        forecast=forecast,
        wage=wage,
        price=price,
        headcount=headcount,
        pay=pay,
        overhead=overhead,
        unit_labour=agent * (ONCOST / 1.06),
        capacity=1.06 * (planned + uncovered),
        temporary=1.25 * agent * uncovered,
        temporary_units=uncovered * relief,
        hiring=HEADS * wage * np.where(change > 0, 9e3 * change, -6e3 * change),
        successor=9e3 * wage + 0.34 * x["ramp"] * (ONCOST * pay + overhead) / headcount,
        leaving=rng.standard_normal((MONTHS, trials)),
        errors=autoregression(rng, trials, 0.10, 0.5),
        breach=events(rng, 0.05, BREACH, trials),
        outage=events(rng, 0.2, OUTAGE, trials),
    )


def leavers(q: Array, headcount: Array, z: Array) -> Array:
    """Return leavers as a part of the staff: the normal approximation of a binomial, never below 0."""
    spread = np.sqrt((1 - q) / np.maximum(headcount * q, 1e-9))
    return q * np.maximum(1 + spread * z, 0)


def hazard(attrition: Array) -> Array:
    """Return the monthly probability of an annual one."""
    return -np.expm1(np.log1p(-attrition) / 12)


# ------------------------------------------------------------------------------------------------------------
# The desk, and the part of it that remains while work moves
# ------------------------------------------------------------------------------------------------------------
def desk(world: World, served: Array, staffed: Array, exposure: Array, unsettled: Array) -> Array:
    """Return the present value of the desk doing a part of the work, in the first months of the horizon.

    All arguments have as many rows as there are months with work.
    """
    rows, trials = len(served), served.shape[1]
    x = world.x
    calm, low = hazard(x["attrition"]), hazard(x["attrition"] * x["morale attrition"])
    headcount = staffed * world.headcount[:rows]
    left = leavers(calm + (low - calm) * unsettled, headcount, world.leaving[:rows])
    capacity = staffed * world.capacity[:rows] * (1 - 0.05 * unsettled)
    demand = served * world.volume[:rows]
    above = np.maximum(demand - capacity, 0)
    overtime = np.minimum(above, 0.12 * capacity)
    lost = above - overtime
    rate = np.minimum(0.2 * (1 + 2 * left) * world.errors[:rows], 1)
    taken_on = np.maximum(np.diff(staffed * world.temporary_units[:rows], axis=0, prepend=0), 0)
    cost = staffed * (
        ONCOST * world.pay[:rows] + world.overhead[:rows] + world.temporary[:rows] + world.hiring[:rows]
    )
    cost += 1.5 * world.unit_labour[:rows] * overtime + 4 * lost
    cost += (1.8e3 / 890) * taken_on
    cost += left * headcount * world.successor[:rows]
    cost += (demand - lost) * rate * x["cost per error"]
    total = DISCOUNT[:rows] @ cost

    everywhere = (
        exposure if len(exposure) == MONTHS else np.pad(exposure, ((0, MONTHS - rows), (0, 0)), "edge")
    )
    breaches, outages = world.breach.where(everywhere), world.outage.where(everywhere)
    total += discounted(breaches, insured(breaches.size), trials)
    return total + discounted(outages, 6e3 * outages.size, trials)


# ------------------------------------------------------------------------------------------------------------
# A vendor, and moving there
# ------------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Vendor:
    """A contract for all of the work."""

    go_live: Array
    live: Array
    kept: Array
    learning: Array
    fees: Array
    """If all of the work had moved."""
    effort: Array
    """If all of the work had moved."""
    hazard: Array
    leaving: Array
    errors: Array
    """Errors per unit but for turnover."""
    breach: Events
    outage: Events
    hour: float
    fee_share: Array
    retained: Array
    bought: float
    one_offs: Array
    spread: Array


def live_share(elapsed: Array) -> Array:
    """Return s: a tenth for two months, then four months to all of it."""
    return np.where(elapsed > 0, 0.1 + 0.9 * np.clip((elapsed - 2) / 4, 0, 1), 0)


def indexed(wages: Array, uplift: Array) -> Array:
    """Return the price level of the contract: 65 % of wages up to 5 % a year, renewal after 36 months."""
    rise = np.clip(0.65 * (wages[1:] / wages[:-1] - 1), 0, 0.05)
    level = np.vstack([np.ones((1, uplift.size)), np.cumprod(1 + rise, axis=0)])
    level[3:] *= 1 + uplift
    return level[YEAR]


def moving(world: World, name: str) -> tuple[Array, Array, Array, Array, Array]:
    """Return go-live, live share, what is kept in parallel, one-offs at once and those spread to go-live."""
    x = world.x
    go_live = 5 + x[f"{name} delay"]
    live = live_share(MONTH - go_live)
    kept = 0.5 * (live - live_share(MONTH - 1 - go_live))
    at_once = x[f"{name} overrun"] * (570e3 + x[f"{name} early end"])
    spread = x[f"{name} overrun"] * (x["knowledge transfer"] + 350e3) / go_live
    return go_live, live, kept, at_once, spread


def manila(rng: np.random.Generator, world: World) -> Vendor:
    """Return the contract with a price per contact in pesos."""
    x, n, trials = world.x, world.ratio, world.ratio.shape[1]
    go_live, live, kept, at_once, spread = moving(world, "manila")
    learning = 1 + 0.25 * np.exp(-np.maximum(MONTH - go_live, 0) / 6)
    billed = np.maximum(n + 0.1 * np.maximum(n - 1.15, 0) + 0.3 * np.maximum(0.85 - n, 0), 0.8)
    walk = (0.055 * np.sqrt(1 / 12)) * random_walk(rng, trials)
    walk += (x["peso drift"] - 0.055**2 / 2) * (MONTH / 12)
    peso = np.exp(walk, out=walk)
    price = 0.0157 * x["manila price"] * indexed(index(rng, x["PH wages"], 0.008), x["manila uplift"])
    return Vendor(
        go_live=go_live,
        live=live,
        kept=kept,
        learning=learning,
        fees=world.forecast * billed * price * peso,
        effort=world.volume * learning / 800,
        hazard=hazard(x["manila attrition"]),
        leaving=rng.standard_normal((MONTHS, trials)),
        errors=0.2 * x["manila distance"] * learning * autoregression(rng, trials, 0.15, 0.5),
        breach=events(rng, 0.05, VENDOR_BREACH, trials),
        outage=events(rng, 0.35, manila_outage, trials),
        hour=0.45 * 6e3,
        fee_share=x["manila fee share"],
        retained=x["manila retained"],
        bought=280e3,
        one_offs=at_once,
        spread=spread,
    )


def krakow(rng: np.random.Generator, world: World) -> Vendor:
    """Return the contract with a price per seat in zloty."""
    x, trials = world.x, world.ratio.shape[1]
    go_live, live, kept, at_once, spread = moving(world, "krakow")
    learning = 1 + 0.2 * np.exp(-np.maximum(MONTH - go_live, 0) / 5)
    productivity = x["krakow productivity"] * np.exp(np.log1p(x["krakow improvement"]) * ((MONTH - 1) / 12))
    effort = world.volume * learning / productivity
    price = x["krakow price"] * indexed(index(rng, x["PL wages"], 0.01), x["krakow uplift"])
    return Vendor(
        go_live=go_live,
        live=live,
        kept=kept,
        learning=learning,
        fees=effort * price * reverting(rng, trials),
        effort=effort,
        hazard=hazard(x["krakow attrition"]),
        leaving=rng.standard_normal((MONTHS, trials)),
        errors=0.2 * x["krakow distance"] * learning * autoregression(rng, trials, 0.12, 0.5),
        breach=events(rng, 0.05, VENDOR_BREACH, trials),
        outage=events(rng, 0.2, OUTAGE, trials),
        hour=0.7 * 6e3,
        fee_share=x["krakow fee share"],
        retained=x["krakow retained"],
        bought=235e3,
        one_offs=at_once,
        spread=spread,
    )


def contract(world: World, vendor: Vendor, share: float) -> Array:
    """Return the present value of a contract for a share of the work, of steering it and of getting there."""
    x, trials = world.x, world.ratio.shape[1]
    live = share * vendor.live
    fees, volume = live * vendor.fees, live * world.volume
    left = leavers(vendor.hazard, live * vendor.effort, vendor.leaving)
    rate = np.minimum(vendor.errors * (1 + 2 * left), 1)
    credit = 0.6 * np.clip(rate - 0.23, 0, 0.12)
    extra = 1 + vendor.fee_share + x["change requests"] * (1 + x["change premium"])
    cost = fees * (extra - credit) + volume * rate * x["cost per error"]
    cost += (share / 12) * (vendor.retained * 92e3 * world.wage + vendor.bought * world.price)

    moved = np.diff(vendor.live, axis=0, prepend=0)
    last = int(np.ceil(vendor.go_live.max() + 7))  # nothing is released after it
    weekly = world.pay[:last] * (12 / 52)
    severance = x["weeks of pay"] * weekly + 1.5e3 * world.headcount[:last]
    cost[:last] += (0.7 * share) * moved[:last] * severance
    cost[:last] += share * vendor.spread * np.clip(vendor.go_live - (MONTH[:last] - 1), 0, 1)
    left_over = np.diff((vendor.live - vendor.kept)[:last], axis=0, prepend=0)
    stranded = share * x["stranded share"] * np.maximum(left_over, 0) * world.overhead[:last]
    decay, level = 0.5 ** (1 / 15), np.zeros(trials)
    for t in range(MONTHS):
        level *= decay
        if t < last:
            level += stranded[t]
        cost[t] += level
    total = DISCOUNT @ cost + share * vendor.one_offs

    breaches, outages = vendor.breach.where(live), vendor.outage.where(live)
    cap = 12 * fees[breaches.month, breaches.trial]
    borne = breaches.size - np.where(breaches.luck < 0.5, np.minimum(breaches.size, cap), 0)
    total += discounted(breaches, insured(borne), trials)
    return total + discounted(outages, vendor.hour * outages.size, trials)


def remaining(world: World, vendor: Vendor, share: float) -> Array:
    """Return the present value of the desk that does what has not moved yet; ``share`` of the work moves."""
    rows = MONTHS if share < 1 else int(np.ceil(vendor.go_live.max() + 7))
    live, kept = share * vendor.live[:rows], share * vendor.kept[:rows]
    unsettled = (MONTH[:rows] <= vendor.go_live + 6).astype(float)
    return desk(world, 1 - live, 1 - live + kept, 1 - 0.5 * live, unsettled)


def simulate(trials: int, seed: int = 1) -> dict[str, Array]:
    """Return the total cost of each alternative, ``(trials,)``, on the same futures."""
    rng = np.random.Generator(np.random.SFC64(seed))
    totals = {name: np.empty(trials) for name in ALTERNATIVES}
    whole = np.ones((MONTHS, CHUNK))
    for start in range(0, trials, CHUNK):
        here = slice(start, min(start + CHUNK, trials))
        count = here.stop - start
        world = draw_world(rng, CHUNK)
        peso, zloty = manila(rng, world), krakow(rng, world)
        coordination = 10e3 * DISCOUNT.sum()
        chunk = {
            "in-house": desk(world, whole, whole, whole, np.zeros((MONTHS, 1))),
            "manila": contract(world, peso, 1.0) + remaining(world, peso, 1.0),
            "krakow": contract(world, zloty, 1.0) + remaining(world, zloty, 1.0),
            "blend": contract(world, peso, 0.6) + remaining(world, peso, 0.6) + coordination,
        }
        for name, cost in chunk.items():
            totals[name][here] = cost[:count]
    return totals


def main() -> None:
    """Print the mean cost of each alternative and its standard error."""
    given = dict(zip(("trials", "seed"), map(int, sys.argv[1:]), strict=False))
    trials, seed = given.get("trials", 100_000), given.get("seed", 1)
    for name, cost in simulate(trials, seed).items():
        print(f"{name:<9} {cost.mean():>13,.0f} +- {cost.std(ddof=1) / np.sqrt(trials):,.0f}")


if __name__ == "__main__":
    main()
