"""The stress study: what it reads, what it says, and that limits see every cell."""

import json

import numpy as np
import pytest

import shortgamma as sg
from shortgamma.basics.errors import InputError
from shortgamma.data.limit_files import limits_from
from shortgamma.hedging.optimiser.measures import measure
from shortgamma.market.revaluation import SAME_VOL, PointsVol, RelativeVol, TenorVol
from shortgamma.risk.stress import ShockGrid
from shortgamma.studies.stress import stress
from tests.risk.books import mixed, straddle
from tests.studies.hedge_reference import market, short_straddle, value

INLINE = """kind,strike,years,forward,vol,quantity,contract,spot
call,100000,0.1,100000,0.6,-2,inverse,100000
put,100000,0.1,100000,0.6,-2,linear,100000
future,,,101000,,-1,,100000
perpetual,,,,,3,inverse,100000
spot,,,,,1,,100000
"""


@pytest.fixture
def inline(tmp_path):
    file = tmp_path / "book.csv"
    file.write_text(INLINE)
    return file


def test_a_book_with_its_own_columns_needs_no_market(inline):
    answer = stress(inline)
    same = {cell.spot_move: cell.pnl_usd for cell in answer.matrix.cells if cell.vol == SAME_VOL}
    options = answer.book.options
    for move, pnl in same.items():
        expected = -2.0 * float(np.sum(value(options, move) - value(options)))
        expected += move * (-101_000.0 + 300_000.0 + 100_000.0)
        assert pnl == pytest.approx(expected, rel=1e-9, abs=1e-6)


def test_a_book_of_names_is_looked_up_in_the_market(tmp_path):
    chain = market(11)
    book = short_straddle(chain)
    file = tmp_path / "book.csv"
    rows = [f"{name},-3" for name in book.options.instrument]
    file.write_text("\n".join(["instrument,quantity", *rows]) + "\n")
    found = stress(file, market=chain)
    np.testing.assert_allclose(found.matrix.pnl_usd, stress(book).matrix.pnl_usd)
    assert found.book.underlying == "BTC"


def test_the_document_has_what_the_interface_promises():
    document = stress(mixed(), curvature_weight=0.3, limits={"limits": {"delta": 1}}).to_dict()
    json.dumps(document, allow_nan=False)
    assert len(document["cells"]) == 33
    assert set(document["cells"][0]) >= {"spot_shift", "vol_shift", "pnl_usd"}
    worst = min(document["cells"], key=lambda cell: cell["pnl_usd"])
    assert document["worst"] == worst
    assert document["curvature"]["up"] == pytest.approx(
        stress(mixed(), curvature_weight=0.3).curvature.up
    )
    assert stress(mixed()).to_dict()["curvature"] is None
    same = [c for c in document["cells"] if c["spot_shift"] == 0.0 and c["vol_shift"] == 0.0]
    assert [cell["pnl_usd"] for cell in same] == [0.0]


def test_nothing_in_the_document_is_infinite_for_a_book_that_earns_nothing():
    answer = stress(straddle(1.0), limits={"limits": {"theta_to_worst_days": 5}})
    document = answer.to_dict()
    json.dumps(document, allow_nan=False)
    assert document["theta_to_worst"]["status"] == "never_paid"
    assert document["theta_to_worst"]["days"] is None
    assert document["breaches"] == ["theta_to_worst_days"]


def test_theta_to_worst_is_the_worst_loss_over_the_theta_of_a_day():
    answer = stress(straddle())
    theta = answer.totals.theta_usd_per_day
    assert theta > 0.0
    assert answer.carry.days == pytest.approx(-answer.matrix.worst.pnl_usd / theta)


def test_limits_have_the_figures_of_hedge():
    book = mixed()
    tables = {
        "limits": {
            "delta": 1,
            "gamma_usd_per_pct": 1,
            "worst_cell_usd": 1,
            "vega_by_tenor": {"0-30": 1},
        }
    }
    answer = stress(book, limits=tables)
    file = sg.stress(book, limits=tables).limits
    assert [row.name for row in file] == [row.name for row in answer.limits]
    expected = measure(book, limits_from(tables).limits).limited
    assert {row.name: row.figure for row in answer.limits} == pytest.approx(expected)


