"""From files to a Scenario: places, overrides, data files and the hash of the content."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bposim.data_files import MAX_BYTES, MAX_COMPLAINTS
from bposim.errors import Complaint, Mark, ScenarioError
from bposim.files import load
from bposim.inputs.distribution import Distribution
from bposim.inputs.draws import StreamDraws

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bposim.scenario import Scenario

DATA = Path(__file__).parent / "data"

SMALL = """\
schema_version: 1
title: Invoice entry
base_currency: USD
start: 2027-01
months: 36
discount_rate: 8%
world:
  volume: {unit: invoice, per_month: 30_000, growth: 3%, margin_per_unit: 2}
  wages: {US: {inflation: 3.5%}}
inputs:
  fee: {low: 3, likely: 4, high: 6}
alternatives:
  in-house:
    baseline: true
    team:
      country: US
      roles: {clerk: {volume_per_fte: 900, salary: 48k}}
      turnover: {attrition: 15%}
  manila:
    vendor:
      price: {per_unit: {amount: {low: 2, likely: 3, high: 4}}}
      term: 18
      transition: {planned: 4, ramp_months: 3}
  cebu: {like: manila}
  blend: {legs: [{share: 40%, like: in-house}, {share: 60%, like: manila}]}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a good scenario file in a folder of its own."""
    path = tmp_path / "s.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def rewritten(file: Path, old: str, new: str) -> Path:
    """Return the file with its first ``old`` exchanged for ``new``."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


def complaints(file: Path, overrides: Mapping[str, str] | None = None) -> tuple[Complaint, ...]:
    """Return the errors of a file."""
    with pytest.raises(ScenarioError) as caught:
        load(file, overrides)
    return caught.value.complaints


def the_complaint(file: Path, overrides: Mapping[str, str] | None = None) -> Complaint:
    """Return the only error of a file."""
    (complaint,) = complaints(file, overrides)
    return complaint


# --- the file itself ------------------------------------------------------------------------------------


def test_good_file_has_no_warnings(file: Path) -> None:
    """Protects the other tests here: what they change was good before."""
    assert load(file).warnings == ()


def test_form_of_a_complaint(file: Path) -> None:
    """Protects the one line that editors, people and CI read: file:line:column CODE path: what; remedy."""
    rewritten(file, "per_month:", "per_moth:")
    expected = f'{file}:8:27 BP104 world.volume.per_moth: unknown key; did you mean "per_month"?'
    assert expected == str(the_complaint(file))


def test_complaints_come_in_the_order_of_the_file(file: Path) -> None:
    """Protects a reader who mends from top to bottom, whatever order the checks have."""
    rewritten(file, "term: 18", "term: x")
    rewritten(file, "title: Invoice entry", "titel: Invoice entry")
    rewritten(file, "country: US", "country: UK")
    assert [(c.code, c.mark.line) for c in complaints(file) if c.mark] == [
        ("BP104", 2),
        ("BP204", 16),
        ("BP107", 22),
    ]


def test_nothing_is_made_up_about_what_cannot_be_read(file: Path) -> None:
    """Protects against follow-up errors: a number that cannot be read is not also beyond the horizon."""
    rewritten(file, "planned: 4", "planned: four")
    rewritten(file, "months: 36", "months: some")
    rewritten(file, "share: 40%", "share: much")
    assert [complaint.code for complaint in complaints(file)] == ["BP107"] * 3


def test_a_misspelt_key_does_not_count_as_missing(file: Path) -> None:
    """Protects against saying one mistake twice, as an unknown key and as what then does not fit."""
    rewritten(file, "baseline: true", "basline: true")
    assert the_complaint(file).remedy == 'did you mean "baseline"?'


