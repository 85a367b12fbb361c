"""What is said about re-hedging policies is what was found."""

import re
from dataclasses import replace

import numpy as np
import pytest

from shortgamma.report.amounts import number, percent, usd
from shortgamma.report.policy_names import (
    duration,
    every,
    is_every_step,
    move_of,
    parameter_words,
    policy_words,
    value_words,
)
from shortgamma.report.policy_words import (
    aversion_words,
    best_words,
    edge_words,
    ends_words,
    floor_words,
    headline,
    impact_words,
    law_words,
    replayed_words,
    sentences,
    theory_words,
    wide_words,
)
from shortgamma.studies.policies.candidates import CONTINUOUS, NONE
from shortgamma.studies.policies.study import policy
from tests.report.policy_answers import GRID, WEEK, large, replayed, simulated


@pytest.fixture(scope="module")
def week():
    return simulated()


@pytest.fixture(scope="module")
def recorded():
    return replayed()


@pytest.fixture(scope="module")
def big():
    return large()


def with_best(answer, family):
    """The answer as it would be if that family were the best."""
    found = answer.simulated
    first = next(best for best in found.best if best.family == family)
    others = [best for best in found.best if best is not first]
    return replace(answer, simulated=replace(found, best=(first, *others)))


def with_point(answer, **figures):
    """The answer with other figures of the best policy."""
    found = answer.simulated
    points = tuple(
        replace(point, **figures) if point is found.chosen else point for point in found.points
    )
    return replace(answer, simulated=replace(found, points=points))


def test_the_headline_has_the_figures_of_the_best_policy(week):
    document = week.to_dict()
    rows = {row["set"]: row for row in document["frontier"]}
    for family in ("band to edge", "band to centre"):
        answer = with_best(week, family)
        best = rows[answer.simulated.best[0].candidate.text]
        cost, always = best["cost"], rows["continuous"]["cost"]
        coins = best["parameter"]
        move = coins * document["book"]["spot"] / abs(document["book"]["gamma_usd_per_pct"])
        text = headline(answer)
        assert f"off by {number(coins)} coins (a move of {percent(0.01 * move)})" in text
        assert f"it costs {usd(cost)} a week" in text
        assert f"{percent(1.0 - cost / always)} less than hedging every hour" in text


def test_edge_and_centre_say_where_the_trade_stops(week):
    assert "back to that edge" in headline(with_best(week, "band to edge"))
    assert "back to zero" in headline(with_best(week, "band to centre"))


def test_risk_is_compared_by_its_sign(week):
    answer = with_best(week, "band to edge")
    always = answer.simulated.of(CONTINUOUS).std
    for factor, words in (
        (1.25, "25 % more risk"),
        (0.8, "20 % less risk"),
        (1.01, "the same risk"),
    ):
        changed = with_point(answer, std=replace(always, value=factor * always.value))
        assert headline(changed).endswith(f"and leaves {words}.")


def test_a_rule_that_costs_more_is_called_dearer(week):
    answer = with_best(week, "band to edge")
    always = answer.simulated.of(CONTINUOUS).cost
    dear = with_point(answer, cost=replace(always, value=1.5 * always.value))
    assert "50 % more than hedging every hour" in headline(dear)
    earned = with_point(answer, cost=replace(always, value=-5_000.0))
    assert "it earns 5 k$ a week, against a cost of" in headline(earned)


def test_hedging_in_every_step_and_never_are_advice_too(week):
    always = with_best(week, "continuous")
    assert headline(always).startswith("Re-hedge every hour: it costs")
    assert headline(with_best(week, "none")).startswith("Do not re-hedge")
    idle = with_best(week, "band to edge")
    trades = replace(idle.simulated.chosen.trades, value=0.0)
    assert headline(with_point(idle, trades=trades)).startswith("Do not re-hedge")


def test_an_interval_of_one_step_is_hedging_in_every_step(week):
    intervals = [p.candidate for p in week.simulated.points if p.candidate.family == "interval"]
    assert [is_every_step(week, candidate) for candidate in intervals] == [True, False, False]


def test_a_given_rule_is_named_as_it_was_given():
    text = "price-move:trigger=0.01"
    answer = policy("desk", {**WEEK, "policy": text}, grid=GRID, paths=20, curve=False, workers=1)
    assert text in headline(with_best(answer, "given"))
    assert policy_words(answer, answer.simulated.points[-1].candidate) == f"The given rule: {text}"


def test_the_move_of_a_band_changes_the_delta_by_that_band(week):
    """Gamma per 1 % over the price is the coins of delta that a move of 1 % makes."""
    shift = 1e-4
    spot = week.book.spot
    coins = abs(week.book.gamma_usd_per_pct) / spot * (shift / 0.01)
    assert move_of(week, coins) == pytest.approx(shift, rel=1e-9)


def test_a_higher_aversion_is_a_narrower_band(week):
    low, high = (value_words(week, "per USD", a).split(" ")[0] for a in (1e-6, 1e-3))
    assert float(low) == pytest.approx(10.0 * float(high), rel=0.01)


def test_intervals_are_those_of_the_answer(week):
    best = next(b for b in week.simulated.best if b.family == "band to edge")
    shown = replace(best, parameter=7.0, low=3.0, high=12.0)
    assert ends_words(week, shown) == "3 to 12 coins"
    assert ends_words(week, replace(shown, unit="seconds", low=1_800.0, high=7_200.0)) == (
        "30 minutes to 2 hours"
    )
    assert ends_words(week, replace(shown, low=3.0, high=3.0)) == "3 coins on every draw"
    assert "too few" in ends_words(week, replace(shown, low=np.nan, high=np.nan))
    low, high = re.match(
        r"([\d.]+) to ([\d.]+) coins at first",
        ends_words(week, replace(shown, unit="per USD", low=1e-6, high=1e-4)),
    ).groups()
    assert float(low) < float(high)


