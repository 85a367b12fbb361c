"""What a pool asks for a trade and how much of it it takes."""

from dataclasses import fields, is_dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.protocols.pool.design import PoolDesign
from shortgamma.protocols.pool.hedges import PacedHedge
from shortgamma.protocols.pool.limits import CollateralLimit, GammaLimit
from shortgamma.protocols.pool.parameters import parameters_of, with_parameters
from shortgamma.protocols.pool.pricing import FlatSpread, GammaSpread, InventorySpread
from shortgamma.protocols.pool.quote import amplification
from shortgamma.protocols.pool.registry import DESIGNS, design_named
from tests.hedging.builders import view
from tests.protocols.pool.views import trade

SIZES = st.floats(1.0, 500.0)
GAMMAS = st.floats(-60.0, 60.0)


def test_a_clients_purchase_makes_the_pool_shorter():
    view = trade(quantity=[10.0, -10.0])
    assert view.gamma_after[0] < view.gamma[0] < view.gamma_after[1]
    assert view.reduces.tolist() == [False, True]
    assert view.theta(view.gamma) == pytest.approx(4e-6 * 2_000.0 * -5.0)


def test_hedging_multiplies_variance_for_short_gamma_alone():
    assert amplification(np.array([-0.5, 0.0, 0.5])) == pytest.approx([4.0, 1.0, 1.0])


@given(size=SIZES, gamma=GAMMAS)
def test_a_trade_that_reduces_gamma_pays_the_half_spread_alone(size, gamma):
    sides = trade(quantity=[size, -size], gamma=gamma)
    rule = GammaSpread(spread_points=1.5, charge=0.2, impact_charge=0.5)
    cost = rule.cost(sides)
    plain = FlatSpread(spread_points=1.5).cost(sides)
    assert cost[sides.reduces] == pytest.approx(plain[sides.reduces])
    assert (cost >= plain - 1e-12).all()


@given(size=SIZES)
def test_the_charge_is_the_rise_of_the_expected_cost(size):
    """By hand: ½|Γ|S²σ²h·[charge + impact·(1/(1 + θ)² − 1)], after less before."""
    view = trade(quantity=size)
    rule = GammaSpread(spread_points=0.0, charge=0.1, impact_charge=0.5, horizon_days=2.0)

    def cost(gamma):
        theta = 4e-6 * 2_000.0 * gamma
        bracket = 0.1 + 0.5 * (1.0 / (1.0 + theta) ** 2 - 1.0)
        return 0.5 * abs(gamma) * 2_000.0**2 * 0.8**2 * 2.0 / 365.0 * bracket

    rise = cost(-5.0 - size * 0.0018) - cost(-5.0)
    assert rule.cost(view)[0] * size == pytest.approx(rise, rel=1e-9)


def test_the_nearer_theta_is_to_minus_one_the_dearer_is_a_purchase():
    costs = GammaSpread().cost(trade(gamma=[-5.0, -40.0, -90.0]))
    assert costs[0] < costs[1] < costs[2]


def test_a_pool_that_is_short_pays_clients_who_sell_to_it():
    buy, sell = InventorySpread(spread_points=1.0, points_per_share=10.0).cost(
        trade(quantity=[10.0, -10.0], gamma=-60.0)
    )
    assert buy > 1.1 > sell
    assert buy + sell == pytest.approx(2.0 * 1.1, abs=0.01)


def test_collateral_limits_what_is_sold_and_nothing_else():
    limit = CollateralLimit(margin_share=0.2, most_used=0.5)
    most = limit.largest(trade(quantity=[10.0, -10.0]))
    assert most.tolist() == [0.5 * 8e6 / (0.2 * 2_000.0) - 3_000.0, np.inf]
    assert limit.largest(trade(capital_usd=-1.0))[0] == 0.0


@given(gamma=st.floats(-62.0, 0.0))
def test_no_trade_that_fits_takes_more_than_its_share_of_the_theta_that_is_left(gamma):
    limit = GammaLimit(collateral=CollateralLimit(most_used=1e6), least_theta=-0.5, share=0.25)
    view = trade(quantity=1e9, gamma=gamma)
    most = limit.largest(view)[0]
    theta = 4e-6 * 2_000.0 * gamma
    after = theta - most * 0.0018 * 4e-6 * 2_000.0
    assert after >= -0.5 - 1e-12
    assert after - theta == pytest.approx(-0.25 * (theta + 0.5), abs=1e-12)


def test_a_trade_that_reduces_gamma_is_limited_by_nothing_but_collateral():
    limit = GammaLimit(collateral=CollateralLimit())
    assert limit.largest(trade(quantity=-10.0, gamma=-70.0))[0] == np.inf
    assert limit.largest(trade(quantity=10.0, gamma=-70.0))[0] == 0.0


def test_every_bundled_design_answers_a_quote():
    for design in DESIGNS.values():
        assert np.isfinite(design.pricing.cost(trade())).all()
        assert (design.limit.largest(trade()) > 0.0).all()
        assert design.at_spread(3.25).pricing.spread_points == 3.25


def test_parameters_are_changed_wherever_they_are_and_nothing_else_is():
    design = design_named("gamma-aware")
    known = parameters_of(design)
    assert {"charge", "margin_share", "least_theta", "depth_per_hour", "average_days"} <= set(known)
    other = with_parameters(design, {"charge": 0.3, "margin_share": 0.4})
    assert parameters_of(other) == known | {"charge": 0.3, "margin_share": 0.4}
    assert other.name == "gamma-aware:charge=0.3,margin_share=0.4"
    assert with_parameters(design, {}) is design


def test_a_paced_hedge_is_the_same_in_a_market_of_another_size():
    """Twice the depth and capital, twice the pool: twice the band and the pace."""
    small, large = (
        PacedHedge()
        .policy(depth_usd_per_pct=k * 5e6, capital_usd=k * 8e6)
        .rule(view(price=2_000.0, gamma=-k * 5.0))
        for k in (1.0, 2.0)
    )
    assert large.band == pytest.approx(2.0 * small.band)
    assert large.most == pytest.approx(2.0 * small.most)


def test_every_parameter_of_a_bundled_design_has_a_name_of_its_own():
    """Two rules with a field of the same name would be changed together."""

    def names(part):
        for item in fields(part):
            value = getattr(part, item.name)
            if is_dataclass(value):
                yield from names(value)
            elif isinstance(value, float):
                yield item.name

    for design in DESIGNS.values():
        found = list(names(design))
        assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: FlatSpread(spread_points=-1.0), "spread_points -1"),
        (lambda: GammaSpread(charge=np.nan), "charge nan"),
        (lambda: CollateralLimit(margin_share=0.0), "margin share 0"),
        (lambda: GammaLimit(collateral=CollateralLimit(), least_theta=-1.0), "least theta -1"),
        (lambda: PoolDesign(name="x", summary="", average_days=-1.0), "average over -1"),
        (lambda: design_named("lira"), "no design is called 'lira'"),
        (lambda: with_parameters(design_named("naive"), {"charg": 1.0}), "no parameter 'charg'"),
    ],
)
def test_figures_that_make_no_sense_are_refused(make, says):
    with pytest.raises(InputError, match=says):
        make()
