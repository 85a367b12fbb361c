"""`contagion` as a user meets it."""

import json

import pytest

from tests.architecture.tree import ROOT
from tests.cli.test_commands import assert_one_line

EXAMPLES = ROOT / "examples" / "networks"


def test_contagion_prints_exactly_one_json_document(run):
    code, out, err = run(
        "contagion", EXAMPLES / "defi-debts.json", "--external", "senior", "--json"
    )
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["convention"] == "senior"
    assert document["defaulted"][0] == "market maker"
    assert document["rounds"][0] == {"round": 1, "defaulted": ["market maker"]}


def test_the_worked_example_both_ways(run):
    file = EXAMPLES / "rogers-veraart.json"
    words = (
        "contagion",
        file,
        "--model",
        "rogers-veraart",
        "--alpha",
        0.5,
        "--beta",
        0.5,
        "--json",
    )
    assert json.loads(run(*words)[1])["payments"] == [2.0, 2.2]
    least = json.loads(run(*words, "--solution", "least")[1])
    assert least["payments"] == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("defi-debts.json",), "3 of 6 fail: market maker"),
        (("fire-sale.json",), "One round of deleveraging costs 2.85 % of all equity"),
        (("thresholds.json",), "Only who is above its leverage limit sells"),
        (("gamma.json",), "The loop is stable"),
        (("debts.toml", "--reconstruct", "minimum-density"), "matters most"),
        (("debts.toml", "--reconstruct", "maximum-entropy", "--default", "a"), "The shock spreads"),
        (("debts.toml", "--reconstruct", "maximum-entropy", "--shock", "a=0.2"), "The shock"),
    ],
)
def test_the_summary_says_what_happens(run, words, said):
    code, out, err = run("contagion", EXAMPLES / words[0], *words[1:])
    assert (code, err) == (0, "")
    assert said in " ".join(out.split())


def test_out_writes_a_page(run, tmp_path):
    target = tmp_path / "page.html"
    code, _out, err = run("contagion", EXAMPLES / "gamma.json", "--json", "--out", target)
    assert (code, err) == (0, f"page written to {target}\n")
    assert target.read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("{", ("--model", "furfine"), "not valid JSON"),
        ("[1]", ("--model", "furfine"), "is no table"),
        ("{}", ("--model", "furfine"), "liabilities"),
        ("{}", ("--model", "gamma"), "gamma"),
        ('{"gamma": 1, "impact": "deep"}', ("--model", "gamma"), "no number"),
        ('{"gamma": 1e400, "impact": 1}', ("--model", "gamma"), "gamma"),
        ('{"gamma": NaN, "impact": 1}', ("--model", "gamma"), "not valid JSON"),
        ("{}", (), "--model"),
        ("{}", ("--model", "debtrank", "--shock", "a"), "--shock"),
        ("{}", ("--model", "debtrank", "--shock", "a=much"), "--shock"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_two(run, tmp_path, text, words, said):
    file = tmp_path / "network.json"
    file.write_text(text)
    code, out, err = run("contagion", file, *words, "--json")
    assert_one_line(code, out, err, said)


def test_a_missing_file_is_one_line(run, tmp_path):
    code, out, err = run("contagion", tmp_path / "none.json", "--model", "furfine")
    assert_one_line(code, out, err, "no such file")
