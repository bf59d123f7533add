"""Two runs side by side: what differs between their scenarios and programs, and how their figures moved."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any

from bposim.analysis.changes import FIGURES, compared
from bposim.differences import differences
from bposim.inputs.streams import STREAM_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bposim.analysis.changes import Attribution, Compared
    from bposim.analysis.summary import Summary
    from bposim.differences import Differences
    from bposim.result import AnyResult

PROGRAMS = ("bposim", "numpy", "scipy")
"""Whose versions can move a figure."""


@dataclass(frozen=True, slots=True)
class RunChanges:
    """Two runs, what differs between their scenarios, and what that did."""

    old: AnyResult
    new: AnyResult
    recommended: tuple[str, str]
    """By the old run and by the new one."""
    found: Differences
    compared: Compared
    attribution: Attribution | None = None
    """None where nothing was asked to be attributed, or nothing that moves a figure differs."""
    versions: tuple[str, ...] = ()
    """Programs that differ, ``numpy 2.1, now 2.2``."""


def changes_since(
    old: tuple[AnyResult, Summary],
    new: tuple[AnyResult, Summary],
    manifests: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None] = (None, None),
    figure: str = FIGURES[0],
) -> RunChanges:
    """Return what changed from an old run to a new one, ``figure`` before the others.

    ``manifests`` are those of stored runs; a run without one was made by the programs that are here.  Raises
    RunError for other currencies, ValueError for a name that is no figure.
    """
    (before, was), (after, now) = old, new
    streams = {(manifest or {}).get("stream_version", STREAM_VERSION) for manifest in manifests}
    asked = tuple(dict.fromkeys((figure, *FIGURES)))
    return RunChanges(
        before,
        after,
        (was.decision.recommended, now.decision.recommended),
        differences(before.scenario, after.scenario),
        compared(before, after, asked, same_streams=len(streams) == 1),
        versions=_differing(*manifests),
    )


def _differing(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return the programs whose versions differ between two runs."""
    then, now = (
        {name: (manifest or {}).get("versions", {}).get(name) or metadata.version(name) for name in PROGRAMS}
        for manifest in (old, new)
    )
    return tuple(f"{name} {then[name]}, now {now[name]}" for name in PROGRAMS if then[name] != now[name])
