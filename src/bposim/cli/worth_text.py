"""What ``bposim worth`` says: tables, sentences, and plain values for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bposim.cli.study import numbers_of
from bposim.report.numbers import CLEAR
from bposim.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.analysis.worth import Worth
    from bposim.report.table import Table
    from bposim.scenario import Scenario
    from bposim.studies.worth import Item, WorthStudy

SHOWN_PAIRS = 10


def worth_tables(study: WorthStudy, scenario: Scenario) -> Iterator[Table]:
    """Yield the price list of the clauses, the mitigations, and the pairs that were valued."""
    from bposim.report.numbers import amount, percent
    from bposim.report.table import NOTHING, Table, plus_minus, printable, titled

    clauses = [item for item in study.items if item.kind == "clause"]
    unit = scenario.base_currency
    missed = "chance of\n" + ("a miss" if scenario.preferences.promised_saving else "no saving")
    if clauses:
        rows = []
        for item in clauses:
            found = item.worth
            share = found.adjusted.value / study.fees if study.fees else None
            rows.append(
                (
                    printable(own_name(item.short, study)),
                    item.meaning,
                    plus_minus(found.mean),
                    _tail(found),
                    plus_minus(found.adjusted),
                    _points(found),
                    NOTHING if share is None else percent(share, 1, plus=True),
                    amount(found.adjusted.value / study.annuity, plus=True),
                )
            )
        yield Table(
            f"Price list of {titled(scenario, study.alternative)}: what each clause is worth to us, {unit}, "
            f"{study.trials:,} trials",
            (
                "clause",
                "what it says",
                "worth on\naverage",
                "in the\ndearest 5%",
                "counted\nwith risk",
                missed,
                "part of\nfees",
                "worth\na year",
            ),
            tuple(rows),
            left=2,
        )
    measures = [item for item in study.items if item.kind == "mitigation"]
    if measures:
        taken = [
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
            f"Mitigations of {titled(scenario, study.alternative)}: worth less cost, {unit}",
            (
                "mitigation",
                "taken",
                "costs",
                "worth on\naverage",
                "in the\ndearest 5%",
                "counted\nwith risk",
                missed,
            ),
            tuple(taken),
            left=2,
        )
    if study.interactions:
        yield _pairs(study, unit)


def _pairs(study: WorthStudy, unit: str) -> Table:
    from bposim.report.table import Table, plus_minus, printable

    largest = sorted(study.interactions.items(), key=lambda pair: -abs(pair[1].value))[:SHOWN_PAIRS]
    rows = [
        (printable(own_name(one, study)), printable(own_name(other, study)), plus_minus(found), _sense(found))
        for (one, other), found in largest
    ]
    title = f"Both together beyond the sum of each, mean, {unit}"
    return Table(title, ("one", "other", "worth", ""), tuple(rows), left=2)


def own_name(short: str, study: WorthStudy) -> str:
    """Return the name of an item without that of the alternative which the study is about."""
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


def worth_sentences(study: WorthStudy, scenario: Scenario) -> Iterator[str]:
    """Yield what to hold on to, what to negotiate first, and the best set of mitigations."""
    from bposim.report.numbers import money, percent
    from bposim.report.table import printable, titled

    unit = scenario.base_currency
    clauses = [item for item in study.items if item.kind == "clause"]
    good, bad = ([item for item in clauses if _clear(item) and _side(item) == side] for side in (1, -1))
    if not clauses:
        yield f"{titled(scenario, study.alternative)} has no clause that could be left out."
    for item, opening in ((good[0] if good else None, "keep"), (bad[-1] if bad else None, "strike")):
        if item is None:
            continue
        worth_of = item.worth.adjusted
        text = money(abs(worth_of.value), unit, worth_of.se)
        share = abs(worth_of.value) / study.fees if study.fees else None
        part = f", {percent(share, 1)} of the fees" if share is not None else ""
        name = printable(own_name(item.short, study))
        if opening == "keep":
            yield (
                f"Hold on to {name} ({item.meaning}): without it the risk-adjusted cost is {text} higher"
                f"{part}, so it should not be given up for a smaller discount."
            )
        else:
            yield (
                f"Negotiate {name} first ({item.meaning}): to have it struck out is worth up to {text}{part}."
            )
    small = [printable(own_name(item.short, study)) for item in clauses if not _clear(item)]
    if small:
        yield f"No effect that this run can tell from nothing: {listed(small)}."
    if study.together is not None:
        apart = sum(item.worth.mean.value for item in clauses)
        yield (
            f"All clauses at once are worth {money(study.together.mean.value, unit, study.together.mean.se)} "
            f"on average; added up one by one they would be {money(apart, unit, study.together.mean.se)}."
        )
    for name, why in study.refused:
        yield f"Not in the list: {printable(own_name(name, study))}, {why.rstrip('.')}."
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


def worth_content(study: WorthStudy) -> dict[str, Any]:
    """Return a study as plain values; keys of a released schema do not change."""
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
                **_plain(item.worth),
                "share_of_fees": finite(item.worth.adjusted.value / study.fees) if study.fees else None,
                "per_year": finite(item.worth.adjusted.value / study.annuity),
            }
            for item in study.items
        ],
        "not_valued": [{"name": name, "reason": why} for name, why in study.refused],
        "all_clauses": _plain(study.together) if study.together else None,
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
            "against_none": _plain(study.chosen) if study.chosen else None,
        },
    }


def _plain(found: Worth) -> dict[str, Any]:
    return {
        "mean": numbers_of(found.mean),
        "es95": numbers_of(found.shortfall),
        "risk_adjusted_value": numbers_of(found.adjusted),
        "probability_of_miss": numbers_of(found.miss),
        "cost": found.cost,
    }
