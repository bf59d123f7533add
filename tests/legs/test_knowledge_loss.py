"""Knowledge that a vendor's leavers take along: effort and errors rise until it is learnt again."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bposim import base_case
from bposim.errors import ScenarioError
from bposim.inputs.streams import generator
from bposim.legs.knowledge_loss import KnowledgeLoss
from bposim.legs.turnover import scatter

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.scenario import Scenario

    Tree = dict[str, Any]
    Read = Callable[[Tree], Scenario]

TERMS = KnowledgeLoss(taken=0.5, extra=0.4, relearnt=6.0)
KEPT = math.exp(-1 / 6)


def test_three_months_by_hand() -> None:
    """A tenth leaves each month: x = 0, 0.05 kept, (x + 0.05 (1 - x)) kept, and effort 1 + 0.4 x."""
    factors, leavers = TERMS.factors(3, lambda _row, _factor: np.array([0.1]), None)
    second = 0.05 * KEPT
    third = (second + 0.05 * (1 - second)) * KEPT
    assert factors[:, 0] == pytest.approx([1, 1 + 0.4 * second, 1 + 0.4 * third], rel=1e-12)
    assert leavers[:, 0] == pytest.approx([0.1] * 3)


def test_vendor_at_work_starts_in_its_long_run() -> None:
    """With constant attrition nothing changes from month to month, as after a thousand months."""
    hazard = np.full((12, 1), 0.03)
    at_work, _ = TERMS.factors(12, lambda _row, _factor: np.array([0.03]), hazard)
    later, _ = TERMS.factors(1000, lambda _row, _factor: np.array([0.03]), None)
    assert at_work[:, 0] == pytest.approx([later[-1, 0]] * 12, rel=1e-12)


def test_leavers_scatter_around_their_mean() -> None:
    """Drawn leavers of a hundred people cost on average what the expectation says, within 4 errors."""
    z = generator(3, "leavers", 0).standard_normal((24, 20_000))
    q = np.full(20_000, 0.03)
    drawn, _ = TERMS.factors(24, lambda row, _: q * scatter(100.0 * q, q, z[row]), None)
    expected, _ = TERMS.factors(24, lambda _row, _: np.array([0.03]), None)
    error = drawn.std(axis=1) / math.sqrt(20_000)
    assert (np.abs(drawn.mean(axis=1) - expected[:, 0]) <= 4 * error + 1e-6).all()


@pytest.mark.parametrize("price", ["per_fte", "per_unit"])
def test_fee_and_errors_follow_by_hand(tiny: Tree, read: Read, price: str) -> None:
    """Under a price per head the client pays the extra effort; errors rise under every price."""
    quality = {"error_rate": "4%", "cost_per_error": 10}
    body = {
        "price": {price: {"amount": 7}},
        "productivity": 100,
        "turnover": {"attrition": "30%"},
        "quality": quality,
    }
    tiny["correlations"] = []
    tiny["alternatives"] = {
        "stay": {"baseline": True, "vendor": body},
        "go": {"vendor": body | {"knowledge_loss": {"taken": 0.5, "extra": 0.4, "relearnt": 6}}},
    }
    found = base_case(read(tiny))
    q = 1 - 0.7 ** (1 / 12)
    lost = 0.5 * q * KEPT / (1 - (1 - 0.5 * q) * KEPT)
    more = {
        name: found["go"].categories[name] / found["stay"].categories[name]
        for name in ("vendor_fees", "service_quality")
    }
    assert more["service_quality"] == pytest.approx(1 + 0.4 * lost, rel=1e-12)
    assert more["vendor_fees"] == pytest.approx(1 + 0.4 * lost if price == "per_fte" else 1.0, rel=1e-12)


def test_knowledge_needs_leavers(tiny: Tree, read: Read) -> None:
    """Without attrition nobody could take anything along: a mistake in the file."""
    tiny["alternatives"]["manila"]["legs"][0]["vendor"].pop("turnover", None)
    tiny["alternatives"]["manila"]["legs"][0]["vendor"]["knowledge_loss"] = {
        "taken": 0.5,
        "extra": 0.4,
        "relearnt": 6,
    }
    with pytest.raises(ScenarioError, match="knowledge is lost with leavers"):
        read(tiny)
