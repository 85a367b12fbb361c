"""What a book loses when spot and vol jump: the stress matrix, gap losses, curvature, and limits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.time import format_stamp, parse_stamp
from shortgamma.basics.units import LARGEST_QUANTITY
from shortgamma.data import read_book
from shortgamma.data.risk_limit_files import RiskLimitFile, read_risk_limits, risk_limits_from
from shortgamma.exposure.feedback import DEFAULT_DEPTH
from shortgamma.exposure.totals import Totals, total_exposure
from shortgamma.exposure.unit import unit_exposure
from shortgamma.hedging.optimiser.measures import TenorRow, by_tenor, delta_of
from shortgamma.market.book import Book
from shortgamma.market.chain import Chain
from shortgamma.market.revaluation import PointsVol, RelativeVol, TenorVol
from shortgamma.risk.curvature import Curvature, curvature
from shortgamma.risk.gap import Gap, gap_losses
from shortgamma.risk.limits import (
    DAYS,
    GAP,
    THETA,
    WORST_CELL,
    Concentration,
    LimitCheck,
    concentrations,
    limit_checks,
)
from shortgamma.risk.stress import (
    Carry,
    Cell,
    Contribution,
    ShockGrid,
    StressMatrix,
    contributions,
    stress_matrix,
    theta_to_worst,
)
from shortgamma.studies.document import plain, plain_mapping
from shortgamma.studies.hedge import check_book, tradable_chain

METHOD = "1"
"""Version of the method; a stored result with another one is not comparable."""
CURVE_POINTS = 61
"""Spot moves of the lines between the cells."""
MOST_CURVES = 5
"""Vol shifts that have a line."""
NAMED = 10
"""Holdings that are named for the worst cell."""
KINDS: dict[type, str] = {
    RelativeVol: "relative",
    PointsVol: "points",
    TenorVol: "by_tenor",
}
"""Kinds of vol shift as ``--json`` shows them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stress:
    """The answer; see the rooms' types for units.

    Args:
        book: Signed holdings.
        delta: Coins, options and everything else.
        totals: Greeks of the options.
        tenors: The same by time to expiry.
        matrix: Profit in every cell.
        curve: The same on a fine grid of spot moves, for some of the vol shifts.
        gaps: Jumps without re-hedging, by spot move.
        parts: What holdings add to the worst cell, the largest loss first.
        carry: The worst cell in days of time decay.
        curvature: None where no risk weight was given.
        concentrations: Of gamma, by strike, expiry and instrument.
        depth_usd_per_pct: One-sided USD that move the price 1 %.
        limits: Every limit; empty without a limit file.
    """

    book: Book
    delta: float
    totals: Totals
    tenors: tuple[TenorRow, ...]
    matrix: StressMatrix
    curve: StressMatrix
    gaps: tuple[Gap, ...]
    parts: tuple[Contribution, ...]
    carry: Carry
    curvature: Curvature | None
    concentrations: tuple[Concentration, ...]
    depth_usd_per_pct: float
    limits: tuple[LimitCheck, ...]

    @property
    def theta(self) -> float:
        """Gamma over depth, the book taken as a dealer's who hedges all of it; negative = short."""
        return self.totals.gamma_usd_per_pct / self.depth_usd_per_pct

    @property
    def breaches(self) -> tuple[LimitCheck, ...]:
        """The limits that are not kept."""
        return tuple(row for row in self.limits if not row.holds)

    def to_dict(self) -> dict[str, object]:
        """The answer as ``--json`` prints it."""
        book, back = self.book, self.theta
        return {
            "method": METHOD,
            "asof": None if book.asof is None else format_stamp(book.asof),
            "underlying": book.underlying,
            "spot": book.spot,
            "positions": len(book),
            "delta": self.delta,
            **greeks_document(self.totals),
            "cells": [cell_document(cell) for cell in self.matrix.cells],
            "worst": cell_document(self.matrix.worst),
            "best": cell_document(self.matrix.best),
            "worst_positions": [plain_mapping(part) for part in self.parts[:NAMED]],
            "theta_to_worst": plain_mapping(self.carry),
            "gaps": [gap_document(gap) for gap in self.gaps],
            "curvature": curvature_document(self.curvature),
            "concentration": [plain_mapping(place) for place in self.concentrations],
            "feedback": {
                "depth_usd_per_pct": self.depth_usd_per_pct,
                "theta": back,
                "amplification": None if back <= -1.0 else 1.0 / (1.0 + back),
            },
            "by_tenor": [plain_mapping(row) for row in self.tenors],
            "limits": [limit_document(row) for row in self.limits],
            "breaches": [row.name for row in self.breaches],
        }


def greeks_document(totals: Totals) -> dict[str, object]:
    """Greeks of the options, net."""
    return {
        name: value
        for name, value in plain_mapping(totals).items()
        if not name.startswith(("gross", "delta"))
    }


def cell_document(cell: Cell) -> dict[str, object]:
    """A cell as plain values; the kind says in what the vol shift is measured."""
    return {
        "spot_shift": cell.spot_move,
        "vol_shift": cell.vol.size,
        "pnl_usd": cell.pnl_usd,
        "vol_kind": KINDS.get(type(cell.vol), type(cell.vol).__name__),
        "vol": cell.vol.label,
    }


def gap_document(gap: Gap) -> dict[str, object]:
    """A jump as plain values."""
    values = plain_mapping(gap)
    return {"spot_shift": values.pop("spot_move"), **values}


def curvature_document(found: Curvature | None) -> dict[str, object] | None:
    """Curvature as plain values."""
    return None if found is None else {**plain_mapping(found), "charge_usd": found.charge_usd}


