"""The canonical columns: what must be there, how cells are read, snapshots, and the way back."""

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError, Reason
from shortgamma.basics.time import parse_stamp
from shortgamma.basics.units import NANOSECONDS_PER_YEAR
from shortgamma.data import read_quotes, write_canonical
from shortgamma.data.cells import read_stamp
from shortgamma.market.assembly import assemble
from shortgamma.market.chain import Chain
from shortgamma.market.options import OptionSeries, expiry_of
from shortgamma.market.quotes import NO_STAMP
from tests.data.builders import ASOF, CHAIN_HEADER, CHAIN_ROW, put

MANDATORY = CHAIN_HEADER.split(",")


def chain_file(folder, *lines, header=CHAIN_HEADER):
    return put(folder, "chain.csv", "\n".join([header, *lines]) + "\n")


def test_a_row_in_our_units(tmp_path):
    quotes = read_quotes(chain_file(tmp_path, CHAIN_ROW))
    assert quotes.asof is None
    assert quotes.sign.tolist() == [1.0]
    assert quotes.strike.tolist() == [65_000.0]
    assert quotes.expiry.tolist() == [parse_stamp("2026-01-30T08:00Z")]
    assert quotes.forward.tolist() == [64_000.0]
    assert quotes.mark_vol.tolist() == [0.55]
    assert quotes.open_interest.tolist() == [12.5]
    assert quotes.rate.tolist() == [0.0]
    assert quotes.is_inverse.tolist() == [False]
    assert quotes.instrument.tolist() == ["C-65000-2026-01-30"]
    assert (quotes.venue, quotes.underlying) == ("", "")
    for name in ("years", "bid_price", "ask_price", "mark_price", "bid_size", "ask_size"):
        assert np.isnan(getattr(quotes, name)).all()


def test_every_optional_column(tmp_path):
    more = "spot,bid_price,ask_price,mark_price,bid_size,ask_size,contract,venue,instrument,rate"
    path = chain_file(
        tmp_path,
        f"{CHAIN_ROW},63900,0.01,0.02,0.015,3,4,inverse,here,X-1,0.03,{ASOF},btc",
        header=f"{CHAIN_HEADER},{more},asof,underlying",
    )
    quotes = read_quotes(path)
    assert (quotes.asof, quotes.venue, quotes.underlying) == (parse_stamp(ASOF), "here", "BTC")
    assert quotes.spot == 63_900.0
    assert quotes.instrument.tolist() == ["X-1"]
    assert quotes.is_inverse.tolist() == [True]
    values = {"bid_price": 0.01, "ask_price": 0.02, "mark_price": 0.015, "rate": 0.03}
    for name, value in (values | {"bid_size": 3.0, "ask_size": 4.0}).items():
        assert getattr(quotes, name).tolist() == [value]


def test_years_instead_of_an_expiry_need_no_time(tmp_path):
    header = CHAIN_HEADER.replace("expiry", "years")
    quotes = read_quotes(chain_file(tmp_path, "p,0.5,0.25,0.6,0.9,3", header=header))
    assert quotes.asof is None
    assert quotes.expiry.tolist() == [NO_STAMP]
    assert quotes.years.tolist() == [0.25]
    assert quotes.instrument.tolist() == ["P-0.5-0.25y"]
    assert len(assemble(quotes)) == 1


@pytest.mark.parametrize("missing", MANDATORY)
def test_a_missing_column_is_named(tmp_path, missing):
    frame = pl.read_csv(chain_file(tmp_path, CHAIN_ROW)).drop(missing)
    path = put(tmp_path, "less.csv", frame.write_csv())
    name = "years" if missing == "expiry" else missing
    with pytest.raises(
        InputError, match=rf"less\.csv: column '{name}' is missing, found: "
    ) as told:
        read_quotes(path)
    assert all(column in str(told.value) for column in MANDATORY if column != missing)


