"""Codes of errors: each can be looked up, and whoever sees one is told how."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bposim.cli import main
from bposim.errors import CODES

OK, INVALID = 0, 2
BAD = Path(__file__).parents[1] / "bad"


@pytest.mark.parametrize("code", CODES)
def test_explain_shows_cause_example_and_remedy(code: str) -> None:
    """Protects whoever looks a code up: what it means, what to do, a mistake and the same put right."""
    done = CliRunner().invoke(main, ["explain", code.lower()])
    assert done.exit_code == OK
    first, second, *rest = done.stdout.splitlines()
    assert first.startswith(f"{code} (")
    assert CODES[code] in first
    assert second.strip().endswith(".")
    assert [line for line in rest if not line.startswith("  ")] == ["For example:", "Put right:"]


@pytest.mark.parametrize(
    ("typed", "advice"),
    [("bp10", "did you mean BP101 or BP102"), ("BP999", "did you mean BP"), ("savng", "mean_saving")],
)
def test_an_unknown_word_gets_a_suggestion(typed: str, advice: str) -> None:
    """Protects against a dead end."""
    done = CliRunner().invoke(main, ["explain", typed])
    assert done.exit_code == INVALID
    assert advice in done.stderr


def test_validate_says_where_a_code_is_explained() -> None:
    """Protects the way from a complaint to its example; stdout stays the list of complaints."""
    done = CliRunner().invoke(main, ["validate", str(BAD / "bp106-staffing.yaml")])
    assert done.exit_code == INVALID
    assert "bposim explain BP106" in done.stderr
    assert done.stdout.count("\n") == 1
