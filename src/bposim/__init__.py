"""bposim: a Monte Carlo simulator for the decision to outsource a business process.

>>> import bposim
>>> scenario = bposim.load("scenarios/customer-support.yaml")
>>> result = bposim.simulate(scenario, trials=20_000, seed=7)
>>> result.to_frame().describe()
"""

from bposim.engine import base_case, simulate
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
