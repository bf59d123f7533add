"""Data that a scenario takes from CSV files, read with the same suspicion as the scenario itself.

``{empirical: {file: data/losses.csv, column: loss}}`` becomes ``{empirical: {values: […]}}`` before the
scenario is checked, and an exchange rate ``{model: historical, file: data/rates.csv}`` gets its ``prices``.
The dialect is stated, never guessed: a header line, columns parted by ``delimiter`` (a comma if left out), a
point or the stated ``decimal`` sign.  A file lies in the scenario's folder or below.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from bposim.csv_table import DECIMALS, DELIMITERS, MAX_COMPLAINTS, CsvTable, Dialect, refused, text_of
from bposim.errors import Complaint, ScenarioError
from bposim.part import close_match, suggestion
from bposim.quantities import kind_of, read_year_month
from bposim.rate_history import MONTH, RateHistory, ecb, read_history
from bposim.tree import List, Map, Text, standing_for

if TYPE_CHECKING:
    from bposim.tree import Node

MAX_BYTES = 5_000_000

PUBLISHED = "ecb"
"""Name of the exchange-rate history that comes with bposim."""

_FILE_KEYS = ("file", "column", "delimiter", "decimal")
_OWN_KEYS = ("values", "min", "max")
_PLACEHOLDER = ("0", "1")
"""Stands for data that cannot be read, so that the rest of the scenario can still be checked."""


@dataclass(slots=True)
class DataFiles:
    """The scenario's data: what could be read, by whom it was asked for, and what is wrong."""

    folder: Path
    """The scenario's own folder, which no file may leave."""
    hashes: dict[str, str] = field(default_factory=dict)
    """SHA-256 of each file that was read, by its path below the folder."""
    complaints: list[Complaint] = field(default_factory=list)
    base_currency: str = ""
    """Currency of the prices in a history; the scenario's."""

    def filled(self, node: Node, path: str = "") -> Node:
        """Return the node with the data of every ``file:`` below it in place."""
        if isinstance(node, List):
            return List([self.filled(item, f"{path}[{i}]") for i, item in enumerate(node)], node.mark)
        if not isinstance(node, Map):
            return node
        if not path:
            self.base_currency = str(node.get("base_currency", ""))
        items: dict[str, Node] = {}
        for key, value in node.items():
            here = f"{path}.{key}".lstrip(".")
            if key == "empirical" and isinstance(value, Map) and "values" not in value:
                items[key] = self._with_values(value, here)
            elif path == "world.fx" and isinstance(value, Map) and value.get("model") == "historical":
                items[key] = self._with_prices(value, here, key)
            else:
                items[key] = self.filled(value, here)
        return standing_for(node, items)

    def _with_values(self, asked: Map, path: str) -> Map:
        """Return an ``empirical`` mapping with the values of the column that it asks for."""
        found = len(self.complaints)
        for key in asked:
            if key not in (*_FILE_KEYS, *_OWN_KEYS):
                remedy = suggestion(key, (*_FILE_KEYS, *_OWN_KEYS))
                self.complaints.append(
                    Complaint("BP104", f"{path}.{key}", "unknown key", remedy, asked.key_marks.get(key))
                )
        misspelt = {close_match(key, (*_FILE_KEYS, *_OWN_KEYS)) for key in asked}
        values = [Text(value) for value in _PLACEHOLDER]
        if "file" not in asked and not misspelt & {"file", "values"}:
            what, remedy = "there are no data", "add values: [1, 2, 3], or file: data/losses.csv with column:"
            self.complaints.append(Complaint("BP105", path, what, remedy, asked.mark))
        if len(self.complaints) == found:
            try:
                values = [Text(repr(value)) for value in self._column(asked, path)]
            except ScenarioError as error:
                self.complaints += error.complaints
        kept: dict[str, Node] = {key: asked[key] for key in ("min", "max") if key in asked}
        if len(self.complaints) > found:
            kept = {}  # the placeholder need not lie within the bounds
        return standing_for(asked, {"values": List([*values], asked.mark), **kept})

    def _with_prices(self, asked: Map, path: str, currency: str) -> Map:
        """Return a historical exchange rate with the prices of its file."""
        source = asked.get("file")
        if not isinstance(source, Text) or not source or "prices" in asked:
            return asked
        prices: list[str] = ["1"] * 100
        try:
            history = self._history(source, f"{path}.file", currency)
            since = asked.get("since", Text(""))
            if isinstance(since, Text) and since:
                history = history.since(_first_month(since, f"{path}.since", history))
            prices = [repr(price) for price in history.rates[currency]]
        except ScenarioError as error:
            self.complaints += error.complaints
        return standing_for(asked, {**asked, "prices": List([Text(price) for price in prices], asked.mark)})

    def _history(self, source: Text, path: str, currency: str) -> RateHistory:
        """Return prices in base currency; raises ScenarioError with all that is wrong with the file."""
        wanted = (self.base_currency, currency) if source == PUBLISHED else (currency,)
        if source == PUBLISHED:
            known = ecb("EUR").rates
            history = ecb(self.base_currency) if self.base_currency in known else None
        else:
            history = self._own_history(source, path)
            known = history.rates
        for code in wanted:
            if code not in known:
                remedy = f"it has {', '.join(sorted(known))}"
                raise refused(path, f"{source} has no rates of {code}", remedy, source.mark)
        assert history is not None  # noqa: S101 - the base currency is known
        return history

    def _own_history(self, source: Text, path: str) -> RateHistory:
        table = self._table(source, path, Dialect(delimiter=",", decimal="."))
        if table.header.count(MONTH) != 1 or len(set(table.header)) < len(table.header):
            remedy = f"write {MONTH},PLN and, below, rows such as 2019-03,0.2612"
            raise refused(path, f"the header is {','.join(table.header[:10])}", remedy, table.mark(1))
        history, problems = read_history(table.header, table.rows, table.dialect.number)
        if problems:
            parted = [(line, *text.rpartition("; ")[::2]) for line, text in problems[:MAX_COMPLAINTS]]
            raise ScenarioError(
                [Complaint("BP208", path, what, remedy, table.mark(line)) for line, what, remedy in parted]
            )
        return history

    def _column(self, asked: Map, path: str) -> list[float]:
        """Read the column; raises ScenarioError with all that is wrong with it."""
        for key in _FILE_KEYS:
            value = asked.get(key, Text("x"))
            if not isinstance(value, Text) or not value:
                what = f"expected text here, found {kind_of(value) if value else 'nothing'}"
                raise refused(f"{path}.{key}", what, "write one word or path", asked.key_marks.get(key))
        source = asked["file"]
        assert isinstance(source, Text)  # noqa: S101 - checked above
        dialect = Dialect(
            delimiter=_choice(asked, "delimiter", DELIMITERS, path),
            decimal=_choice(asked, "decimal", DECIMALS, path),
        )
        table = self._table(source, f"{path}.file", dialect)
        column = asked.get("column")
        return table.column(column if isinstance(column, Text) else None, f"{path}.column", asked)

    def _table(self, source: Text, path: str, dialect: Dialect) -> CsvTable:
        """Return the rows of a file, and note its hash."""
        file = self._path(source, path)
        data = _bytes_of(file, source, path)
        name = file.resolve().relative_to(self.folder.resolve()).as_posix()
        self.hashes[name] = hashlib.sha256(data).hexdigest()
        return CsvTable(str(file), text_of(data, str(file)), dialect)

    def _path(self, source: Text, path: str) -> Path:
        """Return the path of a file that lies in the scenario's folder, seen from where it is named."""
        ways = PurePosixPath(source), PureWindowsPath(source)
        if "://" in source:
            what = f'"{source}" is an address on the network'
            raise refused(path, what, "download it into the scenario's folder", source.mark)
        if any(way.anchor or ".." in way.parts for way in ways):
            what = f'"{source}" leads out of the scenario\'s folder'
            raise refused(path, what, "use a relative path without ..", source.mark)
        is_in_file = source.mark is not None and source.mark.file != "--set"
        folder = Path(source.mark.file).parent if source.mark and is_in_file else self.folder
        file = folder / source
        if not file.resolve().is_relative_to(self.folder.resolve()):
            what = f'"{source}" is a link out of the scenario\'s folder'
            raise refused(path, what, "put the file into the folder", source.mark)
        return file


