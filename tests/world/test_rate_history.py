"""Exchange-rate histories: the extract that ships, files of one's own, and what is wrong with them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bposim.errors import ScenarioError
from bposim.files import load
from bposim.quantities import read_number
from bposim.rate_history import RateHistory, ecb, read_history

if TYPE_CHECKING:
    from pathlib import Path

    from bposim.shapes import FloatArray

SCENARIO = """
schema_version: 1
title: history
base_currency: {base}
start: 2027-01
months: 12
discount_rate: 8%
world:
  volume: {{unit: call, per_month: 1_000, margin_per_unit: 1}}
  fx: {{PLN: {{model: historical, spot: 0.25, file: {file}{more}}}}}
alternatives:
  home: {{baseline: true, team: {{roles: {{clerk: {{volume_per_fte: 500, salary: 80k PLN}}}}}}}}
  away: {{team: {{roles: {{clerk: {{volume_per_fte: 500, salary: 70k PLN}}}}, transition: {{planned: 1}}}}}}
"""


def rows(text: str) -> tuple[RateHistory, list[tuple[int, str]]]:
    """Read CSV text as a history."""
    header, *lines = (line.split(",") for line in text.split())
    return read_history(header, enumerate(lines, start=2), read_number)


def own(folder: Path, text: str, more: str = "", base: str = "USD") -> tuple[float, ...]:
    """Return the prices of a scenario that reads the text as its history."""
    (folder / "data").mkdir()
    (folder / "data" / "pln.csv").write_text(text, encoding="utf-8")
    (folder / "scenario.yaml").write_text(SCENARIO.format(file="data/pln.csv", more=more, base=base))
    scenario = load(folder / "scenario.yaml")
    assert scenario.data_files == {"data/pln.csv": hashlib.sha256(text.encode()).hexdigest()}
    prices: tuple[float, ...] = scenario.world.fx["PLN"].prices
    return prices


def monthly(count: int) -> list[str]:
    """Return rows of consecutive months from November 2018 on, at 0.25, then rising by 0.0001."""
    return [f"{2018 + (10 + k) // 12}-{(10 + k) % 12 + 1:02d},{0.25 + k / 1e4:.4f}" for k in range(count)]


def changes(currency: str, first: str, last: str) -> FloatArray:
    """Return the monthly log changes of a currency in dollars from one month to another."""
    history = ecb("USD")
    start, end = history.months.index(first), history.months.index(last)
    change: FloatArray = np.diff(np.log(history.rates[currency][start : end + 1]))
    return change


def test_extract_is_as_published() -> None:
    """The ECB's rates of 30 October 2026: 4.4038 zloty and 1.1172 dollars for a euro; all from 2009-01 on."""
    euro, dollar = ecb("EUR"), ecb("USD")
    assert (euro.months[0], euro.months[-1], len(euro.months)) == ("2009-01", "2026-10", 214)
    assert sorted(euro.rates) == ["CAD", "EUR", "GBP", "INR", "MXN", "PHP", "PLN", "USD", "ZAR"]
    assert euro.rates["PLN"][-1] == pytest.approx(1 / 4.4038, rel=1e-14)
    assert dollar.rates["PLN"][-1] == pytest.approx(1.1172 / 4.4038, rel=1e-14)
    assert dollar.rates["EUR"][-1] == pytest.approx(1.1172, rel=1e-14)
    assert set(dollar.rates["USD"]) == {1.0}


@pytest.mark.parametrize(
    ("currency", "volatility"),
    [
        ("INR", 4.97),
        ("PHP", 5.30),
        ("PLN", 10.53),
        ("MXN", 12.70),
        ("EUR", 7.05),
        ("ZAR", 14.91),
        ("GBP", 8.75),
    ],
)
def test_volatility_of_ten_years(currency: str, volatility: float) -> None:
    """Annualised volatility against the dollar, monthly, 2015 to 2024, in per cent: computed elsewhere."""
    spread = changes(currency, "2015-01", "2024-12").std(ddof=1)
    assert 100 * spread * np.sqrt(12) == pytest.approx(volatility, abs=0.005)


