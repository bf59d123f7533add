"""What a shell offers when Tab is pressed: files, and the names that the scenario on the line defines.

A mistake in the scenario must not print over the prompt: whatever cannot be read offers nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click

    from bposim.scenario import Scenario

_PLACES = ("source", "origin", "file", "folder")
"""Parameters that name a scenario or a run."""


def paths(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer files and folders, which the shell lists itself."""
    return [CompletionItem(incomplete, type="file")]


def inputs(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the inputs of the scenario on the line."""
    from bposim.explain.sources import numbers
    from bposim.inputs.names import short_name

    scenario = _scenario_on_the_line(ctx)
    if scenario is None or "=" in incomplete:
        return []
    found = {short_name(written.name): written.meaning for written in numbers(scenario)}
    return [CompletionItem(name, help=found[name]) for name in sorted(found) if name.startswith(incomplete)]


def alternatives(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the alternatives of the scenario on the line."""
    scenario = _scenario_on_the_line(ctx)
    return [] if scenario is None else _beginning(scenario.alternatives, incomplete)


def templates(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the templates of ``bposim init``."""
    from bposim.templates import templates as all_templates

    return [
        CompletionItem(template.name, help=template.about)
        for template in all_templates()
        if template.name.startswith(incomplete)
    ]


def pictures(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer kinds of pictures; several are written with commas."""
    from bposim.report.pictures.gallery import KINDS

    done, comma, last = incomplete.rpartition(",")
    return [CompletionItem(f"{done}{comma}{kind}") for kind in ("all", *KINDS) if kind.startswith(last)]


def kinds(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer risks, price models, exchange-rate models, clauses and distributions."""
    from bposim.cli.risks import families

    return _beginning([kind for members in families().values() for kind in members], incomplete)


def words(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer what can be explained: codes, and figures of a run."""
    from bposim.errors import CODES
    from bposim.explain.metrics import WORDS

    begun = incomplete.upper() if incomplete else "no code"
    codes = [CompletionItem(code, help=text) for code, text in CODES.items() if code.startswith(begun)]
    return codes or _beginning(WORDS, incomplete)


def _beginning(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def _scenario_on_the_line(ctx: click.Context) -> Scenario | None:
    from bposim.errors import BposimError
    from bposim.files import load
    from bposim.stored import manifest_of, scenario_of_run

    # An option that still waits for its value keeps click from giving the arguments before it their names.
    places = [*(ctx.params.get(name) for name in _PLACES), *(ctx.params.get("files") or ()), *ctx.args]
    named = next((str(place) for place in places if place and Path(str(place)).exists()), None)
    if named is None:
        return None
    try:
        folder = Path(named)
        return scenario_of_run(folder, manifest_of(folder)) if folder.is_dir() else load(named)
    except (BposimError, OSError):
        return None
