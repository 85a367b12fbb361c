"""`var`: figures by method, ratio to delta alone, backtests, horizons, speed, and its page."""

import json
import time
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

import shortgamma as sg
from shortgamma.basics.errors import InputError
from shortgamma.basics.units import NANOSECONDS_PER_DAY
from shortgamma.exposure.dynamics import StickyStrike
from shortgamma.market.history import PriceHistory
from shortgamma.report.figures.var import backtest_line, loss_laws, loss_tail
from shortgamma.report.terminals import terminal_of
from shortgamma.report.var_page import var_page
from shortgamma.report.var_words import headline, sentences
from shortgamma.risk.tails.figures import sample_tail
from shortgamma.risk.tails.revaluation import Revaluation
from tests.risk.test_scenarios import book_of

DAYS = 700


def history_of(days=DAYS, bar=NANOSECONDS_PER_DAY, seed=1, vol=0.03):
    moves = vol * np.random.default_rng(seed).standard_t(4, days) / 2.0**0.5
    close = 90_000.0 * np.exp(np.concatenate([[0.0], np.cumsum(moves)]))
    stamp = bar * np.arange(days + 1, dtype=np.int64)
    return PriceHistory(underlying="BTC", stamp=stamp, close=close)


def hedged_book(size=40):
    """Short options, their delta hedged."""
    book = book_of(size)
    local = Revaluation(book=book, response=StickyStrike()).local()
    holding = book.delta_one[0]
    quantity = holding.quantity - local.slope / holding.price
    return replace(book, delta_one=(replace(holding, quantity=quantity),))


@pytest.fixture(scope="module")
def answer():
    return sg.var(hedged_book(), prices=history_of())


def test_historical_figures_are_those_of_every_move_revalued(answer):
    book, moves = answer.book, history_of().log_returns
    losses = -Revaluation(book=book, response=StickyStrike()).pnl(moves)
    for figures in answer.row("historical").figures:
        expected = sample_tail(losses, figures.level)
        assert figures.var == pytest.approx(expected.var)
        assert figures.es == pytest.approx(expected.es)


def test_delta_alone_is_far_too_small_for_a_hedged_short_gamma_book(answer):
    for name in ("historical", "filtered-historical", "monte-carlo", "delta-gamma"):
        assert min(answer.row(name).ratios) > 20.0 or np.isnan(answer.row(name).ratios[0])
    book = hedged_book()
    extra = replace(book.delta_one[0], quantity=book.delta_one[0].quantity + 40.0)
    directional = sg.var(replace(book, delta_one=(extra,)), prices=history_of())
    assert directional.row("delta").ratios == (1.0, 1.0, 1.0)
    assert 1.0 < directional.row("delta-gamma").ratios[0] < 3.0


def test_approximations_stand_beside_full_revaluation_and_say_what_they_are(answer):
    kinds = {row.name: row.kind for row in answer.rows}
    assert kinds["historical"] == kinds["monte-carlo"] == "full revaluation"
    assert kinds["delta"] == kinds["delta-gamma"] == kinds["cornish-fisher"] == "approximation"
    assert kinds["pareto"] == "extrapolation"
    assert answer.form.curvature[0] < 0.0
    assert not answer.expansion_increases


def test_a_long_book_loses_less_than_the_short_one(answer):
    book = hedged_book()
    holding = book.delta_one[0]
    long = replace(
        book,
        quantity=-book.quantity,
        delta_one=(replace(holding, quantity=-holding.quantity),),
    )
    other = sg.var(long, prices=history_of())
    assert other.main.figures[0].var < 0.2 * answer.main.figures[0].var


def test_the_backtest_of_delta_alone_is_red_and_that_of_history_is_not(answer):
    assert answer.timelines["delta"].tests[0].basel.zone.value == "red"
    assert answer.timelines["historical"].tests[0].basel.zone.value != "red"
    assert answer.timelines["historical"].tests[0].observations == DAYS - answer.window
    assert answer.curve_error < 1e-3 * answer.main.figures[0].var


