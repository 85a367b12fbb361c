"""Who is short: taker flow, inventories, holders, and how sure the sign is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.exposure.confidence import Sampling, assess, draw_holdings
from shortgamma.exposure.flow import TakerFlow, counted_once
from shortgamma.exposure.holders import system_gamma
from shortgamma.exposure.positioning import DealerLong, DealerShort, KnownInventory, Naive
from shortgamma.exposure.profile import gamma_profile
from shortgamma.exposure.unit import unit_exposure
from shortgamma.market.holdings import HolderInventory
from shortgamma.market.trades import Trades
from tests.exposure.builders import ASOF, chain_of, random_chain, series

SECOND = 1_000_000_000


def tape(*prints, changes=None):
    """Trades from tuples of (instrument, direction, amount) with optional id, block and combo."""
    rows = [(*p, *("", "", "")[len(p) - 3 :]) for p in prints]
    name, direction, amount, trade_id, block, combo = zip(*rows, strict=True)
    size = len(rows)
    return Trades(
        underlying="BTC",
        stamp=ASOF - SECOND * np.arange(size, 0, -1),
        instrument=list(name),
        trade_id=list(trade_id),
        direction=direction,
        amount=amount,
        block_id=list(block),
        combo_id=list(combo),
        open_interest_change=np.full(size, np.nan) if changes is None else changes,
    )


def inventory_of(quantity, **holders):
    """An inventory; ``holders`` maps names to types."""
    return KnownInventory(
        HolderInventory(
            holders=tuple(holders),
            holder_types=tuple(holders.values()),
            quantity=np.atleast_2d(np.array(quantity, dtype=float)),
        )
    )


def two_options(interest=(100.0, 100.0)):
    return chain_of(
        series([90.0, 110.0], days=30.0, vols=0.5, is_call=[False, True]), list(interest)
    )


def test_takers_who_buy_leave_dealers_short():
    chain = two_options()
    held = TakerFlow(tape(("X-0", 1, 30.0), ("X-1", -1, 20.0))).position(chain)
    assert held.quantity == pytest.approx([-30.0, 20.0])
    assert held.model == "flow"
    assert held.unknown == pytest.approx([70.0, 80.0])


def test_repeats_of_a_trade_id_count_once():
    held = TakerFlow(tape(("X-0", 1, 30.0, "a"), ("X-0", 1, 30.0, "a"))).position(two_options())
    assert held.quantity[0] == pytest.approx(-30.0)


def test_a_block_leg_reported_twice_counts_once():
    """The same leg under one block id, stamp, side and size, with different trade ids."""
    trades = tape(("X-0", 1, 30.0, "a", "block"), ("X-0", 1, 30.0, "b", "block"))
    same_moment = Trades(
        underlying="BTC",
        stamp=np.full(2, ASOF - SECOND),
        instrument=trades.instrument,
        trade_id=trades.trade_id,
        direction=trades.direction,
        amount=trades.amount,
        block_id=trades.block_id,
        combo_id=trades.combo_id,
        open_interest_change=trades.open_interest_change,
    )
    assert len(counted_once(same_moment)) == 1
    assert len(counted_once(trades)) == 2


def test_flow_never_exceeds_open_interest():
    held = TakerFlow(tape(*[("X-0", 1, 60.0)] * 3)).position(two_options())
    assert held.quantity[0] == pytest.approx(-100.0)
    assert held.unknown[0] == 0.0


def test_running_inventory_stays_within_the_open_interest_of_its_moment():
    """Open interest was 10 after the first print: dealers cannot have been short 40 then."""
    trades = tape(("X-0", 1, 40.0), ("X-0", -1, 20.0), changes=[10.0, 90.0])
    held = TakerFlow(trades).position(two_options())
    assert held.quantity[0] == pytest.approx(-10.0 + 20.0)


def test_prints_after_the_chain_do_not_count():
    trades = tape(("X-0", 1, 30.0), ("X-0", 1, 10.0))
    late = Trades(
        underlying="BTC",
        stamp=trades.stamp + np.array([0, 10 * SECOND]),
        instrument=trades.instrument,
        trade_id=trades.trade_id,
        direction=trades.direction,
        amount=trades.amount,
        block_id=trades.block_id,
        combo_id=trades.combo_id,
        open_interest_change=trades.open_interest_change,
    )
    assert TakerFlow(late).position(two_options()).quantity[0] == pytest.approx(-30.0)


def test_trades_of_something_else_are_refused():
    with pytest.raises(InputError, match="none of 1 trades is of this chain"):
        TakerFlow(tape(("Y-7", 1, 30.0))).position(two_options())


@given(st.lists(st.tuples(st.sampled_from([1.0, -1.0]), st.floats(0.1, 500.0)), min_size=1))
def test_flow_plus_unknown_never_exceeds_open_interest(prints):
    chain = two_options()
    held = TakerFlow(tape(*[("X-1", side, size) for side, size in prints])).position(chain)
    assert np.all(np.abs(held.quantity) + held.unknown <= chain.open_interest * (1 + 1e-12))


def test_customers_of_an_inventory_do_not_count_as_hedgers():
    model = inventory_of([[-5.0, 0], [0, -3.0], [5.0, 3.0]], desk="", amm="amm", customers="")
    held = model.position(two_options())
    assert held.quantity == pytest.approx([-5.0, -3.0])
    assert held.dealer_names == ("desk", "amm")


def test_vaults_and_funds_hold_but_do_not_hedge():
    model = inventory_of(
        [[-5.0, 0], [0, -3.0], [5.0, 3.0]], maker="market_maker", v="vault", f="fund"
    )
    held = model.position(two_options())
    assert held.quantity == pytest.approx([-5.0, 0.0])
    assert held.dealer_names == ("maker",)


def test_concentration_of_the_short_side():
    """Shares 3/4 and 1/4 of the short side: Herfindahl 10/16; the long holder has no share."""
    options = series([100.0], days=30.0, vols=0.5, is_call=True)
    chain = chain_of(options, [10.0])
    model = inventory_of([[-1.0], [-3.0], [4.0]], small="", large="", fund="fund")
    system = system_gamma(model.position(chain), unit_exposure(options))
    assert system.herfindahl == pytest.approx(10.0 / 16.0)
    assert system.largest == "large"
    assert [holder.name for holder in system.holders] == ["large", "small", "fund"]
    assert system.holders[-1].share_of_short == 0.0
    assert sum(holder.share_of_short for holder in system.holders) == pytest.approx(1.0)


def test_a_rule_knows_sides_but_no_names():
    chain = random_chain(0)
    system = system_gamma(DealerShort().position(chain), unit_exposure(chain.options))
    assert system.herfindahl is None
    assert system.concentration_status == "names unknown"


def test_certain_signs_give_a_band_of_no_width():
    chain = random_chain(4, size=50)
    held = inventory_of(-chain.open_interest, desk="").position(chain)
    unit = unit_exposure(chain.options)
    sure = assess(chain.options, held, spot=100.0, unit=unit, sampling=Sampling(draws=50))
    net = float(held.quantity @ unit.gamma_usd_per_pct)
    assert sure.gamma_usd_per_pct.low == pytest.approx(net)
    assert sure.gamma_usd_per_pct.high == pytest.approx(net)
    assert sure.probability_short == 1.0


def test_the_mean_of_the_draws_is_the_hit_rate_times_the_position():
    """E[sign] = 2·accuracy − 1, whatever the grouping; unknown open interest averages to nothing."""
    chain = random_chain(4, size=60)
    held = Naive().position(chain)
    draws = draw_holdings(chain.options, held, Sampling(draws=40_000, seed=1))
    expected = (2.0 * held.accuracy - 1.0) * held.quantity
    error = np.abs(draws.mean(axis=0) - expected) / np.abs(held.quantity)
    assert error.max() < 5.0 / np.sqrt(40_000)


def test_whole_groups_can_be_wrong_together():
    """The signs of one expiry's calls are positively correlated across instruments."""
    options = series(np.linspace(90.0, 110.0, 20), days=30.0, vols=0.5, is_call=True)
    chain = chain_of(options, np.ones(20))
    draws = draw_holdings(options, DealerLong().position(chain), Sampling(draws=4_000, seed=3))
    correlation = np.corrcoef(draws.T)[np.triu_indices(20, 1)]
    # Beta with total weight 4: correlation of two signs of one group is 1/(4 + 1)
    assert correlation.mean() == pytest.approx(0.2, abs=0.03)


