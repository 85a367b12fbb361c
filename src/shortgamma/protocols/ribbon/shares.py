"""Shares and assets of a vault, in integers.

A share and an asset have the same number of decimals, and the price of a share has as many::

    shares = assets·10^decimals // price        assets = shares·price // 10^decimals
    price  = 10^decimals·(balance − pending) // supply,   10^decimals where there is no share

Both divisions round down, so whoever converts loses the dust, and the vault keeps it.

Source: ribbon-finance/ribbon-v2, contracts/libraries/ShareMath.sol; figures of test/libraries/ShareMath.ts.
"""

from typing import Final

from shortgamma.basics.errors import RefusedError

LARGEST_AMOUNT: Final = 2**104 - 1
"""Most that a receipt, the locked amount or a cap can hold (uint104)."""

LARGEST_SHARES: Final = 2**128 - 1
"""Most shares, or pending assets, that the vault can count (uint128)."""

_UNSET_PRICE: Final = 1  # written into future rounds to save gas; no price of a closed round


def subtract(first: int, second: int) -> int:
    """The difference of two unsigned integers.

    Raises:
        RefusedError: The result would be negative.
    """
    if second > first:
        raise RefusedError("SafeMath: subtraction overflow")
    return first - second


def fit(number: int, largest: int, *, width: int) -> int:
    """The number, where it fits into an unsigned integer of that many bits.

    Raises:
        RefusedError: It does not.
    """
    if number > largest:
        raise RefusedError(f"Overflow uint{width}")
    return number


def shares_of(assets: int, price: int, *, decimals: int) -> int:
    """Shares that an amount of the asset buys, rounded down (assetToShares).

    Args:
        assets: Smallest units of the asset.
        price: Assets per share, with ``decimals`` decimals.
        decimals: Of asset, share and price.

    Raises:
        RefusedError: The round has no price yet.
    """
    return assets * 10**decimals // _checked(price)


def assets_of(shares: int, price: int, *, decimals: int) -> int:
    """Assets that shares are worth, rounded down (sharesToAsset).

    Args:
        shares: Smallest units of the share.
        price: Assets per share, with ``decimals`` decimals.
        decimals: Of asset, share and price.

    Raises:
        RefusedError: The round has no price yet.
    """
    return shares * _checked(price) // 10**decimals


def price_per_share(supply: int, balance: int, *, pending: int, decimals: int) -> int:
    """Price of a share: what is not pending over the shares there are (pricePerShare).

    Args:
        supply: Shares.
        balance: Assets, pending deposits among them.
        pending: Deposits that have no shares yet.
        decimals: Of asset, share and price.

    Raises:
        RefusedError: More is pending than there is.
    """
    one = 10**decimals
    if supply == 0:
        return one
    return one * subtract(balance, pending) // supply


def _checked(price: int) -> int:
    if price <= _UNSET_PRICE:
        raise RefusedError("Invalid assetPerShare")
    return price
