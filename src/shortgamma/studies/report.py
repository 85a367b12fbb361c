"""The main job: what a chain says about the gamma of the system, and what hedging it does to the price."""

from dataclasses import dataclass

import numpy as np

from shortgamma.feedback.engine import Progress
from shortgamma.market.chain import Chain
from shortgamma.market.history import PriceHistory
from shortgamma.studies.ensemble.ensemble import ensemble
from shortgamma.studies.exposure import Exposure
from shortgamma.studies.scenarios.books import held_book
from shortgamma.studies.scenarios.leveraged import LiquidationCascade
from shortgamma.studies.scenarios.scenario import Inputs
from shortgamma.studies.simulation import Simulation, answer, job_of

USUAL_YEARS = 30.0 / 365.0
"""Time to expiry at which the vol of a chain is read."""
FALLBACK_VOL = 0.5
SEED = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Report:
    """Both halves.

    Args:
        exposure: The measured market.
        simulation: A day of that market, with the dealers' book hedged and without.
    """

    exposure: Exposure
    simulation: Simulation

    def to_dict(self) -> dict[str, object]:
        """The answer as ``--json`` prints it: the exposure, with the simulation below its own key."""
        return self.exposure.to_dict() | {"simulation": self.simulation.to_dict()}


def full_report(
    exposure: Exposure,
    *,
    history: PriceHistory | None = None,
    paths: int = 10_000,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Adds a simulated day of the measured book to an exposure.

    Spot and a perpetual with a balanced leveraged crowd; the dealers hedge in the perpetual in every minute;
    depth withdraws as the market gets wilder. The exogenous price is a geometric Brownian motion at the
    chain's own vol, or a bootstrap of ``history``. All of it are assumptions that the page names.

    Args:
        exposure: The measured market.
        history: Prices from which the exogenous moves are drawn.
        paths: How many.
        workers: None is one per core.
        progress: Hears the share of the work that was finished; the shares sum to 1.

    Raises:
        InputError: The figures contradict each other.
    """
    chain = exposure.chain
    scenario = LiquidationCascade(
        vol=usual_vol(chain),
        process="gbm" if history is None else "bootstrap",
        depth_usd_per_pct=exposure.assumptions.depth_usd_per_pct,
        long_share=0.5,
        median_leverage=10.0,
    )
    inputs = Inputs(book=held_book(chain, exposure.positioning), history=history)
    job = job_of(scenario, inputs, paths=paths, seed=SEED)
    with ensemble([job], workers=workers, progress=progress) as outcomes:
        return Report(exposure=exposure, simulation=answer(job, outcomes[0]))


def usual_vol(chain: Chain) -> float:
    """Vol of the option nearest to a month and to the forward, decimal."""
    options = chain.options
    distance = np.abs(np.log(options.strike / options.forward))
    distance += np.abs(np.log(np.maximum(options.years, 1e-6) / USUAL_YEARS))
    return float(options.vol[np.argmin(distance)]) if len(options) else FALLBACK_VOL
