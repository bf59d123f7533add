"""``bposim sweep``: the figures over a grid of values, every run on the same random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from bposim.cli.again import source_again
from bposim.cli.source import source_argument
from bposim.cli.study import CHOICE, check_alternative, figure_text, heading, numbers_of, study_options
from bposim.cli.terminal import say, show, write
from bposim.cli.waiting import waiting
from bposim.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.report.table import Table
    from bposim.studies.sweep import Point
    from bposim.studies.varied import Varied

SCHEMA = "bposim.sweep/1"


@click.command()
@source_argument("origin", "SOURCE")
@click.option(
    "--vary",
    "paths",
    multiple=True,
    metavar="PATH=LOW..HIGH:N",
    help="A number and where it goes, e.g. discount_rate=5%..12%:8; several make a grid.",
)
@click.option(
    "--statistic",
    "figures",
    multiple=True,
    metavar="NAME",
    help="saving.mean, saving.p5, risk_adjusted_value …; can be given several times.",
)
@click.option("--alternative", "names", multiple=True, metavar="NAME", help="Only these; all if left out.")
@click.option("--csv", "csv", is_flag=True, help="Write tidy CSV to stdout.")
@study_options
def sweep(  # noqa: PLR0913, PLR0917 - one argument an option
    origin: str,
    paths: tuple[str, ...],
    figures: tuple[str, ...],
    names: tuple[str, ...],
    csv: bool,  # noqa: FBT001 - a flag is a flag
    trials: int,
    seed: int,
    threads: int,
    overrides: dict[str, str],
    without: tuple[str, ...],
    form: str,
) -> None:
    """Simulate the scenario in SOURCE over a grid of values and tabulate the figures.

    SOURCE is a scenario file, or the folder of a run.
    An uncertain input is set to each value in every future, and nothing else moves; without a range it goes
    from its 1% to its 99% quantile. A fixed number goes from half to one and a half of itself.
    """
    from bposim.errors import ScenarioError
    from bposim.report.document import json_text
    from bposim.report.table import csv_text
    from bposim.studies.sweep import FIGURES
    from bposim.studies.sweep import sweep as swept
    from bposim.studies.variants import Run
    from bposim.studies.varied import varied

    if not paths:
        raise click.UsageError("say what moves, e.g. --vary discount_rate=5%..12%:8")
    source, seed = source_again(origin, overrides, without, seed)
    scenario = source.scenario
    for name in names:
        check_alternative(name, scenario.alternatives)
    asked = figures or FIGURES
    try:
        moved = [varied(source, path) for path in paths]
        with waiting(Run(trials, seed, threads)) as run:
            points = swept(source, moved, run, asked)
    except ScenarioError:
        raise  # it is a ValueError, too
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    shown = [name for name in scenario.alternatives if not names or name in names]
    if csv:
        head = (*(one.path for one in moved), "alternative", "statistic", "value", "se")
        rows = [
            (*point.at, name, figure, estimate.value, estimate.se)
            for point in points
            for name in shown
            for figure, estimate in point.figures[name].items()
        ]
        write(csv_text([head, *rows]))
    elif form == "json":
        write(
            json_text(
                {
                    **heading(SCHEMA, scenario, seed),
                    "trials": trials,
                    "vary": [{"path": one.path, "name": one.name, "now": one.now} for one in moved],
                    "points": [_content(point, shown) for point in points],
                }
            )
        )
    else:
        savers = [name for name in shown if name != scenario.baseline or len(shown) == 1]
        show([_table(figure, moved, points, savers, scenario.base_currency, trials) for figure in asked])
        say(_sentence(moved, points))


def _content(point: Point, shown: Sequence[str]) -> dict[str, Any]:
    return {
        "at": list(point.at),
        "best": point.best,
        "too_close": point.close,
        "alternatives": {
            name: {figure: numbers_of(estimate) for figure, estimate in point.figures[name].items()}
            for name in shown
        },
    }


def _table(  # noqa: PLR0913, PLR0917 - what is moved and what is shown
    figure: str,
    moved: Sequence[Varied],
    points: Sequence[Point],
    names: Sequence[str],
    currency: str,
    trials: int,
) -> Table:
    from bposim.report.table import Table, printable

    is_share = "probability" in figure
    rows = [
        (
            *(f"{value:.6g}" for value in point.at),
            *(figure_text(point.figures[name][figure], is_share=is_share) for name in names),
            printable(point.best) + (" (close)" if point.close else ""),
        )
        for point in points
    ]
    unit = "" if is_share else f", {currency}"
    title = f"{figure}{unit}, {trials:,} trials, the same futures in every row"
    columns = (*(one.path for one in moved), *map(printable, names), CHOICE)
    return Table(title, columns, tuple(rows), left=len(moved))


def _sentence(moved: Sequence[Varied], points: Sequence[Point]) -> str:
    best = list(dict.fromkeys(point.best for point in points))
    what = listed([one.path for one in moved])
    if len(best) == 1:
        return f"By risk-adjusted value {best[0]} ranks first at every value of {what}."
    where = [f"{name} in {sum(point.best == name for point in points)} of {len(points)}" for name in best]
    return (
        f"By risk-adjusted value the choice depends on {what}: {listed(where)}. `bposim breakeven` "
        "finds where it turns."
    )
