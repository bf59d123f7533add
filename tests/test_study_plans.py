"""Studies in the scenario file: read strictly, worth what the same study on the command line is worth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from bposim.cli import main
from bposim.engine import simulate
from bposim.errors import ScenarioError
from bposim.files import load
from bposim.inputs.names import all_meant
from bposim.report.drivers import inputs_of
from bposim.report.study_value import Plan, looked_at
from bposim.report.value import value
from bposim.report.value_text import paragraph

if TYPE_CHECKING:
    from collections.abc import Callable

    Written = Callable[[str], Path]

TINY = Path(__file__).parent / "data" / "tiny.yaml"
PILOT = "pilot: {looks_at: manila.price, resolves: 60%, price: 10k}"


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Return a writer of the tiny scenario with studies."""
    (tmp_path / "tiny.yaml").write_text(TINY.read_text(encoding="utf-8"), encoding="utf-8")

    def write(studies: str) -> Path:
        file = tmp_path / "studied.yaml"
        file.write_text(f"extends: tiny.yaml\nstudies:\n  {studies}\n", encoding="utf-8")
        return file

    return write


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("{looks_at: manila.price, resolves: 60%, price: 1k}", {"resolved": 0.6}),
        (
            "{looks_at: manila.price, observes: {times: 3, error: 12}, price: 1k}",
            {"observations": (3.0, 12.0)},
        ),
        (
            "{looks_at: [manila.price], check: {above: 180, warns: 70%, false_alarms: 10%}, price: 1k}",
            {"check": (180.0, 0.7, 0.1)},
        ),
    ],
)
def test_a_study_of_the_file_is_worth_what_the_option_is(
    written: Written, text: str, plan: dict[str, Any]
) -> None:
    """Protects the three ways: file and option are one study, to the bit, and the run is the same."""
    plain = simulate(load(TINY), 2048, 3)
    studied = simulate(load(written(f"a study: {text}")), 2048, 3)
    assert studied.digest == plain.digest
    ((own, of_file),) = value(studied).studies
    ((_, of_option),) = value(plain, [Plan("a study", ("manila.price",), 1000.0, **plan)]).studies
    assert own.name == "a study"
    assert of_file == of_option


def test_the_option_stands_for_the_files_study_of_its_name(written: Written) -> None:
    """Protects --study: it adds, and replaces by name."""
    file = written(PILOT)
    call = ["value", str(file), "-n", "512", "--format", "json"]
    more = ["--study", "pilot=manila.price:30%:5k", "--study", "audit=manila.transition.delay:50%:2k"]
    for options, prices in (([], {"pilot": 1e4}), (more, {"pilot": 5e3, "audit": 2e3})):
        called = CliRunner().invoke(main, [*call, *options])
        assert called.exit_code == 0, called.stderr
        assert {own["name"]: own["price"] for own in json.loads(called.stdout)["studies"]} == prices


def test_a_path_means_everything_below_it() -> None:
    """Protects from half a group: the shortest match alone would leave inputs out unsaid."""
    names = [
        "alternatives.manila.legs[0].vendor.transition.delay",
        "alternatives.manila.legs[0].vendor.transition.one_off.other",
        "alternatives.manila.legs[0].vendor.price.per_unit.amount",
        "world.volume.growth",
    ]
    assert all_meant("manila.transition", names) == names[:2]
    assert all_meant("manila.*", names) == names[:3]
    assert all_meant("manila.price", names) == names[2:3]
    assert all_meant("growth", names) == names[3:]
    assert all_meant("krakow", names) == []


def test_what_is_looked_at_is_the_same_in_file_and_option(written: Written) -> None:
    """Protects from two readings of a path: the check of the file and the valuation mean the same inputs."""
    scenario = load(written(PILOT))
    known = inputs_of(simulate(scenario, 256, 3))
    meant = all_meant("manila.transition", scenario.uncertain.names)
    assert [known.drivers[name].name for name in looked_at(known, ["manila.transition"])] == meant


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("a: {looks_at: manila.price, price: 1k}", "BP105", "how well the study finds out"),
        (
            "a: {looks_at: manila.price, resolves: 10%, observes: {times: 3, error: 1}}",
            "BP111",
            "in one way",
        ),
        ("a: {looks_at: manila.price, resolves: 140%}", "BP201", "resolves"),
        ("a: {looks_at: [], resolves: 40%}", "BP", "looks_at"),
        ("a: {resolves: 40%}", "BP105", "looks_at"),
        ("a: {looks_at: manila.price, resolves: 40%, cost: 3k}", "BP104", "cost"),
        ("a: {looks_at: 'manila.*', observes: {times: 3, error: 1}}", "BP111", "of one input"),
    ],
)
def test_what_is_no_study_is_refused(written: Written, text: str, code: str, told: str) -> None:
    """Protects the complaint: code, place and what to do."""
    with pytest.raises(ScenarioError) as caught:
        load(written(text))
    assert any(found.code.startswith(code) and told in str(found) for found in caught.value.complaints)


def test_a_study_of_what_is_certain_warns_and_is_left_out(written: Written) -> None:
    """Protects --set: an input that is made certain does not stop the run that its study looks at."""
    text = "pilot: {looks_at: manila.renewal_uplift, resolves: 60%, price: 10k}"
    scenario = load(written(text), {"manila.renewal_uplift": "3%"})
    (warning,) = [found for found in scenario.warnings if "studies.pilot" in found.path]
    assert warning.code == "BP302"
    found = value(simulate(scenario, 512, 3))
    assert found.studies == ()
    assert found.idle == ("pilot",)
    assert "not uncertain in this run: pilot" in paragraph(found)


def test_an_override_does_not_land_in_a_study(written: Written) -> None:
    """Protects --set price: a study called as an alternative does not catch what is meant for that one."""
    file = written("manila: {looks_at: manila.price, resolves: 60%, price: 10k}")
    with pytest.raises(ScenarioError, match="is no price model"):
        load(file, {"manila.price": "150"})
    assert load(file, {"studies.manila.price": "7k"}).studies["manila"].price == 7000
