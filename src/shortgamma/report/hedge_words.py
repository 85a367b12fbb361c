"""A hedge in sentences that a trader reads: what is done, what it costs, what binds, what it changes."""

from collections.abc import Iterator

import numpy as np

from shortgamma.exposure.feedback import CriticalShock, ShockStatus
from shortgamma.hedging.optimiser.problem import largest
from shortgamma.hedging.optimiser.solution import Status
from shortgamma.hedging.optimiser.tickets import Ticket
from shortgamma.hedging.optimiser.verdict import LimitRow
from shortgamma.report.amounts import (
    coins,
    move_percent,
    number,
    percent,
    ratio,
    signed_usd,
    usd,
)
from shortgamma.studies.hedge import Hedge

NAMES = {
    "delta": "delta",
    "gamma_usd_per_pct": "gamma per 1 %",
    "vega_usd_per_point": "vega per point",
    "vanna_usd_per_point": "vanna per point",
    "worst_cell_usd": "worst cell",
    "cvar_usd": "CVaR",
    "margin_usd": "margin",
}
ROOM = 0.10
"""Of a limit: what its shadow price is quoted for."""
BINDING = 1e-6
"""Of a limit: nearer than this a figure is at its bound."""
NAMED = 3


def limit_words(name: str) -> str:
    """A limit by the name that a reader knows."""
    if name.startswith("vega_by_tenor."):
        return f"vega, {name.removeprefix('vega_by_tenor.')} days"
    return NAMES.get(name, name)


def amount(answer: Hedge, name: str, value: float) -> str:
    """A limited figure with its unit; delta in coins, the rest in USD."""
    if not np.isfinite(value):
        return "–"
    return coins(value, answer.chain.underlying) if name == "delta" else signed_usd(value)


def bound_words(answer: Hedge, row: LimitRow) -> str:
    """The bounds of a limit."""
    if row.low == -np.inf:
        return f"≤ {amount(answer, row.name, row.high).removeprefix('+')}"
    if row.low == -row.high:
        return f"± {amount(answer, row.name, row.high).removeprefix('+')}"
    return f"{amount(answer, row.name, row.low)} to {amount(answer, row.name, row.high)}"


def headline(answer: Hedge) -> str:
    """The answer in one sentence."""
    broken = [row for row in answer.rows if not row.holds]
    if broken:
        named = ", ".join(
            f"{limit_words(row.name)} by {amount(answer, row.name, row.relaxed_by).removeprefix('+')}"
            for row in broken[:NAMED]
        )
        more = f" and {len(broken) - NAMED} more" if len(broken) > NAMED else ""
        return f"No trades keep every limit: at least {named}{more} has to give"
    limits = "its limit" if len(answer.rows) == 1 else f"all {len(answer.rows)} limits"
    if not answer.trades:
        return f"The book is inside {limits}: nothing to trade"
    best = "" if answer.status is Status.OPTIMAL else ", the best found,"
    count = len(answer.trades)
    trades = "1 trade" if count == 1 else f"{count} trades"
    return f"{trades}{best} for {usd(answer.cost_usd)} against mid bring the book inside {limits}"


def sentences(answer: Hedge) -> list[str]:
    """What else has to be known, the weightiest first."""
    found = [trade_words(answer), hedge_words(answer), binding_words(answer)]
    found += [room_words(answer), soon_words(answer), decay_words(answer), theta_words(answer)]
    found.append(solver_words(answer))
    return [sentence for sentence in found if sentence]


def trade_words(answer: Hedge) -> str:
    """What is bought and sold of options, and what that adds."""
    options = [t for t in answer.trades if t.instrument != answer.market.underlying.instrument]
    if not options:
        return ""
    name = answer.chain.underlying
    bought = sum(t.quantity for t in options if t.quantity > 0.0)
    sold = -sum(t.quantity for t in options if t.quantity < 0.0)
    parts = [
        f"{verb} options on {number(size)} {name}"
        for verb, size in (("buys", bought), ("sells", sold))
        if size > 0.0
    ]
    gamma = sum(t.gamma_usd_per_pct for t in options)
    vega = sum(t.vega_usd_per_point for t in options)
    largest_trade = max(options, key=lambda t: abs(t.vega_usd_per_point))
    return (
        f"It {' and '.join(parts)}, which adds {signed_usd(gamma)} of gamma per 1 % and "
        f"{signed_usd(vega)} of vega per point; the largest piece is "
        f"{number(largest_trade.quantity)} {largest_trade.instrument}."
    )


def hedge_words(answer: Hedge) -> str:
    """The trade of the underlying."""
    trade = underlying_trade(answer)
    if trade is None:
        return ""
    verb = "buys" if trade.quantity > 0.0 else "sells"
    before, after = answer.before.measured.delta, answer.after.measured.delta
    name = answer.chain.underlying
    return (
        f"It {verb} {number(abs(trade.quantity))} {name} of the {trade.instrument}; delta goes from "
        f"{coins(before, name)} to {coins(after, name)}, options included."
    )


def underlying_trade(answer: Hedge) -> Ticket | None:
    """The trade of the underlying, if there is one."""
    name = answer.market.underlying.instrument
    return next((trade for trade in answer.trades if trade.instrument == name), None)


def binds(row: LimitRow) -> bool:
    """True where the figure after the trades is at a bound."""
    size = largest(row.low, row.high) or 1.0
    near = min(abs(row.after - row.low), abs(row.high - row.after))
    return row.holds and near <= BINDING * size


