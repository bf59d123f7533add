"""Write docs/reference/*.md from the code, so that the reference says what the commands and the schema say.

``python docs/generate.py`` writes the pages; a test holds the committed ones against what it would write.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bposim.cli import main
from bposim.cli.risks import families, in_full
from bposim.explain.codes import EXAMPLES, explain_code
from bposim.schema import schema_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent / "reference"
WIDTH = 100
"""Columns of a help text on a page."""


def commands() -> str:
    """Every command with its help, as the terminal shows it."""
    context = click.Context(main, info_name="bposim", **{**main.context_settings, "terminal_width": WIDTH})
    lines = [
        "# Commands",
        "",
        "What `bposim COMMAND --help` says. Data go to stdout, messages to stderr. Exit codes: 0 fine, 1 a",
        "check of the scenario failed, 2 usage or invalid scenario, 3 the run failed, 4 incomplete but",
        "resumable, 130 interrupted.",
    ]
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        if command is None or command.hidden:
            continue
        child = click.Context(
            command, info_name=name, parent=context, terminal_width=WIDTH, max_content_width=WIDTH
        )
        lines += ["", f"## {name}", "", "```text", click.Command.get_help(command, child).rstrip(), "```"]
    return "\n".join(lines) + "\n"


def kinds() -> str:
    """Every member of every family, with its parameters and an example."""
    lines = [
        "# Risks, prices, clauses, rates and distributions",
        "",
        "What `bposim risks KIND` says of each. The equations are in [the model](../model.md).",
    ]
    for family, members in families().items():
        lines += ["", f"## {family.removesuffix(':')}"]
        for kind, member in members.items():
            _, *text = in_full(family, kind, member)
            lines += ["", f"### {kind}", "", "```text", "\n".join(text).strip(), "```"]
    return "\n".join(lines) + "\n"


def scenario_keys() -> str:
    """Every part of a scenario file with its keys."""
    schema = json.loads(schema_text())
    lines = [
        "# Scenario keys",
        "",
        "Every part of a scenario file, from the JSON Schema that `bposim schema` prints. Any mapping may",
        "also carry `source:`, `note:`, `owner:` and `like:`. Any number may be a distribution.",
        "",
        "## The file",
        "",
        *_table(schema),
    ]
    for name, part in sorted(schema["$defs"].items()):
        if "properties" not in part:
            continue
        lines += ["", f"## {name}", "", *_prose(part.get("description", "")), "", *_table(part)]
    return "\n".join(lines) + "\n"


def _prose(text: str) -> Iterator[str]:
    """Return a docstring as Markdown: its code marks are those of reStructuredText."""
    yield re.sub(r"``(.+?)``", r"`\1`", text).replace("*", r"\*").replace("<", "&lt;")


def _table(part: dict[str, Any]) -> Iterator[str]:
    required = set(part.get("required", ()))
    yield "| key | meaning | default |"
    yield "| --- | --- | --- |"
    for key, field in part["properties"].items():
        if key in {"source", "note", "owner", "like"}:
            continue
        meaning = " ".join(next(_prose(field.get("description", ""))).split()).replace("|", r"\|")
        yield f"| `{key}` | {meaning} | {_default(field, required=key in required)} |"


def _default(field: dict[str, Any], *, required: bool) -> str:
    if required:
        return "required"
    default = field.get("default")
    if default is None or default in ({}, [], ""):
        return ""
    return f"`{json.dumps(default, ensure_ascii=False)}`"


def errors() -> str:
    """Every error code with a mistake, its remedy and the example put right."""
    lines = [
        "# Error codes",
        "",
        "What `bposim explain CODE` says. Codes from BP301 to BP399 are warnings: the scenario runs. Codes",
        "from BP401 on are about workbooks.",
    ]
    for code in sorted(EXAMPLES):
        about = explain_code(code)
        lines += [
            "",
            f"## {code}",
            "",
            *_prose(about.meaning[:1].upper() + about.meaning[1:] + "."),
            "",
            *("```yaml", "# wrong", about.wrong, "# right", about.right, "```"),
            "",
            *_prose(about.remedy),
        ]
    return "\n".join(lines) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "kinds.md": kinds,
    "scenario.md": scenario_keys,
    "errors.md": errors,
}


if __name__ == "__main__":
    for page, text in PAGES.items():
        (HERE / page).write_text(text(), encoding="utf-8")
