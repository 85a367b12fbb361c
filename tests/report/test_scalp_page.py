"""The pages and the terminal of gamma scalping: figures from the answer, words that follow them."""

import json
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

import shortgamma as sg
from shortgamma.report.documents import page_of, write_report
from shortgamma.report.figures.scalp import (
    constraint_bars,
    fast_crossing,
    fast_results,
    long_parts,
    result_against_vol,
    short_parts,
)
from shortgamma.report.scalp_fast_words import sentences as fast_sentences
from shortgamma.report.scalp_fast_words import table_rows
from shortgamma.report.scalp_words import (
    constraint_rows,
    cost_rows,
    headline,
    part_rows,
    sentences,
    vol_rows,
)
from shortgamma.report.terminals import terminal_of
from shortgamma.studies.scalping.break_even import BreakEvenVol, Status
from shortgamma.studies.scalping.fast import LATENCIES, MAKER
from shortgamma.studies.scalping.question import SIDES
from shortgamma.studies.simulation import Metric
from tests.report.test_browser import SCREENS, browser, pytestmark, width_beyond_screen
from tests.report.test_simulation_page import EVIL, OUTSIDE

__all__ = ["browser"]
IN_BROWSER = pytestmark


@pytest.fixture(scope="module")
def slow():
    return sg.scalp("desk", {"options": 16, "steps": 48, "lot": 0.1}, paths=200)


@pytest.fixture(scope="module")
def fast():
    return sg.scalp_fast("scalper", {"steps": 120}, paths=60)


def none(status):
    return BreakEvenVol(vol=None, low=None, high=None, level=0.9, estimate=None, status=status)


def test_the_lines_are_the_results_and_diamonds_stand_at_the_break_evens(slow):
    long, short, *crossings = result_against_vol(slow)["data"]
    for trace, side in zip((long, short), slow.sides, strict=True):
        assert trace["x"] == pytest.approx([100.0 * point.vol for point in side.curve], rel=1e-5)
        ratios = np.array(trace["y"]) / [point.pnl.mean() for point in side.curve]
        np.testing.assert_allclose(ratios, ratios[0], rtol=1e-4)
    assert long["y"][0] < 0.0 < long["y"][-1]
    assert short["y"][-1] < 0.0 < short["y"][0]
    assert [c["x"][0] for c in crossings] == pytest.approx(
        [100.0 * side.vol.vol for side in slow.sides], rel=1e-5
    )
    assert long["line"]["color"] != short["line"]["color"]


def test_a_side_without_break_even_has_no_diamond_and_the_headline_says_so(slow):
    never = replace(slow, long=replace(slow.long, vol=none(Status.ALWAYS_LOSES)))
    assert len(result_against_vol(never)["data"]) == 3
    assert headline(never).startswith("Long gamma loses at every vol that was tried;")
    assert page_of(never)


def test_waterfalls_end_at_the_results(slow):
    for figure, side in ((long_parts, slow.long), (short_parts, slow.short)):
        (trace,) = figure(slow)["data"]
        *parts, total = trace["x"]
        assert sum(parts) == pytest.approx(total, abs=2e-3 * max(map(abs, parts)))
        assert total * side.pnl.value > 0.0


def test_bars_hold_every_constraint_of_both_sides(slow):
    for trace, side in zip(constraint_bars(slow)["data"], slow.sides, strict=True):
        assert trace["y"] == [one.name for one in side.constraints]
        assert "lot" in trace["y"]
        signs = np.sign(trace["x"])
        assert list(signs) == [np.sign(one.gain.value) for one in side.constraints]


def test_tables_have_as_many_rows_as_there_is_to_say(slow, fast):
    assert len(list(vol_rows(slow))) == 3
    assert len(list(cost_rows(slow))) == len(slow.long.curve)
    assert len(list(constraint_rows(slow))) == len(slow.long.constraints)
    assert [row[0] for row in part_rows(slow)][:2] == ["Gamma", "Theta"]
    assert len(list(table_rows(fast))) == len(fast.results)


