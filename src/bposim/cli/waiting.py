"""What makes one wait: how much there is to simulate and how long that takes, said when it begins."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bposim.cli.terminal import bar, complain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.cli.terminal import Advance
    from bposim.studies.variants import Run

MEASURED = 0.3
"""Seconds of simulating from which the time that is left is known well enough to be told."""

FIRST = 0.1
"""Part of the whole that the first piece must be for its time to tell that of the others.

Of a smaller one the time is, for the most part, that of getting ready.
"""

LONG = 3.0
"""Seconds for which nobody needs to be told that he has to wait."""


@contextmanager
def waiting(run: Run, what: str = "", remedy: str = "--trials takes fewer") -> Iterator[Run]:
    """Yield the run of a study that says on stderr what it simulates, and how long it will take.

    A terminal gets a bar with the time left, anything else one line, if there is to wait at all.  ``what`` is
    studied, where there are several such; ``remedy`` says how to wait less.
    """
    if not sys.stderr.isatty():
        yield replace(run, meter=_Told(what, remedy))
        return
    with bar(f"{what}simulating") as advance:
        yield replace(run, meter=_Drawn(advance))


class _Counted:
    """Counts what a study simulates: variants, and the futures of all of them."""

    def __init__(self) -> None:
        self.variants = self.trials = self.expected = self.made = 0
        self.open = False
        """Whether there may be more to simulate than is expected."""
        self.began = time.monotonic()

    def expect(self, variants: int, trials: int, *, at_least: bool = False) -> None:
        """Take note of more to do."""
        self.open |= at_least
        if not self.expected:
            self.began = time.monotonic()
        self.variants += variants
        self.trials = max(self.trials, trials)
        self.expected += variants * trials

    def done(self, futures: int) -> None:
        """Take note of what is done; more than was expected counts as expected."""
        self.made += futures
        self.expected = max(self.expected, self.made)


class _Drawn(_Counted):
    """Draws a bar."""

    def __init__(self, advance: Advance) -> None:
        super().__init__()
        self.advance = advance

    def expect(self, variants: int, trials: int, *, at_least: bool = False) -> None:
        """Show how much there is to do."""
        super().expect(variants, trials, at_least=at_least)
        self.advance(self.made, self.expected)

    def done(self, futures: int) -> None:
        """Move the bar."""
        super().done(futures)
        self.advance(self.made, self.expected)


class _Told(_Counted):
    """Says it in one line, as soon as it is known to take long."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__()
        self.what, self.remedy, self.told = what, remedy, False
        self.ready = 0
        """Futures that were done before the clock was set."""

    def done(self, futures: int) -> None:
        """Say how long it takes, once."""
        super().done(futures)
        spent = time.monotonic() - self.began
        if self.made == futures < FIRST * self.expected:
            self.began, self.ready = time.monotonic(), futures
            return
        if self.told or spent < MEASURED:
            return
        left = spent * (self.expected - self.made) / (self.made - self.ready)
        if left > LONG:
            self.told = True
            least = "" if not self.open else "at least " if self.what else "At least "
            complain(
                f"{self.what}{least}{self.variants} simulations of {self.trials:,} futures each, "
                f"about {_time(left)}; {self.remedy}."
            )


def _time(seconds: float) -> str:
    """Return e.g. "20 seconds" or "3 minutes", no more precisely than it is known."""
    if seconds < 90:  # noqa: PLR2004 - a minute and a half
        return f"{max(5, 5 * round(seconds / 5))} seconds"
    return f"{round(seconds / 60)} minutes"