@pytest.mark.parametrize(
    ("one", "other", "rho"),
    [
        ("PLN", "EUR", 0.87),
        ("PHP", "PLN", 0.48),
        ("PHP", "MXN", 0.19),
        ("ZAR", "MXN", 0.48),
        ("CAD", "MXN", 0.46),
    ],
)
def test_correlation_of_eleven_years(one: str, other: str, rho: float) -> None:
    """Correlation of monthly log changes against the dollar, December 2014 to 2025: computed elsewhere."""
    pair = [changes(currency, "2014-12", "2025-12") for currency in (one, other)]
    assert np.corrcoef(*pair)[0, 1] == pytest.approx(rho, abs=0.005)


def test_history_begins_where_every_currency_has_begun() -> None:
    """Rows are joint: a currency that begins later cuts the others; columns that are no currency do not."""
    history, problems = rows(
        "month,PLN,note,INR\n2020-01,4,a,\n2020-02-28,5,,\n2020-03,6,b,90\n2020-04,7,c,91"
    )
    assert problems == []
    assert history == RateHistory(("2020-03", "2020-04"), {"PLN": (6.0, 7.0), "INR": (90.0, 91.0)})
    assert history.since("2020-04") == RateHistory(("2020-04",), {"PLN": (7.0,), "INR": (91.0,)})
    assert history.priced_in("INR").rates["PLN"] == pytest.approx((15.0, 13.0))


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2020-03,5", "2020-03 follows 2020-01; write a row a month, in order, here 2020-02"),
        ("2020-01,5", "2020-01 follows 2020-01"),
        ("2020-02,", "PLN has no rate; a history has no gaps"),
        ("2020-02,0", "PLN is 0; a rate is above 0"),
        ("2020-02,-4", "PLN is -4; a rate is above 0"),
        ("2020-02,n/a", '"n/a" is not a number'),
        ("2020-13,5", "13 is not a month"),
        ("Feb-20,5", "is not a year and month"),
    ],
)
def test_problem_is_told_with_its_line(row: str, problem: str) -> None:
    """A gap, a row twice or out of order, and cells that are no month or rate."""
    _, problems = rows(f"month,PLN\n2020-01,4\n{row}")
    assert [line for line, _ in problems] == [3]
    assert problem in problems[0][1]


def test_file_of_ones_own(tmp_path: Path) -> None:
    """Its prices are in base currency for one unit; since leaves the older months out; the hash is kept."""
    text = "month,PLN\n" + "\n".join(monthly(40)) + "\n"
    prices = own(tmp_path, text, ", since: 2019-02")
    assert len(prices) == 37
    assert (prices[0], prices[-1]) == pytest.approx((0.2503, 0.2539))


@pytest.mark.parametrize(
    ("text", "more", "complaint"),
    [
        (
            "\n".join(["month,PLN", *monthly(30)[:20], *monthly(30)[21:]]),
            "",
            r"pln.csv:22:1 BP208 .*follows 2020-06",
        ),
        ("\n".join(["date,PLN", *monthly(30)]), "", "the header is date,PLN; write month,PLN"),
        ("\n".join(["month,EUR", *monthly(30)]), "", "data/pln.csv has no rates of PLN; it has EUR"),
        ("\n".join(["month;PLN", *monthly(30)]), "", "the header is month;PLN"),
        ("\n".join(["month,PLN", *monthly(30)]), ", since: 2022-01", "the history has 2018-11 to 2021-04"),
        ("\n".join(["month,PLN", *monthly(30)]), ", since: early", "since: .*not a year and month"),
        ("\n".join(["month,PLN", *monthly(20)]), "", "the history has 20 months; give 25 or more"),
        ("\n".join(["month,PLN", *monthly(30), "2021-05,4,2"]), "", "pln.csv:32:1 BP208 .*3 cells under 2"),
        ("", "", "the file is empty"),
    ],
)
def test_bad_file_is_refused(tmp_path: Path, text: str, more: str, complaint: str) -> None:
    """What is wrong with a file is told where it is wrong, together, and without a traceback."""
    with pytest.raises(ScenarioError, match=complaint):
        own(tmp_path, text, more)


@pytest.mark.parametrize(
    ("file", "base", "complaint"),
    [
        ("ecb", "JPY", "ecb has no rates of JPY; it has CAD, EUR"),
        ("../pln.csv", "USD", "leads out of the scenario's folder"),
        ("https://example.org/pln.csv", "USD", "is an address on the network"),
        ("data/pln.csv", "USD", 'there is no file "data/pln.csv"'),
    ],
)
def test_file_that_cannot_be_used(tmp_path: Path, file: str, base: str, complaint: str) -> None:
    """Nothing outside the scenario's folder is read, and what is missing is named."""
    (tmp_path / "scenario.yaml").write_text(SCENARIO.format(file=file, more="", base=base))
    with pytest.raises(ScenarioError, match=complaint):
        load(tmp_path / "scenario.yaml")


