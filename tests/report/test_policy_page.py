"""The page of a comparison of re-hedging policies: figures as they were found, drawn in a browser."""

import json
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from shortgamma.report.documents import page_of, write_report
from shortgamma.report.figures.policy import STEP, frontier, near_frontier, score_of_bands
from shortgamma.report.figures.policy_results import (
    cost_against_vol,
    policy_waterfall,
    result_spread,
)
from shortgamma.report.policy_grounds import policy_grounds
from shortgamma.report.policy_page import policy_page
from shortgamma.report.policy_story import policy_chapters
from shortgamma.studies.policies.candidates import Grid
from shortgamma.studies.policies.study import policy
from tests.report.policy_answers import WEEK, replayed, simulated
from tests.report.test_browser import SCREENS, browser, pytestmark, width_beyond_screen
from tests.report.test_simulation_page import EVIL, OUTSIDE

__all__ = ["browser"]
IN_BROWSER = pytestmark


@pytest.fixture(scope="module")
def week():
    return simulated()


@pytest.fixture(scope="module")
def recorded():
    return replayed()


@pytest.fixture(scope="module")
def bare():
    grid = Grid(thresholds=0, intervals=0)
    return policy("desk", WEEK, grid=grid, paths=50, curve=False, workers=1)


@pytest.fixture(scope="module")
def alone():
    grid = Grid(thresholds=3, intervals=1)
    return policy("desk", WEEK, grid=grid, paths=1, workers=1)


def named(spec):
    return {trace["name"]: trace for trace in spec["data"]}


def scale_in(title):
    return {"$": 1.0, "k$": 1e3, "M$": 1e6, "bn$": 1e9}[title.rsplit(" ", 1)[1]]


def drawn(spec, trace):
    """Coordinates in USD."""
    axes = spec["layout"]["xaxis"], spec["layout"]["yaxis"]
    scales = [scale_in(axis["title"]["text"]) for axis in axes]
    return np.array(trace["x"]) * scales[0], np.array(trace["y"]) * scales[1]


def test_every_figure_is_plain_and_valid(week, recorded, bare, alone):
    for answer in (week, recorded, bare, alone):
        for chapter in policy_chapters(answer):
            for panel in chapter.panels:
                spec = panel.figure(answer)
                assert json.loads(json.dumps(spec, allow_nan=False)) == spec, panel.name
                assert "template" not in spec["layout"]
                go.Figure(spec)


def test_chapters_follow_what_there_is(week, recorded, bare):
    always = ["frontier", "policy-result"]
    assert [c.name for c in policy_chapters(week)] == [*always, "policy-volatility"]
    assert [c.name for c in policy_chapters(recorded)] == [*always, "policy-recorded"]
    assert [len(c.panels) for c in policy_chapters(bare)] == [2, 2]


def test_every_policy_is_drawn_at_its_risk_and_cost(week):
    spec = frontier(week)
    found = []
    lowest = min(p.cost.value for p in week.simulated.points[1:])
    for family, trace in named(spec).items():
        if "markers" in trace["mode"] and not family.startswith("best"):
            found += zip(*drawn(spec, trace), strict=True)
    expected = [
        (p.std.value, p.cost.value if p.trades.value else lowest / STEP)
        for p in week.simulated.points
    ]
    np.testing.assert_allclose(sorted(found), sorted(expected), rtol=1e-5)


def test_the_band_goes_through_those_that_nothing_beats(week):
    spec = frontier(week)
    risks, costs = drawn(spec, spec["data"][0])
    rows = [(p.std.value, p.cost.value) for p in week.simulated.points]
    kept = sorted(
        (r, c) for r, c in rows if not any(a <= r and b <= c and (a, b) != (r, c) for a, b in rows)
    )
    assert kept[-1][1] == 0.0  # not to re-hedge costs nothing, and is drawn at the lower edge
    np.testing.assert_allclose(risks, [risk for risk, _cost in kept], rtol=1e-5)
    np.testing.assert_allclose(costs[:-1], [cost for _risk, cost in kept[:-1]], rtol=1e-5)
    assert (np.diff(costs) < 0.0).all()


def test_the_ring_is_around_the_least_score(week):
    spec = frontier(week)
    (ring,) = [t for t in spec["data"] if t["name"].startswith("best: ")]
    a = week.problem.risk_aversion
    scores = [
        p.cost.value + 0.5 * a * week.simulated.results_of(p.candidate).pnl.var()
        for p in week.simulated.points
    ]
    best = week.simulated.points[int(np.argmin(scores))]
    np.testing.assert_allclose(
        np.ravel(drawn(spec, ring)), [best.std.value, best.cost.value], rtol=1e-5
    )


def test_costs_that_are_earned_are_on_plain_scales(week):
    for shift, kind in ((-1e6, None), (1e6, "log")):
        points = tuple(
            replace(p, cost=replace(p.cost, value=p.cost.value + shift))
            for p in week.simulated.points
        )
        axes = frontier(replace(week, simulated=replace(week.simulated, points=points)))["layout"]
        assert axes["yaxis"].get("type") == kind
        assert axes["xaxis"]["type"] == "log"


def test_the_second_figure_keeps_what_is_near(week):
    spec = near_frontier(week)
    low, high = spec["layout"]["xaxis"]["range"]
    least = min(point.std.value for point in week.simulated.points)
    scale = scale_in(spec["layout"]["xaxis"]["title"]["text"])
    assert low * scale < least < high * scale < 1.5 * least
    assert not spec["layout"]["showlegend"]


