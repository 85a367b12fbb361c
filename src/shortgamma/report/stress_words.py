"""A stress test in sentences that a risk officer reads: the worst cell, what it costs, what a gap does."""

from collections.abc import Iterator

import numpy as np

from shortgamma.market.revaluation import VolShift
from shortgamma.report.amounts import (
    MINUS,
    coins,
    number,
    percent,
    ratio,
    signed_percent,
    signed_usd,
    usd,
)
from shortgamma.risk.gap import Gap
from shortgamma.risk.limits import LimitCheck
from shortgamma.risk.stress import CarryStatus, Cell
from shortgamma.studies.stress import NAMED, Stress

NAMES = {
    "delta": "delta",
    "gamma_usd_per_pct": "gamma per 1 %",
    "vega_usd_per_point": "vega per point",
    "vanna_usd_per_point": "vanna per point",
    "worst_cell_usd": "worst cell",
    "cvar_usd": "CVaR",
    "margin_usd": "margin",
    "theta": "θ",
    "gap_usd": "gap loss",
    "theta_to_worst_days": "theta to worst, days",
    "margin_usage": "margin usage",
}
USUAL_GAP = 0.2
"""Relative move for which the gap is told."""
SHARES = ("concentration.", "margin_usage")
MOST_BREACHES = 3
MOST_LONG = 1e6
"""Beyond it a ratio of a figure to its limit is not written out."""


def limit_words(name: str) -> str:
    """A limit by the name that a reader knows."""
    if name.startswith("vega_by_tenor."):
        return f"vega, {name.removeprefix('vega_by_tenor.')} days"
    if name.startswith("concentration."):
        return f"gamma in one {name.removeprefix('concentration.')}"
    return NAMES.get(name, name)


def amount(answer: Stress, name: str, value: float) -> str:
    """A limited figure in its unit."""
    if not np.isfinite(value):
        return "none" if name == "theta_to_worst_days" else "–"
    if name == "delta":
        return held_words(answer, value)
    if name.startswith(SHARES):
        return percent(value)
    if name == "theta":
        return ratio(value)
    if name == "theta_to_worst_days":
        return number(value)
    return usd(value) if name.endswith("_usd") or name.startswith("cell ") else signed_usd(value)


def held_words(answer: Stress, value: float) -> str:
    """A signed amount of the underlying, without a name where the book has none."""
    return coins(value, answer.book.underlying).strip()


def bound_words(answer: Stress, row: LimitCheck) -> str:
    """The bounds of a limit."""
    high = amount(answer, row.name, row.high).removeprefix("+")
    if row.low == -np.inf:
        return f"≤ {high}"
    if row.low == -row.high:
        return f"± {high}"
    return f"{amount(answer, row.name, row.low)} to {high}"


def vol_words(shift: VolShift) -> str:
    """A vol shift in words, with a real minus sign."""
    return shift.label.replace("-", MINUS)


def cell_words(cell: Cell) -> str:
    """A cell in words."""
    return f"spot {signed_percent(cell.spot_move, 3)} and {vol_words(cell.vol)}"


def headline(answer: Stress) -> str:
    """The answer in one sentence."""
    worst = answer.matrix.worst
    if worst.pnl_usd >= 0.0:
        return "The book loses in no cell of the matrix"
    return f"The worst cell costs {usd(-worst.pnl_usd)}, at {cell_words(worst)}"


def breach_words(answer: Stress) -> str:
    """Which limits are breached, or that all are kept."""
    if not answer.limits:
        return "No limits were given."
    broken = answer.breaches
    if not broken:
        return (
            "Its limit is kept."
            if len(answer.limits) == 1
            else f"All {len(answer.limits)} limits are kept."
        )
    named = "; ".join(
        f"{limit_words(row.name)} {amount(answer, row.name, row.figure)} against "
        f"{bound_words(answer, row)}"
        for row in broken[:MOST_BREACHES]
    )
    more = len(broken) - MOST_BREACHES
    rest = f"; and {more} more" if more > 0 else ""
    verb = "is" if len(broken) == 1 else "are"
    return f"{len(broken)} of {len(answer.limits)} limits {verb} breached: {named}{rest}."


def sentences(answer: Stress) -> list[str]:
    """What else has to be known, the weightiest first."""
    found = [breach_words(answer), carry_words(answer), gap_words(answer), trade_words(answer)]
    found += [driver_words(answer), curvature_words(answer), theta_words(answer)]
    return [sentence for sentence in found if sentence]


def carry_words(answer: Stress) -> str:
    """The worst cell in days of time decay."""
    carry = answer.carry
    theta = signed_usd(carry.theta_usd_per_day)
    match carry.status:
        case CarryStatus.PAID_IN_DAYS:
            return f"Time decay earns {theta} a day: the worst cell costs {number(carry.days)} days of it."
        case CarryStatus.NEVER_PAID:
            return (
                f"Time decay brings {theta} a day: nothing that comes in pays for the worst cell."
            )
        case CarryStatus.NO_LOSS:
            return f"Time decay brings {theta} a day."


