"""Many steps of a market with a perpetual in one call are, to the bit, the same steps one by one."""

from dataclasses import replace

import numpy as np
import pytest

from shortgamma.feedback.agents.noise import ForcedFlow
from shortgamma.feedback.draws import Draws
from shortgamma.feedback.engine import Run, prepare, simulate
from shortgamma.feedback.full_marching import FullMarch
from shortgamma.feedback.world import World
from shortgamma.studies.scenarios.bundled import SCENARIOS
from shortgamma.studies.scenarios.scenario import Inputs

RUN = Run(paths=900, seed=3, threads=1)


def market(name, **figures):
    return SCENARIOS[name](**{"steps": 120, **figures}).build(Inputs())


def watched(setup):
    """The same run with somebody who looks on after every step, so that steps are taken one by one."""
    return simulate(setup, RUN, watch=lambda: lambda _world, _twin: None)


def marcher(setup):
    ready = prepare(setup)
    return FullMarch.of(World(setup, Draws(seed=0, first_path=0, size=8), ready.shared))


MARKETS = {
    "everything": ("full-market", {}),
    "wild": ("full-market", {"vol": 3.0, "theta": -0.7, "median_leverage": 25.0}),
    "long gamma": ("full-market", {"theta": 0.4}),
    "a bank alone": ("full-market", {"bank_share": 1.0}),
    "crowd and one dealer": ("liquidation-cascade", {"vol": 2.0}),
    "partial closing": ("liquidation-cascade", {"liquidation": "hyperliquid", "vol": 2.0}),
    "inverse contracts": ("liquidation-cascade", {"liquidation": "full-inverse", "vol": 2.0}),
    "poor insurance": ("liquidation-cascade", {"insurance_share": 0.0, "vol": 4.0}),
    "dampened funding": ("full-market", {"funding": "deribit"}),
    "capped funding": ("full-market", {"funding": "hyperliquid"}),
    "shifted funding": ("full-market", {"funding": "dydx"}),
    "short steps": ("full-market", {"step_seconds": 7.0}),
}


@pytest.mark.parametrize(("name", "figures"), MARKETS.values(), ids=MARKETS)
def test_marching_is_stepping_to_the_bit(name, figures):
    setup = market(name, **figures)
    assert marcher(setup) is not None
    found, expected = simulate(setup, RUN), watched(setup)
    for side in ("market", "quiet"):
        marched, stepped = getattr(found, side), getattr(expected, side)
        assert list(marched) == list(stepped)
        for figure, values in marched.items():
            np.testing.assert_array_equal(values, stepped[figure], err_msg=f"{side} {figure}")


def test_markets_that_the_kernel_does_not_know_are_stepped():
    known = market("full-market")
    seller = ForcedFlow(start_years=0.0, years=1e-4, usd=-1e7)
    assert marcher(replace(known, agents=(*known.agents, seller))) is None
    assert marcher(market("full-market", policy="price-move:trigger=0.01")) is None
    assert marcher(market("full-market", funding="synthetix")) is None
    assert marcher(market("hedged-book")) is None


def test_dealers_who_share_a_curve_trade_as_if_each_had_its_own():
    setup = market("full-market")
    bank, protocol, *others = setup.agents
    assert protocol.multiple_of(bank) == pytest.approx(0.3 / 0.7)
    alone = replace(protocol, options=replace(protocol.options))
    assert alone.multiple_of(bank) is None
    found = simulate(setup, RUN).market
    expected = simulate(replace(setup, agents=(bank, alone, *others)), RUN).market
    for figure in ("final", "bank: pnl_usd", "option AMM: pnl_usd", "option AMM: vega_usd"):
        scale = np.abs(expected[figure]).max()
        np.testing.assert_allclose(found[figure], expected[figure], atol=1e-7 * scale)
    assert np.array_equal(found["option AMM: trades"], expected["option AMM: trades"])


def test_an_opposite_or_another_book_is_no_multiple():
    bank, protocol, *_others = market("full-market").agents
    assert replace(protocol, quantity=-protocol.quantity).multiple_of(bank) is None
    other = protocol.quantity.copy()
    other[0] *= 1.01
    assert replace(protocol, quantity=other).multiple_of(bank) is None
