"""`contagion` as a question: every model from files and mappings, and bad input in one line."""

import json

import msgspec
import numpy as np
import pytest

import shortgamma as sg
from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.network import Network
from shortgamma.studies.contagion_question import MODELS
from tests.architecture.tree import ROOT

EXAMPLES = sorted((ROOT / "examples" / "networks").iterdir())
TOTALS = {"debts.toml": {"reconstruct": "maximum-entropy"}}
RING = {
    "names": ["a", "b", "c"],
    "liabilities": [[0, 4, 0], [0, 0, 3], [2, 0, 0]],
    "external_assets": [20, 20, 10],
    "external_liabilities": [17, 18, 8],
}
KEYS = {"model", "convention", "payments", "equity", "defaulted", "losses", "debtrank", "status"}


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_every_example_answers_with_all_keys_as_plain_json(file):
    document = sg.contagion(file, **TOTALS.get(file.name, {})).to_dict()
    assert set(document) >= KEYS
    assert json.loads(msgspec.json.encode(document)) == document


@pytest.mark.parametrize("model", ["eisenberg-noe", "rogers-veraart", "furfine", "debtrank"])
def test_one_network_serves_every_model_of_debts(model):
    answer = sg.contagion(RING, model=model)
    assert answer.question.model.value == model
    assert answer.to_dict()["defaulted"] == []


def test_the_three_forms_of_debts_are_the_same_network():
    tables = {"a": {"b": 4}, "b": {"c": 3}, "c": {"a": 2}}
    links = [
        {"from": "a", "to": "b", "amount": 3},
        {"from": "a", "to": "b", "amount": 1},
        {"from": "b", "to": "c", "amount": 3},
        {"from": "c", "to": "a", "amount": 2},
    ]
    poor = RING | {"external_assets": {"a": 14, "b": 18, "c": 10}}
    answers = [
        sg.contagion(poor | {"liabilities": form}, model="eisenberg-noe").to_dict()
        for form in (RING["liabilities"], tables, links)
    ]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["defaulted"] == ["a"]


def test_equity_stands_for_external_liabilities():
    """A has 20 + 2 − 4 − 17 = 1, b 20 + 4 − 3 − 18 = 3, c 10 + 3 − 2 − 8 = 3."""
    bare = {key: value for key, value in RING.items() if key != "external_liabilities"}
    here = sg.contagion(RING, model="eisenberg-noe").to_dict()
    there = sg.contagion(bare | {"equity": [1, 3, 3]}, model="eisenberg-noe").to_dict()
    assert here["equity"] == there["equity"] == [1.0, 3.0, 3.0]
    assert here["payments"] == there["payments"] == [21.0, 21.0, 10.0]


def test_equity_that_is_not_assets_less_debts_is_said():
    answer = sg.contagion(RING | {"equity": [9, 3, 3]}, model="debtrank", default="a")
    assert any("not assets less debts" in note for note in answer.notes)
    bare = {key: value for key, value in RING.items() if key != "external_liabilities"}
    with pytest.raises(InputError, match="more equity than assets"):
        sg.contagion(bare | {"equity": [99, 3, 3]}, model="eisenberg-noe")


def test_debtrank_of_all_nodes_and_of_one():
    every = sg.contagion(RING, model="debtrank", variant="2012").to_dict()
    one = sg.contagion(RING, model="debtrank", variant=2012, default="b").to_dict()
    assert every["debtrank"][1] == pytest.approx(one["debtrank"])
    part = sg.contagion(RING, model="debtrank", shock={"b": 0.5}).to_dict()
    assert part["initial_distress"] == [0.0, 0.5, 0.0]


def test_a_file_names_its_model_and_options_which_flags_override():
    file = ROOT / "examples" / "networks" / "rogers-veraart.json"
    assert sg.contagion(file).to_dict()["alpha"] == 0.5
    assert sg.contagion(file, alpha=0.25).to_dict()["alpha"] == 0.25
    assert sg.contagion(file, model="eisenberg-noe").to_dict()["alpha"] == 1.0


