"""High-frequency scalping: takers and makers, late or not, long and short, on the same shocks."""

from math import erf, exp, pi, sqrt

import numpy as np
import pytest

import shortgamma as sg
from shortgamma.basics.errors import InputError
from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.studies.scalping.fast import LATENCIES, MAKER, TAKER
from shortgamma.studies.scalping.question import LONG, SHORT, SIDES

RARE = {"steps": 1_200, "queue": 0.05, "theta": 0.04, "policy": "band:width=10,landing=edge"}
"""Few fills by the queue: what rests has to be reached."""
QUEUE, HALF_SPREAD, TAKER_FEE, REBATE, VOL = 0.3, 0.5e-4, 5e-4, 0.5e-4, 0.6
CLEAN = {
    "steps": 1_200,
    "depth": 1e13,
    "theta": 1.2e6 / 1e13,
    "lot": 0.0,
    "slippage": 0.0,
    "policy": "band:width=2,landing=edge",
    "queue": QUEUE,
    "half_spread": HALF_SPREAD,
    "taker_fee": TAKER_FEE,
    "maker_fee": -REBATE,
    "vol": VOL,
}
"""Nobody moves the price, and every cost is a part of the turnover."""


@pytest.fixture(scope="module")
def usual():
    return sg.scalp_fast("scalper", {"steps": 1_200}, paths=300, workers=1)


@pytest.fixture(scope="module")
def rare():
    return sg.scalp_fast("scalper", RARE, paths=300, workers=1)


@pytest.fixture(scope="module")
def clean():
    return sg.scalp_fast("scalper", CLEAN, paths=800, workers=1)


def drift_of_a_fill(queue):
    """Filled for sure beyond the limit, by the queue else: E[move | fill] of a normal move."""
    deviation = VOL / sqrt(SECONDS_PER_YEAR)
    z = HALF_SPREAD / deviation
    beyond = 0.5 * (1.0 - erf(z / sqrt(2.0)))
    density = exp(-0.5 * z * z) / sqrt(2.0 * pi)
    return -(1.0 - queue) * deviation * density / (beyond + queue * (1.0 - beyond))


def test_every_way_is_there_and_its_parts_sum_to_its_result(usual):
    assert len(usual.results) == len(SIDES) * 2 * len(LATENCIES)
    for found in usual.results:
        total = sum(part.value for part in found.parts.values())
        largest = max(abs(part.value) for part in found.parts.values())
        assert total == pytest.approx(found.pnl.value, abs=1e-9 * largest)


def test_before_costs_the_short_side_loses_what_the_long_side_earns(usual):
    assert usual.net[LONG].value > 5.0 * usual.net[LONG].standard_error
    # The price is moved a little by either side's own hedging.
    assert usual.net[SHORT].value == pytest.approx(-usual.net[LONG].value, rel=0.02)


def test_theta_is_paid_by_the_long_side(usual):
    for found in usual.results:
        sign = 1.0 if found.way.side == LONG else -1.0
        assert sign * found.parts["theta_usd"].value < 0.0 < sign * found.parts["gamma_usd"].value


@pytest.mark.parametrize("side", SIDES)
def test_adverse_selection_is_that_of_the_fill_rule(clean, side):
    maker = clean.of(side, MAKER, late=0.0)
    error = maker.selection.standard_error / maker.resting.value
    assert abs(maker.selection_fraction - drift_of_a_fill(QUEUE)) < 4.0 * error
    assert error < 0.05 * abs(drift_of_a_fill(QUEUE))


@pytest.mark.parametrize("side", SIDES)
def test_what_crosses_in_the_end_is_no_part_of_the_adverse_selection(side):
    """A book that moves the price, and orders that wait a second: half the turnover or more crosses."""
    figures = {**RARE, "lot": 0.0, "patience_seconds": 1.0, "policy": "band:width=2,landing=edge"}
    maker = sg.scalp_fast("scalper", figures, paths=300, workers=2).of(side, MAKER, late=0.0)
    assert maker.crossing.value > maker.resting.value
    error = maker.selection.standard_error / maker.resting.value
    assert abs(maker.selection_fraction - drift_of_a_fill(RARE["queue"])) < 4.0 * error
    assert error < 0.02 * abs(drift_of_a_fill(RARE["queue"]))


