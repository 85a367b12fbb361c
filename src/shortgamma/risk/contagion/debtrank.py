"""DebtRank: distress that spreads before anyone defaults.

h_j in [0, 1] is the part of its equity that node j has lost. A loss of its debtor i costs it
W_ij = exposure of j to i over the equity of j, per unit of h_i.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Final

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.network import Mask, Matrix, Network, Vector
from shortgamma.risk.contagion.spectrum import perron_root

SWEEPS: Final = 5_000
SETTLED: Final = 1e-13


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spread:
    """How distress spread.

    Args:
        variant: ``2012`` or ``2015``.
        initial, final: Distress before and after, shape (n,).
        history: Distress after each round, the initial one first, shape (rounds + 1, n).
        weights: Economic weight of each node, as given or the paper's.
        debtrank: Σ weights·(final − initial): without the initial distress.
        spectral_radius: Of the leverage matrix before any cap.
        converged: False where rounds ran out.
    """

    variant: str
    initial: Vector
    final: Vector
    history: Matrix
    weights: Vector
    debtrank: float
    spectral_radius: float
    converged: bool

    @property
    def amplifies(self) -> bool:
        """True where the linear dynamics is unstable: a small shock grows until equities are gone."""
        return self.spectral_radius >= 1.0

    @property
    def rounds(self) -> int:
        """Rounds until nothing moves."""
        return len(self.history) - 1


def leverage_matrix(network: Network) -> Matrix:
    """``[i, j]``: the part of j's equity that it loses if i pays nothing, without a cap.

    Raises:
        InputError: A creditor has no equity to lose.
    """
    equity, exposed = network.net_worth, network.claims > 0.0
    gone = np.flatnonzero(exposed & (equity <= 0.0))
    if gone.size:
        raise InputError(
            f"{equity[gone[0]]:g} of {network.names[gone[0]]!r}",
            place="equity",
            remedy="DebtRank needs positive equity; eisenberg-noe clears insolvent networks",
        )
    return np.divide(
        network.liabilities,
        equity[None, :],
        out=np.zeros_like(network.liabilities),
        where=exposed[None, :],
    )


def single_hit(leverage: Matrix, initial: Matrix) -> Iterator[Matrix]:
    """Distress after each round of DebtRank 2012: a node passes its distress on once, when it is first hit.

    W_ij = min(1, exposure/equity); h_j ← min(1, h_j + Σ W_ij·h_i) over the i first distressed in the round
    before.

    Args:
        leverage: Not capped, shape (n, n).
        initial: Distress at the outset, shape (n,), or one scenario a row, shape (m, n).

    Yields:
        The same shape, the initial distress not among them.

    Source: S. Battiston, M. Puliga, R. Kaushik, P. Tasca, G. Caldarelli (2012), doi:10.1038/srep00541.
    """
    impact = np.minimum(leverage, 1.0)
    distress, active = initial, initial > 0.0
    spent: Mask = np.zeros(initial.shape, dtype=np.bool_)
    while active.any():
        before = distress
        distress = np.minimum(1.0, distress + np.where(active, distress, 0.0) @ impact)
        spent |= active
        active = (distress > 0.0) & ~spent
        if np.any(distress > before):
            yield distress


def linear(leverage: Matrix, initial: Matrix) -> Iterator[Matrix]:
    """Distress after each round of DebtRank 2015: every further loss is passed on, up to the whole equity.

    h_j ← min(1, h_j + Σ Λ_ij·(h_i(t) − h_i(t−1))) over the i not in default before, Λ not capped. As long as
    no cap binds it ends at (1 − Λᵀ)⁻¹·h(0).

    Args:
        leverage: Shape (n, n).
        initial: Distress at the outset, shape (n,), or one scenario a row, shape (m, n).

    Yields:
        The same shape, the initial distress not among them.

    Source: M. Bardoscia, S. Battiston, F. Caccioli, G. Caldarelli (2015), doi:10.1371/journal.pone.0130406.
    """
    before, now = np.zeros_like(initial), initial
    while True:
        passed_on = np.where(before < 1.0, now - before, 0.0)
        before, now = now, np.minimum(1.0, now + passed_on @ leverage)
        if np.all(now - before <= SETTLED):
            return
        yield now


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A version of DebtRank.

    Args:
        rounds: Its dynamics.
        size: What nodes without weights of their own weigh by: the paper's choice.
    """

    rounds: Callable[[Matrix, Matrix], Iterator[Matrix]]
    size: Callable[[Network], Vector]


VARIANTS: Final[Mapping[str, Variant]] = MappingProxyType(
    {
        "2012": Variant(rounds=single_hit, size=lambda network: network.claims),
        "2015": Variant(rounds=linear, size=lambda network: np.maximum(network.net_worth, 0.0)),
    }
)
"""DebtRank by the year of its paper; weights by claims on the network, and by equity."""


def variant_named(variant: str) -> Variant:
    """A version of DebtRank.

    Raises:
        InputError: There is no such version.
    """
    if variant not in VARIANTS:
        raise InputError(f"{variant!r}", place="--variant", remedy=f"one of {', '.join(VARIANTS)}")
    return VARIANTS[variant]


def debt_rank(network: Network, initial: Vector, *, variant: str = "2015") -> Spread:
    """Distress spread through a network.

    Args:
        network: Debts and equity.
        initial: Part of its equity that each node has lost at the outset, 0 to 1, shape (n,).
        variant: ``2012`` or ``2015``.

    Raises:
        InputError: The variant is unknown, distress is outside 0 to 1, or a creditor has no equity.
    """
    chosen = variant_named(variant)
    if not np.all((initial >= 0.0) & (initial <= 1.0)):
        raise InputError(
            "distress outside 0 to 1",
            place="--shock",
            remedy="give the part of equity that is lost",
        )
    leverage = leverage_matrix(network)
    history = [initial, *islice(chosen.rounds(leverage, initial), SWEEPS)]
    weights = chosen_weights(network, chosen)
    return Spread(
        variant=variant,
        initial=initial,
        final=history[-1],
        history=np.array(history),
        weights=weights,
        debtrank=float(weights @ (history[-1] - initial)),
        spectral_radius=perron_root(leverage),
        converged=len(history) <= SWEEPS,
    )


def debt_rank_of_each(network: Network, *, variant: str = "2015") -> Vector:
    """DebtRank of every node: the figure when it alone defaults, shape (n,).

    Raises:
        InputError: The variant is unknown, or a creditor has no equity.
    """
    chosen = variant_named(variant)
    initial = np.eye(len(network))
    rounds = islice(chosen.rounds(leverage_matrix(network), initial), SWEEPS)
    # Only the last round is kept: a thousand nodes have a million figures in each.
    last = deque(rounds, maxlen=1)
    final = last[0] if last else initial
    return (final - initial) @ chosen_weights(network, chosen)


def chosen_weights(network: Network, variant: Variant) -> Vector:
    """The weights given, unchanged, else each node's part of what the variant weighs by."""
    if network.weights is not None:
        return network.weights
    sizes = variant.size(network)
    whole = float(sizes.sum())
    return sizes / whole if whole > 0.0 else np.zeros(len(network))
