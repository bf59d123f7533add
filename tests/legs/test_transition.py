"""The move of the work: live share, one-offs, severance, learning, stranded overhead, by hand."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bposim.discounting import months_column
from bposim.inputs.draws import NoDraws
from bposim.legs.course import course_of
from bposim.legs.transition import Transition
from bposim.operations import Line, Staffing

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.shapes import FloatArray
    from bposim.world.world import World

    Still = Callable[..., World]

NOBODY = Staffing(headcount=0.0, pay=0.0, labour=0.0, overhead=0.0)


def transition(**keys: Any) -> Transition:  # noqa: ANN401 - as a file would write them
    """Return a transition as a file would describe it."""
    return Transition.model_validate({"planned": 3} | keys)


def live(move: Transition, months: int = 12) -> FloatArray:
    """Return s(t) of a transition without uncertainty, ``(months,)``."""
    return np.broadcast_to(move.live_share(months_column(months)), (months, 1))[:, 0]


def lines(move: Transition, world: World, share: float = 1.0, old: Staffing = NOBODY) -> dict[str, Line]:
    """Return the transition's lines by category."""
    course = course_of(SimpleNamespace(transition=move), world.month, NoDraws(), "leg")
    return {line.category: line for line in move.lines(world, share, old, course)}


def monthly(line: Line, world: World) -> FloatArray:
    """Return the payments of months 1..T, ``(months,)``."""
    return np.broadcast_to(line.monthly, (world.months, 1))[:, 0]


# --- live share ---------------------------------------------------------------------------------------


def test_ramp_by_hand() -> None:
    """Go-live after month 3, four months of ramp: a quarter more each month from month 4 on."""
    assert live(transition(ramp_months=4), 9) == pytest.approx([0, 0, 0, 0.25, 0.5, 0.75, 1, 1, 1])


def test_without_a_ramp_the_work_moves_at_once() -> None:
    """Go-live at the end of month 3 is month 4 in full."""
    assert live(transition(), 5).tolist() == [0, 0, 0, 1, 1]


def test_go_live_need_not_be_a_whole_month() -> None:
    """G = 3.5 and a ramp of 2: at the end of month 4 a quarter is live."""
    assert live(transition(delay=0.5, ramp_months=2), 7) == pytest.approx([0, 0, 0, 0.25, 0.75, 1, 1])


def test_pilot_by_hand() -> None:
    """20 % for two months after go-live at 2.5, then the rest over four months: a + (1-a)(e-b)/R."""
    move = transition(planned=2, delay=0.5, pilot={"share": 0.2, "months": 2}, ramp_months=4)
    expected = [0, 0, 0.2, 0.2, 0.2 + 0.8 * 0.125, 0.2 + 0.8 * 0.375, 0.2 + 0.8 * 0.625, 0.2 + 0.8 * 0.875, 1]
    assert live(move, 9) == pytest.approx(expected)


def test_pilot_of_everything_and_pilot_without_time() -> None:
    """A pilot of 100 % is the whole move; one of 0 months is no pilot at all."""
    assert live(transition(pilot={"share": 1, "months": 3}, ramp_months=4), 6).tolist() == [0, 0, 0, 1, 1, 1]
    brief = transition(pilot={"share": 0.2, "months": 0}, ramp_months=4)
    assert live(brief, 8) == pytest.approx([0, 0, 0, 0.4, 0.6, 0.8, 1, 1])


def test_uncertain_delay_gives_each_trial_its_own_live_share() -> None:
    """Shape (months, trials); a later go-live is never further on."""
    move = transition(ramp_months=4).model_copy(update={"delay": np.array([0.0, 1.0, 2.5])})
    share = np.asarray(move.live_share(months_column(12)))
    assert share.shape == (12, 3)
    assert (np.diff(share, axis=1) <= 0).all()
    assert share[:, 1] == pytest.approx(live(transition(delay=1, ramp_months=4)))


def test_parallel_run_by_hand() -> None:
    """π (s(t) - s(t-p)): what went live in the last p months is staffed twice, at intensity π."""
    move = transition(ramp_months=4, parallel_run={"months": 1.5, "intensity": 0.6})
    share = [0, 0, 0, 0.25, 0.5, 0.75, 1, 1, 1]
    before = [0, 0, 0, 0, 0.125, 0.375, 0.625, 0.875, 1]
    kept = np.asarray(move.kept_in_parallel(months_column(9)))[:, 0]
    assert kept == pytest.approx([0.6 * (s - b) for s, b in zip(share, before, strict=True)])


def test_parallel_run_keeps_as_long_as_it_lasts() -> None:
    """Over the whole move the doubly staffed months add up to p × π, whatever the ramp."""
    for ramp in (0, 3, 7.5):
        move = transition(ramp_months=ramp, parallel_run={"months": 2, "intensity": 0.5})
        assert np.asarray(move.kept_in_parallel(months_column(30))).sum() == pytest.approx(2 * 0.5)


