"""How currencies move together: correlations of the monthly shocks, as published.

The list gives Pearson correlations of the monthly log changes.  :class:`~bposim.inputs.dependence.Dependence`
takes Spearman's and makes 2 sin(πr/6) of them, so what goes in here is r = 6/π asin(ρ/2).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from bposim.inputs.correlations import CorrelationError
from bposim.inputs.dependence import Dependence, NotPositiveSemidefiniteError
from bposim.part import close_match
from bposim.quantities import read_number
from bposim.world.fx.historical import Historical
from bposim.world.fx_model import FxModel


def shock_dependence(rows: Sequence[Sequence[str]], models: Mapping[str, FxModel]) -> Dependence:
    """Return the dependence of the shocks that rows ``[currency, currency, ρ]`` describe.

    Raises CorrelationError: a currency that is unknown or has no shocks, a pair twice, a correlation beyond
    ±1, or all of them together not possible.
    """
    pairs: dict[tuple[str, str], float] = {}
    for number, row in enumerate(rows):
        one, other, rho = _checked(number, row, models)
        pair = (min(one, other), max(one, other))
        if pair in pairs:
            raise CorrelationError(number, "this pair stands in the list already; remove it")
        pairs[pair] = rho
    try:
        return Dependence(models, [(one, other, _rank(rho)) for (one, other), rho in sorted(pairs.items())])
    except NotPositiveSemidefiniteError as error:
        blame = f", most of all those between {', '.join(error.worst_triple)}" if error.worst_triple else ""
        listed = "; ".join(f"[{one}, {other}, {rho:.2f}]" for (one, other), rho in _nearest(error).items())
        raise CorrelationError(
            None,
            f"the correlations contradict each other{blame} "
            f"(smallest eigenvalue {error.smallest_eigenvalue:.3g}, pairs not given count as 0); "
            f"the nearest that are possible: {listed}",
        ) from None


def _checked(number: int, row: Sequence[str], models: Mapping[str, FxModel]) -> tuple[str, str, float]:
    if len(row) != 3:  # noqa: PLR2004 - two names and a number
        raise CorrelationError(number, "a correlation is [currency, currency, number]; give all three")
    one, other = row[:2]
    for currency in (one, other):
        if currency not in models:
            close = close_match(currency, models)
            remedy = f'did you mean "{close}"?' if close else f"add world.fx.{currency}"
            raise CorrelationError(number, f"{currency} has no exchange rate; {remedy}")
    if one == other:
        raise CorrelationError(number, "a currency with itself; remove it")
    for currency in (one, other):
        if not models[currency].shocked:
            raise CorrelationError(number, _unmoved(currency, models[one], models[other]))
    try:
        rho = read_number(row[2])
    except ValueError as error:
        raise CorrelationError(number, str(error)) from None
    if not -1.0 <= rho <= 1.0:
        raise CorrelationError(number, f"{rho:g} is not a correlation; write a number from -1 to 1")
    return one, other, rho


def _unmoved(currency: str, one: FxModel, other: FxModel) -> str:
    """Say why the shocks of a pair cannot be correlated."""
    if isinstance(one, Historical) and isinstance(other, Historical) and one.file and one.file == other.file:
        return f"both move as in {one.file}, together as they did there; remove it"
    kind = (one if not one.shocked else other).kind
    if kind == Historical.kind:
        remedy = "give both a history in one file, or both another model"
        return f"{currency} is {kind}: it moves as it did in its file; {remedy}"
    return f"{currency} is {kind} and has no shocks; remove it, or give it another model"


def _rank(rho: float) -> float:
    return 6.0 / math.pi * math.asin(rho / 2.0)


def _pearson(rank: float) -> float:
    return 2.0 * math.sin(math.pi * rank / 6.0)


def _nearest(error: NotPositiveSemidefiniteError) -> dict[tuple[str, str], float]:
    """Return the nearest possible correlations to two decimals, drawn in until rounding does no harm."""
    nearest = {pair: _pearson(rank) for pair, rank in error.nearest.items()}
    names = sorted({name for pair in nearest for name in pair})
    for step in range(101):
        rounded = {pair: round((1.0 - step / 100.0) * rho, 2) for pair, rho in nearest.items()}
        matrix = np.eye(len(names))
        for i, j in combinations(range(len(names)), 2):
            rho = rounded.get((names[i], names[j]), rounded.get((names[j], names[i]), 0.0))
            matrix[i, j] = matrix[j, i] = rho
        if np.linalg.eigvalsh(matrix)[0] >= 0.0:
            return {pair: rho for pair, rho in rounded.items() if rho}
    return {}
