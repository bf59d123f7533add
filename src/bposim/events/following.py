"""Events that follow from those of other risks of the same leg: a scandal after a breach, say."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from pydantic import PrivateAttr

from bposim.events.arrivals import EventNoise, Events, together
from bposim.events.risk import EventRisk
from bposim.inputs.number import Share

if TYPE_CHECKING:
    from bposim.inputs.draws import Draws
    from bposim.operations import Operations
    from bposim.shapes import Path
    from bposim.world.world import World


@dataclass(frozen=True, slots=True)
class Cause:
    """A risk whose events are followed by others."""

    risk: EventRisk
    chance: Path
    """Probability that one of its events is followed by one."""
    noise: EventNoise | None
    """When its events happen, with marks for size and luck of what follows."""

    def followers(self, operations: Operations, world: World) -> Events:
        """Return the events that follow: those of the cause whose new luck is below the chance."""
        assert self.noise is not None  # noqa: S101 - asked for where there is noise
        events = EventRisk.happening(self.risk, operations, world, self.noise)
        chance = np.broadcast_to(events.pick(self.chance), events.luck.shape)
        follows = events.luck < chance
        return Events(
            events.month[follows],
            events.trial[follows],
            events.size[follows],
            events.luck[follows] / chance[follows],
        )


class FollowingRisk(EventRisk, ABC):
    """Has events at a rate of its own, and in the months of other risks' events with some probability."""

    after: dict[str, Share] = {}  # noqa: RUF012 - pydantic copies defaults
    """Chance of an event after each one of another risk of this leg, {breach: 30%}; beside per_year."""

    _causes: Sequence[Cause] = PrivateAttr(default=())

    def caused_by(self, risks: object, draws: Draws, stream: str) -> Self:
        """Return the risk with its causes among ``risks``, the leg's; one that it lacks causes nothing.

        Only the cause's own events are followed, not those that followed others; so nothing goes in circles.
        """
        found = []
        for kind, chance in sorted(self.after.items()):
            cause = getattr(risks, kind, None)
            if isinstance(cause, EventRisk):
                noise = self._marked(cause, cause.noise(draws, stream), draws, stream)
                found.append(Cause(cause, chance, noise))
        risk = self.model_copy()
        risk._causes = found  # noqa: SLF001 - a copy of its own
        return risk

    def _marked(
        self, cause: EventRisk, noise: EventNoise | None, draws: Draws, stream: str
    ) -> EventNoise | None:
        """Return the cause's random numbers with marks of our own; what legs share, they also share here."""
        if noise is None:
            return None
        name = f"{self.kind} after {cause.kind}"
        marked = noise.marked_by(draws.take(f"{stream}.{name}", self.sample))
        if noise.shared is None or cause.common_shock is None:
            return marked
        shock = f"shock.{cause.common_shock.of}.{name}"
        return marked.beside(noise.shared.marked_by(draws.take(shock, self.sample)))

    def expected(self, operations: Operations, world: World) -> Path:
        number = super().expected(operations, world)
        for cause in self._causes:
            number = number + cause.chance * EventRisk.expected(cause.risk, operations, world)
        return number

    def happening(self, operations: Operations, world: World, noise: EventNoise) -> Events:
        own = super().happening(operations, world, noise)
        if not self._causes:
            return own
        return together([own, *(cause.followers(operations, world) for cause in self._causes)])