def limit_document(row: LimitCheck) -> dict[str, object]:
    """A limit as plain values."""
    return {**plain_mapping(row), "breach": plain(row.breach)}


def stress(
    book: str | Path | Book,
    *,
    market: str | Chain | None = None,
    scenarios: ShockGrid | None = None,
    curvature_weight: float | None = None,
    limits: str | Path | Mapping[str, Any] | RiskLimitFile | None = None,
    depth_usd_per_pct: float | None = None,
) -> Stress:
    """What a book loses when spot and vol jump.

    Args:
        book: BOOK file, or a book at hand.
        market: SOURCE that values it, or a chain; None where the file says strike, forward and vol itself.
        scenarios: Shifts; unless given those of the limit file, else 33 cells.
        curvature_weight: RW of the curvature figures; None leaves them out.
        limits: Limit file, or the same as a mapping; None checks nothing.
        depth_usd_per_pct: One-sided USD that move the price 1 %; unless given the limit file's.

    Raises:
        InputError: An input cannot be used, or a holding cannot be valued.
    """
    held = book if isinstance(book, Book) else book_of(str(book), market=market)
    check_book(held, "book")
    file = limits_of(limits)
    grid = scenarios or (None if file is None else file.grid) or ShockGrid()
    unit = unit_exposure(held.options)
    totals = total_exposure(
        held.options, unit, quantity=held.quantity, open_interest=np.abs(held.quantity)
    )
    matrix = stress_matrix(held, grid)
    answer = Stress(
        book=held,
        delta=delta_of(held, unit),
        totals=totals,
        tenors=by_tenor(held, unit),
        matrix=matrix,
        curve=stress_matrix(held, curve_grid(grid)),
        gaps=gap_losses(held, grid.spot_moves),
        parts=contributions(held, matrix.worst),
        carry=theta_to_worst(matrix.worst, theta_usd_per_day=totals.theta_usd_per_day),
        curvature=None if curvature_weight is None else curvature(held, curvature_weight),
        concentrations=concentrations(held, unit),
        depth_usd_per_pct=depth_of(depth_usd_per_pct, file),
        limits=(),
    )
    return answer if file is None else replace(answer, limits=checks(answer, file))


def checks(answer: Stress, file: RiskLimitFile) -> tuple[LimitCheck, ...]:
    """Every limit of a file against the figures of a book.

    Losses are those of the file's own scenarios and of every cell shown, whichever is larger: shifts that
    are only looked at cannot hide a breach.
    """
    book, limits = answer.book, file.limits
    judged = file.grid or ShockGrid()
    own = stress_matrix(book, judged)
    worst = min(own.worst, answer.matrix.worst, key=lambda cell: cell.pnl_usd)
    jumps = (*answer.gaps, *gap_losses(book, judged.spot_moves))
    theta = answer.totals.theta_usd_per_day
    figures = {
        THETA: answer.theta,
        GAP: -min(jump.hedged_usd for jump in jumps),
        DAYS: theta_to_worst(worst, theta_usd_per_day=theta).days,
        WORST_CELL: -worst.pnl_usd,
        **{f"concentration.{place.by}": place.share for place in answer.concentrations},
    }
    return limit_checks(book, limits, figures=figures)


def book_of(
    path: str,
    *,
    market: str | Chain | None = None,
    asof: str | None = None,
    underlying: str | None = None,
) -> Book:
    """The holdings of a BOOK file with what values them, every one of them usable.

    Args:
        path: The file.
        market: SOURCE that values it, or a chain; None where the file says strike, forward and vol itself.
        asof: ISO 8601; picks a snapshot, or says from when expiries count.
        underlying: Picks one of several in the market.

    Raises:
        InputError: An input cannot be used, or a holding cannot be valued.
    """
    if isinstance(market, str):
        market = tradable_chain(market, asof=asof, underlying=underlying)
    book = read_book(path, market, asof=None if asof is None else parse_stamp(asof))
    check_book(book, path)
    return book


def limits_of(
    limits: str | Path | Mapping[str, Any] | RiskLimitFile | None,
) -> RiskLimitFile | None:
    """Limits from wherever they are."""
    if limits is None or isinstance(limits, RiskLimitFile):
        return limits
    return read_risk_limits(limits) if isinstance(limits, str | Path) else risk_limits_from(limits)


def depth_of(given: float | None, file: RiskLimitFile | None) -> float:
    """The caller's depth, else the limit file's, else the assumption.

    Raises:
        InputError: It is no depth.
    """
    said = None if file is None else file.limits.depth_usd_per_pct
    depth = next((each for each in (given, said) if each is not None), DEFAULT_DEPTH)
    if not 0.0 < depth <= LARGEST_QUANTITY:
        raise InputError(
            f"depth is {depth:g}", place="--depth", remedy="give USD, for example 300e6"
        )
    return depth


def curve_grid(grid: ShockGrid) -> ShockGrid:
    """Fine spot moves over the same range, and at most five of the vol shifts, the outer ones among them."""
    low, high = min(grid.spot_moves), max(grid.spot_moves)
    moves = np.union1d(np.linspace(low, high, CURVE_POINTS), grid.spot_moves)
    last = len(grid.vol_shifts) - 1
    lines = min(last, MOST_CURVES - 1)
    places = [round(line * last / max(lines, 1)) for line in range(lines + 1)]
    return ShockGrid(
        spot_moves=tuple(moves.tolist()),
        vol_shifts=tuple(grid.vol_shifts[place] for place in places),
    )
