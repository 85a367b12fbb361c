"""The simulation study: signs, ratios and errors, and what callers give by name and file."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import shortgamma as sg
from shortgamma.basics.errors import InputError
from shortgamma.data import read_prices
from shortgamma.feedback.engine import Run
from shortgamma.report.simulation_words import headline
from shortgamma.studies.plans import measured_book, simulate
from shortgamma.studies.scenarios.bundled import HedgedBook
from shortgamma.studies.scenarios.scenario import Inputs
from shortgamma.studies.simulation import LEVELS, fan, mean, ratio, root_ratio, simulation
from shortgamma.studies.source import open_chain

FEW = {"steps": 120, "options": 16}


def hedged(theta, **more):
    return simulate("hedged-book", {**FEW, "theta": theta, **more}, paths=600)


@pytest.fixture(scope="module")
def short():
    return hedged(-0.3)


def test_short_gamma_amplifies_by_the_closed_form(short):
    found = short.metrics["realised_vol_ratio"]
    # θ of the book is −0.3 at the initial spot and hardly changes within two hours.
    assert found.value == pytest.approx(1.0 / 0.7, rel=0.01)
    assert 0.0 < found.standard_error < 0.005


def test_long_gamma_dampens_by_the_closed_form():
    assert hedged(0.3).metrics["realised_vol_ratio"].value == pytest.approx(1.0 / 1.3, rel=0.01)


def test_short_gamma_loses_on_what_moves_and_long_gamma_wins():
    """Without costs a hedger's gamma and theta compete; his gamma has the sign of his book."""
    free = {"half_spread": 0.0, "taker_fee": 0.0, "days": 2, "wall": 0.0, "steps": 120}
    for theta in (-0.3, 0.3):
        found = simulate("gamma-squeeze", {**free, "theta": theta}, paths=300).metrics
        assert np.sign(found["dealer_gamma_usd"].value) == np.sign(theta)
        assert np.sign(found["dealer_theta_usd"].value) == -np.sign(theta)


def test_without_hedgers_both_markets_are_the_same():
    found = simulate("hedged-book", {**FEW, "policy": "none"}, paths=50)
    assert found.metrics["realised_vol_ratio"].value == 1.0
    for name, figure in found.outcome.quiet.items():
        np.testing.assert_array_equal(figure, found.outcome.market[name])


def test_an_empty_book_hedges_nothing():
    book = measured_book(open_chain("sample"), "naive", name="sample")
    nothing = np.zeros(0, dtype=np.int64)
    empty = replace(book, options=book.options.select(nothing), quantity=np.zeros(0))
    found = simulation(HedgedBook(steps=20), Inputs(book=empty), Run(paths=20))
    assert found.metrics["realised_vol_ratio"].value == 1.0
    assert headline(found).startswith("The book is empty")


def test_a_market_without_depth_is_dry_in_every_step():
    found = simulate("hedged-book", {**FEW, "depth_usd_per_pct": 0.0, "theta": -0.3}, paths=20)
    assert found.metrics["realised_vol_ratio"].value == 1.0
    assert found.metrics["dry_steps"].value == FEW["steps"]


def test_the_book_of_a_chain_is_the_one_that_exposure_measures():
    measured = sg.exposure("sample", positioning="flow").totals.gamma_usd_per_pct
    book = measured_book(open_chain("sample"), "flow", name="sample")
    assert book.gamma_usd_per_pct == pytest.approx(measured, rel=1e-9)


def test_same_seed_same_bits_whatever_the_workers():
    first, second = (
        simulate("gamma-squeeze", {"steps": 30}, paths=9_000, seed=3, workers=n) for n in (1, 3)
    )
    for name, figure in first.outcome.market.items():
        np.testing.assert_array_equal(figure, second.outcome.market[name], err_msg=name)
    other = simulate("gamma-squeeze", {"steps": 30}, paths=9_000, seed=4)
    assert other.metrics["realised_vol"] != first.metrics["realised_vol"]


def test_ratio_error_is_that_of_repeated_samples():
    rng = np.random.default_rng(1)
    below = rng.exponential(size=(2_000, 400))
    above = 2.0 * below + rng.normal(size=below.shape)
    ratios = above.mean(axis=1) / below.mean(axis=1)
    errors = [ratio(a, b).standard_error for a, b in zip(above, below, strict=True)]
    assert np.mean(errors) == pytest.approx(ratios.std(), rel=0.05)
    roots = [root_ratio(a, b).standard_error for a, b in zip(above, below, strict=True)]
    assert np.mean(roots) == pytest.approx(np.sqrt(ratios).std(), rel=0.05)


def test_one_path_has_no_error_and_a_ratio_to_nothing_is_none():
    assert np.isnan(mean(np.array([3.0])).standard_error)
    assert np.isnan(ratio(np.ones(4), np.zeros(4)).value)


