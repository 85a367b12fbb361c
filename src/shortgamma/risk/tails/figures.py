"""Value at risk and expected shortfall, and both of a sample of losses.

With losses positive and a level such as 0.99, the value at risk is the smallest loss l that is exceeded
with a probability of at most 1 − level, and the expected shortfall is the mean of the worst 1 − level of
all outcomes, a fraction of the last one included where the share is no whole number of them.

Source: C. Acerbi, D. Tasche (2002), "On the coherence of expected shortfall",
doi:10.1016/S0378-4266(02)00283-2.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError

Vector = NDArray[np.float64]

ROUNDING = 1e-9
"""Of an outcome: n·(1 − level) that is nearer to a whole number than this is that number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TailFigures:
    """Tail risk at one level.

    Args:
        level: Share of outcomes that are no worse, as 0.99.
        var: Value at risk, USD, positive = loss.
        es: Expected shortfall, USD, positive = loss.
    """

    level: float
    var: float
    es: float


def check_level(level: float) -> None:
    """Refuses a level that is no share of outcomes.

    Raises:
        InputError: It is not between 0.5 and 1.
    """
    if not 0.5 < level < 1.0:
        raise InputError(
            f"level {level:g}",
            place="--level",
            remedy="give a share above 0.5 and below 1, as 0.99",
        )


def sample_tail(losses: Vector, level: float) -> TailFigures:
    """Both figures of equally likely losses.

    Args:
        losses: USD, positive = loss, shape (n,), n ≥ 1.
        level: As 0.99.

    Raises:
        InputError: No losses, or no such level.
    """
    check_level(level)
    if losses.size == 0:
        raise InputError("no losses", place="losses", remedy="give one or more")
    var, es = tail_columns(losses[:, None], level)
    return TailFigures(level=level, var=float(var[0]), es=float(es[0]))


def tail_columns(losses: NDArray[np.float64], level: float) -> tuple[Vector, Vector]:
    """Value at risk and expected shortfall of every column.

    Args:
        losses: USD, positive = loss, shape (n, columns).
        level: As 0.99.

    Returns:
        Value at risk and expected shortfall, USD, shape (columns,) each.
    """
    size = losses.shape[0]
    beyond = size * (1.0 - level)
    whole = min(int(np.floor(beyond + ROUNDING)), size - 1)
    worst = -np.partition(-losses, whole, axis=0)[: whole + 1]
    var = worst[whole]
    rest = max(beyond - whole, 0.0)
    return var, (worst[:whole].sum(axis=0) + rest * var) / beyond
