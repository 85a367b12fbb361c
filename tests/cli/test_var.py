"""`var` as a user meets it: one document, exit codes, one line for what is bad."""

import json

import pytest

from tests.cli.test_commands import assert_one_line

BOOK = """quantity,kind,strike,years,forward,vol,spot
-100,call,90000,0.08,90000,0.5,90000
-100,put,90000,0.08,90000,0.5,90000
4.5,perpetual,,,90000,,90000
"""


@pytest.fixture
def book(tmp_path):
    file = tmp_path / "book.csv"
    file.write_text(BOOK)
    return file


def test_it_prints_one_document_and_writes_a_page(run, book, tmp_path):
    page = tmp_path / "var.html"
    code, out, err = run(
        "var", book, "--prices", "sample", "--json", "--out", page, "--paths", "500"
    )
    assert code == 0, err
    document = json.loads(out)
    assert document["var"] > 0.0
    assert document["es"] >= document["var"]
    assert document["method"] == "historical"
    assert set(document["methods"]) >= {"historical", "delta", "delta-gamma", "cornish-fisher"}
    assert page.read_text().startswith("<!doctype html>")


def test_the_table_names_the_ratio_to_delta(run, book):
    code, out, err = run("var", book, "--prices", "sample", "--level", "0.95", "--paths", "500")
    assert code == 0, err
    assert "To delta" in out
    assert "Delta alone" in out


@pytest.mark.parametrize(
    "more", [("--level", "2"), ("--method", "magic"), ("--horizon", "400"), ("--window", "5")]
)
def test_bad_input_is_one_line_and_exit_code_2(run, book, more):
    code, out, err = run("var", book, "--prices", "sample", *more)
    assert_one_line(code, out, err)
