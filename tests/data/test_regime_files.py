"""Regime files: a regime without code, and one clear line for what is bad."""

from pathlib import Path

import pytest

from shortgamma.basics.errors import InputError
from shortgamma.data.regime_files import read_regime, regime_from
from shortgamma.risk.margin.regime import Unit, margin
from shortgamma.risk.margin.regimes import regime_of
from tests.risk.margin.books import asked, book_of, option

EXAMPLES = Path(__file__).parents[2] / "examples" / "regimes"


def book():
    return book_of(option("call", 66_000, -1, vol=0.7), spot=60_000.0, inverse=True)


def test_a_file_changes_only_what_it_says():
    house = read_regime(EXAMPLES / "house.toml")
    base = regime_of("deribit-sm")
    assert (house.name, house.parameters, house.verified) == ("house", "house", False)
    assert house.unit is Unit.COIN
    assert house.rule.contract_slope == base.rule.contract_slope
    assert house.rule.short.put_ratio == base.rule.short.put_ratio
    found = margin(book(), house)
    initial, _ = asked(book(), "deribit-sm")
    # 10 % out of the money: max(0.25 − 0.1, 0.15) against max(0.15 − 0.1, 0.1).
    assert float(found.initial[0]) - initial == pytest.approx(0.05 * 60_000)


def test_a_file_may_state_a_rule_of_its_own():
    own = read_regime(EXAMPLES / "clearing.toml")
    assert len(own.rule.scenarios) == 7
    assert own.rule.vol.least_up == 0.6
    found = margin(book(), own)
    assert found.initial[0] == pytest.approx(1.2 * found.maintenance[0])
    assert found.initial[0] > 0.0


def test_figures_of_a_named_regime_may_be_changed_without_a_head():
    own = regime_from({"parameters": {"least": 0.05}}, based_on="cboe-strategy")
    assert (own.name, own.rule.least, own.rule.share) == ("cboe-strategy", 0.05, 0.20)
    assert not own.verified


def scan(**parameters):
    return {"regime": {"name": "own", "rule": "scan"}, "parameters": parameters}


@pytest.mark.parametrize(
    ("tables", "problem"),
    [
        ({}, "neither rule nor based_on"),
        ({"regimes": {}}, "there is no [regimes]"),
        ({"regime": 3}, "regime is no table"),
        ({"regime": {"name": "a", "rule": "magic"}}, "rule is magic"),
        ({"regime": {"name": "a", "based_on": "magic"}}, "there is no regime 'magic'"),
        ({"regime": {"rule": "scan", "based_on": "span"}}, "both rule and based_on"),
        ({"regime": {"rule": "full"}}, "name is missing"),
        ({"regime": {"name": "a", "rule": "full", "colour": "red"}}, "there is no 'colour'"),
        ({"regime": {"name": "a", "rule": "full", "unit": "ounce"}}, "unit is ounce"),
        ({"regime": {"name": "a", "rule": "full", "verified": "yes"}}, "verified is yes"),
        ({"regime": {"name": 3, "rule": "full"}}, "name is 3"),
        ({"regime": {"name": "a", "rule": "full", "effective": "soon"}}, "effective is soon"),
        (scan(), "scenarios is missing"),
        (scan(scenarios=3), "scenarios is 3"),
        (scan(scenarios=[]), "scenarios is []"),
        (scan(scenarios=[[0.1, 1]]), "scenarios is [0.1, 1]"),
        (scan(scenarios=[[-1.0, 1, 1]]), "scenarios is [-1.0, 1.0, 1.0]"),
        (scan(scenarios=[[0.1, 2, 1]]), "scenarios is [0.1, 2.0, 1.0]"),
        (scan(scenarios=[[0.1, 1, "x"]]), "scenarios is x"),
        (scan(scenarios=[[0.1, 1, 1]], factor=2), "there is no 'factor'"),
        (scan(scenarios=[[0.1, 1, 1]], initial_factor=True), "initial_factor is True"),
        (scan(scenarios=[[0.1, 1, 1]], initial_factor=float("nan")), "initial_factor is nan"),
        (scan(scenarios=[[0.1, 1, 1]], vol=3), "vol is 3"),
        (scan(scenarios=[[0.1, 1, 1]], tiers=[[2.0, 1.0], [1.0, 2.0]]), "tiers is [2.0, 1.0]"),
    ],
)
def test_a_bad_file_gives_one_clear_line(tables, problem):
    with pytest.raises(InputError) as raised:
        regime_from(tables, place="own.toml")
    line = str(raised.value)
    assert line.startswith("own.toml")
    assert problem in line
    assert "\n" not in line
    assert raised.value.remedy


def test_a_file_that_is_not_toml_or_not_there_says_so(tmp_path):
    (tmp_path / "bad.toml").write_text("[regime\n")
    with pytest.raises(InputError, match="is not TOML"):
        read_regime(tmp_path / "bad.toml")
    with pytest.raises(InputError, match="cannot be read"):
        read_regime(tmp_path / "none.toml")
