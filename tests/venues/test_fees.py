"""Trading fees against worked examples and a recorded answer of the venue."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.venues.fees import VENUE_FEES, FeeSchedule, OptionFeeSchedule


def test_defaults_are_5_bp_for_takers_and_2_bp_for_makers():
    fees = FeeSchedule()
    assert fees.cost_usd(1e6) == pytest.approx(500.0)
    assert fees.cost_usd(1e6, is_maker=True) == pytest.approx(200.0)


@given(st.floats(-1e12, 1e12))
def test_buying_and_selling_cost_the_same(notional):
    assert FeeSchedule().cost_usd(notional) == FeeSchedule().cost_usd(-notional) >= 0.0


def test_a_rebate_is_a_negative_cost():
    fees = FeeSchedule(maker=-0.0001, taker=0.0005)
    np.testing.assert_allclose(
        fees.cost_usd(np.array([1e4, -1e4]), is_maker=True), [-1.0, -1.0], rtol=1e-15
    )


def test_published_example_of_the_option_cap():
    """An option at 0.0001 BTC pays 0.0000125 BTC, not 0.0003 BTC (Deribit support, Fees)."""
    fees = OptionFeeSchedule()
    spot = 100_000.0
    assert fees.cost_usd(1.0, spot, premium_usd=0.0001 * spot) == pytest.approx(0.0000125 * spot)
    assert fees.cost_usd(1.0, spot, premium_usd=0.05 * spot) == pytest.approx(0.0003 * spot)


def test_the_cap_binds_below_24_bp_of_premium():
    """3 bp / 12.5 % = 24 bp of the underlying."""
    fees = OptionFeeSchedule()
    premium = np.array([23.0, 24.0, 25.0])
    cost = fees.cost_usd(np.array([-2.0, 2.0, 2.0]), 10_000.0, premium_usd=premium)
    np.testing.assert_allclose(cost, [2 * 0.125 * 23.0, 6.0, 6.0], rtol=1e-12)


@pytest.mark.parametrize(
    "make",
    [
        lambda: FeeSchedule(taker=5.0),
        lambda: FeeSchedule(maker=float("nan")),
        lambda: OptionFeeSchedule(taker=-1.0),
        lambda: OptionFeeSchedule(premium_cap=-0.1),
    ],
)
def test_rates_in_percent_or_bp_are_refused(make):
    with pytest.raises(InputError) as caught:
        make()
    assert caught.value.place
    assert caught.value.remedy


def test_only_entries_with_evidence_say_that_they_are_verified():
    assert {name for name, fees in VENUE_FEES.items() if fees.verified} == {"deribit"}
    assert all(fees.source and name == fees.name for name, fees in VENUE_FEES.items())


def test_deribit_rates_are_those_of_its_instruments(market_data):
    folder = market_data / "payloads" / "fixtures" / "deribit"
    perpetual = json.loads((folder / "http_get_instrument.json").read_text())["result"]
    option = json.loads((folder / "http_get_instrument_option.json").read_text())["result"]
    fees = VENUE_FEES["deribit"]
    assert fees.option is not None
    for known, told in ((fees.perpetual, perpetual), (fees.option, option)):
        assert known.maker == pytest.approx(told["maker_commission"])
        assert known.taker == pytest.approx(told["taker_commission"])