def test_column_names_are_taken_loosely_and_cells_trimmed(tmp_path):
    header = " Kind, STRIKE ,Expiry,Forward,Mark Vol,Open_Interest,surplus"
    quotes = read_quotes(
        chain_file(tmp_path, " CALL , 1e3 ,2026-01-30, 9.5 , .5 ,1,x", header=header)
    )
    assert quotes.strike.tolist() == [1_000.0]
    assert quotes.expiry.tolist() == [parse_stamp("2026-01-30")]
    assert quotes.instrument.tolist() == ["C-1000-2026-01-30T00:00:00"]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators(tmp_path, separator):
    text = f"{CHAIN_HEADER}\r\n{CHAIN_ROW}\r\n".replace(",", separator)
    assert read_quotes(put(tmp_path, "a.csv", text)).strike.tolist() == [65_000.0]


def test_a_byte_order_mark_and_blank_lines(tmp_path):
    text = f"\n{CHAIN_HEADER}\n\n{CHAIN_ROW}\n\n".encode()
    assert len(read_quotes(put(tmp_path, "a.csv", b"\xef\xbb\xbf" + text))) == 1


@pytest.mark.parametrize(
    ("line", "reason", "told"),
    [
        ("call,6x,2026-01-30T08:00Z,64000,0.55,1", Reason.MALFORMED, "strike '6x'"),
        ("call,1,2026-01-30T08:00Z,64 000,0.55,1", Reason.MALFORMED, "forward '64 000'"),
        ("call,1,2026-01-30T08:00Z,1,0.55,1,9", Reason.MALFORMED, "7 cells where the header has 6"),
        ("future,1,2026-01-30T08:00Z,1,0.55,1", Reason.BAD_KIND, "kind 'future'"),
        (",1,2026-01-30T08:00Z,1,0.55,1", Reason.BAD_KIND, "kind ''"),
        ("call,1,soon,1,0.55,1", Reason.BAD_EXPIRY, "expiry 'soon'"),
        ("call,1,1969-01-01,1,0.55,1", Reason.BAD_EXPIRY, "expiry '1969-01-01'"),
        ("call,1,1769760000,1,0.55,1", Reason.BAD_EXPIRY, "expiry '1769760000'"),
    ],
)
def test_a_bad_row_is_put_aside_and_named(tmp_path, line, reason, told):
    quotes = read_quotes(chain_file(tmp_path, CHAIN_ROW, line, CHAIN_ROW))
    assert len(quotes) == 2
    (failure,) = quotes.failures
    assert failure.reason is reason
    assert told in failure.message


def test_bad_rows_are_called_by_number_or_instrument(tmp_path):
    path = chain_file(
        tmp_path,
        f"{CHAIN_ROW},A",
        f"{CHAIN_ROW.replace('65000', 'x')},B",
        "call",
        "what,1,2026-01-30,1,1,1",
        "1,2,3,4,5,6,7,8",
        header=f"{CHAIN_HEADER},instrument",
    )
    quotes = read_quotes(path)
    # A row that is too short has cells missing, which the screens of the market judge.
    assert quotes.instrument.tolist() == ["A", "C-?-?"]
    assert [failure.item for failure in quotes.failures] == ["B", "row 4", "row 5"]


@pytest.mark.parametrize("blank", ["", "  ", "null", "NaN", "N/A", "None", "-", '""'])
def test_what_is_missing_is_nan_and_no_failure(tmp_path, blank):
    quotes = read_quotes(chain_file(tmp_path, f"call,65000,2026-01-30T08:00Z,64000,{blank},1"))
    assert np.isnan(quotes.mark_vol).tolist() == [True]
    assert quotes.failures == ()


def test_values_are_left_as_they_are_for_the_screens(tmp_path):
    path = chain_file(
        tmp_path, "call,-1,2020-01-30,inf,-0.1,-5,0", header=f"{CHAIN_HEADER},bid_price"
    )
    quotes = read_quotes(path)
    values = quotes.strike, quotes.forward, quotes.mark_vol, quotes.open_interest, quotes.bid_price
    assert [value.item() for value in values] == [-1.0, np.inf, -0.1, -5.0, 0.0]


