"""Strategy-based and portfolio margin against the table that Cboe and OCC published.

Source: Cboe and OCC, Margin Requirement Examples for Sample Options-based Positions: IBM at 97.73, 100
contracts of 100 shares; SPX. Requirements there are net of premiums received and include those paid.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from shortgamma.kernels.black import black_price
from shortgamma.risk.margin.account import account_of
from shortgamma.risk.margin.pairing import candidates
from shortgamma.risk.margin.regime import margin
from shortgamma.risk.margin.regimes import regime_of
from shortgamma.risk.margin.strategies import StrategyMargin, cheapest, usage
from tests.risk.margin.books import asked, book_of, holding, option

SECONDS = 30 * 86_400
IBM, SHARES = 97.73, 10_000
# The put and the call of strike 100 cost 3.18 and 1.68: parity gives the discounted strike, hence the rate.
RATE = -np.log((IBM + 3.18 - 1.68) / 100.0) * 365 * 86_400 / SECONDS
FORWARD = IBM * np.exp(RATE * SECONDS / (365 * 86_400))
PRICES = {
    ("call", 100): 1.68,
    ("put", 100): 3.18,
    ("put", 95): 1.02,
    ("call", 105): 0.40,
    ("call", 95): 4.53,
}


def ibm(kind, strike, contracts):
    """An option at its published price."""
    years = SECONDS / (365 * 86_400)

    def gap(vol):
        out = np.empty(1)
        columns = (
            [FORWARD],
            [float(strike)],
            [years],
            [vol],
            [RATE],
            [1.0 if kind == "call" else -1.0],
        )
        black_price(*(np.array(column) for column in columns), out)
        return out[0] - PRICES[kind, strike]

    vol = brentq(gap, 0.01, 3.0, xtol=1e-14)
    return option(kind, strike, contracts * 100, seconds=SECONDS, vol=vol, forward=FORWARD)


def ibm_book(*legs, shares=0):
    others = [holding("spot", shares, IBM)] if shares else []
    return book_of(*(ibm(*leg) for leg in legs), spot=IBM, rate=RATE, others=others)


# Each option has its own vol: the published prices are not all at parity with one rate.
@pytest.mark.parametrize(
    ("legs", "shares", "needed"),
    [
        ([("call", 100, -100)], 0, 172_760),
        ([("put", 100, -100)], 0, 195_460),
        ([("call", 100, -100)], SHARES, 471_850),
        ([("put", 95, 100)], SHARES, 498_850),
        ([("call", 100, 100), ("put", 100, -100)], 0, 212_260),
        ([("put", 95, 100), ("call", 105, -100)], 0, 132_960),
        ([("put", 95, 100), ("call", 105, -100)], SHARES, 494_850),
        ([("call", 95, 100), ("call", 105, -100)], 0, 41_300),
        # Printed as 48,500: the sum of the printed prices is 48,600.
        ([("put", 100, 100), ("call", 100, 100)], 0, 48_600),
    ],
)
def test_strategy_margin_is_the_published_one(legs, shares, needed):
    assert asked(ibm_book(*legs, shares=shares), "cboe-strategy")[0] == pytest.approx(
        needed, abs=0.01
    )


# SPX: the call and the put of 1460 give the index twice: 2,088,685 and 2,176,785 differ by its distance.
@pytest.mark.parametrize(("kind", "needed"), [("call", 2_088_685), ("put", 2_176_785)])
def test_index_margin_is_the_published_one(kind, needed):
    spot = 1_451.19
    book = book_of(option(kind, 1_460, -10_000, seconds=SECONDS), spot=spot)
    assert asked(book, "cboe-strategy", "index")[0] == pytest.approx(needed, abs=0.01)


# Portfolio margin: American options at the vols of the day; what depends little on them, to 0.2 %.
@pytest.mark.parametrize(
    ("legs", "shares", "needed"),
    [
        ([("call", 100, -100)], 0, 115_429),
        ([("call", 100, -100)], SHARES, 129_804),
        ([("call", 95, 100), ("call", 105, -100)], 0, 40_881),
        ([("put", 100, 100), ("call", 100, 100)], 0, 7_500),
    ],
)
def test_portfolio_margin_is_near_the_published_one(legs, shares, needed):
    found = asked(ibm_book(*legs, shares=shares), "occ-portfolio")[0]
    if needed == 7_500:
        # The minimum of 37.50 per contract; the scan itself takes less than that.
        assert found >= needed
    else:
        assert found == pytest.approx(needed, rel=2e-3)


def test_the_minimum_of_portfolio_margin_is_per_contract():
    # 200 contracts at 37.50, the published 7,500, where the scan finds no loss beyond it.
    legs = [option(kind, 1, 10_000, seconds=SECONDS) for kind in ("call", "put")]
    flat = book_of(*legs, spot=IBM, others=[holding("spot", -10_000, IBM)])
    assert asked(flat, "occ-portfolio")[0] == pytest.approx(7_500, abs=1.0)


def test_an_iron_condor_is_margined_on_one_wing():
    # tastyware/margin-estimator, README: SPY 567/572/602/607, premiums 4.78, 5.61, 5.23, 3.68: 262.
    legs = [("put", 567, 1), ("put", 572, -1), ("call", 602, -1), ("call", 607, 1)]
    book = book_of(*(option(*leg, seconds=SECONDS) for leg in legs), spot=587.88)
    found = margin(book, regime_of("cboe-strategy"))
    credit = -float(account_of(book).option_value[0])
    assert found.initial[0] == pytest.approx(5.0 - credit)
    published = 5.61 - 4.78 + 5.23 - 3.68
    assert pytest.approx(262.0) == (5.0 - published) * 100


def test_a_short_strangle_needs_the_greater_side_and_the_other_premium():
    # tastytrade, Short Straddle/Strangle: spot 45, call 47 at 2.10, put 43 at 1.20: 910 + 120 = 1,030 per
    # contract with premiums, so 700 beyond them.
    legs = [("call", 47, -100), ("put", 43, -100)]
    book = book_of(*(option(*leg, seconds=SECONDS, vol=0.3) for leg in legs), spot=45.0)
    assert asked(book, "cboe-strategy")[0] == pytest.approx(1_030 - 210 - 120)


def test_no_pairing_by_hand_is_cheaper_than_the_programme():
    legs = [("call", 100, -3), ("call", 110, 2), ("put", 90, -2), ("put", 80, 1), ("call", 105, 1)]
    account = account_of(book_of(*(option(*leg, seconds=SECONDS) for leg in legs), spot=100.0))
    held, rule = account.holdings, StrategyMargin()
    known = candidates(held, 0.0)
    costs = np.concatenate([rule.costs(account, one, rule.rates[0]) for one in known], axis=1)[0]
    sizes = np.append(np.abs(held.quantity), 0.0)
    best = costs @ cheapest(costs, usage(held, known), sizes)
    alone = costs[: len(known[0].first) + len(known[1].first)]
    order = np.concatenate([known[0].first, known[1].first])
    assert best <= alone @ np.abs(held.quantity[order]) + 1e-9


@settings(max_examples=30, deadline=None)
@given(
    strikes=st.lists(st.integers(60, 140), min_size=2, max_size=5, unique=True),
    sizes=st.lists(st.integers(-4, 4).filter(bool), min_size=5, max_size=5),
)
def test_strategies_use_up_every_holding_and_buying_an_option_never_costs_more_than_its_price(
    strikes, sizes
):
    legs = [
        (("call", "put")[place % 2], strike, size)
        for place, (strike, size) in enumerate(zip(strikes, sizes, strict=False))
    ]
    book = book_of(*(option(*leg, seconds=SECONDS) for leg in legs), spot=100.0)
    account = account_of(book)
    known = candidates(account.holdings, 0.0)
    uses = usage(account.holdings, known)
    rule = StrategyMargin()
    costs = np.concatenate([rule.costs(account, one, rule.rates[0]) for one in known], axis=1)[0]
    sizes_held = np.append(np.abs(account.holdings.quantity), 0.0)
    np.testing.assert_allclose(uses @ cheapest(costs, uses, sizes_held), sizes_held, atol=1e-7)
    more = book_of(
        *(option(*leg, seconds=SECONDS) for leg in [*legs, ("call", 150, 1)]), spot=100.0
    )
    price = account_of(more).option_value[0] - account.option_value[0]
    assert asked(more, "cboe-strategy")[0] <= asked(book, "cboe-strategy")[0] + price + 1e-6
