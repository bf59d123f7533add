"""What the tests of the model share: scenarios as Python data, and one small scenario with everything."""

from __future__ import annotations

import dataclasses
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bposim.files import scenario_of
from bposim.inputs.draws import NoDraws
from bposim.world.world import WorldModel, simulate_world
from bposim.yaml_tree import load_tree, read_tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.scenario import Scenario
    from bposim.world.world import World

HEAD = {"schema_version": 1, "title": "test", "base_currency": "USD", "start": "2027-01"}


@pytest.fixture(scope="session", autouse=True)
def _heeding_ctrl_c() -> None:
    """Let the processes of tests heed SIGINT, which those of `pytest … &` in a script inherit as ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def read() -> Callable[[dict[str, Any]], Scenario]:
    """Return a function that reads nested data as a scenario file is read; the head may be left out."""
    return lambda data: scenario_of(read_tree(_flow(HEAD | data), "test.yaml"))


@pytest.fixture(scope="session")
def still() -> Callable[..., World]:
    """Return a function that makes a world in which nothing is random, for any number of trials.

    It takes the months, the trials and the keys of the world beside a volume of 1,000 calls a month.
    """

    def world(months: int = 24, trials: int = 1, **keys: object) -> World:
        model = WorldModel.model_validate({"volume": {"unit": "call", "per_month": 1000.0}} | keys)
        made = simulate_world(model, NoDraws(), months, (2027, 1), "USD")
        return dataclasses.replace(made, trials=trials)

    return world


@pytest.fixture
def tiny() -> dict[str, Any]:
    """Return tests/data/tiny.yaml as nested data that a test may change before it is read."""
    tree: dict[str, Any] = _plain(load_tree(Path(__file__).parent / "data" / "tiny.yaml"))
    return tree


def _flow(node: object) -> str:
    """Write nested data as YAML in one line; texts stay bare, so that ``"40%"`` is a number."""
    if isinstance(node, dict):
        return "{" + ", ".join(f"{key}: {_flow(value)}" for key, value in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(map(_flow, node)) + "]"
    if isinstance(node, bool):
        return str(node).lower()
    if isinstance(node, str):
        return f'"{node}"' if re.search(r"[,:{}\[\]#&]", node) else str(node)
    return repr(node)


def _plain(node: object) -> Any:  # noqa: ANN401 - nested data
    if isinstance(node, dict):
        return {key: _plain(value) for key, value in node.items()}
    return [_plain(item) for item in node] if isinstance(node, list) else str(node)