def test_extract_that_ships_crosses_to_the_base_currency(tmp_path: Path) -> None:
    """``file: ecb`` gives prices in the scenario's base currency, and belongs to its content."""
    hashes, last = set(), {}
    for base in ("USD", "EUR", "GBP"):
        (tmp_path / "scenario.yaml").write_text(SCENARIO.format(file="ecb", more="", base=base))
        scenario = load(tmp_path / "scenario.yaml")
        last[base] = scenario.world.fx["PLN"].prices[-1]
        hashes.add(scenario.sha256)
        assert scenario.data_files == {}
    assert last == pytest.approx(
        {"USD": 1.1172 / 4.4038, "EUR": 1 / 4.4038, "GBP": 0.8338 / 4.4038}, rel=1e-14
    )
    assert len(hashes) == 3


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("INR: {model: historical, spot: 0.01, file: ecb, since: 2013-01}", "INR has another since"),
        ("INR: {model: historical, spot: 0.01, file: ecb, block_months: 3}", "INR has another block_months"),
    ],
)
def test_currencies_of_one_file_are_drawn_alike(tmp_path: Path, written: str, complaint: str) -> None:
    """With other rows or other blocks they would not move together, though they share a file."""
    text = SCENARIO.format(file="ecb", more="", base="USD").replace("fx: {", f"fx: {{{written}, ")
    (tmp_path / "scenario.yaml").write_text(text)
    with pytest.raises(ScenarioError, match=complaint):
        load(tmp_path / "scenario.yaml")


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (
            "[INR, PLN, 0.4]",
            r"BP203 world.fx_correlations\[0\]: both move as in ecb, together as they did there",
        ),
        (
            "[EUR, PLN, 0.4]",
            r"BP203 world.fx_correlations\[0\]: PLN is historical: it moves as it did in its file",
        ),
    ],
)
def test_history_takes_no_correlation(tmp_path: Path, row: str, complaint: str) -> None:
    """A correlation that could have no effect is not ignored in silence."""
    other = "INR: {model: historical, spot: 0.01, file: ecb}, EUR: {spot: 1.1, volatility: 8%}"
    text = SCENARIO.format(file="ecb", more="", base="USD").replace("fx: {", f"fx: {{{other}, ")
    text = text.replace("\nalternatives", f"\n  fx_correlations: [{row}]\nalternatives")
    (tmp_path / "scenario.yaml").write_text(text)
    with pytest.raises(ScenarioError, match=complaint):
        load(tmp_path / "scenario.yaml")


@pytest.mark.parametrize(
    ("country", "place", "complaint"),
    [
        ("PL", "country: PL, ", None),
        ("PX", "country: PL, ", r"BP204 world.country_events.PX: no leg, wages or prices are of PX"),
    ],
)
def test_country_of_events_is_known(tmp_path: Path, country: str, place: str, complaint: str | None) -> None:
    """Events in a country that nobody knows are a slip of the pen."""
    text = SCENARIO.format(file="ecb", more="", base="USD").replace("{roles", f"{{{place}roles")
    events = f"  country_events: {{{country}: {{per_year: 0.1, months: 1, capacity_loss: 50%}}}}"
    wages = "  wages: {PL: {inflation: 5%}}"
    (tmp_path / "scenario.yaml").write_text(
        text.replace("\nalternatives", f"\n{wages}\n{events}\nalternatives")
    )
    if complaint is None:
        assert load(tmp_path / "scenario.yaml").warnings == ()
        return
    with pytest.raises(ScenarioError, match=complaint):
        load(tmp_path / "scenario.yaml")


def test_events_where_nobody_works_are_pointed_out(tmp_path: Path) -> None:
    """They disrupt nothing, most likely because a leg has no country."""
    text = SCENARIO.format(file="ecb", more="", base="USD")
    events = "  wages: {PL: {inflation: 5%}}\n"
    events += "  country_events: {PL: {per_year: 0.1, months: 1, capacity_loss: 50%}}"
    (tmp_path / "scenario.yaml").write_text(text.replace("\nalternatives", f"\n{events}\nalternatives"))
    assert [(warning.code, warning.path) for warning in load(tmp_path / "scenario.yaml").warnings] == [
        ("BP302", "world.country_events.PL")
    ]
