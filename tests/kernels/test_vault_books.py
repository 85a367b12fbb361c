"""Books with strikes of their own on every path: hedges against scipy, orders against a scan."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from shortgamma.kernels import vault_books as v

SERIES = 4
unhurried = settings(deadline=None, max_examples=40, derandomize=True)


def book(paths, seed, *, scale=1.0, side=None):
    """Quantities, log strikes, √years and kinds; ``side`` makes all quantities long or short."""
    rng = np.random.default_rng(seed)
    quantity = scale * rng.normal(0.0, 1.0, (SERIES, paths))
    if side is not None:
        quantity = side * np.abs(quantity)
    log_strike = rng.normal(0.0, 0.1, (SERIES, paths))
    root = np.sqrt(rng.uniform(1e-5, 0.02, SERIES))
    return quantity, log_strike, root, np.array([0.0, 1.0, 0.0, 1.0])


def market(paths, seed, *, impact=1e-2, held=0.0):
    rng = np.random.default_rng([seed, 1])
    state = np.zeros((v.STATE_ROWS, paths))
    state[v.HELD], state[v.OFFSET] = held, rng.normal(0.0, 0.1, paths)
    state[v.VOL] = rng.uniform(0.3, 1.2, paths)
    state[v.SHOCK] = rng.normal(0.0, 0.1, paths)
    state[v.IMPACT] = impact
    return state


def hedge(y, state, quantity, log_strike, root, is_put):
    """−Σ q·Δ + offset, written down again; y of shape (paths,) or (points, paths)."""
    width = state[v.VOL] * root[:, None]
    d1 = (np.asarray(y)[..., None, :] - log_strike) / width + 0.5 * width
    return state[v.OFFSET] - (quantity * (norm.cdf(d1) - is_put[:, None])).sum(axis=-2)


def orders_of(state, held):
    out = np.full((v.ORDER_ROWS, state.shape[1]), np.nan)
    v.vault_orders(state, *held, out)
    return out


@pytest.mark.parametrize("paths", [1, 255, 256, 257])
def test_the_hedge_is_minus_the_deltas(paths):
    held, state = book(paths, 1), market(paths, 1)
    out, y = np.empty((2, paths)), state[v.SHOCK]
    v.vault_targets(y, state, *held, out)
    np.testing.assert_allclose(out[0], hedge(y, state, *held), rtol=0.0, atol=1e-12)
    step = 1e-6 * state[v.VOL] * held[2].min()
    rise = (hedge(y + step, state, *held) - hedge(y - step, state, *held)) / (2.0 * step)
    np.testing.assert_allclose(out[1], rise, rtol=1e-4, atol=1e-4)


@given(seed=st.integers(0, 2**31), scale=st.sampled_from([0.01, 0.1, 1.0]))
@unhurried
def test_a_long_book_clears_where_its_own_demand_takes_the_price(seed, scale):
    """At the end y = u + Λ·(T(y) − held), for any Λ: a long book has one solution."""
    held, state = book(40, seed, scale=scale, side=1.0), market(40, seed, impact=0.05)
    coins, slope, anchor = orders_of(state, held)
    end = anchor + (state[v.SHOCK] + 0.05 * coins - anchor) / (1.0 - 0.05 * slope)
    target = hedge(end, state, *held)
    np.testing.assert_allclose(end, state[v.SHOCK] + 0.05 * target, rtol=0.0, atol=1e-9)
    assert np.all(slope <= 0.0)


@given(seed=st.integers(0, 2**31), impact=st.sampled_from([0.002, 0.02, 0.1]))
@unhurried
def test_the_solution_is_the_first_one_on_the_way_from_the_shock(seed, impact):
    """Any signs, several solutions: against a fine scan in the direction of the demand."""
    held, state = book(20, seed), market(20, seed, impact=impact)
    coins, slope, anchor = orders_of(state, held)
    end = anchor + (state[v.SHOCK] + impact * coins - anchor) / (1.0 - impact * slope)
    u = state[v.SHOCK]
    way = np.sign(hedge(u, state, *held))
    ahead = u + way * np.linspace(0.0, 0.69, 20_001)[:, None]
    excess = way * (u + impact * hedge(ahead, state, *held) - ahead)
    turned = excess <= 0.0
    first = np.argmax(turned, axis=0)
    found = turned.any(axis=0) & (first > 0)
    place = ahead[first, np.arange(20)]
    # A fold narrower than the walk's stride may be stepped over by one of the two.
    agrees = np.abs(end - place) < 1e-4
    assert np.all(agrees[found] | (np.abs(1.0 - impact * slope)[found] < 0.2))
    assert agrees[found].mean() > 0.9


def test_a_short_book_buys_a_rise_and_a_long_one_sells_it():
    for side in (1.0, -1.0):
        held = (np.full((1, 1), side), np.zeros((1, 1)), np.array([0.1]), np.zeros(1))
        state = market(1, 0, impact=1e-4)
        state[v.OFFSET], state[v.VOL], state[v.SHOCK] = 0.0, 0.8, 0.0
        state[v.HELD] = hedge(np.zeros(1), state, *held)
        state[v.SHOCK] = 0.02
        assert np.sign(orders_of(state, held)[v.COINS, 0]) == -side


def test_nothing_is_bought_where_nothing_trades():
    held, state = book(300, 4), market(300, 4, impact=np.inf)
    found = orders_of(state, held)
    assert np.all(found[[v.COINS, v.SLOPE]] == 0.0)


def test_a_book_that_runs_away_says_so_by_a_flat_order_beyond_the_halt():
    held = (np.full((1, 1), -1e6), np.zeros((1, 1)), np.array([0.05]), np.zeros(1))
    state = market(1, 0, impact=1e-3)
    state[v.OFFSET], state[v.SHOCK] = 0.0, 0.1
    coins, slope, anchor = orders_of(state, held)[:, 0]
    assert slope == 0.0
    assert abs(anchor - 0.1) == pytest.approx(v.LARGEST)
    assert 0.1 + 1e-3 * coins > anchor
