"""Who is short: inventories and taker flow, from files a user would write."""

import numpy as np
import pytest

from tests.acceptance import reference

COLUMNS = "kind,strike,expiry,forward,mark_vol,open_interest,instrument,asof"
ROWS = [
    "call,100,2026-02-01,100,0.6,10,A,2026-01-02",
    "put,90,2026-02-01,100,0.7,5,B,2026-01-02",
]
BOOK = {
    "kind": np.array(["call", "put"]),
    "strike": np.array([100.0, 90.0]),
    "forward": np.array([100.0, 100.0]),
    "vol": np.array([0.6, 0.7]),
    "years": np.array([30 / 365, 30 / 365]),
    "open_interest": np.array([10.0, 5.0]),
}
PRINTS = "stamp,instrument,direction,amount"


@pytest.fixture
def ask(run, chain, tmp_path):
    source = chain(ROWS, header=COLUMNS)

    def call(flag, text):
        path = tmp_path / "second.csv"
        path.write_text(text, encoding="utf-8")
        return run("exposure", source, flag, path, "--json")

    return call


def net(held):
    return reference.sums(BOOK, np.array(held, dtype=float))["gamma_usd_per_pct"]


def test_takers_who_buy_calls_leave_dealers_short_them(ask):
    prints = f"{PRINTS}\n2026-01-01,A,buy,3\n2026-01-01,B,sell,2\n"
    answer = ask("--trades", prints).document
    assert answer["positioning"] == "flow"
    np.testing.assert_allclose(answer["gamma_usd_per_pct"], net([-3, 2]), rtol=1e-12)


def test_flow_stops_at_open_interest(ask):
    answer = ask("--trades", f"{PRINTS}\n2026-01-01,A,buy,300\n").document
    np.testing.assert_allclose(answer["gamma_usd_per_pct"], net([-10, 0]), rtol=1e-12)


def test_an_inventory_is_taken_as_it_stands_and_summed_over_holders(ask):
    inventory = "instrument,quantity,holder\nA,-3,x\nA,-1,x\nB,2,y\n"
    answer = ask("--positioning", inventory).document
    np.testing.assert_allclose(answer["gamma_usd_per_pct"], net([-4, 2]), rtol=1e-12)
    short = {row["name"]: row["gamma_usd_per_pct"] for row in answer["holders"]["holders"]}
    np.testing.assert_allclose([short["x"], short["y"]], [net([-4, 0]), net([0, 2])], rtol=1e-12)
    assert answer["holders"]["largest"] == "x"
    assert answer["holders"]["herfindahl"] == 1.0


def test_herfindahl_is_the_sum_of_squared_short_shares(ask):
    answer = ask("--positioning", "instrument,quantity,holder\nA,-3,x\nB,-1,y\n").document
    share = np.array([net([-3, 0]), net([0, -1])])
    share /= share.sum()
    np.testing.assert_allclose(answer["holders"]["herfindahl"], share @ share, rtol=1e-12)


@pytest.mark.parametrize(
    ("flag", "text"),
    [
        ("--positioning", "instrument,quantity\nA,-3\nB,abc\nZZZ,5\n"),
        (
            "--trades",
            f"{PRINTS}\n" + "".join(f"2026-01-01,A,{x}\n" for x in ("buy,3", "up,3", "buy,x")),
        ),
    ],
    ids=["inventory", "trades"],
)
def test_bad_rows_of_a_second_file_are_counted_not_lost(ask, flag, text):
    """Good rows are used; what was put aside must be seen in the answer or on stderr."""
    answer = ask(flag, text)
    np.testing.assert_allclose(answer.document["gamma_usd_per_pct"], net([-3, 0]), rtol=1e-12)
    assert answer.err or answer.document["quarantined"] == 2
