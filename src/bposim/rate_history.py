"""Month-end exchange rates of several currencies, as data files and the European Central Bank give them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from bposim.quantities import read_number, read_year_month

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

MONTH = "month"
"""Name of the column with the months, ``2019-03`` or the date of the month's last rate."""

Problem = tuple[int, str]
"""A line of the file, and ``what is wrong; what to do``."""


@dataclass(frozen=True, slots=True)
class RateHistory:
    """Rates by currency, one a month without gaps, oldest first; every currency has all of the months."""

    months: tuple[str, ...]
    """Months such as ``2019-03``."""
    rates: Mapping[str, tuple[float, ...]]

    def since(self, month: str) -> RateHistory:
        """Return the months from the given one on."""
        kept = [k for k, own in enumerate(self.months) if own >= month]
        return RateHistory(
            tuple(self.months[k] for k in kept),
            {currency: tuple(rates[k] for k in kept) for currency, rates in self.rates.items()},
        )

    def priced_in(self, base: str) -> RateHistory:
        """Return prices in ``base`` of one unit of each currency, from units for one unit of a common one.

        Raises KeyError where the history has no ``base``.
        """
        units = self.rates[base]
        return RateHistory(
            self.months,
            {
                currency: tuple(ours / theirs for ours, theirs in zip(units, rates, strict=True))
                for currency, rates in self.rates.items()
            },
        )


def ecb(base: str) -> RateHistory:
    """Return prices in ``base`` (EUR, USD, …) of one unit of each currency, by the ECB's reference rates.

    Source: European Central Bank, euro foreign exchange reference rates, last business day of each month.
    Raises KeyError where the extract has no ``base``.
    """
    text = files("bposim").joinpath("library", "fx", "ecb-monthly.csv").read_text(encoding="utf-8")
    header, *rows = (line.split(",") for line in text.splitlines() if not line.startswith("#"))
    history, _ = read_history(header, enumerate(rows), read_number)
    return RateHistory(history.months, {"EUR": (1.0,) * len(history.months), **history.rates}).priced_in(base)


def read_history(
    header: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]], number: Callable[[str], float]
) -> tuple[RateHistory, list[Problem]]:
    """Read rows with their lines below a header: a column of months, and one for each currency code.

    A currency may begin later than others: the history is that of the months in which all have begun.
    Columns of other names are passed over.  Nothing is filled in: what is missing is a problem.
    """
    columns = {name: k for k, name in enumerate(header) if re.fullmatch("[A-Z]{3}", name)}
    at = header.index(MONTH)
    problems: list[Problem] = []
    months: list[str] = []
    rates: dict[str, list[float]] = {currency: [] for currency in columns}
    begun: set[str] = set()
    for line, row in rows:
        cells = [cell.strip() for cell in row] + [""] * (len(header) - len(row))
        try:
            if len(row) > len(header):
                raise _extra_cells(len(row), len(header))
            month = _month(cells[at], months)
            begun |= {currency for currency, k in columns.items() if cells[k]}
            found = {name: _rate(name, cells[k], number) for name, k in columns.items() if name in begun}
        except ValueError as error:
            problems.append((line, str(error)))
            continue
        months.append(month)
        if len(begun) == len(columns):
            for currency, rate in found.items():
                rates[currency].append(rate)
    complete = min((len(own) for own in rates.values()), default=0)
    return RateHistory(
        tuple(months[len(months) - complete :]), {currency: tuple(own) for currency, own in rates.items()}
    ), problems


def _extra_cells(cells: int, names: int) -> ValueError:
    return ValueError(f"{cells} cells under {names} names; part them by commas, as the header")


def _month(cell: str, before: Sequence[str]) -> str:
    """Read a month, which is the one after the last."""
    year, month = read_year_month(cell[:7])
    if before:
        last_year, last_month = read_year_month(before[-1])
        expected = f"{last_year + last_month // 12:04d}-{last_month % 12 + 1:02d}"
        if cell[:7] != expected:
            raise ValueError(f"{cell} follows {before[-1]}; write a row a month, in order, here {expected}")
    return f"{year:04d}-{month:02d}"


def _rate(currency: str, cell: str, number: Callable[[str], float]) -> float:
    if not cell:
        raise ValueError(f"{currency} has no rate; a history has no gaps, fill it from the source")
    rate = number(cell)
    if rate <= 0.0:
        raise ValueError(f"{currency} is {rate:g}; a rate is above 0")
    return rate
