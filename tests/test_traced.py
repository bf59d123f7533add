"""Traced numbers: a formula's figures and the formula that is written down are one and the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bposim.explain.lines import explain_line
from bposim.explain.traced import (
    Before,
    Constant,
    MonthNumber,
    Operation,
    Symbol,
    Traced,
    expression_of,
    traced,
)
from bposim.explain.twin import twin_of
from bposim.files import load

if TYPE_CHECKING:
    from bposim.explain.lines import Piece
    from bposim.explain.traced import Expression
    from bposim.shapes import FloatArray

ROOT = Path(__file__).parents[1]
SCENARIOS = [*sorted((ROOT / "scenarios").glob("*.yaml")), ROOT / "tests/data/tiny.yaml"]

OPERATIONS = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
    "max": np.maximum,
    "min": np.minimum,
    "neg": np.negative,
    "floor": np.floor,
}


def worked_out(expression: Expression, months: int, drivers: dict[str, FloatArray]) -> FloatArray:
    """Return the months of an expression over drivers, by the meaning of its parts alone."""
    match expression:
        case Symbol(name):
            return drivers[name]
        case Constant(value):
            return np.full(months, value)
        case MonthNumber():
            return np.arange(1.0, months + 1.0)
        case Before(of, first):
            start = worked_out(first, months, drivers)[:1]
            return np.concatenate([start, worked_out(of, months, drivers)[:-1]])
        case Operation(sign, of):
            return np.asarray(OPERATIONS[sign](*(worked_out(part, months, drivers) for part in of)))


def assert_equal(expected: FloatArray, actual: FloatArray) -> None:
    """Compare months at 1e-9 of the largest."""
    size = max(float(np.max(np.abs(expected))), 1e-12)
    assert float(np.max(np.abs(expected - actual))) <= 1e-9 * size


def check(piece: Piece) -> None:
    """Hold the expressions of a piece and of its drivers against the engine's months."""
    drivers = {driver.symbol: driver.values for driver in piece.drivers}
    months = len(piece.flow) - 1
    for driver in piece.drivers:
        if driver.expression is not None:
            assert_equal(driver.values, worked_out(driver.expression, months, drivers))
    if piece.expression is not None:
        assert_equal(piece.flow[1:], worked_out(piece.expression, months, drivers))
    if piece.upfront is not None:
        assert_equal(piece.flow[:1], worked_out(piece.upfront, months, drivers)[:1])


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_written_formula_gives_the_engines_months(path: Path) -> None:
    """Protects a controller: the formula of a workbook is that of the engine, whatever the scenario has."""
    twin = twin_of(load(path))
    pieces = [
        piece
        for name in twin.entries
        for category in twin.categories(name)
        for piece in explain_line(twin, name, category).pieces
    ]
    for piece in pieces:
        check(piece)
    written = [piece for piece in pieces if piece.formula]
    assert all(piece.expression is not None for piece in written), "a formula that cannot be written down"


@pytest.fixture
def column() -> Traced:
    """Return a driver of four months."""
    return traced(np.array([1.0, 2.0, 4.0, 8.0]), Symbol("x"))


def test_what_numpy_does_without_an_expression_is_figures_alone(column: Traced) -> None:
    """Protects against a formula that says less than was computed: unknown functions end the trace."""
    for figures in (
        np.cumsum(column),
        np.exp(column),
        column[1:],
        column[:, np.newaxis],
        np.where(column, 1, 0),
    ):
        assert expression_of(figures) is None or np.ptp(figures) == 0.0
    assert expression_of(np.maximum(np.sqrt(column), column)) is None


def test_adding_up_in_place_keeps_the_parts(column: Traced) -> None:
    """Protects drivers: ``total += x`` and ``total *= x`` leave what total came from as it was."""
    total = np.zeros(4)
    total += 3.0 * column
    total += column
    assert expression_of(total) == Operation("+", (Operation("*", (Constant(3.0), Symbol("x"))), Symbol("x")))
    alias = column
    alias *= 2.0
    np.testing.assert_array_equal(column, [1.0, 2.0, 4.0, 8.0])
    np.testing.assert_array_equal(alias, [2.0, 4.0, 8.0, 16.0])


def test_a_change_by_month_knows_what_was_before(column: Traced) -> None:
    """Protects severance and training: month 1 changes from 0, or from itself where nothing precedes it."""
    from_nothing = np.diff(column, prepend=0.0)
    from_itself = np.diff(column, prepend=column[:1])
    np.testing.assert_array_equal(from_nothing, [1.0, 1.0, 2.0, 4.0])
    for figures in (from_nothing, from_itself):
        expression = expression_of(figures)
        assert expression is not None
        assert_equal(np.asarray(figures), worked_out(expression, 4, {"x": np.asarray(column)}))
