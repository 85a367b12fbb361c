"""How well a fitted process describes a price history: quantiles, tails, memory, scales, likelihood.

Source: extremes as in A. J. McNeil, R. Frey, P. Embrechts (2015), Quantitative Risk Management, ch. 5;
standard errors of the generalised Pareto law: R. L. Smith (1987), doi:10.1214/aos/1176350499; B. M. Hill
(1975), doi:10.1214/aos/1176343247; volatility signature: T. G. Andersen, T. Bollerslev, F. X. Diebold, P.
Labys (2000), "Great realizations", Risk 13.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, ndtri
from scipy.stats import genpareto

from shortgamma.basics.errors import InputError
from shortgamma.market.calibration import Fit
from shortgamma.market.calibration.sampling import draw_moves
from shortgamma.market.history import PLACE, PriceHistory
from shortgamma.market.realised import clustering

Vector = NDArray[np.float64]
Side = Literal["up", "down"]

DRAWS = 400_000
POINTS = 201
LEAST_EXCEEDANCES = 20
TAIL_SHARE = 0.05  # of all moves, on one side: what counts as the tail unless told
EXCESS_SHARES = (0.2, 0.005)  # of all moves, on one side: thresholds of the mean excess
EXCESS_POINTS = 24
BATCHES = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Quantiles:
    """Quantiles of the moves against those of a fitted law; every array has shape (points,).

    Args:
        process: Of the fit.
        probability: Ascending, 0 to 1 exclusive.
        observed, fitted: Log moves over a bar.
        low, high: Where each observed one falls with the stated probability if the fit is right and the
            moves are independent; clusters make the true band wider.
        level: Of the band, point by point.
    """

    process: str
    probability: Vector
    observed: Vector
    fitted: Vector
    low: Vector
    high: Vector
    level: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tail:
    """Generalised Pareto law of what moves of one side exceed a threshold by.

    Args:
        side: ``up`` or ``down``.
        threshold: Size of the log move, positive.
        exceedances: How many are larger.
        shape, shape_error: ξ; its inverse is the tail index, negative means an end.
        scale, scale_error: In log moves.
        hill, hill_error: Hill's estimate of ξ from the same moves; for heavy tails only.
        thresholds, excess, excess_error, exceeding: Mean excess over other thresholds, its standard
            error, and how many moves it is the mean of; rising lines mean ξ > 0. Shape (thresholds,).
    """

    side: Side
    threshold: float
    exceedances: int
    shape: float
    shape_error: float
    scale: float
    scale_error: float
    hill: float
    hill_error: float
    thresholds: Vector
    excess: Vector
    excess_error: Vector
    exceeding: Vector


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Autocorrelation:
    """Memory of |log move|.

    Args:
        lags: Bars, shape (lags,).
        value: Autocorrelation at each.
        band: Half the width in which independent moves stay with the stated probability.
        level: Of the band.
    """

    lags: NDArray[np.int64]
    value: Vector
    band: float
    level: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VolatilitySignature:
    """Realised vol by the interval between the prices; flat for a martingale without noise.

    Args:
        bars: Length of an interval, bars, shape (intervals,).
        years: The same in years.
        vol, error: Decimal per √year, with standard error; NaN where the history is too short.
        moves: Overlapping moves behind each.
    """

    bars: NDArray[np.int64]
    years: Vector
    vol: Vector
    error: Vector
    moves: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """One process in a comparison.

    Args:
        process: Its name.
        log_likelihood: Natural logarithm.
        akaike: 2·(free parameters) − 2·log_likelihood.
        behind: Akaike above that of the best; 0 for the best, above 10 hardly tenable.
        free: Parameters that were fitted.
        converged: False where the search gave up early.
    """

    process: str
    log_likelihood: float
    akaike: float
    behind: float
    free: int
    converged: bool


def quantile_quantile(
    moves: ArrayLike, fit: Fit, *, level: float = 0.9, seed: int = 1
) -> Quantiles:
    """Quantiles of the moves and of the fitted law, with a band for each point.

    The i-th smallest of n independent uniforms has the Beta(i, n + 1 − i) law, whose quantiles the fitted
    law turns into moves. That law is drawn from, 400,000 times.

    Args:
        moves: Log moves over one bar of the fit; NaN is left out.
        fit: Any but bootstrap.
        level: Of the band.
        seed: Of the draws.

    Raises:
        InputError: Too few moves, or a fit without a law.
    """
    ordered = np.sort(finite(moves))
    if ordered.size < LEAST_EXCEEDANCES:
        raise too_few(ordered.size)
    rank = spread_ranks(ordered.size)
    probability = rank / (ordered.size + 1.0)
    low, high = (
        betaincinv(rank, ordered.size + 1.0 - rank, end)
        for end in (0.5 - 0.5 * level, 0.5 + 0.5 * level)
    )
    drawn = draw_moves(fit, DRAWS, seed=seed)
    fitted, below, above = np.quantile(drawn, np.stack((probability, low, high)))
    return Quantiles(
        process=fit.process,
        probability=probability,
        observed=ordered[rank - 1],
        fitted=fitted,
        low=below,
        high=above,
        level=level,
    )


def spread_ranks(size: int) -> NDArray[np.int64]:
    """At most 201 ranks from 1 to ``size``, evenly spaced in the normal quantile: dense in the tails."""
    far = float(ndtri(1.0 - 1.0 / (size + 1.0)))
    shares = 0.5 * (1.0 + np.tanh(np.linspace(-far, far, POINTS) * 0.7978845608028654))
    ends = np.clip(np.rint(shares * (size + 1.0)), 1, size).astype(np.int64)
    return np.unique(np.concatenate(([1, size], ends)))


def tail(moves: ArrayLike, side: Side, *, threshold: float | None = None) -> Tail:
    """Generalised Pareto law of one side's extremes, by maximum likelihood over a threshold.

    Standard errors are Smith's, (1 + ξ)/√k and σ·√(2·(1 + ξ)/k) for k exceedances and ξ > −½, NaN below.

    Args:
        moves: Log moves; NaN is left out.
        side: ``up`` for rises, ``down`` for falls.
        threshold: Size of the log move, positive; by default what 5 % of all moves exceed on that side.

    Raises:
        InputError: Fewer than 20 moves exceed it, or it is not positive.
    """
    sizes = finite(moves) * (1.0 if side == "up" else -1.0)
    if sizes.size < LEAST_EXCEEDANCES:
        raise too_few(sizes.size)
    level = float(np.quantile(sizes, 1.0 - TAIL_SHARE)) if threshold is None else threshold
    beyond = sizes[sizes > level]
    if beyond.size < LEAST_EXCEEDANCES or not level > 0.0:
        raise InputError(
            f"{beyond.size} moves {side} exceed {level:g}",
            place="threshold",
            remedy=f"give a positive one that {LEAST_EXCEEDANCES} or more exceed",
        )
    shape, _location, scale = genpareto.fit(beyond - level, floc=0.0)
    share = (1.0 + shape) / beyond.size if shape > -0.5 else float("nan")
    hill = float(np.mean(np.log(beyond / level)))
    thresholds, excess, excess_error, exceeding = mean_excess(sizes)
    return Tail(
        side=side,
        threshold=level,
        exceedances=beyond.size,
        shape=float(shape),
        shape_error=float(share * beyond.size**0.5),
        scale=float(scale),
        scale_error=float(scale * (2.0 * share) ** 0.5),
        hill=hill,
        hill_error=hill / beyond.size**0.5,
        thresholds=thresholds,
        excess=excess,
        excess_error=excess_error,
        exceeding=exceeding,
    )


def mean_excess(sizes: Vector) -> tuple[Vector, Vector, Vector, Vector]:
    """Thresholds, mean of (size − threshold) beyond each, its standard error, and the number beyond.

    NaN where fewer than two are beyond.
    """
    shares = np.geomspace(*EXCESS_SHARES, EXCESS_POINTS)
    thresholds = np.quantile(sizes, 1.0 - shares)
    ordered = np.sort(sizes)
    rows = [ordered[np.searchsorted(ordered, at, side="right") :] - at for at in thresholds]
    count = np.array([float(row.size) for row in rows])
    known = [row if row.size > 1 else np.full(2, np.nan) for row in rows]
    mean = np.array([float(row.mean()) for row in known])
    error = np.array([float(row.std(ddof=1)) / row.size**0.5 for row in known])
    return thresholds, mean, error, count


def autocorrelation(history: PriceHistory, lags: int, *, level: float = 0.95) -> Autocorrelation:
    """Autocorrelation of |log move| at lags 1 to ``lags`` bars, with the band of independent moves.

    Args:
        history: Pairs across gaps are left out.
        lags: Bars.
        level: Of the band, ± its normal quantile over √moves.

    Raises:
        InputError: The history is too short or never moves.
    """
    value = clustering(history, lags)
    width = float(ndtri(0.5 + 0.5 * level)) / history.log_returns.size**0.5
    return Autocorrelation(lags=np.arange(1, lags + 1), value=value, band=width, level=level)


def volatility_signature(history: PriceHistory, intervals: Sequence[int]) -> VolatilitySignature:
    """√(mean squared move / interval) by interval, all offsets averaged.

    Falls with the interval where prices bounce, rises where moves continue. Standard errors are from the
    means of 20 stretches of the history, which lets clusters of volatility count.

    Args:
        history: Moves with a missing price at an end are left out.
        intervals: Bars, each 1 or more.

    Raises:
        InputError: An interval is shorter than a bar.
    """
    short = [bars for bars in intervals if bars < 1]
    if short:
        raise InputError(
            f"an interval of {short[0]} bars", place="intervals", remedy="give 1 or more"
        )
    price = np.full(int(history.bars[-1]) + 1, np.nan)
    price[history.bars] = np.log(history.close)
    rows = [scaled_squares(price, bars, history.bar_years) for bars in intervals]
    figures = [vol_and_error(row) for row in rows]
    bars = np.array(intervals, dtype=np.int64)
    return VolatilitySignature(
        bars=bars,
        years=bars.astype(np.float64) * history.bar_years,
        vol=np.array([vol for vol, _error in figures]),
        error=np.array([error for _vol, error in figures]),
        moves=np.array([np.count_nonzero(np.isfinite(row)) for row in rows], dtype=np.int64),
    )


def scaled_squares(price: Vector, bars: int, bar_years: float) -> Vector:
    """Squared move over ``bars`` bars from each bar on, per year; NaN where a price is missing."""
    return (price[bars:] - price[:-bars]) ** 2 / (bars * bar_years)


def vol_and_error(squares: Vector) -> tuple[float, float]:
    """√mean, and its standard error from the means of 20 stretches; NaN where there are too few.

    A stretch of n moves weighs n.
    """
    known = np.isfinite(squares)
    if np.count_nonzero(known) < 2 * BATCHES:
        return float("nan"), float("nan")
    vol = float(squares[known].mean()) ** 0.5
    stretches = [part[np.isfinite(part)] for part in np.array_split(squares, BATCHES)]
    weights = np.array([part.size for part in stretches]) / np.count_nonzero(known)
    away = np.array([float(part.sum()) - part.size * vol**2 for part in stretches])
    variance = float((away**2).sum()) / np.count_nonzero(known) ** 2
    variance *= 1.0 / max(1.0 - float((weights**2).sum()), 1e-12)
    return vol, variance**0.5 / (2.0 * vol) if vol > 0.0 else float("nan")


def compare(fits: Mapping[str, Fit]) -> tuple[Ranking, ...]:
    """Processes by Akaike's criterion, the best one first; those without a likelihood are left out.

    Args:
        fits: By name, all of the same history.
    """
    known = [fit for fit in fits.values() if np.isfinite(fit.log_likelihood)]
    best = min((fit.akaike for fit in known), default=float("nan"))
    return tuple(
        Ranking(
            process=fit.process,
            log_likelihood=fit.log_likelihood,
            akaike=fit.akaike,
            behind=fit.akaike - best,
            free=fit.free,
            converged=fit.converged,
        )
        for fit in sorted(known, key=lambda fit: fit.akaike)
    )


def finite(moves: ArrayLike) -> Vector:
    """The moves that are numbers."""
    values = np.asarray(moves, dtype=np.float64)
    return values[np.isfinite(values)]


def too_few(size: int) -> InputError:
    """What is said of too few moves."""
    return InputError(
        f"{size} moves, fewer than {LEAST_EXCEEDANCES}", place=PLACE, remedy="give a longer history"
    )
