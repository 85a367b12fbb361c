"""What a price process is to the engine."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.draws import Draws

Vector = NDArray[np.float64]


class Process(Protocol):
    """An exogenous log price, advanced step by step for a block of paths.

    A process is a frozen value; what changes along a path is in the state that :meth:`start` returns, so
    one process serves many blocks and threads at once.
    """

    @property
    def name(self) -> str:
        """As ``--json`` shows it."""
        ...

    @property
    def annual_vol(self) -> float:
        """√(expected variance of the log price over the first year), decimal; used to scale grids."""
        ...

    def start(self, draws: Draws, years: Vector) -> Any:
        """The state of a block before its first step.

        Args:
            draws: ``draws.size`` paths; ``draws.step`` is 0.
            years: Length of every step of the run, shape (steps,).
        """
        ...

    def advance(self, state: Any, draws: Draws, *, years: float, out: Vector) -> None:
        """Writes the exogenous log move of this step, shape (paths,), into ``out``.

        Args:
            state: From :meth:`start`; changed in place.
            draws: Set to this step.
            years: Length of this step.
            out: Overwritten.
        """
        ...
