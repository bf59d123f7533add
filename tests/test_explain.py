"""Explanations: they show what the engine computes, name who says so, and own up to what they lack."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import bposim
from bposim.analysis.summary import CostMeasures, Decision, Promise, RiskAdjusted, SavingMeasures
from bposim.errors import CODES
from bposim.explain import (
    CodeExplanation,
    InputExplanation,
    LineExplanation,
    MetricExplanation,
    UnknownWordError,
    explain,
)
from bposim.explain.codes import EXAMPLES
from bposim.explain.lines import FORMULAS, _meaning, explain_line
from bposim.explain.metrics import METRICS, WORDS
from bposim.explain.sources import Note, numbers
from bposim.explain.twin import twin_of
from bposim.files import load
from bposim.inputs.distribution import Distribution
from bposim.legs.vendor import FX_CLAUSES, PRICE_MODELS
from bposim.part import Part
from bposim.risks import RISKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.explain import Explanation
    from bposim.scenario import Scenario

    Tree = dict[str, Any]
    Read = Callable[[Tree], Scenario]

ROOT = Path(__file__).parents[1]
SCENARIOS = [*sorted((ROOT / "scenarios").glob("*.yaml")), *sorted((ROOT / "tests/data").glob("*.yaml"))]

WITHOUT_FORMULA = {"continuity", "termination"}
"""Categories that are explained by the engine's months alone: the gap, to be made smaller."""


CLERK = {"volume_per_fte": 100, "salary": 12_000, "overhead": 3_000}


def line_scenario(
    read: Read, leg: Tree, world: Tree | None = None, measures: Tree | None = None, **more: object
) -> Scenario:
    """Return a scenario whose alternative ``other`` has this leg."""
    return read(
        {
            "months": 24,
            "discount_rate": 0.08,
            "world": {"volume": {"unit": "call", "per_month": 1000, "margin_per_unit": 4}} | (world or {}),
            "alternatives": {
                "base": {"baseline": True, "team": {"roles": {"clerk": CLERK}}},
                "other": {"legs": [leg], **more},
            },
        }
        | ({"mitigations": measures} if measures else {})
    )


def line(read: Read, word: str, leg: Tree, world: Tree | None = None, **more: object) -> LineExplanation:
    """Return the explanation of a line of the alternative ``other`` with this leg."""
    (found,) = explain(word, line_scenario(read, leg, world, **more))
    assert isinstance(found, LineExplanation)
    return found


def one(found: list[Explanation]) -> Explanation:
    """Return the only explanation."""
    (only,) = found
    return only


# --- Lines ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_lines_are_the_base_case(path: Path) -> None:
    """Protects the tie to the base case: each category's present value, and the months of the total."""
    scenario = bposim.load(path)
    twin = twin_of(scenario)
    for name, case in bposim.base_case(scenario).items():
        assert twin.categories(name) == list(case.categories)
        for category, value in case.categories.items():
            assert explain_line(twin, name, category).present_value == pytest.approx(
                value, rel=1e-9, abs=1e-9
            )
        total = explain_line(twin, name, "total")
        assert total.flow == pytest.approx(case.flow, rel=1e-9, abs=1e-6)
        assert total.present_value == pytest.approx(case.total, rel=1e-9)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_formulas_give_the_engines_months(path: Path) -> None:
    """Protects the spreadsheet: every formula, from the drivers shown, gives the engine's line to 1e-9."""
    twin = twin_of(bposim.load(path))
    loose = [
        (name, category, piece.label, piece.difference)
        for name in twin.entries
        for category in twin.categories(name)
        for piece in explain_line(twin, name, category).pieces
        if piece.formula and not piece.ties
    ]
    assert loose == []


