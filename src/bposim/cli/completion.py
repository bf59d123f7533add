"""``bposim completion``: the script that teaches a shell to complete the command."""

from __future__ import annotations

import click

from bposim.cli.terminal import complain

PLACES = {
    "bash": "~/.local/share/bash-completion/completions/bposim",
    "zsh": "~/.zfunc/_bposim",
    "fish": "~/.config/fish/completions/bposim.fish",
}
"""Where each shell looks for the script of a command."""


@click.command()
@click.argument("shell", type=click.Choice(list(PLACES)))
def completion(shell: str) -> None:
    """Print the script with which SHELL completes commands, files and the names in a scenario.

    Write it to where the shell looks for it, as the line on stderr says, and open a new terminal.
    """
    from click.shell_completion import get_completion_class

    from bposim.cli import main

    made = get_completion_class(shell)
    assert made is not None  # noqa: S101 - click has these three
    script = made(main, {}, "bposim", "_BPOSIM_COMPLETE").source()
    # What is offered may hold commas ("savings,fan", and what a name means): only the first one parts.
    click.echo(script.replace('string split ","', 'string split --max 1 ","'))
    place = PLACES[shell]
    folder = place.rpartition("/")[0]
    complain(f"Next: mkdir -p {folder} && bposim completion {shell} > {place}")
    if shell == "zsh":
        complain("and, if it is not there yet, in ~/.zshrc: fpath+=~/.zfunc; autoload -Uz compinit; compinit")
