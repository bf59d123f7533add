"""What a part of the benchmark reports: a table with words, and the goals that it decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Goal:
    """A measured figure and the most it may be, or the least with ``at_least``."""

    what: str
    limit: float
    value: float
    unit: str = "×"
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def row(self) -> Sequence[str]:
        """The goal as cells of a table."""
        sign = "≥" if self.at_least else "≤"
        verdict = "met" if self.met else "**missed**"
        limit, value = f"{sign} {self.limit:,g} {self.unit}", f"{self.value:,.3g} {self.unit}"
        return self.what, limit.strip(), value.strip(), verdict


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report."""

    title: str
    text: str
    """Markdown: what was measured, and how."""
    goals: Sequence[Goal] = ()
    drawn: dict[str, Any] = field(default_factory=dict)
    """Figures for the picture."""


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Return a table; so many columns from the left hold text, the others figures."""
    marks = ["---" if place < left else "---:" for place in range(len(columns))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (columns, marks, *rows))
