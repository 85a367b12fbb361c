"""Ecosystems from files: bundled, TOML, JSON, mappings, and what is refused in one line."""

import json
from importlib.resources import files

import pytest

from shortgamma.basics.errors import InputError
from shortgamma.data.ecosystem_files import BUNDLED, ecosystem_from, read_ecosystem
from shortgamma.risk.contagion.ecosystem import Debt, Node, Venue
from tests.architecture.tree import ROOT

SMALL = {
    "venues": [{"name": "v", "spot": 100, "depth_usd_per_pct": 1e6}],
    "nodes": [{"name": "n", "venue": "v", "gamma_usd_per_pct": -2e5, "cash_usd": 5}],
    "debts": [{"debtor": "n", "creditor": "outside", "usd": 3}],
}


def test_a_mapping_holds_what_it_says():
    found = ecosystem_from(SMALL)
    assert found.venues == (Venue(name="v", spot=100.0, depth_usd_per_pct=1e6),)
    assert found.nodes == (Node(name="n", venue="v", gamma_usd_per_pct=-2e5, cash_usd=5.0),)
    assert found.debts == (Debt(debtor="n", creditor="outside", usd=3.0),)


def test_json_and_toml_say_the_same(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(SMALL | {"model": "ecosystem"}))
    (tmp_path / "a.toml").write_text(
        'model = "ecosystem"\n'
        '[[venues]]\nname = "v"\nspot = 100\ndepth_usd_per_pct = 1e6\n'
        '[[nodes]]\nname = "n"\nvenue = "v"\ngamma_usd_per_pct = -2e5\ncash_usd = 5\n'
        '[[debts]]\ndebtor = "n"\ncreditor = "outside"\nusd = 3\n'
    )
    assert read_ecosystem(tmp_path / "a.json") == read_ecosystem(tmp_path / "a.toml")


def test_the_bundled_network_is_there_and_says_that_it_is_stylised():
    shipped = {
        path.name.removesuffix(".toml")
        for path in files("shortgamma.data").joinpath("networks").iterdir()
        if path.name.endswith(".toml")
    }
    assert shipped == set(BUNDLED)
    for name in BUNDLED:
        found = read_ecosystem(name)
        assert "tylised" in found.note
        assert "stylised" in found.title
        assert (found.equity > 0.0).all()


@pytest.mark.parametrize(
    "path", sorted((ROOT / "examples" / "ecosystems").glob("*.toml")), ids=lambda p: p.stem
)
def test_every_example_can_be_read(path):
    assert read_ecosystem(path).title


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"venue": []}, "venue"),
        ({"nodes": [{"name": "n", "venue": "x"}]}, "'x'"),
        ({"nodes": [{"name": "n", "venue": "v", "cash": 1}]}, "cash"),
        ({"nodes": [{"name": "n", "venue": "v", "cash_usd": "much"}]}, "cash_usd"),
        ({"nodes": [{"name": "n", "venue": "v", "cash_usd": -1}]}, "cash_usd"),
        ({"nodes": "many"}, "nodes"),
        ({"venues": [{"name": "v", "spot": 0, "depth_usd_per_pct": 1}]}, "spot"),
        ({"venues": [{"name": "v", "spot": 1}]}, "depth_usd_per_pct"),
        ({"model": "gamma"}, "gamma"),
        ({"move": -2}, "-2"),
    ],
)
def test_what_means_nothing_is_refused_with_its_place(change, match):
    with pytest.raises(InputError, match=match) as found:
        ecosystem_from(SMALL | change, place="file")
    assert found.value.place == "file"
    assert "\n" not in str(found.value)


def test_a_file_that_is_not_there_names_the_bundled_ones():
    with pytest.raises(InputError, match="defi-2025"):
        read_ecosystem("defi-2024")


@pytest.mark.parametrize("text", ["[1, 2]", "", "{", "3"])
def test_a_file_that_is_no_table_is_refused(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(InputError):
        read_ecosystem(tmp_path / "a.json")
