"""The contract recomputed with SciPy and mpmath only: nothing here comes from the package under test."""

import mpmath
import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

YEAR_DAYS = 365.0


def black(kind, forward, strike, years, vol, rate=0.0):
    """Textbook Black-76 value and Greeks, per unit of vol and per year, of long options."""
    side = np.where(np.asarray(kind) == "call", 1.0, -1.0)
    forward, strike, years, vol = np.broadcast_arrays(forward, strike, years, vol)
    root = np.sqrt(years)
    w = vol * root
    d1 = np.log(forward / strike) / w + w / 2
    d2 = d1 - w
    discount = np.exp(-rate * years)
    density = norm.pdf(d1)
    price = discount * side * (forward * norm.cdf(side * d1) - strike * norm.cdf(side * d2))
    decay = forward * density * vol / (2 * root)
    return {
        "price": price,
        "delta": discount * side * norm.cdf(side * d1),
        "gamma": discount * density / (forward * w),
        "vega": discount * forward * density * root,
        "theta": -discount * decay + rate * price,
        "vanna": -discount * density * d2 / vol,
        "charm": discount * density * d2 / (2 * years)
        + rate * discount * side * norm.cdf(side * d1),
    }


def sums(book, quantity):
    """The figures of `exposure` for signed holdings of a book given as columns."""
    greek = black(*(book[name] for name in ("kind", "forward", "strike", "years", "vol")))
    forward = book["forward"]
    premium_adjusted = greek["delta"] - greek["price"] / forward
    gamma = greek["gamma"] * forward**2 * 0.01
    return {
        "gamma_usd_per_pct": quantity @ gamma,
        "gross_gamma_usd_per_pct": book["open_interest"] @ gamma,
        "gamma_coin_per_pct": quantity @ (0.01 * (forward * greek["gamma"] - premium_adjusted)),
        "delta_usd": quantity @ (greek["delta"] * forward),
        "vega_usd_per_point": quantity @ (greek["vega"] * 0.01),
        "theta_usd_per_day": quantity @ (greek["theta"] / YEAR_DAYS),
        "vanna_usd_per_point": quantity @ (greek["vanna"] * forward * 0.01),
        "vega_usd_per_point_per_pct": quantity @ (greek["vanna"] * forward * 1e-4),
        "charm_usd_per_day": quantity @ (greek["charm"] * forward / YEAR_DAYS),
    }


def gamma_at(book, quantity, moves):
    """Net USD gamma per 1 % with every forward moved by each log move, vols by strike."""
    out = []
    for move in np.atleast_1d(moves):
        forward = book["forward"] * np.exp(move)
        gamma = black(book["kind"], forward, book["strike"], book["years"], book["vol"])["gamma"]
        out.append(quantity @ (gamma * forward**2 * 0.01))
    return np.array(out)


def flips(book, quantity, spot, low, high, levels=2001):
    """All sign changes of the repriced net gamma: (spot, direction), by dense scan and Brent."""
    moves = np.linspace(np.log(low), np.log(high), levels)
    gamma = gamma_at(book, quantity, moves)
    found = []
    for i in np.flatnonzero(np.sign(gamma[1:]) != np.sign(gamma[:-1])):
        root = brentq(lambda x: gamma_at(book, quantity, x)[0], moves[i], moves[i + 1], xtol=1e-13)
        found.append((spot * np.exp(root), "up" if gamma[i + 1] > gamma[i] else "down"))
    return found


def equilibrium(shock, push, rounds=200_000, edge=3.0):
    """Where x = shock + push(x) comes to rest when iterated outwards from the shock, or None."""
    x = shock
    for _ in range(rounds):
        following = shock + push(x)
        if abs(following) > edge:
            return None
        if abs(following - x) < 1e-12:
            return following
        x = following
    return x


def exact(cp, forward, strike, years, vol, rate=0):
    """Price and every figure of `price`, by differentiating the price with 50 digits and more."""
    with mpmath.workdps(60):
        f0, k, t0, v0, r = (mpmath.mpf(x) for x in (forward, strike, years, vol, rate))

        def price(f, v, t):
            w = v * mpmath.sqrt(t)
            d1 = mpmath.log(f / k) / w + w / 2
            inner = f * mpmath.ncdf(cp * d1) - k * mpmath.ncdf(cp * (d1 - w))
            return mpmath.exp(-r * t) * cp * inner

        def slope(f_order, v_order, t_order):
            if not (f_order or v_order or t_order):
                return price(f0, v0, t0)
            width = v0 * mpmath.sqrt(t0)

            # In scaled variables all derivatives are of order one, so one step serves them all.
            def scaled(a, b, c):
                return price(f0 * (1 + width * a), v0 * (1 + b), t0 * (1 + c))

            value = mpmath.diff(scaled, (0, 0, 0), (f_order, v_order, t_order))
            return value / (f0 * width) ** f_order / v0**v_order / t0**t_order

        point, day = mpmath.mpf("0.01"), mpmath.mpf(365)
        figure = {
            "price": slope(0, 0, 0),
            "price_coin": slope(0, 0, 0) / f0,
            "delta": slope(1, 0, 0),
            "delta_coin": slope(1, 0, 0) - slope(0, 0, 0) / f0,
            "gamma": slope(2, 0, 0),
            "vega_per_point": slope(0, 1, 0) * point,
            "theta_per_day": -slope(0, 0, 1) / day,
            "rho_per_point": -t0 * slope(0, 0, 0) * point,
            "vanna_per_point": slope(1, 1, 0) * point,
            "volga_per_point": slope(0, 2, 0) * point**2,
            "charm_per_day": -slope(1, 0, 1) / day,
            "speed": slope(3, 0, 0),
            "zomma_per_point": slope(2, 1, 0) * point,
            "color_per_day": -slope(2, 0, 1) / day,
        }
        return {name: float(value) for name, value in figure.items()}


def scales(forward, years, vol):
    """Size of each figure at the money: what 'near a zero' is measured against."""
    width = vol * np.sqrt(years)
    height = 0.4
    gamma = height / (forward * width)
    return {
        "price": height * forward * width,
        "price_coin": height * width,
        "delta": 1.0,
        "delta_coin": 1.0,
        "gamma": gamma,
        "vega_per_point": height * forward * np.sqrt(years) * 0.01,
        "theta_per_day": height * forward * width / (2 * years) / YEAR_DAYS,
        "rho_per_point": years * height * forward * width * 0.01,
        "vanna_per_point": height / vol * 0.01,
        "volga_per_point": height * forward * np.sqrt(years) / vol * 1e-4,
        "charm_per_day": height / (2 * years) / YEAR_DAYS,
        "speed": gamma / (forward * width),
        "zomma_per_point": gamma / vol * 0.01,
        "color_per_day": gamma / (2 * years) / YEAR_DAYS,
    }
