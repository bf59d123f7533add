"""``extends:`` and ``like:`` of a scenario carried out, with what a scenario knows about its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim import sharing
from bposim.inputs.number import FORM_KEYS
from bposim.legs.vendor import FX_CLAUSES, PRICE_MODELS
from bposim.library.catalogue import SHELF
from bposim.yaml_tree import load_tree

if TYPE_CHECKING:
    from bposim.tree import Map

EXCLUSIVE = (
    FORM_KEYS,
    frozenset({"team", "vendor"}),
    frozenset(PRICE_MODELS),
    frozenset(FX_CLAUSES),
    frozenset({"fixed", "wages_of", "prices_of"}),
    frozenset({"volume_per_fte", "one_per", "fixed"}),
    frozenset({"drift", "parity"}),
    frozenset({"severity", "records"}),
    frozenset({"margin", "incentive"}),
    frozenset({"allocation", "credit_rate", "credit_table"}),
)
"""Keys of which one mapping has one: an override with another of them replaces it."""


def resolved(tree: Map) -> Map:
    """Return the tree with all sharing carried out; raises ScenarioError where it cannot be."""
    return sharing.resolve(tree, families=EXCLUSIVE, read=load_tree, library=SHELF)
