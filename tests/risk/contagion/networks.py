"""Random networks for the tests of contagion."""

import numpy as np
from hypothesis import strategies as st

from shortgamma.risk.contagion.network import Network


def random_network(seed, *, nodes=None, density=None, outside=True):
    """A network in which some nodes cannot pay: sparse or dense, with and without outside debts."""
    rng = np.random.default_rng(seed)
    count = nodes or int(rng.integers(2, 13))
    filled = density or rng.uniform(0.1, 1.0)
    owed = rng.lognormal(0.0, 1.0, (count, count)) * (rng.uniform(size=(count, count)) < filled)
    np.fill_diagonal(owed, 0.0)
    scale = owed.sum(axis=1).mean() + 0.1
    return Network(
        names=tuple(f"n{place}" for place in range(count)),
        liabilities=owed,
        external_assets=rng.uniform(0.0, 1.0, count) * scale,
        external_liabilities=rng.uniform(0.0, 0.8, count) * scale if outside else np.zeros(count),
    )


def networks():
    """Any of them."""
    return st.builds(random_network, st.integers(0, 2**32 - 1), outside=st.booleans())


def renamed(network, order):
    """The same network with its nodes in another order."""
    return Network(
        names=tuple(network.names[place] for place in order),
        liabilities=network.liabilities[np.ix_(order, order)],
        external_assets=network.external_assets[order],
        external_liabilities=network.external_liabilities[order],
    )


def scaled(network, factor):
    """The same network in another currency."""
    return Network(
        names=network.names,
        liabilities=factor * network.liabilities,
        external_assets=factor * network.external_assets,
        external_liabilities=factor * network.external_liabilities,
    )
