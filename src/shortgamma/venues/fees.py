"""Trading fees: a share of what is traded, and for options a cap on the premium.

Positive = the trader pays; a maker's rebate is a negative rate. What a venue charges depends on the tier
of the account and changes often: every entry of a table says where it comes from, and ``verified`` is True
only where the figures were compared with a recorded answer of the venue itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError

Vector = NDArray[np.float64]
Values = Vector | float

BASIS_POINT: Final = 1e-4


def _refuse_rates(place: str, rates: Mapping[str, float]) -> None:
    """Raises for a rate that is not a fraction between −1 and 1."""
    for name, rate in rates.items():
        if not -1.0 < rate < 1.0:
            raise InputError(
                f"{name} {rate:g}",
                place=place,
                remedy="give a fraction of what is traded, as 0.0005 for 5 bp",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeSchedule:
    """Fees on the notional of a trade.

    Args:
        maker: Fraction of notional that a resting order pays; negative = rebate.
        taker: Fraction of notional that a crossing order pays.

    Raises:
        InputError: A rate is not between −1 and 1.
    """

    maker: float = 2 * BASIS_POINT
    taker: float = 5 * BASIS_POINT

    def __post_init__(self) -> None:
        _refuse_rates("fees", {"maker": self.maker, "taker": self.taker})

    def cost_usd(self, notional_usd: Values, *, is_maker: bool = False) -> Vector:
        """|notional|·rate, USD, positive = paid.

        Args:
            notional_usd: USD traded, any shape; its sign (buy or sell) does not matter.
            is_maker: True for a resting order.
        """
        return np.abs(notional_usd) * (self.maker if is_maker else self.taker)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionFeeSchedule:
    """Fees on the underlying of an option, never more than a share of its premium.

    fee = quantity·min(rate·underlying, cap·premium)

    Args:
        maker, taker: Fraction of the underlying's value.
        premium_cap: Largest fee as a fraction of the premium; ∞ = no cap.

    Raises:
        InputError: A rate is not between −1 and 1, or the cap is negative.
    """

    maker: float = 3 * BASIS_POINT
    taker: float = 3 * BASIS_POINT
    premium_cap: float = 0.125

    def __post_init__(self) -> None:
        _refuse_rates("option fees", {"maker": self.maker, "taker": self.taker})
        if not self.premium_cap >= 0.0:
            raise InputError(
                f"premium_cap {self.premium_cap:g}",
                place="option fees",
                remedy="give a fraction of the premium, as 0.125, or inf for no cap",
            )

    def cost_usd(
        self,
        quantity: Values,
        underlying_usd: Values,
        *,
        premium_usd: Values,
        is_maker: bool = False,
    ) -> Vector:
        """USD, positive = paid.

        Args:
            quantity: Options in units of the underlying; the sign does not matter.
            underlying_usd: USD per unit of the underlying.
            premium_usd: USD per unit of the underlying, not negative.
            is_maker: True for a resting order.
        """
        rate = self.maker if is_maker else self.taker
        fee = np.minimum(
            rate * np.asarray(underlying_usd), self.premium_cap * np.asarray(premium_usd)
        )
        return np.abs(quantity) * fee


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueFees:
    """What one venue charges accounts of its lowest tier.

    Args:
        name: Venue and product.
        perpetual: Fees on perpetuals and futures.
        option: Fees on options; None where the venue lists none or they are not known here.
        source: Where the figures come from.
        effective: ISO date on which they were seen; None = unknown.
        verified: True where a recorded answer of the venue shows the same rates.
    """

    name: str
    perpetual: FeeSchedule
    option: OptionFeeSchedule | None = None
    source: str
    effective: str | None = None
    verified: bool = False


_FROM_MEMORY = "published fee table, lowest tier; not checked against the venue"

VENUE_FEES: Final[Mapping[str, VenueFees]] = {
    fees.name: fees
    for fees in (
        VenueFees(
            name="default",
            perpetual=FeeSchedule(),
            source="default of the project: taker 5 bp, maker 2 bp",
        ),
        VenueFees(
            name="deribit",
            perpetual=FeeSchedule(maker=0.0, taker=5 * BASIS_POINT),
            option=OptionFeeSchedule(),
            source="public/get_instruments (maker_commission, taker_commission); "
            "support.deribit.com, article Fees (cap of 12.5 % of the premium)",
            effective="2025-12-09",
            verified=True,
        ),
        VenueFees(
            name="binance",
            perpetual=FeeSchedule(maker=2 * BASIS_POINT, taker=5 * BASIS_POINT),
            source=_FROM_MEMORY,
        ),
        VenueFees(
            name="bybit",
            perpetual=FeeSchedule(maker=2 * BASIS_POINT, taker=5.5 * BASIS_POINT),
            source=_FROM_MEMORY,
        ),
        VenueFees(
            name="okx",
            perpetual=FeeSchedule(maker=2 * BASIS_POINT, taker=5 * BASIS_POINT),
            source=_FROM_MEMORY,
        ),
        VenueFees(
            name="hyperliquid",
            perpetual=FeeSchedule(maker=1.5 * BASIS_POINT, taker=4.5 * BASIS_POINT),
            source=_FROM_MEMORY,
        ),
    )
}
"""By venue, plus ``default``."""
