"""`exposure`: keys, units, signs and sums; figures recomputed from the raw recordings."""

import json
import math

import numpy as np
import pytest

import shortgamma as sg
from tests.acceptance import recordings, reference

KEYS = [
    "asof",
    "underlying",
    "spot",
    "instruments",
    "quarantined",
    "positioning",
    "gamma_usd_per_pct",
    "gross_gamma_usd_per_pct",
    "gamma_coin_per_pct",
    "delta_usd",
    "vega_usd_per_point",
    "vega_usd_per_point_per_pct",
    "vanna_usd_per_point",
    "charm_usd_per_day",
    "flips",
    "flip_status",
    "walls",
    "by_strike",
    "by_expiry",
    "profile",
    "feedback",
    "confidence",
]
FEEDBACK = [
    "depth_usd_per_pct",
    "theta",
    "amplification",
    "runaway_depth_usd_per_pct",
    "critical_shock_up",
    "critical_shock_down",
]
RULES = {
    "naive": lambda call: np.where(call, 1.0, -1.0),
    "dealer-short": lambda call: np.full(len(call), -1.0),
    "dealer-long": lambda call: np.full(len(call), 1.0),
}
RECORDINGS = {"six-hourly": recordings.six_hourly, "level-1": recordings.level_one}


@pytest.fixture(scope="module", params=RECORDINGS)
def recording(request, market_data):
    return RECORDINGS[request.param](market_data)


@pytest.mark.parametrize("source", ["sample", "sample:ETH"])
def test_every_key_of_the_interface_is_there(run, source):
    answer = run("exposure", source, "--json").document
    assert set(KEYS) <= set(answer)
    assert set(FEEDBACK) <= set(answer["feedback"])
    assert {"spot", "gamma_usd_per_pct"} <= set(answer["profile"])
    assert all({"strike", "gamma_usd_per_pct"} <= set(row) for row in answer["by_strike"])
    assert all({"spot", "crossing"} <= set(flip) for flip in answer["flips"])


@pytest.mark.parametrize("model", RULES)
def test_recordings_equal_the_independent_sums(run, recording, model):
    path, book = recording
    answer = run("exposure", path, "--positioning", model, "--json").document
    held = RULES[model](book["kind"] == "call") * book["open_interest"]
    assert answer["instruments"] == len(held)
    for name, expected in reference.sums(book, held).items():
        np.testing.assert_allclose(answer[name], expected, rtol=1e-8, err_msg=name)


def test_every_flip_of_a_recording_equals_a_dense_scan_with_brent(run, recording):
    path, book = recording
    answer = run("exposure", path, "--positioning", "naive", "--json").document
    held = RULES["naive"](book["kind"] == "call") * book["open_interest"]
    expected = reference.flips(book, held, answer["spot"], 0.5, 2.0, levels=801)
    assert [flip["crossing"] for flip in answer["flips"]] == [way for _, way in expected]
    np.testing.assert_allclose(
        [flip["spot"] for flip in answer["flips"]], [spot for spot, _ in expected], rtol=1e-6
    )
    assert (answer["flip_status"] == "found") is bool(expected)


@pytest.mark.parametrize("source", ["sample", "sample:ETH"])
@pytest.mark.parametrize("model", ["flow", *RULES])
def test_parts_sum_to_the_whole(run, source, model):
    answer = run("exposure", source, "--positioning", model, "--json").document
    for part in ("by_strike", "by_expiry"):
        for name in ("gamma_usd_per_pct", "vanna_usd_per_point", "charm_usd_per_day"):
            total = math.fsum(row[name] for row in answer[part])
            np.testing.assert_allclose(total, answer[name], rtol=1e-9, err_msg=f"{part} {name}")
        gross = math.fsum(row["gross_gamma_usd_per_pct"] for row in answer[part])
        np.testing.assert_allclose(gross, answer["gross_gamma_usd_per_pct"], rtol=1e-9)
        for row in answer[part]:
            sides = row["call_gamma_usd_per_pct"] + row["put_gamma_usd_per_pct"]
            np.testing.assert_allclose(
                sides, row["gamma_usd_per_pct"], rtol=1e-9, atol=1e-9 * abs(gross)
            )
            assert abs(row["gamma_usd_per_pct"]) <= row["gross_gamma_usd_per_pct"] * (1 + 1e-12)
    cells = [cell for row in answer["heatmap"]["gamma_usd_per_pct"] for cell in row if cell]
    np.testing.assert_allclose(math.fsum(cells), answer["gamma_usd_per_pct"], rtol=1e-9)


def test_walls_are_the_extremes_by_strike(run):
    answer = run("exposure", "sample", "--json").document
    walls, rows = answer["walls"], answer["by_strike"]
    top = max(rows, key=lambda row: row["gamma_usd_per_pct"])
    bottom = min(rows, key=lambda row: row["gamma_usd_per_pct"])
    assert walls["long"]["strike"] == top["strike"]
    assert walls["long"]["gamma_usd_per_pct"] == top["gamma_usd_per_pct"] > 0
    assert walls["short"]["strike"] == bottom["strike"]
    assert walls["short"]["gamma_usd_per_pct"] == bottom["gamma_usd_per_pct"] < 0


