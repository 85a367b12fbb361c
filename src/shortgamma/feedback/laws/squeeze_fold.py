"""The shock at which hedging of a short option runs away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.curves import Span
from shortgamma.feedback.depth import CoinDepth, Impact
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import LARGEST_MOVE, NO_COSTS
from shortgamma.feedback.laws.edges import edge_of
from shortgamma.feedback.laws.law import Estimate, Law, Tolerance, check_parameters, mean_of
from shortgamma.feedback.laws.options import call, call_delta
from shortgamma.feedback.laws.shocks import Shock
from shortgamma.feedback.setup import Setup

Vector = NDArray[np.float64]

LOG_MOVE_PER_COIN = 1e-6
STEP = 1e-9
"""Length of the step as a part of the option's life: no time passes."""
BELOW, ABOVE = 0.98, 1.02
SPREAD = 1e-5
"""Relative width of the shocks around the two multiples."""
NODES_PER_WIDTH = 128.0
"""The search walks node by node and steps over two roots that lie between neighbours: it needs them close."""
ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SqueezeFold(Law):
    """The fold of x = ε + λN[N(d1(S0·e^x)) − N(d1(S0))], in log moves.

    ε(x) turns where λN·φ(d1) = σ√T, at d1 = ±m. From below the strike the first turn is at −m, upwards;
    from above it at +m, downwards.

    Args:
        spot, strike: USD.
        vol: Decimal.
        days: To the expiry of the calls that hedgers are short.
        lambda_n: λN: log move per coin times calls, large enough for a fold.
    """

    spot: float = 93.0
    strike: float = 100.0
    vol: float = 0.6
    days: float = 2.0
    lambda_n: float = 0.15

    name: ClassVar[str] = "squeeze-fold"
    default_paths: ClassVar[int] = 2_000
    tolerances: ClassVar[Mapping[str, Tolerance]] = {
        "critical_shock": Tolerance(size=0.003),
        "move_below": Tolerance(size=0.01),
        "move_above": Tolerance(size=0.01),
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"spot": 93.0, "strike": 100.0, "vol": 0.6, "days": 2.0, "lambda_n": 0.15},
        {"spot": 110.0, "strike": 100.0, "vol": 0.8, "days": 3.0, "lambda_n": 0.25},
        {"spot": 96.0, "strike": 100.0, "vol": 0.5, "days": 1.0, "lambda_n": 0.1},
    )
    source: ClassVar[str] = (
        "the fold of the demand curve, R. Frey, A. Stremme (1997), doi:10.1111/1467-9965.00036"
    )

    def __post_init__(self) -> None:
        positive = min(self.spot, self.strike, self.vol, self.days, self.lambda_n) > 0.0
        check_parameters(
            self,
            holds=positive and self.has_fold and abs(self.expected()["move_above"]) < LARGEST_MOVE,
            remedy="give positive parameters, a lambda_n above σ√(2πT) and a spot so far from the strike "
            f"that hedging is stable there, with a squeeze below a log move of {LARGEST_MOVE:g}",
        )

    @property
    def width(self) -> float:
        """σ√T."""
        return self.vol * (self.days / DAYS_PER_YEAR) ** 0.5

    @property
    def start(self) -> float:
        """d1 at the initial price."""
        return float(np.log(self.spot / self.strike)) / self.width + 0.5 * self.width

    @property
    def turn(self) -> float:
        """m, the |d1| at which ε(x) turns; NaN where it does not."""
        peak = self.lambda_n / (self.width * (2.0 * np.pi) ** 0.5)
        return float(np.sqrt(2.0 * np.log(peak))) if peak > 1.0 else float("nan")

    @property
    def has_fold(self) -> bool:
        """True where the market is stable at the initial price and not everywhere."""
        return abs(self.start) > self.turn

    @property
    def way(self) -> float:
        """+1 where the squeeze is upwards."""
        return -float(np.sign(self.start))

    def shock_of(self, move: float) -> float:
        """ε(x) = x − λN[N(d1(S0·e^x)) − N(d1(S0))]."""
        moneyness = float(np.log(self.spot / self.strike))
        held = call_delta(np.array([moneyness + move, moneyness]), self.width)
        return move - self.lambda_n * float(held[0] - held[1])

    def move_at(self, shock: float, ends: tuple[float, float]) -> float:
        """The x between ``ends`` at which ε(x) is the shock."""

        def excess(move: float) -> float:
            return self.shock_of(move) - shock

        return float(brentq(excess, *ends, xtol=1e-14))

    def expected(self) -> dict[str, float]:
        """ε at the first turn, and the moves at 0.98 and 1.02 times it."""
        first = self.way * (abs(self.start) - self.turn) * self.width
        second = self.way * (abs(self.start) + self.turn) * self.width
        critical = self.shock_of(first)
        far = ABOVE * critical + self.way * self.lambda_n
        return {
            "critical_shock": critical,
            "move_below": self.move_at(BELOW * critical, (0.0, first)),
            "move_above": self.move_at(ABOVE * critical, (second, far)),
        }

    def setup(self, low: float, high: float) -> Setup:
        """One step with a shock from the interval."""
        years = self.days / DAYS_PER_YEAR
        option = call(spot=self.spot, strike=self.strike, vol=self.vol, years=years)
        short = np.array([-self.lambda_n / LOG_MOVE_PER_COIN])
        nodes = int(2.0 * NODES_PER_WIDTH * LARGEST_MOVE / self.width) + 64
        return Setup(
            spot=self.spot,
            process=Shock(low=low, high=high),
            clock=Clock(years=np.array([STEP * years])),
            depth=CoinDepth(log_move_per_coin=LOG_MOVE_PER_COIN),
            impact=Impact(permanent_share=1.0),
            agents=(Dealer(options=option, quantity=short, costs=NO_COSTS),),
            span=Span(
                lowest=-1.05 * LARGEST_MOVE, step=2.1 * LARGEST_MOVE / (nodes - 1), nodes=nodes
            ),
        )

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """Where the move jumps, found by narrowing, and the moves beside it."""
        run = Run(paths=paths, seed=seed, threads=threads)

        def trial(low: float, high: float) -> tuple[Vector, NDArray[np.bool_]]:
            outcome = simulate(self.setup(low, high), run)
            final = outcome.market["final"]
            # Between the branches lies the strike, d1 = 0: the steepest point of the demand.
            return outcome.quiet["final"], self.way * (self.start + final / self.width) > 0.0

        peak = -self.start * self.width
        critical = edge_of(trial, inner=0.0, outer=peak, rounds=ROUNDS)
        found = {"critical_shock": critical}
        for name, multiple in (("move_below", BELOW), ("move_above", ABOVE)):
            shock = multiple * critical.value
            setup = self.setup(shock * (1.0 - SPREAD), shock * (1.0 + SPREAD))
            found[name] = mean_of(simulate(setup, run).market["final"])
        return found
