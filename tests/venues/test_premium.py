"""Averages of premium samples against sums written out."""

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.venues.funding import FUNDING_RULES
from shortgamma.venues.premium import SampleWeights, average_premium


def test_bybit_weights_rise_to_480():
    samples = np.zeros(480)
    samples[-1] = 1.0
    assert average_premium(samples, FUNDING_RULES["bybit"].weights) == pytest.approx(
        480.0 / sum(range(481))
    )
    assert average_premium(samples, SampleWeights.EQUAL) == pytest.approx(1.0 / 480.0)


def test_averages_run_over_time_on_every_path():
    samples = np.array([[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]])
    rising = average_premium(samples, SampleWeights.RISING)
    np.testing.assert_allclose(rising, [14.0 / 6.0, 32.0 / 6.0])
    np.testing.assert_allclose(average_premium(samples, SampleWeights.EQUAL), [2.0, 5.0])
    for empty in (np.zeros(0), np.zeros((0, 3)), np.float64(1.0)):
        with pytest.raises(InputError):
            average_premium(empty, SampleWeights.RISING)
