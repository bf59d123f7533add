"""Parts of a saving and of a tail: they add up, exactly, and their errors hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bposim.analysis.attribution import saving_parts, tail_parts, tail_weights, waterfall
from bposim.analysis.measures import Sample, expected_shortfall

ES95 = 2.0627128075074275
"""Expected shortfall of a standard normal at 95 %."""

numbers = st.lists(
    st.tuples(st.integers(-50, 50), st.integers(-3, 3), st.integers(0, 1)), min_size=2, max_size=60
)


def test_a_waterfall_by_hand() -> None:
    """Two trials: wages save 6 and 4, fees cost 3 and 1; what only one side has is 0 on the other."""
    found = waterfall(
        {"wages": np.array([10.0, 8.0])}, {"wages": np.array([4.0, 4.0]), "fees": np.array([3.0, 1.0])}
    )
    assert {name: part.value for name, part in found.parts.items()} == {"wages": 5.0, "fees": -2.0}
    assert found.total.value == 3.0
    assert found.total.se == 0.0  # wages and fees move together: the saving is 3 both times


def test_a_tail_by_hand() -> None:
    """Worst 40 % of five trials is two: 9 = 4 + 5 and the 7s, of which a third each counts."""
    parts = {"a": np.array([4.0, 7.0, 1.0, 2.0, 0.0]), "b": np.array([5.0, 0.0, 6.0, 5.0, 0.0])}
    found = tail_parts(parts, level=0.6)
    assert {name: part.value for name, part in found.parts.items()} == pytest.approx(
        {"a": (4 + (7 + 1 + 2) / 3) / 2, "b": (5 + (0 + 6 + 5) / 3) / 2}, rel=1e-12
    )
    assert found.total.value == pytest.approx(8.0, rel=1e-12)
    assert sum(found.shares.values()) == pytest.approx(1.0, rel=1e-12)
    assert all(part.se is None for part in found.parts.values())  # two points carry no error


@settings(deadline=None, derandomize=True)
@given(numbers, st.sampled_from([0.5, 0.8, 0.9, 0.95]), st.sampled_from(["high", "low"]))
def test_the_parts_add_up_to_the_shortfall(rows: list[tuple[int, int, int]], level: float, tail: str) -> None:
    """Euler's sum to 1e-9 with ties and atoms, in either tail."""
    columns = np.array(rows, dtype=float).T
    parts = dict(zip("abc", columns, strict=True))
    found = tail_parts(parts, level, tail)
    whole = expected_shortfall(columns.sum(axis=0), level, tail)
    assert sum(part.value for part in found.parts.values()) == pytest.approx(whole.value, abs=1e-9)
    assert float(np.sum(tail_weights(Sample(columns.sum(axis=0)), level, tail))) == pytest.approx(
        len(rows) * (1 - level), abs=1e-9
    )


@pytest.mark.parametrize("tail", ["high", "low"])
def test_normal_parts_and_the_coverage_of_their_errors(tail: str) -> None:
    """E[part | tail] = Cov(part, total) / sd(total) x ES; 500 runs of 4,000 trials hold it in 95 %."""
    rng = np.random.default_rng([60, len(tail)])
    sign = 1.0 if tail == "high" else -1.0
    sd = math.sqrt(9 + 1 + 2 * 1.5)
    truth = {"big": sign * (9 + 1.5) / sd * ES95, "small": sign * (1 + 1.5) / sd * ES95}
    hits = dict.fromkeys(truth, 0)
    for _ in range(500):
        z = rng.standard_normal((2, 4000))
        found = tail_parts({"big": 3 * z[0], "small": 0.5 * z[0] + math.sqrt(0.75) * z[1]}, 0.95, tail)
        for name, part in found.parts.items():
            assert part.low is not None
            assert part.high is not None
            hits[name] += part.low <= truth[name] <= part.high
    for count in hits.values():
        assert count / 500 == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / 500))


def test_the_error_of_a_sole_part_is_that_of_the_shortfall() -> None:
    """With one part the two formulas must agree, or one of them is wrong."""
    x = np.random.default_rng(61).lognormal(size=50_000)
    found = tail_parts({"all": x})
    assert found.parts["all"].value == pytest.approx(found.total.value, rel=1e-12)
    assert found.parts["all"].se == pytest.approx(found.total.se, rel=0.01)


def test_what_cannot_be_added_up_is_refused() -> None:
    """No parts, parts of different trials."""
    with pytest.raises(ValueError, match="no part"):
        tail_parts({})
    with pytest.raises(ValueError, match="trial by trial"):
        saving_parts({"a": np.zeros(2)}, {"a": np.zeros(3)})
