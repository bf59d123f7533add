"""The Python interface: the same verbs as the commands, and results that show themselves."""

from __future__ import annotations

import ast
import doctest
import inspect
import re
from html.parser import HTMLParser
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import bposim
from bposim import verbs
from bposim.cli import main
from bposim.engine import simulate_streamed
from bposim.report.notebook import Drawn, Plots
from bposim.report.pictures.gallery import KINDS
from cli.hand_made import SMALL

if TYPE_CHECKING:
    from bposim.scenario import Scenario

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
NOTEBOOK = ROOT / "docs" / "notebooks" / "customer-support.md"
TRIALS, SEED = 2_048, 7


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Return a scenario of three alternatives."""
    return bposim.load(SMALL)


@pytest.fixture(scope="module")
def result(scenario: Scenario) -> bposim.Result:
    """Return a small run of it."""
    return bposim.simulate(scenario, TRIALS, SEED)


# --- the same verbs -----------------------------------------------------------------------------------


def test_every_command_has_its_row() -> None:
    """Protects the table of verbs: no command is missing in it, none is there that does not exist."""
    first = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    named = {name for cell in first for name in re.findall(r"`([a-z]+)", cell)}
    commands = set(main.listed)
    assert commands <= named, f"docs/python.md says nothing of {commands - named}"


def test_every_name_in_the_table_exists() -> None:
    """Protects readers of the table: what it names can be called, with the arguments that it names."""
    for dotted, arguments in re.findall(r"`bposim\.([\w.]+)\(([^`]*)\)`", PAGE):
        found: Any = bposim
        for part in dotted.split("."):
            found = getattr(found, part)
        given = [name for name in re.split(r",\s*", arguments) if name.isidentifier()]
        assert set(given) <= set(inspect.signature(found).parameters) | {"path"}, dotted


def test_public_names_are_importable_and_said_once() -> None:
    """Protects the list of public names: each leads somewhere, and none is missing of the verbs."""
    assert sorted(bposim.__all__) == bposim.__all__ == sorted(bposim._HOME)
    for name in (*bposim.__all__, *bposim._MODULES):
        assert getattr(bposim, name).__doc__
    own = {name for name, value in vars(verbs).items() if getattr(value, "__module__", "") == verbs.__name__}
    assert {name for name in own if not name.startswith("_")} <= set(bposim.__all__)


@pytest.mark.parametrize("module", [bposim, verbs])
def test_examples_in_docstrings_run(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401 - a module
    """Protects whoever copies an example."""
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testmod(module)
    assert (failed, tried > 0) == (0, True)


@pytest.mark.parametrize("verb", ["compare", "recommendation", "sensitivity", "summarise", "value"])
def test_verbs_take_a_result(verb: str, result: bposim.Result) -> None:
    """Protects each verb that reads a run: the result alone is enough."""
    assert getattr(bposim, verb)(result)


def test_verbs_take_a_scenario(scenario: Scenario) -> None:
    """Protects each verb that simulates again: it finds what its command finds, for the alternative named."""
    few: Any = {"trials": TRIALS, "seed": SEED}
    assert bposim.plan(scenario)["schema"] == "bposim.plan/1"
    assert bposim.worth(scenario, "manila", **few).alternative == "manila"
    assert set(bposim.frontier(scenario, **few).legs) == {"in-house", "manila"}
    assert bposim.exit_right(scenario, "manila", **few).alternative == "manila"
    assert [point.at for point in bposim.sweep(SMALL, "discount_rate=5%..9%:2", **few)] == [(0.05,), (0.09,)]
    (turn,) = bposim.breakeven(SMALL, "discount_rate=5%..9%", alternative="manila", against="in-house", **few)
    assert (turn.alternative, turn.other, turn.by_runs) == ("manila", "in-house", True)
    assert [outcome.name for outcome in bposim.stress(SMALL, **few)] == ["as it is"]
    assert not bposim.diff(scenario, scenario).changes_results


def test_validate_lists_everything_and_does_not_raise(tmp_path: Path) -> None:
    """Protects programs that check files: errors and warnings come back as complaints."""
    bad = tmp_path / "bad.yaml"
    bad.write_text("schema_version: 1\ntitel: x\n", encoding="utf-8")
    assert {"BP104", "BP105"} <= {complaint.code for complaint in bposim.validate(bad)}
    assert bposim.validate(SMALL) == bposim.load(SMALL).warnings


def test_a_stored_result_comes_back(result: bposim.Result, tmp_path: Path) -> None:
    """Protects store, read and verify: the same digest three times."""
    files = bposim.store(result, tmp_path / "out", SMALL)
    assert tmp_path / "out" / "manifest.json" in files
    assert bposim.read(tmp_path / "out").digest == bposim.verify(tmp_path / "out").digest == result.digest


# --- a result -----------------------------------------------------------------------------------------


class Cells(HTMLParser):
    """Collects the tags of a page and the text in them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Keep the tag."""
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text.append(data)


def test_result_is_a_line_in_a_shell(result: bposim.Result) -> None:
    """Protects the shell from millions of numbers."""
    assert repr(result) == "<Result: Small desk, 20 seats; in-house, manila, blend; 2,048 trials, seed 7>"


def test_result_is_a_table_in_a_notebook(result: bposim.Result) -> None:
    """Protects the first look: each alternative, its chance of saving, the recommendation."""
    page = Cells()
    page.feed(result._repr_html_())
    assert page.tags.count("table") == 1
    for name in result.names:
        assert name in page.text
    saves = bposim.summarise(result).alternatives["manila"].saving.probability_positive.value
    assert f"{saves:.0%}" in page.text
    assert any(text.startswith("Recommended:") for text in page.text)


def test_names_are_inert_in_a_notebook(tmp_path: Path) -> None:
    """Protects a notebook from a scenario of somebody else: a title is text, never a tag."""
    text = SMALL.read_text(encoding="utf-8")
    hostile = tmp_path / "hostile.yaml"
    title = "<img src=x onerror=alert(1)>"
    hostile.write_text(re.sub(r"(?m)^title:.*$", f'title: "{title}"', text), encoding="utf-8")
    shown = bposim.simulate(bposim.load(hostile), 300)._repr_html_()
    page = Cells()
    page.feed(shown)
    assert "img" not in page.tags
    assert any(title in each for each in page.text)


def test_streamed_result_shows_itself_too(scenario: Scenario) -> None:
    """Protects long runs: the same table and line, pictures of the first trials."""
    streamed = simulate_streamed(scenario, TRIALS, SEED)
    assert repr(streamed).startswith("<StreamedResult: Small desk")
    assert "<table>" in streamed._repr_html_()
    assert isinstance(streamed.plot.s_curves(), Drawn)


def test_frame_and_parquet_have_every_trial(result: bposim.Result, tmp_path: Path) -> None:
    """Protects what goes into other programs: every trial, the baseline first, to the last bit."""
    frame = result.to_frame()
    assert list(frame.columns) == result.names
    assert frame.shape == (TRIALS, 3)
    result.to_parquet(tmp_path / "costs.parquet")
    again = pd.read_parquet(tmp_path / "costs.parquet")
    assert all(np.array_equal(again[name], result.costs[name]) for name in result.names)


def test_parquet_without_its_extra_says_what_to_install(
    result: bposim.Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects whoever has not installed the extra: the exact line."""
    monkeypatch.setattr(util, "find_spec", lambda _: None)
    with pytest.raises(bposim.ExtraMissingError, match=re.escape('pip install "bposim[parquet]"')):
        result.to_parquet(tmp_path / "costs.parquet")


