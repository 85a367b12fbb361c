"""Heston against QuantLib's semi-analytic prices; SVCJ against the paper's own recursion."""

import numpy as np
import pytest
import QuantLib as ql  # noqa: N813

from shortgamma.feedback.draws import Draws
from shortgamma.feedback.processes.heston import Heston
from shortgamma.feedback.processes.svcj import Svcj
from tests.feedback.processes.builders import HOUR_YEARS, moves_of, within

FELLER_HOLDS = Heston(vol=0.6, long_vol=0.7, reversion=8.0, vol_of_vol=1.5, correlation=-0.5)
FELLER_FAILS = Heston(vol=0.6, long_vol=0.5, reversion=4.0, vol_of_vol=3.0, correlation=0.3)


def quantlib_call(process, strike, days):
    today = ql.Date(1, 1, 2024)
    ql.Settings.instance().evaluationDate = today
    flat = ql.YieldTermStructureHandle(ql.FlatForward(today, 0.0, ql.Actual365Fixed()))
    model = ql.HestonModel(
        ql.HestonProcess(
            flat,
            flat,
            ql.QuoteHandle(ql.SimpleQuote(1.0)),
            process.vol**2,
            process.reversion,
            process.mean_vol**2,
            process.vol_of_vol,
            process.correlation,
        )
    )
    option = ql.VanillaOption(
        ql.PlainVanillaPayoff(ql.Option.Call, strike), ql.EuropeanExercise(today + days)
    )
    option.setPricingEngine(ql.AnalyticHestonEngine(model, 1e-10, 100_000))
    return option.NPV()


@pytest.mark.parametrize("process", [FELLER_HOLDS, FELLER_FAILS], ids=["feller", "no feller"])
def test_heston_prices_options_as_quantlib_does(process):
    moves = moves_of(process, years=1 / 365, steps=60, paths=200_000)
    price = np.exp(moves.sum(axis=0))
    for strike in (0.8, 1.0, 1.25):
        assert within(np.maximum(price - strike, 0.0), quantlib_call(process, strike, 60))


@pytest.mark.parametrize("process", [FELLER_HOLDS, FELLER_FAILS], ids=["feller", "no feller"])
@pytest.mark.parametrize("steps", [4, 200])
def test_hestons_variance_has_the_mean_and_variance_of_the_closed_form(process, steps):
    span, paths = 0.5, 100_000
    draws = Draws(seed=2, first_path=0, size=paths)
    state = process.start(draws, np.full(steps, span / steps))
    out = np.empty(paths)
    for step in range(steps):
        draws.step = step
        process.advance(state, draws, years=span / steps, out=out)
    kappa, xi, long, now = (
        process.reversion,
        process.vol_of_vol,
        process.mean_vol**2,
        process.vol**2,
    )
    fade = np.exp(-kappa * span)
    mean = long + (now - long) * fade
    spread = xi**2 / kappa * (now * (fade - fade**2) + 0.5 * long * (1.0 - fade) ** 2)
    assert state.variance.min() >= 0.0
    assert within(state.variance, mean)
    assert within((state.variance - mean) ** 2, spread)


@pytest.mark.parametrize("process", [FELLER_HOLDS, FELLER_FAILS], ids=["feller", "no feller"])
def test_hestons_first_year_realises_its_annual_vol(process):
    moves = moves_of(process, years=1 / 2920, steps=2_920, paths=3_000)
    assert within((moves**2).sum(axis=0), process.annual_vol**2)


def test_correlation_sets_the_sign_of_the_skew():
    def skew(correlation):
        process = Heston(vol=0.6, correlation=correlation, vol_of_vol=3.0)
        level = moves_of(process, years=1 / 365, steps=60, paths=40_000).sum(axis=0)
        centred = level - level.mean()
        return (centred**3).mean() / (centred**2).mean() ** 1.5

    assert skew(-0.7) < -0.3 < 0.3 < skew(0.7)


def paper_series(steps=400, paths=20_000):
    """The recursion as the paper writes it, a jump or none a day, after 100 days of running in."""
    rng = np.random.default_rng(12)
    p = Svcj()
    variance = np.full(paths, p.inflow / -p.reversion)
    series = np.empty((steps, paths))
    for day in range(-100, steps):
        e = rng.standard_normal(paths)
        n = p.correlation * e + (1.0 - p.correlation**2) ** 0.5 * rng.standard_normal(paths)
        jumps = rng.random(paths) < p.daily_intensity
        z = rng.exponential(p.variance_jump, paths)
        xi = rng.normal(p.jump_mean + p.jump_lean * z, p.jump_vol)
        root = np.sqrt(np.maximum(variance, 0.0))
        if day >= 0:
            series[day] = 0.042 + root * e + xi * jumps
        variance = p.inflow + (1.0 + p.reversion) * variance + p.vol_of_vol * root * n + z * jumps
    return series


def test_svcj_vols_are_those_of_the_papers_series():
    series = paper_series()
    process = Svcj()
    per_path = ((series - 0.042) ** 2).mean(axis=0)
    assert within(per_path, process.annual_vol_250**2)
    np.testing.assert_allclose(series.std(), process.annual_vol_250, rtol=2e-3)
    np.testing.assert_allclose(process.annual_vol_365**2 / process.annual_vol_250**2, 365 / 250)
    # (.0102 + .0515·.709)/.188 + .0515·[(−.0492 − .21·.709)² + 2.061² + (.21·.709)²], by hand
    assert round(process.annual_vol_250, 4) == 0.6859
    assert round(process.annual_vol_365, 4) == 0.8287


@pytest.mark.parametrize("per_day", [1, 24])
def test_svcj_keeps_its_mean_variance_whatever_the_step(per_day):
    process, paths, days = Svcj(), 20_000, 20
    years = 1 / 365 / per_day
    draws = Draws(seed=3, first_path=0, size=paths)
    state = process.start(draws, np.full(days * per_day, years))
    out = np.empty(paths)
    for step in range(days * per_day):
        draws.step = step
        process.advance(state, draws, years=years, out=out)
    assert within(state, process.mean_variance)


def test_svcj_jumps_come_together_and_lean_on_each_other():
    process = Svcj(jump_vol=0.0, jump_lean=-2.0, jump_mean=0.0, inflow=0.0, vol_of_vol=0.0)
    draws = Draws(seed=3, first_path=0, size=50_000)
    state = process.start(draws, np.array([HOUR_YEARS]))
    state[:] = 0.0
    out = np.empty(50_000)
    process.advance(state, draws, years=HOUR_YEARS, out=out)
    jumped = state > 0.0
    assert within(jumped.astype(float), 1.0 - np.exp(-0.0515 / 24))
    assert within(state[jumped], 0.709, errors=4.0)
    still = out[~jumped][0]
    np.testing.assert_allclose(out[jumped] - still, -2.0 * state[jumped] / 250**0.5, rtol=1e-9)
