"""What has changed since an earlier run of the same decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bposim.differences import differences
from bposim.report.diff import diff_lines
from bposim.report.numbers import money
from bposim.report.table import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.analysis.summary import Summary
    from bposim.result import AnyResult


@dataclass(frozen=True, slots=True)
class Since:
    """The changes in words: the result first, then the assumptions."""

    result: tuple[str, ...]
    assumptions: tuple[str, ...]


def since(result: AnyResult, summary: Summary, old: AnyResult, before: Summary, name: str) -> Since:
    """Return what differs from an earlier run; ``name`` is the alternative that is told of."""
    found = differences(old.scenario, result.scenario)
    lines = [line.strip() for line in diff_lines(found) if line.strip()]
    return Since(tuple(_sentences(result, summary, old, before, name)), tuple(lines))


def _sentences(
    result: AnyResult, summary: Summary, old: AnyResult, before: Summary, name: str
) -> Iterator[str]:
    now, then = summary.decision.recommended, before.decision.recommended
    if now == then:
        yield f"{printable(now)} ranked first then, too."
    else:
        yield f"Then {printable(then)} ranked first; now it is {printable(now)}."
    currencies = (old.scenario.base_currency, result.scenario.base_currency)
    if name in before.alternatives and result.baseline == old.baseline:
        means = (before.alternatives[name].saving.mean, summary.alternatives[name].saving.mean)
        texts = [
            money(mean.value, currency, mean.se) for mean, currency in zip(means, currencies, strict=True)
        ]
        yield f"The mean saving of {printable(name)} was {texts[0]} and is {texts[1]}."
    if (old.seed, old.trials) != (result.seed, result.trials):
        yield (
            f"That run had {old.trials:,} trials and seed {old.seed}, so a part of the difference is chance."
        )
