"""The drivers of a run by the names that reports give them, and the groups that they form.

A reader meets plain names; JSON and the command line have labels, which are paths without what goes without
saying.  Both are kept, and either one can be asked for.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bposim.errors import RunError
from bposim.inputs.binding import Inputs
from bposim.inputs.names import short_name
from bposim.plain_names import PlainNames
from bposim.sample import WORLD, without_variant

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from numpy.typing import NDArray

    from bposim.part import Part
    from bposim.result import Result
    from bposim.sample import AnalysisSample, Driver
    from bposim.scenario import Alternative, Scenario
    from bposim.shapes import FloatArray

SHARED = " (shared)"
"""Behind the name of an input of several legs that bears the name of another one than those shown."""


@dataclass(frozen=True, slots=True)
class Known:
    """Drivers by the name that a reader sees, which is different for each."""

    drivers: dict[str, Driver]
    values: dict[str, FloatArray]
    """By the same name, each ``(trials,)``; all of them move."""
    labels: dict[str, str]
    """What JSON calls each, by the same name."""
    called: PlainNames
    """What the rest of the scenario is called."""
    by_path: bool = False
    """Whether the names are the labels themselves."""
    per_cent: frozenset[str] = frozenset()
    """Full names of the inputs that the file writes in per cent."""

    def is_rate(self, name: str) -> bool:
        """Return whether a driver is written in per cent, as the file writes it."""
        return without_variant(self.drivers[name].name) in self.per_cent

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """The drivers by the risk, clause or part of the world that they belong to."""
        found: dict[str, list[str]] = {}
        names = {label: name for name, label in self.group_labels.items()}
        for name, driver in self.drivers.items():
            found.setdefault(names[group_of(driver)], []).append(name)
        return {group: tuple(own) for group, own in found.items()}

    @property
    def group_labels(self) -> dict[str, str]:
        """What JSON calls each group, by the name that a reader sees."""
        found: dict[str, str] = {}
        for driver in self.drivers.values():
            label = group_of(driver)
            if label not in found.values():
                name = label if self.by_path else self.called.group(driver, label)
                # What a named leg is struck by is a group beside its inputs of the same clause.
                more = f" ({label})" if driver.is_input else " (chance)"
                found[name + more if name in found else name] = label
        return found

    def group(self, name: str) -> str:
        """Return the name of the group that a driver belongs to."""
        label = group_of(self.drivers[name])
        return next(group for group, own in self.group_labels.items() if own == label)

    def label(self, name: str) -> str:
        """Return what JSON calls a driver or a group."""
        return self.labels.get(name) or self.group_labels.get(name, name)

    @property
    def sources(self) -> dict[str, tuple[str, ...]]:
        """The drivers by whose they are: a leg's, a mitigation's, the world's."""
        found: dict[str, list[str]] = {}
        for name, driver in self.drivers.items():
            found.setdefault(driver.source, []).append(name)
        return {source: tuple(own) for source, own in found.items()}


def sample_of(result: Result) -> AnalysisSample:
    """Return what the run kept for analysis; raise RunError where it kept nothing."""
    if result.sample is None:
        raise RunError("this result keeps no drivers; simulate the scenario with this version of bposim")
    return result.sample


def drivers_behind(result: Result, alternatives: Iterable[str], *, by_path: bool = False) -> Known:
    """Return what is random in these alternatives: inputs, noise and event losses.

    ``by_path`` names them by their labels.  What only others use is left out: it can be correlated with what
    they cost, but does not cause it.
    """
    sample, names, scenario = sample_of(result), list(alternatives), result.scenario
    others = [own for name, own in scenario.alternatives.items() if name not in names]
    mine = [scenario.alternatives[name] for name in names]
    foreign = _inputs(others) - _inputs([*mine, scenario.world])
    foreign_streams = _streams(others) - _streams(mine)
    theirs = _sources(others) - _sources(mine)
    return _named(
        {
            driver: values
            for driver, values in sample.behind(*names).items()
            if not (
                without_variant(driver.name) in foreign
                if driver.is_input
                else any(driver.name.startswith(f"{stream}.") for stream in foreign_streams)
            )
        },
        scenario,
        theirs,
        by_path=by_path,
    )


def inputs_of(result: Result, *, by_path: bool = False) -> Known:
    """Return the uncertain inputs: what could be found out before choosing."""
    inputs = sample_of(result).inputs
    moving = {driver: x for driver, x in inputs.items() if np.ptp(x) > 0}
    return _named(moving, result.scenario, by_path=by_path)


def group_of(driver: Driver) -> str:
    """Return the name of the group that a driver belongs to, e.g. "manila: quality", "exchange rates"."""
    if driver.source == WORLD:
        return driver.group
    if driver.source == "scenario":
        return driver.label.removeprefix("inputs.")
    return f"{driver.source}: {driver.group}"


def _per_cent(scenario: Scenario) -> frozenset[str]:
    return frozenset(entry.name for entry in scenario.uncertain.entries if entry.distribution.per_cent)


def _named(
    found: Mapping[Driver, NDArray[np.float32]],
    scenario: Scenario,
    others: Container[str] = (),
    *,
    by_path: bool,
) -> Known:
    """Return the drivers by plain name; one that another driver has, too, has the label behind it.

    An input that was written at one of these ``others`` is marked: it is here because it is shared.
    """
    called = PlainNames(scenario)
    count = Counter(driver.label for driver in found)
    labels = {
        driver: driver.label.removeprefix("inputs.") if count[driver.label] == 1 else driver.name
        for driver in found
    }
    plain = {driver: called.driver(driver) for driver in found}
    count = Counter(plain.values())
    shared = {driver: SHARED if driver.is_input and driver.source in others else "" for driver in found}
    names = {
        driver: (
            labels[driver]
            if by_path
            else plain[driver] + (f" ({labels[driver]})" if count[plain[driver]] > 1 else "")
        )
        + shared[driver]
        for driver in found
    }
    return Known(
        {name: driver for driver, name in names.items()},
        {name: np.asarray(found[driver], dtype=np.float64) for driver, name in names.items()},
        {name: labels[driver] + shared[driver] for driver, name in names.items()},
        called,
        by_path,
        _per_cent(scenario),
    )


def _inputs(parts: Iterable[Part]) -> set[str]:
    return {name for own in parts for name in Inputs(own).names}


def _streams(alternatives: Iterable[Alternative]) -> set[str]:
    return {leg.stream for own in alternatives for leg in own.legs}


def _sources(alternatives: Iterable[Alternative]) -> set[str]:
    """Return whose inputs these alternatives' legs have, as drivers name it."""
    return {short_name(leg.body.origin) for own in alternatives for leg in own.legs}
