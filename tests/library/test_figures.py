"""The library's figures: complete, readable, and true to the published numbers behind them."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from bposim.inputs.distribution import Distribution
from bposim.library import GRADES, Entry, load
from bposim.library.catalogue import SHIPPED, figures_text, node, shipped_figures, themes
from bposim.library.entry import read_annotation

ROWS = {f"P{number}" for number in range(1, 69)} | {"P8b", "P14b", "P30b", "P30c"}
"""Rows of the project's parameter table."""


def test_every_row_of_the_parameter_table_is_there() -> None:
    """Protects completeness: no published figure is dropped in silence, and none is invented."""
    assert {entry.ref for entry in load()} == ROWS


def test_shipped_figures_are_those_of_the_files() -> None:
    """Protects whoever mends a figure in YAML from a package that goes on with the old one."""
    renew = f"write bposim.library.catalogue.figures_text() to src/bposim/library/{SHIPPED}"
    assert figures_text() == shipped_figures(), renew


def test_each_theme_has_its_own_keys_and_none_begins_another() -> None:
    """Protects the paths: a key that is the beginning of another could not be a leaf of the tree."""
    keys = sorted(entry.key for entry in load())
    assert len(keys) == len(set(keys))
    assert not [key for key, after in pairwise(keys) if after.startswith(f"{key}.")]
    assert {key.partition(".")[0] for key in keys} == set(themes())


@pytest.mark.parametrize("entry", list(load()), ids=lambda entry: entry.key)
def test_entry_says_what_it_is_and_where_it_comes_from(entry: Entry) -> None:
    """Protects honesty: each figure has meaning, unit, source, year and grade; each default a number."""
    assert entry.meaning.endswith(".")
    assert entry.unit
    assert entry.grade in GRADES
    for published in entry.published:
        assert published.source.publisher
        assert published.source.title
        assert published.source.year == "undated" or 2000 <= published.source.year <= 2026
        if published.source.grade != "M" and published.source.publisher != "Founding article S3":
            assert published.source.url
        for ends in published.values.values():
            assert 1 <= len(ends) <= 2
            assert list(ends) == sorted(ends)
    if entry.default is None:
        assert entry.node is None
        assert any(published.values for published in entry.published)
    else:
        assert isinstance(entry.default, float | Distribution)
        assert math.isfinite(entry.mean)
        assert read_annotation(entry.node["source"]) == (entry.key, entry.grade)


def test_a_better_grade_than_m_needs_a_published_figure() -> None:
    """Protects the grades: a default that rests on an assumption alone cannot be called anything but M."""
    for entry in load():
        if entry.grade != "M":
            assert any(published.source.grade != "M" for published in entry.published), entry.key


@pytest.mark.parametrize(
    ("key", "value", "digits"),
    [
        ("labour.us.benefits", 13.20 / 31.47, 2),
        ("attrition.layoff_factor", 13.0 / 10.4, 2),
        ("one_off.learning.extra", 1 / (1 - 0.20) - 1, 12),
        ("security.breach.country_us", 10.22 / 4.44, 2),
        ("security.breach.country_india", 2.51 / 4.44, 2),
        ("security.breach.sector_finance", 6.08 / 4.88, 2),
        ("security.breach.sector_health", 7.42 / 4.44, 2),
        ("security.breach.third_party_factor", 4.91 / 4.44, 2),
        ("security.breach.fast_containment", 3.87 / 4.44, 2),
        ("security.breach.slow_containment", 5.01 / 4.44, 2),
        ("security.incident.per_year", -math.log(1 - 0.093), 3),
        ("security.control.training", 259 / 4_880, 3),
        ("operations.outage.severe_per_year", -math.log(0.8) / 3, 2),
        ("operations.outage.any_per_year", -math.log(1 - 0.18), 2),
    ],
)
def test_computed_defaults_follow_from_what_was_published(key: str, value: float, digits: int) -> None:
    """Protects the arithmetic behind defaults of grade C: likely value or number as computed by hand."""
    default = load()[key].default
    likely = getattr(default, "likely", default)
    assert round(value, digits) == likely


def test_distributions_meet_the_quantiles_they_were_made_from() -> None:
    """Protects the fitted defaults: outage cost, invoice cost, contract lifetime, length of a disruption."""
    library = load()
    outage = library["operations.outage.cost"].default
    assert [round(outage.sf(loss).item(), 2) for loss in (1e5, 1e6)] == [0.54, 0.16]
    invoice = library["labour.invoice.in_house"].default
    assert round(math.log(10 / 2.07) / 1.349, 2) == invoice.sigma
    assert library["operations.contract.lifetime"].default.sf(5.0).item() == pytest.approx(0.60, abs=0.002)
    assert library["operations.disruption.days"].default.ppf(0.95).item() == pytest.approx(20, rel=0.002)
    assert library["security.incident.loss"].default.ppf(0.95).item() == pytest.approx(32e6, rel=0.01)
    breach = library["security.breach.cost"].default
    assert breach.mean == pytest.approx(4.44e6)
    assert [breach.ppf(u).item() for u in (0.5, 0.95)] == pytest.approx([2.16e6, 15.6e6], rel=0.005)


def test_published_values_keep_their_units() -> None:
    """Protects the reading of figures: percentages, ranges, thousands and negative numbers."""
    library = load()
    assert library["savings.net.mixed"].published[0].values == {"mean": (0.15,), "range": (0.10, 0.39)}
    assert library["attrition.philippines.bpo"].published[0].values["2012"] == (0.24,)
    assert library["labour.us.accounts_clerk"].published[0].values["median"] == (47_440.0,)
    assert library["fx.shape.pln"].published[0].values["skewness 2015-2024"] == (-0.10,)
    assert list(library["fx.volatility.inr"].published[0].values.values()) == [
        (0.0493,),
        (0.0497,),
        (0.0731,),
        (0.0353,),
    ]
    assert library["fx.correlation.pln_eur"].default == 0.87


def test_search_finds_every_word_and_puts_keys_first() -> None:
    """Protects finding: all words must be met, in any part of an entry, and a hit in the name counts most."""
    library = load()
    assert library.find("india attrition")[0].key.startswith("attrition.india")
    assert {entry.theme for entry in library.find("overby")} >= {"one_off", "savings"}
    assert library.find("nosuchthing") == []
    assert len(library.find("")) == len(library)
    (profile,) = library.profiles_about("SV8")
    assert profile.key == "profiles.service.finance_accounting"


def test_a_node_is_the_default_with_its_source() -> None:
    """Protects what a scenario gets: the number as a file writes it, and a source that names its grade."""
    assert node("attrition.philippines.bpo") == {
        "low": "18%",
        "likely": "28%",
        "high": "45%",
        "source": "library: Towers Watson via Philippine Daily Inquirer 2014 (grade S), range ours (grade M) "
        "[attrition.philippines.bpo]",
    }
    assert node("labour.us.benefits") == {
        "value": "42%",
        "source": "library: BLS 2025 (grade P), computed from it (grade C) [labour.us.benefits]",
    }
    for nothing in ("savings.net.mixed", "attrition", "attrition.mars", "sources.ecb", "profiles.location"):
        assert node(nothing) is None


@pytest.mark.parametrize(
    "text",
    [
        "Deloitte 2005 (grade S)",
        "library: A [key]",
        "library: (grade X) [a.b]",
        "see library: A (grade P) [k]",
    ],
)
def test_other_sources_are_not_taken_for_the_library(text: str) -> None:
    """Protects the list of defaults: a source in the user's own words is not a default of the library."""
    assert read_annotation(text) is None
