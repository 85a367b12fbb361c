"""Scenarios, filters, full revaluation and rolling forecasts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.exposure.dynamics import StickyStrike
from shortgamma.exposure.unit import unit_exposure
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.market.book import Book, DeltaOne, DeltaOneKind
from shortgamma.market.options import OptionSeries
from shortgamma.market.revaluation import SAME_VOL, Shock, book_pnl
from shortgamma.risk.backtests.rolling import rolling
from shortgamma.risk.tails.filters import START, ewma, fit_garch
from shortgamma.risk.tails.response import RESPONSES, SpotVol
from shortgamma.risk.tails.revaluation import Revaluation, pnl_curve
from shortgamma.risk.tails.scenarios import Filtered, Historical, Normal, Simulated, summed

DAY = 1.0 / 365.0


def book_of(size, seed=1, days=30.0):
    rng = np.random.default_rng(seed)
    options = OptionSeries(
        instrument=np.array([f"o{i}" for i in range(size)], dtype=object),
        is_call=rng.random(size) < 0.5,
        strike=90_000.0 * np.exp(rng.normal(0.0, 0.1, size)),
        expiry=np.zeros(size, dtype=np.int64),
        years=days * DAY * rng.uniform(0.5, 2.0, size),
        forward=np.full(size, 90_000.0),
        vol=rng.uniform(0.4, 0.8, size),
        rate=np.zeros(size),
        is_inverse=np.zeros(size, dtype=bool),
    )
    perpetual = DeltaOne(
        instrument="perpetual",
        kind=DeltaOneKind.PERPETUAL,
        quantity=2.0,
        price=90_000.0,
        is_inverse=False,
    )
    return Book(
        asof=None,
        underlying="BTC",
        spot=90_000.0,
        options=options,
        quantity=-rng.uniform(0.5, 2.0, size),
        delta_one=(perpetual,),
    )


def test_a_revaluation_is_the_grids_cell_by_cell():
    book, relative = book_of(40), np.array([-0.3, -0.05, 0.0, 0.1, 0.5])
    found = Revaluation(book=book, response=StickyStrike()).pnl(np.log1p(relative))
    cells = book_pnl(book, [Shock(spot_move=move, vol=SAME_VOL) for move in relative.tolist()])
    np.testing.assert_allclose(found, cells, rtol=1e-9, atol=1e-6)


def test_slope_and_curvature_are_delta_and_gamma_and_a_short_book_bends_down():
    book = book_of(40)
    local = Revaluation(book=book, response=StickyStrike()).local()
    unit = unit_exposure(book.options)
    delta = float(book.quantity @ unit.delta_usd) + 2.0 * 90_000.0
    gamma = float(book.quantity @ unit.gamma_usd_per_pct) * 100.0
    assert local.slope == pytest.approx(delta, rel=1e-4)
    assert local.curvature == pytest.approx(gamma, rel=1e-4)
    assert local.curvature < 0.0
    assert local.constant == 0.0


def test_time_that_passes_pays_the_short_book_and_expired_options_pay_their_worth():
    book = book_of(40)
    later = Revaluation(book=book, response=StickyStrike(), years=DAY)
    theta = float(book.quantity @ unit_exposure(book.options).theta_usd_per_day)
    assert later.pnl(np.zeros(1))[0] == pytest.approx(theta, rel=0.05)
    assert theta > 0.0
    gone = Revaluation(book=book, response=StickyStrike(), years=1.0)
    forward = book.options.forward * np.exp(0.2)
    payoff = np.maximum(book.options.sign * (forward - book.options.strike), 0.0)
    start = Revaluation(book=book, response=StickyStrike()).options_worth(0.0, 0.0)
    expected = float(book.quantity @ payoff) - start + 180_000.0 * np.expm1(0.2)
    assert gone.pnl(np.array([0.2]))[0] == pytest.approx(expected)


def test_vols_that_rise_in_falls_cost_a_short_book_more_in_falls():
    book, moves = book_of(40), np.array([-0.1, 0.1])
    same = Revaluation(book=book, response=StickyStrike()).pnl(moves)
    lifted = Revaluation(book=book, response=SpotVol()).pnl(moves)
    assert lifted[0] < same[0]
    assert lifted[1] > same[1]
    assert set(RESPONSES) == {"sticky-strike", "sticky-delta", "falls-lift-vol"}


def test_the_curve_knows_its_error():
    revaluation = Revaluation(book=book_of(40, days=3.0), response=StickyStrike())
    moves = np.random.default_rng(2).normal(0.0, 0.05, 500)
    curve = pnl_curve(revaluation, moves)
    exact = revaluation.pnl(moves)
    assert np.abs(curve(moves) - exact).max() <= 2.0 * curve.error + 1e-6
    assert curve.error < 1e-4 * np.abs(exact).max()


def test_ewma_is_the_recursion_written_out():
    moves = np.random.default_rng(3).normal(0.0, 0.03, 100)
    found = ewma(moves).variances(moves)
    variance = float(np.mean(moves[:START] ** 2))
    for place, move in enumerate(moves.tolist()):
        assert found[place] == pytest.approx(variance)
        variance = 0.94 * variance + 0.06 * move * move
    assert found[-1] == pytest.approx(variance)


def test_garch_finds_the_parameters_of_a_garch():
    rng, moves, variance = np.random.default_rng(4), np.empty(20_000), 1e-4
    for place in range(moves.size):
        moves[place] = variance**0.5 * rng.standard_normal()
        variance = 1e-4 * 0.03 + 0.10 * moves[place] ** 2 + 0.87 * variance
    found = fit_garch(moves)
    assert found.reaction == pytest.approx(0.10, abs=0.02)
    assert found.memory == pytest.approx(0.87, abs=0.03)
    with pytest.raises(InputError, match="GARCH"):
        fit_garch(moves[:20])


@settings(deadline=None)
@given(st.integers(1, 10), st.integers(0, 1_000))
def test_historical_moves_are_sums_of_neighbours(steps, seed):
    moves = np.random.default_rng(seed).normal(size=40)
    found = Historical(steps=steps).moves(moves)
    expected = [moves[start : start + steps].sum() for start in range(40 - steps + 1)]
    np.testing.assert_allclose(found, expected, atol=1e-12)
    np.testing.assert_array_equal(found, summed(moves, steps))


def test_filtered_moves_have_the_vol_of_now():
    rng = np.random.default_rng(5)
    calm = np.concatenate([0.05 * rng.standard_normal(400), 0.01 * rng.standard_normal(200)])
    scaled = Filtered(fit=ewma).moves(calm)
    assert scaled.std() == pytest.approx(0.01, rel=0.25)
    week = Filtered(fit=ewma, steps=7, paths=20_000).moves(calm)
    assert week.std() == pytest.approx(7.0**0.5 * scaled.std(), rel=0.1)
    assert Historical().moves(calm).std() > 3.0 * scaled.std()


def test_simulated_moves_have_the_variance_of_their_process():
    source = Simulated(fit=lambda _: Gbm(vol=0.6), years=DAY, steps=10, paths=20_000)
    found = source.fitted(np.zeros(1)).moves(np.zeros(1))
    assert found.size == 20_000
    assert found.std() == pytest.approx(0.6 * (10.0 * DAY) ** 0.5, rel=0.03)
    np.testing.assert_array_equal(found, source.moves(np.zeros(1)))


def test_normal_moves_grow_with_the_root_of_the_horizon():
    past = np.full(50, 0.02)
    one, ten = (Normal(steps=steps).moves(past) for steps in (1, 10))
    np.testing.assert_allclose(ten, 10.0**0.5 * one)
    assert one.std() == pytest.approx(0.02, rel=0.01)


def test_a_forecast_knows_only_the_moves_before_it():
    moves = np.arange(1.0, 101.0)
    found = rolling(Historical(), moves, window=50, steps=1)
    np.testing.assert_array_equal(found.happened, moves[50:])
    assert np.all(found.scenarios.max(axis=1) < found.happened)
    np.testing.assert_array_equal(found.scenarios[0], moves[:50])
    week = rolling(Historical(steps=5), moves, window=50, steps=5)
    np.testing.assert_array_equal(week.place, np.arange(50, 100, 5))
    assert week.happened[0] == moves[50:55].sum()
    valued = found.valued(lambda x: -x, lambda x: -x)
    assert np.all(valued.losses > valued.tails(0.99)[0])
    with pytest.raises(InputError, match="window"):
        rolling(Historical(), moves, window=99, steps=1)
