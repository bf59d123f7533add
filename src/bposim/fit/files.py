"""From a file to its fit: which kind of data it holds, and what the user says about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import numpy as np

from bposim.csv_table import refused
from bposim.data_files import PUBLISHED
from bposim.fit import fx, fx_data, losses, tenure, tenure_data, volume, volume_data
from bposim.fit.dates import ALWAYS, Window, month_name, read_window
from bposim.fit.outcome import REPLICATES, Kind
from bposim.fit.sheet import Sheet, read_sheet
from bposim.quantities import read_year_month
from bposim.rate_history import ecb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bposim.errors import Mark
    from bposim.fit.outcome import Fit

KINDS: tuple[Kind, ...] = get_args(Kind)

_ASKED: dict[str, tuple[str, ...]] = {
    PUBLISHED: ("currency", "base", "observed"),
    "fx": ("column", "date", "currency", "base", "per", "observed"),
    "losses": ("column", "date", "observed", "truncated-below"),
    "tenure": ("column", "left", "entry", "unit", "observed"),
    "volume": ("column", "date", "observed", "start"),
}
"""What one may say about each kind of data; anything else would be passed over in silence."""

_STEMS = {
    "fx": ("fx", "rates", "exchange", "eurofxref"),
    "losses": ("loss", "claims", "incidents"),
    "tenure": ("tenure", "turnover", "attrition", "leavers", "staff"),
    "volume": ("volume", "demand", "contacts", "tickets"),
}
"""Beginnings of file names that say what is inside."""


def from_csv(  # noqa: PLR0913 - one argument a thing that a file may leave open
    path: str | Path,
    kind: Kind | None = None,
    *,
    column: str | None = None,
    date: str | None = None,
    left: str | None = None,
    entry: str | None = None,
    unit: str | None = None,
    currency: str = "",
    base: str = "",
    per: str = "",
    observed: str = "",
    truncated_below: float = 0.0,
    start: str | None = None,
    delimiter: str | None = None,
    decimal: str = ".",
    replicates: int = REPLICATES,
) -> Fit:
    """Fit the models of bposim to a file, or to the rates that come with bposim by ``ecb``.

    Args:
        path: a CSV file with a header line, or a ZIP archive with one in it.
        kind: fx, losses, tenure or volume; by the names of the columns if left out.
        column: of rates, losses, tenures or volumes.
        date: column of dates, as 2024-03 or 2024-03-31.
        left: of tenures, the column that says who has left (1 or 0, yes or no), or when.
        entry: of tenures, the column of the tenure with which one came under observation.
        unit: of tenures, months, years or days.
        currency: of an exchange rate, as base the ISO code.
        base: the currency in which prices are.
        per: the currency of which one unit is quoted, if rates are units and not prices, as the ECB's.
        observed: when records were kept, as 2019-01:2024-12; either end may be missing.
        truncated_below: losses below were not recorded, in money.
        start: month of which the level of a volume is given, as 2027-01; the one after the last if left out.
        delimiter: ``,``, ``;`` or ``tab``; by the header if left out.
        decimal: ``.`` or ``,``.
        replicates: samples of each parametric bootstrap.

    Raises:
        ScenarioError: the file cannot be used; every line that is wrong is named.
        ValueError: ``observed`` or ``start`` cannot be read.
    """
    asked = {
        "column": column,
        "date": date,
        "left": left,
        "entry": entry,
        "unit": unit,
        "currency": currency,
        "base": base,
        "per": per,
        "observed": observed,
        "truncated-below": truncated_below,
        "start": start,
    }
    window = read_window(observed) if observed else ALWAYS
    month = None
    if start is not None:
        year, number = read_year_month(start)
        month = 12 * year + number - 1
    if str(path) == PUBLISHED and not Path(path).exists():
        _check_asked(PUBLISHED, asked if kind in {None, "fx"} else asked | {"kind": kind})
        return fx.fit_fx(PUBLISHED, published(currency, base, window), replicates)
    sheet = read_sheet(Path(path), delimiter, decimal)
    found = kind or guessed(sheet)
    _check_asked(found, asked, sheet.mark(1))
    match found:
        case "fx":
            rates = fx_data.read(sheet, fx_data.Asked(currency, base, per, column, date, window))
            fit = fx.fit_fx(sheet.file, rates, replicates)
        case "losses":
            amounts = losses.read(sheet, column, date, truncated_below)
            fit = losses.fit_losses(sheet, amounts, truncated_below, window, replicates)
        case "tenure":
            tenures = tenure_data.read(sheet, tenure_data.Asked(column, left, entry, unit, window))
            fit = tenure.fit_tenure(sheet, tenures, replicates)
        case "volume":
            volumes = volume_data.read(sheet, column, date, window)
            fit = volume.fit_volume(sheet, volumes, month, replicates)
    return replace(fit, read=(*fit.read, *sheet.said))


def _check_asked(kind: str, asked: Mapping[str, object], mark: Mark | None = None) -> None:
    """Raise ScenarioError if something was said that this kind of data cannot heed."""
    known = [f"--{name}" for name in _ASKED[kind]]
    for name, value in asked.items():
        if value and f"--{name}" not in known:
            what = f"--{name} has no meaning for {kind}"
            raise refused("", what, f"leave it out; {kind} takes {', '.join(known)}", mark)


def guessed(sheet: Sheet) -> Kind:
    """Return the kind by the names of the columns, else of the file; ScenarioError if neither tells."""
    dates = sheet.dates()
    fits: dict[Kind, bool] = {
        "fx": dates is not None and (bool(fx_data.codes(sheet)) or sheet.named(fx_data.NAMES) is not None),
        "losses": sheet.named(losses.NAMES) is not None,
        "tenure": sheet.named(tenure_data.HIRED_NAMES) is not None
        or (sheet.named(tenure_data.NAMES) is not None)
        or (
            dates is None and sheet.named((*tenure_data.LEFT_NAMES, *tenure_data.CENSORED_NAMES)) is not None
        ),
        "volume": dates is not None and sheet.named(volume_data.NAMES) is not None,
    }
    likely = [kind for kind in KINDS if fits[kind]]
    stem = Path(sheet.file).name.lower()
    by_name = [kind for kind in KINDS if any(stem.startswith(word) for word in _STEMS[kind])]
    if len(likely) != 1:
        likely = [kind for kind in by_name if not likely or kind in likely]
    if len(likely) != 1:
        listed = ", ".join(sheet.header[:12])
        what = f"columns {listed} do not tell what the data are"
        raise refused("", what, f"say --kind {', '.join(KINDS[:-1])} or {KINDS[-1]}", sheet.mark(1))
    return likely[0]


def published(currency: str, base: str, window: Window) -> fx_data.Rates:
    """Return the European Central Bank's month-ends that come with bposim."""
    known = ecb("EUR").rates
    for option, code in (("--currency", currency), ("--base", base)):
        if code not in known:
            what = f"{code} is not among the published rates" if code else "two currencies are needed"
            raise refused("", what, f"say {option} with one of {', '.join(sorted(known))}", None)
    if currency == base:
        raise refused("", f"{currency} in {base} is always 1", "choose two currencies", None)
    history = ecb(base)
    kept = [
        k
        for k, month in enumerate(history.months)
        if (window.first is None or month >= str(window.first)[:7])
        and (window.last is None or month <= str(window.last)[:7])
    ]
    if len(kept) <= fx_data.FEWEST_CHANGES:
        span = f"{history.months[0]} to {history.months[-1]}"
        raise refused("", f"the published rates run from {span}", "widen --observed", None)
    first = history.months[kept[0]]
    year, number = read_year_month(first)
    values = np.array([history.rates[currency][k] for k in kept])
    last = month_name(12 * year + number - 1 + len(kept) - 1)
    said = f"Read as exchange rate: {base} for one {currency}, {len(kept)} month-ends {first} to {last}."
    source = f"fit to the European Central Bank's reference rates: {currency}, {first} to {last}"
    return fx_data.Rates(
        12 * year + number - 1,
        values,
        currency,
        base,
        (said, "Rates are the European Central Bank's, shipped with bposim."),
        source,
        published=window.last is None,
    )
