"""The markets in which designs are compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from shortgamma.basics.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class ShockSet:
    """One market: what it changes in the figures of the scenario; all of it are assumptions.

    Args:
        name: As commands write it.
        summary: In a few words.
        figures: Of the scenario, by name; what the caller sets himself stays.
    """

    name: str
    summary: str
    figures: Mapping[str, float | str]


SHOCK_SETS: Final[Mapping[str, ShockSet]] = MappingProxyType(
    {
        chosen.name: chosen
        for chosen in (
            ShockSet(
                name="calm",
                summary="vol 50 %, no jumps, clients of both sides",
                figures={"vol": 0.5, "process": "gbm", "buy_share": 0.6},
            ),
            ShockSet(
                name="volatile",
                summary="vol 100 % with jumps",
                figures={"vol": 1.0, "process": "kou"},
            ),
            ShockSet(
                name="squeeze",
                summary="clients buy calls, and on day 10 somebody buys whatever the price",
                figures={
                    "vol": 0.8,
                    "process": "kou",
                    "buy_share": 0.75,
                    "moneyness": 0.5,
                    "event_bought_usd": 60e6,
                    "event_length_hours": 12.0,
                    "event_depth": 0.7,
                },
            ),
            ShockSet(
                name="crash",
                summary="clients buy puts, and on day 10 somebody sells while depth is withdrawn",
                figures={
                    "vol": 0.8,
                    "process": "kou",
                    "buy_share": 0.75,
                    "moneyness": -0.5,
                    "event_bought_usd": -80e6,
                    "event_length_hours": 6.0,
                    "event_depth": 0.5,
                },
            ),
        )
    }
)


def sets_named(names: str) -> tuple[ShockSet, ...]:
    """Shock sets by names with commas between; ``all`` is every one.

    Raises:
        InputError: One is unknown.
    """
    wanted = list(SHOCK_SETS) if names == "all" else [part.strip() for part in names.split(",")]
    for name in wanted:
        if name not in SHOCK_SETS:
            raise InputError(
                f"no shock set is called {name!r}",
                place="--shocks",
                remedy=f"use {', '.join(SHOCK_SETS)}, or all",
            )
    return tuple(SHOCK_SETS[name] for name in dict.fromkeys(wanted))
