"""From quotes to a chain: what is filled in, what is put aside, and with which reason."""

import pickle
from dataclasses import fields, replace

import numpy as np
import pytest

from shortgamma.basics.errors import InputError, Reason, ShapeError
from shortgamma.basics.time import parse_stamp
from shortgamma.basics.units import NANOSECONDS_PER_DAY
from shortgamma.kernels.black import black_price
from shortgamma.market.assembly import assemble
from shortgamma.market.quotes import NO_STAMP, Quotes

ASOF = parse_stamp("2026-01-15T08:00Z")


def quotes(size=4, **changes):
    """Good quotes: calls at 90, 100, …, 30 days out; ``changes`` replace columns."""
    columns = {
        "instrument": [f"X-{i}" for i in range(size)],
        "sign": np.ones(size),
        "strike": 90.0 + 10.0 * np.arange(size),
        "expiry": np.full(size, ASOF + 30 * NANOSECONDS_PER_DAY),
        "years": np.full(size, np.nan),
        "forward": np.full(size, 101.0),
        "mark_vol": np.full(size, 0.6),
        "open_interest": np.full(size, 10.0),
        "bid_price": np.full(size, np.nan),
        "ask_price": np.full(size, np.nan),
        "mark_price": np.full(size, np.nan),
        "bid_size": np.full(size, np.nan),
        "ask_size": np.full(size, np.nan),
        "rate": np.zeros(size),
        "is_inverse": np.zeros(size, bool),
    }
    one = {"asof": ASOF, "venue": "test", "underlying": "X", "spot": 100.0}
    return Quotes(**(one | columns | changes))


def with_row(column, row, value):
    """Good quotes with one cell changed."""
    base = quotes()
    changed = getattr(base, column).copy()
    changed[row] = value
    return replace(base, **{column: changed})


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("sign", 0.0, Reason.BAD_KIND),
        ("strike", 0.0, Reason.BAD_STRIKE),
        ("strike", -5.0, Reason.BAD_STRIKE),
        ("strike", np.nan, Reason.NOT_A_NUMBER),
        ("strike", np.inf, Reason.ABSURD),
        ("strike", 1e-300, Reason.ABSURD),
        ("expiry", ASOF - 1, Reason.EXPIRED),
        ("expiry", ASOF, Reason.EXPIRED),
        ("expiry", NO_STAMP, Reason.BAD_EXPIRY),
        ("forward", -1.0, Reason.BAD_FORWARD),
        ("forward", np.inf, Reason.ABSURD),
        ("open_interest", np.nan, Reason.NOT_A_NUMBER),
        ("open_interest", np.inf, Reason.ABSURD),
        ("rate", np.nan, Reason.NOT_A_NUMBER),
        ("rate", 1e6, Reason.ABSURD),
        ("open_interest", -1.0, Reason.NEGATIVE_OPEN_INTEREST),
        ("open_interest", 0.0, Reason.ZERO_OPEN_INTEREST),
        ("mark_price", -0.1, Reason.NEGATIVE_PRICE),
        ("mark_vol", 0.0, Reason.BAD_VOL),
        ("mark_vol", -0.2, Reason.BAD_VOL),
        ("mark_vol", 5.01, Reason.BAD_VOL),
        ("mark_vol", np.nan, Reason.NO_VOL),
    ],
)
def test_a_bad_row_is_put_aside_with_its_reason(column, value, reason):
    chain = assemble(with_row(column, 2, value))
    assert len(chain) == 3
    assert [(f.reason, f.item) for f in chain.quarantined] == [(reason, "X-2")]
    assert chain.quarantined[0].message


def test_crossed_quotes_are_put_aside():
    base = quotes(bid_price=[1.0, 1.0, 3.0, np.nan], ask_price=[2.0, 1.0, 2.0, np.nan])
    chain = assemble(base)
    assert [f.reason for f in chain.quarantined] == [Reason.CROSSED]
    assert "3" in chain.quarantined[0].message


def test_the_second_of_two_equal_names_is_put_aside():
    chain = assemble(quotes(instrument=["A", "B", "A", "C"]))
    assert [(f.reason, f.item) for f in chain.quarantined] == [(Reason.DUPLICATE, "A")]
    assert list(chain.options.instrument) == ["A", "B", "C"]


def test_no_usable_row_is_an_error_that_names_the_commonest_reason():
    with pytest.raises(
        InputError, match="none of 4 rows is usable, most often: zero open interest"
    ):
        assemble(quotes(open_interest=np.zeros(4)))


def test_an_empty_source_is_an_error():
    with pytest.raises(InputError, match="no option"):
        assemble(quotes(size=0))


def test_a_source_without_time_needs_years_or_asof():
    with pytest.raises(InputError, match="--asof"):
        assemble(quotes(asof=None))
    chain = assemble(quotes(asof=None, years=np.full(4, 0.5), expiry=np.full(4, NO_STAMP)))
    assert chain.options.years == pytest.approx(0.5)
    assert chain.asof is None


def test_years_come_from_the_expiry():
    assert assemble(quotes()).options.years == pytest.approx(30.0 / 365.0, rel=1e-12)


def test_missing_vols_are_implied_from_coin_prices():
    """mark_price of an inverse option is in coin: USD price = coin price × forward."""
    usd = np.empty(4)
    base = quotes()
    black_price(
        base.forward, base.strike, np.full(4, 30 / 365), np.full(4, 0.73), base.rate, base.sign, usd
    )
    chain = assemble(
        quotes(mark_vol=np.full(4, np.nan), mark_price=usd / 101.0, is_inverse=np.ones(4, bool))
    )
    assert chain.options.vol == pytest.approx(0.73, rel=1e-9)


def test_missing_forwards_come_from_put_call_parity():
    """C − P = D·(F − K) on mids; the pairs nearest to the money decide."""
    strikes = np.array([90.0, 100.0, 110.0] * 2)
    sign = np.array([1.0, 1.0, 1.0, -1.0, -1.0, -1.0])
    prices = np.empty(6)
    years = np.full(6, 30 / 365)
    rate = np.full(6, 0.04)
    black_price(np.full(6, 103.5), strikes, years, np.full(6, 0.4), rate, sign, prices)
    chain = assemble(
        quotes(
            size=6,
            strike=strikes,
            sign=sign,
            rate=rate,
            forward=np.full(6, np.nan),
            bid_price=prices - 0.01,
            ask_price=prices + 0.01,
        )
    )
    assert chain.options.forward == pytest.approx(103.5, rel=1e-10)


def test_missing_spot_is_the_nearest_forward():
    assert assemble(quotes(spot=np.nan)).spot == pytest.approx(101.0)


def test_chains_are_read_only_also_after_pickling():
    chain = pickle.loads(pickle.dumps(assemble(quotes())))  # noqa: S301
    for holder in (chain, chain.options):
        for field in fields(holder):
            value = getattr(holder, field.name)
            if isinstance(value, np.ndarray):
                assert not value.flags.writeable


def test_columns_of_another_length_are_refused():
    with pytest.raises(ShapeError, match="strike"):
        quotes(strike=np.ones(3))


def test_rolling_a_chain_drops_what_expires_and_moves_its_clock():
    base = quotes(expiry=ASOF + NANOSECONDS_PER_DAY * np.array([1, 2, 3, 30]))
    later = assemble(base).rolled(2.0)
    assert len(later) == 2
    assert later.asof == ASOF + 2 * NANOSECONDS_PER_DAY
    assert later.options.years == pytest.approx([1 / 365, 28 / 365], rel=1e-9)
