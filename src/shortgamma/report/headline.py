"""The answer in plain words: who is short, where that turns, what hedging then does, and how sure that is.

A book short gamma buys when the price rises and sells when it falls: it amplifies moves. A book long
gamma does the reverse and dampens them. Every sentence here follows from those two.
"""

from shortgamma.exposure.feedback import DEFAULT_DEPTH, CriticalShock, ShockStatus
from shortgamma.exposure.positioning import DEALERS
from shortgamma.exposure.profile import Crossing, FlipStatus
from shortgamma.report.amounts import (
    MINUS,
    move_percent,
    number,
    percent,
    price,
    probability,
    ratio,
    times,
    usd,
)
from shortgamma.report.sides import flat_everywhere, flip_status, flips, nearest_flip, side
from shortgamma.studies.exposure import Exposure

SURE = 0.95
LISTED = 6  # flips named in a sentence
EFFECTLESS = 0.005  # a factor on vol this near to one rounds to × 1.00


def hedgers(answer: Exposure) -> str:
    """Who hedges, as the positioning model has it."""
    names = answer.positioning.dealer_names
    if names == (DEALERS,):
        return "Dealers"
    return "The hedger on file" if len(names) == 1 else f"The {len(names)} hedgers on file"


def verb(answer: Exposure, plural: str, singular: str) -> str:
    """The verb that agrees with who hedges."""
    return singular if hedgers(answer) == "The hedger on file" else plural


def pronoun(answer: Exposure) -> str:
    """The pronoun that agrees with who hedges."""
    return verb(answer, "they", "it")


def headline(answer: Exposure) -> str:
    """The first sentence: side, size, and where it turns, or why it turns nowhere."""
    if not answer.positioning.dealer_names:
        return "No holder on file hedges: nothing is bought or sold per 1 %."
    who, amount = hedgers(answer), usd(abs(answer.totals.gamma_usd_per_pct))
    are = verb(answer, "are", "is")
    match side(answer):
        case 0:
            return f"{who} {verb(answer, 'have', 'has')} no net gamma at this price{elsewhere(answer)}."
        case -1:
            return f"{who} {are} short {amount} per 1 %{turning(answer)}."
        case _:
            return f"{who} {are} long {amount} per 1 %{turning(answer)}."


def turning(answer: Exposure) -> str:
    """Where the side changes, or the reason why it does not, as the rest of the first sentence."""
    turns, they = nearest_turns(answer), pronoun(answer)
    is_short = side(answer) < 0
    now, other = ("short", "long") if is_short else ("long", "short")
    if turns:
        return f"; {' and '.join(turns)} {they} {verb(answer, 'turn', 'turns')} {other}"
    match flip_status(answer):
        case FlipStatus.ALWAYS_SHORT | FlipStatus.ALWAYS_LONG:
            return f" and {verb(answer, 'stay', 'stays')} {now} at every price"
        case FlipStatus.FLAT:
            return "; repriced at other levels the book nets to nothing"
        case FlipStatus.OUTSIDE_GRID:
            return f" and {verb(answer, 'stay', 'stays')} {now} between {shown_range(answer)}"
        case FlipStatus.FOUND:
            return "; repriced with its smile dynamics the book has another sign here than on today's quotes"


def nearest_turns(answer: Exposure) -> list[str]:
    """``above X`` and ``below Y`` for the nearest flips that end today's side of the book."""
    spot, ends_up = answer.chain.spot, Crossing.UP if side(answer) < 0 else Crossing.DOWN
    above = [flip for flip in flips(answer) if flip.spot > spot]
    below = [flip for flip in reversed(flips(answer)) if flip.spot <= spot]
    words: list[str] = []
    if above and above[0].crossing is ends_up:
        words.append(f"above {price(above[0].spot)}")
    if below and below[0].crossing is not ends_up:
        words.append(f"below {price(below[0].spot)}")
    return words


def elsewhere(answer: Exposure) -> str:
    """What a book without gamma at this price does at others."""
    nearest = nearest_flip(answer)
    if nearest is not None:
        turned = "long" if nearest.crossing is Crossing.UP else "short"
        return f"; above {price(nearest.spot)} {pronoun(answer)} {verb(answer, 'turn', 'turns')} {turned}"
    match flip_status(answer):
        case FlipStatus.FLAT | FlipStatus.FOUND:
            return " nor at any other"
        case FlipStatus.ALWAYS_SHORT:
            return " and would be short at others"
        case FlipStatus.ALWAYS_LONG:
            return " and would be long at others"
        case FlipStatus.OUTSIDE_GRID:
            return f" nor a clear side between {shown_range(answer)}"


def shown_range(answer: Exposure) -> str:
    """The levels on which flips were looked for."""
    levels = answer.profile.spot
    return f"{price(float(levels[0]))} and {price(float(levels[-1]))}"


def sentences(answer: Exposure) -> tuple[str, ...]:
    """Everything after the headline, the most important first."""
    parts = (
        hedging(answer),
        shocks(answer),
        other_flips(answer),
        sureness(answer),
        concentration(answer),
        rolled(answer),
    )
    return tuple(part for part in parts if part)


