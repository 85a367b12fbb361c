"""The gamma of the system: who is short, how much per 1 %, where it flips, what that does to volatility."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.time import format_stamp
from shortgamma.basics.units import DAYS_PER_YEAR, NANOSECONDS_PER_YEAR
from shortgamma.exposure.confidence import Confidence, Sampling, assess
from shortgamma.exposure.dynamics import FittedSurface, SmileDynamics, StickyDelta, StickyStrike
from shortgamma.exposure.feedback import Feedback, feedback
from shortgamma.exposure.holders import System, system_gamma
from shortgamma.exposure.positioning import (
    DealerLong,
    DealerShort,
    Naive,
    Positioning,
    PositioningModel,
)
from shortgamma.exposure.profile import Grid, Profile, gamma_profile
from shortgamma.exposure.totals import (
    Breakdown,
    Heatmap,
    Totals,
    Walls,
    breakdown,
    find_walls,
    heatmap,
    total_exposure,
)
from shortgamma.exposure.unit import unit_exposure
from shortgamma.market.chain import Chain
from shortgamma.market.options import OptionSeries
from shortgamma.market.surface import Surface, fit_surface
from shortgamma.studies.assumptions import Assumptions
from shortgamma.studies.document import plain, plain_mapping, rows_of

Vector = NDArray[np.float64]

METHOD = "1"
"""Version of the method; a stored result with another one is not comparable."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelRow:
    """The same chain under another positioning: how much the sign assumption decides.

    Args:
        positioning: Signed holdings under that model.
        gamma_usd_per_pct: Net.
        profile: Its gamma profile.
    """

    positioning: Positioning
    gamma_usd_per_pct: float
    profile: Profile


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exposure:
    """The answer, with the chain and every assumption it rests on; see the rooms' types for units."""

    chain: Chain
    positioning: Positioning
    assumptions: Assumptions
    totals: Totals
    by_strike: Breakdown
    by_expiry: Breakdown
    heatmap: Heatmap
    walls: Walls
    profile: Profile
    confidence: Confidence
    system: System
    feedback: Feedback
    surface: Surface
    models: tuple[ModelRow, ...]

    def to_dict(self) -> dict[str, object]:
        """The answer as ``--json`` prints it."""
        return {
            **origin_document(self.chain, self.positioning),
            "assumptions": plain(self.assumptions),
            **plain_mapping(self.totals),
            "flips": plain(self.profile.flips),
            "flip_status": self.profile.flip_status.value,
            "walls": plain(self.walls),
            "by_strike": rows_of(self.by_strike, "strike", self.by_strike.key.tolist()),
            "by_expiry": rows_of(self.by_expiry, "expiry", stamps(self.chain, self.by_expiry.key)),
            "heatmap": {
                **plain_mapping(self.heatmap),
                "expiry": stamps(self.chain, self.heatmap.expiry),
            },
            "profile": {k: v for k, v in plain_mapping(self.profile).items() if "flip" not in k},
            "feedback": feedback_document(self.feedback),
            "confidence": plain(self.confidence),
            "holders": plain(self.system),
            "surface": surface_document(self.chain, self.surface),
            "models": [model_document(row) for row in self.models],
        }


def exposure(
    chain: Chain, model: PositioningModel, assumptions: Assumptions | None = None
) -> Exposure:
    """Measures the gamma of the system.

    Args:
        chain: Quotes and open interest of one underlying.
        model: Who holds the other side.
        assumptions: Depth, grid, smile dynamics, time roll, draws.

    Raises:
        InputError: Nothing is left of the chain after the roll.
    """
    assumptions = assumptions or Assumptions()
    positioning = model.position(chain)
    if assumptions.days_ahead > 0.0:
        chain, positioning = roll(chain, positioning, assumptions.days_ahead)
    options, quantity, grid = chain.options, positioning.quantity, assumptions.grid
    unit = unit_exposure(options)
    interest = chain.open_interest
    grouped = partial(
        breakdown, is_call=options.is_call, unit=unit, quantity=quantity, open_interest=interest
    )
    totals = total_exposure(options, unit, quantity=quantity, open_interest=interest)
    by_strike = grouped(options.strike)
    surface = fit_surface(options)
    sampling = Sampling(draws=assumptions.draws, seed=assumptions.seed)
    return Exposure(
        chain=chain,
        positioning=positioning,
        assumptions=assumptions,
        totals=totals,
        by_strike=by_strike,
        by_expiry=grouped(options.expiry),
        heatmap=heatmap(options, unit, quantity=quantity),
        walls=find_walls(by_strike),
        profile=repriced(chain, positioning, assumptions, surface),
        confidence=assess(
            options, positioning, spot=chain.spot, unit=unit, grid=grid, sampling=sampling
        ),
        system=system_gamma(positioning, unit),
        feedback=answer_of_market(options, quantity, totals, assumptions),
        surface=surface,
        models=compare_models(chain, positioning, grid),
    )


def repriced(
    chain: Chain, positioning: Positioning, assumptions: Assumptions, surface: Surface
) -> Profile:
    """The gamma profile under the assumed smile dynamics."""
    return gamma_profile(
        chain.options,
        positioning.quantity,
        spot=chain.spot,
        dynamics=smile_dynamics(assumptions.dynamics, surface),
        days_ahead=assumptions.days_ahead,
        grid=assumptions.grid,
    )


