"""Numbers as people read them: no digit that the error does not support, one unit across a picture or table.

Amounts carry the suffixes that a scenario file reads: k, M and bn.  Text for a terminal or a file has the
plain minus sign that a spreadsheet understands; pictures pass ``minus=MINUS``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

MINUS = "\N{MINUS SIGN}"
"""The typographic minus sign, as wide as a plus."""

SUFFIXES = {1e9: "bn", 1e6: "M", 1e3: "k", 1.0: ""}

FEW_UNITS = 5.0
"""Amounts that share a scale have a decimal more if none is above so many units."""

FEW = 30
"""With fewer trials than this a share is told as a count: its error is above 5 points even at best."""

FINEST = 0.001
"""The smallest share that is written out; anything nearer to 0 or 1 is told as a bound."""

SPOKEN = 0.01
"""The smallest share that people say in hundredths."""

CLEAR = 2.0
"""Standard errors from which on a difference is told from nothing."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How a set of amounts is written: divided by ``divisor``, with ``suffix``, to ``decimals``.

    Negative decimals round before the point: -1 is to tens.
    """

    divisor: float
    suffix: str
    decimals: int

    @classmethod
    def of(cls, largest: float, se: float | None = None, least: float | None = None) -> Self:
        """Return the scale on which ``largest``, the greatest absolute amount, is 1 to 999 units.

        ``least``, the smallest one where several share the scale, decides on the decimals in its place;
        amounts of few units then have two, to be told apart.

        Up to 99.9 units have one decimal, so that two or three digits are written.  Without a suffix there
        are two decimals below 10 and two digits below 1.  A standard error ``se`` takes away the digits that
        it does not support (see `error_place`).
        """
        # 999.96k, or 998k of which the error leaves two digits, would be written 1,000k: the next unit takes
        # over before.
        size = max(abs(largest), se or 0.0)
        rounding = 0.5 * 10.0 ** error_place(se) if se else 0.0
        divisor = next((unit for unit in SUFFIXES if size >= unit - max(0.0005 * unit, rounding)), 1.0)
        units = (size if least is None else abs(least)) / divisor
        decimals = 1 if units < 99.95 else 0  # noqa: PLR2004 - written 100 from here
        if least is not None and size < FEW_UNITS * divisor:
            decimals = 2
        if divisor == 1.0 and 0 < units < 9.995:  # noqa: PLR2004 - written 10.0 from here
            decimals = 2 if units >= 1 else 1 - math.floor(math.log10(units))
        if se:
            decimals = min(decimals, -error_place(se / divisor))
        return cls(divisor, SUFFIXES[divisor], decimals)

    def to_place(self, place: int) -> Self:
        """Return the scale with decimals down to a power of ten at least: 3 is to thousands."""
        needed = round(math.log10(self.divisor)) - place
        return replace(self, decimals=max(self.decimals, needed))

    def text(self, value: float, *, minus: str = "-", plus: bool = False) -> str:
        """Return e.g. "9.8M"; with ``plus`` a positive amount carries its sign, as a change does.

        What is rounded to zero carries no sign, and only a true zero is written without decimals.
        """
        if value == 0:
            return "0"
        rounded = round(value / self.divisor, self.decimals)
        digits = f"{abs(rounded):,.{max(self.decimals, 0)}f}{self.suffix}"
        return _sign(rounded, minus, plus=plus) + digits


def amount(value: float, se: float | None = None, *, minus: str = "-", plus: bool = False) -> str:
    """Return an amount of money or work on its own scale, e.g. "9.8M", "-950k"."""
    return Scale.of(value, se).text(value, minus=minus, plus=plus)


def place_of(change: float) -> int:
    """Return the power of ten of the second digit of a change: what it changed is told to this place."""
    return math.floor(math.log10(abs(change))) - 1


def money(value: float, currency: str, se: float | None = None, *, minus: str = "-") -> str:
    """Return an amount with its currency, e.g. "USD 9.8M"."""
    return f"{currency} {amount(value, se, minus=minus)}"


def stated(value: float) -> str:
    """Return an amount that somebody has set, which is exact, with no digit that he did not: "24M", "5k"."""
    scale = Scale.of(value)
    return f"{value / scale.divisor:,.10g}{scale.suffix}"


def class_names(edges: Sequence[float], *, below: bool, above: bool, minus: str = "-") -> list[str]:
    """Return what each class of a histogram holds: "2M to 4M".

    ``below`` and ``above`` tell that the outermost classes hold everything beyond: "below 4M", "above 8M".
    """
    ends = [stated(edge).replace("-", minus) for edge in edges]
    names = [f"{low} to {high}" for low, high in pairwise(ends)]
    if len(names) == 1:
        return [f"{names[0]} or beyond"] if below or above else names
    if below:
        names[0] = f"below {ends[1]}"
    if above:
        names[-1] = f"above {ends[-2]}"
    return names


def percent(share: float, decimals: int = 0, *, minus: str = "-", plus: bool = False) -> str:
    """Return a share as a percentage, e.g. 0.88 as "88%"."""
    rounded = round(100 * share, decimals)
    return f"{_sign(rounded, minus, plus=plus)}{abs(rounded):,.{decimals}f}%"


def probability(share: float, trials: int) -> str:
    """Return a share of ``trials`` as a percentage that is never 0% or 100%: a sample cannot show that.

    None or all of the trials give the 95 % bound by the rule of three (3 / trials), at least 0.1 %.  Below
    1 % and above 99 % there is one decimal.  Fewer than 30 trials are counted: "3 of 5".
    """
    if trials < FEW:
        return f"{round(share * trials)} of {trials}"
    # To whole parts in a billion: 1 - 0.999 must not count as less than 0.001.
    rare = round(min(share, 1 - share), 9)
    if rare == 0:
        sign, shown = "<", max(_ceil_to_digit(3 / trials), FINEST)
    elif rare < FINEST:
        sign, shown = "<", FINEST
    else:
        sign, shown = "", rare
    high = share > 0.5  # noqa: PLR2004 - a half
    decimals = 1 if shown < 0.00995 else 0  # noqa: PLR2004 - written 1% from here
    text = percent(1 - shown if high else shown, decimals)
    return (">" if sign and high else sign) + text


def of_futures(share: float, trials: int) -> str:
    """Return a probability in words: "88% of futures", "less than 0.1% of futures", "3 of 5 futures"."""
    text = probability(share, trials).replace("<", "less than ").replace(">", "more than ")
    return f"{text} futures" if trials < FEW else f"{text} of futures"


def futures(share: float, trials: int) -> str:
    """Return a share in the words of a title: "88 of 100 futures", "3 of the 5 futures simulated"."""
    if trials < FEW:
        hits = round(share * trials)
        if hits == 0:
            return "none of the futures simulated"
        if hits == trials:
            return f"all {trials} futures simulated" if trials > 1 else "the one future simulated"
        return f"{hits} of the {trials} futures simulated"
    bound = max(math.ceil(300 / trials), 1)
    hundredths = round(100 * share)
    if share == 1 or share > 1 - SPOKEN:
        return f"more than {100 - bound if share == 1 else 99} of 100 futures"
    if share == 0 or share < SPOKEN:
        return f"fewer than {bound if share == 0 else 1} of 100 futures"
    return f"{hundredths} of 100 futures"


def rounded_to_error(value: float, se: float | None) -> float:
    """Return ``value`` rounded to the last place that its standard error ``se`` supports.

    Without an error (None, 0) the value stays as it is.
    """
    return round(value, -error_place(se)) if se else value


def error_place(se: float) -> int:
    """Return the power of ten of the last place that a standard error ``se`` > 0 supports.

    The rule of the Particle Data Group (Review of Particle Physics, introduction): an error whose leading
    digits are 100 to 354 keeps two digits, one of 355 to 949 keeps one, and one of 950 to 999 is rounded
    up to 1000 and keeps two.
    """
    place = math.floor(math.log10(se))
    leading = round(se / 10.0**place, 2)
    return place - 1 if leading < 3.55 else place  # noqa: PLR2004 - the rule; 9.5 and above keeps this place too


def _ceil_to_digit(share: float) -> float:
    """Return ``share`` rounded up to one significant digit."""
    place = 10.0 ** math.floor(math.log10(share))
    return math.ceil(round(share / place, 9)) * place


def _sign(rounded: float, minus: str, *, plus: bool) -> str:
    if rounded < 0:
        return minus
    return "+" if plus and rounded > 0 else ""
