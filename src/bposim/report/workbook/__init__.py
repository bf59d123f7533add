"""The run as a workbook: figures, charts linked to cells, and the base case as formulas to follow."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bposim.explain.twin import twin_of
from bposim.library.outside_view import with_outside_view
from bposim.report.workbook.assumptions import write_assumptions
from bposim.report.workbook.book import Book
from bposim.report.workbook.cash_flows import MONTH_WIDTH, WIDTHS, CashFlows
from bposim.report.workbook.clauses import write_clauses
from bposim.report.workbook.lines import Lines
from bposim.report.workbook.manifest import write_manifest
from bposim.report.workbook.percentiles import WIDTH, Percentiles
from bposim.report.workbook.sample import write_sample
from bposim.report.workbook.sensitivity import write_sensitivity
from bposim.report.workbook.summary import WIDTHS as SUMMARY_WIDTHS
from bposim.report.workbook.summary import SummarySheet
from bposim.storage import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bposim.analysis.summary import Summary
    from bposim.result import AnyResult

__all__ = ["workbook", "write_workbook"]


def write_workbook(
    path: str | Path, result: AnyResult, summary: Summary, manifest: Mapping[str, Any] | None = None
) -> Path:
    """Write the workbook of a run and return its path; a file that is there is replaced as a whole.

    ``manifest`` is that of a stored run; without it the sheet Manifest has what the result knows.
    Raises OSError where the file cannot be written.
    """
    return write_whole(Path(path), [workbook(result, summary, manifest)])


def workbook(result: AnyResult, summary: Summary, manifest: Mapping[str, Any] | None = None) -> bytes:
    """Return the workbook of a run; the same run and manifest give the same bytes."""
    scenario, names = result.scenario, result.names
    summary = with_outside_view(scenario, summary)
    run = f"seed {result.seed}, {result.trials:,} futures"
    book = Book(scenario.title, run, _finished(manifest))
    first = SummarySheet(book, book.sheet("Summary", SUMMARY_WIDTHS), result, summary)
    percentiles = Percentiles(book, book.sheet("Percentiles", (11, *[WIDTH] * (8 * len(names)))))
    percentiles.write(result)
    twin = twin_of(scenario)
    widths = (*WIDTHS, *[MONTH_WIDTH] * (twin.months + 1))
    flows = CashFlows(book, twin, result.baseline, book.sheet("Cash flows", widths, colour="#0072B2"))
    lines = Lines(book, twin)
    lines.write()
    flows.write(names, lines, summary)
    write_assumptions(book, scenario)
    write_sensitivity(book, result, summary)
    write_clauses(book, scenario)
    write_sample(book, result)
    write_manifest(book, result, manifest)
    first.write(flows, percentiles)
    return book.content()


def _finished(manifest: Mapping[str, Any] | None) -> datetime | None:
    """Return when a stored run ended, which then is when its workbook was made."""
    finished = (manifest or {}).get("finished")
    return datetime.fromisoformat(finished).replace(tzinfo=None) if isinstance(finished, str) else None
