"""Many steps in one call: the drift of an empty market, and accounts that are counted where they fail."""

import numpy as np
import pytest

from shortgamma.kernels import orders as o
from shortgamma.kernels import settlement as s
from shortgamma.kernels.march import PART, drift


@pytest.mark.parametrize("n", [1, PART - 1, PART, 2 * PART + 3])
def test_drift_adds_shocks_and_keeps_the_figures_of_the_path(n):
    shocks = np.random.default_rng(n).normal(0.0, 0.01, (9, n))
    paths, logs = np.zeros((o.PATH_ROWS, n)), np.zeros((s.LOG_ROWS, n))
    figures = np.zeros((s.FIGURE_ROWS, n))
    drift(shocks[:4], paths, logs, figures)
    drift(shocks[4:], paths, logs, figures)
    walk = np.cumsum(shocks, axis=0)
    np.testing.assert_array_equal(paths[o.POST], walk[-1])
    np.testing.assert_array_equal(logs[s.FUNDAMENTAL], walk[-1])
    np.testing.assert_allclose(figures[s.SQUARES], (shocks**2).sum(axis=0), rtol=1e-10)
    np.testing.assert_array_equal(figures[s.HIGHEST], np.maximum(walk.max(axis=0), 0.0))
    np.testing.assert_array_equal(figures[s.LOWEST_LOG], np.minimum(walk.min(axis=0), 0.0))
    np.testing.assert_allclose(figures[s.WIDEST_STEP], np.abs(shocks).max(axis=0), rtol=1e-10)
    np.testing.assert_array_equal(figures[s.WIDEST_PUSH], 0.0)
