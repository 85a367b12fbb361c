"""What a desk allows: bounds on Greeks, on cells of the revaluation grid, on tails and on margin."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.market.options import OptionSeries
from shortgamma.market.revaluation import Shock, delta_one_pnl, option_pnl, shock_grid
from shortgamma.venues.fees import FeeSchedule, OptionFeeSchedule

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

PERPETUAL: Final = "perpetual"
GREEKS: Final = ("delta", "gamma_usd_per_pct", "vega_usd_per_point", "vanna_usd_per_point")
"""Figures of a book that a limit may bound; units as in ``docs/conventions.md``, delta in coins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Smallest and largest value of a figure.

    Args:
        low, high: In the figure's unit.

    Raises:
        InputError: No value is inside.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise InputError(
                f"the limits contradict each other: at least {self.low:g} and at most {self.high:g}",
                place="limits",
                remedy="give the smaller bound first",
            )

    @classmethod
    def within(cls, size: float) -> "Bound":
        """Between −size and +size."""
        return cls(low=-size, high=size)


@dataclass(frozen=True, slots=True, kw_only=True)
class TenorBound:
    """Vega of the options that expire in a span of days.

    Args:
        above, upto: Days to expiry d with above < d ≤ upto.
        vega_usd_per_point: Its bound.
    """

    above: float
    upto: float
    vega_usd_per_point: Bound

    @property
    def label(self) -> str:
        """``0-30`` or ``90+``."""
        return f"{self.above:g}+" if self.upto == np.inf else f"{self.above:g}-{self.upto:g}"

    @property
    def name(self) -> str:
        """Of the limit."""
        return f"vega_by_tenor.{self.label}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFloor:
    """The largest loss that one cell may show.

    Args:
        shock: The cell.
        most_usd: Loss, USD, positive.
    """

    shock: Shock
    most_usd: float

    @property
    def name(self) -> str:
        """Of the limit."""
        return f"cell ({self.shock.label})"


@dataclass(frozen=True, slots=True, kw_only=True)
class TailBound:
    """The mean of the worst share of scenario losses (conditional value at risk).

    Args:
        most_usd: Bound, USD.
        level: 0.95 averages the worst 5 % of the weight.
        shocks: The scenarios.
        weights: Of the scenarios, any positive sum; the same for all unless given.
    """

    most_usd: float
    level: float
    shocks: tuple[Shock, ...]
    weights: tuple[float, ...] = ()

    @property
    def probabilities(self) -> Vector:
        """Weights of sum 1, shape (k,)."""
        weights = np.array(self.weights or (1.0,) * len(self.shocks))
        return weights / weights.sum()


class MarginRule(Protocol):
    """A margin requirement that is the largest of several sums over holdings, which keeps it linear."""

    @property
    def label(self) -> str:
        """The rule in words."""
        ...

    def option_pieces(self, options: OptionSeries) -> Matrix:
        """What one unit long of each option adds to each piece, USD, + = required, shape (k, n)."""
        ...

    def delta_one_pieces(self, price: float) -> Vector:
        """The same of one unit long without optionality, USD, shape (k,)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioMargin:
    """The largest loss over a scenario grid, times a factor: the core of SPAN and of portfolio margins.

    Args:
        shocks: The grid.
        factor: 1.25 makes an initial margin of a maintenance margin on Deribit.
    """

    shocks: tuple[Shock, ...]
    factor: float = 1.0

    @property
    def label(self) -> str:
        """The rule in words."""
        return f"{self.factor:g} × the worst of {len(self.shocks)} scenarios"

    def option_pieces(self, options: OptionSeries) -> Matrix:
        """Losses of one unit long, times the factor."""
        return -self.factor * option_pnl(options, self.shocks)

    def delta_one_pieces(self, price: float) -> Vector:
        """Losses of one unit long, times the factor."""
        return -self.factor * delta_one_pnl(price, self.shocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginCap:
    """The largest margin that the book may need.

    Args:
        rule: How it is computed.
        most_usd: USD.
    """

    rule: MarginRule
    most_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Everything that has to hold after the trades; what is not given is free.

    Args:
        greeks: Bounds by the names in ``GREEKS``.
        vega_by_tenor: Bounds on vega by time to expiry.
        worst_cell_usd: Largest loss in any cell of the grid, USD, positive.
        cells: Largest losses of single cells.
        tail: Conditional value at risk.
        margin: Margin requirement.
        shocks: The grid of ``worst_cell_usd`` and of the tables.

    Raises:
        InputError: Nothing is limited, or a bound is negative or not a number.
    """

    greeks: dict[str, Bound] = field(default_factory=dict[str, Bound])
    vega_by_tenor: tuple[TenorBound, ...] = ()
    worst_cell_usd: float | None = None
    cells: tuple[CellFloor, ...] = ()
    tail: TailBound | None = None
    margin: MarginCap | None = None
    shocks: tuple[Shock, ...] = field(default_factory=shock_grid)

    def __post_init__(self) -> None:
        losses: Sequence[float | None] = (
            self.worst_cell_usd,
            None if self.tail is None else self.tail.most_usd,
            None if self.margin is None else self.margin.most_usd,
            *(cell.most_usd for cell in self.cells),
        )
        for most in losses:
            if most is not None and not 0.0 <= most < np.inf:
                raise InputError(
                    f"a loss of at most {most:g} USD", place="limits", remedy="give 0 or more USD"
                )
        if not self.greeks and not self.vega_by_tenor and all(most is None for most in losses):
            raise InputError(
                "nothing is limited",
                place="limits",
                remedy="give at least one limit, as gamma_usd_per_pct = 1e6",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Underlying:
    """What delta is hedged with.

    Args:
        instrument: Its name, as it appears among the trades.
        price: USD per unit of the underlying.
        half_spread_usd: Paid per unit, USD.
        most: Units that can be traded; ∞ where nobody says.
    """

    instrument: str
    price: float
    half_spread_usd: float = 0.0
    most: float = np.inf

    def price_of(self, quantity: float) -> float:
        """What is paid per unit bought (+) or received per unit sold (−), USD."""
        return self.price + math.copysign(self.half_spread_usd, quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How trades are done: what they cost beyond the spread, in which lots, in how many legs.

    Args:
        underlying: Name of what delta is hedged with.
        expiry: Of a future, UTC nanoseconds; None = a perpetual, which trades at spot.
        half_spread_usd: Of the underlying.
        most_underlying: Units of the underlying that can be traded.
        option_fees, underlying_fees: None = no fee.
        option_lot, underlying_lot: Units; 0 = any quantity.
        legs: How many instruments may be traded, the underlying included; None = any number.
        refills: How many times a displayed size may be traded.
        largest_order: Units in one order, of an option or of the underlying; ∞ = the displayed size.
    """

    underlying: str = PERPETUAL
    expiry: int | None = None
    half_spread_usd: float = 0.0
    most_underlying: float = np.inf
    option_fees: OptionFeeSchedule | None = None
    underlying_fees: FeeSchedule | None = None
    option_lot: float = 0.0
    underlying_lot: float = 0.0
    legs: int | None = None
    refills: float = 1.0
    largest_order: float = np.inf
