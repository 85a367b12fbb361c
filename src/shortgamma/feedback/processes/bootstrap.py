"""Paths pieced together from blocks of a real price history.

Source: D. N. Politis, J. P. Romano (1992), "A circular block-resampling procedure for stationary data", in
Exploring the Limits of Bootstrap, Wiley.
"""

from dataclasses import dataclass, field

import numpy as np
from numba import njit
from numpy.typing import NDArray

from shortgamma.basics.arrays import freeze
from shortgamma.basics.errors import InputError
from shortgamma.basics.units import NANOSECONDS_PER_YEAR
from shortgamma.feedback.draws import Draws, Stream
from shortgamma.feedback.processes.parameters import check_parameters
from shortgamma.kernels.elementary import FAST
from shortgamma.market.history import PriceHistory, describe_bar

Vector = NDArray[np.float64]
Indices = NDArray[np.int64]

STEP_TOLERANCE = 1e-9
LOCAL_BARS = 12  # on each side: whose variance a bar's own moves within it take


@dataclass(slots=True, kw_only=True, eq=False)
class BootstrapState:
    """Where each path stands in the history.

    Args:
        steps_per_bar: Simulation steps in a bar.
        first: Index of the first bar of the current block, shape (paths,).
        left: Part of the current bar's log move that is still to come, shape (paths,).
    """

    steps_per_bar: int
    first: Indices
    left: Vector


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bootstrap:
    """Log moves of a history in blocks of ``block`` bars with random beginnings, its end joined to its start.

    Tails and clusters of volatility shorter than a block survive. At the end of every bar the price is a
    martingale (times the drift): each bar of a block is shifted by the growth that blocks have on average
    up to it. A bar that is longer than a step is spread over its steps by a Brownian bridge with
    the mean squared move of the 25 bars around it.

    Args:
        history: Where the moves come from; moves across gaps are left out.
        block: Bars.
        drift: Expected return of the price per year; 0 makes it a martingale.
        returns: Log moves of the bars, made from ``history``.
        shift: What is added to bar k of a block, shape (block,).
        local_vol: √ of the mean squared log move around each bar.
    """

    history: PriceHistory
    block: int = 24
    drift: float = 0.0
    returns: Vector = field(init=False, repr=False)
    shift: Vector = field(init=False, repr=False)
    local_vol: Vector = field(init=False, repr=False)

    def __post_init__(self) -> None:
        check_parameters(self.name, finite={"drift": self.drift}, not_negative={})
        returns = self.history.log_returns
        if not 1 <= self.block <= returns.size:
            raise InputError(
                f"blocks of {self.block} bars from {returns.size} moves",
                place=self.name,
                remedy="give a block from 1 to the length of the history",
            )
        object.__setattr__(self, "returns", freeze("returns", returns))
        object.__setattr__(self, "shift", freeze("shift", martingale_shift(returns, self.block)))
        object.__setattr__(self, "local_vol", freeze("local_vol", vol_around(returns)))

    @property
    def name(self) -> str:
        """As ``--json`` shows it."""
        return "bootstrap"

    @property
    def annual_vol(self) -> float:
        """√(mean squared move of a bar, as shifted, per year), decimal."""
        square = np.mean(self.returns**2) + np.mean(self.shift**2)
        cross = 2.0 * np.mean(self.returns) * np.mean(self.shift)
        return float((square + cross) / self.history.bar_years) ** 0.5

    def start(self, draws: Draws, years: Vector) -> BootstrapState:
        """No block chosen yet.

        Raises:
            InputError: Steps differ, or a bar is not a whole number of steps.
        """
        count = whole_steps(self.history, years, self.name)
        return BootstrapState(
            steps_per_bar=count,
            first=np.zeros(draws.size, dtype=np.int64),
            left=np.zeros(draws.size),
        )

    def advance(self, state: BootstrapState, draws: Draws, *, years: float, out: Vector) -> None:
        """Writes this step's log moves into ``out``; ``state`` is changed in place."""
        bar, part = divmod(draws.step, state.steps_per_bar)
        offset = bar % self.block
        if offset == 0 and part == 0:
            choose_blocks(draws.uniforms(Stream.BLOCK), self.returns.size, state.first)
        shift = float(self.shift[offset])
        if state.steps_per_bar == 1:
            block_moves(self.returns, offset, shift + self.drift * years, state.first, out)
            return
        if part == 0:
            block_moves(self.returns, offset, shift, state.first, state.left)
        steps = (state.steps_per_bar, state.steps_per_bar - part, offset)
        bridge_moves(
            draws.normals(Stream.PRICE), self.local_vol, steps, (state.first, state.left), out
        )
        if self.drift != 0.0:
            out += self.drift * years


