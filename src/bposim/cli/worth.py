"""``bposim worth``: what each clause and each mitigation is worth, and what to negotiate first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from bposim.cli.again import scenario_again
from bposim.cli.completing import alternatives
from bposim.cli.source import source_argument
from bposim.cli.study import (
    Simulated,
    check_alternative,
    heading,
    numbers_of,
    picture_option,
    save_pictures,
    study_options,
)
from bposim.cli.terminal import say, show, write
from bposim.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bposim.analysis.worth import Worth
    from bposim.report.pictures.gallery import Picture
    from bposim.report.table import Table
    from bposim.scenario import Scenario
    from bposim.studies.variants import Run
    from bposim.studies.worth import Item, WorthStudy

SCHEMA = "bposim.worth/1"
CLEAR = 2.0
"""Standard errors from which on a worth is told from nothing."""
SHOWN_PAIRS = 10


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
    within a budget.
    """
    from bposim.quantities import read_number
    from bposim.report.document import json_text
    from bposim.report.estimate import ERRORS
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
    studies = [
        worth_of(scenario, name, run, limit, pairs_of_clauses=pairs)
        for name in names or (_best_but_baseline(scenario, run),)
    ]
    origin = Simulated(scenario, seed, trials)
    save_pictures(target, [partial(_picture, study, origin) for study in studies])
    if form == "json":
        content = {
            **heading(SCHEMA, scenario, seed),
            "trials": trials,
            "alternatives": {study.alternative: _content(study) for study in studies},
        }
        write(json_text(content))
        return
    for study in studies:
        show(_tables(study, scenario))
        say(" ".join(_sentences(study, scenario)))
    say(ERRORS)
    if scenario.changes:
        say(f"Not the file as it is: {' '.join(scenario.changes)}")
    say(f"Next: bposim exit {source} tells what the right to leave is worth.")


