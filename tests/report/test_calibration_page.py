"""The page of a calibration: figures as plain specs, words, and drawn in a real browser."""

import json
from dataclasses import replace

import numpy as np
import pytest

from shortgamma.market.history import PriceHistory
from shortgamma.market.order_book import OrderBook
from shortgamma.report.calibration_page import calibration_page
from shortgamma.report.calibration_story import calibration_chapters
from shortgamma.report.calibration_words import (
    book_rows,
    headline,
    hour_words,
    memory_words,
    notes,
    parameter_rows,
    tail_words,
    week_words,
)
from shortgamma.report.documents import write_report
from shortgamma.report.figures.calibration import book_impact, quantiles, tails
from shortgamma.report.figures.calibration_time import clusters, hours_of_week, signature
from shortgamma.studies.calibration import HOUR, calibrate
from tests.report.test_browser import SCREENS, browser, pytestmark, width_beyond_screen

__all__ = ["browser"]
MONDAY = 4 * 24 * HOUR
EVIL = "</script><script>alert(1)</script>"


def history(moves, bar=HOUR, name="BTC"):
    close = 100.0 * np.exp(np.concatenate(([0.0], np.cumsum(moves))))
    stamp = MONDAY + bar * np.arange(close.size)
    return PriceHistory(underlying=name, stamp=stamp, close=close)


def book(reach=0.02):
    steps = np.linspace(0.001, reach, 20)
    return OrderBook(
        underlying="BTC",
        asof=MONDAY,
        venue="deribit",
        bid_price=100.0 * (1.0 - steps),
        bid_size=np.full(20, 2.0),
        ask_price=100.0 * (1.0 + steps),
        ask_size=np.full(20, 1.0),
    )


def moves(size):
    hours = np.arange(size) % 24
    wild = np.where((hours >= 13) & (hours < 17), 3.0, 1.0)
    return 0.004 * wild * np.random.default_rng(8).standard_normal(size)


@pytest.fixture(scope="module")
def busy():
    return calibrate(history(moves(8 * 168)), ["gbm", "merton"], order_books=[book(), book(0.005)])


@pytest.fixture(scope="module")
def daily():
    return calibrate(history(moves(400)[:200], bar=24 * HOUR), ["gbm"])


@pytest.fixture(scope="module")
def blocks():
    return calibrate(history(moves(300)), ["bootstrap"])


def test_every_figure_is_plain_json(busy, daily, blocks):
    for answer in (busy, daily, blocks):
        for chapter in calibration_chapters(answer):
            for panel in chapter.panels:
                spec = panel.figure(answer)
                assert json.loads(json.dumps(spec, allow_nan=False)) == spec, panel.name
                assert "template" not in spec["layout"]


def test_chapters_follow_what_there_is(busy, daily, blocks):
    names = [[chapter.name for chapter in calibration_chapters(a)] for a in (busy, daily, blocks)]
    assert names == [
        ["processes", "quantiles", "memory", "tails", "week", "books"],
        ["processes", "quantiles", "memory"],
        ["processes", "memory", "week"],
    ]


def test_quantiles_split_into_inside_and_outside(busy):
    inside, outside = quantiles(busy, "gbm")["data"][2:]
    found = busy.quantiles["gbm"]
    assert len(inside["x"]) + len(outside["x"]) == found.observed.size
    share = len(outside["x"]) / found.observed.size
    assert share == pytest.approx(busy.outside("gbm"))
    assert max(inside["y"] + outside["y"]) == pytest.approx(
        100.0 * busy.history.log_returns.max(), rel=1e-4
    )


def test_survival_begins_at_one_move_and_falls(busy):
    data = {trace["name"]: trace for trace in tails(busy)["data"] if trace["mode"] == "markers"}
    rises = data["rises"]
    size = busy.history.log_returns.size
    assert rises["y"][0] == pytest.approx(1.0 / size, rel=1e-4)
    assert rises["x"][0] == pytest.approx(100.0 * busy.history.log_returns.max(), rel=1e-4)
    assert (np.diff(rises["y"]) > 0.0).all()
    assert (np.diff(rises["x"]) <= 0.0).all()


