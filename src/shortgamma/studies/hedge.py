"""The cheapest listed trades that bring a book inside its limits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.time import format_stamp, parse_stamp
from shortgamma.basics.units import LARGEST_QUANTITY
from shortgamma.data import read_book, read_quotes
from shortgamma.data.limit_files import LimitFile, limits_from, read_limits
from shortgamma.exposure.feedback import DEFAULT_DEPTH, Feedback, feedback
from shortgamma.exposure.profile import Profile, gamma_profile
from shortgamma.hedging.optimiser.desk import problem_of
from shortgamma.hedging.optimiser.execution import Step, execution_plan
from shortgamma.hedging.optimiser.limits import Limits
from shortgamma.hedging.optimiser.listing import Listing, listing
from shortgamma.hedging.optimiser.measures import Measures, measure, traded
from shortgamma.hedging.optimiser.solution import SECONDS, Solution, Status, solve
from shortgamma.hedging.optimiser.tickets import Ticket, tickets
from shortgamma.hedging.optimiser.verdict import LimitRow, limit_rows
from shortgamma.market.assembly import assemble
from shortgamma.market.book import Book
from shortgamma.market.chain import Chain
from shortgamma.studies.document import plain, plain_mapping

METHOD = "1"
"""Version of the method; a stored result with another one is not comparable."""
UNTRADED = 1.0
"""Open interest given to listings without any: it plays no part here, and they can be traded all the same."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class State:
    """The book at one moment.

    Args:
        book: Holdings.
        measured: Its figures.
        feedback: What its hedging does to the market, the book taken as a dealer's.
        profile: Its gamma against spot.
    """

    book: Book
    measured: Measures
    feedback: Feedback
    profile: Profile


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hedge:
    """The answer; see the rooms' types for units.

    Args:
        chain: The market.
        market: What of it can be traded.
        file: Limits and terms.
        status: ``optimal``, ``best_found`` or ``relaxed``, by the recomputed limits.
        solution: What the solver said.
        trades: Options first, the largest cost first, then the underlying.
        cost_usd: Against mid, USD.
        rows: Every limit.
        before, after: The book.
        plan: The trades as orders.
    """

    chain: Chain
    market: Listing
    file: LimitFile
    status: Status
    solution: Solution
    trades: tuple[Ticket, ...]
    cost_usd: float
    rows: tuple[LimitRow, ...]
    before: State
    after: State
    plan: tuple[Step, ...]

    @property
    def fees_usd(self) -> float:
        """Fees in the cost, USD."""
        return sum(trade.fee_usd for trade in self.trades)

    def to_dict(self) -> dict[str, object]:
        """The answer as ``--json`` prints it."""
        return {
            "status": self.status.value,
            "method": METHOD,
            "asof": None if self.chain.asof is None else format_stamp(self.chain.asof),
            "venue": self.chain.venue,
            "underlying": self.chain.underlying,
            "spot": self.chain.spot,
            "instruments": len(self.market),
            "unquoted": self.market.unquoted,
            "trades": [plain_mapping(trade) for trade in self.trades],
            "cost_usd": self.cost_usd,
            "fees_usd": self.fees_usd,
            "bound_usd": plain(self.solution.bound_usd),
            "gap": plain(self.solution.gap),
            "solver": self.solution.solver,
            "before": state_document(self.before, self.file.limits),
            "after": state_document(self.after, self.file.limits),
            "limits": [plain_mapping(row) for row in self.rows],
            "shadow_prices": {row.name: plain(row.shadow_price) for row in self.rows},
            "relaxations": [
                {"limit": row.name, "by": row.relaxed_by} for row in self.rows if not row.holds
            ],
            "execution": [plain_mapping(step) for step in self.plan],
        }


def state_document(state: State, limits: Limits) -> dict[str, object]:
    """A book's figures as plain values."""
    measured, back = state.measured, state.feedback
    cells = zip(limits.shocks, measured.cells_usd.tolist(), strict=True)
    worst = limits.shocks[measured.worst]
    return {
        "delta": measured.delta,
        **{
            name: value
            for name, value in plain_mapping(measured.totals).items()
            if not name.startswith(("gross", "zero", "delta"))
        },
        **measured.limited,
        "worst_cell_usd": measured.worst_cell_usd,
        "worst_cell": {"spot_shift": worst.spot_move, "vol_shift": worst.vol.label},
        "by_tenor": [plain_mapping(row) for row in measured.by_tenor],
        "cells": [
            {"spot_shift": shock.spot_move, "vol_shift": shock.vol.label, "pnl_usd": pnl}
            for shock, pnl in cells
        ],
        "feedback": {
            **plain_mapping(back),
            "critical_shock_up": back.critical_up.shock,
            "critical_shock_down": back.critical_down.shock,
        },
    }


