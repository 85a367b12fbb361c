"""What the weekly roll of the vaults does to the market, phase by phase and side by side.

One question: how does realised vol change before the roll, after it and on the day of the expiry, against the
same shocks without hedging, and which part of the arrangement is it due to?
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.engine import Progress, Run, simulate
from shortgamma.feedback.outcome import Outcome
from shortgamma.studies.document import plain
from shortgamma.studies.scenarios.friday_roll import FridayRoll
from shortgamma.studies.scenarios.scenario import Inputs
from shortgamma.studies.simulation import Metric, mean, root_ratio

Vector = NDArray[np.float64]

VAULTS: Final = "vaults"
MAKERS: Final = "market makers"
PHASES: Final = ("before", "after", "expiry")
NEAR: Final = 0.03
"""Log distance to a strike, a day before the expiry, below which a path counts as near."""
LEAST_NEAR: Final = 20
"""Paths near a strike below which nothing is said of them."""

ABLATIONS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "as it is": {},
        "nothing sold before": {"prehedge_share": 0.0},
        "half of the buyers hedge": {"hedged_share": 0.5},
        "nobody hedges": {"hedged_share": 0.0},
        "vaults hedge, buyers do not": {"hedged_share": 0.0, "seller_hedged_share": 1.0},
        "both sides hedge": {"seller_hedged_share": 1.0, "prehedge_share": 0.0},
        "sold at once by quotes": {"auction_hours": 0.0},
        "rolls spread over six days": {"roll_spread_hours": 144.0},
        "bids fall three times as fast": {"bid_fall": 0.3},
        "four fifths of fair or nothing": {"premium_floor": 0.8},
    }
)
"""What is changed in each of the markets that are compared, by name."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VaultRolls:
    """Markets side by side on the same shocks.

    Args:
        scenario: With all its figures, before the changes.
        changes: What was changed in each market, by its name.
        paths, seed: Of the runs.
        figures: Of each market, see :func:`roll_figures`.
    """

    scenario: FridayRoll
    changes: Mapping[str, Mapping[str, Any]]
    paths: int
    seed: int
    figures: Mapping[str, Mapping[str, Metric]]

    def to_dict(self) -> dict[str, object]:
        """As JSON carries it."""
        return {
            "scenario": self.scenario.name,
            "parameters": plain(self.scenario),
            "paths": self.paths,
            "seed": self.seed,
            "markets": {
                name: {
                    "changes": dict(self.changes[name]),
                    "figures": {key: plain(metric) for key, metric in found.items()},
                }
                for name, found in self.figures.items()
            },
        }


def vault_rolls(
    scenario: FridayRoll | None = None,
    changes: Mapping[str, Mapping[str, Any]] = ABLATIONS,
    *,
    run: Run | None = None,
    progress: Progress | None = None,
) -> VaultRolls:
    """Simulates a market of vaults with one thing changed at a time, all on the same random numbers.

    Args:
        scenario: What is changed.
        changes: Figures of the scenario by the name of the market.
        run: Paths, seed, threads.
        progress: Hears the share of the work that was finished; the shares sum to 1.

    Raises:
        InputError: A figure is out of range.
    """
    base, run = scenario or FridayRoll(), run or Run(paths=2_000)
    found: dict[str, Mapping[str, Metric]] = {}
    for name, figures in changes.items():
        market = replace(base, **figures)
        found[name] = roll_figures(simulate(market.build(Inputs()), run))
        if progress is not None:
            progress(1.0 / len(changes))
    return VaultRolls(scenario=base, changes=changes, paths=run.paths, seed=run.seed, figures=found)


def roll_figures(outcome: Outcome) -> dict[str, Metric]:
    """The figures of one market.

    ``vol_…_ratio``: realised vol over that of the same shocks without hedging, before the roll (from the
    presale until the auction ends), after it (until a day before the expiry) and on the day of the expiry;
    ``vol_expiry_near_ratio`` the last on paths within 3 % of a strike a day before; ``pinned`` the share of
    paths within 0.5 % of a strike at the expiry; then what vaults and market makers made and traded, USD.
    """
    market, quiet = outcome.market, outcome.quiet
    found: dict[str, Metric] = {}
    for phase in PHASES:
        name = f"{VAULTS}: vol_{phase}"
        if name in market:
            found[f"vol_{phase}_ratio"] = root_ratio(market[name] ** 2, quiet[name] ** 2)
    near = near_ratio(outcome)
    if near is not None:
        found["vol_expiry_near_ratio"] = near
    if f"{VAULTS}: pinned" in market:
        found["pinned"] = mean(market[f"{VAULTS}: pinned"])
        found["pinned_without"] = mean(quiet[f"{VAULTS}: pinned"])
    for figure in ("pnl_usd", "premium_discount", "unsold_share"):
        found[f"vaults_{figure}"] = mean(market[f"{VAULTS}: {figure}"])
    found["vaults_pnl_usd_without"] = mean(quiet[f"{VAULTS}: pnl_usd"])
    for figure in (
        "pnl_usd",
        "presale_flow_usd",
        "roll_flow_usd",
        "roll_flow_of_volume",
        "peak_usd",
    ):
        if (name := f"{MAKERS}: {figure}") in market:
            found[f"makers_{figure}"] = mean(market[name])
    return found


def near_ratio(outcome: Outcome) -> Metric | None:
    """Vol on the day of the expiry on paths that are near a strike a day before, over that without hedging.

    Near is a path that is so without hedging, so that both sides are the same shocks; None on few paths.
    """
    name = f"{VAULTS}: vol_expiry"
    if name not in outcome.market:
        return None
    near = outcome.quiet[f"{VAULTS}: gap_day_before"] < NEAR
    if near.sum() < LEAST_NEAR:
        return None
    return root_ratio(outcome.market[name][near] ** 2, outcome.quiet[name][near] ** 2)
