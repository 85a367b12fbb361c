"""When a pool hedges, by the size of its market and of its capital."""

from dataclasses import dataclass, field
from typing import Protocol

from shortgamma.hedging.paced import PacedBand
from shortgamma.hedging.policies import Continuous
from shortgamma.hedging.policy import Policy
from shortgamma.protocols.pool.pricing import check_charge


class HedgeRule(Protocol):
    """How a pool hedges in a market."""

    def policy(self, *, depth_usd_per_pct: float, capital_usd: float) -> Policy:
        """The policy of a pool.

        Args:
            depth_usd_per_pct: USD that move the price 1 %.
            capital_usd: Of the providers.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedHedge:
    """The same policy in every market.

    Args:
        rule: The policy.
    """

    rule: Policy = field(default_factory=Continuous)

    def policy(self, *, depth_usd_per_pct: float, capital_usd: float) -> Policy:  # noqa: ARG002
        """The policy."""
        return self.rule


@dataclass(frozen=True, slots=True, kw_only=True)
class PacedHedge:
    """A band that follows gamma, at a pace that follows depth; see :class:`PacedBand`.

    Args:
        depth_per_hour: Most that is traded in an hour, over the USD that move the price 1 %.
        aversion: Risk aversion times capital: that of a provider for his own money.
        cost: One way, part of what is traded; impact is counted in.

    Raises:
        InputError: A figure is negative.
    """

    depth_per_hour: float = 0.4
    aversion: float = 24.0
    cost: float = 2e-3

    def __post_init__(self) -> None:
        check_charge(
            "paced hedge",
            depth_per_hour=self.depth_per_hour,
            aversion=self.aversion,
            cost=self.cost,
        )

    def policy(self, *, depth_usd_per_pct: float, capital_usd: float) -> Policy:
        """The band and the pace of this market."""
        return PacedBand(
            risk_aversion=self.aversion / capital_usd,
            cost=self.cost,
            usd_per_hour=self.depth_per_hour * depth_usd_per_pct,
        )
