"""Names of re-hedging policies and of their parameters, lengths of time, sizes of bands."""

from dataclasses import replace

from shortgamma.report.amounts import number, percent, rounded
from shortgamma.studies.policies.answer import PolicyComparison
from shortgamma.studies.policies.candidates import CONTINUOUS, NONE, Candidate
from shortgamma.studies.policies.results import TAIL, FrontierPoint

FAMILIES = {
    "none": "No re-hedging",
    "band to edge": "Band to edge",
    "band to centre": "Band to centre",
    "interval": "Interval",
    "whalley-wilmott": "Band by gamma",
    "mixed": "Band by gamma and gas",
    "given": "The given rule",
}
"""Of policies, for readers; hedging in every step is named after the step."""
PARTS = {
    "theta_usd": "Theta",
    "gamma_usd": "Gamma",
    "vega_usd": "Vega",
    "delta_usd": "Delta left unhedged",
    "execution_usd": "Fill against close",
    "basis_usd": "Basis",
    "spread_usd": "Spread",
    "fees_usd": "Fees",
    "slippage_usd": "Slippage",
    "gas_usd": "Gas",
    "funding_usd": "Funding",
    "margin_usd": "Margin",
    "haircut_usd": "Auto-deleveraging",
}
"""Parts of a result, in the order in which they are shown."""
SHORTFALL = f"ES {100.0 * (1.0 - TAIL):g} %"
BEYOND = 1e9
"""Coins of a band, and multiples of a dollar, from which powers of ten are shown."""
UNITS = ((86_400.0, 2.0, "day"), (3_600.0, 1.0, "hour"), (60.0, 1.0, "minute"))
"""Seconds, how many of them a length of time must have, name."""
PERIODS = ((30.0, 1.5, "a month"), (7.0, 0.1, "a week"), (1.0, 0.01, "a day"))
"""Days, how far a run may be from them, name."""


def duration(seconds: float) -> str:
    """A length of time.

    >>> duration(3600.0), duration(97200.0), duration(518400.0), duration(1.0)
    ('1 hour', '27 hours', '6 days', '1 second')
    """
    seconds = rounded(seconds)
    size, name = next(
        ((size, name) for size, least, name in UNITS if seconds >= least * size), (1.0, "second")
    )
    count = number(seconds / size)
    return f"{count} {name}{'' if count == '1' else 's'}"


def is_at_rest(point: FrontierPoint) -> bool:
    """True for a policy that trades on no path, whatever it is called."""
    return point.candidate == NONE or point.trades.value == 0.0


def every(seconds: float) -> str:
    """How often, for a sentence.

    >>> every(3600.0), every(18000.0)
    ('every hour', 'every 5 hours')
    """
    return f"every {duration(seconds).removeprefix('1 ')}"


def period(answer: PolicyComparison) -> str:
    """Length of the run, as the end of "it costs so much"."""
    days = answer.horizon_days
    named = (name for length, off, name in PERIODS if abs(days - length) <= off)
    return next(named, f"in {duration(days * 86_400.0)}")


def step_seconds(answer: PolicyComparison) -> float:
    """Length of a step."""
    return answer.horizon_days * 86_400.0 / answer.steps


def is_every_step(answer: PolicyComparison, candidate: Candidate) -> bool:
    """True for a policy that trades in every step, whatever it is called."""
    seconds = candidate.parameter if candidate.family == "interval" else None
    return candidate == CONTINUOUS or (
        seconds is not None and seconds <= 1.001 * step_seconds(answer)
    )


def family_words(answer: PolicyComparison, family: str) -> str:
    """Name of a family."""
    if family == CONTINUOUS.family:
        return every(step_seconds(answer)).capitalize()
    return FAMILIES.get(family, family)


def move_of(answer: PolicyComparison, coins: float) -> float:
    """The price move at the start after which the delta is off by so many coins, as a part of the price."""
    problem = answer.problem
    return coins / (abs(problem.gamma) * problem.spot)


def value_words(answer: PolicyComparison, unit: str, value: float) -> str:
    """A parameter in the unit that a reader thinks in; a risk aversion as its band at the start."""
    match unit:
        case "seconds":
            return duration(value)
        case "per USD":
            return f"{size(band_at(answer, value))} coins at first"
        case _:
            return f"{size(value)} coins"


def size(value: float) -> str:
    """A number of coins, in powers of ten where it is beyond all books."""
    return number(value) if value < BEYOND else f"{value:.2g}"


def band_at(answer: PolicyComparison, risk_aversion: float) -> float:
    """Best band of an aversion to risk at the start, in theory; coins."""
    return replace(answer.problem, risk_aversion=risk_aversion).best_band[0]


def parameter_words(answer: PolicyComparison, candidate: Candidate) -> str:
    """What tells a policy from its family; a band with the price move that it is."""
    if candidate.parameter is None:
        return candidate.text if candidate.family == "given" else ""
    text = value_words(answer, candidate.unit, candidate.parameter)
    if candidate.unit != "coins":
        return text
    return f"{text} ({percent(move_of(answer, candidate.parameter))})"


def policy_words(answer: PolicyComparison, candidate: Candidate) -> str:
    """Family and parameter."""
    parts = (family_words(answer, candidate.family), parameter_words(answer, candidate))
    return ": ".join(filter(None, parts))
