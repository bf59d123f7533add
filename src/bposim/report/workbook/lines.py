"""The lines of an alternative month by month: what enters each, and its amount as a formula over that.

A controller follows a figure of the cash flows to its line here, sees the months of every driver, changes one
and sees what comes of it.  What the engine works out by rules that no cell can hold, such as the course of a
move, stands as an input; the sheet says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from bposim.explain.lines import explain_line
from bposim.report.workbook.drivers import (
    FILE,
    FIRST,
    FORECAST,
    HEAD,
    MEANING,
    MONTH_0,
    SOURCE,
    SYMBOL,
    VALUE,
    Place,
    is_constant,
    is_of_the_world,
    key_of,
    sayings,
    widths_of,
    write_given,
    write_head,
    write_name,
)
from bposim.report.workbook.formula import MOST, formula
from bposim.report.workbook.number_formats import WHOLE, number_format
from bposim.report.workbook.years import YearLine, write_line_years, write_world_years

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bposim.explain.lines import LineExplanation, Piece
    from bposim.explain.sheet import Driver
    from bposim.explain.twin import Twin
    from bposim.report.workbook.book import Book, Page

SAME = 1e-12
"""Relative difference that is rounding."""

AMOUNT_OF_ENGINE = "input: the engine's amounts, no formula over drivers"


@dataclass(slots=True)
class Lines:
    """The sheets of lines of a book, and where each amount stands."""

    book: Book
    twin: Twin
    amounts: dict[tuple[str, str], list[tuple[Page, int]]] = field(default_factory=dict)
    """By alternative and category the rows that add up to it, a column a month from MONTH_0 on."""
    _world: dict[tuple[str, str, bytes], Place] = field(default_factory=dict)
    _given: dict[tuple[tuple[str, ...], str, str, bytes], Place] = field(default_factory=dict)
    """What alternatives share, such as the team that a vendor relieves: by inputs of the file and driver."""

    def write(self) -> None:
        """Write the world's drivers and a sheet for each alternative."""
        explained = {
            name: [explain_line(self.twin, name, category) for category in self.twin.categories(name)]
            for name in self.twin.entries
        }
        self._write_world([line for lines in explained.values() for line in lines])
        for name, lines in explained.items():
            _AlternativeSheet(self, name).write(lines)

    def shared(self, piece: Piece, driver: Driver, own: Place) -> Place | None:
        """Return where a driver of the world, or of the same inputs, stands already; None if it is new.

        An input has one cell in the whole book: whoever changes it means every alternative.
        """
        if key_of(driver) in self._world or driver.expression is not None:
            return self._world.get(key_of(driver))
        names = tuple(
            ref.written.name for ref in piece.references if ref.symbol == driver.symbol and ref.written.given
        )
        at = self._given.setdefault((names, *key_of(driver)), own) if names else own
        return None if at is own else at

    def _write_world(self, lines: list[LineExplanation]) -> None:
        page = self.book.sheet("World", widths_of(self.twin), colour="#009E73")
        write_head(
            page,
            self.twin,
            "World: what every alternative shares",
            "Volume, exchange rates, wage and price indices as the base case expects them; all other sheets "
            "take them from here.",
        )
        found = {
            key_of(driver): (driver, sayings(piece, driver))
            for line in lines
            for piece in line.pieces
            for driver in piece.drivers
            if driver.expression is None and is_of_the_world(driver)
        }
        order = sorted(
            found.values(), key=lambda own: (own[0].symbol != FORECAST, own[0].symbol, own[0].meaning)
        )
        for row, (driver, said) in enumerate(order, FIRST):
            self._world[key_of(driver)] = Place(page, row, is_constant(driver.values))
            write_given(page, row, driver, said)
            first = order[0][0]
            if (
                driver.symbol == "V"
                and first.symbol == FORECAST
                and np.array_equal(driver.values, first.values)
            ):
                self._follow(page, row, driver)
        page.freeze(FIRST, MEANING + 1)
        drivers = [
            (self._world[key_of(driver)], driver.symbol, driver.meaning, driver.values) for driver, _ in order
        ]
        write_world_years(page, FIRST + len(order) + 1, drivers)

    def _follow(self, page: Page, row: int, driver: Driver) -> None:
        """Let the volume follow the forecast in the first row, as it does where nothing is between them."""
        shape = number_format(driver.values)
        if is_constant(driver.values):
            page.formula(row, VALUE, page.local(FIRST, VALUE), float(driver.values[0]), "link", shape)
            return
        for month, value in enumerate(driver.values.tolist(), 1):
            column = MONTH_0 + month
            page.formula(row, column, page.local(FIRST, column), value, "link", shape)


