"""`simulate` and `validate` as a user meets them."""

import json

import numpy as np
import polars as pl
import pytest

from shortgamma.cli import progress as module
from shortgamma.feedback.laws.constant_gamma import ConstantGamma
from shortgamma.studies.scenarios.bundled import SCENARIOS
from tests.cli.test_commands import assert_one_line

QUICK = ("--paths", 200, "--set", "steps=60")


def test_simulate_prints_exactly_one_json_document(run):
    code, out, err = run("simulate", "gamma-squeeze", *QUICK, "--seed", 5, "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert (document["scenario"], document["paths"], document["steps"], document["seed"]) == (
        *("gamma-squeeze", 200, 60, 5),
    )
    for metric in document["metrics"].values():
        assert set(metric) == {"value", "standard_error"}
    assert document["metrics"]["realised_vol_ratio"]["value"] > 1.0


def test_summary_for_the_eye_has_error_bars(run):
    code, out, err = run("simulate", "hedged-book", *QUICK, "--set", "options=16")
    assert (code, err) == (0, "")
    assert "Hedging multiplies realised vol by 1.4" in out
    assert "±" in out


def test_help_names_every_scenario(run):
    _code, out, _err = run("simulate", "--help")
    assert not [name for name in SCENARIOS if name not in "".join(out.split())]


@pytest.mark.parametrize("name", ["hedged-book", "liquidation-cascade", "full-market"])
def test_every_scenario_runs(run, name):
    code, out, _err = run("simulate", name, "--paths", 50, "--set", "steps=30", "--json")
    assert code == 0
    assert json.loads(out)["metrics"]["realised_vol"]["value"] > 0.0


def test_figures_set_and_workers_reach_the_study(run):
    words = ("simulate", "hedged-book", "--set", "options=16", "--set", "theta=0.5", *QUICK)
    code, out, _err = run(*words, "--workers", 1, "--json")
    document = json.loads(out)
    assert code == 0
    assert document["parameters"]["theta"] == 0.5
    assert document["metrics"]["realised_vol_ratio"]["value"] == pytest.approx(1 / 1.5, rel=0.03)


def test_market_brings_the_book_of_its_dealers(run):
    words = ("simulate", "hedged-book", "--market", "sample:ETH", "--positioning", "dealer-short")
    code, out, _err = run(*words, *QUICK, "--json")
    book = json.loads(out)["book"]
    assert code == 0
    assert "ETH" in book["source"]
    assert book["gamma_usd_per_pct"] < 0.0


def test_prices_are_replayed(run, tmp_path):
    file = tmp_path / "minutes.csv"
    close = 100.0 * np.exp(np.cumsum(np.random.default_rng(0).normal(0.0, 1e-3, 50)))
    pl.DataFrame({"time": 1_700_000_000 + 60 * np.arange(50), "close": close}).write_csv(file)
    code, out, _err = run("simulate", "replay", "--prices", file, "--json")
    document = json.loads(out)
    assert code == 0
    assert (document["paths"], document["steps"], document["process"]) == (1, 49, "replay")
    assert document["metrics"]["realised_vol"]["standard_error"] is None
    assert document["fan"]["without_hedging"][3][-1] == pytest.approx(close[-1])


def test_out_writes_one_page(run, tmp_path):
    target = tmp_path / "page.html"
    code, out, err = run("simulate", "gamma-squeeze", *QUICK, "--json", "--out", target)
    assert code == 0
    assert json.loads(out)["scenario"] == "gamma-squeeze"
    assert str(target) in err
    assert target.read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("words", "hints"),
    [
        (("simulate", "nothing"), ("no scenario", "gamma-squeeze")),
        (("simulate", "gamma-squeeze", "--set", "theta"), ("--set", "key=value")),
        (("simulate", "gamma-squeeze", "--set", "gamma=1"), ("gamma", "theta")),
        (("simulate", "gamma-squeeze", "--set", "theta=x"), ("'x'", "--set theta")),
        (("simulate", "gamma-squeeze", "--set", "theta=nan"), ("not finite",)),
        (("simulate", "gamma-squeeze", "--paths", "0"), ("0 paths",)),
        (("simulate", "gamma-squeeze", "--paths", "x"), ("--paths",)),
        (("simulate", "gamma-squeeze", "--prices", "no.csv"), ("no.csv",)),
        (("simulate", "gamma-squeeze", "--market", "no.json"), ("no.json",)),
        (("simulate", "gamma-squeeze", "--positioning", "naive"), ("--market",)),
        (("simulate", "gamma-squeeze", *QUICK, "--out", "no/folder/x.html"), ("cannot write",)),
        (("simulate",), ("SCENARIO",)),
        (("validate", "newton"), ("no law", "constant-gamma")),
        (("validate", "constant-gamma", "--set", "alpha=1"), ("alpha", "theta")),
        (("validate", "constant-gamma", "--set", "theta=-3"), ("theta",)),
        (("validate", "constant-gamma", "--paths", "1"), ("1 paths",)),
    ],
)
def test_bad_input_is_one_line(run, words, hints):
    assert_one_line(*run(*words), *hints)


