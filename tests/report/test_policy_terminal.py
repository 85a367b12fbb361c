"""The summary of a comparison of re-hedging policies in a terminal of 100 columns."""

from io import StringIO

import pytest
from rich.console import Console

from shortgamma.report.amounts import usd
from shortgamma.report.policy_names import policy_words
from shortgamma.report.policy_rows import both_rows, efficient_points
from shortgamma.report.policy_words import headline
from shortgamma.report.terminals import terminal_of
from tests.report.policy_answers import replayed, simulated


@pytest.fixture(scope="module")
def week():
    return simulated()


@pytest.fixture(scope="module")
def recorded():
    return replayed()


def printed(answer):
    console = Console(width=100, file=StringIO())
    console.print(terminal_of(answer))
    return console.file.getvalue()


def test_every_efficient_policy_has_a_line_with_its_figures(week):
    lines = printed(week).splitlines()
    for point in efficient_points(week.simulated):
        (line, *_others) = [
            line
            for line in lines
            if policy_words(week, point.candidate) in line and usd(point.score) in line
        ]
        for metric in (point.cost, point.std, point.es):
            assert usd(metric.value) in line


def test_the_headline_the_intervals_and_the_laws_are_there(week):
    text = printed(week)
    unwrapped = " ".join(text.replace("│", " ").split())
    assert headline(week) in unwrapped
    assert "90 % interval" in text
    assert "Cost of re-hedging against volatility" in text
    assert "θ of the book is −0.01" in unwrapped


def test_nothing_is_wider_than_the_terminal(week, recorded):
    for answer in (week, recorded):
        assert max(map(len, printed(answer).splitlines())) <= 100


def test_recorded_figures_stand_beside_simulated_ones(week, recorded):
    assert "recorded" not in printed(week)
    text = printed(recorded)
    assert f"{recorded.replayed.paths:,} windows of recorded prices" in text
    for row, point in zip(
        both_rows(recorded, recorded.replayed), efficient_points(recorded.simulated), strict=True
    ):
        again = recorded.replayed.of(point.candidate)
        assert row[1:3] == (usd(point.cost.value), usd(again.cost.value))
        assert row[3:5] == (usd(point.std.value), usd(again.std.value))
        assert row[5:] == (usd(point.es.value), usd(again.es.value))
