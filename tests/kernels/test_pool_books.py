"""Books that differ from path to path, against SciPy's normal distribution and a slow search."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import norm

from shortgamma.kernels import pool_books as books

STRIKES = np.array([0.8, 0.95, 1.0, 1.1])
DAYS = np.array([1.0, 7.0])
VOL = 0.8


def terms(share=1.0, drift=0.0):
    """Eight contracts; puts below one."""
    strike, days = (each.ravel() for each in np.meshgrid(STRIKES, DAYS))
    found = np.zeros((8, books.TERMS))
    found[:, books.SHARE], found[:, books.DRIFT] = share, drift
    found[:, books.WIDTH] = VOL * np.sqrt(days / 365.0)
    found[:, books.LOG_STRIKE] = np.log(strike)
    found[:, books.IS_PUT] = strike < 1.0
    found[:, books.EXPIRY] = days > 1.0
    return found


def black(y, pinned, row):
    """Value of one contract over the fixed price, by the formula."""
    forward = np.exp(row[books.SHARE] * y + row[books.DRIFT] + pinned)
    strike, width = np.exp(row[books.LOG_STRIKE]), row[books.WIDTH]
    d1 = np.log(forward / strike) / width + 0.5 * width
    put = row[books.IS_PUT]
    return forward * (norm.cdf(d1) - put) - strike * (norm.cdf(d1 - width) - put)


def greeks(y, pinned, quantity, rows):
    out = np.empty((3, len(y)))
    used = np.ones(len(rows), dtype=np.bool_)
    books.book_greeks(y, pinned, quantity, used, rows, out)
    return out


def sample(seed, paths=300):
    rng = np.random.default_rng(seed)
    y = rng.normal(0.0, 0.08, paths)
    return y, rng.normal(0.0, 100.0, (8, paths)), rng.normal(0.0, 0.02, (2, paths))


@pytest.mark.parametrize(("share", "drift"), [(1.0, 0.0), (0.3, -0.01)])
def test_value_and_greeks_are_those_of_black(share, drift):
    rows = terms(share, drift)
    y, quantity, pinned = sample(1)
    delta, slope, value = greeks(y, pinned, quantity, rows)
    own = pinned[rows[:, books.EXPIRY].astype(int)]

    def total(z):
        return sum(q * black(z, m, row) for q, m, row in zip(quantity, own, rows, strict=True))

    step = 1e-5
    assert value == pytest.approx(total(y), rel=1e-11, abs=1e-9)
    by_price = (total(y + step) - total(y - step)) / (2.0 * step) / np.exp(y)
    assert delta == pytest.approx(by_price, rel=1e-6, abs=1e-6)
    up, down = (greeks(y + s, pinned, quantity, rows)[0] for s in (step, -step))
    assert slope == pytest.approx((up - down) / (2.0 * step), rel=1e-6, abs=1e-4)


def test_one_contract_alone_is_the_book_of_that_contract():
    rows = terms(0.5, 0.001)
    y, _quantity, pinned = sample(2, paths=8)
    out = np.empty((3, 8))
    expiry = rows[:, books.EXPIRY].astype(int)
    books.contract_greeks(y, pinned[expiry, np.arange(8)], rows, out)
    assert out == pytest.approx(greeks(y, pinned, np.eye(8), rows), rel=1e-13, abs=1e-15)


def test_a_contract_that_is_not_used_counts_nothing():
    rows = terms()
    y, quantity, pinned = sample(3)
    used = np.arange(8) != 5
    out = np.empty((3, len(y)))
    books.book_greeks(y, pinned, quantity, used, rows, out)
    quantity[5] = 0.0
    assert out == pytest.approx(greeks(y, pinned, quantity, rows), rel=1e-13)


def ordered(rules, quantity, rows, pinned, largest=0.7):
    orders = np.empty((books.ORDERS, rules.shape[1]))
    used = np.ones(len(rows), dtype=np.bool_)
    books.pool_orders(rules, pinned, quantity, used, rows, largest, orders)
    return orders


def rules_for(shock, held, impact, **rest):
    rules = np.zeros((books.RULES, len(shock)))
    rules[books.SHOCK], rules[books.HELD], rules[books.IMPACT] = shock, held, impact
    rules[books.BAND], rules[books.EDGE] = rest.get("band", 0.0), rest.get("edge", 0.0)
    rules[books.MOST] = rest.get("most", np.inf)
    return rules


@settings(deadline=None, max_examples=60)
@example(seed=1847, theta=2.0, sign=-1.0)
@given(seed=st.integers(0, 2**16), theta=st.floats(0.05, 3.0), sign=st.sampled_from([-1.0, 1.0]))
def test_the_price_stops_at_the_first_solution_on_its_way(seed, theta, sign):
    """Against a walk in small steps with SciPy's root finder, for short, long and mixed books."""
    rows = terms()
    rng = np.random.default_rng(seed)
    y = rng.normal(0.0, 0.05, 5)
    quantity = sign * np.abs(rng.normal(0.0, 1.0, (8, 5)))
    quantity[rng.integers(8)] *= -1.0
    pinned = np.zeros((2, 5))
    delta, slope, _value = greeks(y, pinned, quantity, rows)
    impact = theta / np.maximum(np.abs(slope), 0.1)
    shock = y + rng.normal(0.0, 0.02, 5)
    orders = ordered(rules_for(shock, -delta, impact), quantity, rows, pinned)
    for j in range(5):

        def excess(z, j=j):
            target = -greeks(np.array([z]), pinned[:, :1], quantity[:, j : j + 1], rows)[0, 0]
            return shock[j] + impact[j] * (target + delta[j]) - z

        way = np.sign(excess(shock[j]))
        steps = shock[j] + way * np.linspace(0.0, 0.6999, 4_000)
        beyond = [z for z in steps if way * excess(z) <= 0.0]
        if way == 0.0 or not beyond:
            continue
        first = beyond[0] - way * 0.6999 / 3_999
        root = brentq(excess, min(first, beyond[0]), max(first, beyond[0]), xtol=1e-12)
        # The walk of this test may step over two solutions that lie close together; the kernel's may not
        # go beyond what it finds, by more than its own least stride.
        stop = orders[books.ANCHOR, j]
        assert way * (stop - root) < books.LEAST_PER_WIDTH * rows[:, books.WIDTH].min()
        assert abs(excess(stop)) < 1e-6 * (1.0 + theta)
        assert shock[j] + impact[j] * orders[books.COINS, j] == pytest.approx(stop, abs=1e-5)


