"""Random numbers: the published known answers, their distribution, and that no number depends on who asks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from shortgamma.feedback.draws import CHUNK, Draws, Stream
from shortgamma.kernels.philox import (
    fill_normals,
    fill_uniforms,
    half_open,
    philox,
    sine_cosine_of_turn,
)

# Random123's kat_vectors, philox4x32 with 10 rounds: counter, key, answer.
ZEROS = ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8))
ONES = ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD))
DIGITS_OF_PI = (
    (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
    (0xA4093822, 0x299F31D0),
    (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
)
PATHS, PAIRS = 20_000, 10


def normals(*, seed=1, stream=0, first_path=0, first_pair=0, pairs=PAIRS, paths=PATHS):
    out = np.empty((2 * pairs, paths))
    fill_normals(seed, stream, first_path, first_pair, out)
    return out


def uniforms(*, seed=1, stream=0, first_path=0, first_pair=0, pairs=PAIRS, paths=PATHS):
    out = np.empty((2 * pairs, paths))
    fill_uniforms(seed, stream, first_path, first_pair, out)
    return out


@pytest.mark.parametrize(("counter", "key", "answer"), [ZEROS, ONES, DIGITS_OF_PI])
def test_philox_gives_the_published_answers(counter, key, answer):
    assert tuple(int(word) for word in philox(*counter, *key)) == answer


def test_a_uniform_number_is_built_from_the_words_of_its_counter():
    """Path, pair of steps, stream and seed stand in the counter and the key where the docstring says."""
    seed, stream, path, pair = 2**40 + 5, 16, 2**33 + 7, 3
    words = philox(path & 0xFFFFFFFF, pair, stream, path >> 32, seed & 0xFFFFFFFF, seed >> 32)
    first, second = ((int(words[i]) >> 6) * 2**26 + (int(words[i + 1]) >> 6) for i in (0, 2))
    found = uniforms(
        seed=seed, stream=stream, first_path=path, first_pair=pair, pairs=1, paths=1
    ).ravel()
    np.testing.assert_array_equal(found, [(first + 0.5) * 2.0**-52, (second + 0.5) * 2.0**-52])


def test_uniform_numbers_are_never_0_and_never_1():
    assert half_open(0, 0) == 2.0**-53
    assert half_open(0xFFFFFFFF, 0xFFFFFFFF) == 1.0 - 2.0**-53


def test_sine_and_cosine_of_a_turn_are_those_of_the_library():
    turns = np.concatenate([np.linspace(1e-9, 1.0 - 1e-9, 10_007), np.arange(1, 8) / 8.0])
    found = np.array([sine_cosine_of_turn(u) for u in turns.tolist()])
    expected = np.column_stack([np.sin(2.0 * np.pi * turns), np.cos(2.0 * np.pi * turns)])
    np.testing.assert_allclose(found, expected, atol=1.5e-15)  # 2πu itself rounds by 4e-16


def test_normal_numbers_are_the_box_muller_transform_of_the_uniform_ones():
    u = uniforms(paths=500)
    radius, angle = np.sqrt(-2.0 * np.log(u[::2])), 2.0 * np.pi * u[1::2]
    found = normals(paths=500)
    np.testing.assert_allclose(found[::2], radius * np.cos(angle), atol=5e-15)
    np.testing.assert_allclose(found[1::2], radius * np.sin(angle), atol=5e-15)


def test_moments_of_normal_numbers():
    z = normals().ravel()
    n = z.size
    expected = {1: (0.0, 1.0), 2: (1.0, 2.0), 3: (0.0, 15.0), 4: (3.0, 96.0), 6: (15.0, 10_170.0)}
    for power, (mean, variance) in expected.items():
        assert abs((z**power).mean() - mean) < 4.0 * (variance / n) ** 0.5, power


def test_distributions_pass_kolmogorov_and_smirnov():
    assert stats.kstest(normals().ravel(), "norm").pvalue > 1e-3
    assert stats.kstest(uniforms().ravel(), "uniform").pvalue > 1e-3


def test_tails_hold_as_many_numbers_as_they_should():
    z = normals(pairs=50).ravel()
    for edge in (3.0, 4.0):
        expected = 2.0 * stats.norm.sf(edge) * z.size
        assert abs((np.abs(z) > edge).sum() - expected) < 4.0 * expected**0.5


@pytest.mark.parametrize(
    "other",
    [
        {"stream": 1},
        {"stream": 2**31},
        {"seed": 2},
        {"seed": 1 + 2**32},
        {"first_path": PATHS},
        {"first_path": 2**32},
        {"first_pair": PAIRS},
    ],
)
def test_other_streams_seeds_paths_and_steps_are_independent(other):
    z, w = normals().ravel(), normals(**other).ravel()
    limit = 4.0 / z.size**0.5
    assert abs(np.mean(z * w)) < limit
    assert abs(np.mean((z**2 - 1.0) * (w**2 - 1.0))) / 2.0 < limit


def test_neighbouring_steps_and_paths_are_independent():
    z = normals()
    limit = 4.0 / (z.size - z.shape[1]) ** 0.5
    pairs_of_rows = [(z[::2], z[1::2]), (z[1:-1:2], z[2::2]), (z[:, :-1], z[:, 1:])]
    for a, b in pairs_of_rows:
        assert abs(np.mean(a * b)) < 1.5 * limit
        assert abs(np.mean((a**2 - 1.0) * (b**2 - 1.0))) / 2.0 < 1.5 * limit


@settings(deadline=None, max_examples=30)
@given(
    cut=st.integers(1, 299),
    first=st.integers(0, 2**34),
    pair=st.integers(0, 2**20),
    seed=st.integers(0, 2**63 - 1),
)
def test_any_split_into_blocks_of_paths_and_steps_gives_the_same_bits(cut, first, pair, seed):
    where = {"seed": seed, "stream": 3}
    for make in (normals, uniforms):
        whole = make(**where, first_path=first, first_pair=pair, pairs=3, paths=300)
        left = make(**where, first_path=first, first_pair=pair, pairs=3, paths=cut)
        right = make(**where, first_path=first + cut, first_pair=pair, pairs=3, paths=300 - cut)
        later = make(**where, first_path=first, first_pair=pair + 1, pairs=2, paths=300)
        np.testing.assert_array_equal(whole, np.hstack([left, right]))
        np.testing.assert_array_equal(whole[2:], later)


def test_draws_answer_the_same_whoever_asked_before_and_in_any_order():
    steps = [0, 1, CHUNK - 1, CHUNK, 5 * CHUNK + 3, 2]
    orderly = Draws(seed=9, first_path=40, size=8)
    found = {}
    for step in sorted(steps):
        orderly.step = step
        found[step] = orderly.normals(Stream.PRICE).copy()
    other = Draws(seed=9, first_path=44, size=4)
    for step in steps:
        other.step = step
        other.uniforms(Stream.PRICE)
        other.normals(Stream.NOISE)
        np.testing.assert_array_equal(other.normals(Stream.PRICE), found[step][4:])
    np.testing.assert_array_equal(
        found[5 * CHUNK + 3],
        normals(seed=9, first_path=40, first_pair=(5 * CHUNK + 3) // 2, pairs=1, paths=8)[1],
    )


def test_no_two_streams_of_the_engine_share_a_number():
    assert len({int(stream) for stream in Stream}) == len(Stream)
