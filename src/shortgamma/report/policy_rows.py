"""Tables of a comparison of re-hedging policies, as texts; shared by the page and the terminal."""

from collections.abc import Iterator

import numpy as np

from shortgamma.report.amounts import number, percent, signed_usd, usd
from shortgamma.report.policy_names import SHORTFALL, family_words, policy_words, value_words
from shortgamma.report.policy_words import ends_words, power_words
from shortgamma.report.simulation_words import usd_with_error
from shortgamma.studies.policies.answer import Comparison, PolicyComparison
from shortgamma.studies.policies.best import LEVEL
from shortgamma.studies.policies.results import FrontierPoint

HEADS = ("Rule|", "Cost", "of it impact", "Risk", SHORTFALL, "Trades", "Worst hour", "Score")
BOTH_HEADS = ("Rule|", "Cost", "Recorded", "Risk", "Recorded", SHORTFALL, "Recorded")
BEST_TITLE = "The best of every family; (end) = at an end of what was tried"
BEST_HEADS = ("Family|", "Best", f"{100.0 * LEVEL:g} % interval", "Score")
LAW_HEADS = ("Rule|", "Power of vol", "Power misses by", "Exponential by")


def efficient_points(found: Comparison) -> list[FrontierPoint]:
    """Points that nothing beats in both, and the best one, from the least risk on."""
    kept = [point for point in found.points if point.is_efficient or point is found.chosen]
    return sorted(kept, key=lambda point: point.std.value)


def rows_of(answer: PolicyComparison, points: list[FrontierPoint]) -> Iterator[tuple[str, ...]]:
    """One row per policy under HEADS."""
    for point in points:
        worst = "–" if point.worst_hour is None else signed_usd(point.worst_hour.value)
        yield (
            policy_words(answer, point.candidate),
            usd_with_error(point.cost),
            usd(point.impact.value),
            usd(point.std.value),
            usd(point.es.value),
            number(point.trades.value),
            worst,
            usd(point.score),
        )


def both_rows(answer: PolicyComparison, again: Comparison) -> Iterator[tuple[str, ...]]:
    """Simulated and recorded beside each other, one row per efficient policy under BOTH_HEADS."""
    for point in efficient_points(answer.simulated):
        other = again.of(point.candidate)
        pairs = ((point.cost, other.cost), (point.std, other.std), (point.es, other.es))
        figures = (usd(metric.value) for pair in pairs for metric in pair)
        yield (policy_words(answer, point.candidate), *figures)


def best_rows(answer: PolicyComparison, found: Comparison) -> Iterator[tuple[str, ...]]:
    """The best of every family, the best family first, under BEST_HEADS."""
    for best in found.best:
        has = best.candidate.parameter is not None
        edge = " (end)" if best.is_at_edge else ""
        yield (
            family_words(answer, best.family),
            f"{value_words(answer, best.unit, best.parameter)}{edge}" if has else "–",
            ends_words(answer, best) if has else "–",
            usd(best.score),
        )


def law_rows(answer: PolicyComparison) -> Iterator[tuple[str, ...]]:
    """One row per policy whose cost was followed over volatility, under LAW_HEADS."""
    for curve in answer.curves:
        law = curve.law
        misses = (
            ("–", "–")
            if law is None
            else tuple(percent(float(np.expm1(m))) for m in (law.power_misfit, law.rate_misfit))
        )
        yield (policy_words(answer, curve.candidate), power_words(curve), *misses)
