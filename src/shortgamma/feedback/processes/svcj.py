"""Stochastic volatility with jumps that come together in price and variance.

The paper's model of a series Y = √250·(daily return), one step a day:

    Y_t = μ + √V_{t−1}·ε_t + ξ_t·J_t
    V_t = α + (1 + β)·V_{t−1} + σ_v·√V_{t−1}·η_t + Z_t·J_t

with corr(ε, η) = ρ, Z exponential of mean μ_v, ξ | Z normal of mean μ_y + ρ_j·Z and deviation σ_y, and J a
jump with probability λ.

Source: A. J. Hou, W. Wang, C. Y. H. Chen, W. K. Härdle (2020), "Pricing cryptocurrency options", Journal
of Financial Econometrics 18, doi:10.1093/jjfinec/nbaa006.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.feedback.draws import Draws, Stream
from shortgamma.feedback.processes.parameters import check_parameters
from shortgamma.kernels.variance import svcj_step

Vector = NDArray[np.float64]

SERIES_DAYS = 250.0  # the series is √250 times the daily log return
SERIES_SCALE = SERIES_DAYS**0.5
PAPER_MEAN = 0.042
"""The paper's μ: mean of the series. A martingale by default, the process does without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Svcj:
    """The model in steps of a day or less, by a full-truncation Euler step; defaults are the paper's for BTC.

    Steps of exactly one day are the paper's own, but for J, which is Poisson here (mean λ per day), so
    that a step may hold several jumps. Variance starts at its stationary mean.

    Args:
        jump_mean: μ_y, mean of a jump of the series beyond ``jump_lean``·(jump of the variance).
        jump_vol: σ_y, deviation of a jump of the series.
        daily_intensity: λ, jumps per day.
        inflow: α, variance that comes in per day.
        reversion: β, per day, −1 < β < 0.
        correlation: ρ, between the noise of the series and of its variance.
        vol_of_vol: σ_v.
        jump_lean: ρ_j.
        variance_jump: μ_v, mean jump of the variance.
        drift: Expected return of the price per year; 0 makes it a martingale.
    """

    jump_mean: float = -0.0492
    jump_vol: float = 2.061
    daily_intensity: float = 0.0515
    inflow: float = 0.0102
    reversion: float = -0.188
    correlation: float = 0.275
    vol_of_vol: float = 0.007
    jump_lean: float = -0.21
    variance_jump: float = 0.709
    drift: float = 0.0

    def __post_init__(self) -> None:
        check_parameters(
            self.name,
            finite={
                "drift": self.drift,
                "jump_mean": self.jump_mean,
                "jump_lean": self.jump_lean,
            },
            not_negative={
                "jump_vol": self.jump_vol,
                "daily_intensity": self.daily_intensity,
                "inflow": self.inflow,
                "vol_of_vol": self.vol_of_vol,
                "variance_jump": self.variance_jump,
            },
            below_one={"reversion": self.reversion, "correlation": self.correlation},
        )
        if self.reversion >= 0.0:
            raise InputError(
                f"reversion {self.reversion:g}: the variance would not return to a mean",
                place=self.name,
                remedy="give a number between −1 and 0",
            )
        if self.jump_lean * self.variance_jump >= SERIES_SCALE:
            raise InputError(
                f"jump_lean {self.jump_lean:g} times variance_jump {self.variance_jump:g}: "
                "the expected price would be infinite",
                place=self.name,
                remedy=f"keep the product below {SERIES_SCALE:.4g}",
            )

    @property
    def name(self) -> str:
        """As ``--json`` shows it."""
        return "svcj"

    @property
    def mean_variance(self) -> float:
        """E[V] = (α + λ·μ_v)/(−β), per unit of the series; the same for every step of a day or less."""
        return (self.inflow + self.daily_intensity * self.variance_jump) / -self.reversion

    @property
    def jump_variance(self) -> float:
        """λ·E[ξ²] = λ·[(μ_y + ρ_j·μ_v)² + σ_y² + ρ_j²·μ_v²], per day and unit of the series.

        With the paper's J of 0 or 1 it would be less by (λ·E[ξ])², with its figures 1e-4.
        """
        lean = self.jump_lean * self.variance_jump
        square = (self.jump_mean + lean) ** 2 + self.jump_vol**2 + lean**2
        return self.daily_intensity * square

    @property
    def annual_vol_250(self) -> float:
        """√(E[V] + jump variance): vol of a year of 250 days, which is the deviation of the series."""
        return (self.mean_variance + self.jump_variance) ** 0.5

    @property
    def annual_vol_365(self) -> float:
        """The same for a year of 365 days, on every one of which the price moves."""
        return self.annual_vol_250 * (DAYS_PER_YEAR / SERIES_DAYS) ** 0.5

    @property
    def annual_vol(self) -> float:
        """√(expected quadratic variation of a year), decimal; the year has 365 days."""
        return self.annual_vol_365

    @property
    def mean_jump(self) -> float:
        """Expected relative jump of the price, E[e^(ξ/√250)] − 1."""
        normal = self.jump_mean / SERIES_SCALE + 0.5 * self.jump_vol**2 / SERIES_DAYS
        lean = self.jump_lean * self.variance_jump / SERIES_SCALE
        return float(np.exp(normal)) / (1.0 - lean) - 1.0

    def start(self, draws: Draws, years: Vector) -> Vector:
        """Variance of every path, per unit of the series.

        Raises:
            InputError: A step is longer than a day.
        """
        days = float(years.max()) * DAYS_PER_YEAR
        if days > 1.0 + 1e-9:
            raise InputError(
                f"a step of {days:.3g} days", place=self.name, remedy="use steps of a day or less"
            )
        return np.full(draws.size, self.mean_variance)

    def advance(self, state: Vector, draws: Draws, *, years: float, out: Vector) -> None:
        """Writes this step's log moves into ``out``; ``state`` is changed in place."""
        days = years * DAYS_PER_YEAR
        expected = self.daily_intensity * days
        normals = draws.normals(Stream.PRICE), draws.normals(Stream.VARIANCE)
        svcj_step(
            (*normals, draws.uniforms(Stream.JUMP_TIME)),
            (
                self.inflow * days,
                1.0 + self.reversion * days,
                self.vol_of_vol * days**0.5,
                self.correlation,
                days / SERIES_DAYS,
                self.drift * years - expected * self.mean_jump,
                expected,
            ),
            (
                self.variance_jump,
                self.jump_mean / SERIES_SCALE,
                self.jump_lean / SERIES_SCALE,
                self.jump_vol / SERIES_SCALE,
            ),
            (
                draws.seed,
                (int(Stream.JUMP_SIZE), int(Stream.VARIANCE_JUMP)),
                draws.first_path,
                draws.step,
            ),
            (state, out),
        )
