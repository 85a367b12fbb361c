"""What each node and what concentration does to a cascade: the same move without one, or with it divided."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.cascade import Cascade, CascadeStatus, cascade
from shortgamma.risk.contagion.ecosystem import Cross, Debt, Ecosystem, Node

MOST_PARTS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Importance:
    """A node's part in what happens to the others.

    Args:
        name: Of the node.
        loop_gain: Without it.
        status: Of the cascade without it.
        others_usd: What all others lose without it; None where that has no end.
        spared_usd: What they lose with it less that; None where either has no end.
        failed: How many of the others fail without it.
    """

    name: str
    loop_gain: float
    status: CascadeStatus
    others_usd: float | None
    spared_usd: float | None
    failed: int | None


def neutral(node: Node, debts: float) -> Node:
    """The same node with cash for all its debts; it neither hedges nor liquidates nor sells."""
    return Node(name=node.name, venue=node.venue, kind=node.kind, cash_usd=debts)


def without(system: Ecosystem, name: str) -> Ecosystem:
    """The ecosystem in which one node pays all that it owes and does nothing else."""
    place = system.index(name)
    debts = sum(debt.usd for debt in system.debts if debt.debtor == name)
    nodes = tuple(neutral(n, debts) if i == place else n for i, n in enumerate(system.nodes))
    return replace(system, nodes=nodes)


def importance(found: Cascade) -> tuple[Importance, ...]:
    """The cascade once without each node, in the order of nodes.

    A node's importance is what it adds to the losses of the others by hedging, liquidating, selling and not
    paying. It is not additive: two nodes that each suffice for a cascade both have little.
    """
    return tuple(importance_of(found, name) for name in found.system.names)


def importance_of(found: Cascade, name: str) -> Importance:
    """Of one node."""
    system = found.system
    others = np.arange(len(system.nodes)) != system.index(name)
    bare = cascade(without(system, name), found.move)
    without_it = None if bare.outcome is None else float(bare.outcome.losses[others].sum())
    with_it = None if found.outcome is None else float(found.outcome.losses[others].sum())
    spared = None if without_it is None or with_it is None else with_it - without_it
    return Importance(
        name=name,
        loop_gain=bare.loop.loop_gain,
        status=bare.status,
        others_usd=without_it,
        spared_usd=spared,
        failed=None if bare.outcome is None else int(bare.outcome.failed[others].sum()),
    )


def failing_moves(system: Ecosystem, moves: tuple[float, ...]) -> tuple[float | None, ...]:
    """The first of some moves at which each node fails, in the order of nodes; None = at none of them."""
    found: list[float | None] = [None] * len(system.nodes)
    for move in moves:
        ended = cascade(system, move).outcome
        if ended is None:
            continue
        for place in np.flatnonzero(ended.failed).tolist():
            found[place] = move if found[place] is None else found[place]
    return tuple(found)


def part_names(name: str, parts: int) -> tuple[str, ...]:
    """Names of the parts of a node."""
    return tuple(f"{name} {number}" for number in range(1, parts + 1))


def part_of(node: Node, *, name: str, venue: str, parts: int) -> Node:
    """One of equal parts of a node: gamma, options, cash, coins, margin and positions."""
    return replace(
        node,
        name=name,
        venue=venue,
        gamma_usd_per_pct=node.gamma_usd_per_pct / parts,
        options=tuple(replace(one, quantity=one.quantity / parts) for one in node.options),
        cash_usd=node.cash_usd / parts,
        coins=node.coins / parts,
        requirement_usd=node.requirement_usd / parts,
        positions=tuple(replace(one, coins=one.coins / parts) for one in node.positions),
    )


def divided(system: Ecosystem, name: str, *, parts: int) -> Ecosystem:
    """One node as equal parts on its venue; its debts and claims are divided too.

    The loop gain stays: on one order book flow is flow, whoever sends it.

    Raises:
        InputError: There is no such node, or the number of parts is none.
    """
    check_parts(parts)
    place = system.index(name)
    node, names = system.nodes[place], part_names(name, parts)
    made = tuple(part_of(node, name=one, venue=node.venue, parts=parts) for one in names)
    nodes = (*system.nodes[:place], *made, *system.nodes[place + 1 :])
    return replace(system, nodes=nodes, debts=divided_debts(system, name, names))


def divided_debts(system: Ecosystem, name: str, names: tuple[str, ...]) -> tuple[Debt, ...]:
    """Debts and claims of a node, an equal part for each of its parts."""
    made: list[Debt] = []
    for debt in system.debts:
        if name not in {debt.debtor, debt.creditor}:
            made.append(debt)
            continue
        usd = debt.usd / len(names)
        if debt.debtor == name:
            made += [replace(debt, debtor=one, usd=usd) for one in names]
        else:
            made += [replace(debt, creditor=one, usd=usd) for one in names]
    return tuple(made)


def spread_out(system: Ecosystem, name: str, *, parts: int, cross: float = 0.0) -> Ecosystem:
    """One node as equal parts, each on a venue of its own with the depth of the node's venue.

    Alone on n venues that move apart the loop gain is a n-th; with a share ``cross`` of each move arriving at
    every other venue it is (1 + (n − 1)·cross)/n of what it was.

    Raises:
        InputError: There is no such node, or the number of parts or the share is none.
    """
    apart = divided(system, name, parts=parts)
    names = part_names(name, parts)
    home = system.venues[system.venue_names.index(system.nodes[system.index(name)].venue)]
    places = tuple(f"{home.name} {number}" for number in range(1, parts + 1))
    homes = dict(zip(names, places, strict=True))
    nodes = tuple(replace(n, venue=homes.get(n.name, n.venue)) for n in apart.nodes)
    used = any(node.venue == home.name for node in nodes)
    kept = tuple(one for one in system.venues if one is not home or used)
    fresh = tuple(replace(home, name=place) for place in places)
    ties = new_crosses(system, home.name, (*places, home.name) if used else places, cross)
    return replace(apart, nodes=nodes, venues=(*kept, *fresh), crosses=ties)


def new_crosses(
    system: Ecosystem, home: str, places: tuple[str, ...], share: float
) -> tuple[Cross, ...]:
    """Every place is tied to other venues as the old one was, and to the other places by a share."""
    made: list[Cross] = []
    for one in system.crosses:
        if one.bought == home:
            made += [replace(one, bought=place) for place in places]
        elif one.moved == home:
            made += [replace(one, moved=place) for place in places]
        else:
            made.append(one)
    pairs = ((bought, moved) for bought in places for moved in places if bought != moved)
    ties = [Cross(bought=bought, moved=moved, share=share) for bought, moved in pairs if share]
    return (*made, *ties)


def check_parts(parts: int) -> None:
    """Refuses a number of parts that is none.

    Raises:
        InputError: It is.
    """
    if not 1 <= parts <= MOST_PARTS:
        raise InputError(f"{parts}", place="parts", remedy=f"give 1 to {MOST_PARTS:,}")
