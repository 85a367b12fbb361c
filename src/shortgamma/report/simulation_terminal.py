"""Simulations and validations for a terminal of 100 columns."""

from rich import box
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from shortgamma.report.amounts import usd
from shortgamma.report.simulation_words import (
    PART_NAMES,
    book_words,
    cascade_words,
    comparisons,
    extent,
    headline,
    is_single,
    losers,
    notes,
    per_path,
    price_words,
    usd_with_error,
)
from shortgamma.report.terminal import WIDTH, grid
from shortgamma.studies.distributions import Result, cascades, results
from shortgamma.studies.simulation import Simulation
from shortgamma.studies.validate import Row, Validation

PARAMETERS_WIDTH = 28


def simulation_summary(answer: Simulation) -> RenderableType:
    """Headline, the price with and without hedging, what hedgers and others won or lost, caveats."""
    body = Text.assemble((headline(answer), "bold"), "\n", answer.scenario.summary)
    lines = (extent(answer), book_words(answer), price_words(answer))
    facts = Text("\n".join(filter(None, lines)), style="dim")
    title = Text(f"simulate {answer.scenario.name}")
    parts: list[RenderableType] = [
        Panel(body, title=title, title_align="left", box=box.ROUNDED, width=WIDTH, padding=(0, 1)),
        Padding(facts, (0, 2)),
        price_table(answer),
    ]
    found = results(answer.outcome)
    if found:
        parts.append(result_table(answer, found))
    if losers(answer):
        parts.append(loser_table(answer))
    sizes = cascades(answer.outcome)
    if sizes is not None:
        parts.append(Padding(Text(cascade_words(answer, sizes), style="dim"), (0, 2)))
    parts += [Padding(Text(note, style="yellow"), (0, 2)) for note in notes(answer)]
    return Constrain(Group(*parts), WIDTH)


def price_table(answer: Simulation) -> Table:
    """The price with and without hedging."""
    made = grid("The price", ("", "with hedging", "without", "ratio"))
    for row in comparisons(answer):
        made.add_row(row.label, row.market, row.quiet, row.ratio)
    return made


def result_table(answer: Simulation, found: tuple[Result, ...]) -> Table:
    """What every hedger won or lost per path, by cause."""
    made = grid(f"Result of the hedgers{per_path(answer)}", ("", *(escape(r.name) for r in found)))
    for part, label in PART_NAMES.items():
        if any(part in r.parts for r in found):
            made.add_row(
                label, *(usd_with_error(r.parts[part]) if part in r.parts else "–" for r in found)
            )
    totals = (Text(usd_with_error(r.total), style="bold") for r in found)
    made.add_row(Text("Result", style="bold"), *totals, end_section=True)
    if not is_single(answer):
        made.add_row("Mean of the worst 5 % of paths", *(usd(r.worst) for r in found))
    return made


def loser_table(answer: Simulation) -> Table:
    """What others lost."""
    made = grid(f"Liquidations{per_path(answer)}", ("", ""))
    for label, text in losers(answer):
        made.add_row(label, text)
    return made


def validation_table(answer: Validation) -> RenderableType:
    """One line per figure under its law and parameters, and how many passed."""
    heads = ("law, at its parameters", "figure", "expected", "simulated", "error", "allowed", "")
    made = grid("The simulator against published formulas", heads)
    made.columns[1].justify = "left"
    made.columns[0].max_width = PARAMETERS_WIDTH
    for column in made.columns[1:]:
        column.no_wrap = True
    before: Row | None = None
    for row in answer.rows:
        same_law = before is not None and before.law == row.law
        same_case = same_law and before is not None and before.parameters == row.parameters
        if not same_law:
            made.add_row(Text(row.law, style="bold"))
        made.add_row(
            "" if same_case else Text(f"  {parameters(answer, row)}", style="dim"),
            row.metric,
            f"{row.expected:.5g}",
            f"{row.simulated:.5g}",
            f"{row.standard_error:.1g}",
            f"{row.tolerance:.2g}",
            Text("pass", style="green") if row.passed else Text("FAIL", style="bold red"),
        )
        before = row
    good = sum(row.passed for row in answer.rows)
    verdict = Text(
        f"{good} of {len(answer.rows)} figures within their tolerance.",
        style="bold" if answer.passed else "bold red",
    )
    return Group(made, verdict)


def parameters(answer: Validation, row: Row) -> str:
    """Parameters in one cell; those that are the same in every case of the law are left out."""
    cases = [other.parameters for other in answer.rows if other.law == row.law]
    same = {n for n, v in row.parameters.items() if all(case[n] == v for case in cases)}
    shown = row.parameters if len(same) == len(row.parameters) else set(row.parameters) - same
    return ", ".join(
        f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in row.parameters.items()
        if name in shown
    )
