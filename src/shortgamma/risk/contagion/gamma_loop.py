"""The loop of an ecosystem short gamma: a price moves, hedges follow, and what they trade moves prices on."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.network import Matrix, Vector, column, table


class LoopStatus(StrEnum):
    """Whether moves die out."""

    STABLE = "stable"
    UNSTABLE = "unstable"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GammaLoop:
    """Forced trades and their impact.

    Args:
        venues: Names, shape (v,).
        gamma: ``[i, j]``, coins bought on venue i per USD that the price of j rises; positive where the
            hedgers are *short* gamma, negative where they are long and dampen, shape (v, v).
        impact: ``[i, j]``, USD by which the price of i rises per coin bought on j, not negative,
            shape (v, v).

    Raises:
        InputError: A figure is missing or no number, or sizes do not fit.
    """

    venues: tuple[str, ...]
    gamma: Matrix
    impact: Matrix

    def __post_init__(self) -> None:
        if not self.venues:
            raise InputError("there is no venue", place="names", remedy="give at least one")
        low = -1e18
        object.__setattr__(self, "gamma", by_venue("gamma", self.gamma, self.venues, lowest=low))
        object.__setattr__(self, "impact", by_venue("impact", self.impact, self.venues))

    @property
    def turn(self) -> Matrix:
        """λ·Γ: how prices move on after one turn of the loop; it has the eigenvalues of Γ·λ."""
        return self.impact @ self.gamma


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LoopAnswer:
    """How strong the loop is.

    Args:
        loop_gain: Spectral radius of Γ·λ.
        amplification: 1/(1 − g) of the dominant mode; None where the gain is 1 or more.
        status: ``unstable`` where the gain is 1 or more.
        mode: Part of each venue in the dominant mode, their moduli sum to 1, shape (v,).
        responses: ``[i, j]``, USD that the price of i moves in all per USD of outside shock to j; None
            where unstable.
        flows: ``[i, j]``, coins then traded on venue i; None where unstable.
    """

    loop_gain: float
    amplification: float | None
    status: LoopStatus
    mode: Vector
    responses: Matrix | None
    flows: Matrix | None


def by_venue(
    place: str, values: ArrayLike, venues: tuple[str, ...], *, lowest: float = 0.0
) -> Matrix:
    """A matrix over venues; one number or a vector is its diagonal."""
    found = np.asarray(values, dtype=np.float64)
    if found.ndim == 2:
        return table(place, found, rows=venues, columns=len(venues), lowest=lowest)
    diagonal = np.diag(column(place, found, names=venues, lowest=lowest))
    diagonal.setflags(write=False)
    return diagonal


def loop_answer(loop: GammaLoop) -> LoopAnswer:
    """Gain and amplification.

    Prices end at Δp = ε + λ·Γ·Δp, that is (1 − λΓ)⁻¹·ε, the limit of ε + λΓε + (λΓ)²ε + … where the spectral
    radius g of λΓ is below 1. At g ≥ 1 the sum has no limit: ``unstable``, never a number, even where the
    inverse exists. The dominant eigenvalue m gives the amplification 1/|1 − m|: 1/(1 − g) in a loop that
    amplifies, 1/(1 + g) in one that dampens.
    """
    turn = loop.turn
    values, vectors = np.linalg.eig(turn)
    first = int(np.argmax(np.abs(values)))
    gain = float(np.abs(values[first]))
    mode = np.abs(vectors[:, first])
    shares = mode / mode.sum()
    # Rounding of the eigenvalues must not turn a gain of one into a number.
    if gain >= 1.0 - 1e-12 * len(loop.venues):
        return LoopAnswer(
            loop_gain=gain,
            amplification=None,
            status=LoopStatus.UNSTABLE,
            mode=shares,
            responses=None,
            flows=None,
        )
    inverse = np.linalg.inv(np.eye(len(loop.venues)) - turn)
    responses: Matrix = np.asarray(inverse, dtype=np.float64)
    return LoopAnswer(
        loop_gain=gain,
        amplification=float(1.0 / np.abs(1.0 - values[first])),
        status=LoopStatus.STABLE,
        mode=shares,
        responses=responses,
        flows=loop.gamma @ responses,
    )
