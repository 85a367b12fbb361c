"""Everything an answer on scalping rests on, in words, each line marked as assumed or given."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any, Final

from shortgamma.report.amounts import number, percent, usd
from shortgamma.report.assumptions import Ground, Origin
from shortgamma.report.scenario_notes import basis_points, seconds
from shortgamma.report.simulation_grounds import BUNDLED, OF_BUNDLED_BOOK, of_scenario
from shortgamma.studies.scalping.answer import Setting
from shortgamma.studies.scalping.break_even import SHARES
from shortgamma.studies.scalping.constraints import SIGNIFICANT
from shortgamma.studies.scalping.fast import LATENCIES

NOTES: Final[dict[str, tuple[str, Callable[[Any], str], str]]] = {
    "slippage": ("Slippage", number, "Y of Y·σ_D·√(Q/V_D), beside the impact on the price."),
    "daily_volume_usd": ("Daily volume", usd, "V_D of the same formula."),
    "gas_usd": ("Gas", usd, "Per trade; 0 = the desk trades on a venue."),
    "funding_rate": ("Funding", percent, "Per year, paid by longs, on the hedge."),
    "margin_share": ("Margin", percent, "Of the hedge's value that is tied up."),
    "margin_rate": ("Cost of capital", percent, "Per year, of what is tied up."),
    "latency_seconds": ("Latency", seconds, "Age of the price that the desk acts on."),
    "lot": ("Lot", number, "Trades are whole multiples, units of the underlying; 0 = any size."),
    "execution": (
        "Execution",
        str,
        "A taker crosses the spread, a maker rests at the touch first.",
    ),
    "maker_fee": ("Maker fee", basis_points, "Negative = a rebate."),
    "queue": ("Queue", percent, "Chance per step of a fill that the price did not reach."),
    "patience_seconds": ("Patience", seconds, "After which what is missing crosses the spread."),
    "implied_vol": ("Implied vol", percent, "That the bundled options were bought or sold at."),
}
"""Name, form and meaning of a desk's figures."""

METHODS = (
    Ground(
        name="Both sides",
        value="the book and its mirror",
        reason="Each in a market of its own, on the same shocks.",
        origin=Origin.GIVEN,
    ),
    Ground(
        name="Realised vols",
        value=f"{min(SHARES):g}\u2013{max(SHARES):g} × implied",
        reason="The log moves of the process times a factor, same shocks at every vol; between them a "
        "parabola in the variance.",
        origin=Origin.ASSUMED,
    ),
    Ground(
        name="Chance",
        value=f"{SIGNIFICANT:g} standard errors",
        reason="A gain below it does not count: no constraint is said to bind for less.",
        origin=Origin.ASSUMED,
    ),
    Ground(
        name="Vol of the options",
        value="as at the start",
        reason="Implied vol does not move, so vega earns nothing.",
        origin=Origin.ASSUMED,
    ),
)
FAST_METHODS = (
    METHODS[0],
    Ground(
        name="Latencies",
        value=", ".join(f"{late:g}" for late in LATENCIES) + " s",
        reason="Age of the price that an order is made from.",
        origin=Origin.ASSUMED,
    ),
    Ground(
        name="Resting orders",
        value="at half the spread",
        reason="Filled for sure where the next mid lies beyond the limit, else by the queue; no partial "
        "fills, and no impact of what rests.",
        origin=Origin.ASSUMED,
    ),
    METHODS[3],
)


def scalp_grounds(setting: Setting, methods: tuple[Ground, ...]) -> Iterator[Ground]:
    """How it was done, then every figure of the scenario."""
    yield from methods
    left_out = OF_BUNDLED_BOOK if setting.book.label not in BUNDLED else set[str]()
    for each in fields(setting.scenario):
        if each.name not in left_out:
            yield figure(each.name, getattr(setting.scenario, each.name), each.default)


def figure(key: str, value: Any, default: Any) -> Ground:
    """One figure of the scenario."""
    if key not in NOTES:
        return of_scenario(key, value, default)
    label, form, reason = NOTES[key]
    return Ground(
        name=label,
        value=form(value),
        reason=f"{reason} Key: {key}.",
        origin=Origin.ASSUMED if value == default else Origin.GIVEN,
    )
