"""Terms of the contract that clearly move the saving, in the direction that a buyer wants."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bposim.analysis.multiplicity import standing_out
from bposim.report.html.values import named, valued
from bposim.report.numbers import amount, money
from bposim.sample import without_variant

if TYPE_CHECKING:
    from bposim.analysis.measures import Estimate
    from bposim.report.pictures.seen import Seen
    from bposim.sample import Driver

TERMS = frozenset({"price", "renewal uplift", "indexation", "termination"})
"""What a contract fixes and a buyer wants less of: drivers of these groups can be negotiated."""

WANTED = frozenset({"give_back", "flex", "reduced_credit"})
"""What a buyer wants more of, all the same."""


@dataclass(frozen=True, slots=True)
class Term:
    """What a term is worth: what the buyer wants in place of what he may get."""

    name: str
    good: str
    """Mean of the tenth of futures that is best for the buyer, as text."""
    bad: str
    gain: Estimate
    """Mean saving in the good tenth less that in the bad one, > 0."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms worth negotiating, the largest first."""

    named: tuple[Term, ...]
    looked_at: int
    """How many uncertain terms the contract has."""


def clear_terms(seen: Seen) -> Terms:
    """Return the terms whose swing stands out among all that were looked at, and goes the buyer's way.

    Holm's rule at 5%: the chance that any term without an effect is named is 5% at most.
    """
    bars = {bar.name: bar for bar in seen.bars if is_term(seen.driver(bar.name))}
    clear = standing_out({name: bar.swing_mean for name, bar in bars.items()})
    found = []
    for name, bar in bars.items():
        driver, swing = seen.driver(name), bar.swing_mean
        wants_more = without_variant(driver.name).rpartition(".")[2] in WANTED
        if name not in clear or (swing.value > 0) != wants_more:
            continue
        good, bad = (
            valued(driver, at, is_rate=seen.is_rate(name))
            for at in ((bar.high_at, bar.low_at) if wants_more else (bar.low_at, bar.high_at))
        )
        found.append(Term(named(seen, name), good, bad, replace(swing, value=abs(swing.value))))
    return Terms(tuple(found), len(bars))


def is_term(driver: Driver) -> bool:
    """Return whether a driver is a term of a vendor's contract."""
    return driver.is_input and driver.group in TERMS and ".vendor" in driver.name


def gain_text(gain: Estimate, currency: str) -> str:
    """Return "USD 1.2M ± 0.1M"."""
    error = f" ± {amount(gain.se, gain.se)}" if gain.se else ""
    return f"{money(gain.value, currency, gain.se)}{error}"
