"""Heston's stochastic volatility, by Andersen's quadratic-exponential scheme.

Source: S. L. Heston (1993), doi:10.1093/rfs/6.2.327; L. Andersen (2008), "Simple and efficient simulation
of the Heston stochastic volatility model", doi:10.21314/JCF.2008.189.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.feedback.draws import Draws, Stream
from shortgamma.feedback.processes.parameters import check_parameters
from shortgamma.kernels.variance import heston_step

Vector = NDArray[np.float64]


@dataclass(slots=True, kw_only=True, eq=False)
class HestonState:
    """Variance of every path, and room for the next one.

    Args:
        variance: Per year, shape (paths,).
        spare, scratch: Overwritten, shape (paths,).
    """

    variance: Vector
    spare: Vector
    scratch: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Heston:
    """dV = reversion·(long_vol² − V)dt + vol_of_vol·√V dW, d ln S = (drift − V/2)dt + √V dB.

    The scheme keeps mean and variance of V exactly and the price an exact martingale for any step; what
    is left is the law of the integrated variance, of the order of the square of reversion·step.

    Args:
        vol: At the start, decimal per √year.
        long_vol: √ of the mean that the variance returns to; None means ``vol``.
        reversion: Per year, positive.
        vol_of_vol: ξ, per √year of variance.
        correlation: Between price and variance, −1 to 1 exclusive.
        drift: Expected return of the price per year; 0 makes it a martingale.
    """

    vol: float
    long_vol: float | None = None
    reversion: float = 8.0
    vol_of_vol: float = 2.0
    correlation: float = -0.2
    drift: float = 0.0

    def __post_init__(self) -> None:
        check_parameters(
            self.name,
            finite={"drift": self.drift},
            not_negative={
                "vol": self.vol,
                "long_vol": self.mean_vol,
                "reversion": self.reversion,
                "vol_of_vol": self.vol_of_vol,
            },
            below_one={"correlation": self.correlation},
        )
        if self.reversion == 0.0:
            raise InputError("reversion is 0", place=self.name, remedy="give more than 0")

    @property
    def name(self) -> str:
        """As ``--json`` shows it."""
        return "heston"

    @property
    def mean_vol(self) -> float:
        """√ of the mean that the variance returns to, decimal."""
        return self.vol if self.long_vol is None else self.long_vol

    @property
    def annual_vol(self) -> float:
        """√ of the expected integrated variance of the first year, decimal."""
        share = float(-np.expm1(-self.reversion)) / self.reversion
        mean = self.mean_vol**2
        return (mean + (self.vol**2 - mean) * share) ** 0.5

    def start(self, draws: Draws, years: Vector) -> HestonState:
        """Every path at ``vol``.

        Raises:
            InputError: A step is too long for the martingale correction: the growth of a price that
                leans on its own variance would be infinite.
        """
        longest = float(years.max())
        reach = float(-np.expm1(-self.reversion * longest)) / self.reversion
        if self.law(longest)[6] * self.vol_of_vol**2 * reach >= 1.0:
            raise InputError(
                f"a step of {longest:.3g} years is too long for correlation {self.correlation:g} "
                f"with vol_of_vol {self.vol_of_vol:g}",
                place=self.name,
                remedy="shorten the step",
            )
        return HestonState(
            variance=np.full(draws.size, self.vol**2),
            spare=np.empty(draws.size),
            scratch=np.empty(draws.size),
        )

    def advance(self, state: HestonState, draws: Draws, *, years: float, out: Vector) -> None:
        """Writes this step's log moves into ``out``; ``state`` is changed in place."""
        normals = (draws.normals(Stream.PRICE), draws.normals(Stream.VARIANCE))
        heston_step(normals, self.law(years), state.variance, (state.spare, state.scratch, out))
        state.variance, state.spare = state.spare, state.variance

    def law(self, years: float) -> tuple[float, ...]:
        """What :func:`shortgamma.kernels.variance.heston_step` needs of one step."""
        keep = float(np.exp(-self.reversion * years))
        gone = float(-np.expm1(-self.reversion * years))
        square = self.vol_of_vol**2 / self.reversion
        lean = self.correlation / self.vol_of_vol if self.vol_of_vol > 0.0 else 0.0
        free = 1.0 - self.correlation**2 if self.vol_of_vol > 0.0 else 1.0
        weight = 0.5 * years * (self.reversion * lean - 0.5) + lean
        noise = 0.5 * years * free
        return (
            keep,
            self.mean_vol**2 * gone,
            square * keep * gone,
            0.5 * self.mean_vol**2 * square * gone * gone,
            weight,
            noise,
            weight + 0.5 * noise,
            self.drift * years,
        )
