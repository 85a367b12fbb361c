"""No sequence of events creates or destroys money, and the pool's books agree with exact integers."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shortgamma.protocols.fixed_point import WAD, from_float, multiply, to_float
from shortgamma.protocols.lyra import exact
from shortgamma.protocols.lyra.coin_cover import ExchangeCoins
from shortgamma.protocols.lyra.hedging import Hedge, UpdateCollateral
from shortgamma.protocols.lyra.liquidity import Deposit, Process, Withdraw, nav_of
from shortgamma.protocols.lyra.market import ListBoard, Price, UpdateCache
from shortgamma.protocols.lyra.newport import HedgeCapped
from shortgamma.protocols.lyra.pool import total_money
from shortgamma.protocols.lyra.settlement import Claim, Settle
from shortgamma.protocols.lyra.trading import Trade, Traded
from shortgamma.protocols.mechanism import Refusal
from tests.protocols.lyra.markets import CASH, SPOT, WEEK, avalon, boards, newport, resumed

SIZES = st.floats(0.0, 30.0)
FEE = WAD // 10


class Books(RuleBasedStateMachine):
    """Avalon under random events, with an integer ledger of cash, tokens and vols beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.state: Any = avalon()
        self.exact = exact.ExactPool(
            cash=from_float(CASH), tokens=from_float(CASH), spot=from_float(SPOT)
        )
        self.do(UpdateCache())

    def do(self, event: Any) -> Any:
        done = resumed(self.state, [event])
        self.state = done.states[-1]
        return done.outcomes[-1]

    @rule(
        strike=st.integers(0, 2),
        size=SIZES,
        kind=st.sampled_from(["call", "put", "coin"]),
        is_buy=st.booleans(),
        closes=st.booleans(),
    )
    def trade(self, strike, size, kind, is_buy, closes):
        if not self.state.boards:
            return
        before = self.state.boards[0]
        event = Trade(
            strike=strike,
            size=size,
            is_call=kind != "put",
            is_buy=is_buy,
            closes=closes,
            collateral=size if kind == "coin" else 3000.0 * size + 300.0,
            in_coins=kind == "coin" and is_buy == closes,
        )
        outcome = self.do(event)
        if isinstance(outcome, Refusal):
            return
        self.check_vols(before, event)
        self.book_trade(event, outcome)

    def check_vols(self, before, event):
        after = self.state.boards[0]
        points = exact.move_of_size(from_float(event.size), 5 * WAD)
        whole = exact.moved_vol(
            from_float(float(before.base_vol)),
            from_float(float(before.strikes[event.strike].skew)),
            points=points,
            adjustment=3 * WAD // 4,
            is_buy=event.is_buy,
        )
        found = (float(after.base_vol), float(after.strikes[event.strike].skew))
        assert found == pytest.approx([to_float(value) for value in whole], rel=1e-12)

    def book_trade(self, event: Trade, outcome: Traded):
        fees = outcome.quote.fees
        parts = (fees.option_fee, fees.spot_fee, fees.vega_fee, fees.variance_fee)
        premium = multiply(from_float(float(outcome.quote.option_price)), from_float(event.size))
        self.exact = exact.settled_trade(
            self.exact,
            premium=premium,
            fees=sum(from_float(float(part)) for part in parts),
            reserved=FEE,
            is_buy=event.is_buy,
        )
        if event.is_call and event.is_long:
            coins = from_float(float(self.state.accounts.coins)) - self.exact.coins
            self.exact = (
                exact.bought_coins(self.exact, coins, fee=5 * 10**15)
                if coins > 0
                else exact.sold_coins(self.exact, -coins, fee=75 * 10**14)
            )

    @rule(cash=st.floats(1.0, 50_000.0))
    def deposit(self, cash):
        outcome = self.do(Deposit(cash=cash))
        if not isinstance(outcome, Refusal):
            self.exact = exact.queued(self.exact, from_float(cash))
            if not self.state.deposits:
                self.mark()
                self.exact, _tokens = exact.minted(self.exact, from_float(cash))

    @rule(tokens=st.floats(1.0, 50_000.0))
    def withdraw(self, tokens):
        outcome = self.do(Withdraw(tokens=tokens))
        if not isinstance(outcome, Refusal) and not self.state.boards:
            self.mark()
            self.exact, _burnt, _paid = exact.burnt(
                self.exact, from_float(tokens), fee=0, burnable=self.exact.cash
            )

    @rule()
    def process(self):
        self.mark()
        outcome = self.do(Process())
        if float(outcome.minted) > 0.0:
            cash = from_float(float(outcome.minted * outcome.token_price))
            self.exact, tokens = exact.minted(self.exact, cash)
            assert to_float(tokens) == pytest.approx(float(outcome.minted), rel=1e-9)
        if float(outcome.burnt) > 0.0:
            # several entries are burnt at prices that rise with each fee: booked as one sum
            self.exact = replace(
                self.exact,
                cash=self.exact.cash - from_float(float(outcome.paid_out)),
                tokens=self.exact.tokens - from_float(float(outcome.burnt)),
            )

    @rule(factor=st.floats(0.8, 1.25), days=st.floats(0.0, 4.0))
    def time_passes(self, factor, days):
        spot = float(np.clip(self.state.spot * factor, 400.0, 8000.0))
        self.do(Price(spot=spot, seconds=days * 86_400.0))
        self.do(UpdateCache())
        self.exact = replace(self.exact, spot=from_float(spot))

    @rule(event=st.sampled_from([Hedge(), UpdateCollateral(), ExchangeCoins(), Claim(), Settle()]))
    def other_events(self, event):
        accounts = self.state.accounts
        self.do(event)
        after = self.state.accounts
        # what the exchange and the traders paid or took is the float market's own figure
        self.exact = replace(
            self.exact,
            cash=self.exact.cash + from_float(float(after.cash - accounts.cash)),
            coins=self.exact.coins + from_float(float(after.coins - accounts.coins)),
        )

    @rule()
    def list_again(self):
        if not self.state.boards:
            self.do(ListBoard(board=boards(self.state.now + 4 * WEEK)[0]))
            self.do(UpdateCache())

    def mark(self):
        """Values what integers do not price: options, hedge and claims, by the float market."""
        net = nav_of(self.state) - to_float(self.exact.nav + self.exact.option_value)
        self.exact = replace(self.exact, option_value=-from_float(float(net)))

    @invariant()
    def no_money_appears_or_vanishes(self):
        cash, coins = total_money(self.state)
        assert cash == pytest.approx(CASH, rel=1e-10)
        assert coins == pytest.approx(0.0, abs=1e-8)

    @invariant()
    def floats_and_integers_agree(self):
        accounts = self.state.accounts
        assert float(accounts.cash) == pytest.approx(to_float(self.exact.cash), abs=1e-5)
        assert float(accounts.reserved_fees) == pytest.approx(
            to_float(self.exact.reserved_fees), abs=1e-6
        )
        assert float(self.state.tokens) == pytest.approx(
            to_float(self.exact.tokens), rel=1e-9, abs=1e-6
        )

    @invariant()
    def promises_are_sums_over_positions(self):
        strikes = [item for board in self.state.boards for item in board.strikes]
        locked = sum(float(item.long_puts) * item.strike for item in strikes)
        assert float(self.state.accounts.locked_cash) == pytest.approx(locked, abs=1e-6)
        calls = sum(float(item.long_calls) for item in strikes)
        assert float(self.state.accounts.locked_calls) == pytest.approx(calls, abs=1e-9)
        assert all(
            float(value) >= -1e-9
            for item in strikes
            for value in (item.long_calls, item.long_puts, item.short_calls, item.short_puts)
        )


