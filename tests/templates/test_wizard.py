"""The wizard: answers are read strictly and arrive as they were given; the rest is the library's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bposim.files import scenario_of
from bposim.inputs.distribution import Distribution
from bposim.rate_history import ecb
from bposim.wizard import PLACES, QUESTIONS, Answers, scenario_text, services
from bposim.wizard.answers import HOMES
from bposim.yaml_tree import read_tree

if TYPE_CHECKING:
    from bposim.scenario import Scenario

ASK = {question.name: question for question in QUESTIONS}


def written(answers: Answers) -> Scenario:
    """Return the scenario that the wizard writes."""
    return scenario_of(read_tree(scenario_text(answers), "wizard.yaml"))


def team_of(scenario: Scenario) -> Any:  # noqa: ANN401 - a team or a vendor
    """Return the team at home."""
    return scenario.alternatives["in-house"].legs[0].body


def vendor_of(scenario: Scenario, place: str) -> Any:  # noqa: ANN401 - a team or a vendor
    """Return the vendor in a place."""
    return scenario.alternatives[place].legs[0].body


@pytest.mark.parametrize("currency", HOMES)
@pytest.mark.parametrize("service", services().values())
def test_any_service_in_any_currency_is_valid(service: str, currency: str) -> None:
    """Protects every path through the text: all places at once load without a warning."""
    scenario = written(Answers(service=service, places=tuple(PLACES), currency=currency, people=40.0))
    assert scenario.warnings == ()
    assert set(scenario.alternatives) == {"in-house", *PLACES}


@pytest.mark.parametrize("people", [3.0, 10.0, 31.0, 100.0, 5_000.0])
def test_any_size_is_valid(people: float) -> None:
    """Protects small and large teams: the sizes of the library are stretched to the people there are."""
    assert written(Answers(people=people)).warnings == ()


def test_answers_arrive_as_they_were_given() -> None:
    """Protects what the user said: pay, pace, quotes, dates and rate stand in the scenario unchanged."""
    scenario = written(
        Answers(
            service="finance_accounting",
            places=("poland", "india"),
            currency="EUR",
            start="2028-03",
            months=48,
            people=20.0,
            volume=30_000.0,
            pay=48_000.0,
            quotes={"poland": (7.5, "PLN")},
            planned=7.0,
            discount_rate=0.09,
        )
    )
    assert (scenario.base_currency, scenario.start, scenario.months) == ("EUR", "2028-03", 48)
    assert scenario.discount_rate == 0.09
    clerk = team_of(scenario).roles["clerk"]
    assert clerk.salary.amount == 48_000.0
    assert clerk.volume_per_fte == pytest.approx(30_000 * 1.06 / 20, rel=1e-5)  # written with six digits
    price = vendor_of(scenario, "poland").price
    assert (price.kind, price.amount, price.currency) == ("per_unit", 7.5, "PLN")
    assert vendor_of(scenario, "india").transition.planned == 7.0


def test_a_quote_in_zloty_does_not_make_the_next_vendor_polish() -> None:
    """Protects the second vendor, which is like the first: its price has its own currency."""
    scenario = written(Answers(places=("poland", "india"), quotes={"poland": (11.0, "PLN")}))
    price = vendor_of(scenario, "india").price
    assert price.currency == "USD"
    assert price.amount.mean == pytest.approx(
        0.9 * vendor_of(written(Answers()), "philippines").price.amount.mean, 0.01
    )


def test_harder_units_take_dearer_contracts() -> None:
    """Protects the comparison: half the units a person at home, half abroad, at twice the price."""
    usual = written(Answers(people=50.0))
    harder = written(Answers(people=50.0, volume=50 * 890 / 1.06 / 2))
    for field, factor in (("price.amount", 2.0), ("productivity", 0.5)):
        before, after = (_field(vendor_of(scenario, "philippines"), field) for scenario in (usual, harder))
        assert after.mean == pytest.approx(factor * before.mean, rel=0.01)


def test_steering_and_move_fit_the_people() -> None:
    """Protects small teams from the one-off costs of large ones: half of the hundred that the library has."""
    vendor = vendor_of(written(Answers(people=50.0)), "philippines")
    assert vendor.transition.one_off.selection.amount == 30_000.0  # half of USD 60k
    assert vendor.governance.travel.amount == 45_000.0  # half of USD 90k
    assert vendor.governance.retained_fte.mean == pytest.approx((2.5 + 4 * 4.5 + 8) / 6)


def test_pay_of_the_library_is_converted_at_todays_rate() -> None:
    """Protects base currencies other than the dollar: 41,600 dollars, by the ECB's last rates."""
    scenario = written(Answers(currency="EUR"))
    amount = team_of(scenario).roles["agent"].salary.amount
    assert amount == pytest.approx(41_600 * ecb("EUR").rates["USD"][-1], rel=0.005)
    assert team_of(scenario).roles["agent"].salary.currency == "EUR"


