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
    PRICE,
    TARGET,
    THEN,
    THETA,
    VALUE,
    VEGA,
    add_step,
    step_values,
)
from shortgamma.kernels.orders import LEVEL, PARTS, PAST

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
    """The parts of a hedger's result that its costs do not explain, in the rows of its hedge."""

    def __init__(self, state: Any, world: World) -> None:
        past = world.exchange.book[PAST:, state.hedge]
        past[VALUE] = state.start_value
        past[TARGET] = state.target
        past[[PRICE, MARK]] = world.spot
        past[HELD] = state.held(world)
        past[THEN] = world.paths[LEVEL]
        self.values = np.empty((4, world.size))

    def add(self, state: Any, world: World) -> None:
        """Adds the step that has just been settled; options that expire in it still count as held."""
        index, curve, exchange = world.index + 1, state.curve, world.exchange
        tables = (curve.values.at(index - 1), curve.values.at(index), curve.targets.at(index))
        own, level = exchange.book[:, state.hedge], world.paths[LEVEL]
        step_values(tables, world.log_price, (own[PAST + THEN], level), exchange.grid, self.values)
        payoff = state.payoff(world)
        if payoff is not None:
            self.values[1:3] += payoff / state.factor
        perp = state.dealer.perp
        market = (
            (world.price, world.mark, world.perp_traded, level)
            if perp
            else (world.price, world.price, world.traded, level)
        )
        add_step(self.values, own, market, state.filled(world), state.factor)
        if payoff is not None:
            own[PAST + VALUE] -= payoff

    @staticmethod
    def figures(state: Any, world: World) -> dict[str, Vector]:
        """USD per path."""
        own = world.exchange.book[:, state.hedge]
        return {name: own[PARTS + row].copy() for name, row in NAMES.items()}
