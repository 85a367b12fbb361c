"""The profile against plain sums over every option at every level."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf

from shortgamma.kernels.black import Greek
from shortgamma.kernels.profile import REACH, gamma_sum, profile_sums, profile_terms
from tests.kernels.exact import DIGITS, closed_greeks
from tests.kernels.samples import MINUTE, Options, columns, greeks, unhurried

DAYS = 365.0
KEPT = 1e-12


def book(seed, size, *, shortest=MINUTE, longest=3.0, lowest=0.05, highest=5.0):
    """Options within three widths of the money, and signed holdings."""
    rng = np.random.default_rng(seed)
    forward = np.exp(rng.uniform(0.0, np.log(1e5), size))
    years = np.exp(rng.uniform(np.log(shortest), np.log(longest), size))
    vol = np.exp(rng.uniform(np.log(lowest), np.log(highest), size))
    strike = forward * np.exp(rng.uniform(-3.0, 3.0, size) * vol * np.sqrt(years))
    sign = rng.choice([-1.0, 1.0], size)
    return Options(forward, strike, years, vol, np.zeros(size), sign), rng.normal(size=size)


def direct(moves, options, weight):
    """Gamma, vanna and charm of each option at each level, shape (3, m, n), from the definitions."""
    forward, strike, years, vol, _rate, _sign = options
    width = vol * np.sqrt(years)
    ratio = forward / strike
    close = np.log1p((forward - strike) / strike)  # ln(F/K) that keeps its digits near the money
    moneyness = np.where(np.abs(ratio - 1.0) < 0.5, close, np.log(ratio))
    d1 = (moneyness + moves[:, None]) / width + width / 2.0
    d2 = d1 - width
    moved = forward * np.exp(moves[:, None])
    density = np.exp(-d1 * d1 / 2.0) / np.sqrt(2.0 * np.pi)
    gamma = density / (moved * width)
    vanna = -density * d2 / vol
    charm = density * d2 / (2.0 * years)
    return np.array(
        [
            weight * gamma * moved**2 * 0.01,
            weight * vanna * moved * 0.01,
            weight * charm * moved / DAYS,
        ]
    )


def summed(moves, options, weight):
    """What the kernel says, shape (3, m)."""
    out = np.zeros((3, moves.size))
    profile_sums(moves, *options[:4], weight, out)
    return out * np.exp(moves)


def gamma_only(moves, options, weight):
    """Gamma of each level by the kernel for single levels."""
    terms = np.full((3, weight.size), np.nan)
    profile_terms(*options[:4], weight, terms)
    scratch = np.full(weight.size, np.nan)
    return np.array([gamma_sum(float(move), terms, scratch) for move in moves])


def assert_equal_sums(moves, options, weight, *, kept=KEPT):
    """Relative to the gross sum of each level or, where nothing is near, of the widest level."""
    parts = direct(moves, options, weight)
    gross = np.abs(parts).sum(axis=2)
    unseen = 1e-30 * float(np.abs(weight * options.forward).sum())  # beyond the reach
    size = np.maximum(gross, 1e-6 * gross.max(axis=1, keepdims=True) + unseen)
    assert (np.abs(summed(moves, options, weight) - parts.sum(axis=2)) <= kept * size).all()
    single = gamma_only(moves, options, weight)
    assert (np.abs(single - parts[0].sum(axis=1)) <= kept * size[0]).all()


@pytest.mark.parametrize("levels", [*range(2, 21), 31, 32, 33, 48, 49, 200, 401])
def test_profile_is_the_sum_over_options(levels):
    options, weight = book(61, 40, shortest=1.0 / DAYS, lowest=0.3, highest=1.5)
    assert_equal_sums(np.linspace(-0.4, 0.3, levels), options, weight)


@pytest.mark.parametrize("levels", [2, 5, 16, 17, 20, 100])
@pytest.mark.parametrize("half", [3e-4, 0.02, 0.5, 3.0])
@pytest.mark.parametrize(
    "kind",
    [
        {"longest": 2 * MINUTE, "highest": 0.1},
        {"shortest": 2.0, "lowest": 3.0},
        {},
    ],
    ids=["tiny widths", "huge widths", "mixed widths"],
)
def test_profile_holds_for_tiny_and_huge_widths(kind, half, levels):
    options, weight = book(62, 30, **kind)
    assert_equal_sums(np.linspace(-half, half, levels), options, weight, kept=1e-11)


def test_profile_holds_on_a_grid_away_from_the_money():
    options, weight = book(63, 30)
    assert_equal_sums(np.linspace(0.1, 0.9, 161), options, weight, kept=1e-11)
    assert_equal_sums(np.linspace(-0.9, -0.1, 161), options, weight, kept=1e-11)


def test_error_grows_slowly_on_a_very_fine_grid():
    options, weight = book(64, 30, shortest=1.0 / DAYS, lowest=0.3, highest=1.5)
    assert_equal_sums(np.linspace(-0.5, 0.5, 4_001), options, weight, kept=2e-11)


@pytest.mark.parametrize("seed", range(3))
def test_each_term_is_the_greek_of_the_moved_option_in_usd(seed):
    """One option at a time, so that nothing cancels: Γ·F²·1 %, vanna·F per point, charm·F per day."""
    options, weight = book(70 + seed, 12, shortest=1.0 / DAYS)
    moves = np.linspace(-0.2, 0.25, 10)
    for i, option in enumerate(options.rows()):
        single = columns(option)
        found = summed(moves, single, weight[i : i + 1])
        for j, move in enumerate(moves):
            moved = option.forward * float(np.exp(move))
            there = greeks(columns(option._replace(forward=moved)))[:, 0]
            expected = weight[i] * np.array(
                [
                    there[Greek.GAMMA] * moved**2 * 0.01,
                    there[Greek.VANNA] * moved * 0.01,
                    there[Greek.CHARM] * moved / DAYS,
                ]
            )
            peak = abs(weight[i]) * moved * 0.4 / option.vol
            size = np.abs(expected) + 1e-6 * peak
            assert (np.abs(found[:, j] - expected) <= 1e-9 * size).all()


def test_terms_equal_their_50_digit_values():
    options, weight = book(65, 20)
    for i, option in enumerate(options.rows()):
        moves = np.array([0.0, 0.5 * option.vol * option.years**0.5])
        found = summed(moves, columns(option), weight[i : i + 1])
        single = gamma_only(moves, columns(option), weight[i : i + 1])
        with mp.workdps(DIGITS):
            for j, move in enumerate(moves.tolist()):
                moved = mpf(option.forward) * mp.exp(mpf(move))
                there = closed_greeks(option._replace(forward=moved))
                held = mpf(float(weight[i]))
                gamma = held * there[Greek.GAMMA] * moved**2 / 100
                vanna = held * there[Greek.VANNA] * moved / 100
                charm = held * there[Greek.CHARM] * moved / 365
                assert abs(found[0, j] - gamma) <= KEPT * abs(gamma)
                assert abs(single[j] - gamma) <= KEPT * abs(gamma)
                assert abs(found[1, j] - vanna) <= KEPT * (abs(vanna) + abs(gamma))
                assert abs(found[2, j] - charm) <= KEPT * (abs(charm) + abs(charm / mpf(0.1)))


def test_a_discount_factor_in_the_weight_discounts_the_sums():
    options, weight = book(66, 25, shortest=1.0 / DAYS)
    moves = np.linspace(-0.3, 0.3, 41)
    discount = np.exp(-0.07 * options.years)
    assert_equal_sums(moves, options, weight * discount)
    parts = direct(moves, options, weight) * discount
    gross = np.abs(parts).sum(axis=2)
    size = np.maximum(gross, 1e-6 * gross.max())
    error = np.abs(summed(moves, options, weight * discount) - parts.sum(axis=2))
    assert (error <= KEPT * size).all()


@pytest.mark.parametrize("levels", [40, 400])
def test_tails_are_right_up_to_the_reach_and_nothing_beyond(levels):
    """One option whose gamma spans a tenth of the grid, at each of the grid's parts."""
    moves = np.linspace(-1.0, 1.0, levels)
    for centre in (-1.3, -1.0, -0.5, 0.0, 0.7, 1.0, 1.3):
        options = columns((np.exp(-centre), 1.0, 0.01, 0.1, 0.0, 1.0))
        d1 = (moves - centre) / 0.01 + 0.005
        found = summed(moves, options, np.ones(1))
        expected = direct(moves, options, np.ones(1))[:, :, 0]
        inside = np.abs(d1) < REACH - 1e-6
        error = np.abs(found - expected)[:, inside]
        assert (error <= 1e-9 * np.abs(expected[:, inside]) + 1e-60).all()
        assert not found[:, np.abs(d1) > REACH + 1e-6].any()


