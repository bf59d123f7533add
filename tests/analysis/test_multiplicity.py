"""Findings that stand out when many were looked at: by hand, and how often chance alone is named."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtri

from bposim.analysis.measures import Estimate
from bposim.analysis.multiplicity import standing_out


def of_p(p: float) -> Estimate:
    """Return a finding with this two-sided p-value."""
    return Estimate(float(ndtri(1 - p / 2)), 1.0)


def test_holm_by_hand() -> None:
    """Protects the rule: 0.05 / 4, / 3, / 2, and nothing after the first that fails, however small."""
    found = {"a": of_p(0.012), "b": of_p(0.016), "c": of_p(0.03), "d": of_p(0.04)}
    assert standing_out(found) == {"a", "b"}
    assert standing_out({"b": of_p(0.016), "c": of_p(0.03), "d": of_p(0.04)}) == {"b"}
    assert standing_out({"d": of_p(0.04)}) == {"d"}


def test_without_an_error_nothing_is_known_and_without_a_doubt_all_is() -> None:
    """Protects the ends: no error, no finding; an error of 0 is certainty; a difference of 0 is none."""
    found = {
        "unknown": Estimate(9.0, None),
        "certain": Estimate(0.1, 0.0),
        "nothing": Estimate(0.0, 0.0),
    }
    assert standing_out(found) == {"certain"}
    assert standing_out({}) == frozenset()


@pytest.mark.parametrize("common", [0.0, 0.8])
def test_chance_is_named_in_one_of_twenty_at_most(common: float) -> None:
    """Protects a negotiator from luck: of terms without effect hardly ever any is named."""
    rng = np.random.default_rng(5)
    runs, terms = 4_000, 12
    shared = rng.standard_normal((runs, 1))
    z = math.sqrt(common) * shared + math.sqrt(1 - common) * rng.standard_normal((runs, terms))
    named = [
        bool(standing_out({str(place): Estimate(float(x), 1.0) for place, x in enumerate(row)})) for row in z
    ]
    rate = float(np.mean(named))
    assert rate <= 0.05 + 4 * math.sqrt(0.05 * 0.95 / runs)
    if not common:
        assert rate >= 0.049 - 4 * math.sqrt(0.05 * 0.95 / runs)  # not more careful than it has to be
