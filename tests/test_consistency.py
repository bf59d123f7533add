"""Whether the pieces of a scenario fit together; each rule also has a broken file in tests/bad."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bposim.errors import Complaint, ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bposim.scenario import Scenario

    Read = Callable[[dict[str, Any]], Scenario]


def small() -> dict[str, Any]:
    """Return a scenario that fits together, without a warning, as data that a test may change."""
    return {
        "discount_rate": "8%",
        "months": 24,
        "world": {
            "volume": {"unit": "call", "per_month": 1000, "margin_per_unit": 2},
            "fx": {"PHP": 0.0172},
            "wages": {"US": {"inflation": "3%"}},
        },
        "alternatives": {
            "in-house": {
                "baseline": True,
                "team": {
                    "country": "US",
                    "roles": {"clerk": {"volume_per_fte": 500, "salary": "48k"}},
                    "turnover": {"attrition": "15%"},
                },
            },
            "manila": {
                "vendor": {
                    "price": {"per_unit": {"amount": 150, "currency": "PHP"}},
                    "transition": {"planned": 4, "ramp_months": 3},
                }
            },
        },
    }


def complaints(read: Read, data: dict[str, Any]) -> tuple[Complaint, ...]:
    """Return the errors of a scenario, or its warnings if it fits together."""
    try:
        return read(data).warnings
    except ScenarioError as error:
        return error.complaints


def told(read: Read, data: dict[str, Any]) -> list[tuple[str, str]]:
    """Return code and path of each complaint."""
    return [(complaint.code, complaint.path) for complaint in complaints(read, data)]


def test_what_fits_is_not_complained_about(read: Read) -> None:
    """Protects every other test here: the scenario that they change has neither error nor warning."""
    assert told(read, small()) == []


@pytest.mark.parametrize("planned", [20, 21, 24, 30])
def test_transition_must_end_within_the_horizon(read: Read, planned: int) -> None:
    """Planned months and ramp of 3 against a horizon of 24: 20 fits, 21 does not."""
    data = small()
    data["alternatives"]["manila"]["vendor"]["transition"]["planned"] = planned
    expected = [("BP205", "alternatives.manila.vendor.transition")] if planned > 20 else []
    assert told(read, data) == expected


def test_uncertain_delay_counts_at_its_mean(read: Read) -> None:
    """Delay of mean 12.5 beside 12 planned months reaches the horizon; 2.5 does not."""
    data = small()
    transition = data["alternatives"]["manila"]["vendor"]["transition"]
    transition |= {"planned": 12, "delay": {"uniform": {"low": 0, "high": 5}}}
    assert told(read, data) == []
    transition["delay"] = {"uniform": {"low": 0, "high": 25}}
    assert told(read, data) == [("BP205", "alternatives.manila.vendor.transition")]


@pytest.mark.parametrize(
    ("one", "other", "fits"), [("40%", "60%", True), ("40%", "59%", False), (0.1, 0.9, True)]
)
def test_shares_add_up(read: Read, one: object, other: object, fits: bool) -> None:
    """Rounding of binary fractions is no error; one per cent is."""
    data = small()
    data["alternatives"]["blend"] = {
        "legs": [{"share": one, "like": "in-house"}, {"share": other, "like": "manila"}]
    }
    assert told(read, data) == ([] if fits else [("BP206", "alternatives.blend.legs")])


def test_every_amount_is_looked_at(read: Read) -> None:
    """A currency without a rate is found wherever an amount can stand, once for each place."""
    data = small()
    data["world"]["volume"]["margin_per_unit"] = "EUR 2"
    data["alternatives"]["manila"]["once"] = "EUR 5k"
    team = data["alternatives"]["in-house"]["team"]
    team["roles"]["clerk"]["salary"] = {"low": "40k", "likely": "48k", "high": "60k", "currency": "EUR"}
    team["turnover"]["training"] = {"amount": "1k", "currency": "EUR"}
    data["alternatives"]["manila"]["vendor"]["price"]["per_unit"]["currency"] = "EUR"
    assert sorted(told(read, data)) == [
        ("BP207", "alternatives.in-house.team.roles.clerk.salary.currency"),
        ("BP207", "alternatives.in-house.team.turnover.training.currency"),
        ("BP207", "alternatives.manila.once"),
        ("BP207", "alternatives.manila.vendor.price.per_unit.currency"),
        ("BP207", "world.volume.margin_per_unit"),
    ]


def test_shared_part_is_complained_about_where_it_is_written(read: Read) -> None:
    """A wrong country that two alternatives take over by like: is one complaint, not three."""
    data = small()
    data["alternatives"]["in-house"]["team"]["country"] = "UK"
    data["alternatives"]["bigger"] = {"like": "in-house", "team": {"buffer": "10%"}}
    data["alternatives"]["twin"] = {"legs": [{"share": "100%", "like": "in-house"}]}
    assert told(read, data) == [("BP204", "alternatives.in-house.team.country")]


@pytest.mark.parametrize(
    "value", [0, {"uniform": {"low": 0, "high": 900}}, {"low": 0, "likely": 1, "high": 2}]
)
def test_divisor_is_above_zero(read: Read, value: object) -> None:
    """Work is divided by productivity: 0 in any trial would make infinite staff."""
    data = small()
    data["alternatives"]["in-house"]["team"]["roles"]["clerk"]["volume_per_fte"] = value
    assert told(read, data) == [("BP201", "alternatives.in-house.team.roles.clerk.volume_per_fte")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("-99%", []),
        ("-100%", ["BP201"]),
        ({"normal": {"mean": "3%", "sd": "5%"}}, []),
        ({"normal": {"mean": "3%", "sd": "50%"}}, ["BP201"]),
        ({"normal": {"mean": "3%", "sd": "50%", "min": "-90%"}}, []),
        (3, ["BP302"]),
        ({"uniform": {"low": 2, "high": 4}}, ["BP302"]),
        (1, []),
    ],
)
def test_rates_make_sense(read: Read, value: object, expected: list[str]) -> None:
    """Below -100 % nothing is left to grow; above 100 % the percent sign was most likely forgotten."""
    data = small()
    data["world"]["volume"]["growth"] = value
    assert told(read, data) == [(code, "world.volume.growth") for code in expected]


def test_a_forgotten_percent_sign_is_named_where_it_is_missing(read: Read) -> None:
    """The mean of the distribution stands nowhere in the file; nobody would find it."""
    data = small()
    data["discount_rate"] = {"low": "6%", "likely": "8%", "high": 10}
    (complaint,) = complaints(read, data)
    assert complaint.what == "high: 10 is 1,000% a year"
    assert complaint.remedy == "did you mean 10%?"


def test_a_key_of_a_level_deeper_is_sent_there(read: Read) -> None:
    """A commented key that was uncommented without its indent is not misspelt."""
    data = small()
    data["promised_saving"] = "1M"
    (complaint,) = complaints(read, data)
    assert complaint.code == "BP104"
    assert "belongs under preferences:" in complaint.remedy


def test_months_of_steps_are_read(read: Read) -> None:
    """A month that only the simulation would stumble over is found on reading."""
    data = small()
    data["world"]["volume"]["steps"] = [
        {"from_month": "2028-04", "factor": 1.1},
        {"from_month": "2028-4", "factor": 1.1},
    ]
    (complaint,) = complaints(read, data)
    assert (complaint.code, complaint.path) == ("BP107", "world.volume.steps[1].from_month")
    assert complaint.remedy == "write 2028-04"


@pytest.mark.parametrize(("per_year", "fits"), [(0, True), (249, True), (251, False)])
def test_number_of_events_is_bounded(read: Read, per_year: float, fits: bool) -> None:
    """The limit is 500 events in the horizon, here of two years; more would be simulated for hours."""
    data = small()
    for body in (data["alternatives"]["in-house"]["team"], data["alternatives"]["manila"]["vendor"]):
        body["risks"] = {"outage": {"per_year": 0, "hours": 2, "cost_per_hour": 500}}
    data["alternatives"]["manila"]["vendor"]["risks"]["outage"]["per_year"] = per_year
    expected = [] if fits else [("BP201", "alternatives.manila.vendor.risks.outage.per_year")]
    assert told(read, data) == expected


def test_a_risk_on_one_side_is_a_warning(read: Read) -> None:
    """Both ways round: the side that lacks the risk is named, and a rate of 0 settles it."""
    breach = {"breach": {"per_year": "5%", "severity": "1M"}}
    data = small()
    data["alternatives"]["in-house"]["team"]["risks"] = breach
    assert told(read, data) == [("BP301", "alternatives.manila")]
    data = small()
    data["alternatives"]["manila"]["vendor"]["risks"] = breach
    assert told(read, data) == [("BP301", "alternatives.in-house")]
    data["alternatives"]["in-house"]["team"]["risks"] = {"breach": {"per_year": 0, "severity": "1M"}}
    assert told(read, data) == []


def test_correlations_are_all_looked_at(read: Read) -> None:
    """Every wrong row is told in one go, and the good ones are not."""
    data = small()
    data["world"]["volume"]["growth"] = {"p10": "1%", "p90": "5%"}
    data["discount_rate"] = {"p10": "7%", "p90": "9%"}
    data["correlations"] = [
        ["volume.growth", "nothing", 0.5],
        ["volume.growth", "discount_rate", 0.5],
        ["volume.growth", "discount_rate", 2],
        ["discount_rate", "volume.growth", 0.5],
    ]
    assert told(read, data) == [("BP203", f"correlations[{row}]") for row in (0, 2, 3)]


def test_warnings_do_not_hide_behind_errors_nor_stand_among_them(read: Read) -> None:
    """A scenario with an error lists errors alone; its warnings follow once it can be read."""
    data = small()
    data["discount_rate"] = 8
    assert told(read, data) == [("BP302", "discount_rate")]
    data["alternatives"]["in-house"]["team"]["country"] = "UK"
    assert told(read, data) == [("BP204", "alternatives.in-house.team.country")]


def pair(first: str, second: str) -> list[dict[str, Any]]:
    """Return two halves of Manila's contract in two countries, with a breach risk each."""
    vendor = small()["alternatives"]["manila"]["vendor"] | {
        "risks": {"breach": {"per_year": "5%", "severity": "1M"}}
    }
    return [{"share": "50%", "vendor": vendor | {"country": country}} for country in (first, second)]