def test_categories_without_formula_are_listed() -> None:
    """Protects against silent gaps: a category that the engine has is explained, or stands in the list."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/bposim").rglob("*.py"))
    yielded = set(re.findall(r'Line\(\s*"(\w+)"', code)) | set(
        re.findall(r'category: ClassVar\[str\] = "(\w+)"', code)
    )
    assert yielded - FORMULAS.keys() <= WITHOUT_FORMULA
    assert FORMULAS.keys() <= yielded
    assert not WITHOUT_FORMULA & FORMULAS.keys()
    assert [category for category in yielded if not _meaning(category)] == []


def test_fee_by_hand(read: Read) -> None:
    """Protects the drivers: price, index, renewal and rate as worked out by hand."""
    contract = {
        "vendor": {
            "price": {"per_unit": {"amount": 10, "currency": "PLN"}},
            "indexation": {"fixed": "10%"},
            "term": 18,
            "renewal_uplift": "5%",
        }
    }
    found = line(read, "other.vendor_fees", contract, {"fx": {"PLN": 0.25}})
    (piece,) = found.pieces
    columns = {driver.symbol: driver.values for driver in piece.drivers}
    assert [columns[symbol][12] for symbol in ("price", "billed", "C", "N", "fx")] == pytest.approx(
        [10, 1000, 1.1, 1, 0.25], rel=1e-12
    )
    assert columns["N"][[17, 18]] == pytest.approx([1, 1.05], rel=1e-12)
    assert found.flow[[0, 1, 13, 19]] == pytest.approx([0, 2500, 2750, 2887.5], rel=1e-12)
    assert piece.ties


def test_labour_by_hand(read: Read) -> None:
    """Protects the roles: each one's FTE is its own part of the plan, spans and fixed roles included."""
    team = {
        "team": {
            "roles": {
                "clerk": {"volume_per_fte": 100, "salary": 12_000, "oncost": "50%"},
                "lead": {"one_per": 5, "of": "clerk", "salary": 24_000},
                "head": {"fixed": 1, "salary": 60_000},
            },
            "buffer": "10%",
        }
    }
    found = line(read, "other.labour", team)
    (piece,) = found.pieces
    columns = {driver.symbol: driver.values[0] for driver in piece.drivers}
    assert [columns[f"F[{role}]"] for role in ("clerk", "lead", "head")] == pytest.approx(
        [11, 2.2, 1], rel=1e-12
    )
    assert found.flow[1] == pytest.approx(11 * 1_000 * 1.5 + 2.2 * 2_000 + 5_000, rel=1e-12)
    assert any("F[lead] = F[clerk] / 5" in remark for remark in piece.remarks)
    assert piece.ties


def test_optional_lines_tie(read: Read) -> None:
    """Protects what the example scenarios do not use: withholding, home clause, per-FTE price, pay in PHP."""
    world = {"fx": {"PHP": 0.02}, "wages": {"PH": {"inflation": 0.06}}}
    vendor = {
        "country": "PH",
        "price": {"per_fte": {"amount": 90_000, "currency": "PHP"}},
        "fx_clause": "home",
        "productivity": 90,
        "improvement": "3%",
        "leakage": {"withholding": "15%", "change_requests": "4%", "change_premium": "20%"},
        "governance": {"fee_share": "5%", "retained_fte": 1, "cost_per_fte": "PHP 2M", "travel": 9_000},
        "transition": {"planned": 0, "ramp_months": 3, "one_off": {"legal": "PHP 1M", "integration": 5_000}},
    }
    team = {
        "country": "PH",
        "roles": {"clerk": {"volume_per_fte": 90, "salary": "PHP 500k", "overhead": "PHP 90k"}},
        "staffing": "level",
        "temporary": {"premium": "20%", "training": "PHP 20k"},
        "hiring": {"per_hire": "PHP 30k", "per_release": 400},
        "overtime": {"limit": "1%"},
    }
    season = {
        "unit": "call",
        "per_month": 1000,
        "margin_per_unit": 4,
        "season": [0.5, 1.5] * 6,
        "growth": "-5%",
    }
    for leg in ({"vendor": vendor}, {"team": team}, {"team": team | {"temporary": None, "hiring": None}}):
        terms = {kind: _without_none(part) for kind, part in leg.items()}
        for word in ("total", *sorted(FORMULAS)):
            try:
                found = line(read, f"other.{word}", terms, world | {"volume": season})
            except UnknownWordError:
                continue
            assert all(piece.ties for piece in found.pieces), word


PL = {"fx": {"PLN": 0.25}, "wages": {"PL": {"inflation": 0.06}}}
MOVE = {
    "planned": 2,
    "delay": 0.5,
    "ramp_months": 4,
    "ramp": "logistic",
    "one_off": {"legal": 9_000, "integration": "PLN 8k"},
    "severance": {"weeks_per_year": 1.5, "tenure": 6, "redeployed": "20%"},
    "stranded_overhead": {"share": "60%", "half_life": 8},
    "morale": {"productivity_loss": "5%", "attrition_factor": 1.3},
}


