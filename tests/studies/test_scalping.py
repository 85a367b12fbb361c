"""Gamma scalping: mirror, identity, break-evens against closed forms, and which constraint binds."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import shortgamma as sg
from shortgamma.basics.errors import InputError
from shortgamma.feedback.engine import Run, simulate_all
from shortgamma.studies.policies.results import PARTS, results_of
from shortgamma.studies.scalping.break_even import (
    Status,
    VolPoint,
    break_even_vol,
    root,
)
from shortgamma.studies.scalping.constraints import REMOVALS, frictionless, removals
from shortgamma.studies.scalping.identity import identity_of
from shortgamma.studies.scalping.limits import Rehedge, limits_of
from shortgamma.studies.scalping.question import LONG, SHORT, asked, desk_of

FREE = {
    "process": "gbm",
    "slippage": 0.0,
    "funding_rate": 0.0,
    "margin_share": 0.0,
    "half_spread": 0.0,
    "taker_fee": 0.0,
    "depth": 1e15,
    "theta": -1e-8,
    "steps": 120,
}
"""A desk in a Brownian motion that pays nothing and moves nothing; −10 M$ per 1 %."""
RUN = Run(paths=300, seed=1, threads=1, block=300)
HOUR = 1.0 / 8_760.0


@cache
def scalped(paths=400, seed=0, **figures):
    return sg.scalp("desk", {**FREE, **figures}, paths=paths, seed=seed, workers=1)


def sides_of(figures, run=RUN):
    market = asked("desk", figures, {}, usual_paths=run.paths)
    free = [frictionless(market.side(side)) for side in (LONG, SHORT)]
    return market, [results_of(out, "desk", None) for out in simulate_all(free, run)]


def test_the_mirror_earns_the_opposite_of_every_part_where_nothing_costs():
    _market, (long, short) = sides_of({"steps": 120})
    largest = max(np.abs(long.parts[name]).max() for name in PARTS)
    for name in PARTS:
        assert np.abs(long.parts[name] + short.parts[name]).max() <= 1e-9 * largest, name
    assert np.abs(long.pnl + short.pnl).max() <= 1e-9 * largest


def test_long_gamma_earns_on_moves_and_pays_theta_and_short_gamma_the_reverse():
    _market, (long, short) = sides_of({"steps": 120})
    assert np.all(long.parts["theta_usd"] < 0.0)
    assert np.all(short.parts["theta_usd"] > 0.0)
    assert np.all(long.parts["gamma_usd"] > 0.0)
    assert np.all(short.parts["gamma_usd"] < 0.0)


def test_a_book_that_is_short_or_long_gives_the_same_two_sides():
    sides = [
        [
            net(desk_of(asked("desk", {"theta": theta}, {}, usual_paths=1).side(s)))
            for s in (LONG, SHORT)
        ]
        for theta in (-0.01, 0.01)
    ]
    assert sides[0] == pytest.approx(sides[1])
    assert sides[0][0] > 0.0 > sides[0][1]


def net(desk):
    return float(desk.quantity.sum())


def test_the_identity_is_gamma_and_theta_and_closer_with_finer_steps():
    errors = []
    for steps, seconds in ((60, 7_200.0), (480, 900.0)):
        figures = {**FREE, "steps": steps, "step_seconds": seconds}
        found = identity_of(asked("desk", figures, {}, usual_paths=1).side(LONG), RUN)
        assert found.correlation > 0.999
        errors.append(found.relative_error)
    # √Δt: eight times the steps, √8 = 2.83 times the precision.
    assert errors[0] / errors[1] == pytest.approx(2.83, rel=0.25)
    assert errors[1] < 0.02


def test_the_short_side_has_the_identity_with_the_other_sign():
    market = asked("desk", FREE, {}, usual_paths=1)
    long, short = (identity_of(market.side(side), RUN) for side in (LONG, SHORT))
    np.testing.assert_allclose(short.formula, -long.formula, rtol=1e-4)
    assert short.correlation > 0.999


def test_without_costs_it_breaks_even_at_the_implied_vol():
    found = scalped().frictionless
    error = (found.high - found.low) / (2.0 * 1.645)
    assert abs(found.vol - 0.5) < 3.0 * error
    assert error < 0.005


@pytest.mark.parametrize("cost", [2e-4, 1e-3])
def test_break_even_vol_of_a_fixed_interval_is_the_root_of_its_quadratic(cost):
    """½ΓS²(σ² − σ_i²) = ±c·ΓS²·σ·√(2/(πΔt)): independent of gamma, so of strikes and paths too."""
    answer = scalped(taker_fee=cost)
    slope = np.sqrt(2.0 / np.pi) * cost / np.sqrt(HOUR)
    for side, sign in ((answer.long, 1.0), (answer.short, -1.0)):
        expected = sign * slope + np.sqrt(slope**2 + 0.5**2)
        error = (side.vol.high - side.vol.low) / (2.0 * 1.645)
        assert abs(side.vol.vol - expected) < 0.03 * abs(expected - 0.5) + 3.0 * error


def test_break_even_vol_of_a_price_band_is_implied_over_the_root_of_1_minus_2c_over_m():
    """Trades to the target after a move m: σ_be²·(1 ∓ 2c/m) = σ_i²; a step adds .5826·σ√Δt to m."""
    cost, trigger, step = 5e-4, 0.01, 300.0
    answer = scalped(
        taker_fee=cost,
        policy=f"price-move:trigger={trigger}",
        steps=576,
        step_seconds=step,
        paths=300,
    )
    move = trigger + 0.5826 * 0.5 * np.sqrt(step / (365.0 * 86_400.0))
    for side, sign in ((answer.long, 1.0), (answer.short, -1.0)):
        expected = 0.5 / np.sqrt(1.0 - sign * 2.0 * cost / move)
        error = (side.vol.high - side.vol.low) / (2.0 * 1.645)
        assert abs(side.vol.vol - expected) < 0.08 * abs(expected - 0.5) + 3.0 * error


def test_the_break_even_vol_of_the_long_side_rises_with_costs_and_that_of_the_short_side_falls():
    answers = [scalped(taker_fee=fee) for fee in (0.0, 2e-4, 5e-4, 1e-3)]
    long = [answer.long.vol.vol for answer in answers]
    short = [answer.short.vol.vol for answer in answers]
    assert np.all(np.diff(long) > 0.0)
    assert np.all(np.diff(short) < 0.0)
    assert long[0] == pytest.approx(short[0], abs=1e-6)


def test_costs_alone_say_where_it_breaks_even_to_leading_order():
    answer = scalped(taker_fee=2e-4)
    for side in answer.sides:
        assert side.vol.estimate == pytest.approx(side.vol.vol, abs=0.004)
        assert (side.vol.estimate > 0.5) == (side.name == LONG)


def test_at_the_break_even_cost_the_mean_result_is_nothing():
    """On other paths than those that it was found on, at a vol above implied (long) and below it (short)."""
    for side, vol in ((LONG, 0.65), (SHORT, 0.35)):
        spread = 2e-4
        figures = {**FREE, "vol": vol, "half_spread": spread, "taker_fee": 3e-4}
        found = side_of(side, figures, seed=3)
        cost = found.cost.cost
        assert cost is not None
        again = side_of(side, {**figures, "taker_fee": cost.value - spread}, seed=4)
        error = np.hypot(again.pnl.standard_error, cost.standard_error * again.turnover.value)
        assert abs(again.pnl.value) < 3.0 * error
        dear = side_of(side, {**figures, "taker_fee": 1.5 * cost.value - spread}, seed=4)
        assert dear.pnl.value < -5.0 * dear.pnl.standard_error


def side_of(side, figures, seed):
    """A desk with options of a month at 50 %, hedged every hour in a price of another vol."""
    answer = sg.scalp("scalper", {**HOURLY, **figures}, paths=400, seed=seed, workers=1)
    assert answer.setting.implied_vol == pytest.approx(0.5)
    return getattr(answer, side)


HOURLY = {
    "days": 30.0,
    "implied_vol": 0.5,
    "step_seconds": 3_600.0,
    "latency": 0.0,
    "lot": 0.0,
    "policy": "continuous",
}


def test_no_constraint_binds_where_there_is_none():
    answer = scalped()
    for side in answer.sides:
        assert side.binding == "none"
        assert side.binding_risk == "none"
        assert [one.name for one in side.constraints] == ["depth"]
        assert abs(side.constraints[0].gain.value) < 1e-6 * side.std.value


BINDING = {
    "fee": {"taker_fee": 5e-3},
    "spread": {"half_spread": 5e-3},
    "slippage": {"slippage": 50.0},
    "gas": {"gas_usd": 5_000.0},
    "margin": {"margin_share": 1.0, "margin_rate": 5.0},
    "depth": {"depth": 300e6, "theta": -0.4},
}


@pytest.mark.parametrize(("name", "figures"), BINDING.items(), ids=BINDING)
def test_a_constraint_that_is_huge_binds(name, figures):
    small = {"taker_fee": 1e-5, "half_spread": 1e-6, "slippage": 1e-3, "gas_usd": 0.01}
    answer = scalped(**{**small, **figures}, paths=200, steps=48)
    for side in answer.sides:
        assert side.binding == name
        assert side.constraints[0].name == name
        assert side.constraints[0].gain.value > 0.0


@pytest.mark.parametrize(
    ("name", "figures"), [("lot", {"lot": 300.0}), ("latency", {"latency": 36_000.0})]
)
def test_lots_and_latency_bind_in_risk_and_not_in_the_mean(name, figures):
    answer = scalped(**figures, paths=300, steps=48)
    for side in answer.sides:
        assert side.binding_risk == name
        found = next(one for one in side.constraints if one.name == name)
        assert not found.is_significant
        assert found.risk.value < 0.0


def test_every_constraint_of_a_desk_can_be_taken_away():
    figures = {"gas_usd": 1.0, "lot": 0.1, "latency": 3_600.0}
    setup = asked("desk", figures, {}, usual_paths=1).side(LONG)
    assert set(removals(setup)) == set(REMOVALS)
    assert removals(frictionless(setup)) == {}


def test_limits_are_those_of_the_closed_forms():
    """Γ and a move m by hand: ΓS² = 1e8 USD, m = 0.4 %: trades 400 k$, earns 800 $."""
    figures = {
        "gas_usd": 50.0,
        "lot": 0.5,
        "half_spread": 1e-4,
        "taker_fee": 4e-4,
        "process": "gbm",
    }
    market = asked("desk", figures, {}, usual_paths=1)
    dollar_gamma, move = 1e8, 0.004
    typical = Rehedge(
        gain_usd=0.5 * dollar_gamma * move**2,
        traded_usd=dollar_gamma * move,
        gamma_usd_per_pct=0.01 * dollar_gamma,
        spot=90_000.0,
    )
    found = {limit.name: limit for limit in limits_of(market.side(LONG), typical)}
    assert typical.move == pytest.approx(move)
    assert found["fee and spread"].bound == pytest.approx(move / 2.0)
    assert found["gas"].bound == pytest.approx(0.01 * 2.0 * 50.0 / move**2)
    assert found["lot"].bound == pytest.approx(0.01 * 0.5 * 90_000.0 / move)
    assert found["depth"].bound == 300e6
    daily = 0.5 / 365.0**0.5
    assert found["slippage"].bound == pytest.approx(0.01 * 20e9 * move / (2.0 * 0.5 * daily) ** 2)
    assert not any(limit.stops for limit in found.values())
    dear = {limit.name: limit.stops for limit in limits_of(market.side(LONG), small(typical))}
    assert dear == {
        "fee and spread": False,
        "gas": True,
        "lot": True,
        "depth": False,
        "slippage": False,
    }


def small(typical):
    """The same re-hedge of a book a thousand times smaller."""
    return replace(
        typical,
        gain_usd=typical.gain_usd / 1e3,
        traded_usd=typical.traded_usd / 1e3,
        gamma_usd_per_pct=typical.gamma_usd_per_pct / 1e3,
    )


def test_a_measured_re_hedge_is_that_of_its_price_band():
    trigger, step = 0.01, 300.0
    answer = scalped(
        policy=f"price-move:trigger={trigger}", steps=576, step_seconds=step, paths=300
    )
    move = trigger + 0.5826 * 0.5 * np.sqrt(step / (365.0 * 86_400.0))
    assert answer.long.typical.move == pytest.approx(move, rel=0.08)


@given(
    middle=st.floats(0.3, 3.0),
    far=st.floats(4.0, 9.0),
    scale=st.floats(0.1, 100.0),
    rises=st.booleans(),
)
def test_the_root_of_a_parabola_is_found_exactly(middle, far, scale, rises):
    x = np.array([0.1, 0.5, 1.0, 2.0, 3.5])
    y = scale * (x - middle) * (far - x) * (1.0 if rises else -1.0)
    assert root(x, y) == pytest.approx(middle, rel=1e-6)


def test_where_no_vol_is_on_the_other_side_the_status_says_so():
    points = [
        VolPoint(
            squared_vol=np.full(50, vol**2),
            pnl=np.full(50, -1.0 - vol),
            gross=np.full(50, -1.0),
            turnover=np.full(50, 10.0),
        )
        for vol in (0.3, 0.5, 0.8)
    ]
    found = break_even_vol(points, estimate=None, seed=0)
    assert (found.vol, found.low, found.status) == (None, None, Status.ALWAYS_LOSES)
    assert points[0].cost.cost is None
    assert points[0].cost.status == Status.NO_GAIN
    idle = replace(points[0], turnover=np.zeros(50))
    assert idle.cost.status == Status.NO_TRADE


def test_the_document_holds_plain_values_and_no_cost_where_there_is_none():
    document = scalped(taker_fee=2e-4).to_dict()
    assert set(document["sides"]) == {LONG, SHORT}
    rows = document["sides"][LONG]["against_vol"]
    assert rows[0]["break_even_cost"] is None
    assert rows[0]["status"] == Status.NO_GAIN.value
    assert rows[-1]["break_even_cost"] > 0.0
    assert document["sides"][SHORT]["against_vol"][0]["break_even_cost"] > 0.0


def test_the_seed_decides_and_not_the_threads():
    figures = {**FREE, "steps": 24, "taker_fee": 2e-4}
    one, two = (sg.scalp("desk", figures, paths=1_100, workers=n).to_dict() for n in (1, 2))
    assert one == two


def test_a_market_without_a_hedger_is_refused():
    with pytest.raises(InputError, match="use desk"):
        sg.scalp("replay", {}, paths=10)
