"""Closed forms against quadrature, linear equations and simulations that know nothing of them."""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.linalg import solve_banded
from scipy.special import ndtr

from shortgamma.basics.errors import InputError
from shortgamma.hedging import theory
from shortgamma.hedging.bands import HedgingProblem
from shortgamma.hedging.policies import DeltaBand, FixedInterval
from tests.hedging.builders import wander

PROBLEM = HedgingProblem(spot=100.0, vol=0.5, gamma=-0.02, risk_aversion=1e-3, cost=2e-3)
UNIT = HedgingProblem(spot=1.0, vol=1.0, gamma=1.0, risk_aversion=1.0, cost=1.0)  # ν = c·S = 1


def call(spot, strike, left, vol):
    """Price and delta of a call at zero rates."""
    width = vol * np.sqrt(left)
    d1 = np.log(spot / strike) / width + 0.5 * width
    return spot * ndtr(d1) - strike * ndtr(d1 - width), ndtr(d1)


@pytest.mark.parametrize(("vol", "years", "strike"), [(0.2, 0.25, 100.0), (0.8, 1.0, 130.0)])
def test_hedging_error_is_the_double_integral_of_its_definition(vol, years, strike):
    """Over normal z and over u, t = T·(1 − u²): the gamma of the last moment becomes finite."""

    def integrand(z, u):
        t = years * (1.0 - u * u)
        spot = 100.0 * np.exp(vol * np.sqrt(t) * z - 0.5 * vol * vol * t)
        width = vol * np.sqrt(years) * u
        d1 = np.log(spot / strike) / width + 0.5 * width
        gamma = np.exp(-0.5 * d1 * d1) / np.sqrt(2 * np.pi) / (spot * width)
        density = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
        return (vol * vol * spot * spot * gamma) ** 2 * density * 2.0 * years * u

    def at(u):
        """Over z, around the narrow peak where the price is at the strike."""
        root = vol * np.sqrt(years * (1.0 - u * u))
        peak = (np.log(strike / 100.0) + 0.5 * root * root) / root
        reach = 10.0 * u / np.sqrt(1.0 - u * u)
        low, high = max(peak - reach, -9.0), min(peak + reach, 9.0)
        return quad(integrand, low, high, args=(u,), epsrel=1e-9)[0] if low < high else 0.0

    integral = quad(at, 0.0, 1.0, epsrel=1e-8, limit=200)[0]
    g = theory.hedging_error_coefficient(vol, years, strike=strike)
    assert g**2 == pytest.approx(0.5 * years * integral, rel=1e-6)


def test_hedging_error_is_that_of_simulated_hedges():
    vol, years, hedges, paths = 0.3, 0.25, 120, 20_000
    rng = np.random.default_rng(1)
    step = years / hedges
    spot = np.full(paths, 100.0)
    wealth = call(spot, 100.0, years, vol)[0]
    for k in range(hedges):
        delta = call(spot, 100.0, years - k * step, vol)[1]
        moved = spot * np.exp(
            vol * np.sqrt(step) * rng.standard_normal(paths) - 0.5 * vol**2 * step
        )
        wealth += delta * (moved - spot)
        spot = moved
    square = (wealth - np.maximum(spot - 100.0, 0.0)) ** 2
    error = square.std() / np.sqrt(paths)
    expected = theory.hedging_error(vol, years, hedges=hedges) ** 2
    # The next term is of order 1/N: some 2 % of the variance here.
    assert square.mean() == pytest.approx(expected, abs=4 * error + 0.03 * expected)
    assert error < 0.02 * expected


