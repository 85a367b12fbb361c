"""The page and the table of a sweep: where it tips over, in words and in pictures."""

import json
from dataclasses import replace
from io import StringIO
from itertools import product

import numpy as np
import pytest
from rich.console import Console

from shortgamma.report.documents import write_report
from shortgamma.report.figures.phase import lines, phase
from shortgamma.report.sweep_axes import FALLS, SQUEEZES, VOL, axes_of, surface, value_text
from shortgamma.report.sweep_page import sweep_page
from shortgamma.report.sweep_story import sweep_chapters
from shortgamma.report.sweep_terminal import sweep_summary
from shortgamma.report.sweep_words import headline, heads, notes, rows
from shortgamma.studies.plans import sweep
from shortgamma.studies.simulation import Metric
from shortgamma.studies.sweep import Sweep, SweepPoint
from tests.report.test_browser import SCREENS, browser, pytestmark, width_beyond_screen
from tests.report.test_simulation_page import EVIL, OUTSIDE

__all__ = ["browser"]
IN_BROWSER = pytestmark
LEVERAGE = (5.0, 10.0, 20.0, 40.0)
THETAS = (-0.2, -0.4, -0.6)


def metrics(squeeze, vol=1.2):
    """A point with these two figures, the others alike."""
    known = {
        "realised_vol_ratio": vol,
        "squeeze_probability": squeeze,
        "squeeze_probability_without": 0.01,
        "probability_down_10pct": 0.5 * squeeze,
        "probability_down_10pct_without": 0.02,
        "leveraged_liquidated_usd": 1e9 * squeeze,
        "halted_probability": 0.0,
        "collapsed_probability": 0.0,
    }
    return {name: Metric(value=value, standard_error=0.01) for name, value in known.items()}


def made(axes, squeeze, vol=lambda **_: 1.2):
    """A sweep whose figures are functions of its settings."""
    points = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
    return Sweep(
        name="invented",
        summary="invented figures",
        base="liquidation-cascade",
        axes=axes,
        points=tuple(
            SweepPoint(
                settings=place,
                theta=float(place.get("theta", -0.3)),
                metrics=metrics(squeeze(**place), vol(**place)),
            )
            for place in points
        ),
        paths=1_000,
        seed=0,
        steps=100,
        horizon_days=1.0,
    )


def squeeze(theta=-0.4, median_leverage=10.0, **_others):
    """Past one half where |θ| × leverage reaches 8."""
    return float(1.0 / (1.0 + (8.0 / (abs(theta) * median_leverage)) ** 4 * 0.999))


@pytest.fixture(scope="module")
def plane():
    return made({"theta": THETAS, "median_leverage": LEVERAGE}, squeeze)


@pytest.fixture(scope="module")
def line():
    return made({"median_leverage": LEVERAGE}, squeeze)


@pytest.fixture(scope="module")
def block():
    axes = {"policy": ("continuous", EVIL), "theta": THETAS, "median_leverage": LEVERAGE}
    return made(axes, squeeze)


def test_headline_says_where_it_tips(plane, line):
    assert headline(plane) == (
        "At θ = −0.6 the chance of a squeeze passes 50 % from median leverage 20 on, and at θ = −0.2 only "
        "at median leverage 40."
    )
    assert headline(line) == "The chance of a squeeze passes 50 % from median leverage 20 on."


def test_the_edge_is_told_with_its_error_and_without_hedging(line):
    middle = 100.0 * squeeze(-0.4, 20.0)
    assert notes(line)[0] == f"At that edge: {middle:.0f}.0 ± 1.0 % (without hedging 1.0 ± 1.0 %)."


def test_an_axis_may_tip_on_its_lower_side():
    answer = made({"theta": (-0.2, -0.9, -0.8)}, squeeze)
    assert headline(answer) == "The chance of a squeeze passes 50 % at θ = −0.8 or less."


def test_depth_is_told_with_what_it_is_per():
    def thin(depth_usd_per_pct):
        return 0.9 if depth_usd_per_pct < 2.5e8 else 0.1

    answer = made({"depth_usd_per_pct": (3e8, 1e8, 2e8)}, thin)
    assert headline(answer).endswith("at depth 200 M$ per 1 % or less.")
    assert heads(answer)[0] == "Depth per 1 %"


