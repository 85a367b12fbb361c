"""The clearing kernels against a slow scan, and the laws of a least-move equilibrium."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from shortgamma.kernels import orders as o
from tests.kernels.slow_clearing import LARGEST, MOVES, Book, Hedge, Rungs, clear_fast, clear_slowly

unhurried = settings(
    deadline=None, max_examples=80, derandomize=True, suppress_health_check=list(HealthCheck)
)
LINEAR = 1.0  # Λ·(largest coins of the linear hedges below)


def bell(d):
    return np.exp(-0.5 * d * d) / np.sqrt(2.0 * np.pi)


def curve(coins, strike, width):
    """Targets of a dealer short ``coins`` calls, from the strike's log distance and σ√τ, and slopes."""
    d1 = (MOVES - strike) / width + 0.5 * width
    return {"target": coins * ndtr(d1), "slope": coins * bell(d1) / width}


def line(slope):
    """A hedge that is linear in the log price on the whole grid."""
    return Hedge(target=slope * MOVES, slope=np.full(MOVES.size, slope))


def random_book(rng, *, hedges, ladders, runaway):
    """A book whose parts matter: Λ times each is of the order of the shock."""
    impact = 10.0 ** rng.uniform(-7, -3)
    book = Book(
        shock=rng.normal(0.0, 0.03),
        impact=impact,
        flow=rng.normal(0.0, 0.01) / impact,
        slope=rng.choice([0.0, rng.uniform(-2.0, 0.4)]) / impact,
        share=rng.uniform(0.0, 1.0),
        mark=rng.normal(0.0, 0.002),
        last=rng.normal(0.0, 0.03),
    )
    for _ in range(hedges):
        width = rng.uniform(0.03, 0.3)
        steep = rng.uniform(0.5, 4.0) if runaway else rng.uniform(-3.0, 0.4)
        shape = curve(steep * width / 0.4 / impact, rng.normal(0.0, 0.08), width)
        always = rng.random() < 0.4
        size = abs(steep) / impact
        band = rng.choice([0.0, rng.exponential(0.03) * size, np.inf], p=[0.2, 0.7, 0.1])
        start = np.interp(rng.normal(0.0, 0.02), MOVES, shape["target"])
        book.hedges.append(
            Hedge(
                **shape,
                held=start,
                always=always,
                on_perp=rng.random() < 0.4,
                band=band,
                edge=rng.choice([0.0, 0.5, 1.0]) * (band if np.isfinite(band) else 0.0),
                most=rng.choice([np.inf, rng.exponential(0.03) * size]),
            )
        )
    for g in range(ladders):
        side = 1.0 if g % 2 == 0 else -1.0
        count = rng.integers(0, 40)
        keys = -np.sort(rng.exponential(0.04, count))
        book.ladders.append(
            Rungs(
                side=side,
                keys=keys,
                sizes=rng.exponential(rng.choice([0.0005, 0.004]), count) / impact,
                backstop=rng.choice([np.inf, 0.01]),
                limit=int(rng.choice([10**6, rng.integers(0, 40)])),
                shift=rng.normal(0.0, 0.001),
                scale=rng.uniform(0.5, 2.0),
            )
        )
    return book


books = st.builds(
    lambda seed, hedges, ladders, runaway: random_book(
        np.random.default_rng(seed), hedges=hedges, ladders=ladders, runaway=runaway
    ),
    seed=st.integers(0, 2**32 - 1),
    hedges=st.integers(0, 3),
    ladders=st.integers(0, 3),
    runaway=st.booleans(),
)


def agree(book, slow, answer, j=0):
    """The kernel's answer for path j is the slow one."""
    paths, hedges, rungs, _missed = answer
    coins = 1.0 / book.impact
    assert paths[o.STATUS, j] == (o.RUNAWAY if slow.runaway else o.TRADING)
    np.testing.assert_array_equal(rungs[o.REACHED, :, j], slow.reached)
    np.testing.assert_allclose(paths[o.POST, j], slow.price, atol=2e-8)
    np.testing.assert_allclose(hedges[o.FILL, :, j], slow.fills, atol=1e-6 * coins)
    np.testing.assert_allclose(rungs[o.TAKEN, :, j], slow.taken, rtol=1e-9, atol=1e-9 * coins)
    np.testing.assert_allclose(rungs[o.STRUCK, :, j], slow.struck, rtol=1e-9, atol=1e-9 * coins)