def test_both_sides_are_selected_against_alike(rare):
    for latency in LATENCIES:
        long, short = (rare.of(side, MAKER, late=latency) for side in SIDES)
        error = np.hypot(
            long.selection.standard_error / long.resting.value,
            short.selection.standard_error / short.resting.value,
        )
        assert long.selection_fraction < 0.0
        assert short.selection_fraction < 0.0
        assert abs(long.selection_fraction - short.selection_fraction) < 4.0 * error


def test_the_short_side_crosses_the_spread_more_often_than_the_long_side(rare):
    """Its gap grows while the price runs away from its order; the long side's closes."""
    for latency in LATENCIES:
        long, short = (1.0 - rare.of(side, MAKER, late=latency).resting_share for side in SIDES)
        assert short > 2.0 * long


def test_the_later_a_maker_the_more_it_crosses(rare):
    for side in SIDES:
        shares = [rare.of(side, MAKER, late=latency).crossing.value for latency in LATENCIES]
        assert shares[-1] > shares[0]


@pytest.mark.parametrize("side", SIDES)
def test_resting_is_worth_the_fees_and_spreads_that_it_saves_less_the_selection(clean, side):
    """Per dollar: what rests earns half spread, rebate and drift, what crosses pays half spread and fee."""
    taker, maker = (clean.of(side, each, late=0.0) for each in (TAKER, MAKER))
    rested, crossed = HALF_SPREAD + REBATE + drift_of_a_fill(QUEUE), HALF_SPREAD + TAKER_FEE
    avoided = taker.crossing.value - maker.crossing.value
    saved = clean.saved[side, 0.0]
    expected = rested * maker.resting.value + crossed * avoided
    assert abs(saved.value - expected) < 4.0 * saved.standard_error
    assert saved.standard_error < 0.03 * expected


def test_a_taker_never_rests(usual):
    for found in usual.results:
        if found.way.execution == TAKER:
            assert found.resting.value == 0.0


def test_latency_adds_risk_to_a_taker(usual):
    for side in SIDES:
        stds = [usual.of(side, TAKER, late=latency).std.value for latency in LATENCIES]
        assert stds[-1] > stds[0]


def test_steps_that_are_too_long_are_refused():
    with pytest.raises(InputError, match="step_seconds=1"):
        sg.scalp_fast("desk", paths=10)


@pytest.mark.parametrize("seconds", [0.3, 0.75, 0.9])
def test_steps_of_which_a_latency_is_no_whole_number_are_refused(seconds):
    with pytest.raises(
        InputError, match=f"a latency of 1 s is no whole number of steps of {seconds}"
    ):
        sg.scalp_fast("scalper", {"step_seconds": seconds}, paths=10)


@pytest.mark.parametrize("seconds", [1.0, 0.5, 0.2, 0.1])
def test_steps_of_which_every_latency_is_a_whole_number_are_taken(seconds):
    found = sg.scalp_fast("scalper", {"step_seconds": seconds, "steps": 4}, paths=2, workers=1)
    assert len(found.results) == len(SIDES) * 2 * len(LATENCIES)


def test_no_workers_are_refused():
    with pytest.raises(InputError, match="--workers: 0 workers"):
        sg.scalp_fast("scalper", {"steps": 4}, paths=2, workers=0)


def test_a_desk_without_a_makers_terms_is_refused():
    with pytest.raises(InputError, match="use scalper or desk"):
        sg.scalp_fast("hedged-book", {"step_seconds": 1.0, "steps": 10}, paths=10)


def test_the_document_has_one_row_per_way(usual):
    document = usual.to_dict()
    assert len(document["table"]) == len(usual.results)
    assert {row["execution"] for row in document["table"]} == {TAKER, MAKER}
    assert all(np.isfinite(row["pnl"]["value"]) for row in document["table"])
