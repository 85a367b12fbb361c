"""Small chains and books made for a test."""

import numpy as np

from shortgamma.basics.time import parse_stamp
from shortgamma.basics.units import NANOSECONDS_PER_DAY
from shortgamma.market.chain import Chain
from shortgamma.market.options import OptionSeries

ASOF = parse_stamp("2026-01-15T08:00Z")


def series(strikes, *, days, vols, is_call, forward=100.0, rate=0.0):
    """Option contracts from broadcastable columns."""
    strikes, days, vols, is_call, forward, rate = np.broadcast_arrays(
        *(np.atleast_1d(x) for x in (strikes, days, vols, is_call, forward, rate))
    )
    return OptionSeries(
        instrument=[f"X-{i}" for i in range(len(strikes))],
        is_call=is_call.astype(bool),
        strike=strikes,
        expiry=ASOF + np.rint(days * NANOSECONDS_PER_DAY).astype(np.int64),
        years=days / 365.0,
        forward=forward,
        vol=vols,
        rate=rate,
        is_inverse=np.ones(len(strikes), bool),
    )


def chain_of(options, open_interest, *, spot=100.0):
    """A chain without quotes."""
    nothing = np.full(len(options), np.nan)
    return Chain(
        asof=ASOF,
        venue="test",
        underlying="BTC",
        spot=spot,
        options=options,
        open_interest=np.broadcast_to(open_interest, len(options)),
        bid_price=nothing,
        ask_price=nothing,
        mark_price=nothing,
        bid_size=nothing,
        ask_size=nothing,
    )


def random_chain(seed, size=300):
    """A chain with a smile, several expiries and skewed open interest."""
    rng = np.random.default_rng(seed)
    days = rng.choice([0.4, 1.0, 3.0, 8.0, 29.0, 90.0, 300.0], size)
    forward = 100.0 * np.exp(0.05 * days / 365.0)
    k = rng.normal(0.0, 0.25, size)
    return chain_of(
        series(
            np.round(forward * np.exp(k), 1),
            days=days,
            vols=0.5 + 0.3 * k**2 - 0.1 * k + rng.uniform(0.0, 0.05, size),
            is_call=rng.random(size) < 0.5,
            forward=forward,
        ),
        rng.lognormal(3.0, 1.5, size),
    )