def test_the_symbols_of_the_paper_are_understood():
    words = {
        "A": [[100, 0], [0, 50]],
        "B": [[10, 0], [0, 10]],
        "M": [[0.6, 0.4], [0.2, 0.8]],
        "L": [[1e-4, 0], [0, 2e-4]],
        "F": [-0.05, 0],
    }
    found = sg.contagion(words, model="fire-sale").to_dict()
    assert found["aggregate_vulnerability"] == pytest.approx(0.0285267, abs=5e-8)
    np.testing.assert_allclose(found["contributions"], [0.02332, 0.0052067], atol=5e-8)


def test_scalars_make_a_gamma_loop_and_an_unstable_one_has_no_number():
    stable = sg.contagion({"gamma": 0.5, "impact": 1.2}, model="gamma").to_dict()
    assert stable["loop_gain"] == pytest.approx(0.6)
    assert stable["amplification"] == pytest.approx(2.5)
    wild = sg.contagion({"gamma": 0.5, "impact": 2.0}, model="gamma").to_dict()
    assert (wild["amplification"], wild["status"]) == (None, "unstable")


def test_reconstruction_says_that_it_was_one():
    answer = sg.contagion(EXAMPLES[0], reconstruct="minimum-density")
    assert any("filled in by minimum-density" in note for note in answer.notes)
    with pytest.raises(InputError, match="only totals are known"):
        sg.contagion(EXAMPLES[0])


def test_debts_at_hand_are_taken_and_other_models_need_their_own_input():
    network = Network(names=("a", "b"), liabilities=[[0, 2], [0, 0]], external_assets=[1, 1])
    assert sg.contagion(network, model="eisenberg-noe").failed == ("a",)
    with pytest.raises(InputError, match="a network of debts"):
        sg.contagion(network, model="gamma")


@pytest.mark.parametrize("model", MODELS)
def test_an_option_of_another_model_is_refused(model):
    odd = next(name for name in ("alpha", "default", "external") if name not in MODELS[model])
    with pytest.raises(InputError, match=f"--{odd}: does not belong to {model}"):
        sg.contagion(RING, model=model, **{odd: "a"})


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        ({}, {}, "--model"),
        ({}, {"model": "nothing"}, "--model"),
        ({}, {"model": "furfine", "colour": "red"}, "there is no 'colour'"),
        ({}, {"model": "furfine", "default": "z"}, "there is no node 'z'"),
        ({}, {"model": "debtrank", "shock": {"a": 2.0}}, "--shock"),
        ({}, {"model": "debtrank", "variant": "2013"}, "--variant"),
        ({}, {"model": "fire-sale"}, "'weights': missing"),
        ({"liabilities": [[0, 1], [0, 0]]}, {"model": "eisenberg-noe"}, "expected 3 × 3"),
        ({"liabilities": [[0, 1, 2]]}, {"model": "eisenberg-noe"}, "square"),
        ({"liabilities": [[0, 1], [0]]}, {"model": "eisenberg-noe"}, "rows differ in length"),
        ({"liabilities": [[0, -1, 0], [0] * 3, [0] * 3]}, {"model": "furfine"}, "-1 of 'a'"),
        ({"liabilities": [[1, 0, 0], [0] * 3, [0] * 3]}, {"model": "furfine"}, "owes itself"),
        ({"liabilities": [[0, "x", 0], [0] * 3, [0] * 3]}, {"model": "furfine"}, "no number"),
        ({"external_assets": [1, 2]}, {"model": "eisenberg-noe"}, "2 figures for 3 names"),
        ({"external_assets": [1, 2, None]}, {"model": "eisenberg-noe"}, "no number"),
        ({"external_assets": [1, 2, float("inf")]}, {"model": "eisenberg-noe"}, "inf of 'c'"),
        ({"external_assets": {"z": 1}}, {"model": "eisenberg-noe"}, "there is no 'z'"),
        ({"names": ["a", "a", "b"]}, {"model": "eisenberg-noe"}, "stands twice"),
        ({"name": []}, {"model": "eisenberg-noe"}, "did you mean names"),
    ],
)
def test_bad_input_is_one_line_that_names_it(change, options, words):
    with pytest.raises(InputError) as caught:
        sg.contagion(RING | change, **options)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