def spent(book, answer, j=0):
    """What the fills of the answer do to the price, u + Λ·Σ fills − y: 0 at a clearing."""
    paths, hedges, rungs, _missed = answer
    y = paths[o.POST, j]
    bought = book.flow + book.slope * y + book.share * rungs[o.TAKEN, :, j].sum()
    for k, hedge in enumerate(book.hedges):
        bought += (book.share if hedge.on_perp else 1.0) * hedges[o.FILL, k, j]
    return book.shock + book.impact * bought - y


@unhurried
@given(book=books)
def test_price_fills_and_rungs_are_those_of_a_slow_scan(book):
    slow = clear_slowly(book)
    assume(not slow.doubtful)
    agree(book, slow, clear_fast([book]))


@unhurried
@given(book=books)
def test_fills_add_up_to_the_price_exactly(book):
    answer = clear_fast([book])
    if answer[0][o.STATUS, 0] == o.TRADING:
        assert abs(spent(book, answer)) < 1e-12


@unhurried
@given(book=books, order=st.randoms(use_true_random=False))
def test_the_order_of_the_orders_does_not_matter(book, order):
    assume(not clear_slowly(book).doubtful)
    hedges, ladders = list(enumerate(book.hedges)), list(enumerate(book.ladders))
    order.shuffle(hedges)
    order.shuffle(ladders)
    other = replace(book, hedges=[h for _k, h in hedges], ladders=[g for _k, g in ladders])
    paths, fills, rungs, _missed = clear_fast([book])
    there, other_fills, other_rungs, _missed = clear_fast([other])
    coins = 1.0 / book.impact
    np.testing.assert_allclose(paths[o.POST], there[o.POST], atol=2e-8)
    np.testing.assert_array_equal(paths[o.STATUS], there[o.STATUS])
    for row, (k, _hedge) in enumerate(hedges):
        np.testing.assert_allclose(other_fills[o.FILL, row], fills[o.FILL, k], atol=1e-6 * coins)
    for row, (g, _ladder) in enumerate(ladders):
        np.testing.assert_array_equal(other_rungs[o.REACHED, row], rungs[o.REACHED, g])


@unhurried
@given(book=books, sizes=st.lists(st.floats(-0.2, 0.2), min_size=2, max_size=6))
def test_a_path_does_not_feel_its_neighbours(book, sizes):
    row = [replace(book, shock=size) for size in sizes]
    together = clear_fast(row)
    for j, alone in enumerate(row):
        single = clear_fast([alone])
        np.testing.assert_array_equal(together[0][o.POST, j], single[0][o.POST, 0])
        np.testing.assert_array_equal(together[1][o.FILL, :, j], single[1][o.FILL, :, 0])


@unhurried
@given(book=books)
def test_without_depth_or_in_a_stopped_market_nothing_trades(book):
    for other in (
        replace(book, impact=np.inf),
        replace(book, status=o.HALTED),
        replace(book, status=o.COLLAPSED),
    ):
        paths, hedges, rungs, _missed = clear_fast([other])
        assert paths[o.POST, 0] == book.shock
        assert paths[o.STATUS, 0] == other.status
        np.testing.assert_array_equal(hedges[o.FILL], 0.0)
        np.testing.assert_array_equal(rungs[[o.TAKEN, o.STRUCK, o.REACHED]], 0.0)


