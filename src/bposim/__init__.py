"""bposim: a Monte Carlo simulator for the decision to outsource a business process.

>>> import bposim
>>> scenario = bposim.load("scenarios/customer-support.yaml")
>>> result = bposim.simulate(scenario, trials=20_000, seed=7)
>>> result.to_frame().describe()
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bposim.cash import base_case
    from bposim.engine import simulate
    from bposim.errors import BposimError, Complaint, ScenarioError, SimulationError
    from bposim.files import load
    from bposim.result import BaseCase, Result
    from bposim.scenario import Scenario

__all__ = [
    "BaseCase",
    "BposimError",
    "Complaint",
    "Result",
    "Scenario",
    "ScenarioError",
    "SimulationError",
    "base_case",
    "load",
    "simulate",
]

_HOME = {
    "BaseCase": "result",
    "BposimError": "errors",
    "Complaint": "errors",
    "Result": "result",
    "Scenario": "scenario",
    "ScenarioError": "errors",
    "SimulationError": "errors",
    "base_case": "cash",
    "load": "files",
    "simulate": "engine",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names above
    """Import a public name when it is first used, so that ``bposim --help`` answers at once."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"bposim.{_HOME[name]}"), name)
