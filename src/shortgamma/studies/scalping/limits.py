"""Where a constraint stops scalping: how small or large a book may be, how far the price must move.

With a gamma Γ that is constant between two re-hedges, at a move m of the price (a fraction of it):

    what is traded            Q = ΓS²·m                   USD
    what gamma earned         g = ½ΓS²·m²                 USD, before theta
    a cost in proportion      c·Q ≤ g        m ≥ 2c       whatever the gamma
    one gas ticket            G ≤ g          Γ ≥ 2G/(S²m²)
    one lot                   lot·S ≤ Q      Γ ≥ lot/(S·m)
    own impact                Q²·0.01/(2D) ≤ g            0.01·ΓS² ≤ D: gamma per 1 % below the depth
    slippage Y·σ_D·√(Q/V)     ≤ g/Q = m/2                 ΓS² ≤ V·m/(2Y·σ_D)²

A band that is held at its edge trades little more than the overshoot at a time: there the gain per USD traded
is m, not m/2. So g and Q are measured: gamma earned and USD traded, each per re-hedge. Both are in proportion
to Γ, which is all that the other lines need. Means stand for the distributions of g and Q: leading order.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from shortgamma.feedback.agents.desk import Desk
from shortgamma.feedback.depth import UsdDepth
from shortgamma.feedback.setup import Setup
from shortgamma.studies.policies.results import PathResults
from shortgamma.studies.scalping.question import desk_of

LEAST, MOST = "at least", "at most"
GAMMA: Final = "gamma_usd_per_pct"
COST: Final = "fraction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A size beyond which a constraint leaves nothing of what gamma earns.

    Args:
        name: Of the constraint.
        kind: ``at least`` or ``at most``.
        bound: In ``unit``.
        actual: What it is here.
        unit: ``gamma_usd_per_pct`` of the book, or ``fraction`` of what is traded.
    """

    name: str
    kind: str
    bound: float
    actual: float
    unit: str

    @property
    def stops(self) -> bool:
        """True where the book is beyond it."""
        return self.actual < self.bound if self.kind == LEAST else self.actual > self.bound

    def to_dict(self) -> dict[str, object]:
        """As ``--json`` prints it."""
        return {
            "constraint": self.name,
            "kind": self.kind,
            "bound": self.bound,
            "actual": self.actual,
            "unit": self.unit,
            "stops": self.stops,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehedge:
    """A typical re-hedge, means over paths and trades.

    Args:
        gain_usd: What gamma earned between two of them; a short book pays it.
        traded_usd: Q.
        gamma_usd_per_pct: Of the book at the start, unsigned.
        spot: USD.
    """

    gain_usd: float
    traded_usd: float
    gamma_usd_per_pct: float
    spot: float

    @property
    def move(self) -> float:
        """Move of the price that earns as much for what is traded: 2·gain/traded, a fraction."""
        return 2.0 * self.gain_usd / self.traded_usd


def rehedge_of(
    results: PathResults, turnover_usd: float, *, gamma_usd_per_pct: float, spot: float
) -> Rehedge | None:
    """The typical re-hedge of a run; None where it did not trade."""
    trades = float(results.trades.mean())
    if not (trades > 0.0 and turnover_usd > 0.0):
        return None
    return Rehedge(
        gain_usd=abs(float(results.parts["gamma_usd"].mean())) / trades,
        traded_usd=turnover_usd / trades,
        gamma_usd_per_pct=gamma_usd_per_pct,
        spot=spot,
    )


def limits_of(setup: Setup, typical: Rehedge) -> tuple[Limit, ...]:
    """The limits of the constraints that there are."""
    desk, depth = desk_of(setup), setup.depth
    gamma, gain, traded = typical.gamma_usd_per_pct, typical.gain_usd, typical.traded_usd
    cost = sum(desk.costs.pair)
    found: list[Limit] = []
    if cost > 0.0:
        found.append(
            Limit(name="fee and spread", kind=MOST, bound=gain / traded, actual=cost, unit=COST)
        )
    if desk.ticket is not None:
        least = gamma * desk.ticket.expected_usd / gain
        found.append(Limit(name="gas", kind=LEAST, bound=least, actual=gamma, unit=GAMMA))
    if desk.lot is not None:
        least = gamma * desk.lot.coins * typical.spot / traded
        found.append(Limit(name="lot", kind=LEAST, bound=least, actual=gamma, unit=GAMMA))
    if isinstance(depth, UsdDepth) and np.isfinite(depth.usd_per_pct) and depth.usd_per_pct > 0.0:
        found.append(
            Limit(name="depth", kind=MOST, bound=depth.usd_per_pct, actual=gamma, unit=GAMMA)
        )
    return (*found, *slippage_limit(desk, typical))


def slippage_limit(desk: Desk, typical: Rehedge) -> tuple[Limit, ...]:
    """The largest book that slippage leaves something of; slippage per USD grows with √size."""
    if desk.slippage is None:
        return ()
    share = float(desk.slippage.fraction(typical.traded_usd))
    if not share > 0.0:
        return ()
    most = typical.gamma_usd_per_pct * (typical.gain_usd / typical.traded_usd / share) ** 2
    return (
        Limit(
            name="slippage",
            kind=MOST,
            bound=most,
            actual=typical.gamma_usd_per_pct,
            unit=GAMMA,
        ),
    )
