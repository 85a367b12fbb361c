"""Funding rules against their published text, recorded rates and independent arithmetic."""

import csv
import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from shortgamma.basics.errors import InputError
from shortgamma.venues.funding import (
    FUNDING_RULES,
    ClampedFunding,
    DampenedFunding,
    PremiumFunding,
    VelocityFunding,
    perp_ratio,
)

HOUR = 1.0 / (24.0 * 365.0)
PREMIUMS = st.floats(-0.5, 0.5)
MEMORYLESS = [name for name in FUNDING_RULES if name != "synthetix"]


def test_every_venue_of_the_list_has_a_rule():
    venues = {"deribit", "binance", "bybit", "bitmex", "hyperliquid", "dydx", "synthetix"}
    assert set(FUNDING_RULES) == venues
    assert all(rule.name == name and rule.source for name, rule in FUNDING_RULES.items())


@pytest.mark.parametrize(
    ("premium", "expected"),
    [(0.0, 0.0), (0.0002, 0.0), (-0.00025, 0.0), (0.001, 0.00075), (-0.001, -0.00075)],
)
def test_deribit_pays_what_exceeds_the_damper(premium, expected):
    rule = FUNDING_RULES["deribit"]
    assert rule.rate(premium) == pytest.approx(expected, abs=1e-18)
    assert rule.period_hours is None


@pytest.mark.parametrize("venue", ["binance", "bybit", "bitmex"])
@pytest.mark.parametrize(
    ("premium", "expected"),
    [(0.0, 0.0001), (0.0006, 0.0001), (-0.0004, 0.0001), (0.001, 0.0005), (-0.001, -0.0005)],
)
def test_clamped_venues_pay_interest_near_par_and_the_premium_beyond(venue, premium, expected):
    assert FUNDING_RULES[venue].rate(premium) == pytest.approx(expected, abs=1e-18)


@given(PREMIUMS)
def test_the_clamp_is_as_it_is_printed(premium):
    printed = premium + min(max(0.0001 - premium, -0.0005), 0.0005)
    assert FUNDING_RULES["binance"].rate(premium) == pytest.approx(printed, abs=1e-16)


def test_hyperliquid_published_example():
    """Impact bid 10,100 over an oracle of 10,000: 0.95 % for 8 hours, an eighth of it each hour."""
    rule = FUNDING_RULES["hyperliquid"]
    assert rule.rate(0.01) == pytest.approx(0.0095 / 8.0)
    assert rule.rate(np.array([1.0, -1.0])).tolist() == [0.04, -0.04]
    assert rule.rate_hours == rule.period_hours == 1.0


def test_dydx_clamp_is_on_the_8_hour_rate():
    """600 %·(15 % − 12 %) = 18 %, the example of the chain's own tests."""
    rule = PremiumFunding(
        name="dydx", source="test", initial_margin=0.15, maintenance_margin=0.12, rate_hours=1.0
    )
    assert rule.cap == pytest.approx(0.18)
    assert rule.rate(np.array([1.0, -1.0])) == pytest.approx(np.array([0.18, -0.18]) / 8.0)
    assert FUNDING_RULES["dydx"].rate(0.0008) == pytest.approx(0.0001)
    assert replace(rule, interest=0.0001).rate(0.0008) == pytest.approx(0.0008 / 8 + 0.0000125)


def test_synthetix_published_example():
    """Velocity 0.0025 a day for 29,000 s takes the rate from 0 to 0.00083912 (comment in the contract)."""
    rule = VelocityFunding(name="synthetix", source="test", max_velocity=0.025, rate_hours=24.0)
    years = 29_000.0 / 86_400.0 / 365.0
    rate, paid = rule.advance(0.0, 0.1, years=years)
    assert rate == pytest.approx(0.00083912, abs=5e-9)
    assert paid == pytest.approx(0.5 * 0.00083912 * 29_000.0 / 86_400.0, rel=1e-5)


