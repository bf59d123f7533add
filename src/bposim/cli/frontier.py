"""``bposim frontier``: how the work could be split over legs, and what a second vendor is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from bposim.cli.again import scenario_again
from bposim.cli.exit import as_money, known_currency
from bposim.cli.source import source_argument
from bposim.cli.study import (
    check_alternative,
    heading,
    numbers_of,
    picture_option,
    save_pictures,
    study_options,
)
from bposim.cli.terminal import complain, say, show, write
from bposim.cli.waiting import waiting
from bposim.report.numbers import CLEAR
from bposim.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from bposim.analysis.measures import Estimate
    from bposim.inputs.money import Money
    from bposim.report.pictures.files import Picture
    from bposim.report.table import Table
    from bposim.scenario import Scenario
    from bposim.studies.blends import BlendStudy

SCHEMA = "bposim.frontier/1"


@click.command()
@source_argument()
@click.option(
    "--leg",
    "names",
    multiple=True,
    metavar="NAME",
    help="Alternative of one leg to split the work over; all of them if left out; give two or more.",
)
@click.option(
    "--steps",
    type=click.IntRange(2, 50),
    help="Equal steps of a share: 4 are quarters. As fine as 66 splits allow if left out.",
)
@click.option("--once", metavar="AMOUNT", callback=as_money, help="What setting up a split costs.")
@click.option(
    "--per-year",
    metavar="AMOUNT",
    callback=as_money,
    help="What running a split costs a year beside its legs; as an alternative of several legs has it.",
)
@picture_option
@study_options
def frontier(  # noqa: PLR0913, PLR0917 - one argument an option
    source: str,
    names: tuple[str, ...],
    steps: int | None,
    once: Money | None,
    per_year: Money | None,
    target: Path | None,
    trials: int,
    seed: int,
    threads: int,
    overrides: dict[str, str],
    without: tuple[str, ...],
    form: str,
) -> None:
    """Say how the work is best split over teams and vendors, and what a second vendor is worth.

    SOURCE is a scenario file, or the folder of a run. Each split is simulated in the same futures: mean
    saving against the mean cost of the dearest 5% of futures, which splits are efficient, and the best by
    risk-adjusted value.
    """
    from bposim.report.document import json_text
    from bposim.report.estimate import ERRORS
    from bposim.studies.blends import Coordination, blend_study, legs_of
    from bposim.studies.variants import Run

    scenario, seed = scenario_again(source, overrides, without, seed)
    for name in names:
        check_alternative(name, scenario.alternatives, "--leg")
    known_currency(scenario, {"--once": once, "--per-year": per_year})
    stated = Coordination(once, per_year) if once or per_year else None
    try:
        with waiting(Run(trials, seed, threads)) as run:
            study = blend_study(scenario, legs_of(scenario, names), run, steps, stated)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    save_pictures(target, [lambda: _picture(study, scenario, seed, trials)])
    if form == "json":
        write(json_text(_content(study, scenario, seed, trials)))
        return
    show(_tables(study, scenario, trials))
    say(ERRORS)
    say(" ".join(_sentences(study, scenario)))
    if scenario.changes:
        complain(f"Not the file as it is: {' '.join(scenario.changes)}")
    say("Next: write the split that you want as an alternative of several legs, and run it with the others.")


def _picture(study: BlendStudy, scenario: Scenario, seed: int, trials: int) -> Picture:
    from bposim.report.pictures.frontier import SimulatedSplits
    from bposim.report.pictures.gallery import picture_of_splits

    paid = _coordination(study, scenario).rstrip(".")
    splits = SimulatedSplits(scenario, seed, trials, study.frontier, study.step, paid[:1].lower() + paid[1:])
    return picture_of_splits(splits)


def _coordination(study: BlendStudy, scenario: Scenario) -> str:
    """Return what a split pays beside its legs, as a sentence."""
    from bposim.report.table import titled

    if study.coordination:
        return f"Splits pay the coordination of {titled(scenario, study.coordination)}."
    return "Splits pay no coordination but what --once and --per-year say."


def _tables(study: BlendStudy, scenario: Scenario, trials: int) -> Iterator[Table]:
    from bposim.report.numbers import Scale, percent
    from bposim.report.table import NOTHING, Table, plus_minus, titled

    found = study.frontier
    shown = {id(blend): blend for blend in (*found.efficient, *found.blends) if _is_told(study, blend)}
    scale = Scale.of(max(blend.shortfall for blend in found.blends))
    scale = Scale(scale.divisor, scale.suffix, max(scale.decimals, 1))
    base = scenario.baseline
    yield Table(
        f"Splits of the work: efficient ones and legs alone, {scenario.base_currency}, {trials:,} trials",
        (
            *(titled(scenario, leg) for leg in study.legs),
            "mean\nsaving",
            "dearest 5%\ncost",
            "risk-adj.\ncost",
            "",
        ),
        tuple(
            (
                *(percent(share) if share else NOTHING for share in blend.shares.values()),
                scale.text(blend.mean_saving),
                scale.text(blend.shortfall),
                scale.text(blend.risk_adjusted),
                ", ".join(
                    word
                    for word, holds in (
                        ("best", blend is found.best),
                        ("efficient", blend.efficient),
                        ("as today", blend.shares.get(base) == 1),
                    )
                    if holds
                ),
            )
            for blend in sorted(shown.values(), key=lambda blend: -blend.mean_saving)
        ),
        left=0,
    )
    if study.pairs:
        yield Table(
            f"A second vendor: half and half against the better one alone, {scenario.base_currency}",
            ("two vendors", "better\nalone", "mean\nsaving", "dearest 5%\nbetter by", "risk-adj.\nvalue"),
            tuple(
                (
                    listed([titled(scenario, leg) for leg in pair.legs]),
                    titled(scenario, pair.alone),
                    plus_minus(pair.mean),
                    plus_minus(pair.shortfall),
                    plus_minus(pair.adjusted),
                )
                for pair in study.pairs
            ),
            left=2,
        )


def _is_told(study: BlendStudy, blend: Any) -> bool:  # noqa: ANN401 - a Blend
    return blend.efficient or blend is study.frontier.best or max(blend.shares.values()) == 1


def _sentences(study: BlendStudy, scenario: Scenario) -> Iterator[str]:
    from bposim.report.numbers import money, percent
    from bposim.report.table import titled

    unit, found = scenario.base_currency, study.frontier
    single, worth = titled(scenario, found.best_single), found.worth_of_blending
    if max(found.best.shares.values()) == 1:
        yield f"Best by risk-adjusted value is no split: all of the work with {single}."
    else:
        yield (
            f"Best by risk-adjusted value is {_split(found.best.shares, scenario)}: "
            f"{money(worth.value, unit, worth.se)} better than all of it with {single}"
            + (
                f", which pays for up to {money(worth.value / study.annuity, unit)} a year of more oversight "
                "than is counted."
                if _clear(worth)
                else ", too close to call."
            )
        )
    if len(found.efficient) == 1:
        yield "No other split saves more or costs less in the dearest 5%: there is nothing to trade."
    else:
        steady = found.efficient[0]
        yield (
            f"The dearest 5% of futures cost least with {_split(steady.shares, scenario)}, which saves "
            f"{money(steady.mean_saving, unit)} on average."
        )
    for pair in study.pairs:
        names = listed([titled(scenario, leg) for leg in pair.legs])
        if abs(pair.adjusted.value) <= CLEAR * (pair.adjusted.se or 0.0):
            yield f"Half {names} is too close to {titled(scenario, pair.alone)} alone to call."
            continue
        better = pair.adjusted.value > 0
        yield (
            f"Two vendors, half {names}, are {money(abs(pair.adjusted.value), unit, pair.adjusted.se)} "
            f"{'better' if better else 'worse'} than {titled(scenario, pair.alone)} alone, counted with risk."
        )
    if study.bend.value and abs(study.bend.value) > CLEAR * (study.bend.se or 0.0):
        more = "more" if study.bend.value > 0 else "less"
        yield (
            "A split is not the sum of its parts: the best one costs "
            f"{money(abs(study.bend.value), unit, study.bend.se)} {more} than its legs' shares of the whole."
        )
    yield _coordination(study, scenario)
    yield f"Shares go in steps of {percent(study.step, 0)}; between them nothing was simulated."


def _clear(estimate: Estimate) -> bool:
    return estimate.value > CLEAR * (estimate.se or 0.0)


def _split(shares: Mapping[str, float], scenario: Scenario) -> str:
    from bposim.report.numbers import percent
    from bposim.report.table import titled

    return listed([f"{percent(share)} {titled(scenario, name)}" for name, share in shares.items() if share])


def _content(study: BlendStudy, scenario: Scenario, seed: int, trials: int) -> dict[str, Any]:
    from bposim.report.document import finite

    found = study.frontier
    return {
        **heading(SCHEMA, scenario, seed),
        "trials": trials,
        "baseline": scenario.baseline,
        "legs": list(study.legs),
        "step": study.step,
        "tail_level": scenario.preferences.tail_level,
        "splits": [
            {
                "shares": blend.shares,
                "mean_saving": finite(blend.mean_saving),
                "shortfall_of_cost": finite(blend.shortfall),
                "risk_adjusted_cost": finite(blend.risk_adjusted),
                "efficient": blend.efficient,
            }
            for blend in found.blends
        ],
        "best": {
            "shares": found.best.shares,
            "mean_saving": numbers_of(found.mean_saving),
            "shortfall_of_cost": numbers_of(found.shortfall),
        },
        "best_single": found.best_single,
        "worth_of_splitting": numbers_of(found.worth_of_blending),
        "diversification": numbers_of(found.diversification),
        "against_sum_of_legs": numbers_of(study.bend),
        "coordination_of": study.coordination or None,
        "annuity": finite(study.annuity),
        "second_vendor": [
            {
                "legs": list(pair.legs),
                "alone": pair.alone,
                "mean_saving": numbers_of(pair.mean),
                "shortfall_of_cost": numbers_of(pair.shortfall),
                "risk_adjusted_value": numbers_of(pair.adjusted),
            }
            for pair in study.pairs
        ],
    }
