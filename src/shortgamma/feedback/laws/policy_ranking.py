"""Three ways to re-hedge the same risk, and what each costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shortgamma.feedback.clock import Clock
from shortgamma.feedback.engine import Run
from shortgamma.feedback.laws.law import Estimate, Law, Tolerance, check_parameters, mean_of
from shortgamma.feedback.laws.wandering import FIRST_STEPS, Diary, Wanderer
from shortgamma.hedging.policies import DeltaBand, FixedInterval
from shortgamma.hedging.policy import Policy
from shortgamma.hedging.theory import COST_RATES

SPOT = 100.0
COST = 5e-4
WIDTH = 0.01
"""Of the band, coins, for a book of one coin per unit of log price: a price move of 1 %."""
BAND_TIMES = 2.0
INTERVALS, STEPS_AN_INTERVAL = 40, 20
LEAST_VOL, MOST_VOL = 0.1, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRanking(Law):
    """Cost rate over c·S·ν²/√R of a book of constant gamma: band to its edge, to its centre, fixed interval.

    The bands are watched in steps of (H/100ν)²: they overshoot H by some 0.6 % each time, which widens R and
    lowers the cost rate, and leaves the product alone.

    Args:
        vol: Decimal per √year, 0.1 to 3; the figures do not depend on it.
    """

    vol: float = 0.6

    name: ClassVar[str] = "policy-ranking"
    default_paths: ClassVar[int] = 2_500
    tolerances: ClassVar[Mapping[str, Tolerance]] = {
        "edge": Tolerance(size=0.025),
        "centre": Tolerance(size=0.025),
        "interval": Tolerance(size=0.025),
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"vol": 0.6},
        {"vol": 0.2},
        {"vol": 1.5},
    )
    source: ClassVar[str] = "renewal arguments; see shortgamma.hedging.theory"

    def __post_init__(self) -> None:
        check_parameters(
            self,
            holds=LEAST_VOL <= self.vol <= MOST_VOL,
            remedy=f"give a vol of {LEAST_VOL:g} to {MOST_VOL:g}",
        )

    def expected(self) -> dict[str, float]:
        """1/(2√3), 1/√6 and 1/√π."""
        return dict(COST_RATES)

    @property
    def wanderer(self) -> Wanderer:
        """The book: short one coin of delta per unit of log price."""
        return Wanderer(spot=SPOT, vol=self.vol, coins_per_log=-1.0, cost=COST)

    def diary(self, policy: Policy, run: Run) -> Diary:
        """What a policy does."""
        book = self.wanderer
        if isinstance(policy, FixedInterval):
            steps = INTERVALS * STEPS_AN_INTERVAL
            clock = Clock(years=np.full(steps, self.interval / STEPS_AN_INTERVAL))
            return book.follow(policy, clock, run, first=STEPS_AN_INTERVAL)
        clock = book.band_clock(WIDTH, BAND_TIMES)
        return book.follow(policy, clock, run, first=FIRST_STEPS)

    @property
    def interval(self) -> float:
        """Years in which the hedge wanders by the width of the band."""
        return (WIDTH / self.wanderer.delta_vol) ** 2

    def policies(self) -> dict[str, Policy]:
        """By name."""
        return {
            "edge": DeltaBand(width=WIDTH, landing="edge"),
            "centre": DeltaBand(width=WIDTH, landing="centre"),
            "interval": FixedInterval.of_years(self.interval),
        }

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """The three constants."""
        run = Run(paths=paths, seed=seed, threads=threads)
        return {name: constant(self.diary(p, run)) for name, p in self.policies().items()}


def constant(diary: Diary) -> Estimate:
    """Cost rate·√R/(c·S·ν²), its error by the delta method."""
    book, costs, squares = diary.wanderer, diary.cost_rates, diary.residuals
    unit = book.cost * book.spot * book.delta_vol**2
    root = float(squares.mean()) ** 0.5
    rate = float(costs.mean())
    influence = root * (costs - rate) + 0.5 * rate / root * (squares - squares.mean())
    error = mean_of(influence).standard_error
    return Estimate(value=rate * root / unit, standard_error=error / unit)
