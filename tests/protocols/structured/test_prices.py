"""Values against QuantLib, mpmath and simulated payoffs."""

from dataclasses import replace

import mpmath as mp
import numpy as np
import pytest
import QuantLib as ql  # noqa: N813

from shortgamma.basics.errors import InputError
from shortgamma.protocols.structured.averaging import TwapCall
from shortgamma.protocols.structured.barrier import Autocall, DownAndOut, UpAndOut
from shortgamma.protocols.structured.european import Digital, Gap, Vanilla
from shortgamma.protocols.structured.perpetuals import Everlasting, PowerPerpetual
from tests.protocols.structured.products import DAY, EXPIRING, K, named

DAYS = 73
YEARS = DAYS / 365.0
VOL = 0.8


def process(spot):
    today = ql.Date(1, 1, 2025)
    ql.Settings.instance().evaluationDate = today
    flat = ql.YieldTermStructureHandle(ql.FlatForward(today, 0.0, ql.Actual365Fixed()))
    vol = ql.BlackVolTermStructureHandle(
        ql.BlackConstantVol(today, ql.NullCalendar(), VOL, ql.Actual365Fixed())
    )
    market = ql.BlackScholesMertonProcess(ql.QuoteHandle(ql.SimpleQuote(spot)), flat, flat, vol)
    return market, ql.EuropeanExercise(today + DAYS)


def one(product, spot):
    found = product.greeks(np.array([spot]), YEARS, vol=VOL)
    return [float(np.asarray(part)[0]) for part in (found.value_usd, found.delta, found.gamma)]


@pytest.mark.parametrize("spot", [1_750.0, 2_000.0, 2_350.0])
@pytest.mark.parametrize(
    ("product", "kind", "barrier"),
    [
        (UpAndOut(strike=K, barrier=2_500.0), ql.Barrier.UpOut, 2_500.0),
        (DownAndOut(strike=K, barrier=1_700.0), ql.Barrier.DownOut, 1_700.0),
        (DownAndOut(strike=1_500.0, barrier=1_700.0), ql.Barrier.DownOut, 1_700.0),
    ],
)
def test_knock_out_calls_are_those_of_reiner_and_rubinstein(product, kind, barrier, spot):
    market, exercise = process(spot)
    payoff = ql.PlainVanillaPayoff(ql.Option.Call, product.strike)
    option = ql.BarrierOption(kind, barrier, 0.0, payoff, exercise)
    option.setPricingEngine(ql.AnalyticBarrierEngine(market))
    assert one(product, spot)[0] == pytest.approx(option.NPV(), rel=1e-9)


@pytest.mark.parametrize("spot", [1_750.0, 2_000.0, 2_350.0])
def test_european_payoffs_are_those_of_quantlib(spot):
    market, exercise = process(spot)
    engine = ql.AnalyticEuropeanEngine(market)
    cases = {
        Vanilla(strike=K): ql.PlainVanillaPayoff(ql.Option.Call, K),
        Digital(level=K, pays=150.0): ql.CashOrNothingPayoff(ql.Option.Call, K, 150.0),
        Gap(strike=K, trigger=2_100.0): ql.GapPayoff(ql.Option.Call, 2_100.0, K),
    }
    for product, payoff in cases.items():
        option = ql.EuropeanOption(payoff, exercise)
        option.setPricingEngine(engine)
        wanted = [option.NPV(), option.delta(), option.gamma()]
        np.testing.assert_allclose(one(product, spot), wanted, rtol=1e-9)


@pytest.mark.parametrize("spot", [1_750.0, 2_000.0, 2_350.0])
def test_an_average_over_the_whole_life_is_quantlibs_continuous_geometric_one(spot):
    market, exercise = process(spot)
    payoff = ql.PlainVanillaPayoff(ql.Option.Call, K)
    option = ql.ContinuousAveragingAsianOption(ql.Average.Geometric, payoff, exercise)
    option.setPricingEngine(ql.AnalyticContinuousGeometricAveragePriceAsianEngine(market))
    value, delta, gamma = one(TwapCall(strike=K, hours=24.0 * DAYS), spot)
    assert value == pytest.approx(option.NPV(), rel=1e-9)
    assert delta == pytest.approx(option.delta(), rel=1e-9)
    assert gamma == pytest.approx(option.gamma(), rel=1e-9)


def average_call(spot, tau, fixed):
    """Black's call on a lognormal mean over a day's window, its moments as integrals, in mpmath."""
    vol, window = mp.mpf("0.8"), mp.mpf(1) / 365
    start = max(tau - window, 0)
    mean = fixed + mp.quad(lambda s: (mp.log(spot) - vol**2 * s / 2) / window, [start, tau])
    variance = vol**2 * mp.quad(lambda s: ((tau - max(s, start)) / window) ** 2, [0, start, tau])
    forward, width = mp.exp(mean + variance / 2), mp.sqrt(variance)
    d1 = mp.log(forward / 2000) / width + width / 2
    return forward * mp.ncdf(d1) - 2000 * mp.ncdf(d1 - width)


