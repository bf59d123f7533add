"""Options that several commands read in the same way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bposim.cli.completing import inputs

if TYPE_CHECKING:
    from collections.abc import Callable

    Command = TypeVar("Command", bound=Callable[..., Any])

MOST_TRIALS = 1_000_000_000


def trials(ctx: click.Context, param: click.Parameter, value: str) -> int:
    """Return a number of trials, written as a scenario file writes numbers, from 1 to a billion."""
    from bposim.quantities import read_number

    try:
        number = read_number(value)
    except ValueError as error:
        raise click.BadParameter(str(error), ctx=ctx, param=param) from None
    if number != int(number) or not 1 <= number <= MOST_TRIALS:
        message = f"{value} is not a number of trials; give a whole one from 1 to 1bn, such as 100k"
        raise click.BadParameter(message, ctx=ctx, param=param)
    return int(number)


def overrides(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    """Return ``path=value`` texts as a mapping; the last of several for one path counts."""
    read: dict[str, str] = {}
    for text in value:
        path, sign, new = text.partition("=")
        if not sign or not path.strip():
            message = f"{text!r} is not path=value; write e.g. --set discount_rate=9%"
            raise click.BadParameter(message, ctx=ctx, param=param)
        read[path.strip()] = new.strip()
    return read


def percentile(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """Return the probability of a percentile written p90; None for none."""
    if value is None:
        return None
    found = re.fullmatch(r"[pP]?(\d{1,2}(\.\d+)?)%?", value.strip())
    if found is None or not 0 < float(found[1]) < 100:  # noqa: PLR2004 - per cent
        message = f"{value} is not a percentile; write one between p0 and p100, such as p90"
        raise click.BadParameter(message, ctx=ctx, param=param)
    return float(found[1]) / 100


def format_option(*forms: str) -> Callable[[Command], Command]:
    """Return the option of what a command writes to stdout; the first form is that for people."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(forms),
        default=forms[0],
        show_default=True,
        help="What to write to stdout.",
    )


at_option = click.option(
    "--at",
    metavar="PERCENTILE",
    callback=percentile,
    help="Base case with every input at this percentile of its own, e.g. p90, in place of its mean.",
)
trials_option = click.option(
    "-n",
    "--trials",
    metavar="NUMBER",
    default="100k",
    show_default=True,
    callback=trials,
    help="Futures to simulate: 20_000, 100k, 1M.",
)
seed_option = click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="The same seed, the same draws."
)
threads_option = click.option(
    "--threads", type=click.IntRange(min=1), default=1, show_default=True, help="Processor cores to use."
)
design_option = click.option(
    "--design",
    type=click.Choice(["random", "lhs", "sobol"]),
    default="random",
    show_default=True,
    help="How futures are spread: by chance, stratified, or evenly (sobol: the smallest errors).",
)
without_option = click.option(
    "--without",
    multiple=True,
    metavar="NAME",
    help="Leave out a clause, risk or mitigation, e.g. manila.sla, *.insurance or encryption; several times.",
)
set_option = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="PATH=VALUE",
    callback=overrides,
    shell_complete=inputs,
    help="Change a value of the scenario, e.g. discount_rate=9%; can be given several times.",
)
