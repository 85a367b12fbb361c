"""The command line as a user meets it: documents on stdout, one line on stderr, exit codes."""

import json
import subprocess
import sys

import msgspec
import polars as pl
import pytest


def assert_one_line(code, out, err, *words):
    """Bad input: exit code 2, nothing on stdout, one line on stderr that says what and what to do."""
    assert code == 2
    assert out == ""
    assert err.startswith("shortgamma: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    for word in words:
        assert word in err


def test_exposure_prints_exactly_one_json_document(run):
    code, out, err = run("exposure", "sample", "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["underlying"] == "BTC"
    assert document["positioning"] == "flow"
    assert document["gamma_usd_per_pct"] < 0.0


def test_sample_has_an_eth_chain_too(run):
    code, out, _err = run("exposure", "sample:ETH", "--positioning", "naive", "--json")
    assert code == 0
    assert json.loads(out)["underlying"] == "ETH"


def test_summary_for_the_eye(run):
    code, out, _err = run("exposure", "sample")
    assert code == 0
    assert "short" in out.lower()


def test_report_writes_one_page(run, tmp_path):
    target = tmp_path / "page.html"
    code, _out, err = run("report", "sample", "--out", target)
    assert code == 0
    assert str(target) in err
    assert target.read_text().startswith("<!doctype html>")


def test_flags_reach_the_study(run):
    code, out, _err = run(
        *("exposure", "sample", "--positioning", "dealer-short", "--depth", "1e9"),
        *("--dynamics", "sticky-delta", "--ahead", "1", "--range", "0.8", "1.3", "--json"),
    )
    document = json.loads(out)
    assert code == 0
    assert document["positioning"] == "dealer-short"
    assert document["feedback"]["depth_usd_per_pct"] == 1e9
    assert document["assumptions"]["dynamics"] == "sticky-delta"
    assert document["assumptions"]["days_ahead"] == 1.0
    assert document["profile"]["spot"][0] == pytest.approx(0.8 * document["spot"])


def test_an_inventory_file_is_a_positioning(run, tmp_path):
    _code, out, _err = run("exposure", "sample", "--json", "--positioning", "naive")
    spot = json.loads(out)["spot"]
    chain = pl.read_parquet("src/shortgamma/data/sample/btc_chain.parquet")
    near = chain.filter((pl.col("strike") - spot).abs() < 3_000, pl.col("open_interest") > 1.0)
    name = near["instrument"][0]
    file = tmp_path / "desk.csv"
    file.write_text(f"holder,instrument,quantity\ndesk,{name},-5\nfund,{name},5\nvault,{name},-1\n")
    code, out, _err = run("exposure", "sample", "--positioning", file, "--json")
    document = json.loads(out)
    assert code == 0
    assert document["positioning"] == "inventory"
    assert document["holders"]["largest"] == "desk"
    assert document["gamma_usd_per_pct"] < 0.0


def test_price_by_flags(run):
    code, out, _err = run(
        *("price", "--kind", "call", "--forward", 100, "--strike", 110, "--years", 0.25),
        *("--vol", 0.6, "--json"),
    )
    rows = json.loads(out)
    assert code == 0
    assert len(rows) == 1
    assert rows[0]["status"] == "ok"


def test_price_of_a_file_keeps_order_and_nulls_bad_rows(run, tmp_path):
    file = tmp_path / "options.csv"
    file.write_text(
        "kind,forward,strike,years,vol\ncall,100,90,0.1,0.5\nput,100,oops,0.1,0.5\nput,100,90,0.1,0.5\n"
    )
    code, out, _err = run("price", file, "--json")
    rows = json.loads(out)
    assert code == 0
    assert [row["status"] == "ok" for row in rows] == [True, False, True]
    assert rows[1]["price"] is None
    assert rows[0]["price"] - rows[2]["price"] == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("exposure",), "SOURCE"),
        (("exposure", "nowhere.json"), "nowhere.json"),
        (("exposure", "kraken:BTC"), "kraken"),
        (("exposure", "deribit:BTC"), "deribit"),
        (("exposure", "store:deribit:BTC@2026-01-31T00:00Z"), "store"),
        (("exposure", "sample", "--positioning", "guess"), "guess"),
        (("exposure", "sample", "--depth", "-3"), "--depth"),
        (("exposure", "sample", "--depth", "much"), "--depth"),
        (("exposure", "sample", "--asof", "yesterday"), "yesterday"),
        (("exposure", "sample", "--range", "2", "3"), "--range"),
        (("exposure", "sample", "--dynamics", "frozen"), "frozen"),
        (("exposure", "sample", "--trades", "none.csv"), "none.csv"),
        (("report", "sample", "--out", "no/such/folder/page.html"), "page.html"),
        (("price",), "--kind"),
        (("price", "--kind", "call", "--forward", "1", "--strike", "1", "--years", "1"), "--vol"),
        (("gamma",), "gamma"),
        (("exposure", "sample", "--colour"), "--colour"),
    ],
)
def test_bad_usage_is_one_line(run, words, hint):
    assert_one_line(*run(*words), hint)


