"""Scenario files as they lie on disk."""

import pytest

from shortgamma.basics.errors import InputError
from shortgamma.data.scenario_files import MOST_CHARACTERS, read_scenario


def written(folder, content, name="mine.toml"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_tables_arrive_as_they_stand(tmp_path):
    text = '\ufeffscenario = "replay"\n[set]\ntheta = -0.3 # θ\n[sweep]\nsteps = [1, 2]\n'
    found = read_scenario(written(tmp_path, text))
    tables = {"scenario": "replay", "set": {"theta": -0.3}, "sweep": {"steps": [1, 2]}}
    assert found.tables == tables
    assert found.folder == tmp_path
    assert found.place.endswith("mine.toml")


def test_files_are_looked_for_beside_the_scenario(tmp_path):
    found = read_scenario(written(tmp_path, ""))
    assert found.beside("prices.csv") == str(tmp_path / "prices.csv")
    assert found.beside("data/prices") == str(tmp_path / "data" / "prices")
    absolute = tmp_path / "elsewhere" / "prices.csv"
    assert found.beside(str(absolute)) == str(absolute)


def test_names_of_models_and_sources_are_no_files_unless_there_is_one(tmp_path):
    found = read_scenario(written(tmp_path, ""))
    for name in ("naive", "sample", "sample:ETH", "deribit:BTC"):
        assert found.beside(name) == name
    (tmp_path / "naive").mkdir()
    assert found.beside("naive") == str(tmp_path / "naive")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a = 1\nb = = 2\n", "line 2"),
        ("a = 1\na = 2\n", "line 2"),
        ("[set]\nx = 1\n[set]\ny = 2\n", "line 3"),
        (b"a = '\xff'\n", "not UTF-8 at byte 5"),
        (b"a = 1\x00", "not TOML"),
        ("a = " + "1" * 5_000, "not TOML"),
        ("a = " + "[" * 100_000, "nested too deep"),
        ("# " + "x" * MOST_CHARACTERS, "more than 1,000,000"),
    ],
)
def test_what_is_no_toml_is_said_with_its_line(tmp_path, content, words):
    with pytest.raises(InputError, match=words) as caught:
        read_scenario(written(tmp_path, content))
    assert "mine.toml" in str(caught.value)
    assert caught.value.remedy
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_that_is_not_there(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_scenario(path)
