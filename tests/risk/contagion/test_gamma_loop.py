"""The loop of hedging flows: gain, amplification, and never a number where it runs away."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.gamma_loop import GammaLoop, LoopStatus, loop_answer


def one(gamma, impact):
    return GammaLoop(venues=("spot",), gamma=gamma, impact=impact)


def random_loop(seed, gain):
    """A loop of several venues scaled to a gain."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 6))
    gamma, impact = rng.uniform(size=(2, count, count))
    gamma *= gain / np.abs(np.linalg.eigvals(gamma @ impact)).max()
    return GammaLoop(venues=tuple(map(str, range(count))), gamma=gamma, impact=impact)


@pytest.mark.parametrize(
    ("gain", "amplification"), [(0.0, 1.0), (0.5, 2.0), (0.75, 4.0), (0.9, 10.0)]
)
def test_one_venue_amplifies_by_the_geometric_series(gain, amplification):
    found = loop_answer(one(40.0, gain / 40.0))
    assert found.loop_gain == pytest.approx(gain)
    assert found.amplification == pytest.approx(amplification)
    assert found.status is LoopStatus.STABLE


@pytest.mark.parametrize("gain", [1.0, 1.0 + 1e-9, 1.5, 3.0])
def test_a_gain_of_one_or_more_is_unstable_and_never_a_number(gain):
    found = loop_answer(one(gain, 1.0))
    assert found.loop_gain == pytest.approx(gain)
    assert found.status is LoopStatus.UNSTABLE
    assert found.amplification is None
    assert found.responses is None
    assert found.flows is None


def test_long_gamma_dampens_and_too_much_of_it_overshoots():
    assert loop_answer(one(-0.5, 1.0)).amplification == pytest.approx(1.0 / 1.5)
    assert loop_answer(one(-1.5, 1.0)).status is LoopStatus.UNSTABLE


@settings(deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 0.9))
def test_responses_are_the_sum_of_all_turns(seed, gain):
    loop = random_loop(seed, gain)
    found = loop_answer(loop)
    assert found.loop_gain == pytest.approx(gain, rel=1e-9)
    assert found.amplification == pytest.approx(1.0 / (1.0 - gain), rel=1e-7)
    move = total = np.eye(len(loop.venues))
    for _turn in range(400):
        move = loop.impact @ (loop.gamma @ move)
        total = total + move
    np.testing.assert_allclose(found.responses, total, rtol=1e-6)
    np.testing.assert_allclose(found.flows, loop.gamma @ total, rtol=1e-6)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.floats(1.0001, 5.0))
def test_random_loops_above_one_are_unstable(seed, gain):
    assert loop_answer(random_loop(seed, gain)).amplification is None


def test_a_move_in_the_dominant_mode_is_amplified_by_exactly_the_amplification():
    loop = random_loop(11, 0.8)
    found = loop_answer(loop)
    np.testing.assert_allclose(found.responses @ found.mode, 5.0 * found.mode, rtol=1e-9)


@settings(deadline=None)
@given(st.integers(1, 50), st.floats(0.1, 0.95))
def test_splitting_gamma_over_venues_with_their_own_depth_divides_the_gain(count, gain):
    """The same total gamma on n venues, each as deep as the one, without impact across: gain/n."""
    whole = loop_answer(one(gain, 1.0))
    parts = GammaLoop(
        venues=tuple(map(str, range(count))), gamma=np.full(count, gain / count), impact=1.0
    )
    found = loop_answer(parts)
    assert found.loop_gain == pytest.approx(whole.loop_gain / count)
    joined = GammaLoop(
        venues=parts.venues, gamma=np.full(count, gain / count), impact=np.ones((count, count))
    )
    assert loop_answer(joined).loop_gain == pytest.approx(gain)


def test_two_venues_across_by_hand():
    """Hedges of a trade on b and of b on a: λΓ = [[0, .3·.5], [.8·.5, 0]], g = √(.15·.4)."""
    loop = GammaLoop(venues=("a", "b"), gamma=[[0, 0.3], [0.8, 0]], impact=[0.5, 0.5])
    found = loop_answer(loop)
    assert found.loop_gain == pytest.approx(np.sqrt(0.06), rel=1e-12)
    np.testing.assert_allclose(
        found.responses, np.array([[1.0, 0.15], [0.4, 1.0]]) / 0.94, rtol=1e-12
    )


@pytest.mark.parametrize(
    ("gamma", "impact", "words"),
    [
        ([1.0, 2.0], 1.0, "gamma"),
        (1.0, -1.0, "impact"),
        (np.nan, 1.0, "gamma"),
        ([[1.0, 2.0]], 1.0, "expected 1 × 1"),
    ],
)
def test_bad_loops_are_refused(gamma, impact, words):
    with pytest.raises(InputError, match=words):
        one(gamma, impact)
