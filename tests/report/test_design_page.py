"""The page and the terminal of a comparison of pool designs: figures from the answer, nothing cut off."""

import json
from dataclasses import replace
from io import StringIO

import plotly.graph_objects as go
import pytest
from rich.console import Console

from shortgamma.report.design_grounds import design_grounds
from shortgamma.report.design_measures import COST, INSOLVENT, MEASURES, TAIL, VOL
from shortgamma.report.design_page import design_page
from shortgamma.report.design_story import design_chapters, of_sweep, swept
from shortgamma.report.design_tiles import badge_of, design_tiles
from shortgamma.report.design_words import (
    FAIR_HEADS,
    fair_rows,
    figure_heads,
    figure_rows,
    headline,
    label,
    loss_rows,
    losses,
    others,
    pair_heads,
    sentences,
    verdict_rows,
)
from shortgamma.report.documents import write_report
from shortgamma.report.figures.designs import (
    LOOKS,
    ablation,
    difference,
    mean_and_tail,
    parts_of,
    vol_ratios,
)
from shortgamma.report.figures.palette import LONG
from shortgamma.report.figures.palette import SHORT as SHORT_GAMMA
from shortgamma.report.terminals import terminal_of
from shortgamma.report.tiles import Tone
from shortgamma.studies.design.answer import STATED
from shortgamma.studies.design.comparison import design_comparison
from shortgamma.studies.design.figures import FIGURES, Estimate
from tests.report.test_browser import SCREENS, browser, pytestmark, width_beyond_screen
from tests.report.test_simulation_page import OUTSIDE

__all__ = ["browser"]
IN_BROWSER = pytestmark
SHORT = {"steps": 96, "event_start_days": 0.3, "orders_per_day": 96.0}
DESIGNS = ("naive", "gamma-aware", "price-only", "unhedged")


@pytest.fixture(scope="module")
def four():
    return design_comparison(
        "amm-naive", SHORT, designs=DESIGNS, shocks="calm,squeeze", paths=40, workers=2
    )


@pytest.fixture(scope="module")
def variants():
    return design_comparison(
        "amm-naive",
        {"steps": 48},
        sweep="gamma-aware:charge=0.3,0,0.1",
        shocks="crash",
        equal_volume=False,
        paths=40,
    )


def judged_by(answer, **changes):
    """The answer with other differences of the judged design in its first market, by figure."""
    part = answer.sets[0]
    found = {**part.differences[answer.judged], **changes}
    first = replace(part, differences={**part.differences, answer.judged: found})
    return replace(answer, sets=(first, *answer.sets[1:]))


def everywhere(answer, **changes):
    """The same in every market."""
    parts = tuple(
        replace(
            part,
            differences={
                **part.differences,
                answer.judged: {**part.differences[answer.judged], **changes},
            },
        )
        for part in answer.sets
    )
    return replace(answer, sets=parts)


def between(low, high):
    return Estimate(value=0.5 * (low + high), low=low, high=high)


LOWER, HIGHER, OPEN = between(-0.3, -0.1), between(0.1, 0.3), between(-0.1, 0.1)
BETTER = {"realised_vol_ratio": LOWER, "lp_es_usd": HIGHER, "insolvency_probability": LOWER}
WORSE = {"realised_vol_ratio": HIGHER, "lp_es_usd": LOWER, "insolvency_probability": HIGHER}
UNCLEAR = dict.fromkeys(STATED, OPEN)


def test_every_figure_of_the_study_is_shown():
    assert {measure.name for measure in MEASURES} == set(FIGURES)


def test_every_figure_is_one_that_plotly_draws(four, variants):
    for answer in (four, variants):
        for chapter in design_chapters(answer):
            for panel in chapter.panels:
                go.Figure(panel.figure(answer))


