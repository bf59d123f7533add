"""scenarios/everything.yaml: nothing of the model is missing from it, and a few of its lines by hand."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bposim.cash import base_case, simulate_block
from bposim.files import load, scenario_of
from bposim.inputs.distribution import Distribution
from bposim.inputs.draws import StreamDraws
from bposim.part import Part
from bposim.yaml_tree import read_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bposim.result import BaseCase
    from bposim.scenario import Scenario

PATH = Path(__file__).parents[1] / "scenarios" / "everything.yaml"

MODEL = (
    "bposim.scenario",
    "bposim.world.",
    "bposim.legs.",
    "bposim.events.",
    "bposim.risks",
    "bposim.benefits",
    "bposim.inputs.correlations",
)
"""Where the classes of a scenario are."""

EXCEPTIONS = {
    "Meta.price_basis": "it has one value, which is the default",
    "Scenario.schema_version": "it is given, and there is only version 1",
}
"""Fields that the file does not set to anything but their default, and why."""

MONTHS = 42


@cache
def everything() -> Scenario:
    """Return the scenario of the file."""
    return load(PATH)


@cache
def deterministic() -> dict[str, BaseCase]:
    """Return its deterministic twin."""
    return base_case(everything())


def parts(node: object) -> Iterator[Part]:
    """Yield every part below a node, distributions aside."""
    if isinstance(node, Distribution):
        return
    if isinstance(node, Part):
        yield node
        for field in type(node).model_fields:
            yield from parts(getattr(node, field))
    elif isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from parts(value)


def kinds_of(base: type[Part]) -> Iterator[type[Part]]:
    """Yield every class of part that the model has."""
    for kind in base.__subclasses__():
        yield kind
        yield from kinds_of(kind)


def test_it_is_read_without_a_warning() -> None:
    """Protects the file's coherence: nothing in it is unusual or set for one side only."""
    assert everything().warnings == ()


def test_every_field_is_set() -> None:
    """Protects completeness: each field is somewhere not at its default, save those excepted."""
    used = {
        (type(part), field)
        for part in parts(everything())
        for field, info in type(part).model_fields.items()
        if getattr(part, field) != info.get_default(call_default_factory=True)
    }
    known = {
        (part, field)
        for part in kinds_of(Part)
        if part.__module__.startswith(MODEL) and not part.__abstractmethods__
        for field in part.model_fields
    }
    assert {f"{part.__name__}.{field}" for part, field in known - used} == set(EXCEPTIONS)


def discounted(flow: Callable[[int], float]) -> float:
    """Return the present value of the months' flows at 8% a year, as a spreadsheet adds them up."""
    return sum(flow(t) / math.pow(1.08, t / 12) for t in range(1, MONTHS + 1))


def pert(low: float, likely: float, high: float) -> float:
    """Return the mean of low, likely and high."""
    return (low + 4 * likely + high) / 6


def test_coordination_by_hand() -> None:
    """Protects month 0 in a foreign currency, and a yearly cost by the month."""
    actual = {name: case.categories.get("coordination", 0.0) for name, case in deterministic().items()}
    a_dollar_a_year = discounted(lambda _: 1 / 12)
    expected = {
        "today": 0.0,
        "manila": 25_000 * 1.28,
        "krakow": 0.0,
        "bangalore": pert(20_000, 30_000, 50_000) * a_dollar_a_year,
        "patchwork": 90_000 * a_dollar_a_year,
        "half": 40_000 * a_dollar_a_year,
    }
    assert expected == pytest.approx(actual, rel=1e-9)


def test_cost_of_a_mitigation_by_hand() -> None:
    """Protects what an audit costs: in euros at once, and by the year without waiting for its lag."""
    once = pert(30_000, 40_000, 70_000) * 1.1
    expected = once + discounted(lambda _: pert(15_000, 25_000, 40_000) / 12)
    assert expected == pytest.approx(deterministic()["krakow"].categories["mitigation"], rel=1e-9)


def test_cost_of_a_transition_by_hand() -> None:
    """Protects one-off costs: some at once, others until go-live at the expected rates of their months."""
    go_live = 6 + pert(0, 1, 4)

    def zloty(t: int) -> float:
        return 0.255 * math.pow(0.25 / 0.255, math.pow(0.5, t / 12 / 1.5)) * math.exp(-0.01 * t / 12)

    def part_of_month(t: int) -> float:
        return min(1.0, max(0.0, go_live - (t - 1)))

    expected = 60_000 + discounted(lambda t: part_of_month(t) / go_live * (90_000 + 400_000 * zloty(t)))
    assert expected == pytest.approx(deterministic()["krakow"].categories["transition"], rel=1e-9)


def test_expected_outages_by_hand() -> None:
    """Protects an event's expectation: falling rate, hours cut at 200, euros at parity, both legs."""

    def below(z: float) -> float:
        return (1 + math.erf(z / math.sqrt(2))) / 2

    cut = math.log(200 / 4)
    hours = 4 * math.exp(0.5) * below(cut - 1) / below(cut)

    def euro(t: int) -> float:
        return 1.1 * math.pow(1.04 / 1.025, t / 12)

    expected = discounted(lambda t: 0.5 / 12 * 0.95 ** ((t - 1) / 12) * 0.7 * hours * 1_000 * euro(t))
    assert expected == pytest.approx(deterministic()["today"].categories["outage"], rel=1e-9)


def replaced(text: str, old: str, new: str, within: str = "") -> str:
    """Return the text with the first ``old`` behind the mark ``within`` replaced."""
    before, mark, after = text.partition(within) if within else ("", "", text)
    assert old in after
    return before + mark + after.replace(old, new, 1)


def changed(*changes: tuple[str, str, str]) -> Scenario:
    """Return the scenario with each text behind its mark replaced."""
    text = PATH.read_text(encoding="utf-8")
    for old, new, within in changes:
        text = replaced(text, old, new, within)
    return scenario_of(read_tree(text, "changed.yaml"))


def no_effects(mitigation: str) -> tuple[str, str, str]:
    """Return the change that takes the effects of a mitigation out of the file."""
    text = PATH.read_text(encoding="utf-8").partition(f"  {mitigation}:\n")[2]
    return next(line for line in text.splitlines() if "effects:" in line), "", f"  {mitigation}:\n"


def test_effects_are_factors() -> None:
    """Protects what the service desk does in this file: the same as parameters multiplied by hand."""
    leg, without = "  bangalore:\n", no_effects("service-desk")
    multiplied = changed(
        without,
        ("turnover: {attrition: 30%}", "turnover: {attrition: 28.5%}", leg),
        ("error_rate: 3.5%", "error_rate: 3.15%", leg),
    )
    by_hand = base_case(multiplied)["bangalore"].categories
    assert base_case(changed(without))["bangalore"].categories["service_quality"] > by_hand["service_quality"]
    assert by_hand == pytest.approx(deterministic()["bangalore"].categories, rel=1e-9)


def test_effects_wait_for_their_lag() -> None:
    """Protects the lag: for six months nothing moves in any trial, from the seventh on the audit shows."""
    before, after = (
        simulate_block(scenario, StreamDraws(1, 0, 1024))["krakow"].flow
        for scenario in (changed(no_effects("security-audit")), everything())
    )
    assert np.array_equal(before[:7], after[:7])
    assert float(np.mean(after[7:])) < float(np.mean(before[7:]))
