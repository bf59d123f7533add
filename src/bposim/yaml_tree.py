"""A YAML file as a tree of located nodes, read with suspicion.

The tree is built from the parser's *events*, without recursion and without YAML's own idea of types: every
scalar is the text that was written, so ``NO`` is Norway and ``12:30`` half past twelve.  Lines and columns
count from 1.  An empty value (``key:``) is ``Text("")``, plain, at the place of its key; whoever reads that
value says that it is missing.

Refused, since a scenario needs none of it and each can mislead a reader or exhaust a machine: explicit tags,
merge keys, directives, several documents, keys that are not text, and whatever passes the limits below.
Aliases are read within the same limits; an alias gives the very node of its anchor.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from bposim.errors import Complaint, Mark, ScenarioError
from bposim.quantities import is_grouped, read_number
from bposim.tree import List, Map, Text
from bposim.yaml_words import syntax_complaint

if TYPE_CHECKING:
    from bposim.tree import Node

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
"""Mappings and lists inside one another, the outermost included."""

MAX_NODES = 200_000
"""Keys and values, with every alias counted at its full size."""

MAX_COMPLAINTS = 100
"""Reading stops here: nobody mends more in one go."""

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\U0010ffff]")
_BRACKETS_IN_A_ROW = re.compile(rf"(?:[\[{{]\s*){{{MAX_DEPTH + 1}}}")
_REST_OF_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?( ?(k|M|bn|%|[A-Z]{3}))?")
_THOUSANDS = re.compile(r"0[0-9]{2}(\.[0-9]+)?")
_UTF16_OR_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


def close_name(path: str | Path) -> Path | None:
    """Return what lies in the same folder under nearly the same name, or None."""
    folder = Path(path).parent
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    close = difflib.get_close_matches(Path(path).name, names, n=1)
    return folder / close[0] if close else None


def load_tree(path: str | Path) -> Map:
    """Read a scenario file; its marks name ``path`` as it was given."""
    return read_tree(content_of(path), str(path))


def content_of(path: str | Path) -> bytes:
    """Return what a scenario file holds, one byte more than allowed at most; ScenarioError if it cannot."""
    place = Mark(str(path), 1, 1)
    try:
        with Path(path).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        close = close_name(path)
        remedy = f'did you mean "{close}"?' if close else "check the path"
        _refuse("BP101", place, "there is no such file", remedy)
    except IsADirectoryError:
        _refuse("BP101", place, "this is a folder", "name a scenario file inside it")
    except PermissionError:
        _refuse("BP101", place, "the file may not be read by this user", "change its permissions")
    except (OSError, ValueError) as error:
        _refuse("BP101", place, f"the file cannot be read ({error})", "check the path and the disk")


def read_tree(text: bytes | str, file: str) -> Map:
    """Read a whole scenario, which must be a mapping.

    Raises:
        ScenarioError: with every complaint about the form of the file that can be found in one pass.
    """
    root = read_node(text, file)
    if isinstance(root, Map):
        return root
    if isinstance(root, List):
        what = "the file is a list"
    else:
        what = "the file is a single text" if root else "the file is empty"
    return _refuse("BP106", root.mark, what, 'write keys and values, such as "schema_version: 1"')


def read_node(text: bytes | str, file: str, origin: str = "") -> Node:
    """Read one YAML document of any shape; ``origin`` is the dotted path at which it will stand."""
    return _Reading(file, origin).read(_decoded(text, file))


def has_unprintable(text: str) -> bool:
    """Tell whether a text has a character that a scenario file cannot hold."""
    return bool(_UNPRINTABLE.search(text))


def _decoded(text: bytes | str, file: str) -> str:
    """Give the file's characters, or refuse what no editor of text would write."""
    if len(text) > MAX_BYTES:
        what = f"the file is larger than {MAX_BYTES // 1_000_000} MB"
        _refuse("BP108", Mark(file, 1, 1), what, "put data into CSV files")
    if isinstance(text, bytes):
        text = _from_utf8(text, file)
    text = text.removeprefix("\ufeff")
    if odd := _UNPRINTABLE.search(text):
        what = f"the character U+{ord(odd[0]):04X} does not belong in a text file"
        _refuse("BP101", _mark_at(text[: odd.start()], file), what, "remove it")
    if deep := _BRACKETS_IN_A_ROW.search(text):  # the parser itself takes a quarter of a second over these
        _refuse("BP108", _mark_at(text[: deep.start()], file), *_TOO_DEEP)
    return text


def _from_utf8(data: bytes, file: str) -> str:
    start = Mark(file, 1, 1)
    if data.startswith(_UTF16_OR_32) or re.match(rb"[^\0]\0[^\0]\0|\0[^\0]\0[^\0]", data):
        _refuse("BP101", start, "the file is in UTF-16 or UTF-32", "save it as UTF-8")
    if b"\0" in data:
        _refuse("BP101", start, "the file is binary", "name a text file in YAML")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = _mark_at(data[: error.start].decode("utf-8"), file)
        _refuse("BP101", place, f"byte 0x{data[error.start]:02x} is not UTF-8", "save the file as UTF-8")


