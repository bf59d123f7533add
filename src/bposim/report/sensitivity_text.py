"""Tables and words on what drives an alternative."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bposim.analysis.comparison import too_close
from bposim.report.estimate import correlation, share
from bposim.report.numbers import Scale, amount, money, percent
from bposim.report.paragraph import ENOUGH_TRIALS
from bposim.report.sensitivity import ordered_groups
from bposim.report.table import Table, plus_minus, printable, titled
from bposim.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.analysis.attribution import TailParts
    from bposim.analysis.measures import Estimate
    from bposim.report.sensitivity import Sensitivity

SURFACE = 0.10
"""Where more of the variance than this is unexplained, the shares of it are doubtful."""

WORTH_NAMING = 0.05
"""A group or category that makes up less than this of the variance, or of what is worse, is not named."""

NAMED = 3
"""So many drivers or categories are named in words."""


def tables(found: Sensitivity, top: int) -> list[Table]:
    """Return tornado, indices, groups and the make-up of mean and tail."""
    made = [_tornado(found, top), _indices(found, top), _groups(found, top), _parts(found)]
    if found.losses:
        made.append(_losses(found, found.losses, top))
    return [table for table in made if table.rows]


def paragraph(found: Sensitivity) -> str:
    """Return a few sentences on what drives the alternative."""
    return " ".join(_sentences(found))


def _what(found: Sensitivity) -> str:
    """Return e.g. "saving of krakow against in-house"."""
    name = titled(found.known.called, found.alternative)
    if found.of == "saving":
        return f"saving of {name} against {titled(found.known.called, found.baseline)}"
    return f"total cost of {name}"


def _tornado(found: Sensitivity, top: int) -> Table:
    rows = tuple(
        (
            printable(bar.name),
            _value(found, bar.name, bar.low_at),
            _value(found, bar.name, bar.high_at),
            plus_minus(bar.swing_mean),
            plus_minus(bar.swing_quantile),
        )
        for bar in found.bars[:top]
    )
    title = (
        f"{_capital(_what(found))}, {found.currency}: high tenth of a driver less its low tenth"
        f"{_first_of(len(rows), len(found.known.drivers))}"
    )
    return Table(
        title,
        ("driver", "low\ntenth", "high\ntenth", "mean\nmoves by", f"P{100 * found.bad_end:.0f}\nmoves by"),
        rows,
    )


def _value(found: Sensitivity, name: str, value: float) -> str:
    """Return a driver's value, in per cent where the file writes it so."""
    return f"{100 * value:.3g}%" if found.known.is_rate(name) else amount(value)


def _indices(found: Sensitivity, top: int) -> Table:
    order = sorted(found.alone, key=lambda name: (-found.alone[name].value, name))[:top]
    rows = tuple(
        (
            printable(name),
            correlation(found.rank[name]),
            share(found.alone[name]),
            share(found.shares.total[name]),
            share(found.shares.shapley[name]),
        )
        for name in order
    )
    title = f"Share of its variance by driver{_first_of(len(rows), len(found.known.drivers))}"
    return Table(
        title, ("driver", "rank\ncorr.", "known\nalone", "left if rest\nis known", "fair\nshare"), rows
    )


def _groups(found: Sensitivity, top: int) -> Table:
    order = ordered_groups(found) if found.groups.unexplained.se is not None else []
    rows = [
        (printable(name), share(found.groups.shapley[name]), _members(found, name)) for name in order[:top]
    ]
    others = sum(found.groups.shapley[name].value for name in order[top:])
    if order[top:]:
        rows.append((f"{len(order) - top} others", percent(others, 1), ""))
    if order:
        rows.append(("not explained", share(found.groups.unexplained), ""))
    return Table(
        "Share of its variance by risk, clause or part of the world: they add up to 100%",
        ("group", "fair\nshare", "drivers"),
        tuple(rows),
    )


def _members(found: Sensitivity, group: str) -> str:
    """Return what a group holds, in words: so many inputs, so much chance."""
    inputs = sum(found.known.drivers[name].is_input for name in found.known.groups[group])
    chance = len(found.known.groups[group]) - inputs
    words = [f"{inputs} input{'s' if inputs > 1 else ''}"] if inputs else []
    return " + ".join([*words, *(["chance"] if chance else [])])


def _parts(found: Sensitivity) -> Table:
    title = (
        f"{_capital(_what(found))} by category, {found.currency}: on average, and in the 5% of futures that "
        f"{_badly(found)}"
    )
    return _made_of(found, found.parts, title, "category")


def _losses(found: Sensitivity, losses: TailParts, top: int) -> Table:
    called = found.known.called
    words = {part: called.at_risk(part) for part in losses.parts}
    return _made_of(found, losses, f"The same by event risk, {found.currency}", "leg: risk", top, words)


