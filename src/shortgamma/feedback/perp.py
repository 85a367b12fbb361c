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
from shortgamma.kernels.orders import PASS
from shortgamma.kernels.perpetual import (
    BASIS,
    FUNDED,
    MARK_PRICE,
    OWED,
    PAID,
    PEAK_BASIS,
    PEAK_FUNDING,
    PER_COIN_BOUGHT,
    PERP_ROWS,
    RATE,
    VOLUME,
    move_basis,
    open_perp,
    pay_funding,
)
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

    @property
    def per_usd(self) -> float:
        """Log move of the basis per USD bought."""
        return PERCENT / self.depth_usd_per_pct

    def keep(self, step_years: float) -> float:
        """Weight that the average basis so far keeps in a step."""
        return float(np.exp(-step_years * SECONDS_PER_YEAR / self.mark_seconds))

    def enter(self, world: World) -> "PerpState":
        """No basis, no funding."""
        return PerpState(world)

    def open(self, state: "PerpState", world: World) -> None:
        """Mark over spot as the step begins; without an arbitrageur no trade reaches spot."""
        open_perp(state.rows, world.paths, world.price, self.per_usd)

    def close(self, state: "PerpState", world: World) -> None:
        """The basis after the step's trades, and what they paid."""
        state.rows[VOLUME] = world.exchange.perp_volume(world.log_price)
        keep = self.keep(world.step_years)
        move_basis(state.rows, world.paths[PASS], world.price, world.traded, keep)

    def end(self, state: "PerpState", world: World) -> None:
        """Accrues funding."""
        state.fund(world, self.funding)

    def shows(self, state: "PerpState", world: World) -> dict[str, Vector]:
        """Funding in force: part of the notional that longs pay per day."""
        per_day = 1.0 / (DAYS_PER_YEAR * world.step_years)
        return {"funding_per_day": state.rows[FUNDED] / state.rows[MARK_PRICE] * per_day}

    def answer(self, state: "PerpState", world: World) -> dict[str, Vector]:  # noqa: ARG002
        """Funding and basis at their extremes."""
        return {
            "peak_funding_per_day": state.rows[PEAK_FUNDING],
            "peak_basis": state.rows[PEAK_BASIS],
            "funding_usd_per_coin": state.owed,
        }


class PerpState:
    """The perpetual on one block of paths.

    Attributes:
        rows: See :mod:`shortgamma.kernels.perpetual`, shape (PERP_ROWS, n).
    """

    def __init__(self, world: World) -> None:
        self.rows = np.zeros((PERP_ROWS, world.size))
        self.rows[[MARK_PRICE, PAID]] = world.spot
        world.perp_traded, world.mark = self.rows[PAID], self.rows[MARK_PRICE]

    @property
    def basis(self) -> Vector:
        """ln(perp/spot), shape (n,)."""
        return self.rows[BASIS]

    @property
    def impact(self) -> Vector:
        """Log move of the basis per coin bought, shape (n,)."""
        return self.rows[PER_COIN_BOUGHT]

    @property
    def volume(self) -> Vector:
        """Coins bought in the step, net, shape (n,)."""
        return self.rows[VOLUME]

    @property
    def owed(self) -> Vector:
        """USD that a long of one coin has paid so far, shape (n,)."""
        return self.rows[OWED]

    def fund(self, world: World, rule: FundingRule) -> None:
        """Longs pay shorts, or the reverse; what is paid and what is received are the same.

        Raises:
            InvariantError: They are not.
        """
        premium = world.mark / world.price - 1.0
        self.rows[RATE], share = rule.advance(self.rows[RATE], premium, years=world.step_years)
        accounts = world.accounts
        wrong = pay_funding(
            self.rows,
            share,
            accounts.perp_holders,
            (accounts.perps, accounts.cash, accounts.funding),
            (1.0 / (DAYS_PER_YEAR * world.step_years), TOLERANCE),
        )
        if wrong:
            raise InvariantError(f"funding paid and received differ on {wrong} paths")
