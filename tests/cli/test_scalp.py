"""`scalp` as a user meets it."""

import json

import pytest

from tests.cli.test_commands import assert_one_line

QUICK = ("--paths", 120, "--set", "steps=24", "--set", "options=16")
FAST = ("--hf", "--paths", 40, "--set", "steps=60")


def test_it_prints_exactly_one_json_document(run):
    code, out, err = run("scalp", "desk", *QUICK, "--seed", 5, "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert (document["scenario"], document["paths"], document["steps"], document["seed"]) == (
        *("desk", 120, 24, 5),
    )
    long, short = (document["sides"][side] for side in ("long", "short"))
    assert long["parts"]["theta_usd"]["value"] < 0.0 < short["parts"]["theta_usd"]["value"]
    assert long["binding"] == short["binding"] == "fee"
    for side in (long, short):
        assert set(side["pnl"]) == {"value", "standard_error"}
        assert len(side["against_vol"]) == 8
    assert document["identity"]["correlation"] > 0.9


def test_figures_reach_the_study_and_desk_is_the_scenario_unless_another_is_named(run):
    code, out, _err = run("scalp", *QUICK, "--set", "taker_fee=0", "--set", "lot=0.5", "--json")
    document = json.loads(out)
    assert (code, document["scenario"]) == (0, "desk")
    names = {one["name"] for one in document["sides"]["long"]["constraints"]}
    assert "lot" in names
    assert "fee" not in names


def test_a_summary_names_break_evens_and_what_binds(run):
    code, out, err = run("scalp", *QUICK)
    assert (code, err) == (0, "")
    for words in ("scalp desk", "Break-even vol", "what binds is the fee", "Where scalping stops"):
        assert words in out


def test_a_book_of_ones_own_is_taken_on_both_sides(run, tmp_path):
    book = tmp_path / "mine.csv"
    book.write_text(
        "kind,quantity,strike,years,forward,vol,spot\ncall,-10,100,0.1,100,0.8,100\n", "utf-8"
    )
    words = ("--paths", 60, "--set", "steps=12", "--book", book, "--json")
    code, out, _err = run("scalp", *words)
    document = json.loads(out)
    assert code == 0
    assert document["implied_vol"] == pytest.approx(0.8)
    assert document["sides"]["long"]["parts"]["gamma_usd"]["value"] > 0.0
    assert document["sides"]["short"]["parts"]["gamma_usd"]["value"] < 0.0


def test_seconds_are_a_table_of_sixteen_ways(run):
    code, out, err = run("scalp", *FAST, "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert (document["scenario"], len(document["table"])) == ("scalper", 16)
    assert len(document["maker_less_taker"]) == 8


def test_seconds_for_the_eye(run):
    code, out, _err = run("scalp", *FAST)
    assert code == 0
    # A narrow terminal breaks the cells of a table.
    flowing = "".join(out.split())
    for words in ("scalp scalper", "Maker less taker", "5 s late"):
        assert "".join(words.split()) in flowing


@pytest.mark.parametrize("words", [QUICK, FAST], ids=["hours", "seconds"])
def test_out_writes_one_page(run, tmp_path, words):
    target = tmp_path / "page.html"
    code, out, err = run("scalp", *words, "--json", "--out", target)
    assert code == 0
    assert json.loads(out)["method"]
    assert "page written" in err
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nope",), "no scenario"),
        (("--set", "taker=x"), "taker"),
        (("--set", "fee"), "key=value"),
        (("--paths", "0"), "paths"),
        (("--seed", "-1"), "seed"),
        (("replay",), "desk"),
        (("--hf", "desk"), "step_seconds=1"),
        (("--book", "missing.csv"), "missing.csv"),
        (("--prices", "missing.csv"), "missing.csv"),
        (("--set", "theta=0"), "gamma"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(run, words, said):
    assert_one_line(*run("scalp", *words), said)
