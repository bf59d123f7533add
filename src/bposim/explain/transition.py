"""What the lines of a move are computed from; docs/model.md §7."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.sheet import Formula, Sheet
from bposim.explain.twin import as_column
from bposim.legs.transition import Transition

if TYPE_CHECKING:
    from bposim.legs.course import Course
    from bposim.operations import Staffing
    from bposim.shapes import FloatArray

SECTION = "7. Transition"

AT_ONCE = ("selection", "legal", "travel", "retention", "other")
SPREAD = ("knowledge_transfer", "integration")


def _move(sheet: Sheet) -> Transition:
    body = sheet.doing.body
    assert isinstance(body, Transition)  # noqa: S101 - only a transition yields these lines
    return body


def _old(sheet: Sheet) -> Staffing:
    assert sheet.doing.old is not None  # noqa: S101 - the watched transition keeps it
    return sheet.doing.old


def _course(sheet: Sheet) -> Course:
    assert sheet.doing.course is not None  # noqa: S101 - the watched transition keeps it
    return sheet.doing.course


def _moved(sheet: Sheet) -> FloatArray:
    """Add s, the live share of the leg."""
    inputs = ("planned", "delay", "pilot.share", "pilot.months", "ramp_months")
    sheet.remarks.append("s = 0 until G = planned + delay, then the pilot's share, then the climb to 1")
    return sheet.column("s", "part of the leg's work that has moved", _course(sheet).moved, *inputs)


def _one_offs(sheet: Sheet) -> FloatArray:
    move, items = _move(sheet), _move(sheet).one_off
    share = sheet.share()
    overrun = sheet.column("overrun", "factor on one-off costs", move.overrun, "overrun")
    go_live = sheet.column("G", "go-live, months from signature", move.go_live, "planned", "delay")
    at_once = spread_today = np.zeros(sheet.months)
    running = np.zeros(sheet.months)
    for name in (*AT_ONCE, *SPREAD):
        item = getattr(items, name)
        if item is None:
            continue
        words = name.replace("_", " ")
        when = "until go-live" if name in SPREAD else "in month 0"
        amount = sheet.money(name, f"{words}, paid {when}", item, f"one_off.{name}")
        today = sheet.today(name, item)
        if name in SPREAD:
            spread_today = spread_today + today
            running = running + amount
        else:
            at_once = at_once + today
    waits = go_live[0] > 0.0
    sheet.remarks.append("due = min(1, max(0, G − (t−1))) / G;  with G = 0 everything falls in month 0")
    length = go_live if waits else np.ones(sheet.months)
    due = as_column(_course(sheet).preparing, sheet.months) / length if waits else np.zeros(sheet.months)
    part = sheet.column("due", "part of the spread costs that falls in the month", due)
    sheet.upfront = share * overrun * (at_once if waits else at_once + spread_today)
    return share * overrun * part * running


def _severance(sheet: Sheet) -> FloatArray:
    terms, old = _move(sheet).severance, _old(sheet)
    assert terms is not None  # noqa: S101 - the line comes from it
    share, live = sheet.share(), _moved(sheet)
    pay = sheet.column("pay", "pay of all of the old staff, a month", old.pay)
    heads = sheet.column("F", "FTE of all of the old staff", old.headcount)
    weeks = sheet.column(
        "weeks",
        "weeks of pay",
        terms.weeks,
        "severance.weeks_of_pay",
        "severance.weeks_per_year",
        "severance.tenure",
    )
    each = sheet.money("per_fte", "further cost of each", terms.per_fte, "severance.per_fte")
    kept = sheet.column(
        "redeployed", "part that finds other work here", terms.redeployed, "severance.redeployed"
    )
    moved = np.diff(live, prepend=0.0)
    return share * moved * (1.0 - kept) * (weeks * pay * 12.0 / 52.0 + heads * each)


def _stranded(sheet: Sheet) -> FloatArray:
    terms, old = _move(sheet).stranded_overhead, _old(sheet)
    assert terms is not None  # noqa: S101 - the line comes from it
    share, live = sheet.share(), _moved(sheet)
    overhead = sheet.column("O", "overhead of all of the old staff, a month", old.overhead)
    part = sheet.column("f", "part that cannot be saved at once", terms.share, "stranded_overhead.share")
    half = sheet.column(
        "h", "months until half of it is gone", terms.half_life, "stranded_overhead.half_life"
    )
    kept = sheet.column("k", "part of the work still staffed beside it", _course(sheet).kept)
    left = np.maximum(0.0, np.diff(live - kept, prepend=0.0))
    released = sheet.column("R", "overhead that the month releases", share * left * overhead)
    paid = sheet.decaying("z", "overhead that is still paid", part * released, half)
    if not isinstance(_course(sheet).home, float):
        sheet.remarks.append("× (1 − reused): overhead of work that has come back is not stranded")
        paid *= 1.0 - sheet.column("reused", "part of it that is used again", _course(sheet).reused)
    return paid


def _retransition(sheet: Sheet) -> FloatArray:
    move, course = _move(sheet), _course(sheet)
    share = sheet.share()
    total = np.zeros(sheet.months)
    if move.failure is not None:
        gone = sheet.column("given up", "chance that the move is given up in the month", course.given_up)
        cost = sheet.money("return", "cost of the return", move.failure.return_cost, "failure.return_cost")
        total = total + share * gone * cost
    if not isinstance(course.relearning, float):
        again = sheet.column("again", "how often the one-offs are due again", course.relearning)
        overrun = sheet.column("overrun", "factor on one-off costs", move.overrun, "overrun")
        items = [(name, getattr(move.one_off, name)) for name in (*AT_ONCE, *SPREAD)]
        costs = [
            sheet.money(name, name.replace("_", " "), item, f"one_off.{name}")
            for name, item in items
            if item is not None
        ]
        total = total + share * overrun * again * sum(costs, start=np.zeros(sheet.months))
    return total


OF = (Transition,)

TRANSITION = {
    "retransition": Formula(
        "retransition = σ × given up × return + σ × overrun × again × Σ one-offs", SECTION, _retransition, OF
    ),
    "transition": Formula(
        "transition = σ × overrun × due × (knowledge_transfer + integration);  "
        "month 0: σ × overrun × the others",
        SECTION,
        _one_offs,
        OF,
    ),
    "severance": Formula(
        "severance = σ × (s(t) − s(t−1)) × (1 − redeployed) × (weeks/52 × 12 × pay + F × per_fte)",
        SECTION,
        _severance,
        OF,
    ),
    "stranded_overhead": Formula(
        "stranded = z(t) = z(t−1) × 2^(−1/h) + f × R(t);  R = σ × max(0, Δ(s − k)) × O",
        SECTION,
        _stranded,
        OF,
    ),
}
