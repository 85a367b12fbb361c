"""The perpetual: basis, mark price and funding."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InvariantError
from shortgamma.basics.units import DAYS_PER_YEAR, PERCENT, SECONDS_PER_YEAR
from shortgamma.feedback.accounts import TOLERANCE
from shortgamma.feedback.depth import check_positive
from shortgamma.feedback.market import Market
from shortgamma.feedback.world import World
from shortgamma.kernels.orders import MARK, PASS
from shortgamma.kernels.perpetual import move_basis, pay_funding
from shortgamma.venues.funding import FUNDING_RULES, FundingRule

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PerpMarket(Market):
    """A perpetual swap on the same underlying, with spot as its index.

    Trades in it move the basis: ln(perp/spot) rises by Λ_perp per coin bought, up to ±0.7, where the venue's
    price band holds it. The mark price is spot times e^(average basis), the average weighted exponentially.
    Longs pay funding on the mark price, by the venue's rule for the premium mark/spot − 1; it accrues in
    every step.

    Args:
        depth_usd_per_pct: One-sided USD that move the perpetual 1 % against spot.
        funding: The venue's rule.
        mark_seconds: Time constant of the average basis.
    """

    depth_usd_per_pct: float
    funding: FundingRule = field(default_factory=lambda: FUNDING_RULES["binance"])
    mark_seconds: float = 30.0

    def __post_init__(self) -> None:
        check_positive(self.depth_usd_per_pct, "depth", "perp")
        check_positive(self.mark_seconds, "mark seconds", "perp")

    @property
    def is_perp(self) -> bool:
        """It is."""
        return True

    def enter(self, world: World) -> "PerpState":
        """No basis, no funding."""
        return PerpState(world)

    def open(self, state: "PerpState", world: World) -> None:
        """Mark over spot as the step begins; without an arbitrageur no trade reaches spot."""
        world.paths[MARK] = state.average
        world.paths[PASS] = 0.0
        np.multiply(world.price, PERCENT / self.depth_usd_per_pct, out=state.impact)

    def close(self, state: "PerpState", world: World) -> None:
        """The basis after the step's trades, and what they paid."""
        state.close(world, self.mark_seconds)

    def end(self, state: "PerpState", world: World) -> None:
        """Accrues funding."""
        state.fund(world, self.funding)

    def answer(self, state: "PerpState", world: World) -> dict[str, Vector]:  # noqa: ARG002
        """Funding and basis at their extremes."""
        return {
            "peak_funding_per_day": state.peak_funding,
            "peak_basis": state.peak_basis,
            "funding_usd_per_coin": state.index,
        }


class PerpState:
    """The perpetual on one block of paths; arrays have shape (n,).

    Attributes:
        basis: ln(perp/spot).
        average: Its exponential average: ln(mark/spot).
        impact: Log move of the basis per coin bought.
        rate: Funding rate in force, in the venue's own unit.
        index: USD that a long of one coin has paid so far.
        per_coin: USD that a long of one coin pays in this step.
    """

    def __init__(self, world: World) -> None:
        size = world.size
        self.basis, self.average = np.zeros(size), np.zeros(size)
        self.impact = np.zeros(size)
        self.rate, self.index, self.per_coin = np.zeros(size), np.zeros(size), np.zeros(size)
        self.peak_funding, self.peak_basis = np.zeros(size), np.zeros(size)
        self.volume = np.zeros(size)
        world.perp_traded, world.mark = np.full((2, size), world.spot)

    def close(self, world: World, mark_seconds: float) -> None:
        """The basis after the step's trades, and what they paid."""
        self.volume = world.exchange.perp_volume(world.log_price)
        keep = float(np.exp(-world.step_years * SECONDS_PER_YEAR / mark_seconds))
        move_basis(
            (self.basis, self.average, self.peak_basis),
            (self.impact, self.volume, world.paths[PASS]),
            (world.price, world.traded),
            (world.mark, world.perp_traded),
            keep,
        )

    def fund(self, world: World, rule: FundingRule) -> None:
        """Longs pay shorts, or the reverse; what is paid and what is received are the same.

        Raises:
            InvariantError: They are not.
        """
        premium = world.mark / world.price - 1.0
        self.rate, share = rule.advance(self.rate, premium, years=world.step_years)
        self.per_coin = share * world.mark
        self.index = self.index + self.per_coin
        accounts = world.accounts
        holders = np.array(sorted(accounts.perp_holders))
        wrong = pay_funding(
            accounts.perps, holders, self.per_coin, accounts.cash, accounts.funding, TOLERANCE
        )
        if wrong:
            raise InvariantError(f"funding paid and received differ on {wrong} paths")
        per_day = np.abs(share) * (1.0 / (DAYS_PER_YEAR * world.step_years))
        np.maximum(self.peak_funding, per_day, out=self.peak_funding)
