"""SVI: recovery of known smiles, derivatives, arbitrage report, QuantLib as a second opinion."""

import numpy as np
import pytest
import QuantLib as ql  # noqa: N813
from hypothesis import given, settings
from hypothesis import strategies as st

from shortgamma.kernels.smile import durrleman, svi_gradient, svi_slopes, svi_variance
from shortgamma.market.surface import fit_surface
from tests.exposure.builders import series

PARAMETERS = np.array([0.01, 0.06, -0.3, 0.05, 0.15])
K = np.linspace(-0.5, 0.4, 31)


def smile_series(parameters, days, k=K, forward=100.0):
    vols = np.sqrt(svi_variance(parameters, k) / (days / 365.0))
    return series(forward * np.exp(k), days=days, vols=vols, is_call=k >= 0.0, forward=forward)


def joined(*parts):
    return series(
        np.concatenate([p.strike for p in parts]),
        days=np.concatenate([p.years for p in parts]) * 365.0,
        vols=np.concatenate([p.vol for p in parts]),
        is_call=np.concatenate([p.is_call for p in parts]),
        forward=np.concatenate([p.forward for p in parts]),
    )


@given(
    st.floats(0.001, 0.05),
    st.floats(0.02, 0.3),
    st.floats(-0.7, 0.7),
    st.floats(-0.1, 0.1),
    st.floats(0.05, 0.3),
)
@settings(max_examples=40, deadline=None)
def test_a_known_smile_is_recovered(a, b, rho, m, s):
    parameters = np.array([a, b, rho, m, s])
    smile = fit_surface(smile_series(parameters, 30.0)).smiles[0]
    exact = np.sqrt(svi_variance(parameters, K) / (30.0 / 365.0))
    assert smile.vol(K) == pytest.approx(exact, rel=2e-4)


def test_gradient_and_slopes_are_derivatives():
    step = 1e-6
    for i in range(5):
        up, down = PARAMETERS.copy(), PARAMETERS.copy()
        up[i] += step
        down[i] -= step
        numeric = (svi_variance(up, K) - svi_variance(down, K)) / (2 * step)
        assert svi_gradient(PARAMETERS, K)[:, i] == pytest.approx(numeric, abs=1e-8)
    first, second = svi_slopes(PARAMETERS, K)
    w = svi_variance
    assert first == pytest.approx(
        (w(PARAMETERS, K + step) - w(PARAMETERS, K - step)) / (2 * step), abs=1e-8
    )
    bend = (w(PARAMETERS, K + 1e-4) - 2 * w(PARAMETERS, K) + w(PARAMETERS, K - 1e-4)) / 1e-8
    assert second == pytest.approx(bend, rel=1e-3)


def test_durrleman_g_is_the_density_up_to_a_positive_factor():
    """Where g < 0 the second difference of call prices in strike is negative: a butterfly loses."""
    arbitrageable = np.array(
        [-0.041, 0.1331, 0.3060, 0.3586, 0.4153]
    )  # Gatheral & Jacquier, eq. 3.8
    k = np.linspace(-1.5, 1.5, 61)
    g = durrleman(arbitrageable, k)
    assert g.min() < 0.0

    def call(x):
        width = np.sqrt(svi_variance(arbitrageable, x))
        black = [
            ql.blackFormula(ql.Option.Call, float(np.exp(xi)), 1.0, float(wi))
            for xi, wi in zip(x, width, strict=True)
        ]
        return np.array(black)

    strikes, bump = np.exp(k), 1e-4
    up, middle, down = (call(np.log(strikes + d)) for d in (bump, 0.0, -bump))
    butterfly = up - 2.0 * middle + down
    clear = np.abs(g) > 0.02
    assert np.array_equal(np.sign(butterfly[clear]), np.sign(g[clear]))


def test_arbitrage_report_names_the_expiries():
    near, far = smile_series(PARAMETERS, 30.0), smile_series(PARAMETERS * [0.2, 0.2, 1, 1, 1], 60.0)
    surface = fit_surface(joined(near, far))
    assert len(surface.calendar) == 1
    violation = surface.calendar[0]
    assert (violation.near, violation.far) == tuple(s.expiry for s in surface.smiles)
    assert violation.variance_drop > 0.0
    assert (
        fit_surface(joined(near, smile_series(PARAMETERS * [2, 2, 1, 1, 1], 60.0))).calendar == ()
    )


def test_a_butterfly_arbitrage_is_reported():
    arbitrageable = np.array([-0.041, 0.1331, 0.3060, 0.3586, 0.4153])
    k = np.linspace(-1.5, 1.5, 61)
    surface = fit_surface(smile_series(arbitrageable, 365.0, k))
    assert len(surface.butterfly) == 1
    assert surface.smiles[0].butterfly < 0.0
    assert fit_surface(smile_series(PARAMETERS, 30.0)).butterfly == ()


def test_too_few_strikes_are_reported_not_fitted():
    surface = fit_surface(smile_series(PARAMETERS, 30.0, np.array([-0.1, 0.0, 0.1])))
    assert surface.smiles == ()
    assert len(surface.unfitted) == 1


def test_quantlib_fits_no_better():
    """On a noisy smile our weighted error is at most that of QuantLib's own SVI calibration."""
    rng = np.random.default_rng(4)
    clean = smile_series(PARAMETERS, 30.0)
    noisy = series(
        clean.strike,
        days=30.0,
        vols=clean.vol * (1.0 + 0.01 * rng.normal(size=K.size)),
        is_call=clean.is_call,
    )
    smile = fit_surface(noisy).smiles[0]
    today = ql.Date(15, 1, 2026)
    ql.Settings.instance().evaluationDate = today
    section = ql.SviInterpolatedSmileSection(
        today + 30, 100.0, list(noisy.strike), False, float(noisy.vol[15]), list(noisy.vol),
        *(0.01, 0.06, 0.15, -0.3, 0.05), False, False, False, False, False,
    )  # fmt: skip
    theirs = np.array([section.volatility(float(x)) for x in noisy.strike])
    weight = np.exp(-0.25 * (K / (np.sqrt(30 / 365) * noisy.vol)) ** 2) + 0.01

    def error(vols):
        return np.sqrt(np.average((vols - noisy.vol) ** 2, weights=weight**2))

    assert error(smile.vol(K)) <= error(theirs) * 1.02
    assert smile.rmse_vol == pytest.approx(error(smile.vol(K)), rel=1e-9)
