"""The order in which the page of margins tells the answer, and what it rests on."""

from collections.abc import Iterator

from shortgamma.report.assumptions import Ground, Origin
from shortgamma.report.figures.margin import (
    cash_to_bring,
    growth_against_spot,
    growth_against_vol,
    margin_bars,
)
from shortgamma.report.margin_words import call_words, growth_words, headline, taken
from shortgamma.report.story import Chapter, Panel
from shortgamma.studies.margin import SPOT_MOVES, VOL_FACTORS, Margin

ROW, EDGES = 38, 110
"""Pixels per regime, and for axes and legend."""
TALL, PHONE = 440, 520


def margin_chapters(answer: Margin) -> tuple[Chapter, ...]:
    """The chapters in reading order."""
    return (side_by_side(answer), shocks(answer), calls(answer))


def bar_height(answer: Margin) -> tuple[int, int]:
    """Of a figure with a row per regime."""
    height = EDGES + ROW * max(len(taken(answer)), 1)
    return height, height


def side_by_side(answer: Margin) -> Chapter:
    """What every regime asks for."""
    bars = Panel(
        name="regimes",
        title="Own funds by regime",
        caption="The dearest on top. ✓ was compared with published figures; hatched was not.",
        description=f"Bars of initial and maintenance margin by regime. {headline(answer)}.",
        figure=margin_bars,
        height=bar_height(answer),
        is_wide=True,
    )
    return Chapter(
        name="regimes",
        title="What each regime asks for",
        short="Regimes",
        lead="One book, many rules: whoever may choose the rule chooses how much capital stands behind it.",
        panels=(bars,),
    )


def shocks(answer: Margin) -> Chapter:
    """How each requirement grows."""
    panels = tuple(
        Panel(
            name=name,
            title=title,
            caption="Own funds for initial margin over today's; above 1 the venue asks for more.",
            description=f"Lines of margin growth by regime against {words}. {growth_words(answer)}",
            figure=figure,
            height=(TALL, PHONE),
        )
        for name, title, words, figure in (
            ("growth-spot", "When spot moves", "spot, vol unchanged", growth_against_spot),
            ("growth-vol", "When vol rises", "vol, spot unchanged", growth_against_vol),
        )
    )
    return Chapter(
        name="shocks",
        title="How margin grows in a storm",
        short="Shocks",
        lead=growth_words(answer) or "Every shock leaves the holdings as they are.",
        panels=panels,
    )


def calls(answer: Margin) -> Chapter:
    """Cash to bring."""
    bars = Panel(
        name="calls",
        title="The largest margin call",
        caption="The dearest of all shocks for each regime: growth of the requirement plus loss of the book.",
        description=f"Bars of cash to bring by regime. {call_words(answer)}",
        figure=cash_to_bring,
        height=bar_height(answer),
        is_wide=True,
    )
    return Chapter(
        name="calls",
        title="What has to be paid in",
        short="Calls",
        lead=call_words(answer) or "No shock asks for more cash.",
        panels=(bars,),
    )


def margin_grounds(answer: Margin) -> Iterator[Ground]:
    """What the answer rests on, the weightiest first."""
    sure = sum(one.regime.verified for one in answer.asked)
    yield Ground(
        name="Regimes",
        value=f"{sure} of {len(answer.asked)} verified",
        reason="Verified: figures that the venue or its tests publish were reproduced with these parameters.",
        origin=Origin.GIVEN,
    )
    yield Ground(
        name="Own funds",
        value="beyond marks",
        reason="What the account has to be worth if all is closed at the marks; comparable across regimes.",
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name="Marks",
        value="Black-76",
        reason="On each expiry's forward and each option's own vol, not the venue's mark.",
        origin=Origin.ASSUMED,
    )
    yield from market_grounds()
    yield from regime_grounds(answer)


def market_grounds() -> Iterator[Ground]:
    """Shocks and netting."""
    yield Ground(
        name="Shocks",
        value=f"{len(SPOT_MOVES) * len(VOL_FACTORS)} cells",
        reason="Spot 0, ±10, ±20 %, all vols × 1, 1.5, 2; strikes keep their vol, forwards their basis.",
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name="Netting",
        value="one account",
        reason="All holdings lie with the one venue; margin that two venues ask for is not netted.",
        origin=Origin.ASSUMED,
    )


def regime_grounds(answer: Margin) -> Iterator[Ground]:
    """Where every regime comes from, and what is doubtful."""
    for one in answer.asked:
        regime = one.regime
        doubts = f" Not known or left out: {regime.doubts}." if regime.doubts else ""
        yield Ground(
            name=regime.name,
            value=f"{regime.venue}, {regime.jurisdiction}",
            reason=f"For: {regime.client_class}. {regime.source}.{doubts}",
            origin=Origin.MEASURED if regime.verified else Origin.ASSUMED,
        )
