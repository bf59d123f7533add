"""Time to the first answer: whole processes from a cold interpreter."""

from __future__ import annotations

import sys
from pathlib import Path

from measure import Done, alternately, median, python
from section import Goal, Section, markdown

SCENARIO = Path(__file__).parents[1] / "scenarios" / "customer-support.yaml"
SLOW = ("scipy.stats", "pandas", "matplotlib")
LIBRARIES = ("numpy", "scipy.special", "pydantic", "ruamel.yaml", "click", "rich")
"""What a run uses: numbers, quantile functions, reading and checking a file, commands and tables."""
COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}
"""An installed package has its bytecode beside it; a work tree has it after a first run, if it may."""


def startup(repeats: int) -> Section:
    """Compare the commands with the imports that they cannot do without."""
    ways = {
        'python -c "import click, rich"': ("-c", "import click, rich"),
        "bposim --help": ("-m", "bposim", "--help"),
        f'python -c "import {", ".join(LIBRARIES)}"': ("-c", f"import {', '.join(LIBRARIES)}"),
        "bposim run scenarios/customer-support.yaml -n 10k": (
            "-m",
            "bposim",
            "run",
            str(SCENARIO),
            "-n",
            "10k",
        ),
    }

    def cold(arguments: tuple[str, ...]) -> Done:
        return python(*arguments, **COMPILED)

    for arguments in ways.values():  # a first time, not counted, which leaves the bytecode
        cold(arguments)
    rounds = alternately(
        repeats, *[lambda arguments=arguments: cold(arguments) for arguments in ways.values()]
    )
    cpu = [[done.cpu for done in way] for way in rounds]
    helped, ran = (
        median([a / b for a, b in zip(cpu[over], cpu[under], strict=True)])
        for over, under in ((1, 0), (3, 2))
    )
    slow = unwanted()
    rows = [(f"`{name}`", f"{median(values):.3f}") for name, values in zip(ways, cpu, strict=True)]
    text = "CPU seconds of the whole process, interpreter included; no terminal, bytecode in place.\n\n"
    text += markdown(("command", "CPU s"), rows)
    text += f"\n\nSlow libraries that a run without pictures imports: {', '.join(slow) or 'none'}."
    goals = [
        Goal("`bposim --help` over `import click, rich`", 1.5, helped),
        Goal("10k trials from cold over the import of its libraries", 1.6, ran),
        Goal("slow libraries imported without need", 0, len(slow), ""),
    ]
    return Section("Time to the first answer", text, goals)


def unwanted() -> list[str]:
    """Return which of the slow libraries a run imports."""
    code = (
        "import json, sys\n"
        "from bposim.cli import main\n"
        f"main(['run', {str(SCENARIO)!r}, '-n', '1024'], standalone_mode=False)\n"
        f"print(json.dumps({{'slow': [name for name in {SLOW!r} if name in sys.modules]}}))"
    )
    found: list[str] = python("-c", code).printed["slow"]
    return found


if __name__ == "__main__":
    section = startup(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
    print(section.text, *(" | ".join(goal.row) for goal in section.goals), sep="\n")
