"""A workbook back into its scenario: unchanged bytes where nothing changed, only changed values elsewhere."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

import bposim
import workbook_cells as cells
from bposim import templates
from bposim.assumption_book import export_book, import_book
from bposim.assumption_book.applying import applied
from bposim.assumption_book.container import open_book
from bposim.assumption_book.edits import Edit
from bposim.assumption_book.listing import rows_of
from bposim.assumption_book.places import CellPlace
from bposim.assumption_book.rows import OPTIONAL, SLOTS, VALUE
from bposim.assumption_book.spelling import spelled
from bposim.assumption_book.yaml_text import spots
from bposim.errors import ScenarioError
from bposim.yaml_tree import load_tree

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))
SUPPORT = ROOT / "scenarios" / "customer-support.yaml"
SMALL = """\
# a memo
schema_version: 1
title: Small   # the title
base_currency: USD
start: 2027-01
months: 2 years
discount_rate: 8%  # of the treasurer
world:
  volume:
    unit: case
    per_month: 1_000
    growth:
      p10: -2%
      p50: 1% # the plan
      p90: 4%
      note: >-
        from the plan,
        not from history
  wages: {US: {inflation: {normal: {mean: 3%, sd: 1%}}}}
alternatives:
  home:
    baseline: true
    team:
      country: US
      roles: {clerk: {volume_per_fte: 100, salary: 40k, oncost: 30%}}
      buffer: {value: 5%, source: "own books"}
  away:
    vendor:
      country: US
      price: {per_unit: {amount: {low: 20, likely: 25, high: 35, note: bids}}}
