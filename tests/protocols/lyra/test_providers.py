"""Providers' tokens, queues and breakers against the figures of Lyra's own tests and exact integers."""

from dataclasses import replace

import numpy as np
import pytest

from shortgamma.protocols.fixed_point import WAD
from shortgamma.protocols.lyra import exact
from shortgamma.protocols.lyra.coin_cover import ExchangeCoins
from shortgamma.protocols.lyra.hedging import Hedge
from shortgamma.protocols.lyra.liquidity import Deposit, Process, Withdraw, nav_of
from shortgamma.protocols.lyra.market import Price, UpdateCache
from shortgamma.protocols.lyra.pool import NEVER, Accounts, LiquidityRules
from shortgamma.protocols.lyra.settlement import Settle
from shortgamma.protocols.lyra.trading import Trade
from shortgamma.protocols.mechanism import Refusal
from tests.protocols.lyra.markets import (
    CASH,
    DAY,
    MONTH,
    SPOT,
    WEEK,
    avalon,
    boards,
    played,
    resumed,
)

SPOT_WEI = 174_201_337 * 10**13
OPEN = LiquidityRules(skew_threshold=1e4, vol_threshold=1e4)


def test_a_full_withdrawal_leaves_its_fee_behind():
    # derivexyz/v1-core, test/contracts/LiquidityPool/12_TokenPriceAndSupply.ts: 5,000 stay in the pool
    events = [Withdraw(tokens=CASH), Price(seconds=2 * WEEK), UpdateCache(), Process()]
    done = played(avalon(), events)
    state = done.states[-1]
    assert nav_of(state) == pytest.approx(5_000.0)
    assert state.tokens == 0.0
    # ... and belong to the next provider: he pays in 10,000 for as many tokens and takes 15,000 out
    empty = resumed(state, [Price(seconds=2 * WEEK + 1), Settle()]).states[-1]
    inside = resumed(empty, [Deposit(cash=10_000.0)])
    assert inside.outcomes[-1].minted == pytest.approx(10_000.0)
    assert nav_of(inside.states[-1]) == pytest.approx(15_000.0)
    out = resumed(inside.states[-1], [Withdraw(tokens=10_000.0)])
    assert out.outcomes[-1].paid_out == pytest.approx(15_000.0)


def test_token_prices_are_those_of_the_protocols_own_tests_to_the_last_digit():
    # 11_PoolValue.ts, «sends less quote to last withdrawer if base is not exchanged»
    pool = exact.ExactPool(cash=500_000 * WAD, coins=5 * WAD, spot=SPOT_WEI, tokens=500_000 * WAD)
    fee = WAD // 100
    assert pool.token_price * 99 // 100 == 1_007_245_932_363_000_000
    pool, burnt, _paid = exact.burnt(pool, 500_000 * WAD, fee=fee, burnable=pool.cash)
    pool = exact.sold_coins(pool, 5 * WAD, fee=75 * 10**14)
    pool = replace(pool, coins=10**12)
    assert pool.tokens == 500_000 * WAD - burnt
    assert exact.multiply(pool.token_price, WAD - fee) == 2_379_351_078_473_477_253


def test_token_prices_without_a_fee_are_those_of_the_protocols_own_tests_to_the_last_digit():
    # the same file, «no withdrawal fee»: one coin's worth of cash is burnt first; one wei remains
    pool = exact.ExactPool(
        cash=500_000 * WAD - SPOT_WEI, coins=5 * WAD, spot=SPOT_WEI, tokens=500_000 * WAD
    )
    assert pool.token_price == 1_013_936_106_960_000_000
    pool, _burnt, _paid = exact.burnt(pool, 500_000 * WAD, fee=0, burnable=pool.cash)
    pool = exact.sold_coins(pool, 5 * WAD, fee=75 * 10**14)
    assert pool.token_price == 1_006_331_586_157_800_000
    pool, _burnt, _paid = exact.burnt(pool, pool.tokens, fee=0, burnable=pool.cash)
    assert (pool.nav, pool.tokens) == (1, 0)


def test_the_float_pool_has_the_same_token_prices():
    # the breaker is off: in the test the guardian passes by it
    rules = LiquidityRules(free_threshold=0.0)
    start = avalon(accounts=Accounts(cash=CASH, coins=5.0), liquidity_rules=rules)
    events = [Withdraw(tokens=CASH), Price(seconds=WEEK + 1), UpdateCache(), Process()]
    done = played(start, events)
    assert 0.99 * done.outcomes[-1].token_price == pytest.approx(1.007245932363, rel=1e-14)
    sold = resumed(done.states[-1], [ExchangeCoins()]).states[-1]
    dust = replace(sold, accounts=replace(sold.accounts, coins=1e-6))
    last = resumed(dust, [Process()])
    assert 0.99 * last.outcomes[-1].token_price == pytest.approx(2.379351078473477253, rel=1e-9)


def test_minted_tokens_are_those_of_the_protocols_own_tests():
    # 3_ProcessDeposit.ts, state tracking: 100, 200 and 300 at a price of 1, the third a day later
    events = [
        Deposit(cash=100.0),
        Deposit(cash=200.0),
        Price(seconds=DAY),
        Deposit(cash=300.0),
        Price(seconds=WEEK - DAY + 1),
        UpdateCache(),
        Process(),
    ]
    done = played(avalon(), events)
    assert done.outcomes[-1].minted == pytest.approx(300.0)
    assert done.outcomes[-1].queued_deposits == 300.0