def test_what_was_not_answered_keeps_source_and_grade() -> None:
    """Protects provenance: the default pay names the library, an own one does not."""
    place = "alternatives.in-house.team.roles.agent.salary"
    assert "library:" in _source(written(Answers()), place)
    assert _source(written(Answers(pay=40_000.0)), place) == "own figure"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("service", "custmer service", "did you mean customer_service"),
        ("places", "india, poland, spain", "is no place; write one of us"),
        ("currency", "JPY", "write one of USD"),
        ("start", "2027-13", "13 is not a month"),
        ("months", "6", "give whole months from 24"),
        ("sector", "fnance", "did you mean finance"),
        ("people", "0", "write a number above 0"),
        ("people", "fifty", "write a number"),
        ("size", "huge", "write one of small"),
        ("volume", "12", "check volume, unit and people"),
        ("pay", "EUR 40k", "convert the EUR"),
        ("pay", "20", "give the pay of one person for a year"),
        ("quotes", "2.90", "write e.g. philippines=2.90"),
        ("quotes", "mexico=3", "is no place of this comparison"),
        ("quotes", "philippines=INR 200", "quote philippines in one of USD, PHP"),
        ("quotes", "philippines=0", "a price is above 0"),
        ("quotes", "philippines=2/3", "write one, or low / likely / high"),
        ("quotes", "philippines=3/2/4", "do not rise"),
        ("quotes", "philippines=USD 2/PHP 3/4", "are two currencies"),
        ("growth", "3", "did you mean 3%?"),
        ("promised_saving", "120%", "write e.g. 12%"),
        ("promised_saving", "10", "is not in proportion to pay"),
        ("promised_saving", "EUR 1M", "convert the EUR"),
        ("planned", "55 months", "give 48 or fewer"),
        ("discount_rate", "8", "did you mean 8%"),
        ("discount_rate", "-1%", "write e.g. 8%"),
    ],
)
def test_a_wrong_answer_is_told_with_a_remedy(name: str, text: str, message: str) -> None:
    """Protects the person at the prompt: what is wrong, and what to write instead."""
    with pytest.raises(ValueError, match=message):
        ASK[name].read(text, Answers())


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("service", "SV8", "finance_accounting"),
        ("service", "Customer service", "customer_service"),
        ("places", "South Africa, india, india", ("south_africa", "india")),
        ("months", "4 years", 48),
        ("volume", "60k", 60_000.0),
        ("pay", "USD 52k", 52_000.0),
        ("quotes", "philippines=PHP 160", {"philippines": (160.0, "PHP")}),
        ("quotes", "philippines = 2.9", {"philippines": (2.9, "USD")}),
        ("quotes", "philippines=PHP 140/160/1,210", {"philippines": ((140.0, 160.0, 1210.0), "PHP")}),
        ("growth", "3%", 0.03),
        ("growth", "-2% / 3% / 8%", (-0.02, 0.03, 0.08)),
        ("places", "Manila, kraków", ("philippines", "poland")),
        ("promised_saving", "1.5M", "1_500_000"),
        ("promised_saving", "12%", "12%"),
        ("promised_saving", "none", None),
        ("discount_rate", "9%", 0.09),
    ],
)
def test_answers_are_read_as_people_write_them(name: str, text: str, value: object) -> None:
    """Protects the notation: the same as in a scenario file, with codes and names in any case."""
    assert ASK[name].read(text, Answers()) == value


def test_every_default_can_be_typed() -> None:
    """Protects the brackets: what a question shows as its default is an answer that it takes."""
    for question in QUESTIONS:
        if question.name not in {"quotes", "planned"}:  # words, not answers
            question.read(question.default(Answers()), Answers())


def _field(part: Any, path: str) -> Distribution:  # noqa: ANN401 - any part of a scenario
    for name in path.split("."):
        part = getattr(part, name)
    assert isinstance(part, Distribution)
    return part


def _source(scenario: Scenario, path: str) -> str:
    return scenario.annotations[path]["source"]
