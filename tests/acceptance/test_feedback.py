"""θ, amplification, runaway depth and critical shocks, by iterating the market to rest."""

import math

import numpy as np
import pytest

from tests.acceptance.reference import equilibrium

SPOT, STRIKE, VOL, YEARS, PUSH = 93.0, 100.0, 0.6, 2 / 365, 0.15
HELD = 1000.0
# λN = PUSH: one coin moves the price by 0.01 / depth · spot.
DEPTH = 0.01 * SPOT * HELD / PUSH


def share_above(distance):
    """Standard normal distribution function."""
    return math.erfc(-distance / math.sqrt(2)) / 2


def hedging(spot):
    """What hedgers of a short option push the price by, as a function of its log move."""
    width = VOL * YEARS**0.5
    today = math.log(spot / STRIKE) / width + width / 2

    def push(log_move):
        return PUSH * (share_above(today + log_move / width) - share_above(today))

    return push


squeeze = hedging(SPOT)


def brute_force_fold(push, low, high):
    """The least shock that runs to another equilibrium: bisection over iterations to rest."""
    for _ in range(24):
        middle = (low + high) / 2
        if abs(equilibrium(middle, push)) < 0.08:
            low = middle
        else:
            high = middle
    return high


@pytest.fixture
def book(chain):
    return chain(
        [f"call,{STRIKE!r},{YEARS!r},{SPOT!r},{VOL!r},{HELD!r},{SPOT!r}"],
        header="kind,strike,years,forward,mark_vol,open_interest,spot",
    )


@pytest.fixture
def feedback(run, book):
    def ask(model, depth=DEPTH):
        words = ("exposure", book, "--positioning", model, "--depth", repr(depth), "--json")
        return run(*words).document

    return ask


def test_the_squeeze_folds_at_1_2314_percent(feedback):
    answer = feedback("dealer-short")["feedback"]
    fold = brute_force_fold(squeeze, 0.0, 0.03)
    assert round(fold, 6) == 0.012314
    np.testing.assert_allclose(answer["critical_shock_up"], fold, rtol=1e-6)
    assert answer["critical_shock_down"] is None


def test_just_below_the_critical_shock_the_price_stays_and_just_above_it_leaves(feedback):
    critical = feedback("dealer-short")["feedback"]["critical_shock_up"]
    np.testing.assert_allclose(equilibrium(0.98 * critical, squeeze), 0.032012, rtol=1e-4)
    np.testing.assert_allclose(equilibrium(1.02 * critical, squeeze), 0.148193, rtol=1e-4)


def test_theta_amplification_and_runaway_depth_follow_from_net_gamma(feedback):
    answer = feedback("dealer-short")
    net, loop = answer["gamma_usd_per_pct"], answer["feedback"]
    width = VOL * YEARS**0.5
    d1 = np.log(SPOT / STRIKE) / width + width / 2
    np.testing.assert_allclose(
        net,
        -HELD * SPOT * math.exp(-d1 * d1 / 2) / math.sqrt(2 * math.pi) / width * 0.01,
        rtol=1e-12,
    )
    np.testing.assert_allclose(loop["theta"], net / DEPTH, rtol=1e-14)
    np.testing.assert_allclose(loop["amplification"], 1 / (1 + net / DEPTH), rtol=1e-14)
    np.testing.assert_allclose(loop["runaway_depth_usd_per_pct"], -net, rtol=1e-14)
    assert loop["depth_usd_per_pct"] == DEPTH


def test_at_the_runaway_depth_there_is_no_amplification_and_a_status_says_so(feedback):
    runaway = feedback("dealer-short")["feedback"]["runaway_depth_usd_per_pct"]
    for depth in (runaway, 0.5 * runaway):
        loop = feedback("dealer-short", depth)["feedback"]
        assert loop["theta"] <= -1
        assert loop["amplification"] is None
        assert loop["status"] == "runaway"
    assert feedback("dealer-short", 1.001 * runaway)["feedback"]["amplification"] > 900


def test_long_gamma_dampens_and_has_no_critical_shock(feedback):
    loop = feedback("dealer-long")["feedback"]
    assert loop["theta"] > 0
    assert 0 < loop["amplification"] < 1
    assert loop["runaway_depth_usd_per_pct"] is None
    assert loop["critical_shock_up"] is None
    assert loop["critical_shock_down"] is None


def test_a_short_put_below_spot_folds_downwards_with_a_negative_shock(run, chain):
    spot = 107.5
    path = chain(
        [f"put,{STRIKE!r},{YEARS!r},{spot!r},{VOL!r},{HELD!r},{spot!r}"],
        header="kind,strike,years,forward,mark_vol,open_interest,spot",
    )
    depth = 0.01 * spot * HELD / PUSH
    words = ("exposure", path, "--positioning", "dealer-short", "--depth", repr(depth), "--json")
    loop = run(*words).document["feedback"]
    push = hedging(spot)
    fold = -brute_force_fold(lambda move: -push(-move), 0.0, 0.04)
    np.testing.assert_allclose(loop["critical_shock_down"], fold, rtol=1e-6)
    assert loop["critical_shock_down"] < 0
    assert loop["critical_shock_up"] is None
