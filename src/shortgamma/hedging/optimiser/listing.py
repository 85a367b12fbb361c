"""What can be traded: the options of a chain with a two-sided quote, and the underlying."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.time import format_stamp
from shortgamma.hedging.optimiser.limits import Terms, Underlying
from shortgamma.market.chain import Chain
from shortgamma.market.options import OptionSeries

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Listing:
    """Options that can be bought at the ask and sold at the bid; every array has shape (n,).

    Args:
        options: The contracts.
        bid_price, ask_price: As quoted, coin for inverse, else USD.
        usd_per_quote: USD that one unit of the quoted price is worth: spot for inverse, else 1.
        bid_size, ask_size: Units of the underlying that can be sold and bought; NaN where unknown.
        underlying: What delta is hedged with.
        spot: USD.
        unquoted: Options of the chain without a two-sided quote.
    """

    options: OptionSeries
    bid_price: Vector
    ask_price: Vector
    usd_per_quote: Vector
    bid_size: Vector
    ask_size: Vector
    underlying: Underlying
    spot: float
    unquoted: int

    def __len__(self) -> int:
        return len(self.options)

    @property
    def half_spread_usd(self) -> Vector:
        """Half of ask minus bid, USD per unit of the underlying."""
        return 0.5 * (self.ask_price - self.bid_price) * self.usd_per_quote

    @property
    def names(self) -> tuple[str, ...]:
        """The options in order, then the underlying."""
        return (*map(str, self.options.instrument), self.underlying.instrument)


def listing(chain: Chain, terms: Terms) -> Listing:
    """The tradable part of a chain.

    A quote is two-sided where 0 < bid ≤ ask. A premium in coin is worth coins × spot.

    Raises:
        InputError: No option has a two-sided quote, or the future's expiry is not in the chain.
    """
    good = (chain.bid_price > 0.0) & (chain.ask_price >= chain.bid_price)
    good &= np.isfinite(chain.ask_price)
    if not good.any():
        raise InputError(
            f"none of {len(chain)} options has both a bid and an ask",
            place="--market",
            remedy="give a chain with the columns bid_price and ask_price",
        )
    options = chain.options.select(good)
    return Listing(
        options=options,
        bid_price=chain.bid_price[good],
        ask_price=chain.ask_price[good],
        usd_per_quote=np.where(options.is_inverse, chain.spot, 1.0),
        bid_size=chain.bid_size[good],
        ask_size=chain.ask_size[good],
        underlying=underlying_of(chain, terms),
        spot=chain.spot,
        unquoted=int((~good).sum()),
    )


def underlying_of(chain: Chain, terms: Terms) -> Underlying:
    """The perpetual at spot, or the future at the forward of its expiry."""
    price = chain.spot
    if terms.expiry is not None:
        same = chain.options.expiry == terms.expiry
        if not same.any():
            known = ", ".join(map(format_stamp, np.unique(chain.options.expiry).tolist()))
            raise InputError(
                f"no option expires at {format_stamp(terms.expiry)}, so the future has no price",
                place="[underlying] expiry",
                remedy=f"take one of {known}",
            )
        price = float(np.median(chain.options.forward[same]))
    return Underlying(
        instrument=terms.underlying,
        price=price,
        half_spread_usd=terms.half_spread_usd,
        most=terms.most_underlying,
    )
