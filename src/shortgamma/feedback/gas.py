"""Hedging on a chain: a base fee that rises with congestion, transactions that wait or fail."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.feedback.depth import check_positive
from shortgamma.feedback.draws import Stream
from shortgamma.feedback.market import Market
from shortgamma.feedback.world import World
from shortgamma.kernels.chain import pay_gas, transact
from shortgamma.kernels.climate import BASE_FEE, GAS_ROWS, PEAK_FEE, make_blocks
from shortgamma.kernels.orders import LEVEL
from shortgamma.venues.gas import WEI_PER_COIN, TipMarket

if TYPE_CHECKING:
    from shortgamma.feedback.agents.dealer import DealerState

Vector = NDArray[np.float64]
GWEI = 1e9
ROUNDING = 1e-9  # of the count of blocks


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

    def demand(self, step_years: float) -> tuple[float, float, float, float, float]:
        """Usual base fee (wei), calm, response per unit of log move, noise and elasticity in a step."""
        normal = self.normal_vol * step_years**0.5
        return self.usual_wei, self.calm, self.response / normal, self.noise, self.elasticity

    @property
    def usual_wei(self) -> float:
        """Base fee at the start."""
        return self.base_fee_gwei * GWEI

    def open(self, state: "GasState", world: World) -> None:
        """Demand of this step's blocks and the base fee after them."""
        blocks = state.blocks_in(world.step_years, self.block_seconds)
        make_blocks(
            world.draws.normals(Stream.CONGESTION),
            (world.opening_log, world.log_price),
            state.rows,
            self.demand(world.step_years),
            (blocks, float(self.gas_limit)),
        )

    def answer(self, state: "GasState", world: World) -> dict[str, Vector]:  # noqa: ARG002
        """The highest base fee."""
        return {"peak_base_fee_gwei": state.rows[PEAK_FEE] / GWEI}


class GasState:
    """Gas on one block of paths.

    Attributes:
        rows: See :mod:`shortgamma.kernels.climate`, shape (GAS_ROWS, n).
        credit: Blocks that are due, a fraction.
    """

    def __init__(self, market: GasMarket, size: int) -> None:
        self.rows = np.ones((GAS_ROWS, size))
        self.rows[[BASE_FEE, PEAK_FEE]] = np.rint(market.usual_wei)
        self.credit = 0.0

    def blocks_in(self, step_years: float, block_seconds: float) -> int:
        """Blocks that are made in a step; the fraction of one waits for the next step."""
        self.credit += step_years * SECONDS_PER_YEAR / block_seconds
        blocks = int(self.credit + ROUNDING)
        self.credit -= blocks
        return blocks


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

    def bid(self, world: World) -> Vector:
        """What :mod:`shortgamma.kernels.chain` needs to know of it."""
        market = next(m for m, _state in world.markets if isinstance(m, GasMarket))
        usd_per_wei = self.gas_used * market.coin_price / WEI_PER_COIN
        return np.array(
            [
                self.max_fee_gwei * GWEI,
                self.tip_gwei * GWEI,
                usd_per_wei,
                usd_per_wei * self.failure_gas,
                self.failure,
                self.tips.median_wei,
                self.tips.steepness,
                self.tips.missed,
            ]
        )

    def gate(self, seen: Vector, world: World, *, state: "DealerState") -> None:
        """Keeps the rule of the hedge where its transaction goes through; no trade elsewhere.

        Args:
            seen: Log price that the hedger acts on, shape (n,).
            world: The market.
            state: Of the hedger.
        """
        chain = world.state_of(GasMarket)
        exchange = world.exchange
        transact(
            exchange.book[:, state.hedge],
            (
                world.draws.uniforms(Stream.INCLUSION + state.account),
                seen,
                chain.rows,
                world.paths[LEVEL],
            ),
            (state.curve.targets.at(world.index + 1), exchange.grid, state.factor),
            self.bid(world),
            world.accounts.cash,
            state.account,
        )

    @staticmethod
    def pay(world: World, state: "DealerState") -> None:
        """Gas of the hedges that were made in this step."""
        own = world.exchange.book[:, state.hedge]
        pay_gas(own, state.filled(world), world.accounts.cash, state.account)
