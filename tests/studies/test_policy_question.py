"""What is asked of a comparison of policies: whose book, at which vol, on which prices."""

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.feedback.agents.desk import Desk
from shortgamma.feedback.processes.scaled import Scaled
from shortgamma.hedging.frictions import SquareRootSlippage
from shortgamma.market.book import Book
from shortgamma.studies.policies.best import best_of_each
from shortgamma.studies.policies.candidates import CONTINUOUS, NONE, Grid
from shortgamma.studies.policies.question import job_of, problem_of, setup_of, wilder, with_desks
from shortgamma.studies.policies.results import point_of
from shortgamma.studies.policies.study import policy
from shortgamma.studies.scalping.study import scalp
from tests.feedback.markets import series
from tests.feedback.processes.builders import history_of
from tests.studies.test_policies import results


def book_of(*, vol=0.6, days=60.0, quantity=(-10.0,), strikes=(100.0,), **changes):
    options = series(list(strikes), days, vol=vol)
    return Book(
        asof=None,
        underlying="BTC",
        spot=100.0,
        options=options,
        quantity=np.array(quantity),
        **changes,
    )


@pytest.mark.parametrize("process", ["gbm", "kou", "merton"])
def test_the_price_moves_at_the_vol_of_the_book(process):
    figures = {"process": process}
    setup = setup_of(job_of("desk", figures, {"book": book_of(vol=0.7), "paths": 10}), figures)
    assert setup.process.annual_vol == pytest.approx(0.7)


def test_nobody_earns_from_a_fairly_priced_book():
    """Jumps on top of the book's vol would make every long book earn from the start."""
    found = scalp("desk", {"steps": 120}, book=book_of(), paths=1_500)
    assert found.realised_vol == pytest.approx(0.6, rel=0.06)
    for side in found.sides:
        assert abs(side.net.value) < 4.0 * side.net.standard_error


def test_a_vol_that_is_asked_for_is_kept():
    figures = {"vol": "0.3", "process": "gbm"}
    setup = setup_of(job_of("desk", figures, {"book": book_of(), "paths": 10}), figures)
    assert setup.process.annual_vol == pytest.approx(0.3)


def test_aversion_and_slippage_are_at_the_vol_of_the_prices():
    returns = np.random.default_rng(2).normal(0.0, 0.012, 2_000)
    job = job_of("desk", {}, {"prices": history_of(returns), "paths": 10})
    setup = setup_of(job, {})
    desk = next(agent for agent in setup.agents if isinstance(agent, Desk))
    realised = 0.012 * (365 * 24) ** 0.5
    assert desk.slippage.daily_vol == pytest.approx(realised / 365**0.5, rel=0.05)
    assert problem_of(setup, desk, None).vol == pytest.approx(realised, rel=0.05)


def test_slippage_grows_with_the_vol():
    setup = setup_of(job_of("desk", {}, {"paths": 10}), {})
    wild = wilder(
        setup, Scaled(process=setup.process, factor=2.0), factor=2.0, span=setup.grid
    ).agents[0]
    assert isinstance(wild.slippage, SquareRootSlippage)
    assert wild.slippage.daily_vol == pytest.approx(2.0 * setup.agents[0].slippage.daily_vol)


@pytest.mark.parametrize(
    ("question", "figures", "words"),
    [
        ({"book": book_of(days=1e-3)}, {}, "expires within"),
        ({"book": book_of(quantity=(0.0,))}, {}, "empty"),
        ({}, {"vol": "0", "process": "gbm"}, "does not move"),
    ],
)
def test_what_cannot_be_hedged_is_refused(question, figures, words):
    with pytest.raises(InputError, match=words):
        policy("desk", figures, paths=20, curve=False, **question)


def test_a_book_whose_gamma_cancels_cannot_be_scalped():
    both = book_of(quantity=(-1.0, 1.0), strikes=(100.0, 100.0))
    with pytest.raises(InputError, match="cancels"):
        scalp("desk", {"steps": 24}, book=both, paths=20)


@pytest.mark.parametrize("run", [policy, scalp])
def test_workers_are_one_or_more(run):
    with pytest.raises(InputError, match="--workers"):
        run("desk", {"steps": 24}, paths=20, workers=0)


def test_a_book_with_rows_that_cannot_be_valued_is_refused(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text(
        "kind,strike,years,forward,vol,spot,quantity\n"
        "call,100,0.2,100,0.6,100,-5\nput,100,0.2,100,-3,100,-5\n"
    )
    with pytest.raises(InputError, match="vol"):
        policy("desk", {"steps": 24}, book=str(path), paths=20, curve=False)


def test_few_windows_have_no_interval():
    """With twelve windows that overlap, every draw would be nearly the same: that is not certainty."""
    tried = [
        (NONE, results(np.arange(12.0), np.zeros(12))),
        (CONTINUOUS, results(np.ones(12), np.ones(12))),
    ]
    for best in best_of_each(tried, risk_aversion=1.0, block=10, seed=0):
        assert np.isnan(best.low)
        assert np.isnan(best.high)
        assert best.to_dict()["low"] is None


def test_errors_of_overlapping_windows_are_those_of_the_independent_ones():
    random = np.random.default_rng(3)
    independent = random.normal(size=40)
    overlapping = np.repeat(independent, 25)
    alone = point_of(NONE, results(independent, independent), risk_aversion=1.0)
    found = point_of(NONE, results(overlapping, overlapping), risk_aversion=1.0, block=25)
    ratio = found.pnl.standard_error / alone.pnl.standard_error
    assert ratio == pytest.approx(1.0, rel=0.02)


def test_the_market_of_a_desk_keeps_everybody_else():
    job = job_of("full-market", {}, {"paths": 10})
    plain = job.scenario.build(job.inputs)
    assert len(with_desks(plain).agents) == len(plain.agents)


def test_a_single_window_still_answers():
    prices = history_of(np.random.default_rng(5).normal(0.0, 0.01, 200))
    found = policy(
        "desk", {"steps": 168}, prices=prices, paths=30, grid=Grid(thresholds=3), curve=False
    )
    assert found.replayed.paths == 2
    assert found.replayed.to_dict()["best"]["low"] is None
