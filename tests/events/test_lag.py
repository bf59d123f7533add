"""Effects that come later, or last for a while, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from bposim.events.lag import lagged, lasting

STEP = np.array([1.0, 2.0, 4.0, 8.0])[:, np.newaxis]


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        (0.0, [1, 2, 4, 8]),
        (1.0, [0, 1, 2, 4]),
        (1.5, [0, 0.5, 1.5, 3]),
        (3.25, [0, 0, 0, 0.75]),
        (9.0, [0, 0, 0, 0]),
    ],
)
def test_lag_by_hand(months: float, expected: list[float]) -> None:
    """Whole months shift, parts of a month are shared between two, nothing comes from before month 1."""
    assert lagged(STEP, months)[:, 0].tolist() == expected


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        (0.0, [0, 0, 0, 0]),
        (0.5, [0.5, 1, 2, 4]),
        (1.0, [1, 2, 4, 8]),
        (2.5, [1, 3, 6.5, 13]),
        (9.0, [1, 3, 7, 15]),
    ],
)
def test_duration_by_hand(months: float, expected: list[float]) -> None:
    """With 2.5 months each month has its own, that of the month before and half of the one before that."""
    assert lasting(STEP, months)[:, 0].tolist() == expected


def test_lag_of_each_trial() -> None:
    """A lag that is drawn once a trial shifts each trial by its own, of a common path and of one's own."""
    months = np.array([0.0, 1.0, 1.5])
    for path in (STEP, np.repeat(STEP, 3, axis=1)):
        found = lagged(path, months)
        assert found.T.tolist() == [[1, 2, 4, 8], [0, 1, 2, 4], [0, 0.5, 1.5, 3]]
