"""A delta-hedged option over one short step loses or gains z² − 1."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.depth import CoinDepth
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import NO_COSTS
from shortgamma.feedback.laws.law import Estimate, Law, Tolerance, check_parameters, mean_of
from shortgamma.feedback.laws.options import call
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import Setup
from shortgamma.hedging.theory import one_step

Vector = NDArray[np.float64]

SPOT = 100.0
YEARS = 30.0 / DAYS_PER_YEAR
SHORTNESS = 1e-6
"""Length of the step as a part of the option's life: terms of higher order are some 0.1 % of the loss."""
LEAST_WIDTH, MOST_WIDTH = 0.01, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OneStep(Law):
    """Distribution of the loss on one sold call with strike at spot and 30 days to live.

    The loss is ½|Γ|σ²S²Δt·(z² − 1), whose shape depends on nothing.

    Args:
        vol: Decimal per √year, 4 % to 340 %; the figures do not depend on it.
    """

    vol: float = 0.6

    name: ClassVar[str] = "one-step"
    default_paths: ClassVar[int] = 600_000
    tolerances: ClassVar[Mapping[str, Tolerance]] = {
        "loss_probability": Tolerance(size=0.01),
        "skew": Tolerance(size=0.05),
        "excess_kurtosis": Tolerance(size=0.12),
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"vol": 0.6},
        {"vol": 0.2},
        {"vol": 1.5},
    )
    source: ClassVar[str] = "Boyle and Emanuel (1980), doi:10.1016/0304-405X(80)90003-3"

    def __post_init__(self) -> None:
        check_parameters(
            self,
            holds=LEAST_WIDTH <= self.vol * YEARS**0.5 <= MOST_WIDTH,
            remedy="give a vol of 0.04 to 3.4",
        )

    def expected(self) -> dict[str, float]:
        """P(z² > 1), 2√2 and 12."""
        law = one_step()
        return {
            "loss_probability": law.loss_probability,
            "skew": law.skew,
            "excess_kurtosis": law.excess_kurtosis,
        }

    def setup(self, *, quantity: float = -1.0) -> Setup:
        """The market of the law; a bought option, which loses when little happens, breaks it."""
        dealer = Dealer(
            options=call(spot=SPOT, strike=SPOT, vol=self.vol, years=YEARS),
            quantity=np.array([quantity]),
            costs=NO_COSTS,
        )
        return Setup(
            spot=SPOT,
            process=Gbm(vol=self.vol),
            clock=Clock(years=np.array([SHORTNESS * YEARS])),
            depth=CoinDepth(log_move_per_coin=0.0),
            agents=(dealer,),
        )

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:
        """Share of losses, and the standardised moments of the loss."""
        outcome = simulate(self.setup(), Run(paths=paths, seed=seed, threads=threads))
        return shape_of(-outcome.market["dealer: pnl_usd"])


def shape_of(loss: Vector) -> dict[str, Estimate]:
    """Share above 0, skew and excess kurtosis; errors from the influence that each value has on them.

    With z the standardised loss, the influence on the skew s is z³ − s − 3z − (3/2)s·(z² − 1) and on the
    kurtosis k it is z⁴ − k − 4s·z − 2k·(z² − 1).
    """
    z = (loss - loss.mean()) / loss.std()
    skew, kurtosis = float((z**3).mean()), float((z**4).mean())
    on_skew = z**3 - skew - 3.0 * z - 1.5 * skew * (z * z - 1.0)
    on_kurtosis = z**4 - kurtosis - 4.0 * skew * z - 2.0 * kurtosis * (z * z - 1.0)
    return {
        "loss_probability": mean_of((loss > 0.0).astype(np.float64)),
        "skew": Estimate(value=skew, standard_error=mean_of(on_skew).standard_error),
        "excess_kurtosis": Estimate(
            value=kurtosis - 3.0, standard_error=mean_of(on_kurtosis).standard_error
        ),
    }
