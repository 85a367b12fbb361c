"""Protocols as holders: states in a file become quantities in a chain, hedged or not as their rules say."""

import json

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.data.inventory import read_inventory
from shortgamma.exposure.positioning import KnownInventory
from shortgamma.protocols import registry
from tests.exposure.builders import chain_of, series
from tests.protocols.invented import DESK

DAYS = 30.0


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    monkeypatch.setattr(registry, "MECHANISMS", {"desk": DESK})


def chain():
    """Put 90, call 100 and call 110, thirty days."""
    options = series([90.0, 100.0, 110.0], days=DAYS, vols=0.5, is_call=[False, True, True])
    return chain_of(options, [10.0, 10.0, 10.0])


def position(kind, strike, quantity, days=DAYS):
    return {"kind": kind, "strike": strike, "years": days / 365.0, "quantity": quantity}


def protocol(*positions, **more):
    return {"mechanism": "desk", "state": {"coins": 1, "positions": list(positions)}} | more


@pytest.fixture
def read(tmp_path):
    def call(document, name="held.json"):
        path = tmp_path / name
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return read_inventory(str(path), chain())

    return call


def test_positions_of_a_state_become_quantities(read):
    found = read(
        protocol(position("put", 90, -2.0), position("put", 90, -1.0), position("call", 110, 4.0))
    )
    assert found.holders == ("desk pool", "desk vault")
    assert found.holder_types == ("amm", "vault")
    np.testing.assert_array_equal(found.quantity, [[-3.0, 0.0, 0.0], [0.0, 0.0, 4.0]])
    assert found.failures == ()


def test_those_who_hedge_by_their_rules_count_as_hedgers(read):
    held = KnownInventory(
        read(protocol(position("put", 90, -2.0), position("call", 110, 4.0)))
    ).position(chain())
    assert held.dealer_names == ("desk pool",)
    np.testing.assert_array_equal(held.quantity, [-2.0, 0.0, 0.0])
    assert "rules of each protocol" in held.description


def test_several_protocols_stand_in_a_list_each_under_its_name(read):
    first = protocol(position("put", 90, -2.0), name="north")
    second = protocol(position("put", 90, -3.0), name="south")
    for document in ([first, second], {"protocols": [first, second]}):
        found = read(document)
        assert found.holders == ("north pool", "south pool")
        np.testing.assert_array_equal(found.quantity[:, 0], [-2.0, -3.0])


def test_toml_and_a_state_in_a_file_of_its_own(read, tmp_path):
    (tmp_path / "state.json").write_text(json.dumps(protocol(position("put", 90, -2.0))["state"]))
    found = read('[[protocols]]\nmechanism = "desk"\nstate = "state.json"\n', "held.toml")
    np.testing.assert_array_equal(found.quantity, [[-2.0, 0.0, 0.0]])


@pytest.mark.parametrize(
    ("days", "is_found"), [(30.0, True), (30.9, True), (29.1, True), (31.1, False), (28.9, False)]
)
def test_the_nearest_expiry_counts_within_a_day(read, days, is_found):
    found = read(protocol(position("put", 90, -2.0, days), position("call", 100, 1.0)))
    assert bool(found.quantity[0].any()) is is_found
    assert len(found.failures) == (0 if is_found else 1)


def test_a_day_is_too_much_for_an_option_that_ends_soon(tmp_path):
    options = series([90.0, 100.0], days=1.0, vols=0.5, is_call=[False, True])
    document = protocol(position("put", 90, -2.0, 0.5), position("call", 100, 1.0, 0.95))
    path = tmp_path / "held.json"
    path.write_text(json.dumps(document))
    found = read_inventory(str(path), chain_of(options, [1.0, 1.0]))
    np.testing.assert_array_equal(found.quantity, [[0.0, 0.0], [0.0, 1.0]])
    assert "0.5 days left: the nearest in the chain has 1" in found.failures[0].message


def test_what_is_not_listed_is_put_aside_and_named(read):
    found = read(
        protocol(
            position("put", 90, -2.0), position("call", 95, 1.0), position("spot", 0, 1.0, 0.0)
        )
    )
    assert [row.message for row in found.failures] == [
        "no call of strike 95 in the chain",
        "spot is no option",
    ]


BAD = {
    "strike": (protocol(position("call", 95, 1.0)), "none of its 1 holdings"),
    "nothing": (protocol(), "holds anything"),
    "mechanism": ({"mechanism": "dask", "state": {}}, "'mechanism': no mechanism is called 'dask'"),
    "no state": ({"mechanism": "desk"}, "'state': missing"),
    "no table": ({"mechanism": "desk", "state": 3}, "'state': 3 is not a table"),
    "key": (protocol(nome="x"), "'nome': there is no such key"),
    "field": ({"mechanism": "desk", "state": {"coin": 1}}, "'state.coin': there is no such key"),
    "paths": ({"mechanism": "desk", "state": {"coins": 1, "price": [1, 2]}}, "one path"),
    "second": ([protocol(), {"mechanism": "desk"}], "row 2, column 'state': missing"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_line(read, name):
    document, said = BAD[name]
    with pytest.raises(InputError, match=r"held\.json") as caught:
        read(document)
    assert said in str(caught.value)