# --- pictures -----------------------------------------------------------------------------------------


def test_every_kind_of_picture_is_a_method() -> None:
    """Protects against a picture that the command has and Python has not."""
    methods = {name.replace("_", "-") for name in vars(Plots) if not name.startswith("_")}
    assert methods == set(KINDS)


def test_a_picture_shows_itself_with_words(result: bposim.Result) -> None:
    """Protects readers who do not see it, and those who want to change it."""
    picture = result.plot.fan()
    shown = picture._repr_html_()
    assert shown.startswith('<figure><img src="data:image/png;base64,')
    assert picture.alt_text
    assert picture.finding in repr(picture)
    assert picture.axes in picture.figure.axes
    assert "manila" in result.plot.tail("manila").finding


def test_a_picture_of_nobody_is_refused(result: bposim.Result) -> None:
    """Protects against a picture of another alternative than the one named."""
    with pytest.raises(ValueError, match="cebu is not one of in-house, manila, blend"):
        result.plot.tail("cebu")


# --- the notebook -------------------------------------------------------------------------------------


def test_the_notebook_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects the example: every cell runs, and what it shows can be shown."""
    page = NOTEBOOK.read_text(encoding="utf-8")
    monkeypatch.chdir(NOTEBOOK.parent)
    names: dict[str, Any] = {}
    shown: list[str] = []
    for cell in re.findall(r"```\{code-cell\} ipython3\n(.*?)```", page, re.DOTALL):
        *statements, last = ast.parse(cell).body
        if isinstance(last, ast.Expr):
            exec(compile(ast.Module(statements, []), "cell", "exec"), names)  # noqa: S102 - our own page
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307 - as above
            show = getattr(value, "_repr_html_", value.__repr__)
            shown.append(show())
        else:
            exec(compile(ast.Module([*statements, last], []), "cell", "exec"), names)  # noqa: S102 - as above
    assert sum(text.startswith("<figure>") for text in shown) == 2
    assert any("Recommended:" in text for text in shown)
    assert names["result"].trials <= 20_000
