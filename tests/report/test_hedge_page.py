"""The page, the pictures and the sentences of a hedge."""

import json
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from shortgamma.hedging.optimiser.solution import Status
from shortgamma.report.documents import write_report
from shortgamma.report.figures.hedge import (
    cells_after,
    cells_before,
    gamma_against_spot,
    greeks_by_tenor,
)
from shortgamma.report.hedge_page import hedge_page
from shortgamma.report.hedge_terminal import hedge_summary
from shortgamma.report.hedge_words import headline, sentences, trade_words
from shortgamma.studies.hedge import hedge
from tests.report.test_browser import SCREENS, browser, pytestmark, width_beyond_screen
from tests.studies.hedge_reference import market, short_straddle

__all__ = ["browser"]
IN_BROWSER = pytestmark
pytestmark = []
LIMITS = {"delta": 0.5, "gamma_usd_per_pct": 100.0, "worst_cell_usd": 30e3}


@pytest.fixture(scope="module")
def answer():
    chain = market(11)
    return hedge(short_straddle(chain), market=chain, limits={"limits": LIMITS})


@pytest.fixture(scope="module")
def relaxed():
    chain = market(11)
    book = short_straddle(chain, size=3_000.0)
    return hedge(book, market=chain, limits={"limits": LIMITS})


@pytest.fixture(scope="module")
def idle():
    chain = market(11)
    return hedge(short_straddle(chain), market=chain, limits={"limits": {"delta": 1e6}})


def test_the_headline_says_the_cost_or_what_has_to_give_or_that_nothing_is_needed(
    answer, relaxed, idle
):
    assert "bring the book inside all 3 limits" in headline(answer)
    assert headline(relaxed).startswith("No trades keep every limit: at least")
    assert "gamma per 1 %" in headline(relaxed)
    assert headline(idle) == "The book is inside its limit: nothing to trade"
    assert all(sentence.endswith(".") for sentence in sentences(answer))


def test_the_words_take_their_side_from_the_trades(answer):
    assert trade_words(answer).startswith("It buys options on")
    sold = tuple(replace(t, quantity=-t.quantity) for t in answer.trades)
    assert trade_words(replace(answer, trades=sold)).startswith("It sells options on")


def test_bars_by_tenor_are_the_greeks_before_and_after_and_sum_to_the_book(answer):
    spec = greeks_by_tenor(answer)
    assert [bar["name"] for bar in spec["data"]] == ["before", "after"] * 2
    for state, bar in zip((answer.before, answer.after), spec["data"][:2], strict=True):
        rows = [row.gamma_usd_per_pct for row in state.measured.by_tenor]
        assert sum(rows) == pytest.approx(state.measured.totals.gamma_usd_per_pct)
        scale = rows[1] / bar["y"][1] if bar["y"][1] else 1.0
        np.testing.assert_allclose(np.array(bar["y"]) * scale, rows, rtol=1e-4, atol=1e-3)


def test_both_grids_share_one_scale_of_colours(answer):
    before, after = cells_before(answer), cells_after(answer)
    assert before["layout"]["coloraxis"] == after["layout"]["coloraxis"]
    assert np.shape(before["data"][0]["z"]) == (11, 3)
    assert np.min(before["data"][0]["z"]) < np.min(after["data"][0]["z"]) < 0.0


def test_gamma_at_spot_is_less_short_after_the_trades(answer):
    lines = {trace["name"]: trace for trace in gamma_against_spot(answer)["data"]}
    spot = answer.chain.spot
    at = {name: np.interp(spot, line["x"], line["y"]) for name, line in lines.items()}
    assert at["before"] < at["after"]
    assert abs(at["after"]) < 0.5 * abs(at["before"])


@pytest.mark.parametrize("name", ["answer", "relaxed", "idle"])
def test_every_answer_has_a_page_and_a_summary(name, request):
    found = request.getfixturevalue(name)
    text = hedge_page(found)
    assert "NaN" not in text.split('id="data"')[1].split("</script>")[0]
    console = Console(file=StringIO(), width=100)
    console.print(hedge_summary(found))
    assert "Limits" in console.file.getvalue()


def test_names_from_files_are_escaped():
    chain = market(11)
    names = chain.options.instrument.copy()
    names[:] = [f"<img src=x onerror=alert({i})>" for i in range(len(names))]
    object.__setattr__(chain.options, "instrument", names)
    text = hedge_page(hedge(short_straddle(chain), market=chain, limits={"limits": LIMITS}))
    assert "<img src=x" not in text


def test_the_best_found_says_how_far_the_best_possible_may_be(answer):
    solution = replace(answer.solution, gap=0.25, bound_usd=100.0)
    late = replace(answer, status=Status.BEST_FOUND, solution=solution)
    assert (
        "It is not proved the cheapest: no trades cost less than 100 $, a gap of 25 %."
        in sentences(late)
    )


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