def test_learning_by_hand() -> None:
    """1 + λ e^(-(t-G)/τ) from go-live on, 1 + λ before it."""
    effort = np.asarray(transition(learning={"extra": 0.3, "fades": 4}).effort(months_column(7)))[:, 0]
    expected = [1.3, 1.3, 1.3, *(1 + 0.3 * math.exp(-e / 4) for e in (1, 2, 3, 4))]
    assert effort == pytest.approx(expected, rel=1e-14)


def test_unrest_lasts_from_announcement_to_the_end_of_the_ramp() -> None:
    """Months 1 to G + pilot + ramp, the last one included."""
    move = transition(pilot={"share": 0.2, "months": 1}, ramp_months=2)
    assert np.asarray(move.unsettled(months_column(9)))[:, 0].tolist() == [1] * 6 + [0] * 3


# --- money --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("go_live", [0.4, 1.0, 2.5, 3.0, 11.99])
def test_knowledge_transfer_is_spread_in_full(still: Still, go_live: float) -> None:
    """Whatever the go-live, the months before it pay the whole amount, evenly, and nothing is paid later."""
    world = still(24)
    line = lines(transition(planned=go_live, one_off={"knowledge_transfer": 120e3}), world)["transition"]
    paid = monthly(line, world)
    whole = int(go_live)
    assert np.asarray(line.upfront).sum() == 0.0
    assert paid.sum() == pytest.approx(120e3, rel=1e-12)
    assert paid[:whole] == pytest.approx(np.full(whole, 120e3 / go_live))
    assert paid[whole] == pytest.approx((go_live - whole) * 120e3 / go_live)
    assert not paid[whole + 1 :].any()


def test_immediate_go_live_pays_all_at_once(still: Still) -> None:
    """With G = 0 knowledge transfer and integration are due in month 0, and nothing is divided by 0."""
    world = still(12)
    items = {"knowledge_transfer": 70e3, "integration": 30e3, "legal": 1e3}
    line = lines(transition(planned=0, one_off=items), world)["transition"]
    assert float(np.asarray(line.upfront)) == pytest.approx(101e3)
    assert not monthly(line, world).any()


def test_one_offs_by_hand(still: Still) -> None:
    """All but knowledge transfer and integration at t = 0, × overrun × share; euros at their rate."""
    world = still(12, fx={"EUR": 2.0})
    items = {
        "selection": 1e3, "legal": 2e3, "travel": 4e3, "retention": 8e3, "other": 16e3,
        "knowledge_transfer": {"amount": 30e3, "currency": "EUR"}, "integration": 6e3,
    }  # fmt: skip
    line = lines(transition(one_off=items, overrun=1.5), world, share=0.4)["transition"]
    assert float(np.asarray(line.upfront)) == pytest.approx(31e3 * 1.5 * 0.4)
    assert monthly(line, world) == pytest.approx([(60e3 + 6e3) * 1.5 * 0.4 / 3] * 3 + [0] * 9)


def test_severance_by_hand(still: Still) -> None:
    """Each month's newly live part of the old headcount: weeks of pay, a fixed sum, less redeployed."""
    world = still(8)
    pay = 52_000.0 * np.linspace(1.0, 1.7, 8)[:, np.newaxis]
    old = Staffing(headcount=np.full((8, 1), 12.0), pay=pay, labour=0.0, overhead=0.0)
    terms = {"weeks_of_pay": 8, "per_fte": 1000, "redeployed": 0.25}
    line = lines(transition(ramp_months=4, severance=terms), world, 0.5, old)["severance"]
    # Pay of 52,000 a month is 12,000 a week for all of them.
    expected = (
        [0.0] * 3
        + [0.5 * 0.25 * 0.75 * (8 * 12_000 * pay[t, 0] / 52_000 + 12 * 1000) for t in range(3, 7)]
        + [0.0]
    )
    assert monthly(line, world) == pytest.approx(expected, rel=1e-12)


def test_severance_is_paid_once_for_everybody(still: Still) -> None:
    """Over the move the parts add up to the whole headcount, with a pilot and a fractional go-live too."""
    world = still(24)
    old = Staffing(headcount=np.full((24, 1), 40.0), pay=0.0, labour=0.0, overhead=0.0)
    move = transition(
        delay=0.7, pilot={"share": 0.3, "months": 2.2}, ramp_months=5.5, severance={"per_fte": 1000}
    )
    assert monthly(lines(move, world, 1.0, old)["severance"], world).sum() == pytest.approx(40e3)


