"""Paired differences, and whether another seed would have ranked the same."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from bposim.analysis.comparison import Entropic, MeanEs, paired_differences, rank_stability, ranking


def test_paired_differences_by_hand() -> None:
    """One is dearer by 1 in every future: mean 1 with no error, though both costs vary."""
    x = np.array([1.0, 5.0, 9.0])
    found = paired_differences({"a": x + 1, "b": x, "c": 2 * x})
    assert list(found) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert (found["a", "b"].value, found["a", "b"].se) == (1.0, 0.0)
    assert found["b", "c"].value == -5.0


@pytest.mark.parametrize("measure", [MeanEs(weight=0), MeanEs(), Entropic(5.0)])
def test_a_clear_order_holds_and_the_order_is_the_rankings(measure: MeanEs | Entropic) -> None:
    """Ten standard errors apart: every redraw ranks alike, and the places are sure."""
    z = np.random.default_rng(140).standard_normal((3, 20_000))
    costs = {"c": 3 + z[0], "a": 1 + z[1], "b": 2 + z[2]}
    found = rank_stability(costs, measure)
    assert found.order == tuple(place.name for place in ranking(costs, measure)) == ("a", "b", "c")
    assert found.holds == 1.0
    assert found.leads == {"a": 1.0, "b": 0.0, "c": 0.0}
    assert found.places == {"a": (1, 0, 0), "b": (0, 1, 0), "c": (0, 0, 1)}


def test_the_probability_is_that_of_the_paired_difference() -> None:
    """Two alternatives: P(order holds) is Phi(difference / its paired error), at every distance."""
    rng = np.random.default_rng(141)
    base, noise = rng.standard_normal((2, 50_000))
    for distance in (0.5, 1.0, 2.0):
        other = base + noise - noise.mean() + distance / math.sqrt(50_000) * noise.std()
        found = rank_stability({"base": base, "other": other}, MeanEs(weight=0))
        assert found.order == ("base", "other")
        # 48 blocks give the error itself to a tenth.
        assert found.holds == pytest.approx(norm.cdf(distance), abs=0.06)


def test_chances_of_places_add_up() -> None:
    """Each alternative is somewhere, each place is taken; equal alternatives keep their order."""
    z = np.random.default_rng(142).standard_normal((4, 3000))
    found = rank_stability(dict(zip("abcd", z, strict=True)), MeanEs(weight=0))
    assert found.places is not None
    table = np.array(list(found.places.values()))
    assert table.sum(axis=0) == pytest.approx(np.ones(4))
    assert table.sum(axis=1) == pytest.approx(np.ones(4))
    twins = rank_stability({"a": z[0], "b": z[0].copy()}, MeanEs(weight=0))
    assert twins.leads == {"a": 1.0, "b": 0.0}


def test_a_design_that_ties_a_block_together_is_respected() -> None:
    """Each block's mean is exact: single trials look noisy, whole blocks do not, and the order is sure."""
    rng = np.random.default_rng(143)
    noise = rng.standard_normal((64, 1024))
    noise -= noise.mean(axis=1, keepdims=True)
    base = np.zeros(64 * 1024)
    found = rank_stability({"a": base, "b": noise.ravel() + 1e-4}, MeanEs(weight=0))
    assert found.holds == 1.0


def test_without_an_error_there_is_no_probability() -> None:
    """Too few tail points, or trials: refused with the reason."""
    z = np.random.default_rng(144).standard_normal((2, 500))
    few = rank_stability({"a": z[0], "b": 5 + z[1]}, MeanEs())
    assert (few.holds, few.leads, few.places) == (None, None, None)
    assert "tail points" in few.note
    assert "too few to draw again" in rank_stability({"a": z[0, :9], "b": z[1, :9]}, MeanEs(weight=0)).note