def test_one_unreadable_contract_is_put_aside(tmp_path):
    rows = [f"{CHAIN_ROW},{contract}" for contract in ("linear", "Inverse", "", "quanto")]
    quotes = read_quotes(chain_file(tmp_path, *rows, header=f"{CHAIN_HEADER},contract"))
    assert quotes.is_inverse.tolist() == [False, True, False]
    assert quotes.failures[0].message == "contract 'quanto' is neither linear nor inverse"
    assert quotes.instrument.tolist() == [
        "C-65000-2026-01-30",
        "C-65000-2026-01-30-inverse",
        "C-65000-2026-01-30",
    ]


def test_snapshots_by_asof(tmp_path):
    times = ["2026-01-15T00:00Z", "2026-01-15T06:00Z", "2026-01-15T12:00Z"]
    rows = [f"{CHAIN_ROW.replace('12.5', str(i))},{time}" for i, time in enumerate(times)]
    path = chain_file(tmp_path, *rows, header=f"{CHAIN_HEADER},asof")
    taken = {
        None: 2.0,
        "2026-01-15T00:00Z": 0.0,
        "2026-01-15T05:59:59Z": 0.0,
        "2026-01-15T06:00Z": 1.0,
        "2027-01-01": 2.0,
    }
    for wanted, interest in taken.items():
        quotes = read_quotes(path, asof=None if wanted is None else parse_stamp(wanted))
        assert quotes.open_interest.tolist() == [interest]
        assert quotes.asof == parse_stamp(times[int(interest)])
    with pytest.raises(
        InputError, match="it runs from 2026-01-15T00:00:00Z to 2026-01-15T12:00:00Z"
    ):
        read_quotes(path, asof=parse_stamp("2026-01-14"))


def test_a_row_without_a_time_among_snapshots_is_put_aside(tmp_path):
    rows = [f"{CHAIN_ROW},{ASOF}", f"{CHAIN_ROW},", f"{CHAIN_ROW},late"]
    quotes = read_quotes(chain_file(tmp_path, *rows, header=f"{CHAIN_HEADER},asof"))
    assert len(quotes) == 1
    assert [failure.message for failure in quotes.failures] == [
        "no time in a source with several",
        "asof 'late' is not a time",
    ]


def test_a_row_without_an_underlying_among_several_is_put_aside(tmp_path):
    rows = [f"{CHAIN_ROW},{coin}" for coin in ("SOL", "", "AVAX")]
    path = chain_file(tmp_path, *rows, header=f"{CHAIN_HEADER},underlying")
    quotes = read_quotes(path)
    assert (quotes.underlying, len(quotes)) == ("SOL", 1)
    assert quotes.failures[0].message == "no underlying in a source with several"


def test_a_source_without_an_underlying_takes_the_callers_word(tmp_path):
    assert read_quotes(chain_file(tmp_path, CHAIN_ROW), underlying="btc").underlying == "BTC"


def test_parquet_with_dates_integers_and_categories(tmp_path):
    frame = pl.DataFrame(
        {
            "Kind": pl.Series(["call", "put"], dtype=pl.Categorical),
            "strike": [65_000, 60_000],
            "expiry": pl.Series([1_769_760_000_000_000, None]).cast(pl.Datetime("us", "UTC")),
            "years": [None, 0.5],
            "forward": pl.Series([64_000, 64_001], dtype=pl.Float32),
            "mark_vol": [0.5, None],
            "open_interest": ["1", "2"],
            "asof": [parse_stamp(ASOF)] * 2,
            "nested": [[1], [2]],
        }
    )
    frame.write_parquet(tmp_path / "chain.parquet")
    quotes = read_quotes(str(tmp_path / "chain.parquet"))
    assert quotes.asof == parse_stamp(ASOF)
    assert quotes.expiry.tolist() == [1_769_760_000 * 10**9, NO_STAMP]
    assert quotes.strike.tolist() == [65_000.0, 60_000.0]
    assert quotes.open_interest.tolist() == [1.0, 2.0]
    frame.with_columns(strike=pl.col("nested")).write_parquet(tmp_path / "bad.parquet")
    with pytest.raises(InputError, match=r"bad\.parquet, column 'strike': holds List\(Int64\)"):
        read_quotes(str(tmp_path / "bad.parquet"))


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("2026-01-31T08:00Z", 1_769_846_400 * 10**9),
        ("2026-01-31T09:00+01:00", 1_769_846_400 * 10**9),
        ("2026-01-31 08:00:00", 1_769_846_400 * 10**9),
        ("1769846400000000001", 1_769_846_400 * 10**9 + 1),
        ("1769846400000", None),
        ("9999-12-31", None),
        ("0001-01-01T00:00+23:59", None),
        ("99999999999999999999", None),
        ("31.01.2026", None),
    ],
)
def test_stamps(text, stamp):
    assert read_stamp(text) == stamp


