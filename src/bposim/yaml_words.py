"""What the YAML parser says when it stops, in our words and with what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bposim.errors import Complaint, Mark

if TYPE_CHECKING:
    from ruamel.yaml.error import MarkedYAMLError

_INDENT = "give all keys of one mapping the same indentation"
_QUOTE = "put the whole value in quotes"
_CLOSE = "close it, add a comma, or put text with brackets in quotes"
_SYNTAX = [
    (r"character '\\t'", "a tab stands where YAML wants spaces", "indent with spaces"),
    (r"character '(.)' that cannot start", 'a value cannot start with "{0}"', _QUOTE),
    (
        r"mapping values are not allowed",
        'a second ": " in this line, or a slip of indentation or colon above',
        _INDENT,
    ),
    (
        r"sequence entries are not allowed",
        'a list cannot start on the line of its key with "- "',
        "use a new line",
    ),
    (r"could not find expected ':'", "a key without a colon", 'write "key: value"'),
    (
        r"quoted scalar.*(end of stream|document separator)",
        "the quote that opens here is never closed",
        "close it",
    ),
    (r"unknown escape character '(.)'", 'there is no escape "\\{0}" in double quotes', "use single quotes"),
    (r"(found|got) '<stream end>'", "the bracket opened in line {line} is never closed", _CLOSE),
    (r"expected ',' or '.'", "the bracket opened in line {line} is not closed before this", _CLOSE),
    (r"expected the node content, but found '(.*)'", 'a value is missing before "{0}"', "write it"),
    (
        r"expected <block end>, but found '[]},]'",
        "a closing bracket or comma without an opening one",
        "remove it",
    ),
    (r"expected <block end>, but found '<scalar>'", "text after the end of a value", _QUOTE),
    (r"expected <block end>", "this line is indented differently from its neighbours", _INDENT),
    (r"expected '<document start>'", "text after the end of the document", "remove it"),
    (r"scanning a block scalar", 'more than text follows this "|" or ">"', "start the text on a new line"),
    (r"scanning a directive", 'a line cannot start with "%"', _QUOTE),
    (r"scanning a double-quoted scalar", "an escape in double quotes is incomplete", "use single quotes"),
    (r"tag\b", '"!" starts a tag, and tags are not read', _QUOTE),
    (r"scanning an? (anchor|alias)", 'the sign "&" or "*" starts an anchor or alias', _QUOTE),
]
"""The parser's words (a pattern over its context and problem), ours, and what to do."""


def syntax_complaint(error: MarkedYAMLError, file: str) -> Complaint:
    """Return what the parser says in our words, at the place that can be mended."""
    said = f"{error.context or ''}: {error.problem or ''}"
    place = error.problem_mark or error.context_mark
    if "quoted scalar" in said and "unexpected end" in said:
        place = error.context_mark  # the end of the file says nothing about where the quote was opened
    mark = Mark(file, place.line + 1, place.column + 1) if place else Mark(file, 1, 1)
    for pattern, what, remedy in _SYNTAX:
        if found := re.search(pattern, said):
            opened = error.context_mark.line + 1 if error.context_mark else mark.line
            return Complaint("BP102", "", what.format(*found.groups(), line=opened), remedy, mark)
    return Complaint("BP102", "", said.strip(": "), "correct the YAML at this place", mark)
