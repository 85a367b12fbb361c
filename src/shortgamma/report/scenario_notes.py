"""What the figures of scenarios are called, how they are written, and what they mean."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from shortgamma.report.amounts import number, percent, price, ratio, signed_usd, usd
from shortgamma.studies.scenarios.friday_roll import FridayRoll
from shortgamma.studies.scenarios.pools import PoolMarket
from shortgamma.studies.scenarios.scenario import Scenario

Note = tuple[str, Callable[[Any], str], str]
"""Name, form and meaning."""


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


NOTES: Final[Mapping[str, Note]] = {
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


def hours(value: float) -> str:
    """A length of time."""
    return f"{number(value)} {'hour' if value == 1.0 else 'hours'}"


def signed_place(value: float) -> str:
    """A place among strikes."""
    return f"{ratio(value)} standard deviations"


def or_own(value: float) -> str:
    """A vol, where zero stands for that of the price."""
    return percent(value) if value else "that of the price"


POOL_NOTES: Final[Mapping[str, Note]] = {
    "theta": (
        "θ at the start",
        ratio,
        "Of what the pool holds already, short in the two next expiries.",
    ),
    "capital_usd": ("Capital", usd, "Of the providers."),
    "implied_vol": ("Implied vol", or_own, "At which the pool marks and sells; it stays fixed."),
    "orders_per_day": ("Orders", number, "Per day, that look at the pool's quote."),
    "order_coins": ("Size of an order", number, "Mean, coins; sizes are exponential."),
    "buy_share": ("Share of buyers", percent, "Of the orders."),
    "elasticity": (
        "Elasticity of the clients",
        number,
        "−dln(volume)/dln(cost) where the cost is 2 vol points.",
    ),
    "moneyness": ("Middle of the strikes", signed_place, "Above spot; positive = calls."),
    "daily_volume_usd": ("Daily volume", usd, "Of spot; the pool's hedges are compared with it."),
    "event_start_days": (
        "Day of the event",
        number,
        "On which somebody trades whatever the price.",
    ),
    "event_length_hours": ("Length of the event", hours, "Of the trading."),
    "event_bought_usd": (
        "Bought in the event",
        signed_usd,
        "At the initial price; negative = sold, 0 = no event.",
    ),
    "event_depth": ("Depth on that day", percent, "Part that remains."),
}
"""The same of markets with an option pool."""
FULL_NOTES: Final[Mapping[str, Note]] = {
    "bank_share": (
        "Share of the bank",
        percent,
        "Of the book; the rest belongs to the option AMM.",
    ),
    "keeper_band": ("Band of the AMM", percent, "Part of its gross holding left unhedged."),
    "vault_theta": (
        "θ of the vault's buyers",
        ratio,
        "Gamma of its calls over depth; they are long.",
    ),
    "own_funds_usd": ("Own funds", usd, "That margin is held against; 0 = nobody calls."),
    "vault_days": ("Days of the vault's calls", number, "To their expiry."),
}
"""The same of the full market."""
ROLL_NOTES: Final[Mapping[str, Note]] = {
    "theta": (
        "θ after the roll",
        ratio,
        "Gamma of a week's options over depth; their hedgers are long.",
    ),
    "vaults": ("Vaults", plain, "That roll."),
    "depositors": ("Depositors", plain, "In all vaults."),
    "call_share": ("Share of calls", percent, "Of the collateral; the rest secures puts."),
    "target_delta": ("Delta of the strikes", ratio, "Without its sign."),
    "vault_seed": ("Seed of the vaults", plain, "Of the draw of their sizes."),
    "implied_vol": ("Implied vol", percent, "At which options are reckoned fair."),
    "roll_hours": ("Roll", hours, "After the start: Friday 08:00 UTC."),
    "roll_spread_hours": ("Spread of the rolls", hours, "Over which vaults roll; 0 = all at once."),
    "auction_hours": ("Auction", hours, "From the strike to the sale; 0 = by request for quotes."),
    "premium_floor": ("Premium floor", percent, "Of the fair premium."),
    "bid_half_spread": ("Best bid", percent, "Below the market's vol."),
    "bid_fall": ("Fall of the bid", percent, "Of vol, per 1 M$ of vega per point sold at once."),
    "recovery_hours": ("Recovery", hours, "In which half of that fall is gone."),
    "hedged_share": ("Hedged by makers", percent, "Of what is sold."),
    "prehedge_share": ("Sold before", percent, "Of what the makers expect."),
    "prehedge_hours": ("Sold over", hours, "Before the roll."),
    "seller_hedged_share": ("Hedged by the vaults", percent, "0 in all vaults known."),
    "unwind_hours": ("Unwinding", hours, "Of the hedge of what ended in the money."),
    "daily_volume_usd": ("Daily volume", usd, "That the flow of the roll is compared with."),
}
"""The same of vault rolls."""


def notes_of(scenario: Scenario) -> Mapping[str, Note]:
    """Of the figures of a scenario, by key."""
    if isinstance(scenario, PoolMarket):
        return {**NOTES, **POOL_NOTES}
    if isinstance(scenario, FridayRoll):
        return {**NOTES, **ROLL_NOTES}
    return {**NOTES, **FULL_NOTES}
