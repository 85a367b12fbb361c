"""Who hedges, lends, borrows and sells where: protocols, makers and stablecoins on venues with finite depth.

Everything is small and by name; :mod:`cascade` turns it into arrays once.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import PERCENT
from shortgamma.kernels.black import N_GREEKS, Greek, black_greeks
from shortgamma.risk.contagion.gamma_loop import GammaLoop
from shortgamma.risk.contagion.network import LARGEST, Matrix, Vector

OUTSIDE: Final = "outside"
"""Creditor of a debt to somebody who is no node."""
STABLECOIN: Final = "stablecoin"
"""Kind of a node whose debts its holders count as cash, at what clearing says they are worth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """A market with its own order book.

    Args:
        name: Of it.
        spot: USD per coin.
        depth_usd_per_pct: USD that, traded at once on one side, move its price by 1 %.
    """

    name: str
    spot: float
    depth_usd_per_pct: float

    def __post_init__(self) -> None:
        refuse_outside(self, ("spot", "depth_usd_per_pct"), low=0.0, strict=True)

    @property
    def impact(self) -> float:
        """USD by which its price rises per coin bought: 0.01·S²/depth."""
        return PERCENT * self.spot**2 / self.depth_usd_per_pct


@dataclass(frozen=True, slots=True, kw_only=True)
class Cross:
    """How much of what a coin bought on one venue does to its price arrives at another.

    Args:
        bought: Venue of the trade.
        moved: Venue whose price follows.
        share: Of the relative move, 0 to 1.
    """

    bought: str
    moved: str
    share: float

    def __post_init__(self) -> None:
        refuse_outside(self, ("share",), low=0.0, high=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionHolding:
    """Options of a node, Black-76 at zero rates on its venue's price.

    Args:
        strike: USD.
        years: To expiry.
        vol: Decimal per √year.
        quantity: Units of the underlying, + = long; calls and puts have the same gamma.
    """

    strike: float
    years: float
    vol: float
    quantity: float

    def __post_init__(self) -> None:
        refuse_outside(self, ("strike", "years", "vol"), low=0.0, strict=True)
        refuse_outside(self, ("quantity",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Leveraged:
    """Positions of traders on a perp venue or lending protocol, which liquidates them.

    Args:
        coins: + = long.
        liquidation_price: USD at which it is closed: reached from above by longs, from below by shorts.
        maintenance: Part of the liquidation price that is left then; what the fill falls short of it by
            beyond is the node's loss. 0 = nothing is left.
    """

    coins: float
    liquidation_price: float
    maintenance: float = 0.0

    def __post_init__(self) -> None:
        refuse_outside(self, ("coins",))
        refuse_outside(self, ("liquidation_price",), low=0.0, strict=True)
        refuse_outside(self, ("maintenance",), low=0.0, high=1.0)

    @property
    def bankruptcy_price(self) -> float:
        """USD below which (above, for shorts) the trader's funds do not pay the position back."""
        return self.liquidation_price * (1.0 - float(np.sign(self.coins)) * self.maintenance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A protocol, vault, pool, perp venue, stablecoin or market maker.

    Args:
        name: Of it.
        venue: Where it hedges and sells.
        kind: In words; ``stablecoin`` makes its debts count as its holders' cash.
        gamma_usd_per_pct: Of its book, negative = short gamma, constant per USD² over the cascade.
        options: Positions, whose gamma at today's price is added.
        hedged: Part of its gamma that it hedges, 0 to 1.
        cash_usd: Beside its claims on other nodes.
        coins: That it can sell.
        requirement_usd: Margin at today's price, due in cash or stablecoins.
        procyclicality: Growth of the requirement over the relative move: 2 = a move of 10 % adds 20 %.
        run_below: Assets over debts below which its creditors withdraw; 0 = never.
        run_share: Part of its debts that they withdraw then, once.
        positions: Leveraged positions of its traders.
    """

    name: str
    venue: str
    kind: str = "node"
    gamma_usd_per_pct: float = 0.0
    options: tuple[OptionHolding, ...] = ()
    hedged: float = 1.0
    cash_usd: float = 0.0
    coins: float = 0.0
    requirement_usd: float = 0.0
    procyclicality: float = 0.0
    run_below: float = 0.0
    run_share: float = 0.0
    positions: tuple[Leveraged, ...] = ()

    def __post_init__(self) -> None:
        refuse_outside(self, ("gamma_usd_per_pct",))
        refuse_outside(self, ("hedged", "run_share"), low=0.0, high=1.0)
        amounts = ("cash_usd", "coins", "requirement_usd", "procyclicality", "run_below")
        refuse_outside(self, amounts, low=0.0)

    def short_gamma(self, spot: float) -> float:
        """Coins per USD that a hedge of its book buys as the price rises; negative where it is long."""
        given = -self.gamma_usd_per_pct / (PERCENT * spot**2)
        return given - sum(one.quantity * gamma_of(one, spot) for one in self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """What one node owes another.

    Args:
        debtor: A node.
        creditor: A node, or ``outside``.
        usd: Amount.
    """

    debtor: str
    creditor: str
    usd: float

    def __post_init__(self) -> None:
        refuse_outside(self, ("usd",), low=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ecosystem:
    """Nodes on venues, and what they owe each other.

    Args:
        venues: At least one.
        nodes: At least one.
        debts: Several between the same two add up.
        crosses: Between venues; none = every venue moves alone.
        title, note: For readers.
        move: Relative move of every price at the outset, where none is asked for; −0.2 = a fall of a fifth.

    Raises:
        InputError: A name stands twice, is unknown, or a node owes itself.
    """

    venues: tuple[Venue, ...]
    nodes: tuple[Node, ...]
    debts: tuple[Debt, ...] = ()
    crosses: tuple[Cross, ...] = ()
    title: str = ""
    note: str = ""
    move: float = -0.2
    _places: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for place, names in (("venues", self.venue_names), ("nodes", self.names)):
            if not names:
                raise InputError("there is none", place=place, remedy="give at least one")
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice is not None:
                raise InputError(f"{twice!r} stands twice", place=place, remedy="rename one")
        if OUTSIDE in self.names:
            raise InputError(f"{OUTSIDE!r} means who is no node", place="nodes", remedy="rename it")
        object.__setattr__(self, "_places", {name: i for i, name in enumerate(self.names)})
        for node in self.nodes:
            self.known(node.venue, self.venue_names, place=f"venue of {node.name!r}")
        for cross in self.crosses:
            self.known(cross.bought, self.venue_names, place="crosses")
            self.known(cross.moved, self.venue_names, place="crosses")
        for debt in self.debts:
            self.known(debt.debtor, self.names, place="debts")
            self.known(debt.creditor, (*self.names, OUTSIDE), place="debts")
            if debt.debtor == debt.creditor:
                raise InputError(
                    f"{debt.debtor!r} owes itself", place="debts", remedy="leave it out"
                )
        check_move(self.move)

    def known(self, name: str, names: tuple[str, ...], *, place: str) -> None:
        """Refuses a name that is none."""
        if name not in names:
            some = ", ".join(names[:12])
            raise InputError(f"there is no {name!r}", place=place, remedy=f"one of {some}")

    @property
    def names(self) -> tuple[str, ...]:
        """Of the nodes."""
        return tuple(node.name for node in self.nodes)

    @property
    def venue_names(self) -> tuple[str, ...]:
        """Of the venues."""
        return tuple(venue.name for venue in self.venues)

    @property
    def spot(self) -> Vector:
        """USD per coin on each venue, shape (v,)."""
        return np.array([venue.spot for venue in self.venues])

    @property
    def places(self) -> NDArray[np.intp]:
        """Number of each node's venue, shape (n,)."""
        return np.array([self.venue_names.index(node.venue) for node in self.nodes])

    @property
    def short_gamma(self) -> Vector:
        """Coins per USD of each node's book, + = short gamma, shape (n,)."""
        spot = self.spot[self.places]
        return np.array(
            [node.short_gamma(price) for node, price in zip(self.nodes, spot.tolist(), strict=True)]
        )

    @property
    def hedges(self) -> Vector:
        """Coins per USD that each node buys as its venue's price rises, shape (n,)."""
        return self.short_gamma * np.array([node.hedged for node in self.nodes])

    @property
    def impact(self) -> Matrix:
        """``[i, j]``, USD by which the price of i rises per coin bought on j, shape (v, v)."""
        spot, own = self.spot, np.array([venue.impact for venue in self.venues])
        made = np.diag(own)
        names = self.venue_names
        for cross in self.crosses:
            moved, bought = names.index(cross.moved), names.index(cross.bought)
            if moved != bought:
                made[moved, bought] = cross.share * own[bought] * spot[moved] / spot[bought]
        return made

    @property
    def loop(self) -> GammaLoop:
        """The loop of hedging flows."""
        by_venue = np.bincount(self.places, weights=self.hedges, minlength=len(self.venues))
        return GammaLoop(
            venues=self.venue_names, gamma=np.diag(by_venue.astype(np.float64)), impact=self.impact
        )

    @property
    def liabilities(self) -> Matrix:
        """``[i, j]``, USD that i owes j, shape (n, n)."""
        made = np.zeros((len(self.nodes), len(self.nodes)))
        for debt in self.debts:
            if debt.creditor != OUTSIDE:
                made[self._places[debt.debtor], self._places[debt.creditor]] += debt.usd
        return made

    @property
    def external_debts(self) -> Vector:
        """USD that each node owes to who is no node, shape (n,)."""
        made = np.zeros(len(self.nodes))
        for debt in self.debts:
            if debt.creditor == OUTSIDE:
                made[self._places[debt.debtor]] += debt.usd
        return made

    @property
    def equity(self) -> Vector:
        """Net worth of each node before anything happens, USD, shape (n,)."""
        owed, spot = self.liabilities, self.spot[self.places]
        cash = np.array([node.cash_usd for node in self.nodes])
        coins = np.array([node.coins for node in self.nodes])
        debts = owed.sum(axis=1) + self.external_debts
        return cash + coins * spot + owed.sum(axis=0) - debts

    def index(self, name: str) -> int:
        """Place of a node.

        Raises:
            InputError: There is none of that name.
        """
        self.known(name, self.names, place="node")
        return self._places[name]


def gamma_of(option: OptionHolding, spot: float) -> float:
    """Black-76 gamma of one unit at zero rate, coins per USD."""
    forward, strike, years, vol, rate, sign = np.array(
        [[spot], [option.strike], [option.years], [option.vol], [0.0], [1.0]]
    )
    out = np.empty((N_GREEKS, 1))
    black_greeks(forward, strike, years, vol, rate, sign, out)
    return float(out[Greek.GAMMA, 0])


def check_move(move: float) -> None:
    """Refuses a relative move that is none or leaves no price.

    Raises:
        InputError: It is not above −1 and below 10.
    """
    if not -1.0 < move < 10.0:
        raise InputError(
            f"{move:g}", place="move", remedy="give a relative move above -1, as -0.2 for −20 %"
        )


def refuse_outside(
    one: object,
    names: tuple[str, ...],
    *,
    low: float = -LARGEST,
    high: float = LARGEST,
    strict: bool = False,
) -> None:
    """Refuses figures outside a range, or at its lower end where that is excluded.

    Raises:
        InputError: One is.
    """
    for name in names:
        value = float(getattr(one, name))
        inside = (low < value if strict else low <= value) and value <= high
        if not inside:
            who = getattr(one, "name", "")
            of = f" of {who!r}" if who else ""
            bounds = "above 0" if strict else f"{low:g} to {high:g}"
            problem = f"{name}{of} is {value:g}"
            raise InputError(problem, place=name, remedy=f"give a number, {bounds}")