def _first_month(since: Text, path: str, history: RateHistory) -> str:
    try:
        year, month = read_year_month(since)
    except ValueError as error:
        what, _, remedy = str(error).rpartition("; ")
        raise refused(path, what, remedy, since.mark) from None
    first = f"{year:04d}-{month:02d}"
    if not history.months or not history.months[0] <= first <= history.months[-1]:
        span = " to ".join(history.months[:: max(1, len(history.months) - 1)])
        what = f"the history has {span or 'no month with all rates'}"
        raise refused(path, what, "choose a month of it, or leave since: out", since.mark)
    return first


def _choice(asked: Map, key: str, known: dict[str, str] | tuple[str, ...], path: str) -> str:
    """Return what the key says about the dialect; the first of those known if it is left out."""
    value = asked.get(key, Text(next(iter(known))))
    if str(value) not in known:
        remedy = "write " + " or ".join(f'"{sign}"' for sign in known)
        raise refused(f"{path}.{key}", f"{kind_of(value)} is not known here", remedy, value.mark)
    return known[str(value)] if isinstance(known, dict) else str(value)


def _bytes_of(file: Path, source: Text, path: str) -> bytes:
    try:
        if file.is_dir():
            raise refused(path, f'"{source}" is a folder', "name a CSV file inside it", source.mark)
        if file.exists() and not file.is_file():
            raise refused(path, f'"{source}" is not an ordinary file', "name a CSV file", source.mark)
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        names = [entry.name for entry in file.parent.iterdir()] if file.parent.is_dir() else []
        close = close_match(file.name, names)
        remedy = f'did you mean "{(PurePosixPath(source).parent / close)}"?' if close else "check the path"
        raise refused(path, f'there is no file "{source}"', remedy, source.mark) from None
    except (OSError, ValueError) as error:
        raise refused(path, f'"{source}" cannot be read ({error})', "check the path", source.mark) from None
    if len(data) > MAX_BYTES:
        what = f'"{source}" is larger than {MAX_BYTES // 1_000_000} MB'
        raise refused(path, what, "keep the column that is needed", source.mark)
    return data
