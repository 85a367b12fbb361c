"""Trades with the pool: what moves, what is refused, who pays; and the pool's exact Greeks."""

from dataclasses import replace

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.protocols.lyra.avalon import LYRA_AVALON
from shortgamma.protocols.lyra.book import greeks, holdings
from shortgamma.protocols.lyra.cache import net_greeks
from shortgamma.protocols.lyra.collateral import (
    shock_vol,
    short_call_cash,
    short_call_coins,
    short_put_cash,
)
from shortgamma.protocols.lyra.hedging import Hedge
from shortgamma.protocols.lyra.liquidity import nav_of
from shortgamma.protocols.lyra.market import ListBoard, Price, UpdateCache
from shortgamma.protocols.lyra.newport import LYRA_NEWPORT
from shortgamma.protocols.lyra.pool import (
    Accounts,
    Board,
    CollateralRules,
    Strike,
    TradeLimits,
    total_money,
)
from shortgamma.protocols.lyra.settlement import Claim, Settle
from shortgamma.protocols.lyra.trading import Trade
from shortgamma.protocols.lyra.valuation import Option, figures
from shortgamma.protocols.mechanism import Refusal, as_plain
from tests.protocols.lyra.markets import (
    CASH,
    DAY,
    MONTH,
    SPOT,
    WEEK,
    avalon,
    boards,
    closed,
    newport,
    played,
    resumed,
    sell_call,
    sell_put,
)

LONG_CALL = Trade(strike=0, size=1.0)
LONG_PUT = Trade(strike=0, size=1.0, is_call=False)
SHORT_CASH = Trade(strike=0, size=1.0, is_buy=False, collateral=1000.0)
ALL = [LONG_CALL, LONG_PUT, sell_call(1.0), SHORT_CASH, sell_put(1.0, 1000.0)]


def test_vol_and_skew_step_as_in_the_protocols_own_test():
    # derivexyz/v1-core, test/contracts/OptionMarketPricer/6_Cutoffs.ts, «normal close slip both iv and skew»
    events = [*ALL, *[closed(trade, 1.0) for trade in ALL]]
    seen = [
        (state.boards[0].base_vol, state.boards[0].strikes[0].skew)
        for state in played(avalon(), events).states[5:]
    ]
    published = [
        (0.998, 0.8985),
        (0.996, 0.8970),
        (0.994, 0.8955),
        (0.996, 0.8970),
        (0.998, 0.8985),
        (1.0, 0.9),
    ]
    np.testing.assert_allclose(seen, published, rtol=1e-12)


# the same file: parameters → what both a buy and a sale run into
@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"min_skew": 2.0, "max_skew": 0.5}, "trading bounds"),
        ({"min_base_vol": 2.0, "max_base_vol": 0.5}, "trading bounds"),
        ({"min_vol": 2.0, "max_vol": 0.5}, "trading bounds"),
        ({"min_delta": 1.0}, "delta outside"),
        ({"cutoff": MONTH + 1.0}, "trading has ended"),
    ],
)
def test_limits_refuse_buys_and_sales(limits, reason):
    state = avalon(limits=replace(TradeLimits(), **limits))
    for trade in ALL:
        assert reason in played(state, [trade]).outcomes[-1].refused


@pytest.mark.parametrize(
    ("trade", "reason"),
    [
        (replace(LONG_CALL, strike=7), "no strike 7"),
        (replace(LONG_CALL, board=7), "no board 7"),
        (replace(LONG_CALL, size=-1.0), "negative size"),
        (replace(LONG_CALL, size=290.0), "free liquidity"),
        (replace(LONG_CALL, in_coins=True), "only short calls"),
        (replace(LONG_CALL, closes=True, is_buy=False), "more than is open"),
        (replace(SHORT_CASH, collateral=10.0), "least collateral"),
        (replace(LONG_PUT, size=1.0, strike=0), None),
    ],
)
def test_trades_that_make_no_sense_are_refused(trade, reason):
    outcome = played(avalon(), [trade]).outcomes[-1]
    if reason is None:
        assert not outcome.refused
    else:
        assert reason in outcome.refused


