"""Whatever a file holds, a reader answers with its rows or with one line of InputError."""

import csv
import io
import json
import os
import zipfile
from pathlib import Path

import msgspec
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from polars.exceptions import ComputeError, PanicException, SchemaError

from shortgamma.basics.errors import InputError
from shortgamma.data import files as files_module
from shortgamma.data import (
    read_book,
    read_inventory,
    read_price_rows,
    read_quotes,
    read_trades,
    table_files,
    write_canonical,
)
from shortgamma.data.files import THIRD_PARTY, quiet, translated
from shortgamma.data.location import KNOWN, LIVE_VENUES
from shortgamma.market.assembly import assemble
from tests.data.builders import CHAIN_HEADER, CHAIN_ROW, envelope, put, summary, ticker

READERS = {
    "quotes": read_quotes,
    "trades": read_trades,
    "book": read_book,
    "price rows": read_price_rows,
    "inventory": lambda path: read_inventory(path, sample_chain()),
}
CHAIN_CSV = f"{CHAIN_HEADER}\n{CHAIN_ROW}\n"
_CHAINS = []


def sample_chain():
    if not _CHAINS:
        _CHAINS.append(assemble(read_quotes("sample:ETH")))
    return _CHAINS[0]


def refusal(read, path):
    """The message of a refusal, which is one line with the place first."""
    with pytest.raises(InputError) as told:
        read(path)
    message = str(told.value)
    assert message.isprintable()
    assert told.value.__cause__ is None
    assert " — " in message
    return message


def parquet(rows=50):
    frame = pl.DataFrame(
        {
            "kind": ["call"] * rows,
            "strike": [float(i) for i in range(rows)],
            "years": [0.5] * rows,
            "forward": [50.0] * rows,
            "mark_vol": [0.5] * rows,
            "open_interest": [1.0] * rows,
        }
    )
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def zipped():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("chain.csv", CHAIN_CSV)
    return buffer.getvalue()


DEEP = 200_000
GOOD_JSON = json.dumps(envelope([summary("BTC-30JAN26-65000-C"), summary("BTC-30JAN26-1-P")]))
BAD_FILES = {
    "empty.json": (b"", "is empty"),
    "blank.csv": (b" \n\r\n\t", "is empty"),
    "mark.csv": (b"\xef\xbb\xbf", "is empty"),
    "binary.csv": (bytes(range(256)) * 8, "is binary"),
    "binary.json": (b"\x00\x01\x02\x03", "is not valid JSON"),
    "binary.parquet": (b"\x00\x01\x02\x03" * 64, "is not a readable table"),
    "zip.csv": (zipped(), "is binary"),
    "latin.csv": (CHAIN_CSV.replace("call", "c\xe4ll").encode("latin-1"), "not text in UTF-8"),
    "latin-header.csv": ("k\xefnd,strike\n1,2\n".encode("latin-1"), "not text in UTF-8"),
    "utf16.csv": (CHAIN_CSV.encode("utf-16"), "is binary"),
    "header.csv": (f"{CHAIN_HEADER}\n".encode(), "has no rows"),
    "twice.csv": (b"kind,Kind\n1,2\n", "column 'kind' appears twice"),
    "quote.csv": (b'"kind,strike\n1,2\n', "is not readable CSV"),
    "huge-cell.csv": (b'kind,strike\n1,2,3\n"' + b"x" * 200_000, "is not readable CSV"),
    "truncated.json": (GOOD_JSON[:300].encode(), "is not valid JSON"),
    "latin.json": (b'[{"instrument_name": "\xff"}]', ""),
    "array-bomb.json": (b"[" * DEEP, "is nested too deeply"),
    "closed-bomb.json": (b"[" * DEEP + b"]" * DEEP, "is nested too deeply"),
    "object-bomb.json": (b'{"result":' * DEEP, "is nested too deeply"),
    "inner-bomb.json": (b'{"result":[{"a":' + b"[" * DEEP, "is nested too deeply"),
    "number.json": (b"12", "is JSON of another shape"),
    "text.json": (b"hello", "is not valid JSON"),
    "null.json": (b"null", "is JSON of another shape"),
    "result.json": (b'{"jsonrpc": "2.0", "result": null}', "is JSON of another shape"),
    "no-rows.json": (b'{"result": []}', "has no rows"),
    "no-keys.json": (b"{}", "in no known layout, its keys are: nothing"),
    "keys.json": (b'{"foo": 1, "bar": 2}', "its keys are: bar, foo"),
    "scalars.json": (b"[1, 2, 3]", "in no known layout"),
    "lists.json": (b"[[], [[]]]", "in no known layout"),
    "error.json": (b'{"error": {"code": 10028, "message": "too_many"}}', "error 10028: too_many"),
    "odd-error.json": (b'{"error": "no\\nway", "result": []}', "error"),
    "errors.json": (b'[{"error": {"code": 1, "message": "m"}}]', "every row is an error"),
    "truncated.parquet": (parquet()[:-20], "is not a readable table"),
    "cut.parquet": (parquet()[:100], "is not a readable table"),
    "no-rows.parquet": (parquet(rows=0), "has no rows"),
    "columns.csv": (b"a,b\n1,2\n", ": a, b"),
}


