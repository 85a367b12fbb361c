"""Greeks are derivatives of the value, and obey the equation of a replicable claim."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.protocols.structured.averaging import TwapCall
from shortgamma.protocols.structured.perpetuals import PowerPerpetual
from shortgamma.protocols.structured.variance import VarianceSwap
from tests.protocols.structured.products import ALL, DAY, EXPIRING, K, named

SPOTS = np.array([1_500.0, 1_750.0, 1_950.0, 2_000.5, 2_060.0, 2_240.0, 2_600.0])


def inside(product, spot):
    low, high = product.domain
    return spot[(spot > 1.02 * low) & (spot < 0.98 * high)]


def value(product, spot, years, vol, memory=None):
    return np.asarray(product.greeks(spot, years, vol=vol, memory=memory).value_usd)


def remembered(product, spot, years):
    """A memory that does not move with the spot; pinned where there is nothing to remember."""
    if isinstance(product, VarianceSwap):
        return np.stack([np.full(spot.size, 0.001), np.full(spot.size, 0.97 * K)])
    if product.start(spot).shape[0] and hasattr(product, "window"):
        gone = max(1.0 - years / product.window, 0.0)
        return np.full((1, spot.size), gone * np.log(1.03 * K))
    return product.start(spot)


@pytest.mark.parametrize("years", [7 * DAY, 0.4 * DAY])
@pytest.mark.parametrize("product", ALL, ids=named)
def test_delta_gamma_and_vega_are_derivatives(product, years):
    spot, vol = inside(product, SPOTS), 0.8
    memory = remembered(product, spot, years)
    found = product.greeks(spot, years, vol=vol, memory=memory)
    step = 2e-4 * spot
    up, down = (value(product, spot + s, years, vol, memory) for s in (step, -step))
    middle = value(product, spot, years, vol, memory)
    size = np.abs(found.gamma).max() * K
    np.testing.assert_allclose((up - down) / (2 * step), found.delta, rtol=2e-3, atol=1e-3 * size)
    second = (up - 2 * middle + down) / step**2
    np.testing.assert_allclose(second, found.gamma, rtol=2e-2, atol=3e-3 * size / K)
    points = 1e-4
    by_vol = value(product, spot, years, vol + points, memory) - value(
        product, spot, years, vol - points, memory
    )
    np.testing.assert_allclose(
        by_vol / (2 * points) * 0.01, found.vega_usd_per_point, rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize("product", [p for p in EXPIRING if not hasattr(p, "window")], ids=named)
def test_theta_is_the_derivative_by_time_that_passes(product):
    """An average also fixes something as time passes; its theta has a test of its own."""
    spot, years, vol = inside(product, SPOTS), 6.7 * DAY, 0.8
    memory = remembered(product, spot, years)
    step = 1e-3 * DAY
    before, after = (value(product, spot, years + s, vol, memory) for s in (step, -step))
    theta = product.greeks(spot, years, vol=vol, memory=memory).theta_usd_per_day
    np.testing.assert_allclose((after - before) / (2e-3), theta, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("hours", [5.0, 30.0])
def test_theta_of_an_average_holds_while_the_average_fills_up(hours):
    product, spot, vol = TwapCall(strike=K), np.array([1_980.0, 2_000.0, 2_050.0]), 0.8
    years, step = hours / 24 * DAY, 1e-5 * DAY
    memory = remembered(product, spot, years)
    later = product.remember(memory, (spot, spot), years=(years, years - step))
    change = value(product, spot, years - step, vol, later) - value(
        product, spot, years, vol, memory
    )
    theta = product.greeks(spot, years, vol=vol, memory=memory).theta_usd_per_day
    np.testing.assert_allclose(change / 1e-5, theta, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("product", ALL, ids=named)
def test_time_decay_pays_for_gamma(product):
    spot = inside(product, SPOTS)
    found = product.greeks(spot, 3 * DAY, vol=0.8)
    earned = 0.5 * 0.8**2 * spot**2 * found.gamma / 365.0
    np.testing.assert_allclose(-np.asarray(found.theta_usd_per_day), earned, rtol=1e-12)


@given(
    power=st.floats(0.2, 4.0).filter(lambda p: abs(p - 1.0) > 0.01),
    rate=st.floats(-0.1, 0.1),
    vol=st.floats(0.2, 1.2),
)
def test_a_power_perpetual_with_interest_obeys_its_equation(power, rate, vol):
    """θ = rV − rSΔ − ½σ²S²Γ."""
    product = PowerPerpetual(strike=K, power=power, funding_hours=8.0, rate=rate)
    spot = np.array([1_700.0, 2_400.0])
    found = product.greeks(spot, 1.0, vol=vol)
    drift = (
        rate * found.value_usd - rate * spot * found.delta - 0.5 * vol**2 * spot**2 * found.gamma
    )
    np.testing.assert_allclose(
        np.asarray(found.theta_usd_per_day) * 365.0, drift, rtol=1e-9, atol=1e-6
    )
