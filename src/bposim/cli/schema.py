"""``bposim schema``: the JSON Schema of a scenario file."""

from __future__ import annotations

import click

from bposim.cli.terminal import write


@click.command()
def schema() -> None:
    """Print the JSON Schema of a scenario file, for completion and hover in an editor.

    Save it, and name it in the first line of a scenario:
    # yaml-language-server: $schema=scenario.schema.json
    """
    from bposim.schema import schema_text

    write(schema_text())