def test_a_leg_without_a_risk_that_its_neighbour_has_is_told(read: Read) -> None:
    """A blend may not hide a leg that is free of a risk behind one that carries it."""
    data = small()
    data["alternatives"]["in-house"]["team"]["risks"] = {"breach": {"per_year": "5%", "severity": "1M"}}
    data["alternatives"]["manila"] = {"legs": pair("PH", "PL")}
    assert told(read, data) == []
    del data["alternatives"]["manila"]["legs"][1]["vendor"]["risks"]
    assert told(read, data) == [("BP301", "alternatives.manila.legs[1]")]


def test_legs_that_only_their_order_tells_apart_are_told(read: Read) -> None:
    """Two unnamed legs of one kind and country would swap draws when reordered; names settle it."""
    data = small()
    data["alternatives"]["in-house"]["team"]["risks"] = {"breach": {"per_year": "5%", "severity": "1M"}}
    data["alternatives"]["manila"] = {"legs": pair("PH", "PH")}
    assert told(read, data) == [("BP302", "alternatives.manila.legs[1]")]
    for name, leg in zip(("north", "south"), data["alternatives"]["manila"]["legs"], strict=True):
        leg["name"] = name
    assert told(read, data) == []


def test_terms_for_leaving_are_for_the_exit_study(read: Read) -> None:
    """`bposim exit` asks for them, so the warning may not say that they are for nothing."""
    data = small()
    data["alternatives"]["manila"]["vendor"]["termination"] = {"fee_months": [6, 4], "notice": 3}
    (warning,) = read(data).warnings
    assert warning.code == "BP302"
    assert "`bposim exit`" in warning.what
