"""The deterministic twin with every input at a stated percentile, against numbers worked out by hand."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from click.testing import CliRunner

import bposim
from bposim.cli import main
from bposim.explain import LineExplanation, explain
from bposim.scenario import Scenario
from conftest import HEAD, _flow

if TYPE_CHECKING:
    from pathlib import Path

Read: TypeAlias = Callable[[dict[str, Any]], Scenario]

MONTHS = 12
UNCERTAIN: dict[str, Any] = {
    "months": MONTHS,
    "discount_rate": {"uniform": {"low": "4%", "high": "9%"}},
    "world": {"volume": {"unit": "call", "per_month": 1000, "noise": {"volatility": "10%"}}},
    "alternatives": {
        "in-house": {
            "baseline": True,
            "team": {
                "roles": {
                    "clerk": {
                        "volume_per_fte": 100,
                        "salary": {"uniform": {"low": "40k", "high": "60k"}},
                    }
                },
                "risks": {
                    "breach": {
                        "per_year": {"uniform": {"low": 0.1, "high": 0.3}},
                        "severity": {"discrete": {"values": [0, 200_000], "weights": [1, 1]}},
                    }
                },
            },
        },
        "outside": {
            "vendor": {
                "price": {"per_unit": {"amount": {"discrete": {"values": [30, 50], "weights": [1, 4]}}}},
            }
        },
    },
}


def monthly(amount: float, rate: float) -> float:
    """Return the present value of an amount at the end of each month of a year."""
    return math.fsum(amount * (1 + rate) ** (-month / 12) for month in range(1, MONTHS + 1))


@pytest.mark.parametrize(
    ("at", "rate", "salary", "per_year", "price"),
    [
        (None, 0.065, 50_000.0, 0.2, 46.0),
        (0.9, 0.085, 58_000.0, 0.28, 50.0),
        (0.1, 0.045, 42_000.0, 0.12, 30.0),
        (0.5, 0.065, 50_000.0, 0.2, 50.0),
    ],
)
def test_every_input_at_its_percentile(
    read: Read, at: float | None, rate: float, salary: float, per_year: float, price: float
) -> None:
    """Protects the twin at a percentile: inputs there, no noise, events at λ E[X], X of its own mean."""
    cases = bposim.base_case(read(UNCERTAIN), at=at)
    home, outside = cases["in-house"].categories, cases["outside"].categories
    assert home["labour"] == pytest.approx(monthly(10 * salary / 12, rate), rel=1e-12)
    assert home["data_breach"] == pytest.approx(monthly(per_year / 12 * 100_000, rate), rel=1e-12)
    assert outside["vendor_fees"] == pytest.approx(monthly(1000 * price, rate), rel=1e-12)


@pytest.mark.parametrize("at", [0.0, 1.0, 90.0, -0.1])
def test_percentile_must_be_one(read: Read, at: float) -> None:
    """Protects from 90 for 0.9, and from the ends, which may be infinite."""
    with pytest.raises(ValueError, match="is not the probability of a percentile"):
        bposim.base_case(read(UNCERTAIN), at=at)


def test_explanation_ties_at_the_percentile(read: Read) -> None:
    """Protects explain --at: the line's formula and present value are those of that twin."""
    scenario = read(UNCERTAIN)
    (line,) = explain("in-house.labour", scenario, at=0.9)
    assert isinstance(line, LineExplanation)
    assert line.present_value == pytest.approx(monthly(10 * 58_000 / 12, 0.085), rel=1e-12)
    assert all(piece.ties for piece in line.pieces)


def test_command_line(tmp_path: Path) -> None:
    """Protects --at p90 of plan and explain: numbers of that twin, and words that say so."""
    path = tmp_path / "s.yaml"
    path.write_text(_flow(HEAD | UNCERTAIN), encoding="utf-8")
    cli = CliRunner()
    content = json.loads(cli.invoke(main, ["plan", str(path), "--at", "p90", "--format", "json"]).stdout)
    assert content["base_case_at"] == "p90"
    fees = content["base_case"]["outside"]["by_category"]["vendor_fees"]
    assert fees == pytest.approx(monthly(50_000, 0.085), rel=1e-12)
    shown = cli.invoke(main, ["plan", str(path), "--at", "p90"]).stdout
    assert "every input at its P90" in " ".join(shown.split())
    assert "at its P90" in cli.invoke(main, ["explain", "outside.total", str(path), "--at", "P90"]).stdout
    refused = cli.invoke(main, ["plan", str(path), "--at", "p100"])
    assert refused.exit_code == 2
    assert "not a percentile" in refused.stderr


def test_plan_shows_rates_as_they_are_written(tmp_path: Path) -> None:
    """Protects the reader: 4% to 9% is shown in per cent, a salary and a number of breaches are not."""
    path = tmp_path / "s.yaml"
    path.write_text(_flow(HEAD | UNCERTAIN), encoding="utf-8")
    text = CliRunner().invoke(main, ["plan", str(path)]).stdout
    lines = text.splitlines()
    # The path stands in the line below that of the name and the figures.
    rows = {
        below.split()[0]: line.partition(" uniform ")[2].split()[:4]
        for line, below in itertools.pairwise(lines)
        if " uniform " in line
    }
    assert rows["discount_rate"] == ["4.25%", "6.5%", "8.75%", "6.5%"]
    assert rows["in-house.risks.breach.per_year"] == ["0.11", "0.2", "0.29", "0.2"]
