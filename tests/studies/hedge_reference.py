"""Random chains with quotes, random books, and a plain linear program of its own for their hedge.

Nothing here imports the optimiser: formulas are the textbook's on SciPy's normal distribution.
"""

import numpy as np
from scipy.optimize import linprog
from scipy.stats import norm

from shortgamma.market.book import Book
from shortgamma.market.chain import Chain
from tests.exposure.builders import ASOF, series

SPOT = 50_000.0


def market(seed, *, size=60, inverse=False, one_sided=0, sizes=True):
    """A chain with a smile, bid and ask around its own price, and sizes."""
    rng = np.random.default_rng(seed)
    days = rng.choice([2.0, 9.0, 30.0, 88.0, 250.0], size)
    forward = SPOT * np.exp(0.04 * days / 365.0)
    k = rng.normal(0.0, 0.5, size) * np.sqrt(days / 365.0)
    vols = 0.55 + 0.2 * k**2 + rng.uniform(0.0, 0.02, size)
    options = series(
        np.round(forward * np.exp(k), -2),
        days=days,
        vols=vols,
        is_call=rng.random(size) < 0.5,
        forward=forward,
    )
    object.__setattr__(options, "is_inverse", np.full(size, inverse))
    value = greeks(options)["price"]
    half = np.maximum(0.01 * value, 5.0) * rng.uniform(0.5, 1.5, size)
    bid, ask = np.maximum(value - half, 0.1 * value), value + half
    bid[:one_sided] = np.nan
    quote = 1.0 / SPOT if inverse else 1.0
    shown = rng.uniform(1.0, 20.0, (2, size)) if sizes else np.full((2, size), np.nan)
    return Chain(
        asof=ASOF,
        venue="test",
        underlying="BTC",
        spot=SPOT,
        options=options,
        open_interest=np.ones(size),
        bid_price=bid * quote,
        ask_price=ask * quote,
        mark_price=value * quote,
        bid_size=shown[0],
        ask_size=shown[1],
    )


def book_of(chain, quantity):
    """Holdings of a chain's options."""
    held = np.flatnonzero(quantity)
    return Book(
        asof=chain.asof,
        underlying=chain.underlying,
        spot=chain.spot,
        options=chain.options.select(held),
        quantity=quantity[held],
    )


def short_straddle(chain, size=3.0):
    """Short the two options of about a month that are nearest the money."""
    o = chain.options
    distance = np.abs(np.log(o.strike / o.forward)) + 10.0 * (np.abs(o.years * 365 - 30) > 1)
    quantity = np.zeros(len(chain))
    quantity[np.argsort(distance)[:2]] = -size
    return book_of(chain, quantity)


def random_book(chain, seed):
    """A few holdings, short on balance."""
    rng = np.random.default_rng(seed)
    quantity = np.zeros(len(chain))
    chosen = rng.choice(len(chain), 8, replace=False)
    quantity[chosen] = rng.normal(-1.5, 2.0, 8)
    return book_of(chain, quantity)


def value(options, move=0.0, vol=None):
    """Black-76, USD."""
    vol = options.vol if vol is None else vol
    forward, width = options.forward * (1.0 + move), vol * np.sqrt(options.years)
    d1 = np.log(forward / options.strike) / width + 0.5 * width
    sign = np.where(options.is_call, 1.0, -1.0)
    return sign * (forward * norm.cdf(sign * d1) - options.strike * norm.cdf(sign * (d1 - width)))


def greeks(options):
    """Per unit held, in the units of the limits."""
    width = options.vol * np.sqrt(options.years)
    d1 = np.log(options.forward / options.strike) / width + 0.5 * width
    density = norm.pdf(d1)
    d2 = d1 - width
    return {
        "price": value(options),
        "delta": norm.cdf(d1) - ~options.is_call,
        "gamma_usd_per_pct": density / (options.forward * width) * options.forward**2 * 0.01,
        "vega_usd_per_point": options.forward * density * np.sqrt(options.years) * 0.01,
        "vanna_usd_per_point": -density * d2 / options.vol * options.forward * 0.01,
    }


def cell_moves():
    """Spot moves and relative vol shifts of the grid of the reference."""
    return [(move, shift) for move in (-0.3, -0.1, 0.1, 0.3) for shift in (-0.2, 0.0, 0.4)]


def profits(options):
    """Profit of one unit in every cell, shape (cells, n)."""
    now = value(options)
    return np.array(
        [value(options, move, options.vol * (1.0 + shift)) - now for move, shift in cell_moves()]
    )


def figures(book, trades, chain, hedge):
    """Every limited figure after the trades, from scratch."""
    mine, theirs = greeks(book.options), greeks(chain.options)
    found = {
        name: float(book.quantity @ mine[name] + trades @ theirs[name])
        for name in mine
        if name != "price"
    }
    found["delta"] += hedge
    moves = np.array([move for move, _shift in cell_moves()])
    pnl = profits(book.options) @ book.quantity + profits(chain.options) @ trades
    found["worst_cell_usd"] = float(np.max(-(pnl + hedge * chain.spot * moves)))
    return found


def reference_cost(book, chain, limits):
    """Smallest cost by a plain program; None where the limits cannot be kept."""
    unit = greeks(chain.options)
    start = figures(book, np.zeros(len(chain)), chain, 0.0)
    rows, room = [], []
    for name, most in limits.items():
        if name == "worst_cell_usd":
            moves = np.array([move for move, _shift in cell_moves()])
            loss = -np.column_stack([profits(chain.options), chain.spot * moves])
            rows += list(loss)
            room += list(most + profits(book.options) @ book.quantity)
            continue
        slope = np.append(unit[name], 1.0 if name == "delta" else 0.0)
        rows += [slope, -slope]
        room += [most - start[name], most + start[name]]
    matrix, room = np.array(rows), np.array(room)
    scale = np.abs(matrix).max(axis=1)
    both = np.hstack([matrix, -matrix]) / scale[:, None]
    to_usd = np.where(chain.options.is_inverse, chain.spot, 1.0)
    half = np.append(0.5 * (chain.ask_price - chain.bid_price) * to_usd, 0.0)
    most = np.concatenate([chain.ask_size, [np.inf], chain.bid_size, [np.inf]])
    most = np.where(np.isnan(most), np.inf, most)
    bounds = [(0.0, float(m)) for m in most]
    found = linprog(np.tile(half, 2), A_ub=both, b_ub=room / scale, bounds=bounds)
    return found.fun if found.status == 0 else None