def test_short_gamma_buys_what_rises_and_long_gamma_sells_it():
    rows, pinned = terms(), np.zeros((2, 2))
    quantity = np.outer(np.ones(8), [-10.0, 10.0])
    delta = greeks(np.zeros(2), pinned, quantity, rows)[0]
    coins, slope, _anchor = ordered(
        rules_for(np.full(2, 0.01), -delta, 1e-6), quantity, rows, pinned
    )
    assert coins[0] > 0.0 > coins[1]
    assert slope[0] > 0.0 > slope[1]


def test_a_gap_inside_the_band_is_left_and_a_large_one_is_taken_to_the_edge_at_most():
    rows, pinned = terms(), np.zeros((2, 3))
    quantity = np.full((8, 3), -10.0)
    target = -greeks(np.zeros(3), pinned, quantity, rows)[0]
    held = target - np.array([1.0, 5.0, 50.0])
    rules = rules_for(np.zeros(3), held, 1e-9, band=2.0, edge=2.0, most=20.0)
    coins = ordered(rules, quantity, rows, pinned)[books.COINS]
    assert coins == pytest.approx([0.0, 3.0, 20.0], abs=1e-5)


def test_where_nothing_can_trade_nothing_is_bought():
    rows, pinned = terms(), np.zeros((2, 1))
    coins, slope, anchor = ordered(
        rules_for(np.array([0.03]), 5.0, np.inf), np.full((8, 1), -10.0), rows, pinned
    )
    assert (coins[0], slope[0], anchor[0]) == (0.0, 0.0, 0.03)
