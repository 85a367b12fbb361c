"""Real recorded chains against the independent computation, to the tolerances of the issue.

Each chain is a recording of another layout, time and coin.
"""

import numpy as np
import pytest

from shortgamma.exposure.positioning import Naive
from shortgamma.studies.source import exposure_of
from tests.exposure import independent

CHAINS = {
    "btc-2024-04-01": ("amberdata_level1_btc_2024-04-01.json", {}),
    "btc-2026-01": ("deribit_6hourly_2026-01.parquet", {"underlying": "BTC"}),
    "eth-2025": (
        "deribit_hourly_first_of_month_2024-05_2025-06.parquet",
        {"underlying": "ETH", "asof": "2025-03-01T12:30Z"},
    ),
    "btc-2021": ("deribit_tickers_btc_2021-02-11.csv", {}),
}


@pytest.fixture(scope="module", params=CHAINS)
def answer(request, market_data):
    file, choice = CHAINS[request.param]
    return exposure_of(str(market_data / "chains" / file), positioning="naive", **choice)


def columns(options):
    return options.forward, options.strike, options.years, options.vol


def test_the_chain_is_whole(answer):
    """Hundreds of instruments in many expiries, most of them usable."""
    assert len(answer.chain) > 300
    assert np.unique(answer.chain.options.expiry).size >= 7
    assert answer.surface.smiles


def test_net_gross_and_vanna_equal_the_independent_sums(answer):
    options = answer.chain.options
    held = Naive().position(answer.chain).quantity
    gamma = independent.gamma_usd_per_pct(*columns(options))
    vanna = np.sum(held * independent.vanna_usd_per_point(*columns(options)))
    charm = np.sum(held * independent.charm_usd_per_day(*columns(options)))
    totals = answer.totals
    assert totals.gamma_usd_per_pct == pytest.approx(np.sum(held * gamma), rel=1e-8)
    assert totals.gross_gamma_usd_per_pct == pytest.approx(
        np.sum(answer.chain.open_interest * gamma), rel=1e-8
    )
    assert totals.vanna_usd_per_point == pytest.approx(vanna, rel=1e-8)
    assert totals.charm_usd_per_day == pytest.approx(charm, rel=1e-8)


def test_every_flip_equals_the_independent_root(answer):
    held = Naive().position(answer.chain).quantity
    expected = independent.all_flips(
        answer.chain.options, held, answer.chain.spot, low=0.5, high=2.0, points=3_001
    )
    flips = answer.profile.flips
    assert [flip.crossing.value for flip in flips] == [way for _spot, way in expected]
    assert [flip.spot for flip in flips] == pytest.approx([s for s, _way in expected], rel=1e-6)


def test_profile_equals_independent_repricing(answer):
    held = Naive().position(answer.chain).quantity
    moves = np.log(answer.profile.spot / answer.chain.spot)
    expected = [independent.net_gamma(answer.chain.options, held, move) for move in moves]
    scale = np.abs(expected).max()
    assert answer.profile.gamma_usd_per_pct == pytest.approx(expected, rel=1e-8, abs=1e-10 * scale)
