"""What changed between two runs, in words: levels that show the change, and every effect that matters."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bposim.analysis.changes import Attribution, Effect
from bposim.analysis.measures import normal_interval
from bposim.analysis.summary import summarise
from bposim.report.changes import changes_tables
from bposim.report.changes_text import changes_words
from bposim.report.since import changes_since
from cli.hand_made import result_of

if TYPE_CHECKING:
    from bposim.report.since import RunChanges

TRIALS = 4_000


def changed(by: float, effects: tuple[float, ...] = ()) -> RunChanges:
    """Return two runs in the same futures; manila's mean saving of 3.8M rises by so much, to a hundred."""
    rng = np.random.default_rng(5)
    base, own = rng.normal(50e6, 1e6, TRIALS), rng.normal(46.2e6, 1e6, TRIALS)
    noise = rng.normal(0.0, 100.0, TRIALS)
    old, new = (
        result_of({"in-house": base, "manila": cost}) for cost in (own, own - by + noise - noise.mean())
    )
    found = changes_since((old, summarise(old)), (new, summarise(new)), (None, None), "saving.mean")
    if not effects:
        return found
    shares = tuple(Effect(normal_interval(value, 10.0), value, value) for value in effects)
    names = tuple(f"manila.part{number}" for number in range(len(effects)))
    total = {"manila": normal_interval(by, 10.0)}
    return replace(
        found,
        attribution=Attribution("saving.mean", names, {"manila": shares}, total, TRIALS, exact=False, runs=2),
    )


@pytest.mark.parametrize("by", [3e3, 37.6e3, -412e3, 5e6])
def test_levels_show_the_change(by: float) -> None:
    """Protects from "rose by 37.6k, from 3.8M to 3.8M": both ends differ by the change to a tenth of it."""
    changes = changed(by)
    found = re.search(r"from (-?[\d.]+)M to (-?[\d.]+)M", changes_words(changes))
    assert found
    before, after = (1e6 * float(text) for text in found.groups())
    assert after - before == pytest.approx(by, rel=0.1)
    [row] = [row for row in next(iter(changes_tables(changes))).rows if row[:2] == ("manila", "mean saving")]
    assert row[2].partition("M ")[0] == found[1], "the table has the same digits"


def test_a_change_within_chance_adds_no_digits() -> None:
    """Protects from digits that nothing supports."""
    [row] = [
        row for row in next(iter(changes_tables(changed(0.0)))).rows if row[:2] == ("manila", "mean saving")
    ]
    assert len(row[2].partition("M ")[0].partition(".")[2]) == 1


def test_effects_larger_than_the_whole_are_named() -> None:
    """Protects from a cause hidden in "the rest" because three others are larger."""
    words = changes_words(changed(100e3, (900e3, -700e3, 500e3, -400e3, -190e3, -10e3)))
    for number in range(6):
        assert f"manila.part{number}" in words
    assert "the rest" not in words


def test_what_is_small_is_the_rest() -> None:
    """Protects the sentence from a list of trifles: below a tenth of largest and whole nothing is named."""
    words = changes_words(changed(1e6, (900e3, 50e3, 50e3)))
    assert "manila.part0 +900" in words
    assert "part1" not in words
    assert "the rest +100" in words


def test_the_rest_says_how_many_cancel_in_it() -> None:
    """Protects from a small rest that hides large effects of opposite signs."""
    words = changes_words(changed(600e3, (100e3, 100e3, 100e3, 100e3, 100e3, 100e3, 90e3, -90e3)))
    assert "part5" in words
    assert "the rest (2 more, which partly cancel)" in words
