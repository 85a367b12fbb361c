"""Who pays what when everyone pays what they can, and who bears the loss."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.fixed_points import (
    METHODS,
    NEVER,
    Payments,
    Status,
    clearing_vector,
    least,
)
from shortgamma.risk.contagion.network import Counts, Mask, Network, Vector
from shortgamma.risk.contagion.obligations import FULL, Obligations, Recovery, obligations

GREATEST, LEAST = "greatest", "least"
SOLUTIONS: Final = (GREATEST, LEAST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a network is cleared.

    Args:
        external: ``pari-passu`` or ``senior``: where creditors outside the network stand.
        recovery: What a default leaves of a node's assets.
        solution: ``greatest`` or ``least`` clearing vector.
        method: How the greatest one is found.
    """

    external: str = "pari-passu"
    recovery: Recovery = FULL
    solution: str = GREATEST
    method: str = METHODS[0]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clearing:
    """A cleared network; all per node, shape (n,).

    Args:
        payments: To all creditors, or, where those outside are senior, to the network.
        received: From the network.
        equity: After clearing; 0 in default.
        defaulted: True where a node does not pay all that it owes.
        fell: Round of default, the first being 1; −1 where it never did or rounds are unknown.
        losses: What a node loses of its claims on the network.
        external_losses: What its creditors outside lose.
        costs: What its own default destroys.
        rounds: Steps taken.
        status: Whether payments are a clearing vector.
    """

    payments: Vector
    received: Vector
    equity: Vector
    defaulted: Mask
    fell: Counts
    losses: Vector
    external_losses: Vector
    costs: Vector
    rounds: int
    status: Status


def clear(network: Network, terms: Terms | None = None) -> Clearing:
    """Clears a network.

    Money is conserved: Σ external assets = Σ equity + Σ payments to creditors outside + Σ costs.

    Raises:
        InputError: The network lacks external assets, or a term is unknown.
    """
    terms = terms or Terms()
    due = obligations(network, terms.external)
    if terms.solution not in SOLUTIONS:
        raise InputError(
            f"{terms.solution!r}", place="--solution", remedy=f"one of {', '.join(SOLUTIONS)}"
        )
    found = (
        least(due, terms.recovery)
        if terms.solution == LEAST
        else clearing_vector(due, terms.recovery, terms.method)
    )
    return accounts(network, due, found=found, recovery=terms.recovery)


def accounts(
    network: Network, due: Obligations, *, found: Payments, recovery: Recovery
) -> Clearing:
    """What payments mean for everyone."""
    paid = found.paid
    received = due.received(paid)
    down = due.short(paid) if found.status is not Status.BOUNDARY else ~due.above(paid)
    # A programme and a sweep end a hair away from the solution: what is paid in full is no default.
    down &= (paid < due.owed * (1.0 - 1e-9)) | (due.cash + received < due.senior)
    whole = due.cash + received
    recovered = recovery.alpha * due.cash + recovery.beta * received
    first = np.where(down, np.minimum(due.senior, recovered), due.senior)
    outside = first + paid * np.maximum(1.0 - due.shares.sum(axis=1), 0.0) * (due.owed > 0.0)
    return Clearing(
        payments=paid,
        received=received,
        equity=np.where(down, 0.0, np.maximum(whole - due.due, 0.0)),
        defaulted=down,
        fell=np.where(down, found.fell, NEVER),
        losses=np.maximum(network.claims - received, 0.0),
        external_losses=np.maximum(network.outside - outside, 0.0),
        costs=np.where(down, whole - recovered, 0.0),
        rounds=found.rounds,
        status=found.status,
    )
