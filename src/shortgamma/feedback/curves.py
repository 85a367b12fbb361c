"""The hedge of a book as tables over (time, vol level, log price).

All paths of a step share the time, so a table per step serves all of them. Options that outlive the run
by far change slowly: their tables are made at a few knots in time and blended by the cubic through four
of them. The others are made afresh for every step, on a grid fine enough for their last minute.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicHermiteSpline

from shortgamma.basics.arrays import freeze
from shortgamma.hedging.ratios import BlackDelta, HedgeRatio, LelandVol, PremiumAdjusted
from shortgamma.kernels.curves import LEVELS, REACH, add_deltas, add_values, blend
from shortgamma.market.options import OptionSeries

Vector = NDArray[np.float64]
Cube = NDArray[np.float64]

COARSE_NODES, FINE_NODES = 1_024, 8_192
FAR = 1.5  # an option that outlives the run by half of it is blended between knots
KNOT_SPACING = (
    0.02  # of the time that the shortest-lived of those has left at the end: error below 1e-7
)
FEWEST_KNOTS = LEVELS
MARGIN = 1.05  # a cubic may be steeper than at its nodes and in its middle
ALL_KEPT = (
    12_000_000  # numbers up to which the tables of all steps are kept: a month of hours, finely
)
SOME_KEPT = 700_000  # numbers of the latest tables that are kept otherwise
FEWEST_KEPT = 8  # tables, whatever their size: threads at different steps may still need them
ASKED_EVERY = 0.0025  # log distance at which a hedge ratio is asked far from every strike
ASKED_PER_WIDTH = 0.1  # and near one, in units of σ√τ: error of the cubic below 1e-6
VOLS_STAY = (BlackDelta, PremiumAdjusted, LelandVol)
NARROWEST = 1.0  # cells; a delta that turns faster would make the cubics overshoot
NONE = np.zeros(0, dtype=np.intp)
ROUNDING = 1e-10  # of the horizon: times are sums of steps, and an expiry at a step is in that step


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """An even grid of log prices relative to the initial spot.

    Args:
        lowest, step: First node and spacing.
        nodes: How many.
    """

    lowest: float
    step: float
    nodes: int

    @classmethod
    def around(cls, deviation: float, *, is_fine: bool) -> Self:
        """A grid that holds ten standard deviations of the log price, and at least a factor e.

        Args:
            deviation: Standard deviation of the log price at the end of the run.
            is_fine: For options that expire during the run.
        """
        reach = min(max(1.0, 10.0 * deviation), 12.0)
        nodes = FINE_NODES if is_fine else COARSE_NODES
        return cls(lowest=-reach, step=2.0 * reach / (nodes - 1), nodes=nodes)

    @property
    def moves(self) -> Vector:
        """The nodes, shape (nodes,)."""
        return self.lowest + self.step * np.arange(self.nodes, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VolLevels:
    """Log multiples of every option's vol on which tables are made, evenly spaced.

    Args:
        logs: Ascending, one or at least four, shape (levels,).
    """

    logs: Vector

    def __post_init__(self) -> None:
        object.__setattr__(self, "logs", freeze("logs", self.logs))

    @classmethod
    def fixed(cls) -> Self:
        """Vols as they are."""
        return cls(logs=np.zeros(1))

    @property
    def spacing(self) -> float:
        """Between levels."""
        return float(self.logs[1] - self.logs[0]) if len(self.logs) > 1 else 1.0

    @property
    def ends(self) -> tuple[float, float, float]:
        """Lowest and highest log multiple, and levels per unit between them."""
        return float(self.logs[0]), float(self.logs[-1]), 1.0 / self.spacing

    def position(self, log_multiple: Vector) -> Vector:
        """Where a log multiple lies among the levels, 0 to levels − 1."""
        return np.clip((log_multiple - self.logs[0]) / self.spacing, 0.0, len(self.logs) - 1.0)


Maker = Callable[[OptionSeries, Vector, float], Cube]
"""(options, quantity, years passed) → table, shape (levels, 2·nodes)."""


def black_targets(
    options: OptionSeries, quantity: Vector, years: float, *, span: Span, levels: VolLevels
) -> Cube:
    """−Σ quantity·Δ with Black deltas, ``years`` after the options were listed; coins."""
    left = options.years - years
    weight = -quantity * np.exp(-options.rate * left)
    tables = np.zeros((len(levels.logs), 2 * span.nodes))
    tables[:, ::2] = -float(weight @ ~options.is_call)
    moneyness = np.log(options.forward / options.strike)
    for table, log_multiple in zip(tables, levels.logs, strict=True):
        width = options.vol * np.exp(log_multiple) * np.sqrt(left)
        width = np.maximum(width, NARROWEST * span.step)
        add_deltas(span.lowest, span.step, moneyness, width, weight, table)
    return tables


def ratio_targets(
    options: OptionSeries,
    quantity: Vector,
    years: float,
    *,
    ratio: HedgeRatio,
    span: Span,
    levels: VolLevels,
) -> Cube:
    """−Σ quantity·delta with the deltas of a hedge ratio, ``years`` after the options were listed; coins.

    The ratio is asked at some of the nodes, and the cubic through its deltas and slopes gives the others.
    It sees every option with its initial forward, and with its vol times the multiple of the level.
    """
    left = options.years - years
    tables = np.zeros((len(levels.logs), 2 * span.nodes))
    if not len(options):
        return tables
    for table, log_multiple in zip(tables, levels.logs, strict=True):
        there = replace(options, years=left, vol=options.vol * np.exp(log_multiple))
        moves = span.moves[asked(span, there)]
        deltas, slopes = -answers(ratio, there, moves) @ quantity
        curve = CubicHermiteSpline(moves, deltas, slopes)
        table[::2] = curve(span.moves)
        table[1::2] = curve(span.moves, 1) * span.step
    return tables


def answers(ratio: HedgeRatio, options: OptionSeries, moves: Vector) -> Cube:
    """Deltas and slopes of each option at each move, shape (2, moves, options).

    To a ratio that leaves vols alone, an option at another price is another option: it is asked once.
    """
    if not isinstance(ratio, VOLS_STAY):
        rows = [
            (ratio.deltas(options, move), ratio.slopes(options, move)) for move in moves.tolist()
        ]
        return np.array(rows).swapaxes(0, 1)
    size = len(options)
    many = options.select(np.tile(np.arange(size), moves.size))
    many = replace(many, forward=many.forward * np.exp(np.repeat(moves, size)))
    both = np.stack([ratio.deltas(many, 0.0), ratio.slopes(many, 0.0)])
    return both.reshape(2, moves.size, size)


def asked(span: Span, options: OptionSeries) -> NDArray[np.intp]:
    """Nodes that resolve the deltas of a book: dense around its strikes, sparse elsewhere."""
    stride = max(int(ASKED_EVERY / span.step), 1)
    chosen = [np.arange(0, span.nodes, stride), np.array([span.nodes - 1])]
    width = options.vol * np.sqrt(options.years)
    centre = np.log(options.strike / options.forward)
    for middle, deviation in set(zip(centre.tolist(), width.tolist(), strict=True)):
        first = int((middle - REACH * deviation - span.lowest) / span.step)
        last = int((middle + REACH * deviation - span.lowest) / span.step) + 2
        dense = max(int(ASKED_PER_WIDTH * deviation / span.step), 1)
        chosen.append(np.arange(max(first, 0), min(last, span.nodes), dense))
    return np.unique(np.concatenate(chosen))


def book_values(
    options: OptionSeries, quantity: Vector, years: float, *, span: Span, levels: VolLevels
) -> Cube:
    """Σ quantity·V in USD; an option at its expiry is worth its intrinsic value."""
    left = np.maximum(options.years - years, 0.0)
    weight = quantity * np.exp(-options.rate * left)
    puts = weight * ~options.is_call
    forward = float(puts @ options.forward) * np.exp(span.moves)
    tables = np.zeros((len(levels.logs), 2 * span.nodes))
    tables[:, ::2] = float(puts @ options.strike) - forward
    tables[:, 1::2] = -forward * span.step
    moneyness = np.log(options.forward / options.strike)
    for table, log_multiple in zip(tables, levels.logs, strict=True):
        width = options.vol * np.exp(log_multiple) * np.sqrt(left)
        add_values(span.lowest, span.step, moneyness, width, options.strike, weight, table)
    return tables


class TimeTables:
    """Tables of a book at every step's time.

    Args:
        options: Listed at the start of the run.
        quantity: Signed holding, units of the underlying, + = long, shape (n,).
        times: Since the start, shape (steps + 1,).
        make: What the tables hold.
    """

    def __init__(
        self, options: OptionSeries, quantity: Vector, *, times: Vector, make: Maker
    ) -> None:
        self._options = options
        self._quantity = quantity
        self._times = times
        self._make = make
        horizon = float(times[-1])
        far = options.years >= FAR * horizon
        self._near = np.flatnonzero(~far)
        self._knots: Cube | None = None
        self._knot_times = np.zeros(0)
        if far.any():
            shortest = float(options.years[far].min()) - horizon
            count = int(np.ceil(horizon / (KNOT_SPACING * shortest))) + 1
            self._knot_times = np.linspace(0.0, horizon, max(count, FEWEST_KNOTS))
            chosen = options.select(far)
            self._knots = np.array([make(chosen, quantity[far], t) for t in self._knot_times])
        self._kept: dict[int, Cube] = {}
        self._lock = Lock()

    def at(self, index: int) -> Cube:
        """The table at ``times[index]``, shape (levels, 2·nodes); options expired by then are gone."""
        with self._lock:
            found = self._kept.get(index)
            if found is None:
                found = self._made(index)
            return found

    def _made(self, index: int) -> Cube:
        """The table at ``times[index]``, made and kept; the oldest make room."""
        table = self._blended(index)
        alive = self._near
        if alive.size:
            now = self._times[index] + ROUNDING * self._times[-1]
            alive = alive[self._options.years[alive] > now]
        if table is None or alive.size:
            fresh = self._make(
                self._options.select(alive), self._quantity[alive], float(self._times[index])
            )
            table = fresh if table is None else table + fresh
        if table.size * len(self._times) > ALL_KEPT and len(self._kept) >= max(
            SOME_KEPT // table.size, FEWEST_KEPT
        ):
            self._kept.pop(next(iter(self._kept)), None)
        self._kept[index] = table
        return table

    def _blended(self, index: int) -> Cube | None:
        if self._knots is None:
            return None
        spacing = self._knot_times[1] - self._knot_times[0]
        place = self._times[index] / spacing
        first = min(max(int(place) - 1, 0), len(self._knots) - FEWEST_KNOTS)
        out = np.empty(self._knots.shape[1:])
        blend(self._knots[first : first + FEWEST_KNOTS], lagrange(place - first), out)
        return out


def lagrange(s: float) -> Vector:
    """Weights of the cubic through the values at 0, 1, 2 and 3."""
    a, b, c = s - 1.0, s - 2.0, s - 3.0
    return np.array([-a * b * c / 6.0, 0.5 * s * b * c, -0.5 * s * a * c, s * a * b / 6.0])


class BookCurve:
    """What a hedger of a book holds, and what the book is worth, at every step.

    Args:
        options: Listed at the start.
        quantity: The hedger's signed option holding, units of the underlying, + = long, shape (n,).
        times: Since the start, shape (steps + 1,).
        span: Log prices relative to the initial spot.
        levels: Vol levels.
        targets: Makes hedge targets; Black deltas where it is None.
    """

    def __init__(
        self,
        options: OptionSeries,
        quantity: Vector,
        *,
        times: Vector,
        span: Span,
        levels: VolLevels,
        targets: Maker | None = None,
    ) -> None:
        self.options = options
        self.quantity = quantity
        self.times = times
        self.span = span
        self.levels = levels
        make = targets or partial(black_targets, span=span, levels=levels)
        self.targets = TimeTables(options, quantity, times=times, make=make)
        self._settled = times + ROUNDING * times[-1]
        self._first_expiry = float(options.years.min(initial=np.inf))
        self._steepest: dict[int, float] = {}
        self._value = partial(book_values, span=span, levels=levels)
        self._values: TimeTables | None = None

    @property
    def values(self) -> TimeTables:
        """Value of the book at every step, USD; made when first asked for."""
        if self._values is None:
            self._values = TimeTables(
                self.options, self.quantity, times=self.times, make=self._value
            )
        return self._values

    def steepest(self, index: int) -> float:
        """Largest derivative of the target by the log price at ``times[index]``, coins, 0 at least."""
        found = self._steepest.get(index)
        if found is None:
            table = self.targets.at(index)
            rises = table[:, 1::2]
            # In the middle of a cell: an option narrower than a cell rises where no node sees it.
            middle = 1.5 * np.diff(table[:, ::2], axis=1) - 0.25 * (rises[:, 1:] + rises[:, :-1])
            found = MARGIN * max(float(rises.max()), float(middle.max()), 0.0) / self.span.step
            self._steepest[index] = found
        return found

    def expires(self, start: int, stop: int) -> bool:
        """True where an option expires after ``times[start]`` and not after ``times[stop]``."""
        before, until = self._settled[start], self._settled[stop]
        if until < self._first_expiry:
            return False
        return bool(np.any((self.options.years > before) & (self.options.years <= until)))

    def expiring(self, index: int) -> NDArray[np.intp]:
        """Options whose expiry lies after ``times[index − 1]`` and not after ``times[index]``."""
        before, now = self._settled[index - 1], self._settled[index]
        if now < self._first_expiry:
            return NONE
        return np.flatnonzero((self.options.years > before) & (self.options.years <= now))

    def settlement(self, index: int) -> Cube | None:
        """What the options that expire at this index are worth, USD; None where none does."""
        rows = self.expiring(index)
        if not rows.size:
            return None
        return self._value(self.options.select(rows), self.quantity[rows], float(self.times[index]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CurveShare:
    """A book that is a multiple of another one, so that both read the same tables.

    Args:
        curve: Of the other book.
        factor: Holding over the holding of the other book, positive.
    """

    curve: BookCurve
    factor: float = 1.0
