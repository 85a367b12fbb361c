"""Limit files of a risk officer: those of ``hedge``, and what only a risk report bounds.

``docs/stress.md`` says what each key means. Tables that only say how trades are done are left alone.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.data.files import read_bytes
from shortgamma.data.limit_files import LIMITS, TABLES, Table, bound_of, limits_of, shocks_of
from shortgamma.data.wording import place_of, shown
from shortgamma.hedging.optimiser.limits import GREEKS, Bound, Limits, ScenarioMargin
from shortgamma.market.revaluation import SAME_VOL, Shock
from shortgamma.risk.limits import (
    CONCENTRATION,
    DAYS,
    GAP,
    MARGIN_USAGE,
    THETA,
    MarginLimit,
    RiskLimits,
)
from shortgamma.risk.margin.regime import Regime
from shortgamma.risk.margin.regimes import REGIMES, regime_of
from shortgamma.risk.stress import ShockGrid

DESK: Final = (*GREEKS, "vega_by_tenor", "worst_cell_usd", "cells", "cvar_usd", "margin_usd")
REGIME: Final = "margin_regime"
OWN: Final = (
    THETA,
    GAP,
    DAYS,
    MARGIN_USAGE,
    REGIME,
    "equity_usd",
    "depth_usd_per_pct",
    "concentration",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLimitFile:
    """What a limit file says.

    Args:
        place: The file, for messages.
        limits: What has to hold.
        grid: The shifts of ``[scenarios]``; None where it has none.
    """

    place: str
    limits: RiskLimits
    grid: ShockGrid | None


def read_risk_limits(path: str | Path) -> RiskLimitFile:
    """The content of a limit file.

    Raises:
        InputError: It cannot be read, is not TOML, or a key or value means nothing.
    """
    place, content = place_of(path), read_bytes(str(path))
    try:
        tables = tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"is not TOML: {shown(error, 120)}", place=place, remedy="mend that line"
        ) from None
    return risk_limits_from(tables, place=place)


def risk_limits_from(tables: Mapping[str, Any], *, place: str = "limits") -> RiskLimitFile:
    """The same from a mapping of that form.

    Raises:
        InputError: A key or value means nothing.
    """
    file = Table(place, tables)
    file.check(TABLES)
    if "limits" not in tables:
        raise InputError(
            "there is no [limits]", place=place, remedy="write [limits] and a limit below it"
        )
    table = file.table("limits")
    table.check((*LIMITS, *OWN))
    try:
        shocks = shocks_of(file.table("scenarios"))
        limits = RiskLimits(
            desk=desk_of(file, table),
            bounds=bounds_of(table),
            margin=margin_usage_of(table, shocks),
            depth_usd_per_pct=depth_of(table),
        )
        grid = grid_of(shocks) if "scenarios" in tables else None
    except InputError as problem:
        where = problem.place or ""
        inside = where if where.startswith(place) else f"{place} [{where}]" if where else place
        raise InputError(problem.problem, place=inside, remedy=problem.remedy) from None
    return RiskLimitFile(place=place, limits=limits, grid=grid)


def desk_of(file: Table, table: Table) -> Limits | None:
    """The limits that ``hedge`` has as well; None where there is none."""
    if not any(key in table.values for key in DESK):
        return None
    shared = {key: value for key, value in table.values.items() if key in LIMITS}
    return limits_of(Table(file.place, {**file.values, "limits": shared}))


def bounds_of(table: Table) -> dict[str, Bound]:
    """Bounds on θ, gap losses, days of time decay and concentration."""
    found: dict[str, Bound] = {}
    if THETA in table.values:
        found[THETA] = bound_of(table, THETA)
    for key in (GAP, DAYS):
        if key in table.values:
            found[key] = Bound(low=-np.inf, high=table.number(key, 0.0))
    shares = table.table("concentration")
    shares.check(CONCENTRATION)
    for key in shares.values:
        share = shares.number(key, 0.0)
        if share > 1.0:
            raise shares.wrong(key, share, "a share of gamma from 0 to 1, as 0.4")
        found[f"concentration.{key}"] = Bound(low=-np.inf, high=share)
    return found


def margin_usage_of(table: Table, shocks: tuple[Shock, ...]) -> MarginLimit | None:
    """``margin_usage`` of ``equity_usd``, margin by ``margin_regime`` or by scenarios."""
    if MARGIN_USAGE not in table.values:
        if REGIME in table.values:
            raise table.wrong(REGIME, table.values[REGIME], f"{MARGIN_USAGE} as well, as 0.5")
        return None
    equity = table.number("equity_usd", 0.0)
    if not 0.0 < equity < np.inf:
        raise table.wrong("equity_usd", equity, "the USD that stand against the margin, as 5e6")
    rule = scenario_margin_of(table, shocks) if REGIME not in table.values else regime_in(table)
    return MarginLimit(rule=rule, equity_usd=equity, most=table.number(MARGIN_USAGE, 0.0))


def scenario_margin_of(table: Table, shocks: tuple[Shock, ...]) -> ScenarioMargin:
    """``[limits.margin]`` and ``margin_factor``."""
    own = table.table("margin")
    return ScenarioMargin(
        shocks=shocks_of(own) if own.values else shocks,
        factor=table.number("margin_factor", 1.0),
    )


def regime_in(table: Table) -> Regime:
    """``margin_regime``, by the names of ``margin``.

    Scenarios beside it would be silently left alone, so they are refused unless ``margin_usd`` has them.
    """
    name = table.values[REGIME]
    if not isinstance(name, str) or name not in REGIMES:
        raise table.wrong(REGIME, name, f"one of {', '.join(REGIMES)}")
    for key in ("margin", "margin_factor"):
        if key in table.values and "margin_usd" not in table.values:
            raise InputError(
                f"{key} and {REGIME} contradict each other",
                place=table.place,
                remedy="keep one of them",
            )
    return regime_of(name)


def depth_of(table: Table) -> float | None:
    """``depth_usd_per_pct`` for θ."""
    if "depth_usd_per_pct" not in table.values:
        return None
    depth = table.number("depth_usd_per_pct", 0.0)
    if not 0.0 < depth < np.inf:
        raise table.wrong("depth_usd_per_pct", depth, "USD that move the price 1 %, as 300e6")
    return depth


def grid_of(shocks: tuple[Shock, ...]) -> ShockGrid:
    """The shifts that make these cells; a vol shift of nothing is the same one by any key."""
    vols = (SAME_VOL if shock.vol.size == 0.0 else shock.vol for shock in shocks)
    return ShockGrid(
        spot_moves=tuple(dict.fromkeys(shock.spot_move for shock in shocks)),
        vol_shifts=tuple(dict.fromkeys(vols)),
    )
