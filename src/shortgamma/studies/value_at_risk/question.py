"""What is asked about the tail of a book, checked before anything is computed."""

from dataclasses import dataclass
from typing import Final

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR, NANOSECONDS_PER_DAY
from shortgamma.market.history import PriceHistory, describe_bar
from shortgamma.risk.tails.figures import check_level
from shortgamma.risk.tails.filters import FILTERS
from shortgamma.risk.tails.response import RESPONSES

METHODS: Final = ("historical", "filtered-historical", "monte-carlo")
PROCESSES: Final = ("gbm", "merton", "kou", "heston", "hawkes", "svcj")
HELD, AGES = "held", "ages"
MATURITIES: Final = (HELD, AGES)
LEVELS: Final = (0.99, 0.975, 0.95)
LEAST_MOVES: Final = 50
"""Fewer have no tail."""
WANTED_DAYS: Final = 100
"""Daily moves from which one day is the horizon where none is given."""
WANTED_MOVES: Final = 250
SHORTER: Final = (480, 240, 60, 30, 15, 5, 1)
"""Minutes: horizons for histories of a few days."""
LONGEST_WINDOW: Final = 500
MOST_PATHS: Final = 1_000_000
NANOSECONDS_PER_MINUTE: Final = NANOSECONDS_PER_DAY // 1_440


@dataclass(frozen=True, slots=True, kw_only=True)
class TailQuestion:
    """Which tail, by which method, under which assumptions.

    Args:
        levels: Of the figures; the first one is the main one.
        method: Whose figures are the answer: ``historical``, ``filtered-historical`` or ``monte-carlo``.
        horizon_days: None = a day where 100 of them are known, else what a short history has 250 moves of.
        window: Moves that a forecast knows; None = all of them for today's figures, and half of them, at
            most 500, for those of the backtest.
        vol_filter: ``ewma`` or ``garch``.
        process: What Monte Carlo fits.
        response: What vols do: ``sticky-strike``, ``sticky-delta`` or ``falls-lift-vol``.
        maturities: ``held``: no time passes over the horizon; ``ages``: it does.
        paths, seed: Of Monte Carlo, and of all draws.

    Raises:
        InputError: A figure is out of range, or a name unknown.
    """

    levels: tuple[float, ...] = LEVELS
    method: str = METHODS[0]
    horizon_days: float | None = None
    window: int | None = None
    vol_filter: str = "ewma"
    process: str = "merton"
    response: str = "sticky-strike"
    maturities: str = HELD
    paths: int = 10_000
    seed: int = 7

    def __post_init__(self) -> None:
        if not self.levels:
            raise InputError("no level", place="--level", remedy="give one, as 0.99")
        for level in self.levels:
            check_level(level)
        for flag, value, known in (
            ("--method", self.method, METHODS),
            ("--filter", self.vol_filter, tuple(FILTERS)),
            ("--process", self.process, PROCESSES),
            ("--response", self.response, tuple(RESPONSES)),
            ("--maturities", self.maturities, MATURITIES),
        ):
            if value not in known:
                raise InputError(
                    f"{value!r} is unknown", place=flag, remedy=f"use {', '.join(known)}"
                )
        self.check_sizes()

    def check_sizes(self) -> None:
        """Refuses numbers that are out of range.

        Raises:
            InputError: One is.
        """
        if self.horizon_days is not None and not 0.0 < self.horizon_days <= DAYS_PER_YEAR:
            raise InputError(
                f"{self.horizon_days:g} days", place="--horizon", remedy="give 1 day, at most 365"
            )
        if self.window is not None and self.window < LEAST_MOVES:
            raise InputError(
                f"a window of {self.window} moves",
                place="--window",
                remedy=f"give {LEAST_MOVES} or more",
            )
        if not 100 <= self.paths <= MOST_PATHS:
            raise InputError(
                f"{self.paths} paths", place="--paths", remedy=f"give 100 to {MOST_PATHS}"
            )
        if self.seed < 0:
            raise InputError(f"seed {self.seed}", place="--seed", remedy="give 0 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """A horizon as bars of a history.

    Args:
        history: Prices one bar apart, a bar being a day or the whole horizon if that is shorter.
        steps: Bars of the horizon.
    """

    history: PriceHistory
    steps: int

    @property
    def days(self) -> float:
        """Its length."""
        return self.steps * self.history.bar_years * DAYS_PER_YEAR

    @property
    def years(self) -> float:
        """Its length, ACT/365 years."""
        return self.steps * self.history.bar_years


def horizon_of(history: PriceHistory, days: float | None) -> Horizon:
    """The horizon in bars of a history.

    Args:
        history: As it was read.
        days: None to choose by what the history holds.

    Raises:
        InputError: It is no whole number of bars or days, or the history is too short for it.
    """
    wanted = chosen_length(history) if days is None else round(days * NANOSECONDS_PER_DAY)
    bar = min(wanted, NANOSECONDS_PER_DAY)
    steps = round(wanted / bar)
    ratio = round(bar / history.bar)
    if wanted != steps * bar or ratio < 1 or ratio * history.bar != bar:
        raise InputError(
            f"a horizon of {describe_bar(wanted)} and prices {describe_bar(history.bar)} apart",
            place="--horizon",
            remedy="give whole bars below a day, and whole days above",
        )
    coarse = history.coarser(ratio) if ratio > 1 else history
    moves = coarse.log_returns.size
    if moves < max(LEAST_MOVES, 3 * steps) or not coarse.log_returns.std() > 0.0:
        raise InputError(
            f"{moves} moves over {describe_bar(bar)}",
            place="--prices",
            remedy=f"give {max(LEAST_MOVES, 3 * steps)} or more that move, or a shorter --horizon",
        )
    return Horizon(history=coarse, steps=steps)


def chosen_length(history: PriceHistory) -> int:
    """A day, or the longest round span of which a short history has 250 moves, nanoseconds."""
    known = int(history.stamp[-1] - history.stamp[0])
    if known >= WANTED_DAYS * NANOSECONDS_PER_DAY or history.bar >= NANOSECONDS_PER_DAY:
        return max(NANOSECONDS_PER_DAY, history.bar)
    spans = [minutes * NANOSECONDS_PER_MINUTE for minutes in SHORTER]
    fitting = [s for s in spans if s % history.bar == 0 and known >= WANTED_MOVES * s]
    return fitting[0] if fitting else history.bar
