"""Who trades options with a pool: orders that come at random and look at what the pool asks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.feedback.agents.board import Board
from shortgamma.feedback.draws import Stream
from shortgamma.feedback.world import World
from shortgamma.kernels.pool_books import LOG_STRIKE

Vector = NDArray[np.float64]
Index = NDArray[np.intp]
MOST_NEGATIVE = -50.0  # of an exponent; less is nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """Random orders for the options of a board; (A) = an assumption.

    Orders come one by one. An order is for the contract of one of the two nearest expiries whose strike is
    nearest to a normal draw around spot. It is filled with a probability that falls with what it costs::

        p = min(1, share·exp(−elasticity·(c/reference − 1)))

    with c the price over fair value in vol points: ``elasticity`` is −dln(volume)/dln(cost) where the cost is
    the reference.

    Args:
        per_day: Orders per day that look at the pool (A).
        coins: Mean size; sizes are exponential (A).
        buy_share: Part of them that buys (A).
        share: Part of them that trades at the reference cost (A).
        elasticity: 0 = they do not look at the price (A).
        reference_points: Vol points at which ``share`` holds (A).
        moneyness: Mean place of the strikes, standard deviations from spot; positive = above (A).
        spread: Standard deviation of the place, in the same unit (A).
        least_days: An expiry nearer than that is not traded.

    Raises:
        InputError: A figure is out of range.
    """

    per_day: float = 48.0
    coins: float = 1_000.0
    buy_share: float = 0.65
    share: float = 0.5
    elasticity: float = 1.0
    reference_points: float = 2.0
    moneyness: float = 0.0
    spread: float = 0.7
    least_days: float = 1.0

    def __post_init__(self) -> None:
        positive = (self.coins, self.reference_points)
        shares = (self.buy_share, self.share)
        rest = (self.per_day, self.elasticity, self.spread, self.least_days)
        if (
            not all(0.0 < value < np.inf for value in positive)
            or not all(0.0 <= value <= 1.0 for value in shares)
            or not all(0.0 <= value < np.inf for value in rest)
        ):
            raise InputError(
                f"sizes {positive}, shares {shares}, rates {rest}",
                place="clients of the pool",
                remedy="give positive sizes, shares from 0 to 1, and no negative rates",
            )

    def chance(self, world: World) -> float:
        """Probability that an order comes in this step; at most one does."""
        return float(-np.expm1(-self.per_day * world.step_years * DAYS_PER_YEAR))

    def arrivals(self, world: World) -> Index:
        """Paths on which an order comes in this step."""
        return np.flatnonzero(world.draws.uniforms(Stream.CLIENT_TIME) < self.chance(world))

    def contracts(self, world: World, board: Board, *, paths: Index) -> Index:
        """The contract that each of these orders is for; −1 where none is listed long enough."""
        left = board.expiries - world.years
        listed = np.flatnonzero(left > self.least_days / DAYS_PER_YEAR)[:2]
        if not listed.size:
            return np.full(len(paths), -1, dtype=np.intp)
        # What lies below the chance is uniform again: it says which of the two expiries.
        uniform = world.draws.uniforms(Stream.CLIENT_TIME)[paths] / self.chance(world)
        which = listed[(uniform * listed.size).astype(np.intp)]
        place = self.moneyness + self.spread * world.draws.normals(Stream.CLIENT_STRIKE)[paths]
        wanted = world.opening_log[paths] + place * board.vol * np.sqrt(left[which])
        found = np.empty(len(paths), dtype=np.intp)
        for expiry in listed:
            rows = np.flatnonzero(board.expiry_of == expiry)
            logs = board.fixed[rows, LOG_STRIKE]
            own = which == expiry
            found[own] = rows[np.abs(wanted[own][:, np.newaxis] - logs).argmin(axis=1)]
        return found

    def sizes(self, world: World, paths: Index) -> Vector:
        """Coins that each order wants; negative = sells."""
        size = -self.coins * np.log(world.draws.uniforms(Stream.CLIENT_SIZE)[paths])
        buys = world.draws.uniforms(Stream.CLIENT_SIDE)[paths] < self.buy_share
        return np.where(buys, size, -size)

    def accepts(self, world: World, paths: Index, *, points: Vector) -> NDArray[np.bool_]:
        """True where the client takes the quote.

        Args:
            world: Where the draws are.
            paths: Of the orders.
            points: Price over fair value, vol points.
        """
        exponent = -self.elasticity * (points / self.reference_points - 1.0)
        chance = self.share * np.exp(np.clip(exponent, MOST_NEGATIVE, -MOST_NEGATIVE))
        return world.draws.uniforms(Stream.CLIENT_TASTE)[paths] < chance