@pytest.mark.parametrize("name", BAD_FILES)
@pytest.mark.parametrize("reader", READERS)
def test_a_file_that_is_none(tmp_path, capfd, reader, name):
    content, told = BAD_FILES[name]
    message = refusal(READERS[reader], put(tmp_path, name, content))
    assert f"{name}" in message.partition(": ")[0]
    assert told in message or reader != "quotes"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("reader", READERS)
def test_a_path_that_is_no_file(tmp_path, reader):
    os.mkfifo(tmp_path / "pipe.csv")
    read = READERS[reader]
    assert "no such file" in refusal(read, str(tmp_path / "missing.csv"))
    assert "is a directory" in refusal(read, str(tmp_path))
    assert "is not a regular file" in refusal(read, str(tmp_path / "pipe.csv"))
    assert "cannot be read: File name too long" in refusal(read, "x" * 5_000)
    assert "no such file" in refusal(read, "line\nbreak\0.csv")


def test_a_file_without_permission(tmp_path, monkeypatch):
    path = put(tmp_path, "chain.csv", CHAIN_CSV)

    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert "cannot be read: Permission denied" in refusal(read_quotes, path)


def test_too_large_a_file(tmp_path, monkeypatch):
    path = put(tmp_path, "chain.csv", CHAIN_CSV)
    monkeypatch.setattr(files_module, "MAX_BYTES", 10)
    assert "bytes, more than 10" in refusal(read_quotes, path)


@pytest.mark.parametrize("name", ["chain.csv", "chain.parquet", "ragged.csv"])
def test_too_many_rows(tmp_path, monkeypatch, name):
    monkeypatch.setattr(table_files, "MAX_ROWS", 5)
    ragged = ",1,2,3" if name == "ragged.csv" else ""
    text = CHAIN_HEADER + f"\n{CHAIN_ROW}{ragged}" * 6
    path = put(tmp_path, name, parquet() if name.endswith("parquet") else text)
    assert "has more than 5 rows" in refusal(read_quotes, path)


@pytest.mark.parametrize("venue", LIVE_VENUES)
def test_live_venues_come_later(venue):
    message = refusal(read_quotes, f"{venue}:BTC")
    assert message.startswith(f"{venue}:BTC: live venues come with the monitor")


def test_other_sources_that_are_no_file(tmp_path, monkeypatch):
    assert "the store comes with the monitor" in refusal(
        read_quotes, "store:deribit:BTC@2026-01-31"
    )
    message = refusal(read_quotes, "foo:BTC")
    assert "unknown venue 'foo'" in message
    assert all(name in message for name in KNOWN)
    assert "no sample of 'SOL' — the samples are BTC, ETH" in refusal(read_quotes, "sample:SOL")
    assert "the source is empty" in refusal(read_quotes, " ")
    assert "unknown venue 'https'" in refusal(read_quotes, "https://example.com/chain.csv")
    monkeypatch.chdir(tmp_path)
    put(tmp_path, "foo:BTC", CHAIN_CSV)
    assert len(read_quotes("foo:BTC")) == 1


def test_no_row_can_be_read(tmp_path):
    path = put(tmp_path, "a.csv", f"{CHAIN_HEADER}\n" + "what,1,2026-01-30,1,1,1\n" * 3)
    message = refusal(read_quotes, path)
    assert "none of its 3 rows can be used; row 1: kind 'what' is neither call nor put" in message


def third_party_errors():
    """One of every kind of error that may arrive."""
    special = {
        UnicodeError: UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"),
        OSError: OSError(5, "Input/output error"),
        PanicException: PanicException("a\nb"),
    }
    yield from (special.get(kind) or kind("broken\nin two lines") for kind in THIRD_PARTY)
    yield from (FileNotFoundError(2, "No such file"), OSError("odd"), ComputeError(""))
    yield from (SchemaError("x"), msgspec.ValidationError("shape"), msgspec.DecodeError("cut"))
    yield UnicodeEncodeError("ascii", "\xe4", 0, 1, "bad")


@pytest.mark.parametrize("error", [*third_party_errors()], ids=lambda error: type(error).__name__)
def test_every_error_of_a_third_party_is_translated(error):
    with pytest.raises(InputError) as told, translated("there.csv"):
        raise error
    message = str(told.value)
    assert message.startswith("there.csv: ")
    assert message.isprintable()
    assert told.value.__suppress_context__


def test_what_polars_and_msgspec_raise_is_on_the_list():
    listed = set(THIRD_PARTY)
    raised = (pl.exceptions.PolarsError, msgspec.MsgspecError, csv.Error, PanicException)
    assert listed.issuperset(raised)
    with pytest.raises(KeyError), translated("x"):
        raise KeyError  # a mistake of ours is not the caller's


