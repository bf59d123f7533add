"""A scenario that is to be simulated again, from its file or from the folder of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource
from click.globals import get_current_context

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bposim.scenario import Scenario
    from bposim.studies.variants import Source


def scenario_again(
    source: str, overrides: Mapping[str, str], without: Sequence[str], seed: int
) -> tuple[Scenario, int]:
    """Return the scenario and the seed: of a folder the run's own, unless another seed is asked for.

    Raises UsageError where a stored run is asked to be another one.
    """
    if not Path(source).is_dir():
        from bposim.files import load

        return load(source, overrides, without), seed
    from bposim.stored import manifest_of, scenario_of_run

    if overrides or without:
        raise click.UsageError(f"--set and --without change a run, and {source} is one; give its file")
    manifest = manifest_of(Path(source))
    asked = get_current_context().get_parameter_source("seed") is ParameterSource.COMMANDLINE
    return scenario_of_run(Path(source), manifest), seed if asked else int(manifest["seed"])


def source_again(
    source: str, overrides: Mapping[str, str], without: Sequence[str], seed: int
) -> tuple[Source, int]:
    """Return the scenario as it can be read again with one more change, and the seed; as scenario_again."""
    from bposim.studies.variants import Source

    if not Path(source).is_dir():
        return Source(source, overrides, without), seed
    from bposim.stored import manifest_of

    _, seed = scenario_again(source, overrides, without, seed)  # the checks
    stored = manifest_of(Path(source))["scenario"]
    return Source(Path(source) / stored["file"], stored["set"], stored["without"]), seed
