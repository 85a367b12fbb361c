"""Volatility that follows the moves: EWMA with a stated memory, GARCH(1,1) by likelihood.

Both are one recursion of the variance of the next move::

    σ²ₜ₊₁ = ω + α·x²ₜ + β·σ²ₜ

EWMA has ω = 0, α = 1 − λ, β = λ. The recursion starts at the mean square of the first 20 moves.

Source: J.P. Morgan, RiskMetrics technical document (1996), λ = 0.94 for daily moves; T. Bollerslev (1986),
doi:10.1016/0304-4076(86)90063-1; C. Francq, J.-M. Zakoïan (2010), ISBN 978-0-470-68391-0 (targeting).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.signal import lfilter
from scipy.special import expit

from shortgamma.basics.errors import InputError

Vector = NDArray[np.float64]

DECAY: Final = 0.94
START: Final = 20
"""Moves whose mean square starts the recursion."""
MOST_PERSISTENT: Final = 0.9995
"""α + β of a fitted GARCH: from 1 on there is no long-run variance."""
STARTS: Final = ((0.05, 0.90), (0.10, 0.80), (0.15, 0.60))
"""α and β from which the search begins."""
LEAST_MOVES: Final = 50
SMALLEST: Final = 1e-4
"""Of the mean square of all moves: no variance is lower, so that a quiet spell does not blow up residuals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VolRecursion:
    """σ² = ω + α·x² + β·σ² of the move before.

    Args:
        name: ``ewma`` or ``garch``.
        constant: ω, squared log move.
        reaction: α.
        memory: β.
    """

    name: str
    constant: float
    reaction: float
    memory: float

    def variances(self, moves: Vector) -> Vector:
        """Variance of each move given those before it, and of the next one, shape (n + 1,)."""
        start = float(np.mean(moves[:START] ** 2))
        drive = self.constant + self.reaction * moves**2
        state = np.array([self.memory * start])
        later, _ = lfilter([1.0], [1.0, -self.memory], drive, zi=state)
        lowest = SMALLEST * float(np.mean(moves**2))
        return np.maximum(np.concatenate([[start], later]), lowest)


def ewma(moves: Vector) -> VolRecursion:  # noqa: ARG001
    """The recursion with λ = 0.94, whatever the moves."""
    return VolRecursion(name="ewma", constant=0.0, reaction=1.0 - DECAY, memory=DECAY)


def fit_garch(moves: Vector) -> VolRecursion:
    """GARCH(1,1) by normal quasi-likelihood, its long-run variance set to that of the moves.

    Args:
        moves: Log moves in the order of time, shape (n,).

    Raises:
        InputError: Fewer than 50 moves, or none that moves.
    """
    square = float(np.mean(moves**2))
    if moves.size < LEAST_MOVES or not square > 0.0:
        raise InputError(
            f"{moves.size} moves for a GARCH filter",
            place="price history",
            remedy=f"give {LEAST_MOVES} or more that move, or use --filter ewma",
        )

    def recursion(x: Vector) -> VolRecursion:
        shares = np.asarray(expit(x), dtype=np.float64).tolist()
        persistence, share = MOST_PERSISTENT * shares[0], shares[1]
        return VolRecursion(
            name="garch",
            constant=square * (1.0 - persistence),
            reaction=persistence * share,
            memory=persistence * (1.0 - share),
        )

    def cost(x: Vector) -> float:
        variances = recursion(x).variances(moves)[:-1]
        return float(np.mean(np.log(variances) + moves**2 / variances))

    found = [
        minimize(cost, np.array([start_of(a + b), start_of(a / (a + b))]), method="Nelder-Mead")
        for a, b in STARTS
    ]
    best = min(found, key=lambda each: float(each.fun))
    return recursion(np.asarray(best.x, dtype=np.float64))


def start_of(share: float) -> float:
    """Logit of a share."""
    return float(np.log(share / (1.0 - share)))


FILTERS: Final[Mapping[str, Callable[[Vector], VolRecursion]]] = MappingProxyType(
    {"ewma": ewma, "garch": fit_garch}
)
"""By name."""
