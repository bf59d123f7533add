"""Alternatives that do not do the baseline's amount of work at its cost, or a baseline that does not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bposim.consistency.finding import Finding, Keys
from bposim.library.first_month import FirstMonth, at_mean
from bposim.library.slip_words import CODE, did_you_mean, short, times
from bposim.library.usual_pay import of_usual_pay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bposim.legs.vendor import Vendor
    from bposim.scenario import Leg

LEAST_LIKELY, MOST_LIKELY = 1 / 3, 6.0
"""What one of the baseline's people costs, as a multiple of the figure, unless somebody doubts it."""

LEAST_COST, LOW_COST, MOST_COST = 1 / 40, 1 / 10, 5.0
"""What all of the work costs elsewhere as a multiple of today's: one may be at the least; all below the low
one, or above the most, and the baseline is the suspect.  Offers are 0.2 to 1.2 of it."""

MOST_OUTPUT = 6.0
"""What one person does in a month elsewhere as a multiple of the baseline's, or the reverse."""


LARGE_RATE = 2.0
"""Base currency for one of another, above which the rate is more often written the wrong way round."""


def compared(view: FirstMonth, wrong: set[Keys]) -> Iterator[Finding]:
    """Find alternatives, or the baseline, that do not do this amount of work at this cost."""
    others = [
        (leg, keys)
        for name in view.scenario.alternatives
        for leg, keys in view.bodies(name)
        if name != view.baseline and keys[:4] not in wrong
    ]
    today, output = view.today, view.volume / (view.followers(view.baseline) or math.nan)
    outputs = [(leg, keys, view.output(leg) / output) for leg, keys in others]
    costs = [(leg, keys, view.cost(leg) / today) for leg, keys in others] if 0.0 < today < math.inf else []
    odd = [row for row in outputs if not _same(row[2]) and not 1.0 / MOST_OUTPUT <= row[2] <= MOST_OUTPUT]
    if _all_alike(outputs, 1.0 / MOST_OUTPUT, MOST_OUTPUT):
        yield from _doubted(
            view, "volume_per_fte", f"elsewhere a person does {times(odd[0][2])} what one does here a month"
        )
        return
    for leg, keys, ratio in odd:
        at = (*keys, "productivity" if leg.vendor else "roles")
        what = f"a person does {times(ratio)} what one does in a month today ({view.baseline})"
        yield Finding(CODE, at, what, "check the units of a month, here and in the baseline")
    one = today * 12.0 / view.people(view.baseline) if view.people(view.baseline) else math.nan
    leg, _ = max(view.bodies(view.baseline), key=lambda body: at_mean(body.leg.share))
    usual = of_usual_pay(view, one, leg.team.country if leg.team else None)
    odd_pay = usual < LEAST_LIKELY or usual > MOST_LIKELY
    if _all_alike(costs, LOW_COST, MOST_COST, 1 if odd_pay else 2):
        field = "salary" if odd_pay else "volume_per_fte"
        found = next(row[2] for row in costs if not _same(row[2]))
        yield from _doubted(view, field, f"elsewhere the work costs {times(found)} what it costs here")
        return
    told = {keys for _, keys, _ in odd}
    for leg, keys, ratio in costs:
        if leg.vendor and keys not in told and not _same(ratio) and not LEAST_COST <= ratio <= MOST_COST:
            yield _far_price(view, leg.vendor, ratio, keys)


def _same(ratio: float) -> bool:
    """Return whether a ratio says nothing: the same team, something that is free, or not known."""
    return not 0.0 < ratio < math.inf or math.isclose(ratio, 1.0)


def _all_alike(rows: list[tuple[Leg, Keys, float]], least: float, most: float, few: int = 2) -> bool:
    """Return whether at least so many others, and all of them, are on the same side of the bounds."""
    ratios = {round(ratio, 9) for _, _, ratio in rows if not _same(ratio)}
    return len(ratios) >= few and (max(ratios) < least or min(ratios) > most)


def _doubted(view: FirstMonth, field: str, what: str) -> Iterator[Finding]:
    """Doubt the baseline at the role, or the price, that costs most."""
    leg, keys = max(view.bodies(view.baseline), key=lambda body: at_mean(body.leg.share))
    at = (*keys, "price", leg.vendor.price.kind, "amount") if leg.vendor else keys
    if leg.team:
        heads, roles = view.heads(leg.team), leg.team.roles
        sized = {job: role for job, role in roles.items() if getattr(role, field) is not None}
        job = max(sized, key=lambda job: heads[job] * view.worth(sized[job].salary))
        at = (*keys, "roles", job, field)
    remedy = (
        f"check {field}, unit and currency here first" if leg.team else "check price and currency here first"
    )
    yield Finding(CODE, at, what, remedy)


def _far_price(view: FirstMonth, vendor: Vendor, ratio: float, keys: Keys) -> Finding:
    amount, code = at_mean(vendor.price.amount), view.code(vendor.price.currency)
    meant = [
        (f"{other} {short(amount)}", ratio * rate / view.rates[code])
        for other, rate in view.rates.items()
        if other != code
    ]
    meant += [(f"{code} {short(amount * by)}", ratio * by) for by in (1e3, 1e-3, 1e6, 1e-6)]
    base = view.scenario.base_currency
    fee, today = f"{base} {short(ratio * view.today)}", short(view.today)
    what = f"{code} {short(amount)} makes {fee} a month for all of the work, which costs {today} today"
    rate = view.rates[code]
    turned = "" if rate <= LARGE_RATE or not 0.5 <= ratio / rate**2 <= 4.0 else f"{1.0 / rate:.3g}"  # noqa: PLR2004
    remedy = (
        (
            f"is the rate upside down? world.fx.{code}.spot is {base} for one {code}: {turned}"
            if turned
            else ""
        )
        or did_you_mean(meant, 0.5, 4.0)
        or f"check price, currency and what is counted; then {view.baseline}"
    )
    return Finding(CODE, (*keys, "price", vendor.price.kind, "amount"), what, remedy)
