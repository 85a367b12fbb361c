"""What can happen to a vault, and what comes of it; units as in :mod:`shortgamma.protocols.ribbon.state`."""

from dataclasses import dataclass

from shortgamma.protocols.ribbon.auction import Fill


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """An account pays in; its shares come with the end of the round (deposit).

    Args:
        account: Who.
        amount: Asset.
    """

    account: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawInstantly:
    """An account takes back what it paid in during this round (withdrawInstantly).

    Args:
        account: Who.
        amount: Asset.
    """

    account: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeem:
    """An account takes its shares out of the vault's keeping (redeem).

    Args:
        account: Who.
        shares: How many.
    """

    account: str
    shares: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxRedeem:
    """An account takes all its shares out of the vault's keeping (maxRedeem).

    Args:
        account: Who.
    """

    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferShares:
    """An account gives shares that it holds itself to another (transfer).

    Args:
        account: Who gives.
        to: Who receives.
        shares: How many.
    """

    account: str
    to: str
    shares: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiateWithdraw:
    """An account asks shares' worth back; it is priced at the end of the round (initiateWithdraw).

    Args:
        account: Who.
        shares: How many.
    """

    account: str
    shares: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteWithdraw:
    """An account fetches what it asked back in an earlier round (completeWithdraw).

    Args:
        account: Who.
    """

    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """An account sends the asset to the vault without asking for anything (a plain token transfer).

    Args:
        account: Who.
        amount: Asset.
    """

    account: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCap:
    """The owner changes the cap (setCap).

    Args:
        cap: Asset.
    """

    cap: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMinimumPrice:
    """The keeper sets the floor of the next sale (setMinPrice).

    Args:
        price: Per oToken in the asset, 18 decimals.
    """

    price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitAndClose:
    """The next option is chosen and the expired one is closed (commitAndClose).

    Args:
        strike: Of the next option, USD with 8 decimals.
        expiry_price: Of the underlying when the current option expired, USD with 8 decimals; needed only
            where the vault has one.
        time: Unix seconds; 0 = as early as the contract allows.
    """

    strike: int
    expiry_price: int = 0
    time: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RollToNextOption:
    """The round ends: fees, shares, new options, and their sale begins (rollToNextOption).

    Args:
        time: Unix seconds; 0 = as early as the contract allows.
    """

    time: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StartAuction:
    """The keeper offers what the last auction left (startAuction).

    Args:
        time: Unix seconds; 0 = at once.
    """

    time: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceBid:
    """An account bids in the newest auction (placeSellOrders).

    Args:
        account: Who.
        options: OTokens that it wants at least.
        amount: Asset that it pays at most.
        time: Unix seconds; 0 = at once.
    """

    account: str
    options: int
    amount: int
    time: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelBid:
    """An account takes a bid back while the newest auction runs (cancelSellOrders).

    Args:
        account: Who.
        options, amount: The bid.
        time: Unix seconds; 0 = at once.
    """

    account: str
    options: int
    amount: int
    time: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleAuction:
    """An auction is settled and everybody gets his part (settleAuction and the claims).

    Args:
        series: Round whose options it sold; 0 = the newest auction.
        time: Unix seconds; 0 = as early as the contract allows.
    """

    series: int = 0
    time: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SellByQuote:
    """An account buys options at its signed quote, in a vault that sells by quotes (settleOffer).

    Args:
        account: Who.
        options: OTokens.
        amount: Asset that it pays for them.
    """

    account: str
    options: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnRemaining:
    """The keeper burns what was not sold and frees its collateral (burnRemainingOTokens)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemOptions:
    """A holder is paid for all his options of an expired series (Opyn's Redeem).

    Args:
        account: Who.
        series: Round in which the options were written.
    """

    account: str
    series: int


Event = (
    Deposit
    | WithdrawInstantly
    | Redeem
    | MaxRedeem
    | TransferShares
    | InitiateWithdraw
    | CompleteWithdraw
    | Send
    | SetCap
    | SetMinimumPrice
    | CommitAndClose
    | RollToNextOption
    | StartAuction
    | PlaceBid
    | CancelBid
    | SettleAuction
    | SellByQuote
    | BurnRemaining
    | RedeemOptions
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What changed hands between an account and the vault.

    Args:
        amount: Asset, + = the account pays.
        shares: + = the account receives.
    """

    amount: int = 0
    shares: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A setting was changed; nothing moved.

    Args:
        value: Its new value.
    """

    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The expired option was closed and the next one chosen.

    Args:
        strike, expiry: Of the next option.
        ready_at: From when the vault may roll.
        returned: Collateral that came back (CloseShort's withdrawAmount).
        payout: Asset that one expired oToken pays.
    """

    strike: int
    expiry: int
    ready_at: int
    returned: int = 0
    payout: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """A round ended.

    Args:
        round: That ended.
        price: Of a share in it (roundPricePerShare).
        minted: Shares for the pending deposits.
        performance_fee, management_fee: Paid, asset.
        queued: Set aside for withdrawals, asset.
        locked: Collateral of the new options.
        options: OTokens minted.
        minimum: What the auction must fetch; 0 where options are sold by quotes.
    """

    round: int
    price: int
    minted: int
    performance_fee: int
    management_fee: int
    queued: int
    locked: int
    options: int
    minimum: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An auction started again.

    Args:
        options: OTokens.
        minimum: What all of them must fetch, asset.
        ends_at: Unix seconds.
    """

    options: int
    minimum: int
    ends_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """Options were sold.

    Args:
        options: That left the vault.
        unsold: That came back to it.
        proceeds: Asset that the vault received.
        price: Asset per oToken, rounded down.
        fills: Of each bid.
    """

    options: int
    unsold: int
    proceeds: int
    price: int
    fills: tuple[Fill, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Burned:
    """Unsold options were burned.

    Args:
        options: OTokens.
        freed: Collateral that came back.
    """

    options: int
    freed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A holder was paid for expired options.

    Args:
        options: OTokens.
        amount: Asset.
    """

    options: int
    amount: int


Outcome = Moved | Noted | Closed | Rolled | Offered | Sold | Burned | Paid
