"""The volatility of the stochastic-volatility model with correlated jumps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from shortgamma.basics.units import DAYS_PER_YEAR, SECONDS_PER_YEAR
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.depth import CoinDepth
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.laws.law import (
    Estimate,
    Law,
    Tolerance,
    check_parameters,
    mean_of,
    root_of,
    scaled,
)
from shortgamma.feedback.processes.svcj import SERIES_DAYS, Svcj
from shortgamma.feedback.setup import Setup

STEPS = 365
DAY_SECONDS = SECONDS_PER_YEAR / DAYS_PER_YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class SvcjMoments(Law):
    """√(E[V] + λ·E[ξ²]): E[V] = (α + λμ_v)/(−β), E[ξ²] = (μ_y + ρ_jμ_v)² + σ_y² + ρ_j²μ_v².

    The series is √250 times the daily log return; in a year of 365 trading days the vol is √(365/250) higher.

    Args:
        mu: Mean of the series; it does not enter the variance, and the simulated price is a martingale.
        mu_y, sigma_y: Mean and deviation of a jump of the series.
        lambda_j: λ, jumps per day.
        alpha, beta: Inflow of variance and its reversion, −1 < β < 0, per day.
        rho: Correlation of the noise in series and variance; it does not enter either.
        sigma_v: Vol of variance, small enough that variance hardly ever reaches 0.
        rho_j: Lean of a jump of the series on that of the variance.
        mu_v: Mean jump of the variance.
    """

    mu: float = 0.042
    mu_y: float = -0.0492
    sigma_y: float = 2.061
    lambda_j: float = 0.0515
    alpha: float = 0.0102
    beta: float = -0.188
    rho: float = 0.275
    sigma_v: float = 0.007
    rho_j: float = -0.21
    mu_v: float = 0.709

    name: ClassVar[str] = "svcj-moments"
    default_paths: ClassVar[int] = 6_000
    tolerances: ClassVar[Mapping[str, Tolerance]] = {
        "annual_vol_250": Tolerance(size=0.012),
        "annual_vol_365": Tolerance(size=0.012),
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {},
        {"lambda_j": 0.2, "sigma_y": 1.0, "mu_v": 0.3},
        {"sigma_v": 0.05, "alpha": 0.03, "beta": -0.1, "lambda_j": 0.03},
    )
    source: ClassVar[str] = "Hou, Wang, Chen and Härdle (2020), doi:10.1093/jjfinec/nbaa006"

    def __post_init__(self) -> None:
        check_parameters(
            self,
            holds=-1.0 < self.beta < 0.0
            and min(self.sigma_y, self.lambda_j, self.alpha, self.sigma_v, self.mu_v) >= 0.0
            and self.alpha + self.lambda_j > 0.0
            and abs(self.rho) < 1.0
            and self.rho_j * self.mu_v < SERIES_DAYS**0.5,
            remedy="give a beta between −1 and 0, a rho between −1 and 1, no negative sigma_y, lambda_j, "
            "alpha, sigma_v or mu_v, and rho_j·mu_v below √250",
        )

    @property
    def variance(self) -> float:
        """Of the series."""
        lean = self.rho_j * self.mu_v
        jump = (self.mu_y + lean) ** 2 + self.sigma_y**2 + lean**2
        return (self.alpha + self.lambda_j * self.mu_v) / -self.beta + self.lambda_j * jump

    def expected(self) -> dict[str, float]:
        """The deviation of the series, and that of a year of 365 days."""
        return {
            "annual_vol_250": self.variance**0.5,
            "annual_vol_365": (self.variance * DAYS_PER_YEAR / SERIES_DAYS) ** 0.5,
        }

    def setup(self) -> Setup:
        """A year of daily steps in a market without anybody."""
        process = Svcj(
            jump_mean=self.mu_y,
            jump_vol=self.sigma_y,
            daily_intensity=self.lambda_j,
            inflow=self.alpha,
            reversion=self.beta,
            correlation=self.rho,
            vol_of_vol=self.sigma_v,
            jump_lean=self.rho_j,
            variance_jump=self.mu_v,
        )
        return Setup(
            spot=100.0,
            process=process,
            clock=Clock.even(STEPS, DAY_SECONDS),
            depth=CoinDepth(log_move_per_coin=0.0),
        )

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """Root of the mean squared daily return."""
        outcome = simulate(self.setup(), Run(paths=paths, seed=seed, threads=threads))
        variance = mean_of(outcome.market["realised_variance"])
        return {
            "annual_vol_250": root_of(scaled(variance, SERIES_DAYS / DAYS_PER_YEAR)),
            "annual_vol_365": root_of(variance),
        }
