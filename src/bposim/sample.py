"""What a run keeps of its first trials for analysis: everything that was random, and what it cost.

A *driver* is one number a trial: an uncertain input, or the mark that a random path or event left on that
trial.  Beside the drivers stand the present values that add up to the total cost.  Because the first n trials
of a run are the run of n, the sample is a run of its own and trial i is the same future in all alternatives.

Drivers and event losses are kept as float32: seven digits are more than any sensitivity resolves.  Present
values by category stay float64, because summed in the order of their names they are the total, to the bit.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from bposim.discounting import present_value
from bposim.inputs.distribution import Distribution
from bposim.inputs.money import Money
from bposim.inputs.names import short_name
from bposim.legs.price_model import PriceModel
from bposim.part import Part
from bposim.risks import RISKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from bposim.scenario import Scenario
    from bposim.shapes import FloatArray
    from bposim.world.world import World

    Float32Array: TypeAlias = NDArray[np.float32]

ByName: TypeAlias = "dict[str, dict[str, FloatArray]]"
"""Present values by alternative and by category or source, each ``(trials,)``."""

WORLD = "world"
"""The source of what happens to everybody."""

_LEG = re.compile(r"(alternatives\.[^.]+(?:\.legs\[[^\]]*\])?)\.(?:(?:vendor|team)\.)?(.+)")
_WORLD_GROUPS = {"fx": "exchange rates"}


@dataclass(frozen=True, slots=True)
class Driver:
    """Something random that is one number a trial."""

    name: str
    """Dotted path of an input where it was first written; of noise the name under which it is drawn."""
    label: str
    """The same for people."""
    source: str
    """Whose it is: a leg, an alternative, a mitigation, or the world."""
    group: str
    """What it belongs to there: a risk, a clause, a part of the world."""
    unit: str
    """A currency, or what else one unit is; empty where it is a plain number."""
    is_input: bool
    """Whether it is an input; else it is process noise."""


_VARIANT = " (variant "
"""Before the number of a further set of parameters of the same input."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One block's part of the sample; every array is ``(trials,)``."""

    drivers: dict[Driver, Float32Array]
    categories: ByName
    events: dict[str, dict[str, Float32Array]]


@dataclass(frozen=True, slots=True)
class AnalysisSample:
    """The first trials of a run, in trial order."""

    trials: int
    currency: str
    """The base currency, unit of categories and events."""
    drivers: dict[Driver, Float32Array]
    """Inputs first, then noise, each ``(trials,)``."""
    categories: ByName
    """Present value by alternative and category; the categories of a trial add up to its total cost."""
    events: dict[str, dict[str, Float32Array]]
    """Present value of event losses by alternative and ``leg.risk``; part of the category of the risk."""

    @property
    def inputs(self) -> dict[Driver, Float32Array]:
        """Return the drivers that are inputs."""
        return {driver: values for driver, values in self.drivers.items() if driver.is_input}

    @property
    def noise(self) -> dict[Driver, Float32Array]:
        """Return the drivers that are process noise; event losses stand beside them, in ``events``."""
        return {driver: values for driver, values in self.drivers.items() if not driver.is_input}

    def category_means(self) -> dict[str, dict[str, float]]:
        """Return the mean present value by alternative and category."""
        return {
            name: {category: float(np.mean(values)) for category, values in own.items()}
            for name, own in self.categories.items()
        }

    def behind(self, *alternatives: str) -> dict[Driver, Float32Array]:
        """Return all drivers that move, those of the alternatives' event losses among them.

        A loss that several alternatives meet is named after the alternative, too.
        """
        found = dict(self.drivers)
        for name in alternatives:
            for key, losses in self.events.get(name, {}).items():
                found[_event_driver(key, name, self.currency)] = losses
        return {driver: values for driver, values in found.items() if np.ptp(values) > 0.0}