def test_mistake_in_a_shared_part_is_told_once_where_it_is_written(file: Path) -> None:
    """Two alternatives and a leg are like manila; its wrong term is one complaint, with manila's path."""
    rewritten(file, "term: 18", "term: 0")
    complaint = the_complaint(file)
    assert (complaint.path, complaint.mark) == ("alternatives.manila.vendor.term", Mark(str(file), 22, 13))


def test_mistake_in_an_override_is_told_where_the_override_is_written(file: Path) -> None:
    """What is laid over a shared part has its own place."""
    rewritten(file, "cebu: {like: manila}", "cebu: {like: manila, vendor: {term: 0}}")
    complaint = the_complaint(file)
    assert (complaint.path, complaint.mark) == (
        "alternatives.cebu.legs[0].vendor.term",
        Mark(str(file), 24, 39),
    )


def test_mistake_in_a_base_file_is_told_with_that_file(file: Path, tmp_path: Path) -> None:
    """A scenario that extends another points into the file that has to be mended."""
    rewritten(file, "term: 18", "term: 0")
    top = tmp_path / "top.yaml"
    top.write_text("extends: s.yaml\nmonths: 48\n", encoding="utf-8")
    assert the_complaint(top).mark == Mark(str(file), 22, 13)


def test_mistake_through_an_input(file: Path) -> None:
    """A number that is like a named input is mended where the input is written, and only there."""
    rewritten(file, "{low: 2, likely: 3, high: 4}", "{like: inputs.fee}")
    rewritten(file, "low: 3", "low: 5")
    complaint = the_complaint(file)
    assert (complaint.code, complaint.path, complaint.mark) == ("BP202", "inputs.fee", Mark(str(file), 11, 3))


@pytest.mark.parametrize("key", ["source", "note", "owner"])
def test_annotations_may_stand_anywhere(file: Path, key: str) -> None:
    """Every mapping takes them, at the top, beside a number and inside a distribution."""
    rewritten(file, "title:", f"{key}: top\ntitle:")
    rewritten(file, "growth: 3%", f"growth: {{value: 3%, {key}: plan}}")
    rewritten(file, "low: 2", f"{key}: tender, low: 2")
    rewritten(file, "unit: invoice", f"unit: invoice, {key}: ledger")
    notes = load(file).annotations
    assert {path for path, said in notes.items() if key in said} >= {
        "",
        "world.volume",
        "world.volume.growth",
    }


def test_hash_is_of_the_content(file: Path, tmp_path: Path) -> None:
    """Comments, layout, order of keys and annotations do not count; a number does."""
    first = load(file).sha256
    rewritten(
        file,
        "title: Invoice entry\nbase_currency: USD",
        "base_currency:   USD # dollars\ntitle: Invoice entry",
    )
    rewritten(file, "growth: 3%", "growth: {value: 3%, note: plan}".replace("{value: 3%, note: plan}", "3%"))
    assert load(file).sha256 == first
    rewritten(file, "per_month: 30_000", "per_month: 30_001")
    assert load(file).sha256 != first


# --- overrides ------------------------------------------------------------------------------------------


def terms(scenario: Scenario) -> dict[str, float | None]:
    """Return the term of each contract, by alternative."""
    return {
        name: float(leg.vendor.term) if leg.vendor.term else None
        for name, alternative in scenario.alternatives.items()
        for leg in alternative.legs
        if leg.vendor
    }


@pytest.mark.parametrize(
    "path", ["alternatives.manila.vendor.term", "manila.vendor.term", "manila.term", "term"]
)
def test_override_of_what_is_written_reaches_all_that_is_like_it(file: Path, path: str) -> None:
    """An override means the same as an edit of the file: copies follow."""
    assert terms(load(file, {path: "24"})) == {"manila": 24.0, "cebu": 24.0, "blend": 24.0}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("cebu.term", "cebu"),
        ("alternatives.cebu.vendor.term", "cebu"),
        ("cebu.vendor.term", "cebu"),
        ("blend.term", "blend"),
        ("alternatives.blend.legs[1].vendor.term", "blend"),
    ],
)
def test_override_of_a_copy_leaves_the_original(file: Path, path: str, name: str) -> None:
    """What only like: brings to a place is laid over there, as if it were written beside the like:."""
    expected = {"manila": 18.0, "cebu": 18.0, "blend": 18.0} | {name: 24.0}
    assert terms(load(file, {path: "24"})) == expected


