"""The page, the pictures and the terminal of an ecosystem's cascade."""

from html.parser import HTMLParser

import msgspec
import plotly.graph_objects as go
import pytest
from rich.console import Console

from shortgamma.report.documents import write_report
from shortgamma.report.ecosystem_page import ecosystem_page
from shortgamma.report.figures.ecosystem import (
    concentration_bars,
    dropped,
    first_to_fail,
    time_line,
)
from shortgamma.report.terminals import terminal_of
from shortgamma.studies.ecosystem import ecosystem
from tests.risk.contagion.ecosystems import alone

FIGURES = (time_line, first_to_fail, dropped, concentration_bars)
EVIL = "<img src=x onerror=alert(1)>"
CASES = {
    "bundled": ("defi-2025", None),
    "rise": ("defi-2025", 0.1),
    "unstable": (alone(1.5), -0.1),
    "exhausted": (alone(0.95), -0.2),
    "dampened": (alone(-0.5), -0.1),
    "evil": (alone(0.5, name=EVIL, cash_usd=1.0), -0.1),
}


@pytest.fixture(scope="module", params=CASES)
def every(request):
    network, move = CASES[request.param]
    return ecosystem(network, move=move)


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_is_valid_plain_data(figure, every):
    spec = figure(every)
    go.Figure(spec)
    assert msgspec.json.decode(msgspec.json.encode(spec)) is not None


class Tags(HTMLParser):
    """Names of all tags."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_the_page_is_whole_and_lets_no_name_become_markup(every, tmp_path):
    path = tmp_path / "page.html"
    write_report(every, path)
    text = path.read_text(encoding="utf-8")
    assert text == ecosystem_page(every)
    tags = Tags()
    tags.feed(text)
    assert not any(attrs.get("src") == "x" for _tag, attrs in tags.found)


def test_the_terminal_fits_its_columns(every):
    console = Console(width=100)
    with console.capture() as shown:
        console.print(terminal_of(every))
    assert max(map(len, shown.get().splitlines())) <= 100


def test_what_has_no_end_says_why():
    text = ecosystem_page(ecosystem(alone(1.5), move=-0.1))
    assert "Unstable" in text
    assert "never settles" in text
