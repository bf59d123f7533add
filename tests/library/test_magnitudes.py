"""Amounts that are wrong by a unit are told; what is merely unusual, and every scenario of ours, is not."""

from __future__ import annotations

import timeit
from pathlib import Path

import pytest

from bposim.files import load
from bposim.files.places import MEANT
from bposim.library.magnitudes import slips

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "small.yaml"
OURS = [*sorted((ROOT / "scenarios").glob("*.yaml")), *sorted((ROOT / "src").rglob("situations/*.yaml"))]


def told(overrides: dict[str, str], path: Path = SMALL) -> list[tuple[str, str]]:
    """Return the path and the remedy of each amount that is told, each with the way to confirm it."""
    found = [c for c in load(path, overrides).warnings if c.code == "BP303"]
    assert all(c.remedy.endswith(MEANT) for c in found)
    return [(c.path, c.remedy.removesuffix(MEANT)) for c in found]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_our_scenarios_are_not_suspected(path: Path) -> None:
    """Protects trust in the warning: one that cries wolf on the examples is not read."""
    assert told({}, path) == []


@pytest.mark.parametrize(
    ("salary", "meant"),
    [
        ("42", "42k"),
        ("42M", "42k"),
        ("20", "41.6k a year, if that is an hour's pay"),
        ("3_500", "42k a year, if that is a month's pay"),
        ("{low: 38, likely: 42, high: 47}", "42.2k"),
        ("PHP 42k", "USD 42k"),
    ],
)
def test_pay_in_another_unit(salary: str, meant: str) -> None:
    """Protects from 42 for 42k: told once, at the pay, with the amount that was meant."""
    path = "alternatives.in-house.legs[0].team.roles.agent.salary"
    assert told({"in-house.roles.agent.salary": salary}) == [(path, f"did you mean {meant}?")]


@pytest.mark.parametrize("salary", ["15k", "24k", "90k", "120k", "EUR 39k"])
def test_unusual_pay_is_an_opinion(salary: str) -> None:
    """Protects high and low pay from suspicion."""
    overrides = {"in-house.roles.agent.salary": salary, "world.fx.EUR": "1.1"}
    assert told(overrides) == []


def test_pay_in_a_base_currency_that_is_not_the_dollar() -> None:
    """Protects other currencies: the bounds are in dollars and are converted."""
    ours = {"base_currency": "INR", "world.fx.PHP": "1.5", "in-house.roles.lead.salary": "900k"}
    assert (
        told(
            {
                **ours,
                "in-house.roles.agent.salary": "400k",
                "in-house.country": "IN",
                "world.wages.IN": "{inflation: 8%}",
            }
        )
        == []
    )


@pytest.mark.parametrize(
    ("price", "meant"),
    [
        ("{amount: 185, currency: USD}", "PHP 185"),
        ("{amount: 3.2, currency: PHP}", "USD 3.2"),
        ("{amount: 185k, currency: PHP}", "PHP 185"),
    ],
)
def test_price_in_another_currency_or_unit(price: str, meant: str) -> None:
    """Protects from a price in rupees that is in dollars, and the reverse."""
    found = told({"manila.price.per_unit": price})
    assert ("alternatives.manila.legs[0].vendor.price.per_unit.amount", f"did you mean {meant}?") in found
    assert {remedy for _, remedy in found} == {f"did you mean {meant}?"}


@pytest.mark.parametrize("factor", ["0.3", "2"])
def test_dear_and_cheap_offers_are_not_slips(factor: str) -> None:
    """Protects offers of a third and of the double of the price."""
    assert told({"manila.price.per_unit.amount": f"{185 * float(factor):g}"}) == []


@pytest.mark.parametrize("volume", ["15M", "15"])
def test_volume_by_a_thousand(volume: str) -> None:
    """Protects the volume, which follows no library: the people that it takes show the slip."""
    path = ROOT / "scenarios" / "accounts-payable.yaml"
    assert [where for where, _ in told({"world.volume.per_month": volume}, path)] == [
        "world.volume.per_month"
    ]


def test_prices_are_not_held_against_a_baseline_that_is_wrong() -> None:
    """Protects from follow-on noise: pay of 42M makes every offer look a thousand times too cheap."""
    overrides = {"in-house.roles.agent.salary": "42", "in-house.roles.lead.salary": "62"}
    assert {where.rpartition(".")[2] for where, _ in told(overrides)} == {"salary"}


SUPPORT, PAYABLE = (ROOT / "scenarios" / f"{name}.yaml" for name in ("customer-support", "accounts-payable"))