def test_a_pool_locks_no_more_than_it_has():
    poor = {"accounts": Accounts(cash=2_000.0), "tokens": 2_000.0}
    big = [replace(LONG_CALL, size=2.0), replace(LONG_PUT, size=2.0), sell_call(10.0)]
    for start in (avalon(**poor), newport(**poor)):
        for trade in big:
            assert played(start, [trade]).outcomes[-1] == Refusal(
                refused="not enough free liquidity"
            )


def test_a_market_without_price_or_value_does_not_trade():
    assert "no price" in resumed(avalon(spot=0.0), [LONG_CALL]).outcomes[-1].refused
    assert "no price" in resumed(avalon(spot=0.0), [UpdateCache()]).outcomes[-1].refused
    empty = avalon(accounts=Accounts(), tokens=0.0)
    assert "no net asset value" in played(empty, [LONG_CALL]).outcomes[-1].refused
    late = avalon(now=MONTH + 1.0)
    assert "expired" in played(late, [LONG_CALL]).outcomes[-1].refused


def test_a_closing_cost_beyond_the_collateral_is_refused():
    state = played(avalon(), [sell_put(1.0, 500.0), Price(spot=700.0), UpdateCache()]).states[-1]
    state = replace(state, limits=TradeLimits(min_delta=0.0))
    outcome = resumed(state, [closed(sell_put(), 0.999)]).outcomes[-1]
    assert outcome == Refusal(refused="the collateral does not pay the cost")


def test_vega_is_charged_to_who_adds_it():
    done = played(avalon(), [LONG_CALL, sell_call(1.0), LONG_PUT, LONG_PUT])
    for state, outcome in zip(done.states[1:], done.outcomes[1:], strict=True):
        assert outcome.vega_after == pytest.approx(-net_greeks(state).standard_vega, abs=1e-12)
    bought, sold, *_puts = done.outcomes[1:]
    assert bought.vega_after < 0.0 < bought.quote.fees.vega_fee
    assert sold.quote.fees.vega_fee == 0.0


def test_a_round_trip_costs_the_trader_his_fees_and_the_spread():
    done = played(avalon(), [LONG_CALL, closed(LONG_CALL, 1.0)])
    bought, sold = done.outcomes[-2:]
    fees = bought.quote.fees.fee + sold.quote.fees.fee
    assert bought.cost - sold.cost > fees > 0.0
    state = done.states[-1]
    assert state.accounts.coins == pytest.approx(0.0, abs=1e-12)
    assert state.boards[0].strikes[0].long_calls == 0.0


@pytest.mark.parametrize("build", [avalon, newport])
def test_a_board_settles_to_what_options_are_worth(build):
    trades = [replace(LONG_CALL, strike=1, size=5.0), replace(LONG_PUT, size=4.0), *ALL[2:]]
    for spot in (1200.0, 1700.0, 2600.0):
        events = [*trades, Price(spot=spot, seconds=MONTH), Settle(), Claim()]
        done = played(build(), events)
        settled, claimed = done.outcomes[-2:]
        call, put = max(spot - 2000.0, 0.0), max(1500.0 - spot, 0.0)
        assert settled.owed_to_longs == pytest.approx(5.0 * call + 4.0 * put)
        assert claimed.paid == pytest.approx(settled.owed_to_longs)
        assert settled.paid_by_shorts == pytest.approx(
            min(max(spot - 1500.0, 0.0), 1000.0) + min(put, 1000.0)
        )
        gross = max(spot - 1500.0, 0.0) / spot / 0.9925
        assert settled.coins_by_shorts == pytest.approx(min(gross, 1.0))
        assert settled.insolvency == pytest.approx(max(spot - 2500.0, 0.0))
        state = done.states[-1]
        assert state.boards == ()
        assert (state.accounts.locked_cash, state.accounts.locked_calls) == pytest.approx((0, 0))
        cash, coins = total_money(state)
        assert (cash, coins) == pytest.approx((CASH, 0.0), rel=1e-12, abs=1e-9)


