"""Funding against squeeth-monorepo, test/unit-tests/controller-funding.ts, and against the chain."""

import csv
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.protocols.fixed_point import WAD, from_float, to_float
from shortgamma.protocols.squeeth import funding as f

HOURS_3 = 10_800
RECORDED = sorted(
    (Path(__file__).resolve().parents[4] / "shared/data/onchain").glob(
        "ethereum-squeeth-controller-*.minute.csv"
    )
)


def exact(squeeth_usd: int, eth_usd: int, seconds: int, norm: int = WAD) -> int:
    price, eth = squeeth_usd * WAD // 10_000, eth_usd * WAD
    mark = f.exact_mark(eth, price, norm)
    return f.exact_norm_after(norm, mark, index=f.exact_index(eth), seconds=seconds)


@pytest.mark.parametrize(
    ("squeeth_usd", "eth_usd", "ratio"),
    [(3_030, 3_000, 1.01), (2_000, 3_000, 0.8), (6_000, 3_000, 1.4), (0, 3_000, 0.8)],
)
def test_published_funding_over_three_hours(squeeth_usd: int, eth_usd: int, ratio: float) -> None:
    # The test's own expectation: 2^(log2(index/mark)·3 h/420 h), mark clamped to 0.8…1.4 × index.
    expected = (1.0 / ratio) ** (3.0 / 420.0)
    assert to_float(exact(squeeth_usd, eth_usd, HOURS_3)) == pytest.approx(expected, rel=1e-15)
    mark = f.mark_ratio(1.0, eth_usd, squeeth_usd / 1e4)
    assert f.norm_after(1.0, mark, HOURS_3) == pytest.approx(expected, rel=1e-15)


def test_no_time_no_funding() -> None:
    assert exact(3_030, 3_000, 0) == WAD


def test_twelve_hours_twice_are_a_day_at_the_same_mark_over_index() -> None:
    # Published property: what counts is the ratio, not how often it is applied.
    half = f.norm_after(f.norm_after(1.0, 1.01, 43_200), 1.01, 43_200)
    assert half == pytest.approx(f.norm_after(1.0, 1.01, 86_400), rel=1e-15)


@given(
    st.floats(0.1, 1.0),
    st.floats(200.0, 8_000.0),
    st.floats(0.5, 2.0),
    st.integers(1, 40 * 86_400),
)
def test_floats_agree_with_the_contract(
    norm: float, spot: float, ratio: float, seconds: int
) -> None:
    price = ratio * norm * spot / 1e4
    whole = f.exact_norm_after(
        from_float(norm),
        f.exact_mark(from_float(spot), from_float(price), from_float(norm)),
        index=f.exact_index(from_float(spot)),
        seconds=seconds,
    )
    mark = f.mark_ratio(norm, spot, price)
    assert mark == pytest.approx(ratio, rel=1e-12)
    # The contract knows index and mark to about 14 digits only: the ETH price is scaled down first.
    assert f.norm_after(norm, mark, seconds) == pytest.approx(to_float(whole), rel=1e-11)


@given(st.floats(0.05, 2.5))
def test_a_volatility_and_its_premium_are_inverse(vol: float) -> None:
    assert f.implied_vol(f.fair_ratio(vol)) == pytest.approx(vol, rel=1e-9)


def test_no_volatility_explains_a_discount() -> None:
    assert np.isnan(f.implied_vol(0.9))


def test_a_short_earns_while_the_market_pays_more_than_the_index() -> None:
    assert f.norm_after(1.0, 1.2, 86_400) < 1.0 < f.norm_after(1.0, 0.9, 86_400)


@pytest.mark.skipif(not RECORDED, reason="recorded controller minutes are not on this machine")
def test_updates_agree_with_those_recorded_on_the_chain() -> None:
    lines = [path.read_text(encoding="utf-8").splitlines() for path in RECORDED]
    rows = [row for text in lines for row in csv.DictReader(text)]
    norm, eth, squeeth = (
        np.array([float(row[name]) for row in rows]) for name in ("norm_factor", "WETH", "OSQTH")
    )
    updates = 1 + np.flatnonzero(np.diff(norm))
    assert updates.size > 20
    recorded, computed = [], []
    for start, end in itertools.pairwise(updates):
        # The oracle's averages are geometric; minutes know when an update was only to a minute.
        spot, price = (np.exp(np.mean(np.log(part[start:end]))) for part in (eth, squeeth))
        mark = f.mark_ratio(norm[start], spot, price)
        computed.append(np.log(f.norm_after(norm[start], mark, (end - start) * 60) / norm[start]))
        recorded.append(np.log(norm[end] / norm[start]))
    recorded, computed = np.array(recorded), np.array(computed)
    long = np.diff(updates) >= 60
    error = np.abs(computed / recorded - 1.0)[long]
    assert np.median(error) < 0.01
    assert np.max(error) < 0.15
    assert computed.sum() == pytest.approx(recorded.sum(), rel=5e-3)