"""


def small(tmp_path: Path, text: str = SMALL) -> tuple[Path, Path]:
    """Store a scenario and its workbook."""
    scenario, book = tmp_path / "small.yaml", tmp_path / "small.xlsx"
    scenario.write_bytes(text.encode())
    export_book(scenario, book)
    return scenario, book


def place(book: Path, path: str, column: str) -> tuple[str, str]:
    """Return sheet and cell of a value."""
    for name, sheet in open_book(book).items():
        for number, row in enumerate(sheet.cells, 1):
            if len(row) > len("ABCDEFGHIJKLM") and row[13] == path:
                return name, f"{column}{number}"
    raise AssertionError(path)


def put(book: Path, path: str, column: str, content: str | tuple[str, str]) -> str:
    """Fill a cell; return its name."""
    sheet, cell = place(book, path, column)
    cells.change(book, sheet, {cell: content})
    return f"{sheet}!{cell}"


def lines_that_differ(old: str, new: str) -> tuple[list[str], list[str]]:
    """Return the lines of each text that the other does not have."""
    one, other = old.splitlines(), new.splitlines()
    return [line for line in one if line not in other], [line for line in other if line not in one]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_scenario_comes_back_byte_for_byte(path: Path, tmp_path: Path) -> None:
    """Protects a file from changes that nobody made, with the file at hand and without it."""
    book = tmp_path / "book.xlsx"
    export_book(path, book)
    imported = import_book(book, path)
    assert imported.data == path.read_bytes()
    assert (imported.changes, imported.remarks, imported.kept) == ((), (), ())
    assert import_book(book, output=path).data == path.read_bytes()


@pytest.mark.parametrize("name", templates.names())
def test_template_comes_back_byte_for_byte(name: str, tmp_path: Path) -> None:
    """Protects the files that newcomers start from."""
    path, book = tmp_path / "t.yaml", tmp_path / "book.xlsx"
    path.write_text(templates.text(name), encoding="utf-8")
    export_book(path, book)
    assert import_book(book).data == path.read_bytes()


@pytest.mark.parametrize(
    ("path", "column", "content", "before", "after"),
    [
        ("discount_rate", "D", cells.number(0.095), "discount_rate: 8%  # of the treasurer",
         "discount_rate: 9.5%  # of the treasurer"),
        ("months", "D", cells.number(3), "months: 2 years", "months: 3 years"),
        ("title", "D", cells.text("Larger: now"), "title: Small   # the title",
         'title: "Larger: now"   # the title'),
        ("world.volume.growth", "F", cells.number(0.02), "      p50: 1% # the plan",
         "      p50: 2% # the plan"),
        ("world.volume.per_month", "D", cells.number(1e6), "    per_month: 1_000",
         "    per_month: 1_000_000"),
        ("start", "D", cells.text("2028-07"), "start: 2027-01", "start: 2028-07"),
    ],
)  # fmt: skip
def test_an_edit_changes_its_line_alone(
    path: str, column: str, content: str, before: str, after: str, tmp_path: Path
) -> None:
    """Protects comments, order and spelling around a changed value."""
    _, book = small(tmp_path)
    put(book, path, column, content)
    new = import_book(book).data.decode()
    assert lines_that_differ(SMALL, new) == ([before], [after])
    assert new.count("\n") == SMALL.count("\n")


def test_a_fixed_number_becomes_a_range_with_a_source(tmp_path: Path) -> None:
    """Protects the most frequent wish: 40k, says somebody, is between 38k and 46k."""
    _, book = small(tmp_path)
    salary = "alternatives.home.team.roles.clerk.salary"
    put(book, salary, "C", cells.text("low-likely-high"))
    for column, value in zip("EFG", (38_000, 40_000, 46_500), strict=True):
        put(book, salary, column, cells.number(value))
    put(book, salary, "K", cells.text("payroll, May: #2"))
    imported = import_book(book)
    written = 'salary: {low: 38k, likely: 40k, high: 46.5k, source: "payroll, May: #2"}'
    assert written in imported.data.decode()
    assert [change.after for change in imported.changes] == [
        "{low: 38k, likely: 40k, high: 46.5k}", "payroll, May: #2",
    ]  # fmt: skip


def test_a_distribution_becomes_percentiles_and_a_range_becomes_fixed(tmp_path: Path) -> None:
    """Protects the way between forms inside mappings, with their notes."""
    _, book = small(tmp_path)
    wages, price = "world.wages.US.inflation", "alternatives.away.vendor.price.per_unit.amount"
    put(book, wages, "C", cells.text("P10-P50-P90"))
    for column, value in zip("EFG", (0.02, 0.03, 0.05), strict=True):
        put(book, wages, column, cells.number(value))
    put(book, price, "C", cells.text("Fixed"))
    put(book, price, "D", cells.number(26.5))
    put(book, "world.volume.growth", "H", cells.number(-0.1))
    put(book, "world.volume.growth", "M", cells.EMPTY)
    new = import_book(book).data.decode()
    assert "wages: {US: {inflation: {p10: 2%, p50: 3%, p90: 5%}}}" in new
    assert "price: {per_unit: {amount: {value: 26.5, note: bids}}}" in new
    assert "      p90: 4%\n      min: -10%\n  wages" in new or "min: -10%" in new
    assert "from the plan" not in new


def test_a_folded_note_stays_folded(tmp_path: Path) -> None:
    """Protects long notes from becoming one endless line."""
    _, book = small(tmp_path)
    words = "from the plan of the spring, " * 8
    put(book, "world.volume.growth", "M", cells.text(words))
    new = import_book(book).data.decode()
    assert max(map(len, new.splitlines())) < 120
    assert "      note: >-\n        from the plan of the spring" in new


def test_windows_line_ends_and_byte_order_mark_stay(tmp_path: Path) -> None:
    """Protects files that were written on Windows."""
    text = "\ufeff" + SMALL.replace("\n", "\r\n")
    scenario, book = small(tmp_path, text)
    put(book, "discount_rate", "D", cells.number(0.07))
    put(book, "world.volume.growth", "K", cells.text("sales"))
    new = import_book(book, scenario).data.decode()
    assert new.startswith("\ufeff")
    assert "\n" not in new.replace("\r\n", "")
    assert "discount_rate: 7%" in new


def random_edits(path: Path, rng: random.Random) -> list[Edit]:  # noqa: C901 - a case for each kind of row
    """Make an edit of nearly every row of a file."""
    edits: list[Edit] = []
    replaced: list[tuple[str | int, ...]] = []
    for row in rows_of(load_tree(path), "USD"):
        edit = Edit(row, CellPlace("b", 1, 1, "S"))
        if any(row.steps[: len(steps)] == steps for steps in replaced):
            continue
        kind = rng.choice(row.kinds) if row.kinds else row.kind
        if row.kinds and kind != row.kind and kind in SLOTS:
            edit.kind = kind
            replaced.append(row.steps)
            wanted = [column for column in SLOTS[kind] if column not in OPTIONAL or rng.random() < 0.5]
            edit.figures = {column: spelled(rng.uniform(1, 9), row.style_of(column)) for column in wanted}
        elif row.figures:
            columns = SLOTS[kind] if row.kinds else {VALUE: ""}
            edit.figures = {column: spelled(rng.uniform(1, 2e5), row.style_of(column)) for column in columns}
            gone = [column for column in OPTIONAL if column in row.figures and rng.random() < 0.5]
            edit.figures |= dict.fromkeys(gone)
        elif row.words is not None and not row.locked:
            edit.words = rng.choice(["abc", "a: b", "x # y", "- z", '"q"', "a, b]", "=1+1", "ünï 東京"])
        if row.annotatable:
            for name in ("source", "owner", "note"):
                if rng.random() < 0.5:
                    edit.notes[name] = rng.choice(
                        ["plain words", "a: b # c", "two\nlines", "long " * 60, "{x}"]
                    )
                elif name in row.notes:
                    edit.notes[name] = ""
        if edit.changes_value or edit.notes:
            edits.append(edit)
    return edits


def comments_of(text: str) -> list[str]:
    """Return the comments of a YAML text: what follows a # outside every scalar."""
    plain = list(text)
    waiting = [spots(text)]
    while waiting:
        spot = waiting.pop()
        waiting += spot.inside
        if spot.kind == "scalar":
            plain[spot.start : spot.end] = "x" * (spot.end - spot.start)
    return re.findall(r"(?:^|(?<=\s))#.*$", "".join(plain), re.MULTILINE)


