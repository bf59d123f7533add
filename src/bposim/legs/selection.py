"""Adverse selection: whether the chosen vendor is a good one shows only when it works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import numpy as np
from pydantic import AfterValidator

from bposim.inputs.money import Amount
from bposim.inputs.number import NonNegative, Share
from bposim.inputs.streams import uniform_open
from bposim.part import Part, complaint, suggestion
from bposim.risks import RISKS
from bposim.shapes import FloatArray, Path, Vector

if TYPE_CHECKING:
    from bposim.legs.vendor import Vendor

P = TypeVar("P", bound=Part)

PLACES = {
    "attrition": ("turnover", "attrition"),
    "change_requests": ("leakage", "change_requests"),
    "error_rate": ("quality", "error_rate"),
    "failure": ("failure", "per_year"),
    "productivity": ("productivity",),
} | {kind: ("risks", kind, "per_year") for kind, risk in RISKS.items() if "per_year" in risk.model_fields}
"""Where in the vendor the parameter of each name stands; a risk's name means its rate."""


def _known(factors: dict[str, Any]) -> dict[str, Any]:
    for name in factors:
        if name not in PLACES:
            raise complaint("bp_unknown_key", f"{name} is nothing that differs; {suggestion(name, PLACES)}")
    return factors


class DueDiligence(Part):
    """A test before signature; only a vendor that passes is taken."""

    sensitivity: Share
    """Probability that a good vendor passes."""
    specificity: Share
    """Probability that a bad vendor does not."""
    cost: Amount | None = None
    """Cost of the test, paid in month 0."""


class Selection(Part):
    """The vendor is good with probability P, else bad: a bad one's parameters are multiplied by ``if_bad``.

    P = ``good``; with due diligence Bayes' P(good | passes) = g·se / (g·se + (1 - g)(1 - sp)).
    """

    good: Share
    """g, part of the vendors that could be chosen which are good."""
    if_bad: Annotated[dict[str, NonNegative], AfterValidator(_known)]
    """Factors on error_rate, attrition, productivity, change_requests, failure and the rate of each risk."""
    due_diligence: DueDiligence | None = None
    """A test before signature."""

    def chance_of_good(self) -> Vector:
        """Return P, the probability that the vendor taken is a good one."""
        if self.due_diligence is None:
            return self.good
        passes = self.good * self.due_diligence.sensitivity
        slips = (1.0 - self.good) * (1.0 - self.due_diligence.specificity)
        return passes / np.maximum(passes + slips, 1e-300)

    def sample(self, rng: np.random.Generator, trials: int) -> FloatArray:
        """Return the uniform mark of the vendor's type, ``(trials,)``."""
        return uniform_open(rng, (trials,))

    def revealed(self, vendor: Vendor, mark: FloatArray | None) -> Vendor:
        """Return the vendor as it turns out: bad where the mark is at least P; without a mark, on average."""
        chance = self.chance_of_good()
        bad: Vector = 1.0 - chance if mark is None else np.where(mark >= chance, 1.0, 0.0)
        for name, factor in sorted(self.if_bad.items()):
            vendor = _scaled(vendor, PLACES[name], 1.0 + bad * (factor - 1.0))
        return vendor


def _scaled(part: P, way: tuple[str, ...], factor: Path) -> P:
    """Return the part with the number at the end of the way multiplied; unchanged if it has none."""
    name, *rest = way
    old = getattr(part, name)
    if old is None:
        return part
    new = _scaled(old, tuple(rest), factor) if rest else old * factor
    return part.model_copy(update={name: new})
