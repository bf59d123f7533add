"""What the figures rest on: the deterministic twin beside the mean, limits, and how to repeat the run."""

from __future__ import annotations

import math
import platform
import shlex
from importlib import metadata
from typing import TYPE_CHECKING, Any

from bposim.report.numbers import MINUS, Scale, amount, percent
from bposim.report.table import NOTHING, Table, printable, titled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bposim.analysis.summary import Summary
    from bposim.result import AnyResult

PACKAGES = ("bposim", "numpy", "scipy", "pydantic")


def reconciliation(result: AnyResult, summary: Summary) -> Table:
    """Return the deterministic base case beside the simulated mean, an alternative a row."""
    rows: list[tuple[str, ...]] = []
    for name, own in summary.alternatives.items():
        mean, twin = own.cost.mean, summary.base_case[name].total
        gap = mean.value - twin
        scale = Scale.of(max(abs(mean.value), abs(twin)), mean.se)
        errors = f"± {amount(mean.se, mean.se)}" if mean.se else NOTHING
        rows.append(
            (
                titled(result, name),
                scale.text(twin, minus=MINUS),
                scale.text(mean.value, minus=MINUS),
                errors,
                amount(gap, mean.se, minus=MINUS, plus=True),
                percent(gap / twin, 1, minus=MINUS, plus=True) if twin else NOTHING,
            )
        )
    title = f"Base case and simulated mean of the total cost, present value, {result.scenario.base_currency}"
    return Table(
        title, ("alternative", "base case", "mean", "error of\nthe mean", "difference", "in %"), tuple(rows)
    )


def reconciliation_by_category(result: AnyResult, summary: Summary, name: str) -> Table:
    """Return the same by category of one alternative, the largest difference first."""
    means, twin = summary.alternatives[name].categories, summary.base_case[name].categories
    gaps = {category: means.get(category, 0.0) - twin.get(category, 0.0) for category in {*means, *twin}}
    order = sorted(gaps, key=lambda category: (-abs(gaps[category]), category))
    scale = Scale.of(max((abs(value) for value in (*means.values(), *twin.values())), default=0.0))
    scale = Scale(scale.divisor, scale.suffix, scale.decimals + 1)
    rows: list[tuple[str, ...]] = [
        (
            category.replace("_", " "),
            _fitting(twin.get(category, 0.0), scale),
            _fitting(means.get(category, 0.0), scale),
            _fitting(gaps[category], scale, plus=True),
        )
        for category in order
        if means.get(category) or twin.get(category)
    ]
    rows.append(
        (
            "total",
            *(scale.text(math.fsum(own.values()), minus=MINUS) for own in (twin, means)),
            scale.text(math.fsum(gaps.values()), minus=MINUS, plus=True),
        )
    )
    title = f"The same by category: {titled(result, name)}, {result.scenario.base_currency}"
    return Table(title, ("category", "base case", "mean", "difference"), tuple(rows))


def _fitting(value: float, scale: Scale, *, plus: bool = False) -> str:
    """Return an amount on the table's scale, or on its own where it would vanish."""
    if round(value / scale.divisor, scale.decimals):
        return scale.text(value, minus=MINUS, plus=plus)
    return amount(value, minus=MINUS, plus=plus) if abs(value) >= 1 else "0"


def limits(result: AnyResult) -> Iterator[str]:
    """Yield what the figures do not say."""
    scenario = result.scenario
    yield (
        "The errors shown are those of the simulation alone: they shrink with more trials. What the "
        "assumptions leave out, or get wrong, is in no error bar."
    )
    yield (
        "Only what the scenario states can happen. A risk that is not in the file has a probability of zero "
        "here; the list of assumptions is the place to look for what is missing."
    )
    yield (
        f"All amounts are nominal {scenario.base_currency}; present values are at the decision. What comes "
        f"after {scenario.months} months is worth nothing here."
    )
    yield (
        "What drives a saving is read off the simulated futures: where a driver was high, whatever is "
        "correlated with it was high too. That says what learning it would tell, not what turning one screw "
        "would do."
    )
    yield (
        "The frontier takes a split to cost its share of each whole. Fixed costs, minimum fees and a second "
        "transition come on top."
    )
    yield (
        "Nobody acts in a simulated future: contracts run on as written unless the scenario has a rule for "
        "leaving. A management that reacts does better than the worst futures show."
    )


