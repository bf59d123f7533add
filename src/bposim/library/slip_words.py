"""How amounts that may be slips are told."""

from __future__ import annotations

import math

CODE = "BP303"
"""An amount far from what is usual, or from the rest of the scenario."""


def did_you_mean(meant: list[tuple[str, float]], near: float, within: float) -> str:
    """Return the reading whose value is nearest to the usual, if one is within that factor of it."""
    far = {text: abs(math.log(value / near)) for text, value in meant if value > 0.0}
    best = min(far, key=lambda text: far[text], default="")
    return f"did you mean {best}?" if best and far[best] <= math.log(within) else ""


def times(ratio: float) -> str:
    """Write a ratio as it stands before an amount: 12 times, 1/12 of."""
    return f"{short(ratio)} times" if ratio > 1.0 else f"1/{short(1.0 / ratio)} of"


def short(value: float) -> str:
    """Write an amount in three digits, as a scenario file may have it: 44k, 1.25M, 0.072."""
    for power, suffix in ((1e9, "bn"), (1e6, "M"), (1e4, "k")):
        if value >= power:
            scale = 1e3 if suffix == "k" else power
            return f"{float(f'{value / scale:.3g}'):g}{suffix}"
    return f"{float(f'{value:.3g}'):,g}"
