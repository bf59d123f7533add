"""Changes to the text of a YAML file that leave everything else as it is, to the byte.

A file is not dumped again: what stands where is taken from the parser's events, and only the characters of
a changed value are exchanged.  Comments, order, quotes, anchors and line breaks therefore stay.  Whether the
result says what was meant is for the caller to check, by reading it.
"""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from bposim.quantities import is_grouped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bposim.tree import Steps

WIDTH = 115
"""Columns to which folded text is filled; a line of text in quotes may be longer."""

_ANCHOR = re.compile(r"&\S+\s+")
_PLAIN = re.compile(r"[^\W\d_][\w ./()+-]*(?<! )|[0-9]{4}-[0-9]{2}")
_NOT_PLAIN = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


@dataclass(slots=True)
class Spot:
    """A node and the characters that it takes, ``text[start:end]``."""

    kind: str
    """scalar, mapping, list or alias."""
    start: int
    end: int = 0
    flow: bool = False
    block_text: bool = False
    """Whether it is a scalar after | or >."""
    column: int = 0
    keys: list[tuple[str, int]] = field(default_factory=list)
    """Keys of a mapping in the order of the file, and where each starts."""
    inside: list[Spot] = field(default_factory=list)
    """Values of a mapping or list, in order."""

    def pairs(self) -> Iterator[tuple[str, int, Spot]]:
        """Yield key, start of the key and value of each entry of a mapping."""
        for (key, start), value in zip(self.keys, self.inside, strict=True):
            yield key, start, value

    def below(self, step: str | int) -> Spot | None:
        """Return the node one step below; None where there is none."""
        if self.kind == "mapping":
            return next((value for key, _, value in self.pairs() if key == str(step)), None)
        if self.kind == "list" and isinstance(step, int) and step < len(self.inside):
            return self.inside[step]
        return None

    def at(self, steps: Steps) -> Spot | None:
        """Return the node at the end of the steps; None where there is none."""
        spot: Spot | None = self
        for step in steps:
            spot = spot.below(step) if spot else None
        return spot

    def way_to(self, offset: int) -> Steps:
        """Return the steps to the innermost entry that an offset lies in; a key belongs to its value."""
        entries: list[tuple[str | int, int, Spot]] = (
            list(self.pairs())
            if self.kind == "mapping"
            else [(number, value.start, value) for number, value in enumerate(self.inside)]
        )
        for step, start, value in reversed(entries):
            if start <= offset:
                return (step, *value.way_to(offset)) if offset <= value.end else ()
        return ()


def spots(text: str) -> Spot:
    """Return where everything stands in a text that :func:`bposim.yaml_tree.read_tree` has accepted."""
    stack: list[Spot] = []
    root = Spot("mapping", 0)

    def place(spot: Spot) -> None:
        if stack and not _completes(text, stack[-1], spot):
            stack[-1].inside.append(spot)

    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, CollectionEndEvent):
            spot = stack.pop()
            last = spot.inside[-1].end if spot.inside else event.end_mark.index
            spot.end = event.end_mark.index if spot.flow else last
            place(spot)
            root = spot
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            kind = "mapping" if isinstance(event, MappingStartEvent) else "list"
            start = _behind_anchor(text, event.start_mark.index, event)
            stack.append(Spot(kind, start, flow=bool(event.flow_style), column=event.start_mark.column))
        elif isinstance(event, ScalarEvent | AliasEvent):
            parent = stack[-1] if stack else None
            if parent and parent.kind == "mapping" and len(parent.keys) == len(parent.inside):
                parent.keys.append((str(event.value), event.start_mark.index))  # type: ignore[union-attr]
            else:
                place(_leaf(text, event))
    return root


def _completes(text: str, parent: Spot, empty: Spot) -> bool:
    """Put ``{pay: 45,000}`` together again, which YAML parts into ``pay: 45`` and an empty ``000:``."""
    if not (parent.kind == "mapping" and parent.flow and parent.inside and empty.start == empty.end):
        return False
    (key, start), before = parent.keys[-1], parent.inside[-1]
    if start != before.end + 1 or not is_grouped(f"{text[before.start : before.end]},{key}"):
        return False
    parent.keys.pop()
    before.end = start + len(key)
    return True


def _leaf(text: str, event: Any) -> Spot:  # noqa: ANN401 - ruamel's events are untyped
    if isinstance(event, AliasEvent):
        return Spot("alias", event.start_mark.index, event.end_mark.index)
    start = _behind_anchor(text, event.start_mark.index, event)
    is_block = event.style in {"|", ">"}
    end = _block_end(text, start) if is_block else event.end_mark.index
    return Spot("scalar", start, end, block_text=is_block)


def _behind_anchor(text: str, start: int, event: Any) -> int:  # noqa: ANN401 - as above
    found = _ANCHOR.match(text, start) if event.anchor else None
    return found.end() if found else start


