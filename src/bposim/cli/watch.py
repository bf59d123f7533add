"""``bposim run --watch``: simulate again whenever the scenario or one of its data files is saved."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from bposim.cli.group import EXPECTED, failure
from bposim.cli.simulated import ended_by_signal, simulate_file, tell
from bposim.cli.terminal import complain, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bposim.cli.simulated import Ran, Settings

    Seen: TypeAlias = dict[Path, tuple[int, int] | None]
    """Time of change and size of each file; None for one that is not there."""

EVERY = 0.5
"""Seconds between two looks at the files."""


def watch(file: str, form: str, settings: Settings) -> None:
    """Simulate the file now and whenever it is saved, until Ctrl-C, which is how watching ends."""
    try:
        with ended_by_signal():
            _watch(file, form, settings)
    except KeyboardInterrupt:
        complain(f"No longer watching {file}.")


def _watch(file: str, form: str, settings: Settings) -> NoReturn:
    last: Ran | None = None
    seen = _seen([Path(file)])
    while True:
        ran = _simulated(file, settings)
        if ran is not None:
            if last is None or form != "table":
                tell(ran, form)
            if last is not None:
                _say_since(last, ran, say if form == "table" else complain)
            last = ran
            # What it takes in for the first time was not looked at before, and counts as seen now.
            seen = {**_seen(_parts(file, ran)), **seen}
        complain(f"Watching {file}; save it to simulate again, Ctrl-C ends.")
        while (now := _seen(seen)) == seen or now[Path(file)] is None:
            time.sleep(EVERY)
        seen = now


def _say_since(last: Ran, ran: Ran, said: Callable[[str], None]) -> None:
    from bposim.report.checks import checks_words

    said(since_last(last, ran))
    if ran.checks and said is say:  # in any other form they have been told with the run
        said(checks_words(ran.checks))


def _simulated(file: str, settings: Settings) -> Ran | None:
    """Return the run; None, with its complaints on stderr, for a file that cannot be simulated as it is."""
    try:
        return simulate_file(file, None, settings)
    except EXPECTED as error:
        complain(*failure(error)[1])
    return None


def _parts(file: str, ran: Ran) -> tuple[Path, ...]:
    from bposim.runs import source_files

    return tuple(source_files(Path(file), ran.result.scenario))


def _seen(files: Iterable[Path]) -> Seen:
    found: Seen = {}
    for path in files:
        try:
            status = path.stat()
        except OSError:
            found[path] = None
        else:
            found[path] = (status.st_mtime_ns, status.st_size)
    return found


def since_last(last: Ran, ran: Ran) -> str:
    """Return in one line what changed since the last run, and what that did, in the same futures."""
    from bposim.differences import differences
    from bposim.errors import BposimError
    from bposim.report.changes_text import changes_words
    from bposim.report.diff import diff_verdict, spoken
    from bposim.report.since import changes_since

    found = differences(last.result.scenario, ran.result.scenario)
    if not found.changes_results:
        return f"Since the last run: nothing that moves the result. {diff_verdict(found)}"
    acting = [one for one in found.values if one.moves_costs]
    what = "; ".join(
        f"{spoken(one.path, found)} {one.old_text or 'default'} → {one.new_text or 'default'}"
        if one.kind == "changed"
        else f"{spoken(one.path, found)} {one.kind}"
        for one in acting[:3]
    )
    more = f" and {len(acting) - 3} more" if len(acting) > 3 else ""  # noqa: PLR2004 - as above
    try:
        words = changes_words(changes_since((last.result, last.summary), (ran.result, ran.summary)))
    except BposimError as error:
        return f"Since the last run: {what}{more}. {error}"
    return f"Since the last run: {what}{more}. {words}" if acting else f"Since the last run: {words}"
