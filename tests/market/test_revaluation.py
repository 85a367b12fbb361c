"""The revaluation grid against a closed form of its own, and its laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from shortgamma.market.book import Book, DeltaOne, DeltaOneKind
from shortgamma.market.revaluation import (
    SAME_VOL,
    VOL_SHIFTS,
    PointsVol,
    RelativeVol,
    Shock,
    TenorVol,
    book_pnl,
    option_pnl,
    shock_grid,
)
from tests.exposure.builders import series


def black(forward, strike, years, vol, *, is_call, rate=0.0):
    """Black-76 as the textbook writes it."""
    width = vol * np.sqrt(years)
    d1 = np.log(forward / strike) / width + 0.5 * width
    sign = np.where(is_call, 1.0, -1.0)
    undiscounted = sign * (forward * norm.cdf(sign * d1) - strike * norm.cdf(sign * (d1 - width)))
    return np.exp(-rate * years) * undiscounted


def some(rate=0.0):
    return series(
        [80.0, 100.0, 100.0, 130.0],
        days=[5.0, 30.0, 30.0, 200.0],
        vols=[0.6, 0.5, 0.5, 0.7],
        is_call=[True, True, False, False],
        rate=rate,
    )


@pytest.mark.parametrize("shift", [RelativeVol(0.3), PointsVol(-10.0), TenorVol(0.5), SAME_VOL])
@pytest.mark.parametrize("move", [-0.5, -0.05, 0.0, 0.2])
def test_profit_is_the_difference_of_two_black_prices(shift, move):
    options = some(rate=0.03)
    found = option_pnl(options, [Shock(spot_move=move, vol=shift)])[0]
    terms = (options.strike, options.years)
    later = black(
        options.forward * (1 + move),
        *terms,
        shift.vols(options),
        is_call=options.is_call,
        rate=0.03,
    )
    now = black(options.forward, *terms, options.vol, is_call=options.is_call, rate=0.03)
    np.testing.assert_allclose(found, later - now, rtol=1e-9, atol=1e-10)


@given(move=st.floats(-0.9, 2.0), shift=st.floats(-0.5, 2.0))
def test_a_call_less_a_put_wins_what_the_forward_moves(move, shift):
    options = some()
    pnl = option_pnl(options, [Shock(spot_move=move, vol=RelativeVol(shift))])[0]
    assert pnl[1] - pnl[2] == pytest.approx(100.0 * move, abs=1e-9)


def test_without_a_shock_nothing_is_won():
    assert np.all(option_pnl(some(), [Shock(spot_move=0.0, vol=SAME_VOL)]) == 0.0)


def test_a_short_straddle_loses_either_way_and_more_when_vol_rises():
    options = some().select(np.array([1, 2]))
    book = Book(
        asof=None, underlying="X", spot=100.0, options=options, quantity=np.array([-1.0, -1.0])
    )
    pnl = book_pnl(book, shock_grid((-0.3, 0.3), (TenorVol(-0.25), SAME_VOL, TenorVol(0.5))))
    assert np.all(pnl < 0.0)
    assert pnl[2] < pnl[1] < pnl[0]
    assert pnl[5] < pnl[4] < pnl[3]


def test_what_has_no_optionality_moves_with_its_price():
    nothing = some().select(np.array([], dtype=int))
    held = DeltaOne(
        instrument="p", kind=DeltaOneKind.PERPETUAL, quantity=-2.0, price=50.0, is_inverse=False
    )
    book = Book(
        asof=None,
        underlying="X",
        spot=50.0,
        options=nothing,
        quantity=np.empty(0),
        delta_one=(held,),
    )
    assert book_pnl(book, shock_grid((-0.1, 0.2), (SAME_VOL,))).tolist() == [10.0, -20.0]


def test_the_default_grid_has_eleven_moves_and_vol_down_same_and_up():
    grid = shock_grid()
    assert len(grid) == 33
    assert [shock.vol for shock in grid[:3]] == list(VOL_SHIFTS)
    assert {round(100 * s.spot_move) for s in grid} == {
        0, *(sign * size for sign in (-1, 1) for size in (5, 10, 20, 30, 50))
    }  # fmt: skip


def test_a_shift_by_tenor_is_itself_at_thirty_days_larger_before_and_smaller_after():
    options = series([100.0] * 4, days=[0.2, 1.0, 30.0, 300.0], vols=0.6, is_call=True)
    up = TenorVol(0.5).vols(options) / 0.6 - 1.0
    assert up[2] == pytest.approx(0.5)
    assert up[0] == up[1] == pytest.approx(0.5 * 30**0.30)
    assert up[3] == pytest.approx(0.5 * 0.1**0.13)


def test_no_shift_takes_a_vol_to_zero():
    options = series([100.0], days=[0.1], vols=0.05, is_call=True)
    for shift in (PointsVol(-50.0), TenorVol(-0.4)):
        assert shift.vols(options)[0] == pytest.approx(0.001)
