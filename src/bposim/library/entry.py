"""One entry of the library: a published figure, and the default that bposim proposes on its basis.

What was published and what is proposed are kept apart.  ``published`` carries the figures with their source
and its grade; ``default``, where there is one, is written as a scenario writes a number and has a grade of
its own, which is M where the range is ours.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, PrivateAttr, model_validator

from bposim.inputs.distribution import Distribution
from bposim.inputs.number import Number
from bposim.quantities import read_number
from bposim.tree import Map, Text

Grade: TypeAlias = Literal["P", "S", "T", "C", "M"]

GRADES: dict[str, str] = {
    "P": "the publisher's own page was seen",
    "S": "press or a secondary page that quotes a named study",
    "T": "trade page or catalogue without traceable data",
    "C": "computed from published data",
    "M": "not verified: our assumption, or remembered; replace it with your own figure",
}
"""What each grade means, best first."""

_PROPOSED = {"M": "range ours", "C": "computed from it"}

_ANNOTATION = re.compile(r"library: .*\(grade (?P<grade>[PSTCM])\) \[(?P<key>[^\[\]]+)\]")


def _year(value: object) -> object:
    return int(value) if isinstance(value, str) and re.fullmatch("[12][0-9]{3}", value) else value


def _range(value: object) -> object:
    """Read one number, or the two ends of a range."""
    ends = value if isinstance(value, list) else [value]
    return tuple(read_number(end) for end in ends)


class _Record(BaseModel):
    """A frozen record of the library's files."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Record):
    """Where a figure was published."""

    title: str
    publisher: str
    """Who published it; "X via Y" where Y quotes X."""
    year: Annotated[int | Literal["undated"], BeforeValidator(_year)]
    """Year of publication."""
    grade: Grade
    url: str | None = None
    note: str | None = None

    @property
    def short(self) -> str:
        """Publisher and year."""
        return self.publisher if self.year == "undated" else f"{self.publisher} {self.year}"


class Published(_Record):
    """What one source says."""

    source: Source
    values: dict[str, Annotated[tuple[float, ...], BeforeValidator(_range)]] = {}
    """Figures by what they are of: one number, or the ends of a range."""
    written: dict[str, str] = {}
    """The same figures as the library's file writes them, with their percent signs."""
    note: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.values and not self.note:
            raise ValueError("a published record has values or a note; add one")
        return self


class Entry(_Record):
    """One figure of the library."""

    key: str
    """Its name, as in ``like: library.<key>``."""
    ref: str
    """Row of the project's parameter table, P1 to P68."""
    unit: str
    meaning: str
    published: list[Published]
    default: Number | None = None
    """Proposed number for a scenario; without it, the figure is for comparison only."""
    grade: Grade
    """Grade of the default; without a default, the best grade of what was published."""
    note: str | None = None

    _default_node: Map | Text | None = PrivateAttr(default=None)

    @property
    def theme(self) -> str:
        """First part of the key."""
        return self.key.partition(".")[0]

    @property
    def years(self) -> list[int]:
        """Years of the sources that have one, ascending."""
        return sorted({p.source.year for p in self.published if isinstance(p.source.year, int)})

    @property
    def node(self) -> Map | None:
        """The default as a mapping of a scenario, with its source; None without a default."""
        if self._default_node is None:
            return None
        content = self._default_node
        items: dict[str, Any] = dict(content) if isinstance(content, Map) else {"value": content}
        return Map({**items, "source": Text(self.annotation)}, origin=f"library.{self.key}")

    @property
    def annotation(self) -> str:
        """Text of ``source:`` that comes with the default; :func:`read_annotation` reads it back."""
        first = self.published[0].source
        how = _PROPOSED.get(self.grade, "") if first.grade != self.grade else ""
        basis = f" (grade {first.grade}), {how}" if how else ""
        return annotation(f"{first.short}{basis} (grade {self.grade})", self.key)

    @property
    def mean(self) -> float | None:
        """Mean of the default."""
        value: Any = self.default
        return value.mean if isinstance(value, Distribution) else value

    def words(self) -> str:
        """Return everything that a search looks into, in lower case."""
        about = (self.key, self.key.replace("_", " "), self.ref, self.unit, self.meaning, self.note or "")
        said = (text for p in self.published for text in (p.source.title, p.source.publisher, *p.values))
        return " ".join((*about, *said)).lower()


def annotation(source: str, key: str) -> str:
    """Return the text of ``source:`` for a profile's figure; ``source`` ends with its grade."""
    return f"library: {source} [{key}]"


def read_annotation(text: str) -> tuple[str, str] | None:
    """Return key and grade of a ``source:`` that comes from the library; None for any other source."""
    found = _ANNOTATION.fullmatch(" ".join(text.split()))
    return (found["key"], found["grade"]) if found else None
