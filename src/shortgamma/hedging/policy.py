"""What a re-hedging policy sees and what it answers."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HedgeView:
    """What a hedger knows before it decides; arrays have shape (n,), one element per path.

    Args:
        years: Time since the start, ACT/365.
        step_years: Length of this step.
        price: USD, after this step's exogenous shock and before any hedging.
        held: Units of the underlying in the hedge, + = long.
        target: Hedge that would make the book delta-neutral at ``price``, units of the underlying.
        gamma: Γ of the hedged options, units of the underlying per USD; negative = short.
        vol: Vol level that the hedger assumes, decimal.
        last_years: Time of its last trade since the start; 0 before the first.
        last_price: USD, price of its last trade; the initial price before the first.
        spent: USD of trading costs so far (fees, spread, gas).
    """

    years: float
    step_years: float
    price: Vector
    held: Vector
    target: Vector
    gamma: Vector
    vol: Vector
    last_years: Vector
    last_price: Vector
    spent: Vector


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HedgeRule:
    """When to trade in this step and how far.

    Args:
        band: Units of the underlying: trade only where |target − held| exceeds it. 0 = always, ∞ = never.
        landing: Where the trade stops, as a fraction of the band: 0 = at the target, 1 = at its edge.
        most: Largest trade of one step, units of the underlying; ∞ = no limit.
    """

    band: Vector | float
    landing: Vector | float = 0.0
    most: Vector | float = float("inf")

    @property
    def edge(self) -> Vector:
        """What is left of the gap after a trade, units of the underlying."""
        with np.errstate(invalid="ignore"):
            edge = np.multiply(self.band, self.landing)
        return np.where(np.isfinite(edge), edge, 0.0)


class Policy(Protocol):
    """When a hedger trades. A policy is a frozen value without state; the view carries all memory."""

    @property
    def name(self) -> str:
        """As ``--json`` shows it."""
        ...

    @property
    def is_continuous(self) -> bool:
        """True where :meth:`rule` answers band 0 without limit in every step, whatever the view."""
        ...

    def rule(self, view: HedgeView) -> HedgeRule:
        """The rule of this step; a function of the view alone."""
        ...


@runtime_checkable
class ConstantPolicy(Protocol):
    """A policy whose rule is the same in every step, whatever it sees."""

    @property
    def constant_rule(self) -> HedgeRule:
        """The rule; its figures are numbers."""
        ...


@runtime_checkable
class ClockPolicy(Protocol):
    """A policy that trades to its target at certain times and not at all at others."""

    def is_due(self, years: float, step_years: float) -> bool:
        """True where it trades in the step that begins ``years`` after the start."""
        ...
