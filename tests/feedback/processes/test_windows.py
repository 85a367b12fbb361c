"""Windows of a recorded series, and other processes at another vol."""

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.processes.kou import Kou
from shortgamma.feedback.processes.scaled import Scaled
from shortgamma.feedback.processes.windows import Windows
from tests.feedback.processes.builders import HOUR_YEARS, history_of, moves_of, within

RETURNS = np.random.default_rng(1).normal(0.0, 0.01, 100)


@pytest.mark.parametrize(("stride", "bars"), [(0.0, 24), (0.5, 12), (1.0 / 24.0, 1)])
def test_path_j_is_the_jth_window_bar_by_bar(stride, bars):
    process = Windows(history=history_of(RETURNS), stride_days=stride)
    count = (100 - 24) // bars + 1
    assert process.count(24) == count
    moves = moves_of(process, years=HOUR_YEARS, steps=24, paths=count + 2)
    for path in range(count):
        expected = RETURNS[path * bars : path * bars + 24]
        np.testing.assert_allclose(moves[:, path], expected, atol=1e-14)
    np.testing.assert_array_equal(moves[:, count:], moves[:, :2])


def test_a_block_begins_where_the_one_before_ended():
    process = Windows(history=history_of(RETURNS), stride_days=0.25)
    whole = moves_of(process, years=HOUR_YEARS, steps=24, paths=8)
    part = moves_of(process, years=HOUR_YEARS, steps=24, paths=3, first_path=5)
    np.testing.assert_array_equal(whole[:, 5:], part)


def test_a_history_that_is_too_short_or_too_coarse_is_refused():
    process = Windows(history=history_of(RETURNS))
    with pytest.raises(InputError, match="101 steps of 1 h, but the history has 100 moves"):
        moves_of(process, years=HOUR_YEARS, steps=101, paths=1)
    with pytest.raises(InputError, match="shorter steps"):
        moves_of(process, years=HOUR_YEARS / 2.0, steps=10, paths=1)
    with pytest.raises(InputError, match="stride_days"):
        Windows(history=history_of(RETURNS), stride_days=-1.0)


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_a_scaled_brownian_motion_is_the_one_with_that_vol(factor):
    run = {"years": HOUR_YEARS, "steps": 30, "paths": 200}
    scaled = Scaled(process=Gbm(vol=0.4), factor=factor)
    np.testing.assert_allclose(
        moves_of(scaled, **run), moves_of(Gbm(vol=0.4 * factor), **run), atol=1e-13
    )
    assert scaled.annual_vol == pytest.approx(0.4 * factor)


def test_a_scaled_jump_process_hardly_drifts():
    scaled = Scaled(process=Kou(vol=0.5), factor=2.0)
    level = moves_of(scaled, years=HOUR_YEARS, steps=240, paths=20_000).sum(axis=0)
    assert within(np.exp(level), 1.0, errors=5.0)


@pytest.mark.parametrize("factor", [0.0, -1.0, np.nan, np.inf])
def test_a_factor_that_is_no_positive_number_is_refused(factor):
    with pytest.raises(InputError, match="factor"):
        Scaled(process=Gbm(vol=0.4), factor=factor)
