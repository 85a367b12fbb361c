"""Every Greek against its 50-digit value; the bound is the acceptance's.

Error is relative to the figure or, near a zero of it, to a thousandth of its natural scale. Relative to
the whole scale the kernels keep eleven digits everywhere: what that allows is the complement 1 − N(d)
where vol is so large that N(d) of the out-of-the-money side is near 1.
"""

from functools import cache

import numpy as np
import pytest
from mpmath import mpf

from shortgamma.kernels.black import Greek
from tests.kernels.exact import Option, closed_greeks, differentiated_greeks, natural_scales
from tests.kernels.samples import Options, columns, corner_options, greeks, prices, random_options

ACCEPTED = 2e-10
NEAR_ZERO = 1e-3
KEPT = 1e-12
NAMES = [greek.name for greek in Greek]
SAMPLES = {
    "corners": corner_options,
    "500": lambda: random_options(11, 500),
    "10000": lambda: random_options(12, 10_000),
}


def errors(options: Options, floor: float) -> dict[Greek, tuple[float, Option]]:
    """The worst relative error of each Greek, and where."""
    found = greeks(options)
    worst = {greek: (0.0, Option(*(float("nan"),) * 6)) for greek in Greek}
    for i, option in enumerate(options.rows()):
        exact = closed_greeks(option)
        scales = natural_scales(option, exact)
        for greek in Greek:
            size = max(abs(exact[greek]), floor * mpf(scales[greek]))
            error = float(abs(mpf(float(found[greek, i])) - exact[greek]) / size)
            if not error <= worst[greek][0]:
                worst[greek] = (error, option)
    return worst


@cache
def sample_errors(name: str, floor: float) -> dict[Greek, tuple[float, Option]]:
    return errors(SAMPLES[name](), floor)


@pytest.mark.parametrize("greek", Greek, ids=NAMES)
@pytest.mark.parametrize(
    "sample", ["corners", "500", pytest.param("10000", marks=pytest.mark.slow)]
)
def test_greek_equals_its_50_digit_value(sample, greek):
    error, option = sample_errors(sample, NEAR_ZERO)[greek]
    assert error <= ACCEPTED, option


@pytest.mark.parametrize("greek", Greek, ids=NAMES)
def test_greek_keeps_twelve_digits_of_its_natural_scale(greek):
    error, option = sample_errors("500", 1.0)[greek]
    assert error <= KEPT, option


def test_price_alone_equals_the_price_among_the_greeks():
    options = random_options(13, 1_000)
    assert np.array_equal(prices(options), greeks(options)[Greek.PRICE])


@pytest.mark.parametrize(
    "option",
    [*random_options(14, 8).rows(), *corner_options().rows()][:24],
    ids=lambda option: f"F={option.forward:g} T={option.years:.2g} r={option.rate:.2g}",
)
def test_closed_form_of_the_reference_is_the_derivative_of_its_price(option):
    closed = closed_greeks(option)
    differentiated = differentiated_greeks(option)
    scales = natural_scales(option, closed)
    for greek in Greek:
        size = max(abs(closed[greek]), mpf(scales[greek]))
        assert abs(closed[greek] - differentiated[greek]) <= mpf("1e-30") * size, greek


def test_each_greek_is_the_derivative_of_the_price():
    options = random_options(15, 40)
    found = greeks(options)
    for i, option in enumerate(options.rows()):
        exact = differentiated_greeks(option)
        scales = natural_scales(option, exact)
        for greek in Greek:
            size = max(abs(exact[greek]), mpf(scales[greek]))
            assert abs(mpf(float(found[greek, i])) - exact[greek]) <= KEPT * size, (greek, option)


def test_delta_of_an_option_with_500_percent_vol_keeps_ten_digits():
    """The put's delta is 8e-6 here: the complement of a probability next to 1."""
    rows = [
        Option(3.05, 3.05 * m, 3.0, 5.0, 0.0, sign) for m in (0.5, 1.0, 2.0) for sign in (1, -1)
    ]
    for greek, (error, option) in errors(columns(*rows), 1.0).items():
        assert error <= 1e-10, (greek, option)
