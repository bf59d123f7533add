"""How the cost of a run grows with trials, months, alternatives, risks and threads.

    python benchmarks/growth.py

One scenario is written as large as is asked for: a desk in-house, and vendors that all have noise, inputs and
events of their own, so that nothing is cheap because it repeats.
"""

from __future__ import annotations

import json
import sys
from typing import NamedTuple

import numpy as np
from measure import alternately, median, python
from section import markdown

TRIALS, MONTHS, ALTERNATIVES, RISKS = 8_192, 60, 4, 2
"""What stays while something else grows."""

STEPS = {
    "trials": (1_024, 4_096, 16_384, 65_536, 131_072),
    "months": (12, 24, 60, 120, 240),
    "alternatives": (2, 4, 6, 8, 12),
    "risks": (1, 2, 4, 6, 8),
    "threads": (1, 2),
}

EVENTS = {
    "breach": "{per_year: 0.1, severity: {lognormal: {mean: 1M, sigma: 1.2}}}",
    "outage": "{per_year: 0.5, hours: {lognormal: {median: 4, sigma: 1}}, cost_per_hour: 5k}",
    "fraud": "{per_year: 0.1, severity: {lognormal: {mean: 100k, sigma: 1}}}",
    "ip_loss": "{per_year: 0.05, severity: {lognormal: {mean: 500k, sigma: 1}}}",
    "data_loss": "{per_year: 0.1, severity: {lognormal: {mean: 200k, sigma: 1}}}",
    "strategic": "{per_year: 0.05, severity: {lognormal: {mean: 300k, sigma: 1}}}",
    "regulatory": "{per_year: 0.1, severity: {lognormal: {mean: 200k, sigma: 1}}}",
    "dispute": "{per_year: 0.1, severity: {lognormal: {mean: 80k, sigma: 1}}}",
}


def scenario(months: int = MONTHS, alternatives: int = ALTERNATIVES, risks: int = RISKS) -> str:
    """Return the text of a scenario with a desk, one vendor less than alternatives, and risks on each."""
    events = "risks: {" + ", ".join(f"{kind}: {terms}" for kind, terms in list(EVENTS.items())[:risks]) + "}"
    lines = [
        "schema_version: 1",
        f"title: {alternatives} alternatives with {risks} risks",
        "base_currency: USD",
        "start: 2027-01",
        f"months: {months}",
        "discount_rate: 8%",
        "world:",
        "  volume:",
        "    {unit: contact, per_month: 100k, growth: {low: -3%, likely: 2%, high: 6%}, margin_per_unit: 4,",
        "     noise: {volatility: 8%, persistence: 0.7}}",
        "  fx: {PHP: {model: gbm, spot: 0.0157, volatility: 6%}}",
        "  wages: {US: {inflation: 3%, review_noise: 0.5%}, PH: {inflation: 5%, review_noise: 1%}}",
        "alternatives:",
        "  desk:",
        "    baseline: true",
        "    team:",
        "      country: US",
        "      roles: {agent: {volume_per_fte: 900, salary: 44k, oncost: 40%, overhead: 9k}}",
        "      turnover: {attrition: {low: 20%, likely: 30%, high: 45%}, recruiting: 3k, training: 6k}",
        "      quality: {error_rate: 15%, cost_per_error: 12, noise: {volatility: 10%, persistence: 0.5}}",
        f"      {events}",
    ]
    for number in range(1, alternatives):
        lines += [
            f"  vendor-{number}:",
            "    vendor:",
            "      country: PH",
            "      price: {per_unit: {amount: {low: 170, likely: 210, high: 290}, currency: PHP}}",
            "      productivity: 800",
            "      indexation: {wages_of: PH, sensitivity: 65%, cap: 5%}",
            "      turnover: {attrition: {low: 18%, likely: 28%, high: 45%}}",
            "      quality: {error_rate: 18%, cost_per_error: 12, noise: {volatility: 9%, persistence: 0.5}}",
            "      transition: {planned: 4, delay: {low: 0, likely: 1, high: 5}, ramp_months: 4}",
            f"      {events}",
        ]
    return "\n".join(lines) + "\n"


class Growth(NamedTuple):
    """Cost along one dimension."""

    sizes: tuple[int, ...]
    seconds: tuple[float, ...]
    """CPU; with threads, by the clock."""

    @property
    def slope(self) -> float:
        """The least-squares slope of log seconds on log size: 1 is proportional, 0 is free."""
        sizes, seconds = np.log(self.sizes), np.log(self.seconds)
        return float(np.polyfit(sizes, seconds, 1)[0])

    @property
    def line(self) -> tuple[float, float, float]:
        """Fixed seconds, seconds for one more, and the largest deviation from the line as a part of it.

        Each point counts by its own size, so that the small ones are fitted too.
        """
        sizes, seconds = np.asarray(self.sizes, dtype=float), np.asarray(self.seconds)
        each, fixed = np.polyfit(sizes, seconds, 1, w=1 / seconds)
        return float(fixed), float(each), float(np.max(np.abs(fixed + each * sizes - seconds) / seconds))


def child(size: dict[str, int]) -> dict[str, float]:
    """Simulate once and return what it took; what is used for the first time is used before."""
    import time  # noqa: PLC0415

    from bposim.engine import simulate  # noqa: PLC0415
    from bposim.files import scenario_of  # noqa: PLC0415
    from bposim.yaml_tree import read_tree  # noqa: PLC0415

    trials, threads = size.pop("trials", TRIALS), size.pop("threads", 1)
    read = scenario_of(read_tree(scenario(**size), "grown.yaml"))
    simulate(read, trials=1, seed=2)
    wall, cpu = time.perf_counter(), time.process_time()
    simulate(read, trials=trials, threads=threads)
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


def measured(repeats: int) -> dict[str, Growth]:
    """Measure every dimension."""
    found = {}
    for dimension, sizes in STEPS.items():
        threads = dimension == "threads"
        fixed = {"trials": 65_536} if threads else {}
        ways = [
            lambda size=size, dimension=dimension, fixed=fixed: python(
                __file__, json.dumps({**fixed, dimension: size})
            )
            for size in sizes
        ]
        rounds = alternately(repeats, *ways)
        clock = "wall" if threads else "cpu"
        found[dimension] = Growth(sizes, tuple(median([run.printed[clock] for run in way]) for way in rounds))
    return found


def table(found: dict[str, Growth]) -> str:
    """Return the fits as Markdown."""
    rows = []
    for name, growth in found.items():
        clock = name == "threads"  # nobody expects a line of two points
        fixed, each, off = ("", "", "") if clock else map("{:.2g}".format, growth.line)
        sizes, seconds = (
            "; ".join(f"{n:,}" for n in growth.sizes),
            ", ".join(f"{n:.3g}" for n in growth.seconds),
        )
        rows.append(
            (name + " (by the clock)" * clock, sizes, seconds, f"{growth.slope:.2f}", fixed, each, off)
        )
    columns = (
        "grows",
        "sizes",
        "seconds",
        "log-log slope",
        "fixed s",
        "s for one more",
        "worst part off the line",
    )
    return markdown(columns, rows, left=3)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(child(json.loads(sys.argv[1]))))
    else:
        print(table(measured(1)))
