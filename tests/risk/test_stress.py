"""The stress matrix against the textbook formula at 50 digits, its laws, and its speed."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.market.revaluation import (
    SAME_VOL,
    PointsVol,
    RelativeVol,
    TenorVol,
    book_pnl,
    shock_grid,
)
from shortgamma.risk.stress import (
    CarryStatus,
    Cell,
    ShockGrid,
    contributions,
    stress_matrix,
    theta_to_worst,
)
from tests.exposure.builders import series
from tests.risk.books import book_of, exact_value, mixed, perpetual, straddle


def tenor_vols(options, size):
    """σ·(1 + size·(30/d)^p) as the page of the venue states it, p 0.30 below 30 days, else 0.13."""
    days = np.maximum(options.years * 365.0, 1.0)
    return options.vol * (1.0 + size * (30.0 / days) ** np.where(days < 30.0, 0.30, 0.13))


@pytest.mark.parametrize("size", [-0.25, 0.5])
@pytest.mark.parametrize("move", [-0.5, -0.05, 0.0, 0.3])
def test_a_cell_is_the_exact_value_after_less_the_exact_value_before(move, size):
    book = mixed()
    grid = ShockGrid(spot_moves=(move,), vol_shifts=(TenorVol(size),))
    found = stress_matrix(book, grid).pnl_usd[0, 0]
    after = exact_value(book, move, tenor_vols(book.options, size).tolist())
    assert found == pytest.approx(
        float(after - exact_value(book, 0.0, book.options.vol.tolist())), rel=1e-10, abs=1e-9
    )


def test_the_matrix_is_the_grid_of_revaluation():
    book = mixed()
    matrix = stress_matrix(book)
    np.testing.assert_allclose(
        matrix.pnl_usd.ravel(), book_pnl(book, shock_grid()), rtol=1e-12, atol=1e-9
    )
    assert len(matrix.cells) == 33


def test_the_default_vol_shift_by_tenor_has_the_figures_of_the_venues():
    """30^0.30·45 % = 124.8 %: an option of one day in the portfolio margin of a venue with this rule."""
    options = series([100.0] * 3, days=[1.0, 30.0, 60.0], vols=1.0, is_call=True)
    one_day, month, two = TenorVol(0.45).vols(options) - 1.0
    assert round(100.0 * one_day, 1) == 124.8
    assert month == pytest.approx(0.45)
    assert two == pytest.approx(0.45 * 0.5**0.13)


@given(move=st.floats(-0.99, 5.0), shift=st.floats(-0.9, 3.0))
def test_the_matrix_is_linear_in_the_book(move, shift):
    grid = ShockGrid(spot_moves=(move,), vol_shifts=(RelativeVol(shift),))
    book = mixed()
    twice = book_of(
        book.options, 2.0 * book.quantity, *(perpetual(2.0 * h.quantity) for h in book.delta_one)
    )
    once = stress_matrix(book, grid).pnl_usd
    np.testing.assert_allclose(stress_matrix(twice, grid).pnl_usd, 2.0 * once, rtol=1e-12)


@given(move=st.floats(-1.0, 10.0), shift=st.floats(-0.9, 3.0))
def test_a_call_less_a_put_less_a_forward_is_flat_in_every_cell(move, shift):
    options = series([90.0] * 2, days=20.0, vols=0.7, is_call=[True, False])
    book = book_of(options, [3.0, -3.0], perpetual(-3.0))
    grid = ShockGrid(spot_moves=(move,), vol_shifts=(RelativeVol(shift),))
    assert stress_matrix(book, grid).pnl_usd[0, 0] == pytest.approx(0.0, abs=1e-9)


def test_at_zero_a_put_is_worth_its_discounted_strike_and_a_call_nothing():
    options = series([100.0, 70.0], days=60.0, vols=0.6, is_call=[True, False], rate=0.05)
    book = book_of(options, [1.0, 1.0])
    grid = ShockGrid(spot_moves=(-1.0, -1.0 + 1e-12), vol_shifts=(SAME_VOL,))
    at_zero, near_zero = stress_matrix(book, grid).pnl_usd[:, 0]
    before = float(exact_value(book, 0.0, options.vol.tolist()))
    assert at_zero == pytest.approx(70.0 * np.exp(-0.05 * 60.0 / 365.0) - before, rel=1e-12)
    assert near_zero == pytest.approx(at_zero, rel=1e-9)


def test_a_short_straddle_loses_on_either_side_and_a_long_one_wins():
    short, long = (stress_matrix(straddle(size)) for size in (-1.0, 1.0))
    moved = np.abs(short.grid.spot_moves) >= 0.2
    assert np.all(short.pnl_usd[moved] < 0.0)
    np.testing.assert_allclose(short.pnl_usd, -long.pnl_usd)
    assert short.worst.pnl_usd == short.pnl_usd.min() == -long.best.pnl_usd
    assert short.pnl_usd[5, 0] > 0.0 > short.pnl_usd[5, 2]  # short vega wins when vol falls


def test_the_worst_cell_names_its_place():
    worst = stress_matrix(straddle()).worst
    assert abs(worst.spot_move) == 0.5
    assert worst.pnl_usd < 0.0


def test_contributions_sum_to_the_cell_and_the_largest_loss_comes_first():
    book = mixed()
    worst = stress_matrix(book).worst
    parts = contributions(book, worst)
    assert sum(part.pnl_usd for part in parts) == pytest.approx(worst.pnl_usd, rel=1e-12)
    assert [p.pnl_usd for p in parts] == sorted(p.pnl_usd for p in parts)
    assert len(parts) == len(book)


def cell(pnl):
    return Cell(spot_move=-0.5, vol=SAME_VOL, pnl_usd=pnl)


def test_theta_to_worst_is_the_loss_over_what_a_day_earns():
    paid = theta_to_worst(cell(-3_000.0), theta_usd_per_day=50.0)
    assert (paid.days, paid.status) == (60.0, CarryStatus.PAID_IN_DAYS)
    never = theta_to_worst(cell(-3_000.0), theta_usd_per_day=-50.0)
    assert (never.days, never.status) == (np.inf, CarryStatus.NEVER_PAID)
    none = theta_to_worst(cell(10.0), theta_usd_per_day=-50.0)
    assert (none.days, none.status) == (0.0, CarryStatus.NO_LOSS)


@pytest.mark.parametrize(
    ("shifts", "words"),
    [
        ({"spot_moves": (-1.1,)}, "a spot shift of -1.1"),
        ({"spot_moves": (float("nan"),)}, "a spot shift of nan"),
        ({"spot_moves": (1e9,)}, "a spot shift of 1e"),
        ({"spot_moves": ()}, "there is no spot shift"),
        ({"spot_moves": (0.1, 0.1)}, "given twice"),
        ({"vol_shifts": (RelativeVol(-1.0),)}, "a vol shift of -1"),
        ({"vol_shifts": (TenorVol(-0.5),)}, "a vol shift of -0.5"),
        ({"vol_shifts": (PointsVol(float("inf")),)}, "a vol shift of inf"),
        ({"spot_moves": tuple(np.linspace(-1, 1, 9_001).tolist())}, "27,003 cells"),
    ],
)
def test_shifts_without_a_meaning_are_refused(shifts, words):
    with pytest.raises(InputError, match=words.replace("+", r"\+")):
        ShockGrid(**shifts)


def test_ten_thousand_positions_times_105_cells_take_less_than_a_fifth_of_a_second():
    rng = np.random.default_rng(4)
    size = 10_000
    options = series(
        100.0 * np.exp(rng.normal(0.0, 0.3, size)),
        days=rng.choice([1.0, 7.0, 30.0, 90.0, 270.0], size),
        vols=rng.uniform(0.4, 1.0, size),
        is_call=rng.random(size) < 0.5,
    )
    book = book_of(options, rng.normal(size=size))
    grid = ShockGrid(
        spot_moves=tuple(np.linspace(-0.5, 0.5, 21).tolist()),
        vol_shifts=tuple(TenorVol(shift) for shift in (-0.25, -0.1, 0.1, 0.25, 0.5)),
    )
    assert len(grid) == 105
    seconds = []
    for _ in range(4):
        start = time.perf_counter()
        stress_matrix(book, grid)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.2
