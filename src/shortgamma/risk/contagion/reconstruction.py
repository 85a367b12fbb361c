"""Bilateral debts from what each node owes and is owed in all.

Two extremes of what is possible: maximum entropy spreads every debt as evenly as the totals allow, minimum
density puts it on as few links as it finds. Contagion on the true network is looked for between the two.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.network import Matrix, Vector

SWEEPS: Final = 20_000
PRECISION: Final = 1e-12
TOTALS: Final = 1e-9
"""Of the whole: by more than this, debts and claims do not sum to the same."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reconstruction:
    """A network that has the totals.

    Args:
        method: How it was found.
        liabilities: ``[i, j]``, i owes j, zero diagonal.
        links: Debts that are not zero.
        rounds: Steps taken.
        converged: True where rows and columns have their totals.
    """

    method: str
    liabilities: Matrix
    links: int
    rounds: int
    converged: bool


def checked_totals(owed: Vector, claims: Vector) -> None:
    """Refuses totals that no network has.

    With a zero diagonal there is one if and only if both sum to the same and no node's debts and claims
    together exceed that sum: what i owes must be owned by others.

    Raises:
        InputError: There is none.
    """
    whole = float(owed.sum())
    if not (np.all(owed >= 0.0) and np.all(claims >= 0.0) and np.isfinite(whole + claims.sum())):
        raise InputError(
            "a total is negative or no number", place="interbank_assets", remedy="give 0 or more"
        )
    if abs(whole - float(claims.sum())) > TOTALS * max(whole, 1e-300):
        raise InputError(
            f"debts sum to {whole:g}, claims to {claims.sum():g}",
            place="interbank_assets",
            remedy="both are the same debts: correct one",
        )
    both = owed + claims
    if np.any(both > whole * (1.0 + TOTALS)):
        worst = int(np.argmax(both))
        raise InputError(
            f"node {worst + 1} owes and is owed {both[worst]:g} of {whole:g} in all",
            place="interbank_assets",
            remedy="nobody owes itself: correct its totals",
        )


def maximum_entropy(owed: Vector, claims: Vector) -> Reconstruction:
    """The network nearest to owed·claims with a zero diagonal, by iterative proportional fitting (RAS).

    Rows are scaled to what is owed, columns to what is claimed, in turn. The limit minimises
    Σ x·ln(x/(owed·claims)) among all networks with these totals.

    Source: C. Upper, A. Worms (2004), doi:10.1016/j.euroecorev.2003.12.009.
    """
    checked_totals(owed, claims)
    found = np.outer(owed, claims)
    np.fill_diagonal(found, 0.0)
    whole = float(owed.sum())
    for sweep in range(1, SWEEPS + 1):
        found *= scaling(claims, found.sum(axis=0))
        off = np.abs(found.sum(axis=1) - owed).max(initial=0.0)
        found *= scaling(owed, found.sum(axis=1))[:, None]
        if off <= PRECISION * whole:
            return reconstruction("maximum-entropy", found, sweep, converged=True)
    return reconstruction("maximum-entropy", found, SWEEPS, converged=False)


def scaling(wanted: Vector, have: Vector) -> Vector:
    """Factors from what a sum is to what it has to be."""
    return np.divide(wanted, have, out=np.zeros_like(wanted), where=have > 0.0)


def minimum_density(owed: Vector, claims: Vector) -> Reconstruction:
    """A network on few links, at most 2n of them before repairs; not proved the fewest.

    Whoever can be served whole by one partner of the same size is. Else the smallest open total is put on
    the largest partner: small nodes deal with one large one. Each link closes a node's debts or claims. What
    is left at the end may be a node's debt to itself; it is rerouted through another debt.

    Source: the aim and the disassortative choice of K. Anand, B. Craig, G. von Peter (2015),
    doi:10.1080/14697688.2014.968195; theirs is a random search, this one is not.
    """
    checked_totals(owed, claims)
    found = np.zeros((owed.size, owed.size))
    debts, open_claims = owed.copy(), claims.copy()
    dust = TOTALS * float(owed.sum())
    rounds = 0
    while (link := next_link(debts, open_claims, dust)) is not None:
        debtor, creditor = link
        amount = min(debts[debtor], open_claims[creditor])
        found[debtor, creditor] += amount
        debts[debtor] -= amount
        open_claims[creditor] -= amount
        rounds += 1
    reroute(found, debts, open_claims)
    sums = np.abs(found.sum(axis=1) - owed) + np.abs(found.sum(axis=0) - claims)
    fits = bool(np.all(sums <= 10.0 * max(dust, 1e-300)))
    return reconstruction("minimum-density", found, rounds, converged=fits)


def next_link(debts: Vector, claims: Vector, dust: float) -> tuple[int, int] | None:
    """Debtor and creditor of the next link; None where nothing is left between two different nodes."""
    pairs = (debts[:, None] > dust) & (claims[None, :] > dust)
    np.fill_diagonal(pairs, val=False)
    if not pairs.any():
        return None
    rest = np.abs(debts[:, None] - claims[None, :])
    small, large = (pick(debts[:, None], claims[None, :]) for pick in (np.minimum, np.maximum))
    # The largest pair of the same size, else the smallest total on the largest partner.
    same = pairs & (rest <= dust)
    if same.any():
        best = int(np.argmax(np.where(same, large, -1.0)))
    else:
        least = small[pairs].min()
        best = int(np.argmax(np.where(pairs & (small <= least + dust), large, -1.0)))
    return best // claims.size, best % claims.size


def reroute(found: Matrix, debts: Vector, claims: Vector) -> None:
    """Puts what a node would owe itself, x, through a debt k → l: i → l and k → i get x, k → l loses it."""
    for node in np.flatnonzero((debts > 0.0) & (claims > 0.0)):
        left = min(debts[node], claims[node])
        others = found.copy()
        others[node, :] = 0.0
        others[:, node] = 0.0
        for place in np.argsort(-others, axis=None):
            through = min(left, float(others.ravel()[place]))
            if through <= 0.0:
                break
            debtor, creditor = divmod(int(place), debts.size)
            found[debtor, creditor] -= through
            found[node, creditor] += through
            found[debtor, node] += through
            left -= through


def reconstruction(
    method: str, liabilities: Matrix, rounds: int, *, converged: bool
) -> Reconstruction:
    """A result, its matrix read-only."""
    liabilities.setflags(write=False)
    links = int(np.count_nonzero(liabilities > TOTALS * max(float(liabilities.sum()), 1e-300)))
    return Reconstruction(
        method=method, liabilities=liabilities, links=links, rounds=rounds, converged=converged
    )


RECONSTRUCTIONS: Final[Mapping[str, Callable[[Vector, Vector], Reconstruction]]] = MappingProxyType(
    {"maximum-entropy": maximum_entropy, "minimum-density": minimum_density}
)
"""Ways to fill in a network, by name."""
