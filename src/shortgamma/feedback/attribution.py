"""Where a hedger's result comes from, step by step."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.world import World
from shortgamma.kernels.curves import step_values
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
        moved, aged, final, target = self._values(state, world)
        price = world.price
        change = price - self.last_price
        self.gamma += moved - self.last_value + self.last_target * change
        self.theta += aged - moved
        self.vega += final - aged
        self.delta += (self.last_held - self.last_target) * change
        perp = state.dealer.perp
        mark = world.mark if perp else price
        self.execution += state.filled(world) * (
            mark - (world.perp_traded if perp else world.traded)
        )
        if perp:
            self.basis += self.last_held * ((mark - self.last_mark) - change)
            self.last_mark = mark.copy()
        payoff = state.payoff(world)
        self.last_value = final if payoff is None else final - payoff
        self.last_target = target
        self.last_price = price.copy()
        self.last_held = state.held(world).copy()
        self.last_level = world.paths[LEVEL].copy()

    def _values(self, state: Any, world: World) -> NDArray[np.float64]:
        """Rows of :func:`step_values`; what expires is worth its payoff at the end of the step."""
        index, curve, span = world.index + 1, state.curve, world.exchange.span
        out = np.empty((4, world.size))
        tables = (curve.values.at(index - 1), curve.values.at(index), curve.targets.at(index))
        levels = (self.last_level, world.paths[LEVEL])
        step_values(tables, world.log_price, levels, span.lowest, 1.0 / span.step, out)
        payoff = state.payoff(world)
        if payoff is not None:
            out[1:3] += payoff
        return out

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
