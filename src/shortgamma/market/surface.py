"""The volatility surface: one SVI smile per expiry, with a report of what could be arbitraged.

The fit is a least-squares problem in vol, weighted by vega so that the strikes that carry gamma decide,
with the analytic Jacobian. It is free, not forced to be free of arbitrage: a violation that the market
shows is reported, not smoothed away.
"""

from dataclasses import dataclass

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
        return np.sqrt(np.maximum(svi_variance(self.parameters, k), 1e-12) / self.years)


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
    """SVI of one expiry by weighted least squares in vol."""
    years = float(options.years[0])
    forward = float(np.median(options.forward))
    k = np.log(options.strike / forward)
    width = np.sqrt(years) * options.vol
    weight = np.exp(-0.25 * (k / width) ** 2) + 0.01
    low, high = float(k.min()), float(k.max())

    def residual(parameters: Vector) -> Vector:
        variance = np.maximum(svi_variance(parameters, k), 1e-12)
        return weight * (np.sqrt(variance / years) - options.vol)

    def jacobian(parameters: Vector) -> Vector:
        variance = np.maximum(svi_variance(parameters, k), 1e-12)
        return (weight * 0.5 / np.sqrt(variance * years))[:, None] * svi_gradient(parameters, k)

    start, bounds = start_and_bounds(k, options.vol**2 * years)
    fit = least_squares(
        residual, start, jacobian, bounds=bounds, x_scale="jac", max_nfev=200, ftol=1e-10
    )
    parameters: Vector = fit.x
    grid = np.linspace(low, high, CHECK_POINTS)
    error = np.sqrt(np.maximum(svi_variance(parameters, k), 1e-12) / years) - options.vol
    return Smile(
        expiry=int(options.expiry[0]),
        years=years,
        forward=forward,
        parameters=parameters,
        quoted=(low, high),
        strikes=len(options),
        rmse_vol=float(np.sqrt(np.average(error**2, weights=weight**2))),
        butterfly=float(durrleman(parameters, grid).min()),
    )


def start_and_bounds(k: Vector, variance: Vector) -> tuple[Vector, tuple[Vector, Vector]]:
    """A first guess in the middle of the smile, and bounds that keep variance positive and ρ sane.

    b stays below Lee's moment bound of slope 2 and s away from a kink.
    """
    width = max(float(np.sqrt(variance.min())), 1e-4)
    lowest = float(variance.min())
    middle = float(k[np.argmin(variance)])
    start = np.array([0.5 * lowest, 0.5 * width, -0.1, middle, width])
    span = max(float(np.ptp(k)), width)
    lower = np.array([-float(variance.max()), 1e-8, -0.999, k.min() - span, 1e-3 * width])
    upper = np.array([float(variance.max()) * 2.0, 2.0, 0.999, k.max() + span, 10.0 * span])
    return np.clip(start, lower + 1e-12, upper - 1e-12), (lower, upper)


def calendar_violations(smiles: list[Smile]) -> tuple[CalendarViolation, ...]:
    """Neighbouring expiries whose total variance falls somewhere on their common quoted range."""
    found: list[CalendarViolation] = []
    for near, far in zip(smiles[:-1], smiles[1:], strict=True):
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
