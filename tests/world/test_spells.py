"""Surges and country events: by hand, their expectation, and what a changed parameter leaves alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats

from bposim.inputs.draws import NoDraws, StreamDraws
from bposim.inputs.poisson import poisson_quantile
from bposim.world.country_events import CountryEvents
from bposim.world.spells import Marks, SpellNoise, overlaps
from bposim.world.volume import Surges
from bposim.world.world import WorldModel, simulate_world

if TYPE_CHECKING:
    from bposim.shapes import FloatArray
    from bposim.world.world import World

TRIALS = 20_000
LENGTHS = [
    2.5,
    {"uniform": {"low": 0.3, "high": 7}},
    {"discrete": {"values": [0.4, 9], "weights": [0.7, 0.3]}},
    {"lognormal": {"median": 1.5, "sigma": 1}},
    {"low": 0, "likely": 1, "high": 6},
]


def noise(count: float, *spells: tuple[float, float, float]) -> SpellNoise:
    """Return the noise of one trial: the uniform of the count, and the three marks of each spell."""
    made = SpellNoise(np.random.default_rng(1), 1)
    made.count = np.array([count])
    made._marks = [Marks(*(np.array([mark]) for mark in spell)) for spell in spells]
    return made


def within(expected: FloatArray, sample: FloatArray) -> bool:
    """Whether the sample means, row by row, are within four standard errors of what is expected."""
    error = sample.std(axis=1, ddof=1) / math.sqrt(sample.shape[1])
    return bool((np.abs(sample.mean(axis=1) - expected) <= 4 * error).all())


def test_overlap_by_hand() -> None:
    """From the middle of month 1 to a quarter of month 4; a spell within a month; one beyond the horizon."""
    month, spell, part = overlaps(np.array([0.5, 1.2, 3.9]), np.array([3.25, 1.6, 9.0]), 4)
    assert list(zip(spell, month, strict=True)) == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 1), (2, 3)]
    assert part == pytest.approx([0.5, 1, 1, 0.25, 0.4, 0.1], rel=1e-12)


def test_spell_of_no_length_covers_nothing() -> None:
    """Also where it begins at a month's very end."""
    _, _, part = overlaps(np.array([0.5, 2.0, 3.0]), np.array([0.5, 2.0, 3.0]), 3)
    assert not part.any()


def test_two_events_at_once_by_hand() -> None:
    """Month 2 loses 60 % half of the time and all of it 60 % again: each takes from what the other leaves."""
    events = CountryEvents.model_validate({"per_year": 12, "months": 1.5, "capacity_loss": 0.6})
    both = noise(stats.poisson.cdf(2, 4) - 1e-9, (0.25 / 4, 0.0, 0.0), (1.0 / 4, 0.0, 0.0), (0.5, 0.0, 0.0))
    lost = np.asarray(events.disruption(both, 4))[:, 0]
    expected = [0.6 * 0.75, 1 - (1 - 0.6 * 0.75) * (1 - 0.6), 0.6 * 0.5, 0.0]
    assert lost == pytest.approx(expected, rel=1e-12)


def test_surge_by_hand() -> None:
    """Half of month 1 at twice the volume is half more."""
    surges = Surges.model_validate({"per_year": 4, "months": 1, "factor": 2})
    one = noise(stats.poisson.cdf(1, 1) - 1e-9, (0.5 / 3, 0.0, 0.0))
    assert np.asarray(surges.multiplier(one, 3))[:, 0] == pytest.approx([1.5, 1.5, 1.0], rel=1e-12)


def test_months_covered_by_hand() -> None:
    """Spells of 2.5 months, one start a month: 0.5 in month 1, 1.5, then 9.5/4, and 2.5 ever after."""
    events = CountryEvents.model_validate({"per_year": 1, "months": 2.5, "capacity_loss": 1})
    assert events.covered(5)[:, 0] == pytest.approx([0.5, 1.5, 2.375, 2.5, 2.5], rel=1e-14)


@pytest.mark.parametrize("length", LENGTHS, ids=["fixed", "uniform", "discrete", "lognormal", "pert"])
def test_expectation_is_the_mean_of_the_simulated(length: Any) -> None:  # noqa: ANN401 - any number
    """The deterministic twin's disruption and surges are the simulated means, month by month."""
    loss = {"low": 0.1, "likely": 0.4, "high": 1.0}
    events = CountryEvents.model_validate({"per_year": 1.5, "months": length, "capacity_loss": loss})
    simulated = np.asarray(events.disruption(SpellNoise(np.random.default_rng(7), TRIALS), 18))
    assert within(np.asarray(events.disruption(None, 18))[:, 0], simulated)
    assert simulated.min() >= 0.0
    assert simulated.max() <= 1.0
    surges = Surges.model_validate(
        {"per_year": 3, "months": length, "factor": {"uniform": {"low": 0.8, "high": 1.6}}}
    )
    simulated = np.asarray(surges.multiplier(SpellNoise(np.random.default_rng(8), TRIALS), 18))
    assert within(np.asarray(surges.multiplier(None, 18))[:, 0], simulated)


