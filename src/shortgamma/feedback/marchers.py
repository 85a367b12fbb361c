"""Who takes a market through many steps at once, where a kernel knows everything that happens in them."""

from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.desk_marching import DeskMarch
from shortgamma.feedback.full_marching import FullMarch
from shortgamma.feedback.marching import can_march, march_on
from shortgamma.feedback.world import World


class Marcher(Protocol):
    """What takes a market through many steps at once."""

    def can_take(self, until: int) -> bool:
        """True where nothing that it does not know happens in the steps before ``until``."""
        ...

    def take(self, steps: range, shocks: NDArray[np.float64]) -> None:
        """Takes the steps."""
        ...


def marcher_of(world: World) -> Marcher | None:
    """What takes this market through many steps; None where nothing does."""
    return FullMarch.of(world) or DeskMarch.of(world)


def advance(
    market: World, marcher: Marcher | None, steps: range, shocks: NDArray[np.float64]
) -> None:
    """Takes the steps: as many at once as a kernel knows everything of, the others one by one."""
    start = steps.start
    while start < steps.stop:
        market.index = start
        stop = known_until(market, marcher, range(start, steps.stop))
        part = shocks[start - steps.start : stop - steps.start]
        if stop == start + 1:
            market.step(start, part[0])
        elif marcher is not None:
            marcher.take(range(start, stop), part)
        else:
            march_on(market, range(start, stop), part)
        start = stop


def known_until(market: World, marcher: Marcher | None, steps: range) -> int:
    """The step before which a kernel knows everything; the second one where it does not know the first two.

    Only expiries are unknown for a while: what is known of many steps is known of fewer.
    """
    known = partial(can_march, market) if marcher is None else marcher.can_take
    if len(steps) > 1 and known(steps.stop):
        return steps.stop
    stop = steps.start + 1
    while stop + 1 < steps.stop and known(stop + 1):
        stop += 1
    return stop
