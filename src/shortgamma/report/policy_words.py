"""A comparison of re-hedging policies in sentences; shared by the page, the terminal and the notebook."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from shortgamma.basics.time import format_stamp
from shortgamma.report.amounts import CENT, number, percent, ratio, usd
from shortgamma.report.policy_names import (
    BEYOND,
    band_at,
    duration,
    every,
    family_words,
    is_at_rest,
    is_every_step,
    move_of,
    period,
    policy_words,
    step_seconds,
    value_words,
)
from shortgamma.report.simulation_words import usd_with_error, with_error
from shortgamma.studies.policies.answer import Comparison, PolicyComparison
from shortgamma.studies.policies.best import Best
from shortgamma.studies.policies.candidates import CONTINUOUS, NONE, Candidate
from shortgamma.studies.policies.results import TAIL, FrontierPoint
from shortgamma.studies.policies.volatility import CostCurve

ALIKE = 0.02
"""Relative difference of two risks below which they are called the same."""
SMALL_SHARE = 0.001
"""Of a score, below which no digits are given."""
WIDE = 3.0
"""High over low of an interval from which it is called wide."""
FEW = 2_000
"""Paths below which a shortfall rests on fewer than fifty."""
TOO_FEW = "too few windows that do not overlap for an interval"


def advice(answer: PolicyComparison, candidate: Candidate) -> str:
    """What to do, as the beginning of a sentence."""
    if is_every_step(answer, candidate):
        return f"Re-hedge {every(step_seconds(answer))}"
    value = 0.0 if candidate.parameter is None else candidate.parameter
    ends = {"band to edge": ", back to that edge", "band to centre": ", back to zero"}
    match candidate.family:
        case "band to edge" | "band to centre":
            off = f"{number(value)} coins (a move of {percent(move_of(answer, value))})"
            return f"Re-hedge when the delta is off by {off}{ends[candidate.family]}"
        case "interval":
            return f"Re-hedge {every(value)}"
        case "given":
            return f"Re-hedge as the scenario does, by {candidate.text}"
        case _:
            return (
                "Re-hedge at a band that follows gamma, "
                f"{number(band_at(answer, value))} coins wide at the start"
            )


def headline(answer: PolicyComparison) -> str:
    """What to do, what it costs and what risk it leaves, in one sentence."""
    found = answer.simulated
    point, always = found.chosen, found.of(CONTINUOUS)
    if is_at_rest(point):
        return (
            "Do not re-hedge: every rule that was tried costs more than the risk that it takes away "
            "is worth at this aversion."
        )
    verb = "costs" if point.cost.value >= 0.0 else "earns"
    amount = f"{usd(abs(point.cost.value))} {period(answer)}"
    cost = f"{advice(answer, point.candidate)}: it {verb} {amount}"
    if is_every_step(answer, point.candidate):
        left = usd(point.std.value)
        return f"{cost} and leaves a risk of {left}; no rule that waits does better."
    usual = f"hedging {every(step_seconds(answer))}"
    return f"{cost}, {cheaper(point, always)} {usual}, and leaves {risk_words(point, always)}."


def cheaper(point: FrontierPoint, other: FrontierPoint) -> str:
    """How the costs of two policies compare, as the beginning of a phrase."""
    one, two = point.cost.value, other.cost.value
    if not (one > 0.0 and two > 0.0):
        return f"against a cost of {usd(two)} for"
    share = 1.0 - one / two
    if abs(share) < 0.5 * ALIKE:
        return "as much as"
    return f"{percent(abs(share))} {'less' if share > 0.0 else 'more'} than"


def risk_words(point: FrontierPoint, other: FrontierPoint) -> str:
    """How the standard deviations of two policies compare."""
    one, two = point.std.value, other.std.value
    change = one / two - 1.0 if two > 0.0 else np.nan
    if not np.isfinite(change):
        return "a risk that one path cannot show" if np.isnan(one) else f"a risk of {usd(one)}"
    if abs(change) < ALIKE:
        return "the same risk"
    return f"{percent(abs(change))} {'more' if change > 0.0 else 'less'} risk"


def interval_words(answer: PolicyComparison, best: Best) -> str:
    """The best parameter of a family with its interval."""
    value = value_words(answer, best.unit, best.parameter)
    if not np.isfinite(best.low):
        return f"{value}, {TOO_FEW}"
    return f"{value}, {percent(best.level)} interval {ends_words(answer, best)}"


def ends_words(answer: PolicyComparison, best: Best) -> str:
    """The interval of a best parameter."""
    if not np.isfinite(best.low):
        return TOO_FEW
    ends = [value_words(answer, best.unit, each) for each in (best.low, best.high)]
    if ends[0] == ends[1]:
        return f"{ends[0]} on every draw"
    if best.unit == "per USD":  # the band falls as the aversion to risk rises
        ends.reverse()
    (low, unit), (high, other) = (end.split(" ", 1) for end in ends)
    return f"{low if unit == other else f'{low} {unit}'} to {high} {other}"


def best_words(answer: PolicyComparison, found: Comparison) -> str:
    """The best parameter of the best family, its interval, and what to doubt; empty where it has none."""
    best = found.best[0]
    if best.candidate.parameter is None or is_at_rest(found.chosen):
        return ""
    words = f"{family_words(answer, best.family)}: best at {interval_words(answer, best)}."
    tried = value_words(answer, best.unit, best.candidate.parameter)
    if tried != value_words(answer, best.unit, best.parameter):
        words += f" Of those tried {tried} is the best, and figures are its own."
    parts = (words, wide_words(answer, best), edge_words(answer, found, best))
    return " ".join(filter(None, parts))


def wide_words(answer: PolicyComparison, best: Best) -> str:
    """That the interval is wide; empty where it is not, and where there is none."""
    ends = [best.low, best.high]
    if not np.isfinite(ends).all():
        return ""
    if best.unit == "per USD":
        ends = [band_at(answer, end) for end in ends]
    factor = max(ends) / min(ends)
    if not factor > WIDE:
        return ""
    return (
        f"The interval is wide, by a factor of {number(factor, 2)}: the score is flat around its lowest "
        "point, or the paths are few."
    )


def edge_words(answer: PolicyComparison, found: Comparison, best: Best) -> str:
    """That the best lies at an end of what was tried; empty where it does not."""
    if not best.is_at_edge:
        return ""
    if is_every_step(answer, best.candidate):
        return "It cannot be shorter than a step."
    members = [p.candidate.parameter for p in found.points if p.candidate.family == best.family]
    largest = best.candidate.parameter == max(filter(None, members))
    ends = ("narrow", "wide") if best.unit == "per USD" else ("upper", "lower")
    flag = {"coins": ": change --thresholds", "seconds": ": change --intervals"}.get(best.unit, "")
    return (
        f"It lies at the {ends[0] if largest else ends[1]} end of what was tried, so the best one may lie "
        f"beyond{flag}."
    )


def theory_words(answer: PolicyComparison) -> str:
    """The band that theory gives at the start."""
    band = answer.problem.best_band[0]
    if not band > 0.0:
        return "Without costs in proportion to size or per trade theory gives no band."
    theory = "Theory (Whalley–Wilmott, constant gamma, no slippage, no own impact) says"
    move = move_of(answer, band)
    if move > 1.0:
        return f"{theory} not to trade before the price has doubled."
    watches = ""
    if answer.step_wander > 0.5 * band:
        watches = (
            f" It watches without a pause; here the delta moves by about {number(answer.step_wander)} coins "
            "from one look to the next."
        )
    return f"{theory} {number(band)} coins at the start, a move of {percent(move)}.{watches}"


def aversion_words(answer: PolicyComparison) -> str:
    """What the aversion to risk makes of cost and risk."""
    point = answer.simulated.chosen
    worth = f"At an aversion to risk of {aversion(answer)} (A) the score is {usd(point.score)}"
    if not 0.0 < point.cost.value < point.score:
        return f"{worth}."
    share = point.cost.value / point.score
    part = percent(share) if share >= SMALL_SHARE else f"less than {percent(SMALL_SHARE)}"
    return f"{worth}, of which cost is {part} and risk the rest."


def aversion(answer: PolicyComparison) -> str:
    """The aversion to risk as one over an amount."""
    value = answer.problem.risk_aversion
    return f"1 / {usd(1.0 / value)}" if 1.0 / BEYOND < value < 1.0 else f"{value:.3g} per USD"


def impact_words(answer: PolicyComparison) -> str:
    """What moving the price by its own trades costs the book."""
    point = answer.simulated.chosen
    value, cost = point.impact.value, point.cost.value
    if abs(value) < CENT:
        return f"Its own trades do not move the price. {theta_words(answer)}"
    amount = usd_with_error(replace(point.impact, value=abs(value)))
    end = theta_words(answer)
    if value < 0.0:
        return f"Own trades move the price in favour of the book: that earns {amount}. {end}"
    part = f", {percent(value / cost)} of the cost" if cost > 0.0 else ""
    return f"Moving the price by its own trades costs {amount}{part}. {end}"


def theta_words(answer: PolicyComparison) -> str:
    """Size of the book against the market."""
    if not np.isfinite(answer.theta):
        return "There is no depth: nobody can trade."
    return f"θ of the book is {ratio(answer.theta)}."


def floor_words(answer: PolicyComparison) -> str:
    """What no hedging and hedging in every step leave: the ends between which all rules lie."""
    none, always = (answer.simulated.of(each) for each in (NONE, CONTINUOUS))
    return (
        f"Hedging {every(step_seconds(answer))} still leaves a standard deviation of "
        f"{usd(always.std.value)}, no hedging {usd(none.std.value)}: a jump within a step is hedged by "
        f"no rule.{reversal_words(answer)}"
    )


def reversal_words(answer: PolicyComparison) -> str:
    """That waiting takes risk away, and what may make it so; empty where it does not."""
    found = answer.simulated
    one, two = found.chosen.std.value, found.of(CONTINUOUS).std.value
    if not one < (1.0 - ALIKE) * two:
        return ""
    return (
        " Waiting leaves less: the Black delta is not the hedge of least variance where the price does not "
        "move at the options' vols, jumps, reverts, or answers to the desk's own trades."
    )


def replayed_words(answer: PolicyComparison) -> str:
    """What the recorded prices say; empty where there are none."""
    found = answer.replayed
    if found is None:
        return ""
    chosen = answer.simulated.chosen.candidate
    same, best = found.of(chosen), found.chosen
    words = (
        f"On {found.paths:,} windows of recorded prices{dates_words(found)} that rule costs "
        f"{usd(same.cost.value)} {period(answer)} and leaves {usd(same.std.value)}"
    )
    if best.candidate == chosen:
        return f"{words}; it is the best there too."
    return (
        f"{words}; the best there is {small(policy_words(answer, best.candidate))}, at "
        f"{usd(best.cost.value)} and {usd(best.std.value)}."
    )


def dates_words(found: Comparison) -> str:
    """From when to when prices were recorded; empty where they were not."""
    if found.recorded is None:
        return ""
    first, last = (format_stamp(stamp)[:10] for stamp in found.recorded)
    return f", {first} to {last},"


def small(text: str) -> str:
    """Text that begins inside a sentence."""
    return f"{text[:1].lower()}{text[1:]}"


def power_words(curve: CostCurve) -> str:
    """Exponent of a curve with its error."""
    law = curve.law
    return "–" if law is None else with_error(law.power, law.power_error)


def law_words(answer: PolicyComparison) -> str:
    """How the cost of re-hedging grows with volatility; empty where no law could be fitted."""
    curves = [curve for curve in answer.curves if curve.law is not None]
    if not curves:
        return ""
    grown = ", ".join(
        f"{power_words(curve)} ({small(family_words(answer, curve.candidate.family))})"
        for curve in curves
    )
    return f"Re-hedging costs grow as vol to the power {grown}. {verdict(curves)}"


def verdict(curves: Sequence[CostCurve]) -> str:
    """Which law fits better, and by how much each misses a cost."""
    laws = [curve.law for curve in curves if curve.law is not None]
    bent = sum(law.is_exponential for law in laws)
    power = range_words([law.power_misfit for law in laws])
    exponential = range_words([law.rate_misfit for law in laws])
    misses = f"a power misses a cost by {power}, an exponential by {exponential}."
    if bent == 0:
        return f"That is not exponential: {misses}"
    if bent == len(laws):
        return f"An exponential fits better: {misses}"
    return f"An exponential fits {bent} of {len(laws)} better: {misses}"


def range_words(misfits: Sequence[float]) -> str:
    """Errors of logarithms as parts of what is missed, from the least to the most."""
    ends = (percent(float(np.expm1(end))) for end in (min(misfits), max(misfits)))
    return " to ".join(dict.fromkeys(ends))


def sentences(answer: PolicyComparison) -> tuple[str, ...]:
    """What has to be known before the figures, the weightiest first."""
    found = (
        best_words(answer, answer.simulated),
        theory_words(answer),
        aversion_words(answer),
        impact_words(answer),
        floor_words(answer),
        replayed_words(answer),
        law_words(answer),
        few_words(answer),
    )
    return tuple(filter(None, found))


def few_words(answer: PolicyComparison) -> str:
    """That the paths are few; empty where they are not."""
    paths = answer.simulated.paths
    if paths == 1:
        return "One path has no risk: simulate more to compare rules."
    rows = max(round((1.0 - TAIL) * paths), 1)
    return f"The tail of {paths:,} paths is {rows} of them." if paths < FEW else ""


def extent(answer: PolicyComparison) -> str:
    """Paths, steps, horizon, process."""
    found = answer.simulated
    length = duration(answer.horizon_days * 86_400.0)
    steps = f"{answer.steps:,} steps over {length}"
    return f"{found.paths:,} paths × {steps}, {found.process}, seed {answer.seed}"


def book_words(answer: PolicyComparison) -> str:
    """What is hedged."""
    book, count = answer.book, len(answer.book.options)
    side = "short" if book.gamma_usd_per_pct < 0.0 else "long"
    return (
        f"{book.label}: {count:,} {'option' if count == 1 else 'options'}, {side} "
        f"{usd(abs(book.gamma_usd_per_pct))} per 1 % at the start"
    )
