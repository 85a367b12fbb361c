"""The page and the terminal of a comparison of strategies: every figure from the answer, nothing cut off."""

import json
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from shortgamma.report.documents import write_report
from shortgamma.report.figures.strategies import (
    cost_parts,
    gap_results,
    results_of_paths,
    risk_against_cost,
    thetas,
)
from shortgamma.report.strategies_grounds import strategy_grounds
from shortgamma.report.strategies_page import strategies_page
from shortgamma.report.strategies_words import (
    DIFFERENCE_HEADS,
    MARKET_HEADS,
    RESULT_HEADS,
    difference_rows,
    headline,
    label,
    market_rows,
    part_rows,
    result_rows,
    sentences,
)
from shortgamma.report.terminals import terminal_of
from shortgamma.studies.strategies import strategies
from tests.report.test_browser import SCREENS, browser, pytestmark, width_beyond_screen
from tests.report.test_simulation_page import EVIL, OUTSIDE

__all__ = ["browser"]
IN_BROWSER = pytestmark
FIGURES = (risk_against_cost, results_of_paths, gap_results, thetas, cost_parts)


@pytest.fixture(scope="module")
def four():
    figures = {"options": 16, "steps": 48, "theta": -0.2}
    return strategies("desk", figures, paths=400)


@pytest.fixture(scope="module")
def rolls():
    """Two of one name, told apart by a parameter."""
    chosen = ["rolling-gamma:every_days=1", "rolling-gamma:every_days=2"]
    return strategies("desk", {"options": 16, "steps": 60}, chosen=chosen, paths=200)


@pytest.fixture(scope="module")
def long():
    return strategies("desk", {"options": 16, "steps": 6, "theta": 0.2}, paths=200)


def test_every_strategy_is_in_every_figure(four):
    names = [label(found) for found in four.results]
    assert names == ["Delta only", "Static gamma", "Rolling gamma", "Wings"]
    for figure in FIGURES[:4]:
        assert [trace["name"] for trace in figure(four)["data"]] == names
    for trace in cost_parts(four)["data"]:
        assert trace["y"] == names


def test_markers_stand_at_cost_and_shortfall(four):
    for trace, found in zip(risk_against_cost(four)["data"], four.results, strict=True):
        for axis, name in (("x", "cost_usd"), ("y", "es_usd")):
            size = found.metrics[name].value / trace[axis][0]
            assert round(size / 10.0 ** round(np.log10(size)), 4) == 1.0
    symbols = {trace["marker"]["symbol"] for trace in risk_against_cost(four)["data"]}
    assert len(symbols) == 4


def test_bars_hold_gaps_and_thetas(four):
    for trace, found in zip(thetas(four)["data"], four.results, strict=True):
        assert trace["y"] == pytest.approx(
            [found.theta, found.metrics["mean_theta"].value], rel=1e-5, abs=1e-9
        )
    first = gap_results(four)["data"][0]
    ratios = np.array(first["y"]) / four.results[0].gap_pnl_usd
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-5)
    assert first["x"] == ["−20 %", "−10 %", "+10 %", "+20 %"]


def test_a_distribution_rises_to_all_paths(four):
    for trace in results_of_paths(four)["data"]:
        heights = [height for height in trace["y"] if height is not None]
        assert heights == sorted(heights)
        assert heights[-1] == 1.0


def test_cost_bars_sum_to_the_cost(four):
    spec = cost_parts(four)
    sums = np.sum([trace["x"] for trace in spec["data"]], axis=0)
    costs = np.array([found.metrics["cost_usd"].value for found in four.results])
    np.testing.assert_allclose(sums / sums[0], costs / costs[0], rtol=1e-4)


def test_rows_have_a_cell_under_every_head(four):
    for rows, heads in (
        (result_rows(four), RESULT_HEADS),
        (market_rows(four), MARKET_HEADS),
        (difference_rows(four), DIFFERENCE_HEADS),
    ):
        assert {len(row) for row in rows} == {len(heads)}
    *_parts, last = part_rows(four)
    assert last[0] == "Result"
    assert len(last) == 5


def test_headline_names_the_shortest_tail_or_none(four, long):
    best = label(four.least_shortfall[0]).lower()
    assert headline(four).startswith("The tail is shortest with ")
    assert best in headline(four)
    assert headline(long).startswith("No strategy")
    assert any("paths is" in line for line in sentences(four))
    page = strategies_page(long)
    assert "Options do not help" in page
    assert "nan" not in page[page.index("<main") : page.index("</main>")].lower().replace(
        "finance", ""
    )


def test_headline_speaks_of_no_part_of_a_shortfall_that_is_no_loss(four):
    """All results earn as much more as delta hedging loses in its worst paths."""
    usd = four.results[0].metrics["es_usd"].value
    level = []
    for found in four.results:
        es = found.metrics["es_usd"]
        metrics = {**found.metrics, "es_usd": replace(es, value=es.value - usd)}
        level.append(replace(found, metrics=metrics))
    words = headline(replace(four, results=tuple(level)))
    assert "below" in headline(four)
    assert words.endswith("while delta only loses nothing even there.")


def test_strategies_of_one_name_are_told_apart(rolls):
    names = [label(found) for found in rolls.results]
    assert names == [
        "Delta only",
        "Rolling gamma (every days 1)",
        "Rolling gamma (every days 2)",
    ]


def test_grounds_mark_what_was_changed(rolls, four):
    changed = {g.name: g.origin.name for g in strategy_grounds(rolls)}
    assert changed["Rolling gamma (every days 1): rolled every"] == "GIVEN"
    assert changed["Rolling gamma (every days 1): share"] == "ASSUMED"
    names = [g.name for g in strategy_grounds(four)]
    assert {"Price of options", "Depth of options", "Order of a step", "Depth"} <= set(names)


def test_terminal_shows_every_figure_in_full(four):
    console = Console(file=StringIO(), width=100)
    console.print(terminal_of(four))
    text = console.file.getvalue()
    assert "…" not in text
    for found in four.results:
        assert text.count(label(found)) >= 3
    assert max(map(len, text.splitlines())) <= 100


def test_page_is_one_file_with_all_words(four, tmp_path):
    target = tmp_path / "strategies.html"
    write_report(four, target)
    text = target.read_text(encoding="utf-8")
    start = text.index('type="application/json"')
    document = json.loads(text[text.index(">", start) + 1 : text.index("</script>", start)])
    assert set(document["figures"]) == {"risk-cost", "cost-parts", "results", "gaps", "thetas"}
    for words in ("Static gamma", "Rolling gamma", "Wings", "Where the results come from"):
        assert words in text


def test_names_from_outside_are_escaped(four):
    evil = replace(four, book=replace(four.book, label=EVIL))
    assert EVIL not in strategies_page(evil)


@IN_BROWSER
@pytest.mark.parametrize(("screen", "scheme"), [("desktop", "dark"), ("phone", "light")])
def test_every_figure_is_drawn_without_a_complaint(browser, four, tmp_path, screen, scheme):
    target = tmp_path / "strategies.html"
    write_report(four, target)
    context = browser.new_context(color_scheme=scheme, **SCREENS[screen])
    tab = context.new_page()
    complaints = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda problem: complaints.append(str(problem)))
    tab.goto(target.as_uri())
    tab.locator("html[data-drawn]").wait_for(state="attached", timeout=30_000)
    assert complaints == []
    assert tab.locator(".plot:has(.cartesianlayer .xy)").count() == 5
    assert tab.locator(".plot").evaluate_all(OUTSIDE) == []
    assert width_beyond_screen(tab) <= 0
    context.close()
