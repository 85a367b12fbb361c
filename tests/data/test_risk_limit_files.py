"""Limit files of a risk officer: what each key means, and what is refused in one line."""

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.data.limit_files import limits_from
from shortgamma.data.risk_limit_files import read_risk_limits, risk_limits_from
from shortgamma.hedging.optimiser.limits import Bound
from shortgamma.market.revaluation import SAME_VOL, RelativeVol, TenorVol
from shortgamma.risk.margin.regimes import regime_of
from shortgamma.risk.stress import ShockGrid
from tests.architecture.tree import ROOT

USAGE = {"margin_usage": 0.5, "equity_usd": 5e6}
FULL = """
[limits]
delta = 1
worst_cell_usd = 1e6
theta = 0.2
gap_usd = 5e5
theta_to_worst_days = 60
margin_usage = 0.8
margin_factor = 1.25
equity_usd = 5e6
depth_usd_per_pct = 50e6

[limits.vega_by_tenor]
"0-30" = 1e3

[limits.concentration]
strike = 0.4
expiry = 0.6
instrument = 0.3

[limits.margin]
spot = [-0.16, 0.16]
vol_by_tenor = [0.5]

[scenarios]
spot = [-0.2, 0.2]
vol = [-0.1, 0.0, 0.3]

[fees]
option = 0.0003
"""


def test_every_key_arrives(tmp_path):
    file = tmp_path / "limits.toml"
    file.write_text(FULL)
    found = read_risk_limits(file)
    limits = found.limits
    assert limits.desk.greeks == {"delta": Bound.within(1.0)}
    assert limits.desk.worst_cell_usd == 1e6
    assert [span.label for span in limits.desk.vega_by_tenor] == ["0-30"]
    assert limits.bounds["theta"] == Bound.within(0.2)
    most = {name: bound.high for name, bound in limits.bounds.items() if name != "theta"}
    assert most == {
        "gap_usd": 5e5,
        "theta_to_worst_days": 60.0,
        "concentration.strike": 0.4,
        "concentration.expiry": 0.6,
        "concentration.instrument": 0.3,
    }
    assert all(bound.low == -np.inf for name, bound in limits.bounds.items() if name != "theta")
    margin = limits.margin
    assert (margin.equity_usd, margin.most, margin.rule.factor) == (5e6, 0.8, 1.25)
    assert [(s.spot_move, s.vol) for s in margin.rule.shocks] == [
        (-0.16, TenorVol(0.5)),
        (0.16, TenorVol(0.5)),
    ]
    assert limits.depth_usd_per_pct == 50e6
    assert found.grid == ShockGrid(
        spot_moves=(-0.2, 0.2), vol_shifts=(RelativeVol(-0.1), SAME_VOL, RelativeVol(0.3))
    )


def test_what_hedge_limits_is_read_as_hedge_reads_it():
    tables = {"limits": {"delta": [-1, 2], "cvar_usd": 1e5, "cvar_level": 0.9}}
    assert risk_limits_from(tables).limits.desk == limits_from(tables).limits


def test_margin_may_be_that_of_a_regime():
    tables = {"limits": {"margin_usage": 0.5, "equity_usd": 5e6, "margin_regime": "deribit-sm"}}
    found = risk_limits_from(tables).limits.margin
    assert (found.rule, found.equity_usd, found.most) == (regime_of("deribit-sm"), 5e6, 0.5)


def test_scenarios_of_another_limit_may_stand_beside_a_regime():
    tables = {
        "limits": {
            "margin_usage": 0.5,
            "equity_usd": 5e6,
            "margin_regime": "okx-pm",
            "margin_usd": 1e6,
            "margin_factor": 1.25,
        }
    }
    found = risk_limits_from(tables).limits
    assert found.margin.rule == regime_of("okx-pm")
    assert found.desk.margin.rule.factor == 1.25


def test_a_file_may_limit_only_what_a_risk_report_knows():
    found = risk_limits_from({"limits": {"theta": [-0.1, 5.0]}})
    assert found.limits.desk is None
    assert found.limits.bounds == {"theta": Bound(low=-0.1, high=5.0)}
    assert found.grid is None


def test_a_vol_shift_of_nothing_is_one_by_any_key():
    tables = {
        "limits": {"theta": 1},
        "scenarios": {"spot": [0.1], "vol": [0.0], "vol_by_tenor": [0.0, 0.5]},
    }
    assert risk_limits_from(tables).grid.vol_shifts == (SAME_VOL, TenorVol(0.5))


@pytest.mark.parametrize("name", ["limits/desk.toml", "limits/full.toml", "risk/limits.toml"])
def test_the_examples_are_read(name):
    assert read_risk_limits(ROOT / "examples" / name).limits


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({}, "no \\[limits\\]"),
        ({"limits": {}}, "nothing is limited"),
        ({"limits": {"equity_usd": 5e6}}, "nothing is limited"),
        ({"limits": {"speed": 1}}, "there is no 'speed'"),
        ({"limits": {"theta": -1}}, "theta is -1"),
        ({"limits": {"theta": "low"}}, "theta is low"),
        ({"limits": {"gap_usd": -5}}, "gap_usd is -5"),
        ({"limits": {"margin_usage": 0.5}}, "equity_usd is 0"),
        ({"limits": {"margin_usage": 0.5, "equity_usd": -1}}, "equity_usd is -1"),
        ({"limits": {**USAGE, "margin_regime": "mine"}}, "margin_regime is mine"),
        ({"limits": {**USAGE, "margin_regime": 3}}, "margin_regime is 3"),
        ({"limits": {**USAGE, "margin_regime": "span", "margin_factor": 2}}, "contradict"),
        ({"limits": {**USAGE, "margin_regime": "span", "margin": {"spot": [0.1]}}}, "contradict"),
        ({"limits": {"theta": 1, "margin_regime": "span"}}, "margin_regime is span"),
        ({"limits": {"concentration": {"strike": 1.5}}}, "strike is 1.5"),
        ({"limits": {"concentration": {"venue": 0.5}}}, "there is no 'venue'"),
        ({"limits": {"concentration": 0.5}}, "concentration is 0.5"),
        ({"limits": {"theta": 1, "depth_usd_per_pct": 0}}, "depth_usd_per_pct is 0"),
        ({"limits": {"theta": 1}, "scenarios": {"spot": [0.1, 0.1]}}, None),
        ({"limits": {"theta": 1}, "scenarios": {"spot": [-1.5]}}, "spot is"),
        ({"limits": {"theta": 1}, "risk": {}}, "there is no 'risk'"),
    ],
)
def test_what_means_nothing_is_one_line_with_its_place(tables, message):
    if message is None:
        assert risk_limits_from(tables).grid.spot_moves == (0.1,)
        return
    with pytest.raises(InputError, match=message) as caught:
        risk_limits_from(tables, place="my.toml")
    assert str(caught.value).startswith("my.toml")
    assert "\n" not in str(caught.value)


def test_what_is_not_toml_is_one_line(tmp_path):
    file = tmp_path / "bad.toml"
    file.write_text("[limits")
    with pytest.raises(InputError, match="is not TOML"):
        read_risk_limits(file)