def test_vol_ratios_hold_the_answers_figures(four):
    spec = vol_ratios(four)
    assert [trace["name"] for trace in spec["data"]] == ["calm", "squeeze"]
    low, high = spec["layout"]["xaxis"]["range"]
    for trace, part in zip(spec["data"], four.sets, strict=True):
        found = [part.designs[name][VOL.name] for name in DESIGNS]
        assert trace["y"] == list(DESIGNS)
        assert trace["x"] == pytest.approx([each.value for each in found], rel=1e-5)
        tops = [x + up for x, up in zip(trace["x"], trace["error_x"]["array"], strict=True)]
        ends = [
            x - down for x, down in zip(trace["x"], trace["error_x"]["arrayminus"], strict=True)
        ]
        assert tops == pytest.approx([each.high for each in found], rel=1e-4)
        assert ends == pytest.approx([each.low for each in found], rel=1e-4)
        assert low < min(ends) <= max(tops) < high
    assert low < 1.0 < high


def test_marks_of_mean_and_tail_are_told_apart(four):
    for part in four.sets:
        traces = mean_and_tail(part)["data"]
        assert [trace["name"] for trace in traces] == list(DESIGNS)
        looks = {(t["marker"]["color"], t["marker"]["symbol"]) for t in traces}
        assert len(looks) == len(DESIGNS)
        for trace, figures in zip(traces, part.designs.values(), strict=True):
            for axis, name in (("x", "lp_mean_usd"), ("y", "lp_es_usd")):
                (drawn,) = trace[axis]
                value = figures[name].value
                assert drawn * value >= 0.0


@pytest.mark.parametrize(
    ("changes", "verdict"), [(BETTER, "better"), (WORSE, "worse"), (UNCLEAR, "open")]
)
def test_a_difference_has_the_look_of_its_meaning(four, changes, verdict):
    answer = judged_by(four, **changes)
    for measure in (VOL, TAIL, INSOLVENT):
        (trace,) = difference(answer, measure)["data"]
        assert trace["marker"]["color"][0] == LOOKS[verdict][0]
        assert trace["marker"]["symbol"][0] == LOOKS[verdict][1]


def test_blue_is_better_and_orange_is_worse_as_the_page_says():
    assert LOOKS["better"] == (LONG, "circle")
    assert LOOKS["worse"] == (SHORT_GAMMA, "diamond")


def test_a_higher_cost_and_a_lower_vol_point_to_opposite_sides(four):
    answer = judged_by(four, trader_cost_points=HIGHER, realised_vol_ratio=LOWER)
    assert difference(answer, COST)["data"][0]["marker"]["color"][0] == LOOKS["worse"][0]
    assert difference(answer, VOL)["data"][0]["marker"]["color"][0] == LOOKS["better"][0]


def test_parts_are_those_of_the_gamma_aware_design(four, variants):
    assert parts_of(four) == ["price-only", "gamma-aware"]
    assert parts_of(variants) == []
    spec = ablation(four, VOL)
    assert [trace["y"] for trace in spec["data"]] == [["price", "all three"]] * 2
    drawn = spec["data"][1]["x"][1]
    assert drawn == pytest.approx(four.sets[1].differences["gamma-aware"][VOL.name].value, rel=1e-5)


def test_a_sweep_is_drawn_in_the_order_of_its_values(four, variants):
    assert swept(four) is None
    names, values = swept(variants)
    assert values == [0.0, 0.1, 0.3]
    (trace,) = of_sweep(variants, VOL)["data"]
    assert trace["x"] == values
    found = [variants.sets[0].designs[name][VOL.name].value for name in names]
    assert trace["y"] == pytest.approx(found, rel=1e-5)
    assert "sweep" in [chapter.name for chapter in design_chapters(variants)]
    assert "sweep" not in [chapter.name for chapter in design_chapters(four)]


