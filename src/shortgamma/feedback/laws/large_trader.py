"""The volatility that a trader who replicates an option leaves behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.curves import Span
from shortgamma.feedback.depth import CoinDepth, Depth, Impact, ReferenceTraders
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import NO_COSTS
from shortgamma.feedback.laws.law import (
    Estimate,
    Law,
    Tolerance,
    check_parameters,
    ratio_of,
    root_of,
)
from shortgamma.feedback.laws.options import call, call_delta, delta_per_log
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import Setup

STEP = 1e-6
"""Length of the step, as a part of the option's life."""
NODES = 2_048


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeTrader(Law):
    """Multiples of σ: 1/(1 − ρxφ′) where Λ = ρ, and (1 − ρφ)/(1 − ρφ − ρxφ′) where supply runs short.

    The trader holds φ(x) = N(d1) coins, as the replication of one call asks for; x is the price.

    Args:
        rho: ρ: what one coin is of everyone else's supply, or the log move that it makes.
        spot, strike: USD.
        vol: σ, decimal.
        days: To the option's expiry.
    """

    rho: float = 0.05
    spot: float = 100.0
    strike: float = 100.0
    vol: float = 0.6
    days: float = 30.0

    name: ClassVar[str] = "large-trader"
    default_paths: ClassVar[int] = 4_000
    tolerances: ClassVar[Mapping[str, Tolerance]] = {
        "frey": Tolerance(size=0.02),
        "sircar_papanicolaou": Tolerance(size=0.02),
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"rho": 0.05, "spot": 100.0, "strike": 100.0, "vol": 0.6, "days": 30.0},
        {"rho": 0.1, "spot": 90.0, "strike": 100.0, "vol": 0.8, "days": 60.0},
        {"rho": 0.02, "spot": 105.0, "strike": 100.0, "vol": 0.4, "days": 14.0},
    )
    source: ClassVar[str] = (
        "Frey (1998), doi:10.1007/s007800050036; "
        "Sircar and Papanicolaou (1998), doi:10.1080/135048698334727"
    )

    def __post_init__(self) -> None:
        positive = min(self.spot, self.strike, self.vol, self.days) > 0.0
        check_parameters(
            self,
            holds=positive and self.rho != 0.0 and self.is_stable,
            remedy="give a rho other than 0 with ρ(φ + xφ′) < 1, and positive other parameters",
        )

    @property
    def is_stable(self) -> bool:
        """True below the ρ at which demand runs away."""
        return self.rho * (self.holding + self.slope) < 1.0

    @property
    def width(self) -> float:
        """σ√T."""
        return self.vol * (self.days / DAYS_PER_YEAR) ** 0.5

    @property
    def holding(self) -> float:
        """φ = N(d1), coins."""
        return float(call_delta(np.log(self.spot / self.strike), self.width))

    @property
    def slope(self) -> float:
        """x·φ′, coins per unit of log price."""
        return float(delta_per_log(np.log(self.spot / self.strike), self.width))

    def expected(self) -> dict[str, float]:
        """The two multiples."""
        rest = 1.0 - self.rho * self.holding
        return {
            "frey": 1.0 / (1.0 - self.rho * self.slope),
            "sircar_papanicolaou": rest / (rest - self.rho * self.slope),
        }

    def setup(self, depth: Depth) -> Setup:
        """One tiny step; the trader replicates a call, or is short its replication where ρ < 0."""
        years = self.days / DAYS_PER_YEAR
        option = call(spot=self.spot, strike=self.strike, vol=self.vol, years=years)
        dealer = Dealer(options=option, quantity=np.array([-self.way]), costs=NO_COSTS)
        return Setup(
            spot=self.spot,
            process=Gbm(vol=self.vol),
            clock=Clock(years=np.array([STEP * years])),
            depth=depth,
            impact=Impact(permanent_share=1.0),
            agents=(dealer,),
            span=Span(lowest=-self.width, step=2.0 * self.width / (NODES - 1), nodes=NODES),
        )

    @property
    def way(self) -> float:
        """+1 where the trader buys rises."""
        return float(np.sign(self.rho))

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """Root of the variance of the step over that of the same step without the trader."""
        size = abs(self.rho)
        markets: dict[str, Depth] = {
            "frey": CoinDepth(log_move_per_coin=size),
            "sircar_papanicolaou": ReferenceTraders(
                share_per_coin=size, held=self.way * self.holding
            ),
        }
        run = Run(paths=paths, seed=seed, threads=threads)
        found: dict[str, Estimate] = {}
        for name, depth in markets.items():
            outcome = simulate(self.setup(depth), run)
            variance = "realised_variance"
            found[name] = root_of(ratio_of(outcome.market[variance], outcome.quiet[variance]))
        return found
