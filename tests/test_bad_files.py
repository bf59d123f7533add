"""Broken scenario files: each is refused with the complaint that its first lines declare, and nothing else.

A file of tests/bad begins with one comment for each complaint, in the order of the file::

    # expect: BP104 line 12 column 5: did you mean "volume"?

The text after the colon is part of what the complaint says.  The few files that cannot begin with a comment
(binary ones, say) are listed in BYTES.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from bposim.errors import CODES, Complaint, ScenarioError
from bposim.files import load
from bposim.yaml_tree import MAX_COMPLAINTS

BAD = Path(__file__).parent / "bad"
FILES = sorted(BAD.glob("*.yaml"))
EXPECT = re.compile(r"# expect: (?P<code>BP\d+) line (?P<line>\d+) column (?P<column>\d+): ?(?P<said>.*)")

Expected = tuple[str, int, int, str]

BYTES: dict[str, list[Expected]] = {
    "bp101-binary": [("BP101", 1, 1, "the file is binary; name a text file in YAML")],
    "bp101-control-character": [("BP101", 2, 15, "the character U+0007 does not belong in a text file")],
    "bp101-latin-1": [("BP101", 2, 19, "byte 0xfc is not UTF-8; save the file as UTF-8")],
    "bp101-utf-16": [("BP101", 1, 1, "the file is in UTF-16 or UTF-32; save it as UTF-8")],
    "bp101-utf-16-big-endian": [("BP101", 1, 1, "the file is in UTF-16 or UTF-32; save it as UTF-8")],
    "bp101-utf-16-without-mark": [("BP101", 1, 1, "the file is in UTF-16 or UTF-32; save it as UTF-8")],
    "bp101-utf-32": [("BP101", 1, 1, "the file is in UTF-16 or UTF-32; save it as UTF-8")],
    "bp104-byte-order-mark": [
        ("BP104", 1, 1, 'did you mean "schema_version"?'),
        ("BP109", 1, 1, "write schema_version: 1"),
    ],
    "bp104-windows-line-ends": [("BP104", 16, 44, 'did you mean "salary"?')],
    "bp106-blank": [("BP106", 1, 1, "the file is empty")],
    "bp106-empty": [("BP106", 1, 1, "the file is empty")],
}

JARGON = re.compile(
    r"Input should|Value error|(value|literal|string|dict|list|tuple|bool|model|union)_(type|error|parsing)|"
    r"pydantic|validator|NoneType|\bNone\b|\bdict\b|\btuple\b|\bstr\b|\bint\b|\bbool\b|\bMap\(|\bText\(|"
    r"extra_forbidden|discriminator|object at 0x|np\.float"
)
"""Words of the libraries and of Python, which mean nothing to whoever writes a scenario."""


def complaints_of(path: Path) -> tuple[Complaint, ...]:
    """Return the errors of a file, or its warnings if it can be read."""
    try:
        return load(path).warnings
    except ScenarioError as error:
        return error.complaints


def expected_of(path: Path) -> list[Expected]:
    """Return code, line, column and part of the text of each complaint that the file declares."""
    if path.stem in BYTES:
        return BYTES[path.stem]
    declared = [EXPECT.match(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [(m["code"], int(m["line"]), int(m["column"]), m["said"]) for m in declared if m]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_is_refused_as_declared(path: Path) -> None:
    """Protects code, line, column, words and number of the complaints: all of them at once, and no more."""
    found = complaints_of(path)
    expected = expected_of(path)
    assert expected, "the file declares nothing"
    actual = [
        (c.code, c.mark.line, c.mark.column, said if said in f"{c.what}; {c.remedy}" else str(c))
        for c, (*_, said) in zip(found, expected, strict=False)
        if c.mark
    ]
    assert len(found) == len(expected), "\n".join(map(str, found))
    assert expected == actual


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_complaint_is_one_line_for_a_person(path: Path) -> None:
    """Protects the form file:line:col CODE path: what; remedy, and the reader from the libraries' words."""
    for complaint in complaints_of(path):
        text = str(complaint)
        assert re.match(rf"{re.escape(str(BAD))}/[a-z0-9-]+\.yaml:\d+:\d+ {complaint.code} \S", text)
        assert complaint.code in CODES
        assert complaint.what
        assert complaint.remedy
        assert "\n" not in text
        assert not JARGON.search(f"{complaint.what}; {complaint.remedy}"), text


def _remedied(text: str, complaint: Complaint) -> str | None:
    """Return the text with the word at the complaint's place exchanged for the one that the remedy names."""
    assert complaint.mark
    meant = re.match(r'did you mean "([^"]+)"\?$', complaint.remedy)
    number, other = r"[-+]?[0-9][0-9_.]*(?:%|k|M|bn| months)?", r"[A-Z]{3}(?: \S+)?|\S+(?= without quotes)"
    written = re.match(rf"write ({number}|{other})(?= or |,|$| with)", complaint.remedy)
    if complaint.code not in {"BP104", "BP106", "BP107", "BP110", "BP204", "BP302"} or not (meant or written):
        return None
    word = meant[1] if meant else str(written and written[1])
    lines = text.splitlines(keepends=True)
    line, start = lines[complaint.mark.line - 1], complaint.mark.column - 1
    old = re.match(r'"[^"]*"|[0-9.]+,[0-9]+%?|[^,:{}\[\]\n]*[^\s,:{}\[\]]', line[start:])
    assert old
    lines[complaint.mark.line - 1] = line[:start] + word + line[start + len(old[0]) :]
    return "".join(lines)


