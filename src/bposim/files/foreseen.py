"""What will not fit together once each value can be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from bposim.consistency import Finding, findings
from bposim.errors import ScenarioError
from bposim.files.places import misfit, place_of
from bposim.inputs.names import matching
from bposim.scenario import Scenario
from bposim.tree import List, Map, Node, Text, descend, dotted, standing_for, steps_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bposim.errors import Complaint
    from bposim.tree import Steps

_CERTAIN = frozenset({"BP204", "BP205", "BP207"})
"""What names and currencies say, whatever the numbers are."""

_OF_ONE_VALUE = frozenset({"BP104", "BP106", "BP107", "BP201", "BP202"})
"""What is wrong with a value or key by itself, whatever is missing elsewhere."""


def foreseen(tree: Map, details: Iterable[Mapping[str, Any]], written: Map) -> list[Complaint]:
    """Return what will not fit together once each value can be read, as far as that can be told now.

    Misspelt keys are taken for what they were meant to be, and a number is put where one could not be read;
    what then depends on such a number is left unsaid.
    """
    mended = tree
    guessed: list[Steps] = []
    for finding in details:
        steps = place_of(mended, finding["loc"]).steps
        kind, last = finding["type"], str(finding["loc"][-1]) if finding["loc"] else ""
        meant = re.search('did you mean "(.+)"', finding["msg"])
        if kind == "bp_unknown_key":
            guessed += [] if meant else [steps]
            mended = _exchanged(mended, steps, meant[1] if meant else "", None)
            continue
        if kind == "bp_missing" and (not steps or str(steps[-1]) != last):
            steps = (*steps, last)
        guessed.append(steps)
        mended = _exchanged(mended, steps, str(steps[-1]) if steps else "", Text("1"))
    try:
        scenario = Scenario.model_validate(mended)
    except ValidationError:
        return []
    return [
        misfit(tree, f, written)
        for f in findings(scenario)
        if not f.code.startswith("BP3") and _holds(f, guessed, scenario)
    ]


def _holds(finding: Finding, guessed: list[Steps], scenario: Scenario) -> bool:
    """Tell whether something does not fit whatever stands at the places that were guessed."""
    if not guessed:
        return True
    keys = finding.keys
    if finding.code == "BP203":
        rows = scenario.correlations.pairs
        row = rows[keys[-1]] if keys[:2] == ("correlations", "pairs") and isinstance(keys[-1], int) else None
        return row is not None and not any(matching(name, map(dotted, guessed)) for name in row[:2])
    if finding.code == "BP206":
        return not any(steps[:2] == keys[:2] and "share" in steps for steps in guessed)
    if finding.code == "BP201":  # rates of events are held against the horizon
        return keys[-1] != "per_year" and not any(steps[: len(keys)] == keys for steps in guessed)
    return finding.code in _CERTAIN and not {"transition", "exit"}.intersection(keys)


def beyond_sharing(
    written: Map, complaints: Iterable[Complaint], read: Callable[[Map], object]
) -> list[Complaint]:
    """Return what else is wrong with a tree of which some ``like:`` point nowhere.

    Each is taken for what it was meant to be; a mapping for which that is open is left out, and then nothing
    is said about how the rest fits together.
    """
    mended, sure = written, True
    for complaint in complaints:
        steps = steps_of(complaint.path.split("."))
        own = descend(written, steps)
        like = own.get("like") if isinstance(own, Map) else None
        if complaint.code != "BP110" or not isinstance(like, Text):
            return []
        meant = re.search('did you mean "(.+)"', complaint.remedy)
        if meant:
            mended = _exchanged(mended, (*steps, "like"), "like", Text(meant[1], like.mark))
        else:
            in_list = any(isinstance(step, int) for step in steps)
            sure, mended = False, _exchanged(mended, steps[:2] if in_list else steps, "", None)
    try:
        read(mended)
    except ScenarioError as error:
        return [c for c in error.complaints if c.code != "BP110" and (sure or c.code in _OF_ONE_VALUE)]
    return []


def _exchanged(tree: Map, steps: Steps, key: str, value: Node | None) -> Map:
    """Return the tree with the last step's entry under another key, or gone without one; or another value."""
    *way, last = steps or ("",)

    def remade(node: Node, rest: Sequence[str | int]) -> Node:
        if isinstance(node, List):
            if rest:
                return List([remade(item, rest[1:]) if i == rest[0] else item for i, item in enumerate(node)])
            return List([value if i == last and value is not None else item for i, item in enumerate(node)])
        if not isinstance(node, Map):
            return node
        if rest:
            items = {k: remade(v, rest[1:]) if k == str(rest[0]) else v for k, v in node.items()}
            return standing_for(node, items)
        items = {k: v for k, v in node.items() if k != str(last)}
        moved = value if value is not None else node.get(str(last))
        if key and key not in items and moved is not None:
            items[key] = moved
        return standing_for(node, items)

    return cast("Map", remade(tree, way))