def test_sums_are_added_to_what_is_there():
    options, weight = book(67, 10)
    moves = np.linspace(-0.2, 0.2, 21)
    once = np.zeros((3, 21))
    profile_sums(moves, *options[:4], weight, once)
    twice = once.copy()
    profile_sums(moves, *options[:4], weight, twice)
    assert twice == pytest.approx(2.0 * once, rel=1e-12, abs=1e-9 * np.abs(once).max())


def test_an_empty_book_has_no_gamma():
    nothing = Options(*(np.empty(0) for _field in Options._fields))
    moves = np.linspace(-0.2, 0.2, 21)
    assert not summed(moves, nothing, np.empty(0)).any()
    assert not gamma_only(moves, nothing, np.empty(0)).any()


@unhurried
@given(st.integers(0, 10_000), st.integers(2, 60), st.floats(0.01, 2.0))
def test_gamma_of_a_long_book_is_positive_and_of_its_mirror_negative(seed, levels, half):
    options, weight = book(seed, 8, shortest=0.01, lowest=0.3)
    moves = np.linspace(-half, half, levels)
    held = np.abs(weight)
    long = summed(moves, options, held)
    assert (long[0] >= 0.0).all()
    assert (gamma_only(moves, options, held) > 0.0).all()
    assert np.array_equal(summed(moves, options, -held), -long)


@unhurried
@given(st.integers(0, 10_000), st.integers(2, 60), st.floats(0.01, 2.0))
def test_profile_is_the_sum_over_options_for_any_book(seed, levels, half):
    options, weight = book(seed, 6, shortest=1.0 / DAYS)
    assert_equal_sums(np.linspace(-half, half, levels), options, weight, kept=1e-11)


@pytest.mark.parametrize("bad", ["forward", "years", "vol"])
def test_an_option_without_a_number_leaves_its_neighbours_alone(bad):
    """A NaN forward, years or vol reaches no level: the sums are those of the good option alone."""
    moves = np.linspace(-0.5, 0.5, 33)
    columns = {"forward": 100.0, "strike": 105.0, "years": 0.1, "vol": 0.6, "weight": 2.0}
    good = {name: np.array([value]) for name, value in columns.items()}
    both = {name: np.array([value, value]) for name, value in columns.items()}
    both[bad][1] = np.nan
    alone, together = np.zeros((3, 33)), np.zeros((3, 33))
    profile_sums(moves, *good.values(), alone)
    profile_sums(moves, *both.values(), together)
    assert np.array_equal(alone, together)
