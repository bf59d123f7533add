"""Every yardstick in one run: ``make bench``.

    python benchmarks/bench.py [--long] [--write] [--repeats NUMBER] [--only NAME ...]

Prints each part as it is done and at the end every goal, met or missed.  ``--write`` puts the same into
docs/performance.md, between its marks, and draws docs/pictures/performance.png; numbers that are to be quoted
come from an idle machine.  ``--long`` also runs 10 and 100 million trials, which takes an hour.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import designs
import growth
import libraries
import numpy as np
import speed
import startup
from section import Goal, Section, markdown

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "pictures" / "performance.png"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
PROPORTIONAL = 1.1
"""Highest log-log slope that still counts as linear, timing noise included."""


def machine() -> str:
    """Return what the figures were measured on, and when."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.processor()
    versions = (
        f"Python {platform.python_version()}, NumPy {np.__version__}, bposim {metadata.version('bposim')}"
    )
    date = f"{datetime.now(UTC):%d %B %Y}"
    return ", ".join([processor, f"{os.cpu_count()} cores", platform.system(), versions, date])


def busy() -> str:
    """Return a warning if the machine has other work; figures to be quoted come from an idle one."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    if load < (os.cpu_count() or 1) / 4:
        return ""
    return (
        f" **The machine was busy (load {load:.1f}): times and ratios are rough, and a second thread cannot "
        "show what it gains.**"
    )


def grown(repeats: int) -> Section:
    """Measure how cost grows."""
    found = growth.measured(repeats)
    goals = [
        Goal(f"log-log slope of cost against {name}", PROPORTIONAL, found[name].slope, "")
        for name in ("trials", "months", "alternatives", "risks")
    ]
    text = (
        f"A desk and vendors of `benchmarks/growth.py`; {growth.TRIALS:,} trials, {growth.MONTHS} months, "
        f"{growth.ALTERNATIVES} alternatives and {growth.RISKS} risks on each unless they grow. A slope of 1 "
        "is proportional; below 1 a part is fixed.\n\n"
    )
    return Section("How cost grows", text + growth.table(found), goals, {"growth": found})


def parts(repeats: int, *, long: bool) -> dict[str, Callable[[], Section]]:
    """Return the parts by name, in order."""
    return {
        "speed": lambda: speed.speed(repeats),
        "threads": lambda: speed.threads(repeats),
        "reference": lambda: libraries.reference(repeats),
        "memory": lambda: speed.memory(long=long),
        "startup": lambda: startup.startup(2 * repeats + 1),
        "precision": designs.precision,
        "growth": lambda: grown((repeats + 1) // 2),
    }


def report(sections: list[Section], on: str) -> str:
    """Return the generated part of the document: goals first."""
    goals = markdown(
        ("goal", "limit", "measured", "verdict"), [goal.row for section in sections for goal in section.goals]
    )
    bodies = "\n\n".join(f"### {section.title}\n\n{section.text}" for section in sections)
    return f"{on}\n\n### Goals\n\n{goals}\n\n{bodies}"


def into_document(text: str) -> None:
    """Replace what stands between the marks."""
    document = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--long", action="store_true", help="10 and 100 million trials as well: an hour")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md and its picture")
    parser.add_argument("--repeats", type=int, default=5, help="turns whose median is taken")
    parser.add_argument(
        "--only", nargs="+", choices=parts(1, long=False), metavar="NAME", help="these parts alone"
    )
    arguments = parser.parse_args()
    if arguments.only and arguments.write:
        parser.error("--write needs every part")
    on = f"Measured on {machine()}; medians of {arguments.repeats} turns.{busy()}"
    started, sections = time.perf_counter(), []
    print(on, flush=True)
    for name, measured in parts(arguments.repeats, long=arguments.long).items():
        if arguments.only and name not in arguments.only:
            continue
        section = measured()
        sections.append(section)
        print(
            f"\n{section.title}\n\n{section.text}\n\n({time.perf_counter() - started:.0f} s so far)",
            flush=True,
        )
    print(
        "\n"
        + "\n".join(
            f"{verdict.strip('*'):<7} {what}: {value}, goal {limit}"
            for what, limit, value, verdict in (goal.row for section in sections for goal in section.goals)
        )
    )
    if arguments.write:
        from picture import draw  # noqa: PLC0415 - only where a picture is drawn

        drawn = {key: value for section in sections for key, value in section.drawn.items()}
        PICTURE.parent.mkdir(exist_ok=True)
        draw(drawn["reference"], drawn["growth"], PICTURE)
        into_document(report(sections, on))
        print(f"\n{DOCUMENT.relative_to(ROOT)} and {PICTURE.relative_to(ROOT)} are written")


if __name__ == "__main__":
    main()
