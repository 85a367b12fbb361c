"""The measures of the exposure room once more, in plain NumPy and SciPy, sharing no code with it."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

SQRT_2PI = np.sqrt(2.0 * np.pi)


def d1_of(forward, strike, years, vol):
    width = vol * np.sqrt(years)
    return np.log(forward / strike) / width + 0.5 * width, width


def gamma_usd_per_pct(forward, strike, years, vol):
    d1, width = d1_of(forward, strike, years, vol)
    return np.exp(-0.5 * d1**2) / SQRT_2PI / width * forward * 0.01


def vanna_usd_per_point(forward, strike, years, vol):
    d1, width = d1_of(forward, strike, years, vol)
    return -np.exp(-0.5 * d1**2) / SQRT_2PI * (d1 - width) / vol * forward * 0.01


def charm_usd_per_day(forward, strike, years, vol):
    d1, width = d1_of(forward, strike, years, vol)
    return np.exp(-0.5 * d1**2) / SQRT_2PI * (d1 - width) / (2.0 * years) * forward / 365.0


def delta(forward, strike, years, vol, is_call):
    d1, _width = d1_of(forward, strike, years, vol)
    return np.where(is_call, ndtr(d1), -ndtr(-d1))


def net_gamma(options, quantity, move):
    """Net gamma with all forwards moved by e^move, vols by strike."""
    return float(
        np.sum(
            quantity
            * gamma_usd_per_pct(
                options.forward * np.exp(move), options.strike, options.years, options.vol
            )
        )
    )


def all_flips(options, quantity, spot, *, low, high, points):
    """Every sign change on a dense grid, refined with Brent's method."""
    moves = np.linspace(np.log(low), np.log(high), points)
    values = np.array([net_gamma(options, quantity, move) for move in moves])
    flips = []
    for i in np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0):
        root = brentq(
            lambda move: net_gamma(options, quantity, move), moves[i], moves[i + 1], xtol=1e-14
        )
        flips.append((spot * np.exp(root), "up" if values[i] < 0 else "down"))
    return flips
