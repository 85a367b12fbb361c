"""Fire sales of institutions that return to their leverage, and how vulnerable that makes everyone."""

from dataclasses import dataclass

import numpy as np

from shortgamma.risk.contagion.network import Matrix, Vector
from shortgamma.risk.contagion.portfolios import Portfolios


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vulnerability:
    """What one round of deleveraging does; losses are positive.

    Args:
        direct_losses: USD that the shock itself costs each institution, shape (n,).
        sales: USD of each asset that each has to sell, negative = buys, shape (n, k).
        price_returns: Return of each asset through all sales, shape (k,).
        losses: USD that these returns cost each institution, shape (n,).
        aggregate: Σ losses over all equity.
        contributions: The part of ``aggregate`` due to each institution's sales; they sum to it.
        indirect: Losses of each over its own equity, shape (n,).
    """

    direct_losses: Vector
    sales: Matrix
    price_returns: Vector
    losses: Vector
    aggregate: float
    contributions: Vector
    indirect: Vector


def vulnerability(held: Portfolios) -> Vulnerability:
    """One round of sales after a shock to prices.

    With assets A (a diagonal), leverage B, weights M, impact L and shock F: a portfolio returns M·F, and to
    keep its leverage an institution trades A·B·M·F in proportion to its weights. All trades Mᵀ·A·B·M·F move
    prices by L·Mᵀ·A·B·M·F, which costs −A·M·L·Mᵀ·A·B·M·F. Linear: no institution sells more because of the
    second loss, and none is stopped from selling more than it has.

    Source: R. Greenwood, A. Landier, D. Thesmar (2015), equations 1 to 7, doi:10.1016/j.jfineco.2014.11.006.
    """
    returns = held.weights @ held.shock
    trades = held.assets * held.leverage * returns
    by_asset = trades[:, None] * held.weights
    price_returns = held.impact @ by_asset.sum(axis=0)
    equity = float(held.equity.sum())
    costs_all = held.assets @ held.weights
    each = -(by_asset @ held.impact.T) @ costs_all / equity
    losses = -held.assets * (held.weights @ price_returns)
    own = held.equity
    return Vulnerability(
        direct_losses=-held.assets * returns,
        sales=-by_asset,
        price_returns=price_returns,
        losses=losses,
        aggregate=float(losses.sum()) / equity,
        contributions=each,
        indirect=np.divide(losses, own, out=np.zeros_like(own), where=own > 0.0),
    )
