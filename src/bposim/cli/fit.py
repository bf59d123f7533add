"""``bposim fit``: parameters of a scenario from a file of data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from bposim.cli.terminal import complain, say, show, warn, write

if TYPE_CHECKING:
    from bposim.fit.outcome import Fit, Kind

PICTURES = (".png", ".svg", ".pdf")


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--kind",
    type=click.Choice(["fx", "losses", "tenure", "volume"]),
    help="What the data are; by the names of the columns if left out.",
)
@click.option("--column", metavar="NAME", help="Column of the rates, losses, tenures or volumes.")
@click.option("--date", metavar="NAME", help="Column of dates, written 2024-03-31 or 2024-03.")
@click.option(
    "--left", metavar="NAME", help="Tenure: column that says who has left (1 or 0, yes or no), or when."
)
@click.option(
    "--entry", metavar="NAME", help="Tenure: column of the tenure that one had when the records begin."
)
@click.option(
    "--unit",
    type=click.Choice(["months", "years", "days"]),
    help="Tenure: unit of the column; by its name if left out, else months.",
)
@click.option("--currency", default="", metavar="CODE", help="Exchange rate: the currency, such as PHP.")
@click.option("--base", default="", metavar="CODE", help="Exchange rate: the currency of its price, as USD.")
@click.option(
    "--per",
    default="",
    metavar="CODE",
    help="Exchange rate: the file gives units for one of these, as the ECB for one EUR.",
)
@click.option(
    "--observed",
    default="",
    metavar="FROM:TO",
    help="When records were kept, as 2019-01:2024-12; one end may be missing. Also takes a part of the file.",
)
@click.option(
    "--truncated-below",
    default="0",
    metavar="AMOUNT",
    help="Losses: smaller ones were not recorded, as 10k.",
)
@click.option("--start", metavar="MONTH", help="Volume: give the level of this month, as 2027-01.")
@click.option(
    "--delimiter", type=click.Choice([",", ";", "tab"]), help="Parts the columns; by the header if left out."
)
@click.option(
    "--decimal", type=click.Choice([".", ","]), default=".", show_default=True, help="Decimal sign."
)
@click.option(
    "--model", default="", metavar="NAME", help="Write the keys of this model, not the proposed one."
)
@click.option("--uncertain", is_flag=True, help="Write parameters that the data leave open as distributions.")
@click.option("--picture", type=click.Path(path_type=Path), help="Draw data and models: .png, .svg or .pdf.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "yaml"]),
    default="text",
    show_default=True,
    help="What to write to stdout; yaml is the keys alone.",
)
def fit(  # noqa: PLR0913 - one parameter an option
    file: Path,
    *,
    kind: str | None,
    truncated_below: str,
    model: str,
    uncertain: bool,
    picture: Path | None,
    form: str,
    **options: Any,  # noqa: ANN401 - handed on as they are
) -> None:
    """Fit exchange rates, losses, tenures or volumes in FILE, and print the keys to paste into a scenario.

    FILE is a CSV with a header line, a ZIP with one inside, or ecb for the rates that come with bposim. The
    models are those that a scenario has, fitted by maximum likelihood, compared by AIC and BIC and tested by
    a parametric bootstrap with a fixed seed. docs/fit.md says what to make of it.
    """
    if picture is not None and picture.suffix.lower() not in PICTURES:
        raise click.BadParameter(f"end it in {', '.join(PICTURES)}", param_hint="--picture")
    found = _fitted(file, kind, truncated_below, options)
    chosen = _model(found, model)
    if form == "yaml":
        write(found.yaml(chosen, uncertain=uncertain))
        warn(found.warnings)
    elif form == "json":
        from bposim.report.document import json_text
        from bposim.report.fit_text import document

        write(json_text(document(found)))
    else:
        _print(found, chosen, uncertain=uncertain)
    if picture is not None:
        _draw(found, picture)


def _fitted(file: Path, kind: str | None, truncated_below: str, options: dict[str, Any]) -> Fit:
    from bposim.fit.dates import read_window
    from bposim.fit.files import from_csv
    from bposim.quantities import read_number, read_year_month

    for option, value, read in (
        ("--truncated-below", truncated_below, read_number),
        ("--observed", options["observed"], read_window),
        ("--start", options["start"], read_year_month),
    ):
        try:
            if value:
                read(value)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint=option) from None
    threshold = read_number(truncated_below)
    if threshold < 0.0:
        raise click.BadParameter("a threshold is 0 or more", param_hint="--truncated-below")
    for code in ("currency", "base", "per"):
        options[code] = options[code].upper()
    return from_csv(file, cast("Kind | None", kind), truncated_below=threshold, **options)


def _model(found: Fit, model: str) -> str:
    """Return the name of the model that the keys are wanted of; BadParameter if a scenario cannot use it."""
    if not model:
        return found.chosen
    known = {own.name.lower(): own for own in found.candidates}
    own = known.get(model.lower())
    if own is None:
        names = "; ".join(own.name for own in found.candidates)
        raise click.BadParameter(f'"{model}" is not one of: {names}', param_hint="--model")
    if not own.usable:
        raise click.BadParameter(f"{own.name}: {own.flaw}; choose another", param_hint="--model")
    return own.name


def _print(found: Fit, chosen: str, *, uncertain: bool) -> None:
    from bposim.report.fit_text import tables

    for sentence in found.read:
        say(sentence)
    show(tables(found))
    say(f"Proposed: {found.why}.")
    say("")
    click.echo(found.yaml(chosen, uncertain=uncertain), nl=False)
    say("")
    warn(found.warnings)
    say(
        "Next: paste the keys, then bposim validate. --uncertain writes parameters as distributions, --model "
        "takes another model, --picture FILE.png shows data and models."
    )


def _draw(found: Fit, path: Path) -> None:
    from bposim.report.pictures import fit as picture
    from bposim.report.pictures.files import Picture, save

    path.parent.mkdir(parents=True, exist_ok=True)
    drawn = Picture(path.stem, picture.draw(found), picture.finding(found), picture.alt_text(found))
    save(drawn, path.parent, [path.suffix.lower().lstrip(".")])
    complain(f"the picture is in {path}")
