"""``bposim explain``: how a line comes about, what an input says, what a code or a figure means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bposim.cli.completing import paths, words
from bposim.cli.parameters import at_option, format_option, set_option
from bposim.cli.terminal import say, show, write

if TYPE_CHECKING:
    from bposim.explain import Explanation
    from bposim.explain.codes import CodeExplanation
    from bposim.explain.inputs import InputExplanation
    from bposim.explain.lines import LineExplanation, Piece
    from bposim.explain.metrics import MetricExplanation
    from bposim.report.table import Table
    from bposim.scenario import Scenario


PLAIN = ("sigma", "shape")
"""Parameters that have no unit: they are not written in per cent."""


@click.command()
@click.argument("what", shell_complete=words)
@click.argument("file", required=False, shell_complete=paths)
@click.option("--alternative", metavar="NAME", help="Only this alternative, where WHAT names none.")
@click.option(
    "--csv",
    "out",
    metavar="OUT",
    help="Write every month of the line, with all drivers, to the file OUT; - is stdout.",
)
@set_option
@at_option
@format_option("text", "json")
def explain(  # noqa: PLR0913, PLR0917 - one parameter an option
    what: str,
    file: str | None,
    alternative: str | None,
    out: str | None,
    overrides: dict[str, str],
    at: float | None,
    form: str,
) -> None:
    """Explain WHAT: a line, an input, an error code or a figure of a run.

    A line is ALTERNATIVE.CATEGORY, such as manila.vendor_fees, or manila.total, manila.saving: its formula,
    drivers month by month, present value and sources, in the base case (every input at its mean, events at
    their expectation).

    An input is a path, such as manila.price: distribution, where it is used, correlations and source.

    A code is BP104, a figure es95, evpi or payback; they need no FILE.

    FILE is a scenario, or the folder of a run, whose scenario is then taken as it was run.
    """
    from bposim.explain import LineExplanation, UnknownWordError
    from bposim.explain import explain as explained
    from bposim.explain.document import SCHEMA, explanation_content
    from bposim.files import load
    from bposim.report.document import json_text

    if file and Path(file).is_dir():
        scenario = _that_was_run(Path(file), overrides)
    else:
        scenario = load(file, overrides) if file else None
    try:
        found = explained(what, scenario, alternative, at)
    except UnknownWordError as error:
        raise click.BadParameter(str(error), param_hint="WHAT") from None
    if out is not None:
        _write_csv(found, out)
        if out == "-":
            return
    if form == "json":
        content = [explanation_content(each) for each in found]
        write(json_text({"schema": SCHEMA, "explanations": content}))
        return
    for each in found:
        _show(each)
    if out is not None:
        say(f"Every month is in {out}.")
    elif isinstance(found[0], LineExplanation):
        say(f"Next: --csv OUT writes all {found[0].months} months of one line.")


def _that_was_run(folder: Path, overrides: dict[str, str]) -> Scenario | None:
    from bposim.stored import manifest_of, scenario_of_run

    if overrides:
        raise click.UsageError("--set changes a scenario file; a folder has what was run")
    return scenario_of_run(folder, manifest_of(folder))


def _write_csv(found: list[Explanation], out: str) -> None:
    from bposim.explain.document import csv_rows
    from bposim.explain.lines import LineExplanation
    from bposim.report.table import csv_text

    lines = [each for each in found if isinstance(each, LineExplanation)]
    if not lines:
        raise click.BadParameter("only a line has months; name one, such as manila.total", param_hint="--csv")
    if len(lines) > 1:
        names = " or ".join(line.name for line in lines)
        message = f"WHAT is {len(lines)} lines and a file holds one; write {names}"
        raise click.BadParameter(message, param_hint="--csv")
    text = csv_text(csv_rows(lines[0]))
    if out == "-":
        write(text)
    else:
        Path(out).write_text(text, encoding="utf-8", newline="")


def _show(explanation: Explanation) -> None:
    from bposim.explain.codes import CodeExplanation
    from bposim.explain.inputs import InputExplanation
    from bposim.explain.lines import LineExplanation

    if isinstance(explanation, LineExplanation):
        _show_line(explanation)
    elif isinstance(explanation, InputExplanation):
        _show_input(explanation)
    elif isinstance(explanation, CodeExplanation):
        _show_code(explanation)
    else:
        _show_metric(explanation)


def _show_line(line: LineExplanation) -> None:
    from bposim.explain.inputs import level_name

    say(f"{line.name}: {line.meaning}" if line.meaning else line.name)
    if line.at is not None:
        say(f"Every input is at its {level_name(line.at)}, events at their expectation.")
    for piece in line.pieces:
        say("")
        if piece.formula:
            say(f"{piece.label}:  {piece.formula}")
            for remark in piece.remarks:
                say(f"  {remark}")
            say(f"  docs/model.md, {piece.section}; {_tie(piece)}")
        else:
            say(f"{piece.label}: the amounts of the engine; this line has no formula here yet")
        show([_months_table(line, piece)])
    say(
        f"Present value: {line.currency} {line.present_value:,.2f} = month 0 + Σ amount × "
        f"(1 + {line.discount_rate:.6g})^(−month/12).  Undiscounted: {line.flow.sum():,.2f}."
    )
    sources = _sources_table(line)
    if sources.rows:
        show([sources])
    say("")


def _tie(piece: Piece) -> str:
    if piece.ties:
        return "recomputed from the columns below it equals the engine to 1e-9"
    return (
        f"recomputed from the columns below it differs from the engine by up to {piece.difference:.2g} of "
        "the largest month: more acts on this line than the formula says"
    )


def _months_table(line: LineExplanation, piece: Piece) -> Table:
    """Return drivers in rows and some months in columns: 1, 13, T, the first and the largest amount."""
    import numpy as np

    from bposim.explain.document import line_month
    from bposim.report.table import Table, printable

    own = np.flatnonzero(piece.flow[1:]) + 1
    shown = {1, 13, line.months} | ({0} if piece.flow[0] else set())
    shown |= {int(own[0]), int(np.argmax(np.abs(piece.flow[1:]))) + 1} if own.size else set()
    months = sorted(month for month in shown if month <= line.months)
    rows = [
        (
            printable(driver.symbol),
            printable(driver.meaning),
            *(_figure(float(driver.values[month - 1])) if month else "" for month in months),
        )
        for driver in piece.drivers
    ]
    rows.append(("amount", line.currency, *(f"{piece.flow[month]:,.2f}" for month in months)))
    heads = (f"month {month}\n{line_month(line, month)}" for month in months)
    return Table("", ("", "meaning", *heads), tuple(rows), left=2)


def _sources_table(line: LineExplanation) -> Table:
    from bposim.explain.inputs import at_level, level_name
    from bposim.inputs.names import short_name
    from bposim.report.plan import input_figure
    from bposim.report.table import NOTHING, Table, printable

    references = [ref for piece in line.pieces for ref in piece.references]
    if line.discounting:
        references.append(line.discounting)
    rows = {}
    above = ""
    for reference in references:
        written, note = reference.written, reference.note
        if not written.given:
            continue
        value = written.value
        if isinstance(value, float):
            text = _number(value, rate=False)
        else:
            figure = input_figure(at_level(value, line.at), per_cent=value.per_cent)
            text = f"{level_name(line.at)} {figure}, {value.kind}"
        said = "; ".join(filter(None, (note.source, note.note))) or NOTHING
        around = "" if note.at in {"", written.name} else f" [noted at {short_name(note.at)}]"
        name = short_name(written.name)
        said = "as above" if note.at and note.at == above else said + around
        above = note.at
        rows[name] = (reference.symbol, printable(name), text, note.grade, printable(said))
    heads = ("", "input", "value", "grade", "source")
    return Table("Inputs and their sources", heads, tuple(rows.values()), left=5)


def _show_input(found: InputExplanation) -> None:
    from bposim.inputs.names import short_name
    from bposim.report.plan import input_figure

    figures, note, rate = found.figures, found.note, found.per_cent
    say(f"{found.short}: {found.meaning}" if found.meaning else found.short)
    say(f"  path          {found.name}")
    unit = f"{found.currency} " if found.currency else ""
    if figures.kind == "certain":
        default = "" if found.given else " (default: the file says nothing)"
        say(f"  value         {unit}{_figure(figures.mean)}, certain{default}")
    else:
        parameters = ", ".join(
            _parameter(name, value, rate=rate) for name, value in figures.parameters.items()
        )
        drawn = "drawn anew for each event" if found.per_event else "drawn once in each future"
        say(f"  distribution  {figures.kind}: {parameters}; {drawn}")
        spread = ", ".join(
            f"{name.upper()} {input_figure(value, per_cent=rate)}"
            for name, value in figures.percentiles.items()
        )
        say(f"  figures       mean {unit}{input_figure(figures.mean, per_cent=rate)}, {spread}")
    say(f"  used at       {', '.join(found.used_at)}")
    if found.variants:
        say(f"  varied at     {', '.join(found.variants)} (same draw, other parameters)")
    say(f"  enters        {', '.join(found.enters) or 'no formula of a line by itself'}")
    for other, rank in found.correlations:
        say(f"  correlated    {rank:+.2g} with {short_name(other)}")
    around = "" if note.at in {"", found.name} else f"  [noted at {short_name(note.at)}]"
    say(f"  source        {note.source or 'none given'}{around if note.source else ''}")
    if note.note:
        say(f"  note          {note.note}{'' if note.source else around}")
    if note.grade:
        say(f"  grade         {note.grade}")
    if note.owner:
        say(f"  owner         {note.owner}")


def _show_code(found: CodeExplanation) -> None:
    say(f"{found.code} ({'warning' if found.warning else 'error'}): {found.meaning}")
    say(f"  {found.remedy}")
    for title, example in (("For example", found.wrong), ("Put right", found.right)):
        say(f"{title}:")
        for text in example.splitlines():
            say(f"  {text}")


def _show_metric(found: MetricExplanation) -> None:
    say(f"{found.name}: {found.definition}")
    say(found.reading)


def _parameter(name: str, value: Any, *, rate: bool) -> str:  # noqa: ANN401 - of any distribution
    """Return a parameter in words: ``low 2%``; of a mixture each part after its weight."""
    if name == "components":
        whole = sum(weight for weight, _ in value)
        return "; ".join(f"{100 * weight / whole:.3g}% {_part(part, rate=rate)}" for weight, part in value)
    if name == "weights":
        return "weights " + ", ".join(map(_figure, value))
    rate = rate and name not in PLAIN
    if isinstance(value, list):
        return f"{name} " + ", ".join(_number(each, rate=rate) for each in value)
    return f"{name} {_number(value, rate=rate)}"


def _part(part: dict[str, dict[str, Any]], *, rate: bool) -> str:
    """Return one part of a mixture: "triangular (low 500,000, likely 1,500,000, high 4,000,000)"."""
    ((kind, parameters),) = part.items()
    if kind == "discrete" and len(parameters["values"]) == 1:
        return f"always {_number(parameters['values'][0], rate=rate)}"
    return f"{kind} ({', '.join(_parameter(name, value, rate=rate) for name, value in parameters.items())})"


def _number(value: Any, *, rate: bool) -> str:  # noqa: ANN401 - of any distribution
    if isinstance(value, list):
        return " at ".join(map(_figure, value))
    if not isinstance(value, int | float):
        return str(value)
    if rate:
        return f"{100 * value:.6g}%"
    return f"{value:,.0f}" if value == int(value) else _figure(value)


def _figure(value: float) -> str:
    """Return a driver to seven digits, which is more than a reader compares and less than the CSV has."""
    return f"{value:,.2f}" if abs(value) >= 1e5 else f"{value:,.7g}"  # noqa: PLR2004 - longer than seven digits
