"""Gap losses: against exact values, and the sign of what has to be traded after them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from shortgamma.risk.curvature import curvature
from shortgamma.risk.gap import gap_losses
from tests.risk.books import (
    SPOT,
    book_of,
    exact_slope,
    exact_slope_after,
    exact_value,
    mixed,
    perpetual,
    straddle,
)

MOVES = (-0.3, -0.1, 0.1, 0.4)


def test_a_gap_is_revaluation_less_what_the_hedge_of_the_start_wins():
    book = mixed()
    vols = book.options.vol.tolist()
    now, slope = exact_value(book, 0.0, vols), exact_slope(book)
    for gap in gap_losses(book, MOVES):
        won = exact_value(book, gap.spot_move, vols) - now
        assert gap.pnl_usd == pytest.approx(float(won), rel=1e-10)
        assert gap.hedged_usd == pytest.approx(float(won - slope * gap.spot_move), rel=1e-9)


def test_short_gamma_loses_either_way_buys_after_a_rise_and_sells_after_a_fall():
    for gap in gap_losses(straddle(-1.0), MOVES):
        assert gap.hedged_usd < 0.0
        assert gap.trade * gap.spot_move > 0.0
    for gap in gap_losses(straddle(1.0), MOVES):
        assert gap.hedged_usd > 0.0
        assert gap.trade * gap.spot_move < 0.0


@given(move=st.floats(-0.9, 2.0))
def test_the_trade_is_the_change_of_delta(move):
    book = straddle(-2.0)
    (gap,) = gap_losses(book, (move,))
    options = book.options
    width = options.vol * np.sqrt(options.years)

    def delta(forward):
        return float(
            book.quantity
            @ (norm.cdf(np.log(forward / options.strike) / width + width / 2) - ~options.is_call)
        )

    bought = delta(SPOT) - delta(SPOT * (1.0 + move))
    assert gap.trade == pytest.approx(bought, abs=1e-9)
    assert gap.trade_usd == pytest.approx(bought * SPOT * (1.0 + move), abs=1e-7)


@pytest.mark.parametrize("move", [-0.2, 0.3])
def test_the_trade_is_in_units_of_spot_where_forwards_differ(move):
    """A unit of spot moves by s·S, an option's delta by s·F: the trade offsets the second with the first."""
    book = mixed()
    (gap,) = gap_losses(book, (move,))
    held = sum(h.quantity * h.price for h in book.delta_one)
    before = exact_slope(book) - held
    after = exact_slope_after(book, move) - held
    assert gap.trade == pytest.approx(float(before - after) / SPOT, rel=1e-9)


@given(move=st.floats(0.01, 1.0))
def test_a_hedged_gap_is_the_curvature_of_that_weight(move):
    book = mixed()
    down, up = gap_losses(book, (-move, move))
    found = curvature(book, move)
    assert (-down.hedged_usd, -up.hedged_usd) == pytest.approx((found.down, found.up), abs=1e-9)


def test_gamma_alone_is_right_for_a_small_jump_and_not_for_a_large_one():
    small, large = gap_losses(straddle(), (0.002, 0.5))
    assert small.quadratic_usd == pytest.approx(small.hedged_usd, rel=0.01)
    assert abs(large.quadratic_usd / large.hedged_usd - 1.0) > 0.5


def test_at_zero_the_trade_is_worth_nothing_and_the_put_is_fully_short():
    book = straddle(-1.0)
    (gap,) = gap_losses(book, (-1.0,))
    (near,) = gap_losses(book, (-1.0 + 1e-9,))
    assert gap.trade_usd == 0.0
    assert gap.trade == pytest.approx(near.trade)


def test_what_has_no_optionality_needs_no_trade():
    book = straddle(0.0)
    with_hedge = book_of(book.options, book.quantity, perpetual(4.0))
    for gap in gap_losses(with_hedge, MOVES):
        assert gap.trade == 0.0
        assert gap.hedged_usd == pytest.approx(0.0, abs=1e-9)
        assert gap.pnl_usd == pytest.approx(4.0 * SPOT * gap.spot_move)
