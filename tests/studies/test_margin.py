"""The question of margin: every regime, the screen between them, and shocks."""

import json

import msgspec
import numpy as np
import pytest

import shortgamma as sg
from shortgamma.basics.errors import InputError
from shortgamma.risk.margin.regimes import REGIMES
from shortgamma.studies.margin import SPOT_MOVES, VOL_FACTORS, margin
from tests.risk.margin.books import NO_VOL, book_of, holding, option

WEEK = 7 * 86_400


@pytest.fixture(scope="module")
def straddle():
    legs = (option(kind, 100, -10, seconds=WEEK) for kind in ("call", "put"))
    return margin(book_of(*legs, spot=100.0))


def test_every_regime_answers_by_its_name(straddle):
    document = straddle.to_dict()
    assert list(document["regimes"]) == list(REGIMES)
    for name, row in document["regimes"].items():
        assert row["initial"] >= row["maintenance"] > 0.0, name
        assert row["source"], name
        assert isinstance(row["verified"], bool), name
        assert sum(row["parts"].values()) == pytest.approx(row["initial"]), name
    assert document["regimes"]["deribit-sm"]["unit"] == "coin"
    coin = document["regimes"]["deribit-sm"]["initial_coin"]
    assert coin * 100.0 == pytest.approx(document["regimes"]["deribit-sm"]["initial"])
    assert msgspec.json.decode(msgspec.json.encode(document)) == json.loads(json.dumps(document))


def test_the_screen_names_the_two_ends(straddle):
    needs = {one.regime.name: float(one.now.initial_equity[0]) for one in straddle.asked}
    found = straddle.initial_spread
    assert (found.dearest, found.cheapest) == (max(needs, key=needs.get), min(needs, key=needs.get))
    assert found.ratio == pytest.approx(max(needs.values()) / min(needs.values()))


def test_without_a_shock_nothing_grows_and_nothing_is_called(straddle):
    for one in straddle.asked:
        assert len(one.shocked) == len(SPOT_MOVES) * len(VOL_FACTORS)
        calm = next(r for r in one.shocked if (r.spot_move, r.vol_factor) == (0.0, 1.0))
        assert calm.growth == pytest.approx(1.0), one.regime.name
        assert calm.call_usd == pytest.approx(0.0, abs=1e-6), one.regime.name


def test_a_short_gamma_book_has_to_bring_cash_when_the_market_runs_and_vol_doubles(straddle):
    for one in straddle.asked:
        far = next(r for r in one.shocked if (r.spot_move, r.vol_factor) == (0.2, 2.0))
        assert far.call_usd > 0.0, one.regime.name


def test_a_margin_call_is_what_the_requirement_grows_by_and_what_is_lost():
    # Full collateral of one coin short: a move of +20 % costs 20 on the perpetual and 20 of cover.
    found = margin(book_of(spot=100.0, others=[holding("perpetual", -1, 100)]), "full-collateral")
    up = next(r for r in found.asked[0].shocked if (r.spot_move, r.vol_factor) == (0.2, 1.0))
    assert up.call_usd == pytest.approx(40.0)
    down = next(r for r in found.asked[0].shocked if (r.spot_move, r.vol_factor) == (-0.2, 1.0))
    assert down.call_usd == pytest.approx(-40.0)


def test_the_worked_examples_come_out_of_the_public_name():
    derive = book_of(option("call", 1_400, -1, vol=NO_VOL), spot=1_500.0)
    found = sg.margin(derive, "derive-srm", parameters="test").to_dict()["regimes"]["derive-srm"]
    assert (found["initial"], found["maintenance"]) == pytest.approx((325.0, 212.5))
    ibm = book_of(option("call", 100, -10_000), spot=97.73)
    cboe = sg.margin(ibm, "cboe-strategy").to_dict()["regimes"]["cboe-strategy"]
    assert cboe["initial"] == pytest.approx(172_760.0)


def test_a_regime_that_refuses_the_book_has_nulls_and_says_why():
    far = book_of(option("put", 100, -1, seconds=52 * WEEK), spot=100.0)
    row = margin(far).to_dict()["regimes"]["opyn-naked"]
    assert (row["initial"], row["maintenance"], row["parts"]) == (None, None, {})
    assert row["status"] == "refused: no upper bound beyond 56 days to expiry"
    assert all(shock["call_usd"] is None for shock in row["shocks"])


def test_a_file_adds_a_regime_or_changes_one(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('[regime]\nname = "own"\nrule = "full"\n[parameters]\nshare = 0.5\n')
    book = book_of(option("put", 100, -2), spot=100.0)
    both = margin(book, parameters=own)
    assert [one.regime.name for one in both.asked] == [*REGIMES, "own"]
    assert float(both.asked[-1].now.initial[0]) == pytest.approx(100.0)
    figures = tmp_path / "figures.toml"
    figures.write_text("[parameters]\nshare = 0.5\n")
    alone = margin(book, "full-collateral", parameters=figures)
    assert [one.regime.name for one in alone.asked] == ["full-collateral"]
    assert float(alone.asked[0].now.initial[0]) == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("regime", "parameters", "problem"),
    [
        ("deribit", "default", "there is no regime 'deribit'"),
        ("deribit-sm", "test", "deribit-sm has no set of parameters 'test'"),
        ("all", "nobody", "no regime has a set of parameters 'nobody'"),
    ],
)
def test_an_unknown_name_gives_one_clear_line(regime, parameters, problem):
    with pytest.raises(InputError, match=problem) as raised:
        margin(book_of(option("put", 100, -2), spot=100.0), regime, parameters=parameters)
    assert raised.value.remedy


def test_an_empty_book_is_refused():
    with pytest.raises(InputError, match="the book is empty"):
        margin(book_of(option("put", 100, 0), spot=100.0))


def test_growth_is_over_own_funds_not_over_the_stated_figure(straddle):
    one = next(one for one in straddle.asked if one.regime.name == "deribit-sm")
    base = float(one.now.initial_equity[0])
    growths = [row.initial_equity / base for row in one.shocked]
    np.testing.assert_allclose([row.growth for row in one.shocked], growths)
