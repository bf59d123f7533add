"""What ends or interrupts a leg: failures, failed moves, country events; who works then, and its cost."""

from __future__ import annotations

import copy
import dataclasses
import math
from collections import defaultdict
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bposim import base_case
from bposim.cash import simulate_block
from bposim.discounting import months_column
from bposim.errors import ScenarioError
from bposim.inputs.draws import NoDraws, StreamDraws
from bposim.legs.assignment import assign, gaps, undertakings
from bposim.legs.continuity import Continuity, VendorFailure, interruption
from bposim.legs.course import Course, course_of
from bposim.legs.transition import Transition
from bposim.world.world import simulate_world

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.cash import Cash
    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray, Path
    from bposim.world.world import World

    Tree = dict[str, Any]
    Read = Callable[[Tree], Scenario]
    Still = Callable[..., World]

MONTHS = 12


class Marks:
    """Draws of one trial whose uniform marks are given, by the end of their names; normals are 0."""

    trials = 1

    def __init__(self, **marks: float) -> None:
        self.marks = marks

    def take(self, name: str, sample: object) -> Any:  # noqa: ANN401 - as Draws has it
        """Return the mark whose name the stream's ends with."""
        return np.array([self.marks[name.rpartition(".")[2].replace(" ", "_")]])

    def normal(self, name: str, rows: int) -> FloatArray:
        """Return no noise."""
        return np.zeros((rows, 1))


def row(path: Path) -> FloatArray:
    """Return a path of one trial as ``(months,)``."""
    return np.broadcast_to(path, (MONTHS, 1))[:, 0]


def course(draws: Any, vendor_failure: Tree | None = None, **move: Any) -> Course:  # noqa: ANN401 - as a file has it
    """Return the course of a leg with a failure and, if there are keys for it, a transition."""
    body = SimpleNamespace(
        transition=Transition.model_validate(move) if move else None,
        failure=VendorFailure.model_validate(vendor_failure) if vendor_failure else None,
    )
    return course_of(body, months_column(MONTHS), draws, "leg")


def mark_of(months: float, per_year: float) -> float:
    """Return the mark of a failure so many months after go-live."""
    return float((1 - per_year) ** (months / 12))


# --- courses --------------------------------------------------------------------------------------------


def test_failure_comes_after_the_time_that_its_mark_survives() -> None:
    """A vendor that fails in a year with 30 % is still there after 18 months with 0.7^1.5."""
    failure = VendorFailure(per_year=0.3)
    assert failure.after(np.array([0.7**1.5])) == pytest.approx(18.0, rel=1e-12)
    assert failure.survival(18.0) == pytest.approx(0.7**1.5, rel=1e-12)


def test_higher_hazard_is_earlier_and_none_is_never() -> None:
    """On the same marks a riskier vendor fails earlier in each trial, and one without hazard never does."""
    marks = np.linspace(0.001, 0.999, 999)
    assert (VendorFailure(per_year=0.3).after(marks) < VendorFailure(per_year=0.2).after(marks)).all()
    assert np.isinf(VendorFailure(per_year=0.0).after(marks)).all()


def test_hazard_changes_with_age() -> None:
    """Shape 2: of vendors that survive a first year with 0.7 a second year is survived by 0.7^(4 - 1)."""
    young, old = VendorFailure(per_year=0.3, shape=2.0), VendorFailure(per_year=0.3, shape=2.0, age=12.0)
    assert young.survival(12.0) == pytest.approx(0.7, rel=1e-12)
    assert old.survival(12.0) == pytest.approx(0.7**3, rel=1e-12)
    for failure in (young, old, VendorFailure(per_year=0.3, shape=0.6, age=7.0)):
        mark = failure.survival(8.5)
        assert failure.after(np.array([mark])) == pytest.approx(8.5, rel=1e-9)


def test_failure_during_the_ramp_by_hand() -> None:
    """Go-live 2, ramp 4, failure at 4.5, recovery 2: the 62.5 % moved fall in the gap, then come home."""
    found = course(
        Marks(failure=mark_of(2.5, 0.5)), {"per_year": 0.5, "recovery_months": 2}, planned=2, ramp_months=4
    )
    assert row(found.moved) == pytest.approx([0, 0, 0.25, 0.5] + [0.625] * 8)
    assert row(found.live) == pytest.approx([0, 0, 0.25, 0.5, 0.3125] + [0] * 7)
    assert row(found.gap) == pytest.approx([0, 0, 0, 0, 0.3125, 0.625, 0.3125] + [0] * 5)
    assert row(found.home) == pytest.approx([0] * 6 + [0.3125] + [0.625] * 5)
    assert row(found.running) == pytest.approx([1, 1, 1, 1, 0.5] + [0] * 7)
    assert row(found.relearning) == pytest.approx([0, 0, 0, 0, 1] + [0] * 7)
    assert not row(found.away).any()


