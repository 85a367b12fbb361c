"""`calibrate` as a user meets it."""

import json
import tomllib

import numpy as np
import polars as pl
import pytest

from tests.cli.test_commands import assert_one_line

BOOK = "side,price,size\nbid,99.9,5\nbid,99,50\nask,100.1,4\nask,101,60\n"


@pytest.fixture
def prices(tmp_path):
    file = tmp_path / "hours.csv"
    moves = np.random.default_rng(5).normal(0.0, 0.006, 600)
    close = 100.0 * np.exp(np.cumsum(moves))
    pl.DataFrame({"time": 1_700_000_000 + 3_600 * np.arange(600), "close": close}).write_csv(file)
    return file


def test_one_json_document(run, prices):
    code, out, err = run("calibrate", prices, "--process", "gbm", "--process", "merton", "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert set(document["fits"]) == {"gbm", "merton"}
    low, high = document["fits"]["gbm"]["parameters"]["vol"]["interval"]
    assert low < 0.006 * (365 * 24) ** 0.5 < high
    assert document["best"] == "gbm"


def test_toml_is_a_process_table(run, prices):
    code, out, err = run("calibrate", prices, "--process", "kou", "--toml")
    table = tomllib.loads(out)["process"]
    assert (code, err) == (0, "")
    assert table["kind"] == "kou"
    assert set(table) == {"kind", "vol", "intensity", "up_probability", "mean_up", "mean_down"}


def test_summary_for_the_eye(run, prices, tmp_path):
    book = tmp_path / "book.csv"
    book.write_text(BOOK)
    code, out, err = run("calibrate", prices, "--process", "gbm", "--books", book)
    assert (code, err) == (0, "")
    assert "geometric Brownian motion" in out
    assert "90 % interval" in out
    assert "Order books" in out


def test_out_writes_one_page(run, prices, tmp_path):
    target = tmp_path / "page.html"
    code, out, err = run("calibrate", prices, "--process", "gbm", "--json", "--out", target)
    assert code == 0
    assert json.loads(out)["best"] == "gbm"
    assert str(target) in err
    assert target.read_text().startswith("<!doctype html>")


def test_the_sample_is_embedded(run):
    code, out, _err = run("calibrate", "sample:ETH", "--process", "gbm", "--json")
    assert code == 0
    assert json.loads(out)["underlying"] == "ETH"


@pytest.mark.parametrize(
    ("words", "hints"),
    [
        (("no.csv",), ("no.csv", "no such file")),
        (("sample", "--process", "garch"), ("'garch'", "--process", "kou")),
        (("sample", "--books", "no.json"), ("no.json", "no such file")),
        (("sample", "--json", "--toml"), ("--json", "one of them")),
        (("sample", "--underlying", "DOGE"), ("DOGE",)),
        (("sample", "--process", "gbm", "--out", "no/folder/x.html"), ("cannot write",)),
        ((), ("PRICES",)),
    ],
)
def test_bad_input_is_one_line(run, words, hints):
    assert_one_line(*run("calibrate", *words), *hints)


def test_too_short_a_history_is_one_line(run, tmp_path):
    file = tmp_path / "short.csv"
    file.write_text(
        "time,close\n" + "".join(f"{1_700_000_000 + 60 * i},{100 + i}\n" for i in range(9))
    )
    assert_one_line(*run("calibrate", file), "8 moves", "longer history")
