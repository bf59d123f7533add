"""Distributions from percentiles: what people can give, since nobody has seen a minimum or a maximum.

Percentiles asked are percentiles got, also with truncation: a closed form where there is one, otherwise a
search whose result is refused unless it meets them.  ``p0`` and ``p100`` are bounds, the same as ``min`` and
``max``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from scipy import special

from bposim.inputs.distribution import Distribution, check_percentiles
from bposim.inputs.distributions.metalog import Metalog
from bposim.inputs.distributions.normal import Normal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bposim.shapes import FloatArray

D = TypeVar("D", bound=Distribution)

TOLERANCE = 1e-10
"""How far a searched percentile may miss, in units of the distance between the lowest and the highest."""


@dataclass(frozen=True, slots=True)
class Points:
    """Rising percentiles: probabilities and values."""

    p: FloatArray
    x: FloatArray

    @property
    def spread(self) -> float:
        """The distance between the lowest and the highest value."""
        return float(self.x[-1] - self.x[0])

    @property
    def z(self) -> FloatArray:
        """The standard normal scores of the probabilities."""
        return np.asarray(special.ndtri(self.p))

    def line(self, scores: FloatArray, values: FloatArray) -> tuple[float, float]:
        """Return intercept and slope of the line through the first and the last point."""
        slope = float((values[-1] - values[0]) / (scores[-1] - scores[0]))
        return float(values[0]) - slope * float(scores[0]), slope

    def __str__(self) -> str:
        return ", ".join(f"p{100 * p:g} {x:g}" for p, x in zip(self.p, self.x, strict=True))


@dataclass(frozen=True, slots=True)
class Fit:
    """How a kind is fitted to ``count`` percentiles.

    ``closed`` gives the parameters where there is a formula; it holds without truncation.  Otherwise a
    search begins at each of ``starts`` in turn, in unbounded coordinates that ``parameters`` translates.
    """

    count: int
    starts: Callable[[Points, Mapping[str, float]], Iterator[list[float]]]
    parameters: Callable[[FloatArray, Points], dict[str, float]]
    closed: Callable[[Points], dict[str, float]] | None = None
    positive: bool = False


def default_for(
    percentiles: Mapping[float, float],
    min: float | None = None,  # noqa: A002 - the scenario's own word
    max: float | None = None,  # noqa: A002 - the scenario's own word
) -> Distribution:
    """Return the distribution meant by percentiles alone: normal for two, metalog for more.

    Bounds truncate the normal distribution, and are the bounds of the metalog.

    Raises:
        ValueError: nothing has these percentiles.
    """
    bounds = {name: bound for name, bound in (("min", min), ("max", max)) if bound is not None}
    inner = sum(p not in (0.0, 1.0) for p in percentiles)
    return fit(Metalog if inner > FITS[Normal.kind].count else Normal, percentiles, **bounds)


def fit(kind: type[D], percentiles: Mapping[float, float], **others: float) -> D:
    """Return the member of ``kind`` that has the percentiles; ``others`` are its remaining parameters.

    Raises:
        ValueError: the percentiles are not in order, or no member has them.
    """
    points, others = _ordered(percentiles, others)
    if issubclass(kind, Metalog):
        return kind.model_validate(
            {"probabilities": points.p.tolist(), "values": points.x.tolist(), **others}
        )
    how = FITS.get(kind.kind)
    if how is None:
        raise ValueError(f"{kind.kind} cannot be given by percentiles; give its own parameters")
    if len(points.p) != how.count:
        raise ValueError(
            f"{len(points.p)} percentiles for {kind.kind}; give {how.count}, or leave out the kind"
        )
    if how.positive and points.x[0] <= 0:
        raise ValueError(f"{kind.kind} is above 0, but {points} is not; give a normal or leave out the kind")
    if how.closed is not None and not {"min", "max"} & others.keys():
        return kind.model_validate({**how.closed(points), **others})
    return _search(kind, how, points, others)


def _ordered(
    percentiles: Mapping[float, float], others: Mapping[str, float]
) -> tuple[Points, dict[str, float]]:
    """Order the percentiles and take ``p0`` and ``p100`` as bounds."""
    bounds = dict(others)
    for p, name in ((0.0, "min"), (1.0, "max")):
        if p in percentiles:
            if name in bounds:
                raise ValueError(f"p{100 * p:g} and {name} are the same bound; give one of them")
            bounds[name] = percentiles[p]
    probabilities = sorted(p for p in percentiles if p not in (0.0, 1.0))
    values = [percentiles[p] for p in probabilities]
    check_percentiles(probabilities, values)
    if len(values) < 2:  # noqa: PLR2004 - one has no spread
        raise ValueError(
            f"{len(values)} percentiles are not a distribution; give two or more, or a certain number"
        )
    points = Points(np.array(probabilities), np.array(values))
    if bounds.get("min", -math.inf) >= values[0] or bounds.get("max", math.inf) <= values[-1]:
        listed = ", ".join(f"{name} {bounds[name]:g}" for name in ("min", "max") if name in bounds)
        raise ValueError(f"{points} do not lie within {listed}; move the bounds outwards")
    return points, bounds


def _search(kind: type[D], how: Fit, points: Points, others: Mapping[str, float]) -> D:
    from scipy import optimize

    def miss(theta: FloatArray) -> FloatArray:
        try:
            member = kind.model_validate({**how.parameters(theta, points), **others})
        except ValueError:
            return np.full(points.p.size, 1e3)
        return (member.ppf(points.p) - points.x) / points.spread

    for start in how.starts(points, others):
        with np.errstate(all="ignore"):
            found = optimize.root(miss, np.array(start), method="hybr", options={"xtol": 1e-14})
            if np.max(np.abs(miss(found.x))) <= TOLERANCE:
                return kind.model_validate({**how.parameters(found.x, points), **others})
    rest = "".join(f", {name} {value:g}" for name, value in others.items())
    raise ValueError(f"no {kind.kind} distribution has {points}{rest}; give p10, p50 and p90 without a kind")


def _exp(theta: float) -> float:
    """Return a positive parameter for a coordinate of the search, which may stray far."""
    return math.exp(max(-60.0, min(60.0, theta)))


# --- Two percentiles -----------------------------------------------------------------------------------


def _normal(points: Points) -> dict[str, float]:
    mean, sd = points.line(points.z, points.x)
    return {"mean": mean, "sd": sd}


def _normal_starts(points: Points, _others: Mapping[str, float]) -> Iterator[list[float]]:
    mean, sd = points.line(points.z, points.x)
    # Truncation pulls the whole distribution outwards: the bound cuts off the more, the wider it is.
    for shift in (0.0, -1.0, 1.0, -4.0, 4.0):
        yield [
            (mean + shift * sd - points.x[0]) / points.spread,
            math.log((1 + abs(shift)) * sd / points.spread),
        ]


def _normal_parameters(theta: FloatArray, points: Points) -> dict[str, float]:
    return {
        "mean": float(points.x[0] + theta[0] * points.spread),
        "sd": points.spread * _exp(float(theta[1])),
    }


def _lognormal(points: Points) -> dict[str, float]:
    centre, sigma = points.line(points.z, np.log(points.x))
    return {"median": math.exp(centre), "sigma": sigma}


def _lognormal_starts(points: Points, _others: Mapping[str, float]) -> Iterator[list[float]]:
    centre, sigma = points.line(points.z, np.log(points.x))
    for shift in (0.0, -1.0, 1.0, -4.0, 4.0):
        yield [centre + shift * sigma, math.log((1 + abs(shift)) * sigma)]


def _lognormal_parameters(theta: FloatArray, _points: Points) -> dict[str, float]:
    return {"median": _exp(float(theta[0])), "sigma": _exp(float(theta[1]))}


def _uniform(points: Points) -> dict[str, float]:
    low, width = points.line(points.p, points.x)
    return {"low": low, "high": low + width}


def _uniform_starts(points: Points, _others: Mapping[str, float]) -> Iterator[list[float]]:
    low, width = points.line(points.p, points.x)
    yield [(low - points.x[0]) / points.spread, math.log(width / points.spread)]


def _uniform_parameters(theta: FloatArray, points: Points) -> dict[str, float]:
    low = float(points.x[0] + theta[0] * points.spread)
    return {"low": low, "high": low + points.spread * _exp(float(theta[1]))}


def _weibull(points: Points) -> dict[str, float]:
    log_scale, slope = points.line(np.log(-np.log1p(-points.p)), np.log(points.x))
    return {"scale": math.exp(log_scale), "shape": 1 / slope}


def _gamma(points: Points) -> dict[str, float]:
    from scipy import optimize

    wanted = math.log(points.x[1] / points.x[0])

    def miss(log_shape: float) -> float:
        low, high = special.gammaincinv(math.exp(log_shape), points.p)
        return float(np.log(high) - np.log(low)) - wanted

    # Below shape 0.01 the lower quantiles leave the range of doubles.
    ends = math.log(0.01), math.log(1e9)
    if not miss(ends[0]) > 0 > miss(ends[1]):
        raise ValueError(f"no gamma distribution has {points}; give a lognormal or leave out the kind")
    shape = math.exp(optimize.brentq(miss, *ends, xtol=1e-15, rtol=1e-15))
    return {"shape": shape, "scale": float(points.x[1] / special.gammaincinv(shape, points.p[1]))}


def _from_closed(closed: Callable[[Points], dict[str, float]]) -> Callable[..., Iterator[list[float]]]:
    """Begin the search of a (shape, scale) family at its fit without truncation."""

    def starts(points: Points, _others: Mapping[str, float]) -> Iterator[list[float]]:
        free = closed(points)
        for factor in (1.0, 0.5, 2.0, 0.2):
            yield [math.log(free["shape"] * factor), math.log(free["scale"])]

    return starts


def _shape_scale(theta: FloatArray, _points: Points) -> dict[str, float]:
    return {"shape": _exp(float(theta[0])), "scale": _exp(float(theta[1]))}


def _beta_starts(points: Points, others: Mapping[str, float]) -> Iterator[list[float]]:
    low, high = others.get("low", 0.0), others.get("high", 1.0)
    if not low < points.x[0] < points.x[-1] < high:
        raise ValueError(
            f"{points} do not lie between low {low:g} and high {high:g}; give low and high beyond them"
        )
    centre, spread = points.line(points.z, (points.x - low) / (high - low))
    mean = min(max(centre, 0.02), 0.98)
    total = max(mean * (1 - mean) / spread**2 - 1, 0.2)
    for factor in (1.0, 0.3, 3.0):
        yield [math.log(mean * total * factor), math.log((1 - mean) * total * factor)]
    # Far out in a corner the logarithm of the position is nearer to a straight line.
    for log_a in (-2.0, -1.0, 0.0, 1.0):
        for log_b in (-2.0, -1.0, 0.0, 1.0, 3.0):
            yield [log_a, log_b]


def _beta_parameters(theta: FloatArray, _points: Points) -> dict[str, float]:
    return {"alpha": _exp(float(theta[0])), "beta": _exp(float(theta[1]))}


# --- Three percentiles ---------------------------------------------------------------------------------


def _three_point_starts(points: Points, _others: Mapping[str, float]) -> Iterator[list[float]]:
    low, middle, high = (points.x - points.x[0]) / points.spread
    for reach in (0.5, 1.0, 0.2, 2.0):
        for pull in (0.0, -0.25, 0.25):
            likely = middle + pull
            left, right = max(likely - low, 0.05), max(high - likely, 0.05)
            yield [math.log(left * (1 + reach)), likely, math.log(right * (1 + reach))]


def _three_point_parameters(theta: FloatArray, points: Points) -> dict[str, float]:
    likely = float(theta[1])
    corners = {
        "low": likely - _exp(float(theta[0])),
        "likely": likely,
        "high": likely + _exp(float(theta[2])),
    }
    return {name: float(points.x[0]) + points.spread * corner for name, corner in corners.items()}


FITS = {
    "normal": Fit(2, _normal_starts, _normal_parameters, _normal),
    "lognormal": Fit(2, _lognormal_starts, _lognormal_parameters, _lognormal, positive=True),
    "uniform": Fit(2, _uniform_starts, _uniform_parameters, _uniform),
    "weibull": Fit(2, _from_closed(_weibull), _shape_scale, _weibull, positive=True),
    "gamma": Fit(2, _from_closed(_gamma), _shape_scale, _gamma, positive=True),
    "beta": Fit(2, _beta_starts, _beta_parameters),
    "triangular": Fit(3, _three_point_starts, _three_point_parameters),
    "pert": Fit(3, _three_point_starts, _three_point_parameters),
}
"""The kinds that percentiles determine, by the number that it takes."""
