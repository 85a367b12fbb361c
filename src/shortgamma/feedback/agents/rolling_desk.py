"""A desk that holds an at-the-money straddle against its gamma and rolls it every few days.

A straddle that was bought at the price S_r is worth S_r·v(S/S_r, age): one table of a unit straddle over its
age serves all rolls on all paths, looked up at ln S − ln S_r and multiplied by S_r.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.agent import Agent
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.agents.gamma_desk import GammaDesk, GammaDeskState
from shortgamma.feedback.curves import BookCurve, CurveShare
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.world import World
from shortgamma.hedging.gamma import RollingGamma
from shortgamma.kernels.attribution import DELTA, GAMMA, TARGET, THETA, VALUE, VEGA, step_values
from shortgamma.kernels.curves import look_up_paths
from shortgamma.kernels.orders import LEVEL, PARTS, PAST

Vector = NDArray[np.float64]
SAME_AGE = 12
"""Decimals of a year: ages that differ by less are sums of the same steps."""
LOWEST_VOL = 1e-3
"""Decimal; a bid vol does not fall below it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RollShare(CurveShare):
    """The tables of the book, and those of one straddle bought at the initial price.

    Args:
        mid, ask, bid: One straddle at its mark vol and half a spread above and below, over its age.
        ages: Number of the straddle's age at every time, before a roll at that time, shape (steps + 1,).
        due: True where it is rolled, shape (steps + 1,).
    """

    mid: BookCurve
    ask: BookCurve
    bid: BookCurve
    ages: NDArray[np.intp]
    due: NDArray[np.bool_]


def schedule(times: Vector, every: float) -> tuple[Vector, NDArray[np.bool_]]:
    """Age of the straddle at every time, before a roll at that time, and where it is rolled.

    Args:
        times: Since the start, years, shape (steps + 1,).
        every: Years from roll to roll; it is rolled at the first time that is not earlier.

    Returns:
        Years and True where it is rolled, shape (steps + 1,). What is held at the end is not rolled.
    """
    age, due, bought = np.zeros(len(times)), np.zeros(len(times), dtype=np.bool_), 0.0
    for i, now in enumerate(times.tolist()):
        age[i] = now - bought
        if age[i] >= every - 10.0**-SAME_AGE and i < len(times) - 1:
            due[i], bought = True, now
    return np.round(age, SAME_AGE), due


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RollingDesk(GammaDesk):
    """A desk that rolls a straddle, on every path in the amount that its book needs there.

    Args:
        rolls: How much, how long and how often; the straddle is hedged to its Black delta.
    """

    rolls: RollingGamma

    def prepare(self, setup: Setup, others: Sequence[tuple[Agent, Any]]) -> RollShare:
        """Tables of the book, shared with other desks, and of the straddle."""
        book = Dealer.prepare(self, setup, others)
        times = setup.clock.times
        age, due = schedule(times, self.rolls.years[1])
        distinct, numbers = np.unique(age, return_inverse=True)
        mid = self.rolls.straddle(self.options, spot=setup.spot)
        half = self.rolls.half_spread_vol
        sides = (mid.vol, mid.vol + half, np.maximum(mid.vol - half, LOWEST_VOL))
        curves = [
            BookCurve(
                replace(mid, vol=vol),
                np.ones(len(mid)),
                times=distinct,
                span=setup.grid,
                levels=setup.levels,
            )
            for vol in sides
        ]
        return RollShare(
            curve=book.curve,
            factor=book.factor,
            mid=curves[0],
            ask=curves[1],
            bid=curves[2],
            ages=numbers,
            due=due,
        )

    def enter(self, world: World, shared: CurveShare) -> "RollingDeskState":
        """As any desk, with the first straddle bought.

        Raises:
            InputError: It hedges with what the market lacks.
        """
        self.check(world)
        if not isinstance(shared, RollShare):
            raise TypeError(f"a rolling desk was prepared as {type(shared).__name__}")
        return RollingDeskState(self, world, shared)


