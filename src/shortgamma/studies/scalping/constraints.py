"""What keeps a scalper from earning more: every constraint taken away alone, on the same shocks.

A constraint may bind in the mean or in risk. Where the price has no drift, a delta that is hedged late or in
lots earns nothing on average: latency and lots cost risk, and what is traded less often even saves fees.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.feedback.agents.desk import Desk
from shortgamma.feedback.depth import UsdDepth
from shortgamma.feedback.setup import Setup
from shortgamma.studies.policies.results import PathResults, deviation
from shortgamma.studies.scalping.question import desk_of, with_desk
from shortgamma.studies.simulation import Metric, mean

Vector = NDArray[np.float64]

SIGNIFICANT: Final = 2.58
"""Standard errors that a gain must exceed to be one: 1 in 200 by chance."""
DUST: Final = 1e-5
"""Of the standard deviation of the result: less is nothing, however sure it is."""
NO_CONSTRAINT: Final = "none"
UNLIMITED: Final = UsdDepth(usd_per_pct=float("inf"))


def is_late(setup: Setup, desk: Desk) -> bool:
    """True where the price that the desk acts on is at least half a step old."""
    return round(desk.latency_seconds / (float(setup.clock.years[0]) * SECONDS_PER_YEAR)) > 0


def no_fee(setup: Setup, desk: Desk) -> Setup | None:
    """Without fees and rebates."""
    maker = desk.maker
    if desk.costs.fee == 0.0 and (maker is None or maker.fee == 0.0):
        return None
    free = None if maker is None else replace(maker, fee=0.0)
    return with_desk(setup, replace(desk, costs=replace(desk.costs, fee=0.0), maker=free))


def no_spread(setup: Setup, desk: Desk) -> Setup | None:
    """With one price to buy and to sell at."""
    if desk.costs.half_spread == 0.0:
        return None
    return with_desk(setup, replace(desk, costs=replace(desk.costs, half_spread=0.0)))


def no_slippage(setup: Setup, desk: Desk) -> Setup | None:
    """Filled at the mid whatever the size."""
    return None if desk.slippage is None else with_desk(setup, replace(desk, slippage=None))


def no_latency(setup: Setup, desk: Desk) -> Setup | None:
    """Acting on the price of the moment."""
    if not is_late(setup, desk):
        return None
    return with_desk(setup, replace(desk, latency_seconds=0.0))


def no_lot(setup: Setup, desk: Desk) -> Setup | None:
    """With quantities of any size."""
    return None if desk.lot is None else with_desk(setup, replace(desk, lot=None))


def no_impact(setup: Setup, desk: Desk) -> Setup | None:  # noqa: ARG001 all have one form
    """In a market that orders do not move."""
    return None if setup.depth == UNLIMITED else replace(setup, depth=UNLIMITED)


def no_gas(setup: Setup, desk: Desk) -> Setup | None:
    """Without a fee per trade."""
    if desk.ticket is None and desk.gas is None:
        return None
    return with_desk(setup, replace(desk, ticket=None, gas=None))


def no_funding(setup: Setup, desk: Desk) -> Setup | None:
    """Without funding on the hedge."""
    return None if desk.funding is None else with_desk(setup, replace(desk, funding=None))


def no_margin(setup: Setup, desk: Desk) -> Setup | None:
    """Without interest on the capital that the hedge ties up."""
    return None if desk.margin is None else with_desk(setup, replace(desk, margin=None))


REMOVALS: Final[Mapping[str, Callable[[Setup, Desk], Setup | None]]] = MappingProxyType(
    {
        "fee": no_fee,
        "spread": no_spread,
        "slippage": no_slippage,
        "latency": no_latency,
        "lot": no_lot,
        "depth": no_impact,
        "gas": no_gas,
        "funding": no_funding,
        "margin": no_margin,
    }
)
"""By name: the market without the constraint; None where it is not there."""


def removals(setup: Setup) -> dict[str, Setup]:
    """The market without each of the constraints that it has."""
    desk = desk_of(setup)
    markets = {name: remove(setup, desk) for name, remove in REMOVALS.items()}
    return {name: market for name, market in markets.items() if market is not None}


def frictionless(setup: Setup) -> Setup:
    """The market without any of them."""
    for remove in REMOVALS.values():
        setup = remove(setup, desk_of(setup)) or setup
    return setup


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """What it is worth to be rid of a constraint.

    Args:
        name: A key of :data:`REMOVALS`.
        gain: Mean result without it less mean result with it, USD, error of the paired difference.
        risk: The same of the standard deviation of the result; negative = the result varies less.
        std: Standard deviation of the result with it, USD.
    """

    name: str
    gain: Metric
    risk: Metric
    std: float

    @property
    def is_significant(self) -> bool:
        """True where the gain is more than chance, and more than dust."""
        return self.gain.value > max(SIGNIFICANT * self.gain.standard_error, DUST * self.std)

    @property
    def is_risky(self) -> bool:
        """True where the standard deviation falls without it by more than chance and dust."""
        return -self.risk.value > max(SIGNIFICANT * self.risk.standard_error, DUST * self.std)


def constraint_of(name: str, found: PathResults, without: PathResults) -> Constraint:
    """A constraint from the results with it and without it, on the same shocks."""
    return Constraint(
        name=name,
        gain=mean(without.pnl - found.pnl),
        risk=deviation_change(without.pnl, found.pnl),
        std=deviation(found.pnl).value,
    )


def ordered(constraints: Sequence[Constraint]) -> tuple[Constraint, ...]:
    """The largest gain first."""
    return tuple(sorted(constraints, key=lambda one: -one.gain.value))


def binding(constraints: Sequence[Constraint]) -> str:
    """Name of the one whose absence gains most; ``none`` where no gain is more than chance."""
    known = [one for one in ordered(constraints) if one.is_significant]
    return known[0].name if known else NO_CONSTRAINT


def binding_risk(constraints: Sequence[Constraint]) -> str:
    """Name of the one whose absence lowers risk most; ``none`` where it falls by no more than chance."""
    known = sorted((one for one in constraints if one.is_risky), key=lambda one: one.risk.value)
    return known[0].name if known else NO_CONSTRAINT


def deviation_change(values: Vector, others: Vector) -> Metric:
    """Difference of two standard deviations of paired values, its error by the delta method."""
    if values.size < 2:
        return Metric(value=np.nan, standard_error=np.nan)
    stds = [float(each.std(ddof=1)) for each in (values, others)]
    pulls = [
        np.square(each - each.mean()) / (2.0 * std) if std > 0.0 else np.zeros_like(each)
        for each, std in zip((values, others), stds, strict=True)
    ]
    return Metric(value=stds[0] - stds[1], standard_error=mean(pulls[0] - pulls[1]).standard_error)
