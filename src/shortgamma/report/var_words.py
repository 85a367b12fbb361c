"""Tail risk in sentences that a risk officer reads: how much, by what, and whether it held."""

import math
from collections.abc import Iterator

from shortgamma.report.amounts import number, percent, usd
from shortgamma.risk.backtests.backtest import Backtest
from shortgamma.studies.value_at_risk.answer import DELTA, FULL, MethodRow, TailRisk, Timeline

NAMES = {
    "historical": "Historical",
    "filtered-historical": "Filtered historical",
    "monte-carlo": "Monte Carlo",
    "pareto": "Pareto tail",
    "delta-gamma": "Delta-gamma, exact",
    "cornish-fisher": "Cornish–Fisher",
    "delta": "Delta alone",
}
SMALL = 0.05
"""p-value below which a test rejects."""
FAR = 1.2
"""Times delta alone up to which a book is said to be nearly linear."""
HOURS_PER_DAY = 24.0


def name_of(row: str) -> str:
    """A method by the name that a reader knows."""
    return NAMES.get(row, row)


def level_words(level: float) -> str:
    """``99 %`` or ``97.5 %``."""
    return f"{100.0 * level:g} %"


def horizon_words(answer: TailRisk) -> str:
    """``1 day``, ``10 days``, ``15 minutes``."""
    days = answer.horizon.days
    if days >= 1.0:
        return "1 day" if days == 1.0 else f"{days:g} days"
    hours = days * HOURS_PER_DAY
    if hours >= 1.0:
        return "1 hour" if round(hours, 6) == 1.0 else f"{hours:.3g} hours"
    return f"{60.0 * hours:.3g} minutes"


def headline(answer: TailRisk) -> str:
    """The answer in one sentence."""
    main = answer.main.figures[0]
    if main.var <= 0.0:
        return f"At {level_words(main.level)} the book does not lose over {horizon_words(answer)}"
    return (
        f"Over {horizon_words(answer)} the book loses more than {usd(main.var)} with a chance of "
        f"{percent(1.0 - main.level)}, and then {usd(main.es)} on average"
    )


def sentences(answer: TailRisk) -> list[str]:
    """What else has to be known, the weightiest first."""
    found = [delta_words(answer), backtest_words(answer), range_words(answer)]
    found += [tail_words(answer), expansion_words(answer), *answer.warnings]
    return [sentence for sentence in found if sentence]


def delta_words(answer: TailRisk) -> str:
    """What delta alone would say."""
    delta, main = answer.row(DELTA), answer.main
    if delta is None or math.isnan(main.ratios[0]):
        return "Delta alone sees no risk at all: the loss is curvature."
    ratio, base = main.ratios[0], delta.figures[0]
    start = f"Delta alone says {usd(base.var)} at {level_words(base.level)}"
    if ratio < FAR:
        return (
            f"{start}; full revaluation is {number(ratio)} times that: the book is nearly linear."
        )
    why = ": a short-gamma book loses by curvature" if answer.form.curvature[0] < 0.0 else ""
    return f"{start}; full revaluation is {number(ratio)} times that{why}."


def backtest_words(answer: TailRisk) -> str:
    """Whether the forecasts held."""
    test = answer.timeline.tests[0]
    level = answer.question.levels[0]
    verdict = " and ".join(rejected(test))
    said = f"rejected by {verdict}" if verdict else "not rejected by any test at 5 %"
    return (
        f"Backtest of {name_of(answer.question.method).lower()} at {level_words(level)}: "
        f"{test.breaches} breaches of {test.observations}, {number(test.expected)} expected; {said}."
    )


def rejected(test: Backtest) -> Iterator[str]:
    """Tests whose Monte Carlo p-value is below 5 %."""
    for name, chance in p_values(test).items():
        if chance < SMALL:
            yield name


