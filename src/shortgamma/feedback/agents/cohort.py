"""A crowd of leveraged traders in the perpetual, and what liquidation does to them and to others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.arrays import freeze
from shortgamma.basics.errors import InputError
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.agents.cohort_state import CohortState
from shortgamma.feedback.exchange import TradingCosts
from shortgamma.feedback.ladder import Ladder
from shortgamma.feedback.perp import PerpMarket
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.world import World
from shortgamma.kernels.liquidation import CLOSED
from shortgamma.venues.liquidation import LIQUIDATION_RULES, LiquidationRules, PerpContract

Vector = NDArray[np.float64]
MOST_LEVERAGE = 40.0
"""Largest that is drawn: with a maintenance of half the initial margin, 1.25 %, the venue allows no more."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Positions:
    """Leveraged positions of many accounts, arrays of shape (m,).

    Args:
        side: +1 long, −1 short.
        notional_usd: Size at entry, positive.
        entry: Price, USD.
        leverage: Notional over margin.
    """

    side: Vector
    notional_usd: Vector
    entry: Vector
    leverage: Vector

    def __post_init__(self) -> None:
        size = len(np.asarray(self.side))
        for name in ("side", "notional_usd", "entry", "leverage"):
            object.__setattr__(self, name, freeze(name, getattr(self, name), size))
        sane = (
            np.all(np.abs(self.side) == 1.0)
            and np.all(self.notional_usd > 0.0)
            and np.all(self.entry > 0.0)
            and np.all(self.leverage > 0.0)
        )
        if not sane:
            raise InputError(
                "positions need a side of ±1 and a positive size, entry and leverage",
                place="cohort",
                remedy="drop the others",
            )

    def __len__(self) -> int:
        return len(self.side)

    @classmethod
    def drawn(
        cls,
        *,
        open_interest_usd: float,
        spot: float,
        accounts: int = 400,
        median_leverage: float = 10.0,
        long_share: float = 0.5,
        seed: int = 0,
    ) -> Self:
        """A crowd with lognormal leverage (log deviation 0.7) and heavy-tailed sizes (both assumptions).

        Entries lie within 3 % (one standard deviation) of spot, and a quarter of the margin has been lost at
        most: under a maintenance of up to half the initial margin nobody is liquidated at the start.

        Args:
            open_interest_usd: Of each side at most: longs have ``long_share`` of twice this, shorts the rest.
            spot: USD.
            accounts: How many.
            median_leverage: Of the accounts.
            long_share: Of the notional, 0 to 1.
            seed: Of the draw; the crowd is the same on all paths.
        """
        if not (0.0 < open_interest_usd < np.inf and 0.0 <= long_share <= 1.0 and accounts >= 2):
            raise InputError(
                f"open interest {open_interest_usd:g}, long share {long_share:g}, {accounts} accounts",
                place="cohort",
                remedy="give a positive open interest, a share from 0 to 1 and 2 accounts or more",
            )
        generator = np.random.Generator(np.random.Philox(seed))
        side = np.where(np.arange(accounts) % 2 == 0, 1.0, -1.0)
        leverage = np.clip(
            median_leverage * np.exp(0.7 * generator.standard_normal(accounts)), 1.0, MOST_LEVERAGE
        )
        room = 0.25 / leverage
        offset = np.clip(0.03 * generator.standard_normal(accounts), -room, room)
        weight: Vector = np.asarray(generator.pareto(1.5, accounts)) + 1.0
        share = np.where(side > 0.0, long_share, 1.0 - long_share)
        longs, shorts = float(weight[side > 0.0].sum()), float(weight[side < 0.0].sum())
        total = np.where(side > 0.0, longs, shorts)
        notional = 2.0 * open_interest_usd * share * weight / total
        kept = notional > 0.0
        return cls(
            side=side[kept],
            notional_usd=notional[kept],
            entry=spot * np.exp(offset)[kept],
            leverage=leverage[kept],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rungs:
    """Accounts of one side as a ladder, with running sums that say what closing a part of it costs.

    Args:
        ladder: Liquidation levels and sizes (coins; contracts of 1 USD where they are inverse).
        bankrupt: Running Σ size·(bankruptcy price), or Σ size/(bankruptcy price) where inverse.
        entered: Running Σ of coins at entry.
    """

    ladder: Ladder
    bankrupt: Vector
    entered: Vector


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeveragedCohort(Agent):
    """Longs and shorts with margin, who never trade by themselves and are liquidated at the mark price.

    A liquidated position is closed in the market; what is left of its margin goes to the insurance fund,
    what is missing comes out of it. Once the fund is empty, the winners on the other side pay: a haircut
    in proportion to their positions, the economic effect of auto-deleveraging. A position that the shock
    alone carries beyond its backstop is taken over by the backstop at its bankruptcy price.

    Args:
        positions: The accounts.
        rules: The venue's.
        insurance_usd: In the fund at the start.
        costs: What closing orders pay.
    """

    positions: Positions
    rules: LiquidationRules = field(default_factory=lambda: LIQUIDATION_RULES["hyperliquid"])
    insurance_usd: float
    costs: TradingCosts = field(default_factory=TradingCosts)

    def __post_init__(self) -> None:
        if not 0.0 <= self.insurance_usd < np.inf:
            raise InputError(
                f"insurance {self.insurance_usd:g}", place="cohort", remedy="give 0 or more USD"
            )

    @property
    def name(self) -> str:
        """Of its accounts, followed by the side."""
        return "leveraged"

    def prepare(
        self,
        setup: Setup,
        others: Sequence[tuple[Agent, object]],  # noqa: ARG002
    ) -> list[tuple[float, int, Rungs]]:
        """Ladders of longs and shorts; where the venue closes large accounts in parts, two of each."""
        stages = range(1 if self.rules.partial_fraction == 1.0 else 2)
        return [
            (side, stage, self.rungs(side, stage, spot=setup.spot))
            for side in (1.0, -1.0)
            for stage in stages
        ]

    def rungs(self, side: float, stage: int, *, spot: float) -> Rungs:
        """The ladder of one side: of first (0) or of second (1) closing orders."""
        held = self.positions
        mine = held.side == side
        entry, leverage, notional = held.entry[mine], held.leverage[mine], held.notional_usd[mine]
        rules = self.rules
        trigger = rules.liquidation_price(entry, leverage, side=side)
        bankrupt = rules.bankruptcy_price(entry, leverage, side=side)
        large = notional > rules.partial_above_usd
        first = np.where(large, rules.partial_fraction, 1.0)
        share = first if stage == 0 else 1.0 - first
        level = trigger if stage == 0 else rules.after_partial(trigger, side=side)
        inverse = rules.contract is PerpContract.INVERSE
        size = share * (notional if inverse else notional / entry)
        reached = np.isfinite(level) & (level > 0.0)
        keys = side * np.log(np.where(reached, level, 1e-300 if side > 0 else 1e300) / spot)
        order = np.argsort(-keys, kind="stable")
        worth = size / bankrupt if inverse else size * bankrupt
        backstop = self._backstop(side)
        return Rungs(
            ladder=Ladder(side=side, keys=keys[order], sizes=size[order], backstop=backstop),
            bankrupt=running(worth[order]),
            entered=running((share * notional / entry)[order]),
        )

    def _backstop(self, side: float) -> float:
        """Log distance from the liquidation level to the backstop level: the same for every account."""
        inverse = self.rules.contract is PerpContract.INVERSE
        if self.rules.backstop_fraction == 0.0 or inverse:
            return np.inf
        level = self.rules.liquidation_price(1.0, 10.0, side=side)
        return float(side * np.log(level / self.rules.backstop_price(1.0, 10.0, side=side)))

    def enter(self, world: World, shared: list[tuple[float, int, Rungs]]) -> CohortState:
        """Opens the positions at their entry prices against the market.

        Raises:
            InputError: There is no perpetual.
        """
        if world.state_of(PerpMarket) is None:
            raise InputError(
                "there is no perpetual to trade", place=self.name, remedy="add a PerpMarket"
            )
        return CohortState(self, world, shared)

    def act(self, state: CohortState, world: World) -> None:
        """Moves the ladders by the funding paid so far and lets second orders wait for the cooldown."""
        state.act(world)

    def settle(self, state: CohortState, world: World) -> None:
        """Books what was closed, and passes losses beyond the margin on."""
        state.settle(world)

    def shows(self, state: CohortState, world: World) -> dict[str, Vector]:  # noqa: ARG002
        """USD liquidated so far."""
        return {"liquidated_usd": state.totals[CLOSED].copy()}

    def answer(self, state: CohortState, world: World) -> dict[str, Vector]:
        """Liquidations, what the fund lost, and what winners paid."""
        return state.answer(world)


def running(values: Vector) -> Vector:
    """Σ of the first 0, 1, …, m values."""
    return np.concatenate([[0.0], np.cumsum(values)])
