"""Which process a calibration picks, and what it says that none captures, on series of known law."""

import tomllib

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.feedback.processes.hawkes import Hawkes
from shortgamma.feedback.processes.kou import Kou
from shortgamma.feedback.processes.merton import Merton
from shortgamma.market.calibration import FITS, Fit
from shortgamma.market.history import PriceHistory
from shortgamma.market.order_book import OrderBook
from shortgamma.studies.calibration import (
    HOUR,
    WEEK,
    Feature,
    calibrate,
    intervals_of,
    lags_of,
    memory_years,
)
from shortgamma.studies.hours import hours_chance

YEAR = 365 * 24 * HOUR
MONDAY = 4 * 24 * HOUR  # 1970-01-05
DEVIATION = 0.005


def history(moves, bar=HOUR):
    close = 100.0 * np.exp(np.concatenate(([0.0], np.cumsum(moves))))
    return PriceHistory(underlying="BTC", stamp=MONDAY + bar * np.arange(close.size), close=close)


def normal(size, seed=1, deviation=DEVIATION):
    return deviation * np.random.default_rng(seed).standard_normal(size)


@pytest.fixture(scope="module")
def calm():
    return calibrate(history(normal(3_000)), ["gbm", "merton", "kou"])


def test_brownian_moves_are_brownian_and_nothing_is_missed(calm):
    assert calm.best == "gbm"
    assert calm.missed == ()
    assert calm.fits["gbm"].interval("vol")[0] < DEVIATION * 8_760**0.5
    assert calm.memory_bars <= 1
    assert calm.ranking[0].behind == 0.0


def test_jumps_are_seen():
    rng = np.random.default_rng(3)
    signs = np.where(rng.random(4_000) < 0.5, 1.0, -1.0)
    jumps = (rng.random(4_000) < 0.05) * signs * rng.exponential(0.02, 4_000)
    found = calibrate(history(normal(4_000) + jumps), ["gbm", "kou"])
    assert found.best == "kou"
    assert found.outside("gbm") > 0.5 > found.outside("kou")
    assert found.missed == ()
    assert (
        found.fits["kou"].interval("mean_up")[0] < 0.02 < found.fits["kou"].interval("mean_up")[1]
    )


def test_what_every_law_misses_is_said():
    rng = np.random.default_rng(4)
    regime = np.repeat(np.exp(rng.normal(0.0, 0.8, 40)), 100)
    found = calibrate(history(regime * normal(4_000, 5)), ["gbm"])
    assert found.missed == (Feature.LAW, Feature.MEMORY)
    assert 10 < found.memory_bars <= 100
    with_heston = calibrate(history(regime * normal(4_000, 5)), ["gbm", "heston"])
    assert Feature.MEMORY not in with_heston.missed


def week_pattern(weeks):
    hours = np.arange(weeks * 168) % 24
    return np.where((hours >= 13) & (hours < 17), 2.0, 1.0)


def test_hours_of_the_week_are_found_and_not_invented():
    moves = normal(26 * 168)
    with_hours = calibrate(history(week_pattern(26) * moves), ["gbm"])
    assert Feature.HOURS in with_hours.missed
    busy = with_hours.week.vol.reshape(7, 24)[:, 13:17].mean()
    quiet = with_hours.week.vol.reshape(7, 24)[:, :13].mean()
    assert busy / quiet == pytest.approx(2.0, rel=0.1)


def test_chance_of_hours_is_uniform_without_a_pattern():
    """Clusters as long as a day must not pass for a clock."""
    found = []
    for seed in range(30):
        rng = np.random.default_rng(100 + seed)
        regime = np.repeat(np.exp(rng.normal(0.0, 0.7, 12 * 7)), 24)
        shifted = np.roll(regime, int(rng.integers(0, 24)))
        found.append(hours_chance(history(shifted * normal(12 * 168, seed))))
    assert np.mean(np.array(found) < 0.1) < 0.3
    assert 0.3 < np.mean(found) < 0.7


def test_few_weeks_say_nothing():
    assert np.isnan(hours_chance(history(normal(3 * 168))))
    assert (
        Feature.HOURS not in calibrate(history(week_pattern(3) * normal(3 * 168)), ["gbm"]).missed
    )


def test_days_have_no_hours():
    found = calibrate(history(normal(400), bar=24 * HOUR), ["gbm"])
    assert found.week is None
    assert found.to_dict()["hours_of_week"] is None


