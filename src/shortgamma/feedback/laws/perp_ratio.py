"""What a perpetual is worth against spot when nobody can arbitrage it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from shortgamma.feedback.laws.law import Estimate, Law, Tolerance, check_parameters
from shortgamma.venues.funding import perp_ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class PerpRatio(Law):
    """κ/(κ − r): longs pay κ·(f − x) a year, and financing f at r is what f − x has to make up for.

    Args:
        kappa: κ, premium intensity per year, positive and above the rate.
        rate: r, of the quote currency, per year; the coin earns nothing.
    """

    kappa: float = 1_095.0
    rate: float = 0.05

    name: ClassVar[str] = "perp-ratio"
    default_paths: ClassVar[int] = 1
    tolerances: ClassVar[Mapping[str, Tolerance]] = {"ratio": Tolerance(size=1e-12)}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"kappa": 1_095.0, "rate": 0.05},
        {"kappa": 2.0, "rate": 0.1},
        {"kappa": 5.0, "rate": -0.02},
    )
    source: ClassVar[str] = "Ackerer, Hugonnier and Jermann, doi:10.1111/mafi.70018"

    def __post_init__(self) -> None:
        check_parameters(
            self,
            holds=self.kappa > max(self.rate, 0.0),
            remedy="give a positive kappa above the rate",
        )

    def expected(self) -> dict[str, float]:
        """κ/(κ − r)."""
        return {"ratio": self.kappa / (self.kappa - self.rate)}

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:  # noqa: ARG002
        """The venues' function; nothing is sampled."""
        ratio = float(perp_ratio(self.kappa, self.rate))
        return {"ratio": Estimate(value=ratio, standard_error=0.0)}
