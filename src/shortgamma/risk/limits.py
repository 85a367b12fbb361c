"""Limits of a risk officer: what is bounded, by how much, and whether a book keeps it.

The bounds on Greeks, cells, tails and margin are those of the hedge optimiser, so that one book has one
figure. What only a risk report bounds is added here: θ, concentration, gap losses,
the worst cell in days of time decay, margin usage.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.exposure.unit import UnitExposure
from shortgamma.hedging.optimiser.limits import Bound, Limits, MarginRule
from shortgamma.hedging.optimiser.measures import measure
from shortgamma.market.book import Book
from shortgamma.risk.margin.regime import Regime, margin

Vector = NDArray[np.float64]

THETA: Final = "theta"
GAP: Final = "gap_usd"
DAYS: Final = "theta_to_worst_days"
MARGIN_USAGE: Final = "margin_usage"
WORST_CELL: Final = "worst_cell_usd"
CONCENTRATION: Final = ("strike", "expiry", "instrument")
"""What gamma may be concentrated in."""
ROUNDING: Final = 1e-9
"""Of a bound: nearer than this a figure keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginLimit:
    """How much of the equity may be bound as margin.

    Args:
        rule: What margin is: scenarios, or the regime of a venue.
        equity_usd: What stands against it, USD, positive.
        most: Largest margin/equity, a ratio.
    """

    rule: MarginRule | Regime
    equity_usd: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLimits:
    """Everything that has to hold.

    Args:
        desk: Greeks, vega by tenor, cells, CVaR and margin; None where none of them is limited.
        bounds: By name: ``theta``, ``gap_usd``, ``theta_to_worst_days``, ``concentration.strike``, ….
        margin: Margin usage.
        depth_usd_per_pct: One-sided USD that move the price 1 %, for θ; None = not said.

    Raises:
        InputError: Nothing is limited.
    """

    desk: Limits | None
    bounds: Mapping[str, Bound]
    margin: MarginLimit | None = None
    depth_usd_per_pct: float | None = None

    def __post_init__(self) -> None:
        if self.desk is None and not self.bounds and self.margin is None:
            raise InputError(
                "nothing is limited",
                place="limits",
                remedy="give at least one limit, as gamma_usd_per_pct = 1e6",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitCheck:
    """One limit and the figure of the book.

    Args:
        name: As in the limit file.
        low, high: Bounds; ∓∞ where open.
        figure: In the limit's unit; losses positive; ∞ where nothing bounds it.
        holds: True where the figure is inside.
    """

    name: str
    low: float
    high: float
    figure: float
    holds: bool

    @property
    def breach(self) -> float:
        """By how much the figure is outside, in its unit; 0 where it is inside."""
        return 0.0 if self.holds else max(self.figure - self.high, self.low - self.figure)

    @property
    def used(self) -> float:
        """|figure| over the bound on its side; ∞ beyond a bound of 0."""
        bound = self.high if self.figure >= 0.0 else self.low
        if not np.isfinite(bound):
            return 0.0
        if bound == 0.0:
            return 0.0 if self.figure == 0.0 else np.inf
        return max(self.figure / bound, 0.0)


def limit_checks(
    book: Book, limits: RiskLimits, *, figures: Mapping[str, float]
) -> tuple[LimitCheck, ...]:
    """Every limit against the book.

    Args:
        book: Signed holdings.
        limits: What has to hold.
        figures: By name, those that ``limits.bounds`` may bound.
    """
    bounds = {**desk_bounds(limits.desk), **limits.bounds}
    found = {**desk_figures(book, limits.desk), **figures}
    if limits.margin is not None:
        bounds[MARGIN_USAGE] = Bound(low=-np.inf, high=limits.margin.most)
        required = margin_usd(book, limits.margin.rule)
        found[MARGIN_USAGE] = required / limits.margin.equity_usd
    return tuple(check(name, bound, found[name]) for name, bound in bounds.items())


def check(name: str, bound: Bound, figure: float) -> LimitCheck:
    """One limit; what is beyond it by rounding alone keeps it."""
    sizes = [abs(edge) for edge in (bound.low, bound.high) if np.isfinite(edge)]
    room = ROUNDING * max(sizes, default=0.0)
    return LimitCheck(
        name=name,
        low=bound.low,
        high=bound.high,
        figure=figure,
        holds=bool(bound.low - room <= figure <= bound.high + room),
    )


def desk_bounds(desk: Limits | None) -> dict[str, Bound]:
    """The optimiser's limits as bounds, by the names of their figures."""
    if desk is None:
        return {}
    found = dict(desk.greeks)
    found |= {bound.name: bound.vega_usd_per_point for bound in desk.vega_by_tenor}
    most = {floor.name: floor.most_usd for floor in desk.cells}
    if desk.worst_cell_usd is not None:
        most[WORST_CELL] = desk.worst_cell_usd
    if desk.tail is not None:
        most["cvar_usd"] = desk.tail.most_usd
    if desk.margin is not None:
        most["margin_usd"] = desk.margin.most_usd
    return found | {name: Bound(low=-np.inf, high=size) for name, size in most.items()}


def desk_figures(book: Book, desk: Limits | None) -> dict[str, float]:
    """The optimiser's figures, measured as it measures them."""
    return {} if desk is None else measure(book, desk).limited


def margin_usd(book: Book, rule: MarginRule | Regime) -> float:
    """What a rule asks for the whole book, USD, never negative.

    Of a regime it is the own funds for initial margin, which is what equity is held against; ∞ where the
    venue does not take the book, since no equity is enough there.
    """
    if isinstance(rule, Regime):
        asked = margin(book, rule)
        return max(float(asked.initial_equity[0]), 0.0) if asked.status == "ok" else np.inf
    pieces = rule.option_pieces(book.options) @ book.quantity
    for held in book.delta_one:
        pieces = pieces + held.quantity * rule.delta_one_pieces(held.price)
    return max(float(np.max(pieces)), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concentration:
    """How much of a book's gamma sits in one place.

    Args:
        by: ``strike``, ``expiry`` or ``instrument``.
        share: |net gamma| of the largest place over the sum of |net gamma| of all, in [0, 1].
        gamma_usd_per_pct: Net gamma there, USD per 1 %.
        instrument: An option that stands there, by name; empty in a book without gamma.
    """

    by: str
    share: float
    gamma_usd_per_pct: float
    instrument: str


def concentrations(book: Book, unit: UnitExposure) -> tuple[Concentration, ...]:
    """Concentration of gamma by strike, by expiry and by instrument.

    Args:
        book: Signed holdings.
        unit: Exposure of its options per unit.
    """
    options = book.options
    keys = (options.strike, options.expiry, options.instrument.astype(str))
    gamma = book.quantity * unit.gamma_usd_per_pct
    return tuple(
        largest_place(by, key, gamma=gamma, names=options.instrument)
        for by, key in zip(CONCENTRATION, keys, strict=True)
    )


def largest_place(
    by: str, key: NDArray[np.generic], *, gamma: Vector, names: NDArray[np.object_]
) -> Concentration:
    """The key with the most gamma."""
    _keys, first, group = np.unique(key, return_index=True, return_inverse=True)
    net = np.bincount(group, gamma, len(first))
    total = float(np.abs(net).sum())
    if total == 0.0:
        return Concentration(by=by, share=0.0, gamma_usd_per_pct=0.0, instrument="")
    place = int(np.argmax(np.abs(net)))
    return Concentration(
        by=by,
        share=float(abs(net[place])) / total,
        gamma_usd_per_pct=float(net[place]),
        instrument=str(names[first[place]]),
    )
