"""Internal rate of return: closed forms, and the cash flows that have none or several."""

from __future__ import annotations

import numpy as np
import pytest

from bposim.analysis.returns import internal_rate


@pytest.mark.parametrize("rate", [-0.5, 0.0, 0.12, 0.8, 30.0])
def test_one_payment_back(rate: float) -> None:
    """Protects the convention: 100 today and 100 (1+r)^2 back after 24 months return r a year."""
    flow = np.zeros(61)
    flow[0], flow[24] = -100.0, 100.0 * (1 + rate) ** 2
    assert internal_rate(flow).rate == pytest.approx(rate, abs=1e-9)


def test_level_payments() -> None:
    """Protects months: an annuity of 60 payments, priced at 1 % a month, returns 1.01^12 - 1 a year."""
    price = (1 - 1.01**-60) / 0.01
    flow = np.array([-price] + [1.0] * 60)
    assert internal_rate(flow).rate == pytest.approx(1.01**12 - 1, rel=1e-9)
    assert internal_rate(1e6 * flow).rate == pytest.approx(1.01**12 - 1, rel=1e-9)


@pytest.mark.parametrize(
    ("flow", "said"),
    [
        ([0.0, 0.0, 0.0], "it saves and costs nothing"),
        ([0.0, 5.0, 5.0], "nothing is invested"),
        ([-5.0, 0.0, -1.0], "nothing comes back"),
        ([-1.0, *[0.0] * 11, 2.3, *[0.0] * 11, -1.32], "2 rates solve it, 10% and 20%"),
        ([1.0, *[0.0] * 11, -2.0, *[0.0] * 11, 2.0], "its present value is positive at every rate"),
        ([-1.0, *[0.0] * 11, 2.0, *[0.0] * 11, -2.0], "its present value is negative at every rate"),
    ],
)
def test_no_rate_is_no_number(flow: list[float], said: str) -> None:
    """Protects from a rate that means nothing: none, or two as of an oil pump (Lorie and Savage 1955)."""
    found = internal_rate(np.array(flow))
    assert found.rate is None
    assert said in found.note


def test_rounding_is_no_investment() -> None:
    """Protects from a rate made of the last digits of equal costs."""
    assert internal_rate(np.array([-1e-9, 1e6, 1e6])).rate is None
