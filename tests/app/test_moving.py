"""What a slider does to a scenario file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bposim import templates
from bposim.analysis.measures import Sample, mean
from bposim.app.answers import Kept, answer, scenario_in
from bposim.app.moving import Moving, main_ones, movable, moved

SCENARIO = Path(__file__).parents[2] / "scenarios" / "customer-support.yaml"
TRIALS = 2_048


@pytest.fixture(scope="module")
def offered() -> dict[str, Moving]:
    """Return what can be moved in a real scenario, by path."""
    data = SCENARIO.read_bytes()
    return {each.path: each for each in movable(data, str(SCENARIO), scenario_in(data, str(SCENARIO)))}


def _changed(path: str, value: float, offered: dict[str, Moving]) -> bytes:
    edit = offered[path].at(value)
    assert edit is not None
    return moved(SCENARIO.read_bytes(), [edit])


def test_a_range_keeps_its_spread(offered: dict[str, Moving]) -> None:
    """Protects what the page says of a slider: likely value set, ends moved by the same factor."""
    text = _changed("alternatives.krakow.vendor.price.per_fte.amount", 14_800 * 1.1, offered).decode()
    assert "amount: {low: 13_200, likely: 16_280, high: 19_800," in text


def test_a_range_across_zero_is_shifted(offered: dict[str, Moving]) -> None:
    """Protects growth, of which a factor would turn the ends around."""
    text = _changed("world.volume.growth", 0.03, offered).decode()
    assert "{p10: -3%, p50: 3%, p90: 8%, min: -14%, max: 16%," in text


def test_a_certain_number_becomes_the_slider_and_nothing_else_changes(offered: dict[str, Moving]) -> None:
    """Protects comments, sources and layout of the file that is saved."""
    old, new = SCENARIO.read_text(encoding="utf-8"), _changed("discount_rate", 0.1, offered).decode()
    assert re.sub("value: 8%", "value: 10%", old, count=1) == new


def test_a_slider_that_stands_as_in_the_file_changes_nothing(offered: dict[str, Moving]) -> None:
    """Protects the digest of a file that was only looked at."""
    assert [each.path for each in offered.values() if each.at(each.centre) is not None] == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("alternatives.manila.vendor.price.per_unit.amount", "manila"),
        ("alternatives.krakow.vendor.price.per_fte.amount", "krakow"),
    ],
)
def test_a_dearer_vendor_saves_less(path: str, name: str, offered: dict[str, Moving]) -> None:
    """Protects against a slider that is written into the file the wrong way round."""
    saving = []
    for value in (offered[path].low, offered[path].high):
        result = answer(_changed(path, value, offered), str(SCENARIO), TRIALS).result
        saving.append(Sample(result.costs[result.baseline] - result.costs[name]))
    gap = mean(Sample(saving[0].values - saving[1].values))
    assert gap.se is not None
    assert gap.value > 4 * gap.se


def test_both_ends_of_the_first_sliders_are_valid(offered: dict[str, Moving]) -> None:
    """Protects a reader from an error that a slider alone has made."""
    data = SCENARIO.read_bytes()
    shown = main_ones(tuple(offered.values()), answer(data, str(SCENARIO), TRIALS).result)
    for ends in ("low", "high"):
        edits = [edit for each in shown if (edit := each.at(getattr(each, ends))) is not None]
        assert scenario_in(moved(data, edits), str(SCENARIO)).baseline == "in-house"


def test_what_matters_is_shown_first(offered: dict[str, Moving]) -> None:
    """Protects the choice: prices, attrition, growth, discount rate, and the largest driver."""
    shown = main_ones(tuple(offered.values()), answer(SCENARIO.read_bytes(), str(SCENARIO), TRIALS).result)
    labels = {f"{each.group}: {each.label}" for each in shown}
    assert {
        "Decision and world: Discount rate (% a year)",
        "Decision and world: Volume, growth (% a year)",
        "Decision and world: Cost-of-unresolved-contact",
        "manila: Price (PHP)",
        "krakow: Price (PLN)",
        "in-house: Turnover, attrition (% a year)",
    } <= labels
    assert len(shown) < len(offered)


def test_a_range_of_the_library_is_written_into_the_file() -> None:
    """Protects templates, in which what one wants to move first may come from the library."""
    data = templates.text("starter").encode()
    found = movable(data, "starter.yaml", scenario_in(data, "starter.yaml"))
    attrition = next(each for each in found if each.path == "alternatives.in-house.team.turnover.attrition")
    edit = attrition.at(attrition.high)
    assert edit is not None
    new = scenario_in(moved(data, [edit]), "starter.yaml")
    name = attrition.path
    means = [
        next(entry.distribution.mean for entry in each.uncertain.entries if entry.name == name)
        for each in (scenario_in(data, "starter.yaml"), new)
    ]
    assert means[1] > means[0]


def test_the_same_content_is_made_once_and_the_oldest_goes() -> None:
    """Protects the page's memory, and the time of going back to what was seen before."""
    kept: Kept[int] = Kept(2)
    made: list[str] = []

    def get(key: str) -> None:
        kept.get(key, lambda: made.append(key) or 0)  # type: ignore[func-returns-value]

    for key in ("a", "b", "a", "c", "a", "b"):
        get(key)
    assert made == ["a", "b", "c", "b"]
