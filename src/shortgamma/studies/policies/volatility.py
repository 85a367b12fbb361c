"""What re-hedging costs as the market gets wilder: a power of volatility, or an exponential?

Between trades the distance of a hedge from its target wanders with vol ν = |Γ|σS. With a constant gamma a
fixed interval costs in proportion to ν, a fixed band in proportion to ν² (see
:mod:`shortgamma.hedging.theory`): powers 1 and 2 of σ. A real book, fat tails, lots of friction and own
impact bend that; so both laws are fitted, on logarithms, and compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.curves import Span
from shortgamma.feedback.engine import Progress, Run, simulate_all
from shortgamma.feedback.processes.scaled import Scaled
from shortgamma.feedback.setup import Setup
from shortgamma.studies.policies.candidates import Candidate
from shortgamma.studies.policies.question import wilder
from shortgamma.studies.policies.results import results_of
from shortgamma.studies.simulation import Metric, mean

Vector = NDArray[np.float64]

FACTORS: Final = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
"""Multiples of the vol of the process."""
PATHS: Final = 2_000
"""At most: costs are means with small errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLaw:
    """A law fitted to costs at several vols, by least squares on ln(cost).

    Args:
        power: p of cost ∝ σ^p.
        power_error: Its standard error, from the fit.
        power_misfit: √ of the mean squared error of ln(cost) under it.
        rate: k of cost ∝ e^(kσ), per unit of vol.
        rate_misfit: The same of the exponential.
    """

    power: float
    power_error: float
    power_misfit: float
    rate: float
    rate_misfit: float

    @property
    def is_exponential(self) -> bool:
        """True where the exponential fits better."""
        return self.rate_misfit < self.power_misfit


@dataclass(frozen=True, slots=True, kw_only=True)
class CostCurve:
    """Cost of re-hedging by one policy at several vols.

    Args:
        candidate: The policy, the same at all vols.
        vol: Realised, decimal.
        cost: Mean cost of trading, own impact included, USD.
        law: Fitted; None where a cost is not positive.
    """

    candidate: Candidate
    vol: tuple[float, ...]
    cost: tuple[Metric, ...]
    law: CostLaw | None


def cost_curves(
    setups: Mapping[Candidate, Setup],
    quiet: Setup,
    label: str,
    run: Run,
    *,
    progress: Progress | None = None,
) -> list[CostCurve]:
    """Costs at several vols, each policy in its own market.

    Args:
        setups: Policies and their markets.
        quiet: The market where the hedger does not hedge.
        label: The hedger's name.
        run: Paths, seed, threads.
        progress: Hears the share of the work that was finished.
    """
    span = Span.around(
        max(FACTORS) * quiet.process.annual_vol * quiet.clock.horizon**0.5,
        is_fine=min(agent.first_expiry for agent in quiet.agents) <= quiet.clock.horizon,
    )
    plans = [quiet, *setups.values()]
    markets: list[Setup] = []
    for factor in FACTORS:
        process = Scaled(process=quiet.process, factor=factor)
        markets += [wilder(setup, process, factor=factor, span=span) for setup in plans]
    short = replace(run, paths=min(run.paths, PATHS), keep_every=0)
    outcomes = simulate_all(markets, short, progress=progress)
    rows = [outcomes[i : i + len(plans)] for i in range(0, len(outcomes), len(plans))]
    vols = [float(np.sqrt(row[0].market["realised_variance"].mean())) for row in rows]
    curves: list[CostCurve] = []
    for number, candidate in enumerate(setups, 1):
        costs = [
            mean(results_of(row[number], label, results_of(row[0], label, None).parts).rebalancing)
            for row in rows
        ]
        curves.append(
            CostCurve(
                candidate=candidate, vol=tuple(vols), cost=tuple(costs), law=law_of(vols, costs)
            )
        )
    return curves


def law_of(vol: Sequence[float], cost: Sequence[Metric]) -> CostLaw | None:
    """Both laws through the points; None where a logarithm does not exist."""
    values = np.array([metric.value for metric in cost])
    if not np.all(values > 0.0):
        return None
    logs, vols = np.log(values), np.array(vol)
    power, error, misfit = line(np.log(vols), logs)
    rate, _error, rate_misfit = line(vols, logs)
    return CostLaw(
        power=power, power_error=error, power_misfit=misfit, rate=rate, rate_misfit=rate_misfit
    )


def line(x: Vector, y: Vector) -> tuple[float, float, float]:
    """Slope of the least-squares line, its standard error, and √ of the mean squared residual."""
    centred = x - x.mean()
    slope = float(centred @ y / (centred @ centred))
    residual = y - y.mean() - slope * centred
    squares = float(residual @ residual)
    error = float(np.sqrt(squares / max(x.size - 2, 1) / (centred @ centred)))
    return slope, error, float(np.sqrt(squares / x.size))
