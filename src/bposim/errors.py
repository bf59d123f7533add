"""What goes wrong, said once and in full to the person who can mend it.

A :class:`Complaint` has a place (file, line, column), a stable code, the path of the value in the
scenario, what is wrong and what to do.  Complaints are collected, so a reader sees all of them at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

CODES = {
    "BP101": "the file cannot be read",
    "BP102": "the file is not valid YAML",
    "BP103": "the same key stands twice in one mapping",
    "BP104": "unknown key",
    "BP105": "a required key is missing",
    "BP106": "the value has the wrong type or is not one of those that are known",
    "BP107": "the number is not written in a form that can be read",
    "BP108": "the file is too large, too deep or uses a feature of YAML that is refused",
    "BP109": "schema_version is missing or not known to this version of bposim",
    "BP110": "like: or extends: points nowhere or in a circle",
    "BP111": "keys that exclude or need one another",
    "BP201": "the number lies outside the range that makes sense here",
    "BP202": "the distribution's parameters do not describe a distribution",
    "BP203": "the correlations are not possible",
    "BP204": "a name refers to something the scenario does not define",
    "BP205": "the alternatives do not make a decision",
    "BP206": "shares do not add up to 100 %",
    "BP207": "a currency has no exchange rate",
    "BP208": "the data file cannot be used",
    "BP209": "a figure of the library is in US dollars, the scenario is not",
    "BP301": "a risk is set on one side only",
    "BP302": "a value is unusual and may be a slip of the pen",
    "BP303": "an amount is far from what is usual or from the rest of the scenario, as if in another unit",
    "BP401": "the workbook cannot be read",
    "BP402": "the workbook is not built as it was exported",
    "BP403": "the cell does not hold what is wanted there",
    "BP404": "the scenario has changed since the workbook was exported",
}


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a file; lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One finding about a scenario: where, what, and what to do about it."""

    code: str
    path: str
    what: str
    remedy: str
    mark: Mark | None = None

    def __str__(self) -> str:
        place = f"{self.mark} " if self.mark else ""
        path = f" {self.path}:" if self.path else ""
        return f"{place}{self.code}{path} {self.what}; {self.remedy}"


class BposimError(Exception):
    """Base of every error that bposim raises on purpose."""


class ScenarioError(BposimError, ValueError):
    """The scenario cannot be used; ``complaints`` lists every reason, in file order."""

    def __init__(self, complaints: Iterable[Complaint]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join(map(str, self.complaints)))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Complaint, ...]]]:
        """Be sent to another process as complaints, not as their text."""
        return type(self), (self.complaints,)


class RunError(BposimError, RuntimeError):
    """A run cannot be started, stored or read; the message is ``what is wrong; what to do``."""


class IncompleteRunError(RunError):
    """A run is not finished, but what is done of it is kept and ``--resume`` goes on from there."""


class ExtraMissingError(BposimError, ImportError):
    """A library of an extra is not installed; the message has the line that installs it."""


class SimulationError(BposimError, RuntimeError):
    """A run produced a value that is not a number; the message names trial and block."""