@pytest.mark.parametrize("spot", [1_800.0, 2_000.0, 2_100.0])
@pytest.mark.parametrize(("days", "gone"), [("7", "0"), ("0.25", "0.75"), ("0.9", "0.1")])
def test_an_average_is_blacks_on_a_lognormal_mean_before_and_inside_its_window(spot, days, gone):
    with mp.workdps(30):
        tau, fixed = mp.mpf(days) / 365, mp.mpf(gone) * mp.log(2050)
        wanted = float(average_call(spot, tau, fixed))
    memory = np.array([[float(fixed)]])
    found = TwapCall(strike=K).greeks(np.array([spot]), float(tau), vol=0.8, memory=memory)
    assert float(np.asarray(found.value_usd)[0]) == pytest.approx(wanted, rel=1e-9)


def test_an_everlasting_option_is_one_of_an_exponential_life():
    """∫ e^{−t/T}/T · Black(t) dt, in mpmath."""
    with mp.workdps(25):
        for spot in (1_700, 2_000, 2_300):
            vol, period = mp.mpf("0.8"), mp.mpf(7) / 365

            def call(years, spot=spot, vol=vol):
                width = vol * mp.sqrt(years)
                d1 = mp.log(mp.mpf(spot) / 2000) / width + width / 2
                return spot * mp.ncdf(d1) - 2000 * mp.ncdf(d1 - width)

            cuts = [mp.mpf(0), period / 100, period / 10, period, 4 * period, 60 * period]
            wanted = mp.quad(
                lambda t, call=call, period=period: mp.exp(-t / period) / period * call(t), cuts
            )
            found = one(Everlasting(strike=K), float(spot))[0]
            assert found == pytest.approx(float(wanted), rel=1e-9)


def test_a_power_perpetual_is_the_basket_of_halves():
    """Σ 2^{−i}·S^p·e^{ihf}."""
    product = PowerPerpetual(strike=K, power=2.0, funding_hours=24.0, rate=0.03)
    growth = 1.0 * (0.03 + 0.8**2)
    basket = sum(0.5**i * np.exp(i * growth * DAY) for i in range(1, 200))
    value = product.greeks(np.array([2_200.0]), 1.0, vol=0.8).value_usd
    np.testing.assert_allclose(value, 2_200.0**2 / K * basket, rtol=1e-12)


def test_a_power_perpetual_without_a_finite_value_is_refused():
    with pytest.raises(InputError, match="funding every 17520 h"):
        PowerPerpetual(strike=K, power=2.0, funding_hours=17_520.0).greeks(
            np.array([K]), 1.0, vol=0.8
        )


def test_an_autocall_that_cannot_fall_is_notional_and_coupon_by_the_chance_of_a_touch():
    """Protection at nothing: notional·(1 + coupon·P(touch)), P by the reflection of a martingale."""
    product = Autocall(entry=K, call_level=2_150.0, protection=1e-6, coupon=0.03, notional=K)
    spot, width = 2_000.0, VOL * YEARS**0.5
    x = np.log(spot / 2_150.0)
    d = (x - 0.5 * width**2) / width
    touched = mp.ncdf(d) + spot / 2_150.0 * mp.ncdf((x + 0.5 * width**2) / width)
    assert one(product, spot)[0] == pytest.approx(K * (1.0 + 0.03 * float(touched)), rel=1e-9)


def seen_at_steps(product, width):
    """The product whose closed form is that of the same one with its barrier seen at steps only.

    Source: M. Broadie, P. Glasserman, S. Kou (1997), doi:10.1111/1467-9965.00035: the barrier moves away by
    0.5826·σ√dt.
    """
    shift = np.exp(0.5826 * width)
    if isinstance(product, UpAndOut):
        return replace(product, barrier=product.barrier * shift)
    if isinstance(product, DownAndOut):
        return replace(product, barrier=product.barrier / shift)
    if isinstance(product, Autocall):
        return replace(product, call_level=product.call_level * shift)
    return product


@pytest.mark.parametrize("product", EXPIRING, ids=named)
def test_the_value_is_the_mean_of_what_is_paid(product):
    """Simulated paths, remembered step by step."""
    rng = np.random.default_rng(5)
    paths, steps, years, vol = 20_000, 280, 7 * DAY, 0.8
    spot = np.full(paths, 2_060.0)
    memory = product.start(spot)
    step = years / steps
    alike = seen_at_steps(product, vol * step**0.5)
    found = alike.greeks(spot[:1], years, vol=vol, memory=memory[:, :1])
    for index in range(steps):
        moved = spot * np.exp(-0.5 * vol**2 * step + vol * step**0.5 * rng.standard_normal(paths))
        left = years - index * step
        memory = product.remember(memory, (spot, moved), years=(left, years - (index + 1) * step))
        spot = moved
    paid = product.settlement(spot, memory, vol=vol)
    error = paid.std() / paths**0.5
    assert abs(paid.mean() - np.asarray(found.value_usd)[0]) < 4.0 * error + 1e-9