NUMBER = st.floats(1e-12, 1e12) | st.floats(0.01, 100.0).map(lambda value: round(value, 2))
MAYBE = NUMBER | st.just(float("nan"))
NAME = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12)


@st.composite
def chains(draw):
    size = draw(st.integers(1, 6))
    dated = draw(st.booleans())
    column = lambda element: np.array(draw(st.lists(element, min_size=size, max_size=size)))  # noqa: E731
    # Times are whole microseconds, as ISO 8601 says no more.
    asof = parse_stamp("2026-01-15") + 1_000 * draw(st.integers(0, 10**12)) if dated else None
    span = 1_000 * column(st.integers(1, 10**14)).astype(np.int64)
    years = span / NANOSECONDS_PER_YEAR
    names = draw(
        st.lists(NAME.map(lambda text: f"i{text}"), min_size=size, max_size=size, unique=True)
    )
    options = OptionSeries(
        instrument=np.array([name.strip() for name in names], dtype=object),
        is_call=column(st.booleans()),
        strike=column(NUMBER),
        expiry=expiry_of(0, years) if asof is None else asof + span,
        years=years,
        forward=column(NUMBER),
        vol=column(NUMBER),
        rate=column(st.floats(-1.0, 1.0)),
        is_inverse=column(st.booleans()),
    )
    prices = ("bid_price", "ask_price", "mark_price", "bid_size", "ask_size")
    return Chain(
        asof=asof,
        venue=draw(st.sampled_from(["", "here"])),
        underlying=draw(st.sampled_from(["", "BTC", "X"])),
        spot=draw(NUMBER),
        options=options,
        open_interest=column(NUMBER),
        **{name: column(MAYBE) for name in prices},
    )


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(chain=chains(), suffix=st.sampled_from([".csv", ".parquet", ".CSV"]))
def test_a_chain_comes_back_from_its_file(tmp_path, chain, suffix):
    path = tmp_path / f"chain{suffix}"
    write_canonical(chain, path)
    quotes = read_quotes(str(path))
    assert quotes.failures == ()
    head = ("asof", "venue", "underlying", "spot")
    assert [getattr(quotes, name) for name in head] == [getattr(chain, name) for name in head]
    assert quotes.instrument.tolist() == chain.options.instrument.tolist()
    np.testing.assert_array_equal(quotes.sign, chain.options.sign)
    np.testing.assert_array_equal(quotes.mark_vol, chain.options.vol)
    for name in ("strike", "forward", "rate", "is_inverse"):
        np.testing.assert_array_equal(getattr(quotes, name), getattr(chain.options, name))
    for name in ("open_interest", "bid_price", "ask_price", "mark_price", "bid_size", "ask_size"):
        np.testing.assert_array_equal(getattr(quotes, name), getattr(chain, name))
    timing = "years" if chain.asof is None else "expiry"
    np.testing.assert_array_equal(getattr(quotes, timing), getattr(chain.options, timing))


def test_the_sample_survives_the_way_through_a_file(tmp_path):
    chain = assemble(read_quotes("sample"))
    write_canonical(chain, tmp_path / "again.parquet")
    again = assemble(read_quotes(str(tmp_path / "again.parquet")))
    assert again.asof == chain.asof
    np.testing.assert_array_equal(again.options.vol, chain.options.vol)
    np.testing.assert_array_equal(again.options.years, chain.options.years)
    np.testing.assert_array_equal(again.open_interest, chain.open_interest)


@pytest.mark.parametrize("name", ["chain.xlsx", "chain", "missing/chain.csv"])
def test_a_chain_that_cannot_be_written(tmp_path, name):
    with pytest.raises(InputError):
        write_canonical(assemble(read_quotes("sample:ETH")), tmp_path / name)
