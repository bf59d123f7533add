"""Losses of single events: how large, and, where there are dates, how often."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from bposim.fit.dates import ALWAYS, Window, month_name, read_day
from bposim.fit.evidence import LossEvidence
from bposim.fit.frequency import Frequency, frequency
from bposim.fit.frequency import warnings as frequency_warnings
from bposim.fit.likelihood import Fitted, Model, Observations
from bposim.fit.loss_model import candidate_of
from bposim.fit.models import (
    ExponentialModel,
    GammaModel,
    LognormalModel,
    ParetoModel,
    SplicedModel,
    WeibullModel,
)
from bposim.fit.oddities import oddities, small, trend
from bposim.fit.outcome import (
    EQUAL,
    FEW,
    FEWEST,
    FEWEST_IN_TAIL,
    REPLICATES,
    SURELY,
    Candidate,
    Figure,
    Fit,
    proposed,
)
from bposim.fit.snippet import number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bposim.fit.dates import Day
    from bposim.fit.sheet import Sheet
    from bposim.shapes import FloatArray

NAMES = (
    "loss",
    "losses",
    "amount",
    "severity",
    "cost",
    "claim",
    "claims",
    "damage",
    "loss_amount",
    "net_loss",
)
"""Names by which the column of losses is found."""

TAIL_SHARE = 0.1
"""Part of the losses that a tail is fitted to, if that is enough of them."""


@dataclass(frozen=True, slots=True)
class Losses:
    """What was read."""

    amounts: FloatArray
    """``(n,)``, in the order of the file."""
    days: tuple[Day, ...]
    """Of each loss; none without a column of dates."""
    column: str


def read(sheet: Sheet, column: str | None, date_column: str | None, truncated_below: float) -> Losses:
    """Read the losses; raises ScenarioError with every line that cannot be used."""
    dates = date_column or sheet.dates()
    name = column or sheet.named(NAMES) or sheet.only_number([dates], "loss or amount")

    def amount(cell: str) -> float:
        value = sheet.dialect.number(cell)
        if value <= 0.0:
            raise ValueError(f"{cell} is not above 0; leave out what cost nothing, and gains")
        if value <= truncated_below:
            what = f"{cell} is not above {number(truncated_below)}, below which nothing is to be recorded"
            raise ValueError(f"{what}; leave it out, or lower --truncated-below")
        return value

    amounts = sheet.cells(name, "--column", amount)
    days = sheet.cells(dates, "--date", read_day) if dates else []
    if len(amounts) < FEWEST:
        raise sheet.refused(
            f"{len(amounts)} losses are fewer than {FEWEST}",
            "write low, likely and high by judgement instead",
        )
    if len(set(amounts)) == 1:
        raise sheet.refused("all losses are equal", "write the number itself")
    return Losses(np.array(amounts), tuple(days), name)


def fit_losses(
    sheet: Sheet,
    read_: Losses,
    truncated_below: float = 0.0,
    observed: Window = ALWAYS,
    replicates: int = REPLICATES,
) -> Fit:
    """Return severity models and frequency; ``observed`` is when losses were recorded.

    Raises ScenarioError if events lie outside the window.
    """
    amounts = read_.amounts
    data = Observations.complete(amounts, truncated_below)
    months = [day.month_index for day in read_.days]
    window = _window(observed, months)
    if window and months and not (window[0] <= min(months) and max(months) <= window[1]):
        what = f"losses are dated {month_name(min(months))} to {month_name(max(months))}"
        raise sheet.refused(what, "widen --observed, or leave out what lies outside")
    often = frequency(months, window, amounts.size, replicates)
    warnings = [*small(amounts.size, "losses"), *oddities(amounts, "losses", truncated_below)]
    if read_.days:
        years = np.array([day.ordinal / 365.25 for day in read_.days])
        warnings += trend(amounts, years, "losses")
    models: list[Model] = [
        ExponentialModel(),
        LognormalModel(),
        GammaModel(),
        WeibullModel(),
        ParetoModel(truncated_below),
    ]
    threshold = _threshold(amounts, truncated_below)
    if threshold is None:
        warnings.append(
            f"no tail is fitted: it takes {FEWEST_IN_TAIL} losses above a threshold that three quarters "
            "lie below"
        )
    else:
        models.append(SplicedModel(threshold))
    fits = [model.fitted(data) for model in models]
    candidates = [candidate_of(fit, truncated_below, often, replicates) for fit in fits]
    chosen, why = proposed(tuple(candidates))
    warnings += _of_candidates(candidates, chosen, threshold, amounts)
    warnings += frequency_warnings(often) if often else []
    probabilities = (np.arange(amounts.size) + 0.5) / amounts.size
    quantiles = {fit.model.kind: _conditional_quantile(fit, probabilities) for fit in fits}
    return Fit(
        "losses",
        sheet.file,
        tuple(_said(read_, truncated_below)),
        tuple(_facts(amounts, often)),
        tuple(candidates),
        chosen,
        why,
        tuple(warnings),
        "Below risks.NAME of a team or vendor: breach, fraud and other risks with a severity",
        _source(sheet, read_, often),
        LossEvidence(
            np.sort(amounts),
            quantiles,
            truncated_below,
            often.counts if often else (),
            often.per_year * often.period_months / 12.0 if often else 0.0,
            threshold,
        ),
        tuple(_notes(truncated_below, often)),
    )


def _window(observed: Window, months: Sequence[int]) -> tuple[int, int] | None:
    """Return the first and last month of recording, if the user says one of them or both."""
    if observed.first is None and observed.last is None:
        return None
    first = observed.first.month_index if observed.first else min(months, default=None)
    last = observed.last.month_index if observed.last else max(months, default=None)
    return None if first is None or last is None else (first, last)


def _threshold(amounts: FloatArray, truncated_below: float) -> float | None:
    """Return where the tail begins: midway below its lowest loss; None if there are too few losses."""
    in_tail = max(FEWEST_IN_TAIL, round(TAIL_SHARE * amounts.size))
    if in_tail * 4 > amounts.size:
        return None
    ordered = np.sort(amounts)
    threshold = float(ordered[-in_tail - 1])
    return threshold if threshold < ordered[-in_tail] and threshold > truncated_below else None


def _of_candidates(
    candidates: Sequence[Candidate], chosen: str, threshold: float | None, amounts: FloatArray
) -> Iterator[str]:
    """Yield what the candidates together give reason to be careful about."""
    best = min(candidates, key=lambda own: own.aic or math.inf)
    if not best.usable:
        yield f"{best.name} has the smallest AIC of all, but {best.flaw}"
    own = next(candidate for candidate in candidates if candidate.name == chosen)
    if own.tests and min(test.p for test in own.tests) < SURELY:
        yield (
            f"{chosen} does not fit (p below 1%): where the picture bends away from the line, the losses "
            "themselves as empirical: {file: …} say more, though never more than the highest seen"
        )
    if threshold is not None and (in_tail := int(np.sum(amounts > threshold))) < FEW:
        yield f"the tail rests on {in_tail} losses above {number(threshold)}; its shape is uncertain"
    for candidate in candidates:
        shape = next((p for p in candidate.parameters if p.name == "tail shape"), None)
        if shape and candidate.usable and (shape.high or 0.0) >= 1.0:
            yield (
                f"the interval of the tail's shape reaches {shape.high or 0.0:.2f}: at 1 the mean loss does "
                "not exist. If this tail is used, give it the highest possible loss as max:"
            )
    usable = [candidate for candidate in candidates if candidate.usable]
    close = [c for c in usable if (c.aic or 0.0) - min(d.aic or 0.0 for d in usable) < EQUAL]
    extremes = [candidate.figures[2].value for candidate in close]
    if len(close) > 1 and max(extremes) > 1.5 * min(extremes):
        yield (
            f"models that fit as well put one loss in a hundred above {number(min(extremes))} or above "
            f"{number(max(extremes))}: the tail is a matter of the model, try both"
        )


def _conditional_quantile(fit: Fitted, below: FloatArray) -> FloatArray:
    """Return the values that a part of the recorded losses lies below."""
    left = fit.survival(fit.data.entry[:1])[0] if fit.data.entry.any() else 1.0
    with np.errstate(all="ignore"):  # a model that the data leave open is not drawn
        return fit.model.quantile(fit.theta, left * (1.0 - below))


def _said(losses: Losses, truncated_below: float) -> Iterator[str]:
    when = ""
    if losses.days:
        first, last = min(map(str, losses.days)), max(map(str, losses.days))
        when = f", dated {first} to {last}"
    yield f'Read as losses: {losses.amounts.size:,} amounts in column "{losses.column}"{when}.'
    if truncated_below:
        yield (
            f"Taken as recorded from {number(truncated_below)} up: every likelihood is conditional on that, "
            "and rate and severity are those of recorded losses."
        )


def _facts(amounts: FloatArray, often: Frequency | None) -> Iterator[Figure]:
    mean = float(amounts.mean())
    error = float(amounts.std(ddof=1)) / math.sqrt(amounts.size)
    yield Figure("mean loss", mean, mean - 1.96 * error, mean + 1.96 * error, "amount")
    yield Figure("median loss", float(np.median(amounts)), form="amount")
    yield Figure("highest loss", float(amounts.max()), form="amount")
    if often:
        yield Figure("events a year", often.per_year, *often.interval)
        if often.counts:
            yield Figure("overdispersion of periods", often.overdispersion)
            yield Figure("p of Poisson counts", often.p_poisson)


def _source(sheet: Sheet, losses: Losses, often: Frequency | None) -> str:
    when = f", {month_name(often.first)} to {month_name(often.last)}" if often else ""
    return f"fit to {PurePath(sheet.file).name}: {losses.amounts.size:,} losses{when}"


def _notes(truncated_below: float, often: Frequency | None) -> Iterator[str]:
    if often is None:
        yield "per_year is missing: the file has no dates (or say --observed 2019-01:2024-12)"
    else:
        yield "per_year is that of the file; divide it if the file covers more than this work"
    if truncated_below:
        yield f"losses below {number(truncated_below)} are in neither rate nor severity"
