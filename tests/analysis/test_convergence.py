"""Running estimates, targets and the careful error, and that stopping by it keeps the interval honest."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bposim.analysis.comparison import MeanEs
from bposim.analysis.convergence import Step, Target, doublings, judged, running, step, target
from bposim.analysis.measures import Z95, Estimate
from bposim.analysis.statistic import Statistic, statistic
from bposim.scenario import Preferences

NAMES = ["in-house", "manila", "manila-2"]


def named(name: str) -> Statistic:
    """Return a figure by its name."""
    return statistic(name, Preferences(), MeanEs())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("saving.p5:1%", Target("saving.p5", None, 0.01, None)),
        ("manila.saving.mean:50k", Target("saving.mean", "manila", None, 50_000.0)),
        ("manila-2.risk_adjusted_value:2%", Target("risk_adjusted_value", "manila-2", 0.02, None)),
    ],
)
def test_target_is_read(text: str, expected: Target) -> None:
    """Protects the grammar of --until."""
    assert target(text, NAMES) == expected


@pytest.mark.parametrize("text", ["saving.p5", ":1%", "saving.p5:-1%", "saving.p5:0", "saving.p5:soon"])
def test_target_without_precision_is_refused(text: str) -> None:
    """Protects from a run that never ends or ends at once."""
    with pytest.raises(ValueError, match=r"."):
        target(text, NAMES)


def test_doublings_end_with_the_run() -> None:
    """Protects the rows of the table."""
    assert doublings(5000) == (1024, 2048, 4096, 5000)
    assert doublings(4096) == (1024, 2048, 4096)
    assert doublings(10) == (10,)


def test_running_estimates_are_those_of_shorter_runs() -> None:
    """Protects that a row is the run of so many trials, not a smoothed curve."""
    rng = np.random.default_rng(1)
    base, own = rng.normal(10, 1, 4000), rng.normal(8, 1, 4000)
    rows = running(named("saving.mean"), base, own)
    assert [row.trials for row in rows] == [1024, 2048, 4000]
    assert [row.estimate.value for row in rows] == pytest.approx(
        [np.mean(base[:n] - own[:n]) for n in (1024, 2048, 4000)], rel=1e-12
    )


def test_careful_error_is_the_largest_claim() -> None:
    """Protects by hand: one half without any spread, the other with all of it."""
    own = np.concatenate([np.zeros(500), np.tile([-1.0, 1.0], 250)])
    found = step(named("saving.mean"), np.zeros(1000), own)
    half = np.std(own[500:], ddof=1) / math.sqrt(500)
    assert found.careful == pytest.approx(half / math.sqrt(2), rel=1e-12)
    assert found.careful >= found.estimate.se  # type: ignore[operator]


def test_a_tail_of_few_points_has_not_converged() -> None:
    """Protects the refusal: 50 tail points say nothing about ES95, however loose the target is."""
    rng = np.random.default_rng(2)
    found = step(named("saving.es95"), rng.normal(0, 1, 1000), rng.normal(0, 1, 1000))
    assert found.careful is None
    assert not judged(Target("saving.es95", None, None, 1e9), "manila", found).reached


def test_trials_needed_follow_the_law_of_the_square_root() -> None:
    """Protects the plan: half the error takes four times the trials, with the safety of a tenth."""
    found = judged(
        Target("saving.mean", None, None, 1.0), "manila", Step(1000, Estimate(5.0, 1 / Z95), 1 / Z95)
    )
    assert found.reached
    assert found.trials_needed == math.ceil(1000 / 0.81)


def test_interval_at_the_stop_covers_as_stated() -> None:
    """Protects from the bias of optional stopping: mean of a lognormal, stopped at a width, 1,000 times.

    The interval of 95 % may miss in 5 % of the experiments; four standard errors of 1,000 are 2.8 points.
    """
    rng = np.random.default_rng(5)
    goal, figure = Target("total_cost.mean", None, 0.06, None), named("total_cost.mean")
    true = math.exp(0.5)
    hits = 0
    for _ in range(1000):
        own = rng.lognormal(0, 1, 16_384)
        for trials in (256, 512, 1024, 2048, 4096, 8192, 16_384):
            found = step(figure, own[:trials], own[:trials])
            if judged(goal, "manila", found).reached:
                break
        hits += abs(found.estimate.value - true) <= Z95 * found.careful  # type: ignore[operator]
    assert hits / 1000 >= 0.95 - 4 * math.sqrt(0.95 * 0.05 / 1000)
