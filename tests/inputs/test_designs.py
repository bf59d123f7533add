"""Designed draws: distributed as random ones, spread as promised, by name, and led where it matters."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import kstest

from bposim.events.arrivals import LED, EventNoise
from bposim.inputs.designs import Design, DesignedDraws, slow_waves
from bposim.inputs.designs_directions import directed
from bposim.inputs.draws import StreamDraws
from bposim.inputs.poisson import poisson_quantile
from bposim.inputs.streams import uniform_open

TRIALS = 1024
NET = Design("sobol", (("a", 0), ("path", 0), ("path", 1), ("b", 0)), ((0.6, 0.0, 0.0, 0.8),))
DESIGNS = [Design("lhs"), Design("sobol"), NET]


def draws(design: Design, block: int = 0, seed: int = 3) -> DesignedDraws:
    """Return the draws of a block."""
    return DesignedDraws(design, seed, block, TRIALS)


@pytest.mark.parametrize("design", DESIGNS)
def test_scores_are_standard_normal_and_uncorrelated(design: Design) -> None:
    """A design spreads what is drawn; it must not change what is drawn from."""
    drawn = [draws(design, block) for block in range(16)]
    scores = np.array(
        [np.concatenate([one.vector(name) for one in drawn]) for name in ("a", "b", "else")]
        + [np.concatenate([one.normal("path", 6)[row] for one in drawn]) for row in range(6)]
    )
    for score in scores:
        assert kstest(score, "norm").pvalue > 1e-4
    correlation = np.corrcoef(scores)[np.triu_indices(len(scores), 1)]
    assert np.abs(correlation).max() < 4 / np.sqrt(16 * TRIALS)


@pytest.mark.parametrize("design", [Design("lhs"), Design("sobol", (("a", 0), ("b", 0)))])
def test_an_input_has_one_score_in_each_cell_of_equal_probability(design: Design) -> None:
    """Without directions every input is stratified by itself."""
    cell = (ndtr(draws(design).vector("a")) * TRIALS).astype(int)
    assert np.array_equal(np.sort(cell), np.arange(TRIALS))


def test_a_direction_has_one_score_in_each_cell() -> None:
    """What moves the outcome most, 0.6 a + 0.8 b, is stratified although neither part is asked for it."""
    block = draws(NET)
    cell = (ndtr(0.6 * block.vector("a") + 0.8 * block.vector("b")) * TRIALS).astype(int)
    assert np.abs(np.bincount(cell, minlength=TRIALS) - 1).sum() <= 2  # cells' edges, to rounding
    apart = (ndtr(block.vector("a")) * TRIALS).astype(int)
    assert np.abs(np.bincount(apart, minlength=TRIALS) - 1).sum() > 100


def test_the_slow_waves_of_a_path_are_stratified_and_the_rest_is_the_stream_s() -> None:
    """The level and the tilt of a path come from the design; what is at right angles to them is random."""
    waves = slow_waves(60)
    assert waves @ waves.T == pytest.approx(np.eye(2), abs=1e-14)
    led, plain = draws(Design("lhs")).normal("path", 60), StreamDraws(3, 0, TRIALS).normal("path", 60)
    for wave in waves:
        cell = (ndtr(wave @ led) * TRIALS).astype(int)
        assert np.abs(np.bincount(cell, minlength=TRIALS) - 1).sum() <= 2
    rest = np.eye(60) - waves.T @ waves
    assert rest @ led == pytest.approx(rest @ plain, abs=1e-12)


def test_draws_are_by_name() -> None:
    """What else is asked for, and in which order, moves nothing; a name that no net knows has its own."""
    first, second = draws(NET), draws(NET)
    first.take("risk", EventNoise)
    first.vector("new")
    assert np.array_equal(first.vector("a"), second.vector("a"))
    assert np.array_equal(first.normal("path", 60), second.normal("path", 60))
    assert np.array_equal(second.vector("new"), first.vector("new"))


@pytest.mark.parametrize("design", DESIGNS)
def test_uniforms_of_a_trial_are_stratified(design: Design) -> None:
    """Whether a vendor fails in a trial is one uniform: 1 in 20 of a block, to one, meets a risk of 5 %."""
    mark = draws(design).take("failure", lambda rng, trials: uniform_open(rng, (trials,)))
    assert int(np.sum(mark < 0.05)) in {51, 52}


@pytest.mark.parametrize("expected", [0.0, 1.5, 20.0])
@pytest.mark.parametrize("rate", [0.3, 1.5, 4.0])
def test_events_of_a_design_are_independent_whatever_the_rate(expected: float, rate: float) -> None:
    """Sizes by rank stay uniform and uncorrelated with each other, given that the event happens.

    The sizes are put in order for the expected number; at another rate only some of them happen, and
    these must be as random as ever.
    """
    drawn = []
    for block in range(24):
        noise = draws(Design("sobol", expected=(("risk", expected),)), block).take("risk", EventNoise)
        count = poisson_quantile(noise.count, rate)
        marks = [noise.rank(j) for j in range(3)]
        sizes = [np.where(count > j, ndtr(mark.size), np.nan) for j, mark in enumerate(marks)]
        drawn.append([*sizes, marks[0].when, marks[0].luck, marks[0].thinning])
    size0, size1, size2, *others = np.concatenate(drawn, axis=1)
    for sizes in (size0, size1, size2):
        assert kstest(sizes[~np.isnan(sizes)], "uniform").pvalue > 1e-4
    both = ~np.isnan(size1)
    for one, other in ((size0, size1), (size0, others[0]), (size1, others[1]), (size0, others[2])):
        assert abs(np.corrcoef(one[both], other[both])[0, 1]) < 4 / np.sqrt(both.sum())
    total = np.nansum([size0, size1, size2], axis=0)
    cut = np.minimum(poisson_quantile(uniform_open(np.random.default_rng(1), (400_000,)), rate), 3)
    assert total.mean() == pytest.approx(cut.mean() / 2, abs=0.01)
    assert total.var() == pytest.approx(cut.mean() / 12 + cut.var() / 4, rel=0.03)


def test_the_sum_of_events_varies_less_between_blocks() -> None:
    """Of a heavy-tailed compound loss, blocks of a net differ by a tenth of what random ones do.

    Count and largest size are two coordinates of one net; by rank alone the gain would be about 3.
    """

    def loss(noise: EventNoise) -> float:
        count = poisson_quantile(noise.count, 1.5)
        sizes = [np.exp(1.4 * noise.rank(j).size) * (count > j) for j in range(8)]
        return float(np.mean(np.sum(sizes, axis=0)))

    net = Design("sobol", expected=(("risk", 1.5),))
    spread, plain = (
        np.var([loss(one(block).take("risk", EventNoise)) for block in range(100)])
        for one in (lambda block: draws(net, block), lambda block: StreamDraws(3, block, TRIALS))
    )
    assert plain / spread > 10


def test_what_a_design_sets_stands_in_order() -> None:
    """The first columns of a net are the best ones: they go to the count and the largest event."""
    assert LED[:3] == ("count", "size 0", "when 0")


# --- directions ---------------------------------------------------------------------------------------


def pilot() -> dict[tuple[str, int], np.ndarray]:
    """Return 2,048 scores of five names."""
    rng = np.random.default_rng(8)
    return {(name, 0): rng.standard_normal(2048) for name in "edcba"}


def test_the_direction_is_the_slope_of_the_outcome() -> None:
    """3 a - 4 c leads, c before a, although the pilot is noisy and what does not matter is called e."""
    scores = pilot()
    noise = np.random.default_rng(9).standard_normal(2048)
    found = directed(scores, [3 * scores["a", 0] - 4 * scores["c", 0] + noise])
    assert [name for name, _ in found.coordinates] == ["c", "a", "b", "d", "e"]
    ((first, second, *rest),) = found.directions
    assert (abs(first), abs(second)) == pytest.approx((0.8, 0.6), abs=0.02)
    assert first * second < 0
    assert rest == [0.0, 0.0, 0.0]


def test_directions_are_orthonormal_and_few() -> None:
    """An outcome that those before it explain needs no direction of its own, nor one that never varies."""
    scores = pilot()
    a, b = scores["a", 0], scores["b", 0]
    found = directed(scores, [a, a + 0.5 * b, 2 * a - b, np.zeros(2048)])
    matrix = np.array(found.directions)
    assert matrix @ matrix.T == pytest.approx(np.eye(2), abs=1e-12)


def test_a_design_without_outcomes_is_a_net_in_the_order_of_names() -> None:
    """A scenario in which nothing moves the saving can still be run."""
    found = directed(pilot(), [np.zeros(2048)])
    assert [name for name, _ in found.coordinates] == ["a", "b", "c", "d", "e"]
    assert found.directions == ()
