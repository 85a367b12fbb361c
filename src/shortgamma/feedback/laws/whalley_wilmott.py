"""The band that balances risk and cost, and what half and double of it cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Final

import numpy as np

from shortgamma.feedback.engine import Run
from shortgamma.feedback.laws.law import Estimate, Law, Tolerance, check_parameters, mean_of
from shortgamma.feedback.laws.wandering import FIRST_STEPS, Diary, Wanderer
from shortgamma.hedging.bands import HedgingProblem
from shortgamma.hedging.optimal_policies import WhalleyWilmott as Policy
from shortgamma.hedging.policies import DeltaBand
from shortgamma.hedging.theory import whalley_wilmott_rate

BAND_TIMES = 2.0
BRIEFLY = 0.1
WIDEST = 0.15
MULTIPLES: Final[Mapping[str, float]] = MappingProxyType(
    {"cost_at_half": 0.5, "cost_at_band": 1.0, "cost_at_double": 2.0}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhalleyWilmott(Law):
    """H = (1.5·c·S·Γ²/a)^⅓ and (a/2)(σS)²·H²/3 + c·S·ν²/(2H) at ½H, H and 2H, USD per year.

    Measured as (a/2)(σS)²·(mean squared distance of the hedge from its target) plus the fees of a year, of a
    hedger who looks in steps of (H/100ν)²: he overshoots each band by some 0.6 % of it. The band itself is
    the mean distance at which trades of the policy of that name leave the hedge.

    Args:
        risk_aversion: a, per USD.
        cost: c, one way, fraction of what is traded.
        spot: S, USD.
        gamma: Γ, units of the underlying per USD, either sign, not 0.
        vol: σ, decimal per √year.
    """

    risk_aversion: float = 0.2
    cost: float = 5e-4
    spot: float = 100.0
    gamma: float = -0.05
    vol: float = 0.6

    name: ClassVar[str] = "whalley-wilmott"
    default_paths: ClassVar[int] = 1_000
    tolerances: ClassVar[Mapping[str, Tolerance]] = {
        "band": Tolerance(size=0.03),
        "cost_at_half": Tolerance(size=0.04),
        "cost_at_band": Tolerance(size=0.04),
        "cost_at_double": Tolerance(size=0.04),
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"risk_aversion": 0.2, "cost": 5e-4, "spot": 100.0, "gamma": -0.05, "vol": 0.6},
        {"risk_aversion": 1e-4, "cost": 1e-3, "spot": 60_000.0, "gamma": 1e-3, "vol": 0.5},
        {"risk_aversion": 1.0, "cost": 2e-4, "spot": 100.0, "gamma": -0.02, "vol": 0.2},
    )
    source: ClassVar[str] = "Whalley and Wilmott (1997), doi:10.1111/1467-9965.00034"

    def __post_init__(self) -> None:
        sizes = np.array([self.risk_aversion, self.cost, self.spot, self.vol, abs(self.gamma)])
        given = bool(np.all((sizes > 0.0) & np.isfinite(sizes)))
        check_parameters(
            self,
            holds=given and self.width <= WIDEST * self.size,
            remedy="give a gamma other than 0, all else positive, and a cost so small that a move of "
            f"{WIDEST:.0%} or less crosses the band: the formula is the leading term for a small one",
        )

    @property
    def size(self) -> float:
        """|Γ|·S, coins per unit of log price."""
        return abs(self.gamma) * self.spot

    @property
    def problem(self) -> HedgingProblem:
        """As :mod:`shortgamma.hedging` states it."""
        return HedgingProblem(
            spot=self.spot,
            vol=self.vol,
            gamma=self.gamma,
            risk_aversion=self.risk_aversion,
            cost=self.cost,
        )

    @property
    def width(self) -> float:
        """H, units of the underlying."""
        return self.problem.best_band[0]

    def expected(self) -> dict[str, float]:
        """The band and the three cost rates."""
        rates = {name: whalley_wilmott_rate(self.problem, m) for name, m in MULTIPLES.items()}
        return {"band": self.width} | rates

    @property
    def book(self) -> Wanderer:
        """The book whose hedge wanders."""
        return Wanderer(
            spot=self.spot, vol=self.vol, coins_per_log=self.gamma * self.spot, cost=self.cost
        )

    def kept(self, run: Run) -> Estimate:
        """Mean distance at which trades of the Whalley–Wilmott policy leave the hedge, coins."""
        policy = Policy(risk_aversion=self.risk_aversion, cost=self.cost)
        clock = self.book.band_clock(self.width, BRIEFLY)
        return self.book.follow(policy, clock, run, first=FIRST_STEPS).landing

    def diary(self, multiple: float, run: Run) -> Diary:
        """What a band of constant width does, held at its edge, at a multiple of the best one."""
        policy = DeltaBand(width=multiple * self.width, landing="edge")
        clock = self.book.band_clock(multiple * self.width, BAND_TIMES)
        return self.book.follow(policy, clock, run, first=FIRST_STEPS)

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """The band that was kept, and risk plus fees at the three."""
        run = Run(paths=paths, seed=seed, threads=threads)
        aversion = 0.5 * self.risk_aversion * (self.vol * self.spot) ** 2
        found = {"band": self.kept(run)}
        for name, multiple in MULTIPLES.items():
            diary = self.diary(multiple, run)
            found[name] = mean_of(aversion * diary.residuals + diary.cost_rates)
        return found
