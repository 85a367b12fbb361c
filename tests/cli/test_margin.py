"""`margin` as a user meets it: one document, a summary, a page, one line for what is bad."""

import json

import pytest

from shortgamma.studies.source import open_chain
from tests.cli.test_commands import assert_one_line

HEAD = "kind,strike,years,forward,vol,spot,quantity,contract\n"


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text(
        f"{HEAD}call,100000,0.08,95500,0.55,95000,-10,inverse\n"
        "put,90000,0.08,95500,0.6,95000,-10,inverse\n"
    )
    return path


def test_margin_prints_exactly_one_json_document(run, book):
    code, out, err = run("margin", book, "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert {"initial", "maintenance", "unit", "effective", "source", "verified"} <= set(
        document["regimes"]["deribit-pm"]
    )
    assert document["spread"]["initial"]["ratio"] > 1.0


def test_a_worked_example_from_a_file(run, tmp_path):
    path = tmp_path / "derive.csv"
    path.write_text(
        "kind,strike,years,forward,vol,spot,quantity,contract\n"
        "call,1400,0.1,1500,1e-6,1500,-1,linear\n"
    )
    words = ("margin", path, "--regime", "derive-srm", "--parameters", "test", "--json")
    code, out, _ = run(*words)
    row = json.loads(out)["regimes"]["derive-srm"]
    assert code == 0
    assert (row["initial"], row["maintenance"]) == pytest.approx((325.0, 212.5))


def test_the_summary_names_both_ends_and_what_is_verified(run, book):
    code, out, err = run("margin", book)
    assert (code, err) == (0, "")
    text = " ".join(out.split())
    assert "The same book needs" in text
    assert "regimes were compared with figures that the venue published" in text


def test_a_page_is_written(run, book, tmp_path):
    code, _, err = run("margin", book, "--regime", "okx-sm", "--out", tmp_path / "page.html")
    assert code == 0
    assert "page written" in err
    assert "okx-sm asks for" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize(
    "words",
    [
        ("--regime", "magic"),
        ("--regime", "deribit-sm", "--parameters", "magic"),
        ("--parameters", "none.toml"),
        ("--market", "none.csv"),
    ],
)
def test_bad_input_gives_one_line_and_exit_code_2(run, book, words):
    code, out, err = run("margin", book, *words)
    assert_one_line(code, out, err)


def test_instruments_are_looked_up_in_the_market(run, tmp_path):
    listed = open_chain("sample").options
    path = tmp_path / "book.csv"
    path.write_text(f"instrument,quantity\n{listed.instrument[0]},-2\n")
    code, out, _ = run("margin", path, "--market", "sample", "--regime", "deribit-sm", "--json")
    assert code == 0
    assert json.loads(out)["regimes"]["deribit-sm"]["initial"] > 0.0
    path.write_text("instrument,quantity\nNOT-LISTED-C,1\n")
    code, out, err = run("margin", path, "--market", "sample")
    assert_one_line(code, out, err)