def hedge(
    book: str | Path | Book,
    *,
    market: str | Chain,
    limits: str | Path | Mapping[str, Any] | LimitFile,
    depth_usd_per_pct: float = DEFAULT_DEPTH,
    seconds: float = SECONDS,
) -> Hedge:
    """The cheapest listed trades that bring a book inside its limits.

    Args:
        book: BOOK file, or a book at hand.
        market: SOURCE, or a chain at hand.
        limits: Limit file, or the same as a mapping.
        depth_usd_per_pct: One-sided USD that move the price 1 %, for θ and the critical shocks.
        seconds: Time for the search of lots and legs.

    Raises:
        InputError: An input cannot be used, a holding is not in the market, or nothing is quoted.
        ShortgammaError: The solver fails.
    """
    check_figures(depth_usd_per_pct, seconds)
    chain = market if isinstance(market, Chain) else tradable_chain(market)
    held = book if isinstance(book, Book) else read_book(str(book), chain)
    check_book(held, "book" if isinstance(book, Book) else str(book))
    file = limit_file(limits)
    listed = listing(chain, file.terms)
    problem = problem_of(held, listed, limits=file.limits, terms=file.terms)
    solution = solve(problem, seconds=seconds)
    later = traded(held, listed, trades=solution.trades)
    before = state_of(held, file.limits, depth_usd_per_pct)
    after = state_of(later, file.limits, depth_usd_per_pct)
    rows = limit_rows(problem, solution, before=before.measured, after=after.measured)
    return Hedge(
        chain=chain,
        market=listed,
        file=file,
        status=solution.status if all(row.holds for row in rows) else Status.RELAXED,
        solution=solution,
        trades=tickets(problem, listed, trades=solution.trades, terms=file.terms),
        cost_usd=solution.cost_usd,
        rows=rows,
        before=before,
        after=after,
        plan=execution_plan(problem, listed, trades=solution.trades, terms=file.terms),
    )


def check_figures(depth_usd_per_pct: float, seconds: float) -> None:
    """Refuses a depth or a time that is none."""
    if not 0.0 < depth_usd_per_pct <= LARGEST_QUANTITY:
        raise InputError(
            f"depth is {depth_usd_per_pct:g}", place="--depth", remedy="give USD, for example 300e6"
        )
    if not 0.0 < seconds < np.inf:
        raise InputError(
            f"{seconds:g} seconds", place="--seconds", remedy="give more than 0 seconds"
        )


def tradable_chain(source: str, *, asof: str | None = None, underlying: str | None = None) -> Chain:
    """The chain of a SOURCE with every listing that can be valued, open interest or not.

    Args:
        source: See ``docs/sources.md``.
        asof: ISO 8601; picks a snapshot of a file with several, and dates one that has no time.
        underlying: Picks one of several.

    Raises:
        InputError: The source cannot be read, or nothing in it is usable.
    """
    stamp = None if asof is None else parse_stamp(asof)
    quotes = read_quotes(source, asof=stamp, underlying=underlying)
    known = quotes.open_interest > 0.0
    listed = replace(quotes, open_interest=np.where(known, quotes.open_interest, UNTRADED))
    try:
        return assemble(listed, asof=stamp if quotes.asof is None else quotes.asof)
    except InputError as problem:
        raise InputError(problem.problem, place=source, remedy=problem.remedy) from None


def check_book(book: Book, place: str) -> None:
    """Refuses a book that is empty or only partly known: its hedge would be another book's.

    Raises:
        InputError: A holding was put aside, or there is none.
    """
    if book.quarantined:
        first = book.quarantined[0]
        more = len(book.quarantined) - 1
        others = f", and {more} more" if more else ""
        raise InputError(
            f"{first.reason.value}: {first.item} ({first.message}){others}",
            place=place,
            remedy="every holding has to be valued: correct it or take it out",
        )
    held = np.any(book.quantity != 0.0) or any(d.quantity != 0.0 for d in book.delta_one)
    if not held:
        raise InputError("the book is empty", place=place, remedy="give at least one holding")


def limit_file(limits: str | Path | Mapping[str, Any] | LimitFile) -> LimitFile:
    """Limits and terms, from wherever they are."""
    if isinstance(limits, LimitFile):
        return limits
    return read_limits(limits) if isinstance(limits, str | Path) else limits_from(limits)


def state_of(book: Book, limits: Limits, depth: float) -> State:
    """A book, measured; its options taken as a dealer's who hedges them."""
    measured = measure(book, limits)
    gamma = measured.totals.gamma_usd_per_pct
    return State(
        book=book,
        measured=measured,
        feedback=feedback(
            book.options, book.quantity, gamma_usd_per_pct=gamma, depth_usd_per_pct=depth
        ),
        profile=gamma_profile(book.options, book.quantity, spot=book.spot),
    )