def test_override_in_a_copy_keeps_the_draw(file: Path) -> None:
    """Changing one bound of a shared price leaves it one uncertain input, so that pairs stay paired."""
    before = load(file).uncertain.names
    assert load(file, {"cebu.price.per_unit.amount": "{low: 2, likely: 3, high: 5}"}).uncertain.names != ()
    assert load(file, {"cebu.vendor.term": "24"}).uncertain.names == before


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("preferences.tail_weight", "30%"),
        ("manila.vendor.productivity", "700"),
        ("manila.vendor.leakage.withholding", "5%"),
        ("blend.legs[1].vendor.leakage.withholding", "5%"),
        ("alternatives.in-house.team.overtime", "{limit: 10%}"),
        ("correlations", "[]"),
        ("inputs.rate", "3"),
    ],
)
def test_override_may_add_a_key(file: Path, path: str, value: str) -> None:
    """A key that the file leaves out can be set, and the mappings around it with it."""
    assert load(file, {path: value}).sha256 != load(file).sha256


def test_override_reaches_a_base_file(file: Path, tmp_path: Path) -> None:
    """A value that stands in the file named in extends: is set, with all that is like it."""
    top = tmp_path / "top.yaml"
    top.write_text(f"extends: {file.name}\ntitle: Longer\n", encoding="utf-8")
    assert terms(load(top, {"manila.term": "24"})) == {"manila": 24.0, "cebu": 24.0, "blend": 24.0}
    assert load(top, {"discount_rate": "9%"}).discount_rate == 0.09
    assert load(top, {"title": "Short"}).title == "Short"


def test_list_of_a_base_file_is_not_taken_apart(file: Path, tmp_path: Path) -> None:
    """An entry of a list that another file writes cannot be laid over; the message says so."""
    top = tmp_path / "top.yaml"
    top.write_text(f"extends: {file.name}\n", encoding="utf-8")
    complaint = the_complaint(top, {"blend.legs[1].share": "60%"})
    assert complaint.code == "BP204"
    assert "it comes out of a list" in complaint.what


def test_overrides_are_carried_out_together(file: Path) -> None:
    """Two shares that only fit together can be set in one command."""
    shares = {"blend.legs[0].share": "70%", "blend.legs[1].share": "30%"}
    assert [leg.share for leg in load(file, shares).alternatives["blend"].legs] == [0.7, 0.3]


@pytest.mark.parametrize(
    ("path", "value", "code", "said"),
    [
        ("manila.trm", "24", "BP104", 'did you mean "alternatives.manila.legs[0].vendor.term"?'),
        ("manila.vendor.trm", "24", "BP104", 'did you mean "term"?'),
        ("discout_rate", "9%", "BP104", 'did you mean "discount_rate"?'),
        ("zebra.crossing", "1", "BP204", "the scenario has no such value"),
        ("", "1", "BP204", "the scenario has no such value"),
        ("share", "50%", "BP204", "write more of the path"),
        ("blend.legs[7].share", "50%", "BP204", "the scenario has no such value"),
        ("term", "x", "BP107", '"x" is not a period'),
        ("term", "", "BP105", "the value is missing"),
        ("term", "[1", "BP102", "is never closed"),
        ("manila.vendor.price", "{per_unt: {amount: 3}}", "BP104", 'did you mean "per_unit"?'),
        ("discount_rate", "9,5%", "BP107", "write 9.5%"),
    ],
)
def test_override_that_cannot_be(file: Path, path: str, value: str, code: str, said: str) -> None:
    """The complaint points at --set, not at a line of the file, and helps."""
    complaint = the_complaint(file, {path: value})
    assert complaint.mark
    assert (complaint.code, complaint.mark.file) == (code, "--set")
    assert said in f"{complaint.what}; {complaint.remedy}"


