"""A problem as scaled rows and columns for a solver.

Gamma is in USD per 1 % and delta in coins, eight orders of magnitude apart, while a solver's tolerances are
absolute. Columns are therefore in typical trades (or in lots), every row is divided by its largest entry,
and the objective by its largest cost. Columns: bought, sold, then α and the excesses of each tail mean, then
one relaxation per limit where limits may give, then one switch per instrument where legs are counted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.hedging.optimiser.problem import (
    Band,
    Ceiling,
    Instruments,
    Limit,
    Matrix,
    Problem,
    TailMean,
    Vector,
)

Flags = NDArray[np.int64]
NOBODY = -1
TIE_BREAK = 1e-7
"""Weight of the costs beside the relaxations: of equal relaxations the one with few, cheap trades."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Program:
    """Minimise cost·v with matrix·v ≤ room and lower ≤ v ≤ upper, all scaled.

    Args:
        cost: Objective, shape (m,).
        matrix: Shape (r, m).
        room: Shape (r,).
        lower, upper: Shape (m,).
        whole: 1 where a variable is a whole number, shape (m,).
        column: Units that one step of a variable stands for, shape (m,).
        row: What each row was divided by, shape (r,).
        owner: Index of the limit that a row belongs to, −1 where none, shape (r,).
        cost_scale: USD that the objective was divided by.
        count: Number of instruments.
        relaxed: Columns of the relaxations; empty where limits are firm.
    """

    cost: Vector
    matrix: Matrix
    room: Vector
    lower: Vector
    upper: Vector
    whole: Flags
    column: Vector
    row: Vector
    owner: Flags
    cost_scale: float
    count: int
    relaxed: slice

    def trades(self, found: Vector) -> Vector:
        """Units to buy (+) or sell (−) of each instrument, shape (n,)."""
        real = found * self.column
        return real[: self.count] - real[self.count : 2 * self.count]

    def relaxations(self, found: Vector) -> Vector:
        """By how much each limit gives, in its own unit; empty where limits are firm."""
        return (found * self.column)[self.relaxed]

    def shadow_prices(self, marginals: Vector, limits: tuple[Limit, ...]) -> dict[str, float]:
        """USD that one unit more of each limit saves, not negative.

        Args:
            marginals: Of the objective by each row's room, not positive.
            limits: In the order of ``owner``.
        """
        usd = np.maximum(-marginals, 0.0) * self.cost_scale / self.row
        return {
            limit.name: float(usd[self.owner == index].sum()) for index, limit in enumerate(limits)
        }


@dataclass(slots=True)
class Rows:
    """Rows while they are collected.

    Args:
        width: Number of columns.
    """

    width: int
    blocks: list[Matrix]
    rooms: list[Vector]
    owners: list[int]

    def add(self, block: Matrix, room: Vector, owner: int) -> None:
        """Some rows of one limit."""
        self.blocks.append(block)
        self.rooms.append(room)
        self.owners += [owner] * len(room)


def program_of(problem: Problem) -> Program:
    """The cheapest trades under firm limits, without switches for legs."""
    return assembled(problem, relaxing=False)


def elastic_program_of(problem: Problem) -> Program:
    """The smallest sum of relative relaxations, whatever the trades cost."""
    return assembled(problem, relaxing=True)


def assembled(problem: Problem, *, relaxing: bool) -> Program:
    """Rows, columns and scales."""
    count, limits = len(problem.instruments), problem.limits
    tails = [limit for limit in limits if isinstance(limit, TailMean)]
    extra = sum(1 + len(tail.start) for tail in tails)
    firm = 2 * count + extra
    width = firm + (len(limits) if relaxing else 0)
    rows, column = collected(problem, width), column_scales(problem, tails, width)
    relaxed = slice(firm, width)
    matrix, owner = np.vstack([*rows.blocks, np.empty((0, width))]), np.array(rows.owners, int)
    for index in range(width - firm):
        matrix[owner == index, firm + index] = -1.0
        column[firm + index] = limits[index].size
    matrix *= column
    largest = np.abs(matrix).max(axis=1, initial=0.0)
    row = np.where(largest > 0.0, largest, 1.0)
    cost, cost_scale = objective(trading_cost(problem, width) * column, relaxed)
    lower, upper = bounds(problem.instruments, tails, column)
    return Program(
        cost=cost,
        matrix=matrix / row[:, None],
        room=np.concatenate([*rows.rooms, np.empty(0)]) / row,
        lower=lower,
        upper=upper,
        whole=whole_columns(problem.instruments, width),
        column=column,
        row=row,
        owner=owner,
        cost_scale=cost_scale,
        count=count,
        relaxed=relaxed,
    )