@dataclass(slots=True)
class _Extent:
    """How much a node holds with everything in it; ``node`` is None while it is still being read."""

    node: Node | None
    size: int = 1
    height: int = 0


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    node: Map | List
    path: str
    extent: _Extent
    flow: bool
    is_key: bool
    key: str | None = None
    key_mark: Mark | None = None
    last_key: str = ""

    def wants_key(self) -> bool:
        return isinstance(self.node, Map) and self.key_mark is None

    def child_path(self) -> str:
        if isinstance(self.node, List):
            return f"{self.path}[{len(self.node)}]"
        return f"{self.path}.{self.key}" if self.path else str(self.key)


class _Reading:
    """One pass over the events of one document."""

    def __init__(self, file: str, origin: str) -> None:
        self.file = file
        self.origin = origin
        self.complaints: list[Complaint] = []
        self.stack: list[_Open] = []
        self.anchors: dict[str, _Extent] = {}
        self.nodes = 0
        self.documents = 0
        self.last_mark = Mark(file, 1, 1)
        self.root: Node = Text("", self.last_mark)

    def read(self, text: str) -> Node:
        try:
            for event in YAML(typ="safe", pure=True).parse(text):
                self.take(event)
        except MarkedYAMLError as error:
            self.complaints.append(syntax_complaint(error, self.file))
        except ScenarioError:
            raise
        except (OverflowError, ValueError):  # from chr(), in the parser
            what = "an escape names a character that does not exist"
            self.complaints.append(Complaint("BP102", "", what, "use single quotes", self.last_mark))
        if self.complaints:
            raise ScenarioError(self.complaints)
        return self.root

    def take(self, event: Any) -> None:  # noqa: ANN401 - ruamel's events are untyped
        self.last_mark = mark = Mark(self.file, event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, DocumentStartEvent):
            self.start_document(event, mark)
        elif isinstance(event, CollectionEndEvent):
            done = self.stack.pop()
            done.extent.node = done.node
            if not done.is_key:
                self.place(done.extent)
        elif isinstance(event, NodeEvent):
            self.count(1, mark)
            if getattr(event, "ctag", None) is not None:
                self.complain("BP108", mark, "tags (!…) are not read", "remove the tag")
            if isinstance(event, AliasEvent):
                self.alias(event, mark)
            elif isinstance(event, ScalarEvent):
                self.scalar(event, mark)
            elif isinstance(event, MappingStartEvent | SequenceStartEvent):
                self.open(event, mark)

    def start_document(self, event: DocumentStartEvent, mark: Mark) -> None:
        self.documents += 1
        if event.version is not None or event.tags:
            self.complain("BP108", mark, "directives (%YAML, %TAG) are not read", "remove them")
        if self.documents > 1:
            self.complain("BP108", mark, "a second document starts here", "keep one document in a file")
            raise ScenarioError(self.complaints)

    def open(self, event: MappingStartEvent | SequenceStartEvent, mark: Mark) -> None:
        self.check_depth(1, mark)
        path = self.stack[-1].child_path() if self.stack else self.origin
        node = Map(mark=mark, origin=path) if isinstance(event, MappingStartEvent) else List(mark=mark)
        extent = _Extent(None, height=1)
        if event.anchor:
            self.anchors[event.anchor] = extent
        is_key = self.is_refused_as_key(mark)
        self.stack.append(_Open(node, path, extent, flow=bool(event.flow_style), is_key=is_key))

    def alias(self, event: AliasEvent, mark: Mark) -> None:
        extent = self.anchors.get(event.anchor)
        if extent is None:
            remedy = "correct the name, or share with like:"
            self.complain("BP102", mark, f"there is no anchor &{event.anchor} before this alias", remedy)
        elif extent.node is None:
            self.complain("BP108", mark, f"*{event.anchor} stands inside its own anchor", "remove the circle")
        else:
            self.count(extent.size - 1, mark)
            self.check_depth(extent.height, mark)
        if not self.is_refused_as_key(mark):
            self.place(extent if extent and extent.node is not None else _Extent(Text("", mark)))

    def scalar(self, event: ScalarEvent, mark: Mark) -> None:
        parent = self.stack[-1] if self.stack else None
        is_plain = event.style is None
        if is_plain and not event.value and parent and parent.key_mark:
            mark = parent.key_mark  # the parser puts an empty value at the start of the next line
        if odd := _UNPRINTABLE.search(event.value):
            what = f"an escape in this text makes the control character U+{ord(odd[0]):04X}"
            self.complain("BP108", mark, what, "remove it")
        text = Text(event.value, mark, plain=is_plain)
        extent = _Extent(text)
        if event.anchor:
            self.anchors[event.anchor] = extent
        if parent and parent.wants_key():
            parent.extent.size += 1
            self.start_entry(parent, text, mark)
        else:
            self.place(extent)

    def start_entry(self, parent: _Open, text: Text, mark: Mark) -> None:
        """Take a key; ``parent.key`` stays None where it is refused, and the entry is then dropped."""
        parent.key_mark = mark
        key = str(text)
        if key == "<<" and text.plain:
            remedy = "write like: with the path of the mapping to share"
            self.complain("BP108", mark, "merge keys (<<) are not read", remedy)
        elif not key:
            self.complain("BP108", mark, "there is no key before this colon", "write one")
        elif key in parent.node and isinstance(parent.node, Map):
            first = parent.node.key_marks[key].line
            path = f"{parent.path}.{key}" if parent.path else key
            what = f'"{key}" stands already in line {first}'
            self.complain("BP103", mark, what, "keep one of the two", path)
        else:
            parent.key = key

    def is_refused_as_key(self, mark: Mark) -> bool:
        """Whether a collection or an alias stands where a key must."""
        if not (self.stack and self.stack[-1].wants_key()):
            return False
        self.stack[-1].key_mark = mark
        self.complain(
            "BP108", mark, "a key must be a word", 'write "key: value", text with {} or [] in quotes'
        )
        return True

    def place(self, extent: _Extent) -> None:
        """Hand a finished node to the mapping or list around it."""
        node = extent.node
        if node is None:
            return
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        parent.extent.size += extent.size
        parent.extent.height = max(parent.extent.height, extent.height + 1)
        if isinstance(parent.node, List):
            if parent.flow and parent.node:
                self.check_comma(parent, parent.node[-1], node)
            parent.node.append(node)
            return
        key, mark = parent.key, parent.key_mark
        parent.key = parent.key_mark = None
        if key is None or mark is None:
            return
        if node == "" and parent.flow and self.is_rest_of_number(parent, key, mark):
            return
        parent.node[key] = node
        parent.node.key_marks[key] = mark
        parent.last_key = key

    def is_rest_of_number(self, parent: _Open, key: str, mark: Mark) -> bool:
        """Whether a key is what a comma cut off: ``{pay: 45,000}`` is ``pay: 45`` and ``000:`` in YAML.

        A group of thousands is put together again; a decimal comma is a complaint.
        """
        before = parent.node.get(parent.last_key) if isinstance(parent.node, Map) else None
        if not isinstance(before, Text) or not _REST_OF_NUMBER.fullmatch(key):
            return False
        written = f"{before},{key}"
        if is_grouped(written):
            if not _touches(before, mark):
                return False
            parent.node[parent.last_key] = Text(written, before.mark)  # type: ignore[call-overload]
            return True
        try:
            read_number(written)
        except ValueError as error:
            what, _, remedy = str(error).rpartition("; ")
            self.complain("BP107", before.mark, what, remedy, f"{parent.path}.{parent.last_key}".lstrip("."))
        return True

    def check_comma(self, parent: _Open, before: Node, node: Node) -> None:
        """Refuse ``[45,000, 3]``: a list may hold 45 and 500, but never 45 and 000."""
        if not (isinstance(before, Text) and isinstance(node, Text) and node.plain and node.mark):
            return
        if _THOUSANDS.fullmatch(node) and _touches(before, node.mark) and is_grouped(f"{before},{node}"):
            what = f'in a list "{before},{node}" is two entries, {before} and {node}'
            remedy = f"write {before}_{node} or {before}{node}"
            self.complain("BP107", before.mark, what, remedy, f"{parent.path}[{len(parent.node) - 1}]")

    def count(self, nodes: int, mark: Mark) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            what = f"the file holds more than {MAX_NODES} keys and values, aliases counted in full"
            self.complain("BP108", mark, what, "put data into CSV files")
            raise ScenarioError(self.complaints)

    def check_depth(self, levels: int, mark: Mark) -> None:
        if len(self.stack) + levels > MAX_DEPTH:
            self.complain("BP108", mark, *_TOO_DEEP)
            raise ScenarioError(self.complaints)

    def complain(self, code: str, mark: Mark | None, what: str, remedy: str, path: str = "") -> None:
        self.complaints.append(Complaint(code, path, what, remedy, mark))
        if len(self.complaints) >= MAX_COMPLAINTS:
            raise ScenarioError(self.complaints)


_TOO_DEEP = (f"mappings and lists stand more than {MAX_DEPTH} deep in one another", "flatten the file")


def _touches(before: Text, mark: Mark) -> bool:
    """Tell whether a text ends where, behind one comma, the next begins."""
    place = before.mark
    if place is None or not before.plain:
        return False
    return (place.line, place.column + len(before) + 1) == (mark.line, mark.column)


def _mark_at(before: str, file: str) -> Mark:
    """Compute the place that follows the characters ``before``."""
    return Mark(file, before.count("\n") + 1, len(before) - before.rfind("\n"))


def _refuse(code: str, mark: Mark | None, what: str, remedy: str) -> NoReturn:
    raise ScenarioError([Complaint(code, "", what, remedy, mark)])
