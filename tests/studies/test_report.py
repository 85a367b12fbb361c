"""The report's second half: a simulated day of the measured book."""

import numpy as np
import pytest

from shortgamma.market.history import PriceHistory
from shortgamma.studies.report import full_report, usual_vol
from shortgamma.studies.source import exposure_of


@pytest.fixture(scope="module")
def short():
    return exposure_of("sample", positioning="flow")


def test_the_day_is_that_of_the_measured_book(short):
    found = full_report(short, paths=300, workers=1)
    day = found.simulation
    assert day.book.spot == short.chain.spot
    assert day.book.gamma_usd_per_pct == pytest.approx(short.totals.gamma_usd_per_pct, rel=1e-6)
    assert day.scenario.depth_usd_per_pct == short.assumptions.depth_usd_per_pct
    assert day.metrics["realised_vol_ratio"].value > 1.0
    document = found.to_dict()
    assert document["gamma_usd_per_pct"] == short.to_dict()["gamma_usd_per_pct"]
    assert document["simulation"]["metrics"]["realised_vol_ratio"]["value"] > 1.0


def test_a_long_book_dampens_its_day():
    long = exposure_of("sample", positioning="dealer-long")
    day = full_report(long, paths=300, workers=1).simulation
    assert day.metrics["realised_vol_ratio"].value < 1.0


def test_the_vol_of_the_day_is_that_of_a_month_at_the_money(short):
    chain = short.chain
    near = np.abs(np.log(chain.options.strike / chain.options.forward)) < 0.05
    month = np.abs(chain.options.years * 365.0 - 30.0) < 15.0
    there = chain.options.vol[near & month]
    assert there.min() <= usual_vol(chain) <= there.max()


def test_given_prices_replace_the_process(short):
    step = 3_600 * 10**9
    moves = np.random.default_rng(1).normal(0.0, 0.02, 400)
    history = PriceHistory(
        underlying="BTC",
        stamp=np.arange(401, dtype=np.int64) * step,
        close=90_000.0 * np.exp(np.concatenate([[0.0], np.cumsum(moves)])),
    )
    day = full_report(short, history=history, paths=100, workers=1).simulation
    assert day.process == "bootstrap"
    assert day.metrics["realised_vol_without"].value == pytest.approx(
        0.02 * np.sqrt(8_760.0), rel=0.1
    )
