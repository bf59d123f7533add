"""Whether the alternatives make a decision: a baseline, something to choose, shares that add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bposim.consistency.finding import Finding, Keys, baseline_names
from bposim.inputs.distribution import Distribution
from bposim.legs.team import Team
from bposim.legs.vendor import Vendor
from bposim.risks import RISKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.part import Part
    from bposim.scenario import Alternative, Leg, Scenario

SHARE_TOLERANCE = 1e-9


def findings(scenario: Scenario) -> Iterator[Finding]:
    """Yield what keeps the alternatives from making a decision."""
    yield from _decision(scenario)
    yield from _alike(scenario)
    for name, alternative in scenario.alternatives.items():
        yield from _legs(alternative, ("alternatives", name))
    yield from _one_sided(scenario)
    yield from _unserved(scenario)


def _decision(scenario: Scenario) -> Iterator[Finding]:
    baselines = baseline_names(scenario)
    if len(scenario.alternatives) < 2:  # noqa: PLR2004 - a decision needs a choice
        yield Finding(
            "BP205", ("alternatives",), "there is nothing to choose", "write at least two alternatives"
        )
    if not baselines:
        yield Finding(
            "BP205",
            ("alternatives",),
            "no alternative is the baseline",
            "add baseline: true to the one that savings compare with",
        )
    for name in baselines[1:]:
        yield Finding(
            "BP205",
            ("alternatives", name, "baseline"),
            f"{baselines[0]} is the baseline already",
            "keep baseline: true on one alternative only",
        )


def _alike(scenario: Scenario) -> Iterator[Finding]:
    """Find a title that a reader takes for another alternative's title or name."""
    called = {name.casefold(): name for name in scenario.alternatives}
    for name, alternative in scenario.alternatives.items():
        if alternative.title is None:
            continue
        other = called.setdefault(alternative.title.casefold(), name)
        if other != name:
            yield Finding(
                "BP205",
                ("alternatives", name, "title"),
                f"{other} is called {alternative.title} already",
                "give each alternative a title of its own",
            )


def _legs(alternative: Alternative, here: Keys) -> Iterator[Finding]:
    if any(isinstance(leg.share, Distribution) for leg in alternative.legs):
        yield Finding(
            "BP206", (*here, "legs"), "a share is uncertain", "write each leg's share as one number"
        )
        return
    shares = [float(leg.share) for leg in alternative.legs]
    if abs(sum(shares) - 1.0) > SHARE_TOLERANCE:
        yield Finding(
            "BP206",
            (*here, "legs"),
            f"the shares of the legs add up to {sum(shares):.6g}, not 1",
            "change the shares so that they add up to 100%",
        )
    unnamed: set[tuple[type[Part], str | None]] = set()
    for number, leg in enumerate(alternative.legs):
        if leg.name is not None or not leg.body.origin.startswith(f"{'.'.join(map(str, here))}.legs["):
            continue
        if (alike := (type(leg.body), leg.body.country)) in unnamed:
            yield Finding(
                "BP302",
                (*here, "legs", number),
                "two legs of one kind and country have no name, so their draws depend on their order",
                "give each of them a name:",
            )
        unnamed.add(alike)
    seen: dict[str, Leg] = {}
    for number, leg in enumerate(alternative.legs):
        twin = seen.setdefault(leg.stream, leg)
        if twin is not leg and twin.body != leg.body:
            yield Finding(
                "BP205",
                (*here, "legs", number),
                "two legs are like the same one but differ, so it is open whether they are one team or two",
                "give each of them a name:",
            )


def _one_sided(scenario: Scenario) -> Iterator[Finding]:
    """Warn of a risk that only the baseline, or only another alternative, carries."""
    natural = {kind for kind, risk in RISKS.items() if risk.one_sided}
    carried = {name: _carried(alternative) for name, alternative in scenario.alternatives.items()}
    base = next((name for name, alternative in scenario.alternatives.items() if alternative.baseline), None)
    if base is None:
        return
    for name, kinds in carried.items():
        for kind in sorted((carried[base] ^ kinds) - natural):
            has, lacks = (base, name) if kind in carried[base] else (name, base)
            yield Finding(
                "BP301",
                ("alternatives", lacks),
                f"{kind.replace('_', ' ')} is set for {has} but not for {lacks}",
                f"set it for {lacks} too, or write it there with a rate of 0 if it really cannot happen",
            )
        for number, leg in enumerate(scenario.alternatives[name].legs):
            for kind in sorted((carried[base] & kinds) - _carried_by(leg) - natural):
                yield Finding(
                    "BP301",
                    ("alternatives", name, "legs", number),
                    f"{kind.replace('_', ' ')} is set for {base} and other legs of {name}, but not here",
                    "set it here too, or write it with a rate of 0 if it really cannot happen",
                )


def _carried(alternative: Alternative) -> set[str]:
    return set().union(*(_carried_by(leg) for leg in alternative.legs))


def _carried_by(leg: Leg) -> set[str]:
    kinds = {kind for kind in RISKS if getattr(leg.body.risks, kind) is not None}
    kinds |= {kind for kind in ("quality", "turnover") if getattr(leg.body, kind) is not None}
    # Replacing its people is the vendor's cost, inside the price.
    return kinds | {"turnover"} if isinstance(leg.body, Vendor) else kinds


def _unserved(scenario: Scenario) -> Iterator[Finding]:
    bodies = [leg.body for alternative in scenario.alternatives.values() for leg in alternative.legs]
    by_team = any(isinstance(body, Team) for body in bodies)
    by_vendor = any(isinstance(body, Vendor) and (body.failure or body.exit) for body in bodies)
    if scenario.world.volume.margin_per_unit is None and (by_team or by_vendor):
        yield Finding(
            "BP302",
            ("world", "volume"),
            f"work that {'a team cannot serve' if by_team else 'a vendor leaves behind'} costs nothing",
            "add margin_per_unit: what is lost with a unit that is not served",
        )
