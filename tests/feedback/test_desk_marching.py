"""Many steps of a market with one desk in one call are the same steps one by one."""

from dataclasses import replace

import numpy as np
import pytest

from shortgamma.feedback.desk_marching import DeskMarch
from shortgamma.feedback.draws import Draws
from shortgamma.feedback.engine import Run, prepare, simulate
from shortgamma.feedback.marchers import marcher_of
from shortgamma.feedback.world import World
from shortgamma.studies.policies.question import with_desks
from shortgamma.studies.scenarios.bundled import SCENARIOS
from shortgamma.studies.scenarios.scenario import Inputs

RUN = Run(paths=700, seed=3, threads=1)


def market(name="desk", **figures):
    return with_desks(SCENARIOS[name](**{"steps": 200, **figures}).build(Inputs()))


def watched(setup):
    """The same run with somebody who looks on after every step, so that steps are taken one by one."""
    return simulate(setup, RUN, watch=lambda: lambda _world, _twin: None)


def marcher(setup):
    ready = prepare(setup)
    return marcher_of(World(setup, Draws(seed=0, first_path=0, size=8), ready.shared))


MARKETS = {
    "band": {"policy": "band:width=10,landing=edge"},
    "band to centre": {"policy": "band:width=10,landing=centre"},
    "continuous": {"policy": "continuous"},
    "none": {"policy": "none"},
    "interval": {"policy": "interval:seconds=9000"},
    "weekly": {"policy": "weekly-roll", "steps": 400},
    "every friction": {"policy": "band:width=5", "gas_usd": 40.0, "funding_rate": -0.3},
    "no friction": {
        "policy": "band:width=5",
        "slippage": 0.0,
        "funding_rate": 0.0,
        "margin_share": 0.0,
        "half_spread": 0.0,
        "taker_fee": 0.0,
    },
    "long gamma": {"policy": "band:width=10", "theta": 0.3},
    "squeezing": {"policy": "band:width=100", "theta": -0.9},
    "runaway": {"policy": "continuous", "theta": -1.4},
    "minutes": {"policy": "band:width=2", "step_seconds": 60.0},
    "days": {"policy": "band:width=50", "step_seconds": 86_400.0, "steps": 60},
}


@pytest.mark.parametrize("figures", MARKETS.values(), ids=MARKETS)
def test_marching_is_stepping(figures):
    setup = market(**figures)
    assert isinstance(marcher(setup), DeskMarch)
    found, expected = simulate(setup, RUN), watched(setup)
    assert list(found.market) == list(expected.market)
    for figure, values in expected.market.items():
        marched, stepped = np.asarray(found.market[figure], float), np.asarray(values, float)
        least = 1e4 if figure.endswith("usd") else 1.0
        scale = np.nanmax(np.abs(stepped), initial=least)
        np.testing.assert_allclose(marched, stepped, atol=1e-9 * scale, err_msg=figure)


def test_the_parts_of_a_marched_result_sum_to_it():
    found = simulate(market(policy="band:width=8", gas_usd=25.0), RUN).market
    names = ("gamma", "theta", "vega", "delta", "execution", "basis", "spread", "fees", "gas")
    names += ("funding", "haircut", "slippage", "margin")
    total = sum(found[f"desk: {name}_usd"] for name in names)
    np.testing.assert_allclose(total, found["desk: pnl_usd"], atol=1e-9 * np.abs(total).max())


@pytest.mark.parametrize(
    "figures",
    [
        {"policy": "whalley-wilmott:risk_aversion=1e-5,cost=5e-4"},
        {"policy": "price-move:trigger=0.01"},
        {"latency_seconds": 3_600.0},
        {"lot": 0.1},
        {"execution": "maker"},
    ],
)
def test_desks_that_the_kernel_does_not_know_are_stepped(figures):
    assert marcher(market(**figures)) is None


def test_markets_with_others_are_stepped():
    assert not isinstance(marcher(market("liquidation-cascade")), DeskMarch)
    both = market()
    twin = replace(both.agents[0], label="other")
    assert marcher(replace(both, agents=(*both.agents, twin))) is None