def method(result: AnyResult, summary: Summary) -> Iterator[str]:
    """Yield how the figures came about."""
    scenario = result.scenario
    preferences = scenario.preferences
    spread = {"random": "at random", "lhs": "by Latin hypercube", "sobol": "by a scrambled Sobol sequence"}
    yield (
        f"{result.trials:,} futures of {scenario.months} months were simulated, drawn "
        f"{spread[result.design.kind]} with seed {result.seed}. In each one every alternative meets the same "
        "volume, exchange rates, wages and prices, so that differences are due to the alternatives and not "
        "to luck."
    )
    if summary.decision.rank_by == "certainty_equivalent":
        yield (
            "Alternatives rank by certainty equivalent with a risk tolerance of "
            f"{scenario.base_currency} {summary.risk_tolerance:,.0f}."
        )
    else:
        yield (
            f"Alternatives rank by risk-adjusted cost: {percent(1 - preferences.tail_weight)} the mean cost "
            f"and {percent(preferences.tail_weight)} the mean cost of the "
            f"{100 * (1 - preferences.tail_level):.3g}% of futures that cost most."
        )
    yield (
        "P5, P50 and P95 are what 5, 50 and 95 of 100 futures do not exceed; the worst 5% of a saving is the "
        "mean of its lowest twentieth. ± is one standard error of the simulation; twice that is the 95% "
        "interval."
    )
    yield (
        "The base case is the same model with every uncertain number at its mean and every event at its "
        "expectation. It differs from the simulated mean where costs do not follow their drivers in a "
        "straight line: caps, floors, minimum fees, penalties, and drivers that multiply each other."
    )


def facts(result: AnyResult, manifest: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Return what identifies the run."""
    scenario = result.scenario
    versions = (
        manifest["versions"]
        if manifest
        else {"python": platform.python_version(), **{name: metadata.version(name) for name in PACKAGES}}
    )
    system = manifest["platform"]["system"] if manifest else platform.platform()
    found = [
        ("scenario", scenario.title),
        ("scenario, SHA-256", scenario.sha256),
        ("trials", f"{result.trials:,}"),
        ("seed", str(result.seed)),
        ("design", result.design.kind),
        ("digest of the totals", result.digest),
        ("versions", ", ".join(f"{name} {version}" for name, version in versions.items())),
        ("machine", system),
        ("seconds of simulation", f"{result.elapsed:,.1f}"),
    ]
    if manifest:
        found.append(("finished", str(manifest.get("finished") or "")))
        changes = [f"--set {path}={value}" for path, value in manifest["scenario"]["set"].items()]
        changes += [f"--without {name}" for name in manifest["scenario"]["without"]]
        if changes:
            found.append(("changes", " ".join(changes)))
    return [(label, printable(text)) for label, text in found]


def commands(result: AnyResult, manifest: Mapping[str, Any] | None) -> list[str]:
    """Return the commands that make the run and the page again."""
    ran = [] if manifest is None else [str(word) for word in manifest["command"]]
    if not ran:
        ran = [
            "bposim",
            "run",
            "scenario.yaml",
            "--trials",
            str(result.trials),
            "--seed",
            str(result.seed),
            "-o",
            "out",
        ]
    folder = next((ran[at + 1] for at, word in enumerate(ran[:-1]) if word in {"-o", "--output"}), "out")
    again = [ran, ["bposim", "verify", folder], ["bposim", "report", folder]]
    return [printable(shlex.join(words)) for words in again]