def p_values(test: Backtest) -> dict[str, float]:
    """Monte Carlo p-values by the names of the tests."""
    return {
        "Kupiec": test.kupiec.p_value_monte_carlo,
        "independence": test.independence.p_value_monte_carlo,
        "Christoffersen": test.christoffersen.p_value_monte_carlo,
        "Acerbi–Székely": test.acerbi_szekely.p_value_monte_carlo,
    }


def range_words(answer: TailRisk) -> str:
    """How far the fully revalued methods are apart."""
    full = [row.figures[0] for row in answer.rows if row.kind == FULL]
    low, high = min(f.var for f in full), max(f.var for f in full)
    return f"The three fully revalued methods say {usd(low)} to {usd(high)}."


def tail_words(answer: TailRisk) -> str:
    """Whether kurtosis exists."""
    found = answer.exponent
    if found is None:
        return ""
    low, high = (number(max(end, 0.0)) for end in found.interval)
    start = f"The tail exponent of the moves is {number(found.exponent)} (90 % interval {low} to {high})"
    if found.has_kurtosis is False:
        return (
            f"{start}, below 4: kurtosis does not exist, and whatever is built on it is of this sample "
            "only."
        )
    if found.has_kurtosis is None:
        return f"{start}: whether kurtosis exists, which takes more than 4, is open."
    return f"{start}: kurtosis exists."


def expansion_words(answer: TailRisk) -> str:
    """Whether Cornish–Fisher is a law here."""
    if answer.expansion_increases or answer.form.deviation == 0.0:
        return ""
    return (
        f"Cornish–Fisher is outside of its range: skewness {number(answer.form.skewness)}, excess kurtosis "
        f"{number(answer.form.excess_kurtosis)}."
    )


def method_heads(answer: TailRisk) -> tuple[str, ...]:
    """Columns of the table of methods."""
    levels = [level_words(level) for level in answer.question.levels]
    return (
        "Method|",
        "Kind|",
        *(f"{what} {each}" for each in levels for what in ("VaR", "ES")),
        "To delta",
    )


def method_rows(answer: TailRisk) -> Iterator[tuple[str, ...]]:
    """Every method as cells; the last one is VaR at the first level over that of delta alone."""
    for row in answer.rows:
        cells = [cell for each in row.figures for cell in (figure(each.var), figure(each.es))]
        yield (name_of(row.name), row.kind, *cells, ratio_words(row))


def figure(value: float) -> str:
    """A loss, or why there is none."""
    if math.isnan(value):
        return "–"
    return usd(value) if math.isfinite(value) else "no mean"


def ratio_words(row: MethodRow) -> str:
    """VaR over that of delta alone."""
    ratio = row.ratios[0]
    return f"× {number(ratio)}" if math.isfinite(ratio) else "–"


TEST_HEADS = (
    "Method|",
    "Level",
    "Breaches",
    "Expected",
    "Kupiec",
    "Independence",
    "Coverage",
    "Z₂",
    "p of Z₂",
    "Zone|",
)


def test_rows(answer: TailRisk) -> Iterator[tuple[str, ...]]:
    """Every backtest as cells; tests by their Monte Carlo p-values."""
    for name, line in answer.timelines.items():
        yield from line_rows(name, line, answer.question.levels)


def line_rows(name: str, line: Timeline, levels: tuple[float, ...]) -> Iterator[tuple[str, ...]]:
    """One method's backtests as cells."""
    for level, test in zip(levels, line.tests, strict=True):
        short = test.acerbi_szekely
        yield (
            name_of(name),
            level_words(level),
            f"{test.breaches} of {test.observations}",
            number(test.expected),
            chance(test.kupiec.p_value_monte_carlo),
            chance(test.independence.p_value_monte_carlo),
            chance(test.christoffersen.p_value_monte_carlo),
            number(short.statistic) if math.isfinite(short.statistic) else "–",
            chance(short.p_value_monte_carlo),
            test.basel.zone.value,
        )


def chance(value: float) -> str:
    """A p-value."""
    if math.isnan(value):
        return "–"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
