"""Black-76 against figures that somebody else published or computed.

Haug: E. G. Haug, "The Complete Guide to Option Pricing Formulas" (1998), pages 2-8, 11-16, 24, in the
transcription of QuantLib's test-suite/europeanoption.cpp. Hull: J. C. Hull, "Options, Futures, and Other
Derivatives", the examples of Black's model and of the Greek letters. Both quote options on spot S with
carry b: there F = S·e^(bT), and a spot derivative is a forward derivative times ∂F/∂S = e^(bT).
"""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
import QuantLib as ql  # noqa: N813  (its own documentation's alias)
from mpmath import mpf

from shortgamma.kernels.black import Greek
from tests.kernels.exact import Option, natural_scales
from tests.kernels.samples import greeks, greeks_of, random_options, solve_one
from tools import make_golden

GOLDEN = Path(__file__).with_name("golden_black.csv")
CALL, PUT = 1.0, -1.0
HAUG_PRICES = [  # sign, strike, spot, dividend yield, rate, years, vol, price
    (CALL, 65.0, 60.0, 0.00, 0.08, 0.25, 0.30, 2.1334),
    (PUT, 95.0, 100.0, 0.05, 0.10, 0.50, 0.20, 2.4648),
    (PUT, 19.0, 19.0, 0.10, 0.10, 0.75, 0.28, 1.7011),
    (CALL, 19.0, 19.0, 0.10, 0.10, 0.75, 0.28, 1.7011),
    (CALL, 1.60, 1.56, 0.08, 0.06, 0.50, 0.12, 0.0291),
    (PUT, 70.0, 75.0, 0.05, 0.10, 0.50, 0.35, 4.0870),
    (CALL, 100.0, 90.0, 0.10, 0.10, 0.10, 0.15, 0.0205),
    (CALL, 100.0, 110.0, 0.10, 0.10, 0.10, 0.25, 10.3556),
    (CALL, 100.0, 100.0, 0.10, 0.10, 0.50, 0.35, 9.3679),
    (PUT, 100.0, 90.0, 0.10, 0.10, 0.10, 0.15, 9.9210),
    (PUT, 100.0, 110.0, 0.10, 0.10, 0.10, 0.35, 1.2376),
    (PUT, 100.0, 90.0, 0.10, 0.10, 0.50, 0.35, 14.4452),
]


def on_spot(sign, strike, spot, dividend, rate, years, vol):
    """The option on the forward, and ∂F/∂S."""
    growth = math.exp((rate - dividend) * years)
    return Option(spot * growth, strike, years, vol, rate, sign), growth


@pytest.mark.parametrize("row", HAUG_PRICES)
def test_prices_of_haug(row):
    *terms, expected = row
    option, _growth = on_spot(*terms)
    assert greeks_of(option)[Greek.PRICE] == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(("sign", "expected"), [(CALL, 0.5946), (PUT, -0.3566)])
def test_futures_option_deltas_of_haug(sign, expected):
    found = greeks_of(Option(105.0, 100.0, 0.5, 0.36, 0.10, sign))
    assert found[Greek.DELTA] == pytest.approx(expected, abs=5e-5)


def test_futures_option_elasticity_of_haug():
    found = greeks_of(Option(105.0, 100.0, 0.5, 0.36, 0.10, PUT))
    assert found[Greek.DELTA] * 105.0 / found[Greek.PRICE] == pytest.approx(-4.8775, abs=5e-5)


def test_gamma_and_vega_of_haug():
    option, growth = on_spot(CALL, 60.0, 55.0, 0.0, 0.10, 0.75, 0.30)
    found = greeks_of(option)
    assert found[Greek.GAMMA] * growth**2 == pytest.approx(0.0278, abs=5e-5)
    assert found[Greek.VEGA] == pytest.approx(18.9358, abs=5e-5)


def test_theta_of_haug():
    option, _growth = on_spot(PUT, 405.0, 430.0, 0.05, 0.07, 1.0 / 12.0, 0.20)
    found = greeks_of(option)
    # with spot held, the forward loses b·F a year
    theta = found[Greek.THETA] - (0.07 - 0.05) * option.forward * found[Greek.DELTA]
    assert theta == pytest.approx(-31.1924, abs=5e-5)
    assert theta / 365.0 == pytest.approx(-0.0855, abs=5e-5)


def test_put_on_crude_futures_of_hull():
    found = greeks_of(Option(20.0, 20.0, 4.0 / 12.0, 0.25, 0.09, PUT))
    assert found[Greek.PRICE] == pytest.approx(1.12, abs=5e-3)


def test_greek_letters_of_hull():
    option, growth = on_spot(CALL, 50.0, 49.0, 0.0, 0.05, 0.3846, 0.20)
    found = greeks_of(option)
    theta = found[Greek.THETA] - 0.05 * option.forward * found[Greek.DELTA]
    assert found[Greek.PRICE] == pytest.approx(2.40, abs=5e-3)
    assert found[Greek.DELTA] * growth == pytest.approx(0.522, abs=5e-4)
    assert found[Greek.GAMMA] * growth**2 == pytest.approx(0.066, abs=5e-4)
    assert found[Greek.VEGA] == pytest.approx(12.1, abs=5e-2)
    assert theta == pytest.approx(-4.31, abs=5e-3)


def test_implied_vol_of_hull():
    option, _growth = on_spot(CALL, 20.0, 21.0, 0.0, 0.10, 0.25, 0.0)
    vol, status = solve_one(1.875, option)
    assert status == 0
    assert vol == pytest.approx(0.235, abs=5e-4)


def golden_rows():
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            option = Option(*(float(row[name]) for name in Option._fields))
            yield option, {greek: mpf(row[greek.name]) for greek in Greek}


@pytest.mark.parametrize(("option", "expected"), list(golden_rows()))
def test_golden_table_of_50_digit_derivatives(option, expected):
    found = greeks_of(option)
    scales = natural_scales(option, expected)
    for greek in Greek:
        size = max(abs(float(expected[greek])), scales[greek])
        assert abs(found[greek] - float(expected[greek])) <= 1e-12 * size, greek.name


def test_golden_table_is_what_its_script_writes():
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == make_golden.table()


def test_greeks_equal_quantlibs_black_calculator():
    options = random_options(31, 400, reach=3.0)
    found = greeks(options)
    for i, option in enumerate(options.rows()):
        forward, strike, years, vol, rate, sign = option
        kind = ql.Option.Call if sign > 0.0 else ql.Option.Put
        discount = math.exp(-rate * years)
        other = ql.BlackCalculator(
            ql.PlainVanillaPayoff(kind, strike), forward, vol * math.sqrt(years), discount
        )
        expected = {
            Greek.PRICE: other.value(),
            Greek.DELTA: other.deltaForward(),
            Greek.GAMMA: other.gammaForward(),
            Greek.VEGA: other.vega(years),
            Greek.THETA: other.theta(forward, years),
            Greek.VANNA: other.vanna(forward, years),
            # its volga is per unit of σ√T: vega·d1·d2/(σ√T)
            Greek.VOLGA: other.volga(years) * math.sqrt(years),
        }
        exact = dict(zip(Greek, found[:, i].tolist(), strict=True))
        scales = natural_scales(option, exact)
        for greek, value in expected.items():
            # QuantLib subtracts probabilities: digits of the forward, not of the price
            blur = 1e-15 * discount * forward / (years if greek is Greek.THETA else 1.0)
            wide = 1e-10 * scales[greek] + (blur if greek in {Greek.PRICE, Greek.THETA} else 1e-15)
            assert abs(exact[greek] - value) <= wide, (greek.name, option)
    assert np.isfinite(found).all()