def test_one_step_figures_are_moments_of_z_squared_less_one():
    with mpmath.workdps(30):

        def moment(n):
            return mpmath.quad(
                lambda z: (z * z - 1) ** n * mpmath.npdf(z), [-mpmath.inf, 0, mpmath.inf]
            )

        variance = moment(2)
        loss = 2 * mpmath.quad(mpmath.npdf, [1, mpmath.inf])
        step = theory.one_step()
        assert step.loss_probability == pytest.approx(float(loss), rel=1e-15)
        assert step.skew == pytest.approx(float(moment(3) / variance**1.5), rel=1e-14)
        assert step.excess_kurtosis == pytest.approx(float(moment(4) / variance**2 - 3), rel=1e-14)


def test_leland_worked_example():
    """σ 0.2, T 0.25, N 63, k 1 %: σ̂ 0.2556 and 1.1073 on S = K = 100."""
    assert float(theory.leland_vol(0.2, cost=0.01, interval=0.25 / 63)) == pytest.approx(
        0.2556, abs=5e-5
    )
    assert theory.leland_cost(0.2, 0.25, hedges=63, cost=0.01) == pytest.approx(1.1073, abs=5e-5)


@given(st.floats(0.1, 2.0), st.floats(1e-5, 1e-2), st.floats(1e-4, 0.1))
def test_leland_gives_to_the_short_what_it_takes_from_the_long(vol, cost, interval):
    short = theory.leland_vol(vol, cost=cost, interval=interval)
    long = theory.leland_vol(vol, cost=cost, interval=interval, position="long")
    number = np.sqrt(2 / np.pi) * cost / (vol * np.sqrt(interval))
    if number < 1.0:
        assert short**2 + long**2 == pytest.approx(2 * vol * vol)
        assert short > vol > long
    else:
        assert np.isnan(long)


def test_leland_cost_is_that_of_simulated_hedges():
    """Half of the round trip on every re-hedge; delta at the Leland vol; the first purchase is free."""
    vol, years, hedges, cost, paths = 0.2, 0.25, 63, 0.01, 40_000
    rng = np.random.default_rng(2)
    step = years / hedges
    high = float(theory.leland_vol(vol, cost=cost, interval=step))
    spot = np.full(paths, 100.0)
    held, paid = call(spot, 100.0, years, high)[1], np.zeros(paths)
    for k in range(1, hedges):
        spot *= np.exp(vol * np.sqrt(step) * rng.standard_normal(paths) - 0.5 * vol**2 * step)
        delta = call(spot, 100.0, years - k * step, high)[1]
        paid += 0.5 * cost * spot * np.abs(delta - held)
        held = delta
    expected = theory.leland_cost(vol, years, hedges=hedges, cost=cost)
    error = paid.std() / np.sqrt(paths)
    assert paid.mean() == pytest.approx(expected, abs=4 * error + 0.04 * expected)


STEPS_A_BAND = 50  # a normal step of H/50 carries the hedge some 1 % beyond its band
YEAR = 1.0 / STEPS_A_BAND**2


@pytest.mark.parametrize(
    ("name", "policy"),
    [
        ("edge", DeltaBand(width=1.0)),
        ("centre", DeltaBand(width=1.0, landing="centre")),
        ("interval", FixedInterval.of_years(500 * YEAR)),
    ],
)
def test_cost_rates_are_those_of_simulated_policies(name, policy):
    square, traded, _count = wander(
        policy, problem=UNIT, steps=9_500, paths=4_000, step_years=YEAR, seed=9, burn=2_000
    )
    expected = theory.policy_cost_rate(
        name, cost=1.0, spot=1.0, delta_vol=1.0, residual=float(square.mean())
    )
    error = traded.std() / np.sqrt(traded.size)
    assert traded.mean() == pytest.approx(expected, abs=3 * error + 0.015 * expected)
    assert error < 0.012 * expected


def test_cost_rates_published_in_the_table_of_laws():
    table = {"edge": 0.2887, "centre": 0.4082, "interval": 0.5642}
    assert {name: round(rate, 4) for name, rate in theory.COST_RATES.items()} == table