def test_a_process_that_does_not_suit_is_refused_unless_it_was_named():
    slow = history(normal(120), bar=48 * HOUR)
    found = calibrate(slow)
    assert set(found.refused) == {"svcj"}
    assert set(found.fits) == set(FITS) - {"svcj"}
    with pytest.raises(InputError, match="svcj"):
        calibrate(slow, ["gbm", "svcj"])


def test_unknown_process_lists_the_known():
    with pytest.raises(InputError, match="garch") as told:
        calibrate(history(normal(300)), ["garch"])
    assert "svcj" in str(told.value)


def test_progress_sums_to_one():
    shares = []
    calibrate(history(normal(300)), ["gbm", "bootstrap"], progress=shares.append)
    assert sum(shares) == pytest.approx(1.0)


@pytest.mark.parametrize(("name", "make"), [("merton", Merton), ("kou", Kou)])
def test_toml_makes_the_process(calm, name, make):
    table = tomllib.loads(calm.to_toml(name))["process"]
    assert table.pop("kind") == name
    process = make(**table)
    assert process.annual_vol == pytest.approx(DEVIATION * 8_760**0.5, rel=0.1)


def test_toml_of_a_block_is_a_whole_number():
    found = calibrate(history(normal(600)), ["bootstrap"])
    assert isinstance(tomllib.loads(found.to_toml())["process"]["block"], int)
    assert found.quantiles == {}
    assert found.missed == ()
    with pytest.raises(InputError, match="not fitted"):
        found.to_toml("kou")


def test_document_is_plain_and_complete(calm):
    document = calm.to_dict()
    assert document["best"] == "gbm"
    assert document["moves"] == 3_000
    assert set(document["fits"]) == {"gbm", "merton", "kou"}
    assert document["tails"].keys() == {"up", "down"}
    assert len(document["hours_of_week"]["vol"]) == 168


def test_depth_of_books_is_in_the_document():
    book = OrderBook(
        underlying="BTC",
        asof=MONDAY,
        bid_price=[99.5, 99.0, 90.0],
        bid_size=[1.0, 2.0, 50.0],
        ask_price=[100.5, 101.0, 110.0],
        ask_size=[1.0, 1.0, 50.0],
    )
    found = calibrate(history(normal(300)), ["gbm"], order_books=[book])
    (document,) = found.to_dict()["books"]
    assert document["mid"] == 100.0
    assert document["bid"]["depth_usd_per_pct"] == pytest.approx(300.0)
    assert document["ask"]["depth_usd_per_pct"] == pytest.approx(200.0)


def fit(process, **values):
    errors = dict.fromkeys(values, np.nan)
    rest = {"log_likelihood": np.nan, "moves": 1, "free": 1, "converged": True}
    return Fit(process=process, values=values, errors=errors, bar_years=HOUR / YEAR, **rest)


def test_memory_of_self_excitation_is_that_of_its_mean_intensity():
    """E λ(t) falls back like e^(−β(1 − n)t): integrate dm = −β·(m − n·m)dt for a year of seconds."""
    half_life, branching = 3.0, 0.7
    made = Hawkes(vol=0.5, branching=branching, half_life_hours=half_life)
    decay = np.log(2.0) / (made.half_life_hours / 8_760.0)
    years = memory_years(fit("hawkes", half_life_hours=half_life, branching=branching))
    step = years / 20_000
    mean = 1.0
    for _ in range(20_000):
        mean -= (decay * mean - branching * decay * mean) * step
    assert mean == pytest.approx(np.exp(-1.0), rel=1e-3)


def test_memory_of_the_others():
    assert memory_years(fit("heston", reversion=8.0)) == pytest.approx(1.0 / 8.0)
    assert memory_years(fit("svcj", reversion=-0.5)) == pytest.approx(2.0 / 365.0)
    assert memory_years(fit("kou", vol=0.5)) == 0.0


def test_lags_and_intervals_suit_the_history():
    hours, minutes = history(normal(2_000)), history(normal(9_000), bar=HOUR // 60)
    assert lags_of(hours) == WEEK // HOUR
    assert lags_of(minutes) == 1_440
    assert lags_of(history(normal(100))) == 25
    assert intervals_of(hours) == (1, 2, 4, 8, 12, 24, 48)
    assert intervals_of(minutes)[:4] == (1, 2, 5, 15)
    assert max(intervals_of(minutes)) <= 9_000 // 40


@pytest.mark.slow
def test_real_hours_have_a_clock_and_clusters(market_data):
    file = market_data / "prices" / "deribit_perp_1h_close_2025-08_2026-01.csv"
    found = calibrate(str(file), ["gbm", "kou"])
    assert found.best == "kou"
    assert set(found.missed) >= {Feature.MEMORY, Feature.HOURS}
