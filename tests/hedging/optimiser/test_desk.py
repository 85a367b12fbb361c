"""From quotes to costs and from costs to orders."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.hedging.optimiser.desk import problem_of
from shortgamma.hedging.optimiser.execution import MOST_ORDERS, equal_parts, execution_plan
from shortgamma.hedging.optimiser.limits import Bound, Limits, Terms
from shortgamma.hedging.optimiser.listing import listing
from shortgamma.hedging.optimiser.measures import measure, traded
from shortgamma.hedging.optimiser.solution import solve
from shortgamma.hedging.optimiser.tickets import tickets
from shortgamma.venues.fees import FeeSchedule, OptionFeeSchedule
from tests.studies.hedge_reference import market, short_straddle

LIMITS = Limits(
    greeks={
        "delta": Bound.within(0.5),
        "gamma_usd_per_pct": Bound.within(100.0),
        "vega_usd_per_point": Bound.within(20.0),
    }
)


def made(seed=0, terms=None, **quotes):
    terms = terms or Terms()
    chain = market(seed, **quotes)
    listed = listing(chain, terms)
    book = short_straddle(chain)
    return book, listed, problem_of(book, listed, limits=LIMITS, terms=terms)


def test_half_of_a_spread_in_coin_is_worth_that_many_coins_at_spot():
    chain = market(1, inverse=True)
    listed = listing(chain, Terms())
    spread = listed.ask_price - listed.bid_price
    np.testing.assert_allclose(listed.half_spread_usd, 0.5 * spread * chain.spot)


def test_only_two_sided_quotes_are_tradable():
    chain = market(0, one_sided=5)
    assert len(listing(chain, Terms())) == len(chain) - 5
    assert listing(chain, Terms()).unquoted == 5


def test_a_chain_without_quotes_is_refused_in_words():
    chain = market(0, one_sided=10_000)
    with pytest.raises(InputError, match="has both a bid and an ask"):
        listing(chain, Terms())


def test_fees_are_added_to_both_sides_and_capped_at_a_share_of_the_premium():
    terms = Terms(
        option_fees=OptionFeeSchedule(taker=0.0003, premium_cap=0.125),
        underlying_fees=FeeSchedule(taker=0.0005),
    )
    _book, listed, with_fees = made(terms=terms)
    _book, _listed, without = made()
    fee = with_fees.instruments.buy_cost - without.instruments.buy_cost
    ask = listed.ask_price * listed.usd_per_quote
    np.testing.assert_allclose(fee[:-1], np.minimum(0.0003 * listed.spot, 0.125 * ask))
    assert fee[-1] == pytest.approx(0.0005 * listed.spot)


def test_rows_of_the_problem_are_what_the_book_with_the_trades_measures():
    book, listed, problem = made()
    rng = np.random.default_rng(5)
    trades = np.where(rng.random(len(listed) + 1) < 0.3, rng.normal(size=len(listed) + 1), 0.0)
    after = measure(traded(book, listed, trades=trades), LIMITS)
    for limit in problem.limits:
        assert limit.value(trades) == pytest.approx(after.limited[limit.name], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("terms", [Terms(), Terms(refills=3.0), Terms(largest_order=0.7)])
def test_orders_add_up_to_the_trades_and_none_is_larger_than_what_is_shown(terms):
    _book, listed, problem = made(terms=terms)
    answer = solve(problem)
    plan = execution_plan(problem, listed, trades=answer.trades, terms=terms)
    done = dict.fromkeys(listed.names, 0.0)
    for step in plan:
        done[step.instrument] += step.quantity
        done["perpetual"] += step.hedge
        if step.instrument != "perpetual":
            assert abs(step.quantity) <= min(step.size, terms.largest_order) * (1.0 + 1e-9)
    np.testing.assert_allclose(
        [done[name] for name in listed.names], answer.trades, rtol=1e-9, atol=1e-9
    )
    assert plan[-1].limit is None


@given(
    lots=st.integers(-3_000, 3_000).filter(bool),
    lot=st.sampled_from([0.001, 0.1, 1.0, 3.0]),
    share=st.floats(0.1, 50.0),
)
def test_parts_are_whole_lots_that_add_up_and_none_is_above_the_largest(lots, lot, share):
    largest = share * lot
    found = equal_parts(lots * lot, largest=largest, lot=lot)
    assert sum(found) == pytest.approx(lots * lot)
    np.testing.assert_allclose(np.array(found) / lot, np.rint(np.array(found) / lot), atol=1e-9)
    assert all(part * lots > 0.0 for part in found)
    assert len(found) <= MOST_ORDERS
    if len(found) < MOST_ORDERS:
        assert max(map(abs, found)) <= max(largest, lot) * (1.0 + 1e-9)


def test_five_lots_in_orders_of_at_most_two_and_a_half_are_three_orders():
    assert sorted(equal_parts(5.0, largest=2.5, lot=1.0)) == [1.0, 2.0, 2.0]
    assert equal_parts(-5.0, largest=2.5, lot=0.0) == [-2.5, -2.5]


@pytest.mark.parametrize("lot", [0.0, 0.01])
@pytest.mark.parametrize("half_spread", [0.0, 5.0])
def test_orders_of_the_underlying_are_no_larger_either(half_spread, lot):
    terms = Terms(half_spread_usd=half_spread, underlying_lot=lot, largest_order=0.075)
    _book, listed, problem = made(terms=terms)
    trades = solve(problem).trades
    trades[-1] = 25.0
    plan = execution_plan(problem, listed, trades=trades, terms=terms)
    own = [step.quantity for step in plan if step.instrument == "perpetual"]
    assert len(own) > 1
    most = 0.07 if lot else 0.075
    assert max(abs(q) for q in (*own, *(step.hedge for step in plan))) <= most * (1.0 + 1e-9)
    assert sum(own) + sum(step.hedge for step in plan) == pytest.approx(25.0)


def test_breaches_after_each_order_are_those_of_all_that_is_done():
    """Far too much of the underlying: delta ends as the limit that is broken most."""
    terms = Terms(largest_order=10.0)
    _book, listed, problem = made(terms=terms)
    trades = np.zeros(len(listed) + 1)
    trades[-1] = 1_000.0
    plan = execution_plan(problem, listed, trades=trades, terms=terms)
    sizes = {limit.name: limit.size for limit in problem.limits}
    done = np.zeros(len(listed) + 1)
    for step in plan:
        done[-1] += step.quantity
        relative = [by / sizes[name] for name, by in problem.breaches(done).items()]
        assert step.breach == pytest.approx(max(relative), rel=1e-9)
    assert len(plan) == 100
    assert plan[-1].limit == "delta"


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_underlying_has_one_price_in_tickets_and_in_orders(sign):
    terms = Terms(half_spread_usd=5.0)
    _book, listed, problem = made(terms=terms)
    trades = np.zeros(len(listed) + 1)
    trades[-1] = 2.0 * sign
    (step,) = execution_plan(problem, listed, trades=trades, terms=terms)
    (ticket,) = tickets(problem, listed, trades=trades, terms=terms)
    assert step.price == ticket.price == listed.spot + 5.0 * sign
    assert ticket.cost_usd == pytest.approx(sign * 2.0 * sign * 5.0)


def test_delta_stays_where_it_shall_be_from_the_first_order_on():
    book, listed, problem = made()
    answer = solve(problem)
    plan = execution_plan(problem, listed, trades=answer.trades, terms=Terms())
    assert plan[0].instrument == "perpetual"
    done = np.zeros(len(listed) + 1)
    place = {name: index for index, name in enumerate(listed.names)}
    for step in plan:
        done[place[step.instrument]] += step.quantity
        done[-1] += step.hedge
        assert abs(measure(traded(book, listed, trades=done), LIMITS).delta) <= 0.5 + 1e-6


def test_short_gamma_is_hedged_by_buying_options():
    """The sign end to end: a short straddle buys gamma and vega, and never sells them on balance."""
    book, listed, problem = made()
    answer = solve(problem)
    before = measure(book, LIMITS).totals
    after = measure(traded(book, listed, trades=answer.trades), LIMITS).totals
    assert before.gamma_usd_per_pct < -100.0
    assert before.vega_usd_per_point < -20.0
    assert after.gamma_usd_per_pct == pytest.approx(-100.0, rel=1e-6)
    assert after.gamma_usd_per_pct > before.gamma_usd_per_pct
    assert after.vega_usd_per_point > before.vega_usd_per_point
    assert after.theta_usd_per_day < before.theta_usd_per_day


def test_a_future_needs_an_expiry_of_the_chain_and_trades_at_its_forward():
    chain = market(0)
    expiry = int(chain.options.expiry[0])
    terms = Terms(underlying="X-FUT", expiry=expiry)
    listed = listing(chain, terms)
    same = chain.options.expiry == expiry
    assert listed.underlying.price == pytest.approx(np.median(chain.options.forward[same]))
    assert listed.names[-1] == "X-FUT"
    with pytest.raises(InputError, match="the future has no price"):
        listing(chain, Terms(underlying="X-FUT", expiry=expiry + 1))
