"""What the report adds to a measured market: a simulated day of it, and what a desk does about it."""

from dataclasses import replace

import numpy as np
import pytest

from shortgamma.market.history import PriceHistory
from shortgamma.studies.report import (
    DESK_SHARE,
    GAMMA_KEPT,
    LEGS,
    desk_hedge,
    full_report,
    usual_vol,
)
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


@pytest.fixture(scope="module")
def desk(short):
    return desk_hedge(short, history=None, paths=200, workers=1, progress=None)


def test_the_desk_holds_its_share_and_gives_up_half_its_gamma(short, desk):
    held = DESK_SHARE * short.totals.gamma_usd_per_pct
    before, after = desk.hedge.before.measured, desk.hedge.after.measured
    assert before.totals.gamma_usd_per_pct == pytest.approx(held)
    assert abs(after.totals.gamma_usd_per_pct) <= GAMMA_KEPT * abs(held) * (1.0 + 1e-6)
    vega = abs(before.totals.vega_usd_per_point)
    assert abs(after.totals.vega_usd_per_point) <= vega * (1.0 + 1e-6)
    assert len(desk.hedge.trades) <= LEGS
    assert desk.refusal == ""
    assert desk.policy.book.gamma_usd_per_pct == pytest.approx(held)
    assert desk.to_dict()["hedge"]["status"] in {"optimal", "best_found"}


def test_a_short_desk_buys_gamma(desk):
    """It is short: what it adds must be long gamma, and short options would be the wrong sign."""
    assert desk.hedge.before.measured.totals.gamma_usd_per_pct < 0.0
    assert sum(trade.gamma_usd_per_pct for trade in desk.hedge.trades) > 0.0


def test_without_quotes_the_desk_says_so_and_still_compares_rules(short):
    nothing = np.full(len(short.chain), np.nan)
    quiet = replace(short, chain=replace(short.chain, bid_price=nothing, ask_price=nothing))
    found = desk_hedge(quiet, history=None, paths=100, workers=1, progress=None)
    assert found.hedge is None
    assert found.refusal
    assert found.policy.simulated.points
    assert found.to_dict()["hedge"] is None


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
