"""A mechanism taken through events: what the answer says, and where an error is said to be."""

import json

import msgspec
import numpy as np
import pytest

import shortgamma as sg
from shortgamma.basics.errors import InputError
from shortgamma.studies.mechanism import mechanism
from tests.protocols.invented import DESK, Desk, Move, Take

EVENTS = [
    {"event": "take", "coins": 10**30},
    {"event": "take", "coins": 10**31},
    {"event": "move", "by": 0.0},
    {"event": "take", "coins": "2"},
]


@pytest.fixture(scope="module")
def taken():
    return mechanism(DESK, state={"coins": 3 * 10**30}, events=EVENTS)


def test_the_document_has_what_the_contract_of_the_command_names(taken):
    document = json.loads(msgspec.json.encode(taken.to_dict()))
    assert set(document) >= {"mechanism", "origin", "initial", "states", "outcomes", "events"}
    assert set(document["origin"]) == {"source", "effective", "verified", "doubts"}
    assert document["origin"]["verified"] is False
    assert len(document["states"]) == len(document["outcomes"]) == len(document["events"]) == 4
    assert document["events"][0] == {"event": "take", "coins": 10**30, "to": "nobody"}
    assert document["initial"]["coins"] == 3 * 10**30


def test_whole_numbers_stay_exact_and_a_refused_event_changes_nothing(taken):
    document = json.loads(msgspec.json.encode(taken.to_dict()))
    coins = [state["coins"] for state in document["states"]]
    assert coins == [2 * 10**30, 2 * 10**30, 2 * 10**30, 2 * 10**30 - 2]
    assert document["outcomes"][1] == {"refused": "not enough coins"}
    assert (document["refused"], taken.refused) == (1, 1)


def test_mappings_events_and_files_give_the_same_answer(taken, tmp_path):
    (tmp_path / "state.toml").write_text(f"coins = {3 * 10**30}\n")
    (tmp_path / "events.jsonl").write_text("\n".join(map(json.dumps, EVENTS)))
    files = mechanism(DESK, state=tmp_path / "state.toml", events=str(tmp_path / "events.jsonl"))
    made = [Take(coins=10**30), Take(coins=10**31), Move(by=0.0), Take(coins=2)]
    objects = mechanism(DESK, state=Desk(coins=3 * 10**30), events=made)
    assert files.to_dict() == objects.to_dict() == taken.to_dict()


def test_movements_are_means_and_ranges_over_paths():
    state = {"coins": 5, "price": [100.0, 200.0]}
    ran = mechanism(DESK, state=state, events=[{"event": "move", "by": [np.log(2.0), 0.0]}])
    assert ran.paths == 2
    price = {found.name: found for found in ran.movements}["price"]
    assert price.mean.tolist() == pytest.approx([150.0, 200.0])
    assert price.low.tolist() == pytest.approx([100.0, 200.0])
    assert price.high.tolist() == [200.0, 200.0]
    assert {found.name for found in ran.movements if found.moves} == {"price"}
    assert "fees.is_capped" not in {found.name for found in ran.movements}


def test_items_that_appear_later_have_no_number_before():
    sold = {"kind": "put", "strike": 90, "years": 0.1, "quantity": 1}
    ran = mechanism(DESK, state={"coins": 5}, events=[{"event": "sell", "position": sold}])
    strike = {found.name: found for found in ran.movements}["positions[0].strike"]
    assert np.isnan(strike.mean[0])
    assert strike.mean[1] == 90.0
    assert strike.moves


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([{"event": "take", "coins": -1}], "events, row 1, column 'coins': -1 coins — take some"),
        ([{"event": "take", "coins": 1}, {"event": "divide", "by": 0}], "events, row 2: cannot be"),
        ([{"event": "move", "by": 1e6}], "events, row 1: cannot be calculated: overflow"),
        (
            [{"event": "move", "by": [1, 2, 3]}],
            "events, row 1, column 'by': has 3 numbers, price has 2",
        ),
    ],
)
def test_an_event_that_cannot_be_calculated_is_named(events, said):
    with pytest.raises(InputError) as caught:
        mechanism(DESK, state={"coins": 5, "price": [1.0, 2.0]}, events=events)
    assert said in str(caught.value)


def test_a_state_of_another_kind_is_refused():
    with pytest.raises(InputError, match="is no state of desk"):
        mechanism(DESK, state=3.5)


def test_every_mechanism_is_listed_with_its_fields():
    listed = sg.mechanisms().to_dict()["mechanisms"]
    names = [row["mechanism"] for row in listed]
    assert names == sorted(names)
    for row in listed:
        assert row["state"]
        assert row["events"]
        assert set(row["origin"]) == {"source", "effective", "verified", "doubts"}


def test_an_unknown_name_is_one_line():
    with pytest.raises(InputError, match="no mechanism is called 'leera'"):
        sg.mechanism("leera", state={})
