"""What makes a set of positive values doubtful: rounding, a cap, a cut, one value that is all, a trend."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bposim.fit.likelihood import Observations
from bposim.fit.models import LognormalModel
from bposim.fit.outcome import FEW
from bposim.fit.snippet import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.shapes import FloatArray

_ENOUGH = 20
"""Values below which no pattern among them is looked for."""

_HEAPED = 0.25
_NOT_SMALL = 100.0
"""5 and 40 are not rounded to one digit, they are small."""

_CAPPED = 3
_CUT = 12.0
_FAR = 5.0
_MOST_OF_TOTAL = 0.3
_TREND = 3.0


def small(count: int, what: str) -> Iterator[str]:
    """Yield a warning if there are few observations."""
    if count < FEW:
        yield (
            f"{count} {what} are few: models can hardly be told apart, tests find nothing wrong with any, "
            "and the intervals below are wide for a reason"
        )


def oddities(values: FloatArray, what: str, truncated_below: float) -> Iterator[str]:
    """Yield warnings about the values ``(n,)``, all above ``truncated_below``."""
    if values.size < _ENOUGH:
        return
    yield from _heaped(values, what)
    highest = float(values.max())
    at_top = int(np.sum(values == highest))
    if at_top >= _CAPPED:
        yield (
            f"{at_top} {what} are exactly {number(highest)}, the highest: if that is a cap, what lies above "
            "it is not in the file and the tail is fitted too light"
        )
    logs = np.log(values)
    middle = float(np.median(logs))
    width = 1.4826 * float(np.median(np.abs(logs - middle)))
    for end, word in ((float(logs.max()), "highest"), (float(logs.min()), "lowest")):
        if width > 0 and abs(end - middle) > _FAR * width:
            yield f"the {word}, {number(math.exp(end))}, is far from the others: does it belong to them?"
    part = highest / float(values.sum())
    if part > _MOST_OF_TOTAL:
        yield f"the highest, {number(highest)}, is {100 * part:.0f}% of the total: the mean hangs on it"
    if truncated_below == 0.0 and values.size >= FEW:
        yield from _cut(values, what)


def _heaped(values: FloatArray, what: str) -> Iterator[str]:
    large = values[values >= _NOT_SMALL]
    if large.size < _ENOUGH:
        return
    place = 10.0 ** np.floor(np.log10(large))
    part = float(np.mean(np.isclose(large / place, np.round(large / place), rtol=0, atol=1e-9)))
    if part > _HEAPED:
        yield (
            f"{100 * part:.0f}% of the {what} are round to one digit: they look like estimates, and the "
            "goodness of fit below finds the rounding as well"
        )


def _cut(values: FloatArray, what: str) -> Iterator[str]:
    """Warn if the values look as if those below a threshold had been left out."""
    lowest = float(values.min())
    whole = LognormalModel().fitted(Observations.complete(values))
    cut = LognormalModel().fitted(Observations.complete(values, lowest * (1.0 - 1e-9)))
    # The lowest value is the best threshold there is, so even whole data gain a little: 2 ln n at most.
    gained = 2.0 * (cut.log_likelihood - whole.log_likelihood) - 2.0 * math.log(values.size)
    if gained > _CUT:
        place = 10.0 ** (math.floor(math.log10(lowest)) - 1)
        threshold = math.floor(lowest * (1.0 - 1e-9) / place) * place
        yield (
            f"no {what} are below {number(lowest)}, and the model expects some: if smaller ones were not "
            f"recorded, say so by --truncated-below {number(threshold)}"
        )


def trend(values: FloatArray, years: FloatArray, what: str) -> Iterator[str]:
    """Yield a warning if the logarithms of the values move with time ``(n,)``."""
    if values.size < _ENOUGH or np.ptp(years) == 0.0:
        return
    t, logs = years - years.mean(), np.log(values)
    slope = float(t @ logs / (t @ t))
    residual = logs - logs.mean() - slope * t
    error = math.sqrt(float(residual @ residual) / (values.size - 2) / float(t @ t))
    if abs(slope) > _TREND * error:
        change = math.expm1(slope)
        yield (
            f"the {what} {'rise' if slope > 0 else 'fall'} by {100 * abs(change):.0f}% a year "
            f"(± {100 * 1.96 * error:.0f} points): put them into the prices of one year before fitting"
        )