class PerpBooks(RuleBasedStateMachine):
    """Newport under random events."""

    def __init__(self) -> None:
        super().__init__()
        self.state: Any = newport()
        self.do(UpdateCache())

    def do(self, event: Any) -> None:
        self.state = resumed(self.state, [event]).states[-1]

    @rule(
        strike=st.integers(0, 2),
        size=SIZES,
        is_call=st.booleans(),
        is_buy=st.booleans(),
        closes=st.booleans(),
    )
    def trade(self, strike, size, is_call, is_buy, closes):
        self.do(
            Trade(
                strike=strike,
                size=size,
                is_call=is_call,
                is_buy=is_buy,
                closes=closes,
                collateral=3000.0 * size + 300.0,
            )
        )

    @rule(factor=st.floats(0.8, 1.25), days=st.floats(0.0, 4.0))
    def time_passes(self, factor, days):
        spot = float(np.clip(self.state.spot * factor, 400.0, 8000.0))
        self.do(Price(spot=spot, seconds=days * 86_400.0))
        self.do(UpdateCache())

    @rule(
        event=st.sampled_from(
            [
                Hedge(),
                HedgeCapped(),
                UpdateCollateral(),
                ExchangeCoins(),
                Claim(),
                Settle(),
                Process(),
                Deposit(cash=1000.0),
                Withdraw(tokens=500.0),
            ]
        )
    )
    def other_events(self, event):
        self.do(event)

    @invariant()
    def no_money_appears_or_vanishes(self):
        cash, coins = total_money(self.state)
        assert cash == pytest.approx(CASH, rel=1e-10)
        assert coins == pytest.approx(0.0, abs=1e-8)


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestPerpBooks = PerpBooks.TestCase
TestPerpBooks.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
