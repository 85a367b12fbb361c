"""The Friday roll as a scenario: what theory says of its phases, and each thing taken away."""

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.agents.vault_sellers import VaultSellers
from shortgamma.feedback.engine import Run
from shortgamma.studies.scenarios.books import spread_book
from shortgamma.studies.scenarios.friday_roll import FridayRoll
from shortgamma.studies.scenarios.scenario import Inputs
from shortgamma.studies.simulation import simulation
from shortgamma.studies.vault_rolls import ABLATIONS, roll_figures, vault_rolls

RUN = Run(paths=1_000, seed=2)
SMOOTH = {"premium_floor": 0.0, "bid_fall": 0.0, "bid_half_spread": 0.0}


@pytest.fixture(scope="module")
def markets():
    """All markets that the study compares, but with two of its changes combined."""
    return vault_rolls(run=RUN).figures


def test_the_book_has_the_theta_that_the_scenario_says():
    for changes, sign in (
        ({}, 1.0),
        ({"hedged_share": 0.4}, 0.4),
        ({"seller_hedged_share": 1.0}, 0.0),
    ):
        scenario = FridayRoll(**changes)
        gamma = scenario.held(Inputs()).gamma_usd_per_pct
        assert gamma == pytest.approx(sign * 0.15 * scenario.depth_usd_per_pct, abs=1.0)


def test_before_the_roll_vol_rises_by_what_was_sold_and_falls_after_it_by_what_was_bought():
    """1/(1 + θ(t)) squared, averaged over the phase: the presale grows evenly, then waits for the auction.

    Options sold before the roll have a little longer to go, and the price wanders: a tenth of the effect.
    """
    scenario = FridayRoll(**SMOOTH, permanent_share=1.0)
    found = simulation(scenario, run=RUN).outcome
    figures = roll_figures(found)
    theta = scenario.theta * scenario.prehedge_share
    ramp = np.linspace(0.0, theta, 4_001)
    growing, waiting = np.mean((1.0 - ramp) ** -2.0), (1.0 - theta) ** -2.0
    before = np.sqrt((12.0 * growing + 6.0 * waiting) / 18.0)
    assert figures["vol_before_ratio"].value - 1.0 == pytest.approx(before - 1.0, rel=0.1)
    after = 1.0 / (1.0 + scenario.theta * (1.0 - scenario.prehedge_share))
    assert figures["vol_after_ratio"].value - 1.0 == pytest.approx(after - 1.0, rel=0.1)


def test_phases_have_the_signs_that_the_sides_have(markets):
    usual = markets["as it is"]
    for name, above in (("before", 1.0), ("after", -1.0), ("expiry_near", -1.0)):
        found = usual[f"vol_{name}_ratio"]
        assert above * (found.value - 1.0) > 4.0 * found.standard_error


def test_what_is_taken_away_takes_its_effect_away(markets):
    bare = markets["nothing sold before"]["vol_before_ratio"]
    assert bare.value == pytest.approx(1.0, abs=0.01)
    assert markets["nobody hedges"]["vol_after_ratio"].value == 1.0
    half, whole = (
        1.0 - markets[name]["vol_after_ratio"].value
        for name in ("half of the buyers hedge", "as it is")
    )
    assert half == pytest.approx(0.5 * whole, rel=0.15)


def test_the_other_side_does_the_opposite(markets):
    wild = markets["vaults hedge, buyers do not"]
    for phase in ("after", "expiry", "expiry_near"):
        found = wild[f"vol_{phase}_ratio"]
        assert found.value > 1.0 + 4.0 * found.standard_error
    for phase in ("before", "after", "expiry"):
        assert markets["both sides hedge"][f"vol_{phase}_ratio"].value == pytest.approx(
            1.0, abs=1e-3
        )
    assert wild["pinned"].value < wild["pinned_without"].value


def test_long_gamma_pins(markets):
    found = markets["nothing sold before"]
    error = np.hypot(found["pinned"].standard_error, found["pinned_without"].standard_error)
    assert found["pinned"].value > found["pinned_without"].value + 2.0 * error


