"""What makes one wait says so: how much there is to simulate, and how long."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bposim.cli import main
from bposim.cli.terminal import bar
from bposim.cli.waiting import waiting
from bposim.studies.variants import Run

DATA = Path(__file__).parents[1] / "data"


class Clock:
    """A clock that goes on by so many seconds whenever it is read."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def monotonic(self) -> float:
        """Return the time."""
        self.now += self.step
        return self.now


def told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, step: float) -> str:
    """Return what is said where four variants are valued in four blocks each, ``step`` seconds a block."""
    monkeypatch.setattr("bposim.cli.waiting.time", Clock(step))
    with waiting(Run(8_192), "manila: ") as run:
        run.expect(4)
        for _ in range(16):
            run.tell(2_048)
    return capsys.readouterr().err


def test_one_line_says_how_much_and_how_long(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By hand: the first of 16 blocks takes 2 seconds, so the other 15 take half a minute."""
    assert told(capsys, monkeypatch, 2.0) == (
        "manila: 4 simulations of 8,192 futures each, about 30 seconds; --trials takes fewer.\n"
    )
    assert "about 5 minutes" in told(capsys, monkeypatch, 20.0)


def test_nothing_is_said_where_nobody_waits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects short answers from a line that is out of date when it is read."""
    assert not told(capsys, monkeypatch, 0.1)


@pytest.fixture
def _slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a simulated block take long by the clock."""
    monkeypatch.setattr("bposim.cli.waiting.time", Clock(5.0))


@pytest.mark.usefixtures("_slow")
@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["sweep", "--vary", "discount_rate=5%..9%:9"], "9 simulations of 100 futures each, about"),
        (["worth", "--alternative", "manila"], "manila: "),
        (["frontier", "--steps", "2"], " simulations of 4,096 futures each, about"),
        (["exit", "--alternative", "manila", "--notice", "3", "--every", "24"], "manila: "),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_every_command_that_makes_one_wait_says_so(command: list[str], said: str) -> None:
    """In a pipe, where no bar is drawn; the data on stdout stay data."""
    trials = "4096" if command[0] in {"frontier", "exit"} else "100"  # two blocks
    arguments = [command[0], str(DATA / "tiny.yaml"), *command[1:], "-n", trials, "--format", "json"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert said in result.stderr
    assert " seconds; --trials takes fewer." in result.stderr or " minutes; " in result.stderr
    assert result.stdout.startswith("{")


@pytest.mark.usefixtures("_slow")
def test_comparing_two_files_says_so() -> None:
    """Two changes have four sets, two of which are the files themselves."""
    changed = ["--set", "discount_rate=11%", "--set", "world.fx.PHP.spot=0.0190"]
    tiny = str(DATA / "tiny.yaml")
    arguments = ["compare", tiny, tiny, *changed, "-n", "1k", "--format", "json"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert "Which change did it: 2 simulations of 1,000 futures each, about" in result.stderr
    assert "; --attribute 0 leaves it out." in result.stderr


def test_a_name_from_a_file_is_neither_a_pattern_nor_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    """Protects a terminal from what an alternative may be called."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    drawn = io.StringIO()
    monkeypatch.setattr(sys, "stderr", drawn)
    with bar("ma{nila} m[/b]: simulating", 10) as advance:
        advance(5, 10)
    assert "ma{nila} m[/b]: simulating" in drawn.getvalue()
