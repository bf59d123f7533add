"""The named stresses beside the scenario as it is: P5, mean and P95 of the saving of each alternative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bposim.analysis.comparison import too_close
from bposim.report.numbers import MINUS, money
from bposim.report.pictures.labels import drawable, fitted, inches, short_names, width_of
from bposim.report.pictures.page import CannotDrawError, horizon, page, trials
from bposim.report.pictures.rows import GAP, frame_rows, level_of, note, write_names
from bposim.report.pictures.seen import scale_of
from bposim.report.pictures.style import FAINT_INK, INK, LABEL, SMALL, drawing, looks_of
from bposim.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bposim.analysis.measures import Estimate
    from bposim.report.numbers import Scale
    from bposim.report.pictures.page import Origin

    class Saving(Protocol):
        """What a picture shows of an alternative under a stress."""

        @property
        def saving(self) -> Estimate:
            """Its mean saving."""

        @property
        def change(self) -> Estimate:
            """Of the mean saving against the scenario as it is."""

        @property
        def p5(self) -> Estimate:
            """P5 of the saving."""

        @property
        def p95(self) -> Estimate:
            """P95 of the saving."""


MOST = 3
"""Alternatives with a panel of their own."""

LINE = 0.42
NAMES, CHOICE = 2.6, 1.5
"""Inches for the names of the stresses at most, and for the choice under each."""

NARROW = 24
"""Characters of a name in the column of choices."""


@dataclass(frozen=True, slots=True)
class Stressed:
    """One row: what a stress does to the savings and to the choice."""

    name: str
    condition: bool
    """Whether it is a part of the futures, not a change of them."""
    alternatives: Mapping[str, Saving]
    order: tuple[str, ...]
    """From best to worst by risk-adjusted value."""
    close: bool


def shown_of(origin: Origin, found: Sequence[Stressed]) -> list[str]:
    """Return the alternatives with a panel: the best ones beside the baseline, as the file orders them."""
    best = [name for name in found[0].order if name != origin.scenario.baseline][:MOST]
    return [name for name in found[0].alternatives if name in best]


def finding(origin: Origin, found: Sequence[Stressed]) -> str:
    """Return in a sentence under which stresses the choice turns, or which of them costs most."""
    base, *stresses = found
    names, best = short_names(_titles(origin, base)), base.order[0]
    turned = [one for one in stresses if one.order[0] != best and not one.close]
    if turned:
        told = [f"{drawable(one.name)} (to {names[one.order[0]]})" for one in turned[:2]]
        more = f" and {len(turned) - 2} more" if len(turned) > 2 else ""  # noqa: PLR2004 - two are named
        return (
            f"the choice of {names[best]} turns under {listed(told) if not more else ', '.join(told) + more}"
        )
    close = any(one.order[0] != best for one in stresses)
    stays = (
        f"no stress clearly turns the choice of {names[best]}"
        if close
        else f"{names[best]} stays the choice under every stress"
    )
    own = best if best != origin.scenario.baseline else shown_of(origin, found)[0]
    worst = min(stresses, key=lambda one: one.alternatives[own].change.value)
    change = worst.alternatives[own].change
    if change.value >= 0 or too_close(change):
        return stays
    taken = money(-change.value, origin.scenario.base_currency, change.se)
    whose = "its" if own == best else f"{names[own]}'s"
    return f"{stays}; {drawable(worst.name)} takes {taken} of {whose} mean saving"


def alt_text(origin: Origin, found: Sequence[Stressed]) -> str:
    """Return the picture in words, with its figures."""
    scale, titles = _scale(origin, found), _titles(origin, found[0])
    rows = []
    for one in found:
        told = [
            f"{drawable(titles[name])} {scale.text(own.saving.value)} ({scale.text(own.p5.value)} to "
            f"{scale.text(own.p95.value)})"
            for name in shown_of(origin, found)
            for own in (one.alternatives[name],)
        ]
        rows.append(f"{drawable(one.name)}: {'; '.join(told)}; choice {drawable(titles[one.order[0]])}.")
    what = (
        f"Mean saving, with P5 and P95 in brackets, by stress and alternative, in "
        f"{origin.scenario.base_currency}."
    )
    return " ".join([f"{finding(origin, found)}.", what, *rows])


def plot(axes: Axes, origin: Origin, found: Sequence[Stressed], name: str) -> Axes:
    """Draw the saving of one alternative: a line from P5 to P95 and a dot at the mean, a row a stress."""
    scale = _scale(origin, found)
    own = [one.alternatives[name] for one in found]
    everyone = [one.alternatives[other] for one in found for other in shown_of(origin, found)]
    ends = [end for each in everyone for end in (each.p5.value, each.saving.value, each.p95.value)]
    frame_rows(axes, len(found), (min(0.0, *ends), max(0.0, *ends)), scale, 0.1)
    names = list(found[0].alternatives)
    base = origin.scenario.baseline
    look = looks_of([base, *(each for each in names if each != base)])[name]
    axes.axvline(own[0].saving.value, color=FAINT_INK, linewidth=1.0, dashes=(3, 1.5), zorder=0.9)
    for place, each in enumerate(own):
        axes.plot([each.p5.value, each.p95.value], [place, place], color=look.colour, linewidth=2.4)
        for end in (each.p5.value, each.p95.value):
            axes.plot([end, end], [place - 0.14, place + 0.14], color=look.colour, linewidth=1.6)
        axes.plot(
            each.saving.value, place, "o", color=look.colour, markeredgecolor="white", markersize=8, zorder=3
        )
        note(axes, each.saving.value, place, scale.text(each.saving.value, minus=MINUS), "above")
    title = fitted(drawable(_titles(origin, found[0])[name]), inches(axes)[0], LABEL, "bold")
    axes.set_title(title, loc="left", fontsize=LABEL, fontweight="bold", parse_math=False)
    return axes


def draw(origin: Origin, found: Sequence[Stressed]) -> Figure:
    """Return the picture: a panel an alternative, a row a stress, and what is chosen under each."""
    if len(found) < 2:  # noqa: PLR2004 - the base and a stress
        raise CannotDrawError("the scenario names no stress; add them under stresses:")
    names = shown_of(origin, found)
    if not names:
        raise CannotDrawError("there is no alternative beside the baseline")
    base, unit = drawable(origin.scenario.titles[origin.scenario.baseline]), origin.scenario.base_currency
    others = len(found[0].alternatives) - 1
    more = f" The best {len(names)} of {others} alternatives." if len(names) < others else ""
    some = " * A condition: only the futures in which it is so." if any(o.condition for o in found) else ""
    shown = (
        f"Saving against {base} under each stress, in the same futures: present value over "
        f"{horizon(origin)}, {unit}, {trials(origin)}. The dot is the mean, the line goes from P5 to P95; "
        f"the broken line is the mean as things are.{some}{more}"
    )
    short = short_names(_titles(origin, found[0]), NARROW)
    with drawing():
        height = LINE * len(found)
        sheet = page(origin, finding(origin, found), shown, height + 0.95, 11.6)
        floor = sheet.height - 0.35 - height
        titles = [f"{one.name} *" if one.condition else one.name for one in found]
        start = write_names(sheet, floor, height, titles, NAMES)
        choices = [short[one.order[0]] + (" (close)" if one.close else "") for one in found]
        column = min(max(width_of(text, SMALL, "bold") for text in [*choices, "choice"]) + 0.15, CHOICE)
        width = (sheet.width - start - column - GAP * (len(names) - 1)) / len(names)
        for place, name in enumerate(names):
            axes = plot(sheet.axes(start + place * (width + GAP), floor, width, height), origin, found, name)
            axes.set_xlabel(f"Saving, present value, {unit}")
        left = sheet.width - column + 0.12
        sheet.write(left, floor + height + 0.1, "choice", SMALL, FAINT_INK)
        for place, (one, text) in enumerate(zip(found, choices, strict=True)):
            turned = one.order[0] != found[0].order[0]
            level = level_of(floor, height, place, len(found))
            text = fitted(text, column - 0.12, SMALL, "bold")  # noqa: PLW2901 - as it is written
            sheet.write(left, level, text, SMALL, INK, weight="bold" if turned else "normal")
    return sheet.figure


def _titles(origin: Origin, one: Stressed) -> dict[str, str]:
    """Return what people call each alternative, in the order of the picture."""
    return {name: origin.scenario.titles.get(name, name) for name in one.alternatives}


def _scale(origin: Origin, found: Sequence[Stressed]) -> Scale:
    return scale_of([one.alternatives[name].saving for one in found for name in shown_of(origin, found)])
