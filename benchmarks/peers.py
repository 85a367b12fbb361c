"""The libraries: py_vollib_vectorized on arrays, QuantLib in a loop."""

import numpy as np
import QuantLib as ql  # noqa: N813
from numpy.typing import NDArray
from py_vollib_vectorized import (
    get_all_greeks,
    vectorized_black,
    vectorized_implied_volatility_black,
)

from benchmarks.sample import Options

Array = NDArray[np.float64]

QUANTLIB_ACCURACY = 1e-10  # of σ√T, absolute
QUANTLIB_STEPS = 1000


def vollib_flags(options: Options) -> list[str]:
    """Calls and puts in the form that py_vollib_vectorized reads fastest."""
    return ["c" if sign > 0.0 else "p" for sign in options.sign]


def vollib_price(flags: list[str], options: Options) -> Array:
    """Undiscounted prices: ``vectorized_black`` takes a rate but does not use it."""
    forward, strike, years, vol, rate, _sign = options.inputs
    return vectorized_black(flags, forward, strike, years, rate, vol, return_as="numpy")


def vollib_price_and_greeks(flags: list[str], options: Options) -> tuple[Array, dict[str, Array]]:
    """Price and all Greeks that it has: delta, gamma, theta, rho, vega."""
    forward, strike, years, vol, rate, _sign = options.inputs
    greeks = get_all_greeks(
        flags, forward, strike, years, rate, vol, model="black", return_as="dict"
    )
    return vollib_price(flags, options), greeks


def vollib_implied_vol(flags: list[str], prices: Array, options: Options) -> Array:
    """Implied vols, with its default checks against intrinsic value and maximum, as ours makes."""
    forward, strike, years, _vol, rate, _sign = options.inputs
    return vectorized_implied_volatility_black(
        prices, forward, strike, rate, years, flags, return_as="numpy"
    )


def quantlib_kinds(options: Options) -> list[int]:
    """QuantLib's call and put constants."""
    return [ql.Option.Call if sign > 0.0 else ql.Option.Put for sign in options.sign]


def quantlib_price(kinds: list[int], options: Options) -> list[float]:
    """``blackFormula``, one call per option."""
    forward, strike, years, vol, rate, _sign = options.inputs
    width = (vol * np.sqrt(years)).tolist()
    discount = np.exp(-rate * years).tolist()
    columns = zip(kinds, strike.tolist(), forward.tolist(), width, discount, strict=True)
    return [ql.blackFormula(kind, k, f, w, d) for kind, k, f, w, d in columns]


def quantlib_greeks(kinds: list[int], options: Options) -> list[tuple[float, ...]]:
    """``BlackCalculator``: value, delta, gamma, vega, theta, rho."""
    forward, strike, years, vol, rate, _sign = options.inputs
    width = (vol * np.sqrt(years)).tolist()
    discount = np.exp(-rate * years).tolist()
    columns = (kinds, strike.tolist(), forward.tolist(), years.tolist(), width, discount)
    rows: list[tuple[float, ...]] = []
    for kind, k, f, t, w, d in zip(*columns, strict=True):
        one = ql.BlackCalculator(ql.PlainVanillaPayoff(kind, k), f, w, d)
        first_order = (
            one.deltaForward(),
            one.gammaForward(),
            one.vega(t),
            one.theta(f, t),
            one.rho(t),
        )
        rows.append((one.value(), *first_order))
    return rows


def quantlib_implied_vol(kinds: list[int], prices: Array, options: Options) -> list[float]:
    """``blackFormulaImpliedStdDev`` from its own first guess, one call per undiscounted price."""
    root = np.sqrt(options.years).tolist()
    columns = (kinds, options.strike.tolist(), options.forward.tolist(), prices.tolist(), root)
    return [
        ql.blackFormulaImpliedStdDev(
            kind, k, f, p, 1.0, 0.0, ql.nullDouble(), QUANTLIB_ACCURACY, QUANTLIB_STEPS
        )
        / r
        for kind, k, f, p, r in zip(*columns, strict=True)
    ]
