"""The right to leave: by hand, Margrabe's formula, bounds, and nothing that is not the model's own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.stats import norm

from bposim.cli.exit_text import sentences, tables
from bposim.engine import simulate
from bposim.inputs.money import Money
from bposim.studies.exit_right import Rule, dates_of, exit_study, sign_to_leave
from bposim.studies.leaving import Terms, paths
from bposim.studies.variants import Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.scenario import Scenario

    Read = Callable[[dict[str, Any]], Scenario]

QUIET: dict[str, Any] = {"volume": {"unit": "call", "per_month": 1000}}


def fixed(amount: object, currency: str = "USD", **terms: object) -> dict[str, Any]:
    """Return an alternative that is one contract at a fixed fee a month."""
    return {"legs": [{"vendor": {"price": {"fixed_fee": {"amount": amount, "currency": currency}}} | terms}]}


@pytest.fixture
def certain(read: Read) -> Scenario:
    """Ten people at 10k a month, and a contract of 12k that comes home in month 9 if notice is in 6."""
    team = {"roles": {"clerk": {"volume_per_fte": 100, "salary": "120k"}}, "hiring": {"per_hire": "1k"}}
    contract = fixed(
        "120k",
        transition={"planned": 0, "one_off": {"legal": "30k"}},
        termination={"fee_months": [2, 1], "notice": 3},
    )
    return read(
        {
            "months": 24,
            "discount_rate": "0%",
            "world": QUIET,
            "alternatives": {
                "home": {"baseline": True, "legs": [{"team": team}]},
                "away": contract,
                "cheap": fixed("90k"),
            },
        }
    )


def test_a_certain_contract_by_hand(certain: Scenario) -> None:
    """Decided in month 6, gone after 9: 15 x 20k saved, less 2 fees, 30k again and 10 people at 1k: 20k."""
    found = paths(certain, "away", (6, 18), Terms(), Run(64))
    assert found.gain[0] == pytest.approx(np.full(64, 300e3 - 240e3 - 30e3 - 10e3))
    # Decided in month 18, gone after 21, in the second year: 3 x 20k less 1 fee, 30k and 10k.
    assert found.gain[1] == pytest.approx(np.full(64, 60e3 - 120e3 - 40e3))
    assert found.excess[1] == pytest.approx(np.full(64, 0.2))
    assert found.changes["termination"] == pytest.approx([240e3, 120e3])
    assert found.changes["retransition"] == pytest.approx([40e3, 40e3])
    study = exit_study(certain, "away", Terms(), Rule(0.1), (6, 18), Run(512))
    assert study.best.option.value.value == pytest.approx(20e3)
    assert study.best.option.by_date.tolist() == [1.0, 0.0]
    assert study.hindsight.value == pytest.approx(20e3)
    # The rule waits for a year of the contract, which is then too late.
    assert study.rule_from == 12
    assert study.by_rule.option.value.value == pytest.approx(-100e3)


def test_other_terms_by_hand(certain: Scenario) -> None:
    """At once, 1 fee, 5k of cost, 2k a head, a month of nobody, and to another vendor: each counts."""
    terms = Terms(notice=0, fee_months=(1,), cost=money(5e3), rehiring=money(2e3))
    found = paths(certain, "away", (6,), terms, Run(64))
    assert found.gain[0] == pytest.approx(np.full(64, 18 * 20e3 - 120e3 - 30e3 - 5e3 - 20e3))
    found = paths(certain, "away", (6,), Terms(to="cheap", notice=0, fee_months=(1,)), Run(64))
    assert found.gain[0] == pytest.approx(np.full(64, 18 * 30e3 - 120e3 - 30e3))
    assert found.excess[0] == pytest.approx(np.full(64, 1 / 3))


def money(amount: float) -> Money:
    """Return an amount in base currency."""
    return Money(amount=amount)


@pytest.fixture(scope="module")
def two_rates(read: Read) -> Scenario:
    """A fee in pesos that may be swapped for one in zloty in month 12, for the last of 13 months."""
    return read(
        {
            "months": 13,
            "discount_rate": "0%",
            "world": QUIET
            | {"fx": {"PHP": {"spot": 1, "volatility": "20%"}, "PLN": {"spot": 1, "volatility": "15%"}}},
            "alternatives": {
                "home": {"baseline": True} | fixed(100),
                "peso": fixed(100, "PHP"),
                "zloty": fixed(105, "PLN"),
            },
        }
    )


def test_one_date_is_margrabe(two_rates: Scenario) -> None:
    """The right to swap 100 pesos (20 %) for 105 zloty (15 %) in a year is worth 7.8888: 4 errors, 3 %."""
    study = exit_study(two_rates, "peso", Terms(to="zloty"), Rule(0.0), (12,), Run(100_000))
    spread = math.hypot(0.2, 0.15)
    d = (math.log(100 / 105) + spread**2 / 2) / spread
    truth = 100 * norm.cdf(d) - 105 * norm.cdf(d - spread)
    value = study.best.option.value
    assert value.se is not None
    assert abs(value.value - truth) < 4 * value.se
    assert value.value == pytest.approx(truth, rel=0.03)
    assert study.best.option.value.value <= study.hindsight.value
    # Zloty at 105 are the better fee from 105 pesos on: P(S1 / S2 > 1.05).
    chance = norm.cdf((math.log(100 / 105) - 0.02 + 0.01125) / spread)
    assert study.best.option.probability.value == pytest.approx(chance, abs=0.01)


def test_one_who_stays_pays_what_a_run_says(tiny: dict[str, Any], read: Read) -> None:
    """Protects the comparison with the other commands: the same futures cost the same as in a run."""
    scenario = read(tiny)
    found = paths(scenario, "manila", (12,), Terms(notice=2), Run(2000, seed=5))
    result = simulate(scenario, 2000, seed=5)
    assert found.stay == pytest.approx(result.costs["manila"], rel=1e-12)
    assert found.base == pytest.approx(result.costs["in-house"], rel=1e-12)


def test_a_vendor_that_has_failed_is_not_left(tiny: dict[str, Any], read: Read) -> None:
    """In a future in which the vendor is gone before the notice is over, leaving changes nothing."""
    vendor = tiny["alternatives"]["manila"]["legs"][0]["vendor"]
    vendor["failure"] = {"per_year": "60%", "recovery_months": 1}
    scenario = read(tiny)
    found = paths(scenario, "manila", (6, 18), Terms(), Run(2048))
    gone = np.mean(found.gain == 0.0, axis=1)
    start = 5.9  # go-live: 4 months planned, and a delay of about 1.9
    assert gone == pytest.approx([1 - 0.4 ** (max(0.0, month - start) / 12) for month in (6, 18)], abs=0.06)


def test_only_a_contract_that_stands_is_left(read: Read) -> None:
    """Where leaving always pays, everybody leaves whose vendor has not failed, and nobody else."""
    dear = fixed("150k", failure={"per_year": "50%"})
    home = {"baseline": True} | fixed("100k")
    scenario = read(
        {"months": 24, "discount_rate": "0%", "world": QUIET, "alternatives": {"home": home, "away": dear}}
    )
    study = exit_study(scenario, "away", Terms(), Rule(0.1), (12,), Run(8192))
    assert study.best.option.probability.value == pytest.approx(0.5, abs=0.025)
    assert np.array_equal(study.best.option.date == 0, study.paths.gain[0] != 0.0)
    assert study.best.option.gain.max() == pytest.approx(12 * 50e3)


def test_the_last_year_by_hand(read: Read) -> None:
    """A fee of 100 that is 150 from month 13 on: in month 15 a year has cost 9 x 100 + 3 x 150."""
    away = fixed(100, term=12, renewal_uplift="50%")
    alternatives = {"home": {"baseline": True} | fixed(100), "away": away}
    scenario = read({"months": 24, "discount_rate": "0%", "world": QUIET, "alternatives": alternatives})
    found = paths(scenario, "away", (6, 12, 15), Terms(), Run(4))
    assert found.excess[:, 0] == pytest.approx([0.0, 0.0, 1350 / 1200 - 1])
    assert found.gain[:, 0] == pytest.approx([12 * 50, 12 * 50, 9 * 50])


def test_the_right_is_never_worth_less_than_nothing_nor_more_than_foresight(
    tiny: dict[str, Any], read: Read
) -> None:
    """Holds for every alternative with a contract; more dates and lower fees are worth more, within error."""
    scenario = read(tiny)
    dear = exit_study(scenario, "manila", Terms(fee_months=(9, 9)), Rule(), (6, 12, 18), Run(4096))
    free = exit_study(scenario, "manila", Terms(), Rule(), (6, 12, 18), Run(4096))
    one = exit_study(scenario, "manila", Terms(), Rule(), (18,), Run(4096))
    for study in (dear, free, one):
        assert 0.0 <= study.best.option.value.value <= study.hindsight.value
        assert study.best.option.by_date.sum() == pytest.approx(study.best.option.probability.value)
    error = 4 * (free.best.option.value.se or 0.0)
    assert free.best.option.value.value >= dear.best.option.value.value - error
    assert free.best.option.value.value >= one.best.option.value.value - error


def test_the_best_use_is_not_below_the_stated_rule(two_rates: Scenario) -> None:
    """Protects from "nothing" beside a rule that pays: 150 futures are too few to learn from."""
    study = exit_study(two_rates, "peso", Terms(to="zloty"), Rule(0.0), (12,), Run(150))
    stated = study.by_rule.option.value
    assert stated.value > 4 * (stated.se or 0.0)
    assert study.best.option.value == stated
    (words, *_) = sentences([study], [], Rule(0.0), two_rates)
    assert "by the rule, leaving when" in words
    assert "these trials teach no use that is clearly better" in words


def test_dates_of_little_use_are_put_together(certain: Scenario) -> None:
    """At best all leave in month 6, by the rule in month 15; two of the four dates say nothing."""
    study = exit_study(certain, "away", Terms(), Rule(0.1), (6, 9, 15, 18), Run(512))
    _, dates = tables([study], [], certain, 512)
    assert [row[:3] for row in dates.rows] == [
        ("6", "-", "100.0%"),
        ("15", "100.0%", "0.0%"),
        ("2 others", "0.0%", "0.0%"),
    ]


def test_dates_leave_room_for_the_notice(certain: Scenario) -> None:
    """Of 24 months with 3 of notice the last decision is in month 20; a team is not left."""
    assert dates_of(certain, "away", Terms(), 12, 4) == (12, 16, 20)
    assert dates_of(certain, "away", Terms(notice=6), 12, 4) == (12, 16)
    with pytest.raises(ValueError, match="no contract"):
        dates_of(certain, "home", Terms())
    with pytest.raises(ValueError, match="nothing of the 24 months"):
        dates_of(certain, "away", Terms(notice=20))
    with pytest.raises(ValueError, match="nobody cannot take over"):
        exit_study(certain, "away", Terms(to="nobody"), Rule(), (12,), Run(8))


def test_the_sign_to_leave_is_the_threshold() -> None:
    """Who leaves above 0.3 is recognised at 0.3; with fewer than 30 on a side there is no sign."""
    seen = np.linspace(-1, 1, 2001)
    assert sign_to_leave(seen, seen > 0.3) == pytest.approx(0.3, abs=0.002)
    assert sign_to_leave(seen, seen > 0.975) is None
