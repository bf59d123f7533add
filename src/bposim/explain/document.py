"""An explanation as plain values for JSON, and a line's months as rows for a spreadsheet."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from bposim.explain.codes import CodeExplanation
from bposim.explain.inputs import InputExplanation, figures, level_name
from bposim.explain.lines import LineExplanation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.explain import Explanation
    from bposim.explain.lines import Piece

SCHEMA = "bposim.explain/1"


def explanation_content(explanation: Explanation) -> dict[str, Any]:
    """Return an explanation as plain values for JSON."""
    if isinstance(explanation, LineExplanation):
        return _line_content(explanation)
    if isinstance(explanation, InputExplanation):
        content = asdict(explanation)
        note = {**content.pop("note"), "grade": explanation.note.grade}
        return {"explains": "input", "short": explanation.short, **content, "note": note}
    kind = "code" if isinstance(explanation, CodeExplanation) else "figure"
    return {"explains": kind, **asdict(explanation)}


def _line_content(line: LineExplanation) -> dict[str, Any]:
    references = [(ref.symbol, ref.written, ref.note) for piece in line.pieces for ref in piece.references]
    if line.discounting:
        references.append((line.discounting.symbol, line.discounting.written, line.discounting.note))

    return {
        "explains": "line",
        "name": line.name,
        "alternative": line.alternative,
        "category": line.category,
        "meaning": line.meaning,
        "currency": line.currency,
        "inputs_at": "mean" if line.at is None else level_name(line.at).lower(),
        "present_value": line.present_value,
        "discount_rate": line.discount_rate,
        "months": [{"month": t, "calendar": line_month(line, t)} for t in range(line.months + 1)],
        "amount": line.flow.tolist(),
        "discount_factor": line.factors.tolist(),
        "pieces": [
            {
                "of": piece.label,
                "formula": piece.formula or None,
                "where": list(piece.remarks),
                "section": piece.section,
                "ties": piece.ties,
                "difference": piece.difference,
                "drivers": [
                    {"symbol": each.symbol, "meaning": each.meaning, "values": each.values.tolist()}
                    for each in piece.drivers
                ],
                "amount": piece.flow.tolist(),
            }
            for piece in line.pieces
        ],
        "inputs": [
            {
                "driver": symbol,
                "path": written.name,
                "used_at": written.position,
                "given": written.given,
                "mean": figures(written.value).mean,
                "kind": figures(written.value).kind,
                "source": note.source,
                "note": note.note,
                "owner": note.owner,
                "grade": note.grade,
                "noted_at": note.at,
            }
            for symbol, written, note in references
        ],
    }


def csv_rows(line: LineExplanation) -> Iterator[list[str | float | None]]:
    """Yield the rows of a line's spreadsheet: months 0..T with drivers, amounts and present values."""
    several = len(line.pieces) > 1

    def heading(piece: Piece, name: str) -> str:
        return f"{piece.label}: {name}" if several else name

    head: list[str | float | None] = ["month", "calendar"]
    for piece in line.pieces:
        head += [heading(piece, driver.symbol) for driver in piece.drivers]
        head += [heading(piece, "amount")] if several else []
    yield [*head, "amount", "discount_factor", "present_value"]
    for month, total in enumerate(line.flow.tolist()):
        row: list[str | float | None] = [month, line_month(line, month)]
        for piece in line.pieces:
            row += [float(driver.values[month - 1]) if month else None for driver in piece.drivers]
            row += [float(piece.flow[month])] if several else []
        factor = float(line.factors[month])
        yield [*row, total, factor, total * factor]


def line_month(line: LineExplanation, month: int) -> str:
    """Return the calendar month of a month of the horizon; month 0 is the decision."""
    return calendar_month(line.start, month) if month else "decision"


def calendar_month(start: tuple[int, int], month: int) -> str:
    """Return "2027-03" for month 3 of a horizon that starts in January 2027."""
    year, first = start
    past = first - 1 + month - 1
    return f"{year + past // 12}-{past % 12 + 1:02d}"
