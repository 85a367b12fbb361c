"""A hedge of constant gamma that wanders in its band: what laws about re-hedging policies measure."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.curves import Span
from shortgamma.feedback.depth import CoinDepth
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import TradingCosts
from shortgamma.feedback.laws.law import Estimate, ratio_of
from shortgamma.feedback.laws.options import call
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.world import World
from shortgamma.hedging.policy import Policy
from shortgamma.kernels.orders import FILL
from shortgamma.market.options import OptionSeries

Vector = NDArray[np.float64]

FIRST_STEPS = 1_500
"""Ever shorter steps, in which the distance forgets that it began at 0: together 1.1 band times."""
FIRST_FINENESS, FINENESS = 20, 100
"""A normal step moves the distance by the band over this: at the start, and while it is measured."""
SPAN = Span(lowest=-2.0, step=0.5, nodes=9)
"""Enough for a straight line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearDelta:
    """A hedge ratio of constant gamma: delta = coins_per_log·(log move), so its vol is constant too.

    Args:
        coins_per_log: Γ·S.
    """

    coins_per_log: float

    @property
    def name(self) -> str:
        """As ``--json`` shows it."""
        return "linear"

    def deltas(self, options: OptionSeries, move: float) -> Vector:
        """The same for each option, coins."""
        return np.full(len(options), self.coins_per_log * move)

    def slopes(self, options: OptionSeries, move: float) -> Vector:  # noqa: ARG002
        """Constant."""
        return np.full(len(options), self.coins_per_log)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanderer:
    """A book of constant gamma in a market without impact.

    Args:
        spot: S, USD.
        vol: σ, decimal per √year.
        coins_per_log: Γ·S, coins, negative = short gamma.
        cost: c, one way, fraction of what is traded.
    """

    spot: float
    vol: float
    coins_per_log: float
    cost: float

    @property
    def delta_vol(self) -> float:
        """ν = |Γ|σS, coins per √year."""
        return abs(self.coins_per_log) * self.vol

    def setup(self, policy: Policy, clock: Clock) -> Setup:
        """The market; the option of the dealer is there for its name only, the hedge is its linear delta."""
        dealer = Dealer(
            options=call(spot=self.spot, strike=self.spot, vol=self.vol, years=2.0 * clock.horizon),
            quantity=np.ones(1),
            policy=policy,
            ratio=LinearDelta(coins_per_log=self.coins_per_log),
            costs=TradingCosts(half_spread=0.0, fee=self.cost),
            quoted_vol=self.vol,
        )
        return Setup(
            spot=self.spot,
            process=Gbm(vol=self.vol),
            clock=clock,
            depth=CoinDepth(log_move_per_coin=0.0),
            agents=(dealer,),
            span=SPAN,
        )

    def band_clock(self, width: float, band_times: float) -> Clock:
        """Steps of (width/100ν)² for so many times (width/ν)², after a start in longer ones."""
        unit = (width / self.delta_vol) ** 2
        first = np.geomspace(unit / FIRST_FINENESS**2, unit / FINENESS**2, FIRST_STEPS)
        fine = np.full(round(band_times * FINENESS**2), unit / FINENESS**2)
        return Clock(years=np.concatenate([first, fine]))

    def follow(self, policy: Policy, clock: Clock, run: Run, *, first: int) -> "Diary":
        """What the hedge does after the first steps.

        Args:
            policy: When it trades.
            clock: All steps.
            run: Paths, seed, threads.
            first: Steps that do not count.
        """
        diaries: dict[int, BlockDiary] = {}

        def watch() -> BlockDiary:
            return BlockDiary(self, first, diaries)

        simulate(self.setup(policy, clock), run, watch=watch)
        rows = np.concatenate([diaries[key].rows for key in sorted(diaries)], axis=1)
        years = float(clock.years[first:].sum())
        return Diary(wanderer=self, years=years, rows=rows)


PAID, SQUARES, LINEAR, CUBIC, LANDED, LANDINGS = range(6)
ROWS = 6


class BlockDiary:
    """Running sums of one block of paths, shape (ROWS, n)."""

    def __init__(self, wanderer: Wanderer, first: int, diaries: "dict[int, BlockDiary]") -> None:
        self.wanderer = wanderer
        self.first = first
        self.diaries = diaries
        self.rows = np.zeros((ROWS, 0))
        self.gap = np.zeros(0)

    def __call__(self, world: World, twin: World) -> None:  # noqa: ARG002
        """Adds a step."""
        state = world.state_of(Dealer)
        gap = state.target - state.held(world)
        fees = -self.wanderer.cost * world.accounts.turnover[state.account]
        if world.index + 1 == self.first:
            self.diaries[world.draws.first_path] = self
            self.rows = np.zeros((ROWS, world.size))
            self.rows[PAID] = fees
        elif world.index >= self.first:
            self._add(gap, world.exchange.book[FILL, state.hedge], world.step_years)
        if world.index + 1 == len(world.setup.clock):
            self.rows[PAID] -= fees
        self.gap = gap

    def _add(self, gap: Vector, fill: Vector, years: float) -> None:
        wanderer, last = self.wanderer, self.gap
        before = gap + fill
        # The target is −coins_per_log·(log price), and the log price falls by ½σ² a year on average.
        shock = before - last - 0.5 * wanderer.coins_per_log * wanderer.vol**2 * years
        square = last * last
        self.rows[SQUARES] += (0.5 * years) * (square + before * before)
        self.rows[LINEAR] += last * shock
        self.rows[CUBIC] += square * last * shock
        traded = fill != 0.0
        self.rows[LANDED] += np.abs(gap) * traded
        self.rows[LANDINGS] += traded


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Diary:
    """What a wandering hedge did, path by path.

    Between two steps the distance is a Brownian motion, so the mean of its square over a step is that of
    its squares at both ends. Sums of (distance before the step)·(shock) and of (distance)³·(shock) have
    mean 0 and go nearly in step with costs and squares: taking them out leaves a fraction of the noise.

    Args:
        wanderer: Whose.
        years: Measured.
        rows: Of :class:`BlockDiary`, shape (ROWS, paths).
    """

    wanderer: Wanderer
    years: float
    rows: NDArray[np.float64]

    @property
    def cost_rates(self) -> Vector:
        """USD per year."""
        return self._calmed(PAID)

    @property
    def residuals(self) -> Vector:
        """Mean squared distance, coins²."""
        return self._calmed(SQUARES)

    @property
    def landing(self) -> Estimate:
        """Mean distance at which a trade leaves the hedge, coins."""
        top, bottom = self.rows[LANDED], self.rows[LANDINGS]
        return ratio_of(top, bottom)

    def _calmed(self, row: int) -> Vector:
        """Per year, without what sums of mean 0 explain."""
        values, noise = self.rows[row], self.rows[[LINEAR, CUBIC]]
        centred = noise - noise.mean(axis=1, keepdims=True)
        found = cast("Any", np.linalg).lstsq(centred.T, values - values.mean(), rcond=None)
        weights: Vector = found[0]
        return (values - weights @ noise) / self.years