class SampleFold:
    """Collects observations into a sample; what a block does not mention is 0 there."""

    def __init__(self, trials: int, currency: str) -> None:
        self.trials = trials
        self.currency = currency
        self.drivers: dict[Driver, Float32Array] = {}
        self.categories: ByName = {}
        self.events: dict[str, dict[str, Float32Array]] = {}

    def add(self, start: int, seen: Observation, count: int) -> None:
        """Take the first ``count`` trials of a block that starts at trial ``start``."""
        here = slice(start, start + count)
        for driver, drawn in seen.drivers.items():
            if driver not in self.drivers:
                self.drivers[driver] = np.zeros(self.trials, dtype=np.float32)
            self.drivers[driver][here] = drawn[:count]
        for name, parts in seen.categories.items():
            kept = self.categories.setdefault(name, {})
            for category, values in parts.items():
                if category not in kept:
                    kept[category] = np.zeros(self.trials)
                kept[category][here] = values[:count]
        for name, own in seen.events.items():
            losses = self.events.setdefault(name, {})
            for source, lost in own.items():
                if source not in losses:
                    losses[source] = np.zeros(self.trials, dtype=np.float32)
                losses[source][here] = lost[:count]

    def sample(self) -> AnalysisSample:
        """Return the sample: inputs before noise, everything else by name."""
        ordered = sorted(self.drivers, key=lambda driver: (not driver.is_input, driver.name))
        return AnalysisSample(
            self.trials,
            self.currency,
            {driver: self.drivers[driver] for driver in ordered},
            {name: dict(sorted(parts.items())) for name, parts in self.categories.items()},
            {name: dict(sorted(parts.items())) for name, parts in self.events.items()},
        )


@dataclass(frozen=True)
class Observer:
    """Reads the drivers of a scenario off the draws, the values and the world of a block."""

    scenario: Scenario
    _inputs: tuple[Driver, ...] = field(init=False)
    _streams: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_inputs", tuple(_input_drivers(self.scenario)))
        streams = {leg.stream for _, own in self.scenario.alternatives.items() for leg in own.legs}
        object.__setattr__(self, "_streams", tuple(sorted(streams, key=len, reverse=True)))

    def drivers(
        self, values: Sequence[FloatArray], bound: Scenario, world: World, drawn: Mapping[str, Any]
    ) -> dict[Driver, FloatArray]:
        """Return every driver of a block, each ``(trials,)``.

        ``values`` are those of the inputs, ``bound`` is the scenario with them in their places, ``drawn`` all
        random numbers by name.
        """
        seen = dict(zip(self._inputs, values, strict=True))
        seen.update(_of_the_world(bound, world, drawn))
        for name, noise in drawn.items():
            if name.startswith(("input:", "world.")):
                continue  # inputs are there already; what the world drew shows in its paths
            mark = _mark(noise)
            driver = self._noise_driver(name, "standard deviations" if _is_normal(noise) else "rank")
            if mark is not None and driver is not None:
                seen[driver] = mark
        return seen

    def _noise_driver(self, name: str, unit: str) -> Driver | None:
        """Return the driver of a named draw; None for a leg's risk, whose losses say more."""
        stream = next((stream for stream in self._streams if name.startswith(f"{stream}.")), "")
        if not stream:
            source, _, group = name.rpartition(".")
            return Driver(name, name, short_name(source), group, unit, is_input=False)
        group = name.removeprefix(f"{stream}.")
        if group in RISKS:
            return None
        who = _who(stream)
        return Driver(name, f"{who}: chance in {_words(group)}", who, _words(group), unit, is_input=False)


def _mark(noise: Any) -> FloatArray | None:  # noqa: ANN401 - whatever a sampler returns
    """Return one number a trial: a vector itself, the standardised mean of normals by month, a count."""
    if isinstance(noise, np.ndarray):
        if noise.ndim == 1:
            return noise
        folded = noise.reshape(-1, noise.shape[-1])
        return np.asarray(folded.sum(axis=0) / math.sqrt(len(folded)))
    count = getattr(noise, "count", None)
    return count if isinstance(count, np.ndarray) else None


def _is_normal(noise: object) -> bool:
    return isinstance(noise, np.ndarray) and noise.ndim > 1


