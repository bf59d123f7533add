"""``bposim schema``: the JSON Schema of a scenario file."""

from __future__ import annotations

import json

import click

from bposim.cli.terminal import write


@click.command()
def schema() -> None:
    """Print the JSON Schema of a scenario file, for completion and hover in an editor.

    Save it, and name it in the first line of a scenario:
    # yaml-language-server: $schema=scenario.schema.json
    """
    from bposim.schema import scenario_schema

    write(json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n")
