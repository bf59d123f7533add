"""What of this machine matters to a run: versions, extras, processor, memory, whether runs repeat."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from bposim.runs import memory_available
from bposim.selftest import CASES, SEED, outcomes

if TYPE_CHECKING:
    from collections.abc import Iterator

Verdict: TypeAlias = Literal["fine", "missing", "fault"]
"""Missing is what one can do without; a fault makes results wrong or runs impossible."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge", "firefox", "safari")
OFFICES = ("soffice", "libreoffice")
SIGNS = "±–é…"
"""Letters that tables and paragraphs use."""
LITTLE = 2e9
"""Bytes of memory or disk below which a run of a million trials has no room."""
BLOCK_AND_A_HALF = 3_072
"""Trials of the run that is repeated."""

_REQUIREMENT = re.compile(r"([\w.-]+)[^;]*(?:;.*extra == ['\"](\w+)['\"])?")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    found: str
    verdict: Verdict = "fine"
    remedy: str = ""
    """What to do; empty where it is fine."""


def findings() -> Iterator[Finding]:
    """Look at everything that matters to a run; nothing outside this machine is asked."""
    yield from machine()
    yield memory()
    yield disk(Path.cwd())
    yield terminal()
    yield from programs()
    yield repeats()
    yield agrees()


def machine() -> Iterator[Finding]:
    """Return what a record of a calculation names: versions, system, processor."""
    yield Finding("bposim", metadata.version("bposim"))
    yield Finding("Python", f"{platform.python_version()} ({platform.python_implementation()})")
    yield Finding("system", f"{platform.system()} {platform.release()}, {platform.machine()}")
    yield from packages()
    yield processor()


def packages() -> Iterator[Finding]:
    """Return the libraries that are needed, and each extra with the line that installs it."""
    needed: list[str] = []
    extras: dict[str, list[str]] = {}
    for line in metadata.requires("bposim") or ():
        name, extra = _REQUIREMENT.match(line).groups()  # type: ignore[union-attr] # metadata have this form
        if name != "bposim":
            (extras.setdefault(extra, []) if extra else needed).append(name)
    absent = [name for name in needed if _version(name) is None]
    shown = ", ".join(f"{name} {_version(name)}" for name in needed if name not in absent)
    yield Finding(
        "libraries",
        shown if not absent else f"{', '.join(absent)} missing",
        "fault" if absent else "fine",
        f"pip install {' '.join(absent)}" if absent else "",
    )
    for extra, names in extras.items():
        if extra == "all":
            continue
        absent = [name for name in names if _version(name) is None]
        yield Finding(
            f"extra {extra}",
            ", ".join(f"{name} {_version(name) or 'is not installed'}" for name in names),
            "missing" if absent else "fine",
            f'pip install "bposim[{extra}]"' if absent else "",
        )


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def processor() -> Finding:
    """Return how many threads can work at once, and which vector instructions numpy uses."""
    import numpy as np  # noqa: PLC0415 - looked at, not calculated with

    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    features = np.show_config(mode="dicts")["SIMD Extensions"]
    used = " ".join(features.get("found", [])[-3:]) or "the baseline alone"
    return Finding("processor", f"{usable} threads (--threads {usable}); numpy uses {used}")


def memory() -> Finding:
    """Return how much memory is free."""
    free = memory_available()
    if free is None:
        return Finding("free memory", "this system does not say")
    scarce = free < LITTLE
    remedy = "close programs, or run with --memory streaming" if scarce else ""
    return Finding("free memory", f"{free / 1e9:.1f} GB", "missing" if scarce else "fine", remedy)


def disk(folder: Path) -> Finding:
    """Return how much room there is in a folder, and whether a run can be kept there."""
    free = shutil.disk_usage(folder).free
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(
            "this folder", f"cannot be written ({error.strerror})", "missing", "go to a folder of your own"
        )
    scarce = free < LITTLE
    remedy = "make room, or keep runs elsewhere with -o" if scarce else ""
    return Finding(
        "this folder", f"{free / 1e9:.1f} GB free, can be written", "missing" if scarce else "fine", remedy
    )


def terminal() -> Finding:
    """Return whether stdout is a terminal, how wide it is, and whether it has the letters that are used."""
    encoding = sys.stdout.encoding or "ascii"
    kind = f"{shutil.get_terminal_size().columns} columns" if sys.stdout.isatty() else "not a terminal"
    plain = ", NO_COLOR is set" if "NO_COLOR" in os.environ else ""
    found = f"{kind}, {encoding}{plain}"
    try:
        SIGNS.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return Finding("terminal", f"{found}: {SIGNS!a} cannot be shown", "missing", "set PYTHONUTF8=1")
    return Finding("terminal", found)


def programs() -> Iterator[Finding]:
    """Return whether there is a browser for reports and an office for workbooks; neither is needed to run."""
    for what, names, remedy in (
        ("browser", BROWSERS, "reports are HTML: open them on a machine that has one"),
        ("office", OFFICES, "workbooks open in Excel, too"),
    ):
        found = next((name for name in names if shutil.which(name)), None)
        # Windows and macOS do not put either on the path: nothing is missing there.
        unknown = found is None and platform.system() in {"Windows", "Darwin"}
        yield Finding(
            what,
            found or ("not on the path" if unknown else "none on the path"),
            "fine" if found or unknown else "missing",
            "" if found or unknown else remedy,
        )


def repeats() -> Finding:
    """Return whether a run comes out the same with one thread and with two, to the last digit."""
    from bposim.engine import simulate  # noqa: PLC0415 - the only finding that simulates
    from bposim.files import load  # noqa: PLC0415 - as above

    scenario = load(CASES / "p18-campaign.yaml")
    one, two = (simulate(scenario, BLOCK_AND_A_HALF, SEED, threads).digest for threads in (1, 2))
    if one != two:
        return Finding(
            "repeats",
            "another digest with two threads than with one",
            "fault",
            "report it; run with --threads 1",
        )
    return Finding("repeats", f"the same digest with one thread and with two, {one[:12]}")


def agrees() -> Finding:
    """Return whether the published cases come out in which nothing is random."""
    found = list(outcomes(quick=True))
    wrong = [outcome.case.name for outcome in found if not outcome.passed]
    if wrong:
        return Finding(
            "published cases", f"{', '.join(wrong)} differ", "fault", "bposim selftest shows by how much"
        )
    return Finding("published cases", f"all {len(found)} quick ones agree; bposim selftest has more")