def test_same_seed_same_bits():
    chain = random_chain(6, size=40)
    held = Naive().position(chain)
    first, again = (
        draw_holdings(chain.options, held, Sampling(draws=20, seed=5)) for _ in range(2)
    )
    other = draw_holdings(chain.options, held, Sampling(draws=20, seed=6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_flip_band_is_the_flip_itself_where_signs_are_certain():
    chain = random_chain(9, size=120)
    held = inventory_of(Naive().position(chain).quantity, desk="").position(chain)
    sure = assess(
        chain.options,
        held,
        spot=100.0,
        unit=unit_exposure(chain.options),
        sampling=Sampling(draws=5),
    )
    flips = [f.spot for f in gamma_profile(chain.options, held.quantity, spot=100.0).flips]
    nearest = min(flips, key=lambda spot: abs(np.log(spot / 100.0)))
    assert sure.flip.median == pytest.approx(nearest, rel=1e-3)


def test_holdings_that_cancel_up_to_rounding_are_nothing():
    """0.1 + 0.2 − 0.3 is 5.6e-17 in doubles: no holding, and no flip made of it."""
    model = inventory_of([[0.1, 1.0], [0.2, 0.0], [-0.3, 0.0]], a="", b="", c="")
    assert model.position(two_options()).quantity.tolist() == [0.0, 1.0]


def test_the_unknown_share_is_of_all_open_interest():
    chain = two_options()
    held = TakerFlow(tape(("X-0", 1, 30.0), ("X-0", -1, 20.0), ("X-1", -1, 20.0))).position(chain)
    assert held.unknown_share == pytest.approx(1.0 - 70.0 / 200.0)
