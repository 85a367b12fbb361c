"""The exposure study end to end: one document, all assumptions in it, and the sign carried through."""

import json

import numpy as np
import pytest

import shortgamma as sg
from shortgamma.exposure.positioning import DealerShort, Naive
from shortgamma.studies.exposure import exposure
from tests.exposure.builders import chain_of, random_chain, series

FLOOR = {
    "asof", "underlying", "spot", "instruments", "quarantined", "positioning", "gamma_usd_per_pct",
    "gross_gamma_usd_per_pct", "gamma_coin_per_pct", "delta_usd", "vega_usd_per_point",
    "vega_usd_per_point_per_pct", "vanna_usd_per_point", "charm_usd_per_day", "flips", "flip_status", "walls",
    "by_strike", "by_expiry", "profile", "feedback", "confidence",
}  # fmt: skip
FEEDBACK = {
    "depth_usd_per_pct",
    "theta",
    "amplification",
    "runaway_depth_usd_per_pct",
    "critical_shock_up",
    "critical_shock_down",
}


@pytest.fixture(scope="module")
def answer():
    return exposure(random_chain(11), Naive())


def test_document_has_every_key_and_no_nan(answer):
    document = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    assert document.keys() >= FLOOR
    assert document["feedback"].keys() >= FEEDBACK
    assert document["profile"].keys() >= {"spot", "gamma_usd_per_pct"}
    assert sum(row["gamma_usd_per_pct"] for row in document["by_strike"]) == pytest.approx(
        document["gamma_usd_per_pct"]
    )
    assert document["flips"][0].keys() == {"spot", "crossing"}


def test_a_short_straddle_buys_rises_and_amplifies():
    """The sign end to end: short straddle → price up → the hedge is a buy → volatility rises."""
    options = series([100.0, 100.0], days=20.0, vols=0.5, is_call=[True, False])
    answer = exposure(chain_of(options, [1e6, 1e6]), DealerShort())
    held = answer.positioning.quantity
    up = sg.price(["call", "put"], 101.0, strike=100.0, years=20 / 365, vol=0.5).values["delta"]
    now = sg.price(["call", "put"], 100.0, strike=100.0, years=20 / 365, vol=0.5).values["delta"]
    hedge_order = -(held @ (up - now))  # the hedge is minus the option delta
    assert hedge_order > 0.0
    assert answer.totals.gamma_usd_per_pct < 0.0
    assert answer.feedback.theta < 0.0
    assert answer.feedback.amplification is None or answer.feedback.amplification > 1.0


def test_theta_is_gamma_over_the_given_depth():
    chain = random_chain(12)
    answer = exposure(chain, Naive(), sg.Assumptions(depth_usd_per_pct=5e3))
    assert answer.feedback.theta == pytest.approx(answer.totals.gamma_usd_per_pct / 5e3)


@pytest.mark.parametrize("dynamics", ["sticky-strike", "sticky-delta", "surface"])
def test_net_gamma_does_not_depend_on_the_dynamics(dynamics):
    """The profile at today's spot is today's gamma, whatever vols do elsewhere (fit error aside)."""
    chain = random_chain(13)
    answer = exposure(chain, Naive(), sg.Assumptions(dynamics=dynamics))
    at_spot = answer.profile.gamma_usd_per_pct[100]
    scale = answer.totals.gross_gamma_usd_per_pct
    tolerance = {"sticky-strike": 1e-9, "sticky-delta": 0.02, "surface": 0.05}[dynamics]
    assert at_spot == pytest.approx(answer.totals.gamma_usd_per_pct, abs=tolerance * scale)
    assert answer.profile.dynamics == dynamics


def test_looking_ahead_drops_expiries_and_moves_the_clock():
    chain = random_chain(14)
    later = exposure(chain, Naive(), sg.Assumptions(days_ahead=2.0))
    assert len(later.chain) < len(chain)
    assert later.chain.asof is not None
    assert chain.asof is not None
    assert later.chain.asof - chain.asof == 2 * 86_400 * 10**9
    assert later.profile.days_ahead == 2.0
    assert len(later.positioning.quantity) == len(later.chain)


def test_models_differ_only_in_sign(answer):
    by_model = {row.positioning.model: row.gamma_usd_per_pct for row in answer.models}
    assert by_model["dealer-short"] == pytest.approx(-by_model["dealer-long"])
    assert abs(by_model["naive"]) <= by_model["dealer-long"]


@pytest.mark.parametrize(
    ("change", "flag"),
    [
        ({"depth_usd_per_pct": 0.0}, "--depth"),
        ({"depth_usd_per_pct": float("nan")}, "--depth"),
        ({"days_ahead": -1.0}, "--ahead"),
        ({"dynamics": "sticky-tape"}, "--dynamics"),
        ({"grid": sg.Grid(lowest=1.1, highest=2.0)}, "--range"),
        ({"draws": 0}, "--draws"),
    ],
)
def test_impossible_assumptions_are_refused(change, flag):
    with pytest.raises(sg.InputError, match=flag):
        sg.Assumptions(**change)


def test_nothing_left_after_the_roll_is_an_error():
    with pytest.raises(sg.InputError, match="--ahead"):
        exposure(random_chain(15), Naive(), sg.Assumptions(days_ahead=1_000.0))


def test_one_option_is_enough():
    """The smallest chain: every part of the answer is defined."""
    chain = chain_of(series([100.0], days=30.0, vols=0.5, is_call=True), [5.0])
    document = exposure(chain, DealerShort()).to_dict()
    assert document["flip_status"] == "always_short"
    assert np.isfinite(document["gamma_usd_per_pct"])