def test_named_fallback_takes_what_would_come_home() -> None:
    """With an alternative's name as fallback the same work is away instead of at home."""
    terms = {"per_year": 0.5, "recovery_months": 2, "fallback": "other"}
    found = course(Marks(failure=mark_of(2.5, 0.5)), terms, planned=2, ramp_months=4)
    assert row(found.away) == pytest.approx([0] * 6 + [0.3125] + [0.625] * 5)
    assert not row(found.home).any()


def test_transition_given_up_by_hand() -> None:
    """Given up at the end of month 4, one month of recovery: half had moved and is back from month 6 on."""
    failure = {"probability": 0.3, "month": 4, "recovery_months": 1}
    found = course(Marks(transition_failure=0.29), planned=2, ramp_months=4, failure=failure)
    assert row(found.live) == pytest.approx([0, 0, 0.25, 0.5] + [0] * 8)
    assert row(found.gap) == pytest.approx([0, 0, 0, 0, 0.5] + [0] * 7)
    assert row(found.home) == pytest.approx([0] * 5 + [0.5] * 7)
    assert row(found.given_up) == pytest.approx([0, 0, 0, 1] + [0] * 8)
    lucky = course(Marks(transition_failure=0.31), planned=2, ramp_months=4, failure=failure)
    assert row(lucky.live) == pytest.approx([0, 0, 0.25, 0.5, 0.75] + [1] * 7)


@pytest.mark.parametrize("month", [0.0, 1.5])
def test_transition_given_up_before_go_live_moves_nothing(month: float) -> None:
    """No work is disturbed, preparation stops, and the return is paid once."""
    failure = {"probability": 1, "month": month, "recovery_months": 3}
    found = course(Marks(transition_failure=0.5), planned=3, failure=failure)
    assert not row(found.moved).any()
    assert not row(found.gap).any()
    assert row(found.preparing).sum() == pytest.approx(month)
    assert row(found.given_up).sum() == 1.0


def test_first_of_two_endings_counts() -> None:
    """A vendor that fails in month 5 cannot be given up in month 8, and the other way round."""
    failure = {"probability": 1, "month": 8, "recovery_months": 2}
    early = course(
        Marks(failure=mark_of(3, 0.4), transition_failure=0.5), {"per_year": 0.4}, planned=2, failure=failure
    )
    assert (row(early.relearning).sum(), row(early.given_up).sum()) == (1.0, 0.0)
    assert row(early.gap).sum() == 0.0
    late = course(
        Marks(failure=mark_of(9, 0.4), transition_failure=0.5), {"per_year": 0.4}, planned=2, failure=failure
    )
    assert (row(late.relearning).sum(), row(late.given_up).sum()) == (0.0, 1.0)
    assert row(late.gap).sum() == 2.0


def test_expected_course_is_the_trapezoid_of_survival() -> None:
    """Without noise a vendor at work is expected to work (S(t-1) + S(t)) / 2 of month t."""
    found = course(NoDraws(), {"per_year": 0.36})
    survival = [0.64 ** (t / 12) for t in range(MONTHS + 1)]
    expected = [(a + b) / 2 for a, b in pairwise(survival)]
    assert row(found.live) == pytest.approx(expected, rel=1e-12)
    assert row(found.home) == pytest.approx([1 - part for part in expected], rel=1e-12)
    assert row(found.relearning).sum() == pytest.approx(0.36, rel=1e-12)


def test_expected_course_is_the_mean_of_the_trials() -> None:
    """With ramp, recovery and a chance of giving up, the expected course is the mean of the drawn ones."""
    terms = {"per_year": 0.5, "recovery_months": 1.5}
    failure = {"probability": 0.4, "month": 6.5, "recovery_months": 2}
    move: Tree = {"planned": 1.5, "ramp_months": 5, "failure": failure}
    expected = course(NoDraws(), terms, **move)
    drawn = course(StreamDraws(7, 0, 20_000), terms, **move)
    for name in ("live", "gap", "home", "running"):
        found = np.broadcast_to(getattr(drawn, name), (MONTHS, 20_000))
        error = found.std(axis=1) / math.sqrt(20_000)
        assert (np.abs(found.mean(axis=1) - row(getattr(expected, name))) <= 4 * error + 2e-3).all()


