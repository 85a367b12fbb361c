"""Options that are bought beside a book: which ones, at which vol, and what they gain when the price gaps.

Options are bought at their mark vol plus half a spread in vol points, so a long holding of Q costs
Q·[V(σ + h) − V(σ)] more than it is worth.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR, NANOSECONDS_PER_YEAR
from shortgamma.exposure.unit import greeks_of
from shortgamma.kernels.black import Greek, black_price
from shortgamma.market.options import OptionSeries, expiry_of

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Purchase:
    """Options bought at one time.

    Args:
        options: The contracts.
        quantity: Units of the underlying, 0 or more, shape (n,).
        spread_usd: Paid above their mark value, USD, 0 or more.
    """

    options: OptionSeries
    quantity: Vector
    spread_usd: float


def straddle(options: OptionSeries, *, spot: float, days: float) -> OptionSeries:
    """A call and a put at the money, at the vol that the nearest option of the book has."""
    return listed(options, spot=spot, strike=np.full(2, spot), days=days)


def listed(options: OptionSeries, *, spot: float, strike: Vector, days: float) -> OptionSeries:
    """A call and a put on a flat forward curve, with the vols of the nearest options of a book.

    Args:
        options: Of the book.
        spot: USD.
        strike: Of the call and of the put, USD, shape (2,).
        days: To expiry.
    """
    years = np.full(2, days / DAYS_PER_YEAR)
    asof = 0
    if len(options):
        asof = int(options.expiry[0]) - int(np.rint(options.years[0] * NANOSECONDS_PER_YEAR))
    return OptionSeries(
        instrument=np.array(
            [f"{days:g}d-{k:.6g}-{c}" for k, c in zip(strike.tolist(), "CP", strict=True)],
            dtype=object,
        ),
        is_call=np.array([True, False]),
        strike=strike,
        expiry=expiry_of(asof, years),
        years=years,
        forward=np.full(2, spot),
        vol=nearest_vol(options, moneyness=np.log(strike / spot), years=years),
        rate=np.zeros(2),
        is_inverse=np.zeros(2, dtype=np.bool_),
    )


def nearest_vol(options: OptionSeries, *, moneyness: Vector, years: Vector) -> Vector:
    """Vol of the option of a book that is nearest in standard deviations from the money and in log time.

    Args:
        options: Of the book, one at least.
        moneyness: ln(K/F), shape (k,).
        years: To expiry, shape (k,).

    Raises:
        InputError: The book is empty.
    """
    if not len(options):
        raise InputError("the book is empty", place="book", remedy="give one that holds options")
    place = np.log(options.strike / options.forward) / np.sqrt(options.years) / options.vol
    away = moneyness[:, np.newaxis] / np.sqrt(years[:, np.newaxis]) / options.vol - place
    later = np.log(years[:, np.newaxis] / options.years)
    return options.vol[np.argmin(away**2 + later**2, axis=1)]


def gamma_per_log(options: OptionSeries) -> Vector:
    """Γ·F of a long holding of one unit of each option, coins per unit of log price, shape (n,)."""
    return greeks_of(options)[Greek.GAMMA] * options.forward


def straddles_for(
    options: OptionSeries, quantity: Vector, *, share: float, bought: OptionSeries
) -> float:
    """How many straddles have ``share`` of the gamma that a book is short of, units of the underlying."""
    short = -float(quantity @ gamma_per_log(options)) if len(options) else 0.0
    return share * max(short, 0.0) / float(gamma_per_log(bought).sum())


def values(options: OptionSeries, *, vol: Vector | None = None, move: float = 0.0) -> Vector:
    """Prices after every forward has moved by ``move``, part of it, at new vols if given; USD, shape (n,)."""
    out = np.empty(len(options))
    forward, vols = options.forward * (1.0 + move), options.vol if vol is None else vol
    black_price(forward, options.strike, options.years, vols, options.rate, options.sign, out)
    return out


def hedged_gains(options: OptionSeries, gaps: Vector) -> Matrix:
    """Gain of one unit of each option with today's delta hedge when the price gaps, at unchanged vols.

    V(F·(1 + g)) − V(F) − Δ·F·g: never negative for a long option.

    Args:
        options: Their n contracts.
        gaps: Moves as parts of the price, above −1, shape (k,).

    Returns:
        USD, shape (k, n).
    """
    start, delta = values(options), greeks_of(options)[Greek.DELTA] * options.forward
    return np.array([values(options, move=g) - start - delta * g for g in gaps.tolist()])


def gap_pnl(options: OptionSeries, quantity: Vector, *, gaps: Vector) -> Vector:
    """What a delta-hedged book gains when the price gaps before anyone trades, USD, negative = loss.

    Args:
        options: Of the book.
        quantity: Signed holding, units of the underlying, + = long, shape (n,).
        gaps: Moves as parts of the price, shape (k,).
    """
    return hedged_gains(options, gaps) @ quantity if len(options) else np.zeros(len(gaps))


def cheapest_cover(gains: Matrix, wanted: Vector, *, price: Vector) -> Vector:
    """The cheapest quantities, 0 or more, whose gains reach what is wanted in every gap.

    Args:
        gains: Of one unit of each option in each gap, USD, 0 or more, shape (k, n).
        wanted: USD, 0 or more, shape (k,).
        price: Of one unit of each option, USD, shape (n,).

    Returns:
        Units of the underlying, shape (n,).

    Raises:
        InputError: No quantity reaches it, or no option has a price.
    """
    largest, most = float(wanted.max(initial=0.0)), float(gains.max(initial=0.0))
    if largest == 0.0:
        return np.zeros(len(price))
    if not float(price.max(initial=0.0)) > 0.0:
        raise useless("are worth nothing where they are bought")
    if not most > 0.0:
        raise useless("gain nothing in the gaps that they are bought for")
    scale = largest / most
    found: Any = linprog(
        price / price.max(), A_ub=-gains * scale / largest, b_ub=-wanted / largest, method="highs"
    )
    if found.x is None:
        raise useless("gain nothing in the gaps that they are bought for")
    return np.asarray(found.x, dtype=np.float64) * scale


def useless(problem: str) -> InputError:
    """Wings that cannot be bought against gaps, and why."""
    return InputError(
        f"the wings {problem}", place="wings", remedy="give a smaller width, or a longer tenor"
    )


def purchase(options: OptionSeries, quantity: Vector, *, half_spread_vol: float) -> Purchase:
    """Options bought at their mark vol plus half a spread, decimal."""
    above = values(options, vol=options.vol + half_spread_vol) - values(options)
    return Purchase(options=options, quantity=quantity, spread_usd=float(quantity @ above))
