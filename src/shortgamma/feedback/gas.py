"""Hedging on a chain: a base fee that rises with congestion, transactions that wait or fail."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.feedback.accounts import VENUE
from shortgamma.feedback.depth import check_positive
from shortgamma.feedback.draws import Stream
from shortgamma.feedback.market import Market
from shortgamma.feedback.world import World
from shortgamma.hedging.policy import HedgeRule
from shortgamma.kernels.climate import take_demand
from shortgamma.venues.gas import TipMarket, gas_cost_usd, inclusion_probability, next_base_fees

if TYPE_CHECKING:
    from shortgamma.feedback.agents.dealer import DealerState

Vector = NDArray[np.float64]
GWEI = 1e9
ROUNDING = 1e-9  # of the count of blocks
LARGEST_FEE = 1e15
"""Wei; a million gwei, where nobody transacts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GasMarket(Market):
    """Blocks fill up when the price moves, and the base fee follows by the rule of EIP-1559.

    The log of the demand for gas in a block, over the target, is response·|move|/normal move + noise·z −
    elasticity·ln(base fee/usual base fee) + calm; a block takes at most twice the target. All blocks of a
    step see the same demand. These figures are assumptions.

    Args:
        base_fee_gwei: At the start.
        coin_price: USD per coin that gas is paid in.
        gas_limit: Of a block.
        block_seconds: Time between blocks.
        calm: Log of the demand over the target while the price rests and the base fee is as at the start.
        response: Added per multiple of a normal move.
        normal_vol: Vol whose move in a step counts as normal, decimal.
        noise: Standard deviation of the log of the demand.
        elasticity: By which demand falls as the base fee rises; positive, or the fee has no anchor.
    """

    base_fee_gwei: float = 20.0
    coin_price: float = 3_000.0
    gas_limit: int = 30_000_000
    block_seconds: float = 12.0
    calm: float = -0.08
    response: float = 0.1
    normal_vol: float = 0.6
    noise: float = 0.3
    elasticity: float = 0.3

    def __post_init__(self) -> None:
        for name in ("base_fee_gwei", "coin_price", "block_seconds", "normal_vol", "elasticity"):
            check_positive(getattr(self, name), name.replace("_", " "), "gas")
        if not 0 < self.gas_limit < 2**27:
            raise InputError(
                f"gas limit {self.gas_limit}", place="gas", remedy="give 1 to 134,217,727"
            )

    @property
    def serves_hedgers(self) -> bool:
        """It acts on hedges alone."""
        return True

    def enter(self, world: World) -> "GasState":
        """The base fee at its start."""
        return GasState(self, world.size)

    def open(self, state: "GasState", world: World) -> None:
        """Demand of this step's blocks and the base fee after them."""
        z = world.draws.normals(Stream.CONGESTION)
        normal = self.normal_vol * world.step_years**0.5
        moves = (world.opening_log, world.log_price)
        usual = self.base_fee_gwei * GWEI
        heat = (self.calm, self.response / normal, self.noise, self.elasticity)
        take_demand(z, moves, state.base_fee, state.demand, (usual, *heat))
        used = np.floor(np.minimum(0.5 * state.demand, 1.0) * self.gas_limit)
        state.credit += world.step_years * SECONDS_PER_YEAR / self.block_seconds
        while state.credit > 1.0 - ROUNDING:
            fee = next_base_fees(state.base_fee, used, gas_limit=self.gas_limit, out=state.base_fee)
            state.credit -= 1.0
            np.minimum(np.maximum(fee, 1.0, out=fee), LARGEST_FEE, out=fee)
        np.maximum(state.peak, state.base_fee, out=state.peak)

    def answer(self, state: "GasState", world: World) -> dict[str, Vector]:  # noqa: ARG002
        """The highest base fee."""
        return {"peak_base_fee_gwei": state.peak / GWEI}


class GasState:
    """Base fee in wei and demand over target, per path; ``credit`` counts blocks that are due."""

    def __init__(self, market: GasMarket, size: int) -> None:
        self.base_fee = np.full(size, np.rint(market.base_fee_gwei * GWEI))
        self.demand = np.ones(size)
        self.peak = self.base_fee.copy()
        self.credit = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GasPayer:
    """How a hedger on a chain pays: what a hedge burns, what it tips, how often it fails.

    Args:
        gas_used: By one hedge.
        max_fee_gwei: Most that it offers in all; above it the hedge waits.
        tip_gwei: Priority fee.
        failure: Probability that an included transaction reverts.
        failure_gas: Part of the gas that a reverted one burns.
        tips: What others tip.
    """

    gas_used: float = 250_000.0
    max_fee_gwei: float = 500.0
    tip_gwei: float = 2.0
    failure: float = 0.01
    failure_gas: float = 0.4
    tips: TipMarket = field(default_factory=TipMarket)

    @staticmethod
    def check(world: World, *, payer: str) -> None:
        """Refuses a market without gas.

        Raises:
            InputError: There is none.
        """
        if world.state_of(GasMarket) is None:
            raise InputError(
                "it pays gas but the market has none",
                place=payer,
                remedy="add a GasMarket, or leave gas out",
            )

    def gate(self, rule: HedgeRule, world: World, *, state: "DealerState") -> HedgeRule:
        """The policy's rule where the transaction goes through, and no trade elsewhere."""
        chain = world.state_of(GasMarket)
        wants = np.abs(state.target - state.held(world)) > rule.band
        chance = inclusion_probability(
            self.max_fee_gwei * GWEI,
            chain.base_fee,
            priority_wei=self.tip_gwei * GWEI,
            congestion=chain.demand,
            market=self.tips,
        )
        u = world.draws.uniforms(Stream.INCLUSION + state.account)
        included = u < chance
        reverted = u < chance * self.failure
        state.gas_due = self.cost_usd(world)
        self._charge(
            np.where(reverted & wants, state.gas_due * self.failure_gas, 0.0), world, state
        )
        through = included & ~reverted
        return HedgeRule(
            band=np.where(through, rule.band, np.inf), landing=rule.landing, most=rule.most
        )

    def cost_usd(self, world: World) -> Vector:
        """USD of one hedge at this step's base fee."""
        market = next(m for m, _state in world.markets if isinstance(m, GasMarket))
        chain = world.state_of(GasMarket)
        return gas_cost_usd(
            self.gas_used,
            chain.base_fee,
            priority_wei=self.tip_gwei * GWEI,
            coin_price=market.coin_price,
        )

    def pay(self, world: World, state: "DealerState") -> None:
        """Gas of the hedges that were made in this step."""
        self._charge(np.where(state.filled(world) != 0.0, state.gas_due, 0.0), world, state)

    @staticmethod
    def _charge(usd: Vector, world: World, state: "DealerState") -> None:
        state.gas_paid += usd
        world.accounts.pay(state.account, VENUE, usd)
