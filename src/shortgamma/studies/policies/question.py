"""What a caller asks of a comparison of policies, with all files read."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR, NANOSECONDS_PER_SECOND, PERCENT
from shortgamma.data.books import read_book
from shortgamma.exposure.unit import unit_exposure
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.agents.desk import Desk
from shortgamma.feedback.curves import Span
from shortgamma.feedback.processes.process import Process
from shortgamma.feedback.processes.scaled import Scaled
from shortgamma.feedback.setup import Setup
from shortgamma.hedging.bands import HedgingProblem
from shortgamma.hedging.frictions import Slippage, SquareRootSlippage
from shortgamma.market.book import Book
from shortgamma.market.history import PriceHistory
from shortgamma.market.options import OptionSeries
from shortgamma.market.realised import realised_vol
from shortgamma.studies.ensemble.job import Job
from shortgamma.studies.hedge import check_book
from shortgamma.studies.plans import Request, planned
from shortgamma.studies.policies.candidates import Grid
from shortgamma.studies.scenarios.books import HeldBook, book_of_holdings
from shortgamma.studies.scenarios.hedged import ReplayedPrices
from shortgamma.studies.scenarios.scenario import Inputs
from shortgamma.studies.source import open_chain

Vector = NDArray[np.float64]

SCENARIO = "desk"
"""What is simulated where nobody says otherwise."""
SAME_VOL = 1e-9
SMALLEST = 1e-300
FEWEST_STEPS = 2
"""That the longest option of a book has to live."""
LEAST_NET = 0.05
"""Part of the gross gamma that a book is taken to have at least, where long and short cancel."""


class Question(Request, total=False):
    """What a caller may ask for beside the scenario and its figures.

    Attributes:
        book: BOOK file, or a book at hand, whose options are hedged; ``source`` is then where the
            instruments of the file are looked up.
        grid: Thresholds and intervals to try.
        risk_aversion: a of cost + (a/2)·variance, per USD; one over the loss that the book's gamma makes in
            a one-day standard move, where it is None.
        curve: False leaves the cost against volatility out.
    """

    book: str | Book | None
    grid: Grid | None
    risk_aversion: float | None
    curve: bool


def job_of(scenario: str, figures: Mapping[str, object], question: Question) -> Job:
    """Scenario, book and prices.

    Where the caller gives no vol it is that of the prices, else that of the book; prices finer than the
    steps are thinned out to them.

    Raises:
        InputError: Any input cannot be used.
    """
    own = set(Question.__annotations__) - set(Request.__annotations__)
    request = {k: v for k, v in question.items() if k not in own}
    book = question.get("book")
    held = None if book is None else held_from(book, request)
    if held is not None:
        request = {k: v for k, v in request.items() if k not in ("source", "positioning", "asof")}
    plan = planned(scenario, figures, **cast("Request", request))
    if plan.axes:
        raise InputError("it sweeps figures", place=scenario, remedy="use simulate for sweeps")
    if plan.base == ReplayedPrices.name:
        raise InputError(
            "replay has a single path",
            place="SCENARIO",
            remedy="use desk --prices FILE: it also replays every window of the prices",
        )
    job = plan.jobs[0]
    inputs = job.inputs if held is None else replace(job.inputs, book=held)
    if inputs.history is not None:
        thinned = thinned_out(inputs.history, job.scenario.step_seconds)
        inputs = replace(inputs, history=thinned)
    if "vol" not in figures:
        vol = told_vol(inputs)
        job = job if vol is None else replace(job, scenario=replace(job.scenario, vol=vol))
    return replace(job, inputs=inputs)


def told_vol(inputs: Inputs) -> float | None:
    """Vol of the prices, else of the book; None where there is neither."""
    if inputs.history is not None:
        return realised_vol(inputs.history)
    return None if inputs.book is None else implied_vol(inputs.book.options, inputs.book.quantity)


def implied_vol(options: OptionSeries, quantity: Vector) -> float:
    """√ of the mean squared vol, weighted by gross gamma; decimal."""
    weight = np.abs(quantity) * unit_exposure(options).gamma_usd_per_pct
    return float(np.sqrt(np.average(options.vol**2, weights=weight + SMALLEST)))


def setup_of(job: Job, figures: Mapping[str, object]) -> Setup:
    """The market, every hedger a desk.

    Jumps come on top of a process's own vol. So where the book says the vol, moves are scaled: the price
    moves at the vol at which the book is priced, and nobody earns or loses from the start.
    """
    setup = with_desks(job.scenario.build(job.inputs))
    if job.inputs.book is None or job.inputs.history is not None or "vol" in figures:
        return setup
    factor = job.scenario.vol / setup.process.annual_vol
    if abs(factor - 1.0) < SAME_VOL:
        return setup
    return replace(setup, process=Scaled(process=setup.process, factor=factor))


def wilder(setup: Setup, process: Process, *, factor: float, span: Span) -> Setup:
    """The market at another vol, where slippage grows with the vol as its law says.

    Args:
        setup: The market.
        process: What moves its price instead.
        factor: Vol of that process over the vol of the market's own.
        span: Log prices on which hedges are tabulated.
    """
    agents = tuple(
        replace(who, slippage=scaled_slippage(who.slippage, factor))
        if isinstance(who, Desk)
        else who
        for who in setup.agents
    )
    return replace(setup, process=process, span=span, agents=agents)


def scaled_slippage(slippage: Slippage | None, factor: float) -> Slippage | None:
    """Slippage in a market whose vol is multiplied."""
    if not isinstance(slippage, SquareRootSlippage):
        return slippage
    return replace(slippage, daily_vol=factor * slippage.daily_vol)


def held_from(given: str | Book, request: Mapping[str, object]) -> HeldBook:
    """The options of a BOOK file, or of a book at hand.

    Raises:
        InputError: It cannot be read, or holds no option.
    """
    if isinstance(given, Book):
        book, name = given, "book"
    else:
        source, asof = request.get("source"), cast("str | None", request.get("asof"))
        coin = cast("str | None", request.get("underlying"))
        chain = open_chain(source, asof=asof, underlying=coin) if isinstance(source, str) else None
        book, name = read_book(given, chain), given
    check_book(book, name)
    if not len(book.options) or not np.any(book.quantity):
        raise InputError("it holds no options", place=name, remedy="give a book with options")
    rest = ", without its futures, perpetuals and coins" if book.delta_one else ""
    return book_of_holdings(book, label=f"{name}{rest}")


def thinned_out(history: PriceHistory, step_seconds: float) -> PriceHistory:
    """The history in bars of a step, where its bars are shorter and divide it; else as it is."""
    bars = step_seconds * NANOSECONDS_PER_SECOND / history.bar
    whole = bars > 1.0 and abs(bars - round(bars)) < 1e-9
    return history.coarser(round(bars)) if whole else history


def as_desk(dealer: Dealer) -> Desk:
    """The dealer with his result split and his hours watched."""
    values: dict[str, Any] = {field.name: getattr(dealer, field.name) for field in fields(dealer)}
    values["attributes"] = True
    return Desk(**values)


def with_desks(setup: Setup) -> Setup:
    """The market where every hedger is a desk."""
    agents = (as_desk(who) if isinstance(who, Dealer) else who for who in setup.agents)
    return replace(setup, agents=tuple(agents))


def hedger_of(setup: Setup) -> Desk:
    """The first hedger of a market of desks.

    Raises:
        InputError: Nobody hedges options.
    """
    for agent in setup.agents:
        if isinstance(agent, Desk):
            return agent
    raise InputError("nobody hedges options in it", place="SCENARIO", remedy="use desk")


def problem_of(setup: Setup, hedger: Desk, risk_aversion: float | None) -> HedgingProblem:
    """The book and its costs at the start, as theory sees them: with a constant gamma.

    Raises:
        InputError: The book has no gamma or no time, the price does not move, or the risk aversion is not
            positive.
    """
    vol, unit = setup.process.annual_vol, unit_exposure(hedger.options).gamma_usd_per_pct
    gross = float(np.abs(hedger.quantity) @ unit)
    if not vol > 0.0:
        raise InputError("the price does not move", place="vol", remedy="give a positive vol")
    if not gross > 0.0:
        raise InputError("the book has no gamma", place="book", remedy="give one with options")
    if float(hedger.options.years.max()) < FEWEST_STEPS * float(setup.clock.years[0]):
        raise InputError(
            f"every option expires within {FEWEST_STEPS} steps",
            place="book",
            remedy="give shorter --set step_seconds, or options that live longer",
        )
    gamma_usd_per_pct = max(abs(float(hedger.quantity @ unit)), LEAST_NET * gross)
    loss = 0.5 * gamma_usd_per_pct / PERCENT * vol**2 / DAYS_PER_YEAR
    ticket = hedger.ticket
    return HedgingProblem(
        spot=setup.spot,
        vol=vol,
        gamma=gamma_usd_per_pct / (PERCENT * setup.spot**2),
        risk_aversion=1.0 / loss if risk_aversion is None else risk_aversion,
        cost=sum(hedger.costs.pair),
        fixed_usd=0.0 if ticket is None else ticket.expected_usd,
    )
