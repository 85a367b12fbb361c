"""A move that spreads: hedging, liquidations, margin calls, withdrawals, defaults, and forced sales again.

In each round nodes sell what they must at the prices of the round before, leveraged positions that were
reached are closed, hedges follow until they rest, debts are cleared, and who cannot pay fails. What was
sold, closed, called back or failed stays so: rounds are monotone and end.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from shortgamma.risk.contagion.cascade_ledger import SMALL, Ledger, debt_rates
from shortgamma.risk.contagion.ecosystem import Ecosystem, check_move
from shortgamma.risk.contagion.fixed_points import NEVER
from shortgamma.risk.contagion.gamma_loop import LoopAnswer, LoopStatus, loop_answer
from shortgamma.risk.contagion.network import Counts, Mask, Vector

MOST_ROUNDS: Final = 5_000
STILL: Final = 1e-11
"""Relative change of prices at which a cascade rests."""
INSOLVENT, UNFUNDED, STANDS = "insolvent", "margin call not met", ""


class CascadeStatus(StrEnum):
    """How a cascade ends."""

    SETTLED = "settled"
    UNSTABLE = "unstable"
    EXHAUSTED = "exhausted"
    NOT_SETTLED = "not_settled"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Round:
    """What happened in a round.

    Args:
        number: From 1; 0 is the move itself.
        moves: Relative move of each venue's price so far, shape (v,).
        hedged: Coins that hedges bought, + = bought.
        sold: Coins that nodes were forced to sell.
        liquidated: Coins of leveraged positions that were sold, negative = shorts bought back.
        withdrawn_usd: Paid to creditors who called it back.
        failed: Names of nodes that failed.
        losses_usd: Equity that all nodes have lost so far, none below zero.
    """

    number: int
    moves: Vector
    hedged: float
    sold: float
    liquidated: float
    withdrawn_usd: float
    failed: tuple[str, ...]
    losses_usd: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """The end of a cascade that has one; per node of shape (n,).

    Args:
        prices: USD per coin on each venue, shape (v,).
        losses: Equity lost, USD; negative = gained.
        equity: After clearing, USD, 0 in default.
        payments: Of what each owes, USD.
        external_losses: What creditors outside lose, USD.
        sold: Coins that each was forced to sell.
        bad_debts: USD that its liquidated traders could not pay.
        fell: Round in which it failed; −1 = never.
        causes: Why it failed; empty = it stands.
        imbalance: Cash and coins that appeared or vanished, relative; rounding.
    """

    prices: Vector
    losses: Vector
    equity: Vector
    payments: Vector
    external_losses: Vector
    sold: Vector
    bad_debts: Vector
    fell: Counts
    causes: tuple[str, ...]
    imbalance: Vector

    @property
    def failed(self) -> Mask:
        """True for nodes that failed."""
        return self.fell != NEVER


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cascade:
    """A cascade.

    Args:
        system: Before it.
        move: Relative move of every price at the outset.
        status: ``unstable`` where the loop gain is 1 or more, ``exhausted`` where sales would take a price to
            zero; neither has an outcome.
        loop: Gain and amplification.
        rounds: In order; empty where unstable.
        outcome: None without an end.
    """

    system: Ecosystem
    move: float
    status: CascadeStatus
    loop: LoopAnswer
    rounds: tuple[Round, ...]
    outcome: Outcome | None

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the nodes that failed, the first ones first."""
        return tuple(name for one in self.rounds for name in one.failed)

    @property
    def first(self) -> str | None:
        """Who fails first; in one round the one that lost most of its equity."""
        return next(iter(self.failed), None)


def cascade(system: Ecosystem, move: float) -> Cascade:
    """Follows a move through an ecosystem.

    Args:
        system: Before it.
        move: Relative move of every price at the outset; −0.2 = a fall of a fifth.

    Raises:
        InputError: The move leaves no price.
    """
    check_move(move)
    loop = loop_answer(system.loop)
    if loop.status is LoopStatus.UNSTABLE:
        status = CascadeStatus.UNSTABLE
        return Cascade(system=system, move=move, status=status, loop=loop, rounds=(), outcome=None)
    run = CascadeRun(system, move)
    status = run.follow()
    has_end = status is not CascadeStatus.EXHAUSTED
    return Cascade(
        system=system,
        move=move,
        status=status,
        loop=loop,
        rounds=tuple(run.rounds),
        outcome=run.outcome() if has_end else None,
    )