def _of_the_world(
    bound: Scenario, world: World, drawn: Mapping[str, Any]
) -> Iterator[tuple[Driver, FloatArray]]:
    """Yield what the random paths were against what the inputs of the trial let expect."""

    def driver(name: str, label: str, group: str) -> Driver:
        return Driver(name, label, WORLD, group, "", is_input=False)

    model, months = bound.world, world.months
    for currency, rate in sorted(model.fx.items()):
        path = np.asarray(world.fx[currency])
        if path.ndim > 1 and (rate.shocked or rate.marks):
            against = 1.0 / (months * np.atleast_2d(rate.path(None, None, months)))
            yield (
                driver(f"world.fx.{currency}", f"{currency} rate, mean against expected", "exchange rates"),
                present_value(path, np.broadcast_to(against, (months, against.shape[1]))),
            )
    for kind, indices, models in (
        ("wages", world.wage_years, model.wages),
        ("prices", world.price_years, model.prices),
    ):
        for country, index in sorted(indices.items()):
            if index.shape[-1] > 1 and np.any(models[country].review_noise):
                expected = models[country].by_year(None, len(index))[-1]
                label = f"{kind} {country}, at the end against expected"
                yield driver(f"world.{kind}.{country}", label, kind), index[-1] / expected
    if any(name.startswith("world.volume.") for name in drawn):
        forecast = np.sum(world.forecast, axis=0)
        share = np.divide(
            np.sum(world.volume, axis=0), forecast, out=np.ones(world.trials), where=forecast > 0.0
        )
        yield driver("world.volume.noise", "volume, mean against forecast", "volume"), share
    for country, lost in sorted(world.disruptions.items()):
        yield (
            driver(f"world.country_events.{country}", f"capacity lost in {country}, mean", "country events"),
            np.broadcast_to(np.mean(lost, axis=0), (world.trials,)),
        )


def _input_drivers(scenario: Scenario) -> Iterator[Driver]:
    """Yield a driver for each uncertain number, in the order of the scenario's inputs."""
    units = dict(units_of(scenario, scenario.base_currency))
    seen: dict[str, int] = {}
    for entry in scenario.uncertain.entries:
        number = seen[entry.name] = seen.get(entry.name, 0) + 1
        variant = f"{_VARIANT}{number})" if number > 1 else ""
        source, group = _place(entry.name)
        yield Driver(
            entry.name + variant,
            short_name(entry.name) + variant,
            source,
            group,
            units.get(id(entry.distribution), ""),
            is_input=True,
        )


def without_variant(name: str) -> str:
    """Return the name of a number of the file, of which a driver is one of several sets of parameters."""
    return name.partition(_VARIANT)[0]


def units_of(node: object, base: str) -> Iterator[tuple[int, str]]:
    """Yield the currency of each uncertain amount, by the identity of its distribution."""
    if isinstance(node, Money):
        if isinstance(node.amount, Distribution):
            yield id(node.amount), node.currency or base
        return
    if isinstance(node, PriceModel):
        for field in type(node).model_fields:
            price = getattr(node, field)
            if isinstance(price, Distribution) and (field == "amount" or field.endswith("_price")):
                yield id(price), node.currency or base
    for value in _inside(node):
        yield from units_of(value, base)


def _inside(node: object) -> Iterable[Any]:
    if isinstance(node, Distribution):
        return ()
    if isinstance(node, Part):
        return [getattr(node, name) for name in type(node).model_fields]
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()


@lru_cache(maxsize=4096)
def _place(path: str) -> tuple[str, str]:
    """Return source and group of an input by its path."""
    steps = path.split(".")
    found = _LEG.fullmatch(path)
    if found:
        inner = found[2].split(".")
        kind = inner[1] if inner[0] == "risks" and len(inner) > 1 else inner[0]
        return short_name(found[1]) or found[1], _words(kind)
    if steps[0] == "world" and len(steps) > 1:
        return WORLD, _WORLD_GROUPS.get(steps[1], _words(steps[1]))
    if steps[0] == "mitigations" and len(steps) > 1:
        return steps[1], "mitigation"
    return "scenario", _words(steps[0])


def _event_driver(key: str, alternative: str, currency: str) -> Driver:
    stream, _, risk = key.rpartition(".")
    who = _who(stream)
    where = "" if who == alternative else f" ({alternative})"
    label = f"{who}: {_words(risk)} losses{where}"
    return Driver(f"{alternative}: {key}", label, who, _words(risk), currency, is_input=False)


def _who(stream: str) -> str:
    """Return the leg that draws under a stream, as people call it."""
    return stream.removeprefix("leg ") if stream.startswith("leg ") else short_name(stream) or stream


def _words(key: str) -> str:
    return key.replace("_", " ")
