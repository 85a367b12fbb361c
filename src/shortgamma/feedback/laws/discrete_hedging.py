"""Hedging at N times leaves an error of g/√N."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.curves import Span
from shortgamma.feedback.depth import CoinDepth
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import NO_COSTS
from shortgamma.feedback.laws.law import (
    Estimate,
    Law,
    Tolerance,
    check_parameters,
    mean_of,
    root_of,
)
from shortgamma.feedback.laws.options import call
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import Setup
from shortgamma.hedging.policies import Continuous
from shortgamma.hedging.policy import Policy
from shortgamma.hedging.theory import hedging_error

SPOT = 100.0
FEWEST_HEDGES, MOST_HEDGES = 50, 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscreteHedging(Law):
    """Root mean square result of a sold call with strike at spot, 100 USD, hedged at even times to expiry.

    Every step of the run is a hedge. The option is paid out and the last hedge sold when the run ends, so
    nothing of its value is left to a model.

    Args:
        vol: Decimal per √year.
        days: Life of the option.
        hedges: N, the first at the start; at least 50, because the formula is the leading term for many:
            the true error lies some 17 %/√N below it.
    """

    vol: float = 0.6
    days: float = 30.0
    hedges: int = 250

    name: ClassVar[str] = "discrete-hedging"
    default_paths: ClassVar[int] = 60_000
    tolerances: ClassVar[Mapping[str, Tolerance]] = {"rmse": Tolerance(size=0.03)}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"vol": 0.6, "days": 30.0, "hedges": 250},
        {"vol": 0.2, "days": 91.25, "hedges": 500},
        {"vol": 1.0, "days": 7.0, "hedges": 400},
    )
    source: ClassVar[str] = "Bertsimas, Kogan and Lo (2000), doi:10.1016/S0304-405X(99)00049-5"

    def __post_init__(self) -> None:
        check_parameters(
            self,
            holds=self.vol > 0.0
            and self.days > 0.0
            and FEWEST_HEDGES <= self.hedges <= MOST_HEDGES
            and self.hedges == int(self.hedges),
            remedy="give a positive vol and days, and a whole number of "
            f"{FEWEST_HEDGES} to {MOST_HEDGES:,} hedges",
        )

    @property
    def years(self) -> float:
        """Life of the option, ACT/365."""
        return self.days / DAYS_PER_YEAR

    def expected(self) -> dict[str, float]:
        """g/√N."""
        error = hedging_error(self.vol, self.years, hedges=self.hedges, spot=SPOT, strike=SPOT)
        return {"rmse": error}

    def setup(self, *, policy: Policy | None = None) -> Setup:
        """The market of the law; another policy than hedging at every step breaks it."""
        clock = Clock(years=np.full(self.hedges, self.years / self.hedges))
        life = float(
            clock.times[-1]
        )  # the very number that ends the run, so that the option expires
        dealer = Dealer(
            options=call(spot=SPOT, strike=SPOT, vol=self.vol, years=life),
            quantity=np.array([-1.0]),
            policy=policy or Continuous(),
            costs=NO_COSTS,
        )
        return Setup(
            spot=SPOT,
            process=Gbm(vol=self.vol),
            clock=clock,
            depth=CoinDepth(log_move_per_coin=0.0),
            agents=(dealer,),
            span=Span.around(self.vol * life**0.5, is_fine=True),
        )

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """Root of the mean squared result."""
        outcome = simulate(self.setup(), Run(paths=paths, seed=seed, threads=threads))
        return {"rmse": root_of(mean_of(outcome.market["dealer: pnl_usd"] ** 2))}
