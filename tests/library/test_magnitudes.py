"""Amounts that are wrong by a unit are told; what is merely unusual, and every scenario of ours, is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bposim.files import load

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "small.yaml"
OURS = [*sorted((ROOT / "scenarios").glob("*.yaml")), *sorted((ROOT / "src").rglob("situations/*.yaml"))]


def told(overrides: dict[str, str], path: Path = SMALL) -> list[tuple[str, str]]:
    """Return the path and the remedy of each amount that is told."""
    return [(c.path, c.remedy) for c in load(path, overrides).warnings if c.code == "BP303"]


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


def test_cost_of_a_move_without_its_thousands() -> None:
    """Protects one-off costs: 250 for 250k is less than an hour of the contract."""
    found = told({"manila.transition": "{planned: 4, one_off: {knowledge_transfer: 250}}"})
    assert [where for where, _ in found] == ["alternatives.manila.legs[0].vendor.transition.one_off"]
