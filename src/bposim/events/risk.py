"""What every event risk gives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar, Self

import numpy as np

from bposim.events.arrivals import EventNoise
from bposim.operations import Line, Operations
from bposim.part import Part
from bposim.world.world import World


class Risk(Part, ABC):
    """A reason why a leg's cash flows depart from plan; it reads operations and adds lines."""

    kind: ClassVar[str]

    def sample(self, rng: np.random.Generator, trials: int) -> EventNoise:
        """Return the random numbers of this risk: the only use of randomness."""
        return EventNoise(rng, trials)

    @abstractmethod
    def lines(self, operations: Operations, world: World, noise: EventNoise | None) -> Iterator[Line]:
        """Yield the cash flows of this risk; without noise, their expectation."""

    @classmethod
    @abstractmethod
    def example(cls) -> Self:
        """Return a typical instance for tests and documentation."""
