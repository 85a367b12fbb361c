"""Policies by name: what a configuration file or a flag may say."""

import pytest

from shortgamma.basics.errors import InputError
from shortgamma.hedging.optimal_policies import Mixed
from shortgamma.hedging.policies import Continuous, DeltaBand, FixedInterval
from shortgamma.hedging.registry import POLICIES, policy_from
from shortgamma.hedging.wrappers import KeeperBudget, Twap
from tests.hedging.builders import view

PARAMETERS = {
    "continuous": {},
    "none": {},
    "interval": {"seconds": 3600},
    "band": {"width": 2.0},
    "price-move": {"trigger": 0.01},
    "delay-or-threshold": {"max_delay_seconds": 60, "threshold": 1.0},
    "weekly-roll": {},
    "whalley-wilmott": {"risk_aversion": 1e-6, "cost": 5e-4},
    "fixed-cost-band": {"risk_aversion": 1e-6, "fixed_usd": 3.0},
    "mixed": {"risk_aversion": 1e-6, "cost": 5e-4, "fixed_usd": 3.0},
    "keeper-budget": {"policy": "continuous", "usd_per_day": 10.0},
    "twap": {"policy": "continuous", "window_seconds": 600.0},
    "paced-band": {"risk_aversion": 1e-6, "cost": 5e-4, "usd_per_hour": 1e5},
}


@pytest.mark.parametrize("name", POLICIES)
def test_every_policy_is_made_by_its_name_and_answers(name):
    policy = policy_from(name, **PARAMETERS[name])
    assert policy.name.split("(")[0] == name
    assert policy.is_continuous == (name == "continuous")
    assert (policy.rule(view(gamma=[-0.01, 0.02], target=[1.0, -1.0])).band >= 0.0) is not False
    assert hash(policy) == hash(policy_from(name, **PARAMETERS[name]))


def test_values_are_those_of_the_constructor():
    assert policy_from("interval", seconds=60) == FixedInterval(seconds=60)
    assert policy_from("mixed", risk_aversion=1, cost=2, fixed_usd=3) == Mixed(
        risk_aversion=1, cost=2, fixed_usd=3
    )


def test_a_policy_inside_another_is_a_table_a_name_or_a_policy():
    inner = DeltaBand(width=2.0, landing="centre")
    table = {"name": "band", "width": 2.0, "landing": "centre"}
    for given in (inner, table):
        assert policy_from("twap", policy=given, window_seconds=60) == Twap(
            policy=inner, window_seconds=60
        )
    deep = policy_from(
        "keeper-budget",
        usd_per_day=5,
        policy={"name": "twap", "window_seconds": 60, "policy": "continuous"},
    )
    assert deep == KeeperBudget(policy=Twap(policy=Continuous(), window_seconds=60), usd_per_day=5)


@pytest.mark.parametrize(
    ("name", "parameters", "says"),
    [
        ("bend", {}, "'bend' is not a policy"),
        ("band", {"widht": 1.0}, "'widht' is not a parameter of band"),
        ("band", {}, "band lacks 'width'"),
        ("continuous", {"width": 1.0}, "takes no parameters"),
        ("band", {"width": "wide"}, "'wide' is not a number"),
        ("twap", {"policy": 3, "window_seconds": 60}, "inside twap is 3"),
        ("twap", {"policy": {"width": 3}, "window_seconds": 60}, "inside twap"),
        ("twap", {"policy": "bend", "window_seconds": 60}, "'bend' is not a policy"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_a_remedy(name, parameters, says):
    with pytest.raises(InputError) as caught:
        policy_from(name, **parameters)
    assert says in str(caught.value)
    assert caught.value.place
    assert caught.value.remedy
    assert "\n" not in str(caught.value)