def test_wide_intervals_and_edges_are_told(week):
    best = next(b for b in week.simulated.best if b.family == "band to edge")
    narrow = replace(best, low=6.0, high=9.0, is_at_edge=False)
    assert wide_words(week, narrow) == ""
    assert "by a factor of 4" in wide_words(week, replace(narrow, high=24.0))
    wide_aversion = replace(narrow, unit="per USD", low=1e-6, high=27e-6)
    assert wide_words(week, wide_aversion) == ""  # the band changes by the cube root
    members = [p.candidate for p in week.simulated.points if p.candidate.family == "band to edge"]
    for candidate, end in ((members[0], "lower"), (members[-1], "upper")):
        at_end = replace(narrow, candidate=candidate, is_at_edge=True)
        text = edge_words(week, week.simulated, at_end)
        assert f"the {end} end of what was tried" in text
        assert "--thresholds" in text
    assert edge_words(week, week.simulated, narrow) == ""


def test_the_tried_value_is_named_where_it_is_not_the_best(week):
    answer = with_best(week, "band to edge")
    best = answer.simulated.best[0]
    moved = replace(best, parameter=1.37 * best.candidate.parameter, is_at_edge=False)
    found = replace(answer.simulated, best=(moved, *answer.simulated.best[1:]))
    text = best_words(answer, found)
    assert f"best at {number(moved.parameter)} coins" in text
    assert f"Of those tried {number(best.candidate.parameter)} coins is the best" in text


def test_impact_is_a_cost_or_a_gain_by_its_sign(week, big):
    point = week.simulated.chosen
    assert impact_words(week).startswith("Moving the price by its own trades costs")
    gain = with_point(week, impact=replace(point.impact, value=-12_000.0))
    assert "earns 12" in impact_words(gain)
    none = with_point(week, impact=replace(point.impact, value=1e-9))
    assert impact_words(none).startswith("Its own trades do not move the price")
    assert "θ of the book is −0.3" in impact_words(big)
    dry = replace(none, scenario=replace(none.scenario, depth_usd_per_pct=0.0))
    assert "no depth" in impact_words(dry)


def test_a_large_book_pays_a_larger_part_for_its_own_impact(week, big):
    shares = [
        answer.simulated.chosen.impact.value / answer.simulated.chosen.cost.value
        for answer in (week, big)
    ]
    assert shares[1] > 3.0 * shares[0] > 0.0
    assert percent(shares[1]) in impact_words(big)


def test_theory_is_the_band_of_whalley_and_wilmott(week):
    problem = week.problem
    band = (1.5 * problem.cost * problem.spot * problem.gamma**2 / problem.risk_aversion) ** (1 / 3)
    assert f"says {number(band)} coins" in theory_words(week)
    calm = replace(week, problem=replace(problem, risk_aversion=1e-30))
    assert "not to trade" in theory_words(calm)
    free = replace(week, problem=replace(problem, cost=0.0))
    assert "no band" in theory_words(free)


def test_the_aversion_and_the_share_of_cost_in_the_score(week):
    point, a = week.simulated.chosen, week.problem.risk_aversion
    pnl = week.simulated.results_of(point.candidate).pnl
    score = point.cost.value + 0.5 * a * pnl.var()
    text = aversion_words(week)
    assert f"1 / {usd(1.0 / a)} (A) the score is {usd(score)}" in text
    assert f"cost is {percent(point.cost.value / score)}" in text
    tiny = replace(week, problem=replace(week.problem, risk_aversion=1e-300))
    assert "1e-300 per USD" in aversion_words(tiny)


def test_the_ends_between_which_rules_lie(week):
    found = week.simulated
    text = floor_words(week)
    for candidate in (NONE, CONTINUOUS):
        std = found.results_of(candidate).pnl.std(ddof=1)
        assert usd(float(std)) in text


def test_recorded_prices_are_told_with_their_own_figures(week, recorded):
    assert replayed_words(week) == ""
    found = recorded.replayed
    same = found.of(recorded.simulated.chosen.candidate)
    text = replayed_words(recorded)
    assert text.startswith(f"On {found.paths:,} windows of recorded prices, 20")
    assert ", that rule costs " in text
    assert usd(same.cost.value) in text
    assert usd(same.std.value) in text


def test_the_law_is_the_one_that_fits_better(week):
    text = law_words(week)
    assert "not exponential" in text
    turned = [
        replace(curve, law=replace(curve.law, rate_misfit=0.5 * curve.law.power_misfit))
        for curve in week.curves
    ]
    assert "An exponential fits better" in law_words(replace(week, curves=tuple(turned)))
    mixed = (turned[0], *week.curves[1:])
    assert f"An exponential fits 1 of {len(mixed)} better" in law_words(replace(week, curves=mixed))
    assert law_words(replace(week, curves=())) == ""


def test_few_paths_are_told(week):
    assert any("The tail of 300 paths is 8 of them." in line for line in sentences(week))
    one = replace(week, simulated=replace(week.simulated, paths=1))
    assert any("One path has no risk" in line for line in sentences(one))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1.0, "1 second"),
        (59.9999999, "1 minute"),
        (90.0, "1.5 minutes"),
        (3_600.0, "1 hour"),
        (97_200.0, "27 hours"),
        (518_400.0, "6 days"),
    ],
)
def test_lengths_of_time(seconds, text):
    assert duration(seconds) == text
    assert every(seconds) == f"every {text.removeprefix('1 ')}"


def test_a_policy_without_a_parameter_has_none_in_words(week):
    assert parameter_words(week, NONE) == ""
    assert policy_words(week, NONE) == "No re-hedging"
