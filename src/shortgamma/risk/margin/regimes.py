"""The regimes that come with the package, each with its sets of parameters; a file may add more."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shortgamma.basics.errors import InputError
from shortgamma.risk.margin import decentralised, listed
from shortgamma.risk.margin.regime import Regime

DEFAULT: Final = "default"
TEST: Final = "test"
"""The set of parameters of the venue's own tests."""

KNOWN: Final[tuple[Regime, ...]] = (*listed.REGIMES, *decentralised.REGIMES)

REGIMES: Final[Mapping[str, Mapping[str, Regime]]] = MappingProxyType(
    {
        regime.name: MappingProxyType(
            {one.parameters: one for one in KNOWN if one.name == regime.name}
        )
        for regime in KNOWN
    }
)
"""By name, then by set of parameters; the first set of each is its default."""


def regime_of(name: str, parameters: str = DEFAULT) -> Regime:
    """A regime by name.

    Args:
        name: As in ``REGIMES``.
        parameters: A set; ``default`` is the first.

    Raises:
        InputError: There is no such regime or no such set.
    """
    if name not in REGIMES:
        raise InputError(
            f"there is no regime {name!r}",
            place="--regime",
            remedy=f"use all, or one of {', '.join(REGIMES)}",
        )
    sets = REGIMES[name]
    if parameters == DEFAULT:
        return next(iter(sets.values()))
    if parameters not in sets:
        raise InputError(
            f"{name} has no set of parameters {parameters!r}",
            place="--parameters",
            remedy=f"it has {', '.join(sets)}; or give a file",
        )
    return sets[parameters]


def all_regimes(parameters: str = DEFAULT) -> tuple[Regime, ...]:
    """Every regime with a set of parameters, or with its default where it has no such set.

    Raises:
        InputError: None of them has that set.
    """
    if parameters != DEFAULT and not any(parameters in sets for sets in REGIMES.values()):
        named = sorted({name for sets in REGIMES.values() for name in sets})
        raise InputError(
            f"no regime has a set of parameters {parameters!r}",
            place="--parameters",
            remedy=f"use one of {', '.join(named)}; or give a file",
        )
    return tuple(
        regime_of(name, parameters if parameters in sets else DEFAULT)
        for name, sets in REGIMES.items()
    )
