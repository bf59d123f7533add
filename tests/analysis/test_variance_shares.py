"""Total and Shapley effects: published functions, dependent normals in closed form, sums, coverage."""

from __future__ import annotations

import math
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bposim.analysis.variance_shares import variance_shares

if TYPE_CHECKING:
    from bposim.analysis.measures import Estimate

TRIALS = 100_000


def within(truth: float, estimate: Estimate) -> bool:
    """Whether the estimate is within four of its standard errors of the truth."""
    assert estimate.se is not None
    return abs(estimate.value - truth) <= 4 * estimate.se


def exact(slopes: np.ndarray, covariance: np.ndarray, noise: float) -> tuple[list[float], list[float]]:
    """Total and Shapley effects of slopes' X + noise, X normal, from conditional variances of all subsets."""
    count = len(slopes)
    total = float(slopes @ covariance @ slopes)

    def explained(own: frozenset[int]) -> float:
        inside, outside = sorted(own), sorted(set(range(count)) - own)
        if not outside:
            return total
        rest = covariance[np.ix_(outside, outside)]
        if inside:
            across = covariance[np.ix_(outside, inside)]
            rest = rest - across @ np.linalg.solve(covariance[np.ix_(inside, inside)], across.T)
        return total - float(slopes[outside] @ rest @ slopes[outside])

    everyone = frozenset(range(count))
    shapley = np.zeros(count)
    orders = list(permutations(range(count)))
    for order in orders:
        known: frozenset[int] = frozenset()
        for one in order:
            shapley[one] += explained(known | {one}) - explained(known)
            known |= {one}
    variance = total + noise**2
    last = [(total - explained(everyone - {one})) / variance for one in range(count)]
    return last, list(shapley / len(orders) / variance)


def test_ishigami_total() -> None:
    """P13: totals 0.55759, 0.44241, 0.24368: the third driver acts only through the first."""
    x = np.random.default_rng(81).uniform(-math.pi, math.pi, (3, TRIALS))
    y = np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])
    found = variance_shares(y, {f"x{i}": row for i, row in enumerate(x)})
    assert [e.value for e in found.total.values()] == pytest.approx([0.55759, 0.44241, 0.24368], abs=0.01)
    # Independent drivers: what two do together is shared equally.
    joint = 0.24368 / 2
    assert [e.value for e in found.shapley.values()] == pytest.approx(
        [0.31391 + joint, 0.44241, joint], abs=0.01
    )
    assert abs(found.unexplained.value) < 0.01


def test_sobol_g_total() -> None:
    """P14: totals of a product of eight, 0.78714, 0.24220, 0.03432, 0.01046 and almost nothing."""
    u = np.random.default_rng(82).uniform(size=(8, TRIALS))
    a = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])[:, np.newaxis]
    y = np.prod((np.abs(4 * u - 2) + a) / (1 + a), axis=0)
    found = [e.value for e in variance_shares(y, {f"u{i}": row for i, row in enumerate(u)}).total.values()]
    assert found == pytest.approx([0.78714, 0.24220, 0.03432, 0.01046, 1e-4, 1e-4, 1e-4, 1e-4], abs=0.01)


