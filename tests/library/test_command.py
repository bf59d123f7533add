"""``bposim library``: lists, searches, and shows what can be pasted."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from bposim.cli import main
from bposim.library import load
from bposim.yaml_tree import read_tree


def _call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["library", *arguments])


def test_without_words_everything_is_listed() -> None:
    """Protects the overview: every figure and every profile has a row."""
    result = _call()
    assert result.exit_code == 0
    for name in (*load().entries, *load().profiles):
        assert name in result.stdout


def test_words_grade_and_theme_narrow_the_list() -> None:
    """Protects the search: all conditions count together."""
    content = json.loads(_call("india", "--theme", "labour", "--grade", "p", "--format", "json").stdout)
    assert content["schema"] == "bposim.library/1"
    assert [entry["key"] for entry in content["entries"]] == [
        "labour.india.hour",
        "labour.india.bonus",
        "labour.india.benefits",
    ]
    assert content["profiles"] == []


def test_one_figure_is_shown_with_lines_that_can_be_pasted() -> None:
    """Protects the paste: what is shown reads back as the default with its source."""
    text = _call("library.attrition.india.voice").stdout
    assert "Nasscom via Financial Express 2005 (grade S" in text
    assert "  voice: {like: library.attrition.india.voice}\n" in text
    pasted = read_tree(text.partition("or, to change it:\n")[2], "paste")
    assert pasted == {"voice": load()["attrition.india.voice"].node}


@pytest.mark.parametrize("key", load().profiles)
def test_a_profile_is_shown_as_it_is(key: str) -> None:
    """Protects the paste of profiles: what is shown reads back as the profile."""
    pieces = _call(key).stdout.partition("\n\nIn a scenario")[2].partition("\n\n")[2]
    assert read_tree(pieces, "paste") == load().profiles[key].content


def test_a_figure_for_comparison_has_nothing_to_paste() -> None:
    """Protects honesty: a published result is not offered as an input."""
    text = _call("savings.net.mixed").stdout
    assert "No default: it is for comparison." in text
    assert "like:" not in text
    assert json.loads(_call("savings.net.mixed", "--format", "json").stdout)["use"] is None


def test_nothing_found_is_said_and_an_unknown_theme_refused() -> None:
    """Protects the way on: an empty list explains itself, a misspelt theme gets a suggestion and exit 2."""
    assert "fewer of them find more" in _call("nosuchthing").stdout
    result = _call("--theme", "atrition")
    assert result.exit_code == 2
    assert 'did you mean "attrition"?' in " ".join(result.stderr.replace("│", " ").split())