@unhurried
@given(book=books)
def test_with_endless_depth_orders_trade_and_the_price_stays(book):
    still = replace(book, impact=0.0, flow=1.0, slope=-1.0)
    paths, hedges, _rungs, _missed = clear_fast([still])
    np.testing.assert_allclose(paths[o.POST, 0], book.shock, rtol=0, atol=1e-16)
    for k, hedge in enumerate(book.hedges):
        if not hedge.always:
            assume(abs(abs(hedge.gap(book.shock)) - hedge.band) > 1e-9 / book.impact)
        trades = hedge.always or hedge.leaves_band(book.shock)
        expected = hedge.trade(book.shock) if trades else 0.0
        np.testing.assert_allclose(hedges[o.FILL, k, 0], expected, atol=1e-9 / book.impact)


@pytest.mark.parametrize("theta", [-0.97, -0.9, -0.3, 0.0, 0.3, 5.0, 200.0])
def test_a_linear_hedger_multiplies_the_shock_by_1_over_1_plus_theta(theta):
    impact = 1e-6
    shock = 0.01 * (1.0 + theta) if theta < 0.0 else 0.01
    flow = clear_fast([Book(shock=shock, impact=impact, slope=-theta / impact)])
    hedge = clear_fast([Book(shock=shock, impact=impact, hedges=[line(-theta / impact)])])
    for paths, *_rest in (flow, hedge):
        np.testing.assert_allclose(paths[o.POST, 0], shock / (1.0 + theta), rtol=1e-9)


@pytest.mark.parametrize("theta", [-1.0, -1.0 - 1e-9, -1.5, -30.0])
@pytest.mark.parametrize("shock", [1e-9, 0.01, -0.01])
def test_at_theta_minus_one_and_below_the_market_runs_away(theta, shock):
    """A linear flow has no other end; a hedge ends where its curve becomes flat, if that is near enough."""
    impact = 1e-6
    flow = Book(shock=shock, impact=impact, slope=-theta / impact)
    hedge = Book(shock=shock, impact=impact, hedges=[line(-theta / impact)])
    for book in (flow, hedge):
        paths, *_rest = clear_fast([book])
        assert paths[o.STATUS, 0] == o.RUNAWAY
        assert paths[o.POST, 0] == shock + np.copysign(LARGEST, shock)


def test_without_a_shock_even_a_runaway_book_stays():
    paths, *_rest = clear_fast([Book(shock=0.0, impact=1e-6, slope=3e6)])
    assert paths[o.POST, 0] == 0.0
    assert paths[o.STATUS, 0] == o.TRADING


def squeeze(shock):
    """Hedgers short calls 7 % out of the money, two days left, vol 60 %, λN = 0.15."""
    width, away = 0.6 * (2.0 / 365.0) ** 0.5, np.log(100.0 / 93.0)
    impact = 1e-6
    shape = curve(0.15 / impact, away, width)
    held = 0.15 / impact * float(ndtr(-away / width + 0.5 * width))
    return Book(shock=shock, impact=impact, hedges=[Hedge(**shape, held=held)])


@pytest.mark.parametrize(("part", "move"), [(0.98, 0.0320), (1.02, 0.1482)])
def test_of_several_equilibria_the_market_stops_at_the_nearest_to_the_shock(part, move):
    """Figures of the design document: the fold is at a shock of 1.2314 %."""
    book = squeeze(part * 0.012314)
    answer = clear_fast([book])
    np.testing.assert_allclose(answer[0][o.POST, 0], move, atol=5e-5)
    agree(book, clear_slowly(book), answer)


def test_a_stop_further_out_tips_a_market_that_was_stable():
    """The rung at 2 % wakes at the first equilibrium, and with it the squeeze has no equilibrium nearby."""
    calm = squeeze(0.98 * 0.012314)
    stop = Rungs(side=-1.0, keys=np.array([-0.02]), sizes=np.array([500.0]))
    tipped = replace(calm, ladders=[stop])
    slow = clear_slowly(tipped)
    answer = clear_fast([tipped])
    agree(tipped, slow, answer)
    assert clear_fast([calm])[0][o.POST, 0] < 0.04
    assert answer[0][o.POST, 0] > 0.14