def test_realised_vol_tips_where_squeezes_never_do():
    answer = made({"theta": THETAS}, lambda **_: 0.1, lambda theta: 1.0 - 1.2 * theta)
    assert headline(answer) == (
        "Hedging multiplies realised vol by more than 1.5 only at θ = −0.6."
    )


def test_nothing_and_everything_tips():
    assert headline(made({"theta": THETAS}, lambda **_: 0.1)).startswith("Nothing tips over here")
    every = headline(made({"theta": THETAS}, lambda **_: 0.9))
    assert every == "The chance of a squeeze passes 50 % at every one of the 3 settings."


def test_words_have_no_edge():
    answer = made({"policy": ("b", "a")}, lambda policy: 0.7 if policy == "a" else 0.2)
    assert headline(answer) == (
        "The chance of a squeeze passes 50 % at 1 of 2 settings, most at hedging policy a."
    )


def test_axes_ascend_whatever_the_order_given(plane):
    turned = made({"theta": THETAS[::-1], "median_leverage": LEVERAGE[::-1]}, squeeze)
    assert [axis.texts for axis in axes_of(turned)] == [axis.texts for axis in axes_of(plane)]
    for one, other in zip(
        surface(plane, SQUEEZES.name), surface(turned, SQUEEZES.name), strict=True
    ):
        np.testing.assert_array_equal(one, other)
    values, _ = surface(plane, SQUEEZES.name)
    assert values[0, 3] == pytest.approx(squeeze(-0.6, 40.0))
    assert phase(turned, SQUEEZES) == phase(plane, SQUEEZES)


def test_cells_hold_their_own_figures(plane):
    cells, *_ = phase(plane, SQUEEZES)["data"]
    expected = [[squeeze(theta, lever) for lever in LEVERAGE] for theta in sorted(THETAS)]
    np.testing.assert_allclose(np.array(cells["z"]), expected, rtol=1e-5)
    assert cells["texttemplate"] == "%{text}"
    assert cells["text"][0][3] == "99 %"
    ticks = phase(plane, SQUEEZES)["layout"]["yaxis"]["ticktext"]
    assert ticks == ["−0.6", "−0.4", "−0.2"]


def test_the_line_parts_cells_past_one_half_from_the_others(plane):
    *_, drawn = phase(plane, VOL)["data"]
    ends = [e for e in zip(drawn["x"], drawn["y"], strict=True) if e[0] is not None]
    pieces = list(zip(ends[::2], ends[1::2], strict=True))
    is_past = surface(plane, SQUEEZES.name)[0] >= 0.5
    expected = np.abs(np.diff(is_past.astype(int), axis=0)).sum()
    expected += np.abs(np.diff(is_past.astype(int), axis=1)).sum()
    assert len(pieces) == expected > 0
    for (x0, y0), (x1, y1) in pieces:
        if x0 == x1:
            row, column = round(min(y0, y1) + 0.5), round(x0 - 0.5)
            assert is_past[row, column] != is_past[row, column + 1]
        else:
            row, column = round(y0 - 0.5), round(min(x0, x1) + 0.5)
            assert is_past[row, column] != is_past[row + 1, column]


def test_many_cells_are_not_written_into():
    many = tuple(float(v) for v in range(1, 13))
    answer = made({"theta": tuple(-0.05 * v for v in many), "median_leverage": many}, squeeze)
    spec = phase(answer, SQUEEZES)
    assert "texttemplate" not in spec["data"][0]
    more = made({"theta": THETAS, "median_leverage": tuple(map(float, range(1, 41)))}, squeeze)
    axis = phase(more, SQUEEZES)["layout"]["xaxis"]
    assert axis["tickvals"][:2] == [0, 4]
    assert axis["ticktext"][:2] == ["1", "5"]


def test_intervals_are_95_percent(line):
    vol = lines(line, VOL)["data"][-1]["error_y"]
    assert vol["array"] == pytest.approx([0.0196] * 4, rel=1e-3)
    chance = lines(line, SQUEEZES)["data"][-1]
    assert all(
        y - e >= 0.0 for y, e in zip(chance["y"], chance["error_y"]["arrayminus"], strict=True)
    )
    middle = squeeze(-0.4, 20.0)
    half = 1.96 * (middle * (1.0 - middle) / 1_000) ** 0.5
    assert chance["error_y"]["array"][2] == pytest.approx(half, rel=0.02)


