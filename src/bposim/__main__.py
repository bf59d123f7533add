"""The command ``bposim``, also as ``python -m bposim``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command: boxes and colours in a terminal, plain text for everything else."""
    if sys.stdout.isatty():
        # The look costs more time than the rest of --help; it must be there before the commands are made.
        from rich_click.patch import patch  # noqa: PLC0415

        patch()
    from bposim.cli import main as commands  # noqa: PLC0415 - as above

    commands()


if __name__ == "__main__":
    main()
