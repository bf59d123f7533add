"""``bposim exit``: what the right to leave a contract is worth, and the right to stop after a pilot."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

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
from bposim.cli.terminal import complain, say, show, warn, write
from bposim.cli.waiting import waiting
from bposim.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bposim.inputs.money import Money
    from bposim.report.pictures.files import Picture
    from bposim.scenario import Scenario
    from bposim.studies.exit_right import ExitStudy
    from bposim.studies.leaving import Terms

SCHEMA = "bposim.exit/1"


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
@source_argument()
@click.option(
    "--alternative",
    "names",
    multiple=True,
    metavar="NAME",
    shell_complete=alternatives,
    help="Which contracts; all if left out.",
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
@picture_option
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
    target: Path | None,
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
    from bposim.cli.exit_text import exit_content, pilot_content, sentences, tables
    from bposim.report.document import json_text
    from bposim.report.estimate import ERRORS
    from bposim.studies.exit_right import Rule, dates_of, exit_study
    from bposim.studies.leaving import Terms
    from bposim.studies.pilot import Plan, has_pilot, pilot_study
    from bposim.studies.variants import Run

    scenario, seed = scenario_again(source, overrides, without, seed)
    _check_names(scenario, names)
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
                with waiting(run, f"{name}: ") as told:
                    exits.append(exit_study(scenario, name, terms, rule, dates, told))
            if pilot or has_pilot(scenario, name):
                with waiting(run, f"{name}: ") as told:
                    pilots.append(pilot_study(scenario, name, plan, told))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if not exits and not pilots:
        raise click.UsageError("there is no contract to leave, and no pilot to stop after; see --alternative")
    origin = Simulated(scenario, seed, trials)
    save_pictures(target, [partial(_picture, study, origin) for study in exits])
    warn(_warnings(scenario, exits, terms))
    if form == "json":
        write(
            json_text(
                {
                    **heading(SCHEMA, scenario, seed),
                    "trials": trials,
                    "rule": {"excess": excess},
                    "exits": {study.alternative: exit_content(study) for study in exits},
                    "pilots": {study.alternative: pilot_content(study) for study in pilots},
                }
            )
        )
        return
    show(tables(exits, pilots, scenario, trials))
    say(ERRORS)
    for text in sentences(exits, pilots, rule, scenario):
        say(text)
    if scenario.changes:
        complain(f"Not the file as it is: {' '.join(scenario.changes)}")
    say(f"Next: bposim frontier {source} tells whether to split the work.")


def _picture(study: ExitStudy, origin: Simulated) -> Picture:
    from bposim.report.pictures.exit import Leaving
    from bposim.report.pictures.gallery import picture_of_exit

    dates, best = study.paths.dates, study.best
    right = Leaving(study.alternative, dates, best.option, study.by_rule.option, best.signs)
    return picture_of_exit(origin, right)


def _check_names(scenario: Scenario, names: tuple[str, ...]) -> None:
    for name in names:
        check_alternative(name, scenario.alternatives)


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
    """Yield what the contracts leave open, each time for all of them together."""
    silent: dict[str, None] = {}
    twice: dict[str, None] = {}
    for study in exits:
        for leg in scenario.alternatives[study.alternative].legs:
            if leg.vendor is None:
                continue
            if leg.vendor.termination is None and terms.notice is None and terms.fee_months is None:
                silent[study.alternative] = None
            if leg.transition and leg.transition.one_off.other is not None:
                twice[study.alternative] = None
    if silent:
        yield (
            f"{listed(list(silent))}: the contract says nothing about leaving, so it takes no notice "
            "and no fee; write its termination:, of which a run without exit: takes no notice, "
            "or give --notice and --fee-months"
        )
    if twice:
        yield (
            f"{listed(list(twice))}: leaving pays one_off.other again with the other one-offs; if it "
            "is a provision for an early end, that counts it twice: leave it out with --set"
        )
