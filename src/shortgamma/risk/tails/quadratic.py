"""The exact law of a profit that is quadratic in normal factors.

With z independent standard normal the profit is::

    Y = c + Σ bⱼ·zⱼ + ½·Σ λⱼ·zⱼ²

Any gradient g, Hessian H and covariance C of the factors come to this form through C = L·Lᵀ and
Lᵀ·H·L = Q·Λ·Qᵀ: b = Qᵀ·Lᵀ·g. With one factor probabilities and tail means are closed forms; with several
they are integrals of the characteristic function.

Source: J. Gil-Pelaez (1951), doi:10.1093/biomet/38.3-4.481; J. P. Imhof (1961),
doi:10.1093/biomet/48.3-4.419; C. Rouvinez (1997), "Going Greek with VaR", Risk 10(2).
"""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

from shortgamma.basics.errors import InputError
from shortgamma.risk.tails.figures import TailFigures, check_level

Vector = NDArray[np.float64]
Complex = NDArray[np.complex128]

NEGLIGIBLE = 1e-12  # |characteristic function| beyond which the sums are cut off
WIDTH = 120.0  # deviations: the sums see what lies further apart than this on top of each other
MOST_POINTS = 1 << 17
SPAN = 8.0  # deviations within which a quantile is first looked for


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QuadraticForm:
    """c + Σ bⱼ·zⱼ + ½·Σ λⱼ·zⱼ² with independent standard normal zⱼ.

    Args:
        constant: c, USD.
        linear: b, USD, shape (m,).
        curvature: λ, USD, shape (m,); negative for a short-gamma book.

    Raises:
        InputError: The figures are not finite, or nothing moves.
    """

    constant: float
    linear: Vector
    curvature: Vector

    def __post_init__(self) -> None:
        every = np.concatenate([[self.constant], self.linear, self.curvature])
        if not np.all(np.isfinite(every)):
            raise InputError(
                "not finite", place="quadratic form", remedy="give finite sensitivities"
            )

    @classmethod
    def of_greeks(
        cls,
        constant: float,
        *,
        gradient: Vector,
        hessian: NDArray[np.float64],
        covariance: NDArray[np.float64],
    ) -> Self:
        """The form of c + gᵀ·x + ½·xᵀ·H·x with normal x of mean 0.

        Args:
            constant: c, USD.
            gradient: g, USD per unit of each factor, shape (m,).
            hessian: H, symmetric, shape (m, m).
            covariance: Of the factors, shape (m, m), positive semidefinite.

        Raises:
            InputError: The covariance has a negative eigenvalue.
        """
        sizes, axes = np.linalg.eigh(covariance)
        if sizes.min() < -1e-12 * max(abs(float(sizes.max())), 1e-300):
            raise InputError(
                "the covariance has a negative eigenvalue",
                place="covariance",
                remedy="give a positive semidefinite one",
            )
        root = axes * np.sqrt(np.maximum(sizes, 0.0))
        curvature, turn = np.linalg.eigh(root.T @ hessian @ root)
        return cls(constant=constant, linear=turn.T @ root.T @ gradient, curvature=curvature)

    def cumulant(self, order: int) -> float:
        """κₙ: the mean for 1, the variance for 2, and ½·Σ(n−1)!·λⁿ + n!/2·Σ b²·λⁿ⁻² from 2 on."""
        if order == 1:
            return self.constant + 0.5 * float(self.curvature.sum())
        squares = 0.5 * math.factorial(order - 1) * float((self.curvature**order).sum())
        mixed = (
            0.5
            * math.factorial(order)
            * float((self.linear**2 * self.curvature ** (order - 2)).sum())
        )
        return squares + mixed

    @property
    def deviation(self) -> float:
        """Standard deviation, USD."""
        return self.cumulant(2) ** 0.5

    @property
    def skewness(self) -> float:
        """Third cumulant over the deviation cubed."""
        return self.cumulant(3) / self.cumulant(2) ** 1.5

    @property
    def excess_kurtosis(self) -> float:
        """Fourth cumulant over the variance squared."""
        return self.cumulant(4) / self.cumulant(2) ** 2

    def below(self, value: float) -> tuple[float, float]:
        """P(Y ≤ value), and E[Y; Y ≤ value] in USD."""
        if self.linear.size == 1:
            return below_of_one(
                self.constant, float(self.linear[0]), float(self.curvature[0]), value
            )
        return below_of_many(self, value)

    def quantile(self, probability: float) -> float:
        """The value that Y stays below with a probability, USD.

        Args:
            probability: Between 0 and 1, exclusive.
        """
        deviation = self.deviation
        if deviation == 0.0:
            return self.cumulant(1)
        return self.constant + deviation * standard_quantile(self.standard, probability)

    @property
    def standard(self) -> "QuadraticForm":
        """(Y − c) over its deviation: figures of order 1 whatever the book."""
        return QuadraticForm(
            constant=0.0,
            linear=self.linear / self.deviation,
            curvature=self.curvature / self.deviation,
        )

    def tail(self, level: float) -> TailFigures:
        """Value at risk and expected shortfall.

        Args:
            level: As 0.99.

        Raises:
            InputError: No such level.
        """
        check_level(level)
        if self.deviation == 0.0:
            return TailFigures(level=level, var=-self.constant, es=-self.constant)
        share, standard = 1.0 - level, self.standard
        worst = standard_quantile(standard, share)
        probability, mean = standard.below(worst)
        # The root is only near: what its probability lacks of the share sits at the quantile itself.
        average = (mean + (share - probability) * worst) / share
        return TailFigures(
            level=level,
            var=-(self.constant + self.deviation * worst),
            es=-(self.constant + self.deviation * average),
        )


