"""Standard margins of Deribit and OKX: the published formulas by hand, and laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortgamma.risk.margin.account import account_of, holdings_of
from shortgamma.risk.margin.regime import margin, requirement_of, shocked_margin
from shortgamma.risk.margin.regimes import REGIMES, all_regimes, regime_of
from tests.risk.margin.books import NO_VOL, asked, book_of, holding, option

LISTED = ("deribit-sm", "deribit-pm", "okx-sm", "okx-pm", "span", "cboe-strategy", "occ-portfolio")
ANY = tuple(REGIMES)


def mark_in_coin(book):
    return float(account_of(book).mark[0, 0]) / book.options.forward[0]


@pytest.mark.parametrize("strike", [50_000, 60_000, 63_000, 80_000])
def test_a_short_call_on_deribit_is_the_published_formula_in_coin(strike):
    book = book_of(option("call", strike, -2, vol=0.7), spot=60_000.0, inverse=True)
    mark = mark_in_coin(book)
    otm = max(strike - 60_000, 0) / 60_000
    initial, maintenance = asked(book, "deribit-sm")
    assert initial / 60_000 == pytest.approx(2 * (max(0.15 - otm, 0.1) + mark))
    assert maintenance / 60_000 == pytest.approx(2 * (0.075 + mark))


@pytest.mark.parametrize("strike", [40_000, 57_000, 60_000, 150_000])
def test_a_short_put_on_deribit_is_the_published_formula_in_coin(strike):
    book = book_of(option("put", strike, -1, vol=0.7), spot=60_000.0, inverse=True)
    mark = mark_in_coin(book)
    otm = max(60_000 - strike, 0) / 60_000
    maintenance = max(0.075, 0.075 * mark) + mark
    initial = max(max(0.15 - otm, 0.1) + mark, maintenance)
    found = asked(book, "deribit-sm")
    assert np.array(found) / 60_000 == pytest.approx([initial, maintenance])


def test_out_of_the_money_is_measured_from_the_forward_and_coins_are_worth_spot():
    book = book_of(
        option("call", 66_000, -1, vol=NO_VOL, forward=63_000.0), spot=60_000.0, inverse=True
    )
    initial, _ = asked(book, "deribit-sm")
    assert initial == pytest.approx((0.15 - 3_000 / 63_000) * 60_000)
    # In the money the mark of an inverse option, V/F coins, is worth V·S/F.
    inside = book_of(
        option("call", 50_000, -1, vol=NO_VOL, forward=63_000.0), spot=60_000.0, inverse=True
    )
    assert asked(inside, "deribit-sm")[0] == pytest.approx(60_000 * (0.15 + 13_000 / 63_000))


# OKX help, Option Margin: a 0.1, b 0.15, c 0.03 (BTC) or 0.05 (ETH), margin factor 1.
@pytest.mark.parametrize(("parameters", "c"), [("default", 0.03), ("eth", 0.05)])
@pytest.mark.parametrize("kind", ["call", "put"])
def test_okx_standard_margin_is_the_published_formula(kind, parameters, c):
    strike = {"call": 66_000, "put": 54_000}[kind]
    book = book_of(option(kind, strike, -3, vol=0.7), spot=60_000.0, inverse=True)
    mark = mark_in_coin(book)
    initial, maintenance = asked(book, "okx-sm", parameters)
    assert initial / 60_000 == pytest.approx(3 * (max(0.1, 0.15 - 0.1) + mark))
    assert maintenance / 60_000 == pytest.approx(3 * (c + mark))


def test_a_long_option_needs_no_margin_where_it_is_paid_for():
    book = book_of(option("call", 60_000, 5), spot=60_000.0, inverse=True)
    for name in ("deribit-sm", "okx-sm", "derive-srm", "opyn-naked", "lyra", "full-collateral"):
        assert asked(book, name) == pytest.approx((0.0, 0.0), abs=1e-6), name


def test_own_funds_of_a_bought_option_are_its_price_where_nothing_is_lent_on_it():
    book = book_of(option("call", 60_000, 5), spot=60_000.0)
    price = float(account_of(book).option_value[0])
    for name in ("deribit-sm", "okx-sm", "cboe-strategy", "derive-srm", "full-collateral"):
        found = margin(book, regime_of(name))
        assert float(found.initial_equity[0]) == pytest.approx(price), name
        assert float(found.cash[0]) == pytest.approx(0.0, abs=1e-6), name


def test_holdings_of_the_same_option_are_net():
    twice = book_of(option("call", 100, -5), option("call", 100, 3), spot=100.0)
    once = book_of(option("call", 100, -2), spot=100.0)
    assert len(holdings_of(twice)) == 1
    for name in ANY:
        assert asked(twice, name) == pytest.approx(asked(once, name)), name


def test_shorts_naked_at_a_strike_are_counted_as_the_venue_counts_them():
    # Deribit, Portfolio Margin: call +10 and put −20 at one strike leave 10 short.
    held = holdings_of(book_of(option("call", 100, 10), option("put", 100, -20), spot=100.0))
    assert held.naked_shorts() == 10.0
    both = holdings_of(book_of(option("call", 100, -1), option("put", 100, -2), spot=100.0))
    assert both.naked_shorts() == 3.0


@settings(max_examples=20, deadline=None)
@given(
    size=st.floats(0.1, 20.0), strike=st.integers(60, 150), kind=st.sampled_from(["call", "put"])
)
@pytest.mark.parametrize("name", ANY)
def test_every_regime_asks_own_funds_of_a_short_and_more_to_open_than_to_keep(
    name, size, strike, kind
):
    book = book_of(option(kind, strike, -size), spot=100.0)
    found = margin(book, regime_of(name))
    assert found.initial_equity[0] >= found.maintenance_equity[0] - 1e-9
    assert found.initial_equity[0] > 0.0


@settings(max_examples=15, deadline=None)
@given(sizes=st.lists(st.integers(-5, 5), min_size=4, max_size=4))
@pytest.mark.parametrize("name", ANY)
def test_parts_add_up_to_initial_margin(name, sizes):
    kinds, strikes = ("call", "put", "call", "put"), (110, 90, 125, 80)
    legs = zip(kinds, strikes, sizes, strict=True)
    book = book_of(*(option(*leg) for leg in legs), spot=100.0)
    found = margin(book, regime_of(name))
    assert sum(part[0] for part in found.parts.values()) == pytest.approx(
        found.initial[0], abs=1e-6
    )


@pytest.mark.parametrize("name", ANY)
def test_many_states_at_once_are_the_same_as_one_by_one(name):
    rows = [option("call", 105, -2), option("put", 95, -1), option("put", 85, 2, vol=0.8)]
    book = book_of(*rows, spot=100.0, others=[holding("spot", 0.5, 100)])
    spots, vols = np.array([0.8, 1.0, 1.3, 1.1]), np.array([1.0, 2.0, 1.5, 1.0])
    found = shocked_margin(book, regime_of(name), spot_factor=spots, vol_factor=vols)
    held, base = holdings_of(book), account_of(book).vol[0]
    for place, (spot, vol) in enumerate(zip(spots, vols, strict=True)):
        one = requirement_of(held, regime_of(name), spot=100.0 * spot, vol=base * vol)
        assert one.initial[0] == pytest.approx(found.initial[place], rel=1e-9), name
        assert one.cash[0] == pytest.approx(found.cash[place], rel=1e-9), name


@pytest.mark.parametrize("name", [n for n in ANY if n not in {"opyn-naked", "lyra"}])
def test_a_book_without_options_has_a_margin_too(name):
    book = book_of(spot=100.0, others=[holding("perpetual", -3, 101)])
    initial, maintenance = asked(book, name)
    assert initial >= maintenance > 0.0


def test_an_unverified_regime_says_what_is_doubtful_and_every_one_says_its_source():
    for sets in REGIMES.values():
        for regime in sets.values():
            assert regime.source, regime.name
            assert regime.verified or regime.doubts, regime.name


def test_the_registry_lists_every_regime_once_and_tests_have_a_set_of_their_own():
    assert [one.name for one in all_regimes()] == list(ANY)
    assert set(LISTED) <= set(ANY)
    assert {one.parameters for one in all_regimes("test") if one.name.startswith("derive")} == {
        "test"
    }
