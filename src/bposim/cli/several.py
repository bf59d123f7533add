"""Several scenario files simulated one after another, each into a folder of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bposim.cli.group import EXPECTED, INVALID, failure
from bposim.cli.simulated import simulate_file
from bposim.cli.terminal import complain, say, show, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bposim.cli.simulated import Ran, Settings
    from bposim.report.table import Table


@dataclass(frozen=True, slots=True)
class _Done:
    """What became of a file."""

    file: str
    code: int
    ran: Ran | None
    """None where it could not be simulated."""
    why: str = ""


def run_several(files: Sequence[str], output: Path | None, form: str, settings: Settings) -> int:
    """Simulate the files and return the highest of their exit codes.

    A file that cannot be simulated is complained about, and the others go on.  In ``output`` each has a
    folder of the name of its file.
    """
    from bposim.runs import check_folder

    stems = [Path(file).stem for file in files]
    twice = next((stem for stem in stems if stems.count(stem) > 1), None)
    if twice is not None and output is not None:
        raise click.UsageError(
            f"two of the files would go to {output / twice}; run them into two folders, or rename one"
        )
    if output is not None and not settings.resume:
        check_folder(output)
    done = []
    for file, stem in zip(files, stems, strict=True):
        complain(f"{file} …")
        done.append(_simulated(file, None if output is None else output / stem, settings))
    _render(done, output, form)
    return max(one.code for one in done)


def _simulated(file: str, output: Path | None, settings: Settings) -> _Done:
    try:
        ran = simulate_file(file, output, settings)
    except click.BadParameter as error:  # --until names an alternative that this file does not have
        code, messages = INVALID, [f"error: {error.format_message()}"]
    except EXPECTED as error:
        code, messages = failure(error)
    else:
        return _Done(file, ran.code, ran)
    complain(*messages)
    return _Done(file, code, None, messages[0].removeprefix("error: "))


def _render(done: Sequence[_Done], output: Path | None, form: str) -> None:
    from bposim.report.document import document, json_text
    from bposim.report.table import csv_text, markdown, tidy_rows

    ran = [(one.file, one.ran) for one in done if one.ran]
    if form == "json":
        content: list[dict[str, Any]] = [
            {"file": one.file}
            | (document(one.ran.result, one.ran.summary) if one.ran else {"error": one.why})
            for one in done
        ]
        write(json_text(content))
    elif form == "csv":
        rows = [(file, *row) for file, own in ran for row in tidy_rows(own.summary)]
        write(csv_text([("file", "alternative", "measure", "value", "se"), *rows]))
    elif form == "md":
        write(markdown(_heads(done)))
    else:
        show([_heads(done)])
    if form in {"table", "md"} and output is not None:
        say(f"Each file has a folder in {output}; bposim compare takes two of them.")


def _heads(done: Sequence[_Done]) -> Table:
    """Return a row a file: what to choose, what it saves, and how its checks went."""
    from bposim.report.numbers import probability
    from bposim.report.table import NOTHING, Table, plus_minus, printable, titled

    rows = []
    for one in done:
        if one.ran is None:
            rows.append((printable(one.file), "not simulated, see above", *[NOTHING] * 4))
            continue
        result, best = one.ran.result, one.ran.summary.recommended
        checks = one.ran.checks
        is_close = bool(one.ran.summary.decision.close)
        saves = best.name != result.baseline
        rows.append(
            (
                printable(one.file),
                titled(result, best.name) + (" (too close to call)" if is_close else ""),
                f"{result.scenario.base_currency} {plus_minus(best.cost.mean)}",
                plus_minus(best.saving.mean) if saves else NOTHING,
                probability(best.saving.probability_positive.value, result.trials) if saves else NOTHING,
                f"{sum(check.passed for check in checks)} of {len(checks)}" if checks else NOTHING,
            )
        )
    columns = ("file", "recommended", "mean cost", "mean saving", "P(saves)", "checks\npassed")
    return Table("Several scenarios, each against its own baseline", columns, tuple(rows), left=2)
