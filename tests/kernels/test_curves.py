"""Tables of a book's hedge and value against exact formulas, between the nodes and beyond the ends."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicHermiteSpline
from scipy.special import ndtr

from shortgamma.feedback.curves import (
    BookCurve,
    Span,
    VolLevels,
    black_targets,
    book_values,
    lagrange,
)
from shortgamma.feedback.vol import reacting_levels
from shortgamma.kernels.curves import (
    add_deltas,
    add_values,
    level_weights,
    look_up_paths,
)
from shortgamma.market.options import OptionSeries, expiry_of

MINUTE = 1.0 / 525_600.0
FIXED = VolLevels.fixed()


def series(*, strike, years, vol, is_call, rate=0.0, forward=100.0):
    columns = np.broadcast_arrays(
        *(np.asarray(v, dtype=np.float64) for v in (strike, years, vol, rate, forward)),
        np.asarray(is_call, dtype=np.bool_),
    )
    strike, years, vol, rate, forward, is_call = (np.atleast_1d(column) for column in columns)
    return OptionSeries(
        instrument=np.array([f"option {i}" for i in range(strike.size)], dtype=object),
        is_call=is_call,
        strike=strike,
        expiry=expiry_of(0, years),
        years=years,
        forward=forward,
        vol=vol,
        rate=rate,
        is_inverse=np.zeros(strike.size, dtype=np.bool_),
    )


def random_series(seed, size, *, shortest=2.0 / 365.0):
    rng = np.random.default_rng(seed)
    return series(
        strike=100.0 * np.exp(rng.uniform(-0.4, 0.4, size)),
        years=np.exp(rng.uniform(np.log(shortest), np.log(1.0), size)),
        vol=rng.uniform(0.3, 1.2, size),
        is_call=rng.random(size) < 0.5,
        rate=rng.uniform(-0.02, 0.1, size),
        forward=100.0 * np.exp(rng.uniform(-0.02, 0.02, size)),
    ), rng.normal(0.0, 10.0, size)


def exact(options, quantity, y, *, passed=0.0, multiple=1.0):
    """Black's delta and value of a book by scipy, shape (moves,)."""
    left = (options.years - passed)[:, np.newaxis]
    forward = options.forward[:, np.newaxis] * np.exp(y)
    strike, sign = options.strike[:, np.newaxis], options.sign[:, np.newaxis]
    width = multiple * options.vol[:, np.newaxis] * np.sqrt(left)
    d1 = np.log(forward / strike) / width + 0.5 * width
    paid = np.exp(-options.rate[:, np.newaxis] * left) * sign
    delta = paid * ndtr(sign * d1)
    value = paid * (forward * ndtr(sign * d1) - strike * ndtr(sign * (d1 - width)))
    return quantity @ delta, quantity @ value


def read(table, y, span, level=0.0):
    value, slope = np.empty_like(y), np.empty_like(y)
    levels = np.broadcast_to(np.asarray(level, dtype=np.float64), y.shape).copy()
    look_up_paths(table, y, levels, span.lowest, 1.0 / span.step, value, slope)
    return value, slope


def between(span, size=20_011, reach=0.999):
    end = -span.lowest
    return np.linspace(-reach * end, reach * end, size)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_hedges_and_values_are_black_s_between_the_nodes(seed):
    """Error of the cubic h⁴/384·|f⁗| with h a 24th of the narrowest σ√τ or less: 1e-7 of the book."""
    options, quantity = random_series(seed, 12)
    span = Span.around(0.05, is_fine=True)
    y = between(span)
    delta, value = exact(options, quantity, y)
    size = np.abs(quantity).sum()
    found, _slope = read(black_targets(options, quantity, 0.0, span=span, levels=FIXED), y, span)
    worth, _delta = read(book_values(options, quantity, 0.0, span=span, levels=FIXED), y, span)
    np.testing.assert_allclose(found, -delta, atol=1e-7 * size)
    np.testing.assert_allclose(worth, value, atol=1e-7 * size * 100.0)


def test_a_grid_node_every_thirtieth_of_the_width_leaves_4e_9_of_the_largest_delta():
    width = 30.0 * 2.0 / 1023.0
    span = Span(lowest=-1.0, step=2.0 / 1023.0, nodes=1024)
    option = series(strike=100.0, years=1.0, vol=width, is_call=True)
    y = between(span)
    found, slope = read(black_targets(option, np.ones(1), 0.0, span=span, levels=FIXED), y, span)
    error = np.abs(found + exact(option, np.ones(1), y)[0]).max()
    assert 1e-9 < error < 4e-9
    step = 1e-6
    up, down = (exact(option, np.ones(1), y + move)[0] for move in (step, -step))
    np.testing.assert_allclose(slope, -(up - down) / (2.0 * step), atol=3e-6 / width)


