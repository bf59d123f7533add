"""What is known about a decision, and what the library says about the rest.

The library is of US teams and in USD.  In another base currency its pay is converted at today's rate, and its
other amounts stay in USD.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from bposim.library.catalogue import load
from bposim.quantities import read_number
from bposim.rate_history import ecb
from bposim.tree import Map

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bposim.library.catalogue import Profile


class Place(NamedTuple):
    """Where a vendor can work."""

    country: str
    currency: str
    price_level: float
    """Price of its work over that of the Philippines, for which the library's offshore prices stand."""


PLACES = {
    "us": Place("US", "USD", 2.0),
    "canada": Place("CA", "CAD", 1.75),
    "mexico": Place("MX", "MXN", 1.3),
    "poland": Place("PL", "PLN", 1.4),
    "india": Place("IN", "INR", 0.9),
    "philippines": Place("PH", "PHP", 1.0),
    "south_africa": Place("ZA", "ZAR", 1.1),
}
"""Grade M: after the rules of thumb for prices an hour (P45), drawn together: dear places do harder work."""

HOMES = {"USD": "US", "EUR": "EU", "GBP": "GB", "CAD": "CA"}
"""Base currencies, each with the country whose wages and prices the team at home follows."""

SECTORS = ("general", "finance", "health", "technology", "retail", "public")
SIZES = {"small": 10, "mid": 100, "large": 600}
"""Sizes of the library's profiles, with the people for whom its amounts are meant."""

BUFFER = 0.06
"""Staff above the forecast in the library's teams."""

VOICE = frozenset({"customer_service", "front_office", "technical_support", "sales_marketing"})
"""Services that people talk in; attrition and distance differ."""


RETAINED = {"voice": (0.05, 0.09, 0.16), "routine": (0.07, 0.16, 0.3), "judgement": (0.1, 0.2, 0.36)}
"""People who stay, as a part of those who do the work today, low, likely and high, grade M.

They steer the vendor and keep the exceptions; the accounts-payable and tax scenarios have 17 % and 22 %.
"""

ROUTINE = frozenset({"administration", "data_management", "order_processing"})
"""Services that can be written down; those that are neither voice nor routine take judgement."""


BY_PEOPLE = frozenset({"administration", "it_outsourcing", "knowledge_work"})
"""Services bought by the month of a person: the client pays while the vendor's people learn."""


Spread = float | tuple[float, float, float]
"""A number, or the lowest, most likely and highest value of an uncertain one."""


class Worker(NamedTuple):
    """The role that does the work, as the library has it."""

    role: str
    units: float
    """Units that one of them handles in a month."""
    pay: float
    """USD a year."""
    origin: str
    """Source and grade of the pay."""


@dataclass(frozen=True, slots=True)
class Answers:
    """A decision in a dozen answers; None is the library's figure."""

    service: str = "customer_service"
    """Name of a service profile."""
    places: tuple[str, ...] = ("philippines",)
    """Keys of PLACES, one alternative each."""
    currency: str = "USD"
    """Base currency, a key of HOMES."""
    start: str = "2027-01"
    months: int = 60
    sector: str = "general"
    people: float = 50.0
    """Who does the work today, without leads and managers."""
    size: str | None = None
    """Size of the company; by the people if left out."""
    volume: float | None = None
    """Units in an average month."""
    growth: Spread | None = None
    """Growth of the volume a year; none if left out."""
    pay: float | None = None
    """Pay of one of the people a year, in base currency."""
    quotes: Mapping[str, tuple[Spread, str]] = field(default_factory=dict)
    """Price of a unit and its currency, by place."""
    planned: float | None = None
    """Months from signature to go-live."""
    discount_rate: float | None = None
    promised_saving: str | None = None
    """Saving of the business case as a scenario file has it: ``1.5M`` in base currency, or ``12%``."""

    @property
    def worker(self) -> Worker:
        """The library's role for this work."""
        roles = cast("Map", self.profile.content["roles"])
        for name, role in roles.items():
            if isinstance(role, Map) and "volume_per_fte" in role:
                pay = cast("Map", role["salary"])
                source = str(pay.get("source", "library: our assumption (grade M) ["))
                origin = source.removeprefix("library: ").rpartition(" [")[0]
                return Worker(name, read_number(role["volume_per_fte"]), amount_of(pay), origin)
        raise LookupError(self.profile.key)

    @property
    def profile(self) -> Profile:
        """The library's profile of the service."""
        return load().profiles[f"profiles.service.{self.service}"]

    @property
    def units(self) -> float:
        """Units that one person handles in a month, the buffer for absence counted in."""
        if self.volume is None:
            return self.worker.units
        return self.volume * (1.0 + BUFFER) / self.people

    @property
    def monthly_volume(self) -> float:
        """Units in an average month."""
        return self.people * self.worker.units / (1.0 + BUFFER) if self.volume is None else self.volume

    @property
    def salary(self) -> float:
        """Pay a year in base currency."""
        return self.worker.pay * dollar(self.currency) if self.pay is None else self.pay

    @property
    def shelf(self) -> str:
        """Where the library's pieces for the service stand."""
        return f"library.{self.profile.key}"

    @property
    def unit(self) -> str:
        """What is counted."""
        return str(cast("Map", self.profile.content["volume"])["unit"])

    @property
    def heaviness(self) -> float:
        """How much more work a unit is than the library's."""
        return self.worker.units / self.units

    @property
    def nature(self) -> str:
        """What kind of work it is, a key of RETAINED."""
        if self.service in VOICE:
            return "voice"
        return "routine" if self.service in ROUTINE else "judgement"

    @property
    def company(self) -> str:
        """Size of the company."""
        return self.size or nearest_size(self.people)

    @property
    def home(self) -> str:
        """Country code of the team today."""
        return HOMES[self.currency]


def services() -> dict[str, str]:
    """Return the names of the service profiles by their code, SV1 to SV14, in that order."""
    found = {p.about.partition(".")[0]: key for key, p in load().profiles.items() if ".service." in key}
    return {code: found[code].rpartition(".")[2] for code in sorted(found, key=lambda code: int(code[2:]))}


def plural(unit: str) -> str:
    """Return more than one of a unit: hours of work, order lines."""
    word, of, rest = unit.partition(" of ")
    return f"{word}s{of}{rest}"


def nearest_size(people: float) -> str:
    """Return the size whose number of people is nearest in proportion."""
    return min(SIZES, key=lambda size: max(people / SIZES[size], SIZES[size] / people))


def dollar(currency: str) -> float:
    """Return the price of a dollar today, by the ECB's reference rates."""
    return price_today("USD", currency)


@cache
def price_today(currency: str, base: str) -> float:
    """Return the price of one unit of ``currency`` in ``base`` at the end of the ECB extract."""
    return ecb(base).rates[currency][-1]


def amount_of(money: Map) -> float:
    """Return the likely or middle amount of a profile's money."""
    value: Any = money.get("amount", money.get("value"))
    while isinstance(value, Map):
        value = value.get("likely", value.get("median", next(iter(value.values()))))
    return read_number(value)
