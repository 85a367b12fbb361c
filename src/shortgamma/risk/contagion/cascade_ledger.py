"""The books of a cascade: what every node holds and owes, and who took the other side of each trade."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InvariantError
from shortgamma.risk.contagion.clearing import Clearing, clear
from shortgamma.risk.contagion.ecosystem import STABLECOIN, Ecosystem
from shortgamma.risk.contagion.network import Mask, Matrix, Network, Vector

SMALL: Final = 1e-9
"""Part of a balance sheet below which an amount is rounding."""


class Ledger:
    """Holdings of an ecosystem at one moment of a cascade; per node of shape (n,), per venue of shape (v,).

    Every trade has the market on its other side, every payment a receiver: cash and coins of nodes, market,
    traders and outside creditors sum to what they were.

    Args:
        system: Before anything happens.
        move: Relative move of every price at the outset.

    Attributes:
        price: USD per coin on each venue.
        cash, coins: Of each node, its hedge apart.
        hedge: Coins that each node's hedge has bought.
        owed: ``[i, j]``, USD that i owes j.
        external: USD owed to who is no node.
        pending: ``[i, j]``, USD that j has called back from i and not got, the last column outside.
        closed: True for leveraged positions that were liquidated.
        ran: True for nodes whose creditors have withdrawn.
        lost_to_traders: USD of bad debts of each node's traders.
        others: Cash and coins of the market, of traders and of outside creditors, changes only.
    """

    def __init__(self, system: Ecosystem, move: float) -> None:
        nodes, self.names = system.nodes, system.names
        self.places, self.spot = system.places, system.spot
        self.short, self.follow = system.short_gamma, system.hedges
        self.impact = system.impact
        self.shock = self.spot * move
        self.price = self.spot + self.shock
        self.cash = np.array([node.cash_usd for node in nodes])
        self.coins = np.array([node.coins for node in nodes])
        self.requirement = np.array([node.requirement_usd for node in nodes])
        self.procyclicality = np.array([node.procyclicality for node in nodes])
        self.run_below = np.array([node.run_below for node in nodes])
        self.run_share = np.array([node.run_share for node in nodes])
        self.is_money = np.array([node.kind == STABLECOIN for node in nodes])
        self.hedge = np.zeros(len(nodes))
        self.owed, self.external = system.liabilities, system.external_debts
        self.pending = np.zeros((len(nodes), len(nodes) + 1))
        self.ran = np.zeros(len(nodes), dtype=np.bool_)
        self.lost_to_traders = np.zeros(len(nodes))
        self._list_positions(system)
        self.forced = np.zeros(len(self.spot))
        self.others = {who: np.zeros(2) for who in ("market", "traders", "outside")}
        self.start = np.array([self.cash.sum(), self.coins.sum()])
        worth = np.abs(self.cash) + self.coins * self.spot[self.places] + self.requirement
        self.scale = worth + self.owed.sum(axis=0) + self.owed.sum(axis=1) + self.external + 1.0

    def _list_positions(self, system: Ecosystem) -> None:
        held = [(i, one) for i, node in enumerate(system.nodes) for one in node.positions]
        self.owner = np.array([i for i, _one in held], dtype=np.intp)
        self.sizes = np.array([one.coins for _i, one in held])
        self.triggers = np.array([one.liquidation_price for _i, one in held])
        self.bankrupt = np.array([one.bankruptcy_price for _i, one in held])
        self.closed = np.zeros(len(held), dtype=np.bool_)

    @property
    def own_price(self) -> Vector:
        """USD per coin where each node trades."""
        return self.price[self.places]

    @property
    def moved(self) -> Vector:
        """USD by which that price has moved."""
        return self.own_price - self.spot[self.places]

    @property
    def liquid(self) -> Vector:
        """Cash with the hedge and the options marked, USD: −½Γ·Δp² for a book that is short Γ."""
        marked = -0.5 * self.short * self.moved**2
        return self.cash + self.hedge * self.own_price + marked

    @property
    def worth(self) -> Vector:
        """All that a node has beside its claims on others, USD."""
        return self.liquid + self.coins * self.own_price

    def cleared(self) -> Clearing:
        """What all debts are worth if they were cleared now, creditors outside pari passu."""
        worth = self.worth
        network = Network(
            names=self.names,
            liabilities=self.owed,
            external_assets=np.maximum(worth, 0.0),
            external_liabilities=self.external + np.maximum(-worth, 0.0),
        )
        return clear(network)

    def need(self, rates: Vector) -> Vector:
        """Cash that each node lacks for its margin and for what was called back, USD; negative = to spare.

        Args:
            rates: What a debt of each node is worth, 0 to 1; stablecoins count at that.
        """
        relative = np.abs(self.moved) / self.spot[self.places]
        due = self.requirement * (1.0 + self.procyclicality * relative) + self.pending.sum(axis=1)
        money = (np.where(self.is_money, rates, 0.0)) @ self.owed
        return due - self.liquid - money

    def due_for_closing(self) -> Mask:
        """True for positions that the price has reached and that are open."""
        price = self.price[self.places[self.owner]] if self.owner.size else np.zeros(0)
        reached = np.where(self.sizes > 0.0, price <= self.triggers, price >= self.triggers)
        return reached & ~self.closed & (self.sizes != 0.0)

    def settled_price(self, forced: Vector) -> Vector:
        """Prices at which every hedge rests: S + (1 − λΓ)⁻¹·(ε + λ·forced flow), shape (v,)."""
        follow = np.bincount(self.places, weights=self.follow, minlength=self.spot.size)
        turn = self.impact * follow
        answer = np.linalg.solve(np.eye(self.spot.size) - turn, self.shock + self.impact @ forced)
        return self.spot + answer

    def trade(self, sold: Vector, closing: Mask) -> Vector:
        """Sells coins, closes positions and lets hedges follow, all at the average of old and new price.

        Args:
            sold: Coins of each node.
            closing: Positions that are liquidated.

        Returns:
            Coins that the hedges bought, shape (n,). Nothing is booked where a price would not be positive.
        """
        closed = np.where(closing, self.sizes, 0.0)
        flow = -np.bincount(self.places, weights=sold, minlength=self.spot.size)
        if self.owner.size:
            where = self.places[self.owner]
            flow -= np.bincount(where, weights=closed, minlength=self.spot.size)
        old, self.forced = self.price, self.forced + flow
        self.price = self.settled_price(self.forced)
        if np.any(self.price <= 0.0):
            return np.zeros_like(self.hedge)
        paid = (0.5 * (old + self.price))[self.places]
        bought = self.follow * self.moved - self.hedge
        self.hedge = self.hedge + bought
        self.coins = self.coins - sold
        self.cash = self.cash + (sold - bought) * paid
        self._book("market", (float((bought - sold) @ paid), float((sold - bought).sum())))
        self._close(closed, paid)
        self.closed |= closing
        return bought

    def _close(self, closed: Vector, paid: Vector) -> None:
        """Traders sell at the fill; where that does not pay the position back, its node does."""
        if not self.owner.size:
            return
        fill = paid[self.owner]
        raised = float(closed @ fill)
        self._book("traders", (raised, -float(closed.sum())))
        self._book("market", (-raised, float(closed.sum())))
        gap = np.maximum(closed * (self.bankrupt - fill), 0.0)
        bad = np.bincount(self.owner, weights=gap, minlength=self.cash.size)
        self.cash = self.cash - bad
        self.lost_to_traders = self.lost_to_traders + bad
        self._book("traders", (float(bad.sum()), 0.0))

    def withdraw(self, found: Clearing) -> Mask:
        """Creditors of thinly covered nodes call a part back, once; True for nodes where they begin to."""
        assets = self.worth + found.received
        debts = self.owed.sum(axis=1) + self.external
        runs = (assets < self.run_below * debts) & ~self.ran & (debts > 0.0)
        share = np.where(runs, self.run_share, 0.0)[:, None]
        self.pending += share * np.column_stack([self.owed, self.external])
        self.ran |= runs
        return runs

    def repay(self) -> Vector:
        """Pays what was called back out of cash, pro rata; USD that each node paid."""
        called = self.pending.sum(axis=1)
        usd = np.minimum(np.maximum(self.liquid, 0.0), called)
        share = np.divide(usd, called, out=np.zeros_like(usd), where=called > 0.0)
        paid = self.pending * share[:, None]
        self.pending = self.pending - paid
        self.owed = np.maximum(self.owed - paid[:, :-1], 0.0)
        self.external = np.maximum(self.external - paid[:, -1], 0.0)
        self.cash = self.cash - usd + paid[:, :-1].sum(axis=0)
        self._book("outside", (float(paid[:, -1].sum()), 0.0))
        return usd

    def _book(self, who: str, change: tuple[float, float]) -> None:
        self.others[who] += change

    def imbalance(self) -> NDArray[np.float64]:
        """Cash and coins that appeared or vanished, relative to the gross sum."""
        nodes = np.array([self.cash.sum(), (self.coins + self.hedge).sum()])
        total = nodes + sum(self.others.values()) - self.start
        moved = sum(np.abs(one) for one in self.others.values())
        return np.abs(total) / (np.abs(self.start) + moved + 1.0)

    def check(self) -> None:
        """Conservation of cash and coins.

        Raises:
            InvariantError: One of them is not what it was.
        """
        if np.any(self.imbalance() > SMALL):
            raise InvariantError("cash or coins appeared or vanished in a cascade")


def debt_rates(owed: Matrix, external: Vector, found: Clearing) -> Vector:
    """What a debt of each node is worth, 0 to 1; 1 where it owes nothing."""
    due = owed.sum(axis=1) + external
    safe = np.where(due > 0.0, due, 1.0)
    inside = found.payments / safe
    return np.where(due > 0.0, np.clip(inside, 0.0, 1.0), 1.0)
