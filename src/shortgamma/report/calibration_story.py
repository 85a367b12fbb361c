"""The order in which the page of a calibration tells the answer."""

from functools import partial

from shortgamma.report.amounts import percent
from shortgamma.report.calibration_words import (
    book_label,
    memory_words,
    tail_words,
    title_of,
    week_words,
)
from shortgamma.report.figures import calibration as figures
from shortgamma.report.figures import calibration_time as over_time
from shortgamma.report.story import Chapter, Panel
from shortgamma.studies.calibration import LEVEL, Calibration

SQUARE = (420, 340)
HEIGHT = (360, 320)
WEEK = (330, 360)


def calibration_chapters(answer: Calibration) -> tuple[Chapter, ...]:
    """The chapters in reading order."""
    found = [processes()]
    if answer.quantiles:
        found.append(laws(answer))
    found.append(memory(answer))
    if answer.tails:
        found.append(tails(answer))
    if answer.week is not None:
        found.append(week(answer))
    return (*found, books(answer)) if answer.books else tuple(found)


def processes() -> Chapter:
    """The ranking and the parameters, as tables."""
    return Chapter(
        name="processes",
        title="Which process fits",
        short="Processes",
        lead="Akaike's criterion (AIC) is twice the number of free parameters less twice the "
        "log-likelihood; the lowest fits best, and 10 more leave a process no support. Likelihoods of "
        "heston, hawkes and svcj are those of a filter that forecasts each move from the moves before it.",
        panels=(),
    )


def laws(answer: Calibration) -> Chapter:
    """One quantile figure per process."""
    return Chapter(
        name="quantiles",
        title="Does its law hold for every size of move?",
        short="Quantiles",
        lead="Moves over one bar against the quantiles of the fitted law. If moves were independent and the "
        f"law true, {percent(LEVEL)} of the quantiles would lie inside the band; clusters make the true "
        "band wider. Steeper than the dashed line means that the market makes larger moves than the law.",
        panels=tuple(law(answer, number) for number in range(len(answer.ranking))),
    )


def stands_alone(number: int, count: int) -> bool:
    """Whether the last of an odd number of panels has a row for itself."""
    return number == count - 1 and count % 2 == 1


def law(answer: Calibration, number: int) -> Panel:
    """Quantiles of one process, counted from the best."""
    process = answer.ranking[number].process
    outside = percent(answer.outside(process))
    return Panel(
        name=f"quantiles-{process}",
        title=f"{process}: {title_of(process)}",
        caption=f"{outside} of the quantiles lie outside the band.",
        description=f"Observed moves against quantiles of {title_of(process)}; {outside} lie outside.",
        figure=partial(figures.quantiles, process=process),
        height=SQUARE,
        is_wide=stands_alone(number, len(answer.ranking)),
    )


def tails(answer: Calibration) -> Chapter:
    """Excesses beyond a threshold, and their generalised Pareto law."""
    panel = Panel(
        name="tails",
        title="Moves beyond a threshold",
        caption="Share of all moves at least so large, both axes logarithmic; lines are the generalised "
        "Pareto law. A straight line is a power law, one that bends down a thinner tail.",
        description=f"Chance of a move of a size, falls and rises. {tail_words(answer)}",
        figure=figures.tails,
        height=(400, 360),
        is_wide=True,
    )
    return Chapter(
        name="tails",
        title="How heavy are the tails?",
        short="Tails",
        lead=tail_words(answer),
        panels=(panel,),
    )


def memory(answer: Calibration) -> Chapter:
    """Autocorrelation of |move|, and vol by sampling interval."""
    clusters = Panel(
        name="clusters",
        title="Autocorrelation of |move|",
        caption=f"Dotted: the {percent(LEVEL)} band of independent moves.",
        description=f"Autocorrelation of the absolute move by lag. {memory_words(answer)}",
        figure=over_time.clusters,
        height=HEIGHT,
    )
    signature = Panel(
        name="signature",
        title="Vol by sampling interval",
        caption="Realised vol of the same prices, sampled more and more rarely; bars are one standard "
        "error. It falls where moves turn back, and rises where they go on.",
        description="Annualised realised vol against the interval between prices.",
        figure=over_time.signature,
        height=HEIGHT,
    )
    return Chapter(
        name="memory",
        title="How long does the market remember?",
        short="Memory",
        lead=memory_words(answer),
        panels=(clusters, signature),
    )


def week(answer: Calibration) -> Chapter:
    """Vol in each hour of the week."""
    panel = Panel(
        name="week",
        title="Vol by hour of the week, UTC",
        caption="Against the vol of the whole history: orange wilder, blue calmer.",
        description=f"Heat map of vol by weekday and hour. {week_words(answer)}",
        figure=over_time.hours_of_week,
        height=WEEK,
        is_wide=True,
    )
    return Chapter(
        name="week",
        title="Does it know the hour?",
        short="Week",
        lead=week_words(answer),
        panels=(panel,),
    )


def books(answer: Calibration) -> Chapter:
    """What a market order costs in each recorded book."""
    panels = tuple(
        Panel(
            name=f"book-{number}",
            title=book_label(answer.books[number]),
            caption="Average fill against the middle; the last point is all that is quoted.",
            description="Average cost of a market order against its size, either side.",
            figure=partial(figures.book_impact, number=number),
            height=HEIGHT,
            is_wide=stands_alone(number, len(answer.books)),
        )
        for number in range(len(answer.books))
    )
    return Chapter(
        name="books",
        title="How deep are the books?",
        short="Books",
        lead="What stands in a recorded order book at one moment. Hidden and slow orders are not in it, and "
        "it can be withdrawn: a scenario's depth is what remains when it is needed.",
        panels=panels,
    )