def test_longs_are_sold_by_a_fall_and_shorts_bought_back_by_a_rise():
    keys, sizes = -np.arange(1, 11) * 0.01, np.full(10, 500.0)
    pair = [Rungs(side=side, keys=keys, sizes=sizes) for side in (1.0, -1.0)]
    for shock, sold, bought in ((-0.025, True, False), (0.025, False, True)):
        _paths, _hedges, rungs, _missed = clear_fast([Book(shock=shock, impact=1e-6, ladders=pair)])
        longs, shorts = rungs[o.TAKEN, :, 0]
        assert (longs < 0.0) == sold
        assert (shorts > 0.0) == bought
        assert longs * shorts == 0.0


def test_a_cascade_closes_every_rung_that_the_move_of_those_before_reaches():
    """Rungs 1e-4 apart that move the price 1.1e-4 each all go; a little less, and the cascade ends."""
    keys = -1e-4 * np.arange(1, 51)
    for move, closed in ((1.1e-4, 50), (0.9945e-4, 10)):
        ladder = Rungs(side=1.0, keys=keys, sizes=np.full(50, move / 1e-6))
        book = Book(shock=-1.05e-4, impact=1e-6, ladders=[ladder])
        paths, _hedges, rungs, _missed = clear_fast([book])
        # n of them carry the price to 1.05e-4 + n·move; rung n + 1 stands at (n + 1)·1e-4.
        assert rungs[o.REACHED, 0, 0] == closed
        np.testing.assert_allclose(paths[o.POST, 0], -1.05e-4 - closed * move, rtol=1e-12)


def test_a_backstop_takes_what_the_shock_alone_carries_beyond_it_and_the_market_does_not_see():
    keys, sizes = -np.array([0.01, 0.02, 0.03, 0.04]), np.array([1.0, 2.0, 4.0, 8.0])
    ladder = Rungs(side=1.0, keys=keys, sizes=sizes, backstop=0.015)
    paths, _hedges, rungs, _missed = clear_fast([Book(shock=-0.036, impact=1e-9, ladders=[ladder])])
    assert rungs[o.STRUCK, 0, 0] == -3.0
    assert rungs[o.TAKEN, 0, 0] == -4.0
    assert rungs[o.REACHED, 0, 0] == 3.0
    np.testing.assert_allclose(paths[o.POST, 0], -0.036 - 4e-9, rtol=1e-12)


def test_what_trades_on_the_perp_counts_by_the_share_that_reaches_spot():
    impact, shock = 1e-6, 0.01
    for share in (0.0, 0.4, 1.0):
        hedge = replace(line(0.5 / impact), on_perp=True)
        paths, *_rest = clear_fast([Book(shock=shock, impact=impact, share=share, hedges=[hedge])])
        np.testing.assert_allclose(paths[o.POST, 0], shock / (1.0 - 0.5 * share), rtol=1e-9)


def test_a_limit_on_a_trade_bounds_the_move_of_a_runaway_hedger():
    hedge = replace(line(3e6), always=False, most=20_000.0)
    paths, hedges, *_rest = clear_fast([Book(shock=0.01, impact=1e-6, hedges=[hedge])])
    np.testing.assert_allclose(paths[o.POST, 0], 0.03, rtol=1e-12)
    np.testing.assert_allclose(hedges[o.FILL, 0, 0], 20_000.0, rtol=1e-12)


def test_a_trade_lands_at_the_edge_or_at_the_centre_of_its_band():
    impact, band = 1e-9, 100.0
    for landing, left in ((0.0, 0.0), (1.0, band), (0.5, 0.5 * band)):
        hedge = replace(line(1e5), always=False, band=band, edge=landing * band)
        paths, hedges, *_rest = clear_fast([Book(shock=0.01, impact=impact, hedges=[hedge])])
        gap = 1e5 * paths[o.POST, 0] - hedges[o.FILL, 0, 0]
        np.testing.assert_allclose(gap, left, atol=1e-6)
        inside, asleep, *_rest = clear_fast([Book(shock=0.0009, impact=impact, hedges=[hedge])])
        assert asleep[o.FILL, 0, 0] == 0.0
        assert inside[o.POST, 0] == 0.0009
