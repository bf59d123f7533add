"""What a fit gives: candidate models with their figures, the proposed one, and what to be careful about."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from bposim.fit.snippet import correlations, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bposim.fit.evidence import Evidence
    from bposim.fit.snippet import Tree

Kind: TypeAlias = Literal["fx", "losses", "tenure", "volume"]

Form: TypeAlias = Literal["number", "share", "amount", "months", "years", "rate"]
"""How a figure is shown: a pure number, in per cent, money or work, a time, or an exchange rate."""

SEED = 20_270_101
"""Of every bootstrap, so that the same file gives the same figures."""

REPLICATES = 199
"""Samples of a parametric bootstrap: p values come in steps of half a per cent."""

FEW = 30
"""Observations below which a fit is called small: models can hardly be told apart."""

FEWEST = 8
"""Observations below which nothing is fitted."""

FEWEST_IN_TAIL = 10
"""Losses above a threshold below which no tail is fitted to them."""

SIGNIFICANT = 0.05
"""The usual level of a test."""

SURELY = 0.01
"""The level at which a reader is warned."""

EQUAL = 2.0
"""Models whose AIC differs by less than this are as good as each other (Burnham and Anderson 2002, 2.6)."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its 95 % interval, where there is one."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    form: Form = "number"


@dataclass(frozen=True, slots=True)
class GoodnessTest:
    """How far data and model are apart, and how often data of the model itself would be as far."""

    name: str
    statistic: float
    p: float
    """Of a parametric bootstrap, which fits anew: tables of the test hold for known parameters only."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model of bposim with the parameters that the data give it."""

    name: str
    parameters: tuple[Figure, ...]
    free: int
    """Parameters taken from the data."""
    count: int
    """Observations behind the likelihood."""
    log_likelihood: float | None
    """None for a model that has none: the past itself."""
    snippet: Mapping[str, Tree]
    """Keys of a scenario, as text."""
    uncertain: Mapping[str, Tree]
    """The same with distributions in place of the parameters that are not known well."""
    tests: tuple[GoodnessTest, ...] = ()
    figures: tuple[Figure, ...] = ()
    """What the model implies."""
    flaw: str = ""
    """Why it cannot be used or should not be, in words; empty if nothing is against it."""
    usable: bool = True
    """Whether a scenario takes it as it is."""
    together: tuple[tuple[str, str, float], ...] = ()
    """Inputs of ``uncertain``, by their paths in a scenario, whose errors go together: rank correlations."""

    @property
    def aic(self) -> float | None:
        """2k - 2 ln L: smaller is better."""
        return None if self.log_likelihood is None else 2.0 * (self.free - self.log_likelihood)

    @property
    def bic(self) -> float | None:
        """K ln n - 2 ln L: smaller is better, and dearer parameters than with AIC."""
        if self.log_likelihood is None:
            return None
        return self.free * math.log(self.count) - 2.0 * self.log_likelihood


@dataclass(frozen=True, slots=True)
class Fit:
    """Everything that was found in one file."""

    kind: Kind
    file: str
    read: tuple[str, ...]
    """What was read and how it was taken, a sentence each."""
    facts: tuple[Figure, ...]
    """What the data say without a model."""
    candidates: tuple[Candidate, ...]
    chosen: str
    """Name of the proposed candidate."""
    why: str
    """Why it is proposed; begins with its name."""
    warnings: tuple[str, ...]
    place: str
    """Where the keys belong in a scenario."""
    source: str
    """What the keys carry as their source."""
    evidence: Evidence
    """What a picture needs."""
    notes: tuple[str, ...] = ()
    """Remarks on the keys, which stand above them as comments."""
    wrapped: tuple[str, ...] = field(default=())
    """Keys around the snippet, outermost first."""

    @property
    def by_name(self) -> Mapping[str, Candidate]:
        """Candidates by name."""
        return {candidate.name: candidate for candidate in self.candidates}

    @property
    def proposed(self) -> Candidate:
        """The proposed candidate."""
        return self.by_name[self.chosen]

    def yaml(self, model: str = "", *, uncertain: bool = False) -> str:
        """Return the keys to paste into a scenario, of the proposed candidate or that of a name.

        With ``uncertain``, parameters that the data leave open are distributions: parameter uncertainty.
        Those whose errors go together are followed by ``correlations``, which belong to the top of the file.
        Raises KeyError for a name that is no candidate.
        """
        candidate = self.by_name[model or self.chosen]
        tree = candidate.uncertain if uncertain else candidate.snippet
        keys = written(tree, [self.place, *self.notes], self.source, self.wrapped)
        return keys + correlations(candidate.together) if uncertain and candidate.together else keys


def proposed(candidates: tuple[Candidate, ...]) -> tuple[str, str]:
    """Return the usable candidate of the smallest AIC, and in words why it is proposed."""
    usable = [own for own in candidates if own.usable and own.aic is not None]
    order = sorted(usable, key=lambda own: own.aic or 0.0)
    best = order[0]
    as_good = [own for own in order[1:] if (own.aic or 0.0) - (best.aic or 0.0) < EQUAL]
    if not as_good:
        return best.name, f"{best.name} has the smallest AIC"
    simplest = min([best, *as_good], key=lambda own: (own.free, own.aic or 0.0))
    others = ", ".join(own.name for own in [best, *as_good] if own is not simplest)
    if simplest is best:
        return (
            best.name,
            f"{best.name} has the smallest AIC, but {others} cannot be told from it by these data",
        )
    why = f"{simplest.name} has the fewest parameters of those whose AIC is within {EQUAL:g} of the smallest"
    return simplest.name, f"{why}; {others} cannot be told from it by these data"
