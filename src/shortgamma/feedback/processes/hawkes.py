"""Self-exciting jumps: each one makes the next more likely for a while.

Source: A. G. Hawkes (1971), doi:10.1093/biomet/58.1.83; exact arrival times by inversion of the integrated
intensity as in A. Dassios, H. Zhao (2013), "Exact simulation of Hawkes process with exponentially
decaying intensity", doi:10.1214/ECP.v18-2717.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.feedback.draws import Draws, Stream
from shortgamma.feedback.processes.gbm import normal_moves
from shortgamma.feedback.processes.parameters import check_expected_jumps, check_parameters
from shortgamma.kernels.jumps import MOST_EXPECTED, add_excited_jumps

Vector = NDArray[np.float64]

HOURS_PER_YEAR = 24.0 * DAYS_PER_YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Hawkes:
    """Normal log moves plus jumps of intensity λ(t) = base + Σ kick·e^(−decay·(t − tᵢ)); exact for any step.

    A path starts with the stationary mean of the intensity, base/(1 − branching).

    Args:
        vol: Of the moves without jumps, decimal per √year.
        base_intensity: Jumps per year that no other jump caused.
        branching: Jumps that one jump causes on average, 0 to below 1; kick = branching·decay.
        half_life_hours: In which the excitement halves, positive.
        jump_mean, jump_vol: Mean and deviation of the log size of a jump.
        drift: Expected return of the price per year; 0 makes it a martingale.
    """

    vol: float
    base_intensity: float = 12.0
    branching: float = 0.6
    half_life_hours: float = 1.0
    jump_mean: float = -0.005
    jump_vol: float = 0.03
    drift: float = 0.0

    def __post_init__(self) -> None:
        check_parameters(
            self.name,
            finite={"jump_mean": self.jump_mean, "drift": self.drift},
            not_negative={
                "vol": self.vol,
                "base_intensity": self.base_intensity,
                "branching": self.branching,
                "half_life_hours": self.half_life_hours,
                "jump_vol": self.jump_vol,
            },
        )
        if self.branching >= 1.0:
            raise InputError(
                f"branching {self.branching:g}: jumps would never end",
                place=self.name,
                remedy="give less than 1",
            )
        if self.half_life_hours == 0.0:
            raise InputError("half_life_hours is 0", place=self.name, remedy="give more than 0")

    @property
    def name(self) -> str:
        """As ``--json`` shows it."""
        return "hawkes"

    @property
    def intensity(self) -> float:
        """Stationary mean of the intensity, jumps per year."""
        return self.base_intensity / (1.0 - self.branching)

    @property
    def decay(self) -> float:
        """Rate at which the excitement fades, per year."""
        return float(np.log(2.0)) * HOURS_PER_YEAR / self.half_life_hours

    @property
    def annual_vol(self) -> float:
        """√(vol² + intensity·E[size²]): expected quadratic variation of a year, decimal."""
        return (self.vol**2 + self.intensity * (self.jump_mean**2 + self.jump_vol**2)) ** 0.5

    def start(self, draws: Draws, years: Vector) -> Vector:
        """Excitement of every path, jumps per year above the base.

        Raises:
            InputError: A step holds too many jumps.
        """
        check_expected_jumps(self.name, self.intensity * float(years.max()), MOST_EXPECTED)
        return np.full(draws.size, self.intensity - self.base_intensity)

    def advance(self, state: Vector, draws: Draws, *, years: float, out: Vector) -> None:
        """Writes this step's log moves into ``out``; ``state`` is changed in place."""
        drift = (self.drift - 0.5 * self.vol**2) * years
        normal_moves(draws.normals(Stream.PRICE), drift, self.vol * years**0.5, out)
        if self.base_intensity > 0.0:
            decay = self.decay
            relative = float(np.expm1(self.jump_mean + 0.5 * self.jump_vol**2))
            kick = self.branching * decay
            add_excited_jumps(
                draws.uniforms(Stream.JUMP_TIME),
                state,
                (self.base_intensity, kick, decay, self.jump_mean, self.jump_vol, relative),
                (draws.seed, int(Stream.JUMP_SIZE), draws.first_path, draws.step, years),
                out,
            )
