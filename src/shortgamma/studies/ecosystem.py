"""What a move does to an ecosystem: the loop of hedges, the cascade, who matters, what concentration does."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.data.ecosystem_files import ecosystem_from, read_ecosystem
from shortgamma.risk.contagion.cascade import Cascade, CascadeStatus, cascade
from shortgamma.risk.contagion.cascade_importance import (
    Importance,
    divided,
    failing_moves,
    importance,
    spread_out,
)
from shortgamma.risk.contagion.ecosystem import Ecosystem
from shortgamma.studies.document import plain
from shortgamma.studies.ecosystem_holders import ecosystem_of
from shortgamma.studies.source import exposure_of

METHOD: Final = "1"
"""Version of the method; a stored result with another one is not comparable."""
MODEL: Final = "ecosystem"
CONVENTION: Final = "linear-impact, pari-passu"
PER_NODE: Final[tuple[str, ...]] = (
    "prices",
    "losses",
    "equity",
    "payments",
    "external_losses",
    "sold",
    "bad_debts",
    "causes",
    "imbalance",
)
OUTCOMES: Final[tuple[str, ...]] = ("moves", *PER_NODE, "losses_usd")
"""Keys that are null where a cascade has no end."""
PARTS: Final = (1, 10, 100)
SHARED: Final = 0.5
"""Of each move, where the parts' venues are tied: an assumption between apart and one market."""
STEP, STEPS = 0.01, 60
"""Moves that are tried to find at which each node fails, in the direction that is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The holder with the most short gamma as equal parts.

    Args:
        parts: How many.
        where: ``one venue``, ``tied venues`` (half of each move arrives) or ``venues apart``.
        loop_gain: Of the whole ecosystem.
        status: Of the cascade.
        losses_usd: Of all nodes; None where it has no end.
        failed: Nodes that fail, the parts counted one by one; None where it has no end.
    """

    parts: int
    where: str
    loop_gain: float
    status: CascadeStatus
    losses_usd: float | None
    failed: int | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EcosystemAnswer:
    """The answer.

    Args:
        cascade: Of the move.
        importance: The cascade without each node, in the order of nodes.
        fails_at: Smallest outside move at which each node fails; None = not up to 60 %.
        holder: Whose gamma is divided; None where nobody is short.
        splits: What dividing it does.
    """

    cascade: Cascade
    importance: tuple[Importance, ...]
    fails_at: tuple[float | None, ...]
    holder: str | None
    splits: tuple[Split, ...]

    @property
    def system(self) -> Ecosystem:
        """Before the move."""
        return self.cascade.system

    def to_dict(self) -> dict[str, object]:
        """The answer as ``--json`` prints it; what an unstable loop has no figure for is null."""
        found, system = self.cascade, self.system
        return {
            "model": MODEL,
            "convention": CONVENTION,
            "status": found.status.value,
            "method": METHOD,
            "title": system.title,
            "notes": [system.note] if system.note else [],
            "move": found.move,
            "loop_gain": found.loop.loop_gain,
            "amplification": found.loop.amplification,
            "names": list(system.names),
            "kinds": [node.kind for node in system.nodes],
            "venues": list(system.venue_names),
            "mode": plain(found.loop.mode),
            "first": found.first,
            "defaulted": list(found.failed),
            **self._ended(),
            "fails_at": list(self.fails_at),
            "importance": plain([plain(row) for row in self.importance]),
            "concentration": {"holder": self.holder, "splits": plain(list(self.splits))},
            "rounds": plain([plain(row) for row in found.rounds]),
        }

    def _ended(self) -> dict[str, object]:
        ended = self.cascade.outcome
        if ended is None:
            return {**dict.fromkeys(OUTCOMES)}
        moves = ended.prices / self.system.spot - 1.0
        figures = {name: plain(getattr(ended, name)) for name in PER_NODE}
        return {"moves": plain(moves), **figures, "losses_usd": float(ended.losses.sum())}


def ecosystem(
    network: str | Path | Mapping[str, object] | Ecosystem,
    *,
    move: float | None = None,
    positioning: str | None = None,
) -> EcosystemAnswer:
    """Follows a move through an ecosystem, once as it is, without each node, and with the largest divided.

    Args:
        network: ``defi-2025``, a TOML or JSON file, the same as a mapping, or an ecosystem at hand; with a
            positioning the SOURCE of a chain.
        move: Relative move of every price at the outset; −0.2 = a fall of a fifth. None = what the network
            names.
        positioning: ``naive``, ``flow``, …, an inventory or states of protocols: the network is then one of
            the holders who hedge, see :func:`~shortgamma.studies.ecosystem_holders.ecosystem_of`.

    Raises:
        InputError: The network or the move cannot be used.
    """
    system = opened(network) if positioning is None else measured(network, positioning)
    if move is not None:
        system = replace(system, move=move)
    found = cascade(system, system.move)
    sign = -1.0 if system.move <= 0.0 else 1.0
    moves = tuple(round(sign * STEP * step, 2) for step in range(1, STEPS + 1))
    hedges = system.hedges
    holder = system.names[int(np.argmax(hedges))] if hedges.max() > 0.0 else None
    return EcosystemAnswer(
        cascade=found,
        importance=importance(found),
        fails_at=failing_moves(system, moves),
        holder=holder,
        splits=() if holder is None else splits_of(system, holder),
    )


def opened(network: str | Path | Mapping[str, object] | Ecosystem) -> Ecosystem:
    """The ecosystem meant."""
    if isinstance(network, Ecosystem):
        return network
    return ecosystem_from(network) if isinstance(network, Mapping) else read_ecosystem(network)


def measured(source: object, positioning: str) -> Ecosystem:
    """The hedging holders of a chain.

    Raises:
        InputError: The source is no name or path, or cannot be used.
    """
    if not isinstance(source, str | Path):
        raise InputError(
            "a network", place="positioning", remedy="give a SOURCE or the path of a file with it"
        )
    return ecosystem_of(exposure_of(str(source), positioning=positioning))


def splits_of(system: Ecosystem, holder: str) -> tuple[Split, ...]:
    """One holder whole and as equal parts, on its venue and on venues of their own."""
    made: list[Split] = []
    for parts in PARTS:
        ways = {
            "one venue": divided(system, holder, parts=parts),
            "tied venues": spread_out(system, holder, parts=parts, cross=SHARED),
            "venues apart": spread_out(system, holder, parts=parts),
        }
        made += [
            split_of(parts, where, system=one)
            for where, one in ways.items()
            if parts > 1 or where == "one venue"
        ]
    return tuple(made)


def split_of(parts: int, where: str, *, system: Ecosystem) -> Split:
    """One way of dividing."""
    found = cascade(system, system.move)
    ended = found.outcome
    return Split(
        parts=parts,
        where=where,
        loop_gain=found.loop.loop_gain,
        status=found.status,
        losses_usd=None if ended is None else float(ended.losses.sum()),
        failed=None if ended is None else int(ended.failed.sum()),
    )
