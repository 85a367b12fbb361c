"""Closing of leveraged positions and funding, against the same bookings in words."""

import numpy as np
import pytest

from shortgamma.kernels import liquidation as q
from shortgamma.kernels import orders as o
from shortgamma.kernels.perpetual import MARK_PRICE, OWED, PERP_ROWS, pay_funding

OWNER, MARKET, VENUE, FUND, BACKSTOP = 2, 0, 1, 3, 4
WHO = np.array([OWNER, MARKET, VENUE, FUND, BACKSTOP])
ENTRY, LEVERAGE = np.array([100.0, 99.0, 102.0]), 10.0
NOTIONAL = np.array([1e4, 2e4, 3e4])


class Desk:
    """One crowd of one side, opened at its entries, and what closing a part of it books."""

    def __init__(self, side, *, inverse=False, fund=1e6, owed=0.0):
        self.side, self.inverse, self.owed = side, inverse, np.array([owed])
        coins = NOTIONAL / ENTRY
        if inverse:
            bankrupt = ENTRY / (1.0 + side / LEVERAGE)
            sizes, worth = NOTIONAL, NOTIONAL / bankrupt
        else:
            bankrupt = ENTRY * (1.0 - side / LEVERAGE)
            sizes, worth = coins, coins * bankrupt
        self.sums = np.array([np.concatenate([[0.0], np.cumsum(x)]) for x in (sizes, worth, coins)])
        self.cash, self.coins, self.perps = np.zeros((3, 6, 1))
        self.perps[OWNER] = side * coins.sum()
        self.perps[MARKET] = -self.perps[OWNER]
        self.cash[OWNER] = -side * NOTIONAL.sum() - side * owed * coins.sum()
        if inverse:
            self.coins[OWNER] = (coins / LEVERAGE).sum()
        else:
            self.cash[OWNER] += (NOTIONAL / LEVERAGE).sum()
        self.cash[FUND] = fund
        self.cash[MARKET] = -self.cash[OWNER] - fund
        self.coins[MARKET] = -self.coins[OWNER]
        self.totals = np.zeros((q.TOTAL_ROWS, 1))
        self.haircut = np.zeros((6, 1))
        self.rungs = np.zeros((o.RUNG_ROWS, 1, 1))

    def close(self, price, *, rungs=3, struck=0, scale=1.0, cost=0.0):
        """Closes up to that many rungs, the first ``struck`` of them by the backstop."""
        cube, before = self.rungs, int(self.rungs[o.BOOKED, 0, 0])
        cube[o.SCALE] = scale
        cube[o.REACHED] = rungs
        cube[o.STRUCK] = -self.side * self.sums[0, struck] * scale
        closed = self.sums[0, rungs] - self.sums[0, max(struck, before)]
        cube[o.TAKEN] = -self.side * closed * scale
        q.close_positions(
            0,
            cube,
            np.ones(1),
            self.sums,
            (np.array([price]), self.owed),
            (self.cash, self.coins, self.perps, self.haircut),
            WHO,
            self.totals,
            (self.side, cost, self.inverse),
        )

    def balanced(self):
        return all(abs(rows.sum()) < 1e-7 for rows in (self.cash, self.coins, self.perps))

    def owner(self):
        return np.array([self.cash[OWNER, 0], self.coins[OWNER, 0], self.perps[OWNER, 0]])