def test_remedies_help(tmp_path: Path) -> None:
    """Protects remedies that name a spelling: whoever follows one is rid of the complaint."""
    followed = 0
    for path in FILES:
        if path.stem in BYTES:
            continue
        for complaint in complaints_of(path):
            assert complaint.mark
            mended = _remedied(path.read_text(encoding="utf-8"), complaint)
            if mended is None:
                continue
            followed += 1
            file = tmp_path / path.name
            file.write_text(mended, encoding="utf-8")
            left = [(c.code, c.mark.line) for c in complaints_of(file) if c.mark]
            assert (complaint.code, complaint.mark.line) not in left, f"{complaint}\n{mended}"
    assert followed >= 50


def test_corpus_covers_every_code() -> None:
    """Protects the size of the corpus, and that no code exists without a file that shows it."""
    assert len(FILES) >= 150
    of_workbooks = {code for code in CODES if code.startswith("BP4")}  # tests/exchange has those
    assert set(CODES) - of_workbooks == {code for path in FILES for code, *_ in expected_of(path)}


def test_file_names_begin_with_their_code() -> None:
    """A name says what is wrong with the file."""
    for path in FILES:
        code, *_ = expected_of(path)[0]
        assert path.stem.startswith(f"{code.lower()}-") or path.stem.startswith("mixed-"), path.name


# --- careless and hostile changes of good files ---------------------------------------------------------

GOOD = [Path(__file__).parent / "data" / "tiny.yaml", Path(__file__).parent / "data" / "small.yaml"]
SCALARS = [
    "", "~", "true", "-1", "0", "1e300", "-1e300", "1e-300", "40", "40%", ".nan", "x", '""', "'a'", "[]",
    "{}", "[1, 2]", "{low: 1, likely: 2, high: 3}", "{p10: 1, p50: 2, p90: 3}", "{p10: 1}", "{min: 0}",
    "{like: manila}", "{like: alternatives.manila.legs[0]}", "2027-01", "USD", "PHP 45k", "18 months",
    "{value: {value: 3}}", "{normal: 3}", "{lognormal: {mean: 1e200, sd: 1e300}}", "{pert: []}", "*a",
    "{mixture: [{weight: 1, value: 2}]}", "{empirical: {file: x.csv}}", "\N{SNOWMAN}", "a: b", "!!int 3",
    "{weibull: {shape: 0.001, scale: 1}}", "{beta: {alpha: 1e-9, beta: 1e9}}",
    "{discrete: {values: [1], weights: []}}", "{normal: {mean: 1, sd: 0}}",
]  # fmt: skip
VALUE = re.compile(r"(?<=: )[^\s{}\[\],][^{}\[\],\n]*")
KEY = re.compile(r"[A-Za-z_0-9-]+(?=:)")


def mutated(text: str, rng: random.Random) -> str:
    """Return the text after one to three changes of the kind that people and editors make."""
    for _ in range(rng.randint(1, 3)):
        lines = text.splitlines(keepends=True)
        kind, n = rng.randrange(8), rng.randrange(len(lines))
        values, keys = list(VALUE.finditer(text)), list(KEY.finditer(text))
        if kind <= 2 and values:
            spot = rng.choice(values)
            text = text[: spot.start()] + rng.choice(SCALARS) + text[spot.end() :]
        elif kind == 3 and keys:
            spot = rng.choice(keys)
            text = text[: spot.start()] + rng.choice([k[0] for k in keys]) + text[spot.end() :]
        elif kind == 4 and keys:
            spot = rng.choice(keys)
            at = rng.randrange(len(spot[0]))
            text = text[: spot.start() + at] + text[spot.start() + at + 1 :]
        elif kind == 5:
            text = "".join(lines[:n] + lines[n + 1 :])
        elif kind == 6:
            text = "".join([*lines[:n], lines[n], *lines[n:]])
        else:
            at = rng.randrange(len(text))
            text = text[:at] + rng.choice(list("{}[]:,-#&*!|>'\"%@ \n\t0")) + text[at + 1 :]
    return text


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
@pytest.mark.parametrize("seed", range(6))
def test_no_change_of_a_good_file_leads_to_a_traceback(path: Path, seed: int, tmp_path: Path) -> None:
    """Protects every user: whatever was written, it is read or refused by a ScenarioError with marks."""
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    good = path.read_text(encoding="utf-8")
    file = tmp_path / "mutant.yaml"
    refused = 0
    for _ in range(25):
        file.write_text(mutated(good, rng), encoding="utf-8")
        found = complaints_of(file)
        refused += any(not complaint.code.startswith("BP3") for complaint in found)
        assert len(found) <= 10 * MAX_COMPLAINTS
        assert all(complaint.mark for complaint in found)
        assert not any(JARGON.search(f"{c.what}; {c.remedy}") for c in found), found
    assert refused > 10
