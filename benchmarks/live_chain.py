"""One refresh of the live monitor: prices in, the book's gamma and its flips out.

Once straight from the kernels, once through the types of ``shortgamma.exposure``, which copy and check
their arrays, scan the profile finely enough for the shortest expiry and look for hidden pairs of flips.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from benchmarks.sample import LiveMarket
from shortgamma.basics.errors import Status
from shortgamma.basics.units import DAYS_PER_YEAR, PERCENT, POINT
from shortgamma.exposure.profile import Grid, Profile, gamma_profile
from shortgamma.exposure.totals import Totals, total_exposure
from shortgamma.exposure.unit import unit_exposure
from shortgamma.kernels.black import N_GREEKS, Greek, black_greeks
from shortgamma.kernels.implied import implied_vol
from shortgamma.kernels.profile import gamma_sum, profile_sums, profile_terms
from shortgamma.market.options import OptionSeries, expiry_of

Vector = NDArray[np.float64]

LEVELS = 200
LOWEST, HIGHEST = 0.5, 2.0  # of spot
FLIP_TOLERANCE = 1e-9  # in log spot


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveAnswer:
    """What the monitor publishes; units are in the names, positive = the book is long.

    Args:
        vol: Of each option that could be inverted, shape (k,).
        greeks: Of the same, shape (N_GREEKS, k).
        profile: Gamma, vanna and charm on the log-moves of :func:`grid`, shape (3, LEVELS).
        flips: Spot levels, USD, ascending.
    """

    vol: Vector
    greeks: Vector
    gamma_usd_per_pct: float
    gross_gamma_usd_per_pct: float
    vanna_usd_per_point: float
    charm_usd_per_day: float
    profile: Vector
    flips: tuple[float, ...]


def grid() -> Vector:
    """Log moves of spot, evenly spaced."""
    return np.linspace(np.log(LOWEST), np.log(HIGHEST), LEVELS)


def by_kernels(market: LiveMarket) -> LiveAnswer:
    """Implied vols, Greeks, exposure, profile and every flip of a chain, straight from the kernels."""
    forward, strike, years, vol, rate, sign, quantity = inverted(market)
    greeks = np.empty((N_GREEKS, forward.size))
    black_greeks(forward, strike, years, vol, rate, sign, greeks)
    holding = quantity * forward
    contributions = greeks[Greek.GAMMA] * holding * forward * PERCENT
    weight = quantity * np.exp(-rate * years)
    moves = grid()
    profile = np.zeros((3, LEVELS))
    profile_sums(moves, forward, strike, years, vol, weight, profile)
    profile *= np.exp(moves)
    terms = np.empty((3, forward.size))
    profile_terms(forward, strike, years, vol, weight, terms)
    return LiveAnswer(
        vol=vol,
        greeks=greeks,
        gamma_usd_per_pct=float(contributions.sum()),
        gross_gamma_usd_per_pct=float(np.abs(contributions).sum()),
        vanna_usd_per_point=float(holding @ greeks[Greek.VANNA]) * POINT,
        charm_usd_per_day=float(holding @ greeks[Greek.CHARM]) / DAYS_PER_YEAR,
        profile=profile,
        flips=refined_flips(moves, profile[0], terms, market.spot),
    )


def inverted(market: LiveMarket) -> tuple[Vector, ...]:
    """Kernel inputs with vols from prices, and quantity, of the options that have a vol."""
    options = market.options
    vol = np.empty(options.size)
    status = np.empty(options.size, np.int8)
    implied_vol(
        market.price,
        options.forward,
        options.strike,
        options.years,
        options.rate,
        options.sign,
        vol,
        status,
    )
    good = (status == Status.OK) & (vol > 0.0)
    columns = (options.forward, options.strike, options.years, vol, options.rate, options.sign)
    return tuple(column[good] for column in (*columns, market.quantity))


def refined_flips(moves: Vector, gamma: Vector, terms: Vector, spot: float) -> tuple[float, ...]:
    """Spot at each sign change of the profile, by Brent's method on the exact sum."""
    scratch = np.empty(terms.shape[1])
    changes = np.flatnonzero(np.sign(gamma[1:]) * np.sign(gamma[:-1]) < 0.0)
    roots = [
        brentq(gamma_sum, moves[c], moves[c + 1], args=(terms, scratch), xtol=FLIP_TOLERANCE)
        for c in changes
    ]
    return tuple(float(spot * np.exp(root)) for root in roots)


def by_rooms(market: LiveMarket) -> tuple[Totals, Profile]:
    """The same through the types and functions that the package offers."""
    forward, strike, years, vol, rate, sign, quantity = inverted(market)
    options = OptionSeries(
        instrument=np.full(forward.size, "", object),
        is_call=sign > 0.0,
        strike=strike,
        expiry=expiry_of(0, years),
        years=years,
        forward=forward,
        vol=vol,
        rate=rate,
        is_inverse=np.ones(forward.size, np.bool_),
    )
    totals = total_exposure(
        options, unit_exposure(options), quantity=quantity, open_interest=np.abs(quantity)
    )
    levels = Grid(lowest=LOWEST, highest=HIGHEST, levels=LEVELS)
    return totals, gamma_profile(options, quantity, spot=market.spot, grid=levels)
