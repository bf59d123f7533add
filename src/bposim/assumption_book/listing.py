"""The walk over a scenario file that makes the rows of a workbook."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bposim.assumption_book.guide import Guide, root_guide
from bposim.assumption_book.labels import is_correlation, label_of
from bposim.assumption_book.rows import (
    CHOICE,
    FIXED,
    FLAG,
    GENERAL,
    MAX_CELL,
    PARAMETER,
    PERCENTILES,
    RANGE,
    SHARED,
    SLOTS,
    TEXT,
    VALUE,
    Figure,
    Row,
    path_of,
)
from bposim.assumption_book.spelling import Amount, amount_of
from bposim.report.sheet_names import sheet_name
from bposim.sharing import ANNOTATIONS
from bposim.tree import List, Map, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bposim.tree import Node, Steps

_SHEETS = {"world": "World", "inputs": "Inputs", "mitigations": "Mitigations", "correlations": "Correlations",
           "stresses": "Stresses"}  # fmt: skip
_LOCKED = frozenset({"schema_version", "extends", "like"})
_TRIPLES = {frozenset({"low", "likely", "high"}): RANGE, frozenset({"p10", "p50", "p90"}): PERCENTILES}

RESERVED = ("Read me", GENERAL, *_SHEETS.values(), "_bposim")
"""Names of sheets that an alternative cannot have."""


def rows_of(tree: Map, base_currency: str) -> list[Row]:
    """Return the rows of a scenario file as it is written, sheet by sheet.

    ``base_currency`` is that of the whole scenario, which a file may have from its base.
    """
    return list(_Listing(tree, base_currency).rows())


class _Listing:
    """One walk over a file."""

    def __init__(self, tree: Map, base_currency: str) -> None:
        self.tree = tree
        self.base = base_currency
        self.seen: dict[int, str] = {}
        self.taken = {name.lower() for name in RESERVED}

    def rows(self) -> Iterator[Row]:
        guide = root_guide()
        special = {*_SHEETS, "alternatives"}
        for key, node in self.tree.items():
            if key not in special and key not in ANNOTATIONS:
                yield from self.walk((key,), node, guide.below(key, self.tree), GENERAL, 0)
        for key in ("world", "inputs", "alternatives", "mitigations", "correlations", "stresses"):
            if key not in self.tree:
                continue
            node = self.tree[key]
            below = guide.below(key, self.tree)
            if key != "alternatives" or not isinstance(node, Map):
                yield from self.walk((key,), node, below, _SHEETS.get(key, GENERAL), 0)
                continue
            for name, alternative in node.items():
                if name not in ANNOTATIONS or isinstance(alternative, Map):
                    sheet = self.sheet(name)
                    yield from self.walk((key, name), alternative, below.below(name, node), sheet, 0)

    def sheet(self, name: str) -> str:
        """Return a name that a sheet may have, and no other one has."""
        sheet = sheet_name(name, self.taken)
        self.taken.add(sheet.lower())
        return sheet

    def walk(self, steps: Steps, node: Node, guide: Guide, sheet: str, depth: int) -> Iterator[Row]:
        label = label_of(steps, self.tree, node)
        common = (steps, sheet, depth, label)
        if not isinstance(node, Text):
            first = self.seen.setdefault(id(node), path_of(steps))
            if first != path_of(steps):
                yield Row(*common, f"The same as {first}; change it there.", SHARED, locked=True)
                return
        if isinstance(node, Text):
            yield self.single(common, node, guide)
        elif isinstance(node, List):
            yield from self.listed(common, node, guide)
        elif isinstance(node.get("like"), Text) and node.keys() <= {"like", *ANNOTATIONS}:
            what = f"Taken over from {node['like']}; change it there."
            yield self.noted(Row(*common, what, SHARED, locked=True, is_map=True), node)
        elif guide.is_number and node.keys() <= set(ANNOTATIONS):
            yield self.noted(Row(*common, "From the library.", SHARED, locked=True, is_map=True), node)
        elif guide.is_number and not {"amount", "like"} & node.keys():
            yield from self.number(common, node, guide)
        else:
            yield self.noted(Row(*common, _heading(node, guide), is_map=True), node)
            yield from self.inside(steps, node, guide, sheet, depth + 1)

    def inside(self, steps: Steps, node: Map, guide: Guide, sheet: str, depth: int) -> Iterator[Row]:
        for key, value in node.items():
            if key != "like" and not (key in ANNOTATIONS and isinstance(value, Text) and steps != ("meta",)):
                yield from self.walk((*steps, key), value, guide.below(key, node), sheet, depth)

    def noted(self, row: Row, node: Map) -> Row:
        """Return the row with what the mapping says about its source, owner and note."""
        if row.steps == ("meta",) or not node:
            return row
        notes = {key: str(node[key]) for key in ANNOTATIONS if isinstance(node.get(key), Text)}
        fits = all(len(text) <= MAX_CELL for text in notes.values())
        clear = not any(isinstance(node.get(key), (Map, List)) for key in ANNOTATIONS)
        return replace(row, notes=notes if fits else {}, annotatable=fits and clear)

    def single(self, common: tuple[Steps, str, int, str], node: Text, guide: Guide) -> Row:
        steps = common[0]
        amount = amount_of(node) if node.plain and guide.takes_numbers else None
        if amount is not None and steps[0] not in _LOCKED:
            figure = Figure(steps, str(node), amount)
            return Row(
                *common,
                guide.meaning if isinstance(steps[-1], str) else "",
                FIXED,
                (FIXED, RANGE, PERCENTILES) if guide.is_number and isinstance(steps[-1], str) else (),
                {VALUE: figure},
                unit=self.unit(steps, guide, amount),
                bounds=(-1.0, 1.0) if "correlations" in str(steps[-3:]) and steps[-1] == 2 else guide.bounds,  # noqa: PLR2004
                annotatable=guide.is_number and isinstance(steps[-1], str),
            )
        choices = guide.choices
        kind = FLAG if guide.is_flag else CHOICE if len(choices) > 1 else TEXT
        locked = steps[-1] in _LOCKED or len(choices) == 1 or len(node) > MAX_CELL or guide.is_number
        words = str(node) if len(node) <= MAX_CELL else ""
        words = words.lower() if kind == FLAG else words
        return Row(*common, guide.meaning, kind, words=words, locked=locked, choices=choices)

    def listed(self, common: tuple[Steps, str, int, str], node: List, guide: Guide) -> Iterator[Row]:
        steps, sheet, depth, _ = common
        if is_correlation(steps, node):
            yield from self.walk((*steps, 2), node[2], guide.below(2, node), sheet, depth)
            return
        yield Row(*common, guide.meaning)
        for number, item in enumerate(node):
            yield from self.walk((*steps, number), item, guide.below(number, node), sheet, depth + 1)

    def number(self, common: tuple[Steps, str, int, str], node: Map, guide: Guide) -> Iterator[Row]:
        """Yield the row of a number that is a mapping, and rows of the parameters that have no column."""
        steps, sheet, depth, _ = common
        own = {key: value for key, value in node.items() if key not in {*ANNOTATIONS, "currency", "weight"}}
        kind = _form(own)
        slots = SLOTS.get(kind, {})
        figures: dict[str, Figure] = {}
        for column, key in slots.items():
            value = own.get(key)
            if isinstance(value, Text) and (amount := amount_of(value)):
                figures[column] = Figure((*steps, key), str(value), amount)
        first = next(_amounts(own), None)
        yield self.noted(
            Row(
                *common,
                guide.meaning,
                kind,
                tuple(dict.fromkeys((kind, FIXED, RANGE, PERCENTILES))),
                figures,
                unit=self.unit(steps, guide, first),
                bounds=guide.bounds,
                style=first.style if first else None,
                is_map=True,
            ),
            node,
        )
        rest = {key: value for key, value in node.items() if key not in {*slots.values(), *ANNOTATIONS}}
        for key, value in rest.items():
            yield from self.part((*steps, key), value, guide.below(key, node), sheet, depth + 1)

    def part(self, steps: Steps, node: Node, guide: Guide, sheet: str, depth: int) -> Iterator[Row]:
        """Yield the parameters of a distribution, a row each."""
        common = (steps, sheet, depth, label_of(steps, self.tree, node))
        if isinstance(node, Text):
            amount = amount_of(node) if node.plain else None
            if amount is None:
                yield self.single(common, node, guide)
            else:
                figures = {VALUE: Figure(steps, str(node), amount)}
                yield Row(*common, guide.meaning, PARAMETER, (), figures, unit=_written_unit(amount))
            return
        if isinstance(node, List):
            for number, item in enumerate(node):
                yield from self.part((*steps, number), item, guide.below(number, node), sheet, depth)
            return
        if isinstance(steps[-1], int) or any(key in node for key in ANNOTATIONS):
            yield self.noted(Row(*common, guide.meaning, is_map=True), node)
            depth += 1
        for key, value in node.items():
            if key not in ANNOTATIONS:
                yield from self.part((*steps, key), value, guide.below(key, node), sheet, depth)

    def unit(self, steps: Steps, guide: Guide, amount: Amount | None) -> str:
        """Return the unit in words: %, PLN a year, months."""
        style = amount.style if amount else None
        key = str(steps[-1])
        if style and style.unit and not style.unit.isupper():
            return style.unit
        if style and style.per_cent:
            what = "%"
        elif style and style.unit:
            what = style.unit
        elif guide.is_money or key == "amount":
            what = self.currency(steps)
        elif guide.time or key == "months":
            return guide.time or "months"
        elif "base currency" in guide.meaning:
            return self.base
        else:
            what = "part of 1" if guide.bounds == (0.0, 1.0) else ""
        period = guide.period
        if key.startswith("per_") and not period:
            period = f"a {key.removeprefix('per_')}"
        return f"{what} {period}".strip() if guide.is_number and key != "amount" else what

    def currency(self, steps: Steps) -> str:
        """Return the currency that stands in or beside a number, else the base currency."""
        nodes: list[Node] = [self.tree]
        for step in steps:
            here = nodes[-1]
            nodes.append(here[step] if isinstance(here, (Map, List)) else here)  # type: ignore[index]
        around = nodes[-1:] + (nodes[-2:-1] if steps[-1] == "amount" else [])
        beside = [node["currency"] for node in around if isinstance(node, Map) and "currency" in node]
        return str(beside[0]) if beside and isinstance(beside[0], Text) else self.base


def _written_unit(amount: Amount) -> str:
    return "%" if amount.style.per_cent else amount.style.unit


def _amounts(node: Node | Mapping[str, Node]) -> Iterator[Amount]:
    """Yield the numbers in a distribution, but for weights."""
    if isinstance(node, Text):
        amount = amount_of(node)
        if amount:
            yield amount
    elif isinstance(node, List):
        for item in node:
            yield from _amounts(item)
    else:
        for key, value in node.items():
            if key not in {*ANNOTATIONS, "weight", "weights", "sigma", "shape"}:
                yield from _amounts(value)


def _form(own: Mapping[str, Node]) -> str:
    """Return the kind of a number by its keys."""
    main = frozenset(own.keys() - {"min", "max", "shape"})
    single = all(isinstance(value, Text) for value in own.values())
    if single and main in _TRIPLES:
        return _TRIPLES[main]
    if single and own.keys() == {"value"}:
        return FIXED
    return f"distribution: {next(iter(own)) if len(own) == 1 else 'percentiles'}"


def _heading(node: Map, guide: Guide) -> str:
    like = node.get("like")
    if isinstance(like, Text):
        return f"The same as {like}, but for what stands below."
    return guide.meaning
