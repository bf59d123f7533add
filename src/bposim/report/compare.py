"""The alternatives pair by pair: how sure the choice is, and whether the taste for risk decides it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from bposim.analysis.comparison import (
    RESAMPLES,
    Entropic,
    MeanEs,
    expected_regret,
    probability_best,
    rank_stability,
    ranking,
    too_close,
)
from bposim.analysis.dominance import dominance
from bposim.analysis.measures import Sample, mean, probability_above
from bposim.errors import RunError
from bposim.report.document import finite
from bposim.report.estimate import plain
from bposim.report.numbers import futures, money, probability
from bposim.report.table import NOTHING, Table, plus_minus, titled
from bposim.report.words import listed
from bposim.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.analysis.comparison import Place, RankStability
    from bposim.analysis.dominance import Dominance
    from bposim.analysis.measures import Estimate
    from bposim.analysis.summary import Summary
    from bposim.result import AnyResult

SCHEMA = "bposim.comparison/1"

SURE = 0.95
"""A ranking that holds less often than this when the trials are drawn again is not settled."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two alternatives in the same futures; the first one ranks above the second."""

    first: str
    second: str
    saves: Estimate
    """Mean cost of the second less that of the first."""
    cheaper: Estimate
    """How often the first one costs less."""
    orders: tuple[Dominance, Dominance]
    """How the first stands to the second in stochastic dominance of first and second order."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All alternatives, the best first."""

    places: tuple[Place, ...]
    rank_by: str
    best: dict[str, Estimate]
    regret: dict[str, Estimate]
    stability: RankStability
    pairs: tuple[Pair, ...]
    titles: dict[str, str]
    """What people call each alternative."""
    currency: str
    seed: int
    sha256: str
    trials: int
    run_trials: int


def compare(result: AnyResult, summary: Summary) -> Comparison:
    """Return how the alternatives stand to each other; of a streamed run, in the trials that it keeps.

    Raises RunError where there is one alternative only.
    """
    run = result if isinstance(result, Result) else result.first
    costs = {name: Sample(run.costs[name]) for name in run.names}
    if len(costs) == 1:
        raise RunError("there is one alternative only, so there is nothing to compare it with")
    preferences = run.scenario.preferences
    by_equivalent = summary.decision.rank_by == "certainty_equivalent"
    measure = (
        Entropic(summary.risk_tolerance)
        if by_equivalent
        else MeanEs(preferences.tail_weight, preferences.tail_level)
    )
    places = ranking(costs, measure)
    pairs = [
        Pair(
            one.name,
            other.name,
            mean(saved := costs[other.name].values - costs[one.name].values),
            probability_above(saved, 0.0),
            (
                dominance(costs[one.name], costs[other.name], 1),
                dominance(costs[one.name], costs[other.name], 2),
            ),
        )
        for one, other in combinations(places, 2)
    ]
    return Comparison(
        places=places,
        rank_by=summary.decision.rank_by,
        best=probability_best(costs),
        regret=expected_regret(costs),
        stability=rank_stability(costs, measure),
        pairs=tuple(pairs),
        titles=run.titles,
        currency=run.scenario.base_currency,
        seed=run.seed,
        sha256=run.scenario.sha256,
        trials=run.trials,
        run_trials=result.trials,
    )


def document(found: Comparison) -> dict[str, Any]:
    """Return the figures as plain values in a stable order; keys of a released schema do not change."""
    stability = found.stability
    return {
        "schema": SCHEMA,
        "scenario": {"sha256": found.sha256},
        "seed": found.seed,
        "trials": found.trials,
        "run_trials": found.run_trials,
        "currency": found.currency,
        "rank_by": found.rank_by,
        "alternatives": {
            place.name: {
                "rank": place.rank,
                "risk_adjusted_cost": plain(place.value),
                "behind_first": plain(place.behind),
                "too_close_to_call": place.too_close,
                "probability_best": plain(found.best[place.name]),
                "expected_regret": plain(found.regret[place.name]),
                "ranks_first_again": finite(stability.leads[place.name]) if stability.leads else None,
            }
            for place in found.places
        },
        "ranking_holds": finite(stability.holds),
        "pairs": [
            {
                "first": pair.first,
                "second": pair.second,
                "saves": plain(pair.saves),
                "probability_cheaper": plain(pair.cheaper),
                "first_order": pair.orders[0].verdict,
                "second_order": pair.orders[1].verdict,
            }
            for pair in found.pairs
        ],
    }


