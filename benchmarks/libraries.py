"""The reference model: bposim beside NumPy by hand, other libraries and a spreadsheet.

    python benchmarks/libraries.py

Each library is installed into an environment of its own under .bench/, from the versions pinned in
benchmarks/peers/NAME.txt, when it is first measured.  One that cannot be had is left out with a message.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import spreadsheet
from measure import Done, FailedError, alternately, fresh, median, python
from section import Goal, Section, markdown

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parent / ".bench"
TRIALS = 100_000


class Peer(NamedTuple):
    """A library, and how much of the model it can be given."""

    name: str
    trials: int = TRIALS
    repeats: int = 3


PEERS = (
    Peer("pal"),
    Peer("squigglepy"),
    Peer("chaospy"),
    Peer("probabilit"),
    Peer("openturns"),
    Peer("mcerp", repeats=1),
    Peer("monaco", trials=10_000, repeats=1),
)
SHEET_TRIALS = 2_000


def installed(name: str) -> Path:
    """Return the interpreter of a peer's environment; raises FailedError where it cannot be made."""
    folder, pins = ENVIRONMENTS / name, HERE / "peers" / f"{name}.txt"
    stamp, interpreter = folder / "installed.txt", folder / "bin" / "python"
    if stamp.exists() and stamp.read_bytes() == pins.read_bytes() and interpreter.exists():
        return interpreter
    print(f"installing {name} into {folder}", file=sys.stderr)
    fresh([sys.executable, "-m", "venv", "--clear", folder])
    pip = [interpreter, "-m", "pip", "--disable-pip-version-check", "-qq", "install", "--no-deps"]
    fresh([*pip, "-r", pins])
    stamp.write_bytes(pins.read_bytes())
    return interpreter


def version(name: str) -> str:
    """Return the pinned version of a library: the pin that is called like it, or ends its name."""
    pins = dict(
        line.partition(";")[0].strip().split("==")
        for line in (HERE / "peers" / f"{name}.txt").read_text().splitlines()
    )
    found = pins.get(name) or pins["proteusllp-actuarial-library"]
    return f"{name} {found}"


def run(peer: Peer, repeats: int) -> list[Done]:
    """Measure a peer."""
    interpreter = installed(peer.name)
    command = [interpreter, "-P", HERE / "peers" / f"{peer.name}.py", str(peer.trials)]
    return [fresh(command, PYTHONPATH=str(HERE)) for _ in range(min(repeats, peer.repeats))]


def reference(repeats: int) -> Section:
    """Measure everybody on the reference model."""
    own = {
        "bposim": "bposim, from `reference.yaml`",
        "month_loop": "NumPy, month loop",
        "matrices": "NumPy, matrices",
    }
    ways = [lambda way=way: python(HERE / "reference.py", way, str(TRIALS)) for way in own]
    rounds = alternately(repeats, *ways)
    cpu = {way: median([done.printed["cpu"] for done in runs]) for way, runs in zip(own, rounds, strict=True)}
    over_loop = median(
        [a.printed["cpu"] / b.printed["cpu"] for a, b in zip(rounds[0], rounds[1], strict=True)]
    )
    found = [
        (label, cpu[way], runs[0].peak, runs[0].printed["z"], "")
        for (way, label), runs in zip(own.items(), rounds, strict=True)
    ]
    goals = [Goal("reference model over the NumPy month loop", 1.2, over_loop)]
    missing = []
    for peer in PEERS:
        try:
            runs = run(peer, repeats)
        except FailedError as error:
            missing.append(f"{peer.name} ({str(error).splitlines()[-1] if str(error) else 'failed'})")
            print(f"{peer.name} is left out: {error}", file=sys.stderr)
            continue
        seconds = median([done.printed["cpu"] for done in runs]) * TRIALS / peer.trials
        note = f"{peer.trials:,} trials, scaled" if peer.trials != TRIALS else ""
        found.append((version(peer.name), seconds, runs[0].peak, runs[0].printed["z"], note))
        goals.append(Goal(f"reference model over {peer.name}", 1.0, cpu["bposim"] / seconds))
    if spreadsheet.program():
        sheet = spreadsheet.measure(SHEET_TRIALS)
        seconds = sheet["cpu"] * TRIALS / SHEET_TRIALS
        found.append(
            ("LibreOffice Calc", seconds, sheet["peak"], sheet["z"], f"{SHEET_TRIALS:,} trials, scaled")
        )
        goals.append(Goal("reference model over a spreadsheet", 1.0, cpu["bposim"] / seconds))
    else:
        missing.append("LibreOffice Calc (not installed: apt-get install libreoffice-calc)")
    rows = [
        (label, f"{seconds:.2f}", f"{seconds / cpu['bposim']:.1f}", f"{peak:,.0f}", f"{z:+.1f}", note)
        for label, seconds, peak, z, note in sorted(found, key=lambda row: row[1])
    ]
    text = (
        f"{TRIALS:,} trials of the model of `benchmarks/reference.py`; CPU time of one thread without "
        "imports, bposim's with reading its file. z: the mean less the closed form, in standard errors.\n\n"
    )
    text += markdown(("who", "CPU s", "× bposim", "peak MiB", "z", "note"), rows)
    if missing:
        text += f"\n\nLeft out: {'; '.join(missing)}."
    drawn = {"reference": {label: seconds for label, seconds, *_ in found}}
    return Section("Reference model beside others", text, goals, drawn)


if __name__ == "__main__":
    section = reference(3)
    print(section.text, *(" | ".join(goal.row) for goal in section.goals), sep="\n")