def usual_gaps(answer: Stress) -> tuple[Gap | None, Gap | None]:
    """The jumps down and up that are nearest to 20 %; None where there is none on that side."""
    sides = (
        [gap for gap in answer.gaps if gap.spot_move < 0.0],
        [gap for gap in answer.gaps if gap.spot_move > 0.0],
    )
    down, up = (
        min(side, key=lambda gap: abs(abs(gap.spot_move) - USUAL_GAP), default=None)
        for side in sides
    )
    return down, up


def gap_words(answer: Stress) -> str:
    """What a jump costs a book whose delta is hedged."""
    told = [
        f"{signed_usd(gap.hedged_usd)} at {signed_percent(gap.spot_move, 3)} "
        f"({signed_usd(gap.quadratic_usd)} by gamma alone)"
        for gap in usual_gaps(answer)
        if gap is not None
    ]
    if not told or not len(answer.book.options):
        return ""
    return (
        f"With its delta hedged before, a jump that nobody trades in brings {' and '.join(told)}."
    )


def trade_words(answer: Stress) -> str:
    """What has to be traded once the jump is over."""
    told = [
        f"{'buys' if gap.trade > 0.0 else 'sells'} {usd(abs(gap.trade_usd))} after "
        f"{signed_percent(gap.spot_move, 3)}"
        for gap in usual_gaps(answer)
        if gap is not None and gap.trade != 0.0
    ]
    return f"To have its delta back it {' and '.join(told)}." if told else ""


def driver_words(answer: Stress) -> str:
    """The holding that loses most in the worst cell."""
    if not answer.parts or answer.parts[0].pnl_usd >= 0.0:
        return ""
    worst = answer.parts[0]
    return (
        f"In the worst cell {number(worst.quantity)} {worst.instrument} brings {signed_usd(worst.pnl_usd)}, "
        "the largest loss."
    )


def curvature_words(answer: Stress) -> str:
    """Curvature, where it was asked for."""
    found = answer.curvature
    if found is None:
        return ""
    return (
        f"Curvature at a risk weight of {percent(found.risk_weight, 3)}: {signed_usd(found.up)} up, "
        f"{signed_usd(found.down)} down; a charge of {usd(found.charge_usd)}."
    )


def theta_words(answer: Stress) -> str:
    """θ and concentration."""
    by = {place.by: place for place in answer.concentrations}
    gamma = answer.totals.gamma_usd_per_pct
    told = (
        f"Gamma is {signed_usd(gamma)} per 1 %; θ is {ratio(answer.theta)} with "
        f"{usd(answer.depth_usd_per_pct)} of depth"
    )
    if by["strike"].share == 0.0:
        return f"{told}."
    return (
        f"{told}; {percent(by['strike'].share)} of gamma sits in one strike, "
        f"{percent(by['expiry'].share)} in one expiry."
    )


LIMIT_HEADS = ("Limit|", "Bound", "Figure", "Used", "Verdict|")


def limit_rows(answer: Stress) -> Iterator[tuple[str, ...]]:
    """Every limit as cells, what is breached first."""
    for row in sorted(answer.limits, key=lambda row: (row.holds, -row.used)):
        yield (
            limit_words(row.name),
            bound_words(answer, row),
            amount(answer, row.name, row.figure),
            percent(row.used) if row.used < MOST_LONG else "–",
            verdict(answer, row),
        )


def verdict(answer: Stress, row: LimitCheck) -> str:
    """Whether a limit is kept, and by how much it is missed."""
    if row.holds:
        return "kept"
    if not np.isfinite(row.breach):
        return "breached"
    return f"breached by {amount(answer, row.name, row.breach).removeprefix('+')}"


GAP_HEADS = (
    "Jump|",
    "As held",
    "Delta hedged before",
    "By gamma alone",
    "To trade after",
    "At the new price",
)


def jumps(answer: Stress) -> tuple[Gap, ...]:
    """The gaps in which spot moves, in order; the one that does not where there is no other."""
    return tuple(gap for gap in answer.gaps if gap.spot_move != 0.0) or answer.gaps


def gap_rows(answer: Stress) -> Iterator[tuple[str, ...]]:
    """Every jump as cells."""
    for gap in jumps(answer):
        yield (
            signed_percent(gap.spot_move, 3),
            signed_usd(gap.pnl_usd),
            signed_usd(gap.hedged_usd),
            signed_usd(gap.quadratic_usd),
            held_words(answer, gap.trade),
            signed_usd(gap.trade_usd),
        )


PART_HEADS = ("Holding|", "Quantity", "In the worst cell")


def part_rows(answer: Stress) -> Iterator[tuple[str, ...]]:
    """The holdings that lose most in the worst cell."""
    for part in answer.parts[:NAMED]:
        yield (
            part.instrument,
            held_words(answer, part.quantity),
            signed_usd(part.pnl_usd),
        )
