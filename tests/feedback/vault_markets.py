"""Small markets of vaults and of those who hedge the other side."""

import numpy as np
from scipy.stats import norm

from shortgamma.feedback.agents.vault_auction import Auction
from shortgamma.feedback.agents.vault_calendar import WEEK
from shortgamma.feedback.agents.vault_hedgers import HedgerState, Presale, VaultHedgers
from shortgamma.feedback.agents.vault_sellers import VaultSellers, VaultState
from shortgamma.feedback.engine import Run
from shortgamma.feedback.exchange import NO_COSTS
from shortgamma.protocols.ribbon.aggregate import Vaults
from shortgamma.protocols.ribbon.strike import black_strike
from tests.feedback.markets import SPOT, market

HOURS = 216
VOL = 0.6
NO_IMPACT = 1e18
PLAIN = Auction(floor=0.0, half_spread_vol=0.0, vol_per_million_vega=0.0)
NO_PRESALE = Presale(share=0.0)
RUN = Run(paths=1_000, seed=11)


def vaults(usd=1e6, calls=(True, False), step=2.5):
    count = len(calls)
    return Vaults(
        is_call=np.array(calls),
        step=np.full(count, step),
        delta=np.full(count, 0.1),
        offset_hours=np.zeros(count),
        usd=np.full(count, usd / count),
    )


def sellers(auction=PLAIN, **changes):
    return VaultSellers(**{"vaults": vaults(), "implied_vol": VOL, "auction": auction, **changes})


def makers(**changes):
    return VaultHedgers(**{"presale": NO_PRESALE, "costs": NO_COSTS, **changes})


def fridays(*agents, theta=None, steps=HOURS, seconds=3_600.0, **changes):
    """Nine days of hours; with θ the depth in which the vaults' options at the roll have it."""
    depth = NO_IMPACT
    if theta is not None:
        held = next(agent for agent in agents if isinstance(agent, VaultSellers)).vaults
        depth = gamma_usd_per_pct(held) / theta
    return market(*agents, steps=steps, seconds=seconds, depth=depth, **changes)


def gamma_usd_per_pct(held):
    """Of a week's options at the initial price, written down again."""
    total = 0.0
    for number in range(len(held)):
        rule = held.rule(number)
        strike = black_strike(SPOT, years=WEEK, vol=VOL, rule=rule)[0]
        width = VOL * np.sqrt(WEEK)
        d1 = np.log(SPOT / strike) / width + 0.5 * width
        coins = held.usd[number] / (SPOT if rule.is_call else strike)
        total += coins * norm.pdf(d1) / (SPOT * width) * SPOT**2 * 0.01
    return total


def states(world):
    by_kind = {type(state): state for _agent, state in world.agents}
    return by_kind[VaultState], by_kind.get(HedgerState)
