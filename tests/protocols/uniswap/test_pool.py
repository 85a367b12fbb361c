"""The float pool: Greeks are derivatives, hedge flow is inventory, and it agrees with the integers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.uniswap import exact
from shortgamma.protocols.uniswap import pool as p
from shortgamma.protocols.uniswap.liquidity import (
    coins_held,
    liquidity_for_coins,
    liquidity_for_usd,
    usd_held,
)
from shortgamma.protocols.uniswap.ticks import Q96, price_at_tick, tick_at_sqrt_price

SPOTS = st.floats(500.0, 8_000.0)
LIQUIDITY = st.floats(1.0, 1e6)


def ranged(*ranges: tuple[float, float, float], price: float = 2_000.0) -> p.RangePool:
    state = p.RangePool(price=price)
    for number, (lower, upper, liquidity) in enumerate(ranges):
        event = p.MintRange(lower=lower, upper=upper, liquidity=liquidity, owner=f"lp{number}")
        state, _ = p.step(state, event)
    return state


TWO = ranged((1_000.0, 3_000.0, 500.0), (1_900.0, 2_500.0, 2_000.0))


@given(SPOTS)
def test_greeks_are_derivatives_of_the_value(spot: float) -> None:
    edges = np.array([1_000.0, 1_900.0, 2_500.0, 3_000.0])
    step = 1e-5 * spot
    found = p.greeks(TWO, spot)
    up, down = p.greeks(TWO, spot + step), p.greeks(TWO, spot - step)
    delta = (up.value_usd - down.value_usd) / (2.0 * step)
    if np.min(np.abs(edges - spot)) > 2.0 * step:
        assert found.delta == pytest.approx(delta, rel=1e-6, abs=1e-6)
        gamma = (up.delta - down.delta) / (2.0 * step)
        assert found.gamma == pytest.approx(gamma, rel=1e-5, abs=1e-9)
    assert found.gamma <= 0.0


def test_closed_forms_in_range() -> None:
    one = ranged((1_000.0, 3_000.0, 500.0))
    found = p.greeks(one, 2_000.0)
    assert found.delta == pytest.approx(500.0 * (2_000.0**-0.5 - 3_000.0**-0.5), rel=1e-14)
    assert found.gamma == pytest.approx(-500.0 / (2.0 * 2_000.0**1.5), rel=1e-14)
    value = 500.0 * (2.0 * 2_000.0**0.5 - 2_000.0 / 3_000.0**0.5 - 1_000.0**0.5)
    assert found.value_usd == pytest.approx(value, rel=1e-14)
    assert found.gamma_usd_per_pct(2_000.0) < 0.0


def test_a_range_is_all_coins_below_and_all_usd_above() -> None:
    below, above = p.greeks(TWO, 900.0), p.greeks(TWO, 3_100.0)
    assert below.delta == pytest.approx(p.inventory(TWO, 900.0)[0])
    assert below.value_usd == pytest.approx(900.0 * below.delta)
    assert (above.delta, above.gamma, below.gamma) == (0.0, 0.0, 0.0)
    assert liquidity_for_coins(coins_held(900.0, 1e3, 2e3) * 7.0, 1e3, 2e3) == pytest.approx(7.0)
    assert liquidity_for_usd(usd_held(9e3, 1e3, 2e3) * 7.0, 1e3, 2e3) == pytest.approx(7.0)


@given(st.lists(SPOTS, min_size=2, max_size=12), st.booleans())
def test_hedge_flow_over_a_path_is_the_change_of_inventory(
    path: list[float], through: bool
) -> None:
    state, _ = p.step(TWO, p.Follow(price=path[0]))
    start = p.greeks(state, path[0]).delta - state.positions[0].coins_owed
    held_by_hedger, flow, sold = -p.inventory(state, path[0])[0], 0.0, 0.0
    for spot in path:
        targets = np.linspace(float(state.price), spot, 4)[1:] if through else [spot]
        for target in targets:
            before = p.inventory(state, state.price)[0]
            state, done = p.step(state, p.Follow(price=target))
            # Short gamma: what is sold to the traders on the way up, the hedger buys back.
            order = -p.inventory(state, target)[0] - held_by_hedger
            held_by_hedger += order
            flow += order
            sold += done.coins + done.coins_fee
            assert order == pytest.approx(before - p.inventory(state, target)[0], abs=1e-9)
    change = p.inventory(state, path[-1])[0] - p.inventory(TWO, path[0])[0]
    assert flow == pytest.approx(-change, abs=1e-9)
    assert sold == pytest.approx(flow, abs=1e-9)
    assert start >= 0.0


def test_a_hedger_buys_a_rise_and_sells_a_fall() -> None:
    for target, sign in ((2_100.0, 1.0), (1_950.0, -1.0)):
        moved, _ = p.step(TWO, p.Follow(price=target))
        change = p.inventory(moved, target)[0] - p.inventory(TWO, 2_000.0)[0]
        assert np.sign(-change) == sign


@given(st.floats(-30.0, 30.0).filter(lambda coins: abs(coins) > 1e-6))
def test_a_trade_moves_the_price_to_where_the_inventory_says(coins: float) -> None:
    reach = p.price_after(TWO, coins if coins > 0.0 else 0.997 * coins)[1]
    if not reach:
        with pytest.raises(RefusedError, match="not enough"):
            p.step(TWO, p.Trade(coins=coins))
        return
    after, done = p.step(TWO, p.Trade(coins=coins))
    now, then = p.inventory(TWO, TWO.price)[0], p.inventory(after, after.price)[0]
    if coins > 0.0:
        assert (done.coins, now - then) == (
            pytest.approx(coins, rel=1e-9),
            pytest.approx(coins, rel=1e-7),
        )
        assert after.price > TWO.price
    else:
        assert done.coins == pytest.approx(coins, rel=1e-9)
        assert then - now == pytest.approx(-coins * 0.997, rel=1e-7)
        assert done.coins_fee == pytest.approx(-coins * 0.003, rel=1e-9)


def test_a_trade_beyond_the_ranges_is_refused_path_by_path() -> None:
    state = p.RangePool(price=np.full(3, 2_000.0))
    state, _ = p.step(state, p.MintRange(lower=1_000.0, upper=3_000.0, liquidity=500.0))
    after, done = p.step(state, p.Trade(coins=np.array([1.0, 1e6, -1e6])))
    assert done.refused.tolist() == [False, True, True]
    assert after.price[1:].tolist() == [2_000.0, 2_000.0]
    assert done.usd[0] < -2_000.0
    assert done.usd[1:].tolist() == [0.0, 0.0]


def test_paths_are_independent() -> None:
    orders = np.array([2.0, -3.0, 0.5])
    together = p.step(
        p.RangePool(price=np.full(3, 2_000.0), positions=TWO.positions), p.Trade(coins=orders)
    )
    for path, coins in enumerate(orders):
        alone = p.step(TWO, p.Trade(coins=float(coins)))
        assert together[0].price[path] == pytest.approx(float(alone[0].price), rel=1e-14)
        assert together[1].usd[path] == pytest.approx(float(alone[1].usd), rel=1e-12)


@pytest.mark.parametrize(
    "event",
    [
        p.MintRange(lower=2.0, upper=1.0, liquidity=1.0),
        p.BurnRange(lower=1.0, upper=2.0, liquidity=1.0),
        p.CollectRange(lower=1.0, upper=2.0),
        p.MintRange(lower=1.0, upper=2.0, liquidity=0.0),
        p.Trade(coins=0.0),
        p.Follow(price=0.0),
    ],
)
def test_what_can_hold_on_no_path_is_refused(event) -> None:
    with pytest.raises(RefusedError):
        p.step(TWO, event)


def test_more_than_a_position_has_cannot_be_burnt() -> None:
    event = p.BurnRange(lower=1_000.0, upper=3_000.0, liquidity=501.0, owner="lp0")
    with pytest.raises(RefusedError, match="LS"):
        p.step(TWO, event)


class Agreement(RuleBasedStateMachine):
    """The same events in floats and in integers; nobody's coins or USD come from or go to nowhere."""

    @initialize(tick=st.integers(-500, 500))
    def start(self, tick):
        sqrt_price = int(float(price_at_tick(tick + 0.5)) ** 0.5 * Q96)
        self.exact, _ = exact.step(exact.PoolState(), exact.Initialize(sqrt_price=sqrt_price))
        self.float = p.RangePool(price=(sqrt_price / Q96) ** 2)
        self.flow = np.zeros(2)

    def compare(self, event, twin, *, scale):
        try:
            self.exact, whole = exact.step(self.exact, event)
        except RefusedError:
            return
        self.float, done = p.step(self.float, twin)
        self.flow -= [float(done.coins), float(done.usd)]
        if isinstance(whole, exact.Paid | exact.Swapped):
            paid = np.array([whole.paid0, whole.paid1], dtype=np.float64)
            np.testing.assert_allclose(
                [-float(done.coins), -float(done.usd)], paid, rtol=1e-9, atol=1e-13 * scale
            )

    @rule(middle=st.integers(-4, 4), width=st.integers(1, 4), liquidity=st.integers(10**19, 10**21))
    def mint(self, middle, width, liquidity):
        lower, upper = (middle - width) * 60, (middle + width) * 60
        self.compare(
            exact.Mint(lower=lower, upper=upper, liquidity=liquidity),
            p.MintRange(
                lower=float(price_at_tick(lower)),
                upper=float(price_at_tick(upper)),
                liquidity=float(liquidity),
            ),
            scale=float(liquidity),
        )

    @rule(share=st.sampled_from([0, 30, 100]), pick=st.integers(0, 50))
    def burn_and_collect(self, share, pick):
        if not self.exact.positions:
            return
        held = self.exact.positions[pick % len(self.exact.positions)]
        if not held.liquidity:
            return
        twin = next(
            one
            for one in self.float.positions
            if one.lower == float(price_at_tick(held.lower))
            and one.upper == float(price_at_tick(held.upper))
        )
        bounds = {"lower": twin.lower, "upper": twin.upper}
        part = twin.liquidity if share == 100 else twin.liquidity * share / 100
        where = {"lower": held.lower, "upper": held.upper}
        self.compare(
            exact.Burn(**where, liquidity=held.liquidity * share // 100),
            p.BurnRange(**bounds, liquidity=part),
            scale=1.0,
        )
        # Fees of many trades, each rounded: a few units besides the float's own error.
        self.compare(exact.Collect(**where), p.CollectRange(**bounds), scale=1e21)

    @rule(coins=st.integers(-(10**19), 10**19).filter(lambda coins: abs(coins) > 10**12))
    def trade(self, coins):
        _, within = p.price_after(self.float, coins * (1.0 if coins > 0 else 0.997))
        depth = sum(float(held.liquidity) for held in self.float.positions)
        if not within or self.exact.liquidity == 0:
            return
        event = exact.Swap(token0_in=coins < 0, amount=-coins)
        self.compare(event, p.Trade(coins=float(coins)), scale=depth)

    @invariant()
    def prices_agree(self):
        price = (self.exact.sqrt_price / Q96) ** 2
        if self.exact.liquidity:
            assert float(self.float.price) == pytest.approx(price, rel=1e-9)
            assert abs(tick_at_sqrt_price(self.exact.sqrt_price) - self.exact.tick) <= 1

    @invariant()
    def money_is_conserved(self):
        coins, usd = p.inventory(self.float, self.float.price)
        coins = coins + sum(float(held.coins_owed) for held in self.float.positions)
        usd = usd + sum(float(held.usd_owed) for held in self.float.positions)
        scale = 1.0 + sum(float(held.liquidity) for held in self.float.positions)
        np.testing.assert_allclose(
            [float(coins), float(usd)], self.flow, rtol=1e-9, atol=1e-13 * max(scale, 1e21)
        )


Agreement.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestAgreement = Agreement.TestCase
