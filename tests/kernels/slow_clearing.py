"""The clearing of one step written out: a scan outward from the shock, in rounds, path by path.

It shares no code with the kernels: curves are scipy's cubics, roots are found by a fine scan and bisection.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.interpolate import CubicHermiteSpline
from scipy.optimize import brentq

from shortgamma.kernels import orders as o
from shortgamma.kernels.clearing import clear

LOWEST, STEP, NODES = -1.0, 2.0 / 2_047, 2_048
MOVES = LOWEST + STEP * np.arange(NODES)
GRID = np.array([LOWEST, 1.0 / STEP, 0.7])
LARGEST = 0.7


@dataclass(kw_only=True)
class Hedge:
    """One standing hedge: a curve given at the nodes, what is held, and its rule."""

    target: np.ndarray
    slope: np.ndarray
    held: float = 0.0
    always: bool = True
    on_perp: bool = False
    band: float = 0.0
    edge: float = 0.0
    most: float = np.inf

    def __post_init__(self):
        self.cubic = CubicHermiteSpline(MOVES, self.target, self.slope)

    def gap(self, y):
        return self.cubic(np.clip(y, MOVES[0], MOVES[-1])) - self.held

    def trade(self, y):
        gap = self.gap(y)
        if self.always:
            return gap
        return np.sign(gap) * np.clip(np.abs(gap) - self.edge, 0.0, self.most)

    def leaves_band(self, y):
        return bool(abs(self.gap(y)) > self.band)

    @property
    def steepest(self):
        return 1.02 * max(self.slope.max(), 0.0)


@dataclass(kw_only=True)
class Rungs:
    """A ladder: side, side-signed levels in the order in which they are reached, sizes."""

    side: float
    keys: np.ndarray
    sizes: np.ndarray
    backstop: float = np.inf
    limit: int = 10**6
    shift: float = 0.0
    scale: float = 1.0

    def passed(self, y, mark, already, gap=0.0):
        level = self.side * (y + mark - self.shift) + gap
        last = min(len(self.keys), self.limit)
        return max(already, int(np.sum(self.keys[:last] >= level)))

    def bought(self, before, after):
        return -self.side * self.sizes[before:after].sum() * self.scale


@dataclass(kw_only=True)
class Book:
    """All orders of one path."""

    shock: float
    impact: float
    flow: float = 0.0
    slope: float = 0.0
    share: float = 1.0
    mark: float = 0.0
    last: float = 0.0
    status: float = o.TRADING
    hedges: list = field(default_factory=list)
    ladders: list = field(default_factory=list)


@dataclass(kw_only=True)
class Cleared:
    """The answer; ``doubtful`` where rounding decides it: a fold, a band or a rung within a hair."""

    price: float
    fills: list
    taken: list
    struck: list
    reached: list
    runaway: bool = False
    doubtful: bool = False


def first_root(excess, start, doubts):
    """The first root on the way that the excess demand points, and whether there is one."""
    here = excess(start)
    if here == 0.0:
        return start, True
    way = np.sign(here)
    walk = start + way * np.linspace(0.0, LARGEST, 20_001)
    values = way * excess(walk)
    below = np.flatnonzero(values <= 0.0)
    end = below[0] if below.size else walk.size
    turns = values[1 : end - 1]
    if turns.size > 2:
        dips = turns[1:-1][(turns[1:-1] < turns[:-2]) & (turns[1:-1] <= turns[2:])]
        doubts.append(dips.size > 0 and dips.min() < 1e-5)
    if not below.size:
        doubts.append(values.min() < 1e-5)
        return start + way * LARGEST, False
    if end + 1 < walk.size:
        after = values[end : end + 400]
        back = np.flatnonzero(after > 0.0)
        doubts.append(back.size > 0 and after[: back[0]].min() > -1e-5)
    low, high = walk[end - 1], walk[end]
    return brentq(lambda y: float(excess(y)), low, high, xtol=1e-15, rtol=1e-14), True


def is_close_call(book, y):
    """True where a band, an edge, a limit or a rung lies within a hair of where the step ends."""
    calls = []
    for hedge in book.hedges:
        if not hedge.always:
            hair = 4e-5 * np.abs(hedge.slope).max() + 1e-9
            size = abs(hedge.gap(y))
            near = [size - hedge.band, size - hedge.edge, size - hedge.edge - hedge.most]
            calls.append(min(np.abs(near)) < hair)
    for ladder in book.ladders:
        for price in (book.shock, y):
            level = ladder.side * (price + book.mark - ladder.shift)
            gaps = np.concatenate([ladder.keys - level, ladder.keys - level - ladder.backstop])
            calls.append(bool(np.any(np.abs(gaps) < 1e-8)))
    return any(calls)


def struck_at_once(book):
    """Rungs of each ladder that the shock alone carries beyond their backstop."""
    return [
        ladder.passed(book.shock, book.mark, 0, ladder.backstop)
        if np.isfinite(ladder.backstop)
        else 0
        for ladder in book.ladders
    ]


def clear_slowly(book):  # noqa: C901  the whole algorithm in one place is what makes it a reference
    """Rounds outward from the shock."""
    u, hedges, ladders = book.shock, book.hedges, book.ladders
    nothing = [0.0] * len(ladders)
    if np.isinf(book.impact) or book.status != o.TRADING:
        still = [0.0] * len(hedges)
        return Cleared(price=u, fills=still, taken=nothing, struck=nothing, reached=nothing)
    reached, taken = struck_at_once(book), nothing.copy()
    struck = [g.bought(0, count) for g, count in zip(ladders, reached, strict=True)]
    awake = [hedge.always for hedge in hedges]
    doubts = []

    def wake(y):
        woken = False
        for k, hedge in enumerate(hedges):
            if not awake[k] and hedge.leaves_band(y):
                awake[k], woken = True, True
        for g, ladder in enumerate(ladders):
            after = ladder.passed(y, book.mark, reached[g])
            taken[g] += ladder.bought(reached[g], after)
            woken |= after > reached[g]
            reached[g] = after
        return woken

    def excess(y):
        total = book.flow + book.slope * y + book.share * sum(taken)
        for k, hedge in enumerate(hedges):
            if awake[k]:
                total = total + (book.share if hedge.on_perp else 1.0) * hedge.trade(y)
        return u + book.impact * total - y

    wake(u)
    while True:
        y, found = first_root(excess, u, doubts)
        if not found or not wake(y):
            break
    doubts.append(is_close_call(book, y))
    fills = [float(h.trade(y)) if a else 0.0 for h, a in zip(hedges, awake, strict=True)]
    return Cleared(
        price=float(y),
        fills=fills,
        taken=taken,
        struck=struck,
        reached=reached,
        runaway=not found,
        doubtful=any(doubts),
    )


def clear_fast(books):
    """The kernel's answers for paths that share curves and ladders but for what is a path's own."""
    n, first = len(books), books[0]
    paths = np.zeros((o.PATH_ROWS, n))
    hedges = np.zeros((o.HEDGE_ROWS, len(first.hedges), n))
    rungs = np.zeros((o.RUNG_ROWS, len(first.ladders), n))
    terms = np.zeros((len(first.hedges), o.TERM_COLUMNS))
    tables = np.zeros((len(first.hedges), 1, 2 * NODES))
    ladders = np.zeros((len(first.ladders), o.LADDER_COLUMNS))
    for j, book in enumerate(books):
        for row, value in (
            (o.PRE, book.shock),
            (o.LAST, book.last),
            (o.IMPACT, book.impact),
            (o.FLOW, book.flow),
            (o.SLOPE, book.slope),
            (o.PASS, book.share),
            (o.MARK, book.mark),
            (o.STATUS, book.status),
        ):
            paths[row, j] = value
        for k, hedge in enumerate(book.hedges):
            hedges[[o.HELD, o.BAND, o.EDGE, o.MOST], k, j] = (
                hedge.held,
                hedge.band,
                hedge.edge,
                hedge.most,
            )
        for g, ladder in enumerate(book.ladders):
            limit = min(ladder.limit, len(ladder.keys))
            rungs[[o.LIMIT, o.SHIFT, o.SCALE], g, j] = limit, ladder.shift, ladder.scale
            rungs[o.NEXT, g, j] = ladder.keys[0] if len(ladder.keys) else -np.inf
    for k, hedge in enumerate(first.hedges):
        terms[k] = float(hedge.always), float(hedge.on_perp), hedge.steepest, k, 1.0
        tables[k, 0, ::2], tables[k, 0, 1::2] = hedge.target, hedge.slope * STEP
    keys, sizes = [np.zeros(0)], [np.zeros(0)]
    for g, ladder in enumerate(first.ladders):
        ladders[g] = sum(map(len, keys)), len(ladder.keys), ladder.side, ladder.backstop
        keys.append(ladder.keys)
        sizes.append(np.concatenate([[0.0], np.cumsum(ladder.sizes)]))
    missed = np.zeros(n)
    clear(
        paths,
        hedges,
        terms,
        tables,
        GRID,
        rungs,
        ladders,
        np.concatenate(keys),
        np.concatenate(sizes),
        missed,
    )
    return paths, hedges, rungs, missed
