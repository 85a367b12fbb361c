"""What a hedger does about the gamma of a book: nothing, options once, again and again, or against gaps.

A strategy is a value. It says what it holds beside the book at the start and what that costs above the mark.
It never sells options: a book that is long gamma is left as it is. The gamma that is matched is
−∂(hedge)/∂ln S = Σ quantity·Γ·F, coins that change hands per unit of log price.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import signature
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.hedging.parameters import check_not_negative, check_number, check_positive
from shortgamma.hedging.purchases import (
    Purchase,
    cheapest_cover,
    gap_pnl,
    hedged_gains,
    listed,
    purchase,
    straddle,
    straddles_for,
    values,
)
from shortgamma.market.options import OptionSeries

Vector = NDArray[np.float64]


class GammaStrategy(Protocol):
    """What a hedger of a book does about its gamma, beside hedging its delta."""

    @property
    def name(self) -> str:
        """As ``--json`` and ``--strategy`` write it."""
        ...

    def opening(self, options: OptionSeries, quantity: Vector, *, spot: float) -> Purchase:
        """What it buys at the start.

        Args:
            options: Of the book.
            quantity: Signed holding of the book, units of the underlying, + = long, shape (n,).
            spot: USD.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaOnly:
    """Buys no options."""

    @property
    def name(self) -> str:
        """``delta-only``."""
        return "delta-only"

    def opening(
        self,
        options: OptionSeries,
        quantity: Vector,  # noqa: ARG002
        *,
        spot: float,  # noqa: ARG002
    ) -> Purchase:
        """Nothing."""
        nothing = options.select(np.zeros(0, dtype=np.intp))
        return Purchase(options=nothing, quantity=np.zeros(0), spread_usd=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticGamma:
    """Buys an at-the-money straddle at the start and keeps it.

    Args:
        share: Part of the book's short gamma that it takes away at the start, 0 to 1 (A).
        tenor_days: To the expiry of the straddle (A).
        half_spread_vol: Half the spread of options, decimal vol (A).

    Raises:
        InputError: One is outside its range.
    """

    share: float = 0.5
    tenor_days: float = 45.0
    half_spread_vol: float = 0.005

    def __post_init__(self) -> None:
        check_share(self.name, self.share)
        check_positive(self.name, tenor_days=self.tenor_days)
        check_not_negative(self.name, half_spread_vol=self.half_spread_vol)

    @property
    def name(self) -> str:
        """``static-gamma``."""
        return "static-gamma"

    def opening(self, options: OptionSeries, quantity: Vector, *, spot: float) -> Purchase:
        """A straddle with ``share`` of the gamma that the book is short of."""
        bought = straddle(options, spot=spot, days=self.tenor_days)
        held = straddles_for(options, quantity, share=self.share, bought=bought)
        return purchase(bought, np.full(2, held), half_spread_vol=self.half_spread_vol)


@dataclass(frozen=True, slots=True, kw_only=True)
class RollingGamma:
    """Buys an at-the-money straddle, and every few days sells what is left of it and buys a new one.

    At each roll the new straddle has ``share`` of the gamma that the book is then short of. The old one is
    sold at its bid vol, the new one bought at its ask vol.

    Args:
        share: Part of the book's short gamma that it takes away at each roll, 0 to 1 (A).
        tenor_days: From a roll to the expiry of the straddle that is bought in it (A).
        every_days: From roll to roll, shorter than the tenor (A).
        half_spread_vol: Half the spread of options, decimal vol (A).

    Raises:
        InputError: One is outside its range.
    """

    share: float = 0.5
    tenor_days: float = 14.0
    every_days: float = 7.0
    half_spread_vol: float = 0.005

    def __post_init__(self) -> None:
        check_share(self.name, self.share)
        check_positive(self.name, tenor_days=self.tenor_days, every_days=self.every_days)
        check_not_negative(self.name, half_spread_vol=self.half_spread_vol)
        if self.every_days >= self.tenor_days:
            raise InputError(
                f"a straddle of {self.tenor_days:g} days is rolled every {self.every_days:g} days",
                place=self.name,
                remedy="roll it before it expires: give every_days below tenor_days",
            )

    @property
    def name(self) -> str:
        """``rolling-gamma``."""
        return "rolling-gamma"

    @property
    def years(self) -> tuple[float, float]:
        """Tenor, and time from roll to roll."""
        return self.tenor_days / DAYS_PER_YEAR, self.every_days / DAYS_PER_YEAR

    def straddle(self, options: OptionSeries, *, spot: float) -> OptionSeries:
        """The straddle that it would buy at ``spot``: a call and a put, at mark vol."""
        return straddle(options, spot=spot, days=self.tenor_days)

    def opening(self, options: OptionSeries, quantity: Vector, *, spot: float) -> Purchase:
        """The first straddle."""
        bought = self.straddle(options, spot=spot)
        held = straddles_for(options, quantity, share=self.share, bought=bought)
        return purchase(bought, np.full(2, held), half_spread_vol=self.half_spread_vol)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wings:
    """Buys calls above and puts below the price, against gaps alone.

    A gap is a move of ``gap`` in either direction before anyone can trade, the hedge of the start in place
    and every vol as it was. The cheapest holding of the two options takes ``share`` of the loss in both gaps
    away.

    Args:
        width: Distance of both strikes from spot, part of it, below ``gap`` (A).
        gap: Size of the gaps, part of spot, below 1 (A).
        share: Part of the loss in a gap that is taken away, 0 to 1 (A).
        tenor_days: To the expiry of both options (A).
        half_spread_vol: Half the spread of options, decimal vol; out of the money it is wider (A).

    Raises:
        InputError: One is outside its range.
    """

    width: float = 0.15
    gap: float = 0.2
    share: float = 0.8
    tenor_days: float = 45.0
    half_spread_vol: float = 0.01

    def __post_init__(self) -> None:
        check_share(self.name, self.share)
        check_positive(self.name, width=self.width, gap=self.gap, tenor_days=self.tenor_days)
        check_not_negative(self.name, half_spread_vol=self.half_spread_vol)
        if not self.width < self.gap < 1.0:
            raise InputError(
                f"strikes {100.0 * self.width:g} % away and gaps of {100.0 * self.gap:g} %",
                place=self.name,
                remedy="give a width below the gap, and a gap below 1",
            )

    @property
    def name(self) -> str:
        """``wings``."""
        return "wings"

    def opening(self, options: OptionSeries, quantity: Vector, *, spot: float) -> Purchase:
        """Calls and puts, as many as both gaps need."""
        strike = spot * np.array([1.0 + self.width, 1.0 - self.width])
        bought = listed(options, spot=spot, strike=strike, days=self.tenor_days)
        gaps = np.array([self.gap, -self.gap])
        wanted = self.share * np.maximum(-gap_pnl(options, quantity, gaps=gaps), 0.0)
        held = cheapest_cover(hedged_gains(bought, gaps), wanted, price=values(bought))
        return purchase(bought, held, half_spread_vol=self.half_spread_vol)


STRATEGIES: Final[Mapping[str, Callable[..., GammaStrategy]]] = MappingProxyType(
    {
        "delta-only": DeltaOnly,
        "static-gamma": StaticGamma,
        "rolling-gamma": RollingGamma,
        "wings": Wings,
    }
)
"""By name, in the order in which they are compared."""


def strategy_from(name: str, /, **parameters: object) -> GammaStrategy:
    """The strategy of that name.

    Args:
        name: A key of :data:`STRATEGIES`.
        parameters: Of its constructor.

    Raises:
        InputError: Unknown name, unknown parameter, or a value outside its range.

    >>> strategy_from("static-gamma", share=1.0).name
    'static-gamma'
    """
    make = STRATEGIES.get(name)
    if make is None:
        raise InputError(
            f"{name!r} is not a strategy",
            place="strategy",
            remedy=f"choose one of {', '.join(STRATEGIES)}",
        )
    accepted = signature(make).parameters
    unknown = [given for given in parameters if given not in accepted]
    if unknown:
        takes = f"it takes {', '.join(accepted)}" if accepted else "it takes no parameters"
        raise InputError(
            f"{unknown[0]!r} is not a parameter of {name}", place="strategy", remedy=takes
        )
    return make(**parameters)


def check_share(place: str, share: object) -> None:
    """Refuses a share outside 0 to 1.

    Raises:
        InputError: It is.
    """
    number = check_number(share, name="share", place=place)
    if not 0.0 <= number <= 1.0:
        raise InputError(f"share is {number:g}", place=place, remedy="give 0 to 1")