@pytest.mark.parametrize("side", [1.0, -1.0])
@pytest.mark.parametrize("owed", [0.0, 0.7, -0.7])
@pytest.mark.parametrize("inverse", [False, True])
def test_what_is_left_of_the_margin_goes_to_the_fund_and_the_owner_is_square(side, owed, inverse):
    price, cost = 100.0 * (1.0 - 0.06 * side), 1e-3
    desk = Desk(side, inverse=inverse, owed=owed)
    scale = 1.0 / (1.002 * price) if inverse else 1.0
    desk.close(price, scale=scale, cost=cost)
    assert desk.totals[q.HAIRCUT, 0] == 0.0
    coins = NOTIONAL / ENTRY
    if inverse:
        equity = np.sum((side * (coins - NOTIONAL / price) + coins / LEVERAGE) * price)
    else:
        equity = np.sum(NOTIONAL / LEVERAGE + side * coins * (price - ENTRY))
    closed = np.sum(NOTIONAL * price * scale) if inverse else np.sum(coins) * price
    left = equity - side * owed * coins.sum() - cost * closed
    np.testing.assert_allclose(desk.cash[FUND, 0] - 1e6, left, rtol=1e-9)
    np.testing.assert_allclose(desk.owner(), 0.0, atol=1e-6)
    np.testing.assert_allclose(desk.totals[q.CLOSED, 0], closed, rtol=1e-12)
    assert desk.balanced()


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_beyond_bankruptcy_the_fund_pays_and_then_the_winners(side):
    price = 100.0 * (1.0 - 0.2 * side)
    coins = NOTIONAL / ENTRY
    hole = -np.sum(NOTIONAL / LEVERAGE + side * coins * (price - ENTRY))
    rich, poor = Desk(side), Desk(side, fund=100.0)
    rich.close(price)
    winner = np.array([[100.0], [0.0], [0.0], [0.0], [0.0], [300.0]])
    poor.perps -= side * winner
    poor.close(price)
    poor.perps += side * winner
    np.testing.assert_allclose(rich.totals[q.FUND_PAID, 0], hole, rtol=1e-12)
    np.testing.assert_allclose(poor.totals[q.FUND_PAID, 0], 100.0, rtol=1e-12)
    np.testing.assert_allclose(poor.totals[q.HAIRCUT, 0], hole - 100.0, rtol=1e-12)
    # The account traded with the market at once, which leaves it a winner of 100 coins beside one of 300.
    np.testing.assert_allclose(poor.haircut[:, 0], (hole - 100.0) * winner[:, 0] / 400.0, rtol=1e-9)
    np.testing.assert_allclose(poor.owner(), 0.0, atol=1e-6)
    assert rich.balanced()
    assert poor.balanced()


@pytest.mark.parametrize("side", [1.0, -1.0])
@pytest.mark.parametrize("owed", [0.0, 0.5])
def test_the_backstop_takes_over_at_the_bankruptcy_price(side, owed):
    price = 100.0 * (1.0 - 0.07 * side)
    desk = Desk(side, owed=owed)
    desk.close(price, struck=2)
    coins = (NOTIONAL / ENTRY)[:2]
    bankrupt = ENTRY[:2] * (1.0 - side / LEVERAGE)
    np.testing.assert_allclose(desk.perps[BACKSTOP, 0], side * coins.sum(), rtol=1e-12)
    paid = side * np.sum(coins * (bankrupt + owed))
    np.testing.assert_allclose(desk.cash[BACKSTOP, 0], -paid, rtol=1e-9)
    np.testing.assert_allclose(desk.owner(), 0.0, atol=1e-6)
    np.testing.assert_allclose(desk.totals[q.BACKSTOPPED, 0], coins.sum() * price, rtol=1e-12)
    assert desk.balanced()


def test_closing_in_two_parts_is_closing_at_once():
    whole, parts = Desk(1.0), Desk(1.0)
    whole.close(94.0)
    parts.close(94.0, rungs=1)
    assert parts.rungs[o.BOOKED, 0, 0] == 1.0
    parts.close(94.0)
    np.testing.assert_allclose(parts.cash, whole.cash, atol=1e-7)
    np.testing.assert_allclose(parts.perps, whole.perps, atol=1e-9)


@pytest.mark.parametrize("n", [1, 255, 256, 257, 700])
def test_funding_is_paid_by_longs_to_shorts_at_a_positive_rate(n):
    rng = np.random.default_rng(n)
    perps = rng.normal(0.0, 100.0, (5, n))
    perps[-1] -= perps.sum(axis=0)
    perp, share = np.zeros((PERP_ROWS, n)), rng.normal(0.0, 1e-4, n)
    perp[MARK_PRICE] = 100.0
    per_coin = 100.0 * share
    cash, funding = np.zeros((2, 5, n))
    books, rule = (perps, cash, funding), (1_440.0, 1e-9)
    assert pay_funding(perp, share, np.arange(5), books, rule) == 0
    np.testing.assert_allclose(cash, -perps * per_coin, rtol=1e-13)
    np.testing.assert_array_equal(cash, funding)
    np.testing.assert_allclose(perp[OWED], per_coin, rtol=1e-15)
    perps[0, 0] += 1.0
    assert pay_funding(perp, share, np.arange(5), books, rule) == 1