def test_validate_prints_one_row_per_figure(run):
    words = ("validate", "constant-gamma", "--set", "theta=-0.2", "--paths", 800, "--seed", 7)
    code, out, err = run(*words, "--json")
    (row,) = json.loads(out)
    assert (code, err) == (0, "")
    assert row["law"] == "constant-gamma"
    assert row["parameters"] == {"theta": -0.2, "vol": 0.6}
    assert row["expected"] == pytest.approx(0.75)
    assert row["passed"] is True
    assert 0.0 < row["standard_error"] < 0.01


def test_validate_for_the_eye(run):
    code, out, _err = run("validate", "constant-gamma", "--paths", 800)
    assert code == 0
    assert "3 of 3 figures" in out


def test_a_law_that_fails_is_exit_code_1(run, monkeypatch):
    monkeypatch.setattr(ConstantGamma, "expected", lambda _law: {"realised_vol": 0.1})
    code, out, _err = run("validate", "constant-gamma", "--paths", 50, "--json")
    assert code == 1
    assert [row["passed"] for row in json.loads(out)] == [False] * 3


class Terminal:
    """A stderr that somebody looks at."""

    def __init__(self, to):
        self.to = to

    def isatty(self):
        return True

    def __getattr__(self, name):
        return getattr(self.to, name)


def test_progress_is_shown_on_a_terminal_where_the_work_is_long(monkeypatch, capsys):
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    with module.Bar("work") as bar:
        bar.advance(0.5)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(module.sys, "stderr", Terminal(module.sys.stderr))
    with module.Bar("work") as bar:
        bar.advance(0.5)
        bar.at("other work", 0.75)
    out, err = capsys.readouterr()
    assert out == ""
    assert "work" in err
    monkeypatch.setattr(module, "PATIENCE", 1e9)
    with module.Bar("work") as bar:
        bar.advance(0.5)
    assert capsys.readouterr() == ("", "")


SWEEP = ("--sweep", "theta=-0.2,-0.4", "--set", "options=16", *QUICK)


def test_a_sweep_has_one_point_per_combination_on_the_same_shocks(run):
    code, out, _err = run("simulate", "hedged-book", *SWEEP, "--sweep", "depth=1e8,2e8", "--json")
    document = json.loads(out)
    assert code == 0
    assert document["axes"] == {"theta": [-0.2, -0.4], "depth_usd_per_pct": [1e8, 2e8]}
    assert [list(point["settings"].values()) for point in document["points"]] == [
        *([-0.2, 1e8], [-0.2, 2e8], [-0.4, 1e8], [-0.4, 2e8]),
    ]
    quiet = [p["metrics"]["realised_vol_without"]["value"] for p in document["points"]]
    assert len(set(quiet)) == 1
    for point in document["points"]:
        ratio = point["metrics"]["realised_vol_ratio"]["value"]
        assert ratio == pytest.approx(1 / (1 + point["theta"]), rel=0.03)


def test_a_scenario_file_is_a_scenario_and_flags_take_precedence(run, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(
        'scenario = "hedged-book"\nname = "mine"\n[set]\noptions = 16\nsteps = 60\ntheta = -0.2\n'
        "[run]\npaths = 150\nseed = 4\n"
    )
    code, out, _err = run("simulate", file, "--set", "theta=-0.5", "--json")
    document = json.loads(out)
    assert code == 0
    assert (document["paths"], document["seed"], document["steps"]) == (150, 4, 60)
    assert document["parameters"]["theta"] == -0.5
    code, out, _err = run("simulate", file, *SWEEP, "--out", tmp_path / "page.html")
    assert code == 0
    assert "× 1.2" in out
    assert "θ" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_what_is_kept_can_be_resumed_and_read(run, tmp_path):
    words = ("simulate", "hedged-book", *QUICK, "--runs", tmp_path, "--json")
    _code, plain, _err = run(*words[:-3], "--json")
    code, kept, _err = run(*words, "--keep")
    assert (code, kept) == (0, plain)
    (figures,) = tmp_path.rglob("*-figures.parquet")
    assert len(pl.read_parquet(figures)) == 200
    written = figures.stat().st_mtime_ns
    code, again, _err = run(*words, "--resume", "--keep")
    assert (code, again) == (0, plain)
    assert figures.stat().st_mtime_ns == written


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("hedged-book", "--sweep", "theta"), "write key=value,value,…"),
        (("hedged-book", "--sweep", "thta=1,2"), "did you mean theta?"),
        (("hedged-book", "--sweep", "theta=1,1"), "give different values"),
        (("hedged-book", "--sweep", "theta=a,b"), "not a number"),
        (("nowhere.toml",), "nowhere.toml"),
        (("hedged-book", "--workers", "0"), "0 workers"),
        (("hedged-book", "--cluster", "nowhere"), "--cluster"),
    ],
)
def test_bad_sweeps_files_and_workers_are_one_line(run, words, hint):
    code, out, err = run("simulate", *words)
    assert_one_line(code, out, err)
    assert hint in err
