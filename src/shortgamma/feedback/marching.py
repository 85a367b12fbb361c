"""Takes an ordinary market through many steps at once; see :mod:`shortgamma.kernels.march`."""

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InvariantError
from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.feedback.accounts import TOLERANCE
from shortgamma.feedback.setup import FillPrice
from shortgamma.feedback.world import World
from shortgamma.kernels.march import drift, march

Matrix = NDArray[np.float64]


def can_march(world: World, until: int) -> bool:
    """True where nothing but standing hedges happens in the steps before ``until``."""
    if world.markets or world.exchange.ladders or world.setup.has_perp:
        return False
    if world.setup.depth.line() is None and world.agents:
        return False
    return all(agent.rests(state, world, until=until) for agent, state in world.agents)


def march_on(world: World, steps: range, shocks: Matrix) -> None:
    """Takes the steps, all at once.

    Args:
        world: For which :func:`can_march` holds.
        steps: Their numbers.
        shocks: Exogenous log moves, shape (steps, n).

    Raises:
        InvariantError: Money or coins appeared or vanished.
    """
    if not world.agents:
        drift(shocks, world.paths, world.logs, world.figures)
        world.show_price()
        return
    exchange, accounts, setup = world.exchange, world.accounts, world.setup
    seconds = setup.clock.years[steps.start : steps.stop] * SECONDS_PER_YEAR
    average = 0.5 if setup.fill_price is FillPrice.AVERAGE else 0.0
    per_coin, per_price = setup.depth.line() or (np.inf, 0.0)
    wrong = march(
        shocks,
        (world.paths, world.logs, world.prices, world.figures),
        exchange.book,
        exchange.terms_over(range(steps.start + 1, steps.stop + 1)),
        np.stack([exchange.tables(index + 1) for index in steps]),
        exchange.grid,
        (
            accounts.cash[: accounts.checked],
            accounts.coins[: accounts.checked],
            accounts.turnover,
            accounts.peak,
        ),
        np.array([(order.account, *order.costs.pair) for order in exchange.hedges]),
        0.5 ** (seconds / setup.impact.half_life_seconds),
        np.array(
            [setup.spot, per_coin, per_price, setup.impact.permanent_share, average, TOLERANCE]
        ),
    )
    world.index = steps.stop - 1
    if wrong:
        raise InvariantError(f"cash or coins do not sum to zero on {wrong} path-steps")
