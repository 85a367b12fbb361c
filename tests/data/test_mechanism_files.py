"""States and events of mechanisms: every form of file, exact numbers, one clear line for what is bad."""

import json
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.data.annotated import Place, value_of
from shortgamma.data.mechanism_files import events_from, read_events, read_state, state_from
from shortgamma.protocols.mechanism import as_plain
from tests.protocols.invented import DESK, Desk, Divide, Fees, Move, Position, Sell, Take

FULL = {
    "coins": 10**30 + 1,
    "price": [100.0, 101.5],
    "fees": {"share": 0.02, "is_capped": False},
    "positions": [{"kind": "call", "strike": 120, "years": 0.1, "quantity": -3.5}],
    "shares": {"ann": 10**18, "bob": 1},
    "limit": None,
}


@pytest.fixture
def write(tmp_path):
    def make(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return make


def test_every_kind_of_field_arrives(write):
    found = read_state(write("state.json", json.dumps(FULL)), DESK)
    assert found.coins == 10**30 + 1
    assert found.price.tolist() == [100.0, 101.5]
    assert found.fees == Fees(share=0.02, is_capped=False)
    assert found.positions == (Position(kind="call", strike=120.0, years=0.1, quantity=-3.5),)
    assert found.shares == {"ann": 10**18, "bob": 1}
    assert found.limit is None


def test_what_was_printed_can_be_read_again(write):
    first = read_state(write("state.json", json.dumps(FULL)), DESK)
    again = read_state(write("again.json", json.dumps(as_plain(first))), DESK)
    assert as_plain(again) == as_plain(first)


def test_toml_says_the_same(write):
    text = (
        'coins = "1000000000000000000000000000001"\nprice = [100.0, 101.5]\n'
        "[fees]\nshare = 0.02\nis_capped = false\n"
        '[[positions]]\nkind = "call"\nstrike = 120\nyears = 0.1\nquantity = -3.5\n'
        "[shares]\nann = 1000000000000000000\nbob = 1\n"
    )
    found = as_plain(read_state(write("state.toml", text), DESK))
    assert found == as_plain(read_state(write("state.json", json.dumps(FULL)), DESK))


def test_absent_fields_take_their_defaults():
    assert as_plain(state_from({"coins": 1}, DESK, place="state")) == as_plain(Desk(coins=1))


@given(st.integers(-(10**80), 10**80), st.sampled_from([int, str]))
def test_whole_numbers_are_exact(number, form):
    text = json.dumps({"coins": form(number)})
    assert value_of(int, json.loads(text)["coins"], Place(file="x")) == number


@given(st.floats(-1e307, 1e307), st.sampled_from([float, repr]))
def test_floats_are_the_nearest_ones(number, form):
    assert value_of(float, form(number), Place(file="x")) == number


def test_a_whole_number_may_be_written_with_an_exponent(write):
    assert read_state(write("state.json", '{"coins": 1.5e18}'), DESK).coins == 15 * 10**17


EVENTS = [
    {"event": "take", "coins": 10**20, "to": "ann"},
    {"event": "move", "by": 0.1},
    {"event": "sell", "position": {"kind": "put", "strike": 90, "years": 0.1, "quantity": 1}},
]
WANTED = (
    Take(coins=10**20, to="ann"),
    Sell(position=Position(kind="put", strike=90.0, years=0.1, quantity=1.0)),
)
POSITION = '"{""kind"":""put"",""strike"":90,""years"":0.1,""quantity"":1}"'
FORMS = {
    "list.json": json.dumps(EVENTS),
    "lines.jsonl": "\n".join(map(json.dumps, EVENTS)) + "\n",
    "lines.json": "\n\n".join(map(json.dumps, EVENTS)),
    "table.csv": "event,coins,to,by,position\n"
    f"take,100000000000000000000,ann,,\nmove,,,0.1,\n\nsell,,,,{POSITION}\n",
}


@pytest.mark.parametrize("name", FORMS)
def test_events_are_the_same_in_every_form(write, name):
    first, second, third = read_events(write(name, FORMS[name]), DESK)
    assert (first, third) == WANTED
    assert isinstance(second, Move)
    assert second.by == 0.1


def test_lists_per_path_stand_in_cells_of_a_csv(write):
    (event,) = read_events(write("events.csv", 'event,by\nmove,"[0.1, -0.2]"\n'), DESK)
    assert event.by.tolist() == [0.1, -0.2]


def test_events_already_made_stay_as_they_are():
    event = Divide(by=2.0)
    assert events_from([event], DESK, place="events")[0] is event


BAD_STATES = {
    '{"coin": 1}': ("column 'coin'", "did you mean coins?"),
    "{}": ("column 'coins'", "missing"),
    '{"coins": 1.5}': ("column 'coins'", "whole number"),
    '{"coins": true}': ("column 'coins'", "whole number"),
    '{"coins": "many"}': ("column 'coins'", "'many'"),
    '{"coins": 1e999}': ("column 'coins'", "too many digits"),
    '{"coins": 1, "price": NaN}': ("column 'price'", "not finite"),
    '{"coins": 1, "price": "inf"}': ("column 'price'", "not finite"),
    '{"coins": 1, "price": [1, "x"]}': ("column 'price[1]'", "'x'"),
    '{"coins": 1, "price": []}': ("column 'price'", "one number per path"),
    '{"coins": 1, "price": {"a": 1}}': ("column 'price'", "a number"),
    '{"coins": 1, "fees": {"share": 1, "is_capped": 1}}': ("'fees.is_capped'", "true or false"),
    '{"coins": 1, "fees": {}}': ("column 'fees.share'", "missing"),
    '{"coins": 1, "fees": 3}': ("column 'fees'", "table"),
    '{"coins": 1, "positions": {}}': ("column 'positions'", "a list"),
    '{"coins": 1, "positions": [{"kind": 1}]}': ("column 'positions[0].strike'", "missing"),
    '{"coins": 1, "shares": {"ann": 0.5}}': ("column 'shares.ann'", "whole number"),
    '{"coins": 1, "coins": 2}': ("state.json", "stands twice"),
    '{"coins": 1': ("state.json", "line 1"),
    '{"coins": ' + "9" * 5000 + "}": ("state.json", "not valid JSON"),
    '{"a":' * 100_000: ("state.json", "nested too deeply"),
    "[]": ("state.json", "no JSON object"),
    " ": ("state.json", "empty"),
}


@pytest.mark.parametrize("text", BAD_STATES, ids=lambda text: text[:40])
def test_a_bad_state_is_one_line_with_its_place(write, text):
    with pytest.raises(InputError) as caught:
        read_state(write("state.json", text), DESK)
    line = str(caught.value)
    assert "state.json" in line
    assert "\n" not in line
    assert len(line) < 600
    assert " — " in line
    for part in BAD_STATES[text]:
        assert part in line


BAD_EVENTS = {
    '[{"event": "mov", "by": 1}]': ("row 1", "column 'event'", "'mov'", "did you mean move?"),
    '[{"by": 1}]': ("row 1", "column 'event'", "missing"),
    '[{"event": 7}]': ("row 1", "column 'event'", "7"),
    '[{"event": "take", "coins": 1}, {"event": "take", "coin": 1}]': ("row 2", "'coin'", "coins?"),
    '[{"event": "take", "coins": 1}, 3]': ("row 2", "3"),
    '[{"event": "move", "by": [1, 2]}, {"event": "move", "by": [1]}]': (
        "row 2",
        "'by'",
        "by has 2",
    ),
    '[{"event": "sell", "position": "{"}]': ("row 1", "column 'position'", "JSON"),
}


@pytest.mark.parametrize("text", BAD_EVENTS, ids=lambda text: text[:40])
def test_a_bad_event_is_one_line_with_its_number(write, text):
    with pytest.raises(InputError) as caught:
        read_events(write("events.json", text), DESK)
    for part in ("events.json", *BAD_EVENTS[text]):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("events.csv", "event,coins\ntake,1,2\n", "row 1: has 3 cells"),
        ("events.csv", "event,coins,coins\ntake,1,2\n", "'coins': stands twice"),
        ("events.csv", "event,size\ntake,1\n", "column 'size'"),
        ("events.csv", "event,coins\ntake,\n", "column 'coins': missing"),
        ("events.toml", "event = 1\n", "is TOML"),
        ("state.toml", "coins = \n", "is not TOML"),
    ],
)
def test_a_bad_table_is_one_line(write, name, text, said):
    read = read_state if name.startswith("state") else read_events
    with pytest.raises(InputError, match=name) as caught:
        read(write(name, text), DESK)
    assert said in str(caught.value)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_state(tmp_path / "none.json", DESK)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["coins", "price", "fees", "share", "x"]), inner)
        ),
        max_leaves=8,
    )
)
def test_whatever_stands_there_is_read_or_refused(document):
    """Nothing but an InputError may come out."""
    with suppress(InputError):
        state_from({"coins": document, "price": document, "fees": document}, DESK, place="state")
    with suppress(InputError):
        events_from([document], DESK, place="events")


def test_arrays_of_python_are_read():
    assert state_from({"coins": 1, "price": np.array([1.0, 2.0])}, DESK, place="s").price.shape == (
        2,
    )