class _AlternativeSheet:
    """The sheet of one alternative."""

    def __init__(self, lines: Lines, name: str) -> None:
        self._lines = lines
        self._name = name
        self._currency = lines.twin.bound.base_currency
        self._page = lines.book.sheet(f"Lines {name}", widths_of(lines.twin), colour="#0072B2")
        self._known: dict[tuple[str, str, str, bytes], Place] = {}
        self._amounts: dict[tuple[str, str], tuple[int, Piece]] = {}
        """By category and label the row of the amount."""

    def write(self, lines: list[LineExplanation]) -> None:
        """Write every line, a block for each team, vendor or transition that it comes from."""
        write_head(
            self._page,
            self._lines.twin,
            f"{self._lines.twin.bound.titles[self._name]}: every line and what it is computed from",
            "Base case: every input at its mean, events at their expectation. Blue on cream is an input, "
            "green comes from another place of this book, black is worked out here.",
        )
        years, row = [], FIRST
        for line, piece, first, amount in list(self._laid_out(lines)):
            self._write_block(line, piece, first)
            words = piece.formula or line.meaning
            years.append(YearLine(self._called(line, piece), words, amount, piece.flow))
            row = amount + 2
        self._page.freeze(FIRST, MEANING + 1)
        if years:
            write_line_years(self._page, row, years, self._currency)

    def _called(self, line: LineExplanation, piece: Piece) -> str:
        words = line.category.replace("_", " ")
        return f"{words}, {piece.label}" if piece.label != self._name else words

    def _laid_out(self, lines: list[LineExplanation]) -> Iterator[tuple[LineExplanation, Piece, int, int]]:
        """Yield each piece with its first row and that of its amount, and note the latter."""
        row = FIRST
        for line in lines:
            for piece in line.pieces:
                amount = row + 2 + len(piece.remarks) + len(piece.drivers)
                self._amounts.setdefault((line.category, piece.label), (amount, piece))
                key = (self._name, line.category)
                self._lines.amounts.setdefault(key, []).append((self._page, amount))
                yield line, piece, row, amount
                row = amount + 2

    def _write_block(self, line: LineExplanation, piece: Piece, row: int) -> None:
        page, words = self._page, line.category.replace("_", " ")
        page.text(row, SYMBOL, self._called(line, piece), "section")
        page.texts(row, MEANING, ["", "", "", ""], "section")
        page.text(row + 1, MEANING, piece.formula or line.meaning, "bold")
        row += 2
        for remark in piece.remarks:
            page.text(row, MEANING, remark, "note")
            page.outline(row)
            row += 1
        # A driver may follow from one below it.
        places = {
            driver.symbol: Place(page, at, driver.expression is None and is_constant(driver.values))
            for at, driver in enumerate(piece.drivers, row)
        }
        for driver in piece.drivers:
            self._write_driver(piece, driver, places, places[driver.symbol].row)
            page.outline(places[driver.symbol].row)
        row += len(places)
        self._write_amount(piece, words, places, row)

    def _write_driver(self, piece: Piece, driver: Driver, places: dict[str, Place], row: int) -> None:
        """Write a driver: taken from where it stands already, worked out, or given."""
        page, shape = self._page, number_format(driver.values)
        key = (piece.label, *key_of(driver))
        own = places[driver.symbol]
        known = self._known.get(key) or self._amount_meant(piece, driver)
        at = known or self._lines.shared(piece, driver, own)
        if at is not None:
            write_name(page, row, driver)
            page.text(
                row, FILE, f"from {at.page.name}" if at.page is not page else "from above or below", "note"
            )
            if own.constant and at.constant:
                page.formula(row, VALUE, at.cell(1, page), float(driver.values[0]), "link", shape)
            else:
                places[driver.symbol] = Place(page, row, constant=False)
                for month, value in enumerate(driver.values.tolist(), 1):
                    page.formula(row, MONTH_0 + month, at.cell(month, page), value, "link", shape)
            return
        self._known[key] = own
        if driver.expression is None:
            write_given(page, row, driver, sayings(piece, driver))
            return
        write_name(page, row, driver)
        page.text(row, FILE, "worked out here", "note")
        for month, value in enumerate(driver.values.tolist(), 1):
            text = formula(driver.expression, month, self._addresses(places))
            page.formula(row, MONTH_0 + month, text, value, "number", shape)

    def _amount_meant(self, piece: Piece, driver: Driver) -> Place | None:
        """Return the amount of another line that a driver is: "invoice of the month, see vendor_fees"."""
        _, _, category = driver.meaning.partition(", see ")
        row, other = self._amounts.get((category, piece.label), (0, None))
        if other is None or not np.allclose(other.flow[1:], driver.values, rtol=SAME, atol=0.0):
            return None
        return Place(self._page, row, constant=False)

    def _addresses(self, places: dict[str, Place]) -> Callable[[str, int], str]:
        def address(symbol: str, month: int) -> str:
            if symbol == "t":
                cell = self._page.at(HEAD, MONTH_0 + month)
                return cell.rpartition("!")[2]
            return places[symbol].cell(month, self._page)

        return address

    def _write_amount(self, piece: Piece, words: str, places: dict[str, Place], row: int) -> None:
        page = self._page
        texts = []
        if piece.expression is not None and piece.ties:
            months = range(1, len(piece.flow))
            texts = [formula(piece.expression, month, self._addresses(places)) for month in months]
        if any(len(text) > MOST for text in texts):
            texts = []
        page.text(row, SYMBOL, words, "total label")
        page.text(row, MEANING, f"{self._currency} a month", "total label")
        page.text(row, FILE, "" if texts else AMOUNT_OF_ENGINE, "total label")
        page.texts(row, SOURCE, ["", ""], "total label")
        flow = piece.flow.tolist()
        if texts and piece.upfront is not None and flow[0]:
            page.formula(row, MONTH_0, formula(piece.upfront, 1, self._addresses(places)), flow[0], "total")
        elif flow[0]:
            page.number(row, MONTH_0, flow[0], "input", WHOLE)
        else:
            page.number(row, MONTH_0, 0.0, "total")
        for month, value in enumerate(flow[1:], 1):
            if texts:
                page.formula(row, MONTH_0 + month, texts[month - 1], value, "total")
            else:
                page.number(row, MONTH_0 + month, value, "input", WHOLE)