class Overlay:
    """The straddles of one desk on one block of paths; arrays have shape (n,).

    Args:
        share: Tables of one straddle.
        world: Whose grid and initial price they are for.

    Attributes:
        held: Straddles, units of the underlying.
        base: Log price at which they were bought.
        age: Number of their age.
        worth: USD at the last mark.
        target: Coins that hedge them, at the last mark of a step's end.
        before: The same at the end of the step before.
        gained: USD that they and their hedge gained so far, before the option spread.
    """

    def __init__(self, share: RollShare, world: World) -> None:
        size = world.size
        self.share = share
        self.held, self.base, self.worth = np.zeros(size), np.zeros(size), np.zeros(size)
        self.target, self.before, self.gained = np.zeros(size), np.zeros(size), np.zeros(size)
        self.age = self.marked = 0
        self.price = np.full(size, world.spot)
        self.level = world.paths[LEVEL].copy()
        self._steps = np.empty((4, size))

    def look(
        self, table: NDArray[np.float64], world: World, log_price: Vector
    ) -> tuple[Vector, Vector]:
        """Of a straddle bought at the initial price: a table's value and its derivative by the log price."""
        grid = world.exchange.span
        value, slope = np.empty(world.size), np.empty(world.size)
        moved, inverse = log_price - self.base, 1.0 / grid.step
        look_up_paths(table, moved, world.paths[LEVEL], grid.lowest, inverse, value, slope)
        return value, slope

    def worth_in(self, curve: BookCurve, world: World, log_price: Vector) -> Vector:
        """USD of what is held, by a curve of one side of the market."""
        value, _slope = self.look(curve.values.at(self.age), world, log_price)
        return self.held * np.exp(self.base) * value

    def hedge(self, world: World, log_price: Vector) -> tuple[Vector, Vector]:
        """Coins that hedge what is held, and their derivative by the log price."""
        target, slope = self.look(self.share.mid.targets.at(self.age), world, log_price)
        return self.held * target, self.held * slope

    def buy(self, wanted: Vector, world: World, log_price: Vector) -> None:
        """Holds new straddles at this price.

        Args:
            wanted: Derivative of their hedge by the log price, coins, negative = long gamma.
            world: At whose vol.
            log_price: At which they are struck.
        """
        self.age = self.marked = 0
        self.base = log_price.copy()
        _target, slope = self.look(self.share.mid.targets.at(0), world, log_price)
        self.held = np.maximum(wanted / slope, 0.0)
        self.worth = self.worth_in(self.share.mid, world, log_price)

    def mark(self, world: World, log_price: Vector, parts: NDArray[np.float64]) -> None:
        """Values what is held, and adds what changed since the last mark to gamma, theta and vega.

        Args:
            world: At whose level of vol.
            log_price: To mark at.
            parts: Rows of the desk's result from PARTS on; added to.
        """
        mid, found = self.share.mid, self._steps
        tables = (mid.values.at(self.marked), mid.values.at(self.age), mid.targets.at(self.age))
        levels = (self.level, world.paths[LEVEL])
        step_values(tables, log_price - self.base, levels, world.exchange.grid, found)
        old, aged, now = self.held * np.exp(self.base) * found[:3]
        parts[GAMMA] += old - self.worth
        parts[THETA] += aged - old
        parts[VEGA] += now - aged
        self.gained += now - self.worth
        self.worth, self.marked = now, self.age
        self.level = world.paths[LEVEL].copy()

    def end(self, world: World, parts: NDArray[np.float64]) -> None:
        """Ends a step: what their hedge gained belongs to gamma, and not to a delta that was not hedged."""
        self.mark(world, world.log_price, parts)
        self.before = self.target
        hedged = self.before * (world.price - self.price)
        parts[GAMMA] += hedged
        parts[DELTA] -= hedged
        self.gained += hedged
        self.target = self.held * self._steps[3]
        self.price = world.price.copy()


class RollingDeskState(GammaDeskState):
    """A rolling desk on one block of paths.

    Attributes:
        overlay: Its straddles.
        rolls: How often it has rolled them.
    """

    def __init__(self, desk: RollingDesk, world: World, share: RollShare) -> None:
        self.share, self.portion = share, desk.rolls.share
        self.overlay = Overlay(share, world)
        self.rolls = 0
        super().__init__(desk, world, share)
        # The attribution began with the target of book and straddles; it follows the book alone.
        world.exchange.book[PAST + TARGET, self.hedge] -= self.overlay.target

    def _start(self, world: World) -> None:
        self._buy(world, 0, np.zeros(world.size))
        super()._start(world)
        self.overlay.target = self.overlay.hedge(world, np.zeros(world.size))[0]

    def _buy(self, world: World, index: int, log_price: Vector) -> None:
        """Buys the straddles that the book needs at ``times[index]``, at the ask."""
        super().look(self.curve.targets.at(index), world, log_price)
        overlay = self.overlay
        overlay.buy(-self.portion * np.maximum(self.slope, 0.0), world, log_price)
        asked = overlay.worth_in(self.share.ask, world, log_price)
        world.accounts.pay(self.account, self.clients, asked)
        self.option_spread += asked - overlay.worth

    def look(self, table: NDArray[np.float64], world: World, log_price: Vector) -> None:
        """Target and its derivative of book and straddles together."""
        super().look(table, world, log_price)
        target, slope = self.overlay.hedge(world, log_price)
        np.add(self.target, target, out=self.target)
        np.add(self.slope, slope, out=self.slope)

    def act(self, world: World) -> None:
        """Rolls where it is time, after the news of the step, then hedges."""
        index = world.index + 1
        self.overlay.age = int(self.share.ages[index])
        if self.share.due[index]:
            self._roll(world, index)
        super().act(world)

    def _roll(self, world: World, index: int) -> None:
        overlay, log_price = self.overlay, world.opening_log
        overlay.mark(world, log_price, self._parts(world))
        bid = overlay.worth_in(self.share.bid, world, log_price)
        world.accounts.pay(self.clients, self.account, bid)
        self.option_spread += overlay.worth - bid
        self._buy(world, index, log_price)
        self.rolls += 1

    def _parts(self, world: World) -> NDArray[np.float64]:
        return world.exchange.book[PARTS:PAST, self.hedge]

    def settle(self, world: World) -> None:
        """Marks the straddles, then settles as any desk."""
        self.overlay.end(world, self._parts(world))
        super().settle(world)

    def _follow_push(self, world: World) -> None:
        target = world.exchange.book[PAST + TARGET, self.hedge]
        book = target.copy()
        target += self.overlay.before
        super()._follow_push(world)
        target[:] = book

    def _watch_hours(self, world: World) -> None:
        value = world.exchange.book[PAST + VALUE, self.hedge]
        book = value.copy()
        value += self.overlay.worth
        super()._watch_hours(world)
        value[:] = book

    def answer(self, world: World) -> dict[str, Any]:
        """As of a gamma desk; gamma, theta, vega and the result hold the straddles.

        ``overlay_usd`` is what the straddles and their hedge gained before the option spread.
        """
        figures = super().answer(world)
        figures["pnl_usd"] = figures["pnl_usd"] + self.overlay.worth
        figures["overlay_usd"] = self.overlay.gained.copy()
        figures["rolls"] = np.full(world.size, float(self.rolls))
        return figures
