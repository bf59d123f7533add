"""Where an analysis takes its trials from: a folder that a run has left, or a scenario simulated first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource
from click.globals import get_current_context

from bposim.cli.completing import paths
from bposim.cli.parameters import set_option, trials_option, without_option
from bposim.cli.terminal import complain, progress, warn

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.analysis.summary import Summary
    from bposim.result import AnyResult

    Command = TypeVar("Command", bound=Callable[..., Any])

_SIMULATED = {"trials": "--trials", "seed": "--seed", "overrides": "--set", "without": "--without"}


def source_options(command: Command) -> Command:
    """Add the argument SOURCE, the options of a run that is still to be simulated, and --format."""
    form = click.option(
        "--format",
        "form",
        type=click.Choice(["table", "json"]),
        default="table",
        show_default=True,
        help="What to write to stdout.",
    )
    return simulation_options(form(command))


def simulation_options(command: Command) -> Command:
    """Add the argument SOURCE and the options of a run that is still to be simulated."""
    threads = click.option(
        "--threads", type=click.IntRange(min=1), default=1, show_default=True, help="Threads to use."
    )
    seed = click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=1,
        show_default=True,
        help="The same seed, the same draws.",
    )
    for option in (threads, without_option, set_option, seed, trials_option):
        command = option(command)
    return click.argument("source", shell_complete=paths)(command)


def result_of(  # noqa: PLR0913, PLR0917 - one argument an option
    source: str, trials: int, seed: int, overrides: dict[str, str], without: tuple[str, ...], threads: int
) -> AnyResult:
    """Return the stored run of a folder, or the run of a scenario file.

    Raises UsageError where a stored run is asked to be another one.
    """
    if Path(source).is_dir():
        from bposim.engine import keep_freed_memory
        from bposim.stored import read

        context = get_current_context()
        for name, option in _SIMULATED.items():
            if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
                message = (
                    f"{option} changes a run, and {source} holds one that is done; give its scenario file"
                )
                raise click.UsageError(message)
        keep_freed_memory()  # regressions make and free thousands of columns
        return read(source)
    from bposim.engine import simulate, simulate_streamed
    from bposim.files import load
    from bposim.runs import check_room, streams

    scenario = load(source, overrides, without)
    streaming = streams(scenario, trials)
    check_room(scenario, trials, threads, streaming=streaming)
    with progress(trials) as advance:
        again = simulate_streamed if streaming else simulate
        result = again(scenario, trials, seed, threads, advance)
    warn(map(str, scenario.warnings))
    if scenario.changes:
        complain(f"Not the file as it is: {' '.join(scenario.changes)}")
    return result


def summary_of(result: AnyResult) -> Summary:
    """Return the figures of a run, however it was kept."""
    from bposim.analysis.streamed import summarise_streamed
    from bposim.analysis.summary import summarise
    from bposim.result import StreamedResult

    return summarise_streamed(result) if isinstance(result, StreamedResult) else summarise(result)


def known_alternative(result: AnyResult, name: str) -> str:
    """Return the name; raise BadParameter where the run has no such alternative."""
    if name not in result.names:
        raise click.BadParameter(
            f"{name} is not one of {', '.join(result.names)}", param_hint="--alternative"
        )
    return name