@given(st.floats(0.2, 5.0))
def test_whalley_wilmott_rate_is_lowest_at_its_band(multiple):
    best = theory.whalley_wilmott_rate(PROBLEM, 1.0)
    assert theory.whalley_wilmott_rate(PROBLEM, multiple) >= best
    # risk grows as the square, cost falls as the inverse, and at the band risk is a third of the whole
    assert theory.whalley_wilmott_rate(PROBLEM, multiple) == pytest.approx(
        best * (multiple**2 + 2.0 / multiple) / 3.0
    )


def test_whalley_wilmott_rate_by_hand():
    """H = (1.5·0.002·100·0.0004/0.001)^⅓ = 0.4932; (a/2)(σS)²H²/3 + cSν²/2H with ν = 1."""
    band = 0.12 ** (1 / 3)
    risk = 0.0005 * 2500.0 * band**2 / 3.0
    assert theory.whalley_wilmott_rate(PROBLEM, 1.0) == pytest.approx(risk + 0.2 / (2.0 * band))


def test_almgren_chriss_kappa_is_that_of_the_least_cost_schedule():
    """The best schedule from its linear equations: −x(k−1) + (2 + λσ²τ²/η̃)·x(k) − x(k+1) = 0."""
    eta, gamma, aversion, vol, tau, trades = 2.5e-6, 2.5e-7, 2e-6, 0.95, 0.5, 40
    kappa = theory.almgren_chriss_kappa(
        eta=eta, gamma=gamma, risk_aversion=aversion, vol=vol, tau=tau
    )
    # Σ λσ²τx² + Σ (η − γτ/2)/τ·(x(k−1) − x(k))², all sold at the end
    weight = (eta - 0.5 * gamma * tau) / tau
    bands = np.full((3, trades - 1), -weight)
    bands[1] = 2.0 * weight + aversion * vol**2 * tau
    right = np.zeros(trades - 1)
    right[0] = weight
    holdings = solve_banded((1, 1), bands, right)
    times = tau * np.arange(1, trades)
    total = tau * trades
    np.testing.assert_allclose(
        holdings, np.sinh(kappa * (total - times)) / np.sinh(kappa * total), rtol=1e-9
    )


def test_almgren_chriss_kappa_of_the_published_example():
    """η 2.5e-6, γ 2.5e-7, λ 1e-6, σ 0.95, τ one day: κ about 0.61 per day (Almgren and Chriss 2001)."""
    kappa = theory.almgren_chriss_kappa(
        eta=2.5e-6, gamma=2.5e-7, risk_aversion=1e-6, vol=0.95, tau=1.0
    )
    assert kappa == pytest.approx(0.61, abs=0.005)


@given(st.floats(1e-9, 10.0), st.floats(1e-3, 10.0))
def test_kappa_is_the_arccosh_of_its_definition(aversion, tau):
    eta, gamma, vol = 3.0, 0.2, 1.5
    kappa = theory.almgren_chriss_kappa(
        eta=eta, gamma=gamma, risk_aversion=aversion, vol=vol, tau=tau
    )
    with mpmath.workdps(40):
        squared = mpmath.mpf(aversion) * vol**2 / (eta * (1 - mpmath.mpf(gamma) * tau / (2 * eta)))
        exact = mpmath.acosh(1 + squared * mpmath.mpf(tau) ** 2 / 2) / tau
    assert kappa == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: theory.hedging_error(0.2, 0.25, hedges=0),
        lambda: theory.hedging_error_coefficient(0.0, 0.25),
        lambda: theory.leland_cost(0.2, 0.25, hedges=10, cost=-0.1),
        lambda: theory.whalley_wilmott_rate(UNIT, 0.0),
        lambda: theory.almgren_chriss_kappa(
            eta=0.1, gamma=1.0, risk_aversion=1.0, vol=1.0, tau=1.0
        ),
    ],
)
def test_parameters_outside_their_range_are_refused(wrong):
    with pytest.raises(InputError) as caught:
        wrong()
    assert caught.value.remedy
