"""Collateral of on-chain shorts against the contracts' own tests."""

import numpy as np
import pytest

from shortgamma.risk.margin.regime import margin
from shortgamma.risk.margin.regimes import regime_of
from tests.risk.margin.books import asked, book_of, holding, option

WEEK = 7 * 86_400


# GammaProtocol, marginCalculatorNakedMargin.test.ts: exact by its formula, and its rounded figures.
@pytest.mark.parametrize(
    ("kind", "strike", "spot", "weeks", "exact", "rounded"),
    [
        ("put", 100, 150, 1, 16.78, 16.77778677),
        ("put", 100, 150, 2, 23.70, 23.6996538),
        ("call", 2500, 1800, 1, 0.1678 * 1800, 0.1677778677 * 1800),
    ],
)
def test_a_naked_vault_needs_what_the_contracts_test_says(
    kind, strike, spot, weeks, exact, rounded
):
    book = book_of(option(kind, strike, -1, seconds=weeks * WEEK), spot=spot)
    initial, maintenance = asked(book, "opyn-naked", "test")
    assert initial == maintenance == pytest.approx(exact, rel=1e-12)
    assert initial == pytest.approx(rounded, rel=2e-4)


def test_a_hundred_thousand_calls_need_as_many_times_the_collateral():
    book = book_of(option("call", 2500, -100_000, seconds=WEEK), spot=1800)
    assert asked(book, "opyn-naked")[0] == pytest.approx(16_780 * 1800, rel=1e-12)


def test_between_two_bounds_the_longer_one_holds():
    near, next_ = (
        book_of(option("put", 100, -1, seconds=seconds), spot=150)
        for seconds in (WEEK, WEEK + 3_600)
    )
    assert asked(near, "opyn-naked")[0] == pytest.approx(16.78)
    assert asked(next_, "opyn-naked")[0] == pytest.approx(23.70)


def test_a_vault_takes_no_short_beyond_the_last_bound_and_no_future():
    far = margin(
        book_of(option("put", 100, -1, seconds=9 * WEEK), spot=150), regime_of("opyn-naked")
    )
    assert np.isnan(far.initial[0])
    assert far.status == "refused: no upper bound beyond 56 days to expiry"
    hedged = book_of(
        option("put", 100, -1, seconds=WEEK), spot=150, others=[holding("perpetual", -1, 150)]
    )
    assert margin(hedged, regime_of("opyn-naked")).status.startswith("refused: a vault takes no")
    long_only = book_of(option("put", 100, 1, seconds=9 * WEEK), spot=150)
    assert asked(long_only, "opyn-naked") == (0.0, 0.0)


# GammaProtocol, marginCalculator.test.ts: "Short: 1 250 put => need 250", "Short: 1 200 call => need 1 weth".
@pytest.mark.parametrize(("kind", "strike", "needed"), [("put", 250, 250.0), ("call", 200, 300.0)])
def test_full_collateral_is_the_strike_of_a_put_and_a_coin_of_a_call(kind, strike, needed):
    book = book_of(option(kind, strike, -1), spot=300)
    assert asked(book, "full-collateral") == pytest.approx((needed, needed))


def test_full_collateral_is_never_less_than_a_short_can_lose():
    spots = np.linspace(0.0, 5_000.0, 501)
    for kind, strike in (("put", 1_700), ("call", 1_300)):
        needed = asked(book_of(option(kind, strike, -1), spot=1_500), "full-collateral")[0]
        owed = np.maximum((spots - strike) if kind == "call" else (strike - spots), 0.0)
        # A coin kept behind a call is worth what the spot is worth.
        cover = spots * needed / 1_500 if kind == "call" else np.full(len(spots), needed)
        assert np.all(cover >= owed - 1e-9)


def test_lyra_values_a_short_after_the_shock_of_spot():
    # Far in the money the vol plays no part: 0.8·1500 under a put of 3000 leaves 1800 to pay.
    book = book_of(option("put", 3_000, -1, seconds=60), spot=1_500)
    assert asked(book, "lyra")[0] == pytest.approx(1_800.0, rel=1e-3)
    # A small put needs the least cash, at most its strike.
    assert asked(book_of(option("put", 100, -1, seconds=60), spot=1_500), "lyra")[0] == 100.0
    assert asked(book_of(option("put", 400, -1, seconds=60), spot=1_500), "lyra")[0] == 200.0
    # Calls: at most a coin.
    assert asked(book_of(option("call", 1, -1, seconds=60), spot=1_500), "lyra")[0] <= 1_500.0
