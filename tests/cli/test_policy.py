"""`policy` as a user meets it."""

import json

import numpy as np
import polars as pl
import pytest

from tests.cli.test_commands import assert_one_line

QUICK = ("--paths", 40, "--set", "steps=72", "--thresholds", "4,12,36", "--intervals", "3600,21600")
POINT = {"policy", "parameter", "cost", "std", "es", "trades"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("policy")
    close = 40_000.0 * np.exp(np.cumsum(np.random.default_rng(1).normal(0.0, 5e-3, 400)))
    times = 1_600_000_000 + 3_600 * np.arange(400)
    pl.DataFrame({"time": times, "close": close}).write_csv(made / "hours.csv")
    pl.DataFrame({"time": times[:100], "close": close[:100]}).write_csv(made / "few.csv")
    (made / "coins.csv").write_text("quantity,kind,spot\n2,spot,90000\n")
    (made / "options.csv").write_text(
        "quantity,kind,strike,years,forward,vol,spot\n-50,call,90000,0.1,90000,0.6,90000\n"
        "-50,put,85000,0.1,90000,0.6,90000\n"
    )
    return made


def test_policy_prints_exactly_one_json_document(run):
    code, out, err = run("policy", *QUICK, "--no-curve", "--seed", 4, "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert {"frontier", "best", "attribution"} <= set(document)
    assert all(set(point) >= POINT for point in document["frontier"])
    assert (document["paths"], document["steps"], document["seed"]) == (40, 72, 4)
    named = {point["set"]: point for point in document["frontier"]}
    assert named["none"]["trades"] == 0.0
    assert named["continuous"]["trades"] == pytest.approx(72.0)
    assert document["best"]["set"] in named
    assert document["cost_against_vol"] == []


def test_the_attribution_sums_to_the_result(run):
    _code, out, _err = run("policy", *QUICK, "--no-curve", "--json")
    document = json.loads(out)
    parts = [part["value"] for part in document["attribution"]["parts"].values()]
    total = document["attribution"]["pnl"]["value"]
    assert sum(parts) == pytest.approx(total, abs=1e-9 * max(map(abs, parts)))
    for point in document["frontier"]:
        amounts = list(point["attribution"].values())
        assert sum(amounts) == pytest.approx(point["pnl"], abs=1e-9 * max(map(abs, amounts)))


def test_costs_are_followed_over_volatility(run):
    _code, out, _err = run("policy", *QUICK, "--json")
    curves = json.loads(out)["cost_against_vol"]
    assert curves
    for curve in curves:
        vol, cost = np.array(curve["vol"]), np.array(curve["cost"])
        assert (np.diff(vol) > 0.0).all()
        slope = np.polyfit(np.log(vol), np.log(cost), 1)[0]
        assert curve["law"]["power"] == pytest.approx(slope, rel=1e-6)


def test_prices_are_drawn_from_and_replayed(run, folder):
    words = ("policy", *QUICK, "--no-curve", "--prices", folder / "hours.csv", "--json")
    code, out, _err = run(*words)
    document = json.loads(out)
    assert code == 0
    again = document["replayed"]
    assert document["process"] == "bootstrap"
    assert again["process"] == "windows"
    assert [point["set"] for point in again["frontier"]] == [p["set"] for p in document["frontier"]]
    # 400 closes are 399 moves; windows of 72 hours begin every 24 hours
    assert again["paths"] == (399 - 72) // 24 + 1


def test_a_book_of_ones_own_is_hedged(run, folder):
    words = ("policy", *QUICK, "--no-curve", "--book", folder / "options.csv", "--json")
    code, out, _err = run(*words)
    book = json.loads(out)["book"]
    assert code == 0
    assert book["options"] == 2
    assert book["gamma_usd_per_pct"] < 0.0


def test_summary_for_the_eye_and_a_page(run, tmp_path):
    target = tmp_path / "page.html"
    code, out, err = run("policy", *QUICK, "--out", target)
    assert code == 0
    assert "re-hedge" in out.lower()
    assert "90 % interval" in out
    assert str(target) in err
    assert target.read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("words", "hints"),
    [
        (("nothing",), ("no scenario", "desk")),
        (("replay",), ("single path", "--prices")),
        (("--thresholds", "-1"), ("thresholds", "0 to 200")),
        (("--thresholds", "-1,2"), ("thresholds", "-1", "positive")),
        (("--thresholds", "500"), ("500 thresholds", "200")),
        (("--thresholds", "wide"), ("--thresholds", "'wide'")),
        (("--thresholds", "5,wide"), ("--thresholds", "'5,wide'")),
        (("--thresholds", "nan,2"), ("thresholds", "nan")),
        (("--thresholds", "1e400,2"), ("thresholds", "inf")),
        (("--intervals", "0.0,60"), ("intervals", "0", "positive")),
        (("--intervals", "hourly"), ("--intervals", "'hourly'")),
        (("--risk-aversion", "0"), ("risk_aversion is 0", "positive")),
        (("--risk-aversion", "-1"), ("risk_aversion is -1",)),
        (("--risk-aversion", "nan"), ("risk_aversion",)),
        (("--risk-aversion", "much"), ("--risk-aversion",)),
        (("--book", "no.csv"), ("no.csv", "no such file")),
        (("--prices", "no.csv"), ("no.csv",)),
        (("--positioning", "naive"), ("--market",)),
        (("--paths", "0"), ("0 paths",)),
        (("--set", "theta=0"), ("no gamma",)),
        (("--set", "slippage=-1"), ("slippage", "-1")),
        (("--set", "execution=fast"), ("taker or maker",)),
        (("--set", "policy=sometimes"), ("'sometimes'", "band")),
        ((*QUICK, "--no-curve", "--out", "no/folder/x.html"), ("cannot write",)),
    ],
)
def test_bad_input_is_one_line(run, words, hints):
    assert_one_line(*run("policy", *words), *hints)


def test_a_book_without_options_is_one_line(run, folder):
    assert_one_line(*run("policy", "--book", folder / "coins.csv"), "coins.csv", "no options")


def test_prices_too_short_for_a_window_are_one_line(run, folder):
    words = ("policy", "--paths", 20, "--no-curve", "--prices", folder / "few.csv")
    assert_one_line(*run(*words), "99 moves", "720 steps", "longer history")
