"""The same toy market in NumPy and in agentpy: what the simulator's speed is compared with.

One dealer hedges one tabulated book; each minute the price is the fixed point of shock and hedging. NumPy
works on all paths at once with three Newton steps; agentpy has one agent per path, as its users write it.
"""

import numpy as np
from numpy.typing import NDArray

from shortgamma.kernels.curves import add_deltas

Vector = NDArray[np.float64]

NODES = 1_024
REACH = 1.0
MINUTE = 1.0 / 525_600.0
NEWTON_STEPS = 3


class ToyBook:
    """A short book of 200 options on a grid of log prices, and an impact that makes θ = −0.3."""

    def __init__(self) -> None:
        place = np.linspace(-0.3, 0.3, 200)
        table = np.zeros(2 * NODES)
        step = 2.0 * REACH / (NODES - 1)
        width = np.full(200, 0.15)
        add_deltas(-REACH, step, -place, width, np.full(200, 1.0), table)
        self.nodes = -REACH + step * np.arange(NODES)
        self.targets = table[::2].copy()
        self.slopes = table[1::2] / step
        self.impact = 0.3 / float(np.interp(0.0, self.nodes, self.slopes))
        self.start = float(np.interp(0.0, self.nodes, self.targets))


def numpy_paths(book: ToyBook, paths: int, steps: int, vol: float = 0.5) -> Vector:
    """Realised variance per path, of the market and of its counterfactual, shape (2, paths)."""
    generator = np.random.Generator(np.random.Philox(1))
    exogenous, pushed = np.zeros(paths), np.zeros(paths)
    held = np.full(paths, book.start)
    squares = np.zeros((2, paths))
    for _ in range(steps):
        shock = vol * MINUTE**0.5 * generator.standard_normal(paths)
        exogenous += shock
        before = exogenous - shock + pushed
        price = exogenous + pushed
        opening = price.copy()
        for _turn in range(NEWTON_STEPS):
            target = np.interp(price, book.nodes, book.targets)
            slope = np.interp(price, book.nodes, book.slopes)
            excess = opening + book.impact * (target - held) - price
            price += excess / (1.0 - book.impact * slope)
        held = np.interp(price, book.nodes, book.targets)
        pushed = price - exogenous
        squares += np.stack([(price - before) ** 2, shock**2])
    return squares


def agentpy_paths(book: ToyBook, paths: int, steps: int, vol: float = 0.5) -> float:
    """Mean realised variance; one agentpy agent per path."""
    import agentpy  # noqa: PLC0415 - only this column needs it

    class Path(agentpy.Agent):
        def setup(self) -> None:
            self.price, self.held, self.squares = 0.0, book.start, 0.0

        def hedge(self) -> None:
            opening = self.price + vol * MINUTE**0.5 * self.model.nprandom.standard_normal()
            price = opening
            for _turn in range(NEWTON_STEPS):
                target = float(np.interp(price, book.nodes, book.targets))
                slope = float(np.interp(price, book.nodes, book.slopes))
                excess = opening + book.impact * (target - self.held) - price
                price += excess / (1.0 - book.impact * slope)
            self.held = float(np.interp(price, book.nodes, book.targets))
            self.squares += (price - self.price) ** 2
            self.price = price

    class ToyMarket(agentpy.Model):
        def setup(self) -> None:
            self.agents = agentpy.AgentList(self, paths, Path)

        def step(self) -> None:
            self.agents.hedge()

    market = ToyMarket({"steps": steps, "seed": 1})
    market.run(display=False)
    return float(np.mean([agent.squares for agent in market.agents]))
