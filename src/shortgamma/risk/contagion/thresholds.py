"""Fire sales that begin only where a leverage constraint is broken, round after round."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.network import Counts, Mask, Matrix, Vector, column
from shortgamma.risk.contagion.portfolios import Portfolios

MOST_ROUNDS = 1_000
NOTHING = 1e-12
"""Of a portfolio: a smaller sale is rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeverageRule:
    """When an institution sells, how much, and what it gets.

    Args:
        max_leverage: Assets over equity above which it has to sell.
        target_leverage: Assets over equity to which it then returns, at most ``max_leverage``.
        sold_at: Part of a round's price fall that is lost on what is sold in that round, 0 to 1.
        illiquid: USD of assets that cannot be sold, per institution or one figure for all.
    """

    max_leverage: float
    target_leverage: float
    sold_at: float = 0.5
    illiquid: ArrayLike = 0.0

    def __post_init__(self) -> None:
        if not 1.0 <= self.target_leverage <= self.max_leverage < np.inf:
            raise InputError(
                f"target {self.target_leverage:g}, maximum {self.max_leverage:g}",
                place="max_leverage",
                remedy="give assets over equity, 1 ≤ target_leverage ≤ max_leverage",
            )
        if not 0.0 <= self.sold_at <= 1.0:
            raise InputError(f"{self.sold_at:g}", place="sold_at", remedy="give a part from 0 to 1")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SaleCascade:
    """Rounds of forced sales; losses are positive.

    Args:
        direct_losses: USD that the shock costs each institution, shape (n,).
        losses: USD that the sales cost each, shape (n,).
        sold: USD sold by each at prices before the round, over all rounds, shape (n,).
        equity: What is left, shape (n,).
        insolvent, illiquid: No equity left; nothing left to sell while still above the limit.
        sells: Round of the first forced sale, the first being 1; −1 where there was none.
        fell: Round after which no equity is left, 0 for the shock itself; −1 where some is.
        price_returns: Return of each asset through all sales, shape (k,).
        overlap: ``[i, j]``, see :func:`liquidity_weighted_overlap`.
        rounds: With sales.
        converged: False where rounds ran out.
    """

    direct_losses: Vector
    losses: Vector
    sold: Vector
    equity: Vector
    insolvent: Mask
    illiquid: Mask
    sells: Counts
    fell: Counts
    price_returns: Vector
    overlap: Matrix
    rounds: int
    converged: bool


def liquidity_weighted_overlap(held: Portfolios) -> Matrix:
    """Ω_ij = Σ_kl Π_ik·L_kl·Π_jl: the loss of i when j sells all it holds, USD.

    With depths D on the diagonal of impact, 1/D, it is Σ_k Π_ik·Π_jk/D_k. Its largest eigenvalues say how
    strongly sales can feed on each other.

    Source: R. Cont, E. Schaanning (2017), section 4, doi:10.2139/ssrn.2541114.
    """
    return held.holdings @ held.impact @ held.holdings.T


def forced_sales(held: Portfolios, rule: LeverageRule) -> SaleCascade:
    """Sales in rounds: who is above its leverage limit sells in proportion to what it holds.

    Leverage is (Π + Θ)/C with marketable Π, unmarketable Θ and equity C. Above the maximum a part
    Γ = min(1, (Π + Θ − target·C)/Π) of all that is marketable is sold; an insolvent institution sells all of
    it. Prices fall by impact times what is sold of each asset, at most to zero; what is kept loses all of the
    fall, what is sold ``sold_at`` of it.

    Source: R. Cont, E. Schaanning (2017), sections 3.1 to 3.3; impact is linear and capped here.
    """
    found = opening(held, rule)
    for _round in range(MOST_ROUNDS):
        part = sale(found.values.sum(axis=1), found.theta, found.equity, rule=rule)
        selling = part * found.values.sum(axis=1) > NOTHING * held.assets
        if not selling.any():
            return closing(held, found, rule, converged=True)
        found.sells[selling & (found.sells < 0)] = found.rounds + 1
        amounts = np.where(selling, part, 0.0)[:, None] * found.values
        fall = np.minimum(held.impact @ amounts.sum(axis=0), 1.0)
        kept = found.values - amounts
        lost = (kept + rule.sold_at * amounts) @ fall
        found.values, found.prices = kept * (1.0 - fall), found.prices * (1.0 - fall)
        found.equity, found.losses = found.equity - lost, found.losses + lost
        found.sold += amounts.sum(axis=1)
        found.rounds += 1
        found.fell[(found.equity <= 0.0) & (found.fell < 0)] = found.rounds
    return closing(held, found, rule, converged=False)


@dataclass(slots=True, kw_only=True)
class Course:
    """Where the rounds stand; the arrays are those of :class:`SaleCascade`, ``values`` what is held."""

    values: Matrix
    prices: Vector
    theta: Vector
    equity: Vector
    losses: Vector
    sold: Vector
    sells: Counts
    fell: Counts
    rounds: int = 0


def opening(held: Portfolios, rule: LeverageRule) -> Course:
    """After the shock, before any sale."""
    count = len(held.names)
    theta = column("illiquid", rule.illiquid, names=held.names)
    values = held.holdings * (1.0 + held.shock)
    direct = (held.holdings - values).sum(axis=1)
    equity = (held.assets + theta) / (1.0 + held.leverage) - direct
    return Course(
        values=values,
        prices=np.ones(len(held.asset_names)),
        theta=theta,
        equity=equity,
        losses=np.zeros(count),
        sold=np.zeros(count),
        sells=np.full(count, -1),
        fell=np.where(equity <= 0.0, 0, -1),
    )


def closing(held: Portfolios, found: Course, rule: LeverageRule, *, converged: bool) -> SaleCascade:
    """The result of the rounds."""
    after = found.values.sum(axis=1)
    stuck = (after <= NOTHING * held.assets) & (found.theta > rule.max_leverage * found.equity)
    return SaleCascade(
        direct_losses=-held.holdings @ held.shock,
        losses=found.losses,
        sold=found.sold,
        equity=found.equity,
        insolvent=found.equity <= 0.0,
        illiquid=stuck & (found.equity > 0.0),
        sells=found.sells,
        fell=found.fell,
        price_returns=found.prices - 1.0,
        overlap=liquidity_weighted_overlap(held),
        rounds=found.rounds,
        converged=converged,
    )


def sale(marketable: Vector, theta: Vector, equity: Vector, *, rule: LeverageRule) -> Vector:
    """Part of what is marketable that each has to sell."""
    whole = marketable + theta
    forced = whole > rule.max_leverage * equity
    excess = whole - rule.target_leverage * np.maximum(equity, 0.0)
    part = np.divide(excess, marketable, out=np.zeros_like(excess), where=marketable > 0.0)
    return np.where(forced, np.clip(part, 0.0, 1.0), 0.0)
