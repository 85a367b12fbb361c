"""The order in which the page of gamma scalping tells its answer: key numbers, chapters, figures."""

from shortgamma.report.amounts import percent, signed_percent, signed_usd, usd
from shortgamma.report.figures.scalp import (
    constraint_bars,
    long_parts,
    result_against_vol,
    short_parts,
)
from shortgamma.report.scalp_words import (
    CONSTRAINTS,
    SIDE_NAMES,
    basis_points,
    binding_words,
    headline,
    interval_text,
    own_cost,
    vol_or_status,
    vol_text,
)
from shortgamma.report.simulation_words import usd_with_error
from shortgamma.report.story import Chapter, Panel
from shortgamma.report.tiles import Tile, Tone
from shortgamma.studies.scalping.answer import Scalping, Side
from shortgamma.studies.scalping.constraints import NO_CONSTRAINT

HEIGHT = (420, 400)
AXES, ROW = 110, 46  # pixels of the axes and legend of bars, and per category


def scalp_tiles(answer: Scalping) -> tuple[Tile, ...]:
    """All key numbers; the first four carry the story."""
    return (
        *(vol_tile(answer, side) for side in answer.sides),
        *(binding_tile(side) for side in answer.sides),
        *(result_tile(answer, side) for side in answer.sides),
        Tile(
            label="Implied vol",
            value=vol_text(answer.setting.implied_vol),
            unit="",
            note=f"frictionless break-even {vol_or_status(answer.frictionless)}",
        ),
        Tile(
            label="Identity",
            value=percent(answer.identity.relative_error),
            unit="error",
            note=f"½ΓS²(r² − σ²Δt) against gamma + theta, correlation "
            f"{answer.identity.correlation:.4f}",
        ),
    )


def tone(side: Side) -> Tone:
    """Of a side's figures."""
    return Tone.LONG if side.name == "long" else Tone.SHORT


def vol_tile(answer: Scalping, side: Side) -> Tile:
    """Break-even vol."""
    found = side.vol
    over = ""
    if found.vol is not None:
        over = f"{signed_percent(found.vol / answer.setting.implied_vol - 1.0)} from implied; "
    return Tile(
        label=f"{SIDE_NAMES[side.name]} breaks even at",
        value="none" if found.vol is None else vol_text(found.vol),
        unit="",
        note=f"{over}90 %: {interval_text(found)}" if over else found.status.value,
        tone=tone(side),
    )


def binding_tile(side: Side) -> Tile:
    """The binding constraint."""
    first = side.constraints[0] if side.constraints else None
    gain = "" if first is None else f"without it {usd_with_error(first.gain)} more a path"
    is_bound = first is not None and side.binding == first.name
    return Tile(
        label=f"What binds {SIDE_NAMES[side.name].lower()}",
        value=CONSTRAINTS[side.binding],
        unit="",
        note=f"{gain if is_bound else 'no gain is more than chance'}{risk_note(side)}",
    )


def risk_note(side: Side) -> str:
    """What binds in risk; empty where nothing does."""
    name = side.binding_risk
    return "" if name == NO_CONSTRAINT else f"; in risk {CONSTRAINTS[name]}"


def result_tile(answer: Scalping, side: Side) -> Tile:
    """Mean result at the scenario's own vol."""
    value = side.pnl.value
    return Tile(
        label=f"Result, {SIDE_NAMES[side.name].lower()}",
        value=signed_usd(value),
        unit="per path",
        note=f"at {vol_text(answer.realised_vol)} realised; std {usd(side.std.value)}",
        tone=Tone.LONG if value > 0.0 else Tone.SHORT if value < 0.0 else Tone.NEUTRAL,
    )


def scalp_chapters(answer: Scalping) -> tuple[Chapter, ...]:
    """The chapters in reading order."""
    return (vol_chapter(answer), parts_chapter(answer), constraints_chapter(answer))


def vol_chapter(answer: Scalping) -> Chapter:
    """Result against realised vol."""
    panel = Panel(
        name="vol",
        title="Result against realised vol",
        caption="Every vol on the same shocks; bars are 95 % intervals. A diamond marks where a side breaks "
        "even: without costs both would stand on the dashed line.",
        description=f"Two lines of mean result against realised vol. {headline(answer)}",
        figure=result_against_vol,
        height=HEIGHT,
        is_wide=True,
    )
    return Chapter(
        name="vol",
        title="At which vol it pays",
        short="Vol",
        lead="The long side earns ½ΓS² times realised less implied variance and pays for every re-hedge; "
        "the short side earns the opposite and pays as well. Costs open a gap in which neither wins.",
        panels=(panel,),
    )


def parts_chapter(answer: Scalping) -> Chapter:
    """Where the results come from."""
    panels = tuple(
        Panel(
            name=f"parts-{side.name}",
            title=SIDE_NAMES[side.name],
            caption="Mean per path, from the top down.",
            description=f"Waterfall of the result of the {side.name} side, {signed_usd(side.pnl.value)}.",
            figure=figure,
            height=(AXES + 30 * 11, AXES + 30 * 11),
        )
        for side, figure in ((answer.long, long_parts), (answer.short, short_parts))
    )
    return Chapter(
        name="parts",
        title="Where the result comes from",
        short="Parts",
        lead=f"At the scenario's own realised vol of {vol_text(answer.realised_vol)}, implied "
        f"{vol_text(answer.setting.implied_vol)}.",
        panels=panels,
    )


def constraints_chapter(answer: Scalping) -> Chapter:
    """What holds it back."""
    count = max(len(answer.long.constraints), 1)
    height = AXES + ROW * count
    panel = Panel(
        name="constraints",
        title="What each side earns more without it",
        caption="Each constraint taken away alone, in a market of its own on the same shocks; bars are 95 % "
        "intervals.",
        description=f"Bars by constraint. {binding_words(answer.long)}. {binding_words(answer.short)}.",
        figure=constraint_bars,
        height=(height, height),
        is_wide=True,
    )
    return Chapter(
        name="constraints",
        title="Which constraint binds",
        short="Constraints",
        lead=f"{binding_words(answer.long)}. {rehedge_words(answer)}",
        panels=(panel,),
    )


def rehedge_words(answer: Scalping) -> str:
    """A typical re-hedge."""
    typical = answer.long.typical
    if typical is None:
        return "Nothing was traded."
    return (
        f"A typical re-hedge trades {usd(typical.traded_usd)} after gamma has earned "
        f"{usd(typical.gain_usd)}: {basis_points(typical.gain_usd / typical.traded_usd)} of "
        f"what is traded, against {basis_points(sum(own_cost(answer)))} of spread and fee."
    )
