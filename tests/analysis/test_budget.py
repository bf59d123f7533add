"""Budgets and promises in per cent: counted by hand, and from the file to the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pytest

from bposim.analysis.budget import budget_summary
from bposim.analysis.measures import Sample
from bposim.analysis.summary import summarise
from bposim.cash import base_case
from bposim.engine import simulate
from bposim.errors import ScenarioError
from bposim.report.document import document
from bposim.report.paragraph import paragraph
from bposim.report.table import budget_and_return, outcomes, tidy_rows
from bposim.scenario import Budget, Scenario

Tree: TypeAlias = dict[str, Any]
Read: TypeAlias = Callable[[Tree], Scenario]


def test_counted_by_hand() -> None:
    """Protects the counts: of 4 futures 1 exceeds the total, 2 and 1 the years, 2 some year."""
    budget = Budget.model_validate({"total": 10, "per_year": [5, 6]})
    cash = np.array([[5.0, 5.5, 6.0, 1.0], [6.0, 6.0, 7.0, 2.0]], dtype=np.float32)
    found = budget_summary(budget, Sample(np.array([8.0, 10.0, 14.0, 2.0])), cash)
    assert found.total is not None
    assert found.excess is not None
    assert found.any_year is not None
    assert (found.total.value, found.excess.value, found.any_year.value) == (0.25, 1.0, 0.5)
    assert [year.value for year in found.years] == [0.5, 0.25]


def test_one_amount_stands_for_every_year() -> None:
    """Protects the short form."""
    budget = Budget.model_validate({"per_year": "5k"})
    cash = np.array([[6000.0, 1.0], [1.0, 1.0], [6000.0, 6000.0]], dtype=np.float32)
    found = budget_summary(budget, Sample(np.ones(2)), cash)
    assert [year.value for year in found.years] == [0.5, 0.0, 1.0]
    assert found.total is None


def test_cash_that_equals_its_budget_keeps_it() -> None:
    """Protects a certain plan: 19,999,999 of 19,999,999, which is 20,000,000 where seven digits are kept."""
    budget = Budget.model_validate({"per_year": 19_999_999})
    cash = np.array([[19_999_999.0, 20_000_010.0]], dtype=np.float32)
    found = budget_summary(budget, Sample(np.ones(2)), cash)
    assert [year.value for year in found.years] == [0.5]


def test_yearly_cash_is_that_of_the_months(tiny: Tree, read: Read) -> None:
    """Protects contract years: 12 months each, which add up to the horizon's cash."""
    scenario = read(tiny)
    result = simulate(scenario, 100, 3)
    first = result.names[0]
    total = np.sum(result.yearly[first] - result.yearly["manila"], axis=0)
    np.testing.assert_allclose(total, result.cumulative["manila"][-1], rtol=1e-3)
    assert len(result.yearly[first]) == -(-scenario.months // 12)


def test_certain_cash_by_year(read: Read) -> None:
    """Protects the years by hand: 100 a month, 1,000 at once, 14 months: 2,200 and 200."""
    alternatives = {
        "stay": {"baseline": True, "vendor": {"price": {"fixed_fee": {"amount": 100}}}},
        "move": {"once": 1000, "vendor": {"price": {"fixed_fee": {"amount": 100}}}},
    }
    tree = {
        "months": 14,
        "discount_rate": 0,
        "world": {"volume": {"unit": "call", "per_month": 10}},
        "alternatives": alternatives,
        "preferences": {"budget": {"total": 2399, "per_year": [2199, 200]}},
    }
    result = simulate(read(tree), 5, 1)
    np.testing.assert_array_equal(result.yearly["move"], [[2200.0] * 5, [200.0] * 5])
    np.testing.assert_array_equal(result.yearly["stay"], [[1200.0] * 5, [200.0] * 5])
    content = document(result, summarise(result))["alternatives"]
    assert content["move"]["budget"]["probability_total_exceeded"] == 1.0
    assert content["move"]["budget"]["probability_year_exceeded"] == [1.0, 0.0]
    assert content["move"]["budget"]["mean_excess"] == 1.0
    assert content["stay"]["budget"]["probability_any_year_exceeded"] == 0.0


@pytest.mark.parametrize(
    ("budget", "path"),
    [
        ({"per_year": [1, 2, 3, 4, 5, 6, 7]}, "preferences.budget.per_year"),
        ({"total": 0}, "preferences.budget.total"),
        ({"per_year": [0]}, "preferences.budget.per_year[0]"),
    ],
)
def test_impossible_budgets(tiny: Tree, read: Read, budget: Tree, path: str) -> None:
    """Protects from amounts for other years than there are, and from none."""
    with pytest.raises(ScenarioError) as caught:
        read(tiny | {"preferences": {"budget": budget}})
    assert [(c.code, c.path) for c in caught.value.complaints] == [("BP201", path)]


def test_promise_in_per_cent_is_of_each_futures_baseline(tiny: Tree, read: Read) -> None:
    """Protects 12%: the saving is held against 12 % of what the baseline costs in the same future."""
    result = simulate(read(tiny | {"preferences": {"promised_saving": "12%"}}), 3000, 3)
    summary = summarise(result)
    promise = summary.alternatives["manila"].promise
    assert promise is not None
    base, saving = result.costs["in-house"], result.saving("manila")
    missing = 0.12 * base - saving
    assert promise.probability_kept.value == np.mean(missing < 0)
    assert promise.shortfall.value == pytest.approx(np.mean(missing[missing > 0]), rel=1e-12)
    assert any("12%" in column for column in outcomes(result, summary).columns)
    shown = replace(summary, decision=replace(summary.decision, recommended="manila"))
    assert "The promised 12% of the baseline's cost is exceeded in" in paragraph(result, shown)


def test_return_of_a_run(tiny: Tree, read: Read) -> None:
    """Protects the way to JSON, table and CSV: the rate at which the base case's flow is worth nothing."""
    scenario = read(tiny)
    result = simulate(scenario, 500, 3)
    summary = summarise(result)
    cases = base_case(scenario)
    content = document(result, summary)["alternatives"]
    assert "internal_rate_of_return" not in content["in-house"]
    given = [name for name in result.names[1:] if content[name]["internal_rate_of_return"]["base_case"]]
    assert given, "no alternative of the test has a rate of return"
    for name in given:
        rate = content[name]["internal_rate_of_return"]["base_case"]
        flow = cases["in-house"].flow - cases[name].flow
        worth = np.sum(flow * (1 + rate) ** (-np.arange(len(flow)) / 12))
        assert worth == pytest.approx(0.0, abs=1e-6 * np.abs(flow).sum())
        assert (name, "internal_rate_of_return.base_case", rate, None) in list(tidy_rows(summary))
    assert len(budget_and_return(result, summary).rows) == len(result.names)


def test_changes_are_told_in_the_result(tiny: Tree, read: Read) -> None:
    """Protects the reader of result.json: what was switched off is said beside the hash."""
    result = simulate(read(tiny).without("manila.sla"), 50, 3)
    content = document(result, summarise(result))
    assert content["scenario"]["changes"] == ["--without manila.sla"]
