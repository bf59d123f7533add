"""What every probability distribution of one uncertain number can do.

Every distribution works through its quantile function, so that a draw is a function of one uniform or
one standard normal number and can be correlated with others.  Conventions:

- ``u`` is the probability below and ``v = 1 - u`` the probability above, both in the open interval (0, 1).
  Both are handed over because near 1 a double cannot tell ``u`` from 1, while ``v`` keeps full precision.
- Arrays may have any shape; the result has the same shape.
- ``min`` and ``max`` truncate a continuous distribution: what lies outside is cut off and the rest is
  scaled up, as when values outside are drawn again.
- Parameters that describe nothing raise ``ValueError`` (from pydantic) as ``what is wrong; what to do``.

Formulas are those of Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions (1994, 1995).
"""

from __future__ import annotations

import math
from abc import abstractmethod
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, overload

import numpy as np
from pydantic import ConfigDict, Field, PrivateAttr, model_validator

from bposim.inputs.quantile_table import tails
from bposim.part import Part, Real
from bposim.shapes import FloatArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Reals = Annotated[tuple[Real, ...], Field(strict=False)]
"""A list of certain numbers."""

_HUGE = float(np.finfo(np.float64).max)


class Distribution(Part):
    """The distribution of one uncertain number."""

    model_config = ConfigDict(allow_inf_nan=False)

    kind: ClassVar[str]

    _per_cent: bool = PrivateAttr(default=False)

    @property
    def per_cent(self) -> bool:
        """Whether the file writes its values in per cent; a person is shown them in the same way."""
        return self._per_cent

    @classmethod
    @abstractmethod
    def example(cls) -> Self:
        """Return a typical member, on which the conformance tests run."""

    @classmethod
    def from_percentiles(cls, percentiles: Mapping[float, float], **others: float) -> Self:
        """Return the member that has the given percentiles, ``{0.1: a, 0.9: b}``.

        ``others`` are further parameters by name, such as ``min`` and ``max``.

        Raises:
            ValueError: the percentiles are not in order, too many, too few, or no member has them.
        """
        from bposim.inputs.percentiles import fit  # noqa: PLC0415 - the fits know the kinds, not the reverse

        return fit(cls, percentiles, **others)

    @abstractmethod
    def quantile(self, u: FloatArray, v: FloatArray) -> FloatArray:
        """Return the value that probability ``u`` lies below and ``v = 1 - u`` above."""

    def ppf(self, u: FloatArray) -> FloatArray:
        """Return the quantile function at ``u`` in the open interval (0, 1)."""
        u = np.asarray(u, dtype=np.float64)
        return self.quantile(u, 1.0 - u)

    def from_normal(self, z: FloatArray) -> FloatArray:
        """Return the values at standard normal scores, ``ppf(Φ(z))``, accurate in both tails."""
        return self.quantile(*tails(np.asarray(z, dtype=np.float64)))

    @abstractmethod
    def cdf(self, x: FloatArray) -> FloatArray:
        """Return P(X <= x)."""

    @abstractmethod
    def sf(self, x: FloatArray) -> FloatArray:
        """Return P(X > x), accurate where it is small."""

    @property
    @abstractmethod
    def mean(self) -> float:
        """The expectation E[X]."""

    @property
    @abstractmethod
    def variance(self) -> float:
        """The variance; infinite where it does not exist."""

    @property
    @abstractmethod
    def support(self) -> tuple[float, float]:
        """The lowest and the highest possible value."""

    @property
    def steps(self) -> FloatArray:
        """The values at which the cdf may jump or set in, ascending: here the finite ends of the support."""
        return np.array([x for x in self.support if math.isfinite(x)], dtype=np.float64)

    @overload
    def limited_mean(self, cap: float) -> float: ...
    @overload
    def limited_mean(self, cap: FloatArray) -> FloatArray: ...
    def limited_mean(self, cap: float | FloatArray) -> float | FloatArray:
        """Return E[min(X, cap)]: what is expected to be paid up to a limit."""
        limit = np.asarray(cap, dtype=np.float64)
        limited = np.where(limit == np.inf, self.mean, self._limited_mean(np.minimum(limit, _HUGE)))
        return limited if isinstance(cap, np.ndarray) else float(limited)

    @abstractmethod
    def _limited_mean(self, cap: FloatArray) -> FloatArray:
        """Return E[min(X, cap)] for finite caps."""

    @property
    def heavy_tailed(self) -> bool:
        """Whether E[exp(sX)] is infinite for every s > 0, so no exponential certainty equivalent exists."""
        return False

    @model_validator(mode="after")
    def _validate(self) -> Self:
        self._check()
        if not math.isfinite(self.mean):
            raise ValueError("the mean does not exist or is too large; choose a lighter tail or add max")
        return self

    def _check(self) -> None:
        """Raise ValueError if the parameters describe no distribution."""

    def __copy__(self) -> Self:
        """Copy without cached values: model_copy may go on to change the parameters they rest on."""
        copied = super().__copy__()
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied

    def __getstate__(self) -> dict[Any, Any]:
        """Leave cached values behind when the distribution is sent to another process."""
        state = super().__getstate__()
        state["__dict__"] = {name: state["__dict__"][name] for name in type(self).model_fields}
        return state


# --- Checks of parameters ------------------------------------------------------------------------------


def check_positive(**parameters: float) -> None:
    """Raise ValueError, by name, unless every parameter is above 0."""
    for name, value in parameters.items():
        if value <= 0:
            raise ValueError(f"{name} {value:g} is not above 0; write a positive number")


def check_not_negative(**parameters: float) -> None:
    """Raise ValueError, by name, unless every parameter is 0 or more."""
    for name, value in parameters.items():
        if value < 0:
            raise ValueError(f"{name} {value:g} is negative; write 0 or more")


def check_ascending(**parameters: float) -> None:
    """Raise ValueError, by name, unless the parameters ascend in the order given; equal ones pass."""
    named = list(parameters.items())
    for (name, value), (next_name, next_value) in pairwise(named):
        if value > next_value:
            raise ValueError(
                f"{name} {value:g} is above {next_name} {next_value:g}; put them in ascending order"
            )


def check_percentiles(probabilities: Sequence[float], values: Sequence[float]) -> None:
    """Raise ValueError unless these are the percentiles of some continuous distribution, in order."""
    for p in probabilities:
        if not 0 < p < 1:
            raise ValueError(f"p{100 * p:g} is not a percentile; write p1 to p99, or min and max for bounds")
    for x in values:
        if not math.isfinite(x):
            raise ValueError(f"{x:g} is not a finite number; write a value for each percentile")
    for (p, x), (q, y) in pairwise(zip(probabilities, values, strict=True)):
        if q <= p or y <= x:
            raise ValueError(f"p{100 * q:g} {y:g} does not exceed p{100 * p:g} {x:g}; percentiles must rise")
