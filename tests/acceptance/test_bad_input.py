"""Bad input: one clear line, exit code 2, no traceback; partly bad files: good rows used, bad counted."""

import gzip
import json
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from tests.acceptance import reference

HEADER = "kind,strike,years,forward,mark_vol,open_interest"
GOOD = ["call,100,0.1,100,0.6,10", "put,90,0.1,100,0.7,5"]
NET = reference.sums(
    {
        "kind": np.array(["call", "put"]),
        "strike": np.array([100.0, 90.0]),
        "forward": np.array([100.0, 100.0]),
        "vol": np.array([0.6, 0.7]),
        "years": np.array([0.1, 0.1]),
        "open_interest": np.array([10.0, 5.0]),
    },
    np.array([10.0, -5.0]),
)["gamma_usd_per_pct"]


def table(*rows, header=HEADER):
    return "\n".join([header, *rows, ""]).encode()


WHOLLY_BAD = {
    "empty.csv": b"",
    "blank.csv": b"  \n\n",
    "only-a-header.csv": table(),
    "binary.csv": bytes(range(256)) * 8,
    "binary.parquet": bytes(range(256)) * 8,
    "zipped.csv": gzip.compress(table(*GOOD)),
    "utf16.csv": table(*GOOD).decode().encode("utf-16"),
    "columns.csv": b"a,b,c\n1,2,3\n",
    "doubled.csv": table("call,100,100,0.1,100,0.6,1", header=HEADER.replace("e,", "e,strike,", 1)),
    "nan.csv": table("call,NaN,0.1,100,0.6,10"),
    "negative.csv": table("call,-100,0.1,-100,-0.6,-10"),
    "infinite.csv": table("call,inf,0.1,100,0.6,10"),
    "expired.csv": table("call,100,-0.1,100,0.6,10"),
    "unheld.csv": table("call,100,0.1,100,0.6,0"),
    "vol.csv": table("call,100,0.1,100,60,10"),
    "crossed.csv": table("call,100,0.1,100,0.6,10,5,4", header=f"{HEADER},bid_price,ask_price"),
    "words.csv": table("call,abc,def,ghi,jkl,mno"),
    "kind.csv": table("future,100,0.1,100,0.6,10"),
    "ragged.csv": table("call,100"),
    "truncated.json": b'{"jsonrpc":"2.0","result":[{"instrument_name":"BTC-26JUN26-1',
    "deep.json": b"[" * 100_000,
    "deep-and-closed.json": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "error.json": b'{"jsonrpc":"2.0","error":{"code":-32602,"message":"Invalid params"},"id":1}',
    "lines.json": b'{"error":{"code":1,"message":"two\\nlines\\r\\nand more"}}',
    "page.json": b"<html><body>502 Bad Gateway</body></html>",
    "numbers.json": b"[1, 2, 3]",
    "nothing.json": b"null",
    "no-result.json": b'{"result": null}',
    "objects.json": b'[{"instrument_name":{"a":1},"mark_iv":[1],"open_interest":{}}]',
    "trades.json": b'{"result":{"trades":[]}}',
}


