"""Fire sales: the page's example, published properties, and the threshold model's laws."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.fire_sales import vulnerability
from shortgamma.risk.contagion.portfolios import Portfolios
from shortgamma.risk.contagion.thresholds import (
    LeverageRule,
    forced_sales,
    liquidity_weighted_overlap,
)

TWO = Portfolios(
    names=("large", "small"),
    asset_names=("liquid", "thin"),
    assets=[100, 50],
    leverage=[10, 10],
    weights=[[0.6, 0.4], [0.2, 0.8]],
    impact=[1e-4, 2e-4],
    shock=[-0.05, 0.0],
)


def random_portfolios(seed):
    rng = np.random.default_rng(seed)
    count, kinds = int(rng.integers(1, 7)), int(rng.integers(1, 6))
    weights = rng.dirichlet(np.ones(kinds), count)
    return Portfolios(
        names=tuple(map(str, range(count))),
        asset_names=tuple(map(str, range(kinds))),
        assets=rng.uniform(1.0, 100.0, count),
        leverage=rng.uniform(0.0, 20.0, count),
        weights=weights,
        impact=rng.uniform(0.0, 2e-4, kinds),
        shock=-rng.uniform(0.0, 0.05, kinds),
    )


def test_the_worked_example_of_two_institutions():
    """−A·M·L·Mᵀ·A·B·M·F over equity, by hand: trades −30 and −5, sales 19 and 16, losses .242 and .147."""
    found = vulnerability(TWO)
    assert found.aggregate == pytest.approx(0.0285267, abs=5e-8)
    np.testing.assert_allclose(found.contributions, [0.02332, 0.0052067], atol=5e-8)
    np.testing.assert_allclose(found.sales.sum(axis=0), [19.0, 16.0], rtol=1e-14)
    np.testing.assert_allclose(found.losses, [0.242, 0.147], rtol=1e-13)
    np.testing.assert_allclose(found.price_returns, [-0.0019, -0.0032], rtol=1e-13)


@given(st.integers(0, 10_000))
def test_contributions_sum_to_aggregate_vulnerability(seed):
    held = random_portfolios(seed)
    found = vulnerability(held)
    assert found.contributions.sum() == pytest.approx(found.aggregate, rel=1e-12, abs=1e-18)
    weighted = found.indirect @ held.equity / held.equity.sum()
    assert weighted == pytest.approx(found.aggregate, rel=1e-12, abs=1e-18)


@given(st.integers(0, 10_000))
def test_a_contribution_factors_into_size_leverage_exposure_and_linkage(seed):
    """Their equation 7: contribution of n = γ_n·(a_n/E)·b_n·(−e_n'MF), γ_n = Σ_k (Σ_m a_m·m_mk)·l_k·m_nk."""
    held = random_portfolios(seed)
    linkage = held.weights @ (np.diagonal(held.impact) * (held.assets @ held.weights))
    exposure = -held.weights @ held.shock
    wanted = linkage * held.assets / held.equity.sum() * held.leverage * exposure
    np.testing.assert_allclose(vulnerability(held).contributions, wanted, rtol=1e-12)


def test_falling_prices_make_them_sell_and_rising_ones_buy():
    fall, rise = vulnerability(TWO), vulnerability(replace(TWO, shock=-TWO.shock))
    assert np.all(fall.sales > 0.0)
    assert np.all(fall.price_returns < 0.0)
    np.testing.assert_allclose(rise.sales, -fall.sales, rtol=1e-14)
    assert rise.aggregate == pytest.approx(-fall.aggregate)


def test_whoever_has_no_debt_sells_nothing():
    found = vulnerability(replace(TWO, leverage=np.zeros(2)))
    np.testing.assert_array_equal(found.sales, 0.0)
    assert found.aggregate == 0.0


def test_the_overlap_is_symmetric_positive_and_what_a_full_sale_costs():
    overlap = liquidity_weighted_overlap(TWO)
    # Π = [[60, 40], [10, 40]], depths 10,000 and 5,000: 60²/1e4 + 40²/5e3 = 0.68, …
    np.testing.assert_allclose(overlap, [[0.68, 0.38], [0.38, 0.33]], rtol=1e-14)
    assert np.all(np.linalg.eigvalsh(overlap) >= 0.0)


def test_below_the_limit_nobody_sells():
    rule = LeverageRule(max_leverage=40.0, target_leverage=11.0)
    found = forced_sales(TWO, rule)
    assert found.rounds == 0
    np.testing.assert_array_equal(found.losses, 0.0)
    np.testing.assert_allclose(found.direct_losses, [3.0, 0.5], rtol=1e-14)
    np.testing.assert_allclose(found.equity, TWO.equity - [3.0, 0.5], rtol=1e-14)


def test_one_round_by_hand():
    """Leverage 97/6.0909 = 15.9 > 12: sells to 11: 97 − 67 = 30; the other 49.5/4.0455: 49.5 − 44.5 = 5."""
    found = forced_sales(TWO, LeverageRule(max_leverage=12.0, target_leverage=11.0, sold_at=1.0))
    equity = TWO.equity - [3.0, 0.5]
    np.testing.assert_allclose(found.sold, [97.0 - 11.0 * equity[0], 49.5 - 11.0 * equity[1]])
    part = found.sold / [97.0, 49.5]
    values = TWO.holdings * (1.0 + TWO.shock)
    fall = TWO.impact @ (part @ values)
    np.testing.assert_allclose(found.losses, values @ fall, rtol=1e-13)
    np.testing.assert_allclose(found.price_returns, -fall, rtol=1e-13)
    assert found.rounds == 1


def test_first_order_losses_are_overlap_times_the_parts_sold():
    """Without a shock to values, losses of a round with ``sold_at`` 1 are Ω·Γ."""
    calm = replace(TWO, shock=np.zeros(2))
    found = forced_sales(calm, LeverageRule(max_leverage=10.99, target_leverage=10.5, sold_at=1.0))
    assert found.rounds == 1
    np.testing.assert_allclose(found.losses, found.overlap @ (found.sold / calm.assets), rtol=1e-12)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 1.0), st.floats(2.0, 15.0), st.floats(0.5, 1.0))
