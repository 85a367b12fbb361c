"""High-frequency scalping in sentences and rows, for the page and the terminal."""

from collections.abc import Iterator

from shortgamma.report.amounts import number, percent, usd
from shortgamma.report.scalp_words import BASIS_POINT, SIDE_NAMES, vol_text
from shortgamma.report.simulation_words import usd_with_error
from shortgamma.studies.scalping.fast import (
    LATENCIES,
    MAKER,
    TAKER,
    FastResult,
    FastScalping,
)
from shortgamma.studies.scalping.question import LONG, SHORT, SIDES

CHANCE = 2.58
"""Standard errors below which a difference is chance."""
LIKE = 0.1
"""Share by which two figures may differ and still be called alike."""


def way_text(found: FastResult) -> str:
    """A way to re-hedge, for readers."""
    way = found.way
    return f"{way.side} {way.execution}, {number(way.latency_seconds)} s"


def latency_text(seconds: float) -> str:
    """An age of a price.

    >>> latency_text(0.0), latency_text(5.0)
    ('no latency', '5 s late')
    """
    return "no latency" if seconds == 0.0 else f"{number(seconds)} s late"


def headline(answer: FastScalping) -> str:
    """What resting is worth to the long side, and whether it decides."""
    taker, maker = (answer.of(LONG, execution, late=usual(answer)) for execution in (TAKER, MAKER))
    return (
        f"Long gamma at {vol_text(answer.realised_vol)} realised earns {usd_with_error(maker.pnl)} a path "
        f"with resting orders, {usd_with_error(taker.pnl)} across the spread."
    )


def usual(answer: FastScalping) -> float:
    """The latency of the table that is nearest to the scenario's own."""
    own = getattr(answer.setting.scenario, "latency_seconds", LATENCIES[0])
    return min(LATENCIES, key=lambda one: abs(one - own))


def sentences(answer: FastScalping) -> tuple[str, ...]:
    """The verdict, from the table."""
    return (
        net_words(answer),
        resting_words(answer),
        crossing_words(answer),
        selection_words(answer),
        risk_words(answer),
        latency_words(answer),
    )


def net_words(answer: FastScalping) -> str:
    """Before costs."""
    long, short = (usd_with_error(answer.net[side]) for side in SIDES)
    return f"Before costs gamma and theta make {long} a path for the long side and {short} for the short one"


def resting_words(answer: FastScalping) -> str:
    """Worth of resting to both sides."""
    long, short = (answer.saved[side, usual(answer)] for side in SIDES)
    return (
        f"Resting orders instead of crossing are worth {usd_with_error(long)} a path to the long side and "
        f"{usd_with_error(short)} to the short one, {latency_text(usual(answer))}"
    )


def crossing_words(answer: FastScalping) -> str:
    """Who has to cross the spread in the end."""
    late = LATENCIES[-1]
    long, short = (answer.of(side, MAKER, late=late) for side in SIDES)
    shares = [1.0 - found.resting_share for found in (long, short)]
    texts = [percent(share) if share > 0.0 else "none" for share in shares]
    reason = (
        "an order of the long side that is not filled is called off when the price comes back; the gap of "
        "the short side grows while the price runs away from its order"
    )
    tail = f": {reason}" if shares[1] > shares[0] else ""
    return (
        f"{latency_text(late).capitalize()}, the long side crosses the spread with {texts[0]} of its "
        f"turnover, the short side with {texts[1]}{tail}"
    )


def selection_words(answer: FastScalping) -> str:
    """Adverse selection of both sides, fill by fill."""
    long, short = (answer.of(side, MAKER, late=usual(answer)).selection_fraction for side in SIDES)
    larger = max(abs(long), abs(short))
    alike = larger > 0.0 and abs(long - short) < LIKE * larger
    words = (
        "the same for both, for a price without drift does not know who is short gamma"
        if alike
        else "not the same for both"
    )
    return (
        f"Adverse selection is {BASIS_POINT * -long:.2f} bp of what rests for the long side and "
        f"{BASIS_POINT * -short:.2f} bp for the short one: {words}"
    )


def risk_words(answer: FastScalping) -> str:
    """What resting does to the standard deviation."""
    stds = {
        side: [answer.of(side, each, late=usual(answer)).std.value for each in (TAKER, MAKER)]
        for side in SIDES
    }
    texts = [f"{SIDE_NAMES[side].lower()} {usd(a)} → {usd(b)}" for side, (a, b) in stds.items()]
    reason = (
        ". Costs of crossing grow with the moves that gamma lives on: they hedge the long side and add to "
        "the losses of the short one"
    )
    explains = stds[LONG][1] > stds[LONG][0] and stds[SHORT][1] < stds[SHORT][0]
    return (
        f"Standard deviation of a path, crossing → resting: {', '.join(texts)}{reason * explains}"
    )


def latency_words(answer: FastScalping) -> str:
    """What latency costs a taker and a maker, long."""
    late = [answer.slowed[LONG, execution] for execution in (TAKER, MAKER)]
    texts = [
        f"{usd_with_error(one)} for a {each}"
        for one, each in zip(late, (TAKER, MAKER), strict=True)
    ]
    late_by = f"{number(LATENCIES[-1])} s of latency"
    words = f"{late_by} change the long side's mean result by {' and '.join(texts)}"
    if all(abs(one.value) < CHANCE * one.standard_error for one in late):
        return f"{words}: a late hedge of a price without drift is more risk, not less return"
    return words


TABLE_HEADS = (
    *("Side, way, latency|", "Mean result", "Std", "Spread + fees"),
    *("Selection", "Crosses", "Trades"),
)
SAVED_HEADS = ("Latency|", "Long, maker less taker", "Short, maker less taker")


def table_rows(answer: FastScalping) -> Iterator[tuple[str, ...]]:
    """Every way under TABLE_HEADS."""
    for found in answer.results:
        paid = found.parts["spread_usd"].value + found.parts["fees_usd"].value
        yield (
            way_text(found),
            usd_with_error(found.pnl),
            usd_with_error(found.std),
            usd(paid),
            usd(found.selection.value),
            percent(1.0 - found.resting_share) if found.resting_share < 1.0 else "0 %",
            number(found.trades.value),
        )


def saved_rows(answer: FastScalping) -> Iterator[tuple[str, ...]]:
    """What resting is worth, under SAVED_HEADS."""
    for latency in LATENCIES:
        gains = (usd_with_error(answer.saved[side, latency]) for side in (LONG, SHORT))
        yield (latency_text(latency), *gains)


def verdict(answer: FastScalping) -> tuple[bool, str]:
    """Whether resting decides over gain and loss of the long side, in a few words."""
    taker, maker = (answer.of(LONG, each, late=usual(answer)).pnl for each in (TAKER, MAKER))
    earns = [one.value > CHANCE * one.standard_error for one in (taker, maker)]
    if all(earns):
        return True, "Long gamma earns either way"
    return earns[1], "Only resting orders earn" if earns[1] else "Long gamma does not earn"
