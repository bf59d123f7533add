"""What it is worth to find out before choosing: by input or group, and of the studies that could be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.analysis.comparison import too_close
from bposim.report.numbers import MINUS, amount, money, stated
from bposim.report.pictures.labels import drawable, fitted, shorten, width_of
from bposim.report.pictures.page import CannotDrawError, page
from bposim.report.pictures.rows import LINE, bar, frame_rows, level_of, write_names
from bposim.report.pictures.seen import scale_of, spoken
from bposim.report.pictures.style import COSTS, FAINT_INK, INK, LABEL, SAVES, SMALL, drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.analysis.measures import Estimate
    from bposim.analysis.value_of_information import Study
    from bposim.report.pictures.page import Origin
    from bposim.report.study_value import Plan
    from bposim.report.value import Piece, Value

MOST = 12
"""Inputs and groups on the picture."""

NAMES = 3.2
"""Inches for the names at most."""

COLUMNS = (0.7, 1.55)
"""Right edges of the columns beside the studies, in inches from the end of the panel: price, net."""

LONGEST = 40
"""Characters of a name in the title."""


def shown_of(found: Value) -> tuple[Piece, ...]:
    """Return the inputs and groups that are worth something, the most valuable first."""
    return tuple(piece for piece in found.pieces if not piece.worthless)[:MOST]


def finding(found: Value) -> str:
    """Return in a sentence what to find out first, or that nothing would change the choice."""
    if found.everything.se is None:
        return f"{found.trials:,} trials are too few to value information"
    ceiling = found.all_inputs
    pieces = [piece for piece in shown_of(found) if len(piece.inputs) == 1]
    if too_close(found.everything) or ceiling is None or ceiling.worthless:
        return f"nothing that could be found out would change the choice of {_short(found.choice)}"
    best = next((study for study in found.first if not too_close(study.net)), None)
    if best is not None:
        net = money(best.net.value, found.currency, best.net.se)
        return f"buy the study “{_short(best.name)}” first: it is worth {net} more than it costs"
    if not pieces:
        return "no single input is worth finding out: only several together change the choice"
    lead = pieces[0]
    worth = money(lead.value.value, found.currency, lead.value.se)
    return f"find out {spoken(lead.name)} first: to know it before choosing would be worth up to {worth}"


def alt_text(found: Value) -> str:
    """Return the picture in words, with its figures."""
    rows = [
        f"{drawable(piece.name)}: up to {_text(piece.value)}"
        + (f", half known {_text(piece.half)}" if piece.half else "")
        + "."
        for piece in shown_of(found)
    ]
    studies = [
        f"Study {drawable(plan.name)}: worth {_study_text(study)}, price {stated(study.price)}, net "
        f"{_text(study.net)}."
        for plan, study in found.studies
    ]
    what = f"Bars of the value of information, in {found.currency}."
    whole = f"All of the future: {_text(found.everything)}."
    return " ".join([f"{finding(found)}.", what, whole, *rows, *studies])


def plot(axes: Axes, found: Value) -> Axes:
    """Draw what each input or group is worth at most, and what half of that knowledge is worth."""
    pieces = shown_of(found)
    estimates = [piece.value for piece in pieces]
    marks = {f"all of the future {_text(found.everything)}": found.everything.value}
    if found.all_inputs is not None:
        marks[f"all inputs {_text(found.all_inputs.value)}"] = found.all_inputs.value.value
    scale = scale_of([*estimates, found.everything])
    room = max(width_of(_text(each), SMALL) for each in estimates) + 0.12
    frame_rows(axes, len(pieces), (0.0, max(marks.values())), scale, room)
    axes.set_xlim(left=0.0)
    for place, piece in enumerate(pieces):
        bar(axes, place, piece.value, SAVES, _text(piece.value))
        if piece.half is not None and not too_close(piece.half):
            axes.plot(
                piece.half.value, place, "D", color="white", markeredgecolor=INK, markersize=5.5, zorder=4
            )
    _mark_limits(axes, marks)
    return axes


def plot_studies(axes: Axes, found: Value) -> Axes:
    """Draw what each study is worth, and a cross at its price: worth buying where the bar passes it."""
    studies = _in_order(found)
    estimates = [study.value for _, study in studies]
    scale = scale_of(estimates)
    room = max(width_of(_study_text(study), SMALL) for _, study in studies) + 0.12
    high = max(*(each.high or each.value for each in estimates), *(s.price for _, s in studies))
    frame_rows(axes, len(studies), (0.0, high), scale, room)
    axes.set_xlim(left=0.0)
    for place, (_, study) in enumerate(studies):
        colour = SAVES if study.net.value > 0 else COSTS
        bar(axes, place, study.value, colour, _study_text(study))
        axes.plot([study.price] * 2, [place - 0.4, place + 0.4], color=INK, linewidth=2.0, zorder=4)
    axes.set_title(
        "Studies: the bar is what it is worth, the black line across it is its price",
        loc="left",
        fontsize=LABEL,
        fontweight="bold",
    )
    return axes


def draw(origin: Origin, found: Value) -> Figure:
    """Return the picture; CannotDrawError where nothing is worth finding out."""
    pieces = shown_of(found)
    if not pieces:
        raise CannotDrawError(finding(found))
    kept = f"{found.trials:,} trials"
    if found.trials < found.run_trials:
        kept = f"the first {found.trials:,} of {found.run_trials:,} trials"
    others = sum(not piece.worthless for piece in found.pieces) - len(pieces)
    more = f" {others} more are worth less." if others else ""
    shown = (
        "What knowing it before choosing would save on average, because the choice could follow it: present "
        f"value over {origin.scenario.months} months, {found.currency}, {kept}. Bars are what it is worth to "
        "know it exactly, with 95% intervals; diamonds, half of the doubt resolved. No study is worth more "
        f"than all inputs together; values do not add up.{more}"
    )
    with drawing():
        upper = LINE * len(pieces)
        lower = LINE * len(found.studies)
        sheet = page(
            origin, finding(found), shown, upper + 0.95 + (lower + 0.95 if found.studies else 0.0), 11.6
        )
        floor = sheet.height - 0.35 - upper
        start = write_names(sheet, floor, upper, [piece.name for piece in pieces], NAMES)
        if found.studies:
            names = [plan.name for plan, _ in _in_order(found)]
            start = max(start, write_names(sheet, 0.6, lower, names, NAMES))
        axes = plot(sheet.axes(start, floor, sheet.width - start, upper), found)
        axes.set_xlabel(f"Worth at most, {found.currency}")
        if found.studies:
            end = sheet.width - COLUMNS[-1] - 0.1
            axes = plot_studies(sheet.axes(start, 0.6, end - start, lower), found)
            axes.set_xlabel(f"Worth, {found.currency}")
            for column, head in zip(COLUMNS, ("price", "net"), strict=True):
                sheet.write(end + column, 0.6 + lower + 0.1, head, SMALL, FAINT_INK, align="right")
            for place, (_, study) in enumerate(_in_order(found)):
                level = level_of(0.6, lower, place, len(found.studies))
                net = amount(study.net.value, study.net.se, minus=MINUS, plus=True)
                for column, text in zip(COLUMNS, (stated(study.price), net), strict=True):
                    sheet.write(end + column, level, text, SMALL, INK, align="right")
    return sheet.figure


def _in_order(found: Value) -> list[tuple[Plan, Study]]:
    return sorted(found.studies, key=lambda each: -each[1].net.value)


def _mark_limits(axes: Axes, marks: dict[str, float]) -> None:
    """Mark what all is worth by broken lines, each named above it, one higher than the other."""
    for height, (words, at) in enumerate(marks.items()):
        axes.axvline(at, color=FAINT_INK, linewidth=1.0, dashes=(3, 1.5), zorder=0.9)
        axes.annotate(
            words,
            (at, 1.0),
            (0, 3 + 12 * height),
            axes.get_xaxis_transform(),
            "offset points",
            fontsize=SMALL,
            color=FAINT_INK,
            ha="right",
            va="bottom",
        )


def _text(estimate: Estimate) -> str:
    return (
        "nothing"
        if too_close(estimate) and estimate.value >= 0
        else amount(estimate.value, estimate.se, minus=MINUS)
    )


def _study_text(study: Study) -> str:
    """Return what a study is worth, within its error of nothing or not: its price is held against it."""
    return amount(study.value.value, study.value.se) if study.value.value else "nothing"


def _short(name: str) -> str:
    return shorten(fitted(drawable(name), 6.0, SMALL), LONGEST)