def test_the_error_falls_with_the_fourth_power_of_the_spacing():
    option = series(strike=103.0, years=0.1, vol=0.6, is_call=False)
    errors = []
    for nodes in (201, 401, 801):
        span = Span(lowest=-1.0, step=2.0 / (nodes - 1), nodes=nodes)
        y = between(span)
        table = black_targets(option, np.ones(1), 0.0, span=span, levels=FIXED)
        errors.append(np.abs(read(table, y, span)[0] + exact(option, np.ones(1), y)[0]).max())
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    np.testing.assert_allclose(orders, 4.0, atol=0.25)


def test_at_the_nodes_value_and_slope_are_those_of_the_formula():
    options, quantity = random_series(5, 6)
    span = Span.around(0.05, is_fine=False)
    table = black_targets(options, quantity, 0.0, span=span, levels=FIXED)[0]
    np.testing.assert_allclose(table[::2], -exact(options, quantity, span.moves)[0], atol=1e-12)
    step = 1e-6
    up, down = (exact(options, quantity, span.moves + move)[0] for move in (step, -step))
    np.testing.assert_allclose(
        table[1::2] / span.step, -(up - down) / (2.0 * step), rtol=1e-6, atol=1e-4
    )


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_a_look_up_is_the_hermite_cubic_of_its_nodes_and_flat_beyond_the_ends(data):
    number = st.floats(-100.0, 100.0)
    nodes = data.draw(st.integers(2, 9))
    table = np.array(data.draw(st.lists(number, min_size=2 * nodes, max_size=2 * nodes)))
    span = Span(lowest=-0.7, step=0.3, nodes=nodes)
    cubic = CubicHermiteSpline(span.moves, table[::2], table[1::2] / span.step)
    inside = np.linspace(span.moves[0] + 1e-9, span.moves[-1] - 1e-9, 57)
    value, slope = read(table[np.newaxis], inside, span)
    np.testing.assert_allclose(value, cubic(inside), atol=1e-10)
    np.testing.assert_allclose(slope, cubic(inside, 1), atol=1e-8)
    beyond = np.array([-1e9, -5.0, span.lowest, span.moves[-1] + 1e-9, 50.0, 1e9])
    value, slope = read(table[np.newaxis], beyond, span)
    np.testing.assert_allclose(value, np.repeat([table[0], table[-2]], 3), rtol=1e-12, atol=1e-7)
    np.testing.assert_array_equal(slope, 0.0)


@settings(deadline=None)
@given(level=st.floats(-3.0, 15.0), count=st.integers(4, 13))
def test_the_cubic_through_four_levels_is_exact_for_cubics(level, count):
    first, weights = level_weights(level, count)
    nodes = first + np.arange(4)
    bounded = min(max(level, 0.0), count - 1.0)
    assert 0 <= first <= count - 4
    for power in range(4):
        np.testing.assert_allclose(
            np.dot(weights, nodes**power), bounded**power, rtol=1e-11, atol=1e-10
        )


def test_the_thirteen_levels_of_vol_leave_an_error_of_3e_4():
    """Of the hedge 3e-4 coins per option, of its value 3e-4 of the forward."""
    levels = reacting_levels()
    span = Span.around(0.1, is_fine=False)
    y = between(span, 4_001)
    worst_delta, worst_value = 0.0, 0.0
    for days in (2.0, 7.0, 30.0, 180.0):
        option = series(strike=100.0, years=days / 365.0, vol=0.6, is_call=True)
        targets = black_targets(option, np.ones(1), 0.0, span=span, levels=levels)
        values = book_values(option, np.ones(1), 0.0, span=span, levels=levels)
        for log_multiple in np.linspace(-0.8, 1.6, 97):
            level = levels.position(np.array([log_multiple]))[0]
            delta, value = exact(option, np.ones(1), y, multiple=np.exp(log_multiple))
            worst_delta = max(worst_delta, np.abs(read(targets, y, span, level)[0] + delta).max())
            gap = np.abs(read(values, y, span, level)[0] - value) / (100.0 * np.exp(y))
            worst_value = max(worst_value, gap.max())
    assert 1e-4 < worst_delta < 3e-4
    assert 1e-4 < worst_value < 3e-4


def test_at_the_levels_themselves_nothing_is_interpolated():
    levels = reacting_levels()
    options, quantity = random_series(3, 5)
    span = Span.around(0.1, is_fine=True)
    y = between(span, 501)
    table = black_targets(options, quantity, 0.0, span=span, levels=levels)
    for number, log_multiple in enumerate(levels.logs):
        expected = exact(options, quantity, y, multiple=np.exp(log_multiple))[0]
        np.testing.assert_allclose(read(table, y, span, number)[0], -expected, atol=1e-5)


