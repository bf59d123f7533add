"""``bposim value``: what is worth finding out before choosing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from bposim.cli.source import paths_option, result_of, source_options, summary_of
from bposim.cli.study import picture_option, save_pictures
from bposim.cli.terminal import complain, say, show, write

if TYPE_CHECKING:
    from pathlib import Path

    from bposim.report.pictures.files import Picture
    from bposim.report.study_value import Plan
    from bposim.report.value import Value
    from bposim.result import AnyResult

_HOW = re.compile(
    r"(?P<resolved>[\d.]+)%"
    r"|(?P<count>[\d.]+)\s*x\s*(?P<noise>\S+)"
    r"|>\s*(?P<above>\S+)\s+(?P<hit>[\d.]+)%\s*/\s*(?P<false>[\d.]+)%"
)

STUDY = "NAME=INPUTS:60%:PRICE, NAME=INPUT:3 x 0.15:PRICE or NAME=INPUT:>1.3 70%/10%:PRICE"


def studies(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> list[Plan]:
    """Return the studies that the texts describe."""
    return [_study(ctx, param, text) for text in value]


def _study(ctx: click.Context, param: click.Parameter, text: str) -> Plan:
    from bposim.quantities import read_number
    from bposim.report.study_value import Plan

    name, sign, rest = text.partition("=")
    parts = [part.strip() for part in rest.rsplit(":", 2)]
    found = _HOW.fullmatch(parts[1]) if len(parts) == 3 else None  # noqa: PLR2004 - inputs, how, price
    if not sign or not name.strip() or found is None:
        raise click.BadParameter(f"{text!r} is no study; write {STUDY}", ctx=ctx, param=param)
    looks_at = tuple(pattern.strip() for pattern in parts[0].split(",") if pattern.strip())
    try:
        price = read_number(parts[2])
        plan = Plan(name.strip(), looks_at, price, **_how(found))
    except ValueError as error:
        raise click.BadParameter(f"{text!r}: {error}", ctx=ctx, param=param) from None
    return plan


def _how(found: re.Match[str]) -> dict[str, Any]:
    """Return how well a study finds out, as fields of a plan; ValueError where it cannot be."""
    from bposim.quantities import read_number

    if found["resolved"]:
        return {"resolved": _share(found["resolved"])}
    if found["count"]:
        return {"observations": (float(found["count"]), read_number(found["noise"]))}
    return {"check": (read_number(found["above"]), _share(found["hit"]), _share(found["false"]))}


def _share(text: str) -> float:
    share = float(text) / 100
    if share > 1:
        raise ValueError(f"{text}% is more than all")
    return share


@click.command()
@source_options
@click.option(
    "--study",
    "plans",
    multiple=True,
    metavar="TEXT",
    callback=studies,
    help="A study, NAME=INPUTS:HOW:PRICE, e.g. 'pilot=manila.quality.distance:60%:120k'; several times.",
)
@picture_option
@click.option(
    "--top", type=click.IntRange(min=1), default=12, show_default=True, help="Rows of the table of inputs."
)
@paths_option
def value(  # noqa: PLR0913, PLR0917 - one argument an option
    source: str,
    trials: int,
    seed: int,
    overrides: dict[str, str],
    without: tuple[str, ...],
    threads: int,
    form: str,
    plans: list[Plan],
    target: Path | None,
    top: int,
    by_path: bool,  # noqa: FBT001 - a flag is a flag
) -> None:
    """Show what it is worth to find out before choosing, from the run in SOURCE or a scenario file.

    For everything, every leg and every input: what to know it exactly would save on average, because the
    choice could follow it.

    A study says HOW well it finds out.  "60%": it resolves that much of the variance of INPUTS.
    "3 x 0.15": it observes one input three times, each time with an error of standard deviation 0.15.
    ">1.3 70%/10%": it warns in 70 % of futures in which the input is above 1.3, and in 10 % of the others.
    """
    from bposim.report.document import json_text
    from bposim.report.estimate import ERRORS
    from bposim.report.value import document
    from bposim.report.value import value as found_by
    from bposim.report.value_text import by_risk, paragraph, tables

    result = result_of(source, trials, seed, overrides, without, threads)
    found = found_by(result, plans, by_path=by_path)
    save_pictures(target, [lambda: _picture(result, found)])
    words = " ".join([paragraph(found), *by_risk(found, summary_of(result).decision)])
    if form == "json":
        write(json_text(document(found)))
        complain(words)
        return
    show(tables(found, top))
    say(ERRORS)
    say(words)
    say(f"Next: bposim breakeven {source} tells what would have to be true for another choice.")


def _picture(result: AnyResult, found: Value) -> Picture:
    from bposim.report.pictures.gallery import picture_of_value

    return picture_of_value(result.first, found)
