"""Furfine's cascade: a default costs creditors a fixed part of their claims; who loses its equity falls."""

from dataclasses import dataclass

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.fixed_points import NEVER
from shortgamma.risk.contagion.network import Counts, Mask, Network, Vector


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cascade:
    """A sequence of defaults; all per node, shape (n,).

    Args:
        payments: To the network: all that is owed, or in default the recovered part of it.
        equity: After all losses; negative by what creditors do not get.
        defaulted: True where a node fell, the first ones included.
        fell: Round of default, 0 for the first ones; −1 where it never did.
        losses: On claims.
        rounds: After the first defaults.
    """

    payments: Vector
    equity: Vector
    defaulted: Mask
    fell: Counts
    losses: Vector
    rounds: int


def cascade(network: Network, first: Mask, *, recovery: float = 0.0) -> Cascade:
    """Defaults in rounds.

    A node falls when its losses on defaulted debtors, (1 − recovery)·Σ claims on them, exceed its equity;
    with exactly its equity lost it stands. A node whose equity is negative at the outset falls in round
    0, too.

    Args:
        network: Debts and equity.
        first: The nodes that fail at the outset.
        recovery: Part of a defaulted debt that is paid, 0 to 1.

    Raises:
        InputError: Recovery is no such part.

    Source: C. Furfine (2003), doi:10.1353/mcb.2003.0004; the sequential default of
    C. Upper, A. Worms (2004), doi:10.1016/j.euroecorev.2003.12.009.
    """
    if not 0.0 <= recovery <= 1.0:
        raise InputError(
            f"{recovery:g}", place="--recovery", remedy="give what is recovered, from 0 to 1"
        )
    equity = network.net_worth
    down = first | (equity < 0.0)
    fell = np.where(down, 0, NEVER)
    rounds = 0
    while True:
        losses = (1.0 - recovery) * (down @ network.liabilities)
        fresh = ~down & (losses > equity)
        if not fresh.any():
            break
        rounds += 1
        fell[fresh] = rounds
        down = down | fresh
    return Cascade(
        payments=np.where(down, recovery, 1.0) * network.owed,
        equity=equity - losses,
        defaulted=down,
        fell=fell,
        losses=losses,
        rounds=rounds,
    )
