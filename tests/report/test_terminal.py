"""The terminal summary: complete, and never wider than 100 columns."""

import io

import pytest
from rich.console import Console

from shortgamma.report.headline import headline
from shortgamma.report.price_table import price_table
from shortgamma.report.terminal import summary
from shortgamma.studies.source import price
from tests.report.builders import answer, inventory


def printed(renderable, width=100):
    console = Console(width=width, file=io.StringIO(), color_system=None)
    console.print(renderable)
    return console.file.getvalue()


def test_summary_says_everything(naive):
    text = printed(summary(naive))
    for words in ("Dealers are", "Net gamma", "Flips", "Walls", "naive (in use)", "16 Jan (23h)"):
        assert words in text
    assert "3 rows put aside: 2 expired, 1 vol outside" in text


def test_summary_fits_a_hundred_columns(every):
    text = printed(summary(every), width=200)
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 100
    assert headline(every).split(";")[0][:60] in text


def test_names_are_not_read_as_markup():
    made = inventory("[red]desk[/red]", "[/] customers", weights=(-1.0, 0.5))
    text = printed(summary(answer(made)))
    assert "[red]desk[/red]" in text or "[/] customers" in text


@pytest.mark.parametrize("count", [1, 3, 6])
def test_price_table(count):
    rows = price(["call"] * count, 100.0, strike=110.0, years=0.25, vol=0.6).to_rows()
    text = printed(price_table(rows))
    assert "8.14101" in text
    assert "ok" in text


def test_price_table_shows_bad_rows():
    rows = price("call", 100.0, strike=-1.0, years=0.25, vol=0.6).to_rows()
    text = printed(price_table(rows))
    assert "–" in text
    assert "input not positive" in text
