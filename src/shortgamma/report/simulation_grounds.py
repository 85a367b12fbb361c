"""Everything a simulation rests on, in words, each line marked as assumed, given or measured."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any, Final

from shortgamma.report.amounts import number, percent, price, ratio, usd
from shortgamma.report.assumptions import Ground, Origin
from shortgamma.report.simulation_words import book_words, price_words
from shortgamma.studies.simulation import Simulation


def per_pct(value: float) -> str:
    """Depth."""
    return f"{usd(value)} per 1 %"


def seconds(value: float) -> str:
    """A length of time."""
    return f"{number(value / 60.0)} min" if value >= 60.0 else f"{number(value)} s"


def basis_points(value: float) -> str:
    """A part of the notional."""
    return f"{number(1e4 * value)} bp"


def plain(value: Any) -> str:
    """A count, a word or a number."""
    return f"{value:,}" if isinstance(value, int) else str(value)


NOTES: Final[dict[str, tuple[str, Callable[[Any], str], str]]] = {
    "spot": ("Spot", price, "Price at the start, USD."),
    "vol": ("Exogenous vol", percent, "Of the price before anyone trades on it, per √year."),
    "process": ("Process", str, "What moves the price from outside."),
    "steps": ("Steps", plain, "Of one path."),
    "step_seconds": ("Length of a step", seconds, "All orders of a step meet in one clearing."),
    "depth_usd_per_pct": (
        "Depth",
        per_pct,
        "One-sided money that moves spot 1 %; impact is linear in size.",
    ),
    "permanent_share": ("Permanent impact", percent, "Part of an impact that stays."),
    "half_life_seconds": ("Half-life of the rest", seconds, "In which half of the rest decays."),
    "half_spread": ("Half spread", basis_points, "Paid on every hedge."),
    "taker_fee": ("Taker fee", basis_points, "Paid on every hedge."),
    "policy": ("Hedging policy", str, "When hedgers trade."),
    "theta": ("θ of the bundled book", ratio, "Net gamma over depth; negative = short."),
    "options": ("Options", plain, "In the bundled book."),
    "wall": ("Wall", percent, "Log distance of the middle strike from spot."),
    "days": ("Days to expiry", number, "Of the options at the wall."),
    "depth_floor": (
        "Depth when it is wild",
        percent,
        "Part of the depth that stays however high realised vol is.",
    ),
    "perp_depth_usd_per_pct": (
        "Depth of the perpetual",
        per_pct,
        "One-sided money that moves it 1 % against spot.",
    ),
    "open_interest_usd": ("Open interest", usd, "Of each side if longs and shorts balance."),
    "long_share": ("Share of longs", percent, "Of all leveraged positions."),
    "median_leverage": ("Median leverage", number, "Leverage of the accounts is lognormal."),
    "accounts": ("Accounts", plain, "Leveraged."),
    "insurance_share": ("Insurance fund", percent, "Part of the open interest."),
    "funding": ("Funding rule", str, "Of the venue."),
    "liquidation": ("Liquidation rules", str, "Of the venue."),
    "basis_half_life_seconds": (
        "Half-life of the basis",
        seconds,
        "In which the arbitrageur closes half of it.",
    ),
    "bank_share": ("Share of the bank", percent, "Of the book; the rest belongs to the protocol."),
    "keeper_band": ("Band of the protocol", percent, "Part of its gross holding left unhedged."),
    "noise_usd_per_day": ("Noise", usd, "Standard deviation of a day's noise flow."),
    "value_strength": (
        "Fundamental arbitrage",
        ratio,
        "Trades against a gap to the exogenous price.",
    ),
    "slippage": (
        "Slippage",
        number,
        "Y of Y·σ·√(trade / daily volume), paid beside the impact on the price; 0 = none.",
    ),
    "daily_volume_usd": ("Daily volume", usd, "That slippage is measured against."),
    "gas_usd": ("Gas", usd, "Of one hedge on a chain; 0 = off-chain."),
    "funding_rate": ("Funding", percent, "Per year on the hedge, paid by longs."),
    "margin_share": ("Margin", percent, "Of the hedge's value, tied up."),
    "margin_rate": ("Cost of that capital", percent, "Per year."),
    "latency_seconds": ("Latency", seconds, "Age of the price that the desk acts on."),
    "lot": ("Smallest lot", number, "Coins; 0 = any amount."),
    "execution": ("Execution", str, "taker crosses the spread, maker rests at the touch first."),
    "maker_fee": ("Maker fee", basis_points, "Paid by resting orders; negative = a rebate."),
    "queue": (
        "Chance of a fill at the touch",
        percent,
        "Per step, of a resting order that the price did not reach.",
    ),
    "patience_seconds": (
        "Patience",
        seconds,
        "After which the rest of a resting order crosses the spread.",
    ),
}
"""Name, form and meaning of the figures of scenarios."""
WALL: Final = "gamma wall"
BUNDLED: Final = {"bundled", WALL}
"""Labels of books that no chain brought."""
OF_BUNDLED_BOOK: Final = {"theta", "options", "wall", "days", "spot"}
GIVEN_BY_NATURE: Final = {
    "process",
    "steps",
    "step_seconds",
    "funding",
    "liquidation",
    "crowd_seed",
}


def simulation_grounds(answer: Simulation) -> Iterator[Ground]:
    """All of them: book, then the figures of the scenario in its own order, then the price of a fill."""
    is_measured = answer.book.label not in BUNDLED
    yield Ground(
        name="Book",
        value="measured" if is_measured else "bundled",
        reason=book_words(answer),
        origin=Origin.MEASURED if is_measured else Origin.ASSUMED,
    )
    left_out = unused(answer)
    yield from (
        of_scenario(field.name, getattr(answer.scenario, field.name), field.default)
        for field in fields(answer.scenario)
        if field.name not in left_out
    )
    yield Ground(
        name="Fill price",
        value="average",
        reason="A trade pays the mean of the prices before and after the orders of its step.",
        origin=Origin.ASSUMED,
    )


def unused(answer: Simulation) -> set[str]:
    """Figures of the scenario that this run did not need."""
    names = {"crowd_seed"}
    if answer.book.label not in BUNDLED:
        names |= OF_BUNDLED_BOOK
    if answer.book.label == WALL:
        names.add("options")
    if price_words(answer):
        names.add("vol")
    return names


def of_scenario(key: str, value: Any, default: Any) -> Ground:
    """One figure of the scenario."""
    label, form, reason = NOTES.get(key, (key.replace("_", " "), plain, ""))
    is_default = value == default and key not in GIVEN_BY_NATURE
    return Ground(
        name=label,
        value=form(value),
        reason=f"{reason} Key: {key}.".strip(),
        origin=Origin.ASSUMED if is_default else Origin.GIVEN,
    )
