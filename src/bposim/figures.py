"""The names of the figures of a run: ``saving.p5``, ``total_cost.mean``, ``probability_positive``.

One way to name them for everything that varies, stops at, tabulates or checks a figure.
"""

from __future__ import annotations

import difflib
import re
from typing import NamedTuple

GROUPS = ("saving", "total_cost")
SHARES = {"probability_positive", "probability_saves", "probability_kept"}
"""Figures that are probabilities; all others are money."""

_ALONE = (*sorted(SHARES), "risk_adjusted_value")
_PERCENTILE = r"p(?P<percentile>\d{1,2}(?:\.\d+)?)"
_SHORTFALL = r"es(?P<shortfall>\d{2}(?:\.\d+)?)"
_PART = re.compile(rf"mean|sd|{'|'.join(_ALONE)}|{_PERCENTILE}|{_SHORTFALL}")
_FIGURE = rf"(?:(?:{'|'.join(GROUPS)})\.)?(?:{_PART.pattern})"
_OWN = re.compile(rf"(?:(?P<alternative>.+?)\.)??(?P<figure>{_FIGURE})")

KNOWN = (
    "saving.mean, saving.sd, saving.p5, saving.es95, total_cost.mean, total_cost.sd, total_cost.p95, "
    "total_cost.es95, risk_adjusted_value, probability_positive, probability_kept (p1 to p99 in place of p5)"
)
"""What may be asked for, in words."""

_PARTS = ("mean", "sd", "p5", "p50", "p95", "es95")
_SPELT = [*(f"{group}.{part}" for group in GROUPS for part in _PARTS), *_ALONE]


class FigureName(NamedTuple):
    """What the name of a figure says."""

    group: str
    """``saving`` or ``total_cost``; empty where neither is said, which means the saving."""
    part: str
    level: float | None
    """Of a percentile, or of the mean beyond one, as a probability."""

    @property
    def is_share(self) -> bool:
        """Whether it is a probability; else it is money."""
        return self.part in SHARES


def figure_named(name: str) -> FigureName:
    """Return what a name means; ValueError with what is known for one that is no figure of a run."""
    group, _, part = name.strip().lower().partition(".")
    if group not in GROUPS:
        group, part = "", name.strip().lower()
    found = _PART.fullmatch(part)
    level = float(found["percentile"] or found["shortfall"] or 1) / 100 if found else 0.0
    if found is None or not level:
        close = difflib.get_close_matches(name.strip().lower(), _SPELT, n=1, cutoff=0.7)
        hint = f'did you mean "{close[0]}"? The figures ' if close else ""
        raise ValueError(f"{name} is not a figure of a run; {hint}known here: {KNOWN}")
    return FigureName(group, part, level if found["percentile"] or found["shortfall"] else None)


def alternative_and_figure(text: str) -> tuple[str | None, str]:
    """Split ``manila.saving.p5`` into alternative, None where none is named, and figure.

    Raises ValueError where it does not end in a figure.
    """
    found = _OWN.fullmatch(text.strip())
    if found is not None:
        figure_named(found["figure"])
        return found["alternative"], found["figure"]
    *_, group, last = ("", *text.strip().split("."))
    figure_named(f"{group}.{last}" if group in GROUPS else last)
    raise ValueError(f"{text} names no figure of a run; known here: {KNOWN}")
