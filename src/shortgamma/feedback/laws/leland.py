"""Hedging by the delta of a higher vol pays for its own costs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from scipy.special import ndtri

from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.curves import Span
from shortgamma.feedback.depth import CoinDepth
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import TradingCosts
from shortgamma.feedback.laws.law import (
    Estimate,
    Law,
    Tolerance,
    Watched,
    check_parameters,
    mean_of,
)
from shortgamma.feedback.laws.options import call
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import Setup
from shortgamma.hedging.ratios import LelandVol
from shortgamma.hedging.theory import leland_cost, leland_number, leland_vol
from shortgamma.kernels.orders import HELD

SPOT = 100.0
FEWEST_HEDGES, MOST_HEDGES = 20, 1_000
LARGEST_NUMBER = 1.0
MOMENT = 1e-9
"""A time in which nothing happens, as a part of the option's life."""
NODES_PER_DEVIATION = 80
REACH = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leland(Law):
    """Cost of re-hedging one sold call with strike at spot, 100 USD: its premium at σ̂ less that at σ.

    The dealer hedges N times at even distances by the delta at σ̂: once at the start, which is not counted,
    and N − 1 times until one interval before expiry. Selling the hedge at expiry is not counted either.

    Args:
        vol: σ, decimal per √year.
        years: Life of the option.
        hedges: N, 20 to 1,000.
        cost: k, round trip, fraction of what is traded; half of it is paid on each trade. The formula is
            for small costs, √(2/π)·k/(σ√Δt) at most 1, and many hedges: with 20 the true cost lies 3 %
            below it, with 63 some 1 %.
    """

    vol: float = 0.2
    years: float = 0.25
    hedges: int = 63
    cost: float = 0.01

    name: ClassVar[str] = "leland"
    default_paths: ClassVar[int] = 20_000
    tolerances: ClassVar[Mapping[str, Tolerance]] = {
        "leland_vol": Tolerance(size=1e-4),
        "expected_cost": Tolerance(size=0.04),
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"vol": 0.2, "years": 0.25, "hedges": 63, "cost": 0.01},
        {"vol": 0.6, "years": 30.0 / 365.0, "hedges": 120, "cost": 0.002},
        {"vol": 0.4, "years": 0.5, "hedges": 100, "cost": 0.005},
    )
    source: ClassVar[str] = "Leland (1985), doi:10.1111/j.1540-6261.1985.tb02383.x"

    def __post_init__(self) -> None:
        check_parameters(
            self,
            holds=self.vol > 0.0
            and self.years > 0.0
            and self.cost > 0.0
            and FEWEST_HEDGES <= self.hedges <= MOST_HEDGES
            and self.hedges == int(self.hedges)
            and self.number <= LARGEST_NUMBER,
            remedy="give a positive vol, years and cost, a whole number of "
            f"{FEWEST_HEDGES} to {MOST_HEDGES:,} hedges, and a cost of √(π/2)·σ√Δt at most",
        )

    @property
    def number(self) -> float:
        """√(2/π)·k/(σ√Δt)."""
        return float(leland_number(self.vol, cost=self.cost, interval=self.interval))

    @property
    def interval(self) -> float:
        """Δt, years between hedges."""
        return self.years / self.hedges

    def expected(self) -> dict[str, float]:
        """σ̂ and the difference of the premiums."""
        vol = leland_vol(self.vol, cost=self.cost, interval=self.interval)
        paid = leland_cost(
            self.vol, self.years, hedges=self.hedges, cost=self.cost, spot=SPOT, strike=SPOT
        )
        return {"leland_vol": float(vol), "expected_cost": paid}

    def setup(self, *, fee: float | None = None) -> Setup:
        """The market of the law; another fee than half the round trip breaks it."""
        dealer = Dealer(
            options=call(spot=SPOT, strike=SPOT, vol=self.vol, years=self.years),
            quantity=np.array([-1.0]),
            ratio=LelandVol(cost=self.cost, interval_years=self.interval),
            costs=TradingCosts(half_spread=0.0, fee=0.5 * self.cost if fee is None else fee),
        )
        reach = REACH * self.vol * self.years**0.5
        nodes = int(2.0 * REACH * NODES_PER_DEVIATION)
        return Setup(
            spot=SPOT,
            process=Gbm(vol=self.vol),
            clock=Clock(years=np.full(self.hedges - 1, self.interval)),
            depth=CoinDepth(log_move_per_coin=0.0),
            agents=(dealer,),
            span=Span(lowest=-reach, step=2.0 * reach / (nodes - 1), nodes=nodes),
        )

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """The vol by which the dealer hedges, which is no sample, and the mean of the fees."""
        outcome = simulate(self.setup(), Run(paths=paths, seed=seed, threads=threads))
        return {
            "leland_vol": Estimate(value=self.hedging_vol(), standard_error=0.0),
            "expected_cost": mean_of(-outcome.market["dealer: fees_usd"]),
        }

    def hedging_vol(self) -> float:
        """Vol that explains the hedge N(½σ̂√T) at the start, as a market that stands still shows it."""
        moment = Clock(years=np.array([MOMENT * self.years]))
        still = replace(self.setup(), process=Gbm(vol=0.0), clock=moment)
        watched = Watched(lambda world, _twin: world.exchange.book[HELD].copy())
        simulate(still, Run(paths=1), watch=watched.observer)
        hedge = np.asarray(ndtri(watched.figures[0, :1]), dtype=np.float64)
        return 2.0 * float(hedge[0]) / self.years**0.5