def test_words_say_what_binds_and_follow_the_figures(slow):
    assert any("what binds is the fee" in line for line in sentences(slow))
    free = replace(slow.long, binding="none", binding_risk="none")
    assert any(
        "no constraint costs more than chance" in line
        for line in sentences(replace(slow, long=free))
    )
    risky = replace(slow.long, binding_risk="lot")
    assert any("In risk it is the lot" in line for line in sentences(replace(slow, long=risky)))


def test_a_book_of_both_signs_is_said_to_be_one(slow):
    assert not any("changes sign" in line for line in sentences(slow))
    book = slow.setting.book
    turned = book.quantity * np.where(np.arange(book.quantity.size) % 2, 1.0, -1.0)
    mixed = replace(slow, setting=replace(slow.setting, book=replace(book, quantity=turned)))
    assert any("changes sign" in line for line in sentences(mixed))


def test_cells_and_bars_of_the_fast_page_are_those_of_the_table(fast):
    (cells,) = fast_results(fast)["data"]
    assert np.shape(cells["z"]) == (4, len(LATENCIES))
    assert cells["y"] == ["long taker", "long maker", "short taker", "short maker"]
    assert cells["z"][3][0] == pytest.approx(fast.of("short", MAKER, late=0.0).pnl.value, rel=1e-5)
    for trace, side in zip(fast_crossing(fast)["data"], SIDES, strict=True):
        shares = [1.0 - fast.of(side, MAKER, late=late).resting_share for late in LATENCIES]
        assert trace["y"] == pytest.approx(shares, rel=1e-4, abs=1e-6)


def test_the_verdict_on_latency_follows_its_error(fast):
    alike = {key: Metric(value=1.0, standard_error=5.0) for key in fast.slowed}
    costly = {key: Metric(value=-50.0, standard_error=5.0) for key in fast.slowed}
    said = [fast_sentences(replace(fast, slowed=each))[-1] for each in (alike, costly)]
    assert "more risk, not less return" in said[0]
    assert "more risk, not less return" not in said[1]


@pytest.mark.parametrize("which", ["slow", "fast"])
def test_the_terminal_keeps_within_its_width(which, request):
    stream = StringIO()
    Console(file=stream, width=100).print(terminal_of(request.getfixturevalue(which)))
    lines = stream.getvalue().splitlines()
    assert max(map(len, lines)) <= 100
    assert "…" not in stream.getvalue()


@pytest.mark.parametrize("which", ["slow", "fast"])
def test_names_from_data_cannot_become_markup(which, request):
    answer = request.getfixturevalue(which)
    book = replace(answer.setting.book, label=EVIL)
    page = page_of(replace(answer, setting=replace(answer.setting, book=book)))
    assert EVIL not in page


@pytest.mark.parametrize("which", ["slow", "fast"])
def test_figures_are_json_without_nan(which, request):
    text = page_of(request.getfixturevalue(which))
    start = text.index('type="application/json"')
    body = text[text.index(">", start) + 1 : text.index("</script>", start)]
    figures = json.loads(body, parse_constant=pytest.fail)["figures"]
    names = {
        "slow": {"vol", "parts-long", "parts-short", "constraints"},
        "fast": {"ways", "crossing"},
    }
    assert set(figures) == names[which]


@IN_BROWSER
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("which", ["slow", "fast"])
def test_every_figure_is_drawn_and_fits_the_screen(which, screen, request, tmp_path):
    answer, driver = request.getfixturevalue(which), request.getfixturevalue("browser")
    file = tmp_path / "page.html"
    write_report(answer, file)
    context = driver.new_context(**SCREENS[screen])
    tab = context.new_page()
    complaints = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(file.as_uri())
    tab.locator("html[data-drawn]").wait_for(state="attached", timeout=30_000)
    assert tab.locator(".plot:has(.cartesianlayer .xy)").count() == {"slow": 4, "fast": 2}[which]
    assert complaints == []
    assert tab.locator(".plot").evaluate_all(OUTSIDE) == []
    assert width_beyond_screen(tab) <= 0
    context.close()
