"""Where an analysis takes its trials from: a folder that a run has left, or a scenario simulated first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource
from click.globals import get_current_context

from bposim.cli.completing import paths
from bposim.cli.parameters import (
    format_option,
    seed_option,
    set_option,
    threads_option,
    trials_option,
    without_option,
)
from bposim.cli.terminal import complain, progress, warn

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.analysis.summary import Summary
    from bposim.result import AnyResult

    Command = TypeVar("Command", bound=Callable[..., Any])

_WANTED = "give a folder that bposim run -o has made, or a scenario file"

_SIMULATED = {"trials": "--trials", "seed": "--seed", "overrides": "--set", "without": "--without"}


def source_argument(
    name: str = "source", metavar: str | None = None, *, required: bool = True
) -> Callable[[Command], Command]:
    """Return the decorator for an argument that is the folder of a run or a scenario file, and exists."""
    return click.argument(
        name, metavar=metavar, required=required, shell_complete=paths, callback=_that_exists
    )


def _that_exists(ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is None or ctx.resilient_parsing or Path(value).exists():
        return value
    from bposim.errors import Complaint, Mark, ScenarioError
    from bposim.yaml_tree import close_name

    close = close_name(value)
    remedy = f'{_WANTED}; did you mean "{close}"?' if close else _WANTED
    raise ScenarioError(
        [Complaint("BP101", "", "there is no such folder or file", remedy, Mark(value, 1, 1))]
    )


def source_options(command: Command) -> Command:
    """Add the argument SOURCE, the options of a run that is still to be simulated, and --format."""
    return simulation_options(format_option("table", "json")(command))


def simulation_options(command: Command) -> Command:
    """Add the argument SOURCE and the options of a run that is still to be simulated."""
    for option in (threads_option, without_option, set_option, seed_option, trials_option):
        command = option(command)
    return source_argument()(command)


paths_option = click.option(
    "--paths",
    "by_path",
    is_flag=True,
    help="Call inputs by their paths in the file, which --set and --vary take, not by plain names.",
)


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
    from bposim.analysis.streamed import summary_of as figures_of

    return figures_of(result)


def known_alternative(result: AnyResult, name: str) -> str:
    """Return the name; raise BadParameter where the run has no such alternative."""
    if name not in result.names:
        raise click.BadParameter(
            f"{name} is not one of {', '.join(result.names)}", param_hint="--alternative"
        )
    return name
