"""The bootstrapped history: rows by hand, the exact mean, and currencies that share their rows."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from bposim.inputs.draws import StreamDraws
from bposim.rate_history import ecb
from bposim.world.fx.historical import Historical
from bposim.world.world import World, WorldModel, simulate_world

PRICES = tuple(1.0 + 0.1 * math.sin(2.1 * k) + 0.002 * k for k in range(25))
GROWTH = [after / before for before, after in itertools.pairwise(PRICES)]


def test_rows_by_hand() -> None:
    """A mark below 1/L starts a block, another goes on to the next row, from the last to the first."""
    model = Historical(spot=3.0, prices=PRICES, block_months=4.0)
    marks = np.array([[0.9, 23.5 / 24], [0.25, 0.0], [0.2499, 7.1 / 24], [0.3, 0.99]])[:, :, np.newaxis]
    path = np.asarray(model.path(None, marks, 4))[:, 0]
    grown = np.cumprod([GROWTH[row] for row in (23, 0, 7, 8)])
    assert path / 3.0 * model._expected_growth(4)[:, 0] == pytest.approx(grown, rel=1e-13)


def test_expected_growth_is_that_of_all_paths() -> None:
    """c(t) is exact: the probability-weighted sum over every path that three months can take."""
    rows, fresh = len(GROWTH), 0.3
    expected = [0.0, 0.0, 0.0]
    for first in range(rows):
        grown = GROWTH[first] / rows
        expected[0] += grown
        for second in range(rows):
            chance = fresh / rows + (1 - fresh) * (second == (first + 1) % rows)
            expected[1] += grown * GROWTH[second] * chance
            for third in range(rows):
                again = fresh / rows + (1 - fresh) * (third == (second + 1) % rows)
                expected[2] += grown * GROWTH[second] * chance * GROWTH[third] * again
    model = Historical(spot=1.0, prices=PRICES, block_months=1 / fresh)
    assert model._expected_growth(3)[:, 0] == pytest.approx(expected, rel=1e-13)


def test_blocks_of_one_month_are_independent() -> None:
    """L = 1 draws each month anew: c(t) is then the mean growth to the power of t."""
    model = Historical(spot=1.0, prices=PRICES, block_months=1.0)
    mean = sum(GROWTH) / len(GROWTH)
    assert model._expected_growth(5)[:, 0] == pytest.approx([mean**t for t in range(1, 6)], rel=1e-13)


@pytest.mark.parametrize("months", [1.0, 3.0, 12.0])
def test_mean_length_of_a_block(months: float) -> None:
    """A month is followed by the next of the history with probability 1 - 1/L, and 1/n of 1/L by chance."""
    model = Historical(spot=1.0, prices=PRICES, block_months=months)
    marks = model.sample(np.random.default_rng(3), 2, 40_000)
    path = np.asarray(model.path(None, marks, 2)) * model._expected_growth(2)
    first = np.abs(path[0][:, np.newaxis] - GROWTH).argmin(axis=1)
    second = np.abs((path[1] / path[0])[:, np.newaxis] - GROWTH).argmin(axis=1)
    follows = second == (first + 1) % len(GROWTH)
    chance = 1 - 1 / months + 1 / months / len(GROWTH)
    assert abs(follows.mean() - chance) <= 4 * math.sqrt(chance * (1 - chance) / follows.size)


def test_every_month_of_history_is_as_likely() -> None:
    """One month's log change has the mean and variance of the history's."""
    model = Historical(spot=1.0, prices=PRICES)
    marks = model.sample(np.random.default_rng(3), 30, 40_000)
    path = np.asarray(model.path(None, marks, 30)) * model._expected_growth(30)
    change, history = np.log(path[29] / path[28]), np.log(GROWTH)
    spread = change.std() / math.sqrt(change.size)
    assert abs(change.mean() - history.mean()) <= 4 * spread
    square = (change - history.mean()) ** 2
    assert abs(square.mean() - history.var()) <= 4 * square.std() / math.sqrt(square.size)


def world(**fx: dict[str, Any]) -> World:
    """Return a world of 24 months and 500 trials."""
    rates = {currency: {"model": "historical", "spot": 0.2, **model} for currency, model in fx.items()}
    model = WorldModel.model_validate({"volume": {"unit": "call", "per_month": 1.0}, "fx": rates})
    return simulate_world(model, StreamDraws(3, 0, 500), 24, (2027, 1), "USD")


def rows_of(path: Any, model: Historical) -> Any:  # noqa: ANN401 - arrays
    """Return the row of the history that each month of a path came from."""
    grown = path / model.spot * model._expected_growth(len(path))
    change = np.log(np.vstack([grown[:1], grown[1:] / grown[:-1]]))
    return np.abs(change[..., np.newaxis] - np.log(model.growth)).argmin(axis=-1)


def test_currencies_of_one_file_keep_their_joint_rows() -> None:
    """In each month of each trial both have the changes of one and the same month of history."""
    prices = {currency: ecb("USD").rates[currency] for currency in ("PHP", "PLN")}
    made = world(**{currency: {"prices": own, "file": "ecb"} for currency, own in prices.items()})
    rows = [
        rows_of(np.asarray(made.fx[currency]), Historical(spot=0.2, prices=own))
        for currency, own in prices.items()
    ]
    assert np.array_equal(*rows)
    assert len(np.unique(rows[0])) == 213


def test_prices_of_ones_own_are_drawn_apart() -> None:
    """Without a common file nothing says that the rows belong together."""
    made = world(PHP={"prices": PRICES}, PLN={"prices": PRICES})
    assert np.mean(np.asarray(made.fx["PHP"]) == np.asarray(made.fx["PLN"])) < 0.1


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ({}, "there is no history"),
        ({"prices": PRICES[:24]}, "the history has 24 months"),
        ({"prices": (*PRICES, 0.0)}, "write prices above 0"),
        ({"prices": PRICES, "block_months": 0.9}, "write 1 or more"),
    ],
)
def test_unusable_history_is_refused(written: dict[str, Any], complaint: str) -> None:
    """Too little data, an impossible price or block is told when the scenario is read."""
    with pytest.raises(ValidationError, match=complaint):
        Historical.model_validate({"spot": 1.0, **written})
