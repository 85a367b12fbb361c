"""What a run leaves: figures per path of the market and of its counterfactual."""

from collections.abc import Iterable, Mapping, Sequence
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
Cube = NDArray[np.float64]
LOG_PRICE = "log_price"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paths:
    """Figures of the paths of one block; each array has shape (n,).

    Args:
        market, quiet: By name, in the market and in the counterfactual.
        kept: By name, both markets at the kept steps, shape (kept, 2, n): LOG_PRICE, and what markets and
            agents show over time. Empty where nothing was kept.
    """

    market: dict[str, Vector]
    quiet: dict[str, Vector]
    kept: dict[str, Cube]


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
    kept: Mapping[str, Cube]

    @property
    def log_prices(self) -> Cube:
        """ln(price/initial spot) of both markets at the kept steps, shape (kept, 2, n)."""
        return self.kept.get(LOG_PRICE, np.zeros((0, 2, self.paths)))

    @property
    def timelines(self) -> dict[str, Cube]:
        """What markets and agents show over time, at the same steps."""
        return {name: rows for name, rows in self.kept.items() if name != LOG_PRICE}


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


def shown(world: World) -> dict[str, Vector]:
    """What is followed over time, as it stands."""
    found = {LOG_PRICE: world.log_price.copy()}
    for item, state in (*world.markets, *world.agents):
        for name, values in item.shows(state, world).items():
            found[name] = found[name] + values if name in found else values
    return found


def pictured(world: World, twin: World) -> dict[str, NDArray[np.float64]]:
    """The same of both markets, shape (2, n); NaN where the counterfactual does not have it."""
    market, quiet = shown(world), shown(twin)
    nothing = np.full(world.size, np.nan)
    return {name: np.stack([rows, quiet.get(name, nothing)]) for name, rows in market.items()}


def gather(world: World, twin: World, kept: list[dict[str, NDArray[np.float64]]]) -> Paths:
    """What one block leaves."""
    names = kept[0] if kept else ()
    return Paths(
        market=figures_of(world),
        quiet=figures_of(twin),
        kept={name: np.stack([picture[name] for picture in kept]) for name in names},
    )


def join(setup: Setup, run: "Run", blocks: Iterable[Paths]) -> Outcome:
    """All blocks as one outcome; the first ones may have kept prices and the others none."""
    parts = list(blocks)
    return Outcome(
        setup=setup,
        paths=run.paths,
        seed=run.seed,
        keep_every=run.keep_every,
        market=together([part.market for part in parts]),
        quiet=together([part.quiet for part in parts]),
        kept=side_by_side([part.kept for part in parts]),
    )


def together(parts: list[dict[str, Vector]]) -> dict[str, Vector]:
    """Arrays of the same name one after the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def side_by_side(parts: Sequence[Mapping[str, Cube]]) -> dict[str, Cube]:
    """What the blocks kept, path by path; blocks that kept nothing are passed over."""
    kept = [part for part in parts if part]
    names = kept[0] if kept else ()
    return {name: np.concatenate([part[name] for part in kept], axis=2) for name in names}