def binding_words(answer: Hedge) -> str:
    """What decides the answer."""
    if not answer.trades:
        return ""
    names = [limit_words(row.name) for row in answer.rows if binds(row)]
    if not names:
        return (
            "No limit is used up: lots or legs decide."
            if answer.solution.solver != "linear"
            else ""
        )
    verb = "binds" if len(names) == 1 else "bind"
    joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{joined[0].upper()}{joined[1:]} {verb}: more room there would make it cheaper."


def room_words(answer: Hedge) -> str:
    """What a tenth more room saves where it saves most."""
    saving = {row.name: saved_by_room(row) for row in answer.rows}
    name = max(saving, key=lambda key: saving[key], default="")
    if not name or saving[name] <= 0.0:
        return ""
    return (
        f"A tenth more room in {limit_words(name)} would save about {usd(saving[name])}"
        f"{', before lots and legs' if answer.solution.solver != 'linear' else ''}."
    )


def saved_by_room(row: LimitRow) -> float:
    """USD that a tenth more room saves, to first order."""
    return row.shadow_price * ROOM * largest(row.low, row.high)


def soon_words(answer: Hedge) -> str:
    """How much of the gamma that is added is gone tomorrow."""
    before, after = answer.before.measured.totals, answer.after.measured.totals
    added = after.gamma_usd_per_pct - before.gamma_usd_per_pct
    soon = after.zero_day_gamma_usd_per_pct - before.zero_day_gamma_usd_per_pct
    if added == 0.0 or soon / added < ROOM:
        return ""
    return (
        f"{percent(soon / added)} of the gamma that is added expires within a day: the limits are kept now, "
        "not tomorrow."
    )


def decay_words(answer: Hedge) -> str:
    """What holding the trades costs per day."""
    before, after = (
        state.measured.totals.theta_usd_per_day for state in (answer.before, answer.after)
    )
    if not answer.trades:
        return ""
    return f"Time decay goes from {signed_usd(before)} to {signed_usd(after)} per day."


def theta_words(answer: Hedge) -> str:
    """θ and the critical shocks, the book taken as a dealer's."""
    before, after = answer.before.feedback, answer.after.feedback
    return (
        f"Taken as a dealer's, with {usd(before.depth_usd_per_pct)} of depth per 1 %, the book's θ goes "
        f"from {ratio(before.theta)} to {ratio(after.theta)}; critical shock down: "
        f"{shock_words(before.critical_down)} before, {shock_words(after.critical_down)} after; up: "
        f"{shock_words(before.critical_up)} before, {shock_words(after.critical_up)} after."
    )


def shock_words(shock: CriticalShock) -> str:
    """A critical shock as a percentage, or why there is none."""
    if shock.status is ShockStatus.RUNAWAY:
        return "runs away already"
    return "none" if shock.shock is None else move_percent(shock.shock)


def solver_words(answer: Hedge) -> str:
    """How far the best possible may be away."""
    if answer.status is not Status.BEST_FOUND:
        return ""
    return (
        f"It is not proved the cheapest: no trades cost less than {usd(answer.solution.bound_usd)}, "
        f"a gap of {percent(answer.solution.gap)}."
    )


def size_words(answer: Hedge) -> str:
    """What is known of sizes."""
    unknown = sum(1 for trade in answer.trades if not np.isfinite(trade.size))
    if not answer.trades:
        return "Nothing to execute."
    if unknown == len(answer.trades):
        return "The market gives no sizes: whether quotes hold for these quantities is unknown."
    return (
        "No order is larger than the size shown; every option order comes with the part of the "
        f"{answer.market.underlying.instrument} that offsets its delta."
    )


def trade_rows(answer: Hedge) -> Iterator[tuple[str, ...]]:
    """Every trade as cells."""
    for trade in answer.trades:
        yield (
            trade.instrument,
            coins(trade.quantity, answer.chain.underlying),
            price_words(trade.price),
            "–" if not np.isfinite(trade.size) else number(trade.size),
            usd(trade.cost_usd),
            coins(trade.delta, answer.chain.underlying),
            signed_usd(trade.gamma_usd_per_pct),
            signed_usd(trade.vega_usd_per_point),
        )


TRADE_HEADS = ("Instrument|", "Quantity", "Price", "Size shown", "Cost", "Delta", "Gamma", "Vega")


def price_words(price: float) -> str:
    """A quoted price: coin below one, USD above."""
    return f"{price:,.0f}" if price >= 1_000.0 else f"{price:.4g}"


LIMIT_HEADS = ("Limit|", "Bound", "Before", "After", "Used", "A tenth more saves")


def limit_rows(answer: Hedge) -> Iterator[tuple[str, ...]]:
    """Every limit as cells."""
    for row in answer.rows:
        size = largest(row.low, row.high)
        used = abs(row.after) if row.low != -np.inf else max(row.after, 0.0)
        yield (
            limit_words(row.name),
            bound_words(answer, row),
            amount(answer, row.name, row.before),
            amount(answer, row.name, row.after),
            percent(used / size) if size > 0.0 else "–",
            usd(saved_by_room(row)) if row.shadow_price > 0.0 else "–",
        )


PLAN_HEADS = (
    "Step|",
    "Instrument|",
    "Quantity",
    "Price",
    "With it, underlying",
    "Worst breach left|",
)


def plan_rows(answer: Hedge) -> Iterator[tuple[str, ...]]:
    """Every order as cells."""
    name = answer.chain.underlying
    for place, step in enumerate(answer.plan, start=1):
        left = (
            "none"
            if step.limit is None
            else f"{limit_words(step.limit)}, {percent(step.breach)} beyond"
        )
        yield (
            f"{place}",
            step.instrument,
            coins(step.quantity, name),
            price_words(step.price),
            coins(step.hedge, name) if step.hedge else "–",
            left,
        )
