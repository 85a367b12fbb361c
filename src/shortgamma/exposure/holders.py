"""The gamma of the system by holder, and how concentrated it is.

One concentrated holder and a hundred diversified desks with the same total are different risks: the
concentrated one hedges all at once, or fails all at once.
"""

from dataclasses import dataclass

import numpy as np

from shortgamma.exposure.positioning import Positioning
from shortgamma.exposure.unit import UnitExposure


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One holder's exposure; positive = long.

    Args:
        name: As the model or the file calls it.
        kind: ``market_maker``, ``vault``, ``customer``, …; empty text where unknown.
        is_hedger: True where the model counts it among those who hedge.
        gamma_usd_per_pct: USD per 1 %.
        vega_usd_per_point: USD.
        delta_usd: Option delta, USD.
        share_of_short: Its part of all short gamma, 0 for a holder that is long.
    """

    name: str
    kind: str
    is_hedger: bool
    gamma_usd_per_pct: float
    vega_usd_per_point: float
    delta_usd: float
    share_of_short: float


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """Who is short, and how concentrated the short side is.

    Args:
        holders: From the shortest to the longest gamma.
        short_gamma_usd_per_pct: Sum over the holders that are short.
        herfindahl: Sum of squared shares of the short side, 1 = one holder; None where the model knows
            sides but no names, or nobody is short.
        largest: The shortest holder's name, under the same condition.
        concentration_status: ``ok``, ``names unknown`` or ``nobody short``.
    """

    holders: tuple[Holder, ...]
    short_gamma_usd_per_pct: float
    herfindahl: float | None
    largest: str | None
    concentration_status: str


def system_gamma(positioning: Positioning, unit: UnitExposure) -> System:
    """Exposure of every holder that the positioning knows."""
    gamma = positioning.holdings @ unit.gamma_usd_per_pct
    vega = positioning.holdings @ unit.vega_usd_per_point
    delta = positioning.holdings @ unit.delta_usd
    short = np.minimum(gamma, 0.0)
    total = float(short.sum())
    share = np.abs(short / total) if total < 0.0 else np.zeros_like(short)
    holders = tuple(
        Holder(
            name=positioning.holders[i],
            kind=positioning.holder_types[i],
            is_hedger=positioning.holders[i] in positioning.dealer_names,
            gamma_usd_per_pct=float(gamma[i]),
            vega_usd_per_point=float(vega[i]),
            delta_usd=float(delta[i]),
            share_of_short=float(share[i]),
        )
        for i in map(int, np.argsort(gamma, kind="stable"))
    )
    named = positioning.model == "inventory"
    known = named and total < 0.0
    return System(
        holders=holders,
        short_gamma_usd_per_pct=total,
        herfindahl=float(share @ share) if known else None,
        largest=holders[0].name if known else None,
        concentration_status="ok" if known else "nobody short" if named else "names unknown",
    )
