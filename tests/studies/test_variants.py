"""Variants of a scenario: nothing but what was changed moves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bposim import load
from bposim.engine import simulate
from bposim.studies.variants import Run, Source, input_named, pinned_at, taking, valued
from bposim.studies.varied import at_values, varied

if TYPE_CHECKING:
    from bposim.scenario import Scenario

TINY = Path(__file__).parents[1] / "data" / "tiny.yaml"
RUN = Run(1500, 3)


@pytest.fixture(scope="module")
def tiny() -> Scenario:
    """Return the tiny scenario."""
    return load(TINY)


def test_totals_are_those_of_a_run(tiny: Scenario) -> None:
    """Protects that a study and a run speak of the same futures, to the bit, with threads and narrowed."""
    whole = simulate(tiny, RUN.trials, RUN.seed)
    for found in (valued(tiny, RUN), valued(tiny, Run(1500, 3, 2)), valued(tiny, RUN, {"manila"})):
        for name, cost in found.costs.items():
            assert np.array_equal(cost, whole.costs[name])
            assert found.categories[name] == pytest.approx(whole.categories[name], rel=1e-12)


def test_pinned_input_leaves_everything_else(tiny: Scenario) -> None:
    """Protects the pairing: an input that manila's price is correlated with can be set, and krakow stays."""
    name = "world.wages.PH.inflation"
    before, after = valued(tiny, RUN), valued(pinned_at(tiny, {name: 0.058}), RUN)
    assert np.array_equal(before.costs["krakow"], after.costs["krakow"])
    assert not np.array_equal(before.costs["manila"], after.costs["manila"])
    entry = input_named(tiny, "manila.price")
    assert entry is not None
    assert name not in pinned_at(tiny, {name: 0.058}).uncertain.names
    # The price is still drawn as if it were correlated: pinned too, at what it was, nothing more moves.
    both = pinned_at(tiny, {name: 0.058, entry.name: 190.0})
    assert len(both.uncertain.names) == len(tiny.uncertain.names) - 2


def test_pinning_equals_writing_it_into_the_file(tiny: Scenario) -> None:
    """Protects both ways of setting a number: an input nothing is correlated with."""
    by_hand = load(TINY, {"world.volume.growth": "2%"})
    one = valued(pinned_at(tiny, {"world.volume.growth": 0.02}), RUN).costs
    other = valued(by_hand, RUN).costs
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_taking_mitigations_is_as_the_file_says() -> None:
    """Protects sets of mitigations: taken in memory or in the file, it is the same."""
    known = {"mitigations": "{drill: {per_year: 10k, effects: {'*.breach.severity': 0.5}}}"}
    written = load(TINY, {**known, "alternatives.manila.mitigations": "[drill]"})
    one, other = valued(taking(load(TINY, known), "manila", ["drill"]), RUN), valued(written, RUN)
    assert all(np.array_equal(one.costs[name], other.costs[name]) for name in one.costs)
    assert one.spent("manila") > 0


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("manila.prise", "no number of the scenario"),
        ("salary", "can mean"),
        ("discount_rate=9%..3%", "lower to a higher"),
        ("manila.fee_share=1%..9%:1", "points"),
        ("=3..4", "PATH"),
        ("manila.fee_share=soon..later", "."),
    ],
)
def test_what_cannot_be_varied_is_said(text: str, what: str) -> None:
    """Protects the messages."""
    with pytest.raises(ValueError, match=what):
        varied(Source(TINY), text)


def test_fixed_number_and_input_are_told_apart() -> None:
    """Protects ranges where none is given: around a fixed number, between P1 and P99 of an input."""
    fixed, drawn = varied(Source(TINY), "manila.fee_share"), varied(Source(TINY), "manila.price")
    assert (fixed.now, fixed.low, fixed.high) == pytest.approx((0.06, 0.03, 0.09))
    assert (fixed.is_input, drawn.is_input) == (False, True)
    assert 150 < drawn.low < drawn.high < 240
    scenario = at_values(Source(TINY), [fixed, drawn], [0.05, 200.0])
    vendor = scenario.alternatives["manila"].legs[0].vendor
    assert vendor is not None
    assert vendor.governance is not None
    assert (vendor.governance.fee_share, vendor.price.amount, vendor.price.currency) == (0.05, 200.0, "PHP")


@pytest.mark.parametrize(
    ("text", "is_rate"),
    [
        ("world.volume.growth", True),
        ("manila.price=150..300", False),
        ("discount_rate=4%..15%", True),
        ("discount_rate", True),
    ],
)
def test_a_number_is_a_rate_where_it_is_written_so(text: str, *, is_rate: bool) -> None:
    """Protects what a table shows: 12% where the file or the question has a percent sign."""
    assert varied(Source(TINY), text).is_rate is is_rate
