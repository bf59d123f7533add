"""``bposim exit``: what the right to leave a contract is worth, and the right to stop after a pilot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import rich_click as click

from bposim.cli.study import check_alternative, figure_text, listed, numbers_of, study_options
from bposim.cli.terminal import complain, say, show, warn, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bposim.analysis.measures import Estimate
    from bposim.inputs.money import Money
    from bposim.report.table import Table
    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray
    from bposim.studies.exit_right import ExitStudy, Rule, Saving
    from bposim.studies.leaving import Terms
    from bposim.studies.pilot import PilotStudy

SCHEMA = "bposim.exit/1"

CLEAR = 2.0
"""Standard errors from which on a worth is told from nothing."""


SELDOM = 0.01
"""A right that is used less often has no table of its dates: they would be noise."""


def _read(reader: Callable[[str], Any]) -> Callable[[click.Context, click.Parameter, str | None], Any]:
    """Return a callback that reads an option as a scenario file reads such a value."""

    def read(ctx: click.Context, param: click.Parameter, value: str | None) -> Any:  # noqa: ANN401
        if value is None:
            return None
        try:
            return reader(value)
        except ValueError as error:
            raise click.BadParameter(str(error), ctx=ctx, param=param) from None

    return read


def _number(text: str) -> float:
    from bposim.quantities import read_number

    return read_number(text)


def _months(text: str) -> float:
    from bposim.quantities import read_months

    return read_months(text)


def _fees(text: str) -> tuple[float, ...]:
    return tuple(map(_number, text.split(",")))


def _share(text: str) -> float:
    value = _number(text)
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{text} is no share; write 0% to 100%")
    return value


def _amount(text: str) -> Money:
    """Return an amount of money; raises ValueError."""
    from bposim.inputs.money import Money
    from bposim.quantities import read_money

    amount, currency = read_money(text)
    return Money.model_construct(amount=amount, currency=currency)


as_money = _read(_amount)
"""Callback of an option that is an amount of money."""


def _pilot(text: str) -> tuple[float, float]:
    share, colon, months = text.partition(":")
    if not colon:
        raise ValueError(f"{text} is no pilot; write its share and its months, e.g. 10%:3")
    return _share(share), _months(months)


@click.command("exit")
@click.argument("source")
@click.option(
    "--alternative", "names", multiple=True, metavar="NAME", help="Which contracts; all if left out."
)
@click.option("--to", metavar="NAME", help="Who takes over: in-house, or another alternative (a re-tender).")
@click.option("--notice", metavar="MONTHS", callback=_read(_months), help="In place of the contract's own.")
@click.option(
    "--fee-months",
    metavar="LIST",
    callback=_read(_fees),
    help="Fee for leaving, in months of the contract's fee, by contract year: 6,4,2.",
)
@click.option("--cost", metavar="AMOUNT", callback=as_money, help="What leaving costs beside: systems, data.")
@click.option("--rehiring", metavar="AMOUNT", callback=as_money, help="For each FTE that returns.")
@click.option("--recovery", metavar="MONTHS", callback=_read(_months), help="Months in which nobody works.")
@click.option(
    "--rule",
    "excess",
    default="10%",
    show_default=True,
    callback=_read(_number),
    help="Leave when the last 12 months cost so much more than who takes over would have.",
)
@click.option("--from", "first", default=12, show_default=True, help="First month at whose end to decide.")
@click.option("--every", default=3, show_default=True, help="Months between the decisions.")
@click.option(
    "--pilot", metavar="SHARE:MONTHS", callback=_read(_pilot), help="A pilot in place of the file's: 10%:3."
)
@click.option(
    "--reveals", multiple=True, metavar="INPUT", help="Uncertain input that a pilot shows; several times."
)
@click.option(
    "--accuracy",
    default="100%",
    show_default=True,
    callback=_read(_share),
    help="Correlation of what a pilot shows with the truth.",
)
@click.option("--stop-cost", metavar="AMOUNT", callback=as_money, help="Of stopping after a pilot.")
@study_options
def exit_(  # noqa: PLR0913, PLR0917 - one argument an option
    source: str,
    names: tuple[str, ...],
    to: str | None,
    notice: float | None,
    fee_months: tuple[float, ...] | None,
    cost: Money | None,
    rehiring: Money | None,
    recovery: float | None,
    excess: float,
    first: int,
    every: int,
    pilot: tuple[float, float] | None,
    reveals: tuple[str, ...],
    accuracy: float,
    stop_cost: Money | None,
    trials: int,
    seed: int,
    threads: int,
    overrides: dict[str, str],
    without: tuple[str, ...],
    form: str,
) -> None:
    """Say what the right to leave each contract is worth, and the right to stop after its pilot.

    SOURCE is a scenario file, or the folder of a run. Leaving is simulated in the same futures at each date:
    the fee, the notice, the transition's one-offs again, rehiring, and the work at home or with another.
    It is used by the stated rule, and as well as what is known at each date allows.
    """
    from bposim.cli.again import scenario_again
    from bposim.report.document import json_text
    from bposim.studies.exit_right import Rule, dates_of, exit_study
    from bposim.studies.leaving import Terms
    from bposim.studies.pilot import Plan, has_pilot, pilot_study
    from bposim.studies.variants import Run

    scenario, seed = scenario_again(source, overrides, without, seed)
    for name in names:
        check_alternative(name, scenario.alternatives)
    known_currency(scenario, {"--cost": cost, "--rehiring": rehiring, "--stop-cost": stop_cost})
    terms = Terms(to, notice, fee_months, cost, rehiring, recovery)
    share, length = pilot or (None, None)
    plan = Plan(share, length, reveals, accuracy, stop_cost)
    rule, run = Rule(excess), Run(trials, seed, threads)
    exits, pilots = [], []
    try:
        for name in names or _contracts(scenario, to):
            if any(leg.vendor for leg in scenario.alternatives[name].legs):
                dates = dates_of(scenario, name, terms, first, every)
                exits.append(exit_study(scenario, name, terms, rule, dates, run))
            if pilot or has_pilot(scenario, name):
                pilots.append(pilot_study(scenario, name, plan, run))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if not exits and not pilots:
        raise click.UsageError("there is no contract to leave, and no pilot to stop after; see --alternative")
    warn(dict.fromkeys(_warnings(scenario, exits, terms)))
    if form == "json":
        write(
            json_text(
                {
                    "schema": SCHEMA,
                    "scenario": {"title": scenario.title, "sha256": scenario.sha256},
                    "currency": scenario.base_currency,
                    "seed": seed,
                    "trials": trials,
                    "rule": {"excess": excess},
                    "exits": {study.alternative: _exit_content(study) for study in exits},
                    "pilots": {study.alternative: _pilot_content(study) for study in pilots},
                }
            )
        )
        return
    show(_tables(exits, pilots, scenario.base_currency, trials))
    for text in _sentences(exits, pilots, rule, scenario.base_currency):
        say(text)
    if scenario.changes:
        complain(f"Not the file as it is: {' '.join(scenario.changes)}")


def _contracts(scenario: Scenario, to: str | None) -> list[str]:
    """Return the alternatives that may be left: but for the baseline, and who would take over."""
    return [name for name in scenario.alternatives if name not in {scenario.baseline, to}]


def known_currency(scenario: Scenario, amounts: dict[str, Money | None]) -> None:
    """Raise BadParameter for an amount, by its option, that the scenario cannot convert."""
    known = {None, scenario.base_currency, *scenario.world.fx}
    for option, amount in amounts.items():
        if amount is not None and amount.currency not in known:
            raise click.BadParameter(f"the scenario has no rate of {amount.currency}", param_hint=option)


def _warnings(scenario: Scenario, exits: list[ExitStudy], terms: Terms) -> Iterator[str]:
    for study in exits:
        for leg in scenario.alternatives[study.alternative].legs:
            if leg.vendor is None:
                continue
            if leg.vendor.termination is None and terms.notice is None and terms.fee_months is None:
                yield (
                    f"{study.alternative}: the contract says nothing about leaving, so it takes no notice "
                    "and no fee; write its termination:, or give --notice and --fee-months"
                )
            move = leg.transition
            if move and move.one_off.other is not None:
                yield (
                    f"{study.alternative}: leaving pays one_off.other again with the other one-offs; if it "
                    "is a provision for an early end, that counts it twice: leave it out with --set"
                )


def _tables(exits: list[ExitStudy], pilots: list[PilotStudy], unit: str, trials: int) -> Iterator[Table]:
    from bposim.report.numbers import amount, percent, probability
    from bposim.report.table import NOTHING, Table, plus_minus, printable

    if exits:
        yield Table(
            f"The right to leave, present value, {unit}, {trials:,} trials",
            (
                "left for",
                "saving\nwithout",
                "worth\nby rule",
                "used",
                "worth\nat best",
                "used",
                "with\nforesight",
            ),
            tuple(
                (
                    f"{printable(study.alternative)} - {printable(listed(list(study.to)))}",
                    amount(study.without.mean.value, study.without.mean.se),
                    plus_minus(study.by_rule.option.value),
                    probability(study.by_rule.option.probability.value, trials),
                    plus_minus(study.best.option.value),
                    probability(study.best.option.probability.value, trials),
                    amount(study.hindsight.value, study.hindsight.se),
                )
                for study in exits
            ),
        )
    for study in exits:
        if study.best.option.probability.value < SELDOM:
            continue
        fees = _one_offs(study)
        yield Table(
            f"{printable(study.alternative)}: when one leaves, and what that costs on average",
            (
                "decided\nin month",
                "used\nby rule",
                "used\nat best",
                "sign:\nlast year",
                "fee, move,\nrehiring",
            ),
            tuple(
                (
                    str(date),
                    percent(study.by_rule.option.by_date[row], 1) if date >= study.rule_from else NOTHING,
                    percent(study.best.option.by_date[row], 1),
                    NOTHING if (sign := study.best.signs[row]) is None else f"{percent(sign, 0, plus=True)}",
                    amount(fees[row]),
                )
                for row, date in enumerate(study.paths.dates)
            ),
        )
    if pilots:
        yield Table(
            f"Pilot first, present value, {unit}, {trials:,} trials",
            (
                "pilot of",
                "saving\nat once",
                "pilot,\nthen all",
                "pilot,\nthen choose",
                "right to\nstop",
                "used",
                "pilot's\ndelay",
                "worth of\npilot",
            ),
            tuple(
                (
                    printable(study.alternative),
                    amount(study.at_once.mean.value, study.at_once.mean.se),
                    amount(study.through.mean.value, study.through.mean.se),
                    amount(study.staged.mean.value, study.staged.mean.se),
                    figure_text(study.stop),
                    probability(study.stops.value, trials),
                    amount(study.delay.value, study.delay.se),
                    amount(study.worth.value, study.worth.se),
                )
                for study in pilots
            ),
        )


def _clear(estimate: Estimate) -> bool:
    return estimate.value > CLEAR * (estimate.se or 0.0)


def _one_offs(study: ExitStudy) -> FloatArray:
    changes = study.paths.changes
    nothing = np.zeros(len(study.paths.dates))
    return nothing + changes.get("termination", nothing) + changes.get("retransition", nothing)


def _sentences(exits: list[ExitStudy], pilots: list[PilotStudy], rule: Rule, unit: str) -> Iterator[str]:
    from bposim.report.numbers import money, of_futures, percent
    from bposim.report.table import printable

    for study in exits:
        value, name = study.best.option.value, printable(study.alternative)
        trials = study.best.option.gain.size
        if not _clear(value):
            bound = study.hindsight
            yield (
                f"{name}: the right to leave is worth nothing that these trials can tell from 0. Even with "
                f"foresight it would bring {money(bound.value, unit, bound.se)}: do not pay for it on these terms."
            )
            continue
        stated = study.by_rule.option.value
        successor = printable(study.to[0]) if len(study.to) == 1 else "the work as today"
        yield (
            f"{name}: the right to leave is worth {money(value.value, unit, value.se)}, used as well as one "
            f"can, in {of_futures(study.best.option.probability.value, trials)}; that is the most to pay for "
            f"it, in price or in fee. By the rule, leaving when the last 12 months cost "
            f"{percent(rule.excess)} more than {successor} would have, it brings "
            f"{money(stated.value, unit, stated.se)}"
            + (": that rule leaves where it should stay." if stated.value < 0 else ".")
        )
        with_right, without = study.best.saving.p5, study.without.p5
        if with_right.value - without.value > CLEAR * (without.se or 0.0):
            yield (
                f"{name}: the saving that 95% of futures exceed goes from "
                f"{money(without.value, unit, without.se)} to {money(with_right.value, unit, with_right.se)}."
            )
        adjusted = study.best.adjusted
        if adjusted.se is not None and _clear(adjusted):
            yield (
                f"{name}: counted with risk the right is worth {money(adjusted.value, unit, adjusted.se)}, "
                "since it is used where costs run high."
            )
    for pilot in pilots:
        name = printable(pilot.alternative)
        shown = listed([printable(short.removeprefix(f"{pilot.alternative}.")) for short in pilot.reveals])
        how = (
            "exactly" if pilot.accuracy >= 1.0 else f"with a correlation of {pilot.accuracy:.2f} to the truth"
        )
        if not _clear(pilot.stop):
            yield (
                f"{name}: a pilot that shows {shown} {how} would not change the decision to go on; with "
                f"foresight of everything, stopping would bring "
                f"{money(pilot.hindsight.value, unit, pilot.hindsight.se)}."
            )
        else:
            yield (
                f"{name}: a pilot that shows {shown} {how} leads to a stop in "
                f"{of_futures(pilot.stops.value, pilot.trials)}, which is worth "
                f"{money(pilot.stop.value, unit, pilot.stop.se)}."
            )
        verb = "gains" if pilot.worth.value > 0 else "loses"
        yield (
            f"{name}: against going at once the pilot {verb} "
            f"{money(abs(pilot.worth.value), unit, pilot.worth.se)}, its delay counted."
        )


def _saving(saving: Saving) -> dict[str, Any]:
    return {
        "mean": numbers_of(saving.mean),
        "p5": numbers_of(saving.p5),
        "es95": numbers_of(saving.worst),
        "probability_positive": numbers_of(saving.positive),
    }


def _exit_content(study: ExitStudy) -> dict[str, Any]:
    from bposim.report.document import finite

    def used(use: Any) -> dict[str, Any]:  # noqa: ANN401 - a Use
        return {
            "value": numbers_of(use.option.value),
            "risk_adjusted_value": numbers_of(use.adjusted),
            "probability": numbers_of(use.option.probability),
            "by_date": [finite(part) for part in use.option.by_date],
            "sign": [finite(sign) for sign in use.signs],
            "saving": _saving(use.saving),
        }

    return {
        "to": list(study.to),
        "dates": list(study.paths.dates),
        "rule_from": study.rule_from,
        "without": _saving(study.without),
        "by_rule": used(study.by_rule),
        "best": used(study.best),
        "foresight": numbers_of(study.hindsight),
        "known": ["excess", *study.paths.states],
        "change_by_category": {
            category: [finite(part) for part in change] for category, change in study.paths.changes.items()
        },
    }


def _pilot_content(study: PilotStudy) -> dict[str, Any]:
    return {
        "reveals": list(study.reveals),
        "accuracy": study.accuracy,
        "at_once": _saving(study.at_once),
        "pilot_then_all": _saving(study.through),
        "pilot_then_choose": _saving(study.staged),
        "right_to_stop": numbers_of(study.stop),
        "probability_of_stop": numbers_of(study.stops),
        "cost_of_delay": numbers_of(study.delay),
        "worth_of_pilot": numbers_of(study.worth),
        "foresight": numbers_of(study.hindsight),
    }
