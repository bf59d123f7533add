"""Checks that a scenario states about its own result: ``manila.probability_positive >= 70%``.

A requirement is one comparison of a figure with a bound, or ``recommended is <alternative>``.  It is read,
never evaluated as an expression::

    [alternative.]figure  >= | <= | > | <  amount or share
    recommended is alternative

Without an alternative it is about the one that the run recommends, or the next one where that is the
baseline, as for ``--until``.
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, PlainValidator, WithJsonSchema

from bposim.figures import alternative_and_figure, figure_named
from bposim.part import Part, complaint
from bposim.quantities import kind_of, read_money, read_number

if TYPE_CHECKING:
    from collections.abc import Callable

HOLDS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
"""The comparisons, by their sign."""

RECOMMENDED = "recommended"

_EXAMPLE = "manila.probability_positive >= 70%"
_SIGN = re.compile(r"\s*([<>=!~\N{LESS-THAN OR EQUAL TO}\N{GREATER-THAN OR EQUAL TO}]+)\s*")
_CHOICE = re.compile(rf"{RECOMMENDED}\s+(?P<verb>is|=|==)\s+(?P<name>\S.*)", re.IGNORECASE)
_MEANT = {"=>": ">=", "=<": "<=", "\N{GREATER-THAN OR EQUAL TO}": ">=", "\N{LESS-THAN OR EQUAL TO}": "<="}


@dataclass(frozen=True, slots=True)
class Requirement:
    """What is required: a figure on one side of a bound, or an alternative to be recommended."""

    text: str
    """As the file writes it."""
    alternative: str | None
    """None for the one that the run recommends, or next if that is the baseline."""
    figure: str
    """Name of the figure; ``recommended`` for the choice itself."""
    sign: str = "is"
    bound: float = 0.0
    currency: str | None = None
    """Of the bound, where it is named."""

    @property
    def is_choice(self) -> bool:
        """Whether it is about which alternative is recommended."""
        return self.figure == RECOMMENDED

    def holds(self, value: float) -> bool:
        """Return whether a value of the figure is on the required side."""
        return HOLDS[self.sign](value, self.bound)


def _requirement(written: object) -> Requirement:
    if isinstance(written, Requirement):
        return written
    if not isinstance(written, str):
        raise complaint("bp_type", f"expected a comparison, found {kind_of(written)}; write e.g. {_EXAMPLE}")
    text = " ".join(written.split())
    if choice := _CHOICE.fullmatch(text):
        if choice["verb"] != "is":
            raise complaint("bp_type", f"{text} is no requirement; write {RECOMMENDED} is {choice['name']}")
        return Requirement(text, choice["name"], RECOMMENDED)
    match [part.strip() for part in _SIGN.split(text)]:
        case [left, sign, bound] if left and bound:
            return _comparison(text, left, sign, bound)
        case [_, _, _, _, *_]:
            raise complaint("bp_type", f"{text} compares twice; make it two checks")
    raise complaint(
        "bp_type", f"{text or 'the check'} compares no figure with a bound; write e.g. {_EXAMPLE}"
    )


def _comparison(text: str, left: str, sign: str, bound: str) -> Requirement:
    if sign in _MEANT:
        raise complaint("bp_type", f"{sign} is no comparison here; write {text.replace(sign, _MEANT[sign])}")
    if sign not in HOLDS:
        raise complaint(
            "bp_type", f"{sign} is no comparison, and no estimate is exactly a number; write >=, <=, > or <"
        )
    try:
        alternative, figure = alternative_and_figure(left)
    except ValueError as error:
        raise complaint("bp_type", str(error)) from None
    if not figure_named(figure).is_share:
        return Requirement(text, alternative, figure, sign, *read_money(bound))
    share = read_number(bound)
    if not 0 <= share <= 1:
        raise complaint("bp_range", f"{bound} is no probability; write one from 0% to 100%")
    return Requirement(text, alternative, figure, sign, share)


class Check(Part):
    """A requirement on the result; bposim run ends with exit code 1 where it does not hold."""

    require: Annotated[Requirement, PlainValidator(_requirement), WithJsonSchema({"type": "string"})]
    """A figure and its bound, as in manila.saving.p5 >= -2M, or: recommended is manila."""


AsCheck = Annotated[
    Check,
    BeforeValidator(
        lambda data: {"require": data} if isinstance(data, str) else data, json_schema_input_type=str | Check
    ),
]
"""A check as the file writes it: the requirement alone, or ``{require: …, note: …}``."""
