"""Who pays for a bankrupt position: the insurance fund first, then the winners.

All amounts are USD and not negative unless the name says otherwise. Nothing appears or vanishes:

    Σ equity + fund before = returned + fund after − left for auto-deleveraging
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError

Vector = NDArray[np.float64]
Values = Vector | float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settlement:
    """What became of closed positions, per path.

    Args:
        returned_usd: To the traders with equity left.
        shortfall_usd: Negative equity, as a positive amount.
        credited_usd: Equity that went to the fund.
        paid_by_fund_usd: Part of the shortfall that the fund covers.
        left_for_adl_usd: The rest, which winners pay.
        fund_after_usd: The fund after both.
    """

    returned_usd: Vector
    shortfall_usd: Vector
    credited_usd: Vector
    paid_by_fund_usd: Vector
    left_for_adl_usd: Vector
    fund_after_usd: Vector


def settle(
    equity_usd: Values,
    fund_usd: Values,
    *,
    surplus_to_fund: float = 0.0,
    accounts_axis: int | None = None,
) -> Settlement:
    """Settles positions that were closed, against one insurance fund per path.

    What is left of solvent accounts is credited before the fund pays. An account's surplus never covers
    another's shortfall directly: pass accounts one by one along ``accounts_axis``, not their sum.

    Args:
        equity_usd: Equity after closing at the prices that were got, signed, shape (paths,); with an axis
            of accounts wherever ``accounts_axis`` says.
        fund_usd: The fund before, shape (paths,) or a number; none is paid from a fund below 0.
        surplus_to_fund: Share of positive equity that the fund keeps: 0 where traders get it back, 1 where
            the venue takes positions over.
        accounts_axis: Axis of ``equity_usd`` to sum over, if any.

    Raises:
        InputError: The share is not between 0 and 1.
    """
    if not 0.0 <= surplus_to_fund <= 1.0:
        raise InputError(
            f"surplus_to_fund {surplus_to_fund:g}",
            place="settlement",
            remedy="give a share between 0 and 1",
        )
    equity = np.asarray(equity_usd, dtype=np.float64)
    surplus, shortfall = np.maximum(equity, 0.0), np.maximum(-equity, 0.0)
    if accounts_axis is not None:
        surplus, shortfall = surplus.sum(axis=accounts_axis), shortfall.sum(axis=accounts_axis)
    credited = surplus_to_fund * surplus
    fund = np.asarray(fund_usd, dtype=np.float64) + credited
    paid = np.minimum(shortfall, np.maximum(fund, 0.0))
    return Settlement(
        returned_usd=surplus - credited,
        shortfall_usd=shortfall,
        credited_usd=credited,
        paid_by_fund_usd=paid,
        left_for_adl_usd=shortfall - paid,
        fund_after_usd=fund - paid,
    )


def adl_score(profit: Values, leverage: Values) -> Vector:
    """Rank of a position in auto-deleveraging: profit·leverage for winners, profit/leverage for losers.

    Args:
        profit: Unrealised profit over the value at entry, decimal.
        leverage: Effective leverage, |notional| over equity at the mark, positive.

    Returns:
        The higher, the sooner it is reduced; NaN where the leverage is not positive.

    Source: BitMEX support, What is auto-deleveraging; Binance and Bybit rank the same way.
    """
    profit, leverage = np.asarray(profit, dtype=np.float64), np.asarray(leverage, dtype=np.float64)
    leverage = np.where(leverage > 0.0, leverage, np.nan)
    return np.where(profit > 0.0, profit * leverage, profit / leverage)[()]


def adl_allocation(available: Vector, needed: Values, *, score: Vector) -> Vector:
    """What each winner gives up: all of the highest score first, then the next, until it is enough.

    The same rule serves two amounts. USD: ``available`` is the unrealised profit, ``needed`` the deficit.
    Size: ``available`` is the position on the winning side, ``needed`` what is to be closed against it.

    Args:
        available: Most that each may give, shape (…, n); what is negative or NaN gives nothing.
        needed: To be raised, not negative, shape (…).
        score: Rank, highest first, shape (…, n); NaN comes last, and of equals the first in order.

    Returns:
        Shape (…, n); each between 0 and ``available``. They sum to ``needed``, up to the rounding of the sum,
        or to all that is available where that is less.
    """
    available, score = np.broadcast_arrays(
        np.nan_to_num(np.asarray(available, dtype=np.float64), nan=0.0, posinf=np.inf), score
    )
    order = np.argsort(-score, axis=-1, kind="stable")
    ranked = np.take_along_axis(np.maximum(available, 0.0), order, axis=-1)
    before = np.zeros_like(ranked)
    np.cumsum(ranked[..., :-1], axis=-1, out=before[..., 1:])
    due = np.asarray(needed, dtype=np.float64)[..., None] - before
    given = np.empty_like(ranked)
    np.put_along_axis(given, order, np.clip(due, 0.0, ranked), axis=-1)
    return given
