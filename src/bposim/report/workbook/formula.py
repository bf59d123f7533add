"""An expression over drivers as the formula of a spreadsheet's cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.explain.traced import Before, Constant, MonthNumber, Operation, Symbol

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.explain.traced import Expression

MOST = 8_000
"""Characters of a formula; Excel takes 8,192."""

FUNCTIONS = {"max": "MAX", "min": "MIN", "floor": "INT"}
BINDS = {"+": 1, "-": 1, "*": 2, "/": 2}
"""How strongly an operation binds; everything else is written in brackets of its own."""
ATOM = 9


def formula(expression: Expression, month: int, address: Callable[[str, int], str]) -> str:
    """Return the formula of an expression in a month, without the sign of equality.

    ``address`` gives the cell of a driver in a month; the month's own number is the driver ``t``.
    """
    return _written(expression, month, address)[0]


def _written(expression: Expression, month: int, address: Callable[[str, int], str]) -> tuple[str, int]:
    """Return the formula and how strongly its last operation binds."""
    match expression:
        case Symbol(name):
            found = address(name, month), ATOM
        case MonthNumber():
            found = address("t", month), ATOM
        case Constant(value):
            found = (f"{value:.15g}" if value >= 0 else f"({value:.15g})"), ATOM
        case Before(of, first):
            found = _written(of, month - 1, address) if month > 1 else _written(first, month, address)
        case Operation(sign, of):
            found = _operation(sign, of, month, address)
    return found


def _operation(
    sign: str, of: tuple[Expression, ...], month: int, address: Callable[[str, int], str]
) -> tuple[str, int]:
    if sign in FUNCTIONS:
        arguments = ",".join(_written(each, month, address)[0] for each in of)
        return f"{FUNCTIONS[sign]}({arguments})", ATOM
    if sign == "neg":
        return f"(-{_bracketed(of[0], month, address, ATOM)})", ATOM
    if sign == "^":
        base, power = (_bracketed(each, month, address, ATOM) for each in of)
        return f"({base}^{power})", ATOM
    own = BINDS[sign]
    left = _bracketed(of[0], month, address, own)
    # What stands right of - or / is bracketed unless it binds more strongly.
    right = _bracketed(of[1], month, address, own + (sign in "-/"))
    return f"{left}{sign}{right}", own


def _bracketed(expression: Expression, month: int, address: Callable[[str, int], str], least: int) -> str:
    text, binds = _written(expression, month, address)
    return text if binds >= least else f"({text})"
