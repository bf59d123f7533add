"""Studies that could be done before choosing: what they look at, and what they are worth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Self

import numpy as np

from bposim.analysis.value_of_information import Study, evsi_by_moments, evsi_of_outcomes, resolution
from bposim.errors import RunError
from bposim.inputs.names import all_meant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.analysis.comparison import Costs
    from bposim.analysis.measures import Estimate
    from bposim.report.drivers import Known
    from bposim.study_plans import StudyPlan


@dataclass(frozen=True, slots=True)
class Plan:
    """A study that could be done before choosing, as the user states it."""

    name: str
    looks_at: tuple[str, ...]
    """Inputs, groups or legs."""
    price: float
    resolved: float | None = None
    """The share of the variance of what it looks at that it resolves; or"""
    observations: tuple[float, float] | None = None
    """how many independent observations it makes, and the standard deviation of one of them; or"""
    check: tuple[float, float, float] | None = None
    """a threshold, and how often it warns of an input above and of one not above."""

    @classmethod
    def of(cls, name: str, written: StudyPlan) -> Self:
        """Return a study as the scenario file has it."""
        seen, check = written.observes, written.check
        return cls(
            name,
            tuple(written.looks_at),
            written.price,
            written.resolves,
            (seen.times, seen.error) if seen else None,
            (check.above, check.warns, check.false_alarms) if check else None,
        )


def looked_at(known: Known, patterns: Sequence[str]) -> tuple[str, ...]:
    """Return the inputs that patterns mean: names as shown, parts of paths, groups, legs, or wildcards.

    Raises RunError for a pattern that means none.
    """
    found: dict[str, None] = {}
    paths = {driver.name: name for name, driver in known.drivers.items()}
    groups = {known.label(name): own for name, own in known.groups.items()} | known.groups
    for pattern in patterns:
        own = [
            name
            for name in known.values
            if fnmatchcase(known.label(name), pattern) or name.casefold() == pattern.casefold()
        ]
        own = own or list(groups.get(pattern, known.sources.get(pattern, ())))
        own = own or [paths[path] for path in all_meant(pattern, paths)]
        if not own:
            raise RunError(
                f"no uncertain input is called {pattern}; bposim value --paths --top 99 lists them"
            )
        found |= dict.fromkeys(own)
    return tuple(found)


def is_there(known: Known, plan: Plan) -> bool:
    """Return whether everything that a study looks at is uncertain in the run."""
    try:
        return bool(looked_at(known, plan.looks_at))
    except RunError:
        return False


def study_value(costs: Costs, known: Known, plan: Plan) -> Study:
    """Return what a study is worth; raises RunError for observations or a check of several inputs."""
    names = looked_at(known, plan.looks_at)
    if plan.resolved is not None:
        return Study(plan.name, resolving(costs, known, names, plan.resolved), plan.price)
    if len(names) > 1:
        raise RunError(
            f"study {plan.name}: observations and checks are of one input, not of {', '.join(names)}"
        )
    x = known.values[names[0]]
    if plan.observations:
        count, noise = plan.observations
        share = resolution(float(np.std(x)), noise, count)
        return Study(plan.name, resolving(costs, known, names, share), plan.price)
    threshold, hit, false_alarm = plan.check or (math.inf, 0.0, 0.0)
    warns = np.where(x > threshold, hit, false_alarm)
    return Study(plan.name, evsi_of_outcomes(costs, {"warns": warns, "clears": 1.0 - warns}), plan.price)


def resolving(costs: Costs, known: Known, names: Sequence[str], share: float) -> Estimate:
    """Return what it is worth to resolve this share of the variance of these inputs."""
    return evsi_by_moments(costs, {name: known.values[name] for name in names}, share)
