"""Splines and surfaces: what they can draw, and that a trial is judged by a fit that has not seen it."""

from __future__ import annotations

import numpy as np
import pytest

from bposim.analysis.regression import accumulate, choose_basis, cross_fitted, predict
from bposim.analysis.splines import Spline


def test_the_columns_of_a_spline_are_uncorrelated_and_start_with_the_line() -> None:
    """Otherwise "so many columns pay for themselves" would depend on the scale of the driver."""
    rng = np.random.default_rng(40)
    x = np.exp(rng.standard_normal(3000))
    columns = Spline(x)(x)
    assert columns.shape == (3000, 16)
    assert columns.T @ columns / 3000 == pytest.approx(np.eye(16), abs=1e-6)
    assert columns[:, 0] == pytest.approx((x - x.mean()) / x.std(), abs=1e-9)


def test_a_spline_is_straight_beyond_its_knots() -> None:
    """A cube would carry a tail to absurd amounts: outside the data second differences are 0."""
    rng = np.random.default_rng(41)
    spline = Spline(rng.standard_normal(2000))
    beyond = spline(np.array([10.0, 11.0, 12.0]))
    assert beyond[2] - 2 * beyond[1] + beyond[0] == pytest.approx(
        np.zeros(16), abs=1e-6 * np.abs(beyond).max()
    )
    assert spline(np.array([10.0, 11.0, 12.0]), 3) == pytest.approx(beyond[:, :3], rel=1e-9)


@pytest.mark.parametrize("values", [1, 2, 3, 5])
def test_a_driver_with_few_values_is_drawn_exactly(values: int) -> None:
    """One column less than values gives each value its own mean; a constant has no column."""
    x = np.arange(1000.0) % values
    spline = Spline(x)
    assert spline.columns == values - 1
    y = np.sin(7.0 * x)[:, np.newaxis]
    basis = choose_basis({"x": x}, y)
    sums = accumulate(basis, {"x": x}, y, 1)
    assert predict(basis, {"x": x}, sums.coefficients(), sums.centre) == pytest.approx(y, abs=1e-6)


def test_a_trial_is_judged_by_a_fit_that_has_not_seen_it() -> None:
    """With one wild trial, its own prediction must not move; a fit on all trials would follow it."""
    rng = np.random.default_rng(43)
    x = rng.standard_normal(2000)
    y = x[:, np.newaxis] + 0.1 * rng.standard_normal((2000, 1))
    before = cross_fitted({"x": x}, y)
    wild = y.copy()
    wild[7] += 500.0
    after = cross_fitted({"x": x}, wild)
    shift = (after - before)[:, 0]
    # The mean from which outcomes are measured moves by 500 / 2000, the wild trial's own fit no more.
    assert abs(shift[7]) < 2.0
    assert abs(after[7, 0] - x[7]) < 2.0


def test_folds_add_up_to_the_whole() -> None:
    """Leaving a fold out is a subtraction only if every trial is in exactly one fold, across chunks."""
    rng = np.random.default_rng(44)
    x = rng.standard_normal(20_011)
    y = rng.standard_normal((20_011, 2))
    basis = choose_basis({"x": x}, y)
    one, seven = accumulate(basis, {"x": x}, y, 1), accumulate(basis, {"x": x}, y, 7)
    assert seven.counts.tolist() == [len(range(fold, 20_011, 7)) for fold in range(7)]
    assert seven.without(None)[0] == pytest.approx(one.without(None)[0], rel=1e-9, abs=1e-6)
    assert seven.without(None)[1] == pytest.approx(one.without(None)[1], rel=1e-9, abs=1e-6)


def test_drivers_that_act_together_are_found() -> None:
    """A pure product of two of ten drivers: no single driver shows it, the surface explains nearly all."""
    rng = np.random.default_rng(45)
    z = {f"x{i}": rng.standard_normal(20_000) for i in range(10)}
    y = (z["x3"] * z["x7"])[:, np.newaxis]
    fitted = cross_fitted(z, y)
    assert 1 - np.var(y - fitted) / np.var(y) > 0.99


def test_two_equal_drivers_do_not_break_the_fit() -> None:
    """The same input under two names is a singular system for a careless solver."""
    rng = np.random.default_rng(46)
    x = rng.standard_normal(5000)
    y = (2 * x)[:, np.newaxis]
    assert cross_fitted({"a": x, "b": x.copy()}, y) == pytest.approx(y, abs=1e-3)
