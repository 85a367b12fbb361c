"""The identity of gamma scalping, path by path: ∑½ΓS²(r² − σ²Δt) against gamma and theta as they were booked.

Over a step of length Δt in which the price moves from S to S(1 + r), a delta-hedged book with value V gains

    gamma + theta = ½ΓS²r² + ∂V/∂t·Δt + ⅙(∂Γ/∂S)S³r³ + (∂Γ/∂t)·½S²r²Δt + …

and Black and Scholes say ∂V/∂t = −½Γσ²S² (no carry), each option with its own σ. The first two terms are the
identity. The cubic term is of order r³ and has mean 0 for a symmetric r; the next one is of order Δt². Summed
over a path of T/Δt steps the error has a standard deviation of order √Δt and a mean of order Δt: the
identity is of leading order. A jump is one large r, where the cubic term is not small.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.agents.desk import Desk, DeskState
from shortgamma.feedback.curves import BookCurve
from shortgamma.feedback.engine import Progress, Run, simulate
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.world import World
from shortgamma.kernels.curves import look_up_paths
from shortgamma.kernels.orders import LEVEL
from shortgamma.studies.scalping.question import desk_of

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Identity:
    """Both sides of the identity on every path, USD, shape (paths,).

    Args:
        formula: ∑½ΓS²(r² − σ²Δt).
        booked: Gamma and theta of the book.
    """

    formula: Vector
    booked: Vector

    @property
    def correlation(self) -> float:
        """Over paths; NaN where one of them does not vary."""
        if min(self.formula.std(), self.booked.std()) == 0.0:
            return np.nan
        return float(np.corrcoef(self.formula, self.booked)[0, 1])

    @property
    def relative_error(self) -> float:
        """√ of the mean squared difference over √ of the mean square of what was booked."""
        size = float(np.sqrt(np.mean(self.booked**2)))
        return float(np.sqrt(np.mean((self.formula - self.booked) ** 2))) / size if size else np.nan

    def to_dict(self) -> dict[str, object]:
        """As ``--json`` prints it."""
        return {
            "formula_usd": float(self.formula.mean()),
            "booked_usd": float(self.booked.mean()),
            "correlation": self.correlation,
            "relative_error": self.relative_error,
        }


def identity_of(setup: Setup, run: Run, *, progress: Progress | None = None) -> Identity:
    """Both sides in a market with one desk.

    Args:
        setup: The market; its desk splits its result.
        run: Paths and seed.
        progress: Hears the share of the work that was finished.
    """
    desk = desk_of(setup)
    rates = variance_curve(desk, setup)
    sums: list[Sum] = []

    def watch() -> Sum:
        sums.append(Sum(desk.name, rates))
        return sums[-1]

    outcome = simulate(setup, run, watch=watch, progress=progress)
    market, name = outcome.market, desk.name
    by_path = sorted(sums, key=lambda one: one.first)
    return Identity(
        formula=np.concatenate([one.total for one in by_path]),
        booked=market[f"{name}: gamma_usd"] + market[f"{name}: theta_usd"],
    )


def variance_curve(desk: Desk, setup: Setup) -> BookCurve:
    """The curve of a book in which every holding is multiplied by the variance it was priced at.

    The derivative of its hedge is ∑ΓSσ², as that of the book's own is ∑ΓS.
    """
    return BookCurve(
        desk.options,
        desk.quantity * desk.options.vol**2,
        times=setup.clock.times,
        span=setup.grid,
        levels=setup.levels,
    )


class Sum:
    """Adds the identity up over the steps of one block.

    Args:
        name: Of the desk.
        rates: See :func:`variance_curve`.

    Attributes:
        first: Path that the block begins with.
        total: USD, shape (n,).
    """

    def __init__(self, name: str, rates: BookCurve) -> None:
        self.name, self.rates = name, rates
        self.first = 0
        self.total: Vector = np.zeros(0)
        self.gammas: tuple[Vector, Vector] | None = None
        self.price: Vector = np.zeros(0)

    def __call__(self, world: World, _twin: World) -> None:
        """One step."""
        state = next(its for who, its in world.agents if who.name == self.name)
        if self.gammas is None:
            self.first, self.total = world.draws.first_path, np.zeros(world.size)
            self.price = np.full(world.size, world.spot)
            self.gammas = self.at(state, world, world.index, np.zeros(world.size))
        gamma, decay = self.gammas
        squared = (world.price / self.price - 1.0) ** 2
        self.total += 0.5 * (gamma * squared - decay * world.step_years)
        self.price = world.price.copy()
        if world.index + 1 < len(world.setup.clock):
            self.gammas = self.at(state, world, world.index + 1, world.log_price)

    def at(
        self, state: DeskState, world: World, index: int, log_price: Vector
    ) -> tuple[Vector, Vector]:
        """ΓS² and ∑ΓS²σ² at ``times[index]``, USD."""
        price = world.spot * np.exp(log_price)
        own = slope(state.curve, world, index, log_price) * state.factor
        return -own * price, -slope(self.rates, world, index, log_price) * price


def slope(curve: BookCurve, world: World, index: int, log_price: Vector) -> Vector:
    """Derivative of a curve's hedge by the log price, coins."""
    grid = world.exchange.span
    target, found = np.empty(world.size), np.empty(world.size)
    look_up_paths(
        curve.targets.at(index),
        log_price,
        world.paths[LEVEL],
        grid.lowest,
        1.0 / grid.step,
        target,
        found,
    )
    return found