@pytest.mark.parametrize("name", WHOLLY_BAD)
def test_a_useless_file_is_refused_in_one_line_that_names_it(run, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(WHOLLY_BAD[name])
    assert name in run("exposure", path, "--asof", "2026-01-01", "--json").refusal


def test_parquet_of_wrong_types_is_refused(run, tmp_path):
    path = tmp_path / "types.parquet"
    columns = {name: [[1.0], [2.0]] for name in HEADER.split(",")}
    pl.DataFrame(columns).write_parquet(path)
    assert "types.parquet" in run("exposure", path, "--json").refusal


@pytest.mark.parametrize("source", ["nosuch.csv", "moon:BTC", "sample:DOGE", "", "/", "a\nb"])
def test_an_unknown_source_is_refused(run, source):
    assert run("exposure", source, "--json").refusal


@pytest.mark.parametrize(
    "flags",
    [
        "--depth 0",
        "--depth -5",
        "--depth nan",
        "--depth inf",
        "--range 1 1",
        "--range 2 0.5",
        "--range nan 2",
        "--ahead 1e9",
        "--ahead -1",
        "--ahead nan",
        "--seed 1.5",
        "--seed -1",
        "--dynamics sticky",
        "--underlying DOGE",
        "--asof yesterday",
        "--asof 2020-01-01",
        "--positioning nosuch",
        "--trades nosuch.json",
    ],
)
def test_an_impossible_flag_is_refused(run, flags):
    assert run("exposure", "sample", *flags.split(), "--json").refusal


BAD = [
    "call,NaN,0.1,100,0.6,10",
    "call,-5,0.1,100,0.6,10",
    "call,105,-0.1,100,0.6,10",
    "call,106,0.1,100,0.6,0",
    "call,107,0.1,100,0.6,-3",
    "call,108,0.1,100,6,1",
    "call,109,0.1,100,0,1",
    "call,110,0.1,-100,0.6,1",
    "future,111,0.1,100,0.6,1",
    "call,abc,0.1,100,0.6,1",
    "call,113,0.1,100,0.6,1,2,3",
    "call,114,0.1,100,inf,1",
    "call,115,0.1,100,0.6,inf",
]


def test_good_rows_are_used_and_each_bad_row_is_counted_with_a_reason(run, chain):
    answer = run("exposure", chain([*GOOD, *BAD]), "--positioning", "naive", "--json").document
    assert answer["instruments"] == len(GOOD)
    assert answer["quarantined"] == len(BAD)
    assert sum(answer["quarantine"].values()) == len(BAD)
    np.testing.assert_allclose(answer["gamma_usd_per_pct"], NET, rtol=1e-12)


def test_bad_rows_are_listed_one_by_one(run, chain):
    """Counts by reason do not tell a desk which rows to mend."""
    answer = run("exposure", chain([*GOOD, "call,-5,0.1,100,0.6,10"]), "--json")
    listed = json.dumps({k: v for k, v in answer.document.items() if k.startswith("quarantine")})
    assert "-5" in listed + answer.err


@pytest.mark.parametrize(
    "text",
    [
        table(*GOOD).replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + table(*GOOD),
        table(*[f" {row} ".replace(",", " , ") for row in GOOD], header=HEADER.replace(",", " , ")),
        table(*['"' + row.replace(",", '","') + '"' for row in GOOD]),
        table(*GOOD).replace(b"\n", b"\n\n"),
        table(*[row.upper() for row in GOOD], header=HEADER.upper()),
        table(
            *[f"{row},{name}" for row, name in zip(GOOD, ("β-🚀", "日本"), strict=True)],
            header=f"{HEADER},instrument",
        ),
    ],
    ids=["crlf", "bom", "spaces", "quoted", "blank-lines", "capitals", "unicode"],
)
def test_spelling_of_a_table_does_not_matter(run, tmp_path, text):
    path = tmp_path / "файл 🚀.csv"
    path.write_bytes(text)
    answer = run("exposure", path, "--positioning", "naive", "--json").document
    np.testing.assert_allclose(answer["gamma_usd_per_pct"], NET, rtol=1e-12)
    assert answer["quarantined"] == 0


def test_a_deribit_answer_is_read_from_its_envelope_and_from_its_bare_result(run, tmp_path):
    rows = [
        {
            "instrument_name": f"BTC-26JUN26-{strike}-{side}",
            "mark_iv": 55.0,
            "underlying_price": 95_000.0,
            "open_interest": 100.0,
            "mark_price": 0.05,
            "bid_price": bid,
            "ask_price": 0.06,
            "creation_timestamp": 1_767_225_600_000,
        }
        for strike, side, bid in ((100_000, "C", None), (90_000, "P", 0.04), (80_000, "P", 0.07))
    ]
    documents = []
    for form in ({"jsonrpc": "2.0", "result": rows}, rows):
        path = tmp_path / "book.json"
        path.write_text(json.dumps(form), encoding="utf-8")
        documents.append(run("exposure", path, "--json").document)
    assert documents[0] == documents[1]
    assert documents[0]["asof"] == "2026-01-01T00:00:00Z"
    assert documents[0]["underlying"] == "BTC"
    assert documents[0]["instruments"] == 2
    assert documents[0]["quarantine"] == {"bid above ask": 1}


def test_a_chain_without_a_date_gets_no_invented_one(run, chain):
    answer = run("exposure", chain(GOOD), "--json").document
    assert answer["asof"] is None
    assert not any(str(row.get("expiry")).startswith("19") for row in answer["by_expiry"])


@pytest.mark.parametrize(
    "rows",
    [
        ["call,100,0.1,100,0.6,1e308", "put,100,0.1,100,0.6,1e308"],
        ["call,1e308,0.1,1e308,0.6,1e308"],
        ["call,100,1e308,100,0.6,10"],
        ["call,1e-308,0.1,1e-308,0.6,1e-308"],
    ],
    ids=["open-interest", "everything", "years", "tiny"],
)
def test_absurd_sizes_end_in_an_answer_or_a_refusal_without_noise(run, chain, rows):
    """Warnings are errors here: nothing may overflow on the way."""
    answer = run("exposure", chain(rows), "--json")
    assert (answer.document if answer.code == 0 else answer.refusal) is not None


def test_the_installed_command_refuses_as_the_function_does(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_bytes(b"\x00\xff" * 100)
    words = [sys.executable, "-m", "shortgamma", "exposure", str(path), "--json"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert not done.stdout
    assert done.stderr.count("\n") == 1
    assert "bad.csv" in done.stderr