def test_a_panic_is_not_heard(capfd):
    with quiet():
        os.write(2, b"thread panicked")
    os.write(2, b"after")
    assert capfd.readouterr().err == "after"


def test_no_stderr_is_no_matter(monkeypatch):
    monkeypatch.setattr(files_module, "STDERR", 10_000)
    with quiet():
        pass


FUZZ = settings(
    max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
SUFFIX = st.sampled_from([".json", ".csv", ".parquet", ""])


def survives(path):
    """Reads a file in every way; only rows or a refusal may come of it."""
    for read in READERS.values():
        message = "nothing"
        try:
            read(path)
        except InputError as error:
            message = str(error)
        assert message.isprintable()


@FUZZ
@given(content=st.binary(max_size=300), suffix=SUFFIX)
def test_random_bytes(tmp_path, content, suffix):
    survives(put(tmp_path, f"f{suffix}", content))


CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**25), 10**25),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["BTC-30JAN26-65000-C", "ETH-30JAN26-3000-P", "buy", "sell", "call", "nan"]),
)
KEYS = [
    *summary(""),
    *ticker(""),
    *["result", "error", "payload", "data", "trades", "usOut", "direction", "amount", "trade_id"],
    *["legs", "size", "size_currency", "instrument", "markIv", "openInterest", "underlyingPrice"],
    *["exchangeDirection", "tradeAmount", "exchangeTimestamp", "timestamp"],
]
JSON = st.recursive(
    CELL,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=12)
    ),
    max_leaves=30,
)


@FUZZ
@given(document=JSON)
@example(document=[{"instrument_name": "BTC-1JAN26-1-C", "mark_iv": 1, "usOut": "x"}])
@example(document={"usOut": "soon", "result": []})
@example(document={"trades": {"instrument_name": 1}})
def test_random_json(tmp_path, document):
    survives(put(tmp_path, "f.json", document))


@FUZZ
@given(rows=st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, CELL)), max_size=4))
def test_random_rows_of_json(tmp_path, rows):
    survives(put(tmp_path, "f.json", rows))


COLUMNS = [
    *[*CHAIN_HEADER.split(","), "years", "instrument", "asof", "underlying", "contract", "rate"],
    *[
        "stamp",
        "direction",
        "amount",
        "quantity",
        "holder",
        "vol",
        "price",
        "spot",
        "size",
        "mark_iv",
    ],
    *[
        "instrument_name",
        "underlying_price",
        "timestamp",
        "ts_us",
        "asset",
        "expiry_us",
        "opt_type",
    ],
    *["implied_volatility", "futures_price", "expiry_datetime", "file_month"],
]
TEXT_CELL = st.one_of(
    st.floats().map(repr),
    st.integers().map(str),
    st.text(max_size=6),
    st.sampled_from(
        ["call", "put", "", "2026-01-30", "buy", "BTC-30JAN26-65000-C", "inverse", "8d"]
    ),
)


@st.composite
def tables(draw):
    names = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=20, unique=True))
    row = st.lists(TEXT_CELL, min_size=max(len(names) - 1, 0), max_size=len(names) + 1)
    rows = draw(st.lists(row, max_size=5))
    buffer = io.StringIO()
    csv.writer(buffer).writerows([names, *rows])
    return buffer.getvalue()


@FUZZ
@given(text=tables())
def test_random_tables(tmp_path, text):
    survives(put(tmp_path, "f.csv", text.encode("utf-8", "surrogatepass")))


@pytest.fixture(scope="module")
def good_files(tmp_path_factory):
    """Good text files of every kind, small."""
    folder = tmp_path_factory.mktemp("good")
    write_canonical(sample_chain(), folder / "chain.csv")
    lines = (folder / "chain.csv").read_bytes().splitlines(keepends=True)
    return [
        (".csv", b"".join(lines[:30])),
        (".json", GOOD_JSON.encode()),
        (".json", json.dumps([envelope(ticker("BTC-30JAN26-65000-C"))]).encode()),
    ]


@FUZZ
@given(data=st.data())
def test_damaged_text(tmp_path, good_files, data):
    suffix, content = data.draw(st.sampled_from(good_files))
    place = st.integers(0, len(content) - 1)
    start, end = sorted((data.draw(place), data.draw(place)))
    damage = data.draw(st.binary(max_size=4))
    kept = data.draw(st.sampled_from([content[:start], content[:start] + damage + content[end:]]))
    survives(put(tmp_path, f"f{suffix}", kept))


@FUZZ
@given(length=st.integers(1, len(parquet()) - 1))
def test_truncated_parquet(tmp_path, length):
    refusal(read_quotes, put(tmp_path, "f.parquet", parquet()[:length]))


# The places are fixed: Polars aborts the process where a flipped bit asks for 2 exabytes of memory.
@pytest.mark.parametrize("place", range(8, len(parquet()) - 8, 37))
def test_damaged_parquet(tmp_path, capfd, place):
    content = bytearray(parquet())
    content[place] ^= 0x55
    survives(put(tmp_path, "f.parquet", bytes(content)))
    assert capfd.readouterr() == ("", "")
