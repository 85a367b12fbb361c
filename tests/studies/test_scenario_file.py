"""Scenario files as plans: what they say, and what they may not."""

import re
from pathlib import Path

import pytest

from shortgamma.basics.errors import InputError
from shortgamma.data.scenario_files import read_scenario
from shortgamma.studies.plans import simulate
from shortgamma.studies.scenarios.bundled import SCENARIOS
from shortgamma.studies.scenarios.file import MOST_POINTS, plan_from
from shortgamma.studies.scenarios.hedged import GammaSqueeze

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "scenarios").glob("*.toml"))


def planned(folder, content):
    path = folder / "mine.toml"
    path.write_text(content, encoding="utf-8")
    return plan_from(read_scenario(path))


def test_a_file_of_one_line_is_the_bundled_scenario(tmp_path):
    plan = planned(tmp_path, 'scenario = "gamma-squeeze"\n')
    (point,) = plan.points
    assert point.scenario == GammaSqueeze()
    assert (point.label, dict(point.settings), dict(point.figures)) == ("", {}, {})
    assert (plan.base, plan.name, plan.summary) == (
        *("gamma-squeeze", "gamma-squeeze"),
        GammaSqueeze.summary,
    )
    assert {plan.paths, plan.seed, plan.prices, plan.market, plan.asof} == {None}


def test_everything_that_a_file_can_say(tmp_path):
    plan = planned(
        tmp_path,
        """
        scenario = "full-market"
        name = "mine"
        summary = "in a line"
        [set]
        steps = 30
        depth = 200_000_000
        funding = "bybit"
        [process]
        kind = "kou"
        vol = 0.6
        intensity = 4
        [run]
        paths = 100
        seed = 0
        [market]
        source = "chains/one.parquet"
        positioning = "naive"
        asof = 2026-01-15T03:00:00Z
        underlying = "ETH"
        """,
    )
    market = plan.points[0].scenario
    assert (market.steps, market.depth_usd_per_pct, market.funding) == (30, 200e6, "bybit")
    assert market.process == "kou:vol=0.6,intensity=4.0"
    assert (plan.name, plan.summary, plan.paths, plan.seed) == ("mine", "in a line", 100, 0)
    assert plan.market == str(tmp_path / "chains" / "one.parquet")
    assert (plan.positioning, plan.underlying) == ("naive", "ETH")
    assert plan.asof == "2026-01-15T03:00:00+00:00"


def test_a_sweep_is_every_combination_in_the_order_of_the_file(tmp_path):
    plan = planned(
        tmp_path,
        'scenario = "hedged-book"\n[set]\nvol = 0.4\n[sweep]\ntheta = [-0.4, 0]\nsteps = [5, 7, 3]\n',
    )
    assert dict(plan.axes) == {"theta": (-0.4, 0.0), "steps": (5, 7, 3)}
    found = [(p.scenario.theta, p.scenario.steps, p.scenario.vol) for p in plan.points]
    assert found == [(t, s, 0.4) for t in (-0.4, 0.0) for s in (5, 7, 3)]
    assert plan.points[1].label == "theta=-0.4, steps=7"
    assert plan.points[1].figures == {"vol": "0.4", "theta": "-0.4", "steps": "7"}


def test_points_are_what_set_would_have_made(tmp_path):
    plan = planned(
        tmp_path,
        'scenario = "one-vault"\n[sweep]\ndepth = [0.1e9, 1e-3]\npolicy = ["none", "continuous"]\n',
    )
    for point in plan.points:
        assert SCENARIOS["one-vault"].parse(point.figures) == point.scenario


def test_prices_make_a_bootstrap_unless_a_process_is_named(tmp_path):
    prices = '[prices]\nfile = "sample"\n'
    plan = planned(tmp_path, f'scenario = "gamma-squeeze"\n{prices}')
    assert (plan.prices, plan.points[0].scenario.process) == ("sample", "bootstrap")
    plan = planned(tmp_path, f'scenario = "gamma-squeeze"\n{prices}[process]\nkind = "gbm"\n')
    assert plan.points[0].scenario.process == "gbm"
    plan = planned(tmp_path, f'scenario = "replay"\n{prices}')
    assert plan.points[0].scenario.process == "replay"


