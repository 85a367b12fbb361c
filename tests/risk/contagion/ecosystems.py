"""Small and random ecosystems for the tests of cascades."""

import numpy as np
from hypothesis import strategies as st

from shortgamma.risk.contagion.ecosystem import (
    OUTSIDE,
    Cross,
    Debt,
    Ecosystem,
    Leveraged,
    Node,
    Venue,
)

SPOT = 100.0
DEPTH = 1e6


def alone(gain, **changes):
    """One holder on one venue whose loop has this gain; short gamma where it is positive."""
    node = Node(
        **{"name": "desk", "venue": "book", "gamma_usd_per_pct": -gain * DEPTH, "cash_usd": 1e9}
        | changes
    )
    return Ecosystem(
        venues=(Venue(name="book", spot=SPOT, depth_usd_per_pct=DEPTH),), nodes=(node,)
    )


def random_ecosystem(seed):
    """A stable one in which something usually happens: two to six nodes, one to three venues."""
    rng = np.random.default_rng(seed)
    venues = tuple(
        Venue(name=f"v{i}", spot=rng.uniform(50.0, 200.0), depth_usd_per_pct=rng.uniform(1e6, 4e6))
        for i in range(int(rng.integers(1, 4)))
    )
    names = [f"n{i}" for i in range(int(rng.integers(2, 7)))]
    nodes = tuple(random_node(rng, name, venues) for name in names)
    pairs = [(a, b) for a in names for b in (*names, OUTSIDE) if a != b]
    debts = tuple(
        Debt(debtor=a, creditor=b, usd=rng.lognormal(15.0, 1.0))
        for a, b in pairs
        if rng.uniform() < 0.4
    )
    crosses = tuple(
        Cross(bought=a.name, moved=b.name, share=rng.uniform(0.0, 0.5))
        for a in venues
        for b in venues
        if a is not b
    )
    return Ecosystem(venues=venues, nodes=nodes, debts=debts, crosses=crosses)


def random_node(rng, name, venues):
    """Short or long gamma, with leverage, a run and a margin, or without."""
    venue = venues[int(rng.integers(len(venues)))]
    positions = tuple(
        Leveraged(
            coins=rng.normal(0.0, 2e3),
            liquidation_price=venue.spot * rng.uniform(0.7, 1.3),
            maintenance=rng.uniform(0.0, 0.05),
        )
        for _ in range(int(rng.integers(0, 4)))
    )
    return Node(
        name=name,
        venue=venue.name,
        kind="stablecoin" if rng.uniform() < 0.3 else "desk",
        gamma_usd_per_pct=rng.normal(-5e4, 5e4),
        cash_usd=rng.lognormal(15.0, 1.0),
        coins=rng.lognormal(10.0, 1.0),
        requirement_usd=rng.lognormal(14.0, 1.5),
        procyclicality=rng.uniform(0.0, 5.0),
        run_below=rng.uniform(0.0, 1.5),
        run_share=rng.uniform(0.0, 1.0),
        positions=positions,
    )


def ecosystems():
    """Any of them."""
    return st.builds(random_ecosystem, st.integers(0, 2**32 - 1))