@pytest.mark.parametrize(
    ("place", "value", "meant"),
    [
        ("in-house.roles.agent.overhead", "24", "24k"),
        ("in-house.roles.agent.overhead", "24M", "24k"),
        ("in-house.turnover.recruiting", "2.5M", "2,500"),
        ("in-house.turnover.training", "3", "3,000"),
        ("in-house.roles.agent.salary", "4.5k", "54k a year, if that is a month's pay"),
        ("in-house.risks.breach.severity", "4.4", "4,400"),
        ("in-house.risks.breach.severity", "4.4bn", "4.4M"),
        ("in-house.quality.cost_per_error", "65k", "65"),
        ("in-house.risks.outage.cost_per_hour", "1.67M", "1,670"),
        ("world.volume.margin_per_unit", "9k", "9"),
        ("manila.governance.retained_fte", "3500", "3.5"),
        ("manila.governance.audits", "20M", "20k"),
        ("manila.transition.one_off.legal", "110M", "110k"),
        ("manila.transition.one_off.legal", "60", "60k"),
    ],
)
def test_any_amount_is_held_against_pay_or_the_cost_of_the_work(place: str, value: str, meant: str) -> None:
    """Protects amounts that no library knows: the slip alone is told, where it is, and what was meant."""
    found = told({place: value}, SUPPORT)
    assert [(where.rpartition(".")[2], remedy) for where, remedy in found] == [
        (place.rpartition(".")[2], f"did you mean {meant}?")
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [("overhead", "24M"), ("salary", "540k"), ("volume_per_fte", "22800"), ("volume_per_fte", "158")],
)
@pytest.mark.parametrize(("path", "job"), [(SUPPORT, "agent"), (PAYABLE, "processor")], ids=["desk", "ap"])
def test_a_slip_of_the_baseline_is_not_laid_at_the_vendors(
    path: Path, job: str, field: str, value: str
) -> None:
    """Protects the vendors: when all of them look odd alike, what they are held against is doubted."""
    value = {"22800": "15000", "158": "70"}.get(value, value) if path == SUPPORT else value
    found = told({f"in-house.roles.{job}.{field}": value}, path)
    assert [where for where, _ in found] == [f"alternatives.in-house.team.roles.{job}.{field}"]


def test_productivity_of_a_year_is_told_at_the_vendor() -> None:
    """Protects the baseline in turn: one vendor alone that is odd has the slip."""
    found = told({"manila.productivity": "9600"}, SUPPORT)
    assert [where for where, _ in found] == ["alternatives.manila.vendor.productivity"]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("in-house.roles.boss", "{fixed: 1, salary: 1.2M}"),
        ("manila.governance", "{retained_fte: 2, cost_per_fte: 150k, country: IN}"),
        ("manila.price.per_unit.amount", "20"),
        ("manila.transition.one_off", "{legal: 1k}"),
        ("in-house.risks.breach.severity", "20M"),
        ("world.volume.per_month", "1500"),
    ],
)
def test_honest_extremes_are_not_suspected(place: str, value: str) -> None:
    """Protects a trader, an expatriate, an offer of 4 %, a cheap move, a large loss, a team of two."""
    assert told({place: value, "world.wages.IN": "{inflation: 9%}"}) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("in-house.roles.boss", "{fixed: 1, salary: 1, note: NOTE}"),
        ("in-house.roles.boss", "{fixed: 1, salary: {value: 2k, note: NOTE}}"),
        ("in-house.risks.outage", "{per_year: 1, hours: {value: 0.05, note: NOTE}, cost_per_hour: 2k}"),
        ("manila.governance", "{audits: {value: 20M, note: NOTE}}"),
        ("manila.price.per_unit", "{amount: 3.2, currency: PHP, note: NOTE}"),
    ],
)
def test_a_note_that_it_is_meant_ends_the_warning(place: str, value: str) -> None:
    """Protects honest extremes from being told for ever, and slips from being hidden by just any note."""
    assert told({place: value.replace("NOTE", '"from the HR system"')})
    assert told({place: value.replace("NOTE", '"meant: the founder takes no more"')}) == []


def test_what_is_meant_hides_no_other_slip() -> None:
    """Protects the other checks: a token salary that is confirmed does not end them."""
    boss = {"in-house.roles.boss": '{fixed: 1, salary: {value: 1, note: "meant: founder"}}'}
    found = told({**boss, "manila.governance": "{audits: 20M}"})
    assert found == [("alternatives.manila.legs[0].vendor.governance.audits", "did you mean 20k?")]


def test_checks_are_quick() -> None:
    """Protects every command: they all read the scenario."""
    scenario = load(SUPPORT)
    assert min(timeit.repeat(lambda: list(slips(scenario)), number=1, repeat=5)) < 0.05