def test_stranded_overhead_by_hand(still: Still) -> None:
    """Half of 800 a month strands when all work moves in month 4, and halves every two months."""
    world = still(8)
    old = Staffing(headcount=0.0, pay=0.0, labour=0.0, overhead=np.full((8, 1), 800.0))
    line = lines(transition(stranded_overhead={"share": 0.5, "half_life": 2}), world, 1.0, old)[
        "stranded_overhead"
    ]
    assert monthly(line, world) == pytest.approx([0, 0, 0, 400, 400 * 0.5**0.5, 200, 200 * 0.5**0.5, 100])


def test_stranded_overhead_piles_up_through_the_ramp(still: Still) -> None:
    """Each month's release strands by itself: the sum of its decaying parts."""
    world = still(8)
    old = Staffing(headcount=0.0, pay=0.0, labour=0.0, overhead=np.full((8, 1), 1000.0))
    move = transition(ramp_months=2, stranded_overhead={"share": 0.4, "half_life": 1})
    assert monthly(lines(move, world, 0.5, old)["stranded_overhead"], world) == pytest.approx(
        [0, 0, 0, 100, 150, 75, 37.5, 18.75]
    )


def test_a_season_strands_no_overhead_again(still: Still) -> None:
    """Once work has moved, the old plan's ups and downs release nothing; nor does staff kept in parallel."""
    world = still(8)
    season = np.array([800.0, 800, 800, 800, 200, 900, 100, 1500])[:, np.newaxis]
    old = Staffing(headcount=0.0, pay=0.0, labour=0.0, overhead=season)
    forever = {"share": 1.0, "half_life": 1e12}
    line = lines(transition(stranded_overhead=forever), world, 1.0, old)["stranded_overhead"]
    assert monthly(line, world) == pytest.approx([0, 0, 0, 800, 800, 800, 800, 800])
    late = transition(stranded_overhead=forever, parallel_run={"months": 1, "intensity": 1.0})
    line = lines(late, world, 1.0, old)["stranded_overhead"]
    assert monthly(line, world) == pytest.approx([0, 0, 0, 0, 200, 200, 200, 200])


def test_move_without_extras_has_only_its_one_offs(still: Still) -> None:
    """No severance and no stranded overhead unless the file asks for them."""
    assert list(lines(transition(), still(12))) == ["transition"]


# --- other climbs, tenure, announcement ---------------------------------------------------------------------


def test_waves_by_hand() -> None:
    """Waves at months 3, 5 and 7 after a pilot of 10 %: each is live from the month after it."""
    move = transition(waves=["20%", "50%", "100%"], ramp_months=4, pilot={"share": 0.1, "months": 0})
    expected = [0, 0, 0, 0.28, 0.28, 0.55, 0.55, 1, 1]
    assert live(move, 9) == pytest.approx(expected)


def test_one_wave_is_a_jump() -> None:
    """All at once, whatever the ramp."""
    assert live(transition(waves=["100%"], ramp_months=6), 6).tolist() == live(transition(), 6).tolist()


def test_logistic_ramp_by_hand() -> None:
    """From 0 to 1 like 1 / (1 + e^(-10 (x - 1/2))), stretched to its ends and even about the middle."""
    found = live(transition(ramp="logistic", ramp_months=4), 9)
    low, quarter = 1 / (1 + math.exp(5)), 1 / (1 + math.exp(2.5))
    expected = (quarter - low) / (1 - 2 * low)
    assert found == pytest.approx([0, 0, 0, expected, 0.5, 1 - expected, 1, 1, 1], rel=1e-12)


@pytest.mark.parametrize("waves", [["50%", "20%", "100%"], ["50%", "90%"]])
def test_waves_must_rise_to_everything(waves: list[str]) -> None:
    """Cumulated parts that fall, or leave work behind, are refused."""
    with pytest.raises(ValueError, match="rising, the last one 100%"):
        transition(waves=waves)


@pytest.mark.parametrize(("tenure", "weeks"), [(0.5, 4 + 1), (3, 6 + 1), (20, 26 + 1)])
def test_severance_by_tenure(tenure: float, weeks: float) -> None:
    """Two weeks a year, at least 4 and at most 26, beside one week for everybody."""
    terms = {"weeks_of_pay": 1, "weeks_per_year": 2, "tenure": tenure, "min_weeks": 4, "max_weeks": 26}
    move = transition(severance=terms)
    assert move.severance is not None
    assert move.severance.weeks == pytest.approx(weeks)


def test_morale_falls_with_the_announcement() -> None:
    """Announced after month 2, go-live 3 and two months of ramp: months 3 to 5 are unsettled."""
    move = transition(ramp_months=2, morale={"announced": 2})
    assert np.asarray(move.unsettled(months_column(7)))[:, 0].tolist() == [0, 0, 1, 1, 1, 0, 0]
