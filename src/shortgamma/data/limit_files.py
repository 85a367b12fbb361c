"""Limit files: TOML with ``[limits]`` and how trades are done. ``docs/hedge.md`` says what each key means."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.time import parse_stamp
from shortgamma.data.files import read_bytes
from shortgamma.data.wording import listed, place_of, shown
from shortgamma.hedging.optimiser.limits import (
    GREEKS,
    PERPETUAL,
    Bound,
    CellFloor,
    Limits,
    MarginCap,
    ScenarioMargin,
    TailBound,
    TenorBound,
    Terms,
)
from shortgamma.market.revaluation import (
    SPOT_MOVES,
    VOL_SHIFTS,
    PointsVol,
    RelativeVol,
    Shock,
    TenorVol,
    VolShift,
    shock_grid,
)
from shortgamma.venues.fees import FeeSchedule, OptionFeeSchedule

TABLES: Final = ("limits", "scenarios", "fees", "lots", "legs", "underlying", "execution")
LIMITS: Final = (
    *GREEKS,
    "vega_by_tenor",
    "worst_cell_usd",
    "cells",
    "cvar_usd",
    "cvar_level",
    "cvar_weights",
    "margin_usd",
    "margin_factor",
    "margin",
    "legs",
)
SPAN: Final = re.compile(r"(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?)|\+)")
CVAR_LEVEL: Final = 0.95
MOST_SHOCKS: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitFile:
    """What a limit file says.

    Args:
        place: The file, for messages.
        limits: What has to hold after the trades.
        terms: How trades are done.
    """

    place: str
    limits: Limits
    terms: Terms


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the file.

    Args:
        place: File and table, for messages.
        values: Its keys.
    """

    place: str
    values: Mapping[str, object]

    def check(self, known: Sequence[str]) -> None:
        """Refuses keys that mean nothing.

        Raises:
            InputError: There is one.
        """
        for key in self.values:
            if key not in known:
                raise InputError(
                    f"there is no {shown(key)!r}",
                    place=self.place,
                    remedy=f"it has {listed(known)}",
                )

    def table(self, key: str) -> "Table":
        """A table inside; empty where it is missing.

        Raises:
            InputError: Something else stands there.
        """
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, value, f"a table, [{key}]")
        return Table(f"{self.place} [{key}]", cast("dict[str, object]", value))

    def number(self, key: str, default: float, *, least: float = 0.0) -> float:
        """A number of at least ``least``.

        Raises:
            InputError: It is none.
        """
        return self.checked(key, self.values.get(key, default), least)

    def checked(self, key: str, value: object, least: float) -> float:
        """The value as a number of at least ``least``."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not value >= least:
            raise self.wrong(key, value, f"a number of {least:g} or more")
        return float(value)

    def numbers(self, key: str, *, least: float) -> tuple[float, ...]:
        """A list of numbers above or at ``least``; empty where it is missing.

        Raises:
            InputError: It is no such list.
        """
        value = self.values.get(key, [])
        if not isinstance(value, list):
            raise self.wrong(key, value, "a list of numbers")
        found = cast("list[object]", value)
        if len(found) > MOST_SHOCKS:
            raise self.wrong(key, f"{len(found)} numbers", f"at most {MOST_SHOCKS}")
        return tuple(self.checked(key, item, least) for item in found)

    def wrong(self, key: str, value: object, wanted: str) -> InputError:
        """Why a value is refused."""
        return InputError(f"{key} is {shown(value)}", place=self.place, remedy=f"give {wanted}")


def read_limits(path: str | Path) -> LimitFile:
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
    return limits_from(tables, place=place)


def limits_from(tables: Mapping[str, Any], *, place: str = "limits") -> LimitFile:
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
    try:
        return LimitFile(place=place, limits=limits_of(file), terms=terms_of(file))
    except InputError as problem:
        where = problem.place or ""
        inside = where if where.startswith(place) else f"{place} [{where}]" if where else place
        raise InputError(problem.problem, place=inside, remedy=problem.remedy) from None


def limits_of(file: Table) -> Limits:
    """What ``[limits]`` and ``[scenarios]`` say."""
    table = file.table("limits")
    table.check(LIMITS)
    shocks = shocks_of(file.table("scenarios"))
    most = table.number("worst_cell_usd", np.inf) if "worst_cell_usd" in table.values else None
    return Limits(
        greeks={name: bound_of(table, name) for name in GREEKS if name in table.values},
        vega_by_tenor=tenors_of(table.table("vega_by_tenor")),
        worst_cell_usd=most,
        cells=cells_of(table),
        tail=tail_of(table, shocks),
        margin=margin_of(table, shocks),
        shocks=shocks,
    )


def bound_of(table: Table, key: str) -> Bound:
    """``x`` for −x … x, or ``[low, high]``."""
    value = table.values[key]
    if isinstance(value, list):
        pair = table.numbers(key, least=-np.inf)
        if len(pair) != 2:
            raise table.wrong(key, pair, "one number, or [low, high]")
        if not pair[0] <= pair[1]:
            raise table.wrong(
                key, list(pair), "the smaller bound first: these contradict each other"
            )
        if pair[0] == np.inf or pair[1] == -np.inf:
            raise table.wrong(key, list(pair), "bounds with a number between them")
        return Bound(low=pair[0], high=pair[1])
    return Bound.within(table.number(key, 0.0))


def tenors_of(table: Table) -> tuple[TenorBound, ...]:
    """``"0-30" = x`` and ``"90+" = x``, in days."""
    found: list[TenorBound] = []
    for key in table.values:
        match = SPAN.fullmatch(key.replace(" ", ""))
        above, upto = (float(match[1]), float(match[2] or np.inf)) if match else (0.0, 0.0)
        if not above < upto:
            raise InputError(
                f"{shown(key)!r} is no span of days",
                place=table.place,
                remedy='write "0-30" or "90+"',
            )
        found.append(TenorBound(above=above, upto=upto, vega_usd_per_point=bound_of(table, key)))
    check_names([span.label for span in found], table.place)
    return tuple(found)


def cells_of(table: Table) -> tuple[CellFloor, ...]:
    """``cells = [{spot = -0.3, vol = 0.5, most_usd = 1e6}]``."""
    value = table.values.get("cells", [])
    if not isinstance(value, list):
        raise table.wrong("cells", value, "a list of {spot, vol, most_usd}")
    found: list[CellFloor] = []
    for item in cast("list[object]", value):
        if not isinstance(item, dict):
            raise table.wrong("cells", item, "{spot = -0.3, vol = 0.5, most_usd = 1e6}")
        cell = Table(f"{table.place} cells", cast("dict[str, object]", item))
        cell.check(("spot", "vol", "vol_points", "vol_by_tenor", "most_usd"))
        shifts = vol_shifts(cell, lambda each, key, least: (each.number(key, 0.0, least=least),))
        if len(shifts) > 1 or "most_usd" not in item:
            raise table.wrong("cells", cell.values, "{spot = -0.3, vol = 0.5, most_usd = 1e6}")
        shock = Shock(spot_move=spot_of(cell), vol=shifts[0] if shifts else RelativeVol(0.0))
        found.append(CellFloor(shock=shock, most_usd=cell.number("most_usd", 0.0)))
    check_names([floor.shock.label for floor in found], f"{table.place} cells")
    return tuple(found)


def check_names(names: Sequence[str], place: str) -> None:
    """Refuses a limit that is given twice: figures and prices are kept by its name.

    Raises:
        InputError: There is one.
    """
    for index, name in enumerate(names):
        if name in names[:index]:
            raise InputError(f"{name} is limited twice", place=place, remedy="keep one of them")


def spot_of(cell: Table) -> float:
    """A relative move of spot above −1."""
    move = cell.number("spot", 0.0, least=-1.0)
    if not -1.0 < move < np.inf:
        raise cell.wrong("spot", move, "a relative move above -1, as -0.3")
    return move


def vol_shifts(
    table: Table, read: Callable[[Table, str, float], tuple[float, ...]]
) -> tuple[VolShift, ...]:
    """Vol shifts by any of the three keys."""
    kinds: tuple[tuple[str, Callable[[float], VolShift], float], ...] = (
        ("vol", RelativeVol, -0.99),
        ("vol_points", PointsVol, -500.0),
        ("vol_by_tenor", TenorVol, -0.35),
    )
    return tuple(
        kind(size)
        for key, kind, least in kinds
        if key in table.values
        for size in read(table, key, least)
    )


def shocks_of(table: Table) -> tuple[Shock, ...]:
    """``[scenarios]``: spot moves, and vol shifts that are relative, in points or by tenor."""
    table.check(("spot", "vol", "vol_points", "vol_by_tenor"))
    shifts = vol_shifts(table, lambda each, key, least: each.numbers(key, least=least))
    moves = table.numbers("spot", least=-1.0)
    if any(not -1.0 < move < np.inf for move in moves):
        raise table.wrong("spot", list(moves), "relative moves above -1, as [-0.2, 0, 0.2]")
    return shock_grid(moves or SPOT_MOVES, shifts or VOL_SHIFTS)


def tail_of(table: Table, shocks: tuple[Shock, ...]) -> TailBound | None:
    """``cvar_usd``, with ``cvar_level`` and ``cvar_weights``."""
    if "cvar_usd" not in table.values:
        return None
    level = table.number("cvar_level", CVAR_LEVEL)
    weights = table.numbers("cvar_weights", least=0.0)
    if not level < 1.0:
        raise table.wrong("cvar_level", level, "a share below 1, as 0.95")
    if weights and (len(weights) != len(shocks) or not 0.0 < sum(weights) < np.inf):
        raise table.wrong(
            "cvar_weights", f"{len(weights)} numbers", f"one for each of {len(shocks)} scenarios"
        )
    most = table.number("cvar_usd", 0.0)
    return TailBound(most_usd=most, level=level, shocks=shocks, weights=weights)


def margin_of(table: Table, shocks: tuple[Shock, ...]) -> MarginCap | None:
    """``margin_usd``, with ``margin_factor`` and scenarios of its own in ``[limits.margin]``."""
    if "margin_usd" not in table.values:
        return None
    own = table.table("margin")
    rule = ScenarioMargin(
        shocks=shocks_of(own) if own.values else shocks,
        factor=table.number("margin_factor", 1.0),
    )
    return MarginCap(rule=rule, most_usd=table.number("margin_usd", 0.0))


def terms_of(file: Table) -> Terms:
    """What the tables besides ``[limits]`` say."""
    fees, lots = file.table("fees"), file.table("lots")
    under, execution = file.table("underlying"), file.table("execution")
    fees.check(("option", "option_premium_cap", "perpetual"))
    lots.check(("option", "perpetual"))
    under.check(("instrument", "expiry", "half_spread_usd", "most"))
    execution.check(("refills", "largest_order"))
    option_fee, cap = fees.number("option", 0.0), fees.number("option_premium_cap", np.inf)
    hedge_fee = fees.number("perpetual", 0.0)
    return Terms(
        underlying=instrument_of(under),
        expiry=expiry_of(under),
        half_spread_usd=under.number("half_spread_usd", 0.0),
        most_underlying=under.number("most", np.inf),
        option_fees=OptionFeeSchedule(taker=option_fee, premium_cap=cap) if option_fee else None,
        underlying_fees=FeeSchedule(taker=hedge_fee) if hedge_fee else None,
        option_lot=lots.number("option", 0.0),
        underlying_lot=lots.number("perpetual", 0.0),
        legs=legs_of(file),
        refills=execution.number("refills", 1.0),
        largest_order=execution.number("largest_order", np.inf, least=1e-9),
    )


def instrument_of(under: Table) -> str:
    """``instrument``: a perpetual by its name, or a future, which has an ``expiry``."""
    name = under.values.get("instrument", PERPETUAL)
    if not isinstance(name, str) or not name.strip():
        raise under.wrong("instrument", name, 'a name in quotes, as "perpetual"')
    if PERPETUAL not in name.lower() and "expiry" not in under.values:
        raise InputError(
            f"{shown(name)!r} has no expiry",
            place=under.place,
            remedy="give expiry = 2026-12-25T08:00:00Z, or a name with 'perpetual' in it",
        )
    return name


def expiry_of(under: Table) -> int | None:
    """``expiry`` of a future, as text or as a TOML date."""
    value = under.values.get("expiry")
    if value is None:
        return None
    try:
        return parse_stamp(str(value))
    except InputError as problem:
        raise InputError(
            f"expiry: {problem.problem}", place=under.place, remedy=problem.remedy
        ) from None


def legs_of(file: Table) -> int | None:
    """``legs = 6``, above all tables or in ``[limits]``."""
    value = file.values.get("legs", file.table("limits").values.get("legs"))
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise file.wrong("legs", value, "a whole number of 1 or more")
    return value