def test_place_within_an_override(file: Path) -> None:
    """In a longer value the column counts from its first character."""
    assert the_complaint(file, {"discount_rate": "{low: 7%, likely: x, high: 9%}"}).mark == Mark(
        "--set", 1, 19
    )


# --- data files -----------------------------------------------------------------------------------------


def with_data(file: Path, inner: str, csv: bytes | None = None) -> Path:
    """Return a scenario whose growth is read from data.csv, which holds these bytes."""
    if csv is not None:
        (file.parent / "data.csv").write_bytes(csv)
    return rewritten(file, "growth: 3%", f"growth: {{empirical: {{{inner}}}}}")


def growth(scenario: Scenario) -> Distribution:
    """Return the growth of the volume, which is uncertain here."""
    number: object = scenario.world.volume.growth
    assert isinstance(number, Distribution)
    return number


def test_column_of_a_csv_file(file: Path) -> None:
    """The values of the column are the data, numbers as people write them; the file's hash is kept."""
    csv = (DATA / "losses.csv").read_bytes()
    scenario = load(with_data(file, "file: data.csv, column: paid", csv))
    assert growth(scenario).mean == pytest.approx((1.5 + 2.5 + 0.5) / 3, rel=1e-15)
    assert scenario.data_files == {"data.csv": hashlib.sha256(csv).hexdigest()}


def test_column_read_is_the_column_written(file: Path) -> None:
    """A scenario with the same values in the file and in its own text is the same scenario."""
    csv = b"x\n0.1\n0.30000000000000004\n1e-05\n"
    read = load(with_data(file, "file: data.csv", csv))
    rewritten(file, "file: data.csv", "values: [0.1, 0.30000000000000004, 1e-05]")
    assert growth(read) == growth(load(file))


def test_bounds_beside_a_file(file: Path) -> None:
    """Values outside min and max are left out."""
    scenario = load(with_data(file, "file: data.csv, min: 1%, max: 5%", b"x\n0\n0.01\n0.05\n0.2\n"))
    assert growth(scenario).support == (0.01, 0.05)


def test_stated_dialect(file: Path) -> None:
    """Semicolons, decimal commas, the mark that spreadsheets put first, CRLF and empty lines at the end."""
    csv = (DATA / "losses-semicolon.csv").read_bytes()
    assert csv.startswith(b"\xef\xbb\xbf")
    inner = "file: data.csv, column: Verlust, delimiter: ';', decimal: ','"
    assert growth(load(with_data(file, inner, csv))).support == (1000.5, 2999.5)


def test_file_is_seen_from_where_it_is_named(file: Path, tmp_path: Path) -> None:
    """A base in a subfolder names its data from there; the hash is listed from the scenario's folder."""
    folder = tmp_path / "plans"
    folder.mkdir()
    base = folder / "base.yaml"
    base.write_text(SMALL, encoding="utf-8")
    with_data(base, "file: data.csv", b"x\n1\n2\n")
    file.write_text("extends: plans/base.yaml\n", encoding="utf-8")
    assert list(load(file).data_files) == ["plans/data.csv"]


def test_data_by_override(file: Path) -> None:
    """An override names a file from the scenario's folder."""
    (file.parent / "data.csv").write_bytes(b"x\n1%\n2%\n")
    assert growth(load(file, {"growth": "{empirical: {file: data.csv}}"})).support == (0.01, 0.02)


def test_data_are_part_of_the_content(file: Path) -> None:
    """Another figure in the data file is another scenario."""
    one = load(with_data(file, "file: data.csv", b"x\n1\n2\n")).sha256
    (file.parent / "data.csv").write_bytes(b"x\n1\n3\n")
    assert load(file).sha256 != one


