"""State of a Ribbon-type vault, in the contract's integers.

Amounts of the asset and shares are in smallest units, with ``decimals`` decimals; oTokens, strikes and
prices of the underlying have 8 decimals; times are Unix seconds; rates are percent with 6 decimals.

Wallets count what an account has received less what it has paid, so that an account needs no balance to
start with; a real token would refuse a payment beyond the balance.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shortgamma.basics.errors import InputError
from shortgamma.protocols.ribbon.auction import Auction
from shortgamma.protocols.ribbon.otoken import Product
from shortgamma.protocols.ribbon.rollover import FeeRates, weekly_management_fee

VAULT: Final = "vault"
"""The vault itself, as a holder of shares and oTokens."""

AUCTION: Final = "auction"
"""The auction's contract, as a holder of oTokens."""

FEES: Final = "fees"
"""The recipient of the vault's fees."""

_RESERVED: Final = (VAULT, AUCTION, FEES, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What an account has deposited and not yet redeemed (DepositReceipt).

    Args:
        round: Of the last deposit; 0 = never.
        amount: Deposited in that round, asset.
        unredeemed_shares: Of earlier rounds, kept by the vault.
    """

    round: int = 0
    amount: int = 0
    unredeemed_shares: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """What an account has asked back (Withdrawal).

    Args:
        round: In which it asked; 0 = never.
        shares: That the vault keeps for it until it fetches the asset.
    """

    round: int = 0
    shares: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The oTokens of one round.

    Args:
        strike: USD, 8 decimals.
        expiry: Unix seconds.
        options: OTokens that exist, 8 decimals.
        collateral: Asset that Opyn keeps for them; after settlement what holders are owed, and dust.
        settled: True once the vault has taken out its part.
        payout: Asset per oToken at expiry.
        holders: OTokens by holder; the vault and the auction among them.
    """

    strike: int = 0
    expiry: int = 0
    options: int = 0
    collateral: int = 0
    settled: bool = False
    payout: int = 0
    holders: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True, kw_only=True)
class NextOption:
    """The option that is committed for the next round (OptionState).

    Args:
        strike: USD, 8 decimals; 0 = none is committed.
        expiry: Unix seconds.
        ready_at: From when the vault may roll into it, Unix seconds.
    """

    strike: int = 0
    expiry: int = 0
    ready_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RibbonState:
    """A vault with everybody who deals with it.

    Args:
        kind: ``call``: the asset is the coin; ``put``: the asset is USDC.
        decimals: Of the asset and the shares: 18 for ETH, 8 for WBTC, 6 for USDC; at most 18.
        cap: Most that the vault accepts (vaultParams.cap).
        minimum_supply: Least that it holds after a deposit (vaultParams.minimumSupply).
        performance_fee: 20·10⁶ = 20 % of a gain.
        management_fee: 2·10⁶ = 2 % per year.
        sale: ``auction`` or ``quotes``: how options are sold.
        minimum_price: Floor per oToken in the asset, 18 decimals (currentOtokenPremium).
        auction_seconds: Length of the auction (auctionDuration).
        delay: Seconds between commit and roll.
        time: Of the last event, Unix seconds.
        round: Number of the current round, from 1.
        cash: Asset that the vault holds itself.
        locked: Collateral of the current options (lockedAmount).
        last_locked: Of the round before (lastLockedAmount).
        pending: Deposits without shares (totalPending).
        supply: Shares (totalSupply).
        queued_shares: Asked back in earlier rounds (queuedWithdrawShares).
        queued_amount: Set aside for them (lastQueuedWithdrawAmount).
        new_queued_shares: Asked back in this round (currentQueuedWithdrawShares).
        round_prices: Price of a share by closed round (roundPricePerShare).
        receipts, withdrawals, shares: By account; the vault's own shares under ``vault``.
        wallets: Asset received less paid, by account; fees under ``fees``.
        next_option: Committed for the next round.
        open_series: Round whose options the vault is short; 0 = none.
        series: By the round in which the options were written.
        auctions: Not yet settled.
        auction_dust: Asset that roundings left in the auction's contract.
        available: OTokens that quotes may still take (availableSize).
    """

    kind: str = "call"
    decimals: int = 18
    cap: int = 500 * 10**18
    minimum_supply: int = 10**10
    performance_fee: int = 20_000_000
    management_fee: int = 2_000_000
    sale: str = "auction"
    minimum_price: int = 0
    auction_seconds: int = 21_600
    delay: int = 0
    time: int = 0
    round: int = 1
    cash: int = 0
    locked: int = 0
    last_locked: int = 0
    pending: int = 0
    supply: int = 0
    queued_shares: int = 0
    queued_amount: int = 0
    new_queued_shares: int = 0
    round_prices: Mapping[str, int] = field(default_factory=dict[str, int])
    receipts: Mapping[str, Receipt] = field(default_factory=dict[str, Receipt])
    withdrawals: Mapping[str, Withdrawal] = field(default_factory=dict[str, Withdrawal])
    shares: Mapping[str, int] = field(default_factory=dict[str, int])
    wallets: Mapping[str, int] = field(default_factory=dict[str, int])
    next_option: NextOption = NextOption()
    open_series: int = 0
    series: Mapping[str, Series] = field(default_factory=dict[str, Series])
    auctions: tuple[Auction, ...] = ()
    auction_dust: int = 0
    available: int = 0

    def __post_init__(self) -> None:
        _one_of("kind", self.kind, ("call", "put"))
        _one_of("sale", self.sale, ("auction", "quotes"))
        if not 0 <= self.decimals <= 18:
            raise InputError(
                f"decimals {self.decimals}", place="ribbon state", remedy="give 0 to 18"
            )

    @property
    def product(self) -> Product:
        """What the vault sells."""
        return Product(kind=self.kind, decimals=self.decimals)

    @property
    def rates(self) -> FeeRates:
        """Rates of the fees of one round."""
        return FeeRates(
            performance=self.performance_fee,
            management=weekly_management_fee(self.management_fee),
        )

    @property
    def balance(self) -> int:
        """All of the vault's assets, the locked ones too (totalBalance)."""
        return self.cash + self.locked

    @property
    def short(self) -> Series:
        """The options that the vault is short; empty where there are none."""
        return self.series.get(str(self.open_series), Series())

    @property
    def quote_floor(self) -> int:
        """Floor of a quote per oToken, smallest units of the asset."""
        return self.minimum_price // 10 ** (18 - self.decimals)

    def moment(self, time: int, *, earliest: int = 0) -> int:
        """The time of an event: as given, or as early as the contract allows where it is 0.

        Args:
            time: Unix seconds, or 0.
            earliest: Unix seconds.

        Raises:
            InputError: It lies before the last event.
        """
        if time == 0:
            return max(self.time, earliest)
        if time < self.time:
            raise InputError(
                f"time {time}", place="ribbon event", remedy=f"the last event was at {self.time}"
            )
        return time


def check_account(name: str) -> str:
    """The name of an account that is neither the vault, the auction nor the fees.

    Raises:
        InputError: It is one of those, or empty.
    """
    if name in _RESERVED:
        raise InputError(
            f"account {name!r}",
            place="ribbon event",
            remedy=f"name an account other than {VAULT}, {AUCTION} and {FEES}",
        )
    return name


def _one_of(name: str, value: str, words: tuple[str, ...]) -> None:
    if value not in words:
        raise InputError(
            f"{name} {value!r}", place="ribbon state", remedy=f"one of {', '.join(words)}"
        )
