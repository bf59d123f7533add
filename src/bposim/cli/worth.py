"""``bposim worth``: what each clause and each mitigation is worth, and what to negotiate first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from bposim.cli.again import scenario_again
from bposim.cli.completing import alternatives
from bposim.cli.source import source_argument
from bposim.cli.study import (
    Simulated,
    check_alternative,
    heading,
    picture_option,
    save_pictures,
    study_options,
)
from bposim.cli.terminal import complain, say, show, write
from bposim.cli.waiting import waiting
from bposim.cli.worth_text import own_name, worth_content, worth_sentences, worth_tables

if TYPE_CHECKING:
    from pathlib import Path

    from bposim.report.pictures.files import Picture
    from bposim.scenario import Scenario
    from bposim.studies.variants import Run
    from bposim.studies.worth import WorthStudy


@click.command()
@source_argument()
@click.option(
    "--alternative",
    "names",
    multiple=True,
    metavar="NAME",
    shell_complete=alternatives,
    help="Whose contract; the best but the baseline if left out; can be given several times.",
)
@click.option(
    "--budget",
    metavar="AMOUNT",
    help="What the mitigations may cost, as a present value in base currency, e.g. 500k.",
)
@click.option("--pairs", is_flag=True, help="Value each pair of clauses too; takes a run for each.")
@picture_option
@study_options
def worth(  # noqa: PLR0913, PLR0917 - one argument an option
    source: str,
    names: tuple[str, ...],
    budget: str | None,
    pairs: bool,  # noqa: FBT001 - a flag is a flag
    target: Path | None,
    trials: int,
    seed: int,
    threads: int,
    overrides: dict[str, str],
    without: tuple[str, ...],
    form: str,
) -> None:
    """Say what each clause and mitigation of the scenario in SOURCE is worth, in the same futures.

    SOURCE is a scenario file, or the folder of a run. A clause or mitigation is taken out, and what the
    alternative then costs more is its worth: on average, in the dearest 5% of futures, and at the
    risk-adjusted value. From it follow a price list for the negotiation and the best set of mitigations
    within a budget. `bposim worth DIR -o DIR` keeps the study beside the run, whose report then shows it.
    """
    from bposim.quantities import read_number
    from bposim.report.document import json_text
    from bposim.report.estimate import ERRORS
    from bposim.report.stored_worth import FILE, SCHEMA
    from bposim.storage import write_whole
    from bposim.studies.variants import Run
    from bposim.studies.worth import worth_of

    scenario, seed = scenario_again(source, overrides, without, seed)
    for name in names:
        check_alternative(name, scenario.alternatives)
    try:
        limit = read_number(budget) if budget is not None else None
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--budget") from None
    run = Run(trials, seed, threads)
    studies = []
    for name in names or (_best_but_baseline(scenario, run),):
        with waiting(run, f"{name}: ") as told:
            studies.append(worth_of(scenario, name, told, limit, pairs_of_clauses=pairs))
    origin = Simulated(scenario, seed, trials)
    save_pictures(target, [partial(_picture, study, origin) for study in studies])
    content = {
        **heading(SCHEMA, scenario, seed),
        "trials": trials,
        "alternatives": {study.alternative: worth_content(study) for study in studies},
    }
    if target is not None and target.is_dir():
        write_whole(target / FILE, [json_text(content)])
        complain(f"{FILE}: in {target}; the report of a run finds it there.")
    if form == "json":
        write(json_text(content))
        return
    for study in studies:
        show(worth_tables(study, scenario))
        say(" ".join(worth_sentences(study, scenario)))
    say(ERRORS)
    if scenario.changes:
        say(f"Not the file as it is: {' '.join(scenario.changes)}")
    say(f"Next: bposim exit {source} tells what the right to leave is worth.")


def _picture(study: WorthStudy, origin: Simulated) -> Picture:
    from bposim.report.pictures.gallery import picture_of_worth
    from bposim.report.pictures.worth import Priced, PriceList

    rows = [
        Priced(own_name(item.short, study), item.meaning, item.worth, item.kind == "clause", item.taken)
        for item in study.items
    ]
    return picture_of_worth(origin, PriceList(study.alternative, tuple(rows), study.fees))


def _best_but_baseline(scenario: Scenario, run: Run) -> str:
    from bposim.analysis.comparison import ranking
    from bposim.analysis.statistic import risk_measure
    from bposim.studies.variants import valued

    costs = valued(scenario, run).costs
    order = [place.name for place in ranking(costs, risk_measure(scenario, costs))]
    return next((name for name in order if name != scenario.baseline), scenario.baseline)
