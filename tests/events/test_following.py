"""Events that follow others: how many, when, and with which losses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bposim import base_case
from bposim.cash import simulate_block
from bposim.errors import ScenarioError
from bposim.inputs.draws import NoDraws, StreamDraws
from bposim.operations import Operations
from bposim.risks import Risks, risk_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray
    from bposim.world.world import World

    Tree = dict[str, Any]
    Still = Callable[..., World]
    Read = Callable[[Tree], Scenario]

MONTHS, TRIALS = 24, 4_000
WORK = Operations(exposure=1.0, volume=1000.0, headcount=10.0, leaver_share=0.0)


def lines(still: Still, draws: Any, **risks: Tree) -> dict[str, FloatArray]:  # noqa: ANN401 - as Draws has it
    """Return the monthly cost of each category."""
    world = still(MONTHS)
    object.__setattr__(world, "trials", draws.trials)
    found = risk_lines(Risks.model_validate(risks), WORK, world, draws, "leg")
    return {line.category: np.broadcast_to(line.monthly, (MONTHS, draws.trials)) for line in found}


OUTAGE = {"per_year": 3, "hours": 1, "cost_per_hour": 1}


def test_expected_followers_by_hand(still: Still) -> None:
    """Three outages a year, a tenth with a loss of 50, beside 0.2 losses a year: 0.5 · 50 / 12 a month."""
    loss = {"per_year": 0.2, "severity": 50, "after": {"outage": 0.1}}
    found = lines(still, NoDraws(), outage=OUTAGE, data_loss=loss)
    assert found["data_loss"] == pytest.approx(np.full((MONTHS, 1), (0.2 + 3 * 0.1) * 50 / 12), rel=1e-12)


def test_certain_followers_come_with_each_cause(still: Still) -> None:
    """With certainty there is one loss of 50 in the month of each outage, and nowhere else."""
    loss = {"per_year": 0, "severity": 50, "after": {"outage": 1}}
    found = lines(still, StreamDraws(1, 0, TRIALS), outage=OUTAGE, data_loss=loss)
    assert found["outage"].any()
    assert np.array_equal(found["data_loss"], 50 * found["outage"])


def test_followers_are_the_stated_part(still: Still) -> None:
    """Three in ten outages are followed, within 4 standard errors, and only months with an outage are."""
    loss = {"per_year": 0, "severity": 1, "after": {"outage": 0.3}}
    found = lines(still, StreamDraws(2, 0, TRIALS), outage=OUTAGE, data_loss=loss)
    outages, losses = found["outage"].sum(), found["data_loss"].sum()
    assert losses / outages == pytest.approx(0.3, abs=4 * math.sqrt(0.21 / outages))
    assert (found["data_loss"] <= found["outage"]).all()


def test_luck_of_a_follower_is_its_own(still: Still) -> None:
    """Half of the fines after breaches are paid back although only two in ten breaches are followed."""
    breach = {"per_year": 3, "severity": 1}
    fine = {"per_year": 0, "severity": 1, "after": {"breach": 0.2}, "recovery": {"probability": 0.5}}
    gross = {key: value for key, value in fine.items() if key != "recovery"}
    all_of_it = lines(still, StreamDraws(3, 0, TRIALS), breach=breach, regulatory=gross)["regulatory"].sum()
    operations = Operations(1.0, 1000.0, 10.0, 0.0, 0.0, 1e9)
    world = still(MONTHS)
    object.__setattr__(world, "trials", TRIALS)
    risks = Risks.model_validate({"breach": breach, "regulatory": fine})
    found = risk_lines(risks, operations, world, StreamDraws(3, 0, TRIALS), "leg")
    paid = sum(float(np.sum(line.monthly)) for line in found if line.category == "regulatory")
    assert paid / all_of_it == pytest.approx(0.5, abs=4 * math.sqrt(0.25 / all_of_it))


def test_own_events_stay_as_they_were(still: Still) -> None:
    """A cause adds events; it moves none of the risk's own and none of the cause's."""
    loss = {"per_year": 1, "severity": {"lognormal": {"median": 50, "sigma": 1}}}
    before = lines(still, StreamDraws(4, 0, TRIALS), outage=OUTAGE, data_loss=loss)
    after = lines(
        still, StreamDraws(4, 0, TRIALS), outage=OUTAGE, data_loss=loss | {"after": {"outage": 0.2}}
    )
    assert np.array_equal(after["outage"], before["outage"])
    assert (after["data_loss"] >= before["data_loss"] - 1e-9).all()
    assert np.array_equal(
        after["data_loss"][before["outage"] == 0], before["data_loss"][before["outage"] == 0]
    )


def test_shared_causes_have_shared_followers(tiny: Tree, read: Read) -> None:
    """Two legs whose breaches are all the same shock have their scandals in the same months, equally hard."""
    terms: Tree = {
        "breach": {"per_year": 2, "severity": 1, "common_shock": {"share": 1, "of": "cloud"}},
        "reputation": {
            "per_year": 0,
            "churn": {"low": 0.001, "likely": 0.01, "high": 0.05},
            "revenue": 1e7,
            "margin": 0.3,
            "lasts": 2,
            "after": {"breach": 0.4},
        },
    }
    tiny["correlations"] = []
    body = {"price": {"per_unit": {"amount": 1}}, "risks": terms}
    tiny["alternatives"] = {
        "one": {"baseline": True, "legs": [{"name": "one", "vendor": body}]},
        "two": {"legs": [{"name": "two", "vendor": body}]},
    }
    found = simulate_block(read(tiny), StreamDraws(1, 0, 128))
    assert found["one"].categories["reputation"].any()
    assert np.array_equal(found["one"].categories["reputation"], found["two"].categories["reputation"])


@pytest.mark.parametrize(
    ("cause", "code"), [("beach", "BP204"), ("customer_satisfaction", "BP204"), ("reputation", "BP204")]
)
def test_what_is_no_other_event_is_refused(tiny: Tree, read: Read, cause: str, code: str) -> None:
    """A misspelt kind, a risk without events, and the risk itself cannot be followed."""
    team = tiny["alternatives"]["in-house"]["legs"][0]["team"]
    team.setdefault("risks", {})["reputation"] = {
        "per_year": 0,
        "churn": 0.01,
        "revenue": 1,
        "margin": 1,
        "lasts": 1,
        "after": {cause: 0.5},
    }
    with pytest.raises(ScenarioError) as caught:
        read(tiny)
    assert [(c.code, c.path.rpartition(".")[2]) for c in caught.value.complaints] == [(code, cause)]


def test_missing_cause_is_warned_of(tiny: Tree, read: Read) -> None:
    """To follow what the leg does not have costs nothing, and the file's writer is told."""
    team = tiny["alternatives"]["in-house"]["legs"][0]["team"]
    team["risks"] = {"data_loss": {"per_year": 0, "severity": 5, "after": {"fraud": 0.5}}}
    scenario = read(tiny)
    assert any(warning.path.endswith("data_loss.after.fraud") for warning in scenario.warnings)
    assert base_case(scenario)["in-house"].categories["data_loss"] == 0.0
