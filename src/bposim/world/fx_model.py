"""What every exchange-rate model gives, and how a scenario writes one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, ClassVar, Self

import numpy as np
from pydantic import AfterValidator, model_validator

from bposim.discounting import months_column
from bposim.inputs.number import Number
from bposim.inputs.streams import uniform_open
from bposim.part import Part, Real, complaint
from bposim.shapes import FloatArray, Path, Vector


def _above_zero(remedy: str) -> AfterValidator:
    def check(value: float) -> float:
        if value <= 0.0:
            raise complaint("bp_range", f"{value:g} is not above 0; {remedy}")
        return value

    return AfterValidator(check)


Rate = Annotated[Real, _above_zero("a rate is base currency for one unit, e.g. 0.0172")]
Years = Annotated[Real, _above_zero("write years, e.g. 1.5")]


class Parity(Part):
    """Interest parity: the currency with the higher interest rate loses what its rate is higher by."""

    home: Number
    """Interest rate a year in the base currency."""
    foreign: Number
    """Interest rate a year in the foreign currency, for the same time."""

    @property
    def drift(self) -> Vector:
        """μ = ln((1 + home) / (1 + foreign)): E[S(t)] is then the forward rate for month t."""
        return np.log1p(self.home) - np.log1p(self.foreign)


class FxModel(Part, ABC):
    """A model of S(t), months 1..T, from today's spot; E[S(t)] grows by the log drift μ a year.

    A model is moved by at most two kinds of random numbers: standard normal shocks ``(months, trials)``,
    which may be correlated across currencies, and uniform marks of its own ``(months, marks, trials)``.
    """

    kind: ClassVar[str]
    shocked: ClassVar[bool] = True
    """Whether normal shocks move it, so that it can be correlated with others."""
    marks: ClassVar[int] = 0
    """Uniform marks that it needs a month besides the shocks."""

    spot: Rate
    """Today's price of one unit, in base currency."""
    drift: Number = 0.0
    """Expected log growth μ a year of the price of one unit; 0 is a fair bet."""
    parity: Parity | None = None
    """Two interest rates that give the drift, instead of ``drift``."""

    @model_validator(mode="after")
    def _one_drift(self) -> Self:
        if self.parity is not None and "drift" in self.model_fields_set:
            raise complaint("bp_form", "parity gives the drift already; keep drift or parity")
        return self

    @property
    def log_drift(self) -> Vector:
        """The drift μ a year, as given or by parity."""
        return self.drift if self.parity is None else self.parity.drift

    def stream(self, currency: str) -> str:
        """Return the name under which the marks are drawn."""
        return f"world.fx.{currency}.{self.kind}"

    def sample(self, rng: np.random.Generator, months: int, trials: int) -> FloatArray:
        """Return the marks ``(months, marks, trials)``, uniform in (0, 1): the only use of randomness."""
        return uniform_open(rng, (months, self.marks, trials))

    @abstractmethod
    def path(self, normal: FloatArray | None, marks: FloatArray | None, months: int) -> Path:
        """Return S for months 1..T; without random numbers, its expectation."""

    def growing(self, months: int) -> FloatArray:
        """Return S0 exp(μ t/12) for months 1..T, ``(months, 1)`` or ``(months, trials)``."""
        grown: FloatArray = self.spot * np.exp(self.log_drift * months_column(months) / 12.0)
        return grown

    @classmethod
    @abstractmethod
    def example(cls) -> Self:
        """Return a typical instance for tests and documentation."""