def answer_of_market(
    options: OptionSeries, quantity: Vector, totals: Totals, assumptions: Assumptions
) -> Feedback:
    """What the hedging of the book does at the assumed depth."""
    return feedback(
        options,
        quantity,
        gamma_usd_per_pct=totals.gamma_usd_per_pct,
        depth_usd_per_pct=assumptions.depth_usd_per_pct,
        grid=assumptions.grid,
    )


def roll(chain: Chain, positioning: Positioning, days: float) -> tuple[Chain, Positioning]:
    """Chain and holdings after ``days`` calendar days on today's forwards and vols."""
    later = chain.rolled(days)
    if len(later) == 0:
        raise InputError(
            f"every option expires within {days:g} days", place="--ahead", remedy="look less far"
        )
    alive = chain.options.years > days / DAYS_PER_YEAR
    held = replace(
        positioning,
        quantity=positioning.quantity[alive],
        unknown=positioning.unknown[alive],
        holdings=positioning.holdings[:, alive],
    )
    return later, held


def smile_dynamics(name: str, surface: Surface) -> SmileDynamics:
    """The assumption of that name; ``Assumptions`` admits no other."""
    match name:
        case "sticky-delta":
            return StickyDelta()
        case "surface":
            return FittedSurface(surface)
        case _:
            return StickyStrike()


def compare_models(chain: Chain, chosen: Positioning, grid: Grid) -> tuple[ModelRow, ...]:
    """The chosen positioning beside the three rules: the sign assumption decides everything."""
    unit = unit_exposure(chain.options)
    rules = [rule.position(chain) for rule in (Naive(), DealerShort(), DealerLong())]
    candidates = [chosen, *(rule for rule in rules if rule.model != chosen.model)]
    return tuple(
        ModelRow(
            positioning=held,
            gamma_usd_per_pct=float(held.quantity @ unit.gamma_usd_per_pct),
            profile=gamma_profile(chain.options, held.quantity, spot=chain.spot, grid=grid),
        )
        for held in candidates
    )


def quarantine_counts(chain: Chain, positioning: Positioning) -> dict[str, int]:
    """How many rows of all files were put aside for each reason, the commonest first."""
    failures = (*chain.quarantined, *positioning.quarantined)
    return dict(Counter(failure.reason.value for failure in failures).most_common())


def stamps(chain: Chain, expiries: NDArray[Any]) -> list[object]:
    """Expiries as ISO 8601, or in words where the chain has no date: stamps then only count years."""
    if chain.asof is None:
        return [f"in {expiry / NANOSECONDS_PER_YEAR:.6g} years" for expiry in expiries.tolist()]
    return [format_stamp(expiry) for expiry in expiries.tolist()]


def origin_document(chain: Chain, positioning: Positioning) -> dict[str, object]:
    """Where the answer comes from: chain, quarantine, method and positioning."""
    return {
        "asof": None if chain.asof is None else format_stamp(chain.asof),
        "venue": chain.venue,
        "underlying": chain.underlying,
        "spot": chain.spot,
        "instruments": len(chain),
        "quarantined": len(chain.quarantined) + len(positioning.quarantined),
        "quarantine": quarantine_counts(chain, positioning),
        "quarantine_rows": [
            {"file": file, **plain_mapping(failure)}
            for file, failures in (
                ("chain", chain.quarantined),
                ("positioning", positioning.quarantined),
            )
            for failure in failures
        ],
        "method": METHOD,
        "positioning": positioning.model,
        "positioning_description": positioning.description,
    }


def feedback_document(answer: Feedback) -> dict[str, object]:
    """Feedback with each critical shock as a number, and its details beside it."""
    return {
        **plain_mapping(answer),
        "critical_shock_up": answer.critical_up.shock,
        "critical_shock_down": answer.critical_down.shock,
    }


def model_document(row: ModelRow) -> dict[str, object]:
    """One line of the comparison of models."""
    return {
        "positioning": row.positioning.model,
        "gamma_usd_per_pct": row.gamma_usd_per_pct,
        "flips": plain(row.profile.flips),
        "flip_status": row.profile.flip_status.value,
    }


def surface_document(chain: Chain, surface: Surface) -> dict[str, object]:
    """Smiles and arbitrage report, with readable expiries."""

    def named(expiries: Iterable[int]) -> list[object]:
        return stamps(chain, np.array(list(expiries), dtype=np.int64))

    expiries = named(smile.expiry for smile in surface.smiles)
    near = named(violation.near for violation in surface.calendar)
    far = named(violation.far for violation in surface.calendar)
    return {
        "smiles": [
            {**plain_mapping(smile), "expiry": expiry}
            for smile, expiry in zip(surface.smiles, expiries, strict=True)
        ],
        "butterfly_violations": named(smile.expiry for smile in surface.butterfly),
        "calendar_violations": [
            {**plain_mapping(violation), "near": before, "far": after}
            for violation, before, after in zip(surface.calendar, near, far, strict=True)
        ],
        "unfitted": named(surface.unfitted),
    }