def body(**more: object) -> Tree:
    """Return a vendor with a bit of everything that a fee, a risk or a clause may need."""
    return {
        "vendor": {
            "country": "PL",
            "productivity": 95,
            "price": {"per_unit": {"amount": 40, "currency": "PLN"}},
            "indexation": {"wages_of": "PL", "sensitivity": "80%", "cap": "4%"},
            "term": 10,
            "renewal_uplift": "6%",
            "turnover": {"attrition": "25%"},
            "quality": {"error_rate": "4%", "cost_per_error": 12, "turnover_sensitivity": 2},
            "transition": MOVE,
        }
        | more
    }


def loose_ends(
    read: Read, leg: Tree, world: Tree | None = None, **more: object
) -> tuple[set[str], list[str]]:
    """Return the categories of an alternative that have a formula throughout, and those that do not tie."""
    twin = twin_of(line_scenario(read, leg, PL | (world or {}), **more))
    pieces = [
        (category, piece)
        for category in twin.categories("other")
        for piece in explain_line(twin, "other", category).pieces
    ]
    formulas = {category for category, piece in pieces if piece.formula}
    return formulas, [category for category, piece in pieces if piece.formula and not piece.ties]


@pytest.mark.parametrize("kind", RISKS)
def test_every_risk_ties(read: Read, kind: str) -> None:
    """Protects each kind of risk: its example on a vendor has a formula that gives the engine's months."""
    written = _tree(RISKS[kind].example())
    formulas, loose = loose_ends(read, body(risks={kind: written}))
    assert getattr(RISKS[kind], "category", kind) in formulas
    assert loose == []


@pytest.mark.parametrize("kind", PRICE_MODELS)
@pytest.mark.parametrize("clause", FX_CLAUSES)
def test_every_price_model_and_clause_ties(read: Read, kind: str, clause: str) -> None:
    """Protects each price model under each currency clause."""
    price = _tree(PRICE_MODELS[kind].example()) | {"currency": "PLN"}
    paid = {clause: _tree(FX_CLAUSES[clause].example())} if FX_CLAUSES[clause].model_fields else clause
    formulas, loose = loose_ends(read, body(price={kind: price}, fx_clause=paid))
    assert "vendor_fees" in formulas
    assert loose == []