def _made_of(  # noqa: PLR0913, PLR0917 - a table's words and its size
    found: Sensitivity,
    parts: TailParts,
    title: str,
    label: str,
    top: int | None = None,
    words: dict[str, str] | None = None,
) -> Table:
    """Return each part of the mean, of the tail, and their difference; the columns add up to the last row.

    Of more than ``top`` parts the smallest are put together.  ``words`` are what parts are called.
    """
    called = words or {}
    rows = {name: (parts.usual[name].value, part.value) for name, part in parts.parts.items()}
    order = sorted(
        (name for name in rows if any(rows[name])), key=lambda name: (-max(map(abs, rows[name])), name)
    )
    if top is not None and len(order) > top:
        order, small = order[:top], order[top:]
        rows[others := f"{len(small)} others"] = (
            math.fsum(rows[name][0] for name in small),
            math.fsum(rows[name][1] for name in small),
        )
        order.append(others)
    total = (found.mean.value, parts.total.value)
    scale = Scale.of(max(abs(value) for pair in (total, *rows.values()) for value in pair))
    # One more digit than the largest needs, so that what is small beside it does not vanish.
    scale = Scale(scale.divisor, scale.suffix, scale.decimals + 1)
    signed = found.of == "saving"

    def cells(name: str, usual: float, worst: float) -> tuple[str, ...]:
        part = parts.parts.get(name)
        se = part.se if part else None
        amounts = ((usual, signed), (worst, signed), (worst - usual, True))
        return (
            printable(called.get(name, name.replace("_", " "))),
            *(_fitting(value, scale, se, plus=plus) for value, plus in amounts),
        )

    done = "saved" if signed else "cost"
    return Table(
        title,
        (label, f"{done} on\naverage", f"{done} in\nthese 5%", "difference"),
        (*(cells(name, *rows[name]) for name in order), cells("total", *total)),
    )


def _fitting(value: float, scale: Scale, se: float | None, *, plus: bool) -> str:
    """Return an amount on the table's scale, or where it would vanish on its own, rounded to its error."""
    if round(value / scale.divisor, scale.decimals):
        return scale.text(value, plus=plus)
    return Scale.of(value, se).text(value, plus=plus)


def _first_of(shown: int, all_of_them: int) -> str:
    return f" ({shown} of {all_of_them})" if shown < all_of_them else ""


def _sentences(found: Sensitivity) -> Iterator[str]:
    if found.trials < found.run_trials:
        yield f"Read off the first {found.trials:,} of {found.run_trials:,} trials, which the run keeps."
    yield from _largest_groups(found)
    yield from _widest(found)
    yield from _kinds(found)
    yield from _worst(found)
    if found.groups.unexplained.se is not None and found.groups.unexplained.value > SURFACE:
        yield (
            f"The regression leaves {percent(found.groups.unexplained.value)} of the variance unexplained: "
            "trust the swings more than the shares."
        )


def _largest_groups(found: Sensitivity) -> Iterator[str]:
    shapley = found.groups.shapley
    clear = [name for name in ordered_groups(found)[:NAMED] if _clear(shapley[name])]
    named = [name for name in clear if shapley[name].value > WORTH_NAMING] or clear[:1]
    if not named:
        yield (
            f"{found.trials:,} trials do not show what drives the {_what(found)}; "
            f"simulate more, {ENOUGH_TRIALS} at least."
        )
        return
    shares = listed([f"{printable(name)} ({percent(shapley[name].value)})" for name in named])
    yield f"The {_what(found)} varies most by {shares}, in shares of its variance."


def _widest(found: Sensitivity) -> Iterator[str]:
    bar = next(iter(found.bars), None)
    if bar is None or not _clear(bar.swing_mean):
        return
    swing, quantile = bar.swing_mean, bar.swing_quantile
    what = found.of.replace("_", " ")
    tail = f", and its P{100 * found.bad_end:.0f} {_moved(quantile)}" if _clear(quantile) else ""
    yield (
        f"No single driver moves it more than {printable(bar.name)}: where that is in its highest tenth, "
        f"the mean {what} is {found.currency} {_moved(swing)} than where it is in its lowest{tail}."
    )


def _kinds(found: Sensitivity) -> Iterator[str]:
    """Tell what can be known before choosing from what cannot."""
    if found.shares.unexplained.se is None:
        return
    inputs = min(max(found.inputs_share, 0.0), 1.0)
    chance = max(1.0 - inputs - max(found.shares.unexplained.value, 0.0), 0.0)
    yield (
        f"Uncertain inputs, of which some can be found out or agreed before signing, carry {percent(inputs)} "
        f"of the variance; {percent(chance)} is chance that comes afterwards."
    )


def _worst(found: Sensitivity) -> Iterator[str]:
    tail, average = found.parts.total, found.mean.value
    if tail.se is None:
        yield (
            f"What the 5% of futures that {_badly(found)} are made of cannot be told from {found.trials:,} "
            "trials."
        )
        return
    sign = -1.0 if found.of == "saving" else 1.0
    worse = {
        name: sign * (part.value - found.parts.usual[name].value) for name, part in found.parts.parts.items()
    }
    whole = sign * (tail.value - average)
    if whole <= 0:
        return
    named = sorted(
        (name for name in worse if worse[name] > WORTH_NAMING * whole), key=lambda name: -worse[name]
    )
    text = money(whole, found.currency, tail.se)
    verb = "saves" if found.of == "saving" else "costs"
    less = "less" if found.of == "saving" else "more"
    made = listed([f"{name.replace('_', ' ')} ({amount(worse[name], tail.se)})" for name in named[:NAMED]])
    yield f"In the 5% of futures that {_badly(found)} it {verb} {text} {less} than on average" + (
        f", above all by {made}." if made else "."
    )


def _badly(found: Sensitivity) -> str:
    """Return which futures make the tail: those that save least, or that cost most."""
    return "save least" if found.of == "saving" else "cost most"


def _moved(swing: Estimate) -> str:
    return f"{amount(abs(swing.value), swing.se)} {'higher' if swing.value > 0 else 'lower'}"


def _clear(estimate: Estimate) -> bool:
    return not too_close(estimate)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
