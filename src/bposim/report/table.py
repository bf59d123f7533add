"""Tables of a run for a terminal, Markdown and CSV.

A :class:`Table` is made of finished texts; the same one is drawn for each output.  Names of alternatives come
from users: they are shown without control characters, and never read as markup, formula or table border.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bposim.report.numbers import Scale, amount, percent, probability, stated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import rich.table

    from bposim.analysis.measures import Estimate
    from bposim.analysis.summary import AlternativeSummary, Summary
    from bposim.result import AnyResult
    from bposim.scenario import Promise

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet read a text as a formula."""

NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Table:
    """Texts in rows; the first column is a label, the others are figures unless ``left`` counts them in.

    A line break in a heading is where it may be broken.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1
    """So many columns from the left hold text."""


def outcomes(result: AnyResult, summary: Summary) -> Table:
    """Return one row an alternative: cost, saving, risk, risk-adjusted value and payback."""
    scenario = result.scenario
    promised = scenario.preferences.promised_saving
    columns = ["#", "name", "mean\ncost", "P5", "P95", "mean\nsaving", "P(saves)"]
    columns += [f"P(over\n{promised_text(promised)})"] if promised is not None else []
    columns += ["worst\n5%", "risk-adj.\nvalue", "payback\nmonth"]
    rows = [
        _outcome(alternative, result, promises=promised is not None)
        for alternative in sorted(summary.alternatives.values(), key=lambda a: a.rank)
    ]
    title = (
        f"{printable(scenario.title)}: present value over {scenario.months} months, "
        f"{scenario.base_currency}, {result.trials:,} trials"
    )
    return Table(title, tuple(columns), tuple(rows), left=2)


def budget_and_return(result: AnyResult, summary: Summary) -> Table:
    """Return one row an alternative: rates of return, how often the budget is exceeded; or no rows."""
    budget = result.scenario.preferences.budget
    alternatives = sorted(summary.alternatives.values(), key=lambda a: a.rank)
    years = max((len(own.budget.years) for own in alternatives if own.budget), default=0)
    columns = ["name", "return,\nmean flow", "return,\nbase case"]
    columns += [f"P(over\n{amount(budget.total)})"] if budget and budget.total is not None else []
    columns += [f"over in\nyear {year}" for year in range(1, years + 1)] + (
        ["over in\na year"] if years else []
    )
    rows = []
    for own in alternatives:
        rates = own.internal_rate
        found = (rates.mean.rate, rates.base_case.rate) if rates else (None, None)
        over = [] if own.budget is None else [own.budget.total, *own.budget.years, own.budget.any_year]
        rows.append(
            (
                titled(result, own.name),
                *(NOTHING if rate is None else percent(rate, 0 if rate >= 1 else 1) for rate in found),
                *(probability(share.value, result.trials) for share in over if share),
            )
        )
    if all(cell == NOTHING for row in rows for cell in row[1:]):
        rows = []
    title = "Internal rate of return a year" + (", and how often the budget is exceeded" if budget else "")
    return Table(title, tuple(columns), tuple(rows))


def promised_text(promised: Promise) -> str:
    """Return a promised saving as "4M", or "12%" of the baseline's cost."""
    return f"{100 * promised.value:g}%" if promised.relative else stated(promised.value)


def categories(result: AnyResult, summary: Summary) -> Table:
    """Return the mean present value by category, an alternative a column, the largest category first."""
    by_name = {name: alternative.categories for name, alternative in summary.alternatives.items()}
    sizes: dict[str, float] = {}
    for amounts in by_name.values():
        for category, value in amounts.items():
            sizes[category] = max(sizes.get(category, 0.0), abs(value))
    ordered = sorted((category for category in sizes if sizes[category] > 0.0), key=lambda c: (-sizes[c], c))
    totals = [alternative.cost.mean.value for alternative in summary.alternatives.values()]
    scale = Scale.of(max(map(abs, totals)))
    # One more digit than the total has, so that what is small beside it does not vanish.
    scale = Scale(scale.divisor, scale.suffix, scale.decimals + 1)
    rows = [
        (
            category.replace("_", " "),
            *(_fitting(own.get(category, 0.0), scale) for own in by_name.values()),
        )
        for category in ordered
    ]
    rows.append(("total", *(scale.text(total) for total in totals)))
    title = f"Mean present value by category, {result.scenario.base_currency}"
    return Table(title, ("category", *(titled(result, name) for name in by_name)), tuple(rows))


