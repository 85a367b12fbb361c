"""The question of contagion and the form of its answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.network import Counts, Mask, Matrix, Network, Vector
from shortgamma.studies.document import plain

METHOD: Final = "1"
"""Version of the method; a stored result with another one is not comparable."""


class Model(StrEnum):
    """How a shock is passed on."""

    EISENBERG_NOE = "eisenberg-noe"
    ROGERS_VERAART = "rogers-veraart"
    FURFINE = "furfine"
    DEBTRANK = "debtrank"
    FIRE_SALE = "fire-sale"
    GAMMA = "gamma"


MODELS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "eisenberg-noe": ("external", "method", "solution", "reconstruct"),
        "rogers-veraart": ("external", "alpha", "beta", "method", "solution", "reconstruct"),
        "furfine": ("default", "recovery", "reconstruct"),
        "debtrank": ("variant", "default", "shock", "reconstruct"),
        "fire-sale": ("variant",),
        "gamma": (),
    }
)
"""The options of each model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked.

    Args:
        model: How a shock is passed on.
        external: ``pari-passu`` or ``senior``: creditors outside the network.
        alpha, beta: What a default leaves of external assets and of receipts, 0 to 1.
        solution: ``greatest`` or ``least`` clearing vector.
        method: ``fictitious-default``, ``picard`` or ``linear-programme``.
        variant: ``2012`` or ``2015`` of DebtRank; ``leverage-targeting`` or ``threshold`` of fire sales.
        default: Nodes that fail at the outset.
        shock: Nodes and the part of equity that they lose at the outset.
        recovery: Part of a defaulted debt that is paid, Furfine.
        reconstruct: ``maximum-entropy`` or ``minimum-density``: fill in debts from totals.
    """

    model: Model
    external: str = "pari-passu"
    alpha: float = 1.0
    beta: float = 1.0
    solution: str = "greatest"
    method: str = "fictitious-default"
    variant: str | None = None
    default: tuple[str, ...] = ()
    shock: tuple[tuple[str, float], ...] = ()
    recovery: float = 0.0
    reconstruct: str | None = None

    def first(self, network: Network) -> Mask:
        """True for the nodes that fail at the outset.

        Raises:
            InputError: One is not in the network.
        """
        found = np.zeros(len(network), dtype=np.bool_)
        for name in self.default:
            found[network.index(name)] = True
        return found

    def initial(self, network: Network) -> Vector:
        """Part of its equity that each node loses at the outset.

        Raises:
            InputError: One is not in the network.
        """
        found = self.first(network).astype(np.float64)
        for name, part in self.shock:
            found[network.index(name)] = part
        if not np.all((found >= 0.0) & (found <= 1.0)):
            raise InputError(
                "a part outside 0 to 1", place="--shock", remedy="give the part of equity lost"
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nodes:
    """What a picture of the network shows; all per node, shape (n,).

    Args:
        names: In order.
        sizes: Total assets, or what stands for them.
        before, after: Part of its equity that a node has lost at the outset and at the end, 0 to 1.
        losses: What it loses, in the network's currency.
        down: True where it fails.
        fell: Round in which it fails; −1 for never or unknown.
        links: ``[i, j]``, what ties j to i: i owes j, or i's sales hurt j, shape (n, n).
    """

    names: tuple[str, ...]
    sizes: Vector
    before: Vector
    after: Vector
    losses: Vector
    down: Mask
    fell: Counts
    links: Matrix


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranking:
    """One figure per node that the model is asked for.

    Args:
        name: Key of the figure in ``--json``.
        values: Shape (n,).
    """

    name: str
    values: Vector


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contagion:
    """The answer.

    Args:
        question: With every default filled in.
        convention: Name of the convention under which figures hold.
        status: ``ok``, or why a figure cannot be taken at face value.
        nodes: What happens to each.
        ranking: The figure by which nodes are compared.
        figures: Everything else, as ``--json`` prints it.
        rounds: Who fails, or how far distress is, after each round.
        notes: What a reader has to know.
        title: Of the file.
    """

    question: Question
    convention: str
    status: str
    nodes: Nodes
    ranking: Ranking
    figures: Mapping[str, object]
    rounds: tuple[Mapping[str, object], ...] = ()
    notes: tuple[str, ...] = ()
    title: str = ""

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the nodes that fail, the first ones first."""
        found = self.nodes
        down = np.flatnonzero(found.down).tolist()
        order = sorted(down, key=lambda place: int(found.fell[place]))
        return tuple(found.names[place] for place in order)

    def to_dict(self) -> dict[str, object]:
        """The answer as ``--json`` prints it; keys that the model has no figure for are null."""
        empty = dict.fromkeys(("payments", "equity", "losses", "debtrank"))
        return {
            "model": self.question.model.value,
            "convention": self.convention,
            "status": self.status,
            "method": METHOD,
            "title": self.title,
            "names": list(self.nodes.names),
            "defaulted": list(self.failed),
            **empty,
            **{name: plain(value) for name, value in self.figures.items()},
            "rounds": plain([dict(row) for row in self.rounds]),
            "notes": list(self.notes),
        }


def part_lost(lost: Vector, equity: Vector) -> Vector:
    """Losses over equity, 0 to 1; whoever had no equity and loses has lost all of it."""
    safe = np.where(equity > 0.0, equity, 1.0)
    return np.where(equity > 0.0, np.clip(lost / safe, 0.0, 1.0), (lost > 0.0).astype(np.float64))
