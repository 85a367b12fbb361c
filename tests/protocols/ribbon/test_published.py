"""The vault against every figure of its own test suites that can be stated without a chain.

Each figure names its file: ribbon-finance/ribbon-v2 (test/…), opynfinance/GammaProtocol (test/…).
"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.mechanism import play
from shortgamma.protocols.ribbon.accounts import shares_of_account
from shortgamma.protocols.ribbon.auction import least_proceeds
from shortgamma.protocols.ribbon.events import (
    BurnRemaining,
    CommitAndClose,
    CompleteWithdraw,
    Deposit,
    InitiateWithdraw,
    MaxRedeem,
    PlaceBid,
    Redeem,
    RollToNextOption,
    Send,
    SetCap,
    SettleAuction,
    StartAuction,
    WithdrawInstantly,
)
from shortgamma.protocols.ribbon.exact import money, step
from shortgamma.protocols.ribbon.fridays import next_expiry, next_friday
from shortgamma.protocols.ribbon.otoken import Product, redeemed
from shortgamma.protocols.ribbon.record import RIBBON
from shortgamma.protocols.ribbon.rollover import (
    ClosingRound,
    FeeRates,
    rollover,
    weekly_management_fee,
)
from shortgamma.protocols.ribbon.shares import assets_of, shares_of
from shortgamma.protocols.ribbon.state import NextOption, Receipt, RibbonState, Withdrawal

ETHER = 10**18
WBTC = 10**8
USDC = 10**6
STRIKE = 45_000 * 10**8
ROLL = RollToNextOption()
NO_FEES = FeeRates(performance=0, management=0)

BTC_CALLS = RibbonState(
    decimals=8, cap=500 * ETHER, minimum_supply=10**3, minimum_price=5_515_380_000_000_000
)
ETH_CALLS = replace(BTC_CALLS, decimals=18, minimum_supply=10**10)
ETH_PUTS = replace(BTC_CALLS, kind="put", decimals=6)
VAULTS = pytest.mark.parametrize(
    ("vault", "amount"),
    [(BTC_CALLS, WBTC), (ETH_CALLS, ETHER), (ETH_PUTS, 100_000 * USDC)],
    ids=["WBTC calls", "ETH calls", "ETH puts"],
)


def after(state, *events):
    """The vault after events none of which is refused."""
    before = money(state)
    for event in events:
        state, _ = step(state, event)
        assert money(state) == before
    return state


def rolled(state, *, strike=STRIKE, expiry_price=0, floor=0):
    if floor:
        state = replace(state, minimum_price=floor)
    committed = CommitAndClose(strike=strike, expiry_price=expiry_price)
    return after(state, committed, RollToNextOption())


def second(state, expiry_price):
    """RollToSecondOption of test/RibbonThetaVault.ts: the floor becomes 30."""
    return rolled(state, expiry_price=expiry_price, floor=30 * ETHER)


# --- test/libraries/ShareMath.ts


def test_share_math_of_two_assets_a_share():
    assert shares_of(1 * WBTC, 2 * WBTC, decimals=8) == 50_000_000
    assert assets_of(1 * WBTC, 2 * WBTC, decimals=8) == 2 * WBTC


# --- test/libraries/VaultLifecycle.ts


def test_rolls_over_with_correct_math():
    """1 ether in the vault, 1 ether of shares, 0.1 pending, 0.2 shares asked back."""
    turn = rollover(
        ClosingRound(
            decimals=18,
            balance=ETHER,
            supply=ETHER,
            last_locked=ETHER,
            pending=ETHER // 10,
            new_queued_shares=ETHER // 5,
        ),
        NO_FEES,
    )
    assert turn.price == 9 * ETHER // 10
    assert turn.minted == 111_111_111_111_111_111
    assert turn.queued == ETHER - turn.locked
    assert turn.queued == 180_000_000_000_000_000


def test_published_rollover_can_be_put_in_as_a_state():
    """The same figures through the state machine, with the fields that a file would hold."""
    state = RibbonState(
        cash=ETHER,
        supply=ETHER,
        last_locked=ETHER,
        pending=ETHER // 10,
        new_queued_shares=ETHER // 5,
        minimum_price=ETHER // 100,
        next_option=NextOption(strike=STRIKE, expiry=stamp("2021-06-11T08:00")),
    )
    _, turn = step(state, ROLL)
    assert (turn.price, turn.minted) == (9 * ETHER // 10, 111_111_111_111_111_111)
    assert turn.queued == ETHER - turn.locked == 180_000_000_000_000_000
    assert (turn.performance_fee, turn.management_fee) == (0, 0)


def stamp(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("now", "friday"),
    [
        ("2021-06-05T09:00", "2021-06-11T08:00"),  # a Saturday
        ("2021-06-06T09:00", "2021-06-11T08:00"),  # a Sunday
        ("2021-06-03T09:00", "2021-06-04T08:00"),  # a Thursday
        ("2021-06-04T08:00", "2021-06-11T08:00"),  # a Friday at 08:00 sharp
        ("2021-06-04T09:00", "2021-06-11T08:00"),  # a Friday after 08:00
        ("2021-06-04T07:59:59", "2021-06-04T08:00"),
    ],
)
def test_next_friday(now, friday):
    assert next_friday(stamp(now)) == stamp(friday)


def test_next_expiry_follows_the_current_option_or_the_clock_after_a_week():
    expiry = stamp("2021-06-04T08:00")
    assert next_expiry(stamp("2021-06-02T10:00"), current_expiry=0) == expiry
    assert next_expiry(expiry + 1, current_expiry=expiry) == stamp("2021-06-11T08:00")
    week = 7 * 86_400
    assert next_expiry(expiry + week + 1, current_expiry=expiry) == stamp("2021-06-18T08:00")


# --- test/RibbonThetaVault.ts: fees and mint amounts


def test_weekly_fee_is_a_years_over_52_142857():
    assert weekly_management_fee(2_000_000) == 2_000_000 * 10**6 // 52_142_857 == 38_356


def test_minted_options():
    """expectedMintAmount; PUT_EXPECTED_MINT_AMOUNT of two chains, which imply strikes 2,600 and 72."""
    assert Product(kind="call", decimals=8).mintable(WBTC, strike=STRIKE) == 100_000_000
    assert Product(kind="call", decimals=18).mintable(ETHER, strike=STRIKE) == 100_000_000
    put = Product(kind="put", decimals=6)
    assert put.mintable(100_000_000_000, strike=2_600 * 10**8) == 3_846_153_846
    assert put.mintable(100_000_000_000, strike=72 * 10**8) == 138_888_888_888


@pytest.mark.parametrize(("decimals", "least"), [(8, 10**6), (18, 10**16), (6, 10**4)])
def test_auction_starts_with_the_floor_times_all_options(decimals, least):
    """Starts auction with correct parameters: one option at a floor of 0.01."""
    assert least_proceeds(10**8, ETHER // 100, decimals=decimals) == least


@VAULTS
def test_first_roll_mints_a_share_per_asset_and_locks_all(vault, amount):
    state = rolled(after(vault, Deposit(account="user", amount=amount)), strike=2_600 * 10**8)
    assert (state.locked, state.cash, state.supply, state.round) == (amount, 0, amount, 2)
    assert state.round_prices == {"1": 10**vault.decimals}
    assert shares_of_account(state, "user") == amount
    assert state.wallets.get("fees", 0) == 0


# --- test/RibbonThetaVault.ts: pricePerShare checks (10,000 WBTC, half from each user)

HALF = 5_000 * WBTC


@pytest.fixture
def two_users():
    vault = after(
        BTC_CALLS, Deposit(account="user0", amount=HALF), Deposit(account="user1", amount=HALF)
    )
    vault = rolled(vault)
    assert (vault.supply, vault.balance) == (2 * HALF, 2 * HALF)
    return second(after(vault, InitiateWithdraw(account="user1", shares=HALF)), STRIKE)


def test_withdraw_completed_in_a_later_round(two_users):
    state = two_users
    assert state.supply == 2 * HALF
    state = after(state, Send(account="admin", amount=50 * WBTC))
    state = after(state, InitiateWithdraw(account="user0", shares=HALF))
    assert state.balance == 2 * HALF + 50 * WBTC
    state = second(state, STRIKE)
    assert state.balance * WBTC // state.supply == 100_380_630  # ~1.0038063
    state, first = step(state, CompleteWithdraw(account="user0"))
    assert round(-first.amount / WBTC, 3) == 5_038.063
    state, late = step(state, CompleteWithdraw(account="user1"))
    assert late.amount == -HALF
    assert round(state.balance / WBTC, 6) == 0.000022
    assert state.supply == 0


def test_losses_do_not_lock_up_withdrawals(two_users):
    state = after(two_users, InitiateWithdraw(account="user0", shares=HALF))
    state = second(state, STRIKE * 11 // 10)
    assert state.round_prices["3"] == 90_909_090  # ~0.90909090
    state, first = step(state, CompleteWithdraw(account="user0"))
    assert int(-first.amount / WBTC * 10_000) / 10_000 == 4_545.4545
    state, late = step(state, CompleteWithdraw(account="user1"))
    assert late.amount == -HALF
    assert state.balance == 4_545  # ~0.00004545
    assert state.supply == 0


# --- test/RibbonThetaVault.ts: single cases, each in its three vaults


@VAULTS
def test_second_deposit_keeps_what_the_first_has_become(vault, amount):
    state = rolled(after(vault, Deposit(account="user", amount=amount)))
    assert state.receipts["user"] == Receipt(round=1, amount=amount)
    state = after(state, Deposit(account="user", amount=amount))
    assert state.receipts["user"] == Receipt(round=2, amount=amount, unredeemed_shares=amount)
    state, got = step(state, MaxRedeem(account="user"))
    assert (got.shares, state.receipts["user"]) == (amount, Receipt(round=2, amount=amount))


@VAULTS
def test_redeeming_piece_by_piece(vault, amount):
    state = rolled(after(vault, Deposit(account="user", amount=amount)))
    state = after(state, Redeem(account="user", shares=1))
    assert state.receipts["user"] == Receipt(round=1, amount=0, unredeemed_shares=amount - 1)
    assert shares_of_account(state, "user") == amount
    state = after(state, Redeem(account="user", shares=amount - 1))
    assert state.receipts["user"] == Receipt(round=1)
    assert state.shares == {"vault": 0, "user": amount}
    assert after(state, MaxRedeem(account="user")) == state


@VAULTS
def test_deposit_after_a_loss_gets_shares_at_the_lower_price(vault, amount):
    state = rolled(after(vault, Deposit(account="owner", amount=amount)), floor=ETHER // 100)
    state = after(state, Deposit(account="user", amount=amount))
    drop = 1_000 * 10**8 if vault.kind == "call" else -1_000 * 10**8
    state, closed = step(state, CommitAndClose(strike=STRIKE, expiry_price=STRIKE + drop))
    price = 10**vault.decimals * (state.balance - state.pending) // state.supply
    assert closed.returned < amount
    assert price < 10**vault.decimals
    state = after(state, RollToNextOption())
    assert shares_of_account(state, "owner") == amount
    assert shares_of_account(state, "user") == amount * 10**vault.decimals // price


@VAULTS
def test_withdrawal_is_paid_at_the_price_of_its_round(vault, amount):
    state = after(
        vault, Deposit(account="user", amount=amount), Deposit(account="owner", amount=amount)
    )
    state = after(rolled(state), InitiateWithdraw(account="user", shares=amount))
    state = second(state, STRIKE + (10**8 if vault.kind == "call" else -(10**8)))
    aside, price = state.queued_amount, state.round_prices["2"]
    state, got = step(state, CompleteWithdraw(account="user"))
    assert -got.amount == amount * price // 10**vault.decimals < amount
    assert state.withdrawals["user"] == Withdrawal(round=2)
    assert (state.queued_shares, state.queued_amount) == (0, aside + got.amount)


@VAULTS
def test_fees_are_of_the_gain_and_of_what_is_managed(vault, amount):
    """Withdraws and roll funds into next option, after expiry OTM: one bid takes all."""
    state = rolled(after(vault, Deposit(account="user", amount=amount)))
    auction = state.auctions[-1]
    bid = PlaceBid(account="buyer", options=auction.offered, amount=auction.minimum + 1)
    state, sold = step(after(state, bid), SettleAuction())
    assert (sold.options, sold.proceeds) == (auction.offered, auction.minimum + 1)
    otm = STRIKE - 1 if vault.kind == "call" else STRIKE + 1
    state, closed = step(state, CommitAndClose(strike=STRIKE, expiry_price=otm))
    assert closed.returned == amount
    before = state.balance
    state, turn = step(state, RollToNextOption())
    whole = 100 * 10**6
    managed = before * weekly_management_fee(2_000_000) // whole
    gained = (before - amount) * 20_000_000 // whole
    assert (turn.management_fee, turn.performance_fee) == (managed, gained)
    assert before - state.balance == managed + gained == state.wallets["fees"]
    assert state.locked == amount + sold.proceeds - managed - gained
    assert state.cash == 0


REFUSED = {
    "!amount": Deposit(account="user", amount=0),
    "Exceed cap": Deposit(account="user", amount=500 * ETHER),
    "!numShares": Redeem(account="user", shares=0),
    "Exceeds available": Redeem(account="user", shares=WBTC + 1),
    "Invalid round": WithdrawInstantly(account="user", amount=WBTC),
    "ERC20: transfer amount exceeds balance": InitiateWithdraw(account="user", shares=WBTC + 1),
    "Not initiated": CompleteWithdraw(account="user"),
    "!nextOption": RollToNextOption(),
    "C31": CommitAndClose(strike=STRIKE, expiry_price=STRIKE, time=1),
    "!newCap": SetCap(cap=0),
    "No oTokens to burn": BurnRemaining(),
    "No otokens to sell": StartAuction(),
    "limit price not better": PlaceBid(account="user", options=WBTC, amount=551_538),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_the_contract_refuses(reason):
    state = rolled(after(replace(BTC_CALLS, time=0), Deposit(account="user", amount=WBTC)))
    state = replace(state, time=0)
    with pytest.raises(RefusedError, match=reason):
        step(state, REFUSED[reason])
    done = play(RIBBON, state, [REFUSED[reason]])
    assert done.states == (state,)


def test_more_refusals_of_withdrawals():
    state = after(BTC_CALLS, Deposit(account="user", amount=WBTC))
    with pytest.raises(RefusedError, match="Exceed amount"):
        step(state, WithdrawInstantly(account="user", amount=WBTC + 1))
    state = after(rolled(state), InitiateWithdraw(account="user", shares=WBTC // 2))
    with pytest.raises(RefusedError, match="Round not closed"):
        step(state, CompleteWithdraw(account="user"))
    with pytest.raises(RefusedError, match="exceeds balance"):
        step(state, InitiateWithdraw(account="user", shares=WBTC // 2 + 1))
    state = second(state, STRIKE)
    with pytest.raises(RefusedError, match="Existing withdraw"):
        step(state, InitiateWithdraw(account="user", shares=WBTC // 2))
    state = after(state, CompleteWithdraw(account="user"))
    with pytest.raises(RefusedError, match="Not initiated"):
        step(state, CompleteWithdraw(account="user"))


def test_too_small_a_vault_is_refused():
    """minimumSupply: 10³ for WBTC, 10¹⁰ for ETH."""
    with pytest.raises(RefusedError, match="Insufficient balance"):
        step(BTC_CALLS, Deposit(account="user", amount=999))
    with pytest.raises(RefusedError, match="Insufficient balance"):
        step(ETH_CALLS, Deposit(account="user", amount=10**10 - 1))


@VAULTS
def test_a_deposit_of_the_round_comes_back_at_once(vault, amount):
    state = after(vault, Deposit(account="user", amount=amount))
    state = after(state, WithdrawInstantly(account="user", amount=amount))
    assert (state.pending, state.cash, state.receipts["user"].amount) == (0, 0, 0)
    assert state.wallets["user"] == 0


@VAULTS
def test_an_auction_without_bids_starts_again_or_is_burned(vault, amount):
    state = rolled(after(vault, Deposit(account="user", amount=amount)))
    offered = state.auctions[-1].offered
    state, sold = step(state, SettleAuction())
    assert (sold.options, sold.unsold, sold.proceeds) == (0, offered, 0)
    again, offer = step(replace(state, minimum_price=ETHER // 1_000), StartAuction())
    assert offer.options == offered == again.short.holders["auction"]
    state, burned = step(state, BurnRemaining())
    assert (burned.options, burned.freed, state.locked) == (offered, amount, 0)
    # What was burned is no longer locked, so the contract takes the freed collateral for a gain.
    state, turn = step(after(state, CommitAndClose(strike=STRIKE, expiry_price=STRIKE)), ROLL)
    assert turn.performance_fee == amount // 5
    assert (state.locked, state.round) == (amount - turn.performance_fee - turn.management_fee, 3)


# --- opynfinance/GammaProtocol, test/integration-tests/nakedCallExpireItm, nakedPutExpireITM


def test_opyn_settles_a_naked_call():
    """10 calls struck at 300, ETH at 400: 2.5 ether go to the buyer, 7.5 back to the seller."""
    call = Product(kind="call", decimals=18)
    prices = {"strike": 300 * 10**8, "price": 400 * 10**8}
    assert call.excess(10 * ETHER, 10 * 10**8, **prices) == 75 * ETHER // 10
    assert redeemed(10 * 10**8, call.payout(**prices)) == 25 * ETHER // 10


def test_opyn_settles_a_naked_put():
    """10 puts struck at 300, ETH at 200: 1,000 USDC go to the buyer, 2,000 back to the seller."""
    put = Product(kind="put", decimals=6)
    prices = {"strike": 300 * 10**8, "price": 200 * 10**8}
    assert put.excess(3_000 * USDC, 10 * 10**8, **prices) == 2_000 * USDC
    assert redeemed(10 * 10**8, put.payout(**prices)) == 1_000 * USDC
