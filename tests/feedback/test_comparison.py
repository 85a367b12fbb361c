"""Markets that are simulated together are what each of them is alone."""

from dataclasses import replace

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.feedback.agents.desk import Desk
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.depth import UsdDepth
from shortgamma.feedback.engine import Run, prepare_all, simulate, simulate_all
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.processes.scaled import Scaled
from shortgamma.hedging.policies import DeltaBand, FixedInterval, NoHedge
from tests.feedback.markets import full_market, market, series, short_dealer
from tests.feedback.test_reproducibility import same

RUN = Run(paths=300, seed=5, threads=2, block=128, keep_every=20)
OPTIONS = series([95.0, 100.0, 104.0], [1.0 / 48.0, 7.0, 30.0])


def desk(policy, size=-1.0):
    held = size * np.array([1e3, 2e3, 1e3])
    return Desk(options=OPTIONS, quantity=held, policy=policy, attributes=True)


MARKETS = [
    market(desk(policy), steps=60)
    for policy in (NoHedge(), DeltaBand(width=50.0), FixedInterval(seconds=600.0))
]


def test_one_market_is_the_plain_simulation():
    setup = full_market(steps=40)
    same(simulate_all([setup], RUN)[0], simulate(setup, RUN))


def test_each_market_is_what_it_is_alone():
    process = MARKETS[0].process
    setups = [replace(setup, process=process) for setup in MARKETS]
    setups.append(replace(setups[1], depth=UsdDepth(usd_per_pct=np.inf)))
    setups.append(replace(setups[1], agents=(desk(DeltaBand(width=50.0), size=-2.0),)))
    for setup, outcome in zip(setups, simulate_all(setups, RUN), strict=True):
        alone = simulate(setup, RUN)
        same(outcome, alone, rtol=1e-12)
        np.testing.assert_allclose(outcome.log_prices, alone.log_prices, atol=1e-12)


def test_markets_with_other_processes_have_their_own_shocks():
    wild = Scaled(process=MARKETS[0].process, factor=2.0)
    setups = [MARKETS[1], replace(MARKETS[1], process=wild, span=MARKETS[1].grid)]
    calm, other = simulate_all(setups, RUN)
    same(calm, simulate(setups[0], RUN))
    same(other, simulate(setups[1], RUN))
    ratio = other.quiet["realised_variance"] / calm.quiet["realised_variance"]
    np.testing.assert_allclose(ratio, 4.0, rtol=1e-2)


def test_books_that_are_multiples_share_their_tables():
    ready = prepare_all([MARKETS[0], market(desk(NoHedge(), size=-3.0), steps=60)])
    first, second = (each.shared[0] for each in ready)
    assert second.curve is first.curve
    assert second.factor == pytest.approx(3.0)


@pytest.mark.parametrize(
    "other",
    [
        replace(MARKETS[0], spot=101.0),
        replace(MARKETS[0], clock=Clock.even(60, 30.0)),
        replace(MARKETS[0], process=Gbm(vol=60.0)),
        full_market(steps=60),
    ],
    ids=["spot", "steps", "grid", "vol levels"],
)
def test_markets_that_cannot_share_tables_are_refused(other):
    with pytest.raises(InputError, match="cannot be compared"):
        simulate_all([MARKETS[0], other], RUN)


def test_a_desk_without_frictions_is_a_dealer():
    dealer = short_dealer(-0.4, policy=DeltaBand(width=20.0), attributes=True)
    plain = market(dealer, steps=60)
    values = {name: getattr(dealer, name) for name in dealer.__dataclass_fields__}
    ours = simulate(market(Desk(**values), steps=60), RUN)
    theirs = simulate(plain, RUN)
    for name, figure in theirs.market.items():
        np.testing.assert_array_equal(ours.market[name], figure, err_msg=name)
