"""The end of a round in integers: fees, the price of a share, what is minted, queued and locked.

Fees are taken only where the vault has gained: with B the balance without older withdrawals, P the
pending deposits and L what was locked, all of the round that ends::

    own = max(B − P, 0)
    performance = (own − L)·rate // 10⁸,  management = own·weekly // 10⁸   if own > L, else both 0

Rates are percent with 6 decimals, so 20·10⁶ is 20 %; the weekly rate is that of a year divided by
52.142857. Then, with S the shares without those of older withdrawals::

    price  = 10^d·(B − fees − P) // S
    queued = older + shares asked back in this round·price // 10^d
    minted = P·10^d // price
    locked = balance − fees − queued

Source: ribbon-finance/ribbon-v2, contracts/libraries/VaultLifecycle.sol (rollover, getVaultFees) and
contracts/vaults/BaseVaults/base/RibbonVault.sol (WEEKS_PER_YEAR); figures of
test/libraries/VaultLifecycle.ts and test/RibbonThetaVault.ts.
"""

from dataclasses import dataclass
from typing import Final

from shortgamma.protocols.ribbon.shares import assets_of, price_per_share, shares_of, subtract

FEE_UNIT: Final = 10**6
"""One percent."""

WEEKS_PER_YEAR: Final = 52_142_857
"""52.142857 weeks, with 6 decimals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """What the vault takes at the end of a round, in smallest units of the asset.

    Args:
        performance: Part of the gain.
        management: Part of all that is managed.
    """

    performance: int = 0
    management: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.performance + self.management


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRates:
    """Rates of the fees, in percent with 6 decimals.

    Args:
        performance: Of the gain.
        management: Of what is managed, per week (the contract's managementFee).
    """

    performance: int
    management: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingRound:
    """A vault at the moment when a round ends, in smallest units of asset and share.

    Args:
        decimals: Of asset and share.
        balance: All assets (totalBalance), pending deposits and older withdrawals among them.
        supply: All shares (currentShareSupply).
        last_locked: What was locked in the round that ends (lastLockedAmount).
        pending: Deposits without shares (totalPending).
        queued_shares: Asked back in earlier rounds and not yet fetched (queuedWithdrawShares).
        queued_amount: What those are worth (lastQueuedWithdrawAmount).
        new_queued_shares: Asked back in the round that ends (currentQueuedWithdrawShares).
    """

    decimals: int
    balance: int
    supply: int
    last_locked: int = 0
    pending: int = 0
    queued_shares: int = 0
    queued_amount: int = 0
    new_queued_shares: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollover:
    """What the end of a round decides.

    Args:
        locked: Collateral of the next round (newLockedAmount).
        queued: Set aside for all withdrawals (queuedWithdrawAmount).
        price: Of a share in the round that ended (newPricePerShare).
        minted: Shares for the pending deposits (mintShares).
        fees: Paid to the recipient.
    """

    locked: int
    queued: int
    price: int
    minted: int
    fees: Fees


def weekly_management_fee(per_year: int) -> int:
    """Rate per week of a rate per year, percent with 6 decimals, rounded down.

    >>> weekly_management_fee(2_000_000)
    38356
    """
    return per_year * FEE_UNIT // WEEKS_PER_YEAR


def vault_fees(balance: int, last_locked: int, *, pending: int, rates: FeeRates) -> Fees:
    """Fees of a round (getVaultFees): none unless what is not pending exceeds what was locked.

    Args:
        balance: Assets after the options were closed, without older withdrawals.
        last_locked: What was locked in the round that ends.
        pending: Deposits without shares.
        rates: Percent with 6 decimals.
    """
    own = max(balance - pending, 0)
    if own <= last_locked:
        return Fees()
    whole = 100 * FEE_UNIT
    return Fees(
        performance=(own - last_locked) * rates.performance // whole,
        management=own * rates.management // whole,
    )


def rollover(closing: ClosingRound, rates: FeeRates) -> Rollover:
    """Closes a round.

    Raises:
        RefusedError: A subtraction of the contract would be negative, or a share is worth nothing.
    """
    own = subtract(closing.balance, closing.queued_amount)
    fees = vault_fees(own, closing.last_locked, pending=closing.pending, rates=rates)
    left = subtract(closing.balance, fees.total)
    price = price_per_share(
        subtract(closing.supply, closing.queued_shares),
        subtract(left, closing.queued_amount),
        pending=closing.pending,
        decimals=closing.decimals,
    )
    new_queued = assets_of(closing.new_queued_shares, price, decimals=closing.decimals)
    queued = closing.queued_amount + new_queued
    return Rollover(
        locked=subtract(left, queued),
        queued=queued,
        price=price,
        minted=shares_of(closing.pending, price, decimals=closing.decimals),
        fees=fees,
    )
