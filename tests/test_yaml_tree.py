"""A scenario file becomes a tree that knows its places, and hostile or careless files are refused at once."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bposim.errors import Complaint, Mark, ScenarioError
from bposim.tree import List, Map, Text
from bposim.yaml_tree import MAX_BYTES, MAX_COMPLAINTS, MAX_DEPTH, MAX_NODES, load_tree, read_node, read_tree

if TYPE_CHECKING:
    from pathlib import Path


def _complaints(text: str | bytes) -> tuple[Complaint, ...]:
    with pytest.raises(ScenarioError) as caught:
        read_tree(text, "f.yaml")
    return caught.value.complaints


def _the_complaint(text: str | bytes) -> Complaint:
    (complaint,) = _complaints(text)
    return complaint


def test_places_and_origins() -> None:
    """Protects file:line:column of every key and value, and the path at which a mapping was written."""
    tree = read_tree(
        "alternatives:\n  manila:\n    legs:\n      - vendor:\n          price: {low: 3%}\n", "s.yaml"
    )
    legs = tree["alternatives"]["manila"]["legs"]  # type: ignore[index,call-overload]
    price = legs[0]["vendor"]["price"]
    assert isinstance(legs, List)
    assert isinstance(price, Map)
    assert legs.mark == Mark("s.yaml", 4, 7)
    assert legs[0].origin == "alternatives.manila.legs[0]"
    assert price.origin == "alternatives.manila.legs[0].vendor.price"
    assert price.mark == Mark("s.yaml", 5, 18)
    assert price.key_marks == {"low": Mark("s.yaml", 5, 19)}
    assert isinstance(price["low"], Text)
    assert (price["low"], price["low"].mark, price["low"].plain) == ("3%", Mark("s.yaml", 5, 24), True)
    assert tree.origin == ""
    assert str(tree.key_marks["alternatives"]) == "s.yaml:1:1"


@pytest.mark.parametrize(
    "text", ["NO", "on", "12:30", "1e6", "010", "~", "2027-01", "0x1F", "=", ".inf", "1_000"]
)
def test_scalars_stay_text(text: str) -> None:
    """Protects Norway: no scalar becomes a truth value, a date or a number while the file is read."""
    assert read_tree(f"a: {text}", "f") == {"a": text}


@pytest.mark.parametrize(("written", "text", "plain"), [
    ("0.4", "0.4", True),
    ('"0.4"', "0.4", False),
    ("'0.4'", "0.4", False),
    ("|\n  0.4\n", "0.4\n", False),
    (">\n  0.4\n", "0.4\n", False),
    ("", "", True),
    ('""', "", False),
])  # fmt: skip
def test_plain_or_quoted(written: str, text: str, plain: bool) -> None:
    """Protects the difference between 0.4 and "0.4", and between an empty value and an empty text."""
    value = read_tree(f"a: {written}", "f")["a"]
    assert isinstance(value, Text)
    assert (text, plain) == (str(value), value.plain)


def test_empty_value_is_placed_at_its_key() -> None:
    """Protects the place of "the value is missing": the parser itself names the next line."""
    value = read_tree("a:\n  b:\nc: 1\n", "f")["a"]["b"]  # type: ignore[index,call-overload]
    assert value.mark == Mark("f", 2, 3)


def test_byte_order_mark_and_line_ends() -> None:
    """Protects files written by editors on Windows."""
    tree = read_tree(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", "f")
    assert tree == {"a": "1", "b": "2"}
    assert tree.key_marks == {"a": Mark("f", 1, 1), "b": Mark("f", 2, 1)}


def test_alias_is_the_node_of_its_anchor() -> None:
    """Protects sharing by alias: same content, and the origin of the place where it was written."""
    tree = read_tree("a: &x {b: 1}\nc: *x\nd: &y 5\ne: *y\n", "f")
    assert tree["c"] is tree["a"]
    assert tree["c"].origin == "a"  # type: ignore[union-attr]
    assert tree["e"] == "5"


def test_a_value_alone() -> None:
    """Protects --set: one value of any shape, told where it will stand."""
    node = read_node("{low: 1, likely: [2]}", "--set", origin="x.price")
    assert isinstance(node, Map)
    assert node.origin == "x.price"
    assert read_node("40%", "--set") == "40%"
    assert read_node("", "--set") == ""


BROKEN = {
    # text: code, line, column, part of what is said
    "a:\n\tb: 1": ("BP102", 2, 1, "a tab stands"),
    "a: 1\n\tb: 2": ("BP102", 2, 1, "a tab stands"),
    "a: @x": ("BP102", 1, 4, 'cannot start with "@"'),
    "a: %5": ("BP102", 1, 4, 'cannot start with "%"'),
    "a: b: c": ("BP102", 1, 5, 'a second ": "'),
    "a: 1\n b: 2": ("BP102", 2, 3, "a slip of indentation"),
    "a: [1, 2\nb: 3": ("BP102", 2, 2, "bracket opened in line 1"),
    "a: 1\nb: {x: 1": ("BP102", 2, 9, "bracket opened in line 2 is never closed"),
    'a: 1\nb: "x\nc: 1': ("BP102", 2, 4, "quote that opens here"),
    "a:\n  - b\n c: 1": ("BP102", 3, 2, "indented differently"),
    "a: [b]]": ("BP102", 1, 7, "without an opening one"),
    'a: "x" y': ("BP102", 1, 8, "text after the end of a value"),
    "{a: 1} x": ("BP102", 1, 8, "after the end of the document"),
    'a: "C:\\q"': ("BP102", 1, 8, 'no escape "\\q"'),
    'a: "\\UFFFFFFFF"': ("BP102", 1, 1, "a character that does not exist"),
    'a: "\\U00110000"': ("BP102", 1, 1, "a character that does not exist"),
    "a: - b": ("BP102", 1, 4, "a list cannot start"),
    "a: }": ("BP102", 1, 4, 'a value is missing before "}"'),
    "a: | x": ("BP102", 1, 6, "follows this"),
    "a: &": ("BP102", 1, 5, "starts an anchor"),
    "a: !<x": ("BP102", 1, 7, "tags are not read"),
    "%YAML": ("BP102", 1, 6, 'cannot start with "%"'),
    "a: *y": ("BP102", 1, 4, "no anchor &y"),
    "a: 1\nb: 2\na: 3": ("BP103", 3, 1, '"a" stands already in line 1'),
    "a: !!str 5": ("BP108", 1, 4, "tags"),
    "a: ! 5": ("BP108", 1, 4, "tags"),
    "!!map {a: 1}": ("BP108", 1, 1, "tags"),
    "a: !!python/object/apply:os.system [ls]": ("BP108", 1, 4, "tags"),
    "a: &x {b: 1}\nc:\n  <<: *x": ("BP108", 3, 3, "merge keys"),
    "%YAML 1.1\n---\na: 1": ("BP108", 2, 1, "directives"),
    "%TAG ! x\n---\na: 1": ("BP108", 2, 1, "directives"),
    "a: 1\n---\nb: 2": ("BP108", 2, 1, "second document"),
    "? [a, b]\n: 1": ("BP108", 1, 3, "a key must be a word"),
    "{{a: 1}: 2}": ("BP108", 1, 2, "a key must be a word"),
    "a: &x 1\n*x : 2": ("BP108", 2, 1, "a key must be a word"),
    ": 5": ("BP108", 1, 1, "no key before this colon"),
    "a: &x {b: *x}": ("BP108", 1, 11, "inside its own anchor"),
    'a: "\\e[31m"': ("BP108", 1, 4, "U+001B"),
    "": ("BP106", 1, 1, "empty"),
    "# only words\n": ("BP106", 1, 1, "empty"),
    "- a": ("BP106", 1, 1, "a list"),
    "just text": ("BP106", 1, 1, "a single text"),
    "a: x\x00y": ("BP101", 1, 5, "U+0000"),
    "a: 1\nb: \x1b[31m": ("BP101", 2, 4, "U+001B"),
}


@pytest.mark.parametrize(("text", "expected"), BROKEN.items(), ids=repr)
def test_broken_file_is_located(text: str, expected: tuple[str, int, int, str]) -> None:
    """Protects code, line, column and plain words for each way of breaking a file."""
    code, line, column, said = expected
    complaint = _the_complaint(text)
    assert (code, Mark("f.yaml", line, column)) == (complaint.code, complaint.mark)
    assert said in complaint.what
    assert complaint.remedy


@pytest.mark.parametrize(("data", "place", "said"), [
    ("a: 1".encode("utf-16"), (1, 1), "UTF-16"),
    ("a: 1".encode("utf-16-le"), (1, 1), "UTF-16"),
    ("a: 1".encode("utf-16-be"), (1, 1), "UTF-16"),
    ("a: 1".encode("utf-32"), (1, 1), "UTF-32"),
    (b"PK\x03\x04\x00\x00\x00\x08", (1, 1), "binary"),
    ("a: 1\nb: Krak\u00f3w".encode("latin-1"), (2, 8), "byte 0xf3 is not UTF-8"),
    (b"a: \xed\xa0\x80", (1, 4), "is not UTF-8"),
], ids=repr)  # fmt: skip
def test_bytes_that_are_not_utf8(data: bytes, place: tuple[int, int], said: str) -> None:
    """Protects against guessing an encoding; the message says what to save as."""
    complaint = _the_complaint(data)
    assert complaint.code == "BP101"
    assert complaint.mark == Mark("f.yaml", *place)
    assert said in complaint.what


def test_all_complaints_at_once() -> None:
    """Protects the promise of one pass: what can be found before a syntax error is told with it."""
    found = _complaints("a: 1\nb: {c: 1, c: 2}\na: !x 2\n<<: {}\nd: [")
    assert [(complaint.code, complaint.mark.line) for complaint in found if complaint.mark] == [
        ("BP103", 2),
        ("BP103", 3),
        ("BP108", 3),
        ("BP108", 4),
        ("BP102", 5),
    ]
    assert [complaint.path for complaint in found[:2]] == ["b.c", "a"]


def test_refused_entries_do_not_shift_their_neighbours() -> None:
    """Protects the pairing of keys and values after an entry that is refused: no complaint is a mere echo."""
    assert [c.mark.line for c in _complaints("? {a: [1]}\n: {b: 2}\n? *x\n: 3\nc: 4\nc: 5\n") if c.mark] == [
        1,
        3,
        3,
        6,
    ]


@pytest.mark.parametrize(("text", "path", "remedy"), [
    ("{x: {low: 0,40, high: 1}}", "x.low", "write 0.40"),
    ("{x: {low: 1, high: 1,5%}}", "x.high", "write 1.5%"),
    ("{x: {amount: 1,250k}}", "x.amount", "write 1_250k or 1250k"),
    ("{x: [45,000, 3]}", "x[0]", "write 45_000 or 45000"),
])  # fmt: skip
def test_decimal_comma_in_a_flow_mapping(text: str, path: str, remedy: str) -> None:
    """Protects against {low: 0,40}, which YAML silently reads as low: 0 and a key "40"."""
    complaint = _the_complaint(text)
    assert ("BP107", path, remedy) == (complaint.code, complaint.path, complaint.remedy)


@pytest.mark.parametrize(("text", "number"), [
    ("{x: {low: 45,000, high: 60,000}}", "45,000"),
    ("{x: {low: 1,234,567.50}}", "1,234,567.50"),
    ("{x: {low: 45,000 PHP}}", "45,000 PHP"),
    ("{x: {low: PHP 45,000, high: 3}}", "PHP 45,000"),
])  # fmt: skip
def test_thousands_in_a_flow_mapping(text: str, number: str) -> None:
    """Protects amounts as people write them: YAML parts {low: 45,000} into low: 45 and a key "000"."""
    inner = read_tree(text, "f")["x"]
    assert isinstance(inner, dict)
    assert number == inner["low"]
    assert set(inner) <= {"low", "high"}


def test_lists_are_not_put_together() -> None:
    """Protects [100,200]: only a group that begins with 0 can be no entry of its own."""
    assert read_tree("{x: [100,200, 45, 000]}", "f")["x"] == ["100", "200", "45", "000"]


def test_numbers_as_keys_are_no_decimal_comma() -> None:
    """Protects honest keys made of digits, and lists of words in braces."""
    assert read_tree("{a: {1: x, 2: y}, b: {c, d}}", "f") == {
        "a": {"1": "x", "2": "y"},
        "b": {"c": "", "d": ""},
    }


def _nested(depth: int) -> str:
    return "a: " + "[" * (depth - 1) + "]" * (depth - 1)


def test_limits_are_where_they_are_said_to_be() -> None:
    """Protects honest files: exactly at each limit a file is still read, one step beyond it is not."""
    assert read_tree(_nested(MAX_DEPTH), "f")
    assert _the_complaint(_nested(MAX_DEPTH + 1)).code == "BP108"
    comment = "#" + "x" * (MAX_BYTES - len("#\na: 1"))
    assert read_tree(f"{comment}\na: 1", "f") == {"a": "1"}
    assert _the_complaint(f"{comment}x\na: 1").code == "BP108"
    hundred = "a: &a [" + "1," * 99 + "]\n"  # one list and 99 entries; with the root and two keys below
    copies = (MAX_NODES - 103) // 100
    assert read_tree(f"{hundred}b: [{'*a,' * copies}]", "f")
    assert _the_complaint(f"{hundred}b: [{'*a,' * (copies + 1)}]").code == "BP108"


LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12))
BOMBS = {
    "brackets": "[" * 3000,
    "braces": "{a: " * 3000,
    "mixed": "[a, " * 3000,
    "million brackets": "[" * 900_000,
    "block": "".join(" " * i + "a:\n" for i in range(1200)),
    "dashes": "- " * 3000,
    "keys": "? " * 3000,
    "laughs": LAUGHS,
    "ladder": "a0: &a0 {x: 1}\n" + "".join(f"a{i}: &a{i} {{y: *a{i - 1}}}\n" for i in range(1, 3000)),
    "duplicates": "a: 1\n" * 50_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_at_once(name: str) -> None:
    """Protects the machine: depth, aliases and floods of mistakes end before they cost time or memory."""
    start = time.process_time()
    found = _complaints(BOMBS[name])
    assert time.process_time() - start < 1.0  # a few milliseconds on an idle machine
    assert {complaint.code for complaint in found} <= {"BP103", "BP108"}
    assert len(found) <= MAX_COMPLAINTS


def test_load(tmp_path: Path) -> None:
    """Protects the file's name in marks: as the user gave it."""
    path = tmp_path / "s.yaml"
    path.write_bytes(b"a: 1\n")
    assert load_tree(path).key_marks == {"a": Mark(str(path), 1, 1)}
    assert load_tree(str(path)) == {"a": "1"}


