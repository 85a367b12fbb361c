"""Clearing vectors: payments p that are consistent with each other.

With owed p̄, senior s, cash e, shares Π, and α, β what is left of a defaulting node's assets::

    p = Φ(p),   Φ_i(p) = p̄_i                                  if e_i + (Πᵀp)_i ≥ s_i + p̄_i
                Φ_i(p) = max(0, α·e_i + β·(Πᵀp)_i − s_i)       otherwise

Φ is monotone, so a greatest and a least fixed point exist (Tarski). With α = β = 1 and s = 0 it is the
map of Eisenberg and Noe; with α or β below 1 it jumps, and several fixed points are the rule.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from scipy.optimize import linprog

from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.network import Counts, Mask, Vector
from shortgamma.risk.contagion.obligations import FULL, ROUNDING, Obligations, Recovery

SWEEPS: Final = 100_000
NEVER: Final = -1


class Status(StrEnum):
    """How far a set of payments can be trusted."""

    OK = "ok"
    BOUNDARY = "boundary"
    """The limit from below at which a node holds exactly what it owes: with ≥ it would not default."""
    NOT_CONVERGED = "not_converged"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Payments:
    """A clearing vector.

    Args:
        paid: What each node pays pro rata, shape (n,); NaN where there is none.
        rounds: Steps taken.
        fell: Round in which each node defaulted, the first being 1; −1 where unknown or never.
        status: Whether it is one.
    """

    paid: Vector
    rounds: int
    fell: Counts
    status: Status


def greatest(due: Obligations, recovery: Recovery = FULL) -> Payments:
    """The greatest clearing vector by fictitious default, in at most n rounds.

    Everyone pays in full at first. Whoever then cannot is in default; with that set fixed, payments solve a
    linear system; they can only be lower than before, so that others may fail, and the set only grows.

    Source: L. Eisenberg, T. Noe (2001), section 3.1, doi:10.1287/mnsc.47.2.236.9835; with default costs the
    greatest clearing vector algorithm of L. Rogers, L. Veraart (2013), definition 3.6.
    """
    paid = due.owed.copy()
    fell = np.full(paid.size, NEVER)
    rounds = 0
    while True:
        fresh = due.short(paid) & (fell == NEVER)
        if not fresh.any():
            break
        rounds += 1
        fell[fresh] = rounds
        paid = np.minimum(settled(due, recovery, fell != NEVER), paid)
    return Payments(paid=paid, rounds=rounds, fell=fell, status=Status.OK)


def settled(due: Obligations, recovery: Recovery, down: Mask) -> Vector:
    """Payments when exactly the nodes that are ``down`` default and the others pay in full.

    p_D = max(0, c_D + β·Π_DDᵀ·p_D): solved on the nodes that have anything left, found from below: those with
    c > 0 first, then those that their payments lift above zero.
    """
    paid = np.where(down, 0.0, due.owed)
    left = recovery.alpha * due.cash + recovery.beta * due.received(paid) - due.senior
    paying = down & (left > 0.0)
    while paying.any():
        places = np.flatnonzero(paying)
        inside = due.shares[np.ix_(places, places)]
        paid[places] = solved(recovery.beta * inside, left[places], due.owed[places])
        now = recovery.alpha * due.cash + recovery.beta * due.received(paid) - due.senior
        more = down & ~paying & (now > ROUNDING * due.due)
        if not more.any():
            break
        paying |= more
    return paid


def solved(inside: Vector, left: Vector, most: Vector) -> Vector:
    """The solution of p = left + insideᵀ·p; by iteration where a closed loop of debts makes it singular."""
    found: Vector
    try:
        found = np.asarray(np.linalg.solve(np.eye(left.size) - inside.T, left), dtype=np.float64)
    except np.linalg.LinAlgError:
        found = np.full(left.size, np.nan)
    if np.all((found >= 0.0) & (found <= most * (1.0 + 1e-9) + ROUNDING)):
        return found
    paid = most
    for _sweep in range(SWEEPS):
        lower = np.clip(left + paid @ inside, 0.0, most)
        if np.all(np.abs(lower - paid) <= ROUNDING * most):
            return lower
        paid = lower
    return paid


def image(due: Obligations, recovery: Recovery, paid: Vector) -> Vector:
    """Φ(p)."""
    left = recovery.alpha * due.cash + recovery.beta * due.received(paid) - due.senior
    return np.where(due.short(paid), np.clip(left, 0.0, due.owed), due.owed)


def iterated(due: Obligations, recovery: Recovery = FULL, *, sweeps: int = SWEEPS) -> Payments:
    """The greatest clearing vector by Picard iteration from full payment, p ← Φ(p)."""
    paid = due.owed.copy()
    fell = np.full(paid.size, NEVER)
    for sweep in range(1, sweeps + 1):
        fell[due.short(paid) & (fell == NEVER)] = sweep
        lower = image(due, recovery, paid)
        if np.all(np.abs(lower - paid) <= ROUNDING * due.owed):
            return Payments(paid=lower, rounds=sweep, fell=fell, status=Status.OK)
        paid = lower
    return Payments(paid=paid, rounds=sweeps, fell=fell, status=Status.NOT_CONVERGED)


def programmed(due: Obligations) -> Payments:
    """The clearing vector as the solution of a linear programme: max Σp, p ≤ p̄, p ≤ e − s + Πᵀp, p ≥ 0.

    Any objective that rises in every payment has the same maximum. There is no such programme with default
    costs, nor where senior creditors take more than a node has: then the status is ``infeasible``.

    Source: L. Eisenberg, T. Noe (2001), lemma 4.
    """
    count = due.owed.size
    # HiGHS works to absolute tolerances, so that amounts are brought to the size of one.
    scale = float(due.owed.max(initial=0.0)) or 1.0
    found = linprog(
        -np.ones(count),
        A_ub=np.eye(count) - due.shares.T,
        b_ub=(due.cash - due.senior) / scale,
        bounds=list(zip(np.zeros(count), due.owed / scale, strict=True)),
        method="highs",
    )
    never = np.full(count, NEVER)
    if not found.success:
        empty = np.full(count, np.nan)
        return Payments(paid=empty, rounds=0, fell=never, status=Status.INFEASIBLE)
    paid = np.asarray(found.x, dtype=np.float64) * scale
    return Payments(paid=paid, rounds=int(found.nit), fell=never, status=Status.OK)


def least(due: Obligations, recovery: Recovery = FULL, *, sweeps: int = SWEEPS) -> Payments:
    """The limit of p ← Φ(p) from no payment at all: the least clearing vector.

    Just below its debts a node counts as defaulting, so it is the least fixed point of the map with > in
    place of ≥. Where a node ends with exactly what it owes, the two differ and the status is ``boundary``.

    After 1, 2, 4, … sweeps the linear system of the present defaults is solved. Is its solution above the
    iterates, and the set of defaults there still the same, then all further iterates lie below it with that
    set, and it is the limit.

    Source: L. Rogers, L. Veraart (2013), section 3, example 3.3.
    """
    paid = np.zeros(due.owed.size)
    try_at = 1
    for sweep in range(1, sweeps + 1):
        up = due.above(paid)
        higher = np.where(up, due.owed, np.minimum(remains(due, recovery, paid), due.owed))
        if sweep == try_at:
            try_at *= 2
            limit = settled(due, recovery, ~up)
            # Rounding may leave the limit a hair below an iterate that has reached it.
            reached = np.all(limit >= higher * (1.0 - 1e-9)) and np.all(limit <= due.owed)
            if reached and np.array_equal(due.above(limit), up):
                return judged(due, recovery, limit, sweep)
        if np.all(np.abs(higher - paid) <= ROUNDING * due.owed):
            return judged(due, recovery, higher, sweep)
        paid = higher
    never = np.full(paid.size, NEVER)
    return Payments(paid=paid, rounds=sweeps, fell=never, status=Status.NOT_CONVERGED)


def remains(due: Obligations, recovery: Recovery, paid: Vector) -> Vector:
    """What a defaulting node pays."""
    left = recovery.alpha * due.cash + recovery.beta * due.received(paid) - due.senior
    return np.maximum(left, 0.0)


def judged(due: Obligations, recovery: Recovery, paid: Vector, rounds: int) -> Payments:
    """Payments from below, with a status that says whether Φ keeps them."""
    kept = np.abs(image(due, recovery, paid) - paid) <= 1e-9 * due.owed
    status = Status.OK if kept.all() else Status.BOUNDARY
    never = np.full(paid.size, NEVER)
    return Payments(paid=paid, rounds=rounds, fell=never, status=status)


METHODS: Final = ("fictitious-default", "picard", "linear-programme")


def clearing_vector(due: Obligations, recovery: Recovery, method: str) -> Payments:
    """The greatest clearing vector by a named method.

    Raises:
        InputError: There is no such method, or it knows no default costs.
    """
    match method:
        case "fictitious-default":
            return greatest(due, recovery)
        case "picard":
            return iterated(due, recovery)
        case "linear-programme" if recovery.is_full:
            return programmed(due)
        case "linear-programme":
            raise InputError(
                "a linear programme knows no default costs", place="--method", remedy="take picard"
            )
        case _:
            raise InputError(f"{method!r}", place="--method", remedy=f"one of {', '.join(METHODS)}")
