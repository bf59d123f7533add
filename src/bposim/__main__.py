"""The command ``bposim``, also as ``python -m bposim``."""

from __future__ import annotations

import gc
import os

_NEW_OBJECTS = 20_000
"""Between two searches for circles of garbage; modules and models make far more, and all of them stay."""


def main() -> None:
    """Run the command."""
    gc.set_threshold(_NEW_OBJECTS)
    # Regressions of a few columns are slower on several threads than on one, and would disturb other work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from bposim.cli import main as commands  # noqa: PLC0415 - what it makes is counted by the line above

    commands(complete_var="_BPOSIM_COMPLETE")


if __name__ == "__main__":
    main()
