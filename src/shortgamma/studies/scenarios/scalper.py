"""A fast trader who is long short-dated gamma: seconds, latency, fees of a maker and of a taker."""

from dataclasses import dataclass
from typing import ClassVar

from shortgamma.studies.scenarios.books import HeldBook, wall_book
from shortgamma.studies.scenarios.desk import RehedgedBook
from shortgamma.studies.scenarios.scenario import Inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalper(RehedgedBook):
    """One desk holds options that expire soon, bought below the vol that then comes.

    Args:
        implied_vol: That the bundled options were bought at, decimal per √year (A).
        days: To their expiry (A).
    """

    name: ClassVar[str] = "scalper"
    summary: ClassVar[str] = "a long-gamma desk re-hedges one-day options in steps of a second"

    process: str = "gbm"
    vol: float = 0.6
    implied_vol: float = 0.5
    steps: int = 7_200
    step_seconds: float = 1.0
    theta: float = 0.004
    options: int = 5
    days: float = 1.0
    policy: str = "band:width=2.7,landing=edge"
    latency_seconds: float = 1.0
    lot: float = 0.001
    patience_seconds: float = 10.0

    def held(self, inputs: Inputs) -> HeldBook:
        """The given book, or options in strikes around spot at ``implied_vol``."""
        return inputs.book or wall_book(
            spot=self.spot,
            vol=self.implied_vol,
            wall=0.0,
            days=self.days,
            gamma_usd_per_pct=self.theta * self.depth_usd_per_pct,
            strikes=self.options,
        )
