"""Moves of vol, prices and fees against the figures of Lyra's own tests, integers and mpmath."""

from decimal import Decimal

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols.fixed_point import WAD, from_float, multiply, to_float
from shortgamma.protocols.lyra import exact
from shortgamma.protocols.lyra.pricing import (
    Charge,
    Move,
    PricingRules,
    Quote,
    VarianceFee,
    charge,
    move,
    quote,
    time_weight,
)
from shortgamma.protocols.lyra.valuation import Option, figures, standard_factor
from tests.protocols.lyra.markets import CASH, DAY, MONTH, SPOT, WEEK

# derivexyz/v1-core, test/contracts/OptionMarketPricer/2_IvImpact.ts
MOVES = [
    (True, 1, 1, 1, 1, 0.5, 1.01, 1.005),
    (True, 10, 0.5, 1, 1, 0.5, 0.6, 1.05),
    (True, 0, 0.75, 0.5, 1, 0.5, 0.75, 0.5),
    (True, 10, 1, 1, 1, 0, 1.1, 1),
    (True, 10, 1, 1, 1, 2, 1.1, 1.2),
    (True, 5, 0.5, 0.75, 1, 2, 0.55, 0.85),
    (False, 10, 1, 1, 1, 2, 0.9, 0.8),
    (False, 5, 0.5, 0.75, 1, 2, 0.45, 0.65),
    (False, 10, 0.5, 0.75, 100, 0, 0.499, 0.75),
    (False, 10, 1, 0.2, 1, 2, 0.9, 0),
    (False, 10, 0.1, 1, 1, 0, 0, 1),
]


@pytest.mark.parametrize(
    ("is_buy", "size", "vol", "skew", "unit", "adj", "vol_to", "skew_to"), MOVES
)
def test_moves_of_vol_are_those_of_the_protocols_own_tests(
    is_buy, size, vol, skew, unit, adj, vol_to, skew_to
):
    rules = PricingRules(standard_size=unit, skew_adjustment=adj)
    moved = move(rules, Move(base_vol=vol, skew=skew, size=size, is_buy=is_buy))
    assert moved.base_vol == pytest.approx(vol_to, rel=1e-14, abs=1e-15)
    assert moved.skew == pytest.approx(skew_to, rel=1e-14, abs=1e-15)
    points = exact.move_of_size(from_float(size), from_float(unit))
    whole = exact.moved_vol(
        _decimal(vol), _decimal(skew), points=points, adjustment=_decimal(adj), is_buy=is_buy
    )
    assert whole == (_decimal(vol_to), _decimal(skew_to))


@pytest.mark.parametrize(("vol", "skew", "adjustment"), [(1.0, 0.2, 2.0), (0.15, 1.0, 0.0)])
def test_a_vol_below_zero_is_refused(vol, skew, adjustment):
    rules = PricingRules(standard_size=1, skew_adjustment=adjustment)
    with pytest.raises(RefusedError, match="below zero"):
        move(rules, Move(base_vol=vol, skew=skew, size=20, is_buy=False))
    with pytest.raises(RefusedError, match="below zero"):
        exact.moved_vol(
            _decimal(vol),
            _decimal(skew),
            points=WAD // 5,
            adjustment=_decimal(adjustment),
            is_buy=False,
        )


def _decimal(value: float) -> int:
    """A decimal as it is written, with 18 decimals."""
    return int(Decimal(str(value)) * WAD)


# 7_TimeWeightFee.ts: weeks to expiry, coefficient, fee; first point 1 week, second 4 weeks
@pytest.mark.parametrize(
    ("weeks", "coefficient", "fee"),
    [(1, 1, 1), (2.5, 1, 1.5), (4, 1, 2), (7, 1, 3), (1 / 7, 2, 2), (52, 0, 0)],
)
def test_time_weights_are_those_of_the_protocols_own_tests(weeks, coefficient, fee):
    weight = time_weight(weeks * WEEK, once=WEEK, twice=4 * WEEK)
    assert coefficient * weight == pytest.approx(fee, rel=1e-14)
    whole = exact.time_weighted(
        coefficient * WAD, round(weeks * WEEK), once=int(WEEK), twice=int(4 * WEEK)
    )
    assert whole == round(fee * WAD)


# 4_VegaUtil.ts: option price 1, vega 0.1 → 80, vol 1, NAV 500,000, one option
VEGA_TERMS = {
    "option_price": 1.0,
    "spot": SPOT,
    "seconds": MONTH,
    "vega_before": 0.1,
    "vega_after": 80.0,
    "vol": 1.0,
    "vega": 10.0,
    "nav": CASH,
}


@pytest.mark.parametrize(
    ("changes", "fee"),
    [
        ({}, 0.016),
        ({"size": 0.0}, 0.0),
        ({"vol": 0.0}, 0.0),
        ({"vega_before": 1000e-18, "vega_after": 999e-18}, 0.0),
    ],
)
def test_vega_fees_are_those_of_the_protocols_own_tests(changes, fee):
    outcome = charge(PricingRules(), Charge(**(VEGA_TERMS | changes)))
    assert outcome.vega_fee == pytest.approx(fee, rel=1e-14)
    if not changes:
        whole = exact.vega_fee(100 * WAD, vol=WAD, vega_after=80 * WAD, nav=500_000 * WAD, size=WAD)
        assert whole == 16 * 10**15


