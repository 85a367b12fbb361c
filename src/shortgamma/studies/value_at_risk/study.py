"""Value at risk and expected shortfall of a book over a price history, with backtests."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.time import parse_stamp
from shortgamma.data import read_book, read_prices
from shortgamma.market.book import Book
from shortgamma.market.chain import Chain
from shortgamma.market.history import PriceHistory
from shortgamma.risk.tails.approximate import cornish_fisher_tail, increases, normal_tail
from shortgamma.risk.tails.exponent import TailExponent, tail_exponent
from shortgamma.risk.tails.figures import TailFigures, sample_tail
from shortgamma.risk.tails.pareto import ParetoTail, fit_pareto
from shortgamma.risk.tails.quadratic import QuadraticForm
from shortgamma.risk.tails.response import RESPONSES
from shortgamma.risk.tails.revaluation import Revaluation
from shortgamma.risk.tails.scenarios import deviation_of
from shortgamma.studies.hedge import check_book, tradable_chain
from shortgamma.studies.value_at_risk.answer import (
    APPROXIMATION,
    CORNISH_FISHER,
    DELTA,
    DELTA_GAMMA,
    EXTRAPOLATION,
    FULL,
    PARETO,
    MethodRow,
    TailRisk,
    ratio_to,
)
from shortgamma.studies.value_at_risk.question import (
    AGES,
    LONGEST_WINDOW,
    Horizon,
    TailQuestion,
    horizon_of,
)
from shortgamma.studies.value_at_risk.timelines import scenario_sources, timelines

Vector = NDArray[np.float64]

FEW_BEYOND: Final = 3.0
"""Expected losses beyond the level below which a reader is warned."""


def var(
    book: str | Path | Book,
    *,
    prices: str | PriceHistory,
    market: str | Chain | None = None,
    asof: str | None = None,
    question: TailQuestion | None = None,
    **asked: Any,
) -> TailRisk:
    """What a book may lose over a horizon, by several methods, and whether their forecasts held.

    Args:
        book: BOOK file, or a book at hand.
        prices: File of prices, ``sample``, or a history.
        market: SOURCE or chain that values instruments; None where the book says its own terms.
        asof: ISO 8601, from when expiries count where nothing else says it.
        question: Method, levels, assumptions.
        asked: Fields of :class:`TailQuestion` instead.

    Raises:
        InputError: An input cannot be used, or the history is too short.
    """
    wanted = replace(question or TailQuestion(), **asked)
    chain = tradable_chain(market) if isinstance(market, str) else market
    held = (
        book
        if isinstance(book, Book)
        else read_book(str(book), chain, asof=None if asof is None else parse_stamp(asof))
    )
    check_book(held, "book" if isinstance(book, Book) else str(book))
    history = prices_of(prices, held)
    horizon = horizon_of(history, wanted.horizon_days)
    return answered(held, wanted, horizon)


def prices_of(prices: str | PriceHistory, book: Book) -> PriceHistory:
    """The history of the book's underlying.

    Raises:
        InputError: It is that of another one.
    """
    name = book.underlying or None
    if isinstance(prices, str):
        return read_prices(prices, underlying=name)
    if name and prices.underlying and prices.underlying != name:
        raise InputError(
            f"prices of {prices.underlying}, a book of {name}",
            place="--prices",
            remedy="give prices of the book's underlying",
        )
    return prices


def answered(book: Book, question: TailQuestion, horizon: Horizon) -> TailRisk:
    """All figures."""
    moves = horizon.history.log_returns
    ageing = Revaluation(book=book, response=RESPONSES[question.response], years=horizon.years)
    revaluation = ageing if question.maturities == AGES else replace(ageing, years=0.0)
    known = moves if question.window is None else moves[-question.window :]
    sources = scenario_sources(question, horizon)
    losses = {
        name: np.sort(-revaluation.pnl(source.moves(known))) for name, source in sources.items()
    }
    deviation = deviation_of(known, horizon.steps)
    form = revaluation.local().form(deviation)
    pareto = pareto_of(losses["historical"])
    window = window_of(question, moves.size)
    lines, error = timelines(question, horizon, revaluation=revaluation, window=window)
    return TailRisk(
        book=book,
        question=question,
        horizon=horizon,
        rows=method_rows(question.levels, losses, form=form, pareto=pareto),
        losses=losses,
        deviation=deviation,
        form=form,
        expansion_increases=expands(form),
        exponent=exponent_of(moves),
        pareto=pareto,
        timelines=lines,
        window=window,
        curve_error=error,
        theta_usd=float(ageing.pnl(np.zeros(1))[0]),
        warnings=warnings_of(question, losses, moves=known.size, steps=horizon.steps),
    )


def method_rows(
    levels: tuple[float, ...],
    losses: Mapping[str, Vector],
    *,
    form: QuadraticForm,
    pareto: ParetoTail | None,
) -> tuple[MethodRow, ...]:
    """Figures of every method, the approximations last."""
    slope = abs(float(form.linear[0]))
    delta = tuple(normal_tail(0.0, slope, level=level) for level in levels)

    def row(name: str, kind: str, figures: tuple[TailFigures, ...]) -> MethodRow:
        ratios = tuple(ratio_to(each, base) for each, base in zip(figures, delta, strict=True))
        return MethodRow(name=name, kind=kind, figures=figures, ratios=ratios)

    rows = [
        row(name, FULL, tuple(sample_tail(values, level) for level in levels))
        for name, values in losses.items()
    ]
    if pareto is not None:
        rows.append(row(PARETO, EXTRAPOLATION, tuple(pareto.tail(level) for level in levels)))
    rows.append(row(DELTA_GAMMA, APPROXIMATION, tuple(form.tail(level) for level in levels)))
    expansion = tuple(cornish_fisher_tail(form, level) for level in levels)
    rows.append(row(CORNISH_FISHER, APPROXIMATION, expansion))
    rows.append(row(DELTA, APPROXIMATION, delta))
    return tuple(rows)


def expands(form: QuadraticForm) -> bool:
    """True where Cornish–Fisher is a law at the moments of this form."""
    return form.deviation > 0.0 and increases(form.skewness, form.excess_kurtosis)


def pareto_of(losses: Vector) -> ParetoTail | None:
    """The tail of the losses; None where too few are known."""
    try:
        return fit_pareto(losses)
    except InputError:
        return None  # a short history has no tail, and the answer says so by leaving it out


def exponent_of(moves: Vector) -> TailExponent | None:
    """The tail exponent of the moves; None where too few are known."""
    try:
        return tail_exponent(moves)
    except InputError:
        return None  # the same


def window_of(question: TailQuestion, moves: int) -> int:
    """Moves that a forecast of the backtest knows."""
    return question.window or min(moves // 2, LONGEST_WINDOW)


def warnings_of(
    question: TailQuestion, losses: Mapping[str, Vector], *, moves: int, steps: int
) -> tuple[str, ...]:
    """What a reader has to know."""
    found: list[str] = []
    beyond = (moves // steps) * (1.0 - max(question.levels))
    if beyond < FEW_BEYOND:
        found.append(
            f"{moves // steps} separate horizons hold {beyond:.2g} losses beyond the "
            f"{100.0 * max(question.levels):g} % level: that figure rests on hardly any."
        )
    if float(losses["historical"][-1]) <= 0.0:
        found.append("No known move loses: the figures are profits.")
    return tuple(found)
