"""What the builder of the site does not look at: links to files, and the pictures of the reading guide."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bposim.report.pictures.gallery import BY_COMMAND, KINDS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [*ROOT.glob("*.md"), *(page for page in DOCS.rglob("*.md") if "_build" not in page.parts)]
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
SHOWN = re.compile(r"!\[([^\]]*)\]\(pictures/([\w-]+)\.png\)")

LARGEST, ALL = 60_000, 1_200_000
"""Bytes of a picture, and of all pictures together: a page has to open over a slow line, too."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_to_files_lead_somewhere(page: Path) -> None:
    """A page is also read where no site is built; there a link to a file that has moved is a dead end."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    assert [link for link in LINK.findall(text) if not (page.parent / link).exists()] == []


def test_reading_guide_shows_every_kind_of_chart() -> None:
    """A new kind of picture that nobody explains is one that everybody misreads."""
    guide = (DOCS / "reading.md").read_text(encoding="utf-8")
    shown = {name for _, name in SHOWN.findall(guide)}
    assert {*KINDS, *BY_COMMAND} - shown == set()


def test_pictures_are_small_and_described() -> None:
    """Pictures are in the history for ever, and whoever does not see them needs their words."""
    shown = SHOWN.findall((DOCS / "reading.md").read_text(encoding="utf-8"))
    sizes = {name: (DOCS / "pictures" / f"{name}.png").stat().st_size for _, name in shown}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}
    assert sum(path.stat().st_size for path in (DOCS / "pictures").iterdir()) <= ALL
    assert [name for words, name in shown if len(words) < 20] == []
