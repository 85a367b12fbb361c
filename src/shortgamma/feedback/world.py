"""One market on one block of paths: its state, and the order in which a step happens."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.accounts import Accounts
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.draws import Draws
from shortgamma.feedback.exchange import Exchange
from shortgamma.feedback.setup import FillPrice, Setup
from shortgamma.kernels.orders import HELD, IMPACT, PATH_ROWS, POST, PRE, STATUS, TRADING
from shortgamma.kernels.settlement import (
    EDGE,
    FIGURE_ROWS,
    LOG_ROWS,
    PRICE,
    PRICE_ROWS,
    TRADED,
    VARIANCE,
    close_step,
    open_step,
    tally,
)

Vector = NDArray[np.float64]
SPARE_ACCOUNTS = 4  # market, venue, insurance, backstop


class World:
    """The state of one market; arrays hold one element per path, shape (n,).

    Args:
        setup: The market and everyone in it.
        draws: Of this block.
        shared: What each agent prepared for all blocks.

    Attributes:
        years: Time since the start, at the beginning of the step.
        step_years: Length of the step.
        index: Number of the step, from 0.
        accounts: Who owns what.
        exchange: Where orders go.
        paths, logs, prices, figures: Packed rows; see :mod:`orders` and :mod:`settlement`.
        perp_traded: What trades in the perpetual pay, USD; equal to spot where there is none.
        mark: Mark price of the perpetual, USD.
        stopped: Paths on which nothing can trade in this step.
    """

    def __init__(self, setup: Setup, draws: Draws, shared: Sequence[Any]) -> None:
        size = draws.size
        self.setup = setup
        self.draws = draws
        self.size = size
        self.spot = setup.spot
        self.index = 0
        self.years = 0.0
        self.step_years = float(setup.clock.years[0])
        self.times = setup.clock.times
        self.paths = np.zeros((PATH_ROWS, size))
        self.logs = np.zeros((LOG_ROWS, size))
        self.prices = np.full((PRICE_ROWS, size), setup.spot)
        self.figures = np.zeros((FIGURE_ROWS, size))
        self.figures[VARIANCE] = setup.process.annual_vol**2
        self.perp_traded: Vector = self.prices[TRADED]
        self.mark: Vector = self.prices[PRICE]
        self.stopped = np.zeros(size, dtype=np.bool_)
        self.accounts = Accounts(size, SPARE_ACCOUNTS + 2 * len(setup.agents))
        self.exchange = Exchange(size, setup.grid)
        self.markets = [(market, market.enter(self)) for market in setup.markets]
        self.agents: list[tuple[Agent, Any]] = []
        for agent, part in zip(setup.agents, shared, strict=True):
            self.agents.append((agent, agent.enter(self, part)))
        self._hedge_at_start = self.exchange.book[HELD].sum(axis=0)

    @property
    def is_empty(self) -> bool:
        """True where there is nobody and nothing beside the exogenous price."""
        return not (self.agents or self.markets)

    def state_of(self, kind: type[Any]) -> Any:
        """The state of the market or agent of that type; None where there is none."""
        for item, state in (*self.markets, *self.agents):
            if isinstance(item, kind):
                return state
        return None

    @property
    def log_price(self) -> Vector:
        """ln(price/initial spot) at the end of the last step."""
        return self.paths[POST]

    @property
    def opening_log(self) -> Vector:
        """ln(price/initial spot) after this step's shock, before any order."""
        return self.paths[PRE]

    @property
    def price(self) -> Vector:
        """USD, at the end of the last step."""
        return self.prices[PRICE]

    @property
    def opening_price(self) -> Vector:
        """USD, after this step's shock, before any order; computed when asked for."""
        return self.spot * np.exp(self.paths[PRE])

    @property
    def traded(self) -> Vector:
        """USD, what spot trades of the last step paid."""
        return self.prices[TRADED]

    @property
    def variance(self) -> Vector:
        """Recent realised variance per year."""
        return self.figures[VARIANCE]

    def show_price(self) -> None:
        """Prices of a market in which nobody trades, from its log prices."""
        self.prices[:] = self.spot * np.exp(np.clip(self.paths[POST], -EDGE, EDGE))

    @property
    def hedge(self) -> Vector:
        """Coins that all hedgers hold together, less what they started with."""
        return self.exchange.book[HELD].sum(axis=0) - self._hedge_at_start

    def step(self, index: int, shock: Vector) -> None:
        """Takes one step.

        Args:
            index: Number of the step.
            shock: Exogenous log move, shape (n,).

        Raises:
            InvariantError: Money, coins or positions appeared or vanished.
        """
        setup = self.setup
        self.index = index
        self.draws.step = index
        self.years = float(self.times[index])
        self.step_years = float(setup.clock.years[index])
        open_step(shock, self.paths, self.logs)
        if self.is_empty:
            self.paths[POST] = self.paths[PRE]
            self.show_price()
        else:
            self._trade()
        tally(self.paths, self.figures, setup.carry(self.step_years), 1.0 / self.step_years)

    def _trade(self) -> None:
        """Orders, clearing and bookings of the step."""
        setup = self.setup
        setup.depth.impact(self, self.paths[IMPACT])
        self.stopped = (self.paths[STATUS] != TRADING) | np.isinf(self.paths[IMPACT])
        for market, state in self.markets:
            market.open(state, self)
        for agent, state in self.agents:
            agent.act(state, self)
        self._clear()
        for market, state in self.markets:
            market.close(state, self)
        self.exchange.settle(
            self.accounts, log_price=self.log_price, spot=self.traded, perp=self.perp_traded
        )
        for agent, state in self.agents:
            agent.settle(state, self)
        for market, state in self.markets:
            market.end(state, self)
        self.accounts.check(has_perps=setup.has_perp)

    def _clear(self) -> None:
        """Finds the new price, and what trades at it pay."""
        setup = self.setup
        if self.exchange.is_idle:
            self.paths[POST] = self.paths[PRE]
        else:
            self.exchange.collect(self.paths)
            self.exchange.clear(self.paths, self.index + 1)
        average = 0.5 if setup.fill_price is FillPrice.AVERAGE else 0.0
        rule = (setup.impact.permanent_share, setup.impact.decay(self.step_years), average)
        close_step(self.paths, self.logs, self.prices, self.spot, rule)
