"""``bposim verify``: does a stored run come out again?"""

from __future__ import annotations

from pathlib import Path

import click

from bposim.cli.parameters import threads_option
from bposim.cli.terminal import progress, say


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@threads_option
@click.option("--files", "files_only", is_flag=True, help="Check the files alone, without simulating again.")
def verify(folder: Path, threads: int, files_only: bool) -> None:  # noqa: FBT001 - a flag is a flag
    """Check that the run in FOLDER is intact, simulate it again and compare every trial.

    Ends with 3 where a file was altered or a trial differs.
    """
    from bposim.stored import checked_manifest
    from bposim.stored import verify as simulate_again

    manifest = checked_manifest(folder)
    say(f"Files: all {len(manifest['files'])} are as they were stored.")
    if files_only:
        return
    with progress(manifest["trials"]) as advance:
        result = simulate_again(folder, threads, advance)
    say(f"Trials: all {result.trials:,} come out again, digest {result.digest[:12]}.")