def tables(found: Comparison) -> list[Table]:
    """Return the ranking, and every pair."""
    by_pair = tuple(
        (
            titled(found, pair.first),
            titled(found, pair.second),
            "too close" if too_close(pair.saves) else plus_minus(pair.saves),
            probability(pair.cheaper.value, found.trials),
            *(each.verdict.removesuffix(" to call") for each in pair.orders),
        )
        for pair in found.pairs
    )
    leads = found.stability.leads
    ranked = tuple(
        (
            str(place.rank),
            titled(found, place.name),
            probability(found.best[place.name].value, found.trials),
            plus_minus(found.regret[place.name]),
            NOTHING if place.rank == 1 else plus_minus(place.behind),
            probability(leads[place.name], RESAMPLES) if leads else NOTHING,
        )
        for place in found.places
    )
    return [
        Table(
            f"Ranking by risk-adjusted cost, {found.currency}, {found.trials:,} trials",
            ("#", "name", "cheapest\nin", "mean\nregret", "behind\nthe first", "first again,\nredrawn"),
            ranked,
            left=2,
        ),
        Table(
            f"Pair by pair in the same futures, {found.currency}",
            (
                "this one",
                "against",
                "saves on\naverage",
                "cheaper\nin",
                "1st-order\ndominance",
                "2nd-order\ndominance",
            ),
            by_pair,
            left=2,
        ),
    ]


def paragraph(found: Comparison) -> str:
    """Return a few sentences on how sure the choice is."""
    return " ".join(_sentences(found))


def _sentences(found: Comparison) -> Iterator[str]:
    first, second = found.places[0], found.places[1]
    name, other = titled(found, first.name), titled(found, second.name)
    if found.trials < found.run_trials:
        yield f"Read off the first {found.trials:,} of {found.run_trials:,} trials, which the run keeps."
    if first.too_close:
        rivals = [titled(found, place.name) for place in found.places[1:] if place.too_close]
        yield (
            f"Too close to call: {name} ranks first, "
            f"but {found.trials:,} trials cannot tell it from {listed(rivals)}."
        )
    else:
        yield (
            f"{name} ranks first, {money(second.behind.value, found.currency, second.behind.se)} "
            f"of risk-adjusted cost ahead of {other}."
        )
    yield from _held(found)
    yield from _without_taste(found)
    best, regret = found.best[first.name], found.regret[first.name]
    yield (
        f"It is the cheapest in {futures(best.value, found.trials)}; having chosen it costs "
        f"{money(regret.value, found.currency, regret.se)} on average against the cheapest of each future."
    )


def _held(found: Comparison) -> Iterator[str]:
    holds = found.stability.holds
    if holds is None:
        yield f"Whether the ranking holds with other random numbers cannot be told: {found.stability.note}."
    elif holds < SURE:
        yield (
            f"With other random numbers the same order would come out in only {_again(holds)}: "
            "run more trials, or call it a draw."
        )
    else:
        yield f"With other random numbers the same order would come out in {_again(holds)}."


def _without_taste(found: Comparison) -> Iterator[str]:
    """Tell which alternatives nobody should want, and where the taste for risk decides."""
    name = found.places[0].name
    own = [pair for pair in found.pairs if pair.first == name]
    if found.places[0].too_close:
        return
    verdicts = {titled(found, pair.second): tuple(order.verdict for order in pair.orders) for pair in own}
    beaten = [other for other, both in verdicts.items() if both == ("dominates", "dominates")]
    usually = [other for other, both in verdicts.items() if both[0] == "dominates" and other not in beaten]
    steadier = [other for other, both in verdicts.items() if both[1] == "dominates" and other not in beaten]
    depends = [pair for pair in own if all(each.verdict == "crosses" for each in pair.orders)]
    if beaten:
        lost = {titled(found, pair.second): 1.0 - pair.cheaper.value for pair in own}
        yield (
            f"Whoever prefers to pay less prefers it to {listed(beaten)}: less is better whatever the taste "
            f"for risk{_lost({name: lost[name] for name in beaten}, found.trials)}."
        )
    if steadier:
        yield f"Whoever dislikes risk at all prefers it to {listed(steadier)}."
    if usually:
        yield (
            f"At all costs but the rarest it is also the better one against {listed(usually)}; "
            "the rarest are too few to tell for those who fear them."
        )
    for pair in depends:
        cheaper = pair.first if pair.saves.value > 0 else pair.second
        saved = money(abs(pair.saves.value), found.currency, pair.saves.se)
        why = (
            "the two cost about the same on average"
            if too_close(pair.saves)
            else f"{titled(found, cheaper)} is cheaper by {saved} on average"
        )
        yield (
            f"Against {titled(found, pair.second)} the taste for risk decides: {why}, "
            "but neither is better throughout."
        )


def _lost(shares: dict[str, float], trials: int) -> str:
    """Return in how many futures the better one is the dearer one, all the same."""
    some = [f"{futures(share, trials)} against {name}" for name, share in shares.items() if share > 0]
    return f", though it still loses in {listed(some)}" if some else ""


def _again(holds: float) -> str:
    """Return e.g. "more than 99.9% of redraws"."""
    text = probability(holds, RESAMPLES)
    return text.replace(">", "more than ").replace("<", "less than ") + " of redraws"
