"""By which assumptions a result changed: on the same draws, without a remainder."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bposim.differences import differences
from bposim.engine import simulate
from bposim.files import load
from bposim.studies.changes import MOST_FINEST, _acting, attributed, ends_of
from bposim.studies.mixed import Mixer
from bposim.studies.variants import Run, valued

if TYPE_CHECKING:
    from bposim.analysis.changes import Attribution

TINY = Path(__file__).parents[1] / "data" / "tiny.yaml"
RUN = Run(trials=2_048, seed=5)


def changed(**overrides: str) -> dict[str, str]:
    """Return overrides by path; two underscores stand for a dot."""
    return {path.replace("__", "."): value for path, value in overrides.items()}


THREE = changed(discount_rate="11%", world__fx__PHP__spot="0.0186", manila__governance__fee_share="9%")
SHARES = {"blend": "{legs: [{share: 70%, like: in-house}, {share: 30%, like: manila}]}"}
MANY = THREE | changed(
    manila__turnover__attrition="60%",
    manila__learning__extra="40%",
    world__volume__margin_per_unit="3",
    in_house__buffer="8%",
    krakow__hiring__per_hire="3k",
)
MANY = {path.replace("in_house", "in-house"): value for path, value in MANY.items()}


@dataclass(frozen=True)
class Counted:
    """A meter that writes down what is expected and what is done."""

    met: list[int]

    def expect(self, variants: int, trials: int, *, at_least: bool = False) -> None:
        """Write down how many futures there will be."""
        assert not at_least
        self.met.append(variants * trials)

    def done(self, futures: int) -> None:
        """Write down how many there were."""
        self.met.append(futures)


def of(overrides: dict[str, str], figure: str = "saving.mean") -> Attribution:
    """Return by what the figure moved when these values are set."""
    return attributed(differences(load(TINY), load(TINY, overrides)), figure, RUN)


@pytest.mark.parametrize(
    ("overrides", "figure"),
    [(THREE, "saving.mean"), (THREE, "saving.p5"), (MANY, "probability_positive")],
    ids=["three, mean", "three, tail", "many, probability"],
)
def test_shares_add_up_to_what_two_runs_show(overrides: dict[str, str], figure: str) -> None:
    """Additivity, interactions included, for figures that are means and that are not."""
    found = of(overrides, figure)
    assert found.exact == (overrides is THREE)
    old, new = (simulate(load(TINY, own), RUN.trials, RUN.seed) for own in ({}, overrides))
    for name, total in found.total.items():
        shared = math.fsum(effect.share.value for effect in found.effects[name])
        assert shared == pytest.approx(total.value, rel=1e-9, abs=1e-6)
        if figure == "saving.mean":
            whole = float(np.mean(new.saving(name)) - np.mean(old.saving(name)))
            assert total.value == pytest.approx(whole, rel=1e-9)


@pytest.mark.parametrize("overrides", [THREE, dict(list(MANY.items())[:5])], ids=["all sets", "two orders"])
def test_runs_that_are_there_are_not_simulated_again(overrides: dict[str, str]) -> None:
    """Protects who waits: with both runs at hand two simulations fewer are made, to the same end."""
    scenarios = load(TINY), load(TINY, overrides)
    old, new = (simulate(scenario, 3_000, RUN.seed) for scenario in scenarios)
    met: list[int] = []
    run = replace(RUN, meter=Counted(met))
    ends = ends_of(old, new, RUN)
    found = attributed(differences(*scenarios), "saving.mean", run, ends)
    whole = attributed(differences(*scenarios), "saving.mean", RUN)
    assert ends is not None
    assert met[0] == found.runs * RUN.trials == sum(met[1:])
    assert replace(found, runs=found.runs + 2) == whole


def test_a_single_change_is_all_that_the_runs_say() -> None:
    """Nothing is simulated for one change between two runs, and all of their futures count."""
    scenarios = load(TINY), load(TINY, {"manila.governance.fee_share": "9%"})
    old, new = (simulate(scenario, 3_000, RUN.seed) for scenario in scenarios)
    found = attributed(differences(*scenarios), "saving.mean", RUN, ends_of(old, new, RUN))
    assert (found.runs, found.trials) == (0, 3_000)
    moved = float(np.mean(new.saving("manila")) - np.mean(old.saving("manila")))
    assert found.effects["manila"][0].share.value == pytest.approx(moved, rel=1e-9)


def test_runs_that_would_come_out_otherwise_are_no_ends() -> None:
    """Protects from shares that mix assumptions with another seed, design, or program."""
    tiny = load(TINY)
    good = simulate(tiny, 3_000, RUN.seed)
    assert ends_of(good, good, RUN) is not None
    other_program = replace(good, costs={name: cost + 1e-6 for name, cost in good.costs.items()})
    for bad in (
        simulate(tiny, 3_000, 6),
        simulate(tiny, 1_000, RUN.seed),
        simulate(tiny, 3_000, RUN.seed, design="lhs"),
        other_program,
    ):
        assert ends_of(good, bad, RUN) is None


def test_two_orders_are_as_good_as_all_sets_where_pairs_interact() -> None:
    """What is not simulated is not made up: alone and last of a change are not known in two orders."""
    five = dict(list(MANY.items())[:5])
    found = of(five)
    assert len(found.changes) == 5 <= MOST_FINEST
    assert found.runs == 10
    assert [effect.alone is None for effect in found.effects["manila"]] == [False, True, True, True, False]
    alone = of(dict(list(five.items())[1:2])).effects["manila"][0].share.value
    second = found.effects["manila"][found.changes.index("world.fx.PHP.spot")].share
    assert second.value == pytest.approx(alone, rel=0.25)


def test_a_change_by_itself_is_what_it_does() -> None:
    """The share of a single change is the difference of two runs, to the bit of their means."""
    found = of({"manila.governance.fee_share": "9%"})
    assert found.changes == ("alternatives.manila.legs[vendor PH].vendor.governance.fee_share",)
    [effect] = found.effects["manila"]
    assert effect.share.value == effect.alone == effect.last == found.total["manila"].value
    assert effect.share.value < 0
    [untouched] = found.effects["krakow"]
    assert (untouched.share.value, untouched.share.se) == (0.0, 0.0)


def test_two_changes_that_act_on_each_other_share_it_equally() -> None:
    """A saving by hand: rate and volume of an outage multiply, so what both do together is halved."""
    found = of(changed(manila__outage__per_year="6", manila__outage__cost_per_hour="1600"))
    first, second = found.effects["manila"]
    both = found.total["manila"].value
    interaction = both - first.alone - second.alone
    assert abs(interaction) > 0.1 * abs(both)
    assert first.share.value == pytest.approx(first.alone + interaction / 2)
    assert second.share.value == pytest.approx(second.alone + interaction / 2)


def test_what_makes_no_scenario_alone_counts_as_one() -> None:
    """Two shares of 70% and 60% are no split: the change of both is one, beside the one that stands alone."""
    found = of(SHARES | {"discount_rate": "11%"})
    assert len(found.changes) == 2
    assert "+" in next(change for change in found.changes if "share" in change)


@pytest.mark.parametrize("overrides", [MANY, SHARES], ids=["many", "shares"])
def test_all_changes_together_are_the_new_scenario(overrides: dict[str, str]) -> None:
    """Pieces of the new file laid into the old one make the new one: the same cost in every trial."""
    found = differences(load(TINY), load(TINY, overrides))
    mixer = Mixer(found, (*_acting(found, "saving.mean"), *found.values[:1]))  # one more, so it is laid
    mixed = mixer.scenario(_acting(found, "saving.mean"))
    assert mixed is not found.new
    expected, actual = (valued(scenario, Run(256, 3)).costs for scenario in (found.new, mixed))
    for name, cost in expected.items():
        assert np.array_equal(cost, actual[name])


def test_added_and_removed_parts_are_laid_into_the_old_file(tmp_path: Path) -> None:
    """A risk that is gone, one that is new, another price model and another correlation, one by one."""
    text = TINY.read_text(encoding="utf-8")
    new = text
    for before, after in {
        "              recovery: {probability: 50%, liability_cap: 6}\n": "",
        "commitment: 70%\n": "commitment: 90%\n",
        "          productivity: 700\n": "          productivity: 700\n          fx_clause: home\n",
        "manila.price, 0.5]": "manila.price, -0.5]",
    }.items():
        assert before in new
        new = new.replace(before, after)
    (tmp_path / "new.yaml").write_text(new, encoding="utf-8")
    found = attributed(differences(load(TINY), load(tmp_path / "new.yaml")), "saving.mean", RUN)
    assert len(found.changes) == 4
    own = {change.rpartition("vendor.")[2]: effect for change, effect in zip(
        found.changes, found.effects["manila"], strict=True
    )}  # fmt: skip
    assert own["risks.breach.recovery"].share.value < 0
    assert all(effect.share.value for effect in own.values())
    assert math.fsum(effect.share.value for effect in own.values()) == pytest.approx(
        found.total["manila"].value
    )


def test_alternatives_that_only_one_has_are_no_cause(tmp_path: Path) -> None:
    """An alternative that is new changes nothing about the others."""
    text = TINY.read_text(encoding="utf-8")
    start, end = text.index("  blend:\n"), text.index("correlations:")
    (tmp_path / "old.yaml").write_text(text[:start] + text[end:], encoding="utf-8")
    found = attributed(differences(load(tmp_path / "old.yaml"), load(TINY)), "saving.mean", RUN)
    assert found.changes == ()
    assert set(found.effects) == {"manila", "krakow"}
    assert found.total["manila"].value == 0.0
