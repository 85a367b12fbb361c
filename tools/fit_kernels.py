"""Makes the coefficients of ``kernels/elementary.py`` and ``kernels/implied.py``, and compares them.

Each fit prints its coefficients, its largest error and how far the literals in the source are from
them; the exit code is 1 where they do not match. Run from the root of the repository (15 s)::

    python tools/fit_kernels.py

The polynomials and the Mills ratio come from 60-digit arithmetic and reproduce to the last bit. The two
fits of the first guess of an implied vol are least squares in doubles: they reproduce to about 1e-5,
which is of no consequence, since the solver's steps remove whatever error the guess has.
"""

import ast
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from mpmath import mp, mpf
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.special import erfcx, ndtri

Real = Any  # mpf: mpmath has no useful types
Vector = NDArray[np.float64]

KERNELS = Path(__file__).resolve().parents[1] / "src" / "shortgamma" / "kernels"
DIGITS = 60
MILLS_RANGE = (mpf("-0.5"), mpf(45))
MILLS_DEGREE = 11  # of the denominator; the numerator has one less
POLE = 4  # the sample of the Mills ratio is even in 1/(u + POLE)
LAWSON_STEPS = 30
LOG_TERMS, EXP_TERMS = 7, 10
LOG_REACH = mpf("0.1717")  # (√2 − 1)/(√2 + 1), rounded up
MIDDLE = 0.4  # |N(d) − ½| up to which the middle inverse normal is used
LOOSE = 1e-5  # tolerance of the two least-squares fits
SHARPEN = 40  # rounds that turn least squares towards least maximum


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A fitted set of coefficients and where the source holds them."""

    name: str
    coefficients: Sequence[float]
    error: float
    file: str
    function: str
    tolerance: float  # relative, between a coefficient and its literal


def mills(u: Real) -> Real:
    """(1 − N(u))/φ(u)."""
    return mp.sqrt(mp.pi / 2) * mp.exp(u * u / 2) * mp.erfc(u / mp.sqrt(2))


def horner(coefficients: list[Real], u: Real) -> Real:
    """The polynomial at u, coefficients from the highest power."""
    value = mpf(0)
    for coefficient in coefficients:
        value = value * u + coefficient
    return value


def fit_mills() -> Fit:
    """Rational minimax fit of the Mills ratio, relative, by Lawson's reweighting.

    P − Y·Q is linear in the coefficients; dividing by Y·Q of the round before makes it the relative
    error, and weights that grow with that error level it out.
    """
    n = MILLS_DEGREE
    count = 6 * n
    low, high = (1 / (end + POLE) for end in reversed(MILLS_RANGE))
    nodes = [(mp.cos(mp.pi * (2 * k + 1) / (2 * count)) + 1) / 2 for k in range(count)]
    points = [1 / (low + node * (high - low)) - POLE for node in nodes]
    values = [mills(u) for u in points]
    below = [(u + 3) ** n for u in points]
    weights = [mpf(1)] * count
    best: tuple[Real, list[Real], list[Real]] | None = None
    for step in range(LAWSON_STEPS):
        top, bottom = solve_rational(points, values, below, weights)
        below = [horner(bottom, u) for u in points]
        errors = [
            abs(horner(top, u) / q / y - 1) for u, q, y in zip(points, below, values, strict=True)
        ]
        if best is None or max(errors) < best[0]:
            best = (max(errors), top, bottom)
        if step > 1:
            mean = mp.fsum(errors) / count
            weights = [
                w * mp.sqrt(e / mean + mpf("1e-3")) for w, e in zip(weights, errors, strict=True)
            ]
    if best is None:
        raise RuntimeError("LAWSON_STEPS is 0: nothing was fitted")
    error, top, bottom = best
    return Fit(
        name="Mills ratio: P from degree 10, then Q from degree 11",
        coefficients=[float(x) for x in (*top, *bottom)],
        error=float(error),
        file="elementary.py",
        function="mills_pair",
        tolerance=1e-15,
    )


def solve_rational(
    points: list[Real], values: list[Real], below: list[Real], weights: list[Real]
) -> tuple[list[Real], list[Real]]:
    """One weighted linear least-squares solution; coefficients from the highest power, Q monic."""
    n = MILLS_DEGREE
    matrix, target = mp.matrix(len(points), 2 * n), mp.matrix(len(points), 1)
    for i, (u, y, q, w) in enumerate(zip(points, values, below, weights, strict=True)):
        scale = w / (y * q)
        for j in range(n):
            matrix[i, j] = -scale * u**j
            matrix[i, n + j] = scale * y * u**j
        target[i] = -scale * y * u**n
    solution = mp.lu_solve(matrix.T * matrix, matrix.T * target)
    top = [solution[j] for j in reversed(range(n))]
    bottom = [mpf(1), *(solution[n + j] for j in reversed(range(n)))]
    return top, bottom


def fit_log() -> Fit:
    """(atanh(s)/s − 1)/s² as a polynomial in s², on what √½ ≤ a/b ≤ √2 needs."""

    def series(z: Real) -> Real:
        s = mp.sqrt(z)
        return (mp.atanh(s) / s - 1) / z

    return polynomial("atanh series of the log ratio", series, (mpf("1e-12"), LOG_REACH**2),
                      LOG_TERMS, "log_ratio")  # fmt: skip


def fit_exp() -> Fit:
    """(e^r − 1 − r)/r² as a polynomial in r, |r| ≤ ln(2)/2."""

    def series(r: Real) -> Real:
        return (mp.exp(r) - 1 - r) / r**2 if abs(r) > mpf("1e-20") else mpf(1) / 2

    half = mp.log(2) / 2
    return polynomial("exponential", series, (-half, half), EXP_TERMS, "exp_bounded")


def polynomial(
    name: str,
    series: Callable[[Real], Real],
    interval: tuple[Real, Real],
    terms: int,
    function: str,
) -> Fit:
    """Interpolation at the Chebyshev points, coefficients from the highest power."""
    low, high = interval
    angles = [mp.pi * (2 * k + 1) / (2 * terms) for k in range(terms)]
    points = [(low + high) / 2 + (high - low) / 2 * mp.cos(angle) for angle in angles]
    powers = mp.matrix([[u ** (terms - 1 - j) for j in range(terms)] for u in points])
    coefficients = list(mp.lu_solve(powers, mp.matrix([series(u) for u in points])))
    between = [low + (high - low) * k / (20 * terms) for k in range(1, 20 * terms + 1)]
    error = max(abs(series(u) - horner(coefficients, u)) for u in between)
    return Fit(
        name=name,
        coefficients=[float(x) for x in coefficients],
        error=float(error),
        file="elementary.py",
        function=function,
        tolerance=1e-15,
    )


def levelled(
    relative_error: Callable[[Vector], Vector], start: Sequence[float], rounds: int, scale: float
) -> Vector:
    """Least squares, then rounds of least fourth powers: close to the least maximum."""
    found: Vector = least_squares(relative_error, start, xtol=1e-15, ftol=1e-15).x
    for _ in range(rounds):
        found = least_squares(
            lambda p: scale * relative_error(p) ** 2, found, xtol=1e-15, ftol=1e-15
        ).x
    return found


def fit_middle_inverse_normal() -> Fit:
    """N⁻¹(½ + y)/y as a rational in y² for |y| ≤ 0.4: three coefficients above, two below."""
    y = MIDDLE * np.cos(np.linspace(1e-3, np.pi / 2.0 - 1e-3, 400))
    exact = ndtri(0.5 + y) / y

    def error(p: Vector) -> Vector:
        z = y * y
        return (p[0] + z * (p[1] + z * p[2])) / (1.0 + z * (p[3] + z * p[4])) / exact - 1.0

    found = levelled(error, [2.5, 0.0, 0.0, 0.0, 0.0], 30, 1e6)
    return Fit(
        name="middle inverse normal: three above, two below",
        coefficients=found.tolist(),
        error=float(np.abs(error(found)).max()),
        file="implied.py",
        function="start_width",
        tolerance=LOOSE,
    )


def bound_and_width() -> tuple[Vector, Vector, Vector, Vector]:
    """True width over the bound L3, u = −d/√(d² + 2k), d and the bound on a grid of options."""
    widths = np.exp(np.linspace(np.log(1e-3), np.log(9.0), 60))
    distances = np.r_[0.0, np.exp(np.linspace(np.log(1e-3), np.log(7.5), 60))]
    w, z = (grid.ravel() for grid in np.meshgrid(widths, distances))
    k = w * z
    near, far = (np.sqrt(np.pi / 2.0) * erfcx(end / np.sqrt(2.0)) for end in (z - w / 2, z + w / 2))
    c = np.exp(-((z - w / 2.0) ** 2) / 2.0) / np.sqrt(2.0 * np.pi) * (near - far)
    m = np.expm1(k)
    y = (2.0 * c * c + (2.0 * c - 1.0) * m) / (2.0 * (2.0 * c + m))
    d = np.where(
        np.abs(y) < 0.01, y * np.sqrt(2.0 * np.pi), ndtri(c * (c + m + 1.0) / (2.0 * c + m))
    )
    root = np.sqrt(d * d + 2.0 * k) + 1e-300
    bound = np.where(d > 0.0, d + root, 2.0 * k / np.where(d > 0.0, 1.0, root - d))
    return w / bound, -d / root, d, bound


def fit_start_width() -> Fit:
    """The factor that lifts the lower bound L3 of Choi, Huh & Su towards the true width."""
    ratio, u, d, bound = bound_and_width()

    def error(p: Vector) -> Vector:
        gap = p[0] + u * (p[1] + u * (p[2] + u * p[3]))
        below = 1.0 + p[4] * np.abs(d) + p[5] * d * d + p[6] * bound * bound
        return (1.0 + gap / below) / ratio - 1.0

    found = levelled(error, [0.3, 0.3, 0.0, 0.0, 0.1, 0.1, 0.1], SHARPEN, 100.0)
    return Fit(
        name="start width: gap in u, then |d|, d² and the bound squared",
        coefficients=found.tolist(),
        error=float(np.abs(error(found)).max()),
        file="implied.py",
        function="start_width",
        tolerance=LOOSE,
    )


def literals(fit: Fit) -> list[float]:
    """Every number written in the function of the source, a minus before it included."""
    tree = ast.parse((KERNELS / fit.file).read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == fit.function:
            numbers = [x.value for x in ast.walk(node) if isinstance(x, ast.Constant)]
            plain = [float(x) for x in numbers if isinstance(x, float | int)]
            return plain + [-x for x in plain]
    raise LookupError(f"{fit.file} has no function {fit.function}")


def report(fit: Fit) -> bool:
    """Prints one fit; whether the source holds every coefficient of it."""
    written = np.array(literals(fit))
    print(f"{fit.name}\n  largest error {fit.error:.2e}")
    matches = True
    for coefficient in fit.coefficients:
        nearest = float(written[np.argmin(np.abs(written - coefficient))])
        off = abs(nearest / coefficient - 1.0)
        good = off <= fit.tolerance
        matches &= good
        print(f"  {coefficient!r:<26} {'' if good else f'NOT in {fit.file}, nearest {nearest!r}'}")
    return matches


def main() -> int:
    """Makes, prints and compares every fit."""
    with mp.workdps(DIGITS):
        fits = [fit_mills(), fit_log(), fit_exp(), fit_middle_inverse_normal(), fit_start_width()]
    matched = [report(fit) for fit in fits]
    return 0 if all(matched) else 1


if __name__ == "__main__":
    sys.exit(main())