def test_scores_of_bands_are_above_the_best(week):
    spec = score_of_bands(week)
    scale = scale_in(spec["layout"]["yaxis"]["title"]["text"])
    lowest = min(point.score for point in week.simulated.points)
    for family, name in (("band to edge", "Band to edge"), ("band to centre", "Band to centre")):
        trace = named(spec)[name]
        members = [p for p in week.simulated.points if p.candidate.family == family]
        assert trace["x"] == pytest.approx([p.candidate.parameter for p in members], rel=1e-5)
        expected = [p.score - lowest for p in members]
        assert np.array(trace["y"]) * scale == pytest.approx(expected, rel=1e-4, abs=1.0)


def test_the_area_is_the_interval_and_the_lines_are_best_and_theory(week):
    shapes = score_of_bands(week)["layout"]["shapes"]
    best = next(b for b in week.simulated.best if b.family.startswith("band to"))
    assert (shapes[0]["x0"], shapes[0]["x1"]) == (best.low, best.high)
    assert shapes[1]["x0"] == best.parameter
    assert shapes[2]["x0"] == pytest.approx(week.problem.best_band[0])


def test_the_waterfall_sums_to_the_result(week):
    (trace,) = policy_waterfall(week)["data"]
    assert sum(trace["x"][:-1]) == pytest.approx(trace["x"][-1], rel=1e-3, abs=1e-3)
    assert trace["measure"][-1] == "total"
    labels = trace["y"]
    signs = {label.split(" ")[0]: x for label, x in zip(labels, trace["x"], strict=True)}
    assert signs["Gamma"] < 0.0 < signs["Theta"]  # the book is short options
    assert signs["Fees"] < 0.0


def test_every_path_is_in_each_distribution(week):
    traces = result_spread(week)["data"]
    assert len(traces) == 3
    for trace in traces:
        assert sum(trace["y"][:-1]) == pytest.approx(1.0, abs=1e-4)
    unhedged, hedged = (np.array(trace["y"][:-1]) for trace in traces[:2])
    assert hedged.max() > unhedged.max()


def test_fitted_powers_are_least_squares_lines(week):
    traces = cost_against_vol(week)["data"]
    assert len(traces) == 3 * len(week.curves)
    for number, curve in enumerate(week.curves):
        points, power, exponential = traces[3 * number : 3 * number + 3]
        vol, cost = np.array(points["x"]), np.array(points["y"])
        assert vol == pytest.approx(100.0 * np.array(curve.vol), rel=1e-5)
        slope, level = np.polyfit(np.log(vol), np.log(cost), 1)
        x = np.array(power["x"])
        assert np.log(power["y"]) == pytest.approx(slope * np.log(x) + level, abs=1e-3)
        rate, level = np.polyfit(vol, np.log(cost), 1)
        assert np.log(exponential["y"]) == pytest.approx(rate * x + level, abs=1e-3)


def test_recorded_prices_have_figures_of_their_own(recorded):
    (chapter,) = [c for c in policy_chapters(recorded) if c.name == "policy-recorded"]
    spec = chapter.panels[0].figure(recorded)
    trace = named(spec)["No re-hedging"]
    never = recorded.replayed.points[0]
    np.testing.assert_allclose(drawn(spec, trace)[0], [never.std.value], rtol=1e-5)
    assert never.cost.value == 0.0
    assert "windows of recorded prices" in chapter.lead


def test_every_figure_of_the_scenario_is_an_assumption_or_given(week):
    grounds = {ground.name: ground for ground in policy_grounds(week)}
    assert grounds["Aversion to risk a"].origin.value == "A"
    assert grounds["Taker fee"].value == "5 bp"
    assert grounds["Daily volume"].value == "20 bn$"
    assert grounds["Steps"].origin.value == "given"
    assert "Maker fee" not in grounds  # orders do not rest
    resting = replace(week, scenario=replace(week.scenario, execution="maker"))
    assert "Maker fee" in {ground.name for ground in policy_grounds(resting)}


def test_text_from_data_is_escaped(week):
    answer = replace(week, book=replace(week.book, label=EVIL))
    page = policy_page(answer)
    assert EVIL not in page
    assert "&lt;/script&gt;" in page
    assert page_of(answer) == page


def test_nothing_on_the_page_is_not_a_number(week, recorded, bare, alone):
    for answer in (week, recorded, bare, alone):
        shown = policy_page(answer).split("<script", maxsplit=1)[0]
        assert not [word for word in ("nan", "inf ", "None<") if f" {word}" in shown]


@pytest.fixture(scope="module")
def addresses(week, recorded, alone, tmp_path_factory):
    folder = tmp_path_factory.mktemp("policies")
    for name, answer in {"week": week, "recorded": recorded, "alone": alone}.items():
        write_report(answer, folder / f"{name}.html")
    return {path.stem: path.as_uri() for path in folder.iterdir()}


@IN_BROWSER
@pytest.mark.parametrize("name", ["week", "recorded", "alone"])
@pytest.mark.parametrize(("screen", "scheme"), [("desktop", "dark"), ("phone", "light")])
def test_every_figure_is_drawn_without_a_complaint(browser, addresses, name, screen, scheme):
    context = browser.new_context(color_scheme=scheme, **SCREENS[screen])
    tab = context.new_page()
    complaints = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(addresses[name])
    tab.locator("html[data-drawn]").wait_for(state="attached", timeout=60_000)
    plots = tab.locator(".plot")
    assert plots.count() == tab.locator(".plot:has(.main-svg)").count() >= 4
    assert complaints == []
    assert width_beyond_screen(tab) <= 0
    assert plots.evaluate_all(OUTSIDE) == []
    context.close()
