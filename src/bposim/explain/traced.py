"""Numbers that remember how they were computed, so that a formula can be written down as well as worked out.

A :class:`Traced` is an array of months that carries an expression over the drivers it came from.  The
arithmetic of a formula is then done once and yields both the figures and the formula of a spreadsheet with
which somebody else gets them.  What no expression here says, such as a running minimum, has figures alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bposim.shapes import FloatArray


@dataclass(frozen=True, slots=True)
class Symbol:
    """The month's value of a driver."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A number."""

    value: float


@dataclass(frozen=True, slots=True)
class MonthNumber:
    """The month t itself, 1..T."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation on the values of the same month: ``+ - * / ^ max min neg floor``."""

    sign: str
    of: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Before:
    """The value of an expression in the month before; in month 1 that of ``first``."""

    of: Expression
    first: Expression


Expression: TypeAlias = Symbol | Constant | MonthNumber | Operation | Before

SIGNS: dict[Any, str] = {
    np.add: "+",
    np.subtract: "-",
    np.multiply: "*",
    np.divide: "/",
    np.power: "^",
    np.float_power: "^",
    np.maximum: "max",
    np.minimum: "min",
    np.negative: "neg",
    np.floor: "floor",
}


class Traced(np.ndarray[tuple[Any, ...], np.dtype[np.float64]]):
    """Months 1..T, ``(months,)``, and the expression that gives them; None where there is none."""

    expression: Expression | None

    def __array_finalize__(self, _from: Any) -> None:  # noqa: ANN401 - whatever numpy passes
        """Start without an expression: a slice or a new shape is not what the expression says."""
        self.expression = None

    def __array_ufunc__(
        self,
        ufunc: np.ufunc,
        method: str,
        *inputs: Any,  # noqa: ANN401 - whatever numpy computes with
        out: Any = None,  # noqa: ANN401 - as above
        **options: Any,  # noqa: ANN401 - as above
    ) -> Any:  # noqa: ANN401 - as above
        """Compute with the bare numbers; keep the expression of what a spreadsheet can compute."""
        parts = [expression_of(each) for each in inputs]
        if method != "__call__" or options or ufunc not in SIGNS:
            kept = {} if out is None else {"out": tuple(map(_bare, out))}
            return getattr(ufunc, method)(*map(_bare, inputs), **options, **kept)
        values = ufunc(*map(_bare, inputs))
        if out is not None and expression_of_traced(out[0]) is None:
            _bare(out[0])[...] = values  # but a traced total is left alone: others may still refer to it
        if np.ndim(values) != 1 or any(part is None for part in parts):
            return values
        return traced(values, simplified(SIGNS[ufunc], tuple(part for part in parts if part)))

    def __array_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[Any],
        args: Iterable[Any],
        kwargs: Mapping[str, Any],
    ) -> Any:  # noqa: ANN401 - as above
        """Compute with the bare numbers; of these functions only the change by month has an expression."""
        given = tuple(args)
        if func is np.diff and len(given) == 1 and set(kwargs) == {"prepend"}:
            return changed(given[0], kwargs["prepend"])
        return super().__array_function__(func, types, given, kwargs)


def traced(values: FloatArray, expression: Expression | None) -> Traced:
    """Return numbers with their expression."""
    view = np.asarray(values, dtype=np.float64).view(Traced)
    view.expression = expression
    return view


def expression_of_traced(value: object) -> Expression | None:
    """Return what a traced array remembers; None for any other."""
    return value.expression if isinstance(value, Traced) else None


def expression_of(value: object) -> Expression | None:
    """Return the expression of a traced array, a number as itself; None where there is none."""
    if isinstance(value, Traced):
        return value.expression
    if isinstance(value, int | float | np.number):
        return Constant(float(value))
    if isinstance(value, np.ndarray) and value.size and np.all(value == value.flat[0]):
        return Constant(float(value.flat[0]))
    return None


def simplified(sign: str, of: tuple[Expression, ...]) -> Expression:
    """Return an operation, without adding 0 or multiplying by 1, which change no digit."""
    zero, one = Constant(0.0), Constant(1.0)
    neutral = {"+": zero, "*": one}
    if sign in neutral and neutral[sign] in of:
        return of[1] if of[0] == neutral[sign] else of[0]
    if (sign, of[-1]) in {("-", zero), ("/", one)}:
        return of[0]
    if (sign == "*" and zero in of) or (sign == "neg" and of[0] == zero):
        return zero
    return Operation(sign, of)


def changed(path: FloatArray, before: Any) -> FloatArray:  # noqa: ANN401 - what np.diff takes
    """Return x(t) - x(t-1); ``before`` is x(0), as np.diff takes it with ``prepend``."""
    values = np.diff(_bare(path), prepend=_bare(before))
    own, start = expression_of(path), float(np.ravel(before)[0])
    if own is None:
        return np.asarray(values)
    first = own if np.ndim(before) and start == float(path[0]) else Constant(start)
    return traced(values, Operation("-", (own, Before(own, first))))


def _bare(value: Any) -> Any:  # noqa: ANN401 - whatever numpy computes with
    return value.view(np.ndarray) if isinstance(value, Traced) else value
