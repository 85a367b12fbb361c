"""How the level of implied vol answers to the market."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.feedback.curves import VolLevels
from shortgamma.feedback.depth import check_positive
from shortgamma.feedback.market import Market
from shortgamma.feedback.world import World
from shortgamma.kernels.climate import move_multiple
from shortgamma.kernels.orders import LEVEL

Vector = NDArray[np.float64]

LOWEST, HIGHEST, COUNT = -0.8, 1.6, 13
"""Log multiples of today's vols on which hedges are tabulated: 45 % to 495 % of them."""


def reacting_levels() -> VolLevels:
    """Vol levels wide enough for :class:`ReactingVol`."""
    return VolLevels(logs=np.linspace(LOWEST, HIGHEST, COUNT))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactingVol(Market):
    """All implied vols move together, by a log multiple m that is drawn to where the market is.

    m tends to ½·to_realised·ln(realised variance/reference²) + to_spot·ln(S/S0), at an exponential rate.

    Args:
        reference_vol: Realised vol at which today's implied vols are fair, decimal.
        to_realised: Elasticity of implied to realised vol.
        to_spot: Change of ln vol per unit of ln spot; negative where vol rises as the price falls.
        half_life_seconds: In which half of the gap closes.
    """

    reference_vol: float
    to_realised: float = 0.3
    to_spot: float = -0.5
    half_life_seconds: float = 3_600.0

    def __post_init__(self) -> None:
        check_positive(self.reference_vol, "reference vol", "vol")
        check_positive(self.half_life_seconds, "half-life", "vol")
        if not (np.isfinite(self.to_realised) and np.isfinite(self.to_spot)):
            raise InputError("elasticities must be finite", place="vol", remedy="give numbers")

    @property
    def serves_hedgers(self) -> bool:
        """It acts on hedges alone."""
        return True

    def enter(self, world: World) -> Vector:
        """The log multiple, 0 on every path."""
        multiple = np.zeros(world.size)
        world.paths[LEVEL] = world.setup.levels.position(multiple)
        return multiple

    def open(self, state: Vector, world: World) -> None:
        """Moves the level of vol before anyone hedges."""
        market = (world.variance, world.opening_log)
        rule = self.rule(world.step_years)
        move_multiple(state, world.paths[LEVEL], market, rule, world.setup.levels.ends)

    def rule(self, step_years: float) -> tuple[float, float, float, float]:
        """Reference variance, elasticities to variance and to spot, weight of the old multiple in a step."""
        keep = 0.5 ** (step_years * SECONDS_PER_YEAR / self.half_life_seconds)
        return self.reference_vol**2, 0.5 * self.to_realised, self.to_spot, keep

    def answer(self, state: Vector, world: World) -> dict[str, Vector]:  # noqa: ARG002
        """The multiple of all vols at the end."""
        return {"final_multiple": np.exp(state)}
