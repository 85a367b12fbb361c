"""The key numbers, each with its unit and one line of meaning; shared by the page and the terminal."""

from dataclasses import dataclass
from enum import StrEnum

from shortgamma.exposure.feedback import DEFAULT_DEPTH
from shortgamma.exposure.profile import Crossing, FlipStatus
from shortgamma.report import sides
from shortgamma.report.amounts import (
    coins,
    percent,
    price,
    probability,
    ratio,
    signed_percent,
    signed_usd,
    times,
    usd,
)
from shortgamma.report.sides import side
from shortgamma.studies.exposure import Exposure

NO_FLIP = {
    FlipStatus.ALWAYS_SHORT: "short at every price",
    FlipStatus.ALWAYS_LONG: "long at every price",
    FlipStatus.OUTSIDE_GRID: "only outside the levels shown",
    FlipStatus.FLAT: "the book nets to nothing",
    FlipStatus.FOUND: "",
}


class Tone(StrEnum):
    """Which way a number points."""

    SHORT = "short"
    LONG = "long"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One key number.

    Args:
        label: What it is.
        value: The number with its unit of money or count.
        unit: Per what; may be empty.
        note: What it means, one line.
        tone: Which way it points.
    """

    label: str
    value: str
    unit: str
    note: str
    tone: Tone = Tone.NEUTRAL


def tiles(answer: Exposure) -> tuple[Tile, ...]:
    """All key numbers; the first four carry the story."""
    return (
        net_gamma(answer),
        nearest_flip(answer),
        volatility(answer),
        chance_short(answer),
        *sums(answer),
    )


def net_gamma(answer: Exposure) -> Tile:
    """Net gamma of those who hedge."""
    meaning = {
        -1: ("they buy rises and sell falls", Tone.SHORT),
        0: ("nothing to hedge", Tone.NEUTRAL),
        1: ("they sell rises and buy falls", Tone.LONG),
    }
    note, tone = meaning[side(answer)]
    return Tile(
        label="Net gamma",
        value=signed_usd(answer.totals.gamma_usd_per_pct),
        unit="per 1 %",
        note=note,
        tone=tone,
    )


def nearest_flip(answer: Exposure) -> Tile:
    """The flip nearest to spot, how far it is, and how sure."""
    flip, spot, sure = sides.nearest_flip(answer), answer.chain.spot, answer.confidence.flip
    if flip is None:
        note = NO_FLIP[sides.flip_status(answer)]
        return Tile(label="Nearest flip", value="none", unit="", note=note)
    way = "long" if flip.crossing is Crossing.UP else "short"
    known = sure.low is not None and sure.high is not None and sure.low != sure.high
    band = f"; 5–95 %: {price(sure.low or 0.0)}–{price(sure.high or 0.0)}" if known else ""
    return Tile(
        label="Nearest flip",
        value=price(flip.spot),
        unit=f"{signed_percent(flip.spot / spot - 1.0)} from spot",
        note=f"{way} above it{band}",
    )


def volatility(answer: Exposure) -> Tile:
    """What hedging does to volatility."""
    back = answer.feedback
    origin = " (A)" if back.depth_usd_per_pct == DEFAULT_DEPTH else ""
    runs = back.amplification is None
    return Tile(
        label="Volatility",
        value="runs away" if back.amplification is None else times(back.amplification),
        unit="" if runs else "by hedging",
        note=f"θ = {ratio(back.theta)} at {usd(back.depth_usd_per_pct)} depth{origin}",
        tone=(Tone.LONG, Tone.NEUTRAL, Tone.SHORT)[1 - side(answer)],
    )


def chance_short(answer: Exposure) -> Tile:
    """P(net gamma < 0) and the band of net gamma."""
    sure = answer.confidence
    net = sure.gamma_usd_per_pct
    if sides.flat_everywhere(answer):
        return Tile(label="P(net gamma < 0)", value="–", unit="", note="the book nets to nothing")
    exact = net.low is None or net.high is None or net.low == net.high
    note = (
        "holdings taken as exact"
        if exact
        else f"net 5–95 %: {signed_usd(net.low or 0.0)} to {signed_usd(net.high or 0.0)}"
    )
    return Tile(
        label="P(net gamma < 0)",
        value=probability(sure.probability_short),
        unit="" if exact else f"of {sure.draws:,} draws",
        note=note,
    )


def sums(answer: Exposure) -> tuple[Tile, ...]:
    """The other totals."""
    totals = answer.totals
    gross = Tile(
        label="Gross gamma",
        value=usd(totals.gross_gamma_usd_per_pct),
        unit="per 1 %",
        note=f"of {len(answer.chain):,} instruments, unsigned",
    )
    today = Tile(
        label="0DTE gamma",
        value=signed_usd(totals.zero_day_gamma_usd_per_pct),
        unit="per 1 %",
        note=f"gone within 24 h{share_of_net(answer)}",
    )
    coin = answer.chain.options.is_inverse.any()
    return (gross, today, coin_gamma(answer) if coin else option_delta(answer), *drifts(answer))


def drifts(answer: Exposure) -> tuple[Tile, ...]:
    """What changes while the price stands still."""
    rows = (
        (
            "Vega",
            answer.totals.vega_usd_per_point,
            "per vol point",
            "option value gained if vol rises",
        ),
        ("Vanna", answer.totals.vanna_usd_per_point, "per vol point", "delta gained if vol rises"),
        ("Charm", answer.totals.charm_usd_per_day, "per day", "delta gained as time passes"),
    )
    return tuple(
        Tile(label=label, value=signed_usd(value), unit=unit, note=note)
        for label, value, unit, note in rows
    )


def coin_gamma(answer: Exposure) -> Tile:
    """Gamma of the coin book, where options settle in the coin."""
    return Tile(
        label="Coin gamma",
        value=coins(answer.totals.gamma_coin_per_pct, answer.chain.underlying),
        unit="per 1 %",
        note="of the coin book, premium-adjusted",
    )


def option_delta(answer: Exposure) -> Tile:
    """Delta of the options, where none settles in a coin."""
    return Tile(
        label="Option delta",
        value=signed_usd(answer.totals.delta_usd),
        unit="",
        note="what their hedge offsets today",
    )


def share_of_net(answer: Exposure) -> str:
    """What part of net gamma expires within a day, where both have one sign."""
    today, net = answer.totals.zero_day_gamma_usd_per_pct, answer.totals.gamma_usd_per_pct
    return (
        f", {percent(today / net)} of net" if today * net > 0.0 and abs(today) <= abs(net) else ""
    )
