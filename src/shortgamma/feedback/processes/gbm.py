"""Geometric Brownian motion."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.feedback.draws import Draws, Stream
from shortgamma.kernels.elementary import FAST

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gbm:
    """Independent normal log moves: (drift − vol²/2)·dt + vol·√dt·z, exact for any step.

    Args:
        vol: Decimal per √year.
        drift: Expected return of the price per year; 0 makes it a martingale.
    """

    vol: float
    drift: float = 0.0

    def __post_init__(self) -> None:
        if not (0.0 <= self.vol < np.inf and np.isfinite(self.drift)):
            raise InputError(
                f"vol {self.vol:g} with drift {self.drift:g}",
                place="gbm",
                remedy="give a vol of 0 or more and a finite drift",
            )

    @property
    def name(self) -> str:
        """As ``--json`` shows it."""
        return "gbm"

    @property
    def annual_vol(self) -> float:
        """√(expected variance of the log price over the first year), decimal."""
        return self.vol

    def start(self, draws: Draws, years: Vector) -> None:  # noqa: ARG002
        """Nothing to remember."""
        return

    def advance(self, state: None, draws: Draws, *, years: float, out: Vector) -> None:  # noqa: ARG002
        """Writes this step's log moves into ``out``."""
        drift = (self.drift - 0.5 * self.vol * self.vol) * years
        normal_moves(draws.normals(Stream.PRICE), drift, self.vol * years**0.5, out)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def normal_moves(normals: Vector, mean: float, deviation: float, out: Vector) -> None:
    """Mean + deviation·normals."""
    for j in range(out.size):
        out[j] = mean + deviation * normals[j]