@pytest.mark.parametrize("count", [3, 8])
def test_dependent_normals(count: int) -> None:
    """Closed form by all orders; eight drivers take drawn orders, whose own error is in the estimate's."""
    rng = np.random.default_rng(83)
    root = rng.standard_normal((count, count)) + np.eye(count)
    covariance = root @ root.T
    if count > 6:
        # The closed form over all 40,320 orders is slow: independent pairs have it pair by pair.
        covariance = np.kron(np.eye(count // 2), np.array([[1.0, 0.7], [0.7, 1.0]]))
        slopes = np.arange(1.0, count + 1) / count
        pairs = [exact(slopes[i : i + 2], covariance[:2, :2], 0.0) for i in range(0, count, 2)]
        own = [float(slopes[i : i + 2] @ covariance[:2, :2] @ slopes[i : i + 2]) for i in range(0, count, 2)]
        variance = sum(own) + 0.25
        last = [
            share * each / variance for (total, _), each in zip(pairs, own, strict=True) for share in total
        ]
        shapley = [
            share * each / variance for (_, fair), each in zip(pairs, own, strict=True) for share in fair
        ]
        noise = 0.5
    else:
        slopes, noise = np.array([1.0, -2.0, 0.5]), 1.5
        last, shapley = exact(slopes, covariance, noise)
    x = np.linalg.cholesky(covariance) @ rng.standard_normal((count, TRIALS))
    y = slopes @ x + noise * rng.standard_normal(TRIALS)
    found = variance_shares(y, {f"x{i}": row for i, row in enumerate(x)})
    assert all(map(within, last, found.total.values()))
    assert all(map(within, shapley, found.shapley.values()))
    assert sum(e.value for e in found.shapley.values()) + found.unexplained.value == pytest.approx(
        1, abs=1e-9
    )


def test_the_same_driver_twice_shares_its_effect() -> None:
    """Two copies: knowing the other leaves nothing (total 0), and Shapley halves the effect."""
    x, noise = np.random.default_rng(84).standard_normal((2, 20_000))
    found = variance_shares(x + noise, {"a": x, "b": x.copy()})
    assert [e.value for e in found.total.values()] == pytest.approx([0, 0], abs=1e-3)
    assert [e.value for e in found.shapley.values()] == pytest.approx([0.25, 0.25], abs=0.02)


def test_groups_are_drivers_of_several_numbers() -> None:
    """A risk with a rate and a size, acting as a product: as a group, nothing of it is joint."""
    rng = np.random.default_rng(85)
    rate, size, other = np.exp(0.3 * rng.standard_normal((3, 40_000)))
    y = rate * size + other
    share = np.var(rate * size) / np.var(y)
    found = variance_shares(y, {"rate": rate, "size": size, "other": other}, {"risk": ["rate", "size"]})
    assert list(found.total) == ["risk", "other"]
    assert found.total["risk"].value == pytest.approx(share, abs=0.02)
    assert found.shapley["risk"].value == pytest.approx(share, abs=0.02)


def test_intervals_cover() -> None:
    """200 runs of 3,000 dependent trials, total and Shapley of each of two drivers and the unexplained."""
    rng = np.random.default_rng(86)
    slopes, covariance = np.array([1.0, 2.0]), np.array([[1.0, 0.6], [0.6, 1.0]])
    last, shapley = exact(slopes, covariance, 1.0)
    root = np.linalg.cholesky(covariance)
    truth = [*last, *shapley, 1 / (float(slopes @ covariance @ slopes) + 1)]
    hits = np.zeros(5)
    for _ in range(200):
        x = root @ rng.standard_normal((2, 3000))
        found = variance_shares(slopes @ x + rng.standard_normal(3000), {"a": x[0], "b": x[1]})
        estimates = [*found.total.values(), *found.shapley.values(), found.unexplained]
        hits += [
            e.low is not None and e.high is not None and e.low <= t <= e.high
            for e, t in zip(estimates, truth, strict=True)
        ]
    assert hits / 200 == pytest.approx([0.95] * 5, abs=4 * math.sqrt(0.95 * 0.05 / 200))


def test_what_cannot_be_shared_out() -> None:
    """No variance and too few trials have no shares; groups must fit."""
    rng = np.random.default_rng(87)
    x = rng.standard_normal((2, 1000))
    assert variance_shares(np.ones(1000), {"a": x[0]}).total["a"].se is None
    assert variance_shares(x[0, :50], {"a": x[1, :50]}).unexplained.note.startswith("too few")
    constant = variance_shares(x[0], {"a": x[0], "flat": np.ones(1000)})
    assert constant.total["flat"].value == 0.0
    with pytest.raises(ValueError, match="does not have: b"):
        variance_shares(x[0], {"a": x[0]}, {"g": ["b"]})
    with pytest.raises(ValueError, match="one group only: a"):
        variance_shares(x[0], {"a": x[0]}, {"g": ["a"], "h": ["a"]})