class CascadeRun:
    """One cascade while it runs.

    Args:
        system: Before it.
        move: Relative move at the outset.

    Attributes:
        ledger: Holdings now.
        found: Debts cleared now.
        fell: Round in which each node failed.
        rounds: So far.
    """

    def __init__(self, system: Ecosystem, move: float) -> None:
        self.system, self.ledger = system, Ledger(system, move)
        self.names, self.equity = system.names, system.equity
        self.fell = np.full(len(system.nodes), NEVER)
        self.causes = [STANDS] * len(system.nodes)
        self.held = self.ledger.coins.copy()
        self.found = self.ledger.cleared()
        self.rounds = [self._round(0, np.zeros(3), 0.0, ())]

    @property
    def rates(self) -> Vector:
        """What a debt of each node is worth now."""
        return debt_rates(self.ledger.owed, self.ledger.external, self.found)

    def follow(self) -> CascadeStatus:
        """Takes rounds until nothing changes."""
        for number in range(1, MOST_ROUNDS + 1):
            old = self.ledger.price
            active = self._take(number)
            if np.any(self.ledger.price <= 0.0):
                return CascadeStatus.EXHAUSTED
            self.ledger.check()
            still = np.abs(self.ledger.price - old) <= STILL * self.ledger.spot
            if not active and bool(np.all(still)):
                return CascadeStatus.SETTLED
        return CascadeStatus.NOT_SETTLED

    def _take(self, number: int) -> bool:
        """One round; True where something happened that may make another one."""
        ledger = self.ledger
        sold, closing = self.sales(), ledger.due_for_closing()
        liquidated = float(ledger.sizes[closing].sum())
        bought = ledger.trade(sold, closing)
        if np.any(ledger.price <= 0.0):
            return False
        self.found = ledger.cleared()
        runs = ledger.withdraw(self.found)
        paid = ledger.repay()
        self.found = ledger.cleared()
        failed = self._fail(number)
        flows = np.array([bought.sum(), sold.sum(), liquidated])
        self.rounds.append(self._round(number, flows, float(paid.sum()), failed))
        called_back = np.any(paid > SMALL * ledger.scale)
        return bool(np.any(runs) or failed or closing.any() or called_back or np.any(sold > 0.0))

    def sales(self) -> Vector:
        """Coins that each node has to sell now: all in default, else what its lack of cash asks for."""
        ledger = self.ledger
        need = ledger.need(self.rates)
        lacking = np.where(need > SMALL * ledger.scale, need, 0.0)
        wanted = np.where(self.fell != NEVER, np.inf, lacking / ledger.own_price)
        return np.minimum(wanted, ledger.coins)

    def _fail(self, number: int) -> tuple[str, ...]:
        """Nodes that fail now: they cannot pay their debts, or have no coin left to meet a call."""
        ledger = self.ledger
        unmet = (ledger.need(self.rates) > SMALL * ledger.scale) & (ledger.coins <= 0.0)
        fresh = (self.found.defaulted | unmet) & (self.fell == NEVER)
        self.fell[fresh] = number
        lost = (self.equity - self.found.equity) / np.maximum(np.abs(self.equity), 1.0)
        places = sorted(np.flatnonzero(fresh).tolist(), key=lambda i: -round(float(lost[i]), 9))
        for place in places:
            self.causes[place] = INSOLVENT if self.found.defaulted[place] else UNFUNDED
        return tuple(self.names[place] for place in places)

    def _round(
        self, number: int, flows: Vector, withdrawn: float, failed: tuple[str, ...]
    ) -> Round:
        ledger = self.ledger
        return Round(
            number=number,
            moves=ledger.price / ledger.spot - 1.0,
            hedged=float(flows[0]),
            sold=float(flows[1]),
            liquidated=float(flows[2]),
            withdrawn_usd=withdrawn,
            failed=failed,
            losses_usd=float((self.equity - self.found.equity).sum()),
        )

    def outcome(self) -> Outcome:
        """Where it ended."""
        ledger, found = self.ledger, self.found
        return Outcome(
            prices=ledger.price,
            losses=self.equity - found.equity,
            equity=found.equity,
            payments=found.payments,
            external_losses=found.external_losses,
            sold=self.held - ledger.coins,
            bad_debts=ledger.lost_to_traders,
            fell=self.fell,
            causes=tuple(self.causes),
            imbalance=ledger.imbalance(),
        )
