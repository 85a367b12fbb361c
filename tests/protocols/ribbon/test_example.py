"""The worked example of the docs page is what the files give."""

import json
from pathlib import Path

from shortgamma.protocols.mechanism import play
from shortgamma.protocols.ribbon.exact import money
from shortgamma.protocols.ribbon.record import RIBBON
from shortgamma.protocols.ribbon.state import RibbonState

ROOT = Path(__file__).parents[3]
FILES = ROOT / "examples" / "protocols" / "ribbon"
PAGE = ROOT / "docs" / "protocols" / "ribbon.md"


def example():
    state = RibbonState(**json.loads((FILES / "state.json").read_text()))
    rows = json.loads((FILES / "events.json").read_text())
    events = [RIBBON.events[row.pop("event")](**row) for row in rows]
    return play(RIBBON, state, events)


def test_every_figure_of_the_page_comes_out():
    done = example()
    rolls = [outcome for outcome in done.outcomes if hasattr(outcome, "minted")]
    sales = [outcome for outcome in done.outcomes if hasattr(outcome, "proceeds")]
    figures = [
        sales[0].proceeds,
        rolls[1].performance_fee,
        rolls[1].management_fee,
        rolls[1].price,
        rolls[1].queued,
        sales[1].options,
        sales[1].price,
        done.states[-1].series["3"].payout,
        rolls[2].price,
    ]
    page = PAGE.read_text()
    for figure in figures:
        assert f"{figure / 10**8:.8f}".rstrip("0") in page
    assert money(done.states[-1]) == money(done.initial) == 0
    assert done.states[-1].auction_dust == 1


def test_the_page_names_every_event_and_is_short():
    page = PAGE.read_text()
    assert all(f"`{word}`" in page for word in RIBBON.events)
    assert len(page.splitlines()) <= 80