def test_tables_between_knots_in_time_are_those_made_at_that_time():
    """Options that outlive the run by half of it are blended between knots: 1e-7 of the book."""
    options, quantity = random_series(7, 10, shortest=1.6 / 365.0)
    times = np.linspace(0.0, 1.0 / 365.0, 1_441)
    span = Span.around(0.03, is_fine=False)
    curve = BookCurve(options, quantity, times=times, span=span, levels=FIXED)
    y = between(span, 1_001)
    size = np.abs(quantity).sum()
    for index in (0, 1, 7, 700, 1_033, 1_440):
        made = black_targets(options, quantity, times[index], span=span, levels=FIXED)
        worth = book_values(options, quantity, times[index], span=span, levels=FIXED)
        for kept, fresh, unit in (
            (curve.targets.at(index), made, 1.0),
            (curve.values.at(index), worth, 100.0),
        ):
            gap = np.abs(read(kept, y, span)[0] - read(fresh, y, span)[0]).max()
            assert gap < 2e-7 * size * unit


def test_blending_weights_are_exact_for_cubics_in_time():
    for place in (0.0, 0.3, 1.0, 1.5, 2.9, 3.0):
        weights = lagrange(place)
        for power in range(4):
            np.testing.assert_allclose(weights @ np.arange(4.0) ** power, place**power, atol=1e-12)


@pytest.mark.parametrize(("minutes", "error"), [(60.0, 1e-8), (10.0, 1e-6), (1.0, 1e-4)])
def test_the_fine_grid_resolves_the_last_minutes(minutes, error):
    span = Span.around(0.03, is_fine=True)
    times = np.array([0.0, 1.0 / 365.0])
    years = times[1] + minutes * MINUTE
    option = series(strike=100.3, years=years, vol=0.6, is_call=True)
    curve = BookCurve(option, np.ones(1), times=times, span=span, levels=FIXED)
    y = between(span, 200_001, reach=0.05)
    delta, _value = exact(option, np.ones(1), y, passed=times[1])
    np.testing.assert_allclose(read(curve.targets.at(1), y, span)[0], -delta, atol=error)


def test_an_option_at_its_expiry_is_out_of_the_hedge_and_pays_its_intrinsic_value():
    span = Span.around(0.03, is_fine=True)
    times = np.array([0.0, 0.01, 0.02])
    options = series(
        strike=[98.0, 104.0, 100.0], years=[0.01, 0.015, 0.02], vol=0.5, is_call=[1, 0, 1]
    )
    quantity = np.array([2.0, -3.0, 5.0])
    curve = BookCurve(options, quantity, times=times, span=span, levels=FIXED)
    y = np.array([-0.1, -0.05, 0.02, 0.05, 0.1])
    price = 100.0 * np.exp(y)
    payoffs = np.maximum(options.sign * (price[:, np.newaxis] - options.strike), 0.0) * quantity
    np.testing.assert_array_equal(curve.expiring(1), [0])
    np.testing.assert_array_equal(curve.expiring(2), [1, 2])
    for index, rows in ((1, [0]), (2, [1, 2])):
        paid = read(curve.settlement(index), y, span)[0]
        np.testing.assert_allclose(paid, payoffs[:, rows].sum(axis=1), atol=1e-6)
    left = options.select(np.array([1, 2]))
    expected = exact(left, quantity[1:], y, passed=0.01)
    np.testing.assert_allclose(read(curve.targets.at(1), y, span)[0], -expected[0], atol=1e-6)
    np.testing.assert_allclose(read(curve.values.at(1), y, span)[0], expected[1], atol=1e-4)
    np.testing.assert_array_equal(curve.targets.at(2), 0.0)
    np.testing.assert_array_equal(curve.values.at(2), 0.0)


def test_a_put_is_its_call_less_the_forward():
    span = Span.around(0.05, is_fine=True)
    y = between(span, 999)
    where = {"strike": 97.0, "years": 0.05, "vol": 0.7, "rate": 0.04}
    call, put = (series(**where, is_call=kind) for kind in (True, False))
    held = np.array([3.0])
    discount = np.exp(-0.04 * 0.05)
    tables = [black_targets(option, held, 0.0, span=span, levels=FIXED) for option in (call, put)]
    gap = read(tables[0], y, span)[0] - read(tables[1], y, span)[0]
    np.testing.assert_allclose(gap, -3.0 * discount, rtol=1e-12)
    worths = [book_values(option, held, 0.0, span=span, levels=FIXED) for option in (call, put)]
    gap = read(worths[0], y, span)[0] - read(worths[1], y, span)[0]
    np.testing.assert_allclose(gap, 3.0 * discount * (100.0 * np.exp(y) - 97.0), atol=1e-8)


