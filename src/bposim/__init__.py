"""bposim: a Monte Carlo simulator for the decision to outsource a business process.

The commands as functions; ``docs/python.md`` has the table of both.

>>> import bposim
>>> scenario = bposim.load("scenarios/customer-support.yaml")
>>> result = bposim.simulate(scenario, trials=4_096, seed=7)
>>> result
<Result: Customer support, 220 seats; in-house, manila, krakow, blend; 4,096 trials, seed 7>
>>> result.to_frame().shape
(4096, 4)
>>> bposim.summarise(result).decision.recommended
'krakow'
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bposim.analysis.summary import Summary
    from bposim.assumption_book import export_book, import_book
    from bposim.cash import base_case
    from bposim.engine import simulate
    from bposim.errors import (
        BposimError,
        Complaint,
        ExtraMissingError,
        RunError,
        ScenarioError,
        SimulationError,
    )
    from bposim.files import load
    from bposim.result import BaseCase, Result, StreamedResult
    from bposim.scenario import Scenario
    from bposim.stored import read, verify
    from bposim.studies.until import simulate_until
    from bposim.verbs import (
        breakeven,
        compare,
        diff,
        doctor,
        exit_right,
        frontier,
        plan,
        recommendation,
        sensitivity,
        store,
        stress,
        summarise,
        sweep,
        validate,
        value,
        worth,
        write_report,
    )

__all__ = [
    "BaseCase",
    "BposimError",
    "Complaint",
    "ExtraMissingError",
    "Result",
    "RunError",
    "Scenario",
    "ScenarioError",
    "SimulationError",
    "StreamedResult",
    "Summary",
    "base_case",
    "breakeven",
    "compare",
    "diff",
    "doctor",
    "exit_right",
    "export_book",
    "frontier",
    "import_book",
    "load",
    "plan",
    "read",
    "recommendation",
    "sensitivity",
    "simulate",
    "simulate_until",
    "store",
    "stress",
    "summarise",
    "sweep",
    "validate",
    "value",
    "verify",
    "worth",
    "write_report",
]

_HOMES = {
    "analysis.summary": ("Summary",),
    "assumption_book": ("export_book", "import_book"),
    "cash": ("base_case",),
    "engine": ("simulate",),
    "errors": (
        "BposimError",
        "Complaint",
        "ExtraMissingError",
        "RunError",
        "ScenarioError",
        "SimulationError",
    ),
    "files": ("load",),
    "result": ("BaseCase", "Result", "StreamedResult"),
    "scenario": ("Scenario",),
    "stored": ("read", "verify"),
    "studies.until": ("simulate_until",),
    "verbs": (
        "breakeven",
        "compare",
        "diff",
        "doctor",
        "exit_right",
        "frontier",
        "plan",
        "recommendation",
        "sensitivity",
        "store",
        "stress",
        "summarise",
        "sweep",
        "validate",
        "value",
        "worth",
        "write_report",
    ),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

_MODULES = ("explain", "library", "schema", "selftest", "templates")
"""Modules of the public interface: ``bposim.explain.explain("evpi")``."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names above
    """Import a public name when it is first used, so that ``bposim --help`` answers at once."""
    if name in _MODULES:
        return importlib.import_module(f"bposim.{name}")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"bposim.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names, for completion."""
    return [*__all__, *_MODULES]
