"""A run whose totals are streamed says what a run that keeps them says."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import bposim
from bposim.analysis.streamed import Bins, expected_shortfall, quantile, summarise_streamed
from bposim.analysis.summary import Summary, summarise
from bposim.engine import simulate, simulate_streamed
from bposim.histogram import Histogram

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.analysis.measures import Estimate
    from bposim.result import Result, StreamedResult

TRIALS = 100_000
SMALL = Path(__file__).parents[1] / "data" / "small.yaml"


@pytest.fixture(scope="module")
def kept() -> Result:
    """Return a run that keeps its totals."""
    return simulate(bposim.load(SMALL), TRIALS, seed=3)


@pytest.fixture(scope="module")
def streamed() -> StreamedResult:
    """Return the same run, streamed, with another number of threads."""
    return simulate_streamed(bposim.load(SMALL), TRIALS, seed=3, threads=2)


def test_memory_mode_and_threads_do_not_change_the_digest(kept: Result, streamed: StreamedResult) -> None:
    """Protects one result for one seed: not a trial differs."""
    assert streamed.digest == kept.digest


def test_what_is_exact_is_the_same(kept: Result, streamed: StreamedResult) -> None:
    """Protects exact sums: means by category, means of costs, paybacks, P(best) and the first trials."""
    assert streamed.categories == kept.categories
    one, other = summarise(kept), summarise_streamed(streamed)
    for name, own in one.alternatives.items():
        assert other.alternatives[name].payback == own.payback
        assert other.alternatives[name].cost.mean.value == pytest.approx(own.cost.mean.value, rel=1e-14)
        assert other.alternatives[name].saving.probability_positive == own.saving.probability_positive
    assert other.decision.recommended == one.decision.recommended
    assert other.decision.close == one.decision.close
    assert other.decision.probability_best == one.decision.probability_best
    assert streamed.first.digest == kept.first.digest


def figures(summary: Summary) -> Iterator[tuple[str, Estimate, float]]:
    """Yield every estimate that comes from distributions with the scale of what it is made of."""
    for name, own in summary.alternatives.items():
        cost = abs(own.cost.mean.value)
        for part, scale in (("cost", 0.0), ("saving", 0.0), ("risk_adjusted", cost)):
            for field in dataclasses.fields(getattr(own, part)):
                found = getattr(getattr(own, part), field.name)
                if hasattr(found, "se"):
                    # A contingency is a quantile of the cost less the mean: to 0.1 % of the quantile.
                    of_cost = cost if field.name == "contingency_p80" else 0.0
                    yield f"{name}.{part}.{field.name}", found, of_cost or scale or abs(found.value)
    yield "evpi", summary.decision.evpi, summary.decision.evpi.value


def test_both_modes_agree_within_the_stated_error(kept: Result, streamed: StreamedResult) -> None:
    """Protects the promise of 0.1 %, and that the standard errors are the same to a tenth of their size."""
    pairs = zip(figures(summarise(kept)), figures(summarise_streamed(streamed)), strict=True)
    for (what, one, scale), (_, other, _) in pairs:
        assert abs(other.value - one.value) <= 1e-3 * scale, what
        if one.se:
            assert other.se == pytest.approx(one.se, rel=0.15), what


def test_quantiles_and_shortfalls_of_a_known_distribution() -> None:
    """Protects bins against a closed form: the exponential has quantile -ln(1-p) and ES one above it."""
    histogram = Histogram()
    u = (np.arange(200_000) + 0.5) / 200_000
    for block in np.array_split(-1e6 * np.log1p(-u), 200):
        histogram.add(block)
    bins = Bins.of(histogram)
    for p in (0.05, 0.5, 0.95):
        assert quantile(bins, p).value == pytest.approx(-1e6 * np.log1p(-p), rel=1e-3)
    assert expected_shortfall(bins, 0.95).value == pytest.approx(1e6 * (1 - np.log(0.05)), rel=1e-3)
    assert expected_shortfall(bins.mirrored(), 0.95).value == pytest.approx(
        -1e6 * (1 + 0.95 / 0.05 * np.log(0.95)), rel=2e-3
    )


def test_few_trials_are_said_to_be_few() -> None:
    """Protects honest refusals: a streamed run of 50 trials has no error for its tail."""
    summary = summarise_streamed(simulate_streamed(bposim.load(SMALL), 50, seed=3))
    assert summary.alternatives["manila"].cost.es95.se is None
    assert summary.alternatives["manila"].cost.p5.se is None
