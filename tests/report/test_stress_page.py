"""The page, the pictures and the sentences of a stress test."""

import json
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from shortgamma.market.revaluation import PointsVol, RelativeVol
from shortgamma.report.documents import page_of, write_report
from shortgamma.report.figures.stress import (
    gap_losses,
    limits_used,
    matrix,
    profit_against_spot,
)
from shortgamma.report.stress_words import headline, limit_rows, sentences, trade_words
from shortgamma.report.terminals import terminal_of
from shortgamma.risk.stress import ShockGrid
from shortgamma.studies.stress import stress
from tests.exposure.builders import series
from tests.report.test_browser import SCREENS, browser, pytestmark, width_beyond_screen
from tests.risk.books import book_of, mixed, perpetual, straddle

__all__ = ["browser"]
IN_BROWSER = pytestmark
pytestmark = []
LIMITS = {
    "limits": {
        "delta": 50.0,
        "gamma_usd_per_pct": [-1.0, 500.0],
        "worst_cell_usd": 5.0,
        "theta": 0.5,
        "theta_to_worst_days": 1.0,
        "margin_usage": 0.5,
        "equity_usd": 1e4,
        "concentration": {"strike": 0.5},
        "vega_by_tenor": {"0-30": 10.0},
        "cells": [{"spot": -0.3, "most_usd": 1e5}],
    }
}


@pytest.fixture(scope="module")
def answer():
    return stress(straddle(-5.0), limits=LIMITS, curvature_weight=0.3)


@pytest.fixture(scope="module")
def every():
    """Answers at the edges."""
    futures = book_of(series([], days=1.0, vols=1.0, is_call=True), [], perpetual(2.0))
    wide = ShockGrid(
        spot_moves=tuple(np.linspace(-1.0, 2.0, 31).tolist()),
        vol_shifts=(*(RelativeVol(0.1 * n) for n in range(9)), PointsVol(10.0)),
    )
    still = ShockGrid(spot_moves=(0.0,), vol_shifts=(RelativeVol(0.0),))
    return {
        "limits": stress(straddle(-5.0), limits=LIMITS, curvature_weight=1.0),
        "none": stress(mixed()),
        "long": stress(straddle(1.0), limits={"limits": {"theta_to_worst_days": 1}}),
        "futures": stress(futures),
        "wide": stress(mixed(), scenarios=wide),
        "still": stress(mixed(), scenarios=still),
        "flat": stress(book_of(straddle().options, [0.0, 0.0], perpetual(1e-9))),
    }


def test_the_headline_names_the_worst_cell_or_that_there_is_none(answer, every):
    assert headline(answer).startswith("The worst cell costs ")
    assert "spot +50 % and vol up" in headline(answer)
    assert headline(every["still"]) == "The book loses in no cell of the matrix"


def test_the_first_sentence_is_about_the_limits(answer, every):
    assert sentences(answer)[0].startswith("4 of 9 limits are breached: ")
    assert sentences(every["none"])[0] == "No limits were given."
    assert all(sentence.endswith(".") for each in every.values() for sentence in sentences(each))


def test_short_gamma_sells_after_a_fall_and_buys_after_a_rise(answer, every):
    assert trade_words(answer).startswith("To have its delta back it sells ")
    assert " and buys " in trade_words(answer)
    assert trade_words(every["long"]).startswith("To have its delta back it buys ")
    assert trade_words(every["futures"]) == ""


def test_limits_are_listed_with_breaches_first(answer):
    rows = list(limit_rows(answer))
    broken = [row[-1].startswith("breached") for row in rows]
    assert broken == sorted(broken, reverse=True)
    assert sum(broken) == len(answer.breaches) == 4


def test_the_heat_map_is_the_matrix_and_frames_its_worst_cell(answer):
    spec = matrix(answer)
    z = np.array(spec["data"][0]["z"])
    scale = answer.matrix.pnl_usd[0, 0] / z[0, 0]
    np.testing.assert_allclose(z * scale, answer.matrix.pnl_usd, rtol=1e-4, atol=1e-4)
    frame = spec["layout"]["shapes"][0]
    row, column = np.unravel_index(np.argmin(z), z.shape)
    assert (frame["x0"] + frame["x1"], frame["y0"] + frame["y1"]) == (2 * column, 2 * row)


def test_lines_are_named_by_their_vol_shift_and_the_worst_cell_lies_on_one(answer):
    *lines, worst = profit_against_spot(answer)["data"]
    assert [line["name"] for line in lines] == ["vol down", "same vol", "vol up"]
    assert len({line["line"]["dash"] for line in lines}) == 3
    lowest = min(min(line["y"]) for line in lines)
    assert worst["y"][0] == pytest.approx(lowest)


def test_bars_of_jumps_leave_out_the_one_that_does_not_move(answer, every):
    held, hedged, quadratic = gap_losses(answer)["data"]
    assert len(held["y"]) == 10
    assert max(hedged["y"]) < 0.0
    assert quadratic["y"] == pytest.approx(quadratic["y"][::-1])
    assert quadratic["y"][0] < hedged["y"][0]
    assert len(gap_losses(every["still"])["data"][0]["y"]) == 1


def test_bars_of_limits_end_at_twice_the_limit(answer):
    bars = limits_used(answer)["data"][0]
    assert max(bars["x"]) == 2.0
    assert len(bars["x"]) == len(set(bars["y"])) == len(answer.limits)


@pytest.mark.parametrize("name", ["limits", "none", "long", "futures", "wide", "still", "flat"])
def test_every_answer_has_a_page_and_a_summary(every, name):
    text = page_of(every[name])
    data = text.split('id="data"')[1].split("</script>")[0]
    assert "NaN" not in data
    assert "Infinity" not in data
    console = Console(file=StringIO(), width=100)
    console.print(terminal_of(every[name]))
    assert "Jumps without re-hedging" in console.file.getvalue()


def test_names_from_files_are_escaped():
    options = straddle().options
    names = options.instrument.copy()
    names[:] = [f"<img src=x onerror=alert({i})>" for i in range(len(names))]
    object.__setattr__(options, "instrument", names)
    assert "<img src=x" not in page_of(stress(book_of(options, [-1.0, -1.0])))


@pytest.mark.skipif(IN_BROWSER.args[0], reason=IN_BROWSER.kwargs["reason"])
@pytest.mark.parametrize("screen", SCREENS)
def test_the_page_draws_every_figure_without_a_complaint(browser, answer, tmp_path, screen):
    file = tmp_path / "page.html"
    write_report(answer, file)
    context = browser.new_context(color_scheme="dark", **SCREENS[screen])
    tab, complaints = context.new_page(), []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(file.as_uri())
    tab.wait_for_function("document.querySelectorAll('.plot .main-svg').length >= 4")
    assert complaints == []
    assert width_beyond_screen(tab) <= 0
    assert json.loads(tab.evaluate("document.getElementById('data').textContent"))["figures"]
    context.close()