def test_vega_on_a_pool_without_value_is_refused():
    with pytest.raises(RefusedError, match="division by zero"):
        charge(PricingRules(), Charge(**(VEGA_TERMS | {"nav": 0.0})))
    with pytest.raises(RefusedError, match="division by zero"):
        exact.vega_fee(WAD, vol=WAD, vega_after=WAD, nav=0, size=WAD)
    with pytest.raises(RefusedError, match="expired"):
        charge(PricingRules(), Charge(option_price=1.0, spot=1.0, seconds=-1.0))


# 5_VarianceFee.ts: skew, gap of vol, vega, size, fee; parameters as in its comment
FEES = [
    (1.0, 0.0, 14, 1, 11.4),
    (1.0, 0.0, 14, 2, 22.8),
    (1.1, 0.0, 14, 1, 14.82),
    (0.9, 0.0, 14, 1, 14.82),
    (1.5, 0.0, 14, 1, 28.5),
    (0.5, 0.0, 14, 1, 28.5),
    (1.0, 0.1, 14, 1, 13.11),
    (1.0, 0.3, 14, 1, 16.53),
    (1.0, 0.6, 14, 1, 21.66),
    (1.0, 0.0, 0, 1, 10),
    (1.0, 0.0, 20, 1, 12),
    (1.0, 0.0, 50, 1, 15),
    (1.0, 0.0, 200, 1, 30),
]
TESTED = VarianceFee(coefficient=5.0, vega_base=2.0, vega_slope=0.02)


@pytest.mark.parametrize(("skew", "gap", "vega", "size", "fee"), FEES)
def test_variance_fees_are_those_of_the_protocols_own_tests(skew, gap, vega, size, fee):
    rules = PricingRules(variance=TESTED)
    terms = Charge(
        option_price=1.0, spot=SPOT, seconds=MONTH, size=size, vega=vega, skew=skew, vol_gap=gap
    )
    assert charge(rules, terms).variance_fee == pytest.approx(fee, rel=1e-14)
    whole = exact.variance_fee(
        5 * WAD,
        vega_factor=exact.factor(2 * WAD, _decimal(0.02), distance=_decimal(vega)),
        skew_factor=exact.factor(WAD, 3 * WAD, distance=abs(_decimal(skew) - WAD)),
        vol_factor=exact.factor(WAD, _decimal(1.5), distance=_decimal(gap)),
        size=_decimal(size),
    )
    assert whole == _decimal(fee)


@pytest.mark.parametrize(
    "off",
    [
        {"coefficient": 0.0},
        {"vega_base": 0.0, "vega_slope": 0.0},
        {"skew_base": 0.0, "skew_slope": 0.0},
        {"vol_base": 0.0, "vol_slope": 0.0},
    ],
)
def test_a_bracket_of_nothing_turns_the_variance_fee_off(off):
    terms = Charge(option_price=1.0, spot=1.0, seconds=1.0, vega=5.0, skew=1.3, vol_gap=0.2)
    assert charge(PricingRules(variance=VarianceFee(**off)), terms).variance_fee == 0.0


# 3_TradeResult.ts: a buyer pays the fees on top, a seller is paid less, never below nothing
def test_fees_are_added_for_a_buyer_and_taken_from_a_seller():
    bought = charge(PricingRules(), Charge(option_price=100.0, spot=SPOT, seconds=MONTH))
    sold = charge(
        PricingRules(), Charge(option_price=100.0, spot=SPOT, seconds=MONTH, is_buy=False)
    )
    assert bought.fee == pytest.approx(0.01 * 100.0 + 0.01 * SPOT + bought.variance_fee)
    assert bought.cost == pytest.approx(100.0 + bought.fee)
    assert sold.cost == pytest.approx(100.0 - sold.fee)
    assert bought.reserved == pytest.approx(0.1 * bought.fee)
    rules = PricingRules(spot_fee=0.15)
    dear = charge(rules, Charge(option_price=1.0, spot=SPOT, seconds=MONTH, is_buy=False))
    assert dear.fee == dear.premium == 1.0
    assert dear.cost == 0.0


# derivexyz/v1-core at 4961b67, test/contracts/BlackScholes.ts: ten digits each
def test_prices_are_those_of_the_protocols_own_tests():
    found = figures(Option(spot=10_000.0, strike=9052.0, seconds=2 * DAY, vol=2.0, rate=-15.0))
    assert found.call_price == pytest.approx(675.3066775, rel=1e-9)
    assert found.put_price == pytest.approx(502.7372001, rel=1e-9)
    deltas = figures(Option(spot=20.0, strike=10.0, seconds=12 * DAY, vol=2.0, rate=-2.0))
    assert deltas.call_delta == pytest.approx(float(mpmath.ncdf(1.911398648)), rel=1e-9)
    assert deltas.vega == pytest.approx(
        float(mpmath.npdf(1.911398648)) * 20.0 * np.sqrt(12 / 365), rel=1e-8
    )