def test_pareto_passes_through_the_threshold(busy):
    line = next(trace for trace in tails(busy)["data"] if trace["mode"] == "lines")
    found = busy.tails["down"]
    assert line["x"][0] == pytest.approx(100.0 * found.threshold, rel=1e-4)
    assert line["y"][0] == pytest.approx(
        found.exceedances / busy.history.log_returns.size, rel=1e-4
    )


def test_wild_hours_are_positive_in_the_heat_map(busy):
    rows = np.array(hours_of_week(busy)["data"][0]["z"], dtype=float)
    assert rows.shape == (7, 24)
    assert (rows[:, 13:17].mean(axis=1) > 0.5).all()
    assert rows[:, :13].mean() < 0.0
    assert "Bars" in hours_of_week_of_days()


def hours_of_week_of_days():
    answer = calibrate(history(moves(100), bar=24 * HOUR), ["gbm"])
    return hours_of_week(answer)["layout"]["annotations"][0]["text"]


def test_lines_of_the_figures_over_time(busy):
    drawn = clusters(busy)["data"][0]
    assert len(drawn["x"]) == 168
    assert drawn["y"][23] > clusters(busy)["layout"]["shapes"][0]["y0"]
    assert signature(busy)["data"][0]["x"][:3] == ["1 h", "2 h", "4 h"]


def test_buying_costs_more_where_asks_are_thinner(busy):
    buy, sell = book_impact(busy, 0)["data"]
    assert buy["name"] == "buy"
    assert np.interp(10.0, buy["x"], buy["y"]) > np.interp(10.0, sell["x"], sell["y"])
    assert buy["y"][0] == pytest.approx(10.0)


def test_headline_names_the_best_and_what_is_missed(busy, blocks):
    assert "merton" in headline(busy)
    assert "the hours of the week" in headline(busy)
    assert "bootstrap" in headline(blocks)


def test_words_of_every_test(busy, daily, blocks):
    assert "ξ" in tail_words(busy)
    assert "too few" in tail_words(daily)
    assert "longer than an hour" in week_words(daily)
    assert "too short" in week_words(blocks)
    assert "highest" in week_words(busy)
    assert memory_words(daily)
    assert hour_words(0) == "on Monday at 00:00 UTC"


def test_depth_beyond_the_book_is_an_assumption(busy):
    whole, part = book_rows(busy)
    assert "(A)" not in whole[2] + whole[3]
    assert "(A)" in part[2]
    assert any("extrapolated" in note for note in notes(busy))


def test_a_law_that_is_far_too_wide_is_not_to_be_simulated(busy):
    assert busy.width("merton") == pytest.approx(1.0, abs=0.15)
    found = busy.quantiles["gbm"]
    wide = replace(busy, quantiles={"gbm": replace(found, fitted=3.0 * found.observed)})
    assert wide.width("gbm") == pytest.approx(3.0)
    assert any("3 times as wide" in note for note in notes(wide))
    assert not any("as wide" in note for note in notes(busy))


def test_what_is_not_identified_says_so(blocks):
    rows = {row[0]: row for row in parameter_rows(blocks, "bootstrap")}
    assert rows["block"][3] == "not identified"


def test_names_from_files_are_escaped():
    answer = calibrate(history(moves(200), name=EVIL), ["gbm"])
    assert EVIL not in calibration_page(answer)


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytestmark
def test_it_is_drawn_without_complaint(browser, busy, tmp_path, screen, scheme):
    file = tmp_path / "page.html"
    write_report(busy, file)
    context = browser.new_context(color_scheme=scheme, **SCREENS[screen])
    tab = context.new_page()
    complaints = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(file.as_uri())
    tab.locator("html[data-drawn]").wait_for(state="attached", timeout=30_000)
    panels = sum(len(chapter.panels) for chapter in calibration_chapters(busy))
    assert tab.locator("html").get_attribute("data-drawn") == str(panels)
    assert tab.locator(".plot .main-svg").count() >= panels
    assert width_beyond_screen(tab) <= 0
    assert complaints == []
    context.close()
