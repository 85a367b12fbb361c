"""Models on debts: clearing, cascades of defaults, DebtRank."""

from collections.abc import Mapping

import numpy as np

from shortgamma.risk.contagion.clearing import Clearing, Terms, clear
from shortgamma.risk.contagion.debtrank import Spread, debt_rank, debt_rank_of_each
from shortgamma.risk.contagion.furfine import cascade
from shortgamma.risk.contagion.network import Counts, Mask, Network, Vector
from shortgamma.risk.contagion.obligations import Recovery
from shortgamma.studies.contagion_question import (
    Contagion,
    Nodes,
    Question,
    Ranking,
    part_lost,
)

LATEST = "2015"
WHOLE = 1.0 - 1e-9
"""Distress from which on a node has lost its equity, rounding apart."""


def cleared(network: Network, question: Question) -> Contagion:
    """Everyone pays what it can."""
    recovery = Recovery(alpha=question.alpha, beta=question.beta)
    terms = Terms(
        external=question.external,
        recovery=recovery,
        solution=question.solution,
        method=question.method,
    )
    found = clear(network, terms)
    return Contagion(
        question=question,
        convention=question.external,
        status=found.status.value,
        nodes=cleared_nodes(network, found),
        ranking=Ranking(name="losses", values=found.losses),
        figures={
            "payments": found.payments,
            "equity": found.equity,
            "losses": found.losses,
            "received": found.received,
            "external_losses": found.external_losses,
            "default_costs": found.costs,
            "book_equity": book_equity(network),
            "solution": question.solution,
            "algorithm": question.method if question.solution == "greatest" else "picard",
            "alpha": recovery.alpha,
            "beta": recovery.beta,
            "steps": found.rounds,
        },
        rounds=by_round(network, found.fell, found.defaulted),
    )


def book_equity(network: Network) -> Vector:
    """Assets less debts when everyone pays in full."""
    return network.cash + network.claims - network.owed - network.outside


def cleared_nodes(network: Network, found: Clearing) -> Nodes:
    """What clearing does to each node."""
    book = book_equity(network)
    return Nodes(
        names=network.names,
        sizes=network.size,
        # Who owes more than it has even if all others pay is insolvent before any contagion.
        before=(book < 0.0).astype(np.float64),
        after=np.where(found.defaulted, 1.0, part_lost(book - found.equity, book)),
        losses=found.losses,
        down=found.defaulted,
        fell=found.fell,
        links=network.liabilities,
    )


def by_round(network: Network, fell: Counts, down: Mask) -> tuple[Mapping[str, object], ...]:
    """Who fails in each round; nothing where rounds are unknown."""
    known = [int(number) for number in np.unique(fell[down]) if number >= 0]
    return tuple(
        {
            "round": number,
            "defaulted": [network.names[i] for i in np.flatnonzero(down & (fell == number))],
        }
        for number in known
    )


def toppled(network: Network, question: Question) -> Contagion:
    """Defaults that topple others."""
    first = question.first(network)
    found = cascade(network, first, recovery=question.recovery)
    equity = network.net_worth
    return Contagion(
        question=question,
        convention="loss beyond equity",
        status="ok",
        nodes=Nodes(
            names=network.names,
            sizes=network.size,
            before=(found.fell == 0).astype(np.float64),
            after=np.where(found.defaulted, 1.0, part_lost(found.losses, equity)),
            losses=found.losses,
            down=found.defaulted,
            fell=found.fell,
            links=network.liabilities,
        ),
        ranking=Ranking(name="losses", values=found.losses),
        figures={
            "payments": found.payments,
            "equity": found.equity,
            "losses": found.losses,
            "recovery": question.recovery,
            "steps": found.rounds,
        },
        rounds=by_round(network, found.fell, found.defaulted),
    )


def distressed(network: Network, question: Question) -> Contagion:
    """DebtRank of a shock, or of every node where no shock is given."""
    variant = question.variant or LATEST
    initial = question.initial(network)
    found = debt_rank(network, initial, variant=variant)
    alone = not (question.default or question.shock)
    each = debt_rank_of_each(network, variant=variant) if alone else None
    lost = (found.final - found.initial) * worth(network)
    return Contagion(
        question=question,
        convention=variant,
        status="ok" if found.converged else "not_converged",
        nodes=distressed_nodes(network, found, each),
        ranking=(
            Ranking(name="losses", values=lost)
            if each is None
            else Ranking(name="debtrank", values=each)
        ),
        figures={
            "debtrank": found.debtrank if each is None else each,
            "distress": found.final,
            "initial_distress": found.initial,
            "equity": (1.0 - found.final) * worth(network),
            "losses": lost,
            "weights": found.weights,
            "spectral_radius": found.spectral_radius,
            "amplifies": found.amplifies,
            "steps": found.rounds,
        },
        rounds=() if alone else distress_rounds(found),
        notes=alarm(found),
    )


def worth(network: Network) -> Vector:
    """What equity a node can lose."""
    return np.maximum(network.net_worth, 0.0)


def distressed_nodes(network: Network, found: Spread, each: Vector | None) -> Nodes:
    """Distress of each node, or the DebtRank of each where no shock was given."""
    return Nodes(
        names=network.names,
        sizes=network.size,
        before=found.initial,
        after=found.final if each is None else np.clip(each, 0.0, 1.0),
        losses=(found.final - found.initial) * worth(network),
        down=found.final >= WHOLE,
        fell=first_down(found),
        links=network.liabilities,
    )


def first_down(found: Spread) -> Counts:
    """Round in which each node has lost all of its equity; −1 for never."""
    gone = found.history >= WHOLE
    return np.where(gone.any(axis=0), gone.argmax(axis=0), -1)


def distress_rounds(found: Spread) -> tuple[Mapping[str, object], ...]:
    """Weighted distress and failures after each round, at most the first thousand."""
    return tuple(
        {
            "round": number,
            "weighted_distress": float(found.weights @ distress),
            "failed": int(np.count_nonzero(distress >= WHOLE)),
        }
        for number, distress in enumerate(found.history[:1000])
    )


def alarm(found: Spread) -> tuple[str, ...]:
    """That small shocks grow, where they do."""
    if not found.amplifies:
        return ()
    note = (
        f"The leverage matrix has a spectral radius of {found.spectral_radius:.3g}, 1 or more: in the "
        "linear dynamics any shock that reaches its core grows until equity there is gone."
    )
    return (note,)
