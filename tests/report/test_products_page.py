"""The page and the terminal of a comparison of structured products."""

import json
from io import StringIO

import pytest
from rich.console import Console

from shortgamma.report.documents import write_report
from shortgamma.report.figures.products import (
    gamma_first,
    gamma_last,
    gamma_middle,
    peaks_over_life,
    shortfalls,
    vol_changes,
)
from shortgamma.report.products_grounds import product_grounds
from shortgamma.report.products_words import (
    CARRY_HEADS,
    RESULT_HEADS,
    carry_rows,
    headline,
    label,
    peak_heads,
    peak_rows,
    result_rows,
    sentences,
)
from shortgamma.report.terminals import terminal_of
from shortgamma.studies.products.question import ProductsQuestion
from shortgamma.studies.products.study import products
from tests.report.test_browser import SCREENS, browser, pytestmark, width_beyond_screen
from tests.report.test_simulation_page import OUTSIDE

__all__ = ["browser"]
IN_BROWSER = pytestmark
PANELS = {"life", "spot-first", "spot-middle", "spot-last", "vols", "shortfalls"}


@pytest.fixture(scope="module")
def every():
    return products(ProductsQuestion(paths=100, step_minutes=120.0), workers=1)


@pytest.fixture(scope="module")
def lone():
    asked = ProductsQuestion(
        products=("vanilla",), paths=100, step_minutes=120.0, hours_left=(0.5,)
    )
    return products(asked, workers=1)


def test_every_product_is_in_every_figure(every):
    names = [label(found) for found in every.results]
    for figure in (gamma_first, gamma_middle, gamma_last, peaks_over_life):
        assert [trace["name"] for trace in figure(every)["data"]] == names
        looks = {str(trace["line"]) for trace in figure(every)["data"]}
        assert len(looks) == len(names)
    for figure in (vol_changes, shortfalls):
        assert figure(every)["data"][0]["y"] == names


def test_lines_hold_the_answers_figures(every):
    trace = peaks_over_life(every)["data"][0]
    first = every.results[0]
    assert trace["x"][0] == pytest.approx(168.0)
    assert trace["y"] == pytest.approx([peak.size for peak in first.life], rel=1e-5)
    drawn = gamma_last(every)["data"][0]["y"]
    assert max(drawn) == pytest.approx(first.peaks[-1].size, rel=5e-3)
    changes = vol_changes(every)["data"][0]["x"]
    ratio = first.metrics["realised_vol_ratio"].value
    assert changes[0] == pytest.approx(100.0 * (ratio - 1.0), rel=1e-5)


def test_rows_have_a_cell_under_every_head(every):
    for rows, heads in (
        (peak_rows(every), peak_heads(every)),
        (carry_rows(every), CARRY_HEADS),
        (result_rows(every), RESULT_HEADS),
    ):
        assert {len(row) for row in rows} == {len(heads)}


def test_words_name_the_flattest_product(every, lone):
    assert headline(every).startswith("At its worst moment the vanilla call carries 933")
    assert headline(lone).startswith("No product")
    assert all("nan" not in line.lower() for line in sentences(lone))


def test_grounds_list_terms_and_what_was_assumed(every, lone):
    found = {ground.name: ground for ground in product_grounds(every)}
    assert found["vol"].origin.name == "ASSUMED"
    assert "hours 24" in found["TWAP-settled call"].value
    changed = {ground.name: ground.origin.name for ground in product_grounds(lone)}
    assert changed["step minutes"] == "GIVEN"


def test_terminal_shows_every_figure_in_full(every):
    console = Console(file=StringIO(), width=100)
    console.print(terminal_of(every))
    text = console.file.getvalue()
    assert "…" not in text
    for found in every.results:
        assert text.count(label(found)) >= 3
    assert max(map(len, text.splitlines())) <= 100


def test_page_is_one_file_with_all_figures(every, lone, tmp_path):
    for answer in (every, lone):
        target = tmp_path / "products.html"
        write_report(answer, target)
        text = target.read_text(encoding="utf-8")
        start = text.index('type="application/json"')
        document = json.loads(text[text.index(">", start) + 1 : text.index("</script>", start)])
        assert set(document["figures"]) == PANELS
        assert "nan" not in text[text.index("<main") : text.index("</main>")].lower()


@IN_BROWSER
@pytest.mark.parametrize(("screen", "scheme"), [("desktop", "dark"), ("phone", "light")])
def test_every_figure_is_drawn_without_a_complaint(browser, every, tmp_path, screen, scheme):
    target = tmp_path / "products.html"
    write_report(every, target)
    context = browser.new_context(color_scheme=scheme, **SCREENS[screen])
    tab = context.new_page()
    complaints = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda problem: complaints.append(str(problem)))
    tab.goto(target.as_uri())
    tab.locator("html[data-drawn]").wait_for(state="attached", timeout=30_000)
    assert complaints == []
    assert tab.locator(".plot:has(.cartesianlayer .xy)").count() == 6
    assert tab.locator(".plot").evaluate_all(OUTSIDE) == []
    assert width_beyond_screen(tab) <= 0
