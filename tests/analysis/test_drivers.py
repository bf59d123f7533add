"""Ranks, scores and bins of drivers, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm, rankdata

from bposim.analysis.drivers import check_drivers, equal_count_bins, fixed_stream, midranks, normal_scores


def test_equal_values_share_their_mean_rank() -> None:
    """Ranks by hand, and with many ties equal to SciPy's; wrong ties bend every rank correlation."""
    assert midranks(np.array([3.0, 1.0, 3.0, 2.0])).tolist() == [3.5, 1.0, 3.5, 2.0]
    x = np.random.default_rng(1).integers(0, 20, 500).astype(float)
    assert midranks(x).tolist() == rankdata(x).tolist()


def test_scores_are_normal_quantiles() -> None:
    """The middle of an odd sample has score 0, and the scores have the driver's order."""
    x = np.array([10.0, 1.0, 100.0])
    assert normal_scores(x) == pytest.approx(norm.ppf([3 / 6, 1 / 6, 5 / 6]), abs=1e-12)


def test_bins_have_equal_counts_and_never_split_a_value() -> None:
    """100 different values make 4 bins of 25; a value that fills half the trials stands in one bin."""
    index, used = equal_count_bins(np.arange(100.0)[::-1], 4)
    assert used == 4
    assert np.bincount(index).tolist() == [25, 25, 25, 25]
    x = np.array([0.0] * 50 + list(range(1, 51)))
    index, used = equal_count_bins(x, 10)
    assert len(set(index[x == 0])) == 1
    assert used == len(set(index.tolist()))


def test_drivers_that_do_not_fit_are_refused() -> None:
    """A driver of other trials, or with a hole, would be read as if it belonged to the run."""
    with pytest.raises(ValueError, match="driver wage has shape"):
        check_drivers({"wage": np.zeros(3)}, 4)
    with pytest.raises(ValueError, match="not finite"):
        check_drivers({"wage": np.array([1.0, np.nan])}, 2)
    with pytest.raises(ValueError, match="no driver"):
        check_drivers({}, 2)


def test_an_analysis_of_a_run_is_always_the_same() -> None:
    """The stream that resamples depends on its purpose and on nothing else."""
    assert fixed_stream(1).random() == fixed_stream(1).random()
    assert fixed_stream(1).random() != fixed_stream(2).random()