@pytest.mark.parametrize(
    ("csv", "line", "said"),
    [
        (b"x\n1\nn/a\n2\n", 3, '"n/a" is not a number; write a number'),
        (b"x\n1\n\n2\n", 3, "the cell is empty; fill it or leave the row out"),
        (b"x,y\n1,2\n,2\n3,3\n", 3, "the cell is empty"),
        (b"x,y\n1,2\n3\n", 3, None),
        (b"x,y\n1,2\n3,4,5\n", 3, "3 cells under 2 names; check delimiter: and quotes"),
        (b'x,y\n"1,5",1\n2,1\n', 2, 'add decimal: "," beside file:'),
        (b"x\nnan\n1\n", 2, "is not a finite number"),
        (b"x\n1\n1e400\n", 3, "too large"),
        (b"x\n1\n007\n", 3, "write 7"),
        (b'x\n1\n"2\n', 3, "this is not CSV"),
        (b"", 1, "the file is empty"),
        (b"\xff\xfex\x00", 1, "save it as CSV (UTF-8)"),
        (b"PK\x03\x04 a workbook", 1, "the file is a workbook"),
        (b"x\n1\n\xe9\n", 3, "byte 0xe9 is not UTF-8"),
        (b"x\n=1+1\n2\n", 2, "is a formula, not a number"),
    ],
)
def test_place_in_a_data_file(file: Path, csv: bytes, line: int, said: str | None) -> None:
    """What is wrong in the data is told with the data file and the line."""
    with_data(file, "file: data.csv" + (", column: x" if b"," in csv.split(b"\n")[0] else ""), csv)
    if said is None:
        assert growth(load(file)).support == (1.0, 3.0)
        return
    complaint = the_complaint(file)
    assert (complaint.code, complaint.mark) == ("BP208", Mark(str(file.parent / "data.csv"), line, 1))
    assert said in f"{complaint.what}; {complaint.remedy}"


def test_all_cells_at_once_up_to_a_limit(file: Path) -> None:
    """Each cell that cannot be read is told; a whole column of text is told a few times only."""
    with_data(file, "file: data.csv", b"x\n1\na\n2\nb\n")
    assert [c.mark.line for c in complaints(file) if c.mark] == [3, 5]
    (file.parent / "data.csv").write_bytes(b"x\n" + b"text\n" * 1000)
    assert len(complaints(file)) == MAX_COMPLAINTS


def test_data_and_scenario_at_once(file: Path) -> None:
    """A mistake in the data does not hide one in the scenario, nor make one up."""
    with_data(file, "file: data.csv, max: 0.5", b"x\n1\na\n")
    rewritten(file, "country: US", "country: UK")
    assert sorted(complaint.code for complaint in complaints(file)) == ["BP204", "BP208"]


@pytest.mark.parametrize(
    ("inner", "csv", "said"),
    [
        ("file: data.csv, column: loss", b"los,x\n1,2\n", 'did you mean "los"?'),
        ("file: data.csv, column: loss", b"a,b\n1,2\n", "the columns are: a, b"),
        ("file: data.csv", b"a,b\n1,2\n", "add column: with one of a, b"),
        ("file: data.csv, column: a", b"a,a\n1,2\n", "rename all but one"),
        ("file: data.csv, column: a", b"a;b\n1;2\n", 'add delimiter: ";", which seems to part the columns'),
        ("file: data.csv, delimiter: '|'", b"a\n1\n2\n", 'write "," or ";" or "tab"'),
        ("file: data.csv, decimal: x", b"a\n1\n2\n", 'write "." or ","'),
        ("file: dta.csv", b"a\n1\n2\n", 'did you mean "data.csv"?'),
        ("file: [data.csv]", b"a\n1\n2\n", "write one word or path"),
        ("file: data.csv, column: {a: b}", b"a\n1\n2\n", "write one word or path"),
        ("file: ../data.csv", None, "leads out of the scenario's folder"),
        ("file: /etc/passwd", None, "leads out of the scenario's folder"),
        ("file: 'C:\\data.csv'", None, "leads out of the scenario's folder"),
        ("file: https://example.org/data.csv", None, "download it into the scenario's folder"),
        ("file: .", None, "is a folder"),
    ],
)
def test_file_that_cannot_be_used(file: Path, inner: str, csv: bytes | None, said: str) -> None:
    """The complaint stands where the file or its dialect is named, or in the file's header."""
    complaint = the_complaint(with_data(file, inner, csv))
    assert complaint.mark
    assert complaint.code == "BP208"
    assert complaint.mark.line == (8 if "rename" not in said else 1)
    assert said in f"{complaint.what}; {complaint.remedy}"


