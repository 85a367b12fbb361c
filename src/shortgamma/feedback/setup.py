"""Everything that defines a run, apart from the seed and the number of paths."""

from dataclasses import dataclass, field
from enum import StrEnum

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import LARGEST_PRICE, SECONDS_PER_YEAR, SMALLEST_PRICE
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.curves import Span, VolLevels
from shortgamma.feedback.depth import Depth, Impact
from shortgamma.feedback.market import Market
from shortgamma.feedback.processes.process import Process


class FillPrice(StrEnum):
    """What a trade pays."""

    AVERAGE = "average"  # of the prices before and after the orders of its step
    AFTER = "after"  # the price after them


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A market and everyone in it.

    Args:
        spot: Initial price, USD.
        process: Exogenous log price.
        clock: Steps.
        depth: Of the spot market.
        agents: Everyone who trades.
        markets: What there is beside spot: a perpetual, gas, a level of vol.
        impact: What stays of an impact.
        fill_price: What trades pay.
        levels: Vol levels on which hedges are tabulated.
        span: Log prices on which they are; made from the process where it is None.
        variance_half_life_seconds: Of the recent realised variance that depth and vol respond to.
    """

    spot: float
    process: Process
    clock: Clock
    depth: Depth
    agents: tuple[Agent, ...] = ()
    markets: tuple[Market, ...] = ()
    impact: Impact = field(default_factory=Impact)
    fill_price: FillPrice = FillPrice.AVERAGE
    levels: VolLevels = field(default_factory=VolLevels.fixed)
    span: Span | None = None
    variance_half_life_seconds: float = 3_600.0

    def __post_init__(self) -> None:
        # A whole number would make whole-number arrays of prices.
        object.__setattr__(self, "spot", float(self.spot))
        if not SMALLEST_PRICE <= self.spot <= LARGEST_PRICE:
            raise InputError(
                f"spot is {self.spot:g}", place="spot", remedy="give a positive price in USD"
            )

    def carry(self, step_years: float) -> float:
        """Weight that the realised variance so far keeps in a step."""
        return 0.5 ** (step_years * SECONDS_PER_YEAR / self.variance_half_life_seconds)

    @property
    def has_perp(self) -> bool:
        """True where there is a perpetual."""
        return any(market.is_perp for market in self.markets)

    @property
    def grid(self) -> Span:
        """Log prices on which hedges are tabulated."""
        if self.span is not None:
            return self.span
        deviation = self.process.annual_vol * self.clock.horizon**0.5
        first = min((agent.first_expiry for agent in self.agents), default=float("inf"))
        return Span.around(deviation, is_fine=first <= self.clock.horizon)
