"""Where a hedger's result comes from, step by step."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.world import World
from shortgamma.kernels.orders import LEVEL

Vector = NDArray[np.float64]


class Attribution:
    """The parts of a hedger's result that its costs do not explain.

    A step from (S0, t0, vol0) to (S1, t1, vol1) with hedge h0 before it and h1 = h0 + q after it::

        gamma     V(S1, t0, vol0) − V(S0, t0, vol0) + target0·(S1 − S0)
        theta     V(S1, t1, vol0) − V(S1, t0, vol0)
        vega      V(S1, t1, vol1) − V(S1, t1, vol0)
        delta     (h0 − target0)·(S1 − S0)            the part of the delta that was not hedged
        execution q·(S1 − what the trade paid)        the move that its own step still brings

    where target0 = −Δ(S0, t0, vol0). With costs, gas, funding and basis they sum to the result.
    """

    def __init__(self, state: Any, world: World) -> None:
        size = world.size
        self.gamma, self.theta, self.vega = np.zeros(size), np.zeros(size), np.zeros(size)
        self.delta, self.execution, self.basis = np.zeros(size), np.zeros(size), np.zeros(size)
        self.last_price = np.full(size, world.spot)
        self.last_log = np.zeros(size)
        self.last_level = world.paths[LEVEL].copy()
        self.last_value = state.start_value.copy()
        self.last_held = state.held(world).copy()
        self.last_target = state.target.copy()
        self.last_mark = np.full(size, world.spot)

    def add(self, state: Any, world: World) -> None:
        """Adds the step that has just been settled; options that expire in it still count as held."""
        index = world.index + 1
        price, log_price = world.price, world.log_price
        now_level = world.paths[LEVEL].copy()
        world.paths[LEVEL] = self.last_level
        moved = state.value(index - 1, world, log_price)
        aged = state.value(index, world, log_price) + self._expired(state, world, index)
        world.paths[LEVEL] = now_level
        final = state.value(index, world, log_price)
        change = price - self.last_price
        self.gamma += moved - self.last_value + self.last_target * change
        self.theta += aged - moved
        self.vega += final - aged + self._expired(state, world, index)
        self.delta += (self.last_held - self.last_target) * change
        filled = state.filled(world)
        paid = world.perp_traded if state.dealer.perp else world.traded
        mark = world.mark if state.dealer.perp else price
        self.execution += filled * (price - paid + (mark - price))
        self.basis += self.last_held * ((mark - self.last_mark) - change)
        self._remember(state, world, final, mark)

    def _expired(self, state: Any, world: World, index: int) -> Vector:
        payoff = state.curve.settlement(index)
        return (
            np.zeros(world.size) if payoff is None else state.read(payoff, world, world.log_price)
        )

    def _remember(self, state: Any, world: World, value: Vector, mark: Vector) -> None:
        state.look(state.curve.targets.at(world.index + 1), world, world.log_price)
        self.last_target = state.target.copy()
        self.last_value = value
        self.last_price = world.price.copy()
        self.last_mark = mark.copy()
        self.last_held = state.held(world).copy()
        self.last_level = world.paths[LEVEL].copy()

    def parts(self, state: Any, world: World) -> dict[str, Vector]:  # noqa: ARG002
        """USD per path."""
        return {
            "gamma_usd": self.gamma,
            "theta_usd": self.theta,
            "vega_usd": self.vega,
            "delta_usd": self.delta,
            "execution_usd": self.execution,
            "basis_usd": self.basis,
        }
