"""Reverse stress: the design point of a linear margin in closed form, curved margins, the unreachable."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from bposim.analysis.reverse_stress import reverse_stress

TRIALS = 50_000


def test_the_most_probable_move_of_correlated_drivers() -> None:
    """Margin c - a'z: z* = R a c / (a'R a), distance c / sqrt(a'R a), whatever the drivers' laws."""
    rng = np.random.default_rng(110)
    correlation = np.array([[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]])
    slopes = np.array([1.0, 2.0, 1.0])
    z = np.linalg.cholesky(correlation) @ rng.standard_normal((3, TRIALS))
    saving = 6 - slopes @ z + 0.5 * rng.standard_normal(TRIALS)
    found = reverse_stress(saving, {"wage": z[0], "rate": np.exp(z[1]), "delay": 5 + 3 * z[2]})
    variance = float(slopes @ correlation @ slopes)
    assert found.reached
    assert found.distance == pytest.approx(6 / math.sqrt(variance), rel=0.01)
    assert found.likelihood == pytest.approx(norm.cdf(-6 / math.sqrt(variance)), rel=0.05)
    scores = {move.name: move.score for move in found.moves}
    target = correlation @ slopes * 6 / variance
    assert scores == pytest.approx(dict(zip(["wage", "rate", "delay"], target, strict=True)), abs=0.06)
    assert [move.name for move in found.moves] == ["rate", "wage", "delay"]
    moved = {move.name: move for move in found.moves}
    assert moved["rate"].at == pytest.approx(math.exp(target[1]), rel=0.08)
    assert moved["rate"].usual == pytest.approx(1.0, abs=0.02)
    assert moved["delay"].below == pytest.approx(norm.cdf(target[2]), abs=0.02)
    assert found.expected == pytest.approx(0.0, abs=0.01)
    assert found.seen.value == pytest.approx(norm.cdf(-6 / math.sqrt(variance + 0.25)), abs=0.003)


def test_a_curved_margin_has_its_nearest_point_off_the_steepest_way() -> None:
    """Margin 3 - z1^2 - z2 / 4: along z2 it is 12 away, along z1 only about 1.7, to either side."""
    rng = np.random.default_rng(111)
    z = rng.standard_normal((2, TRIALS))
    found = reverse_stress(3 - z[0] ** 2 - z[1] / 4, {"curved": z[0], "straight": z[1]})
    assert found.reached
    assert found.moves[0].name == "curved"
    # Least u^2 + v^2 with u^2 + v / 4 = 3: v = 1 / 8, u^2 = 3 - 1 / 32.
    assert found.distance == pytest.approx(math.sqrt(3 - 1 / 32 + 1 / 64), rel=0.02)


def test_a_loss_is_turned_into_a_saving() -> None:
    """Where the alternative loses on average, the move that makes it worth while is sought."""
    z = np.random.default_rng(112).standard_normal(TRIALS)
    found = reverse_stress(-2 + z, {"x": z})
    assert found.distance == pytest.approx(2, rel=0.02)
    assert found.moves[0].score == pytest.approx(2, rel=0.02)
    assert found.seen.value == pytest.approx(norm.cdf(-2), abs=0.003)


def test_what_cannot_turn_the_choice_says_so() -> None:
    """A saving that no driver moves enough is not given an invented catastrophe."""
    rng = np.random.default_rng(113)
    x = rng.uniform(size=5000)
    found = reverse_stress(10 + x, {"x": x, "constant": np.ones(5000)})
    assert not found.reached
    assert "no joint move" in found.note
    with pytest.raises(ValueError, match="no driver varies"):
        reverse_stress(x, {"constant": np.ones(5000)})


def test_only_the_drivers_that_explain_most_move() -> None:
    """Of twelve, the two that matter come first, and no more than asked are moved."""
    rng = np.random.default_rng(114)
    z = rng.standard_normal((12, 10_000))
    drivers = {f"x{i}": row for i, row in enumerate(z)}
    found = reverse_stress(4 - 2 * z[5] + z[9] - 0.01 * z.sum(axis=0), drivers, most=4)
    assert len(found.moves) == 4
    assert [move.name for move in found.moves[:2]] == ["x5", "x9"]
    assert found.moves[0].score > 0 > found.moves[1].score
