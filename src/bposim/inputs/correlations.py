"""The scenario's list of rank correlations, with its names looked up."""

from __future__ import annotations

from collections.abc import Sequence

from bposim.inputs.dependence import Dependence, DependenceError
from bposim.inputs.names import closest, matching
from bposim.quantities import read_number


class CorrelationError(ValueError):
    """A correlation that cannot be; ``row`` is its place in the list, None for the matrix as a whole."""

    def __init__(self, row: int | None, message: str) -> None:
        super().__init__(message)
        self.row = row


def dependence_of(rows: Sequence[Sequence[str]], names: Sequence[str]) -> Dependence:
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
        return Dependence(names, [(one, other, rank) for (one, other), rank in sorted(pairs.items())])
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