def _block_end(text: str, start: int) -> int:
    """Return the end of the last line of a block scalar; the parser's own end takes comments below it in."""
    line_end = text.find("\n", start)
    if line_end < 0:
        return len(text)
    end, position, indent = line_end, line_end + 1, None
    while position < len(text):
        stop = text.find("\n", position)
        stop = len(text) if stop < 0 else stop
        line = text[position:stop].rstrip()
        if line:
            here = len(line) - len(line.lstrip(" "))
            indent = here if indent is None else indent
            if here < indent or here == 0:
                break
            end = position + len(line)
        position = stop + 1
    return end


# --- Changes ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """New text for a stretch of the old one."""

    start: int
    end: int
    text: str


def changed(text: str, changes: Sequence[Change]) -> str:
    """Return the text with the changes, none of which overlap."""
    for change in sorted(changes, key=lambda change: (change.start, change.end), reverse=True):
        text = text[: change.start] + change.text + text[change.end :]
    return text


def quoted(words: str) -> str:
    """Return words as a YAML scalar: plain where any YAML reader takes them for text, else in quotes."""
    if _PLAIN.fullmatch(words) and words.lower() not in _NOT_PLAIN:
        return words
    return json.dumps(words, ensure_ascii=False)


def replaced_text(text: str, spot: Spot, words: str) -> Change:
    """Return the change of a scalar to other words; a folded block stays one where it can."""
    if (
        not spot.block_text
        or "\n" in words
        or "  " in words
        or words != words.strip()
        or words[:1] in {"", "#"}
    ):
        return Change(spot.start, spot.end, quoted(words))
    first = text.find("\n", spot.start) + 1
    line = text[first : spot.end].partition("\n")[0]
    indent = line[: len(line) - len(line.lstrip(" "))]
    filled = textwrap.wrap(words, WIDTH - len(indent), break_long_words=False, break_on_hyphens=False)
    break_ = _line_break(text)
    return Change(spot.start, spot.end, break_.join([">-", *(indent + each for each in filled)]))


def rewritten(
    text: str,
    spot: Spot,
    removed: Sequence[str],
    added: Mapping[str, str],
    *,
    after: str | None = None,
) -> list[Change]:
    """Return the changes that take keys out of a mapping and put others in, as ``key: text``.

    New keys stand where the first removed one stood, else behind the key ``after``, else before the first.
    """
    pairs = list(spot.pairs())
    gone = [number for number, (key, _, _) in enumerate(pairs) if key in removed]
    new = [f"{key}: {value}" for key, value in added.items()]
    changes: list[Change] = []
    if new and gone:
        key_start, end = pairs[gone[0]][1], pairs[gone[0]][2].end
        changes.append(Change(key_start, end, _joined(text, spot, key_start, new)))
        gone = gone[1:]
    elif new:
        changes.append(_inserted(text, spot, new, after))
    if spot.flow:
        return changes + [_cut_flow(pairs, number, gone) for number in gone]
    return changes + [_cut_block(text, pairs, number) for number in gone]


def _joined(text: str, spot: Spot, key_start: int, new: Sequence[str]) -> str:
    if spot.flow:
        return ", ".join(new)
    return f"{_line_break(text)}{' ' * _column(text, key_start)}".join(new)


def _inserted(text: str, spot: Spot, new: Sequence[str], after: str | None) -> Change:
    pairs = list(spot.pairs())
    place = next((pair for pair in pairs if pair[0] == after), None)
    first_key = pairs[0][1]
    joined = _joined(text, spot, first_key, new)
    if place is None:
        between = ", " if spot.flow else f"{_line_break(text)}{' ' * _column(text, first_key)}"
        return Change(first_key, first_key, joined + between)
    if spot.flow:
        return Change(place[2].end, place[2].end, f", {joined}")
    end = _line_end(text, place[2].end)
    return Change(end, end, f"{_line_break(text)}{' ' * _column(text, first_key)}{joined}")


def _cut_flow(pairs: Sequence[tuple[str, int, Spot]], number: int, gone: Sequence[int]) -> Change:
    """Take an entry out of {…}, with the comma before it, or behind it where it is the first that stays."""
    kept_before = any(earlier not in gone for earlier in range(number))
    if kept_before:
        return Change(pairs[number - 1][2].end, pairs[number][2].end, "")
    return Change(pairs[number][1], pairs[number + 1][1], "")


def _cut_block(text: str, pairs: Sequence[tuple[str, int, Spot]], number: int) -> Change:
    """Take the lines of an entry out; a comment behind it stays, on a line of its own."""
    start, end = pairs[number][1], pairs[number][2].end
    line_start = text.rfind("\n", 0, start) + 1
    if text[line_start:start].strip():  # behind a dash: the next entry takes its place
        return Change(start, pairs[number + 1][1], "")
    line_end = _line_end(text, end)
    if text[end:line_end].strip():
        return Change(start, end + len(text[end:line_end]) - len(text[end:line_end].lstrip()), "")
    return Change(line_start, min(text.find("\n", line_end) + 1 or len(text), len(text)), "")


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == "\r" and end > position else end


def _column(text: str, position: int) -> int:
    return position - (text.rfind("\n", 0, position) + 1)


def _line_break(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
