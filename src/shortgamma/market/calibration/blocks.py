"""The length of the blocks of a bootstrap, from the memory of the series itself.

Source: D. N. Politis, H. White (2004), "Automatic block-length selection for the dependent bootstrap",
doi:10.1081/ETC-120028836; correction by A. Patton, D. N. Politis, H. White (2009),
doi:10.1080/07474930802459016 (the circular bootstrap has D = 4/3·g(0)²).
"""

import numpy as np
from numpy.typing import NDArray

from shortgamma.market.calibration.fit import Fit, usable_returns
from shortgamma.market.history import PriceHistory

Vector = NDArray[np.float64]

BAND = 2.0  # c: an autocorrelation below c·√(log₁₀ n / n) counts as none
LEAST_RUN = 5  # K: so many in a row, at least, end the search for the longest memory


def fit_bootstrap(history: PriceHistory) -> Fit:
    """``block`` in bars and ``drift`` of the circular block bootstrap.

    The length is the best one for the mean of |log move|, since clusters of volatility are what blocks are
    to keep; log moves themselves are close to uncorrelated and would ask for blocks of one bar. It has no
    standard error. The error of the drift is that of the mean over blocks of that length.

    Raises:
        InputError: Too few moves, or none that moves.
    """
    returns, years = usable_returns(history)
    block = max(1, round(block_length(np.abs(returns))))
    growth = np.exp(returns)
    whole = returns.size // block
    means = growth[: whole * block].reshape(whole, block).mean(axis=1)
    mean = float(growth.mean())
    error = float(means.std(ddof=1)) / (whole**0.5 * mean * years)
    return Fit(
        process="bootstrap",
        values={"block": float(block), "drift": float(np.log(mean)) / years},
        errors={"block": float("nan"), "drift": error},
        log_likelihood=float("nan"),
        moves=returns.size,
        bar_years=years,
        free=1,
        converged=True,
    )


def block_length(series: Vector) -> float:
    """(2·G²/D)^⅓·n^⅓ with G = Σ λ(k/M)·|k|·R(k), D = 4/3·g(0)², g(0) = Σ λ(k/M)·R(k).

    R is the autocovariance, λ the flat-top window of Politis and Romano, M twice the lag beyond which no
    autocorrelation stands out.

    Args:
        series: In the order of time, shape (n,).

    Returns:
        Elements, from 1 to min(3·√n, n/3).
    """
    size = series.size
    run = max(LEAST_RUN, int(np.ceil(np.log10(size) ** 0.5)))
    longest = min(int(np.ceil(size**0.5)) + run, size - 1)
    covariance = autocovariance(series, longest)
    small = np.abs(covariance[1:]) < BAND * (np.log10(size) / size) ** 0.5 * covariance[0]
    width = min(2 * max(memory(small, run), 1), longest)
    lags = np.arange(width + 1)
    window = np.minimum(1.0, 2.0 * (1.0 - lags / width)) * covariance[: width + 1]
    slope = 2.0 * float((lags * window).sum())
    spectrum = 2.0 * float(window.sum()) - float(covariance[0])
    upper = float(min(3.0 * size**0.5, size / 3.0))
    if spectrum == 0.0:
        return upper
    return float(np.clip((1.5 * (slope / spectrum) ** 2 * size) ** (1.0 / 3.0), 1.0, upper))


def memory(small: NDArray[np.bool_], run: int) -> int:
    """Lags before the first ``run`` small ones in a row; else the last lag that is not small."""
    streak = np.convolve(small, np.ones(run), mode="valid") > run - 0.5
    if streak.any():
        return int(np.argmax(streak))
    large = np.flatnonzero(~small)
    return int(large[-1]) + 1 if large.size else 0


def autocovariance(series: Vector, lags: int) -> Vector:
    """R(0) to R(``lags``), sums of products of deviations over n, by a fast Fourier transform."""
    centred = series - float(series.mean())
    spectrum = np.fft.rfft(centred, 2 * series.size)
    return np.fft.irfft(np.abs(spectrum) ** 2)[: lags + 1] / series.size
