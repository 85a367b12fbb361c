"""Contagion in words and cells, for the terminal and the page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, cast

import numpy as np

from shortgamma.report.amounts import number, percent, scale_of, times
from shortgamma.studies.contagion_question import Contagion, Model

NAMED: Final = 6
MODEL_TITLES: Final[Mapping[Model, str]] = MappingProxyType(
    {
        Model.EISENBERG_NOE: "Clearing after Eisenberg and Noe",
        Model.ROGERS_VERAART: "Clearing with default costs after Rogers and Veraart",
        Model.FURFINE: "Cascade of defaults after Furfine",
        Model.DEBTRANK: "DebtRank",
        Model.FIRE_SALE: "Fire sales",
        Model.GAMMA: "Loop of hedging flows",
    }
)
STATUS_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "boundary": "A node ends with exactly what it owes: from below it defaults, from above it does not.",
        "not_converged": "Rounds ran out before figures settled: read them as a lower bound of the change.",
        "infeasible": "The linear programme has no solution: senior creditors take more than a node has.",
    }
)
RANKING_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "losses": "What each loses",
        "debtrank": "DebtRank of each, if it alone defaults",
        "contributions": "What each one's sales contribute to aggregate vulnerability",
        "mode": "Part of each venue in the loop",
    }
)


def figure(answer: Contagion, name: str) -> float:
    """A number among the figures."""
    return float(cast("float", answer.figures[name]))


def amount(value: float) -> str:
    """An amount in the network's own currency: ``675 M``.

    >>> amount(675e6), amount(42.0)
    ('675 M', '42')
    """
    scale = scale_of(value)
    return f"{number(value / scale.divisor)} {scale.unit.removesuffix('$')}".strip()


def total(answer: Contagion, name: str) -> float:
    """The sum of figures per node."""
    return float(np.sum(cast("Sequence[float]", answer.figures[name])))


def listed(names: Sequence[str]) -> str:
    """The first few names."""
    more = len(names) - NAMED
    tail = f" and {more} more" if more > 0 else ""
    return ", ".join(names[:NAMED]) + tail


def headline(answer: Contagion) -> str:
    """The answer in one line."""
    return HEADLINES[answer.question.model](answer)


def of_defaults(answer: Contagion) -> str:
    """Who fails."""
    failed, count = answer.failed, len(answer.nodes.names)
    if not failed:
        return f"All {count} nodes pay in full"
    return f"{len(failed)} of {count} fail: {listed(failed)}"


def of_distress(answer: Contagion) -> str:
    """How far distress spreads, or which node matters most."""
    if answer.ranking.name == "debtrank":
        most = int(np.argmax(answer.ranking.values))
        value = percent(float(answer.ranking.values[most]))
        return f"{answer.nodes.names[most]} matters most: alone in default, its DebtRank is {value}"
    value = percent(figure(answer, "debtrank"))
    failed = len(answer.failed)
    count = len(answer.nodes.names)
    return f"The shock spreads to a DebtRank of {value}; {failed} of {count} lose all equity"


def of_sales(answer: Contagion) -> str:
    """What fire sales add."""
    sales, direct = total(answer, "fire_sale_losses"), total(answer, "direct_losses")
    if answer.convention == "threshold":
        return (
            f"Forced sales cost {amount(sales)} on top of {amount(direct)}: {of_defaults(answer)}"
        )
    part = percent(figure(answer, "aggregate_vulnerability"), 3)
    return f"One round of deleveraging costs {part} of all equity"


def of_loop(answer: Contagion) -> str:
    """Whether the loop holds."""
    gain = number(figure(answer, "loop_gain"))
    if answer.figures["amplification"] is None:
        return f"The loop is unstable: a gain of {gain}, 1 or more"
    return f"The loop is stable: a gain of {gain}, moves {times(figure(answer, 'amplification'))}"


HEADLINES: Final[Mapping[Model, Callable[[Contagion], str]]] = MappingProxyType(
    {
        Model.EISENBERG_NOE: of_defaults,
        Model.ROGERS_VERAART: of_defaults,
        Model.FURFINE: of_defaults,
        Model.DEBTRANK: of_distress,
        Model.FIRE_SALE: of_sales,
        Model.GAMMA: of_loop,
    }
)


def sentences(answer: Contagion) -> list[str]:
    """What else has to be known, the weightiest first."""
    found = [convention_words(answer), STATUS_WORDS.get(answer.status, ""), *answer.notes]
    return [sentence for sentence in found if sentence]


def convention_words(answer: Contagion) -> str:
    """The convention in a sentence."""
    question = answer.question
    match question.model:
        case Model.EISENBERG_NOE | Model.ROGERS_VERAART:
            outside = (
                "are paid before any node"
                if question.external == "senior"
                else "share every payment with the nodes"
            )
            costs = (
                f" A default leaves {percent(question.alpha)} of external assets and "
                f"{percent(question.beta)} of receipts."
                if question.alpha < 1.0 or question.beta < 1.0
                else " A default costs nothing by itself."
            )
            return f"Creditors outside the network {outside}; the {question.solution} clearing vector.{costs}"
        case Model.FURFINE:
            part = percent(question.recovery)
            return f"Creditors of a failed node get {part} at once; who loses more than its equity fails."
        case Model.DEBTRANK:
            return DEBTRANK_WORDS[answer.convention]
        case Model.FIRE_SALE:
            return SALE_WORDS[answer.convention]
        case Model.GAMMA:
            return (
                "Hedges buy rises where gamma is short; what they trade moves every venue, and hedges follow "
                "again."
            )


DEBTRANK_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "2012": "Each node passes its distress on once, when first hit; the figure leaves out the shock.",
        "2015": "Every further loss is passed on until equity is gone; the figure leaves out the shock.",
    }
)
SALE_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "leverage-targeting": "Everyone sells in proportion to what it holds to restore its leverage, once.",
        "threshold": "Only who is above its leverage limit sells, round after round.",
    }
)

NODE_HEADS: Final = ("Node|", "Size", "Loses", "Of equity", "Fails|")
COMPARED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "debtrank": ("Node|", "Size", "DebtRank, alone in default"),
        "mode": ("Venue|", "Coins per USD", "Part in the loop"),
    }
)
"""Heads where nodes are compared and nobody has lost anything yet."""


def node_table(answer: Contagion) -> tuple[tuple[str, ...], Iterator[tuple[str, ...]]]:
    """Heads and rows of the nodes, the hardest hit or the weightiest first."""
    heads = COMPARED.get(answer.ranking.name)
    return (NODE_HEADS, node_rows(answer)) if heads is None else (heads, compared_rows(answer))


def compared_rows(answer: Contagion) -> Iterator[tuple[str, ...]]:
    """Nodes by the figure they are compared with."""
    found = answer.nodes
    for place in map(int, np.argsort(-answer.ranking.values, kind="stable")):
        value = float(answer.ranking.values[place])
        yield found.names[place], amount(float(found.sizes[place])), percent(value, 3)


def node_rows(answer: Contagion) -> Iterator[tuple[str, ...]]:
    """Every node as cells, the largest loss first."""
    found = answer.nodes
    for place in map(int, np.lexsort((-found.losses, -found.after))):
        yield (
            found.names[place],
            amount(float(found.sizes[place])),
            amount(float(found.losses[place])),
            percent(float(found.after[place])),
            fails(answer, place),
        )


def fails(answer: Contagion, place: int) -> str:
    """When a node fails."""
    found = answer.nodes
    if not found.down[place]:
        return "no"
    round_of = int(found.fell[place])
    return "yes" if round_of < 0 else "at the outset" if round_of == 0 else f"round {round_of}"


PAYMENT_HEADS: Final = ("Node|", "Pays", "Gets", "Equity before", "Equity after", "Others lose")


def payment_rows(answer: Contagion) -> Iterator[tuple[str, ...]]:
    """Payments of every node as cells."""
    names = ("payments", "received", "book_equity", "equity", "external_losses")
    columns = [cast("Sequence[float]", answer.figures[name]) for name in names]
    for name, *values in zip(answer.nodes.names, *columns, strict=True):
        yield name, *(amount(float(value)) for value in values)


ROUND_HEADS: Final = ("Round|", "What happened|")


def round_rows(answer: Contagion) -> Iterator[tuple[str, ...]]:
    """Every round as cells."""
    for row in answer.rounds:
        yield f"{row['round']}", round_words(row)


def round_words(row: Mapping[str, object]) -> str:
    """One round."""
    if "weighted_distress" in row:
        distress = percent(cast("float", row["weighted_distress"]), 3)
        return f"weighted distress {distress}, {row['failed']} without equity"
    if "defaulted" in row:
        return f"in default: {listed(cast('list[str]', row['defaulted']))}"
    sellers = cast("list[str]", row["first_sales"])
    return f"begin to sell: {listed(sellers)}" if sellers else "the same sell on"
