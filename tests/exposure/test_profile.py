"""The profile and its flips against dense independent scans, and the laws they obey."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortgamma.exposure.dynamics import FittedSurface, StickyDelta
from shortgamma.exposure.positioning import DealerLong, DealerShort, Naive
from shortgamma.exposure.profile import Crossing, FlipStatus, Grid, gamma_profile
from shortgamma.exposure.unit import unit_exposure
from shortgamma.market.surface import fit_surface
from tests.exposure import independent
from tests.exposure.builders import random_chain, series


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_flips_equal_a_dense_independent_scan(seed):
    chain = random_chain(seed)
    held = Naive().position(chain).quantity
    profile = gamma_profile(chain.options, held, spot=chain.spot)
    expected = independent.all_flips(
        chain.options, held, chain.spot, low=0.5, high=2.0, points=4_001
    )
    assert [flip.crossing.value for flip in profile.flips] == [way for _spot, way in expected]
    assert [flip.spot for flip in profile.flips] == pytest.approx(
        [spot for spot, _way in expected], rel=1e-9
    )


@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.03]))
@settings(max_examples=20, deadline=None)
def test_profile_equals_independent_repricing(seed, rate):
    chain = random_chain(seed, size=80)
    options = chain.options
    if rate:
        options = series(
            options.strike,
            days=options.years * 365.0,
            vols=options.vol,
            is_call=options.is_call,
            forward=options.forward,
            rate=rate,
        )
    held = Naive().position(chain).quantity
    profile = gamma_profile(options, held, spot=100.0)
    moves = np.log(profile.spot / 100.0)
    discount = np.exp(-rate * options.years)
    scale = np.sum(np.abs(held) * unit_exposure(options).gamma_usd_per_pct)
    for j in (0, 40, 100, 157, 200):
        at = (options.forward * np.exp(moves[j]), options.strike, options.years, options.vol)
        gamma = np.sum(held * discount * independent.gamma_usd_per_pct(*at))
        vanna = np.sum(held * discount * independent.vanna_usd_per_point(*at))
        carry = discount * rate * at[0] * independent.delta(*at, options.is_call) / 365.0
        charm = np.sum(held * (discount * independent.charm_usd_per_day(*at) + carry))
        assert profile.gamma_usd_per_pct[j] == pytest.approx(gamma, rel=1e-9, abs=1e-11 * scale)
        assert profile.vanna_usd_per_point[j] == pytest.approx(vanna, rel=1e-9, abs=1e-9 * scale)
        assert profile.charm_usd_per_day[j] == pytest.approx(charm, rel=1e-9, abs=1e-9 * scale)


def test_profile_at_spot_is_the_net_gamma():
    chain = random_chain(5)
    held = Naive().position(chain).quantity
    profile = gamma_profile(chain.options, held, spot=100.0, grid=Grid(lowest=0.5, highest=2.0))
    now = held @ unit_exposure(chain.options).gamma_usd_per_pct
    assert profile.spot[100] == pytest.approx(100.0)
    assert profile.gamma_usd_per_pct[100] == pytest.approx(now, rel=1e-9)


def test_long_puts_below_short_calls_above_flip_down():
    """Long gamma at 80 and short gamma at 120: net gamma turns negative as the price rises."""
    options = series([80.0, 120.0], days=30.0, vols=0.5, is_call=[False, True])
    profile = gamma_profile(options, np.array([1.0, -1.0]), spot=100.0)
    assert [flip.crossing for flip in profile.flips] == [Crossing.DOWN]
    mirrored = gamma_profile(options, np.array([-1.0, 1.0]), spot=100.0)
    assert [flip.crossing for flip in mirrored.flips] == [Crossing.UP]
    assert mirrored.flips[0].spot == pytest.approx(profile.flips[0].spot)


def test_flip_pairs_narrower_than_the_grid_are_found():
    """A one-hour option inside a long-dated book flips it twice within one step of the shown grid."""
    options = series([100.0, 100.3], days=[200.0, 1.0 / 24.0], vols=[0.6, 0.3], is_call=True)
    held = np.array([30.0, -1.0])
    profile = gamma_profile(options, held, spot=100.0, grid=Grid(levels=41))
    expected = independent.all_flips(options, held, 100.0, low=0.5, high=2.0, points=60_001)
    assert len(expected) == 2
    assert [flip.spot for flip in profile.flips] == pytest.approx(
        [s for s, _ in expected], rel=1e-9
    )


def test_a_dip_that_barely_crosses_between_two_levels_is_found():
    """The double root sits between scan levels; only the parabola through three of them shows it."""
    options = series([100.0, 100.9], days=[100.0, 40.0], vols=0.5, is_call=True)
    ratio = np.min(
        [
            independent.net_gamma(options, np.array([1.0, 0.0]), m)
            / independent.net_gamma(options, np.array([0.0, 1.0]), m)
            for m in np.linspace(-0.1, 0.1, 20_001)
        ]
    )
    held = np.array([1.0, -ratio * (1.0 + 1e-5)])
    expected = independent.all_flips(options, held, 100.0, low=0.9, high=1.1, points=20_001)
    profile = gamma_profile(
        options, held, spot=100.0, grid=Grid(lowest=0.5, highest=2.0, levels=41)
    )
    near = [flip.spot for flip in profile.flips if 90.0 < flip.spot < 110.0]
    assert len(expected) == 2
    assert near == pytest.approx([spot for spot, _way in expected], rel=1e-7)


@pytest.mark.parametrize(
    ("rule", "status"),
    [(DealerShort(), FlipStatus.ALWAYS_SHORT), (DealerLong(), FlipStatus.ALWAYS_LONG)],
)
def test_one_sided_books_say_why_they_have_no_flip(rule, status):
    chain = random_chain(7)
    profile = gamma_profile(chain.options, rule.position(chain).quantity, spot=100.0)
    assert profile.flips == ()
    assert profile.flip_status is status


def test_a_flip_beyond_the_grid_is_said_to_be_there():
    options = series([100.0, 400.0], days=60.0, vols=0.5, is_call=[True, True])
    profile = gamma_profile(
        options, np.array([1.0, -1.0]), spot=100.0, grid=Grid(lowest=0.7, highest=1.3)
    )
    assert profile.flips == ()
    assert profile.flip_status is FlipStatus.OUTSIDE_GRID


def test_a_book_that_nets_to_nothing_is_flat():
    options = series([100.0, 100.0], days=30.0, vols=0.5, is_call=[True, False])
    profile = gamma_profile(options, np.array([1.0, -1.0]), spot=100.0)
    assert profile.flips == ()
    assert profile.flip_status is FlipStatus.FLAT


def test_sticky_delta_moves_the_smile_with_the_forward():
    """With a smile that is a function of moneyness alone, the book scales: gamma·at level = level × …."""
    strikes = np.linspace(60.0, 160.0, 41)
    vols = 0.5 + 0.4 * np.log(strikes / 100.0) ** 2
    options = series(strikes, days=30.0, vols=vols, is_call=strikes >= 100.0)
    dynamics = StickyDelta()
    assert dynamics.vols(options, 0.0) == pytest.approx(options.vol)
    moved = dynamics.vols(options, 0.1)
    inner = (np.log(strikes / 100.0) - 0.1 > np.log(0.6)) & (strikes < 150.0)
    expected = 0.5 + 0.4 * (np.log(strikes / 100.0) - 0.1) ** 2
    assert moved[inner] == pytest.approx(expected[inner], abs=1e-3)


def test_fitted_surface_returns_the_fitted_smile():
    strikes = np.linspace(60.0, 160.0, 41)
    k = np.log(strikes / 100.0)
    years = 30.0 / 365.0
    variance = 0.01 + 0.06 * (-0.3 * (k - 0.05) + np.sqrt((k - 0.05) ** 2 + 0.02))
    options = series(strikes, days=30.0, vols=np.sqrt(variance / years), is_call=True)
    dynamics = FittedSurface(fit_surface(options))
    assert dynamics.vols(options, 0.0) == pytest.approx(options.vol, rel=1e-6)
    shifted = 0.01 + 0.06 * (-0.3 * (k - 0.15) + np.sqrt((k - 0.15) ** 2 + 0.02))
    assert dynamics.vols(options, 0.1) == pytest.approx(np.sqrt(shifted / years), rel=1e-5)


def test_repriced_profile_agrees_with_the_fast_one_where_vols_do_not_move():
    """A flat smile does not care whether it sticks to strikes or to deltas."""
    options = series(np.linspace(70.0, 140.0, 15), days=20.0, vols=0.55, is_call=True)
    held = np.linspace(-1.0, 2.0, 15)
    sticky_strike = gamma_profile(options, held, spot=100.0)
    sticky_delta = gamma_profile(options, held, spot=100.0, dynamics=StickyDelta())
    assert sticky_delta.gamma_usd_per_pct == pytest.approx(
        sticky_strike.gamma_usd_per_pct, rel=1e-9, abs=1e-9
    )
    assert [f.spot for f in sticky_delta.flips] == pytest.approx(
        [f.spot for f in sticky_strike.flips], rel=1e-9
    )


def test_rolling_forward_drops_what_expires():
    options = series([100.0, 100.0], days=[1.0, 10.0], vols=0.5, is_call=True)
    later = options.rolled(2.0 / 365.0)
    assert len(later) == 1
    assert later.years[0] == pytest.approx(8.0 / 365.0)
