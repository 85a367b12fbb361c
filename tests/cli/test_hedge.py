"""`hedge` as a user meets it: one document, exit codes, one line for what is bad."""

import json

import numpy as np
import pytest

from shortgamma.data import write_canonical
from tests.cli.test_commands import assert_one_line
from tests.studies.hedge_reference import market, short_straddle

LIMITS = "[limits]\ndelta = 0.5\ngamma_usd_per_pct = 100\nvega_usd_per_point = 20\n"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A chain, a book that is short a straddle, and limits."""
    folder = tmp_path_factory.mktemp("hedge")
    chain = market(11)
    write_canonical(chain, folder / "chain.csv")
    book = short_straddle(chain)
    rows = [f"{name},-3" for name in book.options.instrument]
    (folder / "book.csv").write_text("\n".join(["instrument,quantity", *rows]) + "\n")
    (folder / "limits.toml").write_text(LIMITS)
    return folder


@pytest.fixture
def words(files):
    """The command with some files replaced."""

    def make(book="book.csv", chain="chain.csv", limits="limits.toml"):
        return ("hedge", files / book, "--market", files / chain, "--limits", files / limits)

    return make


def written(files, name, text):
    (files / name).write_text(text)
    return name


def test_hedge_prints_exactly_one_json_document(run, words):
    code, out, err = run(*words(), "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["status"] == "optimal"
    assert abs(document["after"]["gamma_usd_per_pct"]) <= 100.0
    assert abs(document["after"]["delta"]) <= 0.5
    assert document["before"]["gamma_usd_per_pct"] < -100.0
    assert document["cost_usd"] > 0.0
    assert document["trades"][-1]["instrument"] == "perpetual"


def test_the_summary_says_what_is_bought_and_what_binds(run, words):
    code, out, err = run(*words())
    assert (code, err) == (0, "")
    text = " ".join(out.split())
    assert "bring the book inside all 3 limits" in text
    assert "It buys options on" in text
    assert "more room there would make it cheaper" in text


def test_out_writes_a_page(run, words, tmp_path):
    target = tmp_path / "page.html"
    code, out, err = run(*words(), "--json", "--out", target)
    assert code == 0
    assert json.loads(out)["trades"]
    assert err == f"page written to {target}\n"
    assert target.read_text().startswith("<!doctype html>")


def test_limits_out_of_reach_print_the_answer_and_exit_with_three(run, words, files):
    book = (files / "book.csv").read_text().replace("-3", "-3000")
    code, out, err = run(*words(book=written(files, "large.csv", book)), "--json")
    document = json.loads(out)
    assert (code, err) == (3, "")
    assert document["status"] == "relaxed"
    assert document["relaxations"]
    assert document["trades"]


def test_a_time_out_still_prints_trades(run, words, files):
    limits = written(files, "legs.toml", "legs = 3\n" + LIMITS)
    code, out, _err = run(*words(limits=limits), "--json", "--seconds", 0.01)
    document = json.loads(out)
    assert code in {0, 3}
    assert 0 < len(document["trades"]) <= 3
    assert document["gap"] is not None


@pytest.mark.parametrize(
    ("book", "message"),
    [
        ("instrument,quantity\nNO-SUCH,-3\n", "not in the market"),
        ("instrument,quantity\nX-1,-3\nNO-SUCH,-3\n", "every holding has to be valued"),
        ("instrument,quantity\n", "has no rows"),
        ("instrument,quantity\nX-1,0\n", "the book is empty"),
        ("instrument,quantity\nX-1,much\n", "much"),
    ],
)
def test_a_bad_book_is_one_line_and_exit_code_two(run, words, files, book, message):
    code, out, err = run(*words(book=written(files, "bad.csv", book)), "--json")
    assert_one_line(code, out, err)
    assert message in err


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ("[limits]\ndelta = -1\n", "delta is -1"),
        ("[limits]\ngamma_usd_per_pct = [5, -5]\n", "contradict each other"),
        ("[limits]\nspeed = 1\n", "there is no 'speed'"),
        ("delta = 1\n", "there is no 'delta'"),
        ("", "no [limits]"),
        ("[limits", "is not TOML"),
    ],
)
def test_bad_limits_are_one_line_and_exit_code_two(run, words, files, limits, message):
    code, out, err = run(*words(limits=written(files, "bad.toml", limits)), "--json")
    assert_one_line(code, out, err)
    assert message in err


def test_a_market_without_quotes_is_one_line_and_exit_code_two(run, words, files):
    chain = market(11, one_sided=10_000)
    write_canonical(chain, files / "quiet.csv")
    assert np.all(np.isnan(chain.bid_price))
    code, out, err = run(*words(chain="quiet.csv"), "--json")
    assert_one_line(code, out, err)
    assert "has both a bid and an ask" in err


@pytest.mark.parametrize("flag", ["--seconds", "--depth"])
def test_a_figure_that_is_none_is_one_line(run, words, flag):
    code, out, err = run(*words(), flag, -1)
    assert_one_line(code, out, err)
    assert flag in err
