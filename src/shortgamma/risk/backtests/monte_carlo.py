"""p-values that are right for any length of the series: the rank among simulated statistics.

Under the null hypothesis breaches are independent with the promised chance. N simulated series give N
statistics; with the observed one among them, all N + 1 ranks are equally likely, ties broken at random. Hence
p = (number at least as large + 1)/(N + 1) rejects at exactly its level where α·(N + 1) is a whole number.

Source: J.-M. Dufour (2006), "Monte Carlo tests with nuisance parameters", doi:10.1016/j.jeconom.2005.06.007;
P. Christoffersen, D. Pelletier (2004), doi:10.1093/jjfinec/nbh004 (used for backtests).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.risk.backtests.likelihood import ratios

Vector = NDArray[np.float64]

DRAWS: Final = 9_999
"""Simulated series: with the observed one 10,000."""
SEED: Final = 7
CELLS: Final = 4_000_000
"""Draws that are held in memory together."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HitNull:
    """Statistics of series whose breaches are independent with the promised chance.

    Args:
        observations: T.
        probability: p.
        statistics: By name, sorted ascending, shape (draws,) each.
    """

    observations: int
    probability: float
    statistics: Mapping[str, Vector]


@lru_cache(maxsize=64)
def hit_null(
    observations: int, probability: float, *, draws: int = DRAWS, seed: int = SEED
) -> HitNull:
    """The null of series of that length; kept for the next question.

    Args:
        observations: T, 2 or more.
        probability: p.
        draws: How many series.
        seed: Of all of them.
    """
    rng = np.random.default_rng(seed)
    found: dict[str, list[Vector]] = {}
    rows = max(CELLS // observations, 1)
    for first in range(0, draws, rows):
        hits = rng.random((min(rows, draws - first), observations)) < probability
        for name, values in ratios(hits, probability).items():
            found.setdefault(name, []).append(values)
    return HitNull(
        observations=observations,
        probability=probability,
        statistics={name: np.sort(np.concatenate(parts)) for name, parts in found.items()},
    )


def rank_p_value(observed: float, simulated: Vector, *, rng: np.random.Generator) -> float:
    """p-value of a statistic that is large where the hypothesis is false.

    Args:
        observed: The statistic.
        simulated: The same under the hypothesis, sorted ascending, shape (N,).
        rng: Breaks ties.
    """
    near = 1e-9 * max(abs(observed), 1.0)
    low = int(np.searchsorted(simulated, observed - near, side="left"))
    high = int(np.searchsorted(simulated, observed + near, side="right"))
    tied = high - low
    above = simulated.size - high
    won = int(rng.integers(0, tied + 1))
    return (above + won + 1) / (simulated.size + 1)
