"""Cover: seats that must be filled round the clock, whatever the volume."""

from __future__ import annotations

from bposim.inputs.number import NonNegative, Share
from bposim.part import Part
from bposim.shapes import Vector


class Cover(Part):
    """At least seats × hours per week / (paid hours × productive part) FTE, as 24/7 service needs.

    One seat round the clock takes 168 / 40 = 4.2 FTE, at 75 % productive hours 5.6.
    """

    seats: NonNegative
    """People that must be at work at any covered hour, for all of the work."""
    hours_per_week: NonNegative = 168.0
    """Hours a week that are covered; 168 is round the clock."""
    paid_hours_per_week: NonNegative = 40.0
    """Hours a week that one FTE is paid for."""
    productive: Share = 1.0
    """Part of the paid hours at work: less leave, sickness, training and breaks."""
    shift_premium: NonNegative = 0.0
    """Extra pay for nights and weekends, averaged over the role's hours, as a part of salary."""

    @property
    def least(self) -> Vector:
        """The FTE that cover needs."""
        return self.seats * self.hours_per_week / (self.paid_hours_per_week * self.productive)
