"""Kou's jump diffusion: double-exponential log jumps at Poisson times.

Source: S. G. Kou (2002), "A jump-diffusion model for option pricing", doi:10.1287/mnsc.48.8.1086.166.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.feedback.draws import Draws, Stream
from shortgamma.feedback.processes.gbm import normal_moves
from shortgamma.feedback.processes.parameters import check_expected_jumps, check_parameters
from shortgamma.kernels.jumps import EXPONENTIAL_SIZE, MOST_EXPECTED, add_jumps

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kou:
    """Normal log moves plus jumps; exact for any step.

    A jump goes up with probability ``up_probability`` by an exponential log size of mean ``mean_up``
    (Kou's 1/η₁), else down by one of mean ``mean_down`` (1/η₂).

    Args:
        vol: Of the moves without jumps, decimal per √year.
        intensity: Jumps per year.
        up_probability: 0 to 1.
        mean_up: Mean log size of an up jump, positive, below 1.
        mean_down: Mean log size of a down jump, as a positive number.
        drift: Expected return of the price per year; 0 makes it a martingale.
    """

    vol: float
    intensity: float = 12.0
    up_probability: float = 0.4
    mean_up: float = 0.04
    mean_down: float = 0.05
    drift: float = 0.0

    def __post_init__(self) -> None:
        check_parameters(
            self.name,
            finite={"drift": self.drift},
            not_negative={
                "vol": self.vol,
                "intensity": self.intensity,
                "up_probability": self.up_probability,
                "mean_up": self.mean_up,
                "mean_down": self.mean_down,
            },
            below_one={"mean_up": self.mean_up},
        )
        if self.up_probability > 1.0:
            raise InputError(
                f"up_probability {self.up_probability:g} is above 1",
                place=self.name,
                remedy="give 0 to 1",
            )

    @property
    def name(self) -> str:
        """As ``--json`` shows it."""
        return "kou"

    @property
    def annual_vol(self) -> float:
        """√(vol² + λ·E[size²]): expected variance of the log price over a year, decimal."""
        up, down = self.up_probability, 1.0 - self.up_probability
        square = 2.0 * (up * self.mean_up**2 + down * self.mean_down**2)
        return (self.vol**2 + self.intensity * square) ** 0.5

    @property
    def mean_jump(self) -> float:
        """Expected relative jump of the price, E[e^size] − 1."""
        up, down = self.up_probability, 1.0 - self.up_probability
        return up / (1.0 - self.mean_up) + down / (1.0 + self.mean_down) - 1.0

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
                (EXPONENTIAL_SIZE, self.up_probability, self.mean_up, self.mean_down),
                (draws.seed, int(Stream.JUMP_SIZE), draws.first_path, draws.step),
                out,
            )
