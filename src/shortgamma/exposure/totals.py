"""Sums over a book: in all, by strike, by expiry, strike against expiry, and what expires within a day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import DAYS_PER_YEAR, PERCENT
from shortgamma.exposure.unit import UnitExposure
from shortgamma.market.options import OptionSeries

Vector = NDArray[np.float64]

ZERO_DAYS = 1.0 / DAYS_PER_YEAR  # "0DTE": gone within the next 24 hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """A book's exposure; positive = long. Names carry their units, see ``docs/conventions.md``.

    Args:
        gamma_usd_per_pct: USD to trade per 1 % move of spot.
        gross_gamma_usd_per_pct: Sum of the absolute contributions of all open interest.
        gamma_coin_per_pct: Of the coin book, coins.
        zero_day_gamma_usd_per_pct: The part that expires within 24 hours.
        delta_usd: Option delta, USD.
        vega_usd_per_point: USD.
        theta_usd_per_day: USD.
        vega_usd_per_point_per_pct: Change of vega per 1 % move, USD.
        vanna_usd_per_point: Change of USD delta per vol point.
        charm_usd_per_day: Change of USD delta per calendar day.
    """

    gamma_usd_per_pct: float
    gross_gamma_usd_per_pct: float
    gamma_coin_per_pct: float
    zero_day_gamma_usd_per_pct: float
    delta_usd: float
    vega_usd_per_point: float
    theta_usd_per_day: float
    vega_usd_per_point_per_pct: float
    vanna_usd_per_point: float
    charm_usd_per_day: float


def total_exposure(
    options: OptionSeries, unit: UnitExposure, *, quantity: Vector, open_interest: Vector
) -> Totals:
    """Sums of a book.

    Args:
        options: The contracts.
        unit: Their exposure per unit.
        quantity: Signed holding, units of the underlying, shape (n,).
        open_interest: Unsigned, units of the underlying, shape (n,); the gross figure is made of it.
    """
    gamma = quantity * unit.gamma_usd_per_pct
    vanna = float(quantity @ unit.vanna_usd_per_point)
    return Totals(
        gamma_usd_per_pct=float(gamma.sum()),
        gross_gamma_usd_per_pct=float(open_interest @ unit.gamma_usd_per_pct),
        gamma_coin_per_pct=float(quantity @ unit.gamma_coin_per_pct),
        zero_day_gamma_usd_per_pct=float(gamma[options.years <= ZERO_DAYS].sum()),
        delta_usd=float(quantity @ unit.delta_usd),
        vega_usd_per_point=float(quantity @ unit.vega_usd_per_point),
        theta_usd_per_day=float(quantity @ unit.theta_usd_per_day),
        vega_usd_per_point_per_pct=vanna * PERCENT,
        vanna_usd_per_point=vanna,
        charm_usd_per_day=float(quantity @ unit.charm_usd_per_day),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Breakdown:
    """A book's exposure by strike or by expiry; every array has shape (m,) and sums to the total.

    Args:
        key: Strikes in USD, or expiries in UTC nanoseconds, ascending.
        gamma_usd_per_pct, call_gamma_usd_per_pct, put_gamma_usd_per_pct: Net, and its two parts.
        gross_gamma_usd_per_pct: Of all open interest, unsigned.
        vega_usd_per_point, vanna_usd_per_point, charm_usd_per_day: Net.
        open_interest: Units of the underlying.
    """

    key: NDArray[np.float64 | np.int64]
    gamma_usd_per_pct: Vector
    call_gamma_usd_per_pct: Vector
    put_gamma_usd_per_pct: Vector
    gross_gamma_usd_per_pct: Vector
    vega_usd_per_point: Vector
    vanna_usd_per_point: Vector
    charm_usd_per_day: Vector
    open_interest: Vector


def breakdown(
    key: NDArray[np.float64 | np.int64],
    is_call: NDArray[np.bool_],
    *,
    unit: UnitExposure,
    quantity: Vector,
    open_interest: Vector,
) -> Breakdown:
    """Groups a book's exposure by ``key``, the strike or the expiry of each option."""
    keys, group = np.unique(key, return_inverse=True)

    def grouped(values: Vector) -> Vector:
        return np.bincount(group, values, keys.size).astype(np.float64)

    gamma = quantity * unit.gamma_usd_per_pct
    calls = grouped(np.where(is_call, gamma, 0.0))
    puts = grouped(np.where(is_call, 0.0, gamma))
    return Breakdown(
        key=keys,
        gamma_usd_per_pct=calls + puts,
        call_gamma_usd_per_pct=calls,
        put_gamma_usd_per_pct=puts,
        gross_gamma_usd_per_pct=grouped(open_interest * unit.gamma_usd_per_pct),
        vega_usd_per_point=grouped(quantity * unit.vega_usd_per_point),
        vanna_usd_per_point=grouped(quantity * unit.vanna_usd_per_point),
        charm_usd_per_day=grouped(quantity * unit.charm_usd_per_day),
        open_interest=grouped(open_interest),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heatmap:
    """Net gamma by strike and expiry.

    Args:
        strike: USD, ascending, shape (k,).
        expiry: UTC nanoseconds, ascending, shape (e,).
        gamma_usd_per_pct: Shape (e, k); NaN where nothing is listed.
    """

    strike: Vector
    expiry: NDArray[np.int64]
    gamma_usd_per_pct: Vector


def heatmap(options: OptionSeries, unit: UnitExposure, *, quantity: Vector) -> Heatmap:
    """Net gamma of every strike and expiry."""
    strikes, column = np.unique(options.strike, return_inverse=True)
    expiries, row = np.unique(options.expiry, return_inverse=True)
    cell = row * strikes.size + column
    size = strikes.size * expiries.size
    gamma = np.bincount(cell, quantity * unit.gamma_usd_per_pct, size)
    listed = np.bincount(cell, minlength=size) > 0
    return Heatmap(
        strike=strikes,
        expiry=expiries,
        gamma_usd_per_pct=np.where(listed, gamma, np.nan).reshape(expiries.size, strikes.size),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """A strike at which gamma piles up.

    Args:
        strike: USD.
        gamma_usd_per_pct: Signed contribution there.
    """

    strike: float
    gamma_usd_per_pct: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """The strikes with the largest contributions; None where there is none of that sign.

    Args:
        long: Where the book is longest: hedging there pins the price.
        short: Where the book is shortest: hedging there drives the price.
        call, put: Largest absolute contribution of calls alone and of puts alone.
    """

    long: Wall | None
    short: Wall | None
    call: Wall | None
    put: Wall | None


def find_walls(by_strike: Breakdown) -> Walls:
    """Largest positive and negative contribution by strike, and the largest of calls and of puts."""
    net = by_strike.gamma_usd_per_pct

    def wall(values: Vector, index: np.intp) -> Wall | None:
        value = float(values[index])
        strike = float(by_strike.key[index])
        return Wall(strike=strike, gamma_usd_per_pct=value) if value != 0.0 else None

    calls, puts = by_strike.call_gamma_usd_per_pct, by_strike.put_gamma_usd_per_pct
    return Walls(
        long=wall(np.maximum(net, 0.0), np.argmax(net)),
        short=wall(np.minimum(net, 0.0), np.argmin(net)),
        call=wall(calls, np.argmax(np.abs(calls))),
        put=wall(puts, np.argmax(np.abs(puts))),
    )