def test_a_short_option_buys_as_the_price_rises_and_a_long_one_sells():
    span = Span.around(0.05, is_fine=False)
    y = np.linspace(-0.3, 0.3, 101)
    for is_call in (True, False):
        option = series(strike=100.0, years=0.1, vol=0.6, is_call=is_call)
        for held in (-1.0, 1.0):
            table = black_targets(option, np.array([held]), 0.0, span=span, levels=FIXED)
            slope = read(table, y, span)[1]
            assert np.all(held * slope < 0.0)


def test_the_hedge_is_minus_the_derivative_of_the_value():
    options, quantity = random_series(11, 8)
    span = Span.around(0.05, is_fine=True)
    y = between(span, 301, reach=0.5)
    hedge = read(black_targets(options, quantity, 0.0, span=span, levels=FIXED), y, span)[0]
    values = book_values(options, quantity, 0.0, span=span, levels=FIXED)
    # The derivative by the forward of every option, which moves with spot: per log price it is Σ Δ·F.
    slope = read(values, y, span)[1]
    by_option = [
        exact(options.select(np.array([i])), quantity[i : i + 1], y)[0] * options.forward[i]
        for i in range(len(options))
    ]
    np.testing.assert_allclose(slope, np.sum(by_option, axis=0) * np.exp(y), atol=1e-2)
    same = series(strike=options.strike, years=options.years, vol=options.vol, is_call=True)
    hedge = read(black_targets(same, quantity, 0.0, span=span, levels=FIXED), y, span)[0]
    slope = read(book_values(same, quantity, 0.0, span=span, levels=FIXED), y, span)[1]
    np.testing.assert_allclose(slope, -hedge * 100.0 * np.exp(y), atol=1e-2)


def test_an_option_of_zero_width_is_a_step_at_its_strike():
    span = Span(lowest=-1.0, step=0.1, nodes=21)
    table = np.zeros(42)
    one, zero = np.ones(1), np.zeros(1)
    add_deltas(span.lowest, span.step, np.array([0.05]), zero, one, table)
    np.testing.assert_array_equal(table[::2], span.moves > -0.05)
    np.testing.assert_array_equal(table[1::2], 0.0)
    table[:] = 0.0
    add_values(span.lowest, span.step, np.array([0.05]), zero, 100.0 * one, one, table)
    intrinsic = np.maximum(100.0 * np.exp(0.05 + span.moves) - 100.0, 0.0)
    np.testing.assert_allclose(table[::2], intrinsic, atol=1e-10)


def test_the_steepest_rise_bounds_every_slope_between_the_nodes():
    options, quantity = random_series(4, 9)
    span = Span.around(0.05, is_fine=True)
    times = np.array([0.0, 1.0 / 365.0])
    for held in (quantity, -quantity, np.abs(quantity), -np.abs(quantity)):
        curve = BookCurve(options, held, times=times, span=span, levels=FIXED)
        y = between(span)
        slope = read(curve.targets.at(1), y, span)[1]
        assert slope.max() <= curve.steepest(1)
        assert curve.steepest(1) <= 1.06 * max(slope.max(), 0.0)


def test_an_empty_book_wants_nothing():
    span = Span.around(0.05, is_fine=False)
    nothing = series(strike=[], years=[], vol=[], is_call=[])
    curve = BookCurve(nothing, np.zeros(0), times=np.linspace(0, 0.01, 5), span=span, levels=FIXED)
    np.testing.assert_array_equal(curve.targets.at(3), 0.0)
    np.testing.assert_array_equal(curve.values.at(3), 0.0)
    assert curve.steepest(3) == 0.0
    assert curve.settlement(4) is None


@pytest.mark.parametrize("years", [1e-13, 1e-9, 1e-7])
@pytest.mark.parametrize("place", [0.3, 0.5])
def test_the_steepest_rise_sees_an_option_that_is_narrower_than_a_cell(years, place):
    """It turns within a cell at least, so no cubic overshoots: its target stays between 0 and 1 coin."""
    span = Span.around(0.05, is_fine=False)
    strike = 100.0 * np.exp(span.moves[512] + place * span.step)
    option = series(strike=strike, years=years, vol=0.6, is_call=True)
    curve = BookCurve(option, -np.ones(1), times=np.array([0.0, 1e-14]), span=span, levels=FIXED)
    y = np.linspace(span.moves[510], span.moves[515], 10_001)
    slope = read(curve.targets.at(0), y, span)[1]
    assert slope.max() > 0.35 / span.step
    assert slope.max() <= curve.steepest(0)
    target = read(curve.targets.at(0), y, span)[0]
    assert target.min() > -0.03
    assert target.max() < 1.03
