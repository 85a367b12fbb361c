"""Losses beyond a high threshold: the generalised Pareto law, and what it says about rare losses.

Of n losses N exceed the threshold u; their excesses are taken as generalised Pareto with shape ξ and scale
β. For a level q beyond the threshold::

    VaR = u + β/ξ·[((1 − q)·n/N)^(−ξ) − 1],    ES = (VaR + β − ξ·u)/(1 − ξ),  ξ < 1

At ξ = 0 both are those of the exponential law. Where ξ ≥ 1 the mean of the tail does not exist.

Source: A. J. McNeil (1999), "Extreme value theory for risk managers" (Danish fire losses: u 10, n 2167,
N 109, ξ 0.497, β 6.975 give 27.289 and 58.239 at 99 %); R. L. Smith (1987), doi:10.1214/aos/1176350499
(standard errors).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from shortgamma.basics.errors import InputError
from shortgamma.risk.tails.figures import TailFigures, check_level

Vector = NDArray[np.float64]

LEAST_EXCEEDANCES = 20
TAIL_SHARE = 0.10
"""Share of the losses that are taken as the tail where no threshold is given."""
NEAR_ZERO = 1e-9  # of ξ: nearer to 0 the law is the exponential one
GRID = 200  # places of ξ/β at which the search for the largest likelihood begins


@dataclass(frozen=True, slots=True, kw_only=True)
class ParetoTail:
    """A generalised Pareto law beyond a threshold.

    Args:
        threshold: u, USD.
        count: n, losses in all.
        exceedances: N, those beyond the threshold.
        shape: ξ; its inverse is the tail exponent, above 0 for heavy tails.
        scale: β, USD, positive.
    """

    threshold: float
    count: int
    exceedances: int
    shape: float
    scale: float

    @property
    def shape_error(self) -> float:
        """Standard error of ξ, (1 + ξ)/√N; NaN for ξ ≤ −½."""
        if self.shape <= -0.5:
            return math.nan
        return (1.0 + self.shape) / self.exceedances**0.5

    def tail(self, level: float) -> TailFigures:
        """Both figures; NaN for levels below the threshold's, ES infinite for ξ ≥ 1.

        Args:
            level: As 0.99.

        Raises:
            InputError: No such level.
        """
        check_level(level)
        rarer = (1.0 - level) * self.count / self.exceedances
        if rarer > 1.0:
            return TailFigures(level=level, var=math.nan, es=math.nan)
        if abs(self.shape) < NEAR_ZERO:
            var = self.threshold - self.scale * math.log(rarer)
        else:
            var = (
                self.threshold + self.scale * math.expm1(-self.shape * math.log(rarer)) / self.shape
            )
        if self.shape >= 1.0:
            return TailFigures(level=level, var=var, es=math.inf)
        es = (var + self.scale - self.shape * self.threshold) / (1.0 - self.shape)
        return TailFigures(level=level, var=var, es=es)

    def exceeding(self, loss: Vector) -> Vector:
        """Probability of a larger loss, for losses beyond the threshold, shape as given."""
        share = self.exceedances / self.count
        excess = (loss - self.threshold) / self.scale
        if abs(self.shape) < NEAR_ZERO:
            return share * np.exp(-excess)
        inside = np.maximum(1.0 + self.shape * excess, 0.0)
        with np.errstate(divide="ignore"):
            return share * inside ** (-1.0 / self.shape)


def fit_pareto(losses: Vector, *, threshold: float | None = None) -> ParetoTail:
    """The generalised Pareto law of the largest losses, by maximum likelihood.

    The likelihood is maximised over θ = ξ/β alone, for which ξ = mean ln(1 + θ·y).

    Args:
        losses: USD, positive = loss, shape (n,).
        threshold: USD; by default what a tenth of the losses, but at least 20 of them, exceed.

    Raises:
        InputError: Fewer than 20 losses exceed it, or these are all the same.

    Source: S. D. Grimshaw (1993), doi:10.1080/00401706.1993.10485040.
    """
    ordered = np.sort(losses)[::-1]
    if threshold is None:
        wanted = max(int(TAIL_SHARE * ordered.size), LEAST_EXCEEDANCES)
        threshold = float(ordered[wanted]) if ordered.size > wanted else math.inf
    excess = ordered[ordered > threshold] - threshold
    if excess.size < LEAST_EXCEEDANCES or excess[0] == excess[-1]:
        raise InputError(
            f"{excess.size} losses of {ordered.size} exceed {threshold:g}",
            place="threshold",
            remedy=f"a tail needs {LEAST_EXCEEDANCES} or more different ones: give more prices",
        )
    shape, scale = likeliest(excess / excess.mean())
    return ParetoTail(
        threshold=threshold,
        count=ordered.size,
        exceedances=excess.size,
        shape=shape,
        scale=scale * float(excess.mean()),
    )


def likeliest(excess: Vector) -> tuple[float, float]:
    """Shape and scale of the largest likelihood, of excesses with mean 1."""
    most = float(excess.max())

    def cost(theta: float) -> float:
        """Minus the log-likelihood per excess: ln(ξ/θ) + ξ + 1."""
        shape = float(np.mean(np.log1p(theta * excess)))
        return math.log(shape / theta) + shape + 1.0 if abs(theta) > NEAR_ZERO else 1.0

    # ξ > −½: below it the likelihood has no maximum worth the name.
    lowest = -(1.0 - 1e-6) / most
    places = np.concatenate([np.linspace(lowest, 0.0, GRID // 2), np.geomspace(1e-4, 1e3, GRID)])
    costs = [
        cost(place) if np.mean(np.log1p(place * excess)) > -0.5 else math.inf
        for place in places.tolist()
    ]
    best = int(np.argmin(costs))
    low, high = places[max(best - 1, 0)], places[min(best + 1, places.size - 1)]
    found = minimize_scalar(cost, bounds=(low, high), method="bounded", options={"xatol": 1e-10})
    theta = float(found.x)
    if abs(theta) <= NEAR_ZERO:
        return 0.0, 1.0
    shape = float(np.mean(np.log1p(theta * excess)))
    return shape, shape / theta
