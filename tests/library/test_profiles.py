"""Profiles: each piece is what its comment says, carries a grade, and a scenario of profiles alone runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import bposim
from bposim.cash import base_case
from bposim.library import defaults_used, load, outside_view
from bposim.library.entry import read_annotation
from bposim.quantities import read_number
from bposim.sharing import take_annotations
from bposim.tree import Map, walk

if TYPE_CHECKING:
    from bposim.library import Library

TEAM_AND_VENDOR = Path(__file__).parent / "profiles.yaml"

PLACES = ("us", "canada", "mexico", "poland", "india", "philippines", "south_africa")

CURRENCIES = {"canada": "CAD", "mexico": "MXN", "poland": "PLN", "india": "INR", "south_africa": "ZAR"}

PEOPLE = 100
"""Size of the team at home."""


@pytest.fixture(scope="module")
def library() -> Library:
    """Return the library."""
    return load()


def test_every_service_and_location_has_a_profile(library: Library) -> None:
    """Protects completeness: SV1 to SV14 and the seven places."""
    services = [p.about.partition(".")[0] for p in library.profiles.values() if ".service." in p.key]
    assert sorted(services) == sorted(f"SV{number}" for number in range(1, 15))
    places = {key.rpartition(".")[2] for key in library.profiles if ".location." in key}
    assert places == set(PLACES)
    sizes = {key.rpartition(".")[2] for key in library.profiles if ".size." in key}
    assert sizes == {"small", "mid", "large"}


def test_every_number_of_a_profile_has_a_source_with_a_grade(library: Library) -> None:
    """Protects honesty: at a number or above it stands where it comes from, and how good that is."""
    for profile in library.profiles.values():
        for names, value in walk(profile.content):
            if isinstance(value, Map):
                source = value.get("source")
                assert source is None or read_annotation(source) is not None, (profile.key, names)
            elif isinstance(value, str) and names[-1] != "source" and _is_number(value):
                above = [_at(profile.content, names[:length]) for length in range(1, len(names))]
                assert any("source" in node for node in above if isinstance(node, Map)), (profile.key, names)


def _is_number(text: str) -> bool:
    try:
        read_number(text)
    except ValueError:
        return False
    return True


def _at(node: Any, names: tuple[str, ...]) -> Any:  # noqa: ANN401
    for name in names:
        if not isinstance(node, Map) or name not in node:
            return None
        node = node[name]
    return node


def test_breaches_are_the_product_of_their_factors(library: Library) -> None:
    """Protects the arithmetic of profiles.breach: rate and mean loss of a team and of a vendor."""
    factors, _ = take_annotations(library.profiles["profiles.factors"].content)

    def value(*names: str) -> float:
        return read_number(_at(factors, names)["value"])

    for sector in factors["sector"]:
        share = value("sector", sector, "third_party_share")
        pieces, _ = take_annotations(library.profiles[f"profiles.breach.{sector}"].content)
        for size in factors["size"]:
            rate = 0.098 * value("size", size, "rate")
            loss = 4.44e6 * value("sector", sector, "loss") * value("size", size, "loss")
            expected = {"team": (rate, loss), "vendor": (rate * share / (1 - share), loss * 1.11)}
            for who, (per_year, mean) in expected.items():
                piece = _at(pieces, (size, who))
                severity = piece["severity"]["lognormal"]
                assert read_number(piece["per_year"]) == pytest.approx(per_year, rel=1e-3)
                assert read_number(severity["mean"]) == pytest.approx(mean, rel=1e-3)
                assert read_number(severity["max"]) == value("size", size, "largest_loss")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("service", ["customer_service", "finance_accounting"])
def test_each_place_makes_a_valid_scenario(place: str, service: str) -> None:
    """Protects every piece of every place: put where its comment says, the scenario is read and simulated."""
    scenario = bposim.load(TEAM_AND_VENDOR, _overrides(place, service))
    assert all(case.total > 0 for case in base_case(scenario).values())


@pytest.mark.parametrize("service", [p.rpartition(".")[2] for p in load().profiles if ".service." in p])
def test_each_service_saves_a_believable_amount_offshore(service: str) -> None:
    """Protects face validity: of a hundred people at home, the base case saves what contracts did."""
    scenario = bposim.load(TEAM_AND_VENDOR, _overrides("philippines", service))
    cases = base_case(scenario)
    saving = 1 - cases["away"].total / cases["home"].total
    assert 0.10 < saving < 0.39


def test_profiles_alone_give_the_published_savings() -> None:
    """Protects the calibration: service from Manila saves 10-39%, and nothing in 10-45% of futures."""
    scenario = bposim.load(TEAM_AND_VENDOR)
    result = bposim.simulate(scenario, trials=2048, seed=1)
    saving = result.saving("away")
    assert 0.10 < saving.mean() / result.costs["home"].mean() < 0.39
    assert 0.10 < (saving <= 0).mean() < 0.45
    assert outside_view(scenario, base_case(scenario), {"away": float((saving <= 0).mean())}) == []
    used = defaults_used(scenario)
    assert {default.key for default in used} >= {"attrition.philippines.bpo", "attrition.us.contact_centre"}
    assert [default.grade for default in used] == sorted((d.grade for d in used), key="MCTSP".index)


def test_two_uses_of_one_piece_are_two_draws() -> None:
    """Protects origins: the same figure at home and away is uncertain twice, each under its own place."""
    names = [entry.name for entry in bposim.load(TEAM_AND_VENDOR).uncertain.entries]
    assert "alternatives.home.team.quality.cost_per_error.amount" in names
    assert "alternatives.away.vendor.productivity" in names
    assert not any(name.startswith("library") for name in names)


def _overrides(place: str, service: str) -> dict[str, str]:
    """Return what turns profiles.yaml into a scenario of another place and service."""
    prefix, at = "like: library.profiles", f"location.{place}"
    kind = "voice" if service == "customer_service" else "back_office"
    roles = load().profiles[f"profiles.service.{service}"].content["roles"]
    each = next(read_number(role["volume_per_fte"]) for role in roles.values() if "volume_per_fte" in role)
    changed = {
        "world.volume": f"{{{prefix}.service.{service}.volume, per_month: {PEOPLE * each}}}",
        "world.wages.PH": f"{{{prefix}.{at}.wages}}",
        "world.prices.PH": f"{{{prefix}.{at}.prices}}",
        "world.country_events.PH": f"{{{prefix}.{at}.events}}",
        "home.team": f"{{{prefix}.service.{service}.team}}",
        "away.vendor.like": f"library.profiles.service.{service}.vendor_offshore",
        "away.vendor.turnover": f"{{{prefix}.{at}.turnover_{kind}}}",
        "away.vendor.quality.distance": f"{{{prefix}.{at}.distance_{kind}}}",
        "away.vendor.renewal_uplift": f"{{{prefix}.{at}.renewal_uplift}}",
        "away.vendor.transition.like": f"library.profiles.{at}.transition",
    }
    if place in CURRENCIES:
        changed["world.fx"] = f"{{{CURRENCIES[place]}: {{{prefix}.{at}.fx}}}}"
    return changed
