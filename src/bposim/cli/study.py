"""Options and words that the commands share which simulate the same futures more than once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bposim.cli.parameters import (
    format_option,
    seed_option,
    set_option,
    threads_option,
    trials,
    without_option,
)
from bposim.cli.terminal import complain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from bposim.analysis.measures import Estimate
    from bposim.report.pictures.files import Picture
    from bposim.scenario import Scenario

    F = TypeVar("F", bound=Callable[..., Any])

FEW_TRIALS = "10k"
"""Paired differences need fewer futures than the figures themselves."""


def study_options(command: F) -> F:
    """Give a command --trials, --seed, --threads, --set, --without and --format."""
    for option in reversed(
        (
            click.option(
                "-n",
                "--trials",
                metavar="NUMBER",
                default=FEW_TRIALS,
                show_default=True,
                callback=trials,
                help="Futures to simulate, the same in every variant.",
            ),
            seed_option,
            threads_option,
            set_option,
            without_option,
            format_option("table", "json"),
        )
    ):
        command = option(command)
    return command


CHOICE = "choice by\nrisk-adj."
"""Heads the column of the alternative that ranks first, beside whatever figure."""


picture_option = click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A picture of it: FILE.png, FILE.svg or FILE.pdf, or a folder for PNG and SVG.",
)
"""Gives a study a picture of what it finds, which the stored run alone cannot give."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """How a study was simulated, for the footer of its pictures."""

    scenario: Scenario
    seed: int
    trials: int


def save_pictures(target: Path | None, drawn: Sequence[Callable[[], Picture]]) -> None:
    """Write the pictures of a study and say on stderr what was written, or why one was not drawn.

    Raises BadParameter for one file with several pictures.
    """
    if target is None:
        return
    from bposim.report.pictures.files import save_to
    from bposim.report.pictures.page import CannotDrawError

    pictures = []
    for draw in drawn:
        try:
            pictures.append(draw())
        except CannotDrawError as error:
            complain(f"not drawn: {error}")
    try:
        written = save_to(pictures, target)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--output") from None
    if written:
        complain(f"{', '.join(path.name for path in written)}: in {written[0].parent}")


def check_alternative(name: str | None, known: Collection[str], option: str = "--alternative") -> None:
    """Raise a usage error for a name that no alternative has."""
    from bposim.part import suggestion

    if name is not None and name not in known:
        message = f"there is no alternative {name}; {suggestion(name, known)}"
        raise click.BadParameter(message, param_hint=option)


def numbers_of(estimate: Estimate) -> dict[str, float | str | None]:
    """Return an estimate for JSON: null where the sample gives no number."""
    from bposim.report.document import finite

    found: dict[str, float | str | None] = {
        "value": finite(estimate.value),
        "se": finite(estimate.se),
        "low": finite(estimate.low),
        "high": finite(estimate.high),
    }
    return {**found, "note": estimate.note} if estimate.note else found


def figure_text(estimate: Estimate, *, is_share: bool = False) -> str:
    """Return money as "4.81M ± 12k", a probability as "88%"; "-" where the sample gives no error for it."""
    from bposim.report.numbers import percent
    from bposim.report.table import NOTHING, plus_minus

    if estimate.se is None and estimate.low is None:
        return NOTHING
    return percent(estimate.value) if is_share else plus_minus(estimate)


def heading(schema: str, scenario: Scenario, seed: int) -> dict[str, Any]:
    """Return what the JSON of every study begins with."""
    return {
        "schema": schema,
        "scenario": {"title": scenario.title, "sha256": scenario.sha256},
        "currency": scenario.base_currency,
        "seed": seed,
    }
