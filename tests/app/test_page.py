"""The page as a person uses it, without a browser: choose, move, read, save."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import bposim
from bposim.cli import main
from bposim.errors import Complaint, Mark

streamlit_testing = pytest.importorskip("streamlit.testing.v1", reason="the page needs the extra app")

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

SMALL = Path(__file__).parents[1] / "data" / "small.yaml"
TRIALS = 2_048


@pytest.fixture(autouse=True)
def few_futures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate few futures: the page's logic does not depend on how many there are."""
    monkeypatch.setattr("bposim.app.answers.TRIALS", TRIALS)
    monkeypatch.setattr("bposim.app.answers.answer.__defaults__", (TRIALS, None))


def _tab(file: Path | None) -> AppTest:
    """Open a tab."""
    name = repr(str(file)) if file else None
    tab: AppTest = streamlit_testing.AppTest.from_string(
        f"from bposim.app.page import page\npage({name})", default_timeout=120
    )
    return tab.run()


def _digest(tab: AppTest) -> str:
    return next(
        found[1] for each in tab.main.caption if (found := re.search("digest ([0-9a-f]{12})", each.value))
    )


def test_moving_a_price_changes_the_answer_and_what_is_saved_is_what_was_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects the promise of the page: the saved file is valid, and gives the digest that was shown."""
    saved: dict[str, bytes] = {}
    import streamlit as st  # noqa: PLC0415 - the extra

    def download(_label: str, data: bytes, name: str, *_: object, **__: object) -> bool:
        saved[Path(name).suffix] = data
        return False

    monkeypatch.setattr(st, "download_button", download)
    tab = _tab(SMALL)
    assert not tab.exception
    assert saved[".yaml"] == SMALL.read_bytes()
    before = _digest(tab)
    price = next(each for each in tab.slider if "price" in str(each.key))
    price.set_value(price.max).run()
    assert not tab.exception
    assert _digest(tab) != before
    assert len(tab.metric) >= 1
    assert any(each.delta.startswith("-") for each in tab.metric), "a dearer vendor saves less"
    path = tmp_path / "saved.yaml"
    path.write_bytes(saved[".yaml"])
    assert bposim.simulate(bposim.load(path), trials=TRIALS, seed=1).digest[:12] == _digest(tab)
    next(each for each in tab.button if each.key == "reset").click().run()
    assert _digest(tab) == before
    assert saved[".yaml"] == SMALL.read_bytes()


def test_a_template_is_chosen_and_shown() -> None:
    """Protects the first steps of somebody who has no file."""
    tab = _tab(None)
    tab.selectbox(key="template").set_value("small-company").run()
    assert not tab.exception
    assert len(_digest(tab)) == 12


def test_what_is_wrong_is_said_with_line_and_remedy(tmp_path: Path) -> None:
    """Protects whoever brings a file with a mistake from a traceback."""
    path = tmp_path / "wrong.yaml"
    path.write_text(
        SMALL.read_text(encoding="utf-8").replace("discount_rate:", "discount_rat:"), encoding="utf-8"
    )
    tab = _tab(path)
    assert not tab.exception
    assert tab.error[0].value.startswith("The file cannot be used yet")
    words = " ".join(each.value.replace("\\", "") for each in [*tab.markdown, *tab.caption])
    assert re.search(r"Line \d+, column 1", words)
    assert 'did you mean "discount_rate"?' in words
    assert "BP104" in words


def test_what_is_doubtful_is_said() -> None:
    """Protects from a gross slip that nobody sees beside an answer that looks like any other."""
    assert not any("warning" in each.label for each in _tab(SMALL).expander)
    complaint = Complaint("BP301", "manila.price", "the ![price](x) is odd", "look", Mark("a.yaml", 7, 1))
    tab = streamlit_testing.AppTest.from_string(
        f"from bposim.errors import *\nfrom bposim.app.complaints import warned\nwarned([{complaint!r}])"
    ).run()
    assert [each.label for each in tab.expander] == [":material/warning: 1 warning about this file"]
    words = tab.markdown[0].value
    assert r"Line 7\:" in words
    assert r"\!\[price\]" in words


def test_a_file_that_the_browser_sent_says_where_others_are_looked_for() -> None:
    """Protects whoever brings one of two files that belong together; bytes are not shown as a line."""
    told = streamlit_testing.AppTest.from_string(
        "from bposim.app.answers import scenario_in\n"
        "from bposim.app.complaints import refused\n"
        "from bposim.errors import ScenarioError\n"
        "for data in (b'schema_version: 1\\nextends: base.yaml\\n', bytes(range(128, 256))):\n"
        "    try:\n"
        "        scenario_in(data, 'sent.yaml')\n"
        "    except ScenarioError as error:\n"
        "        refused(error, data, is_sent=True)\n"
    ).run()
    assert not told.exception
    assert len(told.error) == 2
    [hint] = told.info
    assert "bposim app FILE" in hint.value.replace("\\", "")
    assert [each.value for each in told.code] == ["extends: base.yaml"]


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    """Protects a page that stays open while its file is moved away."""
    tab = _tab(tmp_path / "gone.yaml")
    assert not tab.exception
    assert tab.error


def test_a_name_cannot_be_markdown(tmp_path: Path) -> None:
    """Protects against a file from somebody else that loads a picture from the network."""
    text = SMALL.read_text(encoding="utf-8")
    bad = "![x](http://192.0.2.1/x.png) :red[$y$] <b>z</b>"
    text = text.replace("  manila:", f"  {json.dumps(bad)}:").replace(
        "like: manila", f"like: {json.dumps(bad)}"
    )
    text = re.sub("(?m)^correlations:.*$", "", text.replace("manila.price", '"alternatives.*.price"'))
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    tab = _tab(path)
    assert not tab.exception
    assert not tab.error
    price = next(each for each in tab.slider if "price" in str(each.key))
    price.set_value(price.max).run()
    shown = [*tab.subheader, *tab.caption, *tab.markdown]
    values = [each.value for each in shown] + [each.label for each in [*tab.slider, *tab.metric]]
    assert any(r"\!\[x\]\(http" in each for each in values)
    assert not [each for each in values if "![" in each or ":red[" in each or "<b>" in each]


def test_a_port_in_use_is_said() -> None:
    """Protects against a page of another program that answers in place of this one."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = CliRunner().invoke(main, ["app", "--port", str(port), "--no-browser"])
    assert found.exit_code == 3
    assert f"port {port} is in use" in found.stderr
    assert "leave --port out" in found.stderr


def test_a_missing_extra_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects the line to copy where streamlit is not installed."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    found = CliRunner().invoke(main, ["app"])
    assert found.exit_code == 3
    assert 'pip install "bposim[app]"' in found.stderr


def test_a_file_that_does_not_exist_is_said_before_anything_starts(tmp_path: Path) -> None:
    """Protects the usual answer to a misspelt name."""
    (tmp_path / "mine.yaml").write_text("title: x", encoding="utf-8")
    found = CliRunner().invoke(main, ["app", str(tmp_path / "mne.yaml")])
    assert found.exit_code == 2
    assert "did you mean" in found.stderr
