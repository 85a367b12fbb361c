"""Sums over a book against an independent computation and against their own decompositions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortgamma.exposure.positioning import DealerLong, DealerShort, Naive
from shortgamma.exposure.totals import breakdown, find_walls, heatmap, total_exposure
from shortgamma.exposure.unit import unit_exposure
from tests.exposure import independent
from tests.exposure.builders import chain_of, random_chain, series


def columns(options):
    return options.forward, options.strike, options.years, options.vol


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_totals_equal_the_independent_sums(seed):
    chain = random_chain(seed)
    options, held = chain.options, Naive().position(chain).quantity
    totals = total_exposure(
        options, unit_exposure(options), quantity=held, open_interest=chain.open_interest
    )
    gamma = independent.gamma_usd_per_pct(*columns(options))
    vanna = np.sum(held * independent.vanna_usd_per_point(*columns(options)))
    charm = np.sum(held * independent.charm_usd_per_day(*columns(options)))
    delta = np.sum(held * options.forward * independent.delta(*columns(options), options.is_call))
    scale = np.sum(np.abs(held) * gamma)
    assert totals.gamma_usd_per_pct == pytest.approx(np.sum(held * gamma), abs=1e-10 * scale)
    assert totals.gross_gamma_usd_per_pct == pytest.approx(scale, rel=1e-12)
    assert totals.vanna_usd_per_point == pytest.approx(vanna, rel=1e-9, abs=1e-9 * scale)
    assert totals.vega_usd_per_point_per_pct == pytest.approx(0.01 * vanna, rel=1e-9, abs=1e-9)
    assert totals.charm_usd_per_day == pytest.approx(charm, rel=1e-9, abs=1e-9 * scale)
    assert totals.delta_usd == pytest.approx(delta, rel=1e-11, abs=1e-9 * scale)


def test_gamma_is_the_dollars_to_trade_per_percent():
    """A 1 % move changes a long straddle's USD delta by its gamma, up to third order."""
    options = series([100.0, 100.0], days=30.0, vols=0.6, is_call=[True, False])
    unit = unit_exposure(options)
    bump = 1e-4
    change = [
        independent.delta(
            options.forward * (1.0 + shift),
            options.strike,
            options.years,
            options.vol,
            options.is_call,
        )
        for shift in (bump, -bump)
    ]
    per_percent = (change[0] - change[1]) / (2.0 * bump) * options.forward * 0.01
    assert unit.gamma_usd_per_pct == pytest.approx(per_percent, rel=1e-6)


def test_coin_gamma_is_the_move_of_the_premium_adjusted_delta():
    """gamma_coin = 0.01·F·∂/∂F of (Δ − V/F) + ..., by finite differences of the coin book's delta."""
    options = series([80.0, 120.0], days=20.0, vols=0.7, is_call=[False, True])

    def coin_delta(shift):
        moved = series(
            [80.0, 120.0], days=20.0, vols=0.7, is_call=[False, True], forward=100.0 * (1 + shift)
        )
        return unit_exposure(moved).delta_coin

    bump = 1e-5
    slope = (coin_delta(bump) - coin_delta(-bump)) / (2.0 * bump) * 0.01
    # ∂NTD/∂F = Γ − NTD/F, so F·∂NTD/∂F·0.01 is 0.01·(FΓ − NTD)
    assert unit_exposure(options).gamma_coin_per_pct == pytest.approx(slope, rel=1e-6)


def test_every_breakdown_sums_to_the_total():
    chain = random_chain(3)
    options, held = chain.options, Naive().position(chain).quantity
    unit = unit_exposure(options)
    totals = total_exposure(options, unit, quantity=held, open_interest=chain.open_interest)
    for key in (options.strike, options.expiry):
        table = breakdown(
            key, options.is_call, unit=unit, quantity=held, open_interest=chain.open_interest
        )
        assert table.gamma_usd_per_pct.sum() == pytest.approx(totals.gamma_usd_per_pct, rel=1e-9)
        assert (table.call_gamma_usd_per_pct + table.put_gamma_usd_per_pct) == pytest.approx(
            table.gamma_usd_per_pct
        )
        assert table.gross_gamma_usd_per_pct.sum() == pytest.approx(totals.gross_gamma_usd_per_pct)
        assert table.charm_usd_per_day.sum() == pytest.approx(totals.charm_usd_per_day, rel=1e-9)
        assert table.open_interest.sum() == pytest.approx(chain.open_interest.sum())
    cells = heatmap(options, unit, quantity=held).gamma_usd_per_pct
    assert np.nansum(cells) == pytest.approx(totals.gamma_usd_per_pct, rel=1e-9)


def test_rules_have_their_signs():
    """Naive is long calls and short puts; dealer-short is short everything and so short gamma."""
    chain = random_chain(1)
    naive = Naive().position(chain).quantity
    assert (naive[chain.options.is_call] > 0.0).all()
    assert (naive[~chain.options.is_call] < 0.0).all()
    assert (DealerShort().position(chain).quantity == -chain.open_interest).all()
    assert (DealerLong().position(chain).quantity == chain.open_interest).all()


def test_a_short_book_is_short_gamma_and_vega_and_long_theta():
    chain = random_chain(2)
    unit = unit_exposure(chain.options)
    totals = total_exposure(
        chain.options,
        unit,
        quantity=DealerShort().position(chain).quantity,
        open_interest=chain.open_interest,
    )
    assert totals.gamma_usd_per_pct < 0.0
    assert totals.vega_usd_per_point < 0.0
    assert totals.theta_usd_per_day > 0.0
    assert totals.gamma_usd_per_pct == pytest.approx(-totals.gross_gamma_usd_per_pct)


def test_walls_are_the_largest_contributions():
    options = series([90.0, 100.0, 110.0], days=10.0, vols=0.5, is_call=[False, True, True])
    chain = chain_of(options, [50.0, 1.0, 40.0])
    held = np.array([-50.0, 1.0, 40.0])
    walls = find_walls(
        breakdown(
            options.strike,
            options.is_call,
            unit=unit_exposure(options),
            quantity=held,
            open_interest=chain.open_interest,
        )
    )
    assert walls.short is not None
    assert walls.long is not None
    assert walls.put is not None
    assert (walls.short.strike, walls.long.strike, walls.put.strike) == (90.0, 110.0, 90.0)
    assert walls.short.gamma_usd_per_pct < 0.0 < walls.long.gamma_usd_per_pct


def test_zero_day_bucket_holds_what_expires_within_24_hours():
    options = series([100.0, 100.0, 100.0], days=[0.5, 1.0, 1.01], vols=0.5, is_call=True)
    unit = unit_exposure(options)
    totals = total_exposure(options, unit, quantity=np.ones(3), open_interest=np.ones(3))
    assert totals.zero_day_gamma_usd_per_pct == pytest.approx(unit.gamma_usd_per_pct[:2].sum())