def test_integral_is_right_for_a_smooth_length() -> None:
    """h(t) by quadrature within the module's promise: an exponential length has a closed form."""
    mean = 3.0
    events = CountryEvents.model_validate(
        {"per_year": 1, "months": {"gamma": {"shape": 1, "scale": mean}}, "capacity_loss": 1}
    )
    t = np.arange(1, 13)
    exact = mean * (1 + mean * (np.exp(-t / mean) - np.exp(-(t - 1) / mean)))
    assert events.covered(12)[:, 0] == pytest.approx(exact, rel=1e-9)


def test_higher_rate_keeps_the_events() -> None:
    """More events are the same and some new ones; no event at a rate of 0."""
    drawn = SpellNoise(np.random.default_rng(7), 512)
    few, many, none = (
        np.asarray(
            CountryEvents.model_validate({"per_year": rate, "months": 1, "capacity_loss": 0.5}).disruption(
                drawn, 24
            )
        )
        for rate in (0.5, 2.0, 0.0)
    )
    assert few.any()
    assert (many >= few).all()
    assert not none.any()


def test_rate_of_each_trial_counts_in_its_trial() -> None:
    """An uncertain rate is an array by trial."""
    events = CountryEvents.model_validate({"per_year": 1, "months": 1, "capacity_loss": 0.5})
    bound = events.model_copy(update={"per_year": np.array([0.0, 50.0])})
    lost = np.asarray(bound.disruption(SpellNoise(np.random.default_rng(7), 2), 24))
    assert not lost[:, 0].any()
    assert lost[:, 1].mean() > 0.5
    assert np.asarray(bound.disruption(None, 24))[:, 0] == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize("mean", [0.0, 0.0125, 0.75, 30.0])
def test_poisson_quantile_is_scipys(mean: float) -> None:
    """The count is the exact quantile, deep into the tail."""
    u = np.concatenate([np.linspace(0.001, 0.999, 999), 1 - 10.0 ** -np.arange(3, 13)])
    assert poisson_quantile(u, mean).tolist() == stats.poisson.ppf(u, mean).tolist()


def struck(*countries: str, trials: int = 256) -> World:
    """Return a world with events in the given countries, and surges."""
    event = {"per_year": 2, "months": 2, "capacity_loss": 0.5}
    volume = {"unit": "call", "per_month": 1000.0, "surges": {"per_year": 2, "factor": 1.5, "months": 2}}
    model = {"volume": volume, "country_events": dict.fromkeys(countries, event)}
    return simulate_world(WorldModel.model_validate(model), StreamDraws(3, 0, trials), 24, (2027, 1), "USD")


def test_each_country_has_its_own_events() -> None:
    """One country more moves no event of another, nor a surge; events of two are independent."""
    one, two = struck("PH"), struck("IN", "PH")
    assert np.array_equal(one.disruption("PH"), two.disruption("PH"))
    assert np.array_equal(one.volume, two.volume)
    assert not np.array_equal(two.disruption("IN"), two.disruption("PH"))


def test_country_without_events_is_never_disrupted() -> None:
    """No events given are none, and a leg without a country is nowhere."""
    made = struck("PH")
    assert made.disruption("US") == made.disruption(None) == 0.0
    assert np.shape(made.disruption("PH")) == (24, 256)


def test_surges_are_volume_and_not_forecast() -> None:
    """Nobody plans for a surge: V is above V̂, in the deterministic twin by what is expected."""
    made = struck()
    assert made.forecast == pytest.approx(np.full((24, 1), 1000.0))
    assert set(np.unique(made.volume) >= 1000.0) == {True}
    assert made.volume.max() > 1000.0
    volume = {"unit": "call", "per_month": 1000.0, "surges": {"per_year": 2, "factor": 1.5, "months": 1}}
    twin = simulate_world(WorldModel.model_validate({"volume": volume}), NoDraws(), 3, (2027, 1), "USD")
    expected = [1000 * math.exp(2 / 12 * 0.5 * covered) for covered in (0.5, 1.0, 1.0)]
    assert twin.volume[:, 0] == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("loss", [1.2, {"normal": {"mean": 0.5, "sd": 0.1}}])
def test_no_event_takes_more_than_all(loss: Any) -> None:  # noqa: ANN401 - any number
    """A loss that can leave 0 to 1 is refused."""
    with pytest.raises(ValidationError):
        CountryEvents.model_validate({"per_year": 1, "months": 1, "capacity_loss": loss})
