"""From a scenario file to a Scenario, with every complaint located in the file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pydantic import ValidationError

from bposim import sharing
from bposim.clauses import WITHOUT, gone_correlations, still_correlated, switched_off, uncorrelated
from bposim.consistency import findings
from bposim.data_files import DataFiles
from bposim.errors import Complaint, ScenarioError
from bposim.files.dollars import library_dollars
from bposim.files.foreseen import beyond_sharing, foreseen
from bposim.files.overrides import meant, overridden
from bposim.files.places import NO_VALUE, but_unfilled, located, misfit, place_of, told_once, unless_meant
from bposim.files.resolved import resolved
from bposim.library.magnitudes import slips
from bposim.library.places import filled
from bposim.origins import settled
from bposim.quantities import kind_of
from bposim.scenario import SCHEMA_VERSION, Scenario
from bposim.tree import Map, Text, steps_of, walk
from bposim.yaml_tree import load_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def load(
    path: str | Path, overrides: Mapping[str, str] | None = None, without: Sequence[str] = ()
) -> Scenario:
    """Read, check and return a scenario; ``overrides`` are paths and values as for ``--set``.

    An override means the same as writing the value at its path into the file, so what is ``like`` it follows.
    ``without`` names clauses, risks and mitigations to leave out, as for ``--without``.

    Raises ScenarioError with every complaint.  Warnings are in ``scenario.warnings``.
    """
    written = tree = load_tree(path)
    for target, value in (overrides or {}).items():
        tree = overridden(tree, target, value)
    try:
        scenario = (_changed(tree, written) if overrides else scenario_of(tree)).changed_by(
            [f"--set {target}={value}" for target, value in (overrides or {}).items()]
        )
        return scenario.without(*without) if without else scenario
    except ScenarioError as error:
        raise ScenarioError(meant(tree, complaint) for complaint in error.complaints) from None


def _changed(tree: Map, written: Map) -> Scenario:
    """Return the scenario of a tree with overrides, without the correlations of what they make certain."""
    try:
        return scenario_of(tree)
    except ScenarioError as error:
        if all(complaint.code != "BP203" for complaint in error.complaints):
            raise
        refused = error
    try:
        before, whole = scenario_of(written), tree if "correlations" in tree else resolved(tree)
        names, after = before.uncertain.names, scenario_of(uncorrelated(whole)).uncertain.names
    except ScenarioError:
        raise refused from None
    told = [
        Complaint(
            "BP302",
            "correlations",
            f"[{', '.join(map(str, row))}] is left out: --set makes {' and '.join(certain)} certain",
            "nothing, if that is meant",
            row.mark,
        )
        for row, certain in gone_correlations(whole, names, after)
    ]
    return scenario_of(still_correlated(whole, names, after), told).drawn_like(before)


def scenario_of(written: Map, told: Sequence[Complaint] = ()) -> Scenario:
    """Return the scenario that a tree describes; ``told`` are warnings about it that are known already."""
    try:
        shared = resolved(written)
    except ScenarioError as error:
        more = beyond_sharing(
            written, error.complaints, lambda mended: _of_shared(mended, resolved(mended), told)
        )
        raise ScenarioError(told_once(written, [*error.complaints, *more])) from None
    return _of_shared(written, shared, told)


def _of_shared(written: Map, shared: Map, told: Sequence[Complaint]) -> Scenario:
    """Return the scenario of a tree, of which ``shared`` has all sharing carried out."""
    whole, unfilled = filled(shared)
    whole = settled(whole)
    bare, annotations = sharing.take_annotations(whole)
    unread = [*_version(bare), *unfilled]
    data = DataFiles(Path(bare.mark.file).parent if bare.mark else Path())
    tree = cast("Map", data.filled(bare))
    unread += [*data.complaints, *_empty(tree)]
    try:
        scenario = Scenario.model_validate(tree)
    except ValidationError as error:
        details = error.errors(include_url=False)
        unread += but_unfilled([located(tree, finding, written) for finding in details], unfilled)
        unread += foreseen(tree, details, written)
        raise ScenarioError(told_once(written, unread)) from None
    doubted = partial(unless_meant, whole)
    complaints = [misfit(tree, each, written) for found in findings(scenario) for each in doubted(found)]
    errors = [*unread, *(complaint for complaint in complaints if not complaint.code.startswith("BP3"))]
    if errors:
        raise ScenarioError(told_once(written, errors))
    complaints += [misfit(tree, finding, written) for finding in slips(scenario, doubted)]
    described = scenario.described(
        sha256=_content_hash(tree),
        warnings=told_once(written, [*told, *complaints]),
        annotations=annotations,
        data_files=data.hashes,
        cut=_Cut(written, whole),
    )
    if dollars := [misfit(tree, finding, written) for finding in library_dollars(described, whole)]:
        raise ScenarioError(told_once(written, dollars))
    return described


def written_out(scenario: Scenario) -> Map:
    """Return what a scenario was read from with all sharing carried out; each mapping knows its origin.

    Raises ValueError for a scenario that is not from a file.
    """
    cut = scenario.reader
    if not isinstance(cut, _Cut):
        raise ValueError("the scenario was not read from a file, so nothing is written anywhere")  # noqa: TRY004 - as without()
    return cut.whole


@dataclass(frozen=True, slots=True)
class _Cut:
    """Reads a tree again without some of its clauses, risks and mitigations."""

    written: Map = field(compare=False)
    whole: Map = field(compare=False)
    """With all sharing carried out, as it was then: a file that it extends may change later."""

    def __call__(self, names: Sequence[str], before: Scenario) -> Scenario:
        """Return the scenario without these names; ``before`` is the one with them."""
        tree = switched_off(resolved(self.written), names)
        try:
            after = scenario_of(uncorrelated(tree)).uncertain.names
            scenario = scenario_of(still_correlated(tree, before.uncertain.names, after))
        except ScenarioError as error:
            what = f"the scenario does not work without it: {error.complaints[0]}"
            remedy = "leave out what needs it, too"
            raise ScenarioError([Complaint("BP204", name, what, remedy, WITHOUT) for name in names]) from None
        return scenario.drawn_like(before)


def _version(tree: Map) -> Iterator[Complaint]:
    """Yield that the version is missing; of a file in another version nothing else can be said."""
    version = tree.get("schema_version")
    path, remedy = "schema_version", f"write schema_version: {SCHEMA_VERSION}"
    if version is None:
        yield Complaint("BP109", path, "it is missing", remedy, tree.key_marks.get(path, tree.mark))
    elif version and str(version) != str(SCHEMA_VERSION):
        what = f"{kind_of(version)} is not a version that this bposim knows"
        raise ScenarioError([Complaint("BP109", path, what, remedy, tree.key_marks.get(path))])


def _empty(tree: Map) -> Iterator[Complaint]:
    """Yield each key without a value; a text would take it as an empty text."""
    for names, node in walk(tree):
        if isinstance(node, Text) and not node and node.plain:
            yield place_of(tree, steps_of(names)).complaint("BP105", *NO_VALUE)


def _content_hash(tree: Map) -> str:
    """Return SHA-256 of the content: comments, order and layout do not count."""
    text = json.dumps(tree, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
