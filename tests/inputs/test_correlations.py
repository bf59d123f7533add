"""The list of rank correlations: names as people write them, and what is wrong with a row."""

from __future__ import annotations

import pytest

from bposim.inputs.correlations import CorrelationError, dependence_of

NAMES = (
    "alternatives.manila.legs[0].vendor.price.per_unit.amount",
    "alternatives.krakow.legs[0].team.buffer",
    "world.volume.growth",
    "world.wages.PH.inflation",
    "world.wages.US.inflation",
)
PRICE, _, GROWTH, PH, US = NAMES
CONTRADICTION = [
    ["growth", "wages.PH", "0.9"],
    ["wages.PH", "manila.price", "0.9"],
    ["growth", "manila.price", "-0.9"],
]


def test_names_are_found_by_their_short_forms() -> None:
    """manila.price, a full path and a part of one all lead to the input."""
    rows = [["manila.price", "wages.PH", "0.5"], [GROWTH, "US.inflation", "-20%"]]
    assert dependence_of(rows, NAMES).pairs == ((PRICE, PH, 0.5), (GROWTH, US, -0.2))


def test_order_of_rows_and_names_means_nothing() -> None:
    """The same correlations written otherwise are the same dependence."""
    one = dependence_of([["manila.price", "wages.PH", "0.5"], ["growth", "wages.US", "0.2"]], NAMES)
    other = dependence_of([["wages.US", "growth", "0.2"], ["wages.PH", "manila.price", "0.5"]], NAMES)
    assert one.pairs == other.pairs


def test_no_rows_no_dependence() -> None:
    """An empty list leaves every input independent."""
    assert dependence_of([], NAMES).names == ()


@pytest.mark.parametrize(
    ("rows", "row", "said"),
    [
        ([["growth", "manila.price"]], 0, "give all three"),
        ([["growth", "manila.price", "0.5", "0.5"]], 0, "give all three"),
        ([["growth", "manila.prise", "0.5"]], 0, "did you mean manila.price"),
        ([["growth", "zebra", "0.5"]], 0, "`bposim plan` lists the uncertain inputs"),
        ([["growth", "wages", "0.5"]], 0, "write more of the path"),
        ([["growth", "manila.price", "strong"]], 0, '"strong" is not a number'),
        ([["growth", "manila.price", "1.01"]], 0, "write a number from -1 to 1"),
        ([["growth", "growth", "0.5"]], 0, "an input with itself; remove it"),
        ([["growth", "wages.PH", "0.5"], ["wages.PH", "growth", "0.5"]], 1, "stands in the list already"),
        ([["growth", "wages.PH", "0.5"], ["world.volume.growth", "PH.inflation", "0.5"]], 1, "already"),
    ],
)
def test_row_that_cannot_be(rows: list[list[str]], row: int, said: str) -> None:
    """The complaint knows the row, so that it can be located, and says what to do."""
    with pytest.raises(CorrelationError) as caught:
        dependence_of(rows, NAMES)
    assert caught.value.row == row
    assert said in str(caught.value)


def test_rows_that_contradict_each_other() -> None:
    """Price and growth move with wages, so they cannot move strongly against each other."""
    with pytest.raises(CorrelationError, match=r"the nearest that are possible: \[") as caught:
        dependence_of(CONTRADICTION, NAMES)
    assert caught.value.row is None
    assert "smallest eigenvalue -0.8" in str(caught.value)


def test_the_nearest_matrix_is_possible() -> None:
    """Whoever takes over the proposed correlations is rid of the complaint."""
    with pytest.raises(CorrelationError) as caught:
        dependence_of(CONTRADICTION, NAMES)
    proposed = str(caught.value).partition("possible: ")[2]
    mended = [pair.strip("[]").split(", ") for pair in proposed.split("; ")]
    assert len(dependence_of(mended, NAMES).pairs) == 3
