"""Nothing appears and nothing vanishes: cash, coins, positions, funding, and every dollar of a result."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shortgamma.basics.errors import InvariantError
from shortgamma.feedback.accounts import MARKET, VENUE, Accounts
from shortgamma.feedback.agents.cohort import LeveragedCohort, Positions
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.agents.noise import ForcedFlow
from shortgamma.feedback.engine import Run
from shortgamma.feedback.laws.shocks import Shock
from shortgamma.feedback.perp import PerpMarket
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.processes.kou import Kou
from shortgamma.venues.funding import FUNDING_RULES
from shortgamma.venues.liquidation import LIQUIDATION_RULES
from tests.feedback.markets import SPOT, full_market, market, watched

DEALERS = ("on the perp", "slow", "on chain")
PARTS = (
    *("spread_usd", "fees_usd", "gas_usd", "funding_usd", "haircut_usd", "gamma_usd"),
    *("theta_usd", "vega_usd", "delta_usd", "execution_usd", "basis_usd"),
)
EXACT = 1e-9


class Ledger:
    """Adds the rows of all accounts up by itself, every few steps, and tells the worst imbalance."""

    def __init__(self, every):
        self.every = every
        self.worst = 0.0
        self.looks = 0
        self.traded = 0.0

    def __call__(self, world, twin):
        if (world.index + 1) % self.every and world.index + 1 != len(world.setup.clock):
            return
        self.looks += 1
        for accounts in (world.accounts, twin.accounts):
            for name in ("cash", "coins", "perps", "funding"):
                rows = getattr(accounts, name)
                assert np.all(np.isfinite(rows))
                gross = np.abs(rows).sum(axis=0)
                gap = np.abs(np.sum(rows, axis=0)) / np.where(gross > 0.0, gross, 1.0)
                self.worst = max(self.worst, float(gap.max()))
        self.traded = float(np.abs(world.accounts.perps).sum())


def check_results(outcome):
    """Each dealer's result is the sum of its parts, to a billionth of what it turned over."""
    for name in DEALERS:
        parts = sum(outcome.market[f"{name}: {part}"] for part in PARTS)
        result = outcome.market[f"{name}: pnl_usd"]
        scale = outcome.market[f"{name}: turnover_usd"] + np.abs(result) + 1.0
        assert np.all(np.abs(parts - result) <= EXACT * scale)


@settings(deadline=None, max_examples=12, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    rules=st.sampled_from(sorted(LIQUIDATION_RULES)),
    funding=st.sampled_from(sorted(FUNDING_RULES)),
    insurance=st.sampled_from([0.0, 1e4, 1e8]),
    scale=st.sampled_from([-1.0, 0.1, 1.0, 3.0]),
    process=st.sampled_from([Gbm(vol=0.3), Gbm(vol=2.0), Kou(vol=0.6, intensity=20_000.0)]),
    depth=st.sampled_from([1e5, 1e6, 1e8]),
    seed=st.integers(0, 100),
)
def test_cash_coins_positions_and_funding_sum_to_zero_in_a_market_with_everything(
    rules, funding, insurance, scale, process, depth, seed
):
    setup = full_market(
        steps=60,
        rules=rules,
        funding=funding,
        insurance=insurance,
        depth=depth,
        process=process,
        scale=abs(scale),
    )
    if scale < 0.0:
        agents = tuple(
            replace(agent, quantity=-agent.quantity) if isinstance(agent, Dealer) else agent
            for agent in setup.agents
        )
        setup = replace(setup, agents=agents)
    ledger = Ledger(every=7)
    outcome = watched(setup, Run(paths=4, seed=seed), ledger)
    assert ledger.looks == 9
    assert ledger.worst < EXACT
    assert ledger.traded > 0.0
    check_results(outcome)
    for figures in (outcome.market, outcome.quiet):
        assert all(np.all(np.isfinite(np.asarray(v, dtype=float))) for v in figures.values())


@pytest.mark.slow
@pytest.mark.parametrize("rules", sorted(LIQUIDATION_RULES))
def test_conservation_holds_over_ten_thousand_steps(rules):
    ledger = Ledger(every=50)
    setup = full_market(steps=10_000, rules=rules, funding="bybit")
    outcome = watched(setup, Run(paths=8, seed=1), ledger)
    assert ledger.looks == 200
    assert ledger.worst < EXACT
    check_results(outcome)
    assert np.all(outcome.market["leveraged: liquidated_usd"] > 0.0)


def test_what_everyone_gains_together_is_nothing():
    """Wealth at one price per asset sums to zero, so with options on both sides results do too."""
    seen = []

    def see(world, _twin):
        accounts = world.accounts
        number = range(len(accounts.names))
        total = sum(accounts.wealth(a, world.price, world.mark) for a in number)
        gross = sum(np.abs(accounts.wealth(a, world.price, world.mark)) for a in number)
        seen.append(np.max(np.abs(total) / gross))

    watched(full_market(steps=40), Run(paths=5), see)
    assert max(seen) < EXACT


def test_what_a_dealer_gets_for_its_options_its_clients_pay():
    """A call that ends in the money: the clients' account holds minus the payoff and nothing else."""
    paid = {}

    def see(world, _twin):
        accounts = world.accounts
        clients = accounts.names.index("on the perp's clients")
        paid["cash"] = accounts.cash[clients].copy()
        if world.index == 19:
            paid["price"] = world.price.copy()

    setup = full_market(steps=40)
    watched(setup, Run(paths=5), see)
    # The first option of the book: −10,000 calls at 98 that expire after 20 of the 40 steps.
    expected = 1e4 * np.maximum(paid["price"] - 98.0, 0.0)
    np.testing.assert_allclose(paid["cash"], expected, rtol=1e-4)


