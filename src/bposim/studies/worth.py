"""Each clause of a contract and each mitigation, on and off in the same futures, and the best set of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from bposim.analysis.statistic import risk_measure
from bposim.analysis.worth import Side, best_set, interaction, worth
from bposim.clauses import CLAUSES, clause_paths
from bposim.consistency import findings
from bposim.errors import Complaint, ScenarioError
from bposim.inputs.names import short_name
from bposim.studies.blends import annuity
from bposim.studies.variants import Run, Valued, taking, valued

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.analysis.comparison import RiskMeasure
    from bposim.analysis.measures import Estimate
    from bposim.analysis.worth import Selection, Worth
    from bposim.scenario import Scenario

TOGETHER = 2

SEARCH_TRIALS = 4096
"""Futures in which sets of mitigations are compared; what is chosen is then valued in all of them."""


@dataclass(frozen=True, slots=True)
class Item:
    """A clause or mitigation of an alternative and what it is worth to it."""

    name: str
    """As ``--without`` takes it."""
    short: str
    meaning: str
    kind: str
    """``clause`` or ``mitigation``."""
    taken: bool
    """Whether the scenario has it; of what it has not, the worth is that of adding it."""
    worth: Worth


@dataclass(frozen=True, slots=True)
class WorthStudy:
    """What an alternative's clauses and mitigations are worth."""

    alternative: str
    baseline: str
    items: tuple[Item, ...]
    """Clauses, then mitigations, by risk-adjusted worth, largest first."""
    refused: tuple[tuple[str, str], ...]
    """What cannot be left out alone, and why."""
    fees: float
    """Mean present value of the vendors' fees."""
    annuity: float
    """Present value of 1 a year over the horizon."""
    together: Worth | None
    """All clauses that the contract has at once; None where there are fewer than two."""
    interactions: dict[tuple[str, str], Estimate]
    """Pairs by the short names of their items; what both are worth beyond the sum of each."""
    selection: Selection | None
    """The best set of mitigations; None where the file has none."""
    chosen: Worth | None
    """The best set against no mitigation at all, in all trials of the study."""
    budget: float | None
    trials: int


def worth_of(
    scenario: Scenario,
    alternative: str,
    run: Run,
    budget: float | None = None,
    *,
    pairs_of_clauses: bool = False,
) -> WorthStudy:
    """Value each clause and mitigation of an alternative, on and off in the same futures."""
    _expect(scenario, alternative, run, pairs_of_clauses=pairs_of_clauses)
    study = _Study(scenario, alternative, run)
    clauses, refused = study.clauses()
    mitigations = study.mitigations()
    selection = study.best_set(budget) if mitigations else None
    interactions = dict(selection.interactions) if selection else {}
    if pairs_of_clauses:
        interactions |= study.interactions(clauses)
    order = sorted((item for item, _ in clauses), key=_by_worth)
    return WorthStudy(
        alternative=alternative,
        baseline=scenario.baseline,
        items=(*order, *sorted(mitigations, key=_by_worth)),
        refused=tuple(refused),
        fees=study.whole.categories[alternative].get("vendor_fees", 0.0),
        annuity=annuity(scenario),
        together=study.all_clauses([item for item, _ in clauses]),
        interactions=interactions,
        selection=selection,
        chosen=study.chosen(selection) if selection else None,
        budget=budget,
        trials=run.trials,
    )


def _expect(scenario: Scenario, alternative: str, run: Run, *, pairs_of_clauses: bool) -> None:
    """Tell the meter what is going to be valued; of sets of mitigations, those of one and of two."""
    clauses, mitigations = len([*clause_paths(scenario, alternative)]), len(scenario.mitigations)
    both = 2 if mitigations else 0
    together = int(clauses >= TOGETHER)
    pairs = math.comb(clauses, 2) if pairs_of_clauses else 0
    run.expect(1 + clauses + together + pairs + mitigations + both)
    if mitigations:
        _search(run).expect(1 + mitigations + math.comb(mitigations, 2), at_least=True)


def _search(run: Run) -> Run:
    """Return the run in which sets of mitigations are compared."""
    return replace(run, trials=min(run.trials, SEARCH_TRIALS))


def _by_worth(item: Item) -> tuple[float, str]:
    return -item.worth.adjusted.value, item.name


