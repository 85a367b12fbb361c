"""All mechanisms by name."""

from collections.abc import Mapping
from typing import Final

from shortgamma.basics.errors import InputError
from shortgamma.protocols.mechanism import Mechanism

_ALL: Final[tuple[Mechanism, ...]] = ()

MECHANISMS: Final[Mapping[str, Mechanism]] = {mechanism.name: mechanism for mechanism in _ALL}


def mechanism_named(name: str) -> Mechanism:
    """The mechanism of that name.

    Raises:
        InputError: There is none.
    """
    found = MECHANISMS.get(name)
    if found is None:
        raise InputError(
            f"no mechanism is called {name!r}",
            place="--mechanism",
            remedy=f"one of {', '.join(sorted(MECHANISMS))}",
        )
    return found
