"""Approximations of tail risk, each for what it leaves out: delta alone, and four moments.

**Delta alone** takes the profit as linear, hence normal. A delta-hedged short-gamma book then has nearly
no risk, which is wrong by any factor: the loss is the curvature.

**Cornish–Fisher** bends the normal quantile z by skewness S and excess kurtosis K::

    w(z) = z + (z² − 1)·S/6 + (z³ − 3z)·K/24 − (2z³ − 5z)·S²/36

It is an expansion for small S and K. A short-gamma book has S near −2.8 and K near 12, outside of the region
where w is increasing, so that a higher level may even give a smaller loss.

Source: E. A. Cornish, R. A. Fisher (1938), doi:10.2307/1400905; S. R. Jaschke (2002), "The Cornish–Fisher
expansion in the context of delta-gamma-normal approximations", doi:10.21314/JOR.2002.063; D. Maillard
(2012), doi:10.2139/ssrn.1997178 (where it is increasing).
"""

import math

import numpy as np
from scipy.special import ndtri

from shortgamma.risk.tails.figures import TailFigures, check_level
from shortgamma.risk.tails.quadratic import QuadraticForm, density

Z_RANGE = 6.0
"""Normal quantiles within which an expansion has to increase."""


def normal_tail(mean: float, deviation: float, *, level: float) -> TailFigures:
    """Both figures of a normal profit: VaR = z·σ − μ, ES = φ(z)/(1 − level)·σ − μ.

    Args:
        mean: USD.
        deviation: USD, not negative.
        level: As 0.99.

    Raises:
        InputError: No such level.
    """
    check_level(level)
    z = float(ndtri(level))
    return TailFigures(
        level=level,
        var=z * deviation - mean,
        es=density(z) / (1.0 - level) * deviation - mean,
    )


def cornish_fisher_quantile(z: float, *, skewness: float, excess_kurtosis: float) -> float:
    """w(z), in deviations from the mean."""
    second = (z * z - 1.0) * skewness / 6.0
    third = (z**3 - 3.0 * z) * excess_kurtosis / 24.0
    return z + second + third - (2.0 * z**3 - 5.0 * z) * skewness**2 / 36.0


def cornish_fisher_tail(form: QuadraticForm, level: float) -> TailFigures:
    """Both figures from the first four cumulants of a profit.

    The shortfall is the mean of w over the worst share of z, in closed form; it is that of the expansion's
    own law where w increases.

    Args:
        form: The profit.
        level: As 0.99.

    Raises:
        InputError: No such level.
    """
    check_level(level)
    mean, deviation = form.cumulant(1), form.deviation
    if deviation == 0.0:
        return TailFigures(level=level, var=-mean, es=-mean)
    skew, kurtosis = form.skewness, form.excess_kurtosis
    z, share = -float(ndtri(level)), 1.0 - level
    worst = cornish_fisher_quantile(z, skewness=skew, excess_kurtosis=kurtosis)
    inner = 1.0 + z * skew / 6.0 + (z * z - 1.0) * kurtosis / 24.0
    average = -density(z) / share * (inner - (2.0 * z * z - 1.0) * skew**2 / 36.0)
    return TailFigures(
        level=level, var=-(mean + deviation * worst), es=-(mean + deviation * average)
    )


def increases(skewness: float, excess_kurtosis: float) -> bool:
    """True where w(z) rises with z for every |z| ≤ 6: only then is the expansion a law at all."""
    z = np.linspace(-Z_RANGE, Z_RANGE, 2_001)
    slope = (
        1.0
        + z * skewness / 3.0
        + (z * z - 1.0) * excess_kurtosis / 8.0
        - (6.0 * z * z - 5.0) * skewness**2 / 36.0
    )
    return bool(np.all(slope > 0.0)) and math.isfinite(skewness + excess_kurtosis)