def rich_table(table: Table, width: int) -> rich.table.Table:
    """Return the table for a terminal of ``width`` columns; a narrow one wraps, between words if it can."""
    from rich import box  # noqa: PLC0415 - not needed for JSON and CSV
    from rich.table import Table as RichTable  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    rows = [[_kept_together(cell) for cell in row] for row in table.rows]
    columns = list(zip(table.columns, *rows, strict=True))
    natural = [max(len(line) for cell in column for line in cell.split("\n")) for column in columns]
    least = list(map(_longest_word, columns))
    # One space between columns and at either edge belongs to the box, a second one is padding.
    roomy = sum(least) + 2 * len(least) <= width
    between = (2 if roomy else 1) * len(least) + (0 if roomy else 1)
    drawn = RichTable(
        title=Text(table.title) if table.title else None,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
        padding=(0, 1) if roomy else 0,
    )
    for number, (column, size) in enumerate(
        zip(table.columns, _widths(natural, least, width - between), strict=True)
    ):
        drawn.add_column(
            Text(column),
            justify="left" if number < table.left else "right",
            overflow="fold",
            header_style="",
            width=size,
        )
    for row in rows:
        drawn.add_row(*map(Text, row))
    return drawn


def in_parts(table: Table, width: int) -> list[Table]:
    """Return the table, or, where words would be cut, several below each other that repeat the label columns.

    One whose labels leave no room for a figure stays whole, and :func:`rich_table` cuts its words.
    """
    columns = list(
        zip(table.columns, *([_kept_together(cell) for cell in row] for row in table.rows), strict=True)
    )
    least = [_longest_word(column) + 1 for column in columns]
    labels = sum(least[: table.left]) + 1
    if sum(least) < width or labels + max(least[table.left :], default=0) > width:
        return [table]
    groups: list[list[int]] = []
    room = 0
    for number in range(table.left, len(columns)):
        if room < least[number]:
            groups.append([])
            room = width - labels
        groups[-1].append(number)
        room -= least[number]
    parts = []
    for group in groups:
        kept = [*range(table.left), *group]
        rows = tuple(tuple(row[number] for number in kept) for row in table.rows)
        title = table.title if group is groups[0] else ""
        parts.append(Table(title, tuple(table.columns[number] for number in kept), rows, table.left))
    return parts


def _kept_together(cell: str) -> str:
    """Return the cell with its error on the line of its amount's sign: broken before ±, not after it."""
    return cell.replace("± ", "±\N{NO-BREAK SPACE}")


def _longest_word(column: Iterable[str]) -> int:
    return max(len(word) for cell in column for word in cell.replace("\n", " ").split(" "))


def _widths(natural: list[int], least: list[int], room: int) -> list[int]:
    """Return widths that add up to ``room`` at most, or 1 each: spaces give way first, then long words."""
    widths = natural.copy()
    while sum(widths) > room and max(widths) > 1:
        slack = [max(width - word, 0) for width, word in zip(widths, least, strict=True)]
        widths[max(range(len(widths)), key=lambda i: (slack[i], widths[i]))] -= 1
    return widths


def markdown(table: Table) -> str:
    """Return the table as GitHub Markdown, ending with a line break."""
    alignment = ["---" if number < table.left else "---:" for number in range(len(table.columns))]
    lines = [f"**{_inert_markdown(table.title)}**", ""]
    lines += [
        "| " + " | ".join(map(_inert_markdown, row)).replace("\n", " ") + " |"
        for row in (table.columns, alignment, *table.rows)
    ]
    return "\n".join(lines) + "\n"


