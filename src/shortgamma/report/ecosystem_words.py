"""The cascade of an ecosystem in words and cells, for the terminal and the page."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from shortgamma.report.amounts import number, percent, signed_percent, times, usd
from shortgamma.risk.contagion.cascade import CascadeStatus, Round
from shortgamma.studies.ecosystem import EcosystemAnswer

NAMED: Final = 6
MOST_ROUNDS: Final = 12
NONE: Final = "–"
STATUS_WORDS: Final[Mapping[CascadeStatus, str]] = MappingProxyType(
    {
        CascadeStatus.SETTLED: "",
        CascadeStatus.UNSTABLE: (
            "Hedges trade more than the venues take: a move never settles, so there is no figure for losses."
        ),
        CascadeStatus.EXHAUSTED: (
            "Forced sales would take a price to zero at this depth: there is no figure for losses."
        ),
        CascadeStatus.NOT_SETTLED: "Rounds ran out before prices settled: read losses as a lower bound.",
    }
)
RULES: Final = (
    "Short gamma buys rises and sells falls, impact is linear, and failed books go on being hedged.",
    "Margin is due in cash and stablecoins; creditors outside share pari passu; what was forced stays so.",
)


def headline(answer: EcosystemAnswer) -> str:
    """The answer in one sentence."""
    found = answer.cascade
    if found.status is CascadeStatus.UNSTABLE:
        return f"Unstable: the loop gain is {number(found.loop.loop_gain)}"
    move = signed_percent(found.move)
    if found.outcome is None:
        return f"A move of {move} exhausts a venue"
    whole = signed_percent(largest_move(answer))
    count = len(found.failed)
    if not count:
        return f"A move of {move} becomes {whole} and nobody fails"
    others = (
        "" if count == 1 else f", {count - 1} more follow" if count > 2 else ", one more follows"
    )
    return f"A move of {move} becomes {whole}: {found.first} fails first{others}"


def largest_move(answer: EcosystemAnswer) -> float:
    """Relative move of the venue that moves most, where the cascade has an end."""
    return max(answer.cascade.rounds[-1].moves.tolist(), key=abs)


def sentences(answer: EcosystemAnswer) -> list[str]:
    """What else has to be known, the weightiest first."""
    found = [STATUS_WORDS[answer.cascade.status], answer.system.note, concentration(answer)]
    return [sentence for sentence in (*found, *RULES) if sentence]


def concentration(answer: EcosystemAnswer) -> str:
    """What dividing the largest holder does to the loop, in a sentence."""
    if answer.holder is None:
        return "Nobody is short gamma."
    whole = answer.splits[0].loop_gain
    apart = answer.splits[-1]
    return (
        f"{answer.holder} holds the most short gamma: as {apart.parts} holders on {apart.where} "
        f"the loop gain falls from {number(whole)} to {number(apart.loop_gain)}, on one venue it stays."
    )


def listed(names: Sequence[str]) -> str:
    """Names in a row, cut after the first."""
    more = len(names) - NAMED
    tail = f" and {more} more" if more > 0 else ""
    return ", ".join(names[:NAMED]) + tail if names else NONE


NODE_HEADS: Final = ("Node|", "Kind|", "Equity", "Loses", "Sold", "Fails|", "Fails from")


def node_rows(answer: EcosystemAnswer) -> Iterator[tuple[str, ...]]:
    """Every node as cells, the first to fail and the largest losses first."""
    ended, system = answer.cascade.outcome, answer.system
    order = list(range(len(system.nodes)))
    if ended is not None:
        order.sort(key=lambda i: (ended.fell[i] < 0, ended.fell[i], -ended.losses[i]))
    for i in order:
        node, at = system.nodes[i], answer.fails_at[i]
        yield (
            node.name,
            node.kind,
            usd(float(system.equity[i])),
            NONE if ended is None else usd(float(ended.losses[i])),
            NONE if ended is None else f"{number(float(ended.sold[i]))} coins",
            NONE if ended is None else fails(ended.fell[i], ended.causes[i]),
            NONE if at is None else signed_percent(at),
        )


def fails(fell: int, cause: str) -> str:
    """When and why a node fails."""
    return "no" if fell < 0 else f"round {fell}, {cause}"


IMPORTANCE_HEADS: Final = ("Without|", "Loop gain", "Others lose", "Spared by it", "Others fail")


def importance_rows(answer: EcosystemAnswer) -> Iterator[tuple[str, ...]]:
    """The cascade without each node as cells, the most important first."""
    for row in sorted(answer.importance, key=lambda row: -(row.spared_usd or 0.0)):
        yield (
            row.name,
            number(row.loop_gain),
            row.status.value if row.others_usd is None else usd(row.others_usd),
            NONE if row.spared_usd is None else usd(row.spared_usd),
            NONE if row.failed is None else f"{row.failed}",
        )


SPLIT_HEADS: Final = ("Holders", "Where|", "Loop gain", "All lose", "Fail")


def split_rows(answer: EcosystemAnswer) -> Iterator[tuple[str, ...]]:
    """Ways of dividing the largest holder as cells."""
    for row in answer.splits:
        lost = row.status.value if row.losses_usd is None else usd(row.losses_usd)
        failed = NONE if row.failed is None else f"{row.failed}"
        yield f"{row.parts}", row.where, number(row.loop_gain), lost, failed


ROUND_HEADS: Final = (
    "Round",
    "Price",
    "Hedges",
    "Liquidated",
    "Forced sales",
    "Withdrawn",
    "Fail|",
)


def round_rows(answer: EcosystemAnswer) -> Iterator[tuple[str, ...]]:
    """Every round as cells; coins that were bought are positive."""
    for row in answer.cascade.rounds:
        yield (
            f"{row.number}",
            signed_percent(max(row.moves.tolist(), key=abs)),
            *(number(value) for value in flows(row)),
            usd(row.withdrawn_usd),
            listed(row.failed),
        )


def flows(row: Round) -> tuple[float, float, float]:
    """Coins that hedges, liquidations and forced sales bought, negative = sold."""
    return row.hedged, 0.0 - row.liquidated, 0.0 - row.sold


def amplification(answer: EcosystemAnswer) -> str:
    """Of the loop, or none."""
    found = answer.cascade.loop.amplification
    return "none" if found is None else times(found)


def lost_share(answer: EcosystemAnswer) -> str:
    """Losses of all nodes as a part of their equity."""
    ended = answer.cascade.outcome
    equity = float(answer.system.equity.sum())
    if ended is None or equity <= 0.0:
        return NONE
    return percent(float(ended.losses.sum()) / equity)
