"""`stress` as a user meets it: one document, exit codes, one line for what is bad."""

import json

import pytest

from shortgamma import open_chain
from tests.cli.test_commands import assert_one_line
from tests.studies.test_stress import INLINE

LIMITS = "[limits]\ndelta = 50\ngamma_usd_per_pct = 1e6\n"


@pytest.fixture
def book(tmp_path):
    file = tmp_path / "book.csv"
    file.write_text(INLINE)
    return file


@pytest.fixture
def limits(tmp_path):
    def write(text):
        file = tmp_path / "limits.toml"
        file.write_text(text)
        return file

    return write


def test_stress_prints_exactly_one_json_document(run, book):
    code, out, err = run("stress", book, "--json", "--curvature", 0.3)
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert len(document["cells"]) == 33
    assert document["worst"]["pnl_usd"] < 0.0
    assert document["curvature"]["up"] > 0.0
    assert document["theta_usd_per_day"] > 0.0
    assert document["limits"] == []


def test_shifts_of_the_user_make_the_cells(run, book):
    code, out, _err = run(
        "stress", book, "--json", "--spot", "-1,-0.25,0.25", "--vol", "0,0.5", "--vol-points", "10"
    )
    cells = json.loads(out)["cells"]
    assert code == 0
    assert [cell["spot_shift"] for cell in cells[::3]] == [-1.0, -0.25, 0.25]
    assert [(cell["vol_kind"], cell["vol_shift"]) for cell in cells[:3]] == [
        ("relative", 0.0),
        ("relative", 0.5),
        ("points", 10.0),
    ]


def test_a_book_of_names_needs_a_market_and_finds_it(run, tmp_path):
    name = open_chain("sample").options.instrument[0]
    file = tmp_path / "names.csv"
    file.write_text(f"instrument,quantity\n{name},-1\n")
    code, out, err = run("stress", file, "--market", "sample", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["underlying"] == "BTC"
    assert_one_line(*run("stress", file, "--json"), "--market")


def test_the_summary_has_the_matrix_the_jumps_and_the_limits(run, book, limits):
    code, out, err = run("stress", book, "--limits", limits(LIMITS))
    assert (code, err) == (0, "")
    text = " ".join(out.split())
    assert "The worst cell costs" in text
    assert "All 2 limits are kept" in text
    assert "it sells" in text
    assert "buys" in text
    assert "Jumps without re-hedging" in text


def test_a_breach_has_a_name_a_figure_and_exit_code_three(run, book, limits):
    file = limits("[limits]\nworst_cell_usd = 1e3\ntheta = 1\n")
    code, out, err = run("stress", book, "--limits", file, "--json")
    document = json.loads(out)
    assert (code, err) == (3, "")
    assert document["breaches"] == ["worst_cell_usd"]
    (row,) = [row for row in document["limits"] if not row["holds"]]
    assert row["name"] == "worst_cell_usd"
    assert row["figure"] == pytest.approx(-document["worst"]["pnl_usd"])
    assert row["breach"] == pytest.approx(row["figure"] - 1e3)
    code, out, _err = run("stress", book, "--limits", file)
    assert code == 3
    assert "1 of 2 limits is breached: worst cell" in " ".join(out.split())


def test_out_writes_a_page_even_where_a_limit_is_breached(run, book, limits, tmp_path):
    target = tmp_path / "page.html"
    file = limits("[limits]\ndelta = 0.001\n")
    code, out, err = run("stress", book, "--json", "--limits", file, "--out", target)
    assert code == 3
    assert json.loads(out)["breaches"] == ["delta"]
    assert err == f"page written to {target}\n"
    assert target.read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--spot", "a,b"), ("--spot", "'a' is no number")),
        (("--spot", ""), ("--spot",)),
        (("--spot", "-2"), ("a spot shift of -2",)),
        (("--spot", "nan"), ("a spot shift of nan",)),
        (("--spot", "0.1,0.1"), ("given twice",)),
        (("--vol", "-1"), ("a vol shift of -1",)),
        (("--curvature", "0"), ("--curvature", "risk weight")),
        (("--curvature", "30"), ("--curvature", "as 0.3")),
        (("--depth", "-1"), ("--depth",)),
        (("--limits", "none.toml"), ("none.toml",)),
        (("--market", "none.json"), ("none.json",)),
    ],
)
def test_bad_flags_are_one_line_and_exit_code_two(run, book, flags, words):
    assert_one_line(*run("stress", book, "--json", *flags), *words)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("instrument,quantity\nX,1\n", "needs a --market"),
        ("kind,strike,years,forward,vol,quantity\ncall,1,1,1,0.5,0\n", "the book is empty"),
        ("kind,strike,years,forward,vol,quantity\ncall,1,1,1,-0.5,1\n", "vol"),
        ("kind,quantity\n", "no rows"),
    ],
)
def test_a_bad_book_is_one_line_and_exit_code_two(run, tmp_path, text, word):
    file = tmp_path / "bad.csv"
    file.write_text(text)
    assert_one_line(*run("stress", file, "--json"), word)