def test_headline_and_badge_say_what_the_intervals_say(four):
    better, worse = everywhere(four, **BETTER), everywhere(four, **WORSE)
    unclear = everywhere(four, **UNCLEAR)
    assert headline(better) == (
        "gamma-aware beats naive on every stated measure in calm and squeeze."
    )
    assert headline(worse).startswith("In calm and squeeze, gamma-aware against naive is worse on")
    assert "not to be told apart on realised vol" in headline(unclear)
    assert badge_of(better)[0] is Tone.LONG
    assert badge_of(worse) == (Tone.SHORT, "gamma-aware: worse")
    assert badge_of(unclear) == (Tone.NEUTRAL, "gamma-aware: not to be told apart")
    mixed = judged_by(better, **WORSE)
    assert headline(mixed) == (
        "gamma-aware beats naive on 3 of 6 stated figures in 2 markets and loses on 3."
    )
    assert badge_of(mixed) == (Tone.NEUTRAL, "gamma-aware: mixed")


def test_every_market_is_said_with_volume_and_cost(four):
    part = four.sets[0]
    fair = replace(part.fair["gamma-aware"], volume_ratio=0.9, cost_ratio=1.04)
    odd = replace(part, fair={**part.fair, "gamma-aware": fair})
    words = sentences(replace(four, sets=(odd, *four.sets[1:])))
    assert words[0].startswith("Calm: ")
    assert "at 90 % of the volume and 104 % of the clients' cost of naive" in words[0]
    assert words[0].endswith("that is outside fair play.")
    assert words[1].startswith("Squeeze: ")


def test_where_it_loses_is_said_with_figures(four):
    every = {measure.name: between(-0.3, 0.3) for measure in MEASURES}
    none = everywhere(four, **every)
    assert losses(none) == ()
    assert list(loss_rows(none)) == []
    assert any(line.startswith("No figure of gamma-aware") for line in sentences(none))
    worse = judged_by(none, trader_cost_points=between(0.2, 0.4))
    ((name, *cells),) = loss_rows(worse)
    assert name == "calm: what clients pay, vol points"
    assert cells[-1] == "+0.30 [0.20, 0.40]"
    assert any("loses to naive on what clients pay" in line for line in sentences(worse))
    assert losses(judged_by(none, notional_usd=HIGHER, lp_mean_usd=HIGHER)) == ()


def test_designs_that_do_better_than_the_judged_one_are_named(four):
    part = four.sets[1]
    least = min(figures["lp_es_usd"].value for figures in part.designs.values())

    def with_tail(name, usd, *, fair):
        figures = {**part.designs[name], "lp_es_usd": replace(OPEN, value=usd)}
        terms = replace(part.fair[name], volume_ratio=1.0 if fair else 0.5, cost_ratio=1.0)
        changed = replace(
            part, designs={**part.designs, name: figures}, fair={**part.fair, name: terms}
        )
        return others(replace(four, sets=(changed,)), TAIL)

    top = part.designs["gamma-aware"]["lp_es_usd"].value + 1.0
    assert with_tail("unhedged", top, fair=True)["unhedged"] == ["squeeze"]
    assert "unhedged" not in with_tail("unhedged", top, fair=False)
    assert "unhedged" not in with_tail("unhedged", least - 1.0, fair=True)
    assert "naive" not in with_tail("naive", top, fair=True)


def test_rows_have_a_cell_under_every_head(four):
    for part in four.sets:
        for rows, heads in (
            (verdict_rows(four, part), pair_heads(four)),
            (fair_rows(part), FAIR_HEADS),
            (figure_rows(part), figure_heads()),
        ):
            assert {len(row) for row in rows} == {len(heads)}


@pytest.mark.parametrize(
    ("measure", "found", "text"),
    [
        (VOL, Estimate(value=-0.0123, low=-0.02, high=-0.001), "−0.0123 [−0.0200, −0.0010]"),
        (VOL, Estimate(value=0.0, low=0.0, high=0.0), "0"),
        (TAIL, Estimate(value=8.7e6, low=4.0e6, high=11.2e6), "+8.7 [4.0, 11.2] M$"),
        (TAIL, Estimate(value=-0.0, low=-1e3, high=1e3), "0.0 [−1.0, 1.0] k$"),
        (INSOLVENT, Estimate(value=-0.042, low=-0.083, high=-0.008), "−4.2 [−8.3, −0.8] %"),
    ],
)
def test_a_change_keeps_the_digits_that_its_interval_leaves(measure, found, text):
    assert measure.change(found) == text


