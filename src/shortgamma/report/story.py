"""The order in which the page tells the answer: chapters, their figures, and how to read each figure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shortgamma.report.amounts import percent, price, signed_usd, usd
from shortgamma.report.figures.expiries import atm_vol, gamma_by_expiry
from shortgamma.report.figures.frame import Spec
from shortgamma.report.figures.gauge import feedback_gauge
from shortgamma.report.figures.greeks import vanna_and_charm
from shortgamma.report.figures.holders import gamma_by_holder, gamma_by_model, shown_holders
from shortgamma.report.figures.profile import gamma_against_spot
from shortgamma.report.figures.smile import smiles
from shortgamma.report.figures.strikes import gamma_by_strike, strike_expiry_heatmap
from shortgamma.report.headline import concentration, headline, hedging
from shortgamma.report.sides import nearest_flip, side
from shortgamma.studies.exposure import Exposure

ROW = 40  # pixels per category
THICK_ROW, THIN_ROW, MANY = 25, 18, 18  # pixels per expiry, the fewer where there are many
AXES = 96  # pixels for axes and legend of a bar figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One figure with its words.

    Args:
        name: Identifier in the page and of the spec.
        title: Heading.
        caption: One sentence on how to read it.
        description: What it shows, for those who cannot see it.
        figure: Makes the spec from the answer.
        height: Pixels, on a wide screen and on a phone.
        is_wide: True where it takes the whole width.
    """

    name: str
    title: str
    caption: str
    description: str
    figure: Callable[[Any], Spec]
    height: tuple[int, int]
    is_wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A question and the figures that answer it.

    Args:
        name: Anchor.
        title: The question as a heading.
        short: The same in one or two words, for the menu.
        lead: One sentence before the figures.
        panels: Figures in order.
    """

    name: str
    title: str
    short: str
    lead: str
    panels: tuple[Panel, ...]


def chapters(answer: Exposure) -> tuple[Chapter, ...]:
    """The chapters that have figures, in reading order."""
    return (who(answer), where(answer), what(answer), piled(answer), smile(answer))


def who(answer: Exposure) -> Chapter:
    """Holders and models."""
    rows = max(len(shown_holders(answer.system.holders)), len(answer.models))
    height = AXES + ROW * rows
    holders = Panel(
        name="holders",
        title="Gamma by holder",
        caption="Bars left of zero are short; hatched bars belong to holders who do not hedge.",
        description=f"Bars of net gamma by holder. {concentration(answer)}",
        figure=gamma_by_holder,
        height=(height, AXES + ROW * len(shown_holders(answer.system.holders))),
    )
    models = Panel(
        name="models",
        title="The same chain under every positioning model",
        caption="Open interest has no sign: the model that gives it one decides the answer. "
        "The solid bar is the one in use.",
        description="Bars of net gamma under each positioning model: "
        + ", ".join(
            f"{row.positioning.model} {signed_usd(row.gamma_usd_per_pct)}" for row in answer.models
        )
        + ".",
        figure=gamma_by_model,
        height=(height, AXES + ROW * len(answer.models)),
    )
    return Chapter(
        name="who",
        title="Who is short, and how much",
        short="Who",
        lead=range_of_models(answer),
        panels=(holders, models),
    )


def range_of_models(answer: Exposure) -> str:
    """What the model in use says, and what the others would."""
    gammas = [row.gamma_usd_per_pct for row in answer.models]
    low, high = signed_usd(min(gammas)), signed_usd(max(gammas))
    return (
        f"Every open contract has a long and a short side. Under the model in use, "
        f"{answer.positioning.model}, those who hedge hold {signed_usd(gammas[0])} per 1 %; other models "
        f"range from {low} to {high}."
    )


def where(answer: Exposure) -> Chapter:
    """The profile."""
    profile = Panel(
        name="profile",
        title="Net gamma against spot",
        caption="The whole book repriced at each price: below the zero line hedging amplifies moves, "
        "above it hedging dampens them; rings mark the flips." + band_note(answer),
        description=f"Line of net gamma against the price. {headline(answer)}",
        figure=gamma_against_spot,
        height=(460, 400),
        is_wide=True,
    )
    drift = Panel(
        name="drift",
        title="Vanna and charm against spot",
        caption="How much delta the book gains when vol rises by a point (above) and when a day passes "
        "(below): hedges that are due even if the price stands still.",
        description="Two lines against the price: vanna "
        f"{signed_usd(answer.totals.vanna_usd_per_point)} per vol point and charm "
        f"{signed_usd(answer.totals.charm_usd_per_day)} per day at today's price.",
        figure=vanna_and_charm,
        height=(440, 420),
        is_wide=True,
    )
    return Chapter(
        name="where",
        title="Where it flips",
        short="Flips",
        lead=flip_lead(answer),
        panels=(profile, drift),
    )


def band_note(answer: Exposure) -> str:
    """Why the band need not lie around the line."""
    if answer.confidence.accuracy >= 1.0:
        return ""
    return " The band may lie nearer to zero than the line: signs that are wrong cancel."


def flip_lead(answer: Exposure) -> str:
    """Flips in one sentence."""
    nearest, sure = nearest_flip(answer), answer.confidence
    if nearest is None:
        return headline(answer)
    known = (
        sure.flip.low is not None and sure.flip.high is not None and sure.flip.low != sure.flip.high
    )
    lead = f"The flip nearest to the price is at {price(nearest.spot)}"
    if not known:
        return f"{lead}."
    return (
        f"{lead}. Signs are unsure: of the draws that flip at all, nine out of ten do so between "
        f"{price(sure.flip.low or 0.0)} and {price(sure.flip.high or 0.0)}; "
        f"{percent(sure.no_flip_share)} of all draws have no flip."
    )


def what(answer: Exposure) -> Chapter:
    """The feedback number."""
    gauge = Panel(
        name="feedback",
        title="The feedback number θ",
        caption="Left of zero hedging multiplies volatility, as the upper scale says; at −1 it would run "
        "away."
        + (
            ""
            if answer.confidence.accuracy >= 1.0
            else " The grey bar is 5–95 % if signs are unsure."
        ),
        description=hedging(answer),
        figure=feedback_gauge,
        height=(210, 210),
        is_wide=True,
    )
    return Chapter(
        name="what",
        title="What it does to volatility",
        short="Effect",
        lead=hedging(answer),
        panels=(gauge,),
    )


def piled(answer: Exposure) -> Chapter:
    """Strikes and expiries."""
    net = {-1: "short", 0: "flat", 1: "long"}[side(answer)]
    strikes = Panel(
        name="strikes",
        title="Gamma by strike",
        caption="Calls and puts stacked with the sign of the book; a diamond marks their sum.",
        description=f"Stacked bars of call and put gamma by strike; the book is {net} in all.",
        figure=gamma_by_strike,
        height=(440, 380),
        is_wide=True,
    )
    return Chapter(
        name="sits",
        title="Where it sits",
        short="Strikes",
        lead="Gamma is largest at strikes near the price that expire soon; a long wall pins the price, a "
        "short wall drives it.",
        panels=(strikes, *by_expiry(answer)),
    )


def by_expiry(answer: Exposure) -> tuple[Panel, Panel]:
    """The two figures with one row per expiry."""
    rows = len(answer.by_expiry.key)
    row = THIN_ROW if rows > MANY else THICK_ROW
    gross = usd(answer.totals.gross_gamma_usd_per_pct)
    heat = Panel(
        name="heatmap",
        title="Gamma by strike and expiry",
        caption="Orange cells are short, blue ones long; colours saturate at the largest 2 % of cells.",
        description="Heatmap of net gamma by strike and expiry.",
        figure=strike_expiry_heatmap,
        height=(150 + row * rows, 160 + row * rows),
        is_wide=True,
    )
    term = Panel(
        name="expiries",
        title="Gamma by expiry",
        caption="USD per 1 %: left the net of the book, right the gross of all open interest; striped bars "
        "are gone within 24 hours.",
        description=f"Bars of net and gross gamma by expiry; {gross} gross in all.",
        figure=gamma_by_expiry,
        height=(AXES + row * rows, AXES + row * rows),
        is_wide=True,
    )
    return heat, term


def smile(answer: Exposure) -> Chapter:
    """Vols."""
    count = len(answer.surface.smiles)
    vols = Panel(
        name="smiles",
        title="Smiles",
        caption="Points are out-of-the-money quotes, lines the fitted SVI; warm colours expire soon, cold "
        "ones late.",
        description=f"Implied vol against moneyness for up to six of {count} fitted expiries.",
        figure=smiles,
        height=(440, 430),
    )
    level = Panel(
        name="atm",
        title="Vol at the forward",
        caption="The level of each smile at its forward against time to expiry.",
        description="Line of at-the-forward vol against time to expiry.",
        figure=atm_vol,
        height=(440, 320),
    )
    return Chapter(
        name="smile",
        title="The smile it is priced on",
        short="Smile",
        lead="Every figure on this page rests on these vols; what a butterfly or a calendar could arbitrage "
        "is reported, not smoothed away.",
        panels=(vols, level),
    )
