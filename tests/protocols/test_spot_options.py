"""Options on spot against mpmath, and their Greeks against finite differences."""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.protocols.spot_options import spot_option


def black_scholes(spot: float, strike: float, years: float, vol: float, rate: float) -> mp.mpf:
    with mp.workdps(40):
        width = mp.mpf(vol) * mp.sqrt(years)
        d1 = (mp.log(mp.mpf(spot) / strike) + mp.mpf(rate) * years) / width + width / 2
        return spot * mp.ncdf(d1) - strike * mp.exp(-mp.mpf(rate) * years) * mp.ncdf(d1 - width)


@given(st.floats(500.0, 2000.0), st.floats(0.005, 1.0), st.floats(0.2, 2.0), st.floats(-0.05, 0.1))
def test_prices_are_black_scholes_prices(strike, years, vol, rate) -> None:
    call = spot_option(1000.0, strike, years=years, vol=vol, kind="call", rate=rate)
    put = spot_option(1000.0, strike, years=years, vol=vol, kind="put", rate=rate)
    true = float(black_scholes(1000.0, strike, years, vol, rate))
    assert call.price == pytest.approx(true, rel=1e-9, abs=1e-12)
    forward = 1000.0 - strike * np.exp(-rate * years)
    assert call.price - put.price == pytest.approx(forward, abs=1e-9)


@given(st.sampled_from(["call", "put"]), st.floats(800.0, 1250.0), st.floats(0.02, 1.0))
def test_greeks_are_derivatives(kind: str, strike: float, years: float) -> None:
    def option(spot: float = 1000.0, left: float = years, vol: float = 0.8):
        return spot_option(spot, strike, years=left, vol=vol, kind=kind, rate=0.03)

    here, up, down = option(), option(1000.1), option(999.9)
    assert here.delta == pytest.approx((up.price - down.price) / 0.2, abs=1e-7)
    assert here.gamma == pytest.approx((up.delta - down.delta) / 0.2, rel=1e-5, abs=1e-10)
    vega = (option(vol=0.8001).price - option(vol=0.7999).price) / 2e-4
    assert here.vega == pytest.approx(vega, rel=1e-5, abs=1e-6)
    theta = (option(left=years - 1e-5).price - option(left=years + 1e-5).price) / 2e-5
    assert here.theta == pytest.approx(theta, rel=1e-4, abs=1e-3)


def test_an_expired_option_is_its_payoff() -> None:
    spots = np.array([900.0, 1100.0])
    call = spot_option(spots, 1000.0, years=0.0, vol=0.8, kind="call")
    put = spot_option(spots, 1000.0, years=0.0, vol=0.8, kind="put")
    assert call.price.tolist() == [0.0, 100.0]
    assert put.price.tolist() == [100.0, 0.0]
    assert call.delta.tolist() == [0.0, 1.0]
    assert put.delta.tolist() == [-1.0, 0.0]
    assert call.gamma.tolist() == [0.0, 0.0]


def test_another_kind_is_refused() -> None:
    with pytest.raises(InputError, match="kind"):
        spot_option(1.0, 1.0, years=1.0, vol=1.0, kind="straddle")
