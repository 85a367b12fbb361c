"""Everything a calibration rests on, in words, each line marked as assumed, given or measured."""

from collections.abc import Iterator

from shortgamma.report.amounts import percent
from shortgamma.report.assumptions import Ground, Origin
from shortgamma.report.calibration_words import extent
from shortgamma.studies.calibration import LEVEL, Calibration

METHODS = {
    "gbm": "Maximum likelihood in closed form; moves are independent.",
    "merton": "Maximum likelihood; moves are independent.",
    "kou": "Maximum likelihood; moves are independent.",
    "heston": "Likelihood of a filter that knows mean and variance of the hidden variance.",
    "hawkes": "Likelihood of a filter that knows the mean of the hidden intensity.",
    "svcj": "Likelihood of the filter of heston, with jumps.",
    "bootstrap": "No likelihood: the automatic length of Politis and White for blocks of |move|.",
}

ASSUMED = {
    "Parameters": (
        "constant",
        "One set for the whole history. Where the market changed, intervals are too narrow.",
    ),
    "Standard errors": (
        "of the likelihood",
        "From its curvature at the maximum. What the law misses makes them too small.",
    ),
    "Intervals and bands": (
        percent(LEVEL),
        "On the scale on which an estimate is closest to normal: logarithms of what has one sign.",
    ),
}
BOOKS = (
    "Sizes of inverse contracts are USD and count as coins at the price of their level. A book that ends "
    "before 1 % is taken to go on with the same mean density."
)


def calibration_grounds(answer: Calibration) -> Iterator[Ground]:
    """All of them: prices, methods, what they assume, order books."""
    yield Ground(
        name="Prices",
        value=f"{len(answer.history):,}",
        reason=f"{extent(answer)}. A move across a gap is none.",
        origin=Origin.GIVEN,
    )
    for process in answer.fits:
        yield Ground(name=process, value="fitted", reason=METHODS[process], origin=Origin.MEASURED)
    for process, problem in answer.refused.items():
        yield Ground(name=process, value="not fitted", reason=f"{problem}.", origin=Origin.MEASURED)
    for name, (value, reason) in ASSUMED.items():
        yield Ground(name=name, value=value, reason=reason, origin=Origin.ASSUMED)
    if answer.books:
        yield Ground(
            name="Order books",
            value=f"{len(answer.books):,}",
            reason=BOOKS,
            origin=Origin.GIVEN,
        )
