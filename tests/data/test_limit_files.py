"""Limit files: what each key means, and what is refused in one line."""

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.basics.time import parse_stamp
from shortgamma.data.limit_files import limits_from, read_limits
from shortgamma.market.revaluation import PointsVol, RelativeVol, TenorVol
from tests.architecture.tree import ROOT

FULL = """
legs = 6

[limits]
delta = 1
gamma_usd_per_pct = [-2e5, 1e6]
worst_cell_usd = 1e6
cvar_usd = 5e5
cvar_level = 0.9
margin_usd = 2e6
margin_factor = 1.25
cells = [{spot = -0.3, vol_points = 20, most_usd = 7e5}]

[limits.vega_by_tenor]
"0-30" = 1e3
"90+" = 2e3

[limits.margin]
spot = [-0.16, 0.16]
vol_by_tenor = [0.5]

[scenarios]
spot = [-0.2, 0.2]
vol = [-0.1, 0.0, 0.3]

[fees]
option = 0.0003
option_premium_cap = 0.125
perpetual = 0.0005

[lots]
option = 0.1
perpetual = 0.001

[underlying]
half_spread_usd = 2.5
most = 100

[execution]
refills = 3
largest_order = 25
"""


def test_every_key_arrives(tmp_path):
    file = tmp_path / "limits.toml"
    file.write_text(FULL)
    found = read_limits(file)
    limits, terms = found.limits, found.terms
    assert (limits.greeks["delta"].low, limits.greeks["delta"].high) == (-1.0, 1.0)
    assert (limits.greeks["gamma_usd_per_pct"].low, limits.greeks["gamma_usd_per_pct"].high) == (
        *(-2e5, 1e6),
    )
    assert [(t.above, t.upto) for t in limits.vega_by_tenor] == [(0.0, 30.0), (90.0, np.inf)]
    assert [shock.vol for shock in limits.shocks[:3]] == [RelativeVol(v) for v in (-0.1, 0.0, 0.3)]
    assert limits.tail.level == 0.9
    assert limits.tail.probabilities.tolist() == pytest.approx([1 / 6] * 6)
    assert limits.margin.rule.factor == 1.25
    assert [shock.vol for shock in limits.margin.rule.shocks] == [TenorVol(0.5)] * 2
    assert limits.cells[0].shock.vol == PointsVol(20.0)
    assert (terms.legs, terms.option_lot, terms.underlying_lot) == (6, 0.1, 0.001)
    assert (terms.option_fees.taker, terms.underlying_fees.taker) == (0.0003, 0.0005)
    assert (terms.half_spread_usd, terms.most_underlying) == (2.5, 100.0)
    assert (terms.refills, terms.largest_order) == (3.0, 25.0)


def test_without_the_other_tables_nothing_is_charged_and_nothing_is_rounded():
    terms = limits_from({"limits": {"delta": 1}}).terms
    assert (terms.option_fees, terms.underlying_fees, terms.legs) == (None, None, None)
    assert (terms.option_lot, terms.underlying_lot, terms.half_spread_usd) == (0.0, 0.0, 0.0)
    assert terms.underlying == "perpetual"