@pytest.mark.parametrize("source", ["sample", "sample:ETH"])
def test_each_crossing_names_the_side_that_the_profile_shows(run, source):
    answer = run("exposure", source, "--positioning", "flow", "--json").document
    spot = np.array(answer["profile"]["spot"])
    gamma = np.array(answer["profile"]["gamma_usd_per_pct"])
    assert answer["flips"]
    for flip in answer["flips"]:
        above = gamma[np.searchsorted(spot, flip["spot"])]
        assert flip["crossing"] == ("up" if above > 0 else "down")
    assert [flip["spot"] for flip in answer["flips"]] == sorted(f["spot"] for f in answer["flips"])


def test_short_gamma_buys_rises_and_loses_when_vol_rises(run):
    """All short: negative gamma and vega, a positive loop, and time that pays."""
    answer = run("exposure", "sample", "--positioning", "dealer-short", "--json").document
    np.testing.assert_allclose(
        answer["gamma_usd_per_pct"], -answer["gross_gamma_usd_per_pct"], rtol=1e-12
    )
    assert answer["vega_usd_per_point"] < 0 < answer["theta_usd_per_day"]
    assert answer["gamma_coin_per_pct"] < 0
    assert answer["feedback"]["theta"] < 0
    assert answer["flip_status"] == "always_short"
    assert answer["confidence"]["probability_short"] > 0.5


def test_vega_gamma_sensitivity_is_vanna_in_other_units(run):
    answer = run("exposure", "sample", "--json").document
    np.testing.assert_allclose(
        answer["vega_usd_per_point_per_pct"], answer["vanna_usd_per_point"] * 0.01, rtol=1e-12
    )


@pytest.mark.parametrize("dynamics", ["sticky-strike", "sticky-delta", "surface"])
def test_smile_dynamics_change_the_profile_but_not_today(run, dynamics):
    answer = run("exposure", "sample", "--dynamics", dynamics, "--json").document
    plain = run("exposure", "sample", "--json").document
    assert answer["gamma_usd_per_pct"] == plain["gamma_usd_per_pct"]
    same = answer["profile"]["gamma_usd_per_pct"] == plain["profile"]["gamma_usd_per_pct"]
    assert same is (dynamics == "sticky-strike")


def test_a_range_bounds_the_profile_in_multiples_of_spot(run):
    answer = run("exposure", "sample", "--range", "0.8", "1.3", "--json").document
    ends = np.array(answer["profile"]["spot"])[[0, -1]] / answer["spot"]
    np.testing.assert_allclose(ends, [0.8, 1.3], rtol=1e-12)


def test_time_ahead_is_what_the_same_book_with_less_time_gives(run, chain):
    later = chain(["call,100,0.1,100,0.6,10", "put,95,0.3,100,0.7,5"], name="now.csv")
    day = 10 / 365
    rows = [f"call,100,{0.1 - day!r},100,0.6,10", f"put,95,{0.3 - day!r},100,0.7,5"]
    sooner = chain(rows, name="later.csv")
    rolled = run("exposure", later, "--ahead", "10", "--json").document
    direct = run("exposure", sooner, "--json").document
    for name in ("gamma_usd_per_pct", "vanna_usd_per_point", "charm_usd_per_day"):
        np.testing.assert_allclose(rolled[name], direct[name], rtol=1e-9)


def test_same_command_same_bytes_and_another_seed_moves_only_the_confidence(run):
    first = run("exposure", "sample", "--json")
    assert first.out == run("exposure", "sample", "--json").out
    other = run("exposure", "sample", "--seed", "7", "--json").document
    assert other["gamma_usd_per_pct"] == first.document["gamma_usd_per_pct"]
    assert other["flips"] == first.document["flips"]
    assert (
        other["confidence"]["gamma_usd_per_pct"]
        != (first.document["confidence"]["gamma_usd_per_pct"])
    )


def test_python_and_command_give_the_same_document(run):
    words = ("exposure", "sample:ETH", "--positioning", "naive", "--depth", "1e8", "--json")
    assumptions = sg.Assumptions(depth_usd_per_pct=1e8)
    answer = sg.exposure("sample:ETH", positioning="naive", assumptions=assumptions)
    assert run(*words).document == json.loads(json.dumps(answer.to_dict()))


def test_python_refuses_nan_in_the_document():
    json.dumps(sg.exposure("sample").to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    "name",
    ["deribit_hourly_first_of_month_2024-05_2025-06.parquet", "deribit_tickers_eth_2021-02-11.csv"],
)
def test_other_recordings_are_read_and_every_row_is_used_or_counted(run, market_data, name):
    answer = run("exposure", market_data / "chains" / name, "--json").document
    assert answer["instruments"] > 50
    assert answer["quarantined"] == sum(answer["quarantine"].values())
    assert 0 < abs(answer["gamma_usd_per_pct"]) <= answer["gross_gamma_usd_per_pct"]


@pytest.mark.slow
def test_an_index_chain_of_cboe_agrees_with_its_published_gamma(run, market_data):
    """CBOE's own gamma column, 100 units a contract: 168.5 B$ per 1 % gross."""
    path = market_data / "equity/cboe_spx_2022-12-12.csv"
    answer = run("exposure", path, "--json").document
    np.testing.assert_allclose(answer["gross_gamma_usd_per_pct"], 168.45e9, rtol=0.01)
    assert answer["instruments"] + answer["quarantined"] == 2 * 9578
