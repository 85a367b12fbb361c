"""An ecosystem from who was measured to hold gamma: holders of a chain, option protocols among them."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import PERCENT
from shortgamma.exposure.holders import Holder
from shortgamma.risk.contagion.ecosystem import Ecosystem, Node, Venue
from shortgamma.studies.exposure import Exposure

MARKET: Final = "measured market"
"""Venue of the holders where no network names one."""
NOTE: Final = (
    "Gamma is measured; the holders' funds and margin are unknown and follow from an assumed move."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderFunds:
    """What a holder whose balance sheet nobody knows is assumed to have.

    Args:
        move: Relative move for which it posts margin: ½·|Γ|·(move·S)². 15 % is an assumption of the size of
            portfolio margins on bitcoin.
        buffer: Cash over that margin; an assumption.
        procyclicality: Growth of the margin over the relative move; an assumption.
    """

    move: float = 0.15
    buffer: float = 1.5
    procyclicality: float = 2.0

    def __post_init__(self) -> None:
        for name in ("move", "buffer", "procyclicality"):
            value: float = getattr(self, name)
            if not 0.0 <= value < np.inf:
                raise InputError(f"{name} is {value:g}", place="funds", remedy="give 0 or more")

    def node(self, holder: Holder, venue: str) -> Node:
        """A holder as a node that hedges all of its gamma."""
        margin = 0.5 * abs(holder.gamma_usd_per_pct) * self.move**2 / PERCENT
        return Node(
            name=holder.name,
            venue=venue,
            kind=holder.kind or "holder",
            gamma_usd_per_pct=holder.gamma_usd_per_pct,
            cash_usd=self.buffer * margin,
            requirement_usd=margin,
            procyclicality=self.procyclicality,
        )


def ecosystem_of(
    measured: Exposure,
    *,
    funds: HolderFunds | None = None,
    base: Ecosystem | None = None,
    venue: str | None = None,
) -> Ecosystem:
    """The hedging holders of a measured chain as nodes, alone or within a network.

    Alone on one venue the loop gain is −θ of the exposure where θ is negative.

    Args:
        measured: Exposure under any positioning; those who do not hedge are left out.
        funds: Of holders that the network does not have; None = the default assumption.
        base: Network with perp venues, stablecoins and debts; its nodes of the same name take the measured
            gamma in place of their own.
        venue: Of the base on which new holders hedge; None = its first.

    Raises:
        InputError: Nobody hedges, or the base has no such venue.
    """
    rule = funds or HolderFunds()
    hedging = {one.name: one for one in measured.system.holders if one.is_hedger}
    if not hedging:
        raise InputError(
            "nobody hedges", place="positioning", remedy="choose a positioning with dealers"
        )
    if base is None:
        spot, depth = measured.chain.spot, measured.assumptions.depth_usd_per_pct
        place = Venue(name=MARKET, spot=spot, depth_usd_per_pct=depth)
        nodes = tuple(rule.node(one, MARKET) for one in hedging.values())
        return Ecosystem(venues=(place,), nodes=nodes, title="Measured holders", note=NOTE)
    home = base.venue_names[0] if venue is None else venue
    base.known(home, base.venue_names, place="venue")
    kept = tuple(with_gamma(node, hedging.get(node.name)) for node in base.nodes)
    fresh = tuple(rule.node(one, home) for name, one in hedging.items() if name not in base.names)
    note = " ".join(text for text in (base.note, NOTE) if text)
    return replace(base, nodes=(*kept, *fresh), note=note)


def with_gamma(node: Node, holder: Holder | None) -> Node:
    """A node with the measured gamma, where it was measured."""
    if holder is None:
        return node
    return replace(node, gamma_usd_per_pct=holder.gamma_usd_per_pct, options=())
