"""The scenario's rank correlations and their copula, with the names looked up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from bposim.inputs.copulas import Copula, Gaussian, StudentT
from bposim.inputs.dependence import Dependence, DependenceError
from bposim.inputs.names import closest, matching
from bposim.part import Part, Real
from bposim.quantities import read_number


class CopulaChoice(Part):
    """How the correlated inputs move together in their extremes."""

    student_t: Annotated[Real, Field(gt=2, le=1e6)]
    """Degrees of freedom ν of a Student-t copula; the fewer, the more often extremes come together."""


class Correlations(Part):
    """Rank correlations between inputs, and the copula that joins them."""

    copula: CopulaChoice | None = None
    """A Gaussian copula if left out: extremes of one input then say little about those of another."""
    pairs: list[list[str]] = []  # noqa: RUF012 - pydantic copies defaults
    """Rank correlations ``[input, input, r]``; pairs that are not given are 0."""

    def dependence(self, names: Sequence[str]) -> Dependence:
        """Return the dependence between inputs of these names; raises CorrelationError."""
        return dependence_of(
            self.pairs, names, StudentT(self.copula.student_t) if self.copula else Gaussian()
        )


def with_pairs(data: object) -> object:
    """Take a list, the short form, for the pairs; anything else that is no mapping is read as a list."""
    return data if isinstance(data, dict | Correlations) else {"pairs": data}


class CorrelationError(ValueError):
    """A correlation that cannot be; ``row`` is its place in the list, None for the matrix as a whole."""

    def __init__(self, row: int | None, message: str) -> None:
        super().__init__(message)
        self.row = row


def dependence_of(
    rows: Sequence[Sequence[str]], names: Sequence[str], copula: Copula | None = None
) -> Dependence:
    """Return the dependence that rows ``[input, input, r]`` describe; raises CorrelationError."""
    pairs: dict[tuple[str, str], float] = {}
    for number, row in enumerate(rows):
        if len(row) != 3:  # noqa: PLR2004 - two names and a number
            raise CorrelationError(number, "a correlation is [input, input, number]; give all three")
        one, other = (_name(number, pattern, names) for pattern in row[:2])
        try:
            rank = read_number(row[2])
        except ValueError as error:
            raise CorrelationError(number, str(error)) from None
        key = (min(one, other), max(one, other))
        if one == other or key in pairs:
            reason = "an input with itself" if one == other else "this pair stands in the list already"
            raise CorrelationError(number, f"{reason}; remove it")
        if not -1.0 <= rank <= 1.0:
            raise CorrelationError(number, f"{rank:g} is not a correlation; write a number from -1 to 1")
        pairs[key] = rank
    try:
        ordered = [(one, other, rank) for (one, other), rank in sorted(pairs.items())]
        return Dependence(names, ordered, copula)
    except DependenceError as error:
        raise CorrelationError(None, str(error)) from None


def _name(number: int, pattern: str, names: Sequence[str]) -> str:
    found = matching(pattern, names)
    if len(found) == 1:
        return found[0]
    if not found:
        near = closest(pattern, names)
        remedy = (
            "did you mean " + " or ".join(near) + "?" if near else "`bposim plan` lists the uncertain inputs"
        )
        raise CorrelationError(number, f"no uncertain input is called {pattern}; {remedy}")
    raise CorrelationError(number, f"{pattern} can mean {' or '.join(found)}; write more of the path")
