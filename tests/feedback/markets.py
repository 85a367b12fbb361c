"""Markets to test on: small, with everything in them or with one thing alone."""

from dataclasses import replace

import numpy as np

from shortgamma.feedback.agents.basis import BasisArbitrageur
from shortgamma.feedback.agents.cohort import LeveragedCohort, Positions
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.agents.noise import ForcedFlow, NoiseTraders, ValueTraders
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.curves import Span
from shortgamma.feedback.depth import CoinDepth, Impact, UsdDepth, WithdrawingDepth
from shortgamma.feedback.engine import simulate
from shortgamma.feedback.gas import GasMarket, GasPayer
from shortgamma.feedback.perp import PerpMarket
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.vol import ReactingVol, reacting_levels
from shortgamma.hedging.policies import DeltaBand
from shortgamma.market.options import OptionSeries, expiry_of
from shortgamma.venues.funding import FUNDING_RULES
from shortgamma.venues.liquidation import LIQUIDATION_RULES

SPOT = 100.0
DAY = 1.0 / 365.0
MINUTE_STEPS = 60.0


def series(strikes, days, *, is_call=True, vol=0.6, forward=SPOT):
    """Options at zero rates; strikes, days and kinds are broadcast."""
    columns = np.broadcast_arrays(
        np.asarray(strikes, dtype=np.float64),
        np.asarray(days, dtype=np.float64) * DAY,
        np.asarray(is_call, dtype=np.bool_),
    )
    strike, years, calls = (np.atleast_1d(column) for column in columns)
    size = strike.size
    return OptionSeries(
        instrument=np.array([f"option {i}" for i in range(size)], dtype=object),
        is_call=calls,
        strike=strike,
        expiry=expiry_of(0, years),
        years=years,
        forward=np.full(size, forward),
        vol=np.full(size, vol),
        rate=np.zeros(size),
        is_inverse=np.zeros(size, dtype=np.bool_),
    )


def theta_coins(theta, *, depth_usd_per_pct, days, vol=0.6):
    """At-the-money options, + = long, whose hedgers have this θ = γ$ per 1 %/depth at the start."""
    width = vol * (days * DAY) ** 0.5
    density = np.exp(-0.125 * width**2) / np.sqrt(2.0 * np.pi)
    return theta * depth_usd_per_pct / (0.01 * SPOT * density / width)


def market(*agents, steps=60, seconds=60.0, depth=1e6, **changes):
    """Gbm of 60 % vol and depth in USD per 1 %, with these agents and nothing else."""
    setup = Setup(
        spot=SPOT,
        process=Gbm(vol=0.6),
        clock=Clock.even(steps, seconds),
        depth=UsdDepth(usd_per_pct=depth),
        agents=agents,
    )
    return replace(setup, **changes)


def short_dealer(theta=-0.3, *, depth=1e6, days=7.0, **changes):
    """Hedges a short at-the-money call in every step."""
    coins = theta_coins(theta, depth_usd_per_pct=depth, days=days)
    return Dealer(**{"options": series(SPOT, days), "quantity": np.array([coins]), **changes})


def full_market(
    *,
    steps=200,
    seconds=60.0,
    rules="hyperliquid",
    funding="binance",
    insurance=1e4,
    depth=1e6,
    scale=1.0,
    process=None,
    expires=True,
):
    """Everything at once: three dealers, gas, a perpetual with its crowd and arbitrageur, reacting vol."""
    first = 0.5 * steps * seconds / 86_400.0 if expires else 3.0
    options = series([98.0, 100.0, 103.0], [first, 7.0, 30.0], is_call=[True, False, True])
    held = np.array([-1.0, -2.0, 1.0]) * scale * 1e4
    parts = {"options": options, "attributes": True}
    agents = (
        Dealer(label="on the perp", quantity=held, perp=True, **parts),
        Dealer(label="slow", quantity=-0.5 * held, latency_seconds=3 * seconds, **parts),
        Dealer(
            label="on chain",
            quantity=0.5 * held,
            policy=DeltaBand(width=200.0),
            gas=GasPayer(gas_used=250_000.0, failure=0.1),
            **parts,
        ),
        NoiseTraders(usd_per_day=1e7),
        ValueTraders(strength=0.05),
        ForcedFlow(start_years=0.0, years=steps * seconds / 3.2e7, usd=-2e6 * scale),
        BasisArbitrageur(half_life_seconds=300.0, capacity_usd=1e8),
        LeveragedCohort(
            positions=Positions.drawn(
                open_interest_usd=3e7 * scale, spot=SPOT, median_leverage=30.0, seed=3
            ),
            rules=LIQUIDATION_RULES[rules],
            insurance_usd=insurance,
        ),
    )
    return Setup(
        spot=SPOT,
        process=process or Gbm(vol=0.8),
        clock=Clock.even(steps, seconds),
        depth=WithdrawingDepth(usd_per_pct=depth, reference_vol=0.6),
        agents=agents,
        markets=(
            PerpMarket(depth_usd_per_pct=3e6, funding=FUNDING_RULES[funding]),
            ReactingVol(reference_vol=0.8),
            GasMarket(block_seconds=12.0),
        ),
        impact=Impact(permanent_share=1.0 / 3.0, half_life_seconds=900.0),
        levels=reacting_levels(),
        span=Span.around(0.1, is_fine=False),
    )


def watched(setup, run, see):
    """Runs one block and calls ``see(world, twin)`` after each step; the outcome."""

    def observer():
        return see

    return simulate(setup, run, watch=observer)


def step_by_step(setup, run):
    """The outcome when no steps are taken together."""
    return watched(setup, run, lambda _world, _twin: None)


__all__ = [
    "CoinDepth",
    "full_market",
    "market",
    "series",
    "short_dealer",
    "step_by_step",
    "theta_coins",
    "watched",
]
