"""The price at which a leveraged position is closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.agents.cohort import LeveragedCohort, Positions
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.depth import UsdDepth
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.laws.edges import edge_of
from shortgamma.feedback.laws.law import Estimate, Law, Tolerance, check_parameters
from shortgamma.feedback.laws.shocks import Shock
from shortgamma.feedback.perp import PerpMarket
from shortgamma.feedback.setup import Setup
from shortgamma.venues.liquidation import LiquidationRules, PerpContract

Vector = NDArray[np.float64]

FARTHEST = 10.0
"""Log move within which the price is looked for."""
ROUNDS = 5
DEPTH, NOTIONAL, INSURANCE = 1e9, 1e3, 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class LiquidationPrice(Law):
    """Where equity falls to m times the notional, for an entry at 1.

    Linear: long (1 − 1/L)/(1 − m), short (1 + 1/L)/(1 + m).
    Inverse: long (1 + m)/(1 + 1/L), short (1 − m)/(1 − 1/L).

    Args:
        leverage: L, above 1.
        maintenance: m, from 0 to below 1/L.
        contract: ``linear`` or ``inverse``.
    """

    leverage: float = 10.0
    maintenance: float = 0.0125
    contract: str = "linear"

    name: ClassVar[str] = "liquidation-price"
    default_paths: ClassVar[int] = 1_000
    tolerances: ClassVar[Mapping[str, Tolerance]] = {
        "long": Tolerance(size=1e-6),
        "short": Tolerance(size=1e-6),
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"leverage": 10.0, "maintenance": 0.0125, "contract": "linear"},
        {"leverage": 10.0, "maintenance": 0.01, "contract": "inverse"},
        {"leverage": 40.0, "maintenance": 0.005, "contract": "linear"},
    )
    source: ClassVar[str] = "equity = maintenance; the venues' contract specifications"

    def __post_init__(self) -> None:
        check_parameters(
            self,
            holds=self.contract in set(PerpContract)
            and 1.0 < self.leverage <= 1e4
            and 0.0 <= self.maintenance < 1.0 / self.leverage,
            remedy="give a leverage above 1 (at most 10,000), a maintenance from 0 to below 1/leverage, "
            "and a contract, linear or inverse",
        )

    def expected(self) -> dict[str, float]:
        """The two prices as parts of the entry."""
        margin, m = 1.0 / self.leverage, self.maintenance
        if self.contract == PerpContract.INVERSE:
            return {"long": (1.0 + m) / (1.0 + margin), "short": (1.0 - m) / (1.0 - margin)}
        return {"long": (1.0 - margin) / (1.0 - m), "short": (1.0 + margin) / (1.0 + m)}

    def setup(self, low: float, high: float) -> Setup:
        """One long and one short, and one shock; what is closed does not move spot."""
        rules = LiquidationRules(
            name=self.name,
            contract=PerpContract(self.contract),
            maintenance=self.maintenance,
            source=self.source,
        )
        positions = Positions(
            side=np.array([1.0, -1.0]),
            notional_usd=np.full(2, NOTIONAL),
            entry=np.ones(2),
            leverage=np.full(2, self.leverage),
        )
        return Setup(
            spot=1.0,
            process=Shock(low=low, high=high),
            clock=Clock.even(1, 60.0),
            depth=UsdDepth(usd_per_pct=DEPTH),
            agents=(LeveragedCohort(positions=positions, rules=rules, insurance_usd=INSURANCE),),
            markets=(PerpMarket(depth_usd_per_pct=DEPTH),),
        )

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """The smallest shock that closes the long, and the short, found by narrowing."""
        run = Run(paths=paths, seed=seed, threads=threads)
        found: dict[str, Estimate] = {}
        for name, outer in (("long", -FARTHEST), ("short", FARTHEST)):
            figure = f"leveraged: {name}s_liquidated_share"

            def trial(
                low: float, high: float, figure: str = figure
            ) -> tuple[Vector, NDArray[np.bool_]]:
                market = simulate(self.setup(low, high), run).market
                return market["final"], market[figure] > 0.5

            edge = edge_of(trial, inner=0.0, outer=outer, rounds=ROUNDS)
            price = float(np.exp(edge.value))
            found[name] = Estimate(value=price, standard_error=price * edge.standard_error)
        return found
