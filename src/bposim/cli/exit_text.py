"""What ``bposim exit`` says: tables, sentences, and plain values for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bposim.cli.study import figure_text, numbers_of
from bposim.report.numbers import CLEAR
from bposim.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.analysis.measures import Estimate
    from bposim.report.table import Table
    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray
    from bposim.studies.exit_right import ExitStudy, Rule, Saving, Use
    from bposim.studies.pilot import PilotStudy


SELDOM = 0.01
"""A right that is used less often has no table of its dates: they would be noise."""

PART = 0.1
"""Dates that have less than this part of the uses, by either way to use the right, are put together."""


def tables(
    exits: list[ExitStudy], pilots: list[PilotStudy], scenario: Scenario, trials: int
) -> Iterator[Table]:
    """Yield what the rights are worth, when they are used, and the pilots."""
    from bposim.report.numbers import amount, percent, probability
    from bposim.report.table import NOTHING, Table, plus_minus, titled

    unit = scenario.base_currency
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
                    _move(scenario, study),
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
        by_rule, best = study.by_rule.option.by_date, study.best.option.by_date
        told = _dates_told(study)
        others = [row for row in range(len(study.paths.dates)) if row not in told]
        yield Table(
            f"{titled(scenario, study.alternative)}: when one leaves, and what that costs on average",
            (
                "decided\nin month",
                "used\nby rule",
                "used\nat best",
                "sign:\nlast year",
                "fee, move,\nrehiring",
            ),
            (
                *(
                    (
                        str(study.paths.dates[row]),
                        percent(by_rule[row], 1) if study.paths.dates[row] >= study.rule_from else NOTHING,
                        percent(best[row], 1),
                        NOTHING if (sign := study.best.signs[row]) is None else percent(sign, 0, plus=True),
                        amount(fees[row]),
                    )
                    for row in told
                ),
                *(
                    [
                        (
                            f"{len(others)} others",
                            percent(sum(by_rule[row] for row in others), 1),
                            percent(sum(best[row] for row in others), 1),
                            NOTHING,
                            f"{amount(min(fees[others]))} to {amount(max(fees[others]))}",
                        )
                    ]
                    if others
                    else []
                ),
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
                    titled(scenario, study.alternative),
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


def _dates_told(study: ExitStudy) -> list[int]:
    """Return the dates by number at which much of the use falls; all where it is spread evenly, or few."""
    rows = list(range(len(study.paths.dates)))
    uses = (study.by_rule.option.by_date, study.best.option.by_date)
    told = [row for row in rows if any(use[row] >= PART * use.sum() > 0.0 for use in uses)]
    return told if told and len(told) < len(rows) - 1 else rows


def _clear(estimate: Estimate) -> bool:
    return estimate.value > CLEAR * (estimate.se or 0.0)


def _one_offs(study: ExitStudy) -> FloatArray:
    changes = study.paths.changes
    nothing = np.zeros(len(study.paths.dates))
    return nothing + changes.get("termination", nothing) + changes.get("retransition", nothing)


def _move(scenario: Scenario, study: ExitStudy) -> str:
    """Return which alternative is left for which, as people call them."""
    from bposim.report.table import titled

    return f"{titled(scenario, study.alternative)} - {listed([titled(scenario, name) for name in study.to])}"


def sentences(
    exits: list[ExitStudy], pilots: list[PilotStudy], rule: Rule, scenario: Scenario
) -> Iterator[str]:
    """Yield what follows from the studies, a paragraph each."""
    from bposim.inputs.names import short_name
    from bposim.plain_names import PlainNames
    from bposim.report.numbers import money, of_futures, percent
    from bposim.report.table import printable, titled

    unit, called = scenario.base_currency, PlainNames(scenario)
    paths = {short_name(path): path for path in scenario.uncertain.names}
    for study in exits:
        name = titled(scenario, study.alternative)
        use = next((use for use in (study.best, study.by_rule) if _clear(use.option.value)), None)
        if use is None:
            bound = study.hindsight
            yield (
                f"{name}: the right to leave is worth nothing that these trials can tell from 0. Even with "
                f"foresight it would bring {money(bound.value, unit, bound.se)}: do not pay for it."
            )
            continue
        value, stated = use.option.value, study.by_rule.option
        successor = titled(scenario, study.to[0]) if len(study.to) == 1 else "the work as today"
        used = of_futures(use.option.probability.value, use.option.gain.size)
        followed = f"leaving when the last 12 months cost {percent(rule.excess)} more than {successor}"
        worth = f"{name}: the right to leave is worth {money(value.value, unit, value.se)}"
        if use.option.gain is stated.gain:
            yield (
                f"{worth} by the rule, {followed} would have, in {used}: these trials teach no use that is "
                "clearly better. That is the most to pay for it, in price or in fee."
            )
        else:
            yield (
                f"{worth}, used as well as one can, in {used}; that is the most to pay for it, in price or "
                f"in fee. By the rule, {followed} would have, it brings "
                f"{money(stated.value.value, unit, stated.value.se)}"
                + (": that rule leaves where it should stay." if stated.value.value < 0 else ".")
            )
        with_right, without = use.saving.p5, study.without.p5
        if with_right.value - without.value > CLEAR * (without.se or 0.0):
            yield (
                f"{name}: the saving that 95% of futures exceed goes from "
                f"{money(without.value, unit, without.se)} to {money(with_right.value, unit, with_right.se)}."
            )
        adjusted = use.adjusted
        if adjusted.se is not None and _clear(adjusted):
            yield (
                f"{name}: counted with risk the right is worth {money(adjusted.value, unit, adjusted.se)}, "
                "since it is used where costs run high."
            )
    for pilot in pilots:
        name = titled(scenario, pilot.alternative)
        shown = listed(
            [
                printable(called.input(paths.get(short, short)).removeprefix(f"{name}: "))
                for short in pilot.reveals
            ]
        )
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


def exit_content(study: ExitStudy) -> dict[str, Any]:
    """Return a study as plain values."""
    from bposim.report.document import finite

    def used(use: Use) -> dict[str, Any]:
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


def pilot_content(study: PilotStudy) -> dict[str, Any]:
    """Return a study as plain values."""
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
