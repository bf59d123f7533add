"""The models of positive numbers that bposim has, for lifetimes and losses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from bposim.events.severity import with_tail
from bposim.inputs.distributions.gamma import Gamma
from bposim.inputs.distributions.generalised_pareto import GeneralisedPareto
from bposim.inputs.distributions.lognormal import Lognormal
from bposim.inputs.distributions.weibull import Weibull

if TYPE_CHECKING:
    from bposim.inputs.distribution import Distribution
    from bposim.shapes import FloatArray

from bposim.fit.likelihood import Fitted, Model, Observations

_LOG_2PI = math.log(2.0 * math.pi)
_WORST = 1e300
_EXPONENTIAL = 1e-9
"""Shape of a Pareto below which it is taken for its limit, the exponential."""

_LIGHTEST = -0.95


class ExponentialModel(Model):
    """The exponential distribution, a gamma of shape 1; closed form: mean = exposure / number seen."""

    kind = "exponential"
    names = ("scale",)

    def log_density(self, theta: FloatArray, x: FloatArray) -> FloatArray:
        return np.asarray(-theta[0] - x * np.exp(-theta[0]))

    def log_survival(self, theta: FloatArray, x: FloatArray) -> FloatArray:
        return np.asarray(-x * np.exp(-theta[0]))

    def quantile(self, theta: FloatArray, v: FloatArray) -> FloatArray:
        return np.asarray(-np.log(v) * np.exp(theta[0]))

    def start(self, data: Observations) -> FloatArray:
        return np.array([math.log(data.exposure / float(data.seen.sum()))])

    def closed(self, data: Observations) -> FloatArray:
        return self.start(data)

    def natural(self, theta: FloatArray) -> dict[str, float]:
        return {"scale": float(np.exp(theta[0]))}

    def distribution(self, theta: FloatArray) -> Distribution:
        return Gamma(shape=1.0, **self.natural(theta))


class LognormalModel(Model):
    """The lognormal distribution: θ = (ln median, ln σ)."""

    kind = "lognormal"
    names = ("median", "sigma")

    def log_density(self, theta: FloatArray, x: FloatArray) -> FloatArray:
        logs = np.log(x)
        score = (logs - theta[0]) * np.exp(-theta[1])
        return np.asarray(-0.5 * score * score - logs - theta[1] - 0.5 * _LOG_2PI)

    def log_survival(self, theta: FloatArray, x: FloatArray) -> FloatArray:
        return np.asarray(special.log_ndtr((theta[0] - np.log(x)) * np.exp(-theta[1])))

    def quantile(self, theta: FloatArray, v: FloatArray) -> FloatArray:
        return np.asarray(np.exp(theta[0] - np.exp(theta[1]) * special.ndtri(v)))

    def start(self, data: Observations) -> FloatArray:
        logs = np.log(data.value)
        return np.array([logs.mean(), math.log(max(float(logs.std()), 1e-6))])

    def closed(self, data: Observations) -> FloatArray | None:
        return self.start(data) if data.whole else None

    def natural(self, theta: FloatArray) -> dict[str, float]:
        return {"median": float(np.exp(theta[0])), "sigma": float(np.exp(theta[1]))}

    def distribution(self, theta: FloatArray) -> Distribution:
        return Lognormal(**self.natural(theta))


class WeibullModel(Model):
    """The Weibull distribution, S(x) = exp(-(x/λ)^k): θ = (ln k, ln λ)."""

    kind = "weibull"
    names = ("shape", "scale")

    def log_density(self, theta: FloatArray, x: FloatArray) -> FloatArray:
        shape = np.exp(theta[0])
        relative = np.log(x) - theta[1]
        return np.asarray(theta[0] - theta[1] + (shape - 1.0) * relative - np.exp(shape * relative))

    def log_survival(self, theta: FloatArray, x: FloatArray) -> FloatArray:
        return np.asarray(-np.exp(np.exp(theta[0]) * (np.log(x) - theta[1])))

    def quantile(self, theta: FloatArray, v: FloatArray) -> FloatArray:
        return np.asarray(np.exp(theta[1] + np.log(-np.log(v)) * np.exp(-theta[0])))

    def start(self, data: Observations) -> FloatArray:
        return np.array([0.0, math.log(data.exposure / float(data.seen.sum()))])

    def closed(self, data: Observations) -> FloatArray | None:
        """Solve Σ x^k ln x / Σ x^k - 1/k = mean ln x of those seen, by Newton; λ^k = Σ x^k / number."""
        if data.entry.any():
            return None
        logs = np.log(data.value)
        highest, number = float(logs.max()), float(data.seen.sum())
        mean, shape = float(logs @ data.seen) / number, 1.0
        for _ in range(100):
            weight = np.exp(shape * (logs - highest))
            total = float(weight.sum())
            first, second = float(weight @ logs) / total, float(weight @ (logs * logs)) / total
            step = (first - 1.0 / shape - mean) / (second - first * first + 1.0 / shape**2)
            shape = max(shape - step, shape / 2.0)
            if abs(step) < 1e-11 * shape:
                break
        scale = highest + math.log(float(np.exp(shape * (logs - highest)).sum()) / number) / shape
        return np.array([math.log(shape), scale])

    def natural(self, theta: FloatArray) -> dict[str, float]:
        return {"shape": float(np.exp(theta[0])), "scale": float(np.exp(theta[1]))}

    def distribution(self, theta: FloatArray) -> Distribution:
        return Weibull(**self.natural(theta))


class GammaModel(Model):
    """The gamma distribution: θ = (ln shape, ln scale)."""

    kind = "gamma"
    names = ("shape", "scale")

    def log_density(self, theta: FloatArray, x: FloatArray) -> FloatArray:
        shape, scale = np.exp(theta)
        return np.asarray((shape - 1.0) * np.log(x) - x / scale - special.gammaln(shape) - shape * theta[1])

    def log_survival(self, theta: FloatArray, x: FloatArray) -> FloatArray:
        shape, scale = np.exp(theta)
        return np.asarray(np.log(special.gammaincc(shape, x / scale)))

    def quantile(self, theta: FloatArray, v: FloatArray) -> FloatArray:
        shape, scale = np.exp(theta)
        return np.asarray(scale * special.gammainccinv(shape, v))

    def start(self, data: Observations) -> FloatArray:
        log_mean = math.log(float(data.value.mean()))
        spread = max(log_mean - float(np.log(data.value).mean()), 1e-9)
        # Minka's approximation of the shape's likelihood equation, within 1.5 %.
        shape = (3.0 - spread + math.sqrt((spread - 3.0) ** 2 + 24.0 * spread)) / (12.0 * spread)
        return np.array([math.log(shape), log_mean - math.log(shape)])

    def closed(self, data: Observations) -> FloatArray | None:
        if not data.whole:
            return None
        log_shape, log_scale = self.start(data)
        log_mean, shape = log_shape + log_scale, math.exp(log_shape)
        spread = log_mean - float(np.log(data.value).mean())
        for _ in range(20):  # Newton on ln k - ψ(k) = spread, from a start that is nearly there
            slope = 1.0 / shape - float(special.polygamma(1, shape))
            step = (math.log(shape) - float(special.psi(shape)) - spread) / slope
            shape = max(shape - step, shape / 2.0)
            if abs(step) < 1e-10 * shape:
                break
        return np.array([math.log(shape), log_mean - math.log(shape)])

    def natural(self, theta: FloatArray) -> dict[str, float]:
        return {"shape": float(np.exp(theta[0])), "scale": float(np.exp(theta[1]))}

    def distribution(self, theta: FloatArray) -> Distribution:
        return Gamma(**self.natural(theta))


@dataclass(frozen=True)
class ParetoModel(Model):
    """The generalised Pareto above a threshold u, S(x) = (1 + ξ (x - u)/σ)^(-1/ξ): θ = (ξ, ln σ)."""

    threshold: float = 0.0

    kind = "generalised_pareto"
    names = ("shape", "scale")

    def log_density(self, theta: FloatArray, x: FloatArray) -> FloatArray:
        return np.asarray(
            self.log_survival(theta, x) - theta[1] - np.log1p(theta[0] * self._excess(theta, x))
        )

    def log_survival(self, theta: FloatArray, x: FloatArray) -> FloatArray:
        excess = self._excess(theta, x)
        if abs(theta[0]) < _EXPONENTIAL:
            return -excess
        return np.asarray(-np.log1p(theta[0] * excess) / theta[0])

    def _excess(self, theta: FloatArray, x: FloatArray) -> FloatArray:
        return np.asarray((x - self.threshold) * np.exp(-theta[1]))

    def log_likelihood(self, theta: FloatArray, data: Observations) -> float:
        # Below -1 the density at the upper end, and with it the likelihood, has no bound.
        return -_WORST if theta[0] < _LIGHTEST else super().log_likelihood(theta, data)

    def quantile(self, theta: FloatArray, v: FloatArray) -> FloatArray:
        hazard = -np.log(v)
        shape = theta[0] if abs(theta[0]) > _EXPONENTIAL else _EXPONENTIAL
        return np.asarray(self.threshold + np.exp(theta[1]) * np.expm1(shape * hazard) / shape)

    def start(self, data: Observations) -> FloatArray:
        return np.array([0.2, math.log(0.8 * float((data.value - self.threshold).mean()))])

    def natural(self, theta: FloatArray) -> dict[str, float]:
        return {"shape": float(theta[0]), "scale": float(np.exp(theta[1]))}

    def distribution(self, theta: FloatArray) -> Distribution:
        return GeneralisedPareto(threshold=self.threshold, **self.natural(theta))


@dataclass(frozen=True)
class SplicedModel(Model):
    """A lognormal up to the threshold u and a generalised Pareto tail above, with the body's P(X > u).

    θ = (ln median, ln σ of the body, ξ, ln scale of the tail).  The likelihood falls into two: the body, to
    which losses above u are censored there, and the tail of those above (McNeil, Frey and Embrechts 2015).
    """

    threshold: float

    kind = "lognormal, Pareto tail"
    names = ("median", "sigma", "tail shape", "tail scale")

    @property
    def _tail(self) -> ParetoModel:
        return ParetoModel(self.threshold)

    def parts(self, data: Observations) -> tuple[Fitted, Fitted]:
        """Return body and tail, each fitted to its part of values that were all seen."""
        above = data.value > self.threshold
        body = Observations(np.minimum(data.value, self.threshold), (~above).astype(np.float64), data.entry)
        tail = Observations.complete(data.value[above])
        return LognormalModel().fitted(body), self._tail.fitted(tail)

    def fitted(self, data: Observations, start: FloatArray | None = None) -> Fitted:
        body, tail = self.parts(data)
        theta = np.concatenate([body.theta, tail.theta])
        return Fitted(self, theta, self.log_likelihood(theta, data), data)

    def intervals(self, fit: Fitted) -> dict[str, tuple[float, float]]:
        body, tail = self.parts(fit.data)
        own = tail.intervals()
        return {**body.intervals(), "tail shape": own["shape"], "tail scale": own["scale"]}

    def log_density(self, theta: FloatArray, x: FloatArray) -> FloatArray:
        body = LognormalModel()
        over = np.maximum(x, self.threshold)
        beyond = body.log_survival(theta[:2], np.array(self.threshold)) + self._tail.log_density(
            theta[2:], over
        )
        return np.where(x > self.threshold, beyond, body.log_density(theta[:2], x))

    def log_survival(self, theta: FloatArray, x: FloatArray) -> FloatArray:
        body = LognormalModel()
        over = np.maximum(x, self.threshold)
        within = body.log_survival(theta[:2], np.minimum(x, self.threshold))
        return np.asarray(within + self._tail.log_survival(theta[2:], over))

    def quantile(self, theta: FloatArray, v: FloatArray) -> FloatArray:
        body = LognormalModel()
        beyond = float(np.exp(body.log_survival(theta[:2], np.array(self.threshold))))
        tail = self._tail.quantile(theta[2:], np.minimum(v / beyond, 1.0))
        return np.where(v < beyond, tail, body.quantile(theta[:2], np.maximum(v, beyond)))

    def start(self, data: Observations) -> FloatArray:
        return self.fitted(data).theta

    def natural(self, theta: FloatArray) -> dict[str, float]:
        tail = self._tail.natural(theta[2:])
        return {
            **LognormalModel().natural(theta[:2]),
            "tail shape": tail["shape"],
            "tail scale": tail["scale"],
        }

    def distribution(self, theta: FloatArray) -> Distribution:
        return with_tail(LognormalModel().distribution(theta[:2]), self._tail.distribution(theta[2:]))