OPTIONS = st.builds(
    Option,
    spot=st.floats(500.0, 4000.0),
    strike=st.floats(500.0, 4000.0),
    seconds=st.floats(3600.0, 365 * DAY),
    vol=st.floats(0.2, 3.0),
    rate=st.floats(-0.2, 0.2),
)


@given(OPTIONS)
def test_prices_and_greeks_are_those_of_black_and_scholes(option):
    with mpmath.workdps(30):
        years = mpmath.mpf(option.seconds) / (365 * 86400)
        root = option.vol * mpmath.sqrt(years)
        d1 = (
            mpmath.log(mpmath.mpf(option.spot) / option.strike)
            + (option.rate + mpmath.mpf(option.vol) ** 2 / 2) * years
        ) / root
        bond = option.strike * mpmath.exp(-option.rate * years)
        call = option.spot * mpmath.ncdf(d1) - bond * mpmath.ncdf(d1 - root)
        put = bond * mpmath.ncdf(root - d1) - option.spot * mpmath.ncdf(-d1)
        delta = mpmath.ncdf(d1)
        vega = option.spot * mpmath.npdf(d1) * mpmath.sqrt(years)
    found = figures(option)
    assert found.call_price == pytest.approx(float(call), rel=1e-9, abs=1e-9)
    assert found.put_price == pytest.approx(float(put), rel=1e-9, abs=1e-9)
    assert found.call_delta == pytest.approx(float(delta), rel=1e-9, abs=1e-14)
    assert found.put_delta == pytest.approx(float(delta - 1), rel=1e-9, abs=1e-14)
    assert found.vega == pytest.approx(float(vega), rel=1e-9, abs=1e-9)
    days = max(option.seconds, 7 * DAY) // DAY
    assert found.standard_vega == pytest.approx(found.vega * np.sqrt(30 / days) / 100)


def test_standard_vega_counts_whole_days_from_a_week_on():
    weights = [standard_factor(days * DAY) * 100 for days in (1, 7, 7.9, 30, 120)]
    np.testing.assert_allclose(weights, np.sqrt([30 / 7, 30 / 7, 30 / 7, 1.0, 0.25]))


@given(st.floats(0.4, 1.9), st.floats(0.6, 1.4), st.floats(0.0, 30.0), st.booleans(), st.booleans())
def test_a_quote_is_the_price_at_the_vol_after_the_trade(vol, skew, size, is_buy, is_call):
    rules = PricingRules()
    quoted = quote(
        rules,
        Quote(
            spot=SPOT,
            strike=1700.0,
            seconds=10 * WEEK,
            base_vol=vol,
            skew=skew,
            size=size,
            is_call=is_call,
            is_buy=is_buy,
        ),
    )
    points = exact.move_of_size(from_float(size), 5 * WAD)
    whole = exact.moved_vol(
        from_float(vol), from_float(skew), points=points, adjustment=3 * WAD // 4, is_buy=is_buy
    )
    assert (quoted.moved.base_vol, quoted.moved.skew) == pytest.approx(
        tuple(to_float(value) for value in whole), rel=1e-12
    )
    vol_after = to_float(multiply(*whole))
    found = figures(Option(spot=SPOT, strike=1700.0, seconds=10 * WEEK, vol=vol_after, rate=0.05))
    price = found.call_price if is_call else found.put_price
    assert quoted.option_price == pytest.approx(price, rel=1e-9)
    assert quoted.fees.premium == pytest.approx(price * size, rel=1e-9)
    assert quoted.fees.option_fee == pytest.approx(0.01 * 1.4 * price * size, rel=1e-9)
    assert quoted.fees.spot_fee == pytest.approx(0.01 * (1 + 4 / 6) * SPOT * size, rel=1e-9)


def test_paths_are_quoted_as_they_would_be_alone():
    spots, sizes = np.array([1500.0, 1742.0, 2000.0]), np.array([1.0, 2.0, 3.0])
    terms = {"strike": 1700.0, "seconds": MONTH, "base_vol": 0.9}
    together = quote(PricingRules(), Quote(spot=spots, size=sizes, **terms))
    for index, (spot, size) in enumerate(zip(spots, sizes, strict=True)):
        alone = quote(PricingRules(), Quote(spot=spot, size=size, **terms))
        assert together.fees.cost[index] == pytest.approx(alone.fees.cost, rel=1e-12)


@pytest.mark.parametrize(
    "wrong", [{"standard_size": 0.0}, {"option_fee_double": 1.0}, {"spot_fee_double": 1.0}]
)
def test_rules_that_make_no_sense_are_refused(wrong):
    with pytest.raises(InputError, match="pricing rules"):
        PricingRules(**wrong)
