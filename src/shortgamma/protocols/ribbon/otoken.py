"""Opyn's oTokens in integers: how many collateral backs, and who gets what at expiry.

An oToken has 8 decimals, and so have strikes and prices, in USD. A call is backed by the coin and settled
in it, a put by USDC. With n oTokens, strike K and price P at expiry::

    call: backs collateral coins,     pays max(P − K, 0)/P coins
    put:  backs collateral/K oTokens, pays max(K − P, 0) USDC

The contract calculates with 27 decimals, cuts what a holder gets down to the asset's decimals, and gives the
seller what is left, also cut down: the dust of both stays in Opyn's margin pool.

Source: opynfinance/GammaProtocol, contracts/core/MarginCalculator.sol (getExpiredPayoutRate,
getExcessCollateral), contracts/core/Controller.sol (getPayout), contracts/libs/FixedPointInt256.sol;
ribbon-finance/ribbon-v2, contracts/libraries/VaultLifecycle.sol (createShort, burnOtokens); figures of
GammaProtocol's test/integration-tests/nakedCallExpireItm.test.ts, nakedPutExpireITM.test.ts and of Ribbon's
test/RibbonThetaVault.ts (PUT_EXPECTED_MINT_AMOUNT).
"""

from dataclasses import dataclass
from typing import Final, Literal

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.fixed_point import mul_div

OTOKEN_DECIMALS: Final = 8
"""Of oTokens, strikes and prices."""

OTOKEN_UNIT: Final = 10**OTOKEN_DECIMALS
"""One oToken: an option on one coin."""

_BASE: Final = 27
_ONE: Final = 10**_BASE

Kind = Literal["call", "put"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What a vault sells: kind of option, and the decimals of the asset that backs it.

    Args:
        kind: ``call`` (backed by the coin) or ``put`` (backed by USDC).
        decimals: Of the asset.
    """

    kind: str
    decimals: int

    def mintable(self, collateral: int, *, strike: int) -> int:
        """OTokens that collateral backs, rounded down (createShort).

        Args:
            collateral: Smallest units of the asset.
            strike: USD with 8 decimals.

        Raises:
            RefusedError: None can be minted.
        """
        if self.kind == "put":
            minted = collateral * OTOKEN_UNIT * 10**18 // (strike * 10 ** (10 + self.decimals))
        else:
            scale = 10 ** max(self.decimals - OTOKEN_DECIMALS, 0)
            # Up to one oToken's last digit the contract forgets to scale, and Opyn then refuses.
            if scale > 1 and 0 < collateral <= scale:
                raise RefusedError("C14: the collateral does not cover the options")
            minted = collateral // scale
        if minted == 0:
            raise RefusedError("V1: no oToken can be minted from the collateral")
        return minted

    def payout(self, *, strike: int, price: int) -> int:
        """What one oToken pays, smallest units of the asset, rounded down (getExpiredPayoutRate).

        Args:
            strike, price: USD with 8 decimals; the price is that at expiry.
        """
        return self._down(self._in_collateral(self._cash(strike, price), price))

    def excess(self, collateral: int, options: int, *, strike: int, price: int) -> int:
        """What the seller takes out at expiry, rounded down (getExcessCollateral).

        Args:
            collateral: Smallest units of the asset.
            options: OTokens that it backs.
            strike, price: USD with 8 decimals; the price is that at expiry.

        Raises:
            RefusedError: The collateral does not cover what the options pay.
        """
        amount = options * 10 ** (_BASE - OTOKEN_DECIMALS)
        owed = self._in_collateral(mul_div(self._cash(strike, price), amount, _ONE), price)
        left = collateral * 10 ** (_BASE - self.decimals) - owed
        if left < 0:
            raise RefusedError("C14: the collateral does not cover the options")
        return self._down(left)

    def _cash(self, strike: int, price: int) -> int:
        """Value of one option in USD, 27 decimals."""
        gain = price - strike if self.kind == "call" else strike - price
        return max(gain, 0) * 10 ** (_BASE - OTOKEN_DECIMALS)

    def _in_collateral(self, cash: int, price: int) -> int:
        """USD in the asset, both with 27 decimals."""
        if self.kind == "put":
            return cash
        return mul_div(cash, _ONE, price * 10 ** (_BASE - OTOKEN_DECIMALS))

    def _down(self, value: int) -> int:
        """27 decimals cut down to the asset's."""
        return value // 10 ** (_BASE - self.decimals)


def redeemed(options: int, payout: int) -> int:
    """What a holder gets for options, smallest units of the asset, rounded down (getPayout).

    Args:
        options: OTokens with 8 decimals.
        payout: Of one oToken.
    """
    return options * payout // OTOKEN_UNIT