# --- what it costs ---------------------------------------------------------------------------------------


def test_interruption_by_hand(still: Still) -> None:
    """A tenth of 1,000 calls: 60 in an emergency at 1.5 × 4, 40 lost at 7."""
    world = still(MONTHS, volume={"unit": "call", "per_month": 1000.0, "margin_per_unit": 7.0})
    terms = Continuity(covered=0.6, emergency_premium=1.5)
    lines = {line.category: line.monthly for line in interruption(terms, world, 0.1, lambda: 4.0)}
    assert row(lines["continuity"]) == pytest.approx([360.0] * MONTHS)
    assert row(lines["lost_work"]) == pytest.approx([280.0] * MONTHS)
    (line,) = interruption(None, world, 0.1, lambda: 4.0)
    assert row(line.monthly) == pytest.approx([700.0] * MONTHS)


@pytest.fixture(name="tree")
def _tree() -> Tree:
    """Return a year without discount: a team of ten in-house, and a vendor at 3 a call that works at once."""
    return {
        "months": MONTHS,
        "discount_rate": 0,
        "world": {
            "volume": {"unit": "call", "per_month": 1000, "margin_per_unit": 7},
            "wages": {"US": {"inflation": 0}},
        },
        "alternatives": {
            "stay": {
                "baseline": True,
                "team": {"country": "US", "roles": {"agent": {"volume_per_fte": 100, "salary": 48_000}}},
            },
            "go": {
                "vendor": {
                    "country": "PH",
                    "price": {"per_unit": {"amount": 3, "commitment": "100%"}},
                    "governance": {"audits": 12_000},
                    "transition": {
                        "planned": 0,
                        "overrun": 2,
                        "one_off": {"legal": 5_000, "knowledge_transfer": 7_000},
                    },
                }
            },
        },
    }


def vendor(tree: Tree) -> Tree:
    """Return the vendor of the tree."""
    found: Tree = tree["alternatives"]["go"]["vendor"]
    return found


def test_failure_in_the_base_case_by_hand(tree: Tree, read: Read) -> None:
    """Failures expected in the middle of each month: half a month gap, one more, half a month, then the team.

    The team's unit cost is 10 × 4,000 / 1,000 = 40; the vendor has no fee and no governance once it is gone.
    """
    vendor(tree)["failure"] = {"per_year": 0.36, "recovery_months": 2}
    vendor(tree)["continuity"] = {"covered": 0.75, "emergency_premium": 1.2}
    found = base_case(read(tree))["go"].categories
    survival = [0.64 ** (t / 12) for t in range(MONTHS + 1)]
    w = defaultdict(float, {t: survival[t - 1] - survival[t] for t in range(1, 13)})
    live = [(survival[t - 1] + survival[t]) / 2 for t in range(1, 13)]
    gap = [0.5 * w[t] + w[t - 1] + 0.5 * w[t - 2] for t in range(1, 13)]
    assert found["vendor_fees"] == pytest.approx(3000 * sum(live), rel=1e-12)
    assert found["governance"] == pytest.approx(1000 * sum(live), rel=1e-12)
    assert found["continuity"] == pytest.approx(0.75 * 1.2 * 40 * 1000 * sum(gap), rel=1e-12)
    assert found["lost_work"] == pytest.approx(0.25 * 7 * 1000 * sum(gap), rel=1e-9)
    assert found["labour"] == pytest.approx(40_000 * (12 - sum(live) - sum(gap)), rel=1e-12)
    assert found["transition"] == pytest.approx(24_000)
    assert found["retransition"] == pytest.approx(24_000 * 0.36, rel=1e-12)


def test_lost_knowledge_makes_the_retransition_dearer(tree: Tree, read: Read) -> None:
    """One-offs × (2 - k): at a half-life of 6 months a failure after m months costs 2 - 2^(-m/6)."""
    vendor(tree)["failure"] = {"per_year": 0.36}
    vendor(tree)["dependence"] = {"half_life": 6}
    survival = [0.64 ** (t / 12) for t in range(MONTHS + 1)]
    expected = sum(
        (survival[t - 1] - survival[t]) * 24_000 * (2 - 2 ** (-(t - 0.5) / 6)) for t in range(1, 13)
    )
    assert base_case(read(tree))["go"].categories["retransition"] == pytest.approx(expected, rel=1e-12)


