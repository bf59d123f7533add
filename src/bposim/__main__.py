"""The command ``bposim``, also as ``python -m bposim``."""

from __future__ import annotations

import gc

_NEW_OBJECTS = 20_000
"""Between two searches for circles of garbage; modules and models make far more, and all of them stay."""


def main() -> None:
    """Run the command."""
    gc.set_threshold(_NEW_OBJECTS)
    from bposim.cli import main as commands  # noqa: PLC0415 - what it makes is counted by the line above

    commands(complete_var="_BPOSIM_COMPLETE")


if __name__ == "__main__":
    main()