def test_the_document_has_the_keys_of_the_interface_at_every_level(answer):
    document = answer.to_dict()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert [row["level"] for row in document["levels"]] == [0.99, 0.975, 0.95]
    for row in (document, *document["levels"]):
        assert {"var", "es", "method", "backtest", "methods"} <= set(row)
        assert {"kupiec", "christoffersen", "acerbi_szekely", "basel"} <= set(row["backtest"])
    assert document["var"] == document["levels"][0]["var"] > 0.0


def test_methods_filters_horizons_and_ageing_can_be_asked_for():
    book, history = hedged_book(10), history_of()
    shared = {"levels": (0.95,), "paths": 1_000}
    week = sg.var(book, prices=history, horizon_days=7, maturities="ages", **shared)
    day = sg.var(book, prices=history, **shared)
    assert week.horizon.steps == 7
    assert week.main.figures[0].var > day.main.figures[0].var
    assert week.theta_usd > day.theta_usd > 0.0
    ages = sg.var(book, prices=history, maturities="ages", **shared)
    assert ages.main.figures[0].var < day.main.figures[0].var
    garch = sg.var(book, prices=history, method="filtered-historical", vol_filter="garch", **shared)
    assert garch.main.name == "filtered-historical"
    carlo = sg.var(book, prices=history, method="monte-carlo", process="gbm", **shared)
    assert carlo.timeline.tests[0].observations > 100


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ({"levels": (1.5,)}, "--level"),
        ({"method": "magic"}, "--method"),
        ({"process": "replay"}, "--process"),
        ({"response": "none"}, "--response"),
        ({"horizon_days": 0.3}, "--horizon"),
        ({"horizon_days": 300.0}, "--prices"),
        ({"window": 10}, "--window"),
        ({"window": 699}, "--window"),
        ({"paths": 1}, "--paths"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_line(asked, place):
    with pytest.raises(InputError) as problem:
        sg.var(book_of(3), prices=history_of(), **asked)
    assert problem.value.place == place
    assert problem.value.remedy


def test_a_short_history_gets_a_shorter_horizon_and_a_warning():
    minutes = history_of(4_000, bar=NANOSECONDS_PER_DAY // 1_440, vol=0.001)
    found = sg.var(hedged_book(5), prices=minutes, paths=500)
    assert found.horizon.days == pytest.approx(15 / 1_440)
    assert any("rests on hardly any" in line for line in found.warnings)


def test_ten_thousand_revaluations_of_two_thousand_positions_take_less_than_two_seconds():
    revaluation = Revaluation(book=book_of(2_000), response=StickyStrike())
    moves = np.random.default_rng(1).normal(0.0, 0.04, 10_000)
    revaluation.pnl(moves[:10])
    start = time.perf_counter()
    revaluation.pnl(moves)
    assert time.perf_counter() - start < 2.0


def test_words_page_and_terminal_tell_the_same_story(answer):
    assert "Over 1 day the book loses more than" in headline(answer)
    assert any("Delta alone" in line for line in sentences(answer))
    assert all(line.endswith(".") for line in sentences(answer))
    page = var_page(answer)
    for words in ("Cornish–Fisher", "Delta-gamma, exact", "Backtests"):
        assert words in page
    console = Console(width=100, file=StringIO())
    console.print(terminal_of(answer))
    assert "Monte Carlo" in console.file.getvalue()


def test_figures_hold_the_numbers(answer):
    laws = loss_laws(answer)
    assert [trace["name"] for trace in laws["data"]] == [
        "Historical",
        "Filtered historical",
        "Monte Carlo",
    ]
    inside, breach, var, _es = backtest_line(answer)["data"]
    marks = [y for y in breach["y"] if y is not None]
    assert len(marks) == answer.timeline.tests[0].breaches
    assert len(inside["x"]) == len(var["y"]) == answer.timeline.tests[0].observations
    assert {trace["name"] for trace in loss_tail(answer)["data"]} == {"Historical", "Pareto tail"}