def test_a_new_board_opens_and_a_dead_one_does_not():
    board = Board(expiry=2 * MONTH, base_vol=0.8, strikes=(Strike(strike=1800.0),))
    done = played(avalon(), [ListBoard(board=board), UpdateCache(), replace(LONG_CALL, board=1)])
    assert len(done.states[-1].boards) == 2
    assert not isinstance(done.outcomes[-1], Refusal)
    dead = replace(board, expiry=-1.0)
    assert isinstance(played(avalon(), [ListBoard(board=dead)]).outcomes[-1], Refusal)


@pytest.mark.parametrize("build", [avalon, newport])
def test_greeks_of_the_pool_are_derivatives_of_its_value(build):
    events = [
        replace(LONG_CALL, strike=1, size=8.0),
        replace(LONG_PUT, size=3.0),
        sell_call(4.0),
        Hedge(),
        Price(spot=1800.0, seconds=3 * DAY),
    ]
    state = played(build(), events).states[-1]
    found = greeks(state, 1800.0)
    h = 0.5
    up, down = greeks(state, 1800.0 + h), greeks(state, 1800.0 - h)
    assert found.delta == pytest.approx((up.value_usd - down.value_usd) / (2 * h), rel=1e-6)
    assert found.gamma == pytest.approx((up.delta - down.delta) / (2 * h), rel=1e-6)
    lift, drop = greeks(state, 1800.0, vol_shift=1e-4), greeks(state, 1800.0, vol_shift=-1e-4)
    slope = (lift.value_usd - drop.value_usd) / 2e-4 * 0.01
    assert found.vega_usd_per_point == pytest.approx(slope, rel=1e-6)
    later, earlier = (replace(state, now=state.now + dt) for dt in (60.0, -60.0))
    decay = (greeks(later, 1800.0).value_usd - greeks(earlier, 1800.0).value_usd) / 120.0 * DAY
    assert found.theta_usd_per_day == pytest.approx(decay, rel=1e-5)
    # net sold options: short gamma, short vega, and time is on the pool's side
    assert found.gamma < 0.0
    assert found.vega_usd_per_point < 0.0
    assert found.theta_usd_per_day > 0.0


def test_value_at_the_averaged_vol_is_nav():
    state = played(avalon(), [LONG_CALL, LONG_PUT, Hedge(), Price(seconds=9 * DAY)]).states[-1]
    fresh = resumed(state, [UpdateCache()]).states[-1]
    assert greeks(fresh, SPOT).value_usd == pytest.approx(nav_of(fresh), rel=1e-12)


def test_holdings_are_the_other_side_of_the_traders():
    state = played(avalon(), [LONG_CALL, sell_put(3.0), Hedge()]).states[-1]
    held = {(item.kind, item.strike): item.quantity for item in holdings(state)}
    assert held[("call", 1500.0)] == -1.0
    assert held[("put", 1500.0)] == 3.0
    assert held[("spot", 0.0)] == pytest.approx(1.0)
    assert held[("perpetual", 0.0)] == pytest.approx(state.hedged_delta)
    assert all(item.protocol == "lyra" for item in holdings(state))
    many = played(avalon(spot=np.array([1700.0, 1800.0])), [sell_put(3.0), Hedge()]).states[-1]
    with pytest.raises(InputError, match="2 paths"):
        list(holdings(many))


