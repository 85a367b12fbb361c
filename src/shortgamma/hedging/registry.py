"""Policies by name, for configuration files and flags."""

from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from types import MappingProxyType
from typing import Any, Final, cast

from shortgamma.basics.errors import InputError
from shortgamma.hedging.optimal_policies import FixedCostBand, Mixed, WhalleyWilmott
from shortgamma.hedging.paced import PacedBand
from shortgamma.hedging.policies import (
    Continuous,
    DelayOrThreshold,
    DeltaBand,
    FixedInterval,
    NoHedge,
    PriceMove,
    WeeklyRoll,
)
from shortgamma.hedging.policy import Policy
from shortgamma.hedging.wrappers import KeeperBudget, Twap

POLICIES: Final[Mapping[str, Callable[..., Policy]]] = MappingProxyType(
    {
        "continuous": Continuous,
        "none": NoHedge,
        "interval": FixedInterval,
        "band": DeltaBand,
        "price-move": PriceMove,
        "delay-or-threshold": DelayOrThreshold,
        "weekly-roll": WeeklyRoll,
        "whalley-wilmott": WhalleyWilmott,
        "fixed-cost-band": FixedCostBand,
        "mixed": Mixed,
        "keeper-budget": KeeperBudget,
        "twap": Twap,
        "paced-band": PacedBand,
    }
)


def policy_from(name: str, /, **parameters: object) -> Policy:
    """The policy of that name.

    Args:
        name: A key of :data:`POLICIES`.
        parameters: Of its constructor. A policy inside another (``policy`` of ``keeper-budget`` and ``twap``)
            is a policy, a name, or a mapping with ``name`` and parameters.

    Raises:
        InputError: Unknown name, unknown or missing parameter, or a value outside its range.

    >>> policy_from("twap", policy={"name": "band", "width": 2.0}, window_seconds=600).name
    'twap(band)'
    """
    make = POLICIES.get(name)
    if make is None:
        raise InputError(
            f"{name!r} is not a policy",
            place="policy",
            remedy=f"choose one of {', '.join(POLICIES)}",
        )
    accepted = signature(make).parameters
    takes = f"it takes {', '.join(accepted)}" if accepted else "it takes no parameters"
    for given in parameters:
        if given not in accepted:
            raise InputError(
                f"{given!r} is not a parameter of {name}", place="policy", remedy=takes
            )
    for needed, parameter in accepted.items():
        if parameter.default is Parameter.empty and needed not in parameters:
            raise InputError(f"{name} lacks {needed!r}", place="policy", remedy=takes)
    values: dict[str, Any] = dict(parameters)
    if "policy" in values:
        values["policy"] = inner_policy(values["policy"], outer=name)
    return make(**values)


def inner_policy(given: object, *, outer: str) -> Policy:
    """A policy from a policy, a name, or a mapping with ``name`` and parameters.

    Args:
        given: One of the three.
        outer: Name of the policy around it.

    Raises:
        InputError: It is none of them.
    """
    if isinstance(given, str):
        return policy_from(given)
    if isinstance(given, Mapping):
        table = {str(key): value for key, value in cast("Mapping[Any, object]", given).items()}
        name = table.pop("name", None)
        if isinstance(name, str):
            return policy_from(name, **table)
    elif hasattr(given, "rule"):
        return cast("Policy", given)
    raise InputError(
        f"the policy inside {outer} is {given!r}",
        place="policy",
        remedy="give a name, or a table with 'name' and parameters",
    )