def test_failed_transition_costs_its_return(tree: Tree, read: Read) -> None:
    """A move given up for sure after month 5: a third of the preparation is saved, the return costs 9,000."""
    vendor(tree)["transition"] |= {
        "planned": 6,
        "failure": {"probability": 1, "month": 4, "return_cost": 9_000},
    }
    found = base_case(read(tree))["go"].categories
    assert found["transition"] == pytest.approx(2 * (5_000 + 7_000 * 4 / 6))
    assert found["retransition"] == pytest.approx(9_000)
    assert found["labour"] == pytest.approx(480_000)
    assert found["vendor_fees"] == 0.0


def test_overhead_in_use_again_is_not_stranded(tree: Tree, read: Read) -> None:
    """When the work is back the space that stood empty is used, and paid once."""
    tree["alternatives"]["stay"]["team"]["roles"]["agent"]["overhead"] = 12_000
    vendor(tree)["transition"] |= {
        "planned": 2,
        "stranded_overhead": {"share": 1, "half_life": 1e12},
        "failure": {"probability": 1, "month": 5},
    }
    found = base_case(read(tree))["go"].categories
    assert found["stranded_overhead"] == pytest.approx(3 * 10_000, rel=1e-9)
    assert found["overhead"] == pytest.approx(9 * 10_000, rel=1e-9)


def block(scenario: Scenario) -> dict[str, Cash]:
    """Return the cash of 256 trials."""
    return simulate_block(scenario, StreamDraws(3, 0, 256))


def test_failures_that_never_happen_change_nothing(tiny: Tree, read: Read) -> None:
    """Hazard 0 and probability 0 give the run without failure, continuity and selection, to 1e-12."""
    changed = copy.deepcopy(tiny)
    (leg,) = changed["alternatives"]["manila"]["legs"]
    leg["vendor"] |= {
        "failure": {"per_year": 0, "recovery_months": 3},
        "continuity": {"covered": 0.5},
        "selection": {"good": 1, "if_bad": {"error_rate": 3, "breach": 5}},
    }
    leg["vendor"]["transition"]["failure"] = {"probability": 0, "month": 6, "return_cost": 1e6}
    before, after = block(read(tiny)), block(read(changed))
    for name in ("in-house", "manila", "krakow", "blend"):
        assert after[name].flow == pytest.approx(before[name].flow, rel=1e-12)


def test_a_failure_moves_no_draw_of_anybody_else(tiny: Tree, read: Read) -> None:
    """Alternatives without the failing vendor have the same costs to the last bit."""
    changed = copy.deepcopy(tiny)
    changed["alternatives"]["manila"]["legs"][0]["vendor"]["failure"] = {"per_year": 0.3}
    before, after = block(read(tiny)), block(read(changed))
    assert (after["krakow"].total == before["krakow"].total).all()
    assert (after["manila"].total != before["manila"].total).any()


@pytest.mark.parametrize("fallback", ["in-house", "krakow"])
def test_every_unit_is_served_once_or_in_the_gap(tiny: Tree, read: Read, fallback: str) -> None:
    """Served shares of all teams and the gaps of all legs add up to all of the work in every month."""
    tiny["correlations"] = []
    manila = tiny["alternatives"]["manila"]["legs"][0]["vendor"]
    manila["failure"] = {"per_year": 0.5, "recovery_months": 2.5, "fallback": fallback}
    manila["transition"]["failure"] = {"probability": 0.3, "month": 9, "recovery_months": 1}
    scenario = read(tiny)
    draws = StreamDraws(5, 0, 64)
    bound = scenario.uncertain.bind(scenario, scenario.uncertain.means())
    world = dataclasses.replace(still_world(bound), trials=64)
    others = {name: alternative.legs[0] for name, alternative in bound.alternatives.items()}
    for name in ("manila", "blend"):
        legs = undertakings(bound.alternatives[name].legs, world, draws)
        old = undertakings(bound.alternatives["in-house"].legs, world, draws)
        given = assign(legs, old, others, world)
        served = sum(np.broadcast_to(piece.work.served, (24, 64)) for piece in given)
        missing = sum(np.broadcast_to(own.leg.share * own.course.gap, (24, 64)) for own in legs)
        assert served + missing == pytest.approx(np.ones((24, 64)), abs=1e-12)
        assert missing.any()
        assert (fallback == "krakow") == any(piece.leg is others["krakow"] for piece in given)


