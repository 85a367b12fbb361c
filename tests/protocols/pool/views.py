"""One trade with a pool, made for a test."""

import numpy as np

from shortgamma.protocols.pool.quote import TradeView


def trade(**values):
    """As many trades as the longest array in ``values``: a pool short 50 coins per USD·100 unless given."""
    plain = {
        "quantity": 10.0,
        "price": 2_000.0,
        "vol": 0.8,
        "premium": 100.0,
        "vega_usd_per_point": 1.1,
        "gamma": -5.0,
        "unit_gamma": 0.0018,
        "impact": 4e-6,
        "short_coins": 3_000.0,
        "capital_usd": 8e6,
    }
    arrays = np.broadcast_arrays(
        *(np.atleast_1d(v).astype(float) for v in (plain | values).values())
    )
    return TradeView(**dict(zip(plain, arrays, strict=True)))