def test_one_column_too_few_values(file: Path) -> None:
    """A column of one value is read and then refused as a distribution, where it is asked for."""
    complaint = the_complaint(with_data(file, "file: data.csv", b"x\n1\n"))
    assert (complaint.code, complaint.path) == ("BP202", "world.volume.growth.empirical")


def test_links_and_special_files_are_refused(file: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Neither a link out of the folder nor a pipe, on which a reader would wait for ever, is opened."""
    outside = tmp_path_factory.mktemp("outside") / "secret.csv"
    outside.write_text("x\n1\n2\n", encoding="utf-8")
    data = file.parent / "data.csv"
    data.symlink_to(outside)
    with_data(file, "file: data.csv")
    assert "is a link out of the scenario's folder" in the_complaint(file).what
    data.unlink()
    os.mkfifo(data)
    assert "is not an ordinary file" in the_complaint(file).what
    data.unlink()
    inside = file.parent / "inside.csv"
    inside.write_text("x\n1\n2\n", encoding="utf-8")
    data.symlink_to(inside)
    assert growth(load(file)).support == (1.0, 2.0)


def test_large_files_are_refused(file: Path) -> None:
    """Memory stays bounded: only a little more than the limit is read."""
    with_data(file, "file: data.csv", b"x\n" + b"1\n" * (MAX_BYTES // 2))
    assert "is larger than 5 MB" in the_complaint(file).what


def test_file_and_values_exclude_each_other(file: Path) -> None:
    """Beside values: a file: is an unknown key, so nobody wonders which of the two counts."""
    with_data(file, "file: data.csv, values: [1, 2]", b"x\n1\n2\n")
    assert [complaint.code for complaint in complaints(file)] == ["BP104"]


DESK = DATA / "small.yaml"


def test_fixed_input_takes_its_correlation_with_it() -> None:
    """--set may make an input certain: its correlation is left out, which is said; nothing else moves."""
    fixed, whole = load(DESK, {"manila.price.amount": "240"}), load(DESK)
    assert fixed.correlations.pairs == []
    (told,) = [warning for warning in fixed.warnings if warning.path == "correlations"]
    assert "manila.price" in told.what
    assert "left out" in told.what
    wages = []
    for scenario in (whole, fixed):
        values = scenario.uncertain.values(StreamDraws(3, 0, 64), scenario.dependence)
        wages += [v for e, v in zip(scenario.uncertain.entries, values, strict=True) if ".PH.inf" in e.name]
    assert len(wages) == 2
    assert (wages[0] == wages[1]).all()


def test_fixed_input_in_the_file_itself_is_an_error(tmp_path: Path) -> None:
    """Where nobody asked for a change, a correlation of a certain number is a mistake of the file."""
    path = tmp_path / "fixed.yaml"
    text = DESK.read_text(encoding="utf-8")
    path.write_text(text.replace("{low: 150, likely: 180, high: 240}", "240"), encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        load(path, {"months": "24"})
    assert [complaint.code for complaint in refused.value.complaints] == ["BP203"]