def still_world(bound: Scenario) -> World:
    """Return the world of a bound scenario without noise."""
    return simulate_world(bound.world, NoDraws(), bound.months, bound.calendar_start, bound.base_currency)


# --- country events -------------------------------------------------------------------------------------


def lines_of(scenario: Scenario, name: str, lost: Path) -> dict[str, float]:
    """Return the undiscounted costs of an alternative where events take a part of PH's capacity."""
    world = dataclasses.replace(still_world(scenario), disruptions={"PH": lost})
    alternatives, draws = scenario.alternatives, NoDraws()
    legs = undertakings(alternatives[name].legs, world, draws)
    found: dict[str, float] = {}
    given = assign(legs, undertakings(alternatives["stay"].legs, world, draws), {}, world)
    lines = [line for piece in given for line in piece.lines(world, draws, lambda: 40.0)]
    for line in (*lines, *gaps(legs, world, lambda: 40.0)):
        found[line.category] = found.get(line.category, 0.0) + float(row(line.monthly).sum())
    return found


LOST = np.where(np.arange(MONTHS) == 4, 0.25, 0.0)[:, np.newaxis]


def test_country_event_by_hand(tree: Tree, read: Read) -> None:
    """A quarter of a month: fee and commitment fall with it; 80 % are served at 2 × 40, 50 lost at 7."""
    vendor(tree)["continuity"] = {"covered": 0.8, "emergency_premium": 2}
    found = lines_of(read(tree), "go", LOST)
    assert found["vendor_fees"] == pytest.approx(3000 * 11.75)
    assert found["continuity"] == pytest.approx(0.8 * 2 * 40 * 250)
    assert found["lost_work"] == pytest.approx(0.2 * 250 * 7)
    assert found["governance"] == pytest.approx(12_000)


def test_country_event_spares_other_countries(tree: Tree, read: Read) -> None:
    """An event in PH costs a team in the US nothing."""
    assert lines_of(read(tree), "stay", LOST) == lines_of(read(tree), "stay", 0.0)


def test_team_is_paid_through_a_country_event(tree: Tree, read: Read) -> None:
    """Capacity falls with the volume: no overtime, the staff is paid, and what is not done is lost."""
    tree["alternatives"]["stay"]["team"]["country"] = "PH"
    tree["world"]["wages"] = {"PH": {"inflation": 0}}
    found = lines_of(read(tree), "stay", LOST)
    assert found["labour"] == pytest.approx(480_000)
    assert found["overtime"] == 0.0
    assert found["lost_work"] == pytest.approx(250 * 7)


def test_two_legs_in_one_country_are_hit_together(tree: Tree, read: Read) -> None:
    """Two named vendors with half of the work each lose in the same month what one with all of it loses."""
    vendor(tree)["continuity"] = {"covered": 0.8, "emergency_premium": 2}
    half = {"share": "50%", "like": "go"}
    tree["alternatives"]["pair"] = {"legs": [half | {"name": "north"}, half | {"name": "south"}]}
    scenario = read(tree)
    one, two = lines_of(scenario, "go", LOST), lines_of(scenario, "pair", LOST)
    assert two.keys() == one.keys()
    for category, cost in one.items():
        assert two[category] == pytest.approx(cost, rel=1e-12), category


# --- what is refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize("fallback", ["nobody", "go"])
def test_fallback_must_be_another_alternative(tree: Tree, read: Read, fallback: str) -> None:
    """A fallback that does not exist, or is the failing vendor itself, is refused with its place."""
    vendor(tree)["failure"] = {"per_year": 0.1, "fallback": fallback}
    with pytest.raises(ScenarioError) as caught:
        read(tree)
    assert [c.path for c in caught.value.complaints] == ["alternatives.go.vendor.failure.fallback"]


def test_failing_vendor_of_the_baseline_needs_a_named_fallback(tree: Tree, read: Read) -> None:
    """In-house means the baseline's legs, and the baseline cannot fall back on itself."""
    tree["alternatives"]["stay"] = {
        "baseline": True,
        "vendor": {"price": {"per_unit": {"amount": 4}}, "failure": {"per_year": 0.1}},
    }
    with pytest.raises(ScenarioError) as caught:
        read(tree)
    assert [c.path for c in caught.value.complaints] == ["alternatives.stay.vendor.failure"]
    assert "cannot fall back on the baseline" in caught.value.complaints[0].what
