"""The page and the terminal of a run of a mechanism."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from shortgamma.report.documents import write_report
from shortgamma.report.figures.mechanism import moments, movement_figure
from shortgamma.report.mechanism_page import MOST_PANELS, mechanism_page
from shortgamma.report.mechanism_words import (
    EVENT_HEADS,
    FIELD_HEADS,
    amount,
    event_rows,
    field_rows,
    moved,
    plain_words,
)
from shortgamma.report.terminals import terminal_of
from shortgamma.studies.mechanism import MechanismList, mechanism
from tests.protocols.invented import DESK
from tests.report.builders import EVIL
from tests.report.test_browser import SCREENS, browser, pytestmark, width_beyond_screen
from tests.report.test_simulation_page import OUTSIDE

__all__ = ["browser"]
IN_BROWSER = pytestmark


@pytest.fixture(scope="module")
def ran():
    """Two paths, a refused event, a new position."""
    sold = {"kind": "put", "strike": 90, "years": 0.1, "quantity": -1.5}
    events = [
        {"event": "move", "by": [0.1, -0.1]},
        {"event": "take", "coins": 10**22},
        {"event": "take", "coins": 10**20},
        {"event": "sell", "position": sold},
    ]
    return mechanism(DESK, state={"coins": 10**21, "price": [100.0, 101.0]}, events=events)


@pytest.fixture(scope="module")
def many():
    """More fields that move, and more events, than are shown."""
    sold = {"kind": "put", "strike": 90, "years": 0.1, "quantity": -1.5}
    return mechanism(DESK, state={"coins": 1}, events=[{"event": "sell", "position": sold}] * 60)


def shown(answer):
    console = Console(file=StringIO(), width=100)
    console.print(terminal_of(answer))
    return console.file.getvalue()


def test_rows_have_a_cell_under_every_head(ran):
    assert {len(row) for row in event_rows(ran)} == {len(EVENT_HEADS)}
    assert {len(row) for row in field_rows(moved(ran))} == {len(FIELD_HEADS)}
    assert [row[3] for row in event_rows(ran)][1] == "refused: not enough coins"


def test_a_figure_has_the_mean_the_range_and_the_refused_events(ran):
    place = next(k for k, found in enumerate(ran.movements) if found.name == "price")
    low, high, mean, refused = movement_figure(place)(ran)["data"]
    found = ran.movements[place]
    for trace, values in ((low, found.low), (high, found.high), (mean, found.mean)):
        assert trace["y"] == pytest.approx(values.tolist(), rel=1e-5)
    assert refused["x"] == [2]
    assert refused["y"] == [mean["y"][2]]
    assert moments(ran) == ["begin", "1 move", "2 take", "3 take", "4 sell"]


def test_a_field_of_one_path_has_no_band(ran):
    place = next(k for k, found in enumerate(ran.movements) if found.name == "coins")
    names = [trace["name"] for trace in movement_figure(place)(ran)["data"]]
    assert names == ["coins", "refused"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (50_260_743, "50,260,743"),
        (10**18 + 1, "1,000,000,000,000,000,001"),
        (-2.5e-7, "−2.5e-07"),
        (1e30, "1e+30"),
        (float("inf"), "–"),
        (1234.5, "1,234.5"),
    ],
)
def test_amounts_of_any_size_are_readable(value, words):
    assert amount(value) == words


def test_nested_values_are_one_line():
    assert plain_words({"a": {"b": 1, "is_c": True}, "d": [1, 2, 3, 4]}) == (
        "a (b 1, is c yes), d 1 … 4 (4 values)"
    )


def test_the_terminal_fits_and_says_what_is_left_out(ran, many):
    for answer in (ran, many):
        text = shown(answer)
        assert max(map(len, text.splitlines())) <= 100
        assert "Not verified" in text
    assert "20 more events" in shown(many)
    assert "refused: not enough coins" in " ".join(shown(ran).split())


def test_the_list_fits(ran):
    text = shown(MechanismList(mechanisms=(ran.mechanism,)))
    assert "Nobody hedges." in text
    assert max(map(len, text.splitlines())) <= 100


def test_page_is_one_file_with_all_words(ran, tmp_path):
    target = tmp_path / "desk.html"
    write_report(ran, target)
    text = target.read_text(encoding="utf-8")
    start = text.index('type="application/json"')
    document = json.loads(text[text.index(">", start) + 1 : text.index("</script>", start)])
    assert len(document["figures"]) == len(moved(ran))
    for words in ("refused: not enough coins", "It is invented.", "Fields that moved"):
        assert words in text


def test_the_page_says_how_many_fields_it_does_not_draw(many):
    text = mechanism_page(many)
    assert f"{len(moved(many)) - MOST_PANELS} more are in the table." in text


def test_a_run_in_which_nothing_moves_has_a_page():
    still = mechanism(DESK, state={"coins": 1})
    assert "No event." in mechanism_page(still)
    assert "An invented desk" in shown(still)


def test_names_from_outside_are_escaped(ran):
    evil = replace(ran.mechanism, title=EVIL, gamma=EVIL, hedger=EVIL)
    found = replace(ran, play=replace(ran.play, mechanism=evil))
    assert EVIL not in mechanism_page(found)
    event = {"event": "take", "coins": 1, "to": EVIL}
    assert EVIL not in mechanism_page(mechanism(DESK, state={"coins": 1}, events=[event]))


@IN_BROWSER
@pytest.mark.parametrize(("screen", "scheme"), [("desktop", "dark"), ("phone", "light")])
def test_every_figure_is_drawn_without_a_complaint(browser, ran, tmp_path, screen, scheme):
    target = tmp_path / "desk.html"
    write_report(ran, target)
    context = browser.new_context(color_scheme=scheme, **SCREENS[screen])
    tab = context.new_page()
    complaints = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda problem: complaints.append(str(problem)))
    tab.goto(target.as_uri())
    tab.locator("html[data-drawn]").wait_for(state="attached", timeout=30_000)
    assert complaints == []
    assert tab.locator(".plot:has(.cartesianlayer .xy)").count() == len(moved(ran))
    assert tab.locator(".plot").evaluate_all(OUTSIDE) == []
    assert width_beyond_screen(tab) <= 0
    context.close()
