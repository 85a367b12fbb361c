"""The order in which the page of a sweep tells the answer."""

from functools import partial

from shortgamma.report.calibration_story import stands_alone
from shortgamma.report.figures.phase import lines, phase
from shortgamma.report.story import AXES, Chapter, Panel
from shortgamma.report.sweep_axes import (
    FALLS,
    LIQUIDATIONS,
    SQUEEZES,
    VOL,
    Axis,
    Form,
    Shown,
    axes_of,
    inner,
    shown,
    slices,
    surface,
    words_of,
)
from shortgamma.report.sweep_words import headline, strongest, tipping_of
from shortgamma.studies.sweep import Sweep

HEIGHT = (340, 320)
ROW = 52  # pixels per row of a phase diagram
LEAST_HEIGHT, MOST_HEIGHT = 300, 560
MOST_SLICES = 12
"""Phase diagrams of one figure; more are left to the table."""
MEANINGS = {
    VOL.name: "Of all paths, over that of the same shocks without hedging.",
    SQUEEZES.name: "Paths on which orders move the price 1 % or more within one step.",
    FALLS.name: "Paths on which the price was 10 % or more below the start at some moment.",
    LIQUIDATIONS.name: "Leveraged positions in the perpetual that were closed by force.",
}


def sweep_chapters(answer: Sweep) -> tuple[Chapter, ...]:
    """The chapters in reading order."""
    match len(axes_of(answer)):
        case 1:
            return (along(answer),)
        case 2:
            return (diagrams(answer),)
        case _:
            count = sum(1 for _ in slices(answer))
            figures = shown(answer) if count <= MOST_SLICES else ()
            return tuple(sliced(answer, figure) for figure in figures)


def along(answer: Sweep) -> Chapter:
    """One panel of lines per figure."""
    (axis,), figures = axes_of(answer), shown(answer)
    return Chapter(
        name="along",
        title=f"What {inner(axis.label)} changes",
        short=axis.label,
        lead="Bars are 95 % intervals. Dashed is the same market without those who hedge options.",
        panels=tuple(
            Panel(
                name=f"along-{figure.name}",
                title=figure.title,
                caption=MEANINGS[figure.name],
                description=f"{figure.title} against {inner(axis.label)}. {headline(answer)}",
                figure=partial(lines, figure=figure),
                height=HEIGHT,
                is_wide=stands_alone(number, len(figures)),
            )
            for number, figure in enumerate(figures)
        ),
    )


def diagrams(answer: Sweep) -> Chapter:
    """One phase diagram per figure."""
    (down, across), figures = axes_of(answer), shown(answer)
    return Chapter(
        name="phase",
        title=f"{down.label} against {inner(across.label)}",
        short="Phase diagram",
        lead=how_to_read(answer),
        panels=tuple(
            Panel(
                name=f"phase-{figure.name}",
                title=figure.title,
                caption=f"{MEANINGS[figure.name]} {colour_words(answer, figure)}",
                description=f"Heat map of {figure.title.lower()}. {headline(answer)}",
                figure=partial(phase, figure=figure),
                height=tall(down),
                is_wide=stands_alone(number, len(figures)),
            )
            for number, figure in enumerate(figures)
        ),
    )


def sliced(answer: Sweep, figure: Shown) -> Chapter:
    """One figure as phase diagrams over the last two axes, one per setting of the first ones."""
    *first, down, _across = axes_of(answer)
    places = tuple(slices(answer))
    return Chapter(
        name=f"phase-{figure.name}",
        title=figure.title,
        short=figure.head,
        lead=f"{MEANINGS[figure.name]} {colour_words(answer, figure)} {how_to_read(answer)}",
        panels=tuple(
            Panel(
                name=f"phase-{figure.name}-{number}",
                title=capital(words_of(first, place)),
                caption="",
                description=f"Heat map of {figure.title.lower()} at {words_of(first, place)}.",
                figure=partial(phase, figure=figure, place=place),
                height=tall(down),
                is_wide=stands_alone(number, len(places)),
            )
            for number, place in enumerate(places)
        ),
    )


def capital(words: str) -> str:
    """Words as a heading."""
    return f"{words[:1].upper()}{words[1:]}" if not words.startswith("θ") else words


def tall(down: Axis) -> tuple[int, int]:
    """Height of a phase diagram."""
    height = min(max(AXES + ROW * len(down.values), LEAST_HEIGHT), MOST_HEIGHT)
    return height, height


def how_to_read(answer: Sweep) -> str:
    """What the line in the diagrams is."""
    tipping = tipping_of(answer)
    if tipping is None:
        return "Each cell is one market."
    return f"Each cell is one market; the blue line is {tipping.reading}."


def colour_words(answer: Sweep, figure: Shown) -> str:
    """What the colours of a figure mean."""
    top = figure.text(strongest(answer, figure).metrics[figure.name])
    if figure.form is Form.TIMES:
        has_calm = (surface(answer, figure.name)[0] < 1.0).any()
        return f"Orange is wilder, up to {top}{'; blue is calmer' if has_calm else ''}."
    return f"From none (faint) to {top} (orange)."
