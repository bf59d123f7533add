"""What clauses and mitigations are worth, from a study that was stored beside a run.

``bposim worth DIR -o DIR`` stores one.  It took simulations of its own, so a
report of the run reads it and makes none.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bposim.analysis.measures import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "worth.json"
SCHEMA = "bposim.worth/1"


@dataclass(frozen=True, slots=True)
class Valued:
    """A clause or mitigation of an alternative, and what it is worth at the risk-adjusted cost."""

    short: str
    meaning: str
    is_clause: bool
    taken: bool
    worth: Estimate


@dataclass(frozen=True, slots=True)
class StoredWorth:
    """A stored study."""

    items: dict[str, tuple[Valued, ...]]
    """By alternative."""


def worth_beside(folder: Path, sha256: str) -> StoredWorth | None:
    """Return the study in the folder of a run; None where there is none, or one of another scenario."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["schema"] != SCHEMA or content["scenario"]["sha256"] != sha256:
            return None
        return StoredWorth(
            {name: tuple(map(_valued, own["items"])) for name, own in content["alternatives"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None  # not what bposim worth writes: as good as none


def _valued(item: Mapping[str, Any]) -> Valued:
    found = item["risk_adjusted_value"]
    value, se = float(found["value"]), None if found["se"] is None else float(found["se"])
    if not math.isfinite(value) or (se is not None and not 0 <= se < math.inf):
        raise ValueError(f"{item['short']} has no finite worth")
    return Valued(
        str(item["short"]),
        str(item["meaning"]),
        item["kind"] == "clause",
        bool(item["taken"]),
        Estimate(value, se),
    )