def csv_text(rows: Iterable[Sequence[str | float | None]]) -> str:
    """Return rows as CSV: numbers in full, None as an empty cell, no text that a spreadsheet calculates."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerows([inert(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return stream.getvalue()


def tidy_rows(summary: Summary) -> Iterator[tuple[str, str, float | None, float | None]]:
    """Yield alternative, measure, value and standard error of every figure of a run."""
    decision = summary.decision
    for name, alternative in summary.alternatives.items():
        for group, measures in (("total_cost", alternative.cost), ("saving", alternative.saving)):
            for measure in type(measures).__dataclass_fields__:
                estimate: Estimate = getattr(measures, measure)
                yield name, f"{group}.{measure}", estimate.value, estimate.se
        adjusted = alternative.risk_adjusted
        yield name, "risk_adjusted_value.mean_es", adjusted.mean_es.value, adjusted.mean_es.se
        if equivalent := adjusted.certainty_equivalent:
            yield name, "risk_adjusted_value.certainty_equivalent", equivalent.value, equivalent.se
        if promise := alternative.promise:
            yield (
                name,
                "promised_saving.probability_kept",
                promise.probability_kept.value,
                promise.probability_kept.se,
            )
            yield name, "promised_saving.shortfall", promise.shortfall.value, promise.shortfall.se
        yield from _return_and_budget_rows(name, alternative)
        for category, value in alternative.categories.items():
            yield name, f"by_category.{category}", value, None
        yield name, "payback_month.p50", alternative.payback.p50, None
        yield name, "payback_month.never", alternative.payback.never.value, alternative.payback.never.se
        best, regret = decision.probability_best[name], decision.expected_regret[name]
        yield name, "probability_best", best.value, best.se
        yield name, "expected_regret", regret.value, regret.se
        yield name, "rank", alternative.rank, None
    yield "", "evpi", decision.evpi.value, decision.evpi.se


def _return_and_budget_rows(
    name: str, alternative: AlternativeSummary
) -> Iterator[tuple[str, str, float | None, float | None]]:
    if rate := alternative.internal_rate:
        yield name, "internal_rate_of_return.mean_cash_flow", rate.mean.rate, None
        yield name, "internal_rate_of_return.base_case", rate.base_case.rate, None
    if budget := alternative.budget:
        figures = {"probability_total_exceeded": budget.total, "mean_excess": budget.excess}
        figures |= {f"probability_year_{year}_exceeded": own for year, own in enumerate(budget.years, 1)}
        figures["probability_any_year_exceeded"] = budget.any_year
        for measure, estimate in figures.items():
            if estimate:
                yield name, f"budget.{measure}", estimate.value, estimate.se


def plus_minus(estimate: Estimate) -> str:
    """Return e.g. "4.81M ± 12k"; without an error the amount alone."""
    if not estimate.se:
        return amount(estimate.value)
    return f"{amount(estimate.value, estimate.se)} ± {amount(estimate.se, estimate.se)}"


def printable(text: str) -> str:
    """Return the text with control characters, which a terminal would obey, replaced by a visible sign."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


class Titled(Protocol):
    """Whatever knows what people call the alternatives: a scenario, a result, what was found in it."""

    @property
    def titles(self) -> Mapping[str, str]:
        """Titles by name."""


def titled(known: Titled, name: str) -> str:
    """Return what people call an alternative, printable; its name where it has no title."""
    return printable(known.titles.get(name, name))


def inert(text: str) -> str:
    """Return the text for a cell of a spreadsheet: never a formula, and never a new row."""
    return f"'{printable(text)}" if text.startswith(FORMULA_STARTS) else printable(text)


def _outcome(alternative: AlternativeSummary, result: AnyResult, *, promises: bool) -> tuple[str, ...]:
    cost, saving = alternative.cost, alternative.saving
    cells = [
        str(alternative.rank),
        titled(result, alternative.name),
        plus_minus(cost.mean),
        amount(cost.p5.value, cost.p5.se),
        amount(cost.p95.value, cost.p95.se),
    ]
    if alternative.name == result.baseline:
        return (*cells, "baseline", *[NOTHING] * (5 if promises else 4))
    cells += [plus_minus(saving.mean), probability(saving.probability_positive.value, result.trials)]
    if promises:
        kept = alternative.promise
        cells.append(probability(kept.probability_kept.value, result.trials) if kept else NOTHING)
    return (
        *cells,
        # Too few points in the tail give a number, but none to be shown.
        NOTHING if saving.es95.se is None else amount(saving.es95.value, saving.es95.se),
        plus_minus(_ranking_value(alternative, result)),
        "never" if alternative.payback.p50 is None else str(alternative.payback.p50),
    )


def _fitting(value: float, scale: Scale) -> str:
    """Return an amount on the table's scale, or on its own where it would vanish."""
    if not value:
        return NOTHING
    return scale.text(value) if round(value / scale.divisor, scale.decimals) else amount(value)


def _ranking_value(alternative: AlternativeSummary, result: AnyResult) -> Estimate:
    """Return the risk-adjusted value that the scenario ranks by, or the one that stands in for it."""
    equivalent = alternative.risk_adjusted.certainty_equivalent
    wanted = result.scenario.preferences.rank_by == "certainty_equivalent"
    return equivalent if wanted and equivalent else alternative.risk_adjusted.mean_es


def _inert_markdown(text: str) -> str:
    return "".join(f"\\{char}" if char in "\\|<>*_`[]$" else char for char in text)