def whole_steps(history: PriceHistory, years: Vector, place: str) -> int:
    """How many simulation steps a bar of the history has.

    Args:
        history: With the bar.
        years: Length of every step.
        place: Name of the process.

    Raises:
        InputError: Steps differ, or a bar is not a whole number of them.
    """
    step = float(years[0])
    count = round(history.bar_years / step) if step > 0.0 else 0
    even = bool(np.all(np.abs(years - step) <= STEP_TOLERANCE * step))
    if count < 1 or not even or abs(count * step / history.bar_years - 1.0) > STEP_TOLERANCE:
        lengths = describe_bar(round(step * NANOSECONDS_PER_YEAR)) if even else "unequal length"
        raise InputError(
            f"steps of {lengths} do not divide the history's bars of {describe_bar(history.bar)}",
            place=place,
            remedy="choose a step that divides the bar, or another history",
        )
    return count


def martingale_shift(returns: Vector, block: int) -> Vector:
    """What to add to bar k of a block so that the price expects to stay where it is, shape (block,).

    −ln of the mean, over all beginnings, of e^(sum of the first k + 1 moves), less the same for k.
    """
    growth = np.ones(returns.size)
    gross = np.exp(returns)
    totals = np.empty(block)
    for k in range(block):
        growth *= np.roll(gross, -k)
        totals[k] = np.log(growth.mean())
    return -np.diff(totals, prepend=0.0)


def vol_around(returns: Vector) -> Vector:
    """√ of the mean squared move of the bars around each one, the series joined to a ring."""
    width = min(2 * LOCAL_BARS + 1, 2 * ((returns.size - 1) // 2) + 1)
    half = width // 2
    square = returns**2
    ring = np.concatenate((square[square.size - half :], square, square[:half]))
    return np.sqrt(np.convolve(ring, np.full(width, 1.0 / width), mode="valid"))


@njit(error_model="numpy", cache=True, nogil=True)
def choose_blocks(uniforms: Vector, bars: int, first: Indices) -> None:
    """Writes the bar at which each path's next block begins, 0 to ``bars`` − 1."""
    for j in range(first.size):
        first[j] = min(int(uniforms[j] * bars), bars - 1)


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def block_moves(returns: Vector, offset: int, shift: float, first: Indices, out: Vector) -> None:
    """Writes the move ``offset`` bars into each path's block, plus ``shift``."""
    bars = returns.size
    for j in range(out.size):
        k = first[j] + offset
        out[j] = returns[k if k < bars else k - bars] + shift


@njit(fastmath=FAST, error_model="numpy", cache=True, nogil=True)
def bridge_moves(
    normals: Vector,
    vols: Vector,
    steps: tuple[int, int, int],
    state: tuple[Indices, Vector],
    out: Vector,
) -> None:
    """Writes a step of the Brownian bridge to what is left of each path's bar, and takes it off.

    Args:
        normals: Standard normal, shape (paths,).
        vols: √ of the variance of a whole bar, for every bar of the history.
        steps: Steps of a bar, steps that are left of it including this one, bar within the block.
        state: First bar of the block, and what is left of the bar's move; that is changed in place.
        out: Overwritten.
    """
    per_bar, remaining, offset = steps
    first, left = state
    share = 1.0 / remaining
    noise = np.sqrt((remaining - 1.0) / (remaining * per_bar))
    for j in range(out.size):
        k = first[j] + offset
        vol = vols[k if k < vols.size else k - vols.size]
        move = left[j] * share + noise * vol * normals[j]
        left[j] -= move
        out[j] = move
