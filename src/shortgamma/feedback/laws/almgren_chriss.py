"""How fast to sell: the urgency at which impact and risk together cost least."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from shortgamma.basics.units import SECONDS_PER_DAY, SECONDS_PER_YEAR
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.depth import CoinDepth, Impact
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import NO_COSTS, FlowOrder
from shortgamma.feedback.laws.law import Estimate, Law, Tolerance, check_parameters, mean_of
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.world import World
from shortgamma.hedging.theory import almgren_chriss_kappa
from shortgamma.kernels.settlement import FUNDAMENTAL

Vector = NDArray[np.float64]

SPOT = 100.0
SCALE = 1e-3
"""Log move by which news moves the price, and by which the whole sale would: prices stay nearly linear."""
URGENCIES = 4.0
"""κ·T of the sale: long enough that the schedule shows its urgency."""
FEWEST_TRADES, MOST_TRADES = 4, 400
LEAST_URGENCY, MOST_URGENCY = 0.02, 3.0
BATCHES = 20
BRACKET = 4.0
"""The search goes this much below and above the κτ that the law accepts."""
MOMENT = 1e-6
"""Length of the first step, in days; temporary impact is gone within a thousandth of it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seller(Agent):
    """Sells so many coins in each step, whatever the price.

    Args:
        trades: Coins, one number for each step.
    """

    trades: Vector

    @property
    def name(self) -> str:
        """Of its account."""
        return "seller"

    @property
    def is_hedger(self) -> bool:
        """It is what the counterfactual leaves out."""
        return True

    def enter(self, world: World, shared: None) -> "SellerState":  # noqa: ARG002
        """Opens the account; the coins that it sells are its debt."""
        return SellerState(account=world.accounts.open(self.name), luck=np.zeros(world.size))

    def act(self, state: "SellerState", world: World) -> None:
        """The order of this step."""
        coins = np.full(world.size, -self.trades[world.index])
        world.exchange.submit(FlowOrder(account=state.account, coins=coins, costs=NO_COSTS))

    def settle(self, state: "SellerState", world: World) -> None:
        """Notes what news alone has done to the proceeds."""
        news = world.spot * np.expm1(world.logs[FUNDAMENTAL])
        state.luck += self.trades[world.index] * news

    def answer(self, state: "SellerState", world: World) -> dict[str, Vector]:
        """Shortfall against selling all at the initial price, USD, and the part of it that has mean 0."""
        worth = self.trades.sum() * world.spot
        return {"shortfall": worth - world.accounts.cash[state.account], "luck": -state.luck}