def test_load_refuses_what_is_not_there(tmp_path: Path) -> None:
    """Protects against tracebacks for a wrong path; a near miss is named."""
    (tmp_path / "support.yaml").write_bytes(b"a: 1\n")
    cases = {
        tmp_path / "suport.yaml": "support.yaml",
        tmp_path / "no" / "x.yaml": "check the path",
        tmp_path: "inside it",
        tmp_path / "a\0b": "check the path",
        tmp_path / "support.yaml" / "x": "check the path",
    }
    for path, remedy in cases.items():
        with pytest.raises(ScenarioError) as caught:
            load_tree(path)
        (complaint,) = caught.value.complaints
        assert complaint.code == "BP101"
        assert remedy in complaint.remedy


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="permissions bind neither root nor Windows"
)
def test_load_without_permission(tmp_path: Path) -> None:
    """Protects the message for a file of somebody else's."""
    path = tmp_path / "s.yaml"
    path.write_bytes(b"a: 1\n")
    path.chmod(0)
    with pytest.raises(ScenarioError, match="BP101 the file may not be read"):
        load_tree(path)


def test_load_stops_at_the_limit(tmp_path: Path) -> None:
    """Protects memory: a file of any size is read no further than one byte past the limit."""
    path = tmp_path / "s.yaml"
    with path.open("wb") as stream:
        stream.truncate(1 << 31)  # sparse: no disk is used
    with pytest.raises(ScenarioError, match="BP108 the file is larger than 1 MB"):
        load_tree(path)


PIECES = [
    *":-[]{},&*!|>%@`\"'#?\n\t \\~",
    "a",
    "b: ",
    "- ",
    "<<: ",
    "&a ",
    "*a ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "\\U",
]


@settings(deadline=None)  # a shared machine may pause
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.binary(max_size=40))
def test_any_file_is_read_or_refused(text: str | bytes) -> None:
    """Protects against a traceback, whatever the file holds; each complaint has place, words and remedy."""
    tree, found = None, ()
    try:
        tree = read_tree(text, "f")
    except ScenarioError as error:
        found = error.complaints
    assert isinstance(tree, Map) != bool(found)
    for complaint in found:
        assert complaint.mark
        assert complaint.what
        assert complaint.remedy
        assert str(complaint).isprintable()
