"""Peak gammas: the design page's table, closed forms, bounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.protocols.structured.averaging import TwapCall, twap_gamma_bound
from shortgamma.protocols.structured.catalogue import MAKERS, product_named
from shortgamma.protocols.structured.cppi import Cppi
from shortgamma.protocols.structured.european import Vanilla
from shortgamma.protocols.structured.peaks import cash_gamma, peak_gamma
from tests.protocols.structured.products import DAY, K

HOURS = (168.0, 24.0, 1.0)
PAGE = {
    "vanilla": (72.0, 190.0, 934.0),
    "call-spread": (41.5, 197.0, 1027.0),
    "twap-call": (76.0, 330.0, 67.0),
    "everlasting": (128.0, 128.0, 128.0),
}
"""Of the design page: S = K = 2000, vol 80 %, USD per 1 % at 7 d, 24 h, 1 h."""


def peak(name, hours, **terms):
    product = product_named(name, strike=K, days=7.0, **terms)
    return peak_gamma(product, hours / 24 * DAY, vol=0.8, centre=K)


@pytest.mark.parametrize("name", PAGE)
def test_the_table_of_the_design_page(name):
    found = [peak(name, hours).size for hours in HOURS]
    np.testing.assert_allclose(found, PAGE[name], rtol=0.01)


@given(hours=st.floats(0.2, 2_000.0), vol=st.floats(0.2, 2.0), strike=st.floats(10.0, 1e5))
def test_a_vanillas_peak_is_its_strike_times_a_density(hours, vol, strike):
    years = hours / 24 * DAY
    width = vol * years**0.5
    if width > 1.0:
        return
    found = peak_gamma(Vanilla(strike=strike), years, vol=vol, centre=strike)
    assert found.size == pytest.approx(strike / (np.sqrt(2 * np.pi) * width) / 100.0, rel=1e-6)
    assert found.spot == pytest.approx(strike * np.exp(0.5 * width**2), rel=3e-3)


def test_the_bound_of_an_average_is_its_formula_and_is_reached_as_the_window_opens():
    bound = twap_gamma_bound(K, vol=0.8, window=DAY)
    exact = np.sqrt(3.0) * np.exp(0.0) / np.sqrt(2 * np.pi) / (K * 0.8 * np.sqrt(DAY))
    assert bound == pytest.approx(exact, rel=1e-9)
    assert peak("twap-call", 24.0).size == pytest.approx(bound * K**2 / 100.0, rel=1e-7)


@given(hours=st.floats(0.05, 500.0), spot=st.floats(1_200.0, 3_400.0), window=st.floats(1.0, 100.0))
def test_no_gamma_of_a_pinned_average_beyond_the_bound(hours, spot, window):
    product = TwapCall(strike=K, hours=window)
    found = cash_gamma(product, np.array([spot]), years=hours / 24 * DAY, vol=0.8)
    bound = twap_gamma_bound(max(spot, K), vol=0.8, window=window / 24 * DAY) * max(spot, K) ** 2
    # deep in the money the delta itself melts away: a small gamma of the other sign
    assert -0.25 * spot / 100.0 - 1e-9 <= found[0] <= bound / 100.0 * (1.0 + 1e-9)


def test_an_average_loses_its_gamma_towards_expiry_where_a_vanilla_gains_it():
    averages = [peak("twap-call", hours).size for hours in (24.0, 12.0, 3.0, 0.5)]
    assert averages == sorted(averages, reverse=True)
    vanillas = [peak("vanilla", hours).size for hours in (24.0, 12.0, 3.0, 0.5)]
    assert vanillas == sorted(vanillas)


def test_the_everlasting_gamma_at_the_strike_is_its_formula():
    variance = 0.8**2 * 7 * DAY
    u = np.sqrt(1.0 + 8.0 / variance)
    found = peak("everlasting", 1.0)
    assert found.size == pytest.approx(2.0 / (variance * u * K) * K**2 / 100.0, rel=1e-9)
    assert found.spot == pytest.approx(K, rel=1e-6)


def test_signs_that_flip():
    for name in ("call-spread", "digital", "range", "gap", "up-and-out", "autocall"):
        found = peak(name, 24.0)
        assert found.lowest < -10.0 < 10.0 < found.highest, name
    for name in ("vanilla", "everlasting", "power", "variance-swap", "down-and-out", "cppi"):
        assert peak(name, 24.0).lowest >= 0.0, name


def test_a_cppi_buys_rises_by_its_multiplier():
    """m(m − 1)·cushion/100; nothing for a fund that is held, the other way round below 1."""
    spot = np.array([K])
    for multiplier in (0.5, 1.0, 3.0):
        fund = Cppi(entry=K, floor=0.8, multiplier=multiplier, days=7.0)
        found = cash_gamma(fund, spot, years=7 * DAY, vol=0.8)[0]
        assert found == pytest.approx(multiplier * (multiplier - 1.0) * 0.2 * K / 100.0, abs=1e-12)


def test_products_are_refused_in_words():
    with pytest.raises(InputError, match="no product is called 'vanila'"):
        product_named("vanila", strike=K, days=7.0)
    with pytest.raises(InputError, match="has no 'capp'"):
        product_named("call-spread", strike=K, days=7.0, capp=1.0)
    with pytest.raises(InputError, match="cap 1900 is not above strike 2000"):
        product_named("call-spread", strike=K, days=7.0, cap=1_900.0)
    for name in MAKERS:
        with pytest.raises(InputError):
            product_named(name, strike=-1.0, days=7.0)


def test_every_product_of_the_catalogue_says_its_name():
    for name in MAKERS:
        assert product_named(name, strike=K, days=7.0).name == name
