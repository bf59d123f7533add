"""The command ``bposim``, also as ``python -m bposim``."""

from __future__ import annotations

import gc
import sys

_NEW_OBJECTS = 20_000
"""Between two searches for circles of garbage; modules and models make far more, and all of them stay."""


def main() -> None:
    """Run the command: boxes and colours in a terminal, plain text for everything else."""
    gc.set_threshold(_NEW_OBJECTS)
    if sys.stdout.isatty():
        # The look costs more time than the rest of --help; it must be there before the commands are made.
        from rich_click.patch import patch  # noqa: PLC0415

        patch()
    from bposim.cli import main as commands  # noqa: PLC0415 - as above

    commands()


if __name__ == "__main__":
    main()
