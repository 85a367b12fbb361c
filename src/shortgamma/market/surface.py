"""The volatility surface: one SVI smile per expiry, with a report of what could be arbitraged.

The fit is a least-squares problem in vol, weighted by vega so that the strikes that carry gamma decide,
with the analytic Jacobian. It is free, not forced to be free of arbitrage: a violation that the market
shows is reported, not smoothed away.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from shortgamma.kernels.smile import durrleman, svi_gradient, svi_variance
from shortgamma.market.options import OptionSeries

Vector = NDArray[np.float64]

MIN_STRIKES = 5  # as many as SVI has parameters
CHECK_POINTS = 201
TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Smile:
    """One expiry's SVI.

    Args:
        expiry: UTC nanoseconds.
        years: ACT/365.
        forward: USD.
        parameters: Raw SVI a, b, ρ, m, s of total variance.
        quoted: Lowest and highest ln(K/F) it was fitted on.
        strikes: How many options were fitted.
        rmse_vol: Root mean square error of the fit under its weights, decimal vol.
        butterfly: Lowest Durrleman g on the quoted range; negative is an arbitrage.
    """

    expiry: int
    years: float
    forward: float
    parameters: Vector
    quoted: tuple[float, float]
    strikes: int
    rmse_vol: float
    butterfly: float

    def vol(self, k: Vector) -> Vector:
        """Implied vol at log-moneyness ln(K/F), decimal."""
        return np.sqrt(svi_variance(self.parameters, k) / self.years)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarViolation:
    """Total variance that falls with time at fixed moneyness.

    Args:
        near, far: Expiries, UTC nanoseconds.
        moneyness: ln(K/F) where it is worst.
        variance_drop: Total variance lost from near to far there, positive.
    """

    near: int
    far: int
    moneyness: float
    variance_drop: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surface:
    """All smiles, by expiry, and what a calendar or a butterfly could arbitrage.

    Args:
        smiles: In order of expiry.
        calendar: Violations between neighbouring expiries.
        unfitted: Expiries with too few strikes for a fit.
    """

    smiles: tuple[Smile, ...]
    calendar: tuple[CalendarViolation, ...]
    unfitted: tuple[int, ...]

    @property
    def butterfly(self) -> tuple[Smile, ...]:
        """The smiles whose density goes negative on the quoted range."""
        return tuple(smile for smile in self.smiles if smile.butterfly < -TOLERANCE)

    def smile_at(self, expiry: int) -> Smile | None:
        """The smile of one expiry, if it was fitted."""
        return next((smile for smile in self.smiles if smile.expiry == expiry), None)


def fit_surface(options: OptionSeries) -> Surface:
    """SVI of every expiry that has enough strikes, with the arbitrage report."""
    smiles: list[Smile] = []
    unfitted: list[int] = []
    for expiry in np.unique(options.expiry):
        chosen = np.flatnonzero(options.expiry == expiry)
        slice_ = options.select(chosen)
        if np.unique(slice_.strike).size < MIN_STRIKES:
            unfitted.append(int(expiry))
        else:
            smiles.append(fit_smile(slice_))
    return Surface(
        smiles=tuple(smiles), calendar=calendar_violations(smiles), unfitted=tuple(unfitted)
    )


def fit_smile(options: OptionSeries) -> Smile:
    """SVI of one expiry by weighted least squares in vol.

    Each row's moneyness is on its own forward: a recording may take minutes, and a vol belongs to the
    forward it was quoted with.
    """
    years = float(options.years[0])
    k, vol = out_of_the_money(
        np.log(options.strike / options.forward), options.vol, is_call=options.is_call
    )
    weight = np.exp(-0.25 * (k / (np.sqrt(years) * vol)) ** 2) + 0.01

    def residual(shape: Vector) -> Vector:
        return weight * (np.sqrt(svi_variance(raw_parameters(shape), k) / years) - vol)

    def jacobian(shape: Vector) -> Vector:
        variance = svi_variance(raw_parameters(shape), k)
        return (weight * 0.5 / np.sqrt(variance * years))[:, None] * shape_gradient(shape, k)

    start, bounds = start_and_bounds(k, vol**2 * years)
    fit = least_squares(
        residual, start, jacobian, bounds=bounds, x_scale="jac", max_nfev=200, ftol=1e-10
    )
    parameters = raw_parameters(fit.x)
    grid = np.linspace(float(k[0]), float(k[-1]), CHECK_POINTS)
    error = np.sqrt(svi_variance(parameters, k) / years) - vol
    return Smile(
        expiry=int(options.expiry[0]),
        years=years,
        forward=float(np.median(options.forward)),
        parameters=parameters,
        quoted=(float(k[0]), float(k[-1])),
        strikes=k.size,
        rmse_vol=float(np.sqrt(np.average(error**2, weights=weight**2))),
        butterfly=float(durrleman(parameters, grid).min()),
    )


def out_of_the_money(
    k: Vector, vol: Vector, *, is_call: NDArray[np.bool_]
) -> tuple[Vector, Vector]:
    """One vol per moneyness of one expiry, ascending, from the out-of-the-money side where it exists.

    Args:
        k: ln(K/F).
        vol: Decimal.
        is_call: True for calls.
    """
    inside = is_call != (k >= 0.0)
    order = np.lexsort((inside, k))
    distinct, first = np.unique(k[order], return_index=True)
    return distinct, vol[order][first]


def raw_parameters(shape: Vector) -> Vector:
    """Raw SVI a, b, ρ, m, s from the shape that is fitted: lowest variance, b, ρ, m, s.

    The lowest total variance is a + b·s·√(1 − ρ²); as a parameter of its own it can be kept positive.
    """
    lowest, b, rho, m, s = shape
    return np.array([lowest - b * s * np.sqrt(1.0 - rho * rho), b, rho, m, s])


def shape_gradient(shape: Vector, k: Vector) -> Vector:
    """∂w/∂(lowest, b, ρ, m, s), shape (n, 5)."""
    _lowest, b, rho, _m, s = shape
    root = np.sqrt(1.0 - rho * rho)
    gradient = svi_gradient(raw_parameters(shape), k)
    gradient[:, 1] -= s * root
    gradient[:, 2] += b * s * rho / root
    gradient[:, 4] -= b * root
    return gradient


def start_and_bounds(k: Vector, variance: Vector) -> tuple[Vector, tuple[Vector, Vector]]:
    """A first guess in the middle of the smile, and bounds that keep variance positive and ρ sane.

    b stays below Lee's moment bound of slope 2, and s away from a kink.
    """
    lowest = float(variance.min())
    width = max(float(np.sqrt(lowest)), 1e-4)
    span = max(float(np.ptp(k)), width)
    start = np.array([lowest, 0.5 * width, -0.1, float(k[np.argmin(variance)]), width])
    lower = np.array([1e-3 * lowest, 1e-8, -0.999, k[0] - span, 0.05 * width])
    upper = np.array([float(variance.max()) * 2.0, 2.0, 0.999, k[-1] + span, 10.0 * span])
    inset = 1e-9 * (upper - lower)  # the solver wants a start strictly inside
    return np.clip(start, lower + inset, upper - inset), (lower, upper)


def calendar_violations(smiles: list[Smile]) -> tuple[CalendarViolation, ...]:
    """Neighbouring expiries whose total variance falls somewhere on their common quoted range."""
    found: list[CalendarViolation] = []
    for near, far in pairwise(smiles):
        low, high = max(near.quoted[0], far.quoted[0]), min(near.quoted[1], far.quoted[1])
        if low >= high:
            continue
        grid = np.linspace(low, high, CHECK_POINTS)
        drop = svi_variance(near.parameters, grid) - svi_variance(far.parameters, grid)
        worst = int(np.argmax(drop))
        if drop[worst] > TOLERANCE * far.years:
            found.append(
                CalendarViolation(
                    near=near.expiry,
                    far=far.expiry,
                    moneyness=float(grid[worst]),
                    variance_drop=float(drop[worst]),
                )
            )
    return tuple(found)