def standard_quantile(form: QuadraticForm, probability: float) -> float:
    """The quantile of a form of deviation 1 and constant 0."""
    low, high = -SPAN, SPAN
    while form.below(low)[0] > probability:
        low *= 2.0
    while form.below(high)[0] < probability:
        high *= 2.0
    found: float = brentq(lambda value: form.below(value)[0] - probability, low, high, xtol=1e-11)
    return found


def below_of_one(
    constant: float, linear: float, curvature: float, value: float
) -> tuple[float, float]:
    """Probability and partial mean of one factor: an interval of z, or what lies outside of one."""
    whole = constant + 0.5 * curvature
    gap = constant - value
    if curvature == 0.0:
        edge = -gap / linear
        low, high = (-math.inf, edge) if linear > 0.0 else (edge, math.inf)
        return between(low, high, (constant, linear, curvature))
    root = linear * linear - 2.0 * curvature * gap
    if root <= 0.0:
        return (0.0, 0.0) if curvature > 0.0 else (1.0, whole)
    # The larger root in size first, so that no digits cancel when the curvature is small.
    product = -(linear + math.copysign(math.sqrt(root), linear))
    far = product / curvature
    near = 2.0 * gap / product if product != 0.0 else 0.0
    low, high = min(far, near), max(far, near)
    inside = between(low, high, (constant, linear, curvature))
    if curvature > 0.0:
        return inside
    left = between(-math.inf, low, (constant, linear, curvature))
    right = between(high, math.inf, (constant, linear, curvature))
    return left[0] + right[0], left[1] + right[1]


def between(low: float, high: float, form: tuple[float, float, float]) -> tuple[float, float]:
    """P(low < z < high), and the mean of c + b·z + ½·λ·z² over that interval."""
    constant, linear, curvature = form
    # Taken on the side of the nearer tail, where the normal law keeps its digits.
    chance = float(ndtr(high) - ndtr(low)) if low <= 0.0 else float(ndtr(-low) - ndtr(-high))
    first = density(low) - density(high)
    second = chance + weighted(low) - weighted(high)
    return chance, constant * chance + linear * first + 0.5 * curvature * second


def density(z: float) -> float:
    """Standard normal density."""
    return math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi) if math.isfinite(z) else 0.0


def weighted(z: float) -> float:
    """z·φ(z), 0 at infinity."""
    return z * density(z) if math.isfinite(z) else 0.0


def below_of_many(form: QuadraticForm, value: float) -> tuple[float, float]:
    """Probability and partial mean by inversion of the characteristic function φ.

    P = ½ − (1/π)·∫ Im[e^(−itv)·φ(t)]/t dt, and the same with φ′(t)/i in place of φ for the mean, as sums over
    midpoints: their error is the probability beyond ±60 deviations, and what is cut off.

    Source: R. B. Davies (1973), doi:10.1093/biomet/60.2.415.
    """
    deviation = form.deviation
    shift = (value - form.constant) / deviation
    place, phi, slope = transforms(form.linear / deviation, form.curvature / deviation)
    turned = phi * np.exp(-1j * place * shift)
    step = place[1] - place[0]
    chance = step * float(np.sum(turned.imag / place)) / math.pi
    mean = step * float(np.sum((turned * slope).imag / place)) / math.pi
    centred = 0.5 * (form.cumulant(1) - form.constant) / deviation - mean
    probability = 0.5 - chance
    return probability, form.constant * probability + deviation * centred


def transforms(linear: Vector, curvature: Vector) -> tuple[Vector, Complex, Complex]:
    """Midpoints t, φ(t), and the derivative of ln φ over i, for a form of deviation 1 and constant 0."""
    place = (np.arange(MOST_POINTS, dtype=np.float64) + 0.5) * (2.0 * math.pi / WIDTH)
    log_phi = np.zeros(place.size, dtype=np.complex128)
    slope = np.zeros(place.size, dtype=np.complex128)
    s = 1j * place
    for b, bend in zip(linear.tolist(), curvature.tolist(), strict=True):
        left = 1.0 - bend * s
        log_phi += -0.5 * np.log(left) + 0.5 * b * b * s * s / left
        slope += 0.5 * bend / left + b * b * (s - 0.5 * bend * s * s) / left**2
    kept = log_phi.real > math.log(NEGLIGIBLE)
    count = max(int(np.flatnonzero(kept)[-1]) + 1, 2)
    phi: Complex = np.exp(log_phi[:count])
    return np.asarray(place[:count], dtype=np.float64), phi, slope[:count]
