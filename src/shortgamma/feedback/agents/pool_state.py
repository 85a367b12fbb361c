"""What an option pool knows on one block of paths."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import POINT
from shortgamma.feedback.agents.board import Board
from shortgamma.feedback.exchange import LARGEST_MOVE, FlowOrder
from shortgamma.feedback.world import World
from shortgamma.hedging.policy import HedgeView
from shortgamma.kernels import pool_books as books
from shortgamma.kernels.orders import IMPACT, PRE
from shortgamma.protocols.pool.quote import TradeView

if TYPE_CHECKING:
    from shortgamma.feedback.agents.pool import OptionPool

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Index = NDArray[np.intp]

DELTA, SLOPE, VALUE = range(3)  # rows of ``greeks``
LEAST_VEGA = 1e-7
"""Vega per vol point, part of spot, below which a contract is not quoted: it is worth nothing or all in."""
NO_QUOTE = 1e6
"""Vol points that nobody pays."""


class PoolState:
    """A pool on one block of paths; arrays have shape (n,) unless they say otherwise.

    Attributes:
        account, clients, providers: Numbers of its account, and of those it trades with.
        quantity: Its options, coins, + = long, shape (contracts, n).
        pinned: Log of what is fixed of each expiry's settlement average, shape (expiries, n).
        greeks: Delta in coins, its derivative by the log price, and value over the fixed price.
        traded: True where it hedged in this step.
        sums: Running figures, see :meth:`answer`.
    """

    def __init__(self, pool: "OptionPool", world: World, board: Board) -> None:
        size = world.size
        self.pool, self.board = pool, board
        self.account = world.accounts.open(pool.label)
        self.clients = world.accounts.open(f"{pool.label}'s clients")
        self.providers = world.accounts.open(f"{pool.label}'s providers")
        self.quantity = np.repeat(pool.quantity[:, np.newaxis], size, axis=1)
        self.pinned = np.zeros((len(board.expiries), size))
        self.used = np.any(self.quantity, axis=1)
        self.greeks = np.zeros((3, size))
        self.orders = np.zeros((books.ORDERS, size))
        self.rules = np.zeros((books.RULES, size))
        self.terms = board.terms(0.0)
        self.years = 0.0
        self.traded = np.zeros(size, dtype=np.bool_)
        self.last_years, self.last_price = np.zeros(size), np.full(size, world.spot)
        self.vol = np.full(size, pool.vol)
        self.lowest = np.full(size, pool.capital_usd)
        names = ("premium", "charged", "vega", "notional", "refused", "hedges", "theta")
        self.sums = {name: np.zeros(size) for name in names}
        self.least_theta = np.zeros(size)
        self._start(world)

    def _start(self, world: World) -> None:
        """Capital, fair premium and first hedge at the initial price, without impact or cost."""
        self._value(np.zeros(world.size), 0.0)
        value = world.spot * self.greeks[VALUE]
        capital = np.full(world.size, self.pool.capital_usd)
        world.accounts.pay(self.providers, self.account, capital)
        world.accounts.pay(self.account, self.clients, value)
        rule = self.pool.policy.rule(self._view(world, np.full(world.size, world.spot)))
        first = np.where(np.asarray(rule.band) < np.inf, -self.greeks[DELTA], 0.0)
        world.accounts.trade(
            self.account, first, price=np.full(world.size, world.spot), costs=(0.0, 0.0), perp=False
        )
        world.accounts.turnover[self.account] = 0.0
        world.accounts.peak[self.account] = 0.0

    def _value(self, log_price: Vector, years: float) -> None:
        """Greeks of all books, ``years`` after the start."""
        self.years = years
        self.terms = self.board.terms(years)
        books.book_greeks(log_price, self.pinned, self.quantity, self.used, self.terms, self.greeks)

    def look(self, world: World) -> None:
        """Values the books after the shock as at the end of the step, without what expires by then."""
        end = world.years + world.step_years
        expires = self.board.expiring(world.years, end)
        self.used &= self.board.alive(end)
        if self.board.average_days:
            self.pinned += self.board.averaged(world.years, end)[:, np.newaxis] * world.opening_log
        self._value(world.opening_log, end)
        if not expires.size:
            np.minimum(self.lowest, self.equity(world, self._opening(world)), out=self.lowest)
        theta = self.theta(world)
        np.minimum(self.least_theta, theta, out=self.least_theta)
        self.sums["theta"] += theta

    def theta(self, world: World) -> Vector:
        """Λ·S·Γ of the options; negative = short gamma."""
        return world.paths[IMPACT] * self.greeks[SLOPE]

    def equity(self, world: World, price: Vector) -> Vector:
        """What the providers would have left, USD, at the last valuation of the options."""
        cash = world.accounts.cash[self.account]
        return cash + world.accounts.coins[self.account] * price + world.spot * self.greeks[VALUE]

    def serve(self, world: World) -> None:
        """Quotes to the clients of this step and books what they take."""
        paths = self.pool.clients.arrivals(world)
        paths = paths[~world.stopped[paths]]
        contracts = self.pool.clients.contracts(world, self.board, paths=paths)
        paths, contracts = paths[contracts >= 0], contracts[contracts >= 0]
        if not paths.size:
            return
        unit = self._unit(paths, contracts, world)
        view = self._trade_view(world, paths, contracts, unit)
        design = self.pool.design
        most = design.limit.largest(view)
        wanted = np.abs(view.quantity)
        points = np.full(paths.size, NO_QUOTE)
        vega = view.vega_usd_per_point
        np.divide(design.pricing.cost(view), vega, out=points, where=vega > LEAST_VEGA * view.price)
        takes = self.pool.clients.accepts(world, paths, points=points)
        filled = np.where(takes, np.minimum(wanted, most), 0.0)
        self.sums["refused"][paths] += np.where(takes, wanted - filled, 0.0) * view.price
        self._book(world, paths, contracts, (filled, points, unit), view)

    def _unit(self, paths: Index, contracts: Index, world: World) -> Matrix:
        """Delta, slope and value of one coin of each contract, shape (3, orders)."""
        unit = np.empty((3, paths.size))
        pinned = self.pinned[self.board.expiry_of[contracts], paths]
        books.contract_greeks(world.opening_log[paths], pinned, self.terms[contracts], unit)
        return unit

    def _trade_view(self, world: World, paths: Index, contracts: Index, unit: Matrix) -> TradeView:
        """What the pool knows about these orders."""
        price = world.spot * np.exp(world.opening_log[paths])
        gamma = unit[SLOPE] / price
        left = self.board.options.years[contracts] - self.years
        return TradeView(
            quantity=self.pool.clients.sizes(world, paths),
            price=price,
            vol=self.pool.vol,
            premium=world.spot * unit[VALUE],
            vega_usd_per_point=gamma * np.square(price) * self.pool.vol * left * POINT,
            gamma=self.greeks[SLOPE][paths] / price,
            unit_gamma=gamma,
            impact=world.paths[IMPACT][paths],
            short_coins=-in_order(np.minimum(self.quantity[:, paths], 0.0)),
            capital_usd=self.equity(world, self._opening(world))[paths],
        )

    def _opening(self, world: World) -> Vector:
        return world.spot * np.exp(world.opening_log)

    def _book(
        self,
        world: World,
        paths: Index,
        contracts: Index,
        trade: tuple[Vector, Vector, Matrix],
        view: TradeView,
    ) -> None:
        """Moves the options and the premium, and updates the Greeks."""
        filled, points, unit = trade
        quantity = np.copysign(filled, view.quantity)
        charged = filled * points * view.vega_usd_per_point
        paid = np.zeros(world.size)
        paid[paths] = quantity * view.premium + charged
        world.accounts.pay(self.clients, self.account, paid)
        self.quantity[contracts, paths] -= quantity
        self.used[contracts[filled > 0.0]] = True
        self.greeks[:, paths] -= quantity * unit
        for name, amount in (
            ("premium", filled * view.premium),
            ("charged", charged),
            ("vega", filled * view.vega_usd_per_point),
            ("notional", filled * view.price),
        ):
            self.sums[name][paths] += amount

    def _view(self, world: World, price: Vector) -> HedgeView:
        return HedgeView(
            years=world.years,
            step_years=world.step_years,
            price=price,
            held=world.accounts.coins[self.account],
            target=-self.greeks[DELTA],
            gamma=self.greeks[SLOPE] / price,
            vol=self.vol,
            last_years=self.last_years,
            last_price=self.last_price,
            spent=world.accounts.turnover[self.account] * sum(self.pool.costs.pair),
        )

    def hedge(self, world: World) -> None:
        """Sends what the policy asks for, as a schedule around the price at which it would land alone.

        It sends in every step: the clearing of a path must not depend on whether others of its block trade.
        """
        rule = self.pool.policy.rule(self._view(world, self._opening(world)))
        rules = self.rules
        rules[books.HELD] = world.accounts.coins[self.account]
        rules[books.BAND], rules[books.EDGE], rules[books.MOST] = rule.band, rule.edge, rule.most
        rules[books.SHOCK] = world.paths[PRE]
        rules[books.IMPACT] = np.where(world.stopped, np.inf, world.paths[IMPACT])
        books.pool_orders(
            rules, self.pinned, self.quantity, self.used, self.terms, LARGEST_MOVE, self.orders
        )
        coins, slope, anchor = self.orders
        self.traded = (coins != 0.0) | (slope != 0.0)
        np.copyto(self.last_years, world.years + world.step_years, where=self.traded)
        np.copyto(self.last_price, self._opening(world), where=self.traded)
        self.sums["hedges"] += self.traded
        order = FlowOrder(
            account=self.account,
            coins=coins.copy(),
            slope=slope.copy(),
            anchor=anchor.copy(),
            costs=self.pool.costs,
        )
        world.exchange.submit(order)

    def expire(self, world: World) -> None:
        """Pays what expires in this step, at the price after it or at the average."""
        start, end = world.years, world.years + world.step_years
        for expiry in self.board.expiring(start, end):
            rows, payoff = self.board.payoff(expiry, self.pinned[expiry], world.log_price)
            owed = in_order(self.quantity[rows] * payoff)
            world.accounts.pay(self.clients, self.account, owed)
            self.quantity[rows] = 0.0

    def answer(self, world: World) -> dict[str, Vector]:
        """USD per path where not said otherwise.

        ``pnl_usd`` of the providers; ``insolvent`` where their equity fell below zero; ``lowest_equity_usd``;
        ``premium_usd``, ``charged_usd`` and ``vega_usd_per_point`` of what clients traded, in fair value,
        over it, and in vega; ``notional_usd``, ``refused_usd``; ``hedges``, a number; ``turnover_usd``,
        ``peak_flow_usd``; ``mean_theta``, ``least_theta``.
        """
        self._value(world.log_price, float(world.times[-1]))
        equity = self.equity(world, world.price)
        lowest = np.minimum(self.lowest, equity)
        accounts = world.accounts
        return {
            "pnl_usd": equity - self.pool.capital_usd,
            "insolvent": (lowest < 0.0).astype(np.float64),
            "lowest_equity_usd": lowest,
            "premium_usd": self.sums["premium"],
            "charged_usd": self.sums["charged"],
            "vega_usd_per_point": self.sums["vega"],
            "notional_usd": self.sums["notional"],
            "refused_usd": self.sums["refused"],
            "hedges": self.sums["hedges"],
            "turnover_usd": accounts.turnover[self.account].copy(),
            "peak_flow_usd": accounts.peak[self.account].copy(),
            "fees_usd": -accounts.turnover[self.account] * sum(self.pool.costs.pair),
            "mean_theta": self.sums["theta"] / len(world.setup.clock),
            "least_theta": self.least_theta,
        }


def in_order(rows: Matrix) -> Vector:
    """Sum over the rows one after the other; the order of NumPy's own depends on the number of columns."""
    return np.cumsum(rows, axis=0)[-1]