def objective(cost: Vector, relaxed: slice) -> tuple[Vector, float]:
    """The scaled objective, and USD per unit of it: costs, or relaxations where there are any."""
    scale = float(np.abs(cost).max(initial=0.0)) or 1.0
    if relaxed.start == relaxed.stop:
        return cost / scale, scale
    cost = cost * (TIE_BREAK / scale)
    cost[relaxed] = 1.0
    return cost, 1.0


def collected(problem: Problem, width: int) -> Rows:
    """The rows of all limits, in real units."""
    count = len(problem.instruments)
    rows = Rows(width, [], [], [])
    place = 2 * count
    for owner, limit in enumerate(problem.limits):
        match limit:
            case Band() | Ceiling():
                slope, room = limit.rows()
                rows.add(spread(slope, width), room, owner)
            case TailMean():
                tail_rows(limit, rows, place, owner)
                place += 1 + len(limit.start)
    return rows


def spread(slope: Matrix, width: int) -> Matrix:
    """Slopes by trade as slopes by what is bought and what is sold."""
    count = slope.shape[1]
    block = np.zeros((len(slope), width))
    block[:, :count] = slope
    block[:, count : 2 * count] = -slope
    return block


def tail_rows(tail: TailMean, rows: Rows, place: int, owner: int) -> None:
    """Rows loss − α − excess ≤ 0 for every scenario, and α + Σ w·excess/(1 − level) ≤ most."""
    block = spread(tail.slope, rows.width)
    scenarios = len(tail.start)
    block[:, place] = -1.0
    block[np.arange(scenarios), place + 1 + np.arange(scenarios)] = -1.0
    rows.add(block, -tail.start, NOBODY)
    mean = np.zeros((1, rows.width))
    mean[0, place] = 1.0
    mean[0, place + 1 : place + 1 + scenarios] = tail.weight / (1.0 - tail.level)
    rows.add(mean, np.array([tail.most - 1e-9 * abs(tail.most)]), owner)


def column_scales(problem: Problem, tails: list[TailMean], width: int) -> Vector:
    """What one step of each variable stands for."""
    instruments = problem.instruments
    trades = np.where(instruments.lot > 0.0, instruments.lot, problem.unit)
    scales = [trades, trades, *(np.full(1 + len(tail.start), tail.size) for tail in tails)]
    known = np.concatenate(scales)
    return np.concatenate([known, np.ones(width - known.size)])


def trading_cost(problem: Problem, width: int) -> Vector:
    """USD per unit of each variable."""
    instruments = problem.instruments
    cost = np.zeros(width)
    cost[: 2 * len(instruments)] = np.concatenate([instruments.buy_cost, instruments.sell_cost])
    return cost


def bounds(
    instruments: Instruments, tails: list[TailMean], column: Vector
) -> tuple[Vector, Vector]:
    """Smallest and largest value of every variable, scaled; whole lots are rounded down."""
    lower, upper = np.zeros(column.size), np.full(column.size, np.inf)
    count = len(instruments)
    most = np.concatenate([instruments.most_bought, instruments.most_sold]) / column[: 2 * count]
    lots = np.concatenate([instruments.lot, instruments.lot]) > 0.0
    upper[: 2 * count] = np.where(lots, np.floor(most * (1.0 + 1e-12)), most)
    place = 2 * count
    for tail in tails:
        lower[place] = -np.inf
        place += 1 + len(tail.start)
    return lower, upper


def whole_columns(instruments: Instruments, width: int) -> Flags:
    """1 where an instrument trades in lots."""
    whole = np.zeros(width, int)
    lots = instruments.lot > 0.0
    whole[: 2 * len(instruments)] = np.concatenate([lots, lots])
    return whole