def test_fan_holds_the_quantiles_of_the_prices(short):
    found = fan(short.outcome)
    last = short.outcome.log_prices[-1]
    for key, column in (("with_hedging", 0), ("without_hedging", 1)):
        rows = np.array(found[key])
        assert rows.shape == (len(LEVELS), len(found["days"]))
        wanted = 90_000.0 * np.exp(np.quantile(last[column], LEVELS))
        np.testing.assert_allclose(rows[:, -1], wanted, rtol=1e-12)
        np.testing.assert_array_equal(rows[:, 0], short.outcome.setup.spot)
        assert (np.diff(rows, axis=0) >= 0.0).all()


def test_document_is_json_without_nan():
    document = simulate("replay", {"steps": 60}).to_dict()
    text = json.dumps(document, allow_nan=False)
    assert json.loads(text)["metrics"]["realised_vol"]["standard_error"] is None
    assert {"scenario", "paths", "steps", "seed", "metrics"} <= set(document)


def test_replay_without_hedging_is_the_series_itself():
    history = read_prices("sample")
    found = simulate("replay")
    assert (found.run.paths, found.steps) == (1, len(history) - 1)
    assert found.book.spot == history.close[0]
    final = np.log(history.close[-1] / history.close[0])
    assert found.outcome.quiet["final"][0] == pytest.approx(final, abs=1e-12)
    lowest = np.log(history.close.min() / history.close[0])
    assert found.outcome.quiet["lowest"][0] == pytest.approx(lowest, abs=1e-12)
    assert found.metrics["realised_vol_ratio"].value > 1.1


def test_prices_make_a_bootstrap_and_coarse_bars_are_bridged(tmp_path):
    file = tmp_path / "hours.csv"
    rng = np.random.default_rng(2)
    close = 50_000.0 * np.exp(np.cumsum(rng.normal(0.0, 0.5 / np.sqrt(8_760.0), 2_000)))
    frame = pl.DataFrame({"time": 1_700_000_000 + 3_600 * np.arange(2_000), "close": close})
    frame.write_csv(file)
    found = simulate("hedged-book", {"steps": 600, "options": 16}, prices=str(file), paths=400)
    assert found.process == "bootstrap"
    measured = np.diff(np.log(close)).std() * np.sqrt(8_760.0)
    assert found.metrics["realised_vol_without"].value == pytest.approx(measured, rel=0.08)


def test_a_process_can_be_fitted_to_prices_instead():
    found = simulate("hedged-book", {**FEW, "process": "gbm"}, prices="sample:ETH", paths=200)
    moves = read_prices("sample:ETH").log_returns
    assert found.process == "gbm"
    assert found.metrics["realised_vol_without"].value == pytest.approx(
        moves.std() * np.sqrt(525_600.0), rel=0.03
    )


def test_progress_sums_to_one():
    heard = []
    simulate("hedged-book", {**FEW, "steps": 70}, paths=10_000, progress=heard.append)
    assert sum(heard) == pytest.approx(1.0)
    assert len(heard) > 2
    assert min(heard) > 0.0


@pytest.mark.parametrize(
    ("scenario", "given", "words"),
    [
        ("nothing", {}, "no scenario called 'nothing'"),
        ("hedged-book", {"figures": {"gamma": 1}}, "has no 'gamma'"),
        ("hedged-book", {"figures": {"steps": "many"}}, "is not a whole number"),
        ("hedged-book", {"figures": {"steps": 0}}, "0 steps"),
        ("hedged-book", {"figures": {"theta": "nan"}}, "not finite"),
        ("hedged-book", {"figures": {"taker_fee": "-inf"}}, "not finite"),
        ("hedged-book", {"figures": {"step_seconds": -1}}, "seconds"),
        ("hedged-book", {"figures": {"process": "levy"}}, "unknown process"),
        ("hedged-book", {"figures": {"process": "bootstrap"}}, "needs prices"),
        ("hedged-book", {"figures": {"policy": "sometimes"}}, "not a policy"),
        ("hedged-book", {"figures": {"depth_usd_per_pct": -1}}, "depth is -1"),
        ("hedged-book", {"positioning": "naive"}, "no chain"),
        ("hedged-book", {"prices": "nowhere.csv"}, "nowhere.csv"),
        ("hedged-book", {"paths": 0}, "paths"),
        ("hedged-book", {"workers": 0}, "0 workers"),
        ("replay", {"figures": {"step_seconds": 7}}, "step"),
    ],
)
def test_bad_input_is_said_in_one_line_with_a_remedy(scenario, given, words):
    given = dict(given)
    with pytest.raises(InputError, match=words) as caught:
        simulate(scenario, given.pop("figures", {}), **given)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)