DEEP = b"[" * 100_000
BAD_FILES = {
    "empty.json": b"",
    "blank.csv": b"\n\n",
    "binary.json": bytes(range(256)) * 40,
    "binary.csv": bytes(range(256)) * 40,
    "binary.parquet": bytes(range(256)) * 40,
    "truncated.json": b'{"jsonrpc":"2.0","result":[{"instrument_name":"BTC-27',
    "truncated.parquet": b"PAR1" + b"\0" * 50,
    "deep.json": DEEP,
    "deep_object.json": b'{"result":' * 50_000,
    "error.json": b'{"jsonrpc":"2.0","error":{"code":10009,"message":"not_enough_funds"}}',
    "other.json": b'{"hello":"world"}',
    "number.json": b"17",
    "nothing.json": b'{"jsonrpc":"2.0","result":[]}',
    "columns.csv": b"a,b,c\n1,2,3\n",
    "header.csv": b"kind,strike,years,forward,mark_vol,open_interest\n",
    "nan.csv": b"kind,strike,years,forward,mark_vol,open_interest\ncall,nan,0.1,100,0.5,1\n",
    "expired.csv": b"kind,strike,years,forward,mark_vol,open_interest\ncall,100,-0.1,100,0.5,1\n",
    "words.csv": b"kind,strike,years,forward,mark_vol,open_interest\nx,y,z,u,v,w\n",
    "latin.csv": "kind,strike\ncall,caf\xe9\n".encode("latin-1"),
}


@pytest.mark.parametrize("name", BAD_FILES)
@pytest.mark.parametrize("command", ["exposure", "price"])
def test_bad_files_are_one_line(run, tmp_path, command, name):
    file = tmp_path / name
    file.write_bytes(BAD_FILES[name])
    code, out, err = run(command, file, "--json")
    assert_one_line(code, out, err)


@pytest.mark.parametrize("name", BAD_FILES)
@pytest.mark.parametrize("flag", ["--positioning", "--trades"])
def test_bad_second_files_are_one_line(run, tmp_path, flag, name):
    file = tmp_path / name
    file.write_bytes(BAD_FILES[name])
    words = ["--positioning", "flow"] if flag == "--trades" else []
    assert_one_line(*run("exposure", "sample", *words, flag, file))


def test_a_folder_is_no_file(run, tmp_path):
    assert_one_line(*run("exposure", tmp_path))


def test_partly_bad_files_use_the_good_rows_and_count_the_bad_ones(run, tmp_path):
    file = tmp_path / "mixed.csv"
    file.write_text(
        "kind,strike,years,forward,mark_vol,open_interest\n"
        "call,100,0.1,100,0.5,10\nput,90,0.1,100,0.55,20\ncall,-1,0.1,100,0.5,10\n"
        "call,120,0.1,100,9,10\nput,80,-0.1,100,0.5,10\ncall,130,0.1,100,0.5,0\nswap,130,0.1,100,0.5,1\n"
    )
    code, out, _err = run("exposure", file, "--positioning", "dealer-short", "--json")
    document = json.loads(out)
    assert code == 0
    assert document["instruments"] == 2
    assert document["quarantined"] == 5
    assert document["quarantine"] == {
        "strike not positive": 1,
        "vol outside (0 %, 500 %]": 1,
        "expired": 1,
        "zero open interest": 1,
        "kind is neither call nor put": 1,
    }


def test_a_deribit_answer_made_by_hand(run, tmp_path):
    """Envelope, marks in coin, vols in percent, open interest in coins, expiry 08:00 UTC."""
    rows = [
        {
            "instrument_name": f"BTC-30JAN26-{strike}-{side}",
            "mark_price": 0.05,
            "mark_iv": 50.0,
            "underlying_price": 95_500.0,
            "underlying_index": "BTC-30JAN26",
            "open_interest": 100.0,
            "bid_price": 0.0495,
            "ask_price": None,
            "creation_timestamp": 1_768_464_000_000,
        }
        for strike in (90_000, 95_000, 100_000)
        for side in "CP"
    ]
    file = tmp_path / "summary.json"
    file.write_bytes(msgspec.json.encode({"jsonrpc": "2.0", "result": rows}))
    code, out, _err = run("exposure", file, "--positioning", "dealer-short", "--json")
    document = json.loads(out)
    assert code == 0
    assert document["asof"] == "2026-01-15T08:00:00Z"
    assert document["instruments"] == 6
    assert document["by_expiry"][0]["expiry"] == "2026-01-30T08:00:00Z"


def test_help_is_fast_because_it_loads_nothing_heavy():
    code = (
        "import sys, shortgamma.cli.commands as c; "
        "heavy = {'numpy', 'numba', 'scipy', 'polars', 'rich', 'plotly'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
