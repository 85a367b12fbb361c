"""`design` as a user meets it."""

import json

import pytest

from shortgamma.protocols import registry
from shortgamma.studies import mechanism as study
from tests.cli.test_commands import assert_one_line
from tests.protocols.invented import DESK

STATE = '{"coins": "1000000000000000000000", "price": [100, 101]}'
EVENTS = 'event,coins,by\ntake,999999999999999999999,\ntake,5,\nmove,,0.1\nmove,,"[0.1, -0.1]"\n'


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    monkeypatch.setattr(registry, "MECHANISMS", {"desk": DESK})
    monkeypatch.setattr(study, "MECHANISMS", {"desk": DESK})


@pytest.fixture
def words(tmp_path):
    (tmp_path / "state.json").write_text(STATE)
    (tmp_path / "events.csv").write_text(EVENTS)
    files = ("--state", tmp_path / "state.json", "--events", tmp_path / "events.csv")
    return ("design", "--mechanism", "desk", *files)


def test_it_prints_exactly_one_json_document(run, words):
    code, out, err = run(*words, "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["mechanism"] == "desk"
    assert document["initial"]["coins"] == 10**21
    assert [state["coins"] for state in document["states"]] == [1, 1, 1, 1]
    assert document["outcomes"][1] == {"refused": "not enough coins"}
    assert document["states"][3]["price"] == pytest.approx([122.1402758, 101.0])
    assert document["paths"] == 2


def test_the_table_says_what_happened_and_who_hedges(run, words):
    code, out, err = run(*words)
    assert (code, err) == (0, "")
    text = " ".join(out.split())
    assert "An invented desk: 4 events, 1 of them refused" in text
    assert "refused: not enough coins" in text
    assert "Nobody hedges." in text
    assert "Not verified" in text
    assert "It is invented." in text
    assert max(map(len, out.splitlines())) <= 100


def test_out_writes_a_page(run, words, tmp_path):
    target = tmp_path / "page.html"
    code, out, err = run(*words, "--json", "--out", target)
    assert code == 0
    assert json.loads(out)["mechanism"] == "desk"
    assert err == f"page written to {target}\n"
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_without_events_the_state_is_checked_and_shown(run, words):
    code, out, _err = run(*words[:5], "--json")
    document = json.loads(out)
    assert (code, document["states"], document["outcomes"]) == (0, [], [])


def test_the_list_names_every_mechanism(run):
    code, out, err = run("design", "--mechanism", "list", "--json")
    assert (code, err) == (0, "")
    (row,) = json.loads(out)["mechanisms"]
    assert row["mechanism"] == "desk"
    assert row["events"]["take"] == ["coins", "to"]
    code, out, _err = run("design", "--mechanism", "list")
    assert code == 0
    assert "desk" in out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "--mechanism"),
        (("--state", "x.json"), "--mechanism"),
        (("--mechanism", "dask"), "'dask'"),
        (("--mechanism", "desk"), "--state"),
        (("--mechanism", "desk", "--state", "none.json"), "none.json: no such file"),
        (("--mechanism", "list", "--state", "x.json"), "--state"),
    ],
)
def test_bad_usage_is_one_line(run, given, said):
    assert_one_line(*run("design", *given), said)


def test_a_bad_event_is_one_line_with_its_number(run, words, tmp_path):
    (tmp_path / "events.csv").write_text("event,coins\ntake,1\ntake,much\n")
    assert_one_line(*run(*words), "row 2, column 'coins': 'much' is not a whole number")
