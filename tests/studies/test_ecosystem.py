"""The study of an ecosystem agrees with its parts, and its JSON has no figure where there is none."""

import json

import numpy as np
import pytest

import shortgamma as sg
from shortgamma.risk.contagion.cascade import cascade
from shortgamma.risk.contagion.gamma_loop import loop_answer
from shortgamma.studies.ecosystem import OUTCOMES, PARTS, ecosystem
from tests.risk.contagion.ecosystems import alone


@pytest.fixture(scope="module")
def bundled():
    return ecosystem("defi-2025")


def test_the_study_is_the_cascade_of_the_network(bundled):
    system = bundled.system
    again, told = cascade(system, system.move), bundled.to_dict()
    assert told["model"] == "ecosystem"
    assert told["loop_gain"] == loop_answer(system.loop).loop_gain
    assert told["amplification"] == pytest.approx(1.0 / (1.0 - told["loop_gain"]))
    assert told["defaulted"] == list(again.failed)
    assert told["first"] == told["defaulted"][0]
    np.testing.assert_allclose(told["losses"], again.outcome.losses)
    assert told["losses_usd"] == pytest.approx(sum(told["losses"]))
    assert len(told["rounds"]) == len(again.rounds)
    assert {row["name"] for row in told["importance"]} == set(told["names"])
    assert max(told["imbalance"]) < 1e-12


def test_json_carries_the_answer(bundled):
    assert json.loads(json.dumps(bundled.to_dict(), allow_nan=False))["status"] == "settled"


def test_whoever_fails_fails_at_the_move_or_before(bundled):
    """The move of the network is on the grid of moves that are tried."""
    told = bundled.to_dict()
    for name, at in zip(told["names"], told["fails_at"], strict=True):
        assert (at is not None and abs(at) <= abs(told["move"])) == (name in told["defaulted"])


def test_concentration_is_that_of_the_largest_holder(bundled):
    told = bundled.to_dict()["concentration"]
    assert told["holder"] == "large dealer"
    by_way = {(row["parts"], row["where"]): row["loop_gain"] for row in told["splits"]}
    for parts in PARTS[1:]:
        assert by_way[parts, "one venue"] == pytest.approx(by_way[1, "one venue"])
        assert by_way[parts, "venues apart"] < by_way[parts, "tied venues"] < by_way[1, "one venue"]


@pytest.mark.parametrize(("gain", "status"), [(1.2, "unstable"), (0.95, "exhausted")])
def test_without_an_end_there_is_no_figure(gain, status):
    told = ecosystem(alone(gain), move=-0.2).to_dict()
    assert told["status"] == status
    assert told["loop_gain"] == pytest.approx(gain)
    assert all(told[name] is None for name in OUTCOMES)
    assert (told["amplification"] is None) == (status == "unstable")
    assert all(row["spared_usd"] is None for row in told["importance"])


def test_one_vault_with_all_the_gamma_is_unstable_and_a_hundred_desks_apart_are_not():
    told = ecosystem(alone(1.2), move=-0.05).to_dict()["concentration"]["splits"]
    ends = {(row["parts"], row["where"]): row["status"] for row in told}
    assert ends[100, "one venue"] == "unstable"
    assert ends[100, "venues apart"] == "settled"


def test_nobody_short_divides_nobody():
    told = ecosystem(alone(-0.5), move=0.1).to_dict()
    assert told["concentration"] == {"holder": None, "splits": []}
    assert told["defaulted"] == []


@pytest.mark.parametrize("move", [-1.0, float("nan"), 20.0])
def test_a_move_that_leaves_no_price_is_refused(move):
    with pytest.raises(sg.InputError, match="move"):
        ecosystem("defi-2025", move=move)
