"""Key numbers of a comparison of re-hedging policies, and its badge."""

import math

from shortgamma.report.amounts import number, percent, ratio, signed_usd, usd
from shortgamma.report.policy_names import (
    SHORTFALL,
    every,
    family_words,
    is_at_rest,
    is_every_step,
    parameter_words,
    period,
    step_seconds,
)
from shortgamma.report.policy_words import cheaper, interval_words
from shortgamma.report.tiles import Tile, Tone
from shortgamma.studies.policies.answer import PolicyComparison
from shortgamma.studies.policies.candidates import CONTINUOUS, NONE


def badge_of(answer: PolicyComparison) -> tuple[Tone, str]:
    """Whether it pays to wait."""
    point = answer.simulated.chosen
    chosen = point.candidate
    if is_at_rest(point):
        return Tone.NEUTRAL, "Hedging does not pay"
    if is_every_step(answer, chosen):
        return Tone.NEUTRAL, "Waiting does not pay"
    return Tone.LONG, "Waiting pays"


def policy_tiles(answer: PolicyComparison) -> tuple[Tile, ...]:
    """All key numbers; the first four carry the story."""
    return (rule_tile(answer), *leading_tiles(answer), *meaning_tiles(answer), *book_tiles(answer))


def rule_tile(answer: PolicyComparison) -> Tile:
    """The best rule with its interval."""
    found = answer.simulated
    candidate, best = found.chosen.candidate, found.best[0]
    value, _, move = parameter_words(answer, candidate).partition(" (")
    has = best.candidate.parameter is not None
    return Tile(
        label=family_words(answer, candidate.family),
        value=value or "no parameter",
        unit=f"{move.removesuffix(')')} move" if move else "",
        note=f"best {interval_words(answer, best)}" if has else "least score of all",
        tone=badge_of(answer)[0],
    )


def leading_tiles(answer: PolicyComparison) -> tuple[Tile, ...]:
    """Cost, risk, tail."""
    found = answer.simulated
    point, always, none = found.chosen, found.of(CONTINUOUS), found.of(NONE)
    often = every(step_seconds(answer))
    saves = point.cost.value < always.cost.value
    return (
        Tile(
            label="Cost of it",
            value=usd(point.cost.value),
            unit=period(answer),
            note=f"{cheaper(point, always)} {often} ({usd(always.cost.value)})",
            tone=Tone.LONG if saves else Tone.NEUTRAL,
        ),
        Tile(
            label="Risk that it leaves",
            value=usd(point.std.value),
            unit="",
            note=f"standard deviation; {often} {usd(always.std.value)}, never {usd(none.std.value)}",
        ),
        Tile(
            label=SHORTFALL,
            value=usd(point.es.value),
            unit="",
            note=f"mean loss of the worst paths; {often} {usd(always.es.value)}",
        ),
    )


def meaning_tiles(answer: PolicyComparison) -> tuple[Tile, ...]:
    """What else the best rule means."""
    point = answer.simulated.chosen
    return (
        Tile(
            label="Trades",
            value=number(point.trades.value),
            unit=f"of {answer.steps:,} steps",
            note="mean of the paths",
        ),
        Tile(
            label="Own impact",
            value=usd(point.impact.value),
            unit="",
            note="moving the price by its own trades; in the cost",
            tone=Tone.SHORT if point.impact.value > 0.0 else Tone.LONG,
        ),
        Tile(
            label="Mean result",
            value=signed_usd(point.pnl.value),
            unit="",
            note=f"worst path {signed_usd(point.worst_path)}",
            tone=Tone.LONG if point.pnl.value > 0.0 else Tone.SHORT,
        ),
    )


def book_tiles(answer: PolicyComparison) -> tuple[Tile, ...]:
    """What is hedged, in which market, and the worst hour where it was watched."""
    point = answer.simulated.chosen
    hour, worst = point.worst_hour, point.worst_hour_of_all
    tiles = [
        Tile(
            label="θ of the book",
            value=ratio(answer.theta) if math.isfinite(answer.theta) else "−∞",
            unit="",
            note="net gamma over depth at the start",
            tone=Tone.SHORT if answer.theta < 0.0 else Tone.LONG,
        ),
        Tile(
            label="Realised vol",
            value=percent(answer.simulated.realised_vol),
            unit="",
            note="of the price where nobody hedges",
        ),
    ]
    if hour is not None and worst is not None:
        note = f"mean of the paths; worst of all {signed_usd(worst)}"
        tiles.append(Tile(label="Worst hour", value=signed_usd(hour.value), unit="", note=note))
    return tuple(tiles)
