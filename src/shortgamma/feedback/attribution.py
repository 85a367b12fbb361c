"""Where a hedger's result comes from, step by step; see :mod:`shortgamma.kernels.attribution`."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.world import World
from shortgamma.kernels.attribution import (
    BASIS,
    DELTA,
    EXECUTION,
    GAMMA,
    HELD,
    MARK,
    PART_ROWS,
    PAST_ROWS,
    PRICE,
    TARGET,
    THETA,
    VALUE,
    VEGA,
    add_step,
    step_values,
)
from shortgamma.kernels.orders import LEVEL

Vector = NDArray[np.float64]

NAMES = {
    "gamma_usd": GAMMA,
    "theta_usd": THETA,
    "vega_usd": VEGA,
    "delta_usd": DELTA,
    "execution_usd": EXECUTION,
    "basis_usd": BASIS,
}


class Attribution:
    """The parts of a hedger's result that its costs do not explain.

    Attributes:
        parts: USD so far, shape (PART_ROWS, n).
        past: Value, target, price, mark and hedge as the last step left them, shape (PAST_ROWS, n).
        level: Of vol, as the last step left it, shape (n,).
    """

    def __init__(self, state: Any, world: World) -> None:
        self.parts = np.zeros((PART_ROWS, world.size))
        self.past = np.empty((PAST_ROWS, world.size))
        self.past[VALUE] = state.start_value
        self.past[TARGET] = state.target
        self.past[PRICE] = world.spot
        self.past[MARK] = world.spot
        self.past[HELD] = state.held(world)
        self.level = world.paths[LEVEL].copy()
        self.values = np.empty((4, world.size))

    def add(self, state: Any, world: World) -> None:
        """Adds the step that has just been settled; options that expire in it still count as held."""
        index, curve, span = world.index + 1, state.curve, world.exchange.span
        tables = (curve.values.at(index - 1), curve.values.at(index), curve.targets.at(index))
        level = world.paths[LEVEL]
        step_values(
            tables,
            world.log_price,
            (self.level, level),
            span.lowest,
            1.0 / span.step,
            self.values,
        )
        payoff = state.payoff(world)
        if payoff is not None:
            self.values[1:3] += payoff
        perp = state.dealer.perp
        market = (
            (world.price, world.mark, world.perp_traded)
            if perp
            else (world.price, world.price, world.traded)
        )
        fill, held = state.filled(world), state.held(world)
        add_step(self.values, self.past, self.parts, market, fill, held)
        if payoff is not None:
            self.past[VALUE] -= payoff
        if len(curve.levels.logs) > 1:
            self.level[:] = level

    def figures(self) -> dict[str, Vector]:
        """USD per path."""
        return {name: self.parts[row] for name, row in NAMES.items()}