def test_cells_that_are_only_looked_at_cannot_hide_a_breach_but_can_show_one():
    tables = {"limits": {"worst_cell_usd": 1.0, "gap_usd": 1.0}}
    tame = ShockGrid(spot_moves=(-0.01, 0.01), vol_shifts=(SAME_VOL,))
    usual, narrow = (stress(straddle(), limits=tables, scenarios=grid) for grid in (None, tame))
    assert [row.figure for row in usual.limits] == [row.figure for row in narrow.limits]
    wild = stress(straddle(), limits=tables, scenarios=ShockGrid(spot_moves=(-1.0, 3.0)))
    assert all(
        far.figure > near.figure for far, near in zip(wild.limits, usual.limits, strict=True)
    )


def test_the_scenarios_of_the_file_are_shown_where_no_others_are_given():
    tables = {"limits": {"theta": 1}, "scenarios": {"spot": [-0.1, 0.1], "vol_points": [5]}}
    assert stress(mixed(), limits=tables).matrix.grid == ShockGrid(
        spot_moves=(-0.1, 0.1), vol_shifts=(PointsVol(5.0),)
    )


def test_theta_is_gamma_over_the_depth_of_caller_file_or_assumption():
    book = straddle()
    gamma = stress(book).totals.gamma_usd_per_pct
    assert gamma < 0.0
    tables = {"limits": {"theta": 1, "depth_usd_per_pct": 2e3}}
    assert stress(book).theta == pytest.approx(gamma / 300e6)
    assert stress(book, limits=tables).theta == pytest.approx(gamma / 2e3)
    assert stress(book, limits=tables, depth_usd_per_pct=1e3).theta == pytest.approx(gamma / 1e3)


def test_the_lines_pass_through_the_cells():
    answer = stress(mixed())
    curve = answer.curve
    places = [curve.grid.spot_moves.index(move) for move in answer.matrix.grid.spot_moves]
    np.testing.assert_allclose(curve.pnl_usd[places], answer.matrix.pnl_usd)
    many = ShockGrid(vol_shifts=tuple(RelativeVol(0.1 * n) for n in range(1, 10)))
    shown = stress(mixed(), scenarios=many).curve.grid.vol_shifts
    assert len(shown) == 5
    assert (shown[0], shown[-1]) == (many.vol_shifts[0], many.vol_shifts[-1])


def test_a_book_of_futures_alone_has_a_matrix_and_no_gap(tmp_path):
    file = tmp_path / "book.csv"
    file.write_text("kind,quantity,spot\nperpetual,-2,50000\n")
    answer = stress(file, curvature_weight=0.2)
    document = answer.to_dict()
    json.dumps(document, allow_nan=False)
    assert answer.matrix.worst.pnl_usd == pytest.approx(-50_000.0)
    assert answer.curvature.charge_usd == pytest.approx(0.0, abs=1e-9)
    assert all(gap.hedged_usd == pytest.approx(0.0, abs=1e-9) for gap in answer.gaps)


def test_a_holding_that_cannot_be_valued_is_refused(tmp_path):
    file = tmp_path / "book.csv"
    file.write_text(INLINE + "call,100000,0.1,100000,,-2,linear,100000\n")
    with pytest.raises(InputError, match="every holding has to be valued"):
        stress(file)


@pytest.mark.parametrize("depth", [0.0, -1.0, np.nan, np.inf])
def test_a_depth_that_is_none_is_refused(depth):
    with pytest.raises(InputError, match="depth is"):
        stress(mixed(), depth_usd_per_pct=depth)


def test_kinds_of_vol_shift_are_told_apart():
    grid = ShockGrid(
        spot_moves=(0.1,), vol_shifts=(RelativeVol(0.1), PointsVol(10.0), TenorVol(0.1))
    )
    cells = stress(mixed(), scenarios=grid).to_dict()["cells"]
    assert [cell["vol_kind"] for cell in cells] == ["relative", "points", "by_tenor"]