def test_the_delta_of_the_cache_lags_by_gamma_times_the_move():
    state = played(avalon(), [replace(LONG_CALL, strike=1, size=10.0)]).states[-1]
    moved = resumed(state, [Price(spot=SPOT * 1.04)]).states[-1]
    fresh = resumed(moved, [UpdateCache()]).states[-1]
    gap = net_greeks(fresh).delta - net_greeks(moved).delta
    assert gap == pytest.approx(-greeks(moved, SPOT * 1.02).gamma * 0.04 * SPOT, rel=0.04)


def test_paths_are_traded_apart():
    sizes = np.array([0.0, 1.0, 500.0])
    done = played(avalon(), [replace(LONG_CALL, size=sizes), Price(seconds=DAY), LONG_CALL])
    first = done.outcomes[-3]
    np.testing.assert_array_equal(first.refused, [False, False, True])
    np.testing.assert_array_equal(first.size, [0.0, 1.0, 0.0])
    state = done.states[-1]
    alone = [
        played(avalon(), [*events, Price(seconds=DAY), LONG_CALL]).states[-1]
        for events in ([], [LONG_CALL], [])
    ]
    for index, other in enumerate(alone):
        assert state.accounts.cash[index] == pytest.approx(other.accounts.cash, rel=1e-13)
        assert state.boards[0].base_vol[index] == pytest.approx(other.boards[0].base_vol)
        assert np.broadcast_to(state.boards[0].vol_gap, 3)[index] == pytest.approx(
            other.boards[0].vol_gap, abs=1e-12
        )


def test_series_of_a_market_stay_as_short_as_their_averages_need():
    events = [
        step
        for _ in range(60)
        for step in (LONG_CALL, closed(LONG_CALL, 1.0), Price(seconds=7200.0))
    ]
    board = played(avalon(boards=boards(10 * MONTH)), events).states[-1].boards[0]
    assert len(board.vols.observations) <= 3 * 12 + 3


# derivexyz/v1-core, test/contracts/OptionGreekCache/4_MinCollatPricing.ts
def test_least_collateral_lies_between_its_bounds():
    rules = CollateralRules()
    assert [shock_vol(rules, weeks * WEEK) for weeks in (0, 2, 8, 52)] == [2.5, 2.5, 1.8, 1.8]
    assert shock_vol(rules, 5 * WEEK) == pytest.approx(2.15)
    option = Option(spot=1000.0, strike=1000.0, seconds=MONTH, vol=0.0, rate=0.05)
    vol = float(shock_vol(rules, MONTH))
    high = figures(replace(option, spot=1200.0, vol=vol)).call_price
    low = figures(replace(option, spot=800.0, vol=vol)).put_price
    assert short_call_cash(rules, option, size=5.0) == pytest.approx(5.0 * high)
    assert short_put_cash(rules, option, size=5.0) == pytest.approx(5.0 * low)
    assert short_call_coins(rules, option, size=5.0) == pytest.approx(5.0 * high / 1200.0)
    # half an option: the fixed sum; a tenth: full collateral where it is bounded
    assert short_call_cash(rules, option, size=0.1) == 200.0
    assert short_put_cash(rules, option, size=0.1) == pytest.approx(100.0)
    assert short_call_coins(rules, option, size=0.1) == pytest.approx(0.1)
    assert short_put_cash(rules, option, size=0.0) == 0.0


def test_bad_states_are_refused_with_a_remedy():
    with pytest.raises(InputError, match="strike of Lyra"):
        Strike(strike=0.0)
    with pytest.raises(InputError, match="board of Lyra"):
        Board(expiry=1.0, base_vol=-0.1, strikes=())


def test_both_markets_say_what_gamma_they_carry_and_every_outcome_is_plain():
    for mechanism in (LYRA_AVALON, LYRA_NEWPORT):
        assert "short the gamma" in mechanism.gamma
    done = played(avalon(), [*ALL, Hedge(), Claim()])
    assert [as_plain(outcome) for outcome in done.outcomes]
    assert as_plain(done.states[-1])["spot"] == SPOT
