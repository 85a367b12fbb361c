"""Everything an answer rests on, in words, each line marked as assumed, given or measured."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from shortgamma.exposure.confidence import GROUP_WEIGHT
from shortgamma.exposure.feedback import DEFAULT_DEPTH
from shortgamma.report.amounts import number, percent, price, usd
from shortgamma.studies.exposure import Exposure

DYNAMICS = {
    "sticky-strike": "Every strike keeps its vol when the price moves.",
    "sticky-delta": "Every moneyness keeps its vol: the smile travels with the price.",
    "surface": "The fitted smiles travel with the price.",
}


class Origin(StrEnum):
    """Where a line comes from."""

    ASSUMED = "A"
    GIVEN = "given"
    MEASURED = "measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One thing the answer rests on."""

    name: str
    value: str
    reason: str
    origin: Origin


def grounds(answer: Exposure) -> Iterator[Ground]:
    """All of them, the weightiest first."""
    yield from positioning_grounds(answer)
    yield from feedback_grounds(answer)
    yield from repricing_grounds(answer)


def positioning_grounds(answer: Exposure) -> Iterator[Ground]:
    """Who holds the other side, and how sure that is."""
    held = answer.positioning
    exact = held.accuracy >= 1.0
    yield Ground(
        name="Positioning",
        value=held.model,
        reason=held.description,
        origin=Origin.GIVEN if exact else Origin.ASSUMED,
    )
    yield Ground(
        name="Signs that are right",
        value=percent(held.accuracy),
        reason="Holdings on file count as exact."
        if exact
        else "A sign by rule, or by the taker side that an exchange flags, is right this often; open "
        "interest of unknown side gets either sign.",
        origin=Origin.GIVEN if exact else Origin.ASSUMED,
    )
    if not exact:
        yield from doubt_grounds(answer)


def doubt_grounds(answer: Exposure) -> Iterator[Ground]:
    """How the Monte Carlo doubts the signs."""
    sure = answer.confidence
    yield Ground(
        name="Signs are wrong together",
        value=f"Beta weight {number(GROUP_WEIGHT)}",
        reason="One expiry's calls, or its puts, share a hit rate; independent errors would average out "
        f"and pretend to precision. {sure.draws:,} draws, seed {sure.seed}.",
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name="Share of unknown side",
        value=percent(sure.unknown_share),
        reason="Open interest about whose side the model has no evidence.",
        origin=Origin.MEASURED,
    )


def feedback_grounds(answer: Exposure) -> Iterator[Ground]:
    """Depth and what hedgers do."""
    depth = answer.feedback.depth_usd_per_pct
    default = depth == DEFAULT_DEPTH
    yield Ground(
        name="Depth",
        value=f"{usd(depth)} per 1 %",
        reason="One-sided money that moves the price 1 %."
        + (
            " Not measured at this moment: a measured one changes θ in proportion."
            if default
            else ""
        ),
        origin=Origin.ASSUMED if default else Origin.GIVEN,
    )
    yield Ground(
        name="Hedging",
        value="full and at once",
        reason="Those counted as hedgers, and nobody else, trade the whole change of delta as the price "
        "moves; impact is linear in size and does not decay.",
        origin=Origin.ASSUMED,
    )


def repricing_grounds(answer: Exposure) -> Iterator[Ground]:
    """How the book is repriced elsewhere."""
    assumed, levels = answer.assumptions, answer.profile.spot
    yield Ground(
        name="Smile dynamics",
        value=assumed.dynamics,
        reason=DYNAMICS.get(assumed.dynamics, ""),
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name="Forwards",
        value="in proportion",
        reason="Every expiry's forward moves by the same percentage as the price.",
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name="Levels looked at",
        value=f"{price(float(levels[0]))} to {price(float(levels[-1]))}",
        reason="Flips and critical shocks beyond them are not listed.",
        origin=Origin.GIVEN,
    )
    days = assumed.days_ahead
    yield Ground(
        name="Moment",
        value=f"{number(days)} days ahead" if days else "as of the quotes",
        reason="Rolled forward on today's forwards and vols."
        if days
        else "Nothing is rolled forward in time.",
        origin=Origin.ASSUMED if days else Origin.MEASURED,
    )