# 3_ProcessDeposit.ts, NAV accounting: price at expiry, NAV before settlement, tokens of a deposit of 100
@pytest.mark.parametrize(
    ("spot", "nav", "tokens", "digits"),
    [(4000.0, 388052.405, 128.736, 1e-3), (1000.0, 528673.306, 94.51589, 1e-3)],
)
def test_nav_over_the_life_of_a_board_is_that_of_the_protocols_own_tests(spot, nav, tokens, digits):
    events = [
        Price(spot=2000.0),
        Deposit(cash=100.0),
        Deposit(cash=100.0),
        *[Trade(strike=1, size=20.0)] * 5,
        Hedge(),
        *[Trade(strike=1, size=10.0, is_call=False, is_buy=False, collateral=10_000.0)] * 5,
        Price(spot=spot, seconds=MONTH + 1),
        UpdateCache(),
        Process(),
    ]
    done = played(avalon(liquidity_rules=OPEN), events)
    assert not any(isinstance(outcome, Refusal) for outcome in done.outcomes)
    assert nav_of(done.states[-2]) == pytest.approx(nav, rel=1e-4)
    assert done.outcomes[-1].minted / 2.0 == pytest.approx(tokens, rel=digits)
    settled = resumed(done.states[-1], [Settle()])
    if spot == 4000.0:
        assert nav_of(settled.states[-1]) == pytest.approx(385490.6206, rel=1e-3)
        assert settled.outcomes[-1].owed_to_longs == pytest.approx(200_000.0)
    else:
        assert settled.outcomes[-1].paid_by_shorts == pytest.approx(50_000.0)


def test_a_stale_cache_or_a_breaker_holds_the_queues():
    queue = [Deposit(cash=100.0), Price(seconds=WEEK + 1)]
    assert played(avalon(), [*queue, Process()]).outcomes[-1].minted == 0.0
    moved = [*queue, UpdateCache(), Price(spot=1.06 * SPOT), Process()]
    assert played(avalon(), moved).outcomes[-1].blocked
    fresh = [*queue, UpdateCache(), Process()]
    assert played(avalon(), fresh).outcomes[-1].minted == 100.0
    strict = avalon(liquidity_rules=LiquidityRules(skew_threshold=1e-4, skew_timeout=3600.0))
    held = played(strict, [*queue, Trade(strike=1, size=1.0), UpdateCache(), Process()])
    assert held.outcomes[-1].blocked
    eased = replace(held.states[-1], liquidity_rules=LiquidityRules())
    assert (
        resumed(eased, [Price(seconds=3601.0), UpdateCache(), Process()]).outcomes[-1].minted > 99
    )


def test_a_withdrawal_is_paid_in_parts_where_cash_is_locked():
    start = avalon(liquidity_rules=replace(OPEN, free_threshold=0.0))
    events = [
        *[Trade(strike=0, size=20.0, is_call=False)] * 10,
        Withdraw(tokens=400_000.0),
        Price(seconds=WEEK + 1),
        UpdateCache(),
        Process(),
    ]
    done = played(start, events)
    left = done.states[-1]
    assert 0.0 < done.outcomes[-1].paid_out < 300_000.0
    assert left.queued_withdrawals == pytest.approx(400_000.0 - done.outcomes[-1].burnt)
    assert left.accounts.cash == pytest.approx(left.accounts.locked_cash + left.pending_hedge)


def test_a_settlement_blocks_the_queues_for_six_hours():
    done = played(avalon(), [Price(seconds=MONTH), Settle()])
    assert done.states[-1].blocked_until == MONTH + 6 * 3600.0
    assert done.states[0].blocked_until == NEVER


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (Deposit(cash=0.5), "smallest deposit"),
        (Withdraw(tokens=0.5), "smallest withdrawal"),
        (Withdraw(tokens=CASH + 1), "more tokens"),
        (Settle(), "not expired"),
        (Settle(board=3), "no board 3"),
        (UpdateCache(board=4), "no board 4"),
    ],
)
def test_what_the_pool_refuses(event, reason):
    assert reason in played(avalon(), [event]).outcomes[-1].refused


def test_providers_of_every_path_are_treated_as_they_would_be_alone():
    spots = np.array([1300.0, SPOT, 2600.0])
    events = [
        *[Trade(strike=1, size=10.0)] * 2,
        Deposit(cash=np.array([100.0, 0.0, 300.0])),
        Withdraw(tokens=np.array([0.0, 5_000.0, 450_000.0])),
        Price(spot=spots, seconds=WEEK + 1),
        UpdateCache(),
        Process(),
    ]
    together = played(avalon(liquidity_rules=OPEN), events)
    for index, spot in enumerate(spots):
        alone = [
            *events[:2],
            Deposit(cash=float(events[2].cash[index])),
            Withdraw(tokens=float(events[3].tokens[index])),
            Price(spot=float(spot), seconds=WEEK + 1),
            *events[5:],
        ]
        single = played(avalon(liquidity_rules=OPEN, boards=boards()), alone)
        for name in ("minted", "burnt", "paid_out"):
            found = np.broadcast_to(getattr(together.outcomes[-1], name), 3)[index]
            assert found == pytest.approx(getattr(single.outcomes[-1], name))
        assert nav_of(together.states[-1])[index] == pytest.approx(nav_of(single.states[-1]))
