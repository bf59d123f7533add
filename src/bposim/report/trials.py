"""The trials of a run as a table for other programs: CSV or Parquet.

A row is a future.  Costs and savings are written so that reading them gives the same doubles; inputs are kept
by a run to seven digits and written with those.
"""

from __future__ import annotations

import csv
import importlib.util
import io
from typing import TYPE_CHECKING, Any

import numpy as np

from bposim.errors import ExtraMissingError, RunError
from bposim.report.table import inert
from bposim.result import NEVER, StreamedResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from bposim.result import AnyResult

_CHUNK = 10_000


def trial_columns(
    result: AnyResult, alternatives: Sequence[str] = (), *, inputs: bool = False
) -> dict[str, NDArray[Any]]:
    """Return the trials of a run by column, each ``(trials,)``: money in base currency, present values.

    The columns are ``trial`` (from 0), then of each alternative ``cost.NAME`` and, but for the baseline,
    ``saving.NAME`` and ``payback_month.NAME`` (-1 for never), then the inputs by path.  With inputs, and of
    a run too long to be kept whole, there are the first trials only: those that are kept for analysis.

    Raises RunError for an alternative that the run does not have.
    """
    unknown = [name for name in alternatives if name not in result.names]
    if unknown:
        raise RunError(
            f"the run has no alternative {unknown[0]}; its alternatives are {', '.join(result.names)}"
        )
    kept = result.first if inputs or isinstance(result, StreamedResult) else result
    columns: dict[str, NDArray[Any]] = {"trial": np.arange(kept.trials)}
    for name in alternatives or result.names:
        columns[f"cost.{name}"] = kept.costs[name]
        if name != kept.baseline:
            columns[f"saving.{name}"] = kept.saving(name)
            columns[f"payback_month.{name}"] = kept.payback.get(name, np.full(kept.trials, NEVER))
    if inputs and kept.sample is not None:
        columns |= {driver.name: values for driver, values in kept.sample.inputs.items()}
    return columns


def csv_chunks(columns: Mapping[str, NDArray[Any]]) -> Iterator[str]:
    """Yield the text of a CSV file: a comma between, a point in the numbers, no heading that is a formula."""
    yield _line([map(inert, columns)])
    values = list(columns.values())
    for start in range(0, len(values[0]), _CHUNK):
        # A number as text is the shortest that reads back as the same one, of the column's own precision.
        texts = [part[start : start + _CHUNK].astype(str).tolist() for part in values]
        yield _line(zip(*texts, strict=True))


def _line(rows: Any) -> str:  # noqa: ANN401 - rows of texts
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def parquet_file(columns: Mapping[str, NDArray[Any]]) -> bytes:
    """Return a Parquet file with these columns.

    Raises ExtraMissingError where the extra ``parquet`` is not installed.
    """
    if importlib.util.find_spec("pyarrow") is None:
        raise ExtraMissingError('Parquet needs pyarrow; pip install "bposim[parquet]"')
    import pyarrow as pa  # noqa: PLC0415 - an extra
    from pyarrow import parquet  # noqa: PLC0415 - as above

    stream = pa.BufferOutputStream()
    parquet.write_table(pa.table(dict(columns)), stream)
    return bytes(stream.getvalue().to_pybytes())
