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
