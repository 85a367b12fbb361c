"""The page of a report: the measured market, the simulated day of it, a desk, option pools, and risk."""

from shortgamma.report.amounts import percent
from shortgamma.report.desk_page import desk_appendix
from shortgamma.report.page import (
    LEADING,
    Appendix,
    chapter_head,
    folded,
    grounds_table,
    link,
    links,
    page,
    specs,
    tile_html,
    unbroken,
)
from shortgamma.report.pools_page import pools_appendix
from shortgamma.report.risk_chapters_page import risk_appendix
from shortgamma.report.simulation_grounds import simulation_grounds
from shortgamma.report.simulation_page import chapter_html, simulation_tiles
from shortgamma.report.simulation_story import simulation_chapters
from shortgamma.report.simulation_words import extent, headline, notes, price_words
from shortgamma.studies.report import Report
from shortgamma.studies.simulation import Simulation

NAME = "simulated"
HEADING = "A simulated day"


def full_page(answer: Report) -> str:
    """The whole page as text."""
    amplification = answer.exposure.feedback.amplification
    day = appendix(answer.simulation, amplification)
    whole = day if answer.desk is None else joined(day, desk_appendix(answer.desk))
    whole = joined(whole, pools_appendix(answer.pools))
    if answer.risk is not None:
        whole = joined(whole, risk_appendix(answer.risk))
    return page(answer.exposure, whole)


def joined(first: Appendix, second: Appendix) -> Appendix:
    """One after the other."""
    return Appendix(
        menu=first.menu + second.menu,
        chapters=lambda number: first.chapters(number) + second.chapters(number + first.length),
        figures=first.figures | second.figures,
        grounds=first.grounds + second.grounds,
        length=first.length + second.length,
    )


def appendix(answer: Simulation, amplification: float | None) -> Appendix:
    """The simulated half; the amplification is that of the measured half, None where it runs away."""
    story = simulation_chapters(answer)

    def chapters(first: int) -> str:
        rest = (chapter_html(answer, chapter, first + i) for i, chapter in enumerate(story, 1))
        return opening(answer, amplification, first) + "".join(rest)

    return Appendix(
        menu=link(NAME, HEADING) + links(story),
        chapters=chapters,
        figures=specs(answer, story),
        grounds=grounds(answer),
        length=len(story) + 1,
    )


def opening(answer: Simulation, amplification: float | None, number: int) -> str:
    """What the simulation is and what came out of it."""
    said = (
        market_words(answer),
        difference_words(amplification),
        price_words(answer),
        *notes(answer),
        extent(answer),
    )
    lines = "".join(f"<li>{unbroken(line)}</li>" for line in said if line)
    tiles = "".join(map(tile_html, simulation_tiles(answer)[:LEADING]))
    return (
        f'<section id="{NAME}" aria-labelledby="{NAME}-title">'
        f"{chapter_head(NAME, HEADING, headline(answer), number)}"
        f'<ul class="notes">{lines}</ul>'
        f'<dl class="tiles leading">{tiles}</dl></section>'
    )


def market_words(answer: Simulation) -> str:
    """What is simulated, in a sentence."""
    scenario = answer.scenario
    moves = (
        f"at the chain's own vol of {percent(scenario.vol)}"
        if scenario.process == "gbm"
        else "drawn from the given prices"
    )
    return (
        "The book above is hedged in a perpetual in every minute, beside a leveraged crowd (A); "
        f"exogenous moves are {moves}."
    )


def difference_words(amplification: float | None) -> str:
    """Why the simulated multiple is not the one of the measured half."""
    if amplification is None:
        return ""
    return (
        f"The × {amplification:.2f} above is for hedges in spot, at once. Here they reach spot through the "
        "perpetual as arbitrage closes its basis, a part of every impact decays, and gamma changes with "
        "price and time."
    )


def grounds(answer: Simulation) -> str:
    """Every figure of the simulated market."""
    heading = "Assumptions of the simulated day"
    return folded(heading, grounds_table(heading, simulation_grounds(answer)))
