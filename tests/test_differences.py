"""What differs between two scenarios: what they mean counts, how they are written does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bposim.differences import Differences, differences
from bposim.differences.contents import Contents
from bposim.explain.sources import numbers
from bposim.files import load
from bposim.report.diff import diff_content, diff_lines

TINY = Path(__file__).parent / "data" / "tiny.yaml"
TEXT = TINY.read_text(encoding="utf-8")


def between(tmp_path: Path, *exchanges: tuple[str, str], old: str = TEXT) -> Differences:
    """Return what differs between a text and the same with exchanges, each of which must do something."""
    new = old
    for before, after in exchanges:
        assert before in new, before
        new = new.replace(before, after)
    paths = (tmp_path / "old.yaml", tmp_path / "new.yaml")
    for path, text in zip(paths, (old, new), strict=True):
        path.write_text(text, encoding="utf-8")
    return differences(load(paths[0]), load(paths[1]))


FLEX, CHARGE, CREDIT = "flex: 10%", "additional_charge: 1.1", "reduced_credit: 60%"
HERE, THERE = "{share: 40%, like: in-house}", "{share: 60%, like: manila}"
SAME = {
    "comment": ("# Two years", "# Two good years"),
    "percent": ("buffer: 5%", "buffer: 0.05"),
    "blanks": ("buffer: 5%", "buffer:   5 %"),
    "unit": ("planned: 4 months", "planned: 4"),
    "suffix": ("{low: 38k, likely: 42k, high: 48k}", "{low: 38_000, likely: 42_000, high: 48_000}"),
    "keys": (f"{FLEX}, {CHARGE}, {CREDIT}", f"{CREDIT}, {CHARGE}, {FLEX}"),
    "legs": (f"[{HERE}, {THERE}]", f"[{THERE}, {HERE}]"),
    "form": ("{low: 20%, likely: 30%, high: 45%}", "{pert: {low: 0.2, likely: 0.3, high: 45%}}"),
    "pair": ("[world.wages.PH.inflation, manila.price, 0.5]", "[manila.price, wages.PH.inflation, 50%]"),
    "default": ("baseline: true", "baseline: true\n    mitigations: []"),
}


@pytest.mark.parametrize("exchange", SAME.values(), ids=SAME)
def test_spelling_and_order_are_nothing(tmp_path: Path, exchange: tuple[str, str]) -> None:
    """Protects the reader of a review from noise: the same assumptions in other words are the same."""
    found = between(tmp_path, exchange)
    assert found.is_empty, found.values
    assert next(iter(diff_lines(found))).startswith("Nothing that matters differs")


def test_shared_value_is_one_difference(tmp_path: Path) -> None:
    """What blend is like in-house and manila for is said once, with where else it stands."""
    found = between(tmp_path, ("attrition: {low: 20%, likely: 30%", "attrition: {low: 20%, likely: 40%"))
    [one] = found.values
    assert one.kind == "changed"
    assert one.path == "alternatives.in-house.legs[team US].team.turnover.attrition"
    assert one.also == ("alternatives.blend.legs[team US].team.turnover.attrition",)
    lines = list(diff_lines(found))
    assert lines[0] == "What differs: 1 assumption that can move the costs."
    assert (
        "{low: 20%, likely: 30%, high: 45%} → {low: 20%, likely: 40%, high: 45%}  [also in blend]" in lines[2]
    )
    # PERT mean (low + 4 likely + high) / 6: 30.8% and 37.5%.
    assert "mean 30.8% → 37.5% (+6.7 points)" in lines[3]


def test_parts_added_and_removed_are_told_whole(tmp_path: Path) -> None:
    """Protects from a list of every number of a risk that is new, or of a price model that was exchanged."""
    found = between(
        tmp_path,
        ("              recovery: {probability: 50%, liability_cap: 6}\n", ""),
        ("          productivity: 700\n", "          productivity: 700\n          fx_clause: home\n"),
    )
    told = {(one.kind, one.path.rpartition("vendor.")[2], one.count) for one in found.values}
    assert told == {("removed", "risks.breach.recovery", 2), ("changed", "fx_clause", 1)}


def test_other_price_model(tmp_path: Path) -> None:
    """Protects the three lines that an exchanged price model makes: what it was, what it is, which kind."""
    old = "{per_unit: {amount: {low: 150, likely: 180, high: 240}, currency: PHP, commitment: 70%}}"
    new = "{per_fte: {amount: {low: 90k, likely: 100k, high: 120k}, currency: PHP}}"
    start, end = TEXT.index("            per_unit:\n"), TEXT.index("          productivity: 700")
    text = TEXT[:start].rstrip() + f" {old}\n" + TEXT[end:]
    found = between(tmp_path, (old, new), old=text)
    assert [(one.kind, one.path.rpartition(".vendor.")[2]) for one in found.values] == [
        ("changed", "price"), ("removed", "price.per_unit"), ("added", "price.per_fte"),
    ]  # fmt: skip
    assert (found.values[0].old_text, found.values[0].new_text) == ("per_unit", "per_fte")


def test_value_that_leaves_its_draw_is_told(tmp_path: Path) -> None:
    """The same distribution, written anew instead of shared: no longer the same draw, and that matters."""
    shared = "{like: alternatives.in-house.team.turnover.attrition}"
    old = TEXT.replace("turnover: {attrition: 40%}", f"turnover: {{attrition: {shared}}}")
    found = between(
        tmp_path,
        (
            shared,
            "{low: 20%, likely: 30%, high: 45%}",
        ),
        old=old,
    )
    [one] = found.values
    assert one.kind == "shared"
    assert found.changes_results
    line = list(diff_lines(found))[2]
    assert "was drawn with in-house.turnover.attrition, is now drawn on its own" in line


def test_sources_owners_and_title_move_nothing(tmp_path: Path) -> None:
    """Protects the difference between another number and another reason for the same number."""
    found = between(
        tmp_path,
        ("title: Tiny desk", "title: Small desk\nmeta: {owner: CFO, status: approved}"),
        ("mean: 8%, sd: 0.5%}}", "mean: 8%, sd: 0.5%}, source: Treasury}"),
        ("months: 24", "months: 24\nchecks: {pays: manila.saving.mean >= 0}"),
    )
    assert not found.changes_results
    assert not found.is_empty
    assert [(one.path, one.key, one.new) for one in found.remarks] == [
        ("discount_rate", "source", "Treasury")
    ]
    assert {one.section for one in found.values} == {"title", "meta", "checks"}
    assert next(iter(diff_lines(found))).startswith("No assumption differs")


def test_data_files_are_told_by_their_hash(tmp_path: Path) -> None:
    """Protects from a table that was exchanged under the same name."""
    folders = [tmp_path / name for name in ("old", "new")]
    old = TEXT.replace("{lognormal: {median: 6, sigma: 1.1}}", "{empirical: {file: h.csv, column: hours}}", 1)
    scenarios = []
    for folder, last in zip(folders, (9, 12), strict=True):
        folder.mkdir()
        rows = "\n".join(map(str, [*range(1, 40), last]))
        (folder / "h.csv").write_text(f"hours\n{rows}\n", encoding="utf-8")
        (folder / "s.yaml").write_text(old, encoding="utf-8")
        scenarios.append(load(folder / "s.yaml"))
    found = differences(*scenarios)
    assert [file.name for file in found.data_files] == ["h.csv"]
    assert found.changes_results
    assert any("SHA-256" in line for line in diff_lines(found))


def test_json_has_both_sides_in_figures(tmp_path: Path) -> None:
    """Protects the keys of bposim.diff/1."""
    content = diff_content(between(tmp_path, ("buffer: 5%", "buffer: 8%"), ("buffer: 8%", "buffer: 9%")))
    assert content["schema"] == "bposim.diff/1"
    [one] = content["assumptions"]
    assert (one["old"]["mean"], one["new"]["mean"], one["moves"]) == (0.05, 0.09, "costs")
    assert (content["same"], content["can_change_results"]) == (False, True)


def test_nothing_is_overlooked() -> None:
    """Protects from a value that no review would show: every number of the largest scenario is compared.

    And nothing of it differs from itself.
    """
    path = Path(__file__).parents[1] / "scenarios" / "everything.yaml"
    scenario = load(path)
    seen = [value.number for value in Contents(scenario).values.values()]
    for written in numbers(scenario):
        assert any(written.value is number or written.value == number for number in seen), written.position
    assert len(seen) >= len(numbers(scenario))
    assert differences(scenario, load(path)).is_empty
