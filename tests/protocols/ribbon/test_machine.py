"""No sequence of events creates or destroys anything, and floats agree with integers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.ribbon import pooled as floats
from shortgamma.protocols.ribbon.accounts import receipt_shares, shares_of_account
from shortgamma.protocols.ribbon.events import (
    BurnRemaining,
    CancelBid,
    CommitAndClose,
    CompleteWithdraw,
    Deposit,
    InitiateWithdraw,
    MaxRedeem,
    PlaceBid,
    Redeem,
    RedeemOptions,
    RollToNextOption,
    SellByQuote,
    Send,
    SettleAuction,
    StartAuction,
    TransferShares,
    WithdrawInstantly,
)
from shortgamma.protocols.ribbon.exact import money, step
from shortgamma.protocols.ribbon.greeks import pooled
from shortgamma.protocols.ribbon.record import holdings
from shortgamma.protocols.ribbon.state import AUCTION, VAULT, RibbonState

NAMES = st.sampled_from(["ann", "bob", "cem"])
BUYERS = st.sampled_from(["dan", "eve"])
PRICES = st.integers(500 * 10**8, 4_000 * 10**8)
KINDS = st.sampled_from([("call", 18), ("call", 8), ("put", 6), ("call", 6)])
SHARE = st.integers(0, 100)


class ManyHands(RuleBasedStateMachine):
    """Anything at any time: what is refused changes nothing, what is accepted conserves everything."""

    @initialize(kind=KINDS, sale=st.sampled_from(["auction", "quotes"]))
    def opens(self, kind, sale):
        word, decimals = kind
        self.state = RibbonState(
            kind=word,
            decimals=decimals,
            minimum_supply=1,
            cap=10**12 * 10**decimals,
            sale=sale,
            minimum_price=10**16,
        )
        self.act(Deposit(account="ann", amount=7_777 * 10**decimals + 3))
        self.turns(1_000 * 10**8, 1)

    def act(self, event):
        try:
            self.state, outcome = step(self.state, event)
        except RefusedError:
            return None
        return outcome

    @rule(name=NAMES, amount=st.integers(1, 10**4), dust=st.integers(0, 999))
    def deposits(self, name, amount, dust):
        self.act(Deposit(account=name, amount=amount * 10**self.state.decimals + dust))

    @rule(name=NAMES, share=SHARE)
    def takes_a_deposit_back(self, name, share):
        receipt = self.state.receipts.get(name)
        amount = receipt.amount * share // 100 if receipt else share
        self.act(WithdrawInstantly(account=name, amount=amount))

    @precondition(lambda self: self.state.supply > 0)
    @rule(name=NAMES, share=st.integers(1, 105), to=NAMES)
    def handles_shares(self, name, share, to):
        some = shares_of_account(self.state, name) * share // 100
        self.act(Redeem(account=name, shares=some))
        self.act(TransferShares(account=name, to=to, shares=some // 2))
        self.act(MaxRedeem(account=to))

    @precondition(lambda self: self.state.supply > 0)
    @rule(name=NAMES, share=st.integers(1, 105))
    def asks_back(self, name, share):
        some = shares_of_account(self.state, name) * share // 100
        self.act(InitiateWithdraw(account=name, shares=some))

    @precondition(lambda self: self.state.queued_shares > 0)
    @rule(name=NAMES)
    def fetches(self, name):
        self.act(CompleteWithdraw(account=name))

    @rule(name=BUYERS, amount=st.integers(0, 10**9))
    def sends(self, name, amount):
        self.act(Send(account=name, amount=amount))

    @precondition(lambda self: self.state.auctions or self.state.available)
    @rule(name=BUYERS, share=st.integers(1, 120), above=st.integers(0, 10**7))
    def buys(self, name, share, above):
        offered = self.state.auctions[-1].offered if self.state.auctions else 0
        options = max((self.state.available or offered) * share // 100, 1)
        amount = 2 * options * 10**self.state.decimals // 10**10 + above
        if self.state.sale == "auction":
            self.act(PlaceBid(account=name, options=options, amount=amount))
        else:
            self.act(SellByQuote(account=name, options=options, amount=amount))

    @rule()
    def changes_its_mind(self):
        if self.state.auctions and self.state.auctions[-1].bids:
            gone = self.state.auctions[-1].bids[0]
            self.act(CancelBid(account=gone.account, options=gone.options, amount=gone.amount))

    @precondition(lambda self: self.state.auctions)
    @rule(newest=st.booleans())
    def settles(self, newest):
        self.act(SettleAuction(series=0 if newest else self.state.auctions[0].series))

    @precondition(lambda self: self.state.short.holders.get(VAULT, 0) > 0)
    @rule(again=st.booleans())
    def offers_again_or_burns(self, again):
        self.act(StartAuction() if again else BurnRemaining())

    @rule(strike=PRICES, price=PRICES)
    def commits(self, strike, price):
        self.act(CommitAndClose(strike=strike, expiry_price=price))

    @precondition(lambda self: self.state.balance > 0)
    @rule(strike=PRICES, price=PRICES)
    def turns(self, strike, price):
        self.act(CommitAndClose(strike=strike, expiry_price=price))
        self.act(RollToNextOption())

    @rule(event=st.sampled_from([StartAuction(), BurnRemaining(), RollToNextOption()]))
    def tries_at_any_time(self, event):
        self.act(event)

    @precondition(lambda self: any(series.settled for series in self.state.series.values()))
    @rule(pick=st.integers(0, 9))
    def are_paid(self, pick):
        owed = [
            RedeemOptions(account=name, series=int(number))
            for number, series in self.state.series.items()
            for name, options in series.holders.items()
            if series.settled and options and name not in {VAULT, AUCTION}
        ]
        if owed:
            assert self.act(owed[pick % len(owed)]) is not None

    @invariant()
    def money_is_conserved(self):
        assert money(self.state) == 0

    @invariant()
    def every_share_has_an_owner(self):
        state = self.state
        assert sum(state.shares.values()) == state.supply
        kept = sum(receipt_shares(state, receipt) for receipt in state.receipts.values())
        asked = sum(asked.shares for asked in state.withdrawals.values())
        # What the vault keeps beyond is the dust of divided mints.
        assert kept + asked <= state.shares.get(VAULT, 0)
        assert asked == state.queued_shares + state.new_queued_shares

    @invariant()
    def every_option_has_a_holder_and_is_covered(self):
        for series in self.state.series.values():
            assert sum(series.holders.values()) == series.options
            assert min(series.holders.values(), default=0) >= 0
            if series.settled:
                assert series.collateral >= series.options * series.payout // 10**8
        assert sum(item.quantity for item in holdings(self.state) if item.kind != "spot") == (
            pytest.approx(0.0, abs=1e-9)
        )

    @invariant()
    def nothing_is_negative(self):
        state = self.state
        held = (state.cash, state.locked, state.pending, state.supply, state.auction_dust)
        assert min(*held, state.queued_shares, state.queued_amount, state.new_queued_shares) >= 0
        assert state.cash >= state.queued_amount + state.pending
        assert state.pending == sum(
            receipt.amount for receipt in state.receipts.values() if receipt.round == state.round
        )


class TwoClerks(RuleBasedStateMachine):
    """The same events in integers and in floats, all depositors and all buyers as one."""

    @initialize(kind=st.sampled_from([("call", 18), ("put", 18)]))
    def opens(self, kind):
        word, decimals = kind
        self.state = RibbonState(
            kind=word,
            decimals=decimals,
            minimum_supply=1,
            cap=10**12 * 10**decimals,
            sale="quotes",
            minimum_price=10**10,
        )
        self.floats = pooled(self.state)
        self.unit = 10**decimals

    def both(self, event, float_event):
        self.state, _ = step(self.state, event)
        self.floats, outcome = floats.step(self.floats, float_event)
        assert not np.any(outcome.refused)

    def grain(self):
        """USD or coins that the last digits of oTokens can be worth by now; floats do not round them."""
        return 1e-8 * (4_000.0 if self.state.kind == "put" else 1.0) * self.state.round

    def agree(self, ours, exact):
        assert float(ours) == pytest.approx(exact / self.unit, rel=1e-9, abs=2.0 * self.grain())

    @rule(thousands=st.integers(1, 1_000))
    def deposits(self, thousands):
        amount = thousands * (1_000_000 if self.state.kind == "put" else 1_000)
        self.both(
            Deposit(account="ann", amount=amount * self.unit), floats.PoolDeposit(amount=amount)
        )

    @precondition(lambda self: self.state.pending > 0)
    @rule(share=st.integers(1, 100))
    def takes_a_deposit_back(self, share):
        amount = self.state.receipts["ann"].amount * share // 100
        self.both(
            WithdrawInstantly(account="ann", amount=amount),
            floats.PoolWithdrawInstantly(amount=amount / self.unit),
        )

    @precondition(lambda self: self.own() > 10**12 and not self.waits())
    @rule(share=st.integers(1, 90))
    def asks_back(self, share):
        shares = self.own() * share // 100
        self.both(
            InitiateWithdraw(account="ann", shares=shares),
            floats.PoolInitiateWithdraw(shares=shares / self.unit),
        )

    def own(self):
        return shares_of_account(self.state, "ann")

    def waits(self):
        return self.state.queued_shares > 0

    @precondition(lambda self: self.waits() and self.state.new_queued_shares == 0)
    @rule()
    def fetches(self):
        self.both(CompleteWithdraw(account="ann"), floats.PoolCompleteWithdraw())

    @precondition(lambda self: self.state.available > 0)
    @rule(share=st.integers(1, 100), price=st.floats(1e-3, 0.2))
    def buys(self, share, price):
        options = max(self.state.available * share // 100, 1)
        amount = int(options * price * (1.0 if self.state.kind == "call" else 1_000.0)) * 10**10
        self.both(
            SellByQuote(account="eve", options=options, amount=amount),
            floats.PoolSale(options=options / 10**8, premium=amount / self.unit),
        )

    @precondition(lambda self: self.state.short.holders.get(VAULT, 0) > 0)
    @rule()
    def burns(self):
        self.both(BurnRemaining(), floats.PoolBurn())

    @precondition(lambda self: self.state.open_series > 0)
    @rule(price=PRICES)
    def expires(self, price):
        series = self.state.open_series
        self.both(
            CommitAndClose(strike=1, expiry_price=price), floats.PoolExpiry(price=price / 10**8)
        )
        if self.state.series[str(series)].holders.get("eve"):
            self.state, _ = step(self.state, RedeemOptions(account="eve", series=series))

    @precondition(lambda self: self.rollable())
    @rule(strike=PRICES)
    def rolls(self, strike):
        self.state, _ = step(self.state, CommitAndClose(strike=strike))
        self.both(RollToNextOption(), floats.PoolRoll(strike=strike / 10**8))

    def rollable(self):
        state = self.state
        free = state.cash - state.queued_amount
        own = state.supply - state.queued_shares
        worth = (free - state.pending) * self.unit // own if own else self.unit
        # Against a vault of few or cheap shares the last digits of oTokens are no longer small.
        sound = worth > self.unit // 100 and (own == 0 or own > 1_000 * self.unit)
        return state.open_series == 0 and sound and free > 10 * self.unit

    @invariant()
    def integers_are_conserved(self):
        assert money(self.state) == 0

    @invariant()
    def floats_are_conserved(self):
        scale = abs(self.floats.depositors) + abs(self.floats.buyers) + self.floats.cash + 1.0
        assert float(self.floats.money) == pytest.approx(0.0, abs=1e-12 * float(scale) * 100)

    @invariant()
    def they_agree(self):
        exact, ours = pooled(self.state), self.floats
        for name in ("cash", "locked", "last_locked", "pending", "supply", "queued_amount"):
            self.agree(getattr(ours, name), getattr(self.state, name))
        self.agree(ours.fees, self.state.wallets.get("fees", 0))
        assert float(ours.price) == pytest.approx(exact.price, rel=1e-9 + 2.0 * self.grain() / 1e3)
        if self.state.open_series:
            assert float(ours.sold) == pytest.approx(exact.sold, rel=1e-9, abs=1e-7)


ManyHands.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TwoClerks.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestManyHands = ManyHands.TestCase
TestTwoClerks = TwoClerks.TestCase


def test_a_machine_that_never_gets_to_a_sale_would_prove_nothing():
    """The rules' own amounts reach deposit, roll, sale, expiry and payment."""
    state = replace(RibbonState(minimum_supply=1), minimum_price=10**16, sale="quotes")
    for event in (
        Deposit(account="ann", amount=10**19),
        CommitAndClose(strike=2_000 * 10**8),
        RollToNextOption(),
        SellByQuote(account="eve", options=4 * 10**8, amount=10**17),
        CommitAndClose(strike=2_000 * 10**8, expiry_price=2_500 * 10**8),
        RedeemOptions(account="eve", series=2),
    ):
        state, outcome = step(state, event)
    assert outcome.amount == 8 * 10**17
    assert state.wallets["eve"] == 7 * 10**17
    assert state.cash == 10**19 + 10**17 - 2 * 10**18
