"""Ecosystems from measured holders: the loop is the exposure's own, balance sheets are labelled."""

from importlib.resources import files

import numpy as np
import pytest

import shortgamma as sg
from shortgamma.data.ecosystem_files import read_ecosystem
from shortgamma.studies.ecosystem import ecosystem
from shortgamma.studies.ecosystem_holders import HolderFunds, ecosystem_of

HOLDERS = files("shortgamma.data").joinpath("sample", "btc_holders.csv")


@pytest.fixture(scope="module")
def by_holder():
    return sg.exposure("sample", positioning=str(HOLDERS))


@pytest.mark.parametrize("model", ["naive", "dealer-short", "dealer-long", "flow"])
def test_the_loop_gain_is_that_of_the_exposure(model):
    """It is |θ|; the amplification is the exposure's 1/(1 + θ)."""
    measured = sg.exposure("sample", positioning=model)
    told = ecosystem(ecosystem_of(measured), move=-0.01).to_dict()
    theta = measured.feedback.theta
    np.testing.assert_allclose(told["loop_gain"], abs(theta), rtol=1e-9)
    if abs(theta) < 1.0:
        np.testing.assert_allclose(told["amplification"], 1.0 / (1.0 + theta), rtol=1e-9)
    else:
        assert told["status"] == "unstable"


def test_every_hedging_holder_is_a_node_with_its_gamma(by_holder):
    found = ecosystem_of(by_holder)
    hedging = {one.name: one for one in by_holder.system.holders if one.is_hedger}
    assert set(found.names) == set(hedging)
    for node in found.nodes:
        assert node.gamma_usd_per_pct == hedging[node.name].gamma_usd_per_pct
    assert "assumed" in found.note


def test_margin_is_the_gamma_loss_of_the_assumed_move(by_holder):
    """½·Γ·(move·S)² with Γ in coins per USD."""
    found = ecosystem_of(by_holder, funds=HolderFunds(move=0.2, buffer=3.0))
    spot = by_holder.chain.spot
    for node in found.nodes:
        expected = 0.5 * abs(node.short_gamma(spot)) * (0.2 * spot) ** 2
        np.testing.assert_allclose(node.requirement_usd, expected, rtol=1e-12)
        np.testing.assert_allclose(node.cash_usd, 3.0 * expected, rtol=1e-12)


def test_a_network_keeps_its_nodes_and_takes_the_holders_in(by_holder):
    base = read_ecosystem("defi-2025")
    found = ecosystem_of(by_holder, base=base, venue="option exchange")
    assert found.names[: len(base.names)] == base.names
    assert len(found.names) > len(base.names)
    assert found.debts == base.debts
    np.testing.assert_allclose(found.equity[: len(base.names)], base.equity)


def test_a_venue_that_is_not_there_is_refused(by_holder):
    with pytest.raises(sg.InputError, match="nowhere"):
        ecosystem_of(by_holder, base=read_ecosystem("defi-2025"), venue="nowhere")


def test_funds_that_are_none_are_refused():
    with pytest.raises(sg.InputError, match="buffer"):
        HolderFunds(buffer=-1.0)


def test_the_study_takes_a_source_and_a_positioning(by_holder):
    told = ecosystem("sample", positioning=str(HOLDERS), move=-0.05).to_dict()
    np.testing.assert_allclose(told["loop_gain"], abs(by_holder.feedback.theta), rtol=1e-9)
    with pytest.raises(sg.InputError, match="path of a file"):
        ecosystem(read_ecosystem("defi-2025"), positioning="naive")