def crowd(side, *, rules, shock, insurance=1e9, leverage=10.0, funding="synthetix"):
    """A crowd on one side of the perpetual that a single long fall or rise wipes out."""
    positions = Positions(
        side=np.full(5, side),
        notional_usd=np.array([1e4, 2e4, 3e5, 4e5, 5e4]),
        entry=np.array([100.0, 101.0, 99.0, 100.5, 100.0]),
        leverage=np.full(5, leverage),
    )
    rules = LIQUIDATION_RULES[rules]
    cohort = LeveragedCohort(positions=positions, rules=rules, insurance_usd=insurance)
    flow = ForcedFlow(start_years=0.0, years=1e-5, usd=-1e3 * side, perp=True)
    perp = PerpMarket(depth_usd_per_pct=1e8, funding=FUNDING_RULES[funding])
    return market(
        flow,
        cohort,
        steps=120,
        depth=1e9,
        process=Shock(low=shock, high=shock),
        markets=(perp,),
    )


@pytest.mark.parametrize("rules", sorted(LIQUIDATION_RULES))
@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_crowd_that_was_liquidated_to_the_last_owns_and_owes_nothing(rules, side):
    """Margin went in, and came out as losses, funding, costs and what the insurance fund got."""
    seen = {}

    def see(world, _twin):
        accounts = world.accounts
        row = accounts.names.index("leveraged longs" if side > 0.0 else "leveraged shorts")
        for name in ("cash", "coins", "perps"):
            seen[name] = getattr(accounts, name)[row].copy()
        seen["insurance"] = accounts.cash[accounts.names.index("insurance fund")].copy()

    outcome = watched(crowd(side, rules=rules, shock=-0.4 * side), Run(paths=2), see)
    name = "longs" if side > 0.0 else "shorts"
    np.testing.assert_allclose(outcome.market[f"leveraged: {name}_liquidated_share"], 1.0)
    notional = 7.8e5
    for figure, unit in (("cash", 1.0), ("coins", 1.0 / SPOT), ("perps", 1.0 / SPOT)):
        np.testing.assert_allclose(seen[figure], 0.0, atol=1e-8 * notional * unit)
    assert np.all(seen["insurance"] > 1e9)  # slow falls leave it the maintenance margin


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_once_the_fund_is_empty_winners_pay_what_is_missing(side):
    """A jump beyond bankruptcy without a backstop, against a crowd of the other side."""
    setup = crowd(side, rules="full", shock=-0.3 * side, insurance=100.0, leverage=20.0)
    setup = replace(setup, clock=replace(setup.clock, years=setup.clock.years[:1]))
    funds = {}

    def see(world, _twin):
        accounts = world.accounts
        funds["fund"] = accounts.cash[accounts.names.index("insurance fund")].copy()
        funds["haircut"] = accounts.haircut.sum(axis=0)

    outcome = watched(setup, Run(paths=2), see).market
    price = SPOT * np.exp(-0.3 * side)
    entry = np.array([100.0, 101.0, 99.0, 100.5, 100.0])
    notional = np.array([1e4, 2e4, 3e5, 4e5, 5e4])
    coins = notional / entry
    equity = np.sum(notional / 20.0 + side * coins * (price - entry) - 5.5e-4 * coins * price)
    short = -equity - 100.0
    np.testing.assert_allclose(outcome["leveraged: insurance_paid_usd"], 100.0, rtol=1e-9)
    np.testing.assert_allclose(outcome["leveraged: haircut_usd"], short, rtol=1e-3)
    np.testing.assert_allclose(funds["haircut"], outcome["leveraged: haircut_usd"], rtol=1e-12)
    np.testing.assert_allclose(funds["fund"], 0.0, atol=1e-6)


@pytest.mark.parametrize("holding", ["cash", "coins", "perps"])
@pytest.mark.parametrize("wrong", [1.0, np.nan])
def test_a_dollar_or_a_coin_from_nowhere_stops_the_run(holding, wrong):
    accounts = Accounts(5, 4)
    accounts.pay(MARKET, VENUE, np.full(5, 1e6))
    accounts.check(has_perps=True)
    getattr(accounts, holding)[VENUE, 3] += wrong
    with pytest.raises(InvariantError, match=rf"{holding} of all accounts .* on 1 of 5 paths"):
        accounts.check(has_perps=True)


def test_longs_pay_shorts_where_the_perpetual_is_rich():
    """The rate of Binance is positive at a premium: a long pays, a short receives, the venue nothing."""
    flow = ForcedFlow(label="buyer", start_years=0.0, years=1e-6, usd=1e7, perp=True)
    perp = PerpMarket(depth_usd_per_pct=1e7)
    setup = market(flow, process=Gbm(vol=0.0), markets=(perp,), steps=30)
    seen = {}

    def see(world, _twin):
        seen["funding"] = world.accounts.funding[:4, 0].copy()
        seen["basis"] = world.mark[0] / world.price[0] - 1.0

    watched(setup, Run(paths=1), see)
    market_gets, venue_gets, buyer_gets, _nobody = seen["funding"]
    assert seen["basis"] > 0.005
    assert buyer_gets < 0.0
    np.testing.assert_allclose(market_gets, -buyer_gets, rtol=1e-12)
    assert venue_gets == 0.0
