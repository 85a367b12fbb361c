"""The basis arbitrageur: buys spot and sells the perpetual where the perpetual is rich, and the reverse."""

from dataclasses import dataclass

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.depth import check_positive
from shortgamma.feedback.exchange import NO_COSTS, FlowOrder
from shortgamma.feedback.perp import PerpMarket
from shortgamma.feedback.world import World
from shortgamma.kernels.flows import basis_legs, basis_orders, basis_share
from shortgamma.kernels.orders import PASS


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisArbitrageur(Agent):
    """Closes the basis at an exponential rate, and so carries hedging in the perpetual over to spot.

    With f the part closed in a step, b the basis before it and Q the coins that everyone else buys in the
    perpetual, he buys f·(b/Λ_perp + Q) coins of spot and sells as many in the perpetual; b becomes
    (1 − f)·(b + Λ_perp·Q).

    Args:
        half_life_seconds: In which half of the basis is closed.
        capacity_usd: Largest position; beyond it he only trades back.
    """

    half_life_seconds: float = 60.0
    capacity_usd: float = float("inf")

    def __post_init__(self) -> None:
        check_positive(self.half_life_seconds, "half-life", "basis arbitrageur")
        if not self.capacity_usd >= 0.0:
            raise InputError(
                f"capacity {self.capacity_usd:g}",
                place="basis arbitrageur",
                remedy="give 0 or more USD",
            )

    @property
    def name(self) -> str:
        """Of its account."""
        return "basis arbitrageur"

    def enter(self, world: World, shared: None) -> int:  # noqa: ARG002
        """Opens the account.

        Raises:
            InputError: There is no perpetual.
        """
        if world.state_of(PerpMarket) is None:
            raise InputError(
                "there is no perpetual to trade", place=self.name, remedy="add a PerpMarket"
            )
        account = world.accounts.open(self.name)
        world.accounts.let_hold_perps(account)
        return account

    def part(self, step_years: float) -> float:
        """Of the basis that is closed in a step."""
        return 1.0 - 0.5 ** (step_years * SECONDS_PER_YEAR / self.half_life_seconds)

    def act(self, state: int, world: World) -> None:
        """Trades away a part of the basis as it stands; what others trade now follows in the clearing."""
        perp = world.state_of(PerpMarket)
        basis_share(world.paths, self.part(world.step_years))
        if self.capacity_usd < np.inf:
            passed = world.paths[PASS]
            position = world.accounts.coins[state] * world.price
            adding = np.sign(position) == np.sign(perp.basis)
            passed[adding & (np.abs(position) >= self.capacity_usd)] = 0.0
        coins = np.empty(world.size)
        basis_orders(world.paths, perp.rows, coins)
        world.exchange.submit(FlowOrder(account=state, coins=coins, costs=NO_COSTS))

    def settle(self, state: int, world: World) -> None:
        """Books the share of everyone's perpetual trades in spot, and the other leg of all."""
        perp = world.state_of(PerpMarket)
        accounts = world.accounts
        spot, leg = np.empty((2, world.size))
        held = (accounts.coins[state], accounts.perps[state])
        basis_legs(world.paths, perp.rows, held, spot, leg)
        accounts.trade(state, spot, price=world.traded, costs=NO_COSTS.pair, perp=False)
        accounts.trade(state, leg, price=world.perp_traded, costs=NO_COSTS.pair, perp=True)
