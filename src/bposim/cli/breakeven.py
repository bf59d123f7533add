"""``bposim breakeven``: what would have to be true for another choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from bposim.cli.again import source_again
from bposim.cli.breakeven_text import RANKED_BY, Choice
from bposim.cli.breakeven_ways import Found, all_ways, one_way, two_ways
from bposim.cli.completing import alternatives, inputs
from bposim.cli.source import paths_option, result_of, source_options
from bposim.cli.study import check_alternative, heading, picture_option, save_pictures
from bposim.cli.terminal import say, show, write
from bposim.cli.waiting import waiting

if TYPE_CHECKING:
    from pathlib import Path

    from bposim.result import Result

SCHEMA = "bposim.breakeven/1"
RUN_TRIALS = 10_000
"""Futures of each run where runs are needed: the same in all of them."""
PATHS = 2


@click.command()
@click.option(
    "--vary",
    "paths",
    multiple=True,
    metavar="PATH[=LOW..HIGH]",
    shell_complete=inputs,
    help="The number to move, e.g. manila.price or discount_rate=4%..15%; two of them make a map.",
)
@click.option(
    "--statistic",
    "figure",
    metavar="NAME",
    help="saving.mean, saving.p5, saving.es95, probability_positive …; risk_adjusted_value, by which "
    "alternatives rank, if left out.",
)
@click.option(
    "--alternative",
    "name",
    metavar="NAME",
    shell_complete=alternatives,
    help="Whose figure; the recommended one if left out.",
)
@click.option(
    "--against",
    "against",
    metavar="NAME",
    shell_complete=alternatives,
    help="Compared with this one; with each other one if left out.",
)
@click.option(
    "--level",
    "level",
    metavar="NUMBER",
    help="Where it turns: 0 in money and 50% of a probability if left out.",
)
@click.option("--by-runs", is_flag=True, help="Simulate again where the stored sample would do.")
@paths_option
@picture_option
@source_options
def breakeven(  # noqa: PLR0913, PLR0917 - one argument an option
    source: str,
    paths: tuple[str, ...],
    figure: str | None,
    name: str | None,
    against: str | None,
    level: str | None,
    by_runs: bool,  # noqa: FBT001 - a flag is a flag
    by_path: bool,  # noqa: FBT001 - a flag is a flag
    target: Path | None,
    trials: int,
    seed: int,
    overrides: dict[str, str],
    without: tuple[str, ...],
    threads: int,
    form: str,
) -> None:
    """Find the value of an input at which the choice turns, in SOURCE: a stored run or a scenario.

    An uncertain input is read off the run's own futures, without simulating: among those in which it came
    out so. A fixed number takes runs on the same random numbers, and so does a figure that cannot be read
    off. Without --vary: which inputs turn the choice alone, and the most probable joint move that turns the
    mean saving.
    """
    from bposim.errors import RunError, ScenarioError
    from bposim.report.document import json_text
    from bposim.report.estimate import ERRORS
    from bposim.result import StreamedResult
    from bposim.studies.variants import Run

    if len(paths) > PATHS:
        raise click.UsageError("a map has two numbers; give --vary once or twice")
    if target is not None and len(paths) < PATHS:
        message = "the picture is a map: give --vary twice, or draw bposim plot --kind break-even"
        raise click.UsageError(message)
    result = result_of(source, trials, seed, overrides, without, threads)
    kept = result.first if isinstance(result, StreamedResult) else result
    choice = _choice(kept, figure, level, name, against)._replace(by_path=by_path)
    try:
        if paths:
            origin, _ = source_again(source, overrides, without, seed)
            way = two_ways if len(paths) == PATHS else one_way
            with waiting(Run(min(kept.trials, RUN_TRIALS), kept.seed, threads)) as run:
                content = way(choice, origin, paths, run, by_runs=by_runs)
        else:
            content = all_ways(choice)
    except (RunError, ScenarioError):
        raise
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if content.picture is not None:
        save_pictures(target, [content.picture])
    if form == "json":
        write(json_text(_document(choice, content)))
        return
    show(content.tables)
    say(ERRORS)
    say(" ".join([*content.sentences, choice.caution]).rstrip())
    say(f"Next: bposim worth {source} tells what to negotiate first.")


def _choice(
    result: Result, figure: str | None, level: str | None, name: str | None, against: str | None
) -> Choice:
    from dataclasses import replace

    from bposim.analysis.statistic import risk_measure, statistic
    from bposim.quantities import read_number
    from bposim.studies.breakeven import recommended

    check_alternative(name, result.costs)
    check_alternative(against, result.costs, "--against")
    measure = risk_measure(result.scenario, result.costs)
    order = recommended(result.costs, measure)
    own = name or next(each for each in order if each != against)
    others = [against] if against else [each for each in order if each != own]
    if own == against:
        raise click.BadParameter(f"{own} is compared with itself", param_hint="--against")
    if not others:
        raise click.UsageError("there is one alternative only, so nothing to choose")
    caution = ""
    try:
        found = statistic(figure or RANKED_BY, result.scenario.preferences, measure)
        if figure is None and found(result.costs[others[0]], result.costs[own]).se is None:
            found = statistic("saving.mean", result.scenario.preferences, measure)
            caution = (
                f"Alternatives rank by risk-adjusted value, for which {result.trials:,} futures are too few: "
                "this is the mean saving."
            )
        if level is not None:
            found = replace(found, level=read_number(level))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    return Choice(result, found, own, others, caution)


def _document(choice: Choice, found: Found) -> dict[str, Any]:
    scenario = choice.result.scenario
    return {
        **heading(SCHEMA, scenario, choice.result.seed),
        "statistic": choice.statistic.name,
        "level": choice.statistic.level,
        "alternative": choice.alternative,
        **found.plain,
    }