def test_the_market_without_hedging_is_beside_a_chance(line):
    alone, hedged = lines(line, FALLS)["data"]
    assert (alone["name"], hedged["name"]) == ("without hedging", "with hedging")
    assert set(alone["y"]) == {0.02}
    assert len(lines(line, VOL)["data"]) == 1


def test_every_figure_is_plain_json(plane, line, block):
    for answer in (plane, line, block):
        for chapter in sweep_chapters(answer):
            for panel in chapter.panels:
                spec = panel.figure(answer)
                assert json.loads(json.dumps(spec, allow_nan=False)) == spec
                assert "template" not in spec["layout"]


def test_three_axes_are_small_multiples_and_too_many_are_a_table(block):
    assert [len(chapter.panels) for chapter in sweep_chapters(block)] == [2, 2, 2, 2]
    (first, second) = sweep_chapters(block)[1].panels
    assert first.title == "Hedging policy continuous"
    assert second.figure(block)["data"][0]["z"] == first.figure(block)["data"][0]["z"]
    many = {"accounts": tuple(range(2, 16)), "theta": THETAS, "median_leverage": LEVERAGE}
    wide = made(many, squeeze)
    assert sweep_chapters(wide) == ()
    assert "<details" not in sweep_page(wide).split("What it rests on")[0]


def test_a_point_without_a_figure_stays_empty(plane):
    first, *others = plane.points
    bare = {k: v for k, v in first.metrics.items() if k != "squeeze_probability"}
    answer = replace(plane, points=(replace(first, metrics=bare), *others))
    cells = phase(answer, SQUEEZES)["data"][0]
    assert cells["z"][2][0] is None
    assert "–" in next(rows(answer))
    assert json.dumps(phase(answer, SQUEEZES), allow_nan=False)


def test_stopped_points_and_few_paths_are_told(plane):
    first, *others = plane.points
    halted = dict(first.metrics) | {"halted_probability": Metric(value=0.25, standard_error=0.01)}
    text = " ".join(
        notes(replace(plane, paths=50, points=(replace(first, metrics=halted), *others)))
    )
    assert "on up to 25 % of the paths, at θ = −0.2, median leverage 5" in text
    assert "50 paths a point" in text
    assert "same random numbers" in " ".join(notes(plane))
    assert "halted" not in " ".join(notes(plane))


def test_rows_have_values_with_errors_and_a_theta_that_tells_something(plane, line):
    assert next(rows(plane))[:3] == ("−0.2", "5", "× 1.200 ± 0.010")
    assert "Net θ" in heads(line)
    assert "Net θ" not in heads(plane)


def test_values_are_read_as_people_write_them():
    assert value_text("process", "kou:" + "x" * 60).endswith("…")
    assert value_text("noise_usd_per_day", 5e7) == "50 M$"
    assert value_text("long_share", 0.6) == "60 %"
    assert value_text("options", 64) == "64"


def printed(answer):
    console = Console(width=100, file=StringIO())
    console.print(sweep_summary(answer))
    return console.file.getvalue()


def test_terminal_has_one_line_per_point(plane, block):
    text = printed(plane)
    assert text.count("× 1.200 ± 0.010") == len(plane.points)
    assert "Median leverage" in text
    assert max(map(len, text.splitlines())) <= 100
    assert EVIL[:4] in printed(block)
    many = made({"median_leverage": tuple(float(v) for v in range(1, 101))}, squeeze)
    assert "40 more points: --json or --out shows them." in printed(many)


def test_text_from_data_is_escaped(block):
    page = sweep_page(replace(block, summary=EVIL, name=EVIL))
    assert EVIL not in page
    assert "&lt;/script&gt;" in page


@pytest.fixture(scope="module")
def addresses(plane, block, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweeps")
    real = sweep(
        "gamma-squeeze", {"steps": 60}, sweep={"theta": [-0.4, -0.2, 0.1]}, paths=300, workers=1
    )
    for name, answer in {"plane": plane, "block": block, "real": real}.items():
        write_report(answer, folder / f"{name}.html")
    return {path.stem: path.as_uri() for path in folder.iterdir()}


@IN_BROWSER
@pytest.mark.parametrize("name", ["plane", "block", "real"])
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
    context.close()
