"""A comparison of structured products for a terminal of 100 columns."""

from rich import box
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from shortgamma.report.products_words import (
    CARRY_HEADS,
    RESULT_HEADS,
    carry_rows,
    extent,
    headline,
    market_words,
    peak_heads,
    peak_rows,
    result_rows,
    sentences,
)
from shortgamma.report.strategies_terminal import rows_of
from shortgamma.report.terminal import WIDTH
from shortgamma.studies.products.answer import ProductsAnswer


def products_summary(answer: ProductsAnswer) -> RenderableType:
    """Headline, peaks, what one unit carries, the market, caveats."""
    facts = Text(f"{extent(answer)}\n{market_words(answer)}", style="dim")
    return Constrain(
        Group(
            Panel(
                Text(headline(answer), style="bold"),
                title=Text("structured products"),
                title_align="left",
                box=box.ROUNDED,
                width=WIDTH,
                padding=(0, 1),
            ),
            Padding(facts, (0, 2)),
            rows_of(
                "Peak Γ·S²/100 over prices, USD per 1 % and unit; + holders long",
                peak_heads(answer),
                peak_rows(answer),
            ),
            rows_of("One unit", CARRY_HEADS, carry_rows(answer)),
            rows_of("Sold and hedged, same shocks", RESULT_HEADS, result_rows(answer)),
            *(Padding(Text(line, style="dim"), (0, 2)) for line in sentences(answer)),
        ),
        WIDTH,
    )
