"""The page of margins: says what is verified, escapes what comes from a file, draws what is finite."""

import json
from dataclasses import replace

import pytest

from shortgamma.report.documents import page_of
from shortgamma.report.figures.margin import (
    cash_to_bring,
    growth_against_spot,
    growth_against_vol,
    margin_bars,
)
from shortgamma.report.margin_words import headline, sentences, taken
from shortgamma.report.terminals import terminal_of
from shortgamma.risk.margin.regimes import regime_of
from shortgamma.studies.margin import margin
from tests.risk.margin.books import book_of, holding, option

FIGURES = (margin_bars, growth_against_spot, growth_against_vol, cash_to_bring)


def plain(page):
    """A page with breakable blanks and hyphens only."""
    return page.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NON-BREAKING HYPHEN}", "-")


@pytest.fixture(scope="module")
def answer():
    legs = (option(kind, 100, -10, seconds=7 * 86_400) for kind in ("call", "put"))
    return margin(book_of(*legs, spot=100.0))


def test_the_page_says_who_asks_for_what_and_how_sure_that_is(answer):
    page = page_of(answer)
    assert headline(answer) in plain(page)
    assert "of 13 regimes verified" in page
    for one in answer.asked:
        assert one.regime.name in page
    assert terminal_of(answer) is not None


def test_bars_are_hatched_where_nothing_was_verified_and_marked_where_it_was(answer):
    spec = margin_bars(answer)
    names = spec["data"][0]["y"]
    shapes = spec["data"][0]["marker"]["pattern"]["shape"]
    assert all(
        name.endswith("✓") == (shape == "") for name, shape in zip(names, shapes, strict=True)
    )
    assert names[0].removesuffix(" ✓") == answer.initial_spread.dearest
    assert spec["data"][0]["x"] == sorted(spec["data"][0]["x"], reverse=True)


@pytest.mark.parametrize("figure", FIGURES)
def test_figures_hold_only_finite_numbers(answer, figure):
    text = json.dumps(figure(answer), allow_nan=False)
    assert "NaN" not in text


def test_lines_pass_through_one_where_nothing_is_shocked(answer):
    for figure, calm in ((growth_against_spot, 0.0), (growth_against_vol, 1.0)):
        for line in figure(answer)["data"]:
            assert line["y"][line["x"].index(calm)] == pytest.approx(1.0)


def test_a_book_that_some_regimes_refuse_has_a_page_that_says_so():
    found = margin(
        book_of(option("put", 100, -1), spot=100.0, others=[holding("perpetual", -0.3, 100)])
    )
    words = " ".join(sentences(found))
    assert "Not taken by opyn-naked (a vault takes no futures or perpetuals)" in words
    assert len(taken(found)) == len(found.asked) - 2
    assert "not taken by" in page_of(found).lower()


def test_one_regime_alone_has_a_page():
    found = margin(book_of(option("put", 100, -1), spot=100.0), "span")
    assert headline(found).startswith("span asks for")
    assert "span" in page_of(found)


def test_a_book_that_nobody_takes_has_a_page():
    found = margin(book_of(spot=100.0, others=[holding("perpetual", 1, 100)]), "opyn-naked")
    assert headline(found) == "No regime takes this book"
    assert "No regime takes this book" in plain(page_of(found))


def test_text_from_a_regime_file_is_escaped():
    evil = replace(regime_of("span"), name="<b>x</b>", source="<script>alert(1)</script>")
    page = page_of(margin(book_of(option("put", 100, -1), spot=100.0), evil))
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page
