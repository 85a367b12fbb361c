"""What the report adds to a measured market: a simulated day, a desk, option pools, and risk."""

from dataclasses import replace

import numpy as np
import pytest

from shortgamma.market.history import PriceHistory
from shortgamma.risk.margin.regimes import REGIMES
from shortgamma.studies.book_risk import SLOW, book_risk, with_hedge
from shortgamma.studies.margin import margin
from shortgamma.studies.report import (
    DESK_SHARE,
    GAMMA_KEPT,
    LEGS,
    desk_book,
    desk_hedge,
    full_report,
    pool_question,
    usual_vol,
)
from shortgamma.studies.source import exposure_of
from shortgamma.studies.stress import stress


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
    risk = document["risk"]
    assert risk["share"] == DESK_SHARE
    assert risk["stress"]["worst"]["pnl_usd"] < 0.0
    assert list(risk["margin"]["regimes"]) == [name for name in REGIMES if name not in SLOW]


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


def test_the_pools_stand_in_the_measured_market(short):
    question = pool_question(short, history=None, paths=50, workers=1)
    (here,) = question.sets
    market = question.market_of(here)
    assert market.spot == short.chain.spot
    assert market.vol == usual_vol(short.chain)
    assert market.depth_usd_per_pct == short.assumptions.depth_usd_per_pct
    assert market.clock.horizon == pytest.approx(7.0 / 365.0)
    assert [design.name for design in question.designs] == ["naive", "gamma-aware", "unhedged"]


@pytest.fixture(scope="module")
def risk(short):
    return book_risk(desk_book(short), share=DESK_SHARE, depth_usd_per_pct=300e6)


def test_the_risk_is_that_of_the_share_which_the_desk_holds(short, risk):
    """Revaluation is linear in holdings: the share loses its part of what the whole book loses."""
    book = desk_book(short)
    whole = stress(with_hedge(replace(book, quantity=book.quantity / DESK_SHARE)))
    np.testing.assert_allclose(
        risk.stress.matrix.pnl_usd, DESK_SHARE * whole.matrix.pnl_usd, rtol=1e-9, atol=1e-3
    )
    gamma = DESK_SHARE * short.totals.gamma_usd_per_pct
    assert risk.stress.totals.gamma_usd_per_pct == pytest.approx(gamma)


def test_its_delta_is_hedged_so_that_what_is_left_is_convexity(short, risk):
    """Against the options alone, whose gaps are hedged by the room of risk itself."""
    alone = stress(desk_book(short))
    assert abs(alone.delta) > 10.0
    for gap, open_gap in zip(risk.stress.gaps, alone.gaps, strict=True):
        assert gap.pnl_usd == pytest.approx(open_gap.hedged_usd, abs=1e-3)
        assert gap.pnl_usd == pytest.approx(gap.hedged_usd, abs=1e-3)
    (hedge,) = risk.stress.book.delta_one
    assert np.sign(hedge.quantity) == -np.sign(alone.delta)


def test_a_desk_that_is_short_loses_in_its_worst_cell_and_earns_time_decay(risk):
    assert risk.stress.totals.gamma_usd_per_pct < 0.0
    assert risk.stress.matrix.worst.pnl_usd < 0.0
    assert risk.stress.carry.theta_usd_per_day > 0.0
    assert risk.stress.carry.days == pytest.approx(
        -risk.stress.matrix.worst.pnl_usd / risk.stress.carry.theta_usd_per_day
    )


@pytest.mark.parametrize("name", ["deribit-sm", "span", "full-collateral", "opyn-naked"])
def test_every_regime_asks_what_it_asks_alone(short, risk, name):
    alone = margin(with_hedge(desk_book(short)), name).asked[0]
    here = next(one for one in risk.margin.asked if one.regime.name == name)
    assert here.now.status == alone.now.status
    np.testing.assert_array_equal(here.now.initial_equity, alone.now.initial_equity)
    assert len(here.shocked) == len(alone.shocked)


def test_a_desk_without_holdings_has_no_risk(short):
    book = desk_book(short)
    nothing = replace(book, quantity=np.zeros(len(book.options)))
    assert book_risk(nothing, share=DESK_SHARE, depth_usd_per_pct=300e6) is None
