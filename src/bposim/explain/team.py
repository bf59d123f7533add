"""What a team's lines are computed from; docs/model.md §5."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.sheet import LEARNING, Formula, Sheet
from bposim.explain.twin import as_column
from bposim.legs.team import Team, planned_volume

if TYPE_CHECKING:
    from bposim.legs.role import Role
    from bposim.operations import Staffing
    from bposim.shapes import FloatArray, Path

SECTION = "5. Team"


def _team(sheet: Sheet) -> Team:
    body = sheet.doing.body
    assert isinstance(body, Team)  # noqa: S101 - only a team yields these lines
    return body


def _plan(sheet: Sheet) -> Staffing:
    return _team(sheet).plan(sheet.world, sheet.work.effort)


PLANNED = {"follow": "P = V̂", "level": "P = mean of V̂ over the year", "peak": "P = highest V̂ of the year"}


def _say_how_planned(sheet: Sheet) -> None:
    """Say how the staff is sized."""
    team = _team(sheet)
    sizes = []
    for name, role in sorted(team.roles.items()):
        if role.of is not None:
            sizes.append(f"F[{name}] = F[{role.of}] / {_number(role.one_per)}")
        elif role.volume_per_fte is not None:
            sizes.append(f"F[{name}] = P × (1 + buffer) × {LEARNING} / ({_number(role.volume_per_fte)} × ρ)")
        else:
            sizes.append(f"F[{name}] = {_number(role.fixed)}")
        if role.cover is not None:
            sizes.append(f"F[{name}] at least {_number(role.cover.least)} for cover")
    sheet.remarks.append("; ".join(sizes))
    buffer, improvement = _number(team.buffer), _number(team.improvement)
    growth = f"ρ = (1 + {improvement})^((t−1)/12)" + (" × automation" if team.automation else "")
    sheet.remarks.append(
        f"{PLANNED[team.staffing]}; buffer {buffer}; {growth}; {LEARNING} learning, 1 when practised"
    )


def _number(value: Path | None) -> str:
    """Return a number of the twin to seven digits."""
    return f"{float(np.ravel(0.0 if value is None else value)[0]):.7g}"


def _heads(sheet: Sheet, name: str, role: Role) -> FloatArray:
    """Add the FTE of a role for all of the work: the plan with the role, less the plan without it."""
    team = _team(sheet)
    uncached = np.ones((1, 1))  # a plan is remembered by its team, and these teams live for a moment only
    alone = {} if role.of is None else {role.of: team.roles[role.of]}
    with_role, without = (
        team.model_copy(update={"roles": roles}).plan(sheet.world, sheet.work.effort * uncached)
        for roles in (alone | {name: role}, alone)
    )
    size = {"volume_per_fte": role.volume_per_fte, "one_per": role.one_per, "fixed": role.fixed}
    inputs = [f"roles.{name}.{key}" for key, value in size.items() if value is not None]
    if role.volume_per_fte is not None:
        inputs += ["buffer", "improvement", "automation.gain", "automation.month"]
    heads = as_column(with_role.headcount - without.headcount, sheet.months)
    by = _sized(sheet, name, role)
    return sheet.column(f"F[{name}]", f"FTE of {name} for all of the work", heads, *inputs, by=by)


def _sized(sheet: Sheet, name: str, role: Role) -> FloatArray | None:
    """Add what a role is sized by and return the FTE that follow; None for a fixed number."""
    if role.one_per is not None and role.of is not None:
        span = sheet.column(
            f"one_per[{name}]", f"{role.of} for one {name}", role.one_per, f"roles.{name}.one_per"
        )
        heads = _heads(sheet, role.of, _team(sheet).roles[role.of]) / span
    elif role.volume_per_fte is not None:
        team = _team(sheet)
        planned = sheet.column(
            "P",
            "volume that is planned for",
            planned_volume(sheet.world.forecast, team.staffing),
            by=sheet.forecast() if team.staffing == "follow" else None,
        )
        buffer = sheet.column("buffer", "staff above the forecast, as a part of it", team.buffer, "buffer")
        learning = sheet.column(LEARNING, "learning: 1 when practised", sheet.work.effort)
        automation = team.automation.path(sheet.world.month) if team.automation else 1.0
        growth = sheet.growth(team.improvement, "improvement", automation)
        path = f"roles.{name}.volume_per_fte"
        units = sheet.column(f"units[{name}]", "units that one handles in a month", role.volume_per_fte, path)
        heads = planned * (1.0 + buffer) * learning / (units * growth)
    else:
        return None
    return heads if role.cover is None else np.maximum(heads, float(np.ravel(role.cover.least)[0]))


def _labour(sheet: Sheet) -> FloatArray:
    team = _team(sheet)
    sheet.forecast()
    _say_how_planned(sheet)
    w, wages = sheet.staffed(), sheet.wages(team.country)
    total = np.zeros(sheet.months)
    for name, role in sorted(team.roles.items()):
        heads = _heads(sheet, name, role)
        salary = sheet.money(
            f"salary[{name}]", "pay per FTE and year, today", role.salary, f"roles.{name}.salary"
        )
        oncost = sheet.column(
            f"oncost[{name}]", "on-cost as a part of pay", role.oncost, f"roles.{name}.oncost"
        )
        pay = heads * salary / 12.0 * (1.0 + oncost)
        if role.cover is not None:
            pay = pay * (1.0 + _shift(sheet, name, role.cover.shift_premium))
        total += pay
    return w * wages * total * _present(sheet)


def _shift(sheet: Sheet, name: str, premium: Path) -> FloatArray:
    path = f"roles.{name}.cover.shift_premium"
    return sheet.column(f"shift[{name}]", "extra pay for shifts, × (1 + shift)", premium, path)


def _present(sheet: Sheet) -> FloatArray | float:
    """Add the part of the seats that is not vacant, where successors come cohort by cohort."""
    present: FloatArray | float = 1.0
    if np.any(np.asarray(sheet.doing.hired) != 1.0):
        sheet.remarks.append("× hired: who could not be hired yet is not paid")
        meaning = "part of the planned staff that is hired by then"
        present = sheet.column("hired", meaning, sheet.doing.hired, "hiring.most_per_month")
    if np.any(sheet.doing.vacant):
        sheet.remarks.append("× (1 − vacant): empty seats are not paid")
        vacant = sheet.column("vacant", "part of the seats that is vacant", sheet.doing.vacant)
        present = present * (1.0 - vacant)
    return present


def _overhead(sheet: Sheet) -> FloatArray:
    team = _team(sheet)
    sheet.forecast()
    _say_how_planned(sheet)
    w, prices = sheet.staffed(), sheet.prices(team.country)
    total = np.zeros(sheet.months)
    for name, role in sorted(team.roles.items()):
        if role.overhead is not None:
            heads = _heads(sheet, name, role)
            path = f"roles.{name}.overhead"
            meaning = "overhead per FTE and year, today"
            total += heads * sheet.money(f"overhead[{name}]", meaning, role.overhead, path) / 12.0
    return w * prices * total


def _above_capacity(sheet: Sheet) -> tuple[FloatArray, FloatArray]:
    """Add demand and capacity; return the overtime and the lost units."""
    team = _team(sheet)
    demand = sheet.served() * sheet.volume()
    w, productivity = sheet.staffed(), sheet.work.productivity
    capacity = sheet.column(
        "K",
        "capacity of the staff here, units",
        w
        * as_column(
            _plan(sheet).capacity * productivity * sheet.doing.hired * (1.0 - sheet.doing.missing),
            sheet.months,
        ),
        "buffer",
    )
    limit = sheet.column(
        "limit", "most overtime as a part of capacity", team.overtime.limit, "overtime.limit"
    )
    sheet.remarks.append(
        "K = w × (P + forecast above P, if temporary staff cover it) × (1 + buffer) × morale × (1 − missing)"
    )
    above = np.maximum(0.0, demand - capacity)
    overtime = np.minimum(above, limit * capacity)
    return overtime, above - overtime


def _overtime(sheet: Sheet) -> FloatArray:
    team = _team(sheet)
    overtime, _ = _above_capacity(sheet)
    premium = sheet.column(
        "premium",
        "multiple of the labour cost that overtime is paid at",
        team.overtime.premium,
        "overtime.premium",
    )
    unit = sheet.column("c", "labour cost of one more unit, volume roles", _plan(sheet).unit_labour)
    return premium * unit * sheet.column("o", "overtime, units", overtime)


def _lost_work(sheet: Sheet) -> FloatArray:
    _, lost = _above_capacity(sheet)
    margin = sheet.money(
        "margin", "contribution of a unit", sheet.world.margin, "/world.volume.margin_per_unit"
    )
    return margin * sheet.column("lost", "units that nobody serves", lost)


def _temporary_staff(sheet: Sheet) -> FloatArray:
    plan, w = _plan(sheet), sheet.staffed()
    pay = sheet.column(
        "pay", "pay of the temporary staff for all of the work", plan.temporary_pay, "temporary.premium"
    )
    heads = sheet.column("H", "temporary staff for all of the work, FTE", plan.temporary_heads)
    training = sheet.column("training", "training of each of them", plan.training, "temporary.training")
    return w * pay + np.maximum(0.0, np.diff(w * heads, prepend=0.0)) * training


def _hiring(sheet: Sheet) -> FloatArray:
    team = _team(sheet)
    w, wages = sheet.staffed(), sheet.wages(team.country)
    heads = sheet.column("F", "FTE for all of the work, all roles", _plan(sheet).headcount)
    change = np.diff(heads, prepend=heads[:1])
    terms = team.hiring
    assert terms is not None  # noqa: S101 - the line comes from it
    hire = sheet.money("per_hire", "cost of one hired", terms.per_hire, "hiring.per_hire")
    release = sheet.money("per_release", "cost of one released", terms.per_release, "hiring.per_release")
    return w * wages * (np.maximum(0.0, change) * hire + np.maximum(0.0, -change) * release)


def _turnover(sheet: Sheet) -> FloatArray:
    team, plan = _team(sheet), _plan(sheet)
    terms = team.turnover
    assert terms is not None  # noqa: S101 - the line comes from it
    doing = sheet.doing.operations
    heads = sheet.column("F", "FTE at work here, all roles", doing.headcount)
    yearly = sheet.column("a", "attrition a year", terms.attrition, "turnover.attrition")
    factor = sheet.column("k", "factor on attrition while morale is low", sheet.work.attrition)
    by = 1.0 - (1.0 - yearly * factor) ** (1.0 / 12.0)
    share = sheet.column("q", "part that leaves in the month", doing.leaver_share, by=by)
    recruiting = sheet.money("recruiting", "finding a successor", terms.recruiting, "turnover.recruiting")
    training = sheet.money("training", "training a successor", terms.training, "turnover.training")
    wages = sheet.wages(team.country)
    ramp = sheet.column(
        "ramp",
        "months of loaded cost lost: ramp months × (1 − ramp productivity)",
        terms.ramp_loss(),
        "turnover.ramp_months",
        "turnover.ramp_productivity",
    )
    loaded = (plan.labour + plan.overhead) / np.maximum(plan.headcount, 1e-300)
    loaded = sheet.column("loaded", "labour and overhead of one FTE, a month", loaded)
    return heads * share * ((recruiting + training) * wages + ramp * loaded)


OF = (Team,)

TEAM = {
    "labour": Formula("labour = w × Σ roles F × salary/12 × (1 + oncost) × W", SECTION, _labour, OF),
    "overhead": Formula("overhead = w × Σ roles F × overhead/12 × CPI", SECTION, _overhead, OF),
    "overtime": Formula(
        "overtime = premium × c × o;  o = min(max(0, served × V − K), limit × K)", SECTION, _overtime, OF
    ),
    "lost_work": Formula(
        "lost work = margin × lost;  lost = max(0, served × V − K) − min(max(0, served × V − K), limit × K)",
        SECTION,
        _lost_work,
        OF,
    ),
    "temporary_staff": Formula(
        "temporary staff = w × pay + max(0, (w × H)(t) − (w × H)(t−1)) × training",
        SECTION,
        _temporary_staff,
        OF,
    ),
    "hiring_and_release": Formula(
        "hiring and release = w × W × (max(0, ΔF) × per_hire + max(0, −ΔF) × per_release);  ΔF(1) = 0",
        SECTION,
        _hiring,
        OF,
    ),
    "turnover": Formula(
        "turnover = F × q × ((recruiting + training) × W + ramp × loaded);  q = 1 − (1 − a × k)^(1/12)",
        SECTION,
        _turnover,
        OF,
    ),
}
