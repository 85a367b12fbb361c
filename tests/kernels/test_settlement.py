"""What happens around a clearing, written out with NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortgamma.kernels import orders as o
from shortgamma.kernels import settlement as s

SIZES = [1, 3, 255, 256, 257, 600]
unhurried = settings(deadline=None, max_examples=30, derandomize=True)


def state(n, seed=0):
    rng = np.random.default_rng(seed)
    paths = rng.normal(0.0, 0.1, (o.PATH_ROWS, n))
    paths[o.STATUS] = rng.choice([o.TRADING, o.HALTED, o.COLLAPSED], n)
    paths[o.IMPACT] = rng.choice([1e-6, np.inf], n)
    return rng, paths, rng.normal(0.0, 0.1, (s.LOG_ROWS, n))


@pytest.mark.parametrize("n", SIZES)
def test_news_moves_the_fundamental_and_only_where_the_market_trades(n):
    rng, paths, logs = state(n)
    shock = rng.normal(0.0, 0.01, n)
    trading = paths[o.STATUS] == o.TRADING
    before, post = logs.copy(), paths[o.POST].copy()
    s.open_step(shock, paths, logs)
    np.testing.assert_allclose(logs[0], before[0] + np.where(trading, shock, 0.0), rtol=1e-15)
    np.testing.assert_array_equal(logs[1:], before[1:])
    np.testing.assert_array_equal(paths[o.LAST], post)
    expected = np.where(trading, before.sum(axis=0) + shock, post)
    np.testing.assert_allclose(paths[o.PRE], expected, atol=1e-15)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("average", [0.5, 0.0])
def test_impact_splits_decays_and_prices_are_exponentials(n, average):
    _rng, paths, logs = state(n)
    before, prices = logs.copy(), np.zeros((s.PRICE_ROWS, n))
    share, decay = 0.3, 0.9
    s.close_step(paths, logs, prices, 100.0, (share, decay, average))
    move = paths[o.POST] - paths[o.PRE]
    np.testing.assert_allclose(logs[1], before[1] + share * move, atol=1e-15)
    np.testing.assert_allclose(logs[2], decay * (before[2] + (1.0 - share) * move), atol=1e-15)
    early, late = 100.0 * np.exp(paths[[o.PRE, o.POST]])
    np.testing.assert_allclose(prices[s.PRICE], late, rtol=1e-14)
    np.testing.assert_allclose(
        prices[s.TRADED], average * early + (1.0 - average) * late, rtol=1e-14
    )


def test_a_runaway_becomes_a_halt_and_a_price_beyond_a_million_times_the_end():
    paths, logs = np.zeros((o.PATH_ROWS, 5)), np.zeros((s.LOG_ROWS, 5))
    paths[o.STATUS] = [o.TRADING, o.RUNAWAY, o.HALTED, o.TRADING, o.TRADING]
    paths[o.POST] = [0.1, 0.7, 0.2, 14.0, -14.0]
    s.close_step(paths, logs, np.zeros((s.PRICE_ROWS, 5)), 100.0, (1.0, 1.0, 0.5))
    expected = [o.TRADING, o.HALTED, o.HALTED, o.COLLAPSED, o.COLLAPSED]
    np.testing.assert_array_equal(paths[o.STATUS], expected)


def test_log_prices_are_bounded_so_that_prices_stay_numbers_above_0():
    paths, logs = np.zeros((o.PATH_ROWS, 2)), np.zeros((s.LOG_ROWS, 2))
    prices = np.zeros((s.PRICE_ROWS, 2))
    s.open_step(np.array([1e6, -1e6]), paths, logs)
    paths[o.POST] = paths[o.PRE]
    s.close_step(paths, logs, prices, 100.0, (1.0, 1.0, 0.5))
    assert np.all(np.isfinite(prices))
    assert np.all(prices > 0.0)
    np.testing.assert_array_equal(paths[o.STATUS], o.COLLAPSED)


@unhurried
@given(n=st.sampled_from(SIZES), spread=st.floats(1e-6, 0.01), fee=st.floats(1e-6, 0.01))
def test_a_trade_is_delivery_against_payment(n, spread, fee):
    rng = np.random.default_rng(n)
    coins, price = rng.normal(0.0, 5.0, n), rng.uniform(50.0, 150.0, n)
    cash, held, turnover, peak = np.zeros((4, 4, n))
    for _ in range(2):
        s.book_trade(coins, price, cash, held, turnover, peak, 3, spread, fee)
    usd, size = coins * price, np.abs(coins * price)
    np.testing.assert_allclose(held[3], 2.0 * coins, rtol=1e-14)
    np.testing.assert_allclose(held[0], -2.0 * coins, rtol=1e-14)
    np.testing.assert_allclose(cash[3], -2.0 * (usd + size * (spread + fee)), rtol=1e-12)
    np.testing.assert_allclose(cash[0], 2.0 * (usd + size * spread), rtol=1e-12)
    np.testing.assert_allclose(cash[1], 2.0 * size * fee, rtol=1e-12)
    np.testing.assert_allclose(turnover[3], 2.0 * size, rtol=1e-14)
    np.testing.assert_allclose(peak[3], size, rtol=1e-14)
    np.testing.assert_array_equal(cash[2], 0.0)
    np.testing.assert_allclose(cash.sum(axis=0), 0.0, atol=1e-10)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("accounts", [2, 4, 8])
def test_imbalances_are_counted_path_by_path(n, accounts):
    rows = np.random.default_rng(n).normal(0.0, 1e6, (accounts, n))
    rows[-1] -= rows.sum(axis=0)
    assert s.imbalances(rows, 1e-9) == 0
    rows[1, 0] += 1.0
    rows[0, n - 1] = np.nan
    assert s.imbalances(rows, 1e-9) == len({0, n - 1})
    assert s.imbalances(np.zeros((accounts, n)), 1e-9) == 0


@pytest.mark.parametrize("n", SIZES)
def test_running_figures_are_those_of_the_moves(n):
    _rng, paths, _logs = state(n)
    figures = np.zeros((s.FIGURE_ROWS, n))
    figures[s.VARIANCE] = 0.5
    carry, per_year = 0.9, 525_600.0
    for _ in range(2):
        s.tally(paths, figures, carry, per_year)
    move = paths[o.POST] - paths[o.LAST]
    np.testing.assert_allclose(figures[s.SQUARES], 2.0 * move**2, rtol=1e-14)
    np.testing.assert_array_equal(figures[s.HIGHEST], np.maximum(paths[o.POST], 0.0))
    np.testing.assert_array_equal(figures[s.LOWEST_LOG], np.minimum(paths[o.POST], 0.0))
    np.testing.assert_array_equal(figures[s.WIDEST_PUSH], np.abs(paths[o.POST] - paths[o.PRE]))
    np.testing.assert_array_equal(figures[s.WIDEST_STEP], np.abs(move))
    expected = 0.5 * carry**2 + (1.0 - carry**2) * move**2 * per_year
    np.testing.assert_allclose(figures[s.VARIANCE], expected, rtol=1e-12)
    np.testing.assert_array_equal(figures[s.DRY], 2.0 * np.isinf(paths[o.IMPACT]))
