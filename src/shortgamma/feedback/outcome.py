"""What a run leaves: figures per path of the market and of its counterfactual."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.setup import Setup
from shortgamma.feedback.world import World
from shortgamma.kernels.orders import COLLAPSED, HALTED, STATUS
from shortgamma.kernels.settlement import (
    DRY,
    HIGHEST,
    LOWEST_LOG,
    SQUARES,
    WIDEST_PUSH,
    WIDEST_STEP,
)

if TYPE_CHECKING:
    from shortgamma.feedback.engine import Run

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paths:
    """Figures of the paths of one block; each array has shape (n,).

    Args:
        market, quiet: By name, in the market and in the counterfactual.
        log_prices: ln(price/initial spot) of both at the kept steps, shape (kept, 2, n).
    """

    market: dict[str, Vector]
    quiet: dict[str, Vector]
    log_prices: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """Figures of all paths, in their order; each array has shape (paths,).

    Common to both markets: ``realised_variance`` (per year, from all steps), ``highest`` and ``lowest``
    (log price relative to the initial spot), ``final`` (the same at the end), ``widest_step`` and
    ``widest_push`` (largest log move of a step, and the part of it that orders made), ``halted``,
    ``collapsed`` and ``dry_steps``. An agent's own figures follow as ``name: figure``.

    Args:
        setup: What was simulated.
        paths, seed, keep_every: How.
        market: The figures of the market, by name.
        quiet: Those of the counterfactual.
        log_prices: Of both at the kept steps, shape (kept, 2, paths); an ensemble keeps those of its first
            paths only.
    """

    setup: Setup
    paths: int
    seed: int
    keep_every: int
    market: Mapping[str, Vector]
    quiet: Mapping[str, Vector]
    log_prices: NDArray[np.float64]


def figures_of(world: World) -> dict[str, Vector]:
    """The figures of one market at its end."""
    figures = world.figures
    status = world.paths[STATUS]
    found: dict[str, Any] = {
        "realised_variance": figures[SQUARES] / world.setup.clock.horizon,
        "highest": figures[HIGHEST],
        "lowest": figures[LOWEST_LOG],
        "final": world.log_price.copy(),
        "widest_step": figures[WIDEST_STEP],
        "widest_push": figures[WIDEST_PUSH],
        "halted": status == HALTED,
        "collapsed": status == COLLAPSED,
        "dry_steps": figures[DRY],
    }
    for market, state in world.markets:
        found |= market.answer(state, world)
    for agent, state in world.agents:
        found |= {f"{agent.name}: {k}": v for k, v in agent.answer(state, world).items()}
    return found


def gather(world: World, twin: World, kept: list[NDArray[np.float64]]) -> Paths:
    """What one block leaves."""
    return Paths(
        market=figures_of(world),
        quiet=figures_of(twin),
        log_prices=np.stack(kept) if kept else np.zeros((0, 2, world.size)),
    )


def join(setup: Setup, run: "Run", blocks: Iterable[Paths]) -> Outcome:
    """All blocks as one outcome; the first ones may have kept prices and the others none."""
    parts = list(blocks)
    kept = [part.log_prices for part in parts if len(part.log_prices)]
    return Outcome(
        setup=setup,
        paths=run.paths,
        seed=run.seed,
        keep_every=run.keep_every,
        market=together([part.market for part in parts]),
        quiet=together([part.quiet for part in parts]),
        log_prices=np.concatenate(kept, axis=2) if kept else np.zeros((0, 2, run.paths)),
    )


def together(parts: list[dict[str, Vector]]) -> dict[str, Vector]:
    """Arrays of the same name one after the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
