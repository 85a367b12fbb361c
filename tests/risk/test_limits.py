"""Limits: the figures of the optimiser, what is added to them, and what counts as a breach."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.exposure.unit import unit_exposure
from shortgamma.hedging.optimiser.limits import Bound, CellFloor, Limits, ScenarioMargin, TenorBound
from shortgamma.hedging.optimiser.measures import measure
from shortgamma.market.revaluation import SAME_VOL, Shock
from shortgamma.risk.limits import (
    LimitCheck,
    MarginLimit,
    RiskLimits,
    check,
    concentrations,
    limit_checks,
    margin_usd,
)
from shortgamma.risk.margin.regimes import regime_of
from shortgamma.risk.stress import ShockGrid, stress_matrix
from tests.exposure.builders import series
from tests.risk.books import book_of, mixed, straddle
from tests.risk.margin.books import NO_VOL, option
from tests.risk.margin.books import book_of as margined

DESK = Limits(
    greeks={"delta": Bound.within(1.0), "gamma_usd_per_pct": Bound(low=-5.0, high=100.0)},
    vega_by_tenor=(TenorBound(above=0.0, upto=30.0, vega_usd_per_point=Bound.within(0.1)),),
    worst_cell_usd=50.0,
    cells=(CellFloor(shock=Shock(spot_move=-0.3, vol=SAME_VOL), most_usd=1e3),),
)


def test_the_figures_of_a_desk_are_those_that_hedge_measures():
    book = mixed()
    rows = {
        row.name: row for row in limit_checks(book, RiskLimits(desk=DESK, bounds={}), figures={})
    }
    assert {name: row.figure for name, row in rows.items()} == measure(book, DESK).limited
    assert (rows["delta"].low, rows["delta"].high) == (-1.0, 1.0)
    assert (rows["worst_cell_usd"].low, rows["worst_cell_usd"].high) == (-np.inf, 50.0)


def test_a_limit_of_its_own_is_checked_against_the_figure_of_its_name():
    limits = RiskLimits(desk=None, bounds={"theta": Bound.within(0.1)})
    (row,) = limit_checks(straddle(), limits, figures={"theta": -0.3, "gap_usd": 5.0})
    assert not row.holds
    assert row.breach == pytest.approx(0.2)
    assert row.used == pytest.approx(3.0)


def test_margin_usage_is_the_worst_scenario_over_equity():
    book = mixed()
    grid = ShockGrid(spot_moves=(-0.2, 0.2), vol_shifts=(SAME_VOL,))
    rule = ScenarioMargin(shocks=grid.shocks, factor=1.25)
    required = 1.25 * max(0.0, -stress_matrix(book, grid).worst.pnl_usd)
    assert required > 0.0
    assert margin_usd(book, rule) == pytest.approx(required)
    limits = RiskLimits(
        desk=None, bounds={}, margin=MarginLimit(rule=rule, equity_usd=100.0, most=0.5)
    )
    (row,) = limit_checks(book, limits, figures={})
    assert row.name == "margin_usage"
    assert row.figure == pytest.approx(required / 100.0)
    assert row.holds == (required <= 50.0)


def usage(book, name):
    """Margin usage of a book against an equity of 1,000 USD."""
    limit = MarginLimit(rule=regime_of(name), equity_usd=1_000.0, most=0.5)
    (row,) = limit_checks(book, RiskLimits(desk=None, bounds={}, margin=limit), figures={})
    return row


def test_margin_usage_by_a_regime_is_its_own_funds_over_equity():
    """The venue's own words: 15 % of the index less what it is out of the money, plus the mark.

    Source: Deribit, standard margin, "Initial margin short call: max(0.15 − OTM/U, 0.1) + mark", in coins.
    Own funds leave the mark out: the account is short it anyway.
    """
    short = margined(option("call", 1_600, -1.0, vol=NO_VOL), spot=1_500.0)
    row = usage(short, "deribit-sm")
    assert row.name == "margin_usage"
    assert row.figure == pytest.approx(max(0.15 - 100.0 / 1_500.0, 0.1) * 1_500.0 / 1_000.0)
    assert row.holds
    assert usage(margined(option("call", 1_600, 1.0, vol=NO_VOL), spot=1_500.0), "deribit-sm").holds
    twice = margined(option("call", 1_500, -4.0, vol=NO_VOL), spot=1_500.0)
    assert usage(twice, "deribit-sm").figure == pytest.approx(4.0 * 0.15 * 1_500.0 / 1_000.0)
    assert not usage(twice, "deribit-sm").holds


def test_own_funds_leave_the_mark_of_a_short_option_out():
    """The account is short the mark already: what it needs beyond it does not count it twice."""
    deep = margined(option("call", 1_400, -1.0, vol=NO_VOL), spot=1_500.0)
    assert usage(deep, "deribit-sm").figure == pytest.approx(0.15 * 1_500.0 / 1_000.0)


def test_a_venue_that_does_not_take_the_book_is_a_breach():
    far = margined(option("call", 1_500, -1.0, seconds=90 * 86_400), spot=1_500.0)
    row = usage(far, "opyn-naked")
    assert row.figure == np.inf
    assert not row.holds
    assert row.breach == np.inf


@given(low=st.floats(-1e6, 0.0), high=st.floats(0.0, 1e6), figure=st.floats(-2e6, 2e6))
def test_what_is_outside_is_a_breach_by_as_much(low, high, figure):
    row = check("x", Bound(low=low, high=high), figure)
    outside = max(low - figure, figure - high, 0.0)
    assert row.holds == (outside <= 1e-9 * max(-low, high))
    assert row.breach == (0.0 if row.holds else outside)


def test_rounding_is_no_breach_and_infinity_is_one():
    assert check("x", Bound.within(3.0), 3.0 + 1e-12).holds
    assert not check("x", Bound.within(0.0), 1e-300).holds
    endless = check("x", Bound(low=-np.inf, high=60.0), np.inf)
    assert not endless.holds
    assert endless.breach == endless.used == np.inf


@pytest.mark.parametrize(
    ("figure", "used"), [(50.0, 0.5), (-20.0, 2.0), (0.0, 0.0), (-np.inf, np.inf)]
)
def test_a_limit_is_used_on_the_side_of_its_figure(figure, used):
    row = LimitCheck(name="x", low=-10.0, high=100.0, figure=figure, holds=True)
    assert row.used == used


def test_what_is_not_bounded_on_that_side_is_not_used():
    row = check("worst_cell_usd", Bound(low=-np.inf, high=10.0), -5.0)
    assert (row.holds, row.used) == (True, 0.0)


def test_limits_that_limit_nothing_are_refused():
    with pytest.raises(InputError, match="nothing is limited"):
        RiskLimits(desk=None, bounds={})


def test_concentration_is_the_share_of_the_largest_place_in_net_gamma():
    options = series(
        [100.0, 100.0, 120.0], days=[30.0, 60.0, 30.0], vols=0.6, is_call=[True, False, True]
    )
    book = book_of(options, [-2.0, 1.0, -1.0])
    unit = unit_exposure(options)
    gamma = book.quantity * unit.gamma_usd_per_pct
    by = {place.by: place for place in concentrations(book, unit)}
    strike = abs(gamma[0] + gamma[1])
    assert by["strike"].share == pytest.approx(
        max(strike, abs(gamma[2])) / (strike + abs(gamma[2]))
    )
    assert by["expiry"].share == pytest.approx(
        abs(gamma[0] + gamma[2]) / (abs(gamma[0] + gamma[2]) + abs(gamma[1]))
    )
    assert by["instrument"].share == pytest.approx(abs(gamma[0]) / np.abs(gamma).sum())
    assert by["instrument"].gamma_usd_per_pct == pytest.approx(gamma[0])
    assert by["instrument"].instrument == "X-0"


def test_a_single_option_is_all_of_it_and_no_option_is_nothing():
    one = book_of(series([100.0], days=9.0, vols=0.5, is_call=True), [-1.0])
    assert [p.share for p in concentrations(one, unit_exposure(one.options))] == [1.0] * 3
    none = straddle(0.0)
    assert [p.share for p in concentrations(none, unit_exposure(none.options))] == [0.0] * 3