def test_weights_of_scenarios_are_made_to_sum_to_one():
    scenarios = {"spot": [-0.1, 0.1], "vol": [0.0]}
    limits = {"cvar_usd": 1.0, "cvar_weights": [1, 3]}
    found = limits_from({"limits": limits, "scenarios": scenarios})
    assert found.limits.tail.probabilities.tolist() == [0.25, 0.75]


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({}, r"no \[limits\]"),
        ({"limits": {}}, "nothing is limited"),
        ({"limits": {"gama": 1}}, "there is no 'gama'"),
        ({"limits": {"delta": -1}}, "delta is -1"),
        ({"limits": {"delta": "1"}}, "delta is 1"),
        ({"limits": {"delta": True}}, "delta is True"),
        ({"limits": {"delta": float("nan")}}, "delta is nan"),
        ({"limits": {"delta": [2, 1]}}, "contradict each other"),
        ({"limits": {"delta": [1]}}, r"\[low, high\]"),
        ({"limits": {"worst_cell_usd": -5}}, "worst_cell_usd is -5"),
        ({"limits": {"vega_by_tenor": 3}}, "a table"),
        ({"limits": {"vega_by_tenor": {"30-7": 3}}}, "no span of days"),
        ({"limits": {"cells": [{"spot": -0.1}]}}, "most_usd"),
        ({"limits": {"cells": [{"spot": -2, "most_usd": 1}]}}, "spot is -2"),
        ({"limits": {"cvar_usd": 1, "cvar_level": 1.0}}, "a share below 1"),
        ({"limits": {"cvar_usd": 1, "cvar_weights": [1]}}, "one for each of 33"),
        ({"limits": {"delta": 1}, "scenarios": {"spot": [-1.0]}}, "above -1"),
        ({"limits": {"delta": 1}, "scenarios": {"vols": [0.1]}}, "there is no 'vols'"),
        ({"limits": {"delta": 1}, "legs": 0}, "legs is 0"),
        ({"limits": {"delta": 1}, "lots": {"option": -0.1}}, "option is -0.1"),
        ({"limits": {"delta": 1}, "fees": {"option": 7}}, "0.0005"),
        ({"limits": {"delta": 1}, "fee": {}}, "there is no 'fee'"),
        ({"limits": {"delta": 1}, "underlying": {"expiry": "soon"}}, "is not a time"),
        ({"limits": {"delta": 1}, "underlying": {"instrument": 5}}, "instrument is 5"),
        ({"limits": {"delta": 1}, "underlying": {"instrument": ""}}, "a name in quotes"),
        ({"limits": {"delta": 1}, "underlying": {"instrument": "BTC-25DEC26"}}, "has no expiry"),
        ({"limits": {"delta": [np.inf, np.inf]}}, "delta is .inf, inf."),
        ({"limits": {"delta": [-np.inf, -np.inf]}}, "a number between them"),
        ({"limits": {"vega_by_tenor": {"0-30": 1, "0 - 30": 2}}}, "0-30 is limited twice"),
    ],
)
def test_a_bad_value_is_one_line_with_its_place(tables, message):
    with pytest.raises(InputError, match=message) as caught:
        limits_from(tables, place="file.toml")
    text = str(caught.value)
    assert text.startswith("file.toml")
    assert "\n" not in text


@pytest.mark.parametrize("content", [b"[limits", b"\xff\xfe", b"a = " + b"[" * 5000])
def test_what_is_no_toml_is_refused(content, tmp_path):
    file = tmp_path / "limits.toml"
    file.write_bytes(content)
    with pytest.raises(InputError, match="is not TOML"):
        read_limits(file)


def test_a_missing_file_is_missing_and_not_called_bad_toml(tmp_path):
    with pytest.raises(InputError) as caught:
        read_limits(tmp_path / "missing.toml")
    assert caught.value.problem.startswith("cannot be read")


CELL = {"spot": -0.3, "vol": 0.5, "most_usd": 1e6}


@pytest.mark.parametrize("again", [CELL, CELL | {"most_usd": 5.0}])
def test_a_cell_is_limited_once(again):
    with pytest.raises(InputError, match=r"spot -30 %, vol × 1.5 is limited twice"):
        limits_from({"limits": {"cells": [CELL, {"spot": 0.1, "most_usd": 1}, again]}})
    other = CELL | {"vol": 0.4}
    assert len(limits_from({"limits": {"cells": [CELL, other]}}).limits.cells) == 2


def test_a_perpetual_needs_no_expiry_and_a_future_does():
    for name in ("perpetual", "BTC-PERPETUAL", "btc_usdc-perpetual"):
        tables = {"limits": {"delta": 1}, "underlying": {"instrument": name}}
        assert limits_from(tables).terms.underlying == name
    future = {"instrument": "BTC-25DEC26", "expiry": "2026-12-25T08:00Z"}
    terms = limits_from({"limits": {"delta": 1}, "underlying": future}).terms
    assert terms.underlying == "BTC-25DEC26"
    assert terms.expiry == parse_stamp("2026-12-25T08:00Z")


def test_the_place_of_a_bad_expiry_is_its_table():
    tables = {"limits": {"delta": 1}, "underlying": {"expiry": "soon"}}
    with pytest.raises(InputError) as caught:
        limits_from(tables, place="file.toml")
    assert caught.value.place == "file.toml [underlying]"
    assert caught.value.problem.startswith("expiry")


@pytest.mark.parametrize("path", sorted((ROOT / "examples" / "limits").glob("*.toml")), ids=str)
def test_every_example_is_readable(path):
    assert read_limits(path).limits.shocks
