"""Fair play: every design at the spread at which it trades as much as the first one, on other paths.

A design that trades little is safe and useless, so designs are compared at equal traded volume. What is
adjusted is the half-spread that every trade pays, on training paths whose seed is not the seed of the
compared paths; then it is fixed. Whether the clients end up paying more is reported beside it.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from shortgamma.feedback.engine import Run, simulate_all
from shortgamma.feedback.outcome import Outcome
from shortgamma.studies.design.question import TRAINING_SEED, DesignQuestion
from shortgamma.studies.design.shocks import ShockSet

ROUNDS = 4
"""Of adjusting; each simulates all designs once."""
ENOUGH = 0.002
"""Distance of the log volumes at which a spread stays."""
LARGEST_STEP = 1.5
"""Vol points by which a spread is moved in one round."""
LARGEST_SPREAD = 50.0
FIRST_SLOPE = -0.5
"""Change of the log volume per vol point, before it is known."""

Told = Callable[[float], None] | None


def committed_spreads(
    question: DesignQuestion, shocks: ShockSet, *, progress: Told = None, offset: int = 0
) -> dict[str, float]:
    """The half-spread of each design, vol points, at which its volume is that of the first design.

    Args:
        question: What is compared.
        shocks: In which market.
        progress: Hears the share that was finished; the shares sum to 1.
        offset: Added to the seed.

    Returns:
        By name. A design whose volume cannot reach that of the first one, even for nothing, has 0.
    """
    base = question.designs[0]
    spreads = {design.name: design.pricing.spread_points for design in question.designs}
    open_ = dict(spreads)
    known: dict[str, list[tuple[float, float]]] = {name: [] for name in spreads}
    wanted = 0.0
    for turn in range(ROUNDS):
        volumes = log_volumes(question, shocks, open_, offset) if open_ else {}
        wanted = volumes[base.name] if turn == 0 else wanted
        for name, volume in volumes.items():
            known[name].append((spreads[name], volume - wanted))
        open_ = {
            name: next_spread(points)
            for name, points in known.items()
            if name in volumes and abs(points[-1][1]) >= ENOUGH
        }
        spreads |= open_
        if progress is not None:
            progress(1.0 / ROUNDS)
    return spreads


def log_volumes(
    question: DesignQuestion, shocks: ShockSet, spreads: Mapping[str, float], offset: int
) -> dict[str, float]:
    """Log of the mean notional that some designs trade on the training paths, by name."""
    run = Run(
        paths=question.training_paths,
        seed=question.seed + TRAINING_SEED + offset,
        threads=1,
        block=question.training_paths,
    )
    setups = question.setups(shocks, spreads)
    outcomes = simulate_all(list(setups.values()), run)
    return {name: log_volume(out) for name, out in zip(setups, outcomes, strict=True)}


def log_volume(outcome: Outcome) -> float:
    """Of the mean notional, USD."""
    return float(np.log(max(outcome.market["pool: notional_usd"].mean(), 1.0)))


def next_spread(points: Sequence[tuple[float, float]]) -> float:
    """Where the line through the last two (spread, excess of the log volume) is zero; 0 at least."""
    spread, excess = points[-1]
    slope = FIRST_SLOPE
    if len(points) > 1 and points[-2][0] != spread:
        slope = min((excess - points[-2][1]) / (spread - points[-2][0]), 0.1 * FIRST_SLOPE)
    step = float(np.clip(-excess / slope, -LARGEST_STEP, LARGEST_STEP))
    return float(np.clip(spread + step, 0.0, LARGEST_SPREAD))
