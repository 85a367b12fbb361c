"""Validation: which laws run at which parameters, and what a law that fails looks like."""

import json
from dataclasses import dataclass
from typing import ClassVar

import pytest

from shortgamma.basics.errors import InputError
from shortgamma.feedback.laws.law import Estimate, Law, Tolerance
from shortgamma.studies import validate as module
from shortgamma.studies.validate import validate


def test_a_law_runs_at_its_examples():
    found = validate(["constant-gamma"], paths=500)
    assert [row.parameters["theta"] for row in found.rows] == [-0.3, 0.3, -0.7]
    assert [round(row.expected, 4) for row in found.rows] == [0.8571, 0.4615, 3.0]
    for row in found.rows:
        assert abs(row.simulated - row.expected) < 5.0 * row.standard_error + 1e-3
        assert row.passed == (abs(row.simulated - row.expected) <= row.tolerance)
    assert found.rows[0].tolerance == pytest.approx(0.012 * found.rows[0].expected)


def test_a_law_runs_at_the_parameters_of_the_caller():
    (row,) = validate(["constant-gamma"], parameters={"theta": "-0.5"}, paths=500).rows
    assert row.parameters == {"theta": -0.5, "vol": 0.6}
    assert row.expected == pytest.approx(1.2)


def test_rows_are_json():
    rows = validate(["constant-gamma"], parameters={"theta": 0.1}, paths=50).to_dict()
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
    keys = "law metric parameters expected simulated standard_error tolerance passed"
    assert list(rows[0]) == keys.split()


def test_every_registered_law_has_three_examples_that_can_be_built():
    found = list(module.instances(module.LAWS, {}))
    assert len(found) == 3 * len(module.LAWS)
    for law in found:
        assert set(law.expected()) == set(law.tolerances)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong(Law):
    """One and one is three, and an upper bound that is kept."""

    name: ClassVar[str] = "wrong"
    default_paths: ClassVar[int] = 10
    tolerances: ClassVar = {
        "sum": Tolerance(size=0.01),
        "bound": Tolerance(size=0.0, is_ceiling=True),
    }
    examples: ClassVar = ({},)
    source: ClassVar[str] = "nobody"

    def expected(self):
        return {"sum": 3.0, "bound": 0.0}

    def simulated(self, *, paths, seed, threads):
        assert (paths, seed, threads) == (10, 7, 2)
        return {
            "sum": Estimate(value=2.0, standard_error=0.001),
            "bound": Estimate(value=-5.0, standard_error=0.1),
        }


def test_a_law_that_is_broken_fails(monkeypatch):
    monkeypatch.setattr(module, "LAWS", {"wrong": Wrong})
    heard = []
    found = validate(progress=lambda name, share: heard.append((name, share)))
    assert [row.passed for row in found.rows] == [False, True]
    assert not found.passed
    assert heard == [("wrong", 0.0)]


@pytest.mark.parametrize(
    ("laws", "given", "words"),
    [
        (["newton"], {}, "no law called 'newton'"),
        (["constant-gamma"], {"parameters": {"alpha": 1}}, "has no 'alpha'"),
        (["constant-gamma"], {"parameters": {"theta": "x"}}, "'x' is not a number"),
        (["constant-gamma"], {"parameters": {"theta": -2}}, "theta"),
        (["constant-gamma"], {"paths": 1}, "1 paths"),
    ],
)
def test_bad_input_is_said_in_one_line(laws, given, words):
    with pytest.raises(InputError, match=words) as caught:
        validate(laws, **given)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)
