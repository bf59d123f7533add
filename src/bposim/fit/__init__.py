"""Parameters from data: exchange rates, losses, tenures and volumes, for the models of a scenario.

>>> from bposim.fit import from_csv
>>> fit = from_csv("losses.csv", truncated_below=10_000)
>>> print(fit.yaml())
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bposim.fit.files import from_csv
    from bposim.fit.outcome import Candidate, Figure, Fit

__all__ = ["Candidate", "Figure", "Fit", "from_csv"]

_HOME = {"Candidate": "outcome", "Figure": "outcome", "Fit": "outcome", "from_csv": "files"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names above
    """Import a public name when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"bposim.fit.{_HOME[name]}"), name)
