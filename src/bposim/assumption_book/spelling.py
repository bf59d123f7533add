"""A number between the text of a scenario file and the cell of a workbook.

``45k PLN`` becomes the cell 45000 with the unit PLN beside it, ``40%`` the cell 0.4 shown in per cent, and
``5 years`` the cell 5.  On the way back a changed number is written as its predecessor was: 47500 as
``47.5k PLN``.  An unchanged one never passes through here.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal

from bposim.quantities import MAX_LENGTH, SCALES, read_money, read_months, read_number

_GROUPED = r"[1-9][0-9]{0,2}(?:,[0-9]{3})+"
_BODY = rf"[+-]?(?:(?:{_GROUPED}|[0-9][0-9_]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_WRITTEN = re.compile(
    rf"(?:(?P<before>[A-Z]{{3}})(?P<gap1> ?))?(?P<body>{_BODY})"
    r"(?:(?P<gap2> ?)(?P<suffix>%|k|M|bn)(?![A-Za-z]))?"
    r"(?P<gap3> ?)(?P<after>[A-Z]{3}|[A-Za-z]+)?"
)

DIGITS = 15
"""Significant digits that a spreadsheet keeps and shows; what differs behind them is the same number."""

_LONGEST = 6
"""Characters that a number with a suffix may have: 47.5k, but 47523.25."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a number is written."""

    suffix: str = ""
    """%, k, M or bn."""
    grouped: bool = False
    """Whether thousands are parted by _."""
    before: str = ""
    """Currency code in front, with its space."""
    after: str = ""
    """Currency code or unit of time behind, with its space."""
    gap: str = ""
    """Between number and suffix."""

    @property
    def per_cent(self) -> bool:
        """Whether it is written in per cent."""
        return self.suffix == "%"

    @property
    def unit(self) -> str:
        """Currency or unit of time that stands beside the number; empty where there is none."""
        return (self.before or self.after).strip()


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of a file: its value in its own unit, and how it is written."""

    value: float
    style: Style


def amount_of(text: str) -> Amount | None:
    """Return the number that a scalar of a scenario file is; None for any other text."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    after = f"{found['gap3']}{found['after']}" if found["after"] else ""
    if (not after and found["gap3"]) or (after and found["before"]):
        return None
    style = Style(
        found["suffix"] or "",
        "_" in found["body"] or "," in found["body"],
        f"{found['before']}{found['gap1']}" if found["before"] else "",
        after,
        found["gap2"] if found["suffix"] else "",
    )
    if style.unit and not _has_unit(text.strip()):
        return None
    try:
        return Amount(read_number(found["body"] + style.suffix), style)
    except ValueError:
        return None


def _has_unit(text: str) -> bool:
    for read in (read_money, read_months):
        try:
            read(text)
        except ValueError:
            continue
        return True
    return False


def same(one: float, other: float) -> bool:
    """Tell whether a spreadsheet would show two numbers as one."""
    return one == other or math.isclose(one, other, rel_tol=10.0 ** (1 - DIGITS), abs_tol=0.0)


def rounded(value: float) -> float:
    """Return the number without what a spreadsheet's arithmetic leaves behind the last digit."""
    return float(f"{value:.{DIGITS}g}")


def spelled(value: float, style: Style) -> str:
    """Return a number as a scenario file writes it, in a given style as far as that stays readable."""
    value = rounded(value)
    body, suffix = _in(value, style.suffix, grouped=style.grouped), style.suffix
    if suffix not in {"", "%"} and len(body) > _LONGEST:
        body, suffix = _in(value, "", grouped=style.grouped), ""
    gap = style.gap if suffix else ""
    text = f"{body}{gap}{suffix}"
    return f"{style.before}{text}{style.after}"


def _in(value: float, suffix: str, *, grouped: bool) -> str:
    """Return the digits of a value in thousands, millions or hundredths."""
    exact = Decimal(repr(value)).scaleb(-SCALES[suffix]).normalize()
    text = f"{exact:f}"
    if len(text) > MAX_LENGTH // 2:
        return repr(float(exact))
    if not grouped:
        return text
    whole, point, part = text.partition(".")
    return f"{int(whole):_}{point}{part}" if whole not in {"-0", "0"} else text


_SPACES = re.compile("[\\s\u00a0\u2007\u2009\u202f]+")
_DECIMAL_COMMA = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]+),(?P<part>[0-9]+)(?P<rest> ?(?:%|k|M|bn)?)")
_GROUPS = [
    re.compile(rf"(?P<sign>[+-]?)(?P<whole>[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}}){count})"
               rf"(?:{point}(?P<part>[0-9]+))?(?P<rest> ?(?:%|k|M|bn)?)")
    for group, count, point in (
        (",", "{2,}", r"\."), (r"\.", "{2,}", ","), ("[ '\u2019]", "+", "[.,]"),
    )
] + [
    re.compile(rf"(?P<sign>[+-]?)(?P<whole>[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+){point}(?P<part>[0-9]+)"
               r"(?P<rest> ?(?:%|k|M|bn)?)")
    for group, point in ((",", r"\."), (r"\.", ","))
]  # fmt: skip
"""Thousands in groups, in the spellings that can mean only one number."""
_THOUSAND_OR_ONE = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}(?: ?(?:%|k|M|bn))?")


def from_text(text: str, unit: str) -> tuple[float, str]:
    """Return the number that somebody wrote as text into a cell, and the spelling that it was taken for.

    ``unit`` is the currency or the unit of time of the row, which the text may repeat.
    Raises ValueError, ``what; what to do``, where the text can mean two numbers, another unit or none.
    """
    plain = _SPACES.sub(" ", text).strip().replace("\N{MINUS SIGN}", "-")
    if _THOUSAND_OR_ONE.fullmatch(plain):
        digits = re.sub(r"[^0-9+-]", "", plain)
        raise ValueError(
            f'the text "{plain}" can mean {digits} or {plain.replace(",", ".")}; type it as a number'
        )
    plain = _without_groups(plain)
    read = amount_of(plain)
    if read is None:
        read_number(plain)
        raise ValueError(f'the text "{plain}" is not a number; type a number')
    if read.style.unit not in {"", unit}:
        here = f"in {unit}" if unit else "without a unit"
        raise ValueError(
            f'the text "{plain}" is in {read.style.unit}, and the number of this row is {here}; '
            "type the number in the row's unit, or change the unit in the scenario file"
        )
    return read.value, spelled(read.value, read.style if read.style.suffix else Style())


def _without_groups(text: str) -> str:
    """Return the text with a decimal point and no groups of thousands, where it can mean only one number."""
    found = _DECIMAL_COMMA.fullmatch(text)
    if found is None:
        found = next((hit for form in _GROUPS if (hit := form.fullmatch(text))), None)
    if found is None:
        return text
    whole = re.sub("[^0-9]", "", found["whole"])
    part = f".{found['part']}" if found["part"] else ""
    return f"{found['sign']}{whole}{part}{found['rest']}"
