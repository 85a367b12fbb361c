"""What clearing has to pay, in which order, and what a default costs.

Two conventions for creditors outside the network: *pari passu*, they share in every payment with the
creditors inside; *senior*, they are paid first and the network gets what is left.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.network import Mask, Matrix, Network, Vector

ROUNDING: Final = 1e-12
"""Of a debt: a smaller gap is rounding, and no default."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Obligations:
    """Debts in the form in which they are cleared.

    Args:
        convention: Name of the order in which creditors stand.
        shares: ``[i, j]``, the part of what i pays that goes to node j; a row sums to 1 or less.
        owed: What each pays pro rata at most.
        senior: What it pays before.
        cash: What it has without the payments of others.
    """

    convention: str
    shares: Matrix
    owed: Vector
    senior: Vector
    cash: Vector

    @property
    def due(self) -> Vector:
        """All that each node owes."""
        return self.owed + self.senior

    def received(self, paid: Vector) -> Vector:
        """What each node gets from the others."""
        return paid @ self.shares

    def short(self, paid: Vector) -> Mask:
        """True where a node cannot pay all that it owes out of cash and receipts."""
        return self.cash + self.received(paid) < self.due * (1.0 - ROUNDING)

    def above(self, paid: Vector) -> Mask:
        """True where a node holds more than it owes, so that it pays in full even just below."""
        return self.cash + self.received(paid) > self.due * (1.0 + ROUNDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What is left of a defaulting node's assets.

    Args:
        alpha: Part of its external assets, 0 to 1.
        beta: Part of what it gets from other nodes, 0 to 1.

    Source: L. Rogers, L. Veraart (2013), doi:10.1287/mnsc.1120.1569.
    """

    alpha: float = 1.0
    beta: float = 1.0

    def __post_init__(self) -> None:
        for name in ("alpha", "beta"):
            value: float = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise InputError(
                    f"{value:g}", place=f"--{name}", remedy="give what is recovered, from 0 to 1"
                )

    @property
    def is_full(self) -> bool:
        """True where a default costs nothing."""
        return self.alpha == 1.0 and self.beta == 1.0


FULL: Final = Recovery()
"""Eisenberg and Noe: a default costs nothing."""


def pari_passu(network: Network) -> Obligations:
    """Creditors inside and outside share every payment in proportion to what they are owed."""
    owed = network.owed + network.outside
    return Obligations(
        convention="pari-passu",
        shares=parts(network.liabilities, owed),
        owed=owed,
        senior=np.zeros(len(network)),
        cash=network.cash,
    )


def senior_outside(network: Network) -> Obligations:
    """Creditors outside are paid before any inside."""
    owed = network.owed
    return Obligations(
        convention="senior",
        shares=parts(network.liabilities, owed),
        owed=owed,
        senior=network.outside,
        cash=network.cash,
    )


def parts(liabilities: Matrix, owed: Vector) -> Matrix:
    """Each debt as a part of all that its debtor pays; zero rows where it owes nothing."""
    whole = owed[:, None]
    return np.divide(liabilities, whole, out=np.zeros_like(liabilities), where=whole > 0.0)


CONVENTIONS: Final[Mapping[str, Callable[[Network], Obligations]]] = MappingProxyType(
    {"pari-passu": pari_passu, "senior": senior_outside}
)
"""Orders of creditors, by name."""


def obligations(network: Network, external: str) -> Obligations:
    """The debts of a network under a convention.

    Raises:
        InputError: There is no such convention, or the network lacks external assets.
    """
    if external not in CONVENTIONS:
        raise InputError(
            f"{external!r}", place="--external", remedy=f"one of {', '.join(CONVENTIONS)}"
        )
    return CONVENTIONS[external](network)
