"""A number in each of the ways that a scenario may write it, and the place of what is wrong in it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from bposim.inputs.distribution import Distribution
from bposim.inputs.number import EventSize, Months, NonNegative, Number, Share
from bposim.yaml_tree import read_node


def read(written: str, kind: Any = Number) -> Any:  # noqa: ANN401 - a float or a distribution
    """Return what a scenario file makes of a number written in YAML."""
    return TypeAdapter(kind).validate_python(read_node(written, "s.yaml", origin="here"))


def refusals(written: str, kind: Any = Number) -> list[tuple[tuple[str | int, ...], str]]:  # noqa: ANN401
    """Return the place and the message of each finding."""
    with pytest.raises(ValidationError) as caught:
        read(written, kind)
    return [(finding["loc"], finding["msg"]) for finding in caught.value.errors()]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("40%", 0.4),
        ("450k", 450_000.0),
        ("-3", -3.0),
        ("{value: 1.2M}", 1.2e6),
        ("{value: {value: 3%}}", 0.03),
    ],
)
def test_certain_number(written: str, value: float) -> None:
    """A single value is a float, alone or as value:."""
    assert read(written) == value


@pytest.mark.parametrize(
    ("written", "kind", "mean"),
    [
        ("{low: 1, likely: 2, high: 3}", "pert", 2.0),
        ("{low: 0, likely: 2, high: 10, shape: 2}", "pert", (0 + 2 * 2 + 10) / 4),
        ("{p10: 2, p90: 4}", "normal", 3.0),
        ("{normal: {mean: 3%, sd: 1%}}", "normal", 0.03),
        ("{normal: {p10: 2, p90: 4}}", "normal", 3.0),
        ("{uniform: {low: 1, high: 5}}", "uniform", 3.0),
        ("{discrete: {values: [1, 3], weights: [1, 3]}}", "discrete", 2.5),
        ("{bernoulli: {p: 25%, value: 8}}", "bernoulli", 2.0),
        ("{empirical: {values: [1, 2, 6]}}", "empirical", 3.0),
        ("{mixture: [{weight: 1, value: 2}, {weight: 3, uniform: {low: 4, high: 8}}]}", "mixture", 5.0),
        ("{p0: 0, p10: 1, p50: 2, p90: 3, p100: 4}", "metalog", 2.0),
    ],
)
def test_forms_of_an_uncertain_number(written: str, kind: str, mean: float) -> None:
    """Each form gives the distribution that its keys say, with the origin of the place of writing."""
    number = read(written)
    assert isinstance(number, Distribution)
    assert (number.kind, number.origin) == (kind, "here")
    assert number.mean == pytest.approx(mean, rel=1e-9)


def test_bounds_beside_three_points_truncate() -> None:
    """Bounds beside {low, likely, high} cut the PERT off, as they do beside percentiles."""
    assert read("{low: 0, likely: 5, high: 10, min: 2, max: 9}").support == (2.0, 9.0)
    assert read("{p10: 3, p90: 7, min: 2, max: 9}").support == (2.0, 9.0)


@pytest.mark.parametrize(
    ("written", "months"),
    [
        ("18", 18.0),
        ("1.5 years", 18.0),
        ("{value: 1 quarter}", 3.0),
        ("{uniform: {low: 1 month, high: 1 quarter}}", 2.0),
        ("{low: 1 month, likely: 1 quarter, high: 5}", 3.0),
        ("{normal: {mean: 1 year, sd: 1 month, min: 6 months, max: 18 months}}", 12.0),
        ("{discrete: {values: [1 month, 1 year], weights: [1, 1]}}", 6.5),
        ("{p10: 1 quarter, p90: 9 months}", 6.0),
        ("{discrete: {values: [1 month, 1 quarter], weights: [50%, 50%]}}", 2.0),
        ("{bernoulli: {p: 25%, value: 1 year}}", 3.0),
        ("{lognormal: {mean: 1 quarter, sigma: 40%}}", 3.0),
    ],
)
def test_units_of_time_inside_every_form(written: str, months: float) -> None:
    """Months and years may be mixed, since each is converted; a scalar in a distribution has its own unit."""
    written = written if "p10" not in written else written.replace("}", ", min: 0, max: 1 year}")
    number = read(written, Months)
    assert (number.mean if isinstance(number, Distribution) else number) == pytest.approx(months, rel=1e-9)


@pytest.mark.parametrize(
    ("written", "where", "said"),
    [
        ("{low: 1, likely: x, high: 3}", ("likely",), '"x" is not a number'),
        ("{value: x}", ("value",), '"x" is not a number'),
        ("{normal: {mean: x, sd: 1}}", ("normal", "mean"), '"x" is not a number'),
        ("{normal: {mean: 1}}", ("normal", "sd"), "the key is missing"),
        ("{normal: {mean: 1, sd: -1}}", ("normal",), "sd -1 is negative"),
        ("{normal: {mean: 1, sd: 1, mn: 0}}", ("normal", "mn"), 'did you mean "min"?'),
        ("{normal: 3}", ("normal",), "write {mean: …, sd: …}"),
        ("{p10: 1, p90: x}", ("p90",), '"x" is not a number'),
        ("{p10: 3, p90: 1}", (), "percentiles must rise"),
        ("{normal: {p10: 3, p90: 1}}", ("normal",), "percentiles must rise"),
        ("{discrete: {values: [1, x], weights: [1, 1]}}", ("discrete", "values", 1), '"x" is not a number'),
        ("{mixture: [{weight: 1, value: x}]}", ("mixture", 0, "value"), '"x" is not a number'),
        ("{mixture: [{value: 1}]}", ("mixture", 0, "weight"), "the key is missing"),
        ("{nromal: {mean: 1, sd: 1}}", ("nromal",), 'did you mean "normal"?'),
        ("{low: 1, likly: 2, high: 3}", ("likly",), 'did you mean "likely"?'),
        ("{normal: {mean: 1, sd: 1}, min: 0}", ("min",), "put it inside normal: {…}"),
        ("{mean: 1, sd: 1}", (), "write {normal: {mean: 1, sd: 1}}"),
        ("{low: 1, high: 3}", (), "write {uniform: {low: 1, high: 3}}"),
        ("{}", (), "there is no number here"),
        ("[1, 2]", (), "expected one number, found a list"),
        ("true", (), "is a truth value, not a number"),
        ('"3"', (), "write 3 without quotes"),
    ],
)
def test_place_and_words_of_one_mistake(written: str, where: tuple[str | int, ...], said: str) -> None:
    """One mistake gives one finding, at its own place in the number."""
    ((loc, message),) = refusals(written)
    assert loc == where
    assert said in message


def test_all_mistakes_of_one_number_at_once() -> None:
    """Two values that cannot be read and a key that is unknown are three findings."""
    found = refusals("{low: x, likely: y, high: 3, hihg: 4}")
    assert sorted(str(loc[-1]) for loc, _ in found) == ["hihg", "likely", "low"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("15", "15 > 1; 15% or 0.15?"),
        ("-1%", "write a number from 0 to 1"),
        ("{normal: {mean: 15%, sd: 5%}}", "add min: 0 and max: 1"),
        ("{normal: {mean: 15%, sd: 5%, min: 0}}", "add max: 1"),
        ("{mixture: [{weight: 1, value: 3}]}", "the distribution reaches 3"),
    ],
)
def test_share_leaves_its_range(written: str, said: str) -> None:
    """A share lies in 0 to 1 in every trial; the remedy names the side that is open."""
    ((_, message),) = refusals(written, Share)
    assert said in message


@pytest.mark.parametrize("written", ["{normal: {mean: 15%, sd: 5%}}", "{p10: 10%, p90: 20%}"])
def test_remedy_for_an_open_side_helps(written: str) -> None:
    """Whoever adds the bounds that the message names has a share."""
    ((_, message),) = refusals(written, Share)
    bounds = message.partition("; add ")[2].replace(" and ", ", ")
    inner = "}}" if "normal" in written else "}"
    assert read(written.replace(inner, f", {bounds}{inner}"), Share).support == (0.0, 1.0)


def test_not_negative() -> None:
    """Zero is allowed, less is not."""
    assert read("0", NonNegative) == 0.0
    ((_, message),) = refusals("-1", NonNegative)
    assert message.endswith("write a number of at least 0")


def test_event_size_is_always_a_distribution() -> None:
    """A certain size is drawn for each event like any other, and is always the same."""
    size = read("120k", EventSize)
    assert isinstance(size, Distribution)
    assert size.support == (120_000.0, 120_000.0)
