"""The market against figures of Synthetix' own tests, in floats and in integers.

Figures: Synthetixio/synthetix-v3, markets/perps-market/test/integration: Position/Funding.test.ts,
Market/PerpsMarketModule.test.ts, Orders/OffchainAsyncOrder.price.test.ts, and in Liquidation the files
Liquidation.margin.test.ts, Liquidation.maxLiquidationAmount.test.ts and .maxPd.test.ts.
"""

from dataclasses import replace

import pytest

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.fixed_point import WAD, from_float
from shortgamma.protocols.synthetix import exact
from shortgamma.protocols.synthetix.market import accrued, step
from shortgamma.protocols.synthetix.pricing import fill_price, profit
from shortgamma.protocols.synthetix.state import Account, Liquidate, Margin, Order, State

DAY = 86_400.0
# Days, order of trader 2 at their end, skew afterwards, rate then, accrued by a long of 20 at 2000 USD.
FUNDING = [
    (1.0, -60.0, -40.0, 0.006, 120.0),
    (1.0, 15.0, -25.0, -0.006, 120.0),
    (0.25, 37.0, 12.0, -0.007875, 50.625),
    (2.0, -17.0, -5.0, -0.000675, -291.375),
    (0.2, 155.0, 150.0, -0.000975, -297.975),
    (0.1, -150.0, 0.0, 0.003525, -292.875),
    (0.1, -15.0, -15.0, 0.003525, -278.775),
    (0.03, -4.0, -19.0, 0.00339, -274.626),
    (3.0, 19.0, 0.0, -0.01371, -893.826),
]


def funding_start() -> State:
    state = State(
        skew_scale=10_000.0,
        max_velocity=3.0,
        maker_fee=0.0,
        taker_fee=0.0,
        minimum_initial_ratio=0.0,
    )
    for name, amount in (("one", 50_000.0), ("two", 1_000_000.0)):
        state, _ = step(state, Margin(time=0.0, price=2000.0, account=name, amount=amount))
    return step(state, Order(time=0.0, price=2000.0, account="one", size=20.0))[0]


def test_funding_is_the_published_one() -> None:
    state, time = funding_start(), 0.0
    for days, size, skew, rate, owed in FUNDING:
        time += days * DAY
        event = Order(time=time, price=2000.0, account="two", size=size)
        state, outcome = step(state, event)
        one = state.accounts["one"]
        assert outcome.skew == pytest.approx(skew, abs=1e-9)
        assert state.rate == pytest.approx(rate, rel=1e-9)
        received = one.size * (state.funding - one.entry_funding)
        assert received == pytest.approx(-owed, rel=1e-9)


def test_funding_in_integers_is_the_published_one() -> None:
    market = exact.Market(terms=exact.Terms(skew_scale=10_000 * WAD, max_velocity=3 * WAD))
    market = exact.with_account(market, "one", exact.Account(size=20 * WAD, entry_price=2000 * WAD))
    time = 0
    for days, size, skew, rate, owed in FUNDING:
        time += round(days * DAY)
        market = exact.accrued(market, time, price=2000 * WAD)
        two = exact.account_of(market, "two")
        market = exact.with_account(market, "two", replace(two, size=two.size + round(size) * WAD))
        assert exact.skew_of(market) == round(skew) * WAD
        assert market.rate == pytest.approx(rate * WAD, rel=1e-15)
        assert -20 * market.funding == pytest.approx(owed * WAD, rel=1e-14)


@pytest.mark.parametrize(
    ("price", "size", "scale", "published"),
    [
        (1000.0, 1.0, 10_000.0, 1000.05),
        (1010.0, 1.0, 10_000.0, 1010.0505),
        (1000.0, 1.0, 100_000.0, 1000.005),
        (1000.0, -1.0, 100_000.0, 999.995),
        (1200.0, 100.0, 1_000_000.0, 1200.06),
    ],
)
def test_fill_prices_are_the_published_ones(price, size, scale, published) -> None:
    assert fill_price(price, 0.0, size=size, skew_scale=scale) == pytest.approx(
        published, rel=1e-14
    )
    fill = exact.fill_price(
        from_float(price), 0, size=from_float(size), skew_scale=from_float(scale)
    )
    assert fill == round(published * 10**4) * 10**14


@pytest.mark.parametrize(
    ("price", "size", "scale", "later", "at_once", "then"),
    [
        (30_000, -1, 100, 28_000, -150, 1850),
        (2000, 20, 1000, 1900, -400, -2400),
        (5, 2000, 100_000, 4.6, -100, -900),
        (2, 5000, 100_000, 1.9, -250, -750),
        (2, 5000, 100_000, 1.8, -250, -1250),
    ],
)
def test_profits_after_the_premium_are_the_published_ones(
    price, size, scale, later, at_once, then
) -> None:
    fill = fill_price(price, 0.0, size=size, skew_scale=scale)
    account = Account(size=size, entry_price=fill)
    assert profit(State(), account, price=price) == pytest.approx(at_once, rel=1e-12)
    assert profit(State(), account, price=later) == pytest.approx(then, rel=1e-12)


def crashed(multiplier: float, premium: float = 0.0, *sizes: float) -> State:
    """Traders whose margin is gone, in a window of (0.7 % + 0.3 %)·1000·multiplier·10 coins."""
    accounts = {
        str(k): Account(margin=500.0, size=size, entry_price=10.0)
        for k, size in enumerate(sizes, start=1)
    }
    return State(
        skew_scale=1000.0,
        max_velocity=0.0,
        maker_fee=0.007,
        taker_fee=0.003,
        liquidation_seconds=10.0,
        liquidation_multiplier=multiplier,
        liquidation_premium=premium,
        accounts=accounts,
    )


def closing(state: State, time: float, name: str, price: float = 1.0) -> tuple[State, float]:
    after, outcome = step(state, Liquidate(time=time, price=price, account=name))
    return after, outcome.left


def test_a_window_closes_the_published_sizes() -> None:
    state = crashed(1.0, 0.0, 150.0, 150.0)
    left = []
    for time, name in ((0, "1"), (1, "1"), (6, "1"), (11, "1"), (12, "2"), (23, "2")):
        state, size = closing(state, float(time), name)
        left.append(size)
    assert left == pytest.approx([50.0, 50.0, 50.0, 0.0, 100.0, 0.0])


def test_below_the_premium_more_windows_open_as_published() -> None:
    state = crashed(0.25, 0.0, 90.0)
    state, left = closing(state, 0.0, "1")
    assert left == pytest.approx(65.0)
    state, left = closing(state, 1.0, "1")
    assert left == pytest.approx(65.0)
    arb = Account(margin=500.0, size=-25.0, entry_price=1.0)
    state = replace(state, liquidation_premium=0.06, accounts={**state.accounts, "2": arb})
    for time, expected in ((2.0, 40.0), (3.0, 15.0), (4.0, 0.0)):
        state, left = closing(state, time, "1")
        assert left == pytest.approx(expected, abs=1e-9)


def test_a_healthy_account_is_not_liquidated() -> None:
    state = crashed(1.0, 0.0, 10.0)
    with pytest.raises(RefusedError, match="not eligible"):
        closing(state, 0.0, "1", price=10.0)


def test_time_alone_accrues_at_the_mean_rate() -> None:
    state = accrued(funding_start(), DAY, price=2000.0)
    assert state.rate == pytest.approx(0.006, rel=1e-12)
    assert state.funding == pytest.approx(-0.003 * 2000.0, rel=1e-12)
