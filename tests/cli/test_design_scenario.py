"""`design SCENARIO` and `design --products` as a user meets them."""

import json

import pytest

from shortgamma.studies.products import study
from tests.cli.test_commands import assert_one_line

QUICK = ("--paths", "40", "--set", "steps=24", "--as-quoted", "--shocks", "calm")
PAIR = ("--design", "naive", "--design", "gamma-aware:charge=0.2")


def test_it_prints_exactly_one_json_document(run):
    code, out, err = run("design", "amm-naive", *QUICK, *PAIR, "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["scenario"] == "amm-naive"
    assert list(document["designs"]) == ["naive", "gamma-aware:charge=0.2"]
    for figures in document["designs"].values():
        assert figures["realised_vol_ratio"].keys() == {"value", "low", "high"}
    assert document["differences"]["lp_es_usd"].keys() == {"value", "low", "high"}
    assert document["verdict"].startswith("calm: gamma-aware:charge=0.2 against naive is ")
    assert document["compared"] == {"design": "gamma-aware:charge=0.2", "with": "naive"}
    assert document["fair_play"]["equal_volume"] is False
    assert document["paths"] == 40


def ratios(out):
    """Realised-vol ratio of every design."""
    designs = json.loads(out)["designs"].values()
    return [figures["realised_vol_ratio"]["value"] for figures in designs]


def test_the_same_seed_gives_the_same_figures(run):
    words = ("design", "amm-gamma-aware", *QUICK, *PAIR, "--seed", "3", "--json")
    first, other = (ratios(run(*words, "--workers", count)[1]) for count in "12")
    assert first == pytest.approx(other, rel=1e-12)
    assert first != pytest.approx(ratios(run(*words[:-2], "4", "--json")[1]), rel=1e-6)


def test_equal_volume_gives_other_spreads(run):
    quick = ("--paths", "40", "--set", "steps=48", "--shocks", "calm")
    fair = json.loads(run("design", "amm-naive", *quick, *PAIR, "--json")[1])
    part = fair["sets"]["calm"]["fair_play"]["gamma-aware:charge=0.2"]
    assert fair["fair_play"]["equal_volume"] is True
    assert part["spread_points"] != 1.5
    assert fair["fair_play"]["training_paths"] == 60


def test_the_terminal_tells_the_verdict(run):
    code, out, err = run("design", "amm-naive", *QUICK, *PAIR)
    text = " ".join(out.split())
    assert (code, err) == (0, "")
    assert "(judged) against naive (first)" in text
    assert "Every design quotes the half-spread that it comes with" in text
    assert max(map(len, out.splitlines())) <= 100


def test_out_writes_a_page(run, tmp_path):
    target = tmp_path / "page.html"
    code, _out, err = run("design", "amm-naive", *QUICK, *PAIR, "--out", target)
    assert code == 0
    assert err == f"page written to {target}\n"
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_sweep_compares_variants_with_naive(run):
    words = ("--sweep", "gamma-aware:charge=0,0.2", "--json")
    document = json.loads(run("design", "amm-naive", *QUICK, *words)[1])
    assert list(document["designs"]) == [
        "naive",
        "gamma-aware:charge=0",
        "gamma-aware:charge=0.2",
    ]
    assert document["compared"]["design"] == "gamma-aware:charge=0"


def test_a_search_judges_its_best(run):
    words = ("--optimise", "gamma-aware:charge=0.05..0.5", "--tries", "2", "--json")
    document = json.loads(run("design", "amm-naive", *QUICK, *words)[1])
    assert next(iter(document["designs"])) == "naive"
    assert "gamma-aware" in document["designs"]
    assert document["compared"]["design"].startswith("gamma-aware")


def test_a_file_is_a_scenario_and_its_figures_stand(run, tmp_path):
    (tmp_path / "mine.toml").write_text(
        'scenario = "amm-naive"\nname = "mine"\n[set]\nsteps = 24\nvol = 0.3\n'
    )
    quick = ("--paths", "40", "--as-quoted", "--shocks", "volatile")
    code, out, _err = run("design", tmp_path / "mine.toml", *quick, *PAIR, "--json")
    assert code == 0
    assert json.loads(out)["parameters"]["vol"] == 0.3


def test_a_chain_brings_the_book_that_the_pool_starts_with(run):
    words = ("--market", "sample:ETH", "--positioning", "dealer-short", "--json")
    with_book = run("design", "amm-naive", *QUICK, *PAIR, *words)
    assert with_book[0] == 0
    assert with_book[1] != run("design", "amm-naive", *QUICK, *PAIR, "--json")[1]


def test_products_are_compared(run):
    words = ("--products", "call-spread", "--paths", "100", "--hours-left", "24,1", "--json")
    code, out, err = run("design", *words)
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert [row["product"] for row in document["products"]] == ["vanilla", "call-spread"]
    assert [peak["hours_left"] for peak in document["products"][0]["peaks"]] == [24.0, 1.0]


def test_products_alone_are_all_of_them(run, monkeypatch):
    asked = {}

    def instead(question, **_given):
        asked["products"], asked["vol"] = question.products, question.vol
        raise KeyboardInterrupt

    monkeypatch.setattr(study, "products", instead)
    assert run("design", "--products", "--vol", "0.5")[0] == 1
    assert asked == {"products": (), "vol": 0.5}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "SCENARIO"),
        (("--design", "naive"), "nothing is asked"),
        (("amm-naive", "--products"), "SCENARIO and --products are given"),
        (("amm-naive", "--mechanism", "list"), "SCENARIO and --mechanism are given"),
        (("amm-naive", "--spot", "3"), "--spot: belongs to --products"),
        (("amm-naive", "--state", "x.json"), "--state: belongs to --mechanism"),
        (("--products", "--set", "vol=1"), "--set: belongs to SCENARIO"),
        (("--products", "--design", "naive"), "--design: belongs to SCENARIO"),
        (("--products", "vanila"), "'vanila'"),
        (("--products", "--hours-left", "soon"), "--hours-left: 'soon'"),
        (("amm-nave",), "'amm-nave'"),
        (("desk",), "'desk' is not one market with an option pool"),
        (("amm-naive", "--design", "naiv"), "'naiv'"),
        (("amm-naive", "--design", "naive"), "cannot be compared"),
        (("amm-naive", "--design", "naive", "--design", "naive"), "cannot be compared"),
        (("amm-naive", "--design", "naive:charge=1"), "no parameter 'charge'"),
        (("amm-naive", "--design", "gamma-aware:charge=much"), "'much' is not a number"),
        (("amm-naive", "--design", "gamma-aware:charge=-1"), "charge -1"),
        (("amm-naive", "--design", "gamma-aware:charge"), "'charge' has no value"),
        (("amm-naive", "--shocks", "calmer"), "'calmer'"),
        (("amm-naive", "--paths", "5"), "--paths: 5 paths"),
        (("amm-naive", "--seed", "-1"), "seed -1"),
        (("amm-naive", "--set", "vol"), "--set"),
        (("amm-naive", "--set", "vole=1"), "'vole'"),
        (("amm-naive", "--tries", "3"), "--tries: nothing is searched"),
        (("amm-naive", "--objective", "lp_es_usd"), "--objective: nothing is searched"),
        (("amm-naive", "--sweep", "naive:spread_points=1,2", "--optimise", "x:y=1..2"), "--sweep"),
        (("amm-naive", "--sweep", "naive"), "--sweep: 'naive'"),
        (("amm-naive", "--sweep", "naive:spread_points=a"), "'a' is not a number"),
        (("amm-naive", "--optimise", "gamma-aware"), "no parameter to search"),
        (("amm-naive", "--optimise", "gamma-aware:charge=1"), "--optimise: charge=1"),
        (("amm-naive", "--optimise", "gamma-aware:charge=2..1"), "charge from 2 to 1"),
        (("amm-naive", "--optimise", "gamma-aware:charge=0..1", "--tries", "1"), "--tries"),
        (("amm-naive", "--optimise", "gamma-aware:charge=0..1", "--objective", "wealth"), "wealth"),
        (("amm-naive", "--optimise", "gamma-aware:charge=0..1", *PAIR), "--design"),
        (("amm-naive", "--positioning", "naive"), "--market"),
        (("amm-naive", "--market", "none.csv"), "none.csv"),
        (("amm-naive", *QUICK, *PAIR, "--out", "/nowhere/x.html"), "cannot write"),
    ],
)
def test_bad_usage_is_one_line(run, given, said):
    assert_one_line(*run("design", *given), said)
