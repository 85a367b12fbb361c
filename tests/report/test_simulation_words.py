"""A simulation in words: errors, headlines, and what a reader has to be told first."""

import math
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from shortgamma.report.simulation_page import simulation_page
from shortgamma.report.simulation_terminal import simulation_summary, validation_table
from shortgamma.report.simulation_words import (
    cascade_words,
    comparisons,
    funding_words,
    headline,
    liquidation_words,
    losers,
    notes,
    price_words,
    usd_with_error,
    with_error,
)
from shortgamma.studies.distributions import Survival, Timeline
from shortgamma.studies.plans import simulate
from shortgamma.studies.simulation import Metric
from shortgamma.studies.validate import validate


def printed(renderable):
    console = Console(width=140, file=StringIO())
    console.print(renderable)
    return console.file.getvalue()


@pytest.fixture(scope="module")
def squeezed():
    return simulate("gamma-squeeze", {"steps": 200}, paths=800)


@pytest.fixture(scope="module")
def one():
    return simulate("replay", {"steps": 240})


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (1.43215, 0.0123, "1.432 ± 0.012"),
        (1.43215, 0.0223, "1.43 ± 0.02"),
        (1.43215, 0.00002, "1.432 ± 0.001"),
        (-15.012, 0.14, "−15.01 ± 0.14"),
        (70.3, 64.2, "70 ± 64"),
        (0.0, 0.02, "0.00 ± 0.02"),
        (2.0, 0.0, "2"),
        (2.0, math.nan, "2"),
        (math.nan, 0.1, "–"),
        (12_345.6, 310.0, "12,346 ± 310"),
    ],
)
def test_a_value_has_the_digits_that_its_error_leaves(value, error, text):
    assert with_error(value, error) == text


def test_money_and_its_error_share_a_unit():
    assert usd_with_error(Metric(value=-15.0123e6, standard_error=136e3)) == "−15.01 ± 0.14 M$"
    assert usd_with_error(Metric(value=900e3, standard_error=1.2e6)) == "0.9 ± 1.2 M$"


def test_headline_says_how_much_and_how_sure(squeezed):
    ratio = squeezed.metrics["realised_vol_ratio"]
    text = headline(squeezed)
    assert text.startswith("Hedging multiplies realised vol by ")
    assert with_error(ratio.value, ratio.standard_error) in text
    assert "±" in text


def with_ratio(answer, value, error=0.001):
    metrics = {**answer.metrics, "realised_vol_ratio": Metric(value=value, standard_error=error)}
    return headline(replace(answer, metrics=metrics))


def test_no_effect_is_called_none(squeezed):
    assert "leaves realised vol practically as it is" in with_ratio(squeezed, 1.001)
    assert "nothing to compare" in with_ratio(squeezed, math.nan)


def test_one_path_is_said_plainly(one):
    assert headline(one).startswith("On this one path")
    assert "±" not in headline(one)
    assert any("no error bars" in note for note in notes(one))
    assert not any("Chance" in row.label for row in comparisons(one))
    assert "made, not recorded" in price_words(one)


def test_halted_collapsed_and_dry_paths_are_told(squeezed):
    bad = dict.fromkeys(("halted_probability", "collapsed_probability"), 0.25) | {"dry_steps": 3.0}
    metrics = dict(squeezed.metrics) | {
        name: Metric(value=value, standard_error=0.01) for name, value in bad.items()
    }
    text = " ".join(notes(replace(squeezed, metrics=metrics)))
    assert "halted for good on 25 %" in text
    assert "collapsed on 25 %" in text
    assert "no depth in 3 steps" in text
    assert notes(squeezed) == ()


def test_theta_below_minus_one_halts_and_says_so():
    wild = simulate("hedged-book", {"theta": -1.5, "steps": 60, "options": 16}, paths=100)
    assert wild.metrics["halted_probability"].value > 0.0
    assert any("halted" in note for note in notes(wild))
    assert headline(wild).startswith("Hedging runs away: trading stops for good on ")
    assert "Short gamma · runs away" in simulation_page(wild)


def test_terminal_shows_price_result_and_losses(squeezed, one):
    text = printed(simulation_summary(squeezed))
    for words in ("with hedging", "Gamma", "Fees", "Result", "worst 5 %", headline(squeezed)[:40]):
        assert words in text
    assert "worst 5 %" not in printed(simulation_summary(one))


def test_losers_are_named_where_there_is_leverage():
    crowd = simulate("liquidation-cascade", {"steps": 120}, paths=60)
    assert losers(crowd)[0][0] == "Leveraged positions liquidated"
    assert "of the paths more than" in printed(simulation_summary(crowd))
    assert "Liquidations" in printed(simulation_summary(crowd))


def test_rare_cascades_are_said_in_both_markets(squeezed):
    found = Survival(
        sizes=np.ones(1),
        market=np.ones(1),
        quiet=np.ones(1),
        market_band=np.ones((2, 1)),
        quiet_band=np.ones((2, 1)),
        rare=0.01,
        market_rare=3e8,
        quiet_rare=1.2e8,
    )
    day = replace(squeezed, horizon_days=1.0)
    words = "On 1 % of the days more than 300 M$ is liquidated with hedging, and more than 120 M$ without."
    assert cascade_words(day, found) == words
    assert "of the paths" in cascade_words(squeezed, found)


def test_time_lines_are_told_at_their_end_their_half_and_their_widest():
    levels = np.zeros((5, 4))
    funding = Timeline(
        days=np.array([0.25, 0.5, 0.75, 1.0]),
        market=levels + np.array([0.0, 0.0, -0.02, 0.0]),
        quiet=levels + 3e-4,
        market_mean=np.zeros(4),
        quiet_mean=np.zeros(4),
    )
    text = funding_words(funding)
    assert "after 18h" in text
    assert "−2 % per day with hedging and 0.03 % without" in text
    growing = replace(
        funding,
        market=np.outer(np.array([0.0, 0.5, 1.0, 1.5, 4.0]), np.arange(1.0, 5.0)) * 1e6,
        market_mean=np.array([0.0, 1e6, 7e6, 8e6]),
        quiet_mean=np.array([0.0, 1e6, 2e6, 3e6]),
    )
    text = liquidation_words(growing)
    assert (
        "8 M$ a path by the end with hedging, half of it in the first 18h, and 3 M$ without" in text
    )
    assert "ends above 16 M$ with hedging" in text


def test_validation_table_has_a_verdict():
    text = printed(validation_table(validate(["constant-gamma"], paths=400)))
    assert "3 of 3 figures within their tolerance" in text
    assert text.count("pass") == 3