def test_one_hour_for_all_costs_premium_and_makes_the_flow(markets):
    at_once, spread = markets["as it is"], markets["rolls spread over six days"]
    for name in ("vaults_premium_discount", "makers_roll_flow_usd"):
        assert spread[name].value < 0.7 * at_once[name].value
    steep = markets["bids fall three times as fast"]
    assert steep["vaults_premium_discount"].value > 1.5 * at_once["vaults_premium_discount"].value
    assert markets["sold at once by quotes"]["vaults_unsold_share"].value == pytest.approx(0.0)
    floors = markets["four fifths of fair or nothing"]
    assert floors["vaults_unsold_share"].value > 2.0 * at_once["vaults_unsold_share"].value


def test_buyers_who_hedge_lower_the_vol_that_they_bought(markets):
    found = markets["nothing sold before"]
    assert found["vaults_pnl_usd"].value > found["vaults_pnl_usd_without"].value
    wild = markets["vaults hedge, buyers do not"]
    assert wild["vaults_pnl_usd"].value < wild["vaults_pnl_usd_without"].value


def test_the_answer_goes_into_a_document():
    names = ("as it is", "nobody hedges")
    heard = []
    found = vault_rolls(
        FridayRoll(steps=120),
        {name: ABLATIONS[name] for name in names},
        run=Run(paths=40),
        progress=heard.append,
    ).to_dict()
    assert sum(heard) == pytest.approx(1.0)
    assert set(found["markets"]) == set(names)
    assert found["markets"]["nobody hedges"]["changes"] == {"hedged_share": 0.0}
    assert "vol_after_ratio" not in found["markets"]["as it is"]["figures"]


def test_a_measured_book_is_hedged_beside_the_vaults():
    book = spread_book(spot=90_000.0, vol=0.6, options=8, gamma_usd_per_pct=-5e6)
    book = type(book)(
        label="measured", spot=book.spot, options=book.options, quantity=book.quantity
    )
    setup = FridayRoll(steps=20).build(Inputs(book=book))
    kinds = [type(agent) for agent in setup.agents]
    assert kinds[0] is VaultSellers
    assert kinds[-1] is Dealer
    assert setup.spot == 90_000.0
    found = simulation(FridayRoll(steps=20), Inputs(book=book), Run(paths=20))
    assert np.isfinite(found.metrics["dealer_pnl_usd"].value)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"theta": -0.1}, "theta"),
        ({"hedged_share": 1.2}, "hedged_share"),
        ({"prehedge_share": -0.1}, "prehedge_share"),
        ({"seller_hedged_share": 2.0}, "seller_hedged_share"),
        ({"policy": "band:width=1"}, "policy"),
        ({"vaults": 0}, "vaults"),
        ({"roll_hours": 0.0}, "roll"),
        ({"auction_hours": 200.0}, "auction"),
        ({"call_share": 2.0}, "calls"),
        ({"target_delta": 0.0}, "delta"),
        ({"roll_spread_hours": 170.0}, "168 hours"),
        ({"implied_vol": 0.0}, "vol"),
    ],
)
def test_figures_out_of_range_are_one_line(changes, name):
    with pytest.raises(InputError, match=name) as caught:
        simulation(FridayRoll(steps=4, **changes), run=Run(paths=2))
    assert caught.value.remedy


@pytest.mark.parametrize(
    "changes",
    [
        {"theta": 0.0},
        {"depth_usd_per_pct": 0.0},
        {"call_share": 0.0, "seller_hedged_share": 0.3},
        {"call_share": 1.0},
        {"prehedge_share": 1.0, "theta": 3.0},
        {"auction_hours": 0.0, "prehedge_hours": 0.1},
        {"roll_spread_hours": 144.0, "step_seconds": 7_200.0, "steps": 108},
        {"vol": 3.0, "implied_vol": 3.0},
        {"vaults": 1, "depositors": 1},
    ],
)
def test_extreme_markets_end_in_order(changes):
    scenario = FridayRoll(**{"steps": 216, "step_seconds": 3_600.0, **changes})
    figures = simulation(scenario, run=Run(paths=60)).outcome.market
    assert all(np.all(np.isfinite(values)) for values in figures.values())