@pytest.mark.parametrize("name", ["customer-support", "everything"])
def test_many_edits_at_once_say_what_was_meant(name: str) -> None:
    """Protects the splicing of text: what does not read as meant is refused; no comment is lost."""
    path = ROOT / "scenarios" / f"{name}.yaml"
    edits = random_edits(path, random.Random(name))  # noqa: S311 - cases, not secrets
    assert len(edits) > 100
    old = path.read_text(encoding="utf-8")
    new = applied(path.read_bytes(), edits).decode()
    assert sorted(comments_of(new)) == sorted(comments_of(old))


def test_like_and_library_are_shown_and_not_filled(tmp_path: Path) -> None:
    """Protects shared numbers from being unshared by a workbook."""
    rows = {row.path: row for row in rows_of(load_tree(SUPPORT), "USD")}
    shared = rows["alternatives.krakow.vendor.sla"]
    assert (shared.kind, shared.locked) == ("taken over", True)
    assert "alternatives.manila.vendor.sla" in shared.meaning
    assert "alternatives.krakow.vendor.sla.target" not in rows


# --- A file that has changed since -----------------------------------------------------------------


def test_changes_of_both_sides_are_merged(tmp_path: Path) -> None:
    """Protects work that was done in the file while the book was out."""
    scenario, book = small(tmp_path)
    put(book, "discount_rate", "D", cells.number(0.09))
    put(book, "months", "D", cells.number(4))
    mine = SMALL.replace("per_month: 1_000", "per_month: 1_200").replace("months: 2 years", "months: 4 years")
    scenario.write_text(mine, encoding="utf-8")
    imported = import_book(book, scenario)
    assert imported.data.decode() == mine.replace("discount_rate: 8%", "discount_rate: 9%")
    assert [change.path for change in imported.changes] == ["discount_rate"]
    assert {change.path for change in imported.kept} == {"months", "world.volume.per_month"}


def test_a_value_that_both_have_changed_is_for_a_person(tmp_path: Path) -> None:
    """Protects from silently preferring one side; the message has all three values and the cell."""
    scenario, book = small(tmp_path)
    cell = put(book, "discount_rate", "D", cells.number(0.09))
    scenario.write_text(SMALL.replace("discount_rate: 8%", "discount_rate: 7%"), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        import_book(book, scenario)
    [complaint] = caught.value.complaints
    assert complaint.code == "BP404"
    assert str(complaint.mark).endswith(cell)
    assert all(value in complaint.what for value in ("8%", "9%", "7%"))


def test_a_value_that_is_gone_from_the_file_is_named(tmp_path: Path) -> None:
    """Protects an edit from being lost without a word."""
    scenario, book = small(tmp_path)
    put(book, "alternatives.home.team.buffer", "D", cells.number(0.1))
    gone = SMALL.replace('      buffer: {value: 5%, source: "own books"}\n', "")
    scenario.write_text(gone, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"BP404.*no longer has this value"):
        import_book(book, scenario)


def test_base_file_and_data_are_read_from_where_the_result_goes(tmp_path: Path) -> None:
    """Protects scenarios that extend another one: currency and paths come from the base."""
    base, book = tmp_path / "base.yaml", tmp_path / "b.xlsx"
    base.write_text(SMALL, encoding="utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(
        "schema_version: 1\nextends: base.yaml\ntitle: Dear money\ndiscount_rate: 12%\n", encoding="utf-8"
    )
    export_book(own, book)
    put(book, "discount_rate", "D", cells.number(0.13))
    assert "discount_rate: 13%" in import_book(book, own).data.decode()


def test_result_of_an_import_loads(tmp_path: Path) -> None:
    """Protects the whole way: book, file, scenario."""
    _, book = small(tmp_path)
    put(book, "alternatives.home.team.roles.clerk.oncost", "D", cells.number(0.35))
    new = tmp_path / "new.yaml"
    new.write_bytes(import_book(book, output=new).data)
    assert bposim.load(new).alternatives["home"].legs[0].body.roles["clerk"].oncost == 0.35  # type: ignore[union-attr]


def test_thousands_in_a_flow_mapping_are_one_spot() -> None:
    """Protects {salary: 42,000}: a change replaces the whole number, not what stands before its comma."""
    text = "{pay: {low: 42,000, high: 1,234,567.50}, n: {a: 1, 000: }}"
    found = spots(text)
    places = [found.at(("pay", "low")), found.at(("pay", "high"))]
    assert [text[spot.start : spot.end] for spot in places if spot] == ["42,000", "1,234,567.50"]
    inner = found.at(("n",))
    assert inner
    assert len(inner.keys) == 2
