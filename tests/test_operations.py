"""Products of paths, and lines whose cash is that of events or ends early: the same money in fewer passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bposim.discounting import change, discount_factors
from bposim.operations import Line, Losses, Work, until
from bposim.shapes import product

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray

MONTHS, TRIALS = 5, 3
PATH = np.arange(1.0, 16.0).reshape(MONTHS, TRIALS)
ROW = np.array([2.0, 3.0, 4.0])
COLUMN = np.array([[1.0], [0.5], [2.0], [3.0], [1.0]])


def flow_of(line: Line) -> FloatArray:
    """Return the cash of months 0..T."""
    flow = np.zeros((MONTHS + 1, TRIALS))
    line.add_to(flow)
    return flow


def test_a_product_is_that_of_its_factors_in_any_order() -> None:
    """Floats, trials, months and paths multiply as they broadcast, and no factor is written over."""
    before = PATH.copy()
    wanted = 6.0 * PATH * PATH * ROW * COLUMN
    assert product(2.0, PATH, ROW, 3.0, PATH, COLUMN) == pytest.approx(wanted, rel=1e-15)
    assert product(PATH, COLUMN, PATH, ROW, 6.0) == pytest.approx(wanted, rel=1e-15)
    assert product(2.0, 3.0) == 6.0
    assert np.array_equal(before, PATH)


def test_a_product_with_one_costs_nothing() -> None:
    """All of the work is the path itself, not a copy of it."""
    assert product(1.0, PATH) is PATH


@pytest.mark.parametrize("rate", [0.08, np.array([0.05, 0.08, 0.11])])
def test_losses_are_worth_what_their_path_is_worth(rate: Any) -> None:  # noqa: ANN401 - float or trials
    """Present value and flow of single events, two of them in one cell, are those of the path they make."""
    losses = Losses(
        np.array([0, 4, 4, 2]), np.array([1, 0, 0, 2]), np.array([10.0, 7.0, 5.0, 3.0]), (MONTHS, TRIALS)
    )
    events, dense = Line("outage", losses), Line("outage", losses.path())
    factors = discount_factors(rate, MONTHS)
    assert events.monthly.tolist() == dense.monthly.tolist()  # type: ignore[union-attr]
    assert events.present_value(factors) == pytest.approx(dense.present_value(factors), rel=1e-14)
    assert flow_of(events).tolist() == flow_of(dense).tolist()


def test_a_line_may_end_early() -> None:
    """Rows that are not there are months without cash; a single row is every month's."""
    factors = discount_factors(0.08, MONTHS)
    ended = np.concatenate([PATH[:2], np.zeros((3, TRIALS))])
    early, padded = Line("labour", PATH[:2], upfront=ROW), Line("labour", ended, upfront=ROW)
    assert flow_of(early).tolist() == flow_of(padded).tolist()
    assert early.present_value(factors) == pytest.approx(padded.present_value(factors), rel=1e-14)
    assert flow_of(Line("labour", PATH[:1])).tolist() == [[0.0] * TRIALS, *[PATH[0].tolist()] * MONTHS]


def test_change_is_against_nothing_or_what_was_before() -> None:
    """The first month's change is from 0, or from what is given."""
    path = np.array([[3.0], [5.0], [4.0]])
    assert change(path).ravel().tolist() == [3.0, 2.0, -1.0]
    assert change(path, before=path[:1]).ravel().tolist() == [0.0, 2.0, -1.0]


def test_work_is_cut_month_by_month_and_nothing_else_of_it() -> None:
    """Paths lose their later months; floats, single rows and the end of the work stay."""
    work = until(Work(share=PATH, served=PATH[:1], staffed=1.0, exposure=PATH, ends=2), 2)
    assert (np.shape(work.share), np.shape(work.served), work.staffed, work.ends) == ((2, 3), (1, 3), 1.0, 2)


def test_parts_that_like_made_equal_are_bound_to_one(tiny: Any, read: Callable[[Any], Scenario]) -> None:  # noqa: ANN401
    """A blend's vendor is the contract it is like, so that what a block remembers of one serves both."""
    scenario = read(tiny)
    bound = scenario.uncertain.bind(scenario, scenario.uncertain.means())
    bodies = [leg.body for alternative in bound.alternatives.values() for leg in alternative.legs]
    origins = [body.origin for body in bodies]
    assert len(set(map(id, bodies))) == len(set(origins)) < len(bodies)