@dataclass(slots=True, kw_only=True, eq=False)
class SellerState:
    """Its account, and the USD that news has added to its proceeds."""

    account: int
    luck: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class AlmgrenChriss(Law):
    """κ = arccosh(1 + ½κ̃²τ²)/τ, κ̃² = λσ²/(η(1 − γτ/2η)): the urgency of the cheapest sale.

    Schedules sinh(κ(T − t)) are executed in the market, with permanent and temporary impact, and the κ with
    the lowest mean + λ·variance of the shortfall is searched, on the same news for each. A trade n moves the
    price by 2ηn/τ and pays half of that, γn stays and the rest is gone before the next trade: so paying for
    permanent impact is part of η, as it is in the law. That no other shape of schedule is cheaper still, the
    search cannot show; a quadratic programme in the tests does.

    Args:
        eta: η, temporary impact, USD per coin for each coin per unit of time; more than γτ/2.
        gamma: γ, permanent impact, USD per coin for each coin, 0 or more.
        risk_aversion: λ, per USD.
        vol: σ, USD per √(unit of time).
        tau: τ, time between trades, in that unit; κτ between 0.02 and 3.
    """

    eta: float = 2.5e-6
    gamma: float = 2.5e-7
    risk_aversion: float = 1e-6
    vol: float = 0.95
    tau: float = 1.0

    name: ClassVar[str] = "almgren-chriss"
    default_paths: ClassVar[int] = 100_000
    tolerances: ClassVar[Mapping[str, Tolerance]] = {"kappa": Tolerance(size=0.02)}
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"eta": 2.5e-6, "gamma": 2.5e-7, "risk_aversion": 1e-6, "vol": 0.95, "tau": 1.0},
        {"eta": 1e-5, "gamma": 8e-6, "risk_aversion": 2e-6, "vol": 1.5, "tau": 0.5},
        {"eta": 1e-3, "gamma": 0.0, "risk_aversion": 1e-7, "vol": 40.0, "tau": 2.0},
    )
    source: ClassVar[str] = "Almgren and Chriss (2001), doi:10.21314/JOR.2001.041"

    def __post_init__(self) -> None:
        positive = min(self.eta, self.risk_aversion, self.vol, self.tau) > 0.0
        in_range = positive and self.gamma >= 0.0 and self.share < 1.0
        check_parameters(
            self,
            holds=in_range and LEAST_URGENCY <= self.urgency <= MOST_URGENCY,
            remedy="give a gamma of 0 or more, all else positive, eta above gamma·tau/2, and a kappa·tau of "
            f"{LEAST_URGENCY:g} to {MOST_URGENCY:g}",
        )

    @property
    def share(self) -> float:
        """γτ/2η: permanent part of the impact of a trade."""
        return 0.5 * self.gamma * self.tau / self.eta

    @property
    def urgency(self) -> float:
        """κτ."""
        return self.expected()["kappa"] * self.tau

    @property
    def trades(self) -> int:
        """In how many the sale is made."""
        return int(np.clip(np.ceil(URGENCIES / self.urgency), FEWEST_TRADES, MOST_TRADES))

    def expected(self) -> dict[str, float]:
        """The closed form."""
        kappa = almgren_chriss_kappa(
            eta=self.eta,
            gamma=self.gamma,
            risk_aversion=self.risk_aversion,
            vol=self.vol,
            tau=self.tau,
        )
        return {"kappa": kappa}

    def schedule(self, urgency: float) -> Vector:
        """Coins of each trade, for κτ: the sale as a whole would move the price by SCALE if all at once."""
        left = np.arange(self.trades, -1.0, -1.0)
        # sinh(κτ·j)/sinh(κτ·N) without overflow.
        held = np.exp(urgency * (left - self.trades)) * -np.expm1(-2.0 * urgency * left)
        return -np.diff(held / held[0])

    def setup(self, urgency: float) -> Setup:
        """The market of the law in units of its own, in which the seller has one coin.

        A trade comes before the news of its step, so the first step is a moment without any.
        """
        step = SECONDS_PER_DAY / SECONDS_PER_YEAR
        years = np.full(self.trades, step)
        years[0] *= MOMENT
        return Setup(
            spot=SPOT,
            process=Gbm(vol=SCALE / (step * self.trades) ** 0.5),
            clock=Clock(years=years),
            depth=CoinDepth(log_move_per_coin=SCALE),
            impact=Impact(permanent_share=self.share, half_life_seconds=1e-3 * MOMENT),
            agents=(Seller(trades=self.schedule(urgency)),),
        )

    @property
    def aversion(self) -> float:
        """λ in the units of the setup: λσ²τ²/η is the same in both."""
        step_variance = (SPOT * SCALE) ** 2 / self.trades
        eta = 0.5 * SPOT * SCALE  # per step
        return self.risk_aversion * (self.vol * self.tau) ** 2 / self.eta * eta / step_variance

    def objective(self, urgency: float, run: Run) -> float:
        """Mean + λ·variance of the shortfall, USD."""
        market = simulate(self.setup(urgency), run).market
        shortfall, luck = market["seller: shortfall"], market["seller: luck"]
        return float((shortfall - luck).mean() + self.aversion * shortfall.var(ddof=1))

    def cheapest(self, run: Run) -> float:
        """The κτ of the lowest objective."""
        low, high = np.log(LEAST_URGENCY / BRACKET), np.log(MOST_URGENCY * BRACKET)
        found: Any = minimize_scalar(
            lambda log: self.objective(float(np.exp(log)), run),
            bounds=(low, high),
            method="bounded",
            options={"xatol": 1e-4},
        )
        return float(np.exp(found.x))

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """Mean of κ over batches of paths, each with its own search."""
        size = max(paths // BATCHES, 2)
        runs = [
            Run(paths=size, seed=(seed * BATCHES + b) % 2**63, threads=threads)
            for b in range(BATCHES)
        ]
        return {"kappa": mean_of(np.array([self.cheapest(run) for run in runs]) / self.tau)}
