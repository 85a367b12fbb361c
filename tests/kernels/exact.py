"""Black-76 at 50 digits: the price as its textbook formula, and its derivatives two ways.

:func:`differentiated_greeks` differentiates the price numerically and knows no other formula;
:func:`closed_greeks` is forty times faster and is itself held to the former by a test. Neither shares
a line, an identity or a sign with the kernels.
"""

from typing import Any, NamedTuple

from mpmath import mp, mpf

from shortgamma.kernels.black import Greek

DIGITS = 50
Real = Any  # mpf or float: mpmath has no useful types


class Option(NamedTuple):
    """One option in doubles, so that the reference and the kernel see the very same numbers."""

    forward: float
    strike: float
    years: float
    vol: float
    rate: float
    sign: float


def exact_price(f: Real, k: Real, t: Real, v: Real, r: Real, sign: Real) -> Real:
    """D·cp·[F·N(cp·d1) − K·N(cp·d2)], USD."""
    w = v * mp.sqrt(t)
    d1 = mp.log(f / k) / w + w / 2
    d2 = mp.log(f / k) / w - w / 2
    return mp.exp(-r * t) * sign * (f * normal(sign * d1) - k * normal(sign * d2))


def normal(x: Real) -> Real:
    """N(x), with full relative precision in both tails."""
    return mp.erfc(-x / mp.sqrt(2)) / 2


def normal_density(x: Real) -> Real:
    """φ(x)."""
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


@mp.workdps(DIGITS)
def differentiated_greeks(option: Option) -> dict[Greek, Real]:
    """Every Greek as a numerical derivative of the price formula; time derivatives are −∂/∂T."""
    forward, strike, years, vol, rate, sign = (mpf(x) for x in option)

    def price(f: Real, t: Real, v: Real) -> Real:
        return exact_price(f, strike, t, v, rate, sign)

    def slope(f: int, t: int, v: int) -> Real:
        return mp.diff(price, (forward, years, vol), (f, t, v))

    return {
        Greek.PRICE: price(forward, years, vol),
        Greek.DELTA: slope(1, 0, 0),
        Greek.GAMMA: slope(2, 0, 0),
        Greek.VEGA: slope(0, 0, 1),
        Greek.THETA: -slope(0, 1, 0),
        Greek.VANNA: slope(1, 0, 1),
        Greek.VOLGA: slope(0, 0, 2),
        Greek.CHARM: -slope(1, 1, 0),
        Greek.SPEED: slope(3, 0, 0),
        Greek.ZOMMA: slope(2, 0, 1),
        Greek.COLOR: -slope(2, 1, 0),
        Greek.DELTA_COIN: forward * mp.diff(lambda f: price(f, years, vol) / f, forward),
    }


@mp.workdps(DIGITS)
def closed_greeks(option: Option) -> dict[Greek, Real]:
    """Every Greek in closed form."""
    f, k, t, v, r, sign = (mpf(x) for x in option)
    w = v * mp.sqrt(t)
    d1 = mp.log(f / k) / w + w / 2
    d2 = d1 - w
    discount = mp.exp(-r * t)
    density = discount * normal_density(d1)
    price = exact_price(f, k, t, v, r, sign)
    delta = discount * sign * normal(sign * d1)
    gamma = density / (f * w)
    return {
        Greek.PRICE: price,
        Greek.DELTA: delta,
        Greek.GAMMA: gamma,
        Greek.VEGA: f * density * mp.sqrt(t),
        Greek.THETA: r * price - f * density * v / (2 * mp.sqrt(t)),
        Greek.VANNA: -density * d2 / v,
        Greek.VOLGA: f * density * mp.sqrt(t) * d1 * d2 / v,
        Greek.CHARM: r * delta + density * d2 / (2 * t),
        Greek.SPEED: -(gamma / f) * (d1 / w + 1),
        Greek.ZOMMA: gamma * (d1 * d2 - 1) / v,
        Greek.COLOR: gamma * (r + (1 - d1 * d2) / (2 * t)),
        Greek.DELTA_COIN: delta - price / f,
    }


def natural_scales(option: Option, exact: dict[Greek, Real]) -> dict[Greek, float]:
    """How large each Greek is away from its zero: its terms with |d| = 1 and without their signs.

    A Greek that has no zero is its own scale.
    """
    f, _k, t, v, r, _sign = option
    price, delta, gamma, vega, coin = (
        abs(float(exact[greek]))
        for greek in (Greek.PRICE, Greek.DELTA, Greek.GAMMA, Greek.VEGA, Greek.DELTA_COIN)
    )
    density = vega / (f * t**0.5)  # D·φ(d1)
    return {
        Greek.PRICE: price,
        Greek.DELTA: delta,
        Greek.GAMMA: gamma,
        Greek.VEGA: vega,
        Greek.THETA: abs(r) * price + vega * v / (2.0 * t),
        Greek.VANNA: density / v,
        Greek.VOLGA: vega / v,
        Greek.CHARM: abs(r) * delta + density / (2.0 * t),
        Greek.SPEED: gamma / f * max(1.0, 1.0 / (v * t**0.5)),
        Greek.ZOMMA: gamma / v,
        Greek.COLOR: gamma * (abs(r) + 1.0 / (2.0 * t)),
        Greek.DELTA_COIN: coin,
    }
