"""Scenario scans: SPAN's published rows, the grids that venues publish, and laws of a worst loss."""

from dataclasses import replace

import numpy as np
import pytest

from shortgamma.risk.margin.account import account_of
from shortgamma.risk.margin.regimes import regime_of
from shortgamma.risk.margin.scan import ScanMargin, tails
from shortgamma.risk.margin.shocks import DOWN, SAME, UP, VolShock, grid, steps
from tests.risk.margin.books import asked, book_of, holding, option

# McMillan, Options as a Strategic Investment, part V: one S&P future, scan range 10,000 USD, the extreme
# move being twice the range of which 35 % counts; and the rows of one short call beside it.
FUTURE = (0, 0, 3330, 3330, -3330, -3330, 6670, 6670, -6670, -6670)
FUTURE += (10_000, 10_000, -10_000, -10_000, 7_000, -7_000)
SHORT_CALL = (-460, 610, -2640, -1730, 1270, 2340, -5210, -4540, 2540, 3430)
SHORT_CALL += (-8060, -7640, 3380, 3990, -3130, 1500)
COVERED_WRITE = (-460, 610, 690, 1600, -2060, -990, 1460, 2130, -4130, -3240)
COVERED_WRITE += (1940, 2360, -6620, -6010, 3870, -5500)


def test_span_moves_a_future_by_thirds_of_its_range_as_published():
    span = regime_of("span").rule
    moves = [(move / 0.25, way, weight) for move, way, weight in span.scenarios]
    older = [
        (0.1 * move, way, weight) if weight == 1.0 else (np.sign(move) * 0.2, way, 0.35)
        for move, way, weight in moves
    ]
    rule = replace(span, scenarios=tuple(older))
    book = book_of(spot=100_000.0, others=[holding("future", 1, 100_000)])
    rows = rule.results(account_of(book))[:, 0]
    np.testing.assert_allclose(rows, FUTURE, atol=5.0)  # published to tens
    assert len(span.scenarios) == 16
    assert moves[-2:] == [(3.0, SAME, 0.33), (-3.0, SAME, 0.33)]


def test_the_published_span_example_adds_up_and_its_worst_row_is_the_risk():
    both = np.array(FUTURE) + np.array(SHORT_CALL)
    np.testing.assert_array_equal(both, COVERED_WRITE)
    assert -both.min() == 6_620


def test_the_grids_are_those_that_venues_publish():
    deribit = regime_of("deribit-pm").rule
    inner = [row for row in deribit.scenarios if abs(row[0]) <= 0.16]
    assert sorted({row[0] for row in inner}) == pytest.approx(
        [-0.16, -0.12, -0.08, -0.04, 0, 0.04, 0.08, 0.12, 0.16]
    )
    assert len(inner) == 27
    assert [row[0] for row in deribit.scenarios[27:]] == [-0.66, -0.33, 0.5, 1, 2, 3, 4, 5]
    assert all(row[1] == UP and row[2] < 1.0 for row in deribit.scenarios[27:])
    second = regime_of("derive-pmrm2").rule
    assert len(second.scenarios) + 2 == 33
    assert len(regime_of("derive-pmrm").rule.scenarios) == 23
    tail = {row[0]: row[2] for row in regime_of("derive-pmrm2", "test").rule.scenarios[23:]}
    assert tail == pytest.approx(
        {
            -0.66: 0.0545454545454545,
            -0.33: 0.10909090909090907,
            0.5: 0.072,
            1: 0.036,
            2: 0.018,
            3: 0.012,
        }
    )
    index = sorted(row[0] for row in regime_of("occ-portfolio", "index").rule.scenarios)
    assert (index[0], index[-1], len(index)) == (-0.08, 0.06, 10)


def test_deribit_vol_shocks_are_the_published_ones():
    # Up max(σ·(1 + 0.5·(30/d)^p), 50 %), down σ·(1 − 0.25·(30/d)^p); p 0.30 below 30 days, else 0.13.
    rows = [
        option("call", 100, 1, vol=vol, seconds=days * 86_400)
        for days, vol in ((15, 0.6), (60, 0.2))
    ]
    account = account_of(book_of(*rows, spot=100.0))
    shock = regime_of("deribit-pm").rule.vol
    up, down = shock.vols(account, UP)[0], shock.vols(account, DOWN)[0]
    assert up == pytest.approx([0.6 * (1 + 0.5 * 2**0.30), 0.5])
    assert down == pytest.approx([0.6 * (1 - 0.25 * 2**0.30), 0.2 * (1 - 0.25 * 0.5**0.13)])
    assert shock.vols(account, SAME) is account.vol


def test_initial_is_a_quarter_more_than_maintenance_on_deribit():
    book = book_of(option("call", 100, -1, seconds=30 * 86_400), spot=100.0, inverse=True)
    initial, maintenance = asked(book, "deribit-pm")
    assert initial == pytest.approx(1.25 * maintenance)


def test_a_hedge_in_the_underlying_lowers_the_worst_loss_and_the_wrong_side_raises_it():
    short = option("call", 100, -1, seconds=30 * 86_400)
    for name in ("deribit-pm", "okx-pm", "span", "occ-portfolio"):
        bare, hedged, doubled = (
            asked(book_of(short, spot=100.0, others=others), name)[0]
            for others in ([], [holding("perpetual", 0.5, 100)], [holding("perpetual", -0.5, 100)])
        )
        assert hedged < bare < doubled, name


def test_a_worst_loss_is_subadditive():
    legs = [option("call", 110, -2), option("put", 90, -3), option("call", 100, 1)]
    for name in ("span", "occ-portfolio"):
        alone = sum(asked(book_of(leg, spot=100.0), name)[0] for leg in legs)
        assert asked(book_of(*legs, spot=100.0), name)[0] <= alone + 1e-9


def test_a_minimum_grows_by_tiers():
    rule = ScanMargin(
        scenarios=grid((0.0,), (SAME,)),
        vol=VolShock(),
        short_minimum=0.01,
        tiers=((100.0, 1.0), (200.0, 2.0), (1e15, 4.0)),
    )
    # 0.01·100 per short: 300 shorts give 300 raw: 100·1 + 100·2 + 100·4.
    account = account_of(book_of(option("call", 100, -300), spot=100.0))
    assert rule.charge(account).maintenance[0] == pytest.approx(700.0)


def test_far_moves_are_dampened_and_steps_are_even():
    assert tails((-0.02, 0.5), 0.036) == ((-0.02, UP, 1.0), (0.5, UP, 0.072))
    assert steps(0.16, 4)[0] == -0.16
    assert len(steps(0.15, 5)) == 11