def _picture(study: WorthStudy, origin: Simulated) -> Picture:
    from bposim.report.pictures.gallery import picture_of_worth
    from bposim.report.pictures.worth import Priced, PriceList

    rows = [
        Priced(_own(item.short, study), item.meaning, item.worth, item.kind == "clause", item.taken)
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


def _tables(study: WorthStudy, scenario: Scenario) -> Iterator[Table]:
    from bposim.report.numbers import amount, percent
    from bposim.report.table import NOTHING, Table, plus_minus, printable

    clauses = [item for item in study.items if item.kind == "clause"]
    unit = scenario.base_currency
    missed = "P(miss)" if scenario.preferences.promised_saving else "P(no\nsaving)"
    if clauses:
        rows = []
        for item in clauses:
            found = item.worth
            share = found.adjusted.value / study.fees if study.fees else None
            rows.append(
                (
                    printable(_own(item.short, study)),
                    plus_minus(found.mean),
                    _tail(found),
                    plus_minus(found.adjusted),
                    _points(found),
                    NOTHING if share is None else percent(share, 1, plus=True),
                    amount(found.adjusted.value / study.annuity, plus=True),
                )
            )
        yield Table(
            f"Price list of {printable(study.alternative)}: what each clause is worth to us, {unit}, "
            f"{study.trials:,} trials",
            ("clause", "mean", "dearest\n5%", "risk-adj.", missed, "of\nfees", "a year"),
            tuple(rows),
        )
    measures = [item for item in study.items if item.kind == "mitigation"]
    if measures:
        rows = [
            (
                printable(item.name),
                "yes" if item.taken else "no",
                amount(item.worth.cost),
                plus_minus(item.worth.mean),
                _tail(item.worth),
                plus_minus(item.worth.adjusted),
                _points(item.worth),
            )
            for item in measures
        ]
        yield Table(
            f"Mitigations of {printable(study.alternative)}: worth less cost, {unit}",
            ("mitigation", "taken", "costs", "mean", "dearest\n5%", "risk-adj.", missed),
            tuple(rows),
            left=2,
        )
    if study.interactions:
        yield _pairs(study, unit)


def _pairs(study: WorthStudy, unit: str) -> Table:
    from bposim.report.table import Table, plus_minus, printable

    largest = sorted(study.interactions.items(), key=lambda pair: -abs(pair[1].value))[:SHOWN_PAIRS]
    rows = [
        (printable(_own(one, study)), printable(_own(other, study)), plus_minus(found), _sense(found))
        for (one, other), found in largest
    ]
    title = f"Both together beyond the sum of each, mean, {unit}"
    return Table(title, ("one", "other", "worth", ""), tuple(rows), left=2)


def _own(short: str, study: WorthStudy) -> str:
    return short.removeprefix(f"{study.alternative}.")


def _tail(found: Worth) -> str:
    from bposim.report.table import NOTHING, plus_minus

    return NOTHING if found.shortfall.se is None else plus_minus(found.shortfall)


def _points(found: Worth) -> str:
    """Return the change of the probability of a miss in percentage points; a fall is good and has a minus."""
    value = -100 * found.miss.value
    return f"{value:+.1f} pts" if abs(value) >= 0.05 else "0"  # noqa: PLR2004 - rounds to 0.1


def _sense(found: Any) -> str:  # noqa: ANN401 - an Estimate
    if not found.se or abs(found.value) <= CLEAR * found.se:
        return "none to be seen"
    return "they replace each other" if found.value < 0 else "they help each other"


def _sentences(study: WorthStudy, scenario: Scenario) -> Iterator[str]:
    from bposim.report.numbers import money, percent
    from bposim.report.table import printable

    unit = scenario.base_currency
    clauses = [item for item in study.items if item.kind == "clause"]
    good, bad = ([item for item in clauses if _clear(item) and _side(item) == side] for side in (1, -1))
    if not clauses:
        yield f"{printable(study.alternative)} has no clause that could be left out."
    for item, opening in ((good[0] if good else None, "keep"), (bad[-1] if bad else None, "strike")):
        if item is None:
            continue
        worth_of = item.worth.adjusted
        text = money(abs(worth_of.value), unit, worth_of.se)
        share = abs(worth_of.value) / study.fees if study.fees else None
        part = f", {percent(share, 1)} of the fees" if share is not None else ""
        name = printable(_own(item.short, study))
        if opening == "keep":
            yield (
                f"Hold on to {name} ({item.meaning}): without it the risk-adjusted cost is {text} higher"
                f"{part}, so it should not be given up for a smaller discount."
            )
        else:
            yield (
                f"Negotiate {name} first ({item.meaning}): to have it struck out is worth up to {text}{part}."
            )
    small = [printable(_own(item.short, study)) for item in clauses if not _clear(item)]
    if small:
        yield f"No effect that this run can tell from nothing: {listed(small)}."
    if study.together is not None:
        apart = sum(item.worth.mean.value for item in clauses)
        yield (
            f"All clauses at once are worth {money(study.together.mean.value, unit, study.together.mean.se)} "
            f"on average; added up one by one they would be {money(apart, unit, study.together.mean.se)}."
        )
    for name, why in study.refused:
        yield f"Not in the list: {printable(_own(name, study))}, {why.rstrip('.')}."
    yield from _best_set(study, unit)


def _best_set(study: WorthStudy, unit: str) -> Iterator[str]:
    from bposim.report.numbers import money
    from bposim.report.table import printable

    found, chosen = study.selection, study.chosen
    if found is None or chosen is None:
        return
    within = f" within {money(study.budget, unit)}" if study.budget is not None else ""
    if not found.chosen:
        yield f"No mitigation is worth its cost{within}."
    else:
        names = listed([printable(name) for name in found.chosen])
        yield (
            f"The best set of mitigations{within} is {names}: it costs {money(chosen.cost, unit)} and leaves "
            f"{money(chosen.adjusted.value, unit, chosen.adjusted.se)} of risk-adjusted worth."
        )
    if found.exact:
        yield "Every set was compared."
    else:
        yield (
            "There are too many to compare every set: this one grew by the best worth for its cost and was "
            f"improved by exchanges; no set is worth more than {money(found.bound, unit)} unless three "
            "of them act together."
        )


def _clear(item: Item) -> bool:
    found = item.worth.adjusted
    return not found.se or abs(found.value) > CLEAR * found.se


def _side(item: Item) -> int:
    return 1 if item.worth.adjusted.value > 0 else -1


def _content(study: WorthStudy) -> dict[str, Any]:
    from bposim.report.document import finite

    selection = study.selection
    return {
        "fees": finite(study.fees),
        "annuity": finite(study.annuity),
        "items": [
            {
                "name": item.name,
                "short": item.short,
                "meaning": item.meaning,
                "kind": item.kind,
                "taken": item.taken,
                **_worth_content(item.worth),
                "share_of_fees": finite(item.worth.adjusted.value / study.fees) if study.fees else None,
                "per_year": finite(item.worth.adjusted.value / study.annuity),
            }
            for item in study.items
        ],
        "not_valued": [{"name": name, "reason": why} for name, why in study.refused],
        "all_clauses": _worth_content(study.together) if study.together else None,
        "interactions": [
            {"pair": list(pair), **numbers_of(found)} for pair, found in study.interactions.items()
        ],
        "best_set": None
        if selection is None
        else {
            "budget": study.budget,
            "mitigations": list(selection.chosen),
            "exact": selection.exact,
            "bound": finite(selection.bound),
            "runner_up": list(selection.runner_up) if selection.runner_up is not None else None,
            "groups": [list(group) for group in selection.groups],
            "against_none": _worth_content(study.chosen) if study.chosen else None,
        },
    }


def _worth_content(found: Worth) -> dict[str, Any]:
    return {
        "mean": numbers_of(found.mean),
        "es95": numbers_of(found.shortfall),
        "risk_adjusted_value": numbers_of(found.adjusted),
        "probability_of_miss": numbers_of(found.miss),
        "cost": found.cost,
    }
