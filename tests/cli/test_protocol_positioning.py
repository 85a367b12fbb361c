"""`exposure --positioning` with the states of protocols: pools and vaults among the holders."""

import json

import pytest

from shortgamma.protocols import registry
from shortgamma.studies.source import open_chain
from tests.cli.test_commands import assert_one_line
from tests.protocols.invented import DESK


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    monkeypatch.setattr(registry, "MECHANISMS", {"desk": DESK})


@pytest.fixture(scope="module")
def listed():
    """The option of the sample with the most gamma open."""
    chain = open_chain("sample")
    row = int((chain.open_interest / chain.options.years**0.5).argmax())
    options = chain.options
    return {
        "kind": "call" if options.is_call[row] else "put",
        "strike": float(options.strike[row]),
        "years": float(options.years[row]),
    }


@pytest.fixture
def ask(run, tmp_path):
    def call(*positions):
        path = tmp_path / "held.json"
        path.write_text(
            json.dumps({"mechanism": "desk", "state": {"coins": 1, "positions": list(positions)}})
        )
        return run("exposure", "sample", "--positioning", path, "--json")

    return call


def test_a_pool_that_sold_and_hedges_leaves_the_system_short(ask, listed):
    """The invented pool is short and hedges; its vault is long and does not."""
    code, out, err = ask(listed | {"quantity": -50.0}, listed | {"quantity": 50.0})
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["positioning"] == "inventory"
    assert document["gamma_usd_per_pct"] < 0.0
    assert document["feedback"]["theta"] < 0.0
    holders = {row["name"]: row for row in document["holders"]["holders"]}
    pool, vault = holders["desk pool"], holders["desk vault"]
    assert (pool["kind"], pool["is_hedger"]) == ("amm", True)
    assert (vault["kind"], vault["is_hedger"]) == ("vault", False)
    assert pool["gamma_usd_per_pct"] == document["gamma_usd_per_pct"]
    assert pool["gamma_usd_per_pct"] == pytest.approx(-vault["gamma_usd_per_pct"], rel=1e-12)


def test_what_nobody_hedges_moves_nothing(ask, listed):
    _code, out, _err = ask(listed | {"quantity": 50.0})
    document = json.loads(out)
    assert document["gamma_usd_per_pct"] == 0.0
    assert document["holders"]["holders"][0]["gamma_usd_per_pct"] > 0.0


def test_positions_that_are_not_listed_are_shown_as_put_aside(ask, listed):
    odd = listed | {"strike": 12_345.0, "quantity": -1.0}
    code, out, _err = ask(listed | {"quantity": -50.0}, odd)
    rows = [row for row in json.loads(out)["quarantine_rows"] if row["file"] == "positioning"]
    assert code == 0
    assert [row["item"] for row in rows] == ["desk pool"]
    assert "strike 12,345" in rows[0]["message"]


def test_a_file_of_nothing_listed_is_one_line(ask, listed):
    assert_one_line(*ask(listed | {"strike": 12_345.0, "quantity": -1.0}), "none of its 1 holdings")
