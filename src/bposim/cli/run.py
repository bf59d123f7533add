"""``bposim run``: simulate scenarios and say what to choose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bposim.cli.completing import paths
from bposim.cli.parameters import (
    design_option,
    format_option,
    seed_option,
    set_option,
    threads_option,
    trials_option,
    without_option,
)
from bposim.cli.parameters import trials as number_of_trials
from bposim.executors import EXECUTORS

if TYPE_CHECKING:
    from bposim.executors import Executor
    from bposim.inputs.designs import Kind


@click.command()
@click.argument("files", nargs=-1, required=True, shell_complete=paths)
@trials_option
@seed_option
@set_option
@without_option
@design_option
@threads_option
@click.option(
    "--executor",
    type=click.Choice(EXECUTORS),
    default="auto",
    show_default=True,
    help="Use them by threads or by processes; auto takes processes on Linux. The result is the same.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="New folder for files and pictures; of several FILES each has a folder in it.",
)
@format_option("table", "json", "csv", "md")
@click.option(
    "--memory",
    type=click.Choice(["auto", "all", "streaming"]),
    default="auto",
    show_default=True,
    help="Keep all totals, or stream them into distributions: for more trials than memory, exact to 0.1%.",
)
@click.option(
    "--until",
    "until",
    multiple=True,
    metavar="FIGURE:PRECISION",
    help="Go on until half the 95% interval of a figure is no more than this, e.g. saving.p5:1% or "
    "manila.saving.mean:50k; can be given several times, and --trials then does not count.",
)
@click.option(
    "--max-trials",
    metavar="NUMBER",
    default="1M",
    show_default=True,
    callback=number_of_trials,
    help="With --until, the trials at which the run ends in any case.",
)
@click.option("--resume", is_flag=True, help="Go on with the run in the folder of -o that was interrupted.")
@click.option("--watch", is_flag=True, help="Simulate again whenever FILE is saved, until Ctrl-C.")
@click.option("--yes", is_flag=True, help="Run even where memory or disk may not be enough.")
@click.pass_context
def run(  # noqa: PLR0913, PLR0917 - one argument an option
    ctx: click.Context,
    files: tuple[str, ...],
    trials: int,
    seed: int,
    overrides: dict[str, str],
    without: tuple[str, ...],
    design: Kind,
    threads: int,
    executor: Executor,
    output: Path | None,
    form: str,
    memory: str,
    until: tuple[str, ...],
    max_trials: int,
    resume: bool,  # noqa: FBT001 - a flag is a flag
    watch: bool,  # noqa: FBT001
    yes: bool,  # noqa: FBT001
) -> None:
    """Simulate the scenario in FILE and say which alternative to choose.

    Savings, risk, ranking and the value of knowing more, each with its Monte Carlo error. Checks that the
    scenario states are evaluated, and exit code 1 says that one does not hold; of several FILES it is the
    highest code of them.
    """
    from bposim.cli.several import run_several
    from bposim.cli.simulated import Settings, simulate_file, tell
    from bposim.cli.watch import watch as watch_file

    settings = Settings(
        trials, seed, overrides, without, design, threads, executor, memory, until, max_trials, resume, yes
    )
    if watch:
        if len(files) > 1 or output is not None or resume:
            raise click.UsageError("--watch takes one FILE, and keeps nothing: leave out -o and --resume")
        watch_file(files[0], form, settings)
    elif len(files) > 1:
        ctx.exit(run_several(files, output, form, settings))
    else:
        ran = simulate_file(files[0], output, settings)
        tell(ran, form)
        ctx.exit(ran.code)
