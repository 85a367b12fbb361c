"""The order in which the page of a tail tells the answer, and what it rests on."""

from collections.abc import Iterator

from shortgamma.report.amounts import percent, usd
from shortgamma.report.assumptions import DYNAMICS, Ground, Origin
from shortgamma.report.figures.var import backtest_line, loss_laws, loss_tail
from shortgamma.report.story import Chapter, Panel
from shortgamma.report.var_words import backtest_words, delta_words, horizon_words, tail_words
from shortgamma.studies.value_at_risk.answer import TailRisk
from shortgamma.studies.value_at_risk.question import AGES

TALL, PHONE = 420, 380
RESPONSES = {
    **DYNAMICS,
    "falls-lift-vol": "Every vol moves against the price: σ·e^(−move).",
}


def var_chapters(answer: TailRisk) -> tuple[Chapter, ...]:
    """The chapters in reading order."""
    return (methods(answer), backtests(answer), tail(answer))


def methods(answer: TailRisk) -> Chapter:
    """Figures by method."""
    panel = Panel(
        name="laws",
        title="Losses by method",
        caption="Every scenario is a full revaluation; the grey line is what delta alone calls VaR.",
        description="Histograms of losses by method, with lines at VaR and ES.",
        figure=loss_laws,
        height=(TALL, PHONE),
        is_wide=True,
    )
    return Chapter(
        name="methods",
        title=f"What {horizon_words(answer)} may cost",
        short="Figures",
        lead=delta_words(answer),
        panels=(panel,),
    )


def backtests(answer: TailRisk) -> Chapter:
    """Whether it held."""
    panel = Panel(
        name="timeline",
        title="Forecast and what happened",
        caption="A cross is a loss beyond VaR; every forecast knows only the moves before it.",
        description="Profit by date with lines at minus VaR and minus ES, breaches marked.",
        figure=backtest_line,
        height=(TALL, PHONE),
        is_wide=True,
    )
    return Chapter(
        name="backtests",
        title="Would it have held",
        short="Backtest",
        lead=backtest_words(answer),
        panels=(panel,),
    )


def tail(answer: TailRisk) -> Chapter:
    """The far tail."""
    panel = Panel(
        name="tail",
        title="The far tail",
        caption="A straight line on these axes is a power law; dots are historical losses.",
        description="Chance of losses beyond a size, on logarithmic axes, with the fitted Pareto law.",
        figure=loss_tail,
        height=(TALL, PHONE),
        is_wide=True,
    )
    return Chapter(
        name="far",
        title="How heavy the tail is",
        short="Tail",
        lead=tail_words(answer) or "Too few moves to say how heavy the tail is.",
        panels=(panel,),
    )


def var_grounds(answer: TailRisk) -> Iterator[Ground]:
    """What the answer rests on, the weightiest first."""
    question, history = answer.question, answer.horizon.history
    yield Ground(
        name="Moves",
        value=f"{history.log_returns.size:,}",
        reason="One bar apart, from the price file; what was not in it is in no figure but Monte Carlo's "
        "and the Pareto tail's.",
        origin=Origin.MEASURED,
    )
    yield Ground(
        name="Vols",
        value=question.response,
        reason=RESPONSES[question.response],
        origin=Origin.ASSUMED,
    )
    ages = question.maturities == AGES
    yield Ground(
        name="Maturities",
        value=question.maturities,
        reason=f"Time {'passes' if ages else 'stands still'} over the horizon; it alone earns "
        f"{usd(answer.theta_usd)}{'' if ages else ', in no figure'}.",
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name="Backtest",
        value=f"{answer.window} moves known",
        reason="The book keeps its moneyness and its maturities from day to day, so that only the moves "
        f"differ; revalued by a curve that is off by {usd(answer.curve_error)} at most.",
        origin=Origin.ASSUMED,
    )
    yield from method_grounds(answer)


def method_grounds(answer: TailRisk) -> Iterator[Ground]:
    """Filter, process, approximations, p-values."""
    question = answer.question
    yield Ground(
        name="Filter",
        value=question.vol_filter,
        reason="λ = 0.94."
        if question.vol_filter == "ewma"
        else "GARCH(1,1), learnt again every 25 days.",
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name="Monte Carlo",
        value=f"{question.process}, {question.paths:,} paths",
        reason="Fitted to the moves, without drift.",
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name="Approximations",
        value="normal moves",
        reason=f"Mean square of the moves; one deviation is {percent(answer.deviation)} of spot "
        "through delta and gamma of now.",
        origin=Origin.ASSUMED,
    )
    yield Ground(
        name="p-values",
        value="Monte Carlo",
        reason="By rank among simulated series, ties broken at random; asymptotic ones are in --json.",
        origin=Origin.GIVEN,
    )