BASE = 'scenario = "hedged-book"\n'
KOU = '[process]\nkind = "kou"\n'
WRONG = {
    "no scenario": ("", "says no scenario", "full-market"),
    "unknown scenario": ('scenario = "gama-squeeze"', "gama-squeeze", "did you mean gamma-squeeze"),
    "unknown key": ('scenari = "x"', "scenari", "did you mean scenario"),
    "unknown table": (BASE + "[sweeps]\nx = 1", "sweeps", "did you mean sweep"),
    "no table": (BASE + "set = 3", "'set' is no table", "[set]"),
    "scenario is a number": ("scenario = 3", "scenario is 3", "quotes"),
    "empty name": (BASE + 'name = " "', "name is ' '", "quotes"),
    "unknown figure": (BASE + "[set]\nthta = 1", "[set]: hedged-book has no 'thta'", "theta"),
    "figure of another": (BASE + "[set]\nlong_share = 1", "'long_share'", "it has spot"),
    "text for a number": (BASE + '[set]\ntheta = "-0.3"', "theta is '-0.3'", "finite number"),
    "truth for a number": (BASE + "[set]\ntheta = true", "theta is True", "finite number"),
    "number for a text": (BASE + "[set]\npolicy = 3", "policy is 3", "quotes"),
    "fraction of a step": (BASE + "[set]\nsteps = 1.5", "steps is 1.5", "whole"),
    "nan": (BASE + "[set]\ntheta = nan", "theta is nan", "finite"),
    "infinite": (BASE + "[set]\ndepth = inf", "depth_usd_per_pct is inf", "finite"),
    "beyond floats": (BASE + f"[set]\ntheta = 1{400 * '0'}", "theta is 1000", "finite number"),
    "vol in percent": (BASE + "[sweep]\nvol = [0.5, 60]", "[sweep]: vol is 60", "decimals"),
    "beyond any market": (BASE + "[set]\ndepth = 1e300", "beyond any market", "stay below"),
    "two names": (BASE + "[set]\ndepth = 1\ndepth_usd_per_pct = 2", "given twice", "once"),
    "unknown policy": (BASE + '[set]\npolicy = "often"', "[set] policy", "choose one of"),
    "policy's parameter": (BASE + '[set]\npolicy = "band:wdth=3"', "wdth", "width"),
    "unknown process": (BASE + '[set]\nprocess = "gmb"', "[set] process", "did you mean gbm"),
    "process twice": (BASE + '[set]\nprocess = "gbm"\n' + KOU, "in [set] as well", "one"),
    "empty process": (BASE + "[process]", "says no kind", "kind ="),
    "process without kind": (BASE + "[process]\nvol = 1", "says no kind", "kind ="),
    "process's parameter": (BASE + KOU + "jump_vol = 1", "kou has no 'jump_vol'", "mean_up"),
    "process's text": (BASE + KOU + 'vol = "x"', "vol is 'x'", "finite number"),
    "fitted and given": (
        BASE + KOU + 'vol = 1\n[prices]\nfile = "sample"',
        "[process]: kou has parameters, and prices to fit it to",
        "leave out one",
    ),
    "swept and set": (
        BASE + "[set]\ndepth = 1\n[sweep]\ndepth_usd_per_pct = [1]",
        "in [set]",
        "one",
    ),
    "swept process": (BASE + KOU + '[sweep]\nprocess = ["gbm"]', "in [process] as well", "one"),
    "no list": (BASE + "[sweep]\ntheta = -0.3", "theta is -0.3", "list"),
    "empty list": (BASE + "[sweep]\ntheta = []", "theta is []", "list"),
    "list of nan": (BASE + "[sweep]\ntheta = [-0.3, nan]", "theta is nan", "finite"),
    "list in a list": (BASE + "[sweep]\ntheta = [[1]]", "theta is [1]", "finite"),
    "repeated": (BASE + "[sweep]\ntheta = [0, -0.3, 0.0]", "theta has 0.0 twice", "once"),
    "too many": (
        BASE + f"[sweep]\ntheta = {list(range(MOST_POINTS // 2))}\nsteps = [1, 2, 3]",
        "1,500 combinations",
        "1,000 at most",
    ),
    "no paths": (BASE + "[run]\npaths = 0", "paths is 0", "whole number of 1"),
    "paths in words": (BASE + '[run]\npaths = "many"', "paths is 'many'", "whole number"),
    "seed": (BASE + "[run]\nseed = -1", "seed is -1", "0 or more"),
    "unknown run": (BASE + "[run]\npath = 5", "[run] has no 'path'", "did you mean paths"),
    "positioning of nothing": (BASE + '[market]\npositioning = "flow"', "no chain", "source"),
    "source": (BASE + "[market]\nsource = 5", "source is 5", "quotes"),
    "no prices": (BASE + "[prices]", "names no file", "file ="),
    "prices": (BASE + "[prices]\nfile = 3", "file is 3", "quotes"),
}


@pytest.mark.parametrize(("content", "problem", "remedy"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_said_in_one_line(tmp_path, content, problem, remedy):
    with pytest.raises(InputError) as caught:
        planned(tmp_path, content)
    text = str(caught.value)
    assert problem in text
    assert remedy in (caught.value.remedy or "")
    assert "mine.toml" in (caught.value.place or "")
    assert "\n" not in text
    assert len(text) < 1_000


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_run(path):
    plan = plan_from(read_scenario(path))
    assert plan.name == path.stem
    for point in plan.points[:2]:
        found = simulate(
            plan.base,
            {**point.figures, "steps": 60},
            source=plan.market,
            positioning=plan.positioning,
            prices=plan.prices,
            paths=40,
            seed=plan.seed or 0,
        )
        assert found.metrics["realised_vol"].value > 0.0
        for name, value in point.settings.items():
            assert getattr(found.scenario, name) == value


def test_there_are_examples_of_sweeps_processes_prices_and_markets():
    words = "\n".join(path.read_text(encoding="utf-8") for path in EXAMPLES)
    for table in ("set", "sweep", "process", "run", "market", "prices"):
        assert re.search(rf"^\[{table}\]$", words, re.MULTILINE)
