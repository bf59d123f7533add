"""Templates: one for each situation and service, commented, valid, and with a result that can be believed."""

from __future__ import annotations

import numpy as np
import pytest

import bposim
from bposim import templates
from bposim.cash import base_case
from bposim.files import scenario_of
from bposim.library import defaults_used, outside_view
from bposim.yaml_tree import read_tree

FAR = {"IN", "PH", "ZA"}
"""Countries to which work is offshored for its price."""

LONGEST = 130
"""Lines that a reader can be asked to go through."""

TEMPLATES = templates.templates()


def test_every_situation_and_service_has_a_template() -> None:
    """Protects completeness: W1 to W13, SV1 to SV14, and a general one first."""
    codes = [template.code for template in TEMPLATES]
    assert codes == ["", *(f"W{n}" for n in range(1, 14)), *(f"SV{n}" for n in range(1, 15))]
    assert templates.names()[0] == templates.STARTER
    assert len(set(templates.names())) == len(TEMPLATES)


@pytest.mark.parametrize("name", templates.names())
def test_template_is_short_and_says_what_it_leaves_out(name: str) -> None:
    """Protects readers: a head that names the situation and its gaps, a title, and not too much to read."""
    text = templates.text(name)
    lines = text.splitlines()
    head = lines[: lines.index("")]
    assert all(line.startswith("#") for line in head)
    assert any(line.startswith("# Left out: ") for line in head)
    assert len(lines) <= LONGEST
    assert sum("#" in line for line in lines) >= 10
    assert text.endswith("\n")


@pytest.mark.parametrize("name", templates.names())
def test_template_gives_a_believable_result(name: str) -> None:
    """Protects the first impression: valid, without a warning, in the range of what contracts gave."""
    scenario = scenario_of(read_tree(templates.text(name), f"{name}.yaml"))
    assert scenario.warnings == ()
    assert defaults_used(scenario)
    result = bposim.simulate(scenario, trials=2000, seed=1)
    no_saving = {}
    for alternative in scenario.alternatives:
        if alternative == scenario.baseline:
            continue
        saving = result.saving(alternative)
        assert -0.10 < saving.mean() / result.costs[scenario.baseline].mean() < 0.45
        no_saving[alternative] = float(np.mean(saving <= 0))
        if {leg.body.country for leg in scenario.alternatives[alternative].legs} & FAR:
            assert 0.05 < no_saving[alternative] < 0.45
    assert outside_view(scenario, base_case(scenario), no_saving) == []


@pytest.mark.parametrize(("code", "name"), [("W7", "round-the-clock"), ("sv8", "finance-accounting")])
def test_template_is_found_by_its_code(code: str, name: str) -> None:
    """Protects those who have the register open: its codes work as names, in any case."""
    assert templates.text(code) == templates.text(name)


def test_unknown_template_gets_a_suggestion() -> None:
    """Protects against a dead end after a slip of the pen."""
    with pytest.raises(LookupError, match='did you mean "rapid-growth"'):
        templates.text("rapid-grwth")


def test_growth_of_the_start_up_is_one_draw() -> None:
    """Protects W1: all steps share one uncertain factor: the growth is fast or slow, not averaged."""
    scenario = scenario_of(read_tree(templates.text("W1"), "w1.yaml"))
    names = [entry.name for entry in scenario.uncertain.entries if "step" in entry.name]
    assert names == ["inputs.step"]
    assert len(scenario.world.volume.steps) == 11
