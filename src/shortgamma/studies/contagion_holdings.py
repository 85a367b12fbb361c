"""Models without debts: fire sales of common holdings, and the loop of hedging flows."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.risk.contagion.fire_sales import vulnerability
from shortgamma.risk.contagion.gamma_loop import GammaLoop, loop_answer
from shortgamma.risk.contagion.network import Matrix, Vector
from shortgamma.risk.contagion.portfolios import Portfolios
from shortgamma.risk.contagion.thresholds import (
    LeverageRule,
    SaleCascade,
    forced_sales,
    liquidity_weighted_overlap,
)
from shortgamma.studies.contagion_question import (
    Contagion,
    Nodes,
    Question,
    Ranking,
    part_lost,
)

TARGETING, THRESHOLD = "leverage-targeting", "threshold"


def refuse_variant(question: Question) -> None:
    """Refuses a rule of selling that is none."""
    if question.variant not in {None, TARGETING, THRESHOLD}:
        raise InputError(
            f"{question.variant!r}", place="--variant", remedy=f"{TARGETING} or {THRESHOLD}"
        )


def sold_to_target(held: Portfolios, question: Question) -> Contagion:
    """One round of sales back to each institution's own leverage."""
    refuse_variant(question)
    found, equity = vulnerability(held), held.equity
    direct, whole = found.direct_losses, found.direct_losses + found.losses
    return Contagion(
        question=question,
        convention=TARGETING,
        status="ok",
        nodes=selling_nodes(held, equity, direct=direct, whole=whole),
        ranking=Ranking(name="contributions", values=found.contributions),
        figures={
            "aggregate_vulnerability": found.aggregate,
            "contributions": found.contributions,
            "indirect_vulnerability": found.indirect,
            "direct_losses": direct,
            "fire_sale_losses": found.losses,
            "losses": whole,
            "equity": equity - whole,
            "sales": found.sales,
            "price_returns": found.price_returns,
            "asset_names": list(held.asset_names),
            "overlap": liquidity_weighted_overlap(held),
        },
    )


def sold_by_rule(held: Portfolios, rule: LeverageRule, question: Question) -> Contagion:
    """Rounds of sales by those above their leverage limit."""
    refuse_variant(question)
    found = forced_sales(held, rule)
    direct, whole = found.direct_losses, found.direct_losses + found.losses
    return Contagion(
        question=question,
        convention=THRESHOLD,
        status="ok" if found.converged else "not_converged",
        nodes=replace(
            selling_nodes(held, found.equity + whole, direct=direct, whole=whole),
            down=found.insolvent | found.illiquid,
            fell=found.fell,
        ),
        ranking=Ranking(name="losses", values=whole),
        figures={
            "direct_losses": direct,
            "fire_sale_losses": found.losses,
            "losses": whole,
            "equity": found.equity,
            "sold": found.sold,
            "price_returns": found.price_returns,
            "asset_names": list(held.asset_names),
            "insolvent": found.insolvent,
            "illiquid": found.illiquid,
            "overlap": found.overlap,
            "steps": found.rounds,
        },
        rounds=sale_rounds(held, found),
    )


def sale_rounds(held: Portfolios, found: SaleCascade) -> tuple[Mapping[str, object], ...]:
    """Who is forced to sell for the first time in each round."""
    return tuple(
        {
            "round": number,
            "first_sales": [held.names[i] for i in np.flatnonzero(found.sells == number)],
        }
        for number in range(1, found.rounds + 1)
    )


def selling_nodes(held: Portfolios, equity: Vector, *, direct: Vector, whole: Vector) -> Nodes:
    """Losses of each institution, by the shock and in all, against its equity before."""
    return Nodes(
        names=held.names,
        sizes=held.assets,
        before=part_lost(direct, equity),
        after=part_lost(whole, equity),
        losses=whole,
        down=(whole >= equity) & (equity > 0.0),
        fell=np.full(len(held.names), -1),
        links=apart(liquidity_weighted_overlap(held)),
    )


def apart(overlap: Matrix) -> Matrix:
    """Overlaps between different institutions."""
    return overlap - np.diag(np.diagonal(overlap))


def looped(loop: GammaLoop, question: Question) -> Contagion:
    """The gain of the loop of hedging flows."""
    found = loop_answer(loop)
    turn = np.abs(loop.turn)
    count = len(loop.venues)
    return Contagion(
        question=question,
        convention="linear",
        status=found.status.value,
        nodes=Nodes(
            names=loop.venues,
            sizes=np.abs(loop.gamma).sum(axis=1),
            before=np.zeros(count),
            after=found.mode,
            losses=np.zeros(count),
            down=np.zeros(count, dtype=np.bool_),
            fell=np.full(count, -1),
            links=apart(turn.T),
        ),
        ranking=Ranking(name="mode", values=found.mode),
        figures={
            "loop_gain": found.loop_gain,
            "amplification": found.amplification,
            "mode": found.mode,
            "responses": found.responses,
            "flows": found.flows,
        },
    )