def test_losses_are_never_negative_and_equity_is_conserved(seed, sold_at, limit, part):
    held = random_portfolios(seed)
    rule = LeverageRule(max_leverage=limit, target_leverage=max(1.0, part * limit), sold_at=sold_at)
    found = forced_sales(held, rule)
    assert np.all(found.losses >= 0.0)
    assert np.all((found.price_returns <= 0.0) & (found.price_returns >= -1.0))
    kept = held.equity - found.direct_losses - found.losses
    np.testing.assert_allclose(found.equity, kept, rtol=1e-9, atol=1e-9)
    assert np.all(found.sold <= held.assets * (1.0 + 1e-9))
    if found.converged:
        worst = forced_sales(replace(held, impact=2.0 * held.impact), rule)
        assert worst.losses.sum() >= found.losses.sum() * (1.0 - 1e-9)


def test_illiquid_assets_can_leave_someone_solvent_with_nothing_to_sell():
    held = replace(TWO, leverage=np.array([3.0, 3.0]), shock=np.array([-0.2, -0.2]))
    rule = LeverageRule(max_leverage=3.5, target_leverage=3.0, illiquid=[400.0, 200.0])
    found = forced_sales(held, rule)
    assert found.illiquid.all()
    assert not found.insolvent.any()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weights": [[0.6, 0.3], [0.2, 0.8]]}, "'large'"),
        ({"weights": [[0.6, 0.4]]}, "expected 2 × 2"),
        ({"assets": [-1, 50]}, "assets"),
        ({"assets": [0, 0]}, "nobody holds"),
        ({"leverage": [np.nan, 1]}, "leverage"),
        ({"shock": [-1.5, 0]}, "shock"),
        ({"impact": [1e-4]}, "impact"),
    ],
)
def test_bad_portfolios_are_refused(change, words):
    with pytest.raises(InputError, match=words):
        replace(TWO, **change)


@pytest.mark.parametrize(
    "rule",
    [
        {"max_leverage": 5.0, "target_leverage": 6.0},
        {"max_leverage": 5.0, "target_leverage": 0.5},
        {"max_leverage": np.inf, "target_leverage": 5.0},
        {"max_leverage": 5.0, "target_leverage": 5.0, "sold_at": 2.0},
    ],
)
def test_bad_rules_are_refused(rule):
    with pytest.raises(InputError):
        LeverageRule(**rule)