def test_names_are_written_for_readers():
    assert label("naive") == "naive"
    assert label("gamma-aware:impact_charge=0.2,share=0.1") == (
        "gamma-aware (impact charge 0.2, share 0.1)"
    )


def test_grounds_hold_rules_markets_and_figures(four, variants):
    found = {ground.name: ground for ground in design_grounds(four)}
    assert {*DESIGNS, "Market calm", "Market squeeze", "Clients", "Fair play"} <= set(found)
    assert found["gamma-aware"].value == "judged"
    assert "charge 0.1" in found["gamma-aware"].reason
    assert "spread points" not in found["gamma-aware"].reason
    assert found["Steps"].value == "96"
    assert found["Steps"].origin.name == "GIVEN"
    assert found["Capital"].origin.name == "ASSUMED"
    assert "Exogenous vol 50 %" in found["Market calm"].reason
    assert "Exogenous vol" not in found
    changed = {ground.name: ground.origin.name for ground in design_grounds(variants)}
    assert changed["gamma-aware (charge 0.1)"] == "GIVEN"
    held = design_comparison(
        "amm-naive",
        {"steps": 8, "vol": 0.6},
        designs=DESIGNS[::3],
        shocks="calm",
        paths=40,
        equal_volume=False,
    )
    kept = {ground.name: ground for ground in design_grounds(held)}
    assert kept["Exogenous vol"].value == "60 %"
    assert "exogenous vol" not in kept["Market calm"].reason.lower()


def test_tiles_tell_both_designs(four):
    tiles = design_tiles(four)
    assert len(tiles) == 10
    assert all("naive" in tile.note for tile in tiles)


def test_terminal_shows_every_figure_in_full(four, variants):
    for answer in (four, variants):
        console = Console(file=StringIO(), width=100)
        console.print(terminal_of(answer))
        text = console.file.getvalue()
        assert "…" not in text
        assert max(map(len, text.splitlines())) <= 100
        assert "(judged)" in text


def test_page_is_one_file_with_all_figures(four, variants, tmp_path):
    for answer in (four, variants):
        target = tmp_path / "design.html"
        write_report(answer, target)
        text = target.read_text(encoding="utf-8")
        start = text.index('type="application/json"')
        document = json.loads(text[text.index(">", start) + 1 : text.index("</script>", start)])
        panels = {p.name for chapter in design_chapters(answer) for p in chapter.panels}
        assert set(document["figures"]) == panels
        main = text[text.index("<main") : text.index("</main>")].lower()
        assert "nan" not in main.replace("finance", "")
        assert "every figure" in main
    assert "not fair" in text or "as quoted" in text


def test_names_from_outside_are_escaped(four):
    shocks = replace(four.sets[0].shocks, summary="<script>alert(1)</script>")
    evil = replace(four, sets=(replace(four.sets[0], shocks=shocks), *four.sets[1:]))
    assert "<script>alert" not in design_page(evil)


@IN_BROWSER
@pytest.mark.parametrize(("screen", "scheme"), [("desktop", "dark"), ("phone", "light")])
def test_every_figure_is_drawn_without_a_complaint(browser, four, tmp_path, screen, scheme):
    target = tmp_path / "design.html"
    write_report(four, target)
    context = browser.new_context(color_scheme=scheme, **SCREENS[screen])
    tab = context.new_page()
    complaints = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda problem: complaints.append(str(problem)))
    tab.goto(target.as_uri())
    tab.locator("html[data-drawn]").wait_for(state="attached", timeout=30_000)
    assert complaints == []
    count = sum(len(chapter.panels) for chapter in design_chapters(four))
    assert tab.locator(".plot:has(.cartesianlayer .xy)").count() == count
    assert tab.locator(".plot").evaluate_all(OUTSIDE) == []
    assert width_beyond_screen(tab) <= 0
    context.close()