CASES: dict[str, tuple[Tree, Tree]] = {
    "exit": (
        body(
            exit={"month": 20, "recovery_months": 2, "cost": 5_000, "rehiring": 900},
            dependence={"half_life": 18, "longer_exit": 1},
            continuity={"covered": "50%"},
            termination={"fee_months": [3, 2]},
        ),
        {},
    ),
    "knowledge and degraded service": (
        body(
            price={"per_fte": {"amount": 4_000}},
            knowledge_loss={"taken": "60%", "extra": "50%", "relearnt": 5},
            quality={
                "error_rate": "4%",
                "cost_per_error": 12,
                "degraded": {"per_year": 1, "months": 3, "factor": 2},
            },
            automation={"gain": "20%", "month": 6},
            sla={"metrics": {"late": {"target": "95%", "miss_rate": "7%", "credit_rate": 2}}},
        ),
        {},
    ),
    "events that follow": (
        body(
            risks={
                "breach": {"per_year": 0.2, "severity": 1e5},
                "regulatory": {"per_year": 0.1, "severity": 1e4, "after": {"breach": "30%"}},
                "reputation": {
                    "per_year": 0,
                    "churn": 0.01,
                    "revenue": 1e7,
                    "margin": 0.3,
                    "lasts": 4,
                    "after": {"breach": "20%", "regulatory": "10%"},
                },
            }
        ),
        {},
    ),
    "slow hiring and automation": (
        {
            "team": {
                "country": "PL",
                "roles": {"clerk": {"volume_per_fte": 100, "salary": "PLN 90k", "overhead": 2_000}},
                "hiring": {"per_hire": 500, "most_per_month": 0.02},
                "automation": {"gain": "20%", "month": 6, "ramp_months": 3},
                "turnover": {"attrition": "30%", "recruiting": 900},
                "transition": MOVE,
            }
        },
        {},
    ),
    "metrics": (
        body(
            sla={
                "metrics": {
                    "accuracy": {"target": "99%", "credit_rate": 2},
                    "timeliness": {"target": "95%", "miss_rate": "7%", "allocation": "40%"},
                },
                "pool": 1.5,
            }
        ),
        {},
    ),
    "earn-back": (body(sla={"target": "95.6%", "credit_rate": 3, "earn_back": 2}), {}),
    "change orders": (
        body(
            leakage={
                "change_requests": "2%",
                "scope_creep": "3%",
                "change_premium": "10%",
                "withholding": "12%",
            },
            change_orders={"per_year": 2, "size": 0.1, "premium": "20%"},
        ),
        {},
    ),
    "orders in money": (
        body(
            change_orders={"per_year": 2, "size": 900, "basis": "money", "currency": "PLN"},
            dependence={"half_life": 18},
        ),
        {},
    ),
    "failures": (
        body(
            failure={"per_year": "10%", "recovery_months": 2},
            continuity={"covered": "50%"},
            transition=MOVE | {"failure": {"probability": "20%", "month": 5, "return_cost": 7_000}},
        ),
        {},
    ),
    "country events": (
        body(continuity={"covered": "50%"}),
        {"country_events": {"PL": {"per_year": 0.5, "months": 2, "capacity_loss": "40%"}}},
    ),
    "selection": (
        body(
            selection={"good": "70%", "if_bad": {"error_rate": 1.4, "attrition": 1.2}, "due_diligence": None}
        ),
        {},
    ),
    "cohorts and cover": (
        {
            "team": {
                "country": "PL",
                "roles": {
                    "clerk": {"volume_per_fte": 100, "salary": "PLN 90k", "overhead": 2_000},
                    "guard": {"cover": {"seats": 1, "shift_premium": "15%"}, "salary": 20_000},
                },
                "turnover": {
                    "attrition": "30%",
                    "recruiting": 900,
                    "training": 800,
                    "replacement": {"hiring_lag": 1, "training_months": 1, "ramp_months": 2},
                },
                "quality": {"error_rate": "2%", "cost_per_error": 9},
                "overtime": {"limit": "5%"},
            }
        },
        {},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_every_clause_ties(read: Read, case: str) -> None:
    """Protects the optional terms of contract, transition and team, which few scenarios have."""
    leg, world = CASES[case]
    tidy = {kind: {key: _without_none(value) for key, value in part.items()} for kind, part in leg.items()}
    assert loose_ends(read, tidy, world)[1] == []


def test_lines_of_an_alternative_as_a_whole_tie(read: Read) -> None:
    """Protects mitigations, benefits and the alternative's own costs; effects are in the drivers."""
    measures = {
        "drill": {
            "once": 500,
            "per_year": "PLN 1k",
            "fee_share": "1%",
            "lag": 3,
            "effects": {"quality.error_rate": 0.5},
        }
    }
    benefits = {
        "management_freed": {"fte": 0.5, "value": 90_000, "lag": 2, "realised": "40%"},
        "technology": {"per_year": 3_000, "realised": "70%"},
        "faster_launch": {"months": 2, "margin_per_month": 4_000, "realised": "50%"},
        "avoided_investment": "PLN 2k",
    }
    more = {"mitigations": ["drill"], "benefits": benefits, "once": 100, "per_year": "PLN 60k"}
    more |= {"investments": {"tools": {"amount": "PLN 9k", "month": 0, "every": 5}}}
    formulas, loose = loose_ends(read, body(), measures=measures, **more)
    assert {"mitigation", "benefits", "coordination", "investment"} <= formulas
    assert loose == []
    twin = twin_of(line_scenario(read, body(), PL, measures=measures, **more))
    (piece,) = (p for p in explain_line(twin, "other", "service_quality").pieces if p.label == "other")
    rate = next(driver.values for driver in piece.drivers if driver.symbol == "e0")
    assert rate[[2, 3]] == pytest.approx([0.04, 0.02])
    assert "after the effects of drill" in piece.remarks


def _tree(value: Any) -> Any:  # noqa: ANN401 - any value of a scenario
    """Return a part as a scenario file writes it."""
    if isinstance(value, Distribution):
        return {value.kind: _fields(value)}
    if isinstance(value, Part):
        return _fields(value)
    return [_tree(each) for each in value] if isinstance(value, list | tuple) else value


def _fields(part: Part) -> Tree:
    return {
        field.alias or name: _tree(getattr(part, name))
        for name, field in type(part).model_fields.items()
        if name in part.model_fields_set and getattr(part, name) is not None
    }


def _without_none(value: Any) -> Any:  # noqa: ANN401 - any value of a scenario
    if not isinstance(value, dict):
        return value
    return {key: _without_none(below) for key, below in value.items() if below is not None}


def test_formula_that_does_not_tie_says_so(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects honesty: where more acts on a line than its formula says, the difference is told."""
    right = FORMULAS["vendor_fees"]
    wrong = dataclasses.replace(right, work_out=lambda sheet: 0.9 * right.work_out(sheet))
    monkeypatch.setitem(FORMULAS, "vendor_fees", wrong)
    (piece,) = line(read, "other.vendor_fees", {"vendor": {"price": {"fixed_fee": {"amount": 7}}}}).pieces
    assert piece.difference == pytest.approx(0.1)
    assert not piece.ties


def test_category_without_formula_keeps_its_months(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects new mechanisms: without a formula the engine's months and present value are still there."""
    monkeypatch.delitem(FORMULAS, "vendor_fees")
    found = line(read, "other.vendor_fees", {"vendor": {"price": {"fixed_fee": {"amount": 7}}}})
    assert found.flow[1:] == pytest.approx(np.full(24, 7.0))
    assert [piece.formula for piece in found.pieces] == [""]
    assert found.present_value == pytest.approx(7 * sum(1.08 ** (-t / 12) for t in range(1, 25)), rel=1e-12)


def test_each_team_and_contract_is_a_piece_of_its_own() -> None:
    """Protects mixed alternatives: the old team's part and the vendor's stand apart and add up."""
    scenario = bposim.load(ROOT / "scenarios/customer-support.yaml")
    found = one(explain("blend.service_quality", scenario))
    assert isinstance(found, LineExplanation)
    assert [piece.label for piece in found.pieces] == ["in-house", "blend leg 2"]
    assert found.flow == pytest.approx(found.pieces[0].flow + found.pieces[1].flow, rel=1e-12)


def test_saving_is_the_baseline_less_the_alternative() -> None:
    """Protects the sign of the saving, month by month and in present value."""
    scenario = bposim.load(ROOT / "tests/data/small.yaml")
    base, own, saving = (
        one(explain(word, scenario)) for word in ("in-house.total", "manila.total", "manila.saving")
    )
    assert isinstance(base, LineExplanation)
    assert isinstance(own, LineExplanation)
    assert isinstance(saving, LineExplanation)
    assert saving.flow == pytest.approx(base.flow - own.flow, rel=1e-12, abs=1e-6)
    assert saving.present_value == pytest.approx(base.present_value - own.present_value, rel=1e-9)


def test_category_alone_is_a_line_of_each_alternative_that_has_it() -> None:
    """Protects short words: all alternatives, or the one that is asked for."""
    scenario = bposim.load(ROOT / "tests/data/small.yaml")
    names = [found.name for found in explain("vendor fees", scenario)]  # type: ignore[union-attr]
    assert names == ["manila.vendor_fees", "blend.vendor_fees"]
    assert one(explain("vendor_fees", scenario, "blend")).name == "blend.vendor_fees"  # type: ignore[union-attr]


# --- Inputs and sources --------------------------------------------------------------------------------


def test_input_shared_by_like_is_one_input_used_in_several_places() -> None:
    """Protects the list of uses: one distribution, both places, and the lines with it in their formula."""
    scenario = bposim.load(ROOT / "scenarios/customer-support.yaml")
    found = one(explain("manila.price", scenario))
    assert isinstance(found, InputExplanation)
    assert found.used_at == (
        "alternatives.manila.legs[0].vendor.price.amount",
        "alternatives.blend.legs[1].vendor.price.amount",
    )
    assert found.enters == ("manila.vendor_fees", "blend.vendor_fees")
    assert found.correlations == (("alternatives.manila.vendor.quality.distance", -0.3),)
    assert found.currency == "PHP"
    assert found.note.source.startswith("Site Selection Group 2024")


def test_figures_of_an_input(read: Read) -> None:
    """Protects mean and percentiles: those of a uniform by hand; a certain number is its own percentile."""
    scenario = read(
        {
            "discount_rate": {"uniform": {"low": "5%", "high": "15%"}},
            "world": {"volume": {"unit": "call", "per_month": 1000}},
            "alternatives": {
                "base": {"baseline": True, "vendor": {"price": {"fixed_fee": {"amount": 5}}}},
                "other": {"vendor": {"price": {"fixed_fee": {"amount": 4}}}},
            },
        }
    )
    rate, fee = one(explain("discount_rate", scenario)), one(explain("other.price", scenario))
    assert isinstance(rate, InputExplanation)
    assert isinstance(fee, InputExplanation)
    assert rate.figures.mean == pytest.approx(0.10)
    assert rate.figures.percentiles == pytest.approx({"p5": 0.055, "p50": 0.10, "p95": 0.145})
    assert rate.figures.parameters == {"low": 0.05, "high": 0.15}
    assert rate.enters == ("every present value",)
    assert (fee.figures.kind, fee.figures.mean, fee.figures.percentiles["p5"]) == ("certain", 4.0, 4.0)


def test_event_sizes_and_defaults_are_told_apart() -> None:
    """Protects the reading: a severity is drawn for each event; a default is not of the file."""
    scenario = bposim.load(ROOT / "tests/data/small.yaml")
    severity, limit = (
        one(explain("in-house.severity", scenario)),
        one(explain("in-house.overtime.limit", scenario)),
    )
    assert isinstance(severity, InputExplanation)
    assert isinstance(limit, InputExplanation)
    assert (severity.per_event, severity.given) == (True, True)
    assert (limit.per_event, limit.given) == (False, False)


@pytest.mark.parametrize("listed", [False, True])
def test_source_is_that_of_the_closest_mapping(read: Read, listed: bool) -> None:
    """Protects attribution: the number's own source, else the one around it with its place; also in lists."""
    vendor = {
        "country": "PL",
        "source": "the contract",
        "price": {"per_unit": {"amount": {"value": 5, "source": "bid of May (grade P)", "owner": "CPO"}}},
        "term": 24,
        "renewal_uplift": "3%",
    }
    leg = {"legs": [{"vendor": vendor}]} if listed else {"vendor": vendor}
    found = one(
        explain(
            "other.vendor_fees",
            read(
                {
                    "discount_rate": 0.08,
                    "world": {
                        "volume": {"unit": "call", "per_month": 1000},
                        "wages": {"PL": {"inflation": 0}},
                    },
                    "alternatives": {
                        "base": {"baseline": True, "vendor": {"price": {"fixed_fee": {"amount": 5}}}},
                        "other": leg,
                    },
                }
            ),
        )
    )
    assert isinstance(found, LineExplanation)
    notes = {reference.symbol: reference.note for reference in found.pieces[0].references}
    place = "alternatives.other.legs[vendor PL].vendor" if listed else "alternatives.other.vendor"
    assert (notes["price"].source, notes["price"].grade, notes["price"].owner) == (
        "bid of May (grade P)",
        "P",
        "CPO",
    )
    assert (notes["N"].source, notes["N"].at, notes["N"].owner) == ("the contract", place, "")


@pytest.mark.parametrize(
    ("source", "note", "grade"),
    [
        ("IBM 2025 (grade S)", "", "S"),
        ("ICMI; Insignia (grades S and T)", "", "S T"),
        ("A (grade P); B (grade S)", "M until bids are in", "P S M"),
        ("", "M: own payroll", "M"),
        ("", "M", "M"),
        ("C. Kalnik in Global Services 2007", "", ""),
        ("", "Month by month", ""),
        ("WTW 2025: 3.5% (grade P; spread M)", "", "P M"),
        ("IBM 2025: mean 4.44M (grade S); spread M, after Cyentia", "", "S M"),
        ("", "Size: M, the largest assumption of all", "M"),
        ("", "Once.  Sizes: M, nothing published", "M"),
        ("Desk of Thomas S, as in plan C", "", ""),
        ("", "", ""),
    ],
)
def test_grades_are_read_from_the_text(source: str, note: str, grade: str) -> None:
    """Protects the grade: as people write it, and never a name's initial."""
    assert Note("", source, note).grade == grade


# --- Codes, figures, words -----------------------------------------------------------------------------


def test_every_code_has_an_example() -> None:
    """Protects completeness: a new code needs a mistake, its remedy, and a sentence."""
    assert EXAMPLES.keys() == CODES.keys()
    for code, meaning in CODES.items():
        found = one(explain(code.lower()))
        assert isinstance(found, CodeExplanation)
        assert (found.meaning, found.warning) == (meaning, code.startswith("BP3"))
        assert found.wrong != found.right
        assert found.remedy.endswith(".")


def test_every_figure_of_a_run_is_explained() -> None:
    """Protects completeness: a new measure needs its two sentences."""
    kinds = (CostMeasures, SavingMeasures, Promise, RiskAdjusted, Decision)
    fields = {field.name for kind in kinds for field in dataclasses.fields(kind)}
    assert fields - {"reason", "decided", "rank_by"} <= WORDS.keys()
    words = [word for metric in METRICS for word in (metric.name, *metric.also)]
    assert len(words) == len(set(words))
    for metric in METRICS:
        assert metric.definition.endswith(".")
        assert metric.reading.endswith(".")


def test_figures_are_found_by_any_of_their_words() -> None:
    """Protects looking up: case and hyphens do not matter, other words lead to the same figure."""
    found = one(explain("Mean-ES"))
    assert isinstance(found, MetricExplanation)
    assert found == one(explain("risk-adjusted value"))


def test_the_formula_of_the_ranking_has_its_weights() -> None:
    """Protects the figure that decides: w and the tail of the file, or those of a file without any."""
    assert "otherwise, w = 0.5 and ES is the mean of the 5% of futures" in _definition("risk-adj. value")
    weights = {"preferences.tail_weight": "20%", "preferences.tail_level": "90%"}
    scenario = load(ROOT / "tests/data/small.yaml", weights)
    (found,) = explain("mean_es", scenario)
    assert isinstance(found, MetricExplanation)
    assert "In this file w = 0.2 and ES is the mean of the 10% of futures" in found.definition


@pytest.mark.parametrize(
    "word", ["chance of a miss", "counted with risk", "fair share", "known alone", "dominance", "term"]
)
def test_words_of_the_tables_are_explained(word: str) -> None:
    """Protects the reader of a table: what heads a column can be looked up."""
    assert _definition(word)


def _definition(word: str) -> str:
    found = one(explain(word))
    assert isinstance(found, MetricExplanation)
    return found.definition


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("manila.vendor_fee", "did you mean manila.vendor_fees"),
        ("manila.prise", "manila.price"),
        ("volatility", "volatility can mean"),
        ("per_year", "write more of the path"),
        ("qqqqqq", "write ALTERNATIVE.CATEGORY"),
    ],
)
def test_unknown_and_ambiguous_words_get_advice(word: str, said: str) -> None:
    """Protects the way on: what was meant, or what could be."""
    with pytest.raises(UnknownWordError, match=re.escape(said)):
        explain(word, bposim.load(ROOT / "tests/data/small.yaml"))


def test_words_without_a_scenario_ask_for_one() -> None:
    """Protects the first try: a line needs a file; a code nearly right gets a suggestion."""
    with pytest.raises(UnknownWordError, match="name a scenario FILE"):
        explain("manila.vendor_fees")
    with pytest.raises(UnknownWordError, match="did you mean BP104"):
        explain("BP1044")
    with pytest.raises(UnknownWordError, match="no alternative is called cebu; there are in-house, manila"):
        explain("labour", bposim.load(ROOT / "tests/data/small.yaml"), "cebu")


def test_an_overridden_value_is_named_after_its_own_place() -> None:
    """Protects whoever looks up a number: krakow's pace is not manila's, from which it was taken."""
    scenario = load(ROOT / "scenarios/customer-support.yaml")
    names = {each.position: each.name for each in numbers(scenario)}
    values = {each.name: each.value for each in numbers(scenario) if not isinstance(each.value, Distribution)}
    assert names["alternatives.blend.legs[0].share"] == "alternatives.blend.legs[0].share"
    fades = "vendor.transition.learning.fades"
    assert names[f"alternatives.blend.legs[1].{fades}"] == f"alternatives.manila.{fades}"
    assert values[f"alternatives.manila.{fades}"] == 6
    assert values[f"alternatives.krakow.{fades}"] == 5
