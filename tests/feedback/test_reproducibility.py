"""The same seed gives the same bits however the work is split; hedging off leaves the price alone."""

from dataclasses import replace

import numpy as np
import pytest

from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.agents.linear import LinearHedger
from shortgamma.feedback.draws import CHUNK, Draws
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.processes.heston import Heston
from shortgamma.feedback.processes.kou import Kou
from shortgamma.feedback.processes.merton import Merton
from shortgamma.feedback.processes.svcj import Svcj
from shortgamma.feedback.setup import FillPrice
from tests.feedback.markets import (
    CoinDepth,
    full_market,
    market,
    series,
    short_dealer,
    step_by_step,
)

BASE = Run(paths=600, seed=5, threads=1)
PROCESSES = [Gbm(vol=0.6, drift=0.3), Heston(vol=0.6), Kou(vol=0.5), Merton(vol=0.5), Svcj()]


def expiring_dealer(**changes):
    """Options that expire within the run: at step 30, between two steps, and at the last step."""
    options = series([100.0, 99.0, 101.0, 100.0], np.array([30.0, 45.5, 80.0, 9_000.0]) / 1_440.0)
    return Dealer(options=options, quantity=-np.array([2e3, 1e3, 5e3, 1e4]), **changes)


MARCHING = {
    "short": market(short_dealer(), steps=80),
    "two dealers": market(short_dealer(), short_dealer(0.2, label="long"), steps=80),
    "squeezing": market(short_dealer(-1.3), steps=80),
    "expiring": market(expiring_dealer(), steps=80),
    "constant impact": replace(
        market(short_dealer(), steps=80), depth=CoinDepth(log_move_per_coin=1e-6)
    ),
    "paid after": market(short_dealer(), steps=80, fill_price=FillPrice.AFTER),
}
STEPPING = {
    "linear": market(LinearHedger(coins_per_log=3e5), steps=40),
    "everything": full_market(steps=40),
}


def same(one, other, *, rtol=0.0):
    """Every figure of both markets is the same."""
    for left, right in ((one.market, other.market), (one.quiet, other.quiet)):
        assert left.keys() == right.keys()
        for name in left:
            scale = np.abs(left[name] * 1.0).max()
            np.testing.assert_allclose(
                left[name] * 1.0, right[name] * 1.0, rtol=rtol, atol=rtol * scale, err_msg=name
            )


def exogenous(process, clock, run):
    """Log prices of the process alone, asked step by step without the engine, shape (steps, paths)."""
    draws = Draws(seed=run.seed, first_path=0, size=run.paths)
    state = process.start(draws, clock.years)
    moves = np.empty((len(clock), run.paths))
    for step, years in enumerate(clock.years.tolist()):
        draws.step = step
        process.advance(state, draws, years=years, out=moves[step])
    return np.cumsum(moves, axis=0)


@pytest.mark.parametrize("name", MARCHING)
def test_steps_taken_together_are_the_steps_taken_one_by_one(name):
    same(simulate(MARCHING[name], BASE), step_by_step(MARCHING[name], BASE), rtol=1e-12)


@pytest.mark.parametrize("name", [*MARCHING, *STEPPING])
@pytest.mark.parametrize(
    "split",
    [
        {"threads": 2, "block": 150},
        {"block": 7},
        {"block": 513},
        {"keep_every": 7},
        {"keep_every": CHUNK},
        {"keep_every": 1},
    ],
    ids=str,
)
def test_threads_blocks_and_kept_prices_do_not_change_a_bit(name, split):
    setup = {**MARCHING, **STEPPING}[name]
    base = BASE if name in MARCHING else replace(BASE, paths=40)
    same(simulate(setup, base), simulate(setup, replace(base, **split)))


def test_more_paths_do_not_change_the_first_ones():
    few = simulate(MARCHING["short"], replace(BASE, paths=100))
    many = simulate(MARCHING["short"], replace(BASE, paths=5_000, threads=2))
    np.testing.assert_array_equal(few.market["final"], many.market["final"][:100])


def test_the_same_seed_gives_the_same_bits_and_another_seed_other_ones():
    for setup in (MARCHING["short"], STEPPING["everything"]):
        run = replace(BASE, paths=30)
        one = simulate(setup, run)
        same(one, simulate(setup, run))
        other = simulate(setup, replace(run, seed=6))
        assert not np.any(one.market["final"] == other.market["final"])
        assert not np.any(one.quiet["final"] == other.quiet["final"])


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
@pytest.mark.parametrize("agents", ["nobody", "a hedger without options", "a book of nothing"])
def test_with_hedging_off_the_price_is_the_exogenous_one_to_the_bit(process, agents):
    off = {
        "nobody": (),
        "a hedger without options": (
            Dealer(options=series([], []), quantity=np.zeros(0)),
            LinearHedger(coins_per_log=0.0),
        ),
        "a book of nothing": (Dealer(options=series([95.0, 105.0], 7.0), quantity=np.zeros(2)),),
    }[agents]
    setup = market(*off, steps=70, process=process)
    run = replace(BASE, paths=300, keep_every=1)
    expected = exogenous(process, setup.clock, run)
    for found in (simulate(setup, run), simulate(market(short_dealer(), **of(setup)), run)):
        np.testing.assert_array_equal(found.log_prices[:, 1], expected)
    found = simulate(setup, run)
    np.testing.assert_array_equal(found.log_prices[:, 0], expected)
    np.testing.assert_array_equal(found.market["final"], found.quiet["final"])
    np.testing.assert_array_equal(found.market["widest_push"], 0.0)


def of(setup):
    """The steps and the process of a setup."""
    return {"steps": len(setup.clock), "process": setup.process}


def test_the_figures_of_a_market_without_hedgers_are_those_of_its_log_prices():
    run = replace(BASE, paths=50)
    setup = market(steps=90)
    found = simulate(setup, run).market
    logs = exogenous(setup.process, setup.clock, run)
    moves = np.diff(np.vstack([np.zeros(50), logs]), axis=0)
    horizon = setup.clock.horizon
    np.testing.assert_allclose(found["realised_variance"], (moves**2).sum(0) / horizon, rtol=1e-12)
    np.testing.assert_array_equal(found["highest"], np.maximum(logs.max(axis=0), 0.0))
    np.testing.assert_array_equal(found["lowest"], np.minimum(logs.min(axis=0), 0.0))
    np.testing.assert_allclose(found["widest_step"], np.abs(moves).max(axis=0), rtol=1e-12)


def test_kept_prices_are_those_at_the_end_of_the_kept_steps():
    setup = market(short_dealer(), steps=50)
    every = simulate(setup, replace(BASE, paths=20, keep_every=1)).log_prices
    some = simulate(setup, replace(BASE, paths=20, keep_every=7)).log_prices
    assert every.shape == (50, 2, 20)
    np.testing.assert_array_equal(some, every[6::7])
    final = simulate(setup, replace(BASE, paths=20)).market["final"]
    np.testing.assert_array_equal(every[-1, 0], final)