def hedging(answer: Exposure) -> str:
    """What they must trade, and what that does to volatility at the depth."""
    they, must = pronoun(answer), usd(abs(answer.totals.gamma_usd_per_pct))
    if side(answer) == 0:
        return "There is nothing to hedge per 1 %, so hedging neither amplifies nor dampens small moves."
    up, down = ("buy", "sell") if side(answer) < 0 else ("sell", "buy")
    trade = (
        f"When the price rises 1 % {they} must {up} {must}, "
        f"when it falls 1 % {they} must {down} {must}"
    )
    return f"{trade}: at {depth(answer)} {effect(answer)}."


def depth(answer: Exposure) -> str:
    """The depth, and whether anybody measured it."""
    value = answer.feedback.depth_usd_per_pct
    assumed = "assumed" if answer.chain.underlying in {"", "BTC"} else "assumed, a BTC figure"
    origin = assumed if value == DEFAULT_DEPTH else "as given"
    return f"{usd(value)} depth per 1 % ({origin})"


def effect(answer: Exposure) -> str:
    """The factor on volatility, or the runaway."""
    back = answer.feedback
    if back.amplification is None:
        needed = (
            "" if back.runaway_depth_usd_per_pct is None else usd(back.runaway_depth_usd_per_pct)
        )
        return (
            f"that is at least as much as each move itself, so hedging runs away "
            f"(θ = {ratio(back.theta)} ≤ {MINUS}1); it takes more than {needed} of depth to stop it"
        )
    if abs(back.amplification - 1.0) < EFFECTLESS:
        return f"that leaves volatility practically as it is ({times(back.amplification)})"
    return f"that multiplies volatility by {times(back.amplification).removeprefix('× ')}"


def shocks(answer: Exposure) -> str:
    """The critical shocks, where there are any."""
    up, down = answer.feedback.critical_up, answer.feedback.critical_down
    if answer.feedback.amplification is None:
        return ""
    found = [shock_words(shock) for shock in (up, down) if shock.status is ShockStatus.FOUND]
    if not found:
        return ""
    return f"A shock of {' or of '.join(found)} would be carried further by hedging."


def shock_words(shock: CriticalShock) -> str:
    """One critical shock and where it ends."""
    size = move_percent(shock.shock or 0.0)
    return size if shock.landing is None else f"{size} (ending at {move_percent(shock.landing)})"


def other_flips(answer: Exposure) -> str:
    """Every flip, where the headline names only the nearest."""
    every = flips(answer)
    if len(every) <= max(len(nearest_turns(answer)), 1):
        return ""
    listed = [
        f"to {'long' if flip.crossing is Crossing.UP else 'short'} at {price(flip.spot)}"
        for flip in every[:LISTED]
    ]
    more = f" and {len(every) - LISTED} more" if len(every) > LISTED else ""
    return (
        f"As the price rises from {price(float(answer.profile.spot[0]))} to "
        f"{price(float(answer.profile.spot[-1]))} the side changes {len(every)} times: "
        f"{', '.join(listed)}{more}."
    )


def sureness(answer: Exposure) -> str:
    """The positioning model, and the probability that the book is short."""
    sure, model = answer.confidence, answer.positioning
    words = f"Positioning: {model.model}. {model.description}"
    chance = probability(sure.probability_short)
    chance = (
        f"P(net gamma < 0) {chance[0]} {chance[1:]}"
        if chance[0] in "<>"
        else f"P(net gamma < 0) = {chance}"
    )
    if flat_everywhere(answer):
        return words
    if sure.accuracy >= 1.0 and sure.unknown_share == 0.0:
        return f"{words} On that, {chance}."
    verdict = (
        "" if max(sure.probability_short, 1.0 - sure.probability_short) >= SURE else doubt(answer)
    )
    return f"{words} If a sign is right {percent(sure.accuracy)} of the time (assumed), {chance}{verdict}."


def doubt(answer: Exposure) -> str:
    """How far the draws leave the sign open."""
    short = answer.confidence.probability_short
    agrees = short if side(answer) < 0 else 1.0 - short
    return ": most draws say the opposite" if agrees < 0.5 else ": the sign itself is uncertain"


def concentration(answer: Exposure) -> str:
    """Who holds most of the short side, where names are known."""
    system = answer.system
    if system.largest is None or system.herfindahl is None:
        return (
            "No holder on file is short gamma."
            if system.concentration_status == "nobody short"
            else "This model knows sides, not names: how concentrated the short side is stays unknown."
        )
    share = system.holders[0].share_of_short
    equal = number(1.0 / system.herfindahl, 2)
    alone = "the short side is one holder" if equal == "1" else ""
    return (
        f"The largest short holder is {system.largest} with {percent(share)} of all short gamma; "
        f"{alone or f'the short side is as concentrated as {equal} equal holders'} "
        f"(Herfindahl {number(system.herfindahl, 2)})."
    )


def rolled(answer: Exposure) -> str:
    """That the book was moved forward in time."""
    days = answer.assumptions.days_ahead
    return (
        f"All figures are for {number(days)} days ahead, on today's prices and vols."
        if days
        else ""
    )
