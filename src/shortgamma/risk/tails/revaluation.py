"""A book priced again after each of many moves of the price, option by option.

The profit of a log move x over a time h is::

    Σ N·[V(F·eˣ, σ′, T − h) − V(F, σ, T)] + Σ N·price·(eˣ − 1)

with signed holdings N, the first sum over options (Black-76 on each expiry's forward, USD) and the second
over futures, perpetuals and spot. Every forward moves in proportion to spot; σ′ is what the vol response
says. An option that expires within h pays what it is worth at the price after the move. With h = 0 nothing
decays.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from shortgamma.exposure.dynamics import SmileDynamics
from shortgamma.kernels.black import black_price
from shortgamma.market.book import Book
from shortgamma.market.options import OptionSeries
from shortgamma.risk.tails.quadratic import QuadraticForm

Vector = NDArray[np.float64]

POINTS = 2_001
"""Of a curve."""
CHECKED = 400
"""Places between the points at which a curve is compared with full revaluation."""
STEP = 2e-4
"""Relative moves of spot from which delta and gamma are taken."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Revaluation:
    """What a book earns when the price moves, by full revaluation.

    Args:
        book: Holdings.
        response: What vols do.
        years: h, time that passes, ACT/365 years; 0 holds every maturity constant.
    """

    book: Book
    response: SmileDynamics
    years: float = 0.0

    def pnl(self, moves: Vector) -> Vector:
        """Profit of every log move, USD, positive = the book wins, shape of ``moves``."""
        book = self.book
        start = self.options_worth(0.0, 0.0)
        found = np.array([self.options_worth(move, self.years) for move in moves.tolist()])
        straight = sum(holding.quantity * holding.price for holding in book.delta_one)
        return found - start + straight * np.expm1(moves)

    def options_worth(self, move: float, years: float) -> float:
        """Value of the options after a log move and a time, USD."""
        options, quantity = self.book.options, self.book.quantity
        if len(options) == 0:
            return 0.0
        vols = self.response.vols(options, move)
        return float(quantity @ option_values(options, move, years=years, vols=vols))

    def local(self) -> "LocalProfit":
        """The quadratic approximation: what time alone earns, slope and curvature of now.

        Vols follow the response, so that slope and curvature hold what that adds to delta and gamma.
        """
        moves = np.log1p(np.array([-STEP, STEP]))
        down, up = Revaluation(book=self.book, response=self.response).pnl(moves).tolist()
        return LocalProfit(
            constant=float(self.pnl(np.zeros(1))[0]),
            slope=(up - down) / (2.0 * STEP),
            curvature=(up + down) / STEP**2,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalProfit:
    """c + D·r + ½·G·r² in the relative move r of spot.

    Args:
        constant: c, USD.
        slope: D, USD per move of 1, delta in USD.
        curvature: G, USD per move of 1 squared; 100 times the gamma per 1 %.
    """

    constant: float
    slope: float
    curvature: float

    def form(self, deviation: float) -> QuadraticForm:
        """Its law under a normal move of that deviation."""
        return QuadraticForm(
            constant=self.constant,
            linear=np.array([self.slope * deviation]),
            curvature=np.array([self.curvature * deviation**2]),
        )

    def linear(self, moves: NDArray[np.float64]) -> NDArray[np.float64]:
        """Profit by delta alone, USD, shape of ``moves``."""
        return self.slope * moves

    def quadratic(self, moves: NDArray[np.float64]) -> NDArray[np.float64]:
        """Profit by delta and gamma, USD, shape of ``moves``."""
        return self.constant + self.slope * moves + 0.5 * self.curvature * moves**2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PnlCurve:
    """The profit as a spline in the log move, for many more moves than can be revalued.

    Args:
        moves: Points, ascending, shape (n,).
        pnl: Profit there by full revaluation, USD, shape (n,).
        error: Largest difference from full revaluation among places between the points, USD.
    """

    moves: Vector
    pnl: Vector
    error: float

    def __call__(self, moves: NDArray[np.float64]) -> NDArray[np.float64]:
        """Profit of every move, USD, shape of ``moves``; beyond the ends as the spline goes on."""
        spline = CubicSpline(self.moves, self.pnl)
        return np.asarray(spline(moves), dtype=np.float64)


def pnl_curve(revaluation: Revaluation, moves: NDArray[np.float64]) -> PnlCurve:
    """A curve that covers these moves, with its measured error.

    Args:
        revaluation: What is to be approximated.
        moves: Any shape; the curve reaches from the lowest to the highest.
    """
    low, high = min(float(moves.min()), -STEP), max(float(moves.max()), STEP)
    points = np.linspace(low, high, POINTS)
    curve = PnlCurve(moves=points, pnl=revaluation.pnl(points), error=0.0)
    width = (high - low) / (POINTS - 1)
    chosen = np.linspace(0, POINTS - 2, CHECKED).astype(np.int64)
    between = points[chosen] + 0.5 * width
    error = float(np.abs(curve(between) - revaluation.pnl(between)).max())
    return PnlCurve(moves=points, pnl=curve.pnl, error=error)


def option_values(options: OptionSeries, move: float, *, years: float, vols: Vector) -> Vector:
    """Value of one unit long of each option after a log move and a time, USD, shape (n,)."""
    forward, out = options.forward * np.exp(move), np.empty(len(options))
    if years == 0.0:
        black_price(forward, options.strike, options.years, vols, options.rate, options.sign, out)
        return out
    alive = options.years > years
    left = np.where(alive, options.years - years, options.years)
    black_price(forward, options.strike, left, vols, options.rate, options.sign, out)
    payoff = np.maximum(options.sign * (forward - options.strike), 0.0)
    return np.where(alive, out, payoff)
