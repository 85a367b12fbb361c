"""θ, amplification and the fold, against closed forms."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import ndtr

from shortgamma.exposure.feedback import FeedbackStatus, ShockStatus, feedback
from shortgamma.exposure.profile import Grid
from shortgamma.exposure.unit import unit_exposure
from tests.exposure.builders import series

SPOT, STRIKE, VOL, DAYS, LAMBDA_N = 93.0, 100.0, 0.6, 2.0, 0.15


def short_call():
    options = series([STRIKE], days=DAYS, vols=VOL, is_call=True, forward=SPOT)
    return options, np.array([-1.0]), SPOT * 0.01 / LAMBDA_N


def gamma_of(options, held):
    return float(held @ unit_exposure(options).gamma_usd_per_pct)


def delta_at(x):
    width = VOL * np.sqrt(DAYS / 365.0)
    return ndtr((np.log(SPOT / STRIKE) + x) / width + 0.5 * width)


def test_squeeze_fold_example():
    """S 93, K 100, σ 60 %, 2 days, λN 0.15: a shock of 1.2314 % in logs is the last one that holds."""
    options, held, depth = short_call()
    answer = feedback(
        options, held, gamma_usd_per_pct=gamma_of(options, held), depth_usd_per_pct=depth
    )
    assert answer.critical_up.status is ShockStatus.FOUND
    assert answer.critical_up.shock == pytest.approx(0.012314, abs=5e-7)
    landing = answer.critical_up.landing
    assert landing is not None
    assert landing == pytest.approx(
        answer.critical_up.shock + LAMBDA_N * (delta_at(landing) - delta_at(0.0))
    )


def test_squeeze_fold_from_its_equations():
    """The fold is where λN·∂N(d1)/∂x = 1, solved here with nothing of the package."""
    width = VOL * np.sqrt(DAYS / 365.0)

    def slope(x):
        d1 = (np.log(SPOT / STRIKE) + x) / width + 0.5 * width
        return 1.0 - LAMBDA_N * np.exp(-0.5 * d1 * d1) / np.sqrt(2.0 * np.pi) / width

    fold = brentq(slope, 0.0, np.log(STRIKE / SPOT) - 0.5 * width**2, xtol=1e-14)
    shock = fold - LAMBDA_N * (delta_at(fold) - delta_at(0.0))
    options, held, depth = short_call()
    answer = feedback(
        options, held, gamma_usd_per_pct=gamma_of(options, held), depth_usd_per_pct=depth
    )
    assert answer.critical_up.move_at_fold == pytest.approx(fold, rel=1e-9)
    assert answer.critical_up.shock == pytest.approx(shock, rel=1e-8)


def test_theta_and_amplification_of_a_short_book():
    """Short gamma: θ < 0, volatility multiplied by 1/(1 + θ) > 1, runaway where depth equals |gamma|."""
    options = series([100.0, 100.0], days=30.0, vols=0.5, is_call=[True, False])
    held = np.array([-1_000.0, -1_000.0])
    gamma = gamma_of(options, held)
    answer = feedback(options, held, gamma_usd_per_pct=gamma, depth_usd_per_pct=-2.0 * gamma)
    assert gamma < 0.0
    assert answer.theta == pytest.approx(-0.5)
    assert answer.amplification == pytest.approx(2.0)
    assert answer.runaway_depth_usd_per_pct == pytest.approx(-gamma)
    assert answer.status is FeedbackStatus.AMPLIFIES


def test_a_long_book_dampens_and_never_runs_away():
    options = series([100.0], days=30.0, vols=0.5, is_call=True)
    held = np.array([1_000.0])
    gamma = gamma_of(options, held)
    answer = feedback(options, held, gamma_usd_per_pct=gamma, depth_usd_per_pct=gamma)
    assert answer.amplification == pytest.approx(0.5)
    assert answer.runaway_depth_usd_per_pct is None
    assert answer.status is FeedbackStatus.DAMPENS
    assert answer.critical_up.status is ShockStatus.NONE_IN_RANGE


@pytest.mark.parametrize("excess", [1.0, 1.5])
def test_theta_at_or_below_minus_one_has_no_amplification(excess):
    options = series([100.0], days=30.0, vols=0.5, is_call=True)
    held = np.array([-1_000.0])
    gamma = gamma_of(options, held)
    answer = feedback(options, held, gamma_usd_per_pct=gamma, depth_usd_per_pct=-gamma / excess)
    assert answer.amplification is None
    assert answer.status is FeedbackStatus.RUNAWAY
    assert answer.critical_up.shock == 0.0
    assert answer.critical_up.status is ShockStatus.RUNAWAY


def test_critical_shock_down_mirrors_up():
    """A short put below spot folds on the way down: the shock is negative."""
    options = series([STRIKE], days=DAYS, vols=VOL, is_call=False, forward=107.0)
    held = np.array([-1.0])
    answer = feedback(
        options,
        held,
        gamma_usd_per_pct=gamma_of(options, held),
        depth_usd_per_pct=107.0 * 0.01 / 0.15,
    )
    down = answer.critical_down
    assert down.status is ShockStatus.FOUND
    assert down.shock is not None
    assert down.move_at_fold is not None
    assert down.landing is not None
    assert down.landing < down.move_at_fold < down.shock < 0.0
    assert answer.critical_up.status is ShockStatus.NONE_IN_RANGE


def test_shock_below_the_critical_one_has_a_nearby_answer_and_above_it_has_none():
    """Least-move rounds outward from the shock: 0.98 × it settles at 3.20 %, 1.02 × it at 14.82 %."""
    options, held, depth = short_call()
    answer = feedback(
        options,
        held,
        gamma_usd_per_pct=gamma_of(options, held),
        depth_usd_per_pct=depth,
        grid=Grid(levels=401),
    )
    assert answer.critical_up.shock is not None
    for factor, expected in ((0.98, 0.0320), (1.02, 0.1482)):
        move = 0.0
        for _ in range(5_000):
            move = factor * answer.critical_up.shock + LAMBDA_N * (delta_at(move) - delta_at(0.0))
        assert move == pytest.approx(expected, abs=5e-5)
