"""A driver and its value inside a sentence: "krakow.price (PLN)", "PLN 16.5k", "8.65%"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.report.numbers import MINUS
from bposim.report.pictures.seen import PLAIN, figure, per_cent, spoken

if TYPE_CHECKING:
    from bposim.report.pictures.seen import Seen
    from bposim.sample import Driver


def named(seen: Seen, name: str) -> str:
    """Return a driver's name with its unit."""
    unit = seen.driver(name).unit
    return f"{spoken(name)} ({unit})" if unit else spoken(name)


def valued(driver: Driver, value: float, *, is_rate: bool) -> str:
    """Return a value of a driver as the file writes it, with its unit."""
    text = number(value, is_rate=is_rate)
    return f"{driver.unit} {text}" if driver.unit else text


def number(value: float, *, is_rate: bool) -> str:
    """Return three digits: 8.65%, 0.882, 1,050, 16.5k."""
    if is_rate:
        return per_cent(value)
    if PLAIN <= abs(value) < 10 * PLAIN:
        return f"{float(f'{value:.3g}'):,.0f}".replace("-", MINUS)
    return figure(value)
