"""What is wrong with a file, or doubtful in it, as the page shows it.

Every text of a scenario is shown as text: what would be a picture or a link in markdown is escaped.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from bposim.report.table import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.errors import Complaint, ScenarioError

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")

_OTHER_FILES = frozenset({"BP110", "BP208"})
"""Codes of complaints about files that the scenario names."""

_UNREADABLE = 0.2
"""Part of a line that is no text, from which on it is not shown."""

FEW = 2
"""So many warnings at most are shown without being asked for."""


def plain(text: str) -> str:
    """Return text that markdown shows as it is: without pictures, links, signs or formulas."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(printable(text).split()))


def refused(error: ScenarioError, data: bytes, *, is_moved: bool = False, is_sent: bool = False) -> None:
    """Show every complaint with its line and remedy."""
    count = len(error.complaints)
    things = "1 thing" if count == 1 else f"{count} things"
    st.error(
        "These settings do not fit together; move a slider back."
        if is_moved
        else f"The file cannot be used yet: {things} to mend. Correct it, save it, and open it again."
    )
    lines = data.decode("utf-8", errors="replace").splitlines()
    for complaint in error.complaints:
        mark = complaint.mark
        line = mark.line if mark is not None and not is_moved else 0
        where = f"**Line {line}, column {mark.column}**  \n" if mark is not None and line else ""
        st.markdown(where + _what(complaint))
        if 0 < line <= len(lines) and _is_text(lines[line - 1]):
            st.code(printable(lines[line - 1].strip()), language=None)
        st.caption(plain(f"What to do: {complaint.remedy} ({complaint.code})"))
    if is_sent and any(complaint.code in _OTHER_FILES for complaint in error.complaints):
        st.info(
            plain(
                "A browser does not say from which folder a file comes, so files that it names are looked "
                f"for in {Path.cwd()}, where bposim was started. Start `bposim app FILE` to have them found "
                "beside it."
            )
        )


def warned(warnings: Sequence[Complaint]) -> None:
    """Show what is doubtful in a file that can be used."""
    if not warnings:
        return
    count = len(warnings)
    words = f":material/warning: {count} warning{'s' if count > 1 else ''} about this file"
    with st.expander(words, expanded=count <= FEW):
        for warning in warnings:
            line = f"Line {warning.mark.line}: " if warning.mark is not None else ""
            st.markdown(plain(line) + _what(warning))
            st.caption(plain(f"What to do: {warning.remedy} ({warning.code})"))


def _what(complaint: Complaint) -> str:
    return plain(f"{complaint.path}: {complaint.what}" if complaint.path else complaint.what)


def _is_text(line: str) -> bool:
    """Tell whether a line is worth looking at: bytes that are no text are not."""
    return line.count("\N{REPLACEMENT CHARACTER}") <= _UNREADABLE * len(line)