@given(st.floats(-0.1, 0.1), st.floats(-3.0, 3.0), st.floats(1e-6, 1e-2), st.integers(1, 50))
def test_synthetix_steps_add_up(rate, skew, years, steps):
    """The accrual is the integral of a rate that moves linearly, so it does not depend on the step."""
    rule = FUNDING_RULES["synthetix"]
    one_rate, one_paid = rule.advance(rate, skew, years=years)
    many, paid = rate, 0.0
    for _ in range(steps):
        many, part = rule.advance(many, skew, years=years / steps)
        paid += part
    assert many == pytest.approx(one_rate, rel=1e-9, abs=1e-12)
    assert paid == pytest.approx(one_paid, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("venue", FUNDING_RULES)
@given(PREMIUMS, PREMIUMS)
def test_a_higher_premium_never_pays_less(venue, one, other):
    low, high = sorted((one, other))
    assert FUNDING_RULES[venue].rate(low) <= FUNDING_RULES[venue].rate(high)


@pytest.mark.parametrize("venue", FUNDING_RULES)
def test_longs_pay_above_the_index_and_receive_below(venue):
    rule = FUNDING_RULES[venue]
    assert rule.rate(0.01) > 0.0 > rule.rate(-0.01)
    assert rule.accrual(0.01, HOUR) > 0.0 > rule.accrual(-0.01, HOUR)


@pytest.mark.parametrize("venue", MEMORYLESS)
def test_accrual_over_the_hours_of_a_rate_is_the_rate(venue):
    rule = FUNDING_RULES[venue]
    premium = np.linspace(-0.02, 0.02, 41)
    np.testing.assert_allclose(
        rule.accrual(premium, rule.rate_hours * HOUR), rule.rate(premium), rtol=1e-12
    )
    np.testing.assert_allclose(rule.accrual(premium, 1.0), rule.rate_per_year(premium), rtol=1e-12)
    rate, paid = rule.advance(123.0, premium, years=0.5)
    np.testing.assert_array_equal(rate, rule.rate(premium))
    np.testing.assert_allclose(paid, rule.accrual(premium, 0.5), rtol=1e-14)


def test_hyperliquid_default_is_the_same_per_year_as_binance():
    yearly = [FUNDING_RULES[v].rate_per_year(0.0) for v in ("hyperliquid", "binance")]
    assert yearly == pytest.approx([0.1095, 0.1095])


@pytest.mark.parametrize(
    "make",
    [
        lambda: DampenedFunding(name="x", source="x", damper=-1.0),
        lambda: DampenedFunding(name="x", source="x", rate_hours=0.0),
        lambda: ClampedFunding(name="x", source="x", clamp=float("nan")),
        lambda: ClampedFunding(name="x", source="x", interest=float("inf")),
        lambda: ClampedFunding(name="x", source="x", cap=-0.1),
        lambda: ClampedFunding(name="x", source="x", period_hours=0.0),
        lambda: PremiumFunding(name="x", source="x", initial_margin=0.01),
        lambda: VelocityFunding(name="x", source="x", max_velocity=-9.0),
    ],
)
def test_impossible_rules_are_refused(make):
    with pytest.raises(InputError) as caught:
        make()
    assert caught.value.place
    assert caught.value.remedy


@given(st.floats(0.5, 500.0), st.floats(-0.2, 0.4), st.floats(-0.2, 0.2), st.floats(0.0, 0.3))
def test_perp_ratio_is_spot_at_a_random_time(kappa, rate, base_rate, interest):
    """f/x = (κ − i)·∫ e^{−κs}·e^{(r_a − r_b)s} ds: the forward at an exponential time, scaled."""
    if kappa + base_rate - rate < 0.05 or kappa - interest < 0.05:
        return
    decay = kappa + base_rate - rate
    integral = quad(lambda s: np.exp(-kappa * s + (rate - base_rate) * s), 0.0, 40.0 / decay)[0]
    ratio = perp_ratio(kappa, rate, interest=interest, base_rate=base_rate)
    assert ratio == pytest.approx((kappa - interest) * integral, rel=1e-6)


def test_perp_ratio_without_a_price_is_nan():
    assert np.isnan(perp_ratio(np.array([0.1, 0.2]), 0.2)).all()
    assert np.isnan(perp_ratio(1.0, 0.0, interest=1.0))
    assert perp_ratio(1095.0, 0.05) == pytest.approx(1095.0 / 1094.95)


# Recorded data


def recorded_rates(folder, name):
    with (folder / "funding" / name).open() as lines:
        return [float(row["Funding Rate"]) for row in csv.DictReader(lines)]


FILES = [
    ("btcusdt_binance_2020_2022.csv", "binance", 0.003),
    ("ethusdt_binance_2020_2022.csv", "binance", 0.00375),
    ("btcusdt_bybit_2021_2022.csv", "bybit", 0.00375),
    ("ethusdt_bybit_2021_2022.csv", "bybit", 0.00375),
]


@pytest.mark.parametrize(("name", "venue", "cap"), FILES)
def test_recorded_rates_rest_at_the_interest_and_stop_at_a_cap(market_data, name, venue, cap):
    """Two rates in five are the flat part of the rule exactly; no other value comes near as often."""
    rates = recorded_rates(market_data, name)
    rule = FUNDING_RULES[venue]
    (value, times), (_second, rarely) = Counter(rates).most_common(2)
    assert value == pytest.approx(float(rule.rate(0.0)), abs=1e-15)
    assert times > 0.4 * len(rates)
    assert rarely < 0.01 * len(rates)
    assert max(rates) == pytest.approx(cap)
    assert min(rates) >= -cap
    assert replace(rule, cap=cap).rate(1.0) == pytest.approx(max(rates))


def test_recorded_deribit_funding_inside_the_damper_is_nil(market_data):
    path = market_data / "payloads" / "fixtures" / "deribit" / "ws_ticker.json"
    ticker = json.loads(path.read_text())["params"]["data"]
    premium = ticker["mark_price"] / ticker["index_price"] - 1.0
    assert 0.0 < premium < 0.00025
    assert FUNDING_RULES["deribit"].rate(premium) == ticker["current_funding"] == 0.0


def test_recorded_hyperliquid_rate_follows_from_its_premium(market_data):
    folder = market_data / "payloads" / "fixtures" / "hyperliquid"
    first = json.loads((folder / "http_funding_history.json").read_text())[0]
    rule = FUNDING_RULES["hyperliquid"]
    assert rule.rate(float(first["premium"])) == pytest.approx(float(first["fundingRate"]))
    contexts = json.loads((folder / "ws_all_dexs_asset_ctxs.json").read_text())["data"]["ctxs"]
    listed = [asset for asset in contexts[0][1] if asset["premium"] is not None]
    commonest = Counter(float(asset["funding"]) for asset in listed).most_common(1)[0][0]
    assert rule.rate(0.0) == pytest.approx(commonest)
