"""The page of a simulation: figures as plain specs, everything escaped, and drawn in a real browser."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from shortgamma.report.documents import write_report
from shortgamma.report.figures.cascades import cascade_sizes
from shortgamma.report.figures.paths import chance_of_move, price_fan, vol_of_paths
from shortgamma.report.figures.results import waterfall
from shortgamma.report.figures.shocks import move_by_shock, squeeze_by_shock
from shortgamma.report.figures.timelines import funding_over_time, liquidated_over_time
from shortgamma.report.simulation_page import simulation_page
from shortgamma.report.simulation_story import simulation_chapters
from shortgamma.studies.distributions import results
from shortgamma.studies.plans import simulate
from tests.report.test_browser import SCREENS, browser, pytestmark, width_beyond_screen

__all__ = ["browser"]
EVIL = "</script><script>alert(1)</script>"


@pytest.fixture(scope="module")
def crowd():
    return simulate("full-market", {"steps": 240, "theta": -0.6}, paths=500)


@pytest.fixture(scope="module")
def squeezed():
    return simulate("gamma-squeeze", {"steps": 720}, paths=4_000)


@pytest.fixture(scope="module")
def one():
    return simulate("replay", {"steps": 300})


def specs(answer):
    return {p.name: p.figure(answer) for c in simulation_chapters(answer) for p in c.panels}


def test_every_figure_is_plain_json(crowd, squeezed, one):
    for answer in (crowd, squeezed, one):
        for name, spec in specs(answer).items():
            assert json.loads(json.dumps(spec, allow_nan=False)) == spec, name
            assert "template" not in spec["layout"]


def test_chapters_follow_what_there_is(crowd, squeezed, one):
    assert [c.name for c in simulation_chapters(crowd)] == [
        "price",
        "shocks",
        "results",
        "leverage",
        "timelines",
    ]
    assert [c.name for c in simulation_chapters(squeezed)] == ["price", "shocks", "results"]
    assert [c.name for c in simulation_chapters(one)] == ["price", "results"]


def test_fan_with_hedging_lies_around_the_one_without(squeezed):
    named = {trace.get("name"): trace["y"] for trace in price_fan(squeezed)["data"]}
    hedged, alone = named["with hedging, 5–95 %"], named["without hedging, 5–95 %"]
    assert hedged[0] == alone[0]
    assert hedged[-1] > alone[-1]
    assert named["with hedging, 5–95 %, low"][-1] < named["without hedging, 5–95 %, low"][-1]


def test_one_path_is_two_lines(one):
    assert [t["name"] for t in price_fan(one)["data"]] == ["without hedging", "with hedging"]


def test_chance_of_a_move_falls_with_its_size(squeezed):
    alone, hedged = chance_of_move(squeezed)["data"]
    for trace in (alone, hedged):
        shares = [y for y in trace["y"] if y is not None]
        assert shares[0] == 1.0
        assert (np.diff(shares) <= 0.0).all()
    larger = [h >= a for h, a in zip(hedged["y"], alone["y"], strict=True) if h and a]
    assert np.mean(larger) > 0.9


def test_points_lie_above_no_change_where_hedging_amplifies(squeezed):
    _same, points = move_by_shock(squeezed)["data"]
    assert all(y > x for x, y in zip(points["x"], points["y"], strict=True))


def test_squeezes_are_likelier_after_larger_shocks(squeezed):
    (points,) = squeeze_by_shock(squeezed)["data"]
    assert points["y"][-1] > points["y"][0]


def test_no_squeeze_is_said(one):
    calm = simulate("hedged-book", {"steps": 60, "options": 16, "theta": 0.2}, paths=200)
    assert squeeze_by_shock(calm)["data"] == []
    assert vol_of_paths(calm)["layout"]["yaxis"].get("type") != "log"
    assert one is not None


def test_waterfall_ends_at_the_result(crowd):
    for number, row in enumerate(results(crowd.outcome)):
        (trace,) = waterfall(crowd, number)["data"]
        assert sum(trace["x"][:-1]) == pytest.approx(trace["x"][-1], rel=1e-3)
        assert trace["measure"] == [*["relative"] * len(row.parts), "total"]


def test_cascades_fall_with_size_inside_their_bands(crowd):
    traces = cascade_sizes(crowd)["data"]
    for low, high, middle in (traces[:3], traces[3:]):
        assert (np.diff(middle["y"]) <= 0.0).all()
        rows = zip(low["y"], middle["y"], high["y"], strict=True)
        assert all(bottom < share <= top for bottom, share, top in rows)
    assert [t["name"] for t in traces if "name" in t] == ["without hedging", "with hedging"]


def test_liquidations_only_grow_and_are_larger_with_hedging(crowd):
    named = {t["name"]: t["y"] for t in liquidated_over_time(crowd)["data"]}
    for row in named.values():
        assert (np.diff(row) >= 0.0).all()
    assert named["with hedging, mean"][-1] > named["without hedging, mean"][-1]
    assert named["with hedging, 95 %"][-1] > named["with hedging, mean"][-1]


def with_funding(answer, rows):
    """The answer with a funding rate of this shape (kept, 2, paths)."""
    kept = {**answer.outcome.kept, "funding_per_day": rows}
    return replace(answer, outcome=replace(answer.outcome, kept=kept))


def test_funding_over_time_is_shown_in_percent_where_it_moves(crowd):
    kept, _, paths = crowd.outcome.log_prices.shape
    flat = np.full((kept, 2, paths), 3e-4)
    assert "funding-line" not in specs(with_funding(crowd, flat))
    moving = flat.copy()
    moving[kept // 2, 0] = np.linspace(-0.01, 0.002, paths)
    spec = specs(with_funding(crowd, moving))["funding-line"]
    median = next(t for t in spec["data"] if t.get("name") == "with hedging")
    assert median["y"][0] == pytest.approx(0.03)
    assert min(median["y"]) == pytest.approx(-0.4)
    alone = next(t for t in spec["data"] if t.get("name") == "without hedging")
    assert set(alone["y"]) == {0.03}


def test_markets_without_a_crowd_have_no_time_lines(squeezed):
    for figure in (cascade_sizes, funding_over_time, liquidated_over_time):
        assert figure(squeezed)["data"] == []


def test_text_from_data_is_escaped(crowd):
    page = simulation_page(replace(crowd, book=replace(crowd.book, label=EVIL)))
    assert EVIL not in page
    assert "&lt;/script&gt;" in page


def test_page_says_what_is_assumed_and_what_the_counterfactual_is(crowd):
    page = simulation_page(crowd)
    assert page.count(">(A)<") > 15
    assert "Every path is simulated twice on the same random numbers" in page
    keys = set(re.findall(r"Key: (\w+)\.", page))
    assert {"depth_usd_per_pct", "theta", "median_leverage"} <= keys


@pytest.fixture(scope="module")
def addresses(crowd, squeezed, one, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    for name, answer in {"crowd": crowd, "squeezed": squeezed, "one": one}.items():
        write_report(answer, folder / f"{name}.html")
    return {path.stem: path.as_uri() for path in folder.iterdir()}


IN_BROWSER = pytestmark
OUTSIDE = """plots => plots.flatMap(plot => {
    const box = plot.getBoundingClientRect();
    return [...plot.querySelectorAll('svg text')].filter(text => {
        const own = text.getBoundingClientRect();
        return own.width > 0 && (own.left < box.left - 2 || own.right > box.right + 2);
    }).map(text => `${plot.id}: ${text.textContent}`);
})"""


@IN_BROWSER
@pytest.mark.parametrize("name", ["crowd", "squeezed", "one"])
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
    assert plots.count() == tab.locator(".plot:has(.main-svg)").count() >= 2
    assert complaints == []
    assert width_beyond_screen(tab) <= 0
    assert plots.evaluate_all(OUTSIDE) == []
    cut = tab.locator(".compare").evaluate_all(
        "boxes => boxes.flatMap(b => [...b.querySelectorAll('.scroll')])"
        ".filter(s => s.scrollWidth > s.clientWidth + 1).length"
    )
    assert cut == 0
    context.close()
