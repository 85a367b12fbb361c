"""The last chapters of the report: trades, rules and risk of a desk, under their own names and numbers."""

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from shortgamma.report.amounts import usd
from shortgamma.report.desk_page import HEADING, desk_appendix, sentences
from shortgamma.report.full_page import full_page, joined
from shortgamma.report.page import NOTHING
from shortgamma.report.risk_chapters_page import HEADING as RISK
from shortgamma.report.risk_chapters_page import risk_appendix, risk_sentences
from shortgamma.report.terminals import terminal_of
from shortgamma.studies.report import full_report
from shortgamma.studies.source import exposure_of


@pytest.fixture(scope="module")
def report():
    return full_report(exposure_of("sample", positioning="flow"), paths=200, workers=1)


def test_every_chapter_of_the_page_has_its_own_name_and_number(report):
    text = full_page(report)
    names = re.findall(r'<section id="([^"]+)"', text)
    assert len(set(names)) == len(names)
    assert {"simulated", "desk", "trades", "limits", "frontier"} <= set(names)
    assert names.index("desk") < names.index("pools") < names.index("risk")
    assert {"risk", "scenarios", "regimes"} <= set(names)
    numbers = [int(n) for n in re.findall(r'aria-hidden="true">(\d+)</span>', text)]
    assert numbers == list(range(1, len(numbers) + 1))
    for name in re.findall(r'data-figure="([^"]+)"', text):
        assert f'"{name}"' in text


def test_the_menu_leads_to_every_chapter_of_the_desk(report):
    appendix = desk_appendix(report.desk)
    for name in re.findall(r'href="#([^"]+)"', appendix.menu):
        assert f'<section id="{name}"' in appendix.chapters(1)


def test_the_terminal_tells_the_desk_too(report):
    console = Console(width=100, file=io.StringIO(), color_system=None)
    console.print(terminal_of(report))
    text = " ".join(console.file.getvalue().split())
    assert HEADING in text
    for line in sentences(report.desk):
        assert " ".join(line.split()) in text


def test_the_menu_leads_to_every_chapter_of_risk(report):
    appendix = risk_appendix(report.risk)
    links = re.findall(r'href="#([^"]+)"', appendix.menu)
    assert links == ["risk", "scenarios", "regimes"]
    assert appendix.length == len(links)
    text = appendix.chapters(4)
    for name in links:
        assert f'<section id="{name}"' in text
    assert re.findall(r'aria-hidden="true">(\d+)</span>', text) == ["4", "5", "6"]
    assert set(re.findall(r'data-figure="([^"]+)"', text)) == set(appendix.figures)


def test_the_risk_names_the_worst_cell_its_days_of_decay_and_every_regime(report):
    risk = report.risk
    text = risk_appendix(risk).chapters(1)
    said = " ".join(risk_sentences(risk))
    assert usd(-risk.stress.matrix.worst.pnl_usd) in said
    assert "days of it" in said
    for one in risk.margin.asked:
        assert one.regime.name in text
    assert "cboe-strategy" in said


def test_the_terminal_tells_the_risk_too(report):
    console = Console(width=100, file=io.StringIO(), color_system=None)
    console.print(terminal_of(report))
    text = " ".join(console.file.getvalue().split())
    assert RISK in text
    for line in risk_sentences(report.risk):
        assert " ".join(line.split()) in text


def test_a_market_without_holders_has_no_chapter_of_risk(report):
    names = re.findall(r'<section id="([^"]+)"', full_page(replace(report, risk=None)))
    assert "pools" in names
    assert not {"risk", "scenarios", "regimes"} & set(names)


def test_the_trades_come_before_the_rule(report):
    first, *_others = sentences(report.desk)
    assert "trade" in first
    assert any("Re-hedging" in line for line in sentences(report.desk))


def test_two_appendices_follow_one_another(report):
    desk = desk_appendix(report.desk)
    whole = joined(desk, NOTHING)
    assert whole.length == desk.length
    assert whole.chapters(3) == desk.chapters(3)
