"""An option's own gamma, hedged: θ moves with the price and with time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shortgamma.basics.units import DAYS_PER_YEAR, PERCENT
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.curves import Span
from shortgamma.feedback.depth import Impact, UsdDepth
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import NO_COSTS
from shortgamma.feedback.laws.law import (
    Estimate,
    Law,
    Tolerance,
    check_parameters,
    mean_of,
    ratio_of,
    root_of,
    scaled,
)
from shortgamma.feedback.laws.local_theta import LocalTheta
from shortgamma.feedback.laws.options import call
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import Setup

STEPS = 400
FIRST_STEP = 1e-7
"""Length of the single step, as a part of the option's life."""
LONGEST_DAYS = 1.0
DEVIATIONS = 5.0
"""Standard deviations of the price within which θ has to stay clear of −1."""
DEPTH = 1e6
NODES = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionBook(Law):
    """σ/(1 + θ(S, t)) for a dealer in calls of one strike, all impact permanent.

    ``path_vol`` is measured over a quarter of the option's life, a day at most, and over less where
    θ would come near −1 on the way. What is expected of it is √(mean of the squared formula over time
    and prices), from the diffusion equation of that local volatility.

    Args:
        theta: θ at the initial price, above −1; negative = short gamma.
        vol: Of the exogenous price and of the option, decimal.
        strike, spot: USD.
        days: To expiry.
    """

    theta: float = -0.3
    vol: float = 0.6
    strike: float = 100.0
    spot: float = 100.0
    days: float = 7.0

    name: ClassVar[str] = "option-book"
    default_paths: ClassVar[int] = 6_000
    tolerances: ClassVar[Mapping[str, Tolerance]] = {
        "first_step_vol": Tolerance(size=0.02),
        "path_vol": Tolerance(size=0.012),
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"theta": -0.3, "vol": 0.6, "strike": 100.0, "spot": 100.0, "days": 7.0},
        {"theta": 0.5, "vol": 0.8, "strike": 105.0, "spot": 100.0, "days": 14.0},
        {"theta": -0.4, "vol": 0.5, "strike": 95.0, "spot": 100.0, "days": 30.0},
    )
    source: ClassVar[str] = "Sircar and Papanicolaou (1998), doi:10.1080/135048698334727"

    def __post_init__(self) -> None:
        check_parameters(
            self,
            holds=self.theta > -1.0 and min(self.vol, self.strike, self.spot, self.days) > 0.0,
            remedy="give a theta above −1, and positive other parameters",
        )

    @property
    def years(self) -> float:
        """To expiry."""
        return self.days / DAYS_PER_YEAR

    @property
    def local(self) -> LocalTheta:
        """θ at every price and time."""
        return LocalTheta(
            theta=self.theta,
            vol=self.vol,
            moneyness=float(np.log(self.spot / self.strike)),
            years=self.years,
        )

    @property
    def horizon(self) -> float:
        """Years over which ``path_vol`` is measured."""
        longest = min(LONGEST_DAYS, 0.25 * self.days) / DAYS_PER_YEAR
        return self.local.safe_horizon(longest, DEVIATIONS)

    def expected(self) -> dict[str, float]:
        """σ/(1 + θ(S0)), and the root of its mean square along the way."""
        return {
            "first_step_vol": self.vol / (1.0 + self.theta),
            "path_vol": self.local.mean_variance(self.horizon) ** 0.5,
        }

    def setup(self, clock: Clock) -> Setup:
        """A dealer in so many calls that its gamma over depth is θ."""
        local = self.local
        option = call(spot=self.spot, strike=self.strike, vol=self.vol, years=self.years)
        gamma_usd_per_pct = local.coins_per_log * self.spot * PERCENT
        quantity = np.array([self.theta * DEPTH / gamma_usd_per_pct])
        reach = 2.0 * DEVIATIONS * local.largest_vol * clock.horizon**0.5
        return Setup(
            spot=self.spot,
            process=Gbm(vol=self.vol),
            clock=clock,
            depth=UsdDepth(usd_per_pct=DEPTH),
            impact=Impact(permanent_share=1.0),
            agents=(Dealer(options=option, quantity=quantity, costs=NO_COSTS),),
            span=Span(lowest=-reach, step=2.0 * reach / (NODES - 1), nodes=NODES),
        )

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """One tiny step against the same step without the dealer, and the realised vol of whole paths."""
        run = Run(paths=paths, seed=seed, threads=threads)
        first = simulate(self.setup(Clock(years=np.array([FIRST_STEP * self.years]))), run)
        clock = Clock(years=np.full(STEPS, self.horizon / STEPS))
        path = simulate(self.setup(clock), run)
        name = "realised_variance"
        ratio = root_of(ratio_of(first.market[name], first.quiet[name]))
        return {
            "first_step_vol": scaled(ratio, self.vol),
            "path_vol": root_of(mean_of(path.market[name])),
        }
