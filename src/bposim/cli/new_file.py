"""Where a command may write what it makes for a person: never over a file that is there."""

from __future__ import annotations

from pathlib import Path

import click


def new_file(name: str | Path, *, by: str = "") -> Path:
    """Return the path of a file that does not exist yet, in a folder that does.

    ``by`` is the option that names it, `` with -o``.  Raises UsageError before any work is done in vain.
    """
    path = Path(name)
    if path.exists():
        raise click.UsageError(f"{name} exists and is not overwritten; name another file{by}")
    if not path.parent.is_dir():
        raise click.UsageError(f"there is no folder {path.parent}; make it first, or name another place")
    return path
