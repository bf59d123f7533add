"""Tables and words on what is worth finding out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.analysis.comparison import too_close
from bposim.report.numbers import amount, money, percent, stated
from bposim.report.paragraph import ENOUGH_TRIALS
from bposim.report.table import NOTHING, Table, plus_minus, printable
from bposim.report.words import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.analysis.measures import Estimate
    from bposim.analysis.summary import Decision
    from bposim.report.value import Piece, Value

NOTHING_TO_LEARN = "nothing"

NAMED = 3


def tables(found: Value, top: int) -> list[Table]:
    """Return what it is worth to know all, each leg's and each input's part, and the studies."""
    made = [_wholes(found), _pieces(found, top)]
    if found.studies:
        made.append(_studies(found))
    return [table for table in made if table.rows]


def paragraph(found: Value) -> str:
    """Return a few sentences on where to spend first, and on when there is nothing to find out."""
    return " ".join([*_sentences(found), *_idle(found)])


def by_risk(found: Value, decision: Decision) -> Iterator[str]:
    """Yield what the run says where, counted with risk, another alternative than that by mean ranks first."""
    name = printable(found.titles[decision.recommended])
    if decision.recommended == found.choice:
        return
    if not decision.decided:
        says = f"Counted with risk {name} ranks first so far"
    elif decision.close:
        close = listed([printable(found.titles[other]) for other in decision.close])
        says = f"Counted with risk {name} ranks first, too close to {close} to call"
    else:
        says = f"The run recommends {name}, whose bad outcomes are better"
    yield f"{says}; values of information are those of a choice by mean cost."


def _wholes(found: Value) -> Table:
    rows = [("everything, chance included", _worth(found.everything), NOTHING)]
    if found.all_inputs:
        rows.append(_row(found.all_inputs))
    rows += [_row(piece) for piece in found.legs if not piece.worthless]
    worthless = [piece for piece in found.legs if piece.worthless]
    if worthless:
        each = "each leg alone" if len(worthless) == len(found.legs) else "each other leg alone"
        rows.append((each, NOTHING_TO_LEARN, NOTHING))
    title = f"Knowing before choosing is worth, {found.currency}"
    return Table(title, ("what is known", "worth at\nmost", "changes the\nchoice in"), tuple(rows))


def _pieces(found: Value, top: int) -> Table:
    """Return the inputs and groups that are worth something; the others are counted."""
    worth = [piece for piece in found.pieces if not piece.worthless]
    rows = [(*_row(piece), _worth(piece.half) if piece.half else NOTHING) for piece in worth[:top]]
    if worth[top:]:
        most = amount(worth[top].value.value, worth[top].value.se)
        rows.append((f"{len(worth) - top} more", f"up to {most} each", NOTHING, NOTHING))
    worthless = len(found.pieces) - len(worth)
    if rows and worthless:
        rows.append((f"{worthless} others", NOTHING_TO_LEARN, NOTHING, NOTHING_TO_LEARN))
    shown = f" ({top} of {len(worth)})" if top < len(worth) else ""
    return Table(
        f"By input, and by group of several, {found.currency}{shown}",
        ("what is known", "worth at\nmost", "changes the\nchoice in", "half known\nis worth"),
        tuple(rows),
    )


def _studies(found: Value) -> Table:
    rows = tuple(
        (
            printable(plan.name),
            printable(found.seen(plan)),
            plus_minus(study.value) if study.value.value else NOTHING_TO_LEARN,
            stated(study.price),
            plus_minus(study.net),
        )
        for plan, study in sorted(found.studies, key=lambda each: -each[1].net.value)
    )
    title = f"Studies before choosing, {found.currency}"
    return Table(title, ("study", "looks at", "worth", "price", "net"), rows, left=2)


def _row(piece: Piece) -> tuple[str, str, str]:
    changes = NOTHING if piece.worthless else percent(piece.changes)
    return printable(piece.name), _worth(piece.value), changes


def _worth(estimate: Estimate) -> str:
    return NOTHING_TO_LEARN if too_close(estimate) else plus_minus(estimate)


def _sentences(found: Value) -> Iterator[str]:
    if found.trials < found.run_trials:
        yield (
            f"Inputs are valued on the first {found.trials:,} of {found.run_trials:,} trials, "
            "which the run keeps."
        )
    yield from _choice(found)
    if found.everything.se is None:
        yield f"That is too few trials to value information; simulate {ENOUGH_TRIALS} at least."
        return
    if too_close(found.everything):
        often = "every future simulated" if found.everything.value == 0 else "nearly every future"
        yield (
            f"{printable(found.titles[found.choice])} is the cheapest in {often}: the choice does not change "
            "whatever is found out, so no study is worth its price."
        )
        return
    ceiling = found.all_inputs
    if ceiling is None or ceiling.worthless:
        yield (
            "The choice does not change with any input, so finding out is worth nothing: "
            "what could change it is chance, which no study can tell."
        )
        return
    yield (
        f"To know all of the future would be worth {_money(found, found.everything)}; all inputs, "
        f"{_money(found, ceiling.value)}: no study of any kind is worth more than that."
    )
    yield from _ask_first(found)
    yield from _bought(found)


def _choice(found: Value) -> Iterator[str]:
    name, other = (printable(found.titles[each]) for each in (found.choice, found.next_best))
    if found.ahead is None:
        return
    if too_close(found.ahead):
        yield f"By mean cost {name} and {other} are too close to call."
    else:
        ahead = _money(found, found.ahead)
        yield f"By mean cost the choice today is {name}, {ahead} ahead of {other} on average."


def _ask_first(found: Value) -> Iterator[str]:
    named = [piece for piece in found.pieces if not piece.worthless and len(piece.inputs) == 1]
    if not named:
        yield "No single input is worth finding out; only several together change the choice."
        return
    texts = [
        f"{printable(piece.name)} (up to {amount(piece.value.value, piece.value.se)})"
        for piece in named[:NAMED]
    ]
    yield f"Spend here first: {listed(texts)}."
    lead = named[0]
    if lead.half is not None:
        study = f"A study that resolves half of the doubt about {printable(lead.name)}"
        if too_close(lead.half):
            yield f"{study} would still be worth nothing."
        else:
            yield f"{study} is worth {_money(found, lead.half)}; pay less than that."
    rest = [piece for piece in found.pieces if piece.worthless and len(piece.inputs) == 1]
    if rest:
        yield (
            f"For {len(rest)} of {len(found.known.values)} inputs the choice does not change, "
            "as far as these trials show: do not study them."
        )


def _bought(found: Value) -> Iterator[str]:
    if not found.studies:
        return
    worth = found.first
    if not worth:
        yield "None of the studies is worth its price."
        return
    best = worth[0]
    doubt = " (within its error of nothing)" if too_close(best.net) else ""
    yield (
        f"Of the studies, buy {printable(best.name)} first: it is worth "
        f"{_money(found, best.net)} more than it costs{doubt}."
    )


def _idle(found: Value) -> Iterator[str]:
    if found.idle:
        names = listed([printable(name) for name in found.idle])
        yield f"Not valued, as what they look at is not uncertain in this run: {names}."


def _money(found: Value, estimate: Estimate) -> str:
    return money(estimate.value, found.currency, estimate.se)
