"""Merton's jump diffusion: normal log jumps at Poisson times.

Source: R. C. Merton (1976), "Option pricing when underlying stock returns are discontinuous",
doi:10.1016/0304-405X(76)90022-2.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.draws import Draws, Stream
from shortgamma.feedback.processes.gbm import normal_moves
from shortgamma.feedback.processes.parameters import check_expected_jumps, check_parameters
from shortgamma.kernels.jumps import MOST_EXPECTED, NORMAL_SIZE, add_jumps

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merton:
    """Normal log moves plus jumps; exact for any step.

    (drift − vol²/2 − λk)·dt + vol·√dt·z + Σ sizes, k = e^(jump_mean + jump_vol²/2) − 1.

    Args:
        vol: Of the moves without jumps, decimal per √year.
        intensity: λ, jumps per year.
        jump_mean, jump_vol: Mean and deviation of the log size of a jump.
        drift: Expected return of the price per year; 0 makes it a martingale.
    """

    vol: float
    intensity: float = 12.0
    jump_mean: float = -0.02
    jump_vol: float = 0.06
    drift: float = 0.0

    def __post_init__(self) -> None:
        check_parameters(
            "merton",
            finite={"jump_mean": self.jump_mean, "drift": self.drift},
            not_negative={
                "vol": self.vol,
                "intensity": self.intensity,
                "jump_vol": self.jump_vol,
            },
        )

    @property
    def name(self) -> str:
        """As ``--json`` shows it."""
        return "merton"

    @property
    def annual_vol(self) -> float:
        """√(vol² + λ·E[size²]): expected variance of the log price over a year, decimal."""
        return (self.vol**2 + self.intensity * (self.jump_mean**2 + self.jump_vol**2)) ** 0.5

    @property
    def mean_jump(self) -> float:
        """Expected relative jump of the price, E[e^size] − 1."""
        return float(np.expm1(self.jump_mean + 0.5 * self.jump_vol**2))

    def start(self, draws: Draws, years: Vector) -> None:  # noqa: ARG002
        """Nothing to remember.

        Raises:
            InputError: A step holds too many jumps.
        """
        check_expected_jumps(self.name, self.intensity * float(years.max()), MOST_EXPECTED)

    def advance(self, state: None, draws: Draws, *, years: float, out: Vector) -> None:  # noqa: ARG002
        """Writes this step's log moves into ``out``."""
        drift = self.drift - 0.5 * self.vol**2 - self.intensity * self.mean_jump
        normal_moves(draws.normals(Stream.PRICE), drift * years, self.vol * years**0.5, out)
        if self.intensity > 0.0:
            add_jumps(
                draws.uniforms(Stream.JUMP_TIME),
                self.intensity * years,
                (NORMAL_SIZE, self.jump_mean, self.jump_vol, 0.0),
                (draws.seed, int(Stream.JUMP_SIZE), draws.first_path, draws.step),
                out,
            )