class _Study:
    """One alternative, with and without things."""

    def __init__(self, scenario: Scenario, alternative: str, run: Run) -> None:
        self.scenario, self.name, self.run = scenario, alternative, run
        self.whole = valued(scenario, run, {alternative})
        self.measure: RiskMeasure = risk_measure(scenario, self.whole.costs)

    def side(self, found: Valued) -> Side:
        return Side(found.costs[self.scenario.baseline], found.costs[self.name], found.spent(self.name))

    def value(self, scenario: Scenario, run: Run | None = None) -> Side:
        return self.side(valued(scenario, run or self.run, {self.name}))

    def worth(self, having: Side, lacking: Side) -> Worth:
        return worth(having, lacking, self.measure, self.scenario.preferences.promised_saving)

    def clauses(self) -> tuple[list[tuple[Item, Side]], list[tuple[str, str]]]:
        """Return the clauses with their sides without them, and those that cannot be left out."""
        found: list[tuple[Item, Side]] = []
        refused: list[tuple[str, str]] = []
        for path, key in clause_paths(self.scenario, self.name):
            short = short_name(path)
            try:
                lacking = self.value(self.scenario.without(path))
            except ScenarioError as error:
                refused.append((short, error.complaints[0].what))
                continue
            having = self.side(self.whole)
            if np.array_equal(lacking.own, having.own) and np.array_equal(lacking.base, having.base):
                refused.append((short, "it changes nothing in any future"))
                continue
            found_worth = replace(self.worth(having, lacking), cost=0.0)  # its price is in the fees
            item = Item(path, short, CLAUSES[key], "clause", taken=True, worth=found_worth)
            found.append((item, lacking))
        return found, refused

    def mitigations(self) -> list[Item]:
        """Return every mitigation of the file: what it is worth beside those that are taken now."""
        taken = set(self.scenario.alternatives[self.name].mitigations)
        items = []
        for name in sorted(self.scenario.mitigations):
            here, now = name in taken, self.side(self.whole)
            other = self.value(self.allowed(taken ^ {name}))
            found = self.worth(now, other) if here else self.worth(other, now)
            items.append(Item(name, name, "", "mitigation", here, found))
        return items

    def allowed(self, mitigations: set[str] | frozenset[str]) -> Scenario:
        """Return the scenario with these mitigations; raises ScenarioError where they go too far together."""
        changed = taking(self.scenario, self.name, mitigations)
        for finding in findings(changed):
            if not finding.code.startswith("BP3"):
                place = ".".join(map(str, finding.keys))
                raise ScenarioError([Complaint(finding.code, place, finding.what, finding.remedy)])
        return changed

    def best_set(self, budget: float | None) -> Selection:
        run = _search(self.run)
        return best_set(
            sorted(self.scenario.mitigations),
            lambda chosen: self.value(self.allowed(chosen), run),
            self.measure,
            budget,
        )

    def chosen(self, selection: Selection) -> Worth:
        having = self.value(self.allowed(frozenset(selection.chosen)))
        return self.worth(having, self.value(self.allowed(frozenset())))

    def all_clauses(self, items: Sequence[Item]) -> Worth | None:
        if len(items) < TOGETHER:
            return None
        try:
            lacking = self.value(self.scenario.without(*_outermost([item.name for item in items])))
        except ScenarioError:
            return None
        return replace(self.worth(self.side(self.whole), lacking), cost=0.0)

    def interactions(self, clauses: Sequence[tuple[Item, Side]]) -> dict[tuple[str, str], Estimate]:
        """Return what each pair of clauses is worth beyond the sum; a clause within another has none.

        Each clause comes with the side without it.
        """
        found = {}
        for (one, without_one), (other, without_other) in combinations(clauses, 2):
            if len(_outermost([one.name, other.name])) == 1:
                continue
            try:
                neither = self.value(self.scenario.without(one.name, other.name))
            except ScenarioError:
                continue
            # "With the first" is the scenario without the other one.
            pair = interaction(neither, without_other, without_one, self.side(self.whole))
            found[one.short, other.short] = pair
        return found


def _outermost(names: Sequence[str]) -> list[str]:
    """Return the names that lie within no other one."""
    return [name for name in names if not any(name.startswith(f"{other}.") for other in names)]
