"""`strategies` as a user meets it."""

import json

import pytest

from tests.cli.test_commands import assert_one_line

QUICK = ("--paths", 200, "--set", "steps=12", "--set", "options=16")


def test_it_prints_exactly_one_json_document(run):
    code, out, err = run("strategies", "desk", *QUICK, "--seed", 5, "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert (document["scenario"], document["paths"], document["steps"], document["seed"]) == (
        *("desk", 200, 12, 5),
    )
    names = [found["strategy"] for found in document["strategies"]]
    assert names == ["delta-only", "static-gamma", "rolling-gamma", "wings"]
    for found in document["strategies"]:
        assert set(found["metrics"]["es_usd"]) == {"value", "standard_error"}
        assert [gap["move"] for gap in found["gaps"]] == [-0.2, -0.1, 0.1, 0.2]
    assert document["verdict"]


def test_strategies_and_figures_reach_the_study(run):
    words = ("--strategy", "static-gamma:share=1", "--strategy", "wings:gap=0.3,width=0.2")
    code, out, _err = run("strategies", "desk", *QUICK, *words, "--set", "theta=-0.2", "--json")
    _plain, static, wings = json.loads(out)["strategies"]
    assert code == 0
    assert static["theta"] == pytest.approx(0.0, abs=1e-9)
    assert static["parameters"]["share"] == 1.0
    assert (wings["parameters"]["gap"], wings["parameters"]["width"]) == (0.3, 0.2)


def test_desk_is_the_scenario_unless_another_is_named(run):
    code, out, err = run("strategies", *QUICK)
    assert (code, err) == (0, "")
    assert "strategies desk" in out
    assert "±" in out


def test_out_writes_one_page(run, tmp_path):
    target = tmp_path / "page.html"
    code, out, err = run("strategies", "desk", *QUICK, "--json", "--out", target)
    assert code == 0
    assert json.loads(out)["scenario"] == "desk"
    assert "page written" in err
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--strategy", "butterfly"), "butterfly"),
        (("--strategy", "wings:width=0.5"), "width"),
        (("--strategy", "static-gamma:share=two"), "share"),
        (("--strategy", "rolling-gamma:every_days=20"), "every_days"),
        (("--paths", "5"), "paths"),
        (("--set", "theta=much"), "much"),
        (("--set", "gamma=1"), "gamma"),
        (("--workers", "0"), "--workers: 0 workers"),
        (("--strategy", "wings:tenor_days=0.01"), "wings are worth nothing"),
    ],
)
def test_bad_input_is_one_clear_line(run, words, said):
    code, out, err = run("strategies", "desk", *QUICK, *words)
    assert_one_line(code, out, err, said)


def test_a_scenario_without_hedgers_is_refused(run):
    code, _out, err = run("strategies", "liquidation-cascade", "--set", "theta=0", "--paths", 200)
    assert code == 2
    assert "hedges options" in err
