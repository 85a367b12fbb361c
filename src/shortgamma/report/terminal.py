"""Summaries for a terminal of 100 columns."""

from collections.abc import Sequence

import numpy as np
from rich import box
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from shortgamma.exposure.profile import Crossing
from shortgamma.report import sides
from shortgamma.report.amounts import (
    expiry_labels,
    moment,
    price,
    signed_percent,
    signed_usd,
    usd,
)
from shortgamma.report.headline import headline, sentences
from shortgamma.report.tiles import Tone, tiles
from shortgamma.studies.exposure import Exposure, quarantine_counts

WIDTH = 100
SHOWN_FLIPS = 6
SHOWN_EXPIRIES = 6
STYLES = {Tone.SHORT: "bold dark_orange3", Tone.LONG: "bold dodger_blue2", Tone.NEUTRAL: "bold"}


def summary(answer: Exposure) -> RenderableType:
    """Headline, key numbers, flips, walls, models, top expiries and what was put aside."""
    chain = answer.chain
    where = (
        f"{chain.underlying} options on {chain.venue}"
        if chain.venue
        else f"{chain.underlying} options"
    )
    title = f"{where} · {moment(chain.asof)} · spot {price(chain.spot)}"
    first, *others = sentences(answer)
    body = Text.assemble((headline(answer), "bold"), "\n", first)
    lines = Text("\n".join(others), style="dim")
    parts = Group(
        Panel(
            body,
            title=Text(title),
            title_align="left",
            box=box.ROUNDED,
            width=WIDTH,
            padding=(0, 1),
        ),
        Padding(lines, (0, 2)),
        key_numbers(answer),
        pair(flips(answer), walls(answer)),
        pair(models(answer), expiries(answer)),
        quarantine(answer),
    )
    return Constrain(parts, WIDTH)


def grid(title: str, heads: Sequence[str]) -> Table:
    """An open table whose first column is text and whose others are figures."""
    made = Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for index, head in enumerate(heads):
        made.add_column(head, justify="left" if index == 0 else "right", header_style="dim")
    return made


def pair(left: RenderableType, right: RenderableType) -> Table:
    """Two tables beside each other."""
    both = Table.grid(padding=(0, 6))
    both.add_row(left, right)
    return both


def key_numbers(answer: Exposure) -> Table:
    """The key numbers, one a line, coloured by where they point."""
    made = Table(box=box.SIMPLE, show_header=False, pad_edge=False, width=WIDTH)
    made.add_column(no_wrap=True)
    made.add_column(justify="right", no_wrap=True)
    made.add_column(no_wrap=True)
    made.add_column(style="dim")
    for tile in tiles(answer):
        made.add_row(
            tile.label, Text(tile.value, style=STYLES[tile.tone]), tile.unit, escape(tile.note)
        )
    return made


def flips(answer: Exposure) -> RenderableType:
    """The flips nearest to spot, in order of price."""
    spot, every = answer.chain.spot, sides.flips(answer)
    made = grid(f"Flips ({len(every)})", ("above it", "price", "from spot"))
    nearest = sorted(every, key=lambda flip: abs(flip.spot - spot))[:SHOWN_FLIPS]
    for flip in sorted(nearest, key=lambda flip: flip.spot):
        way = "long" if flip.crossing is Crossing.UP else "short"
        made.add_row(way, price(flip.spot), signed_percent(flip.spot / spot - 1.0))
    if not every:
        made.add_row(sides.flip_status(answer).value.replace("_", " "), "–", "–")
    return made


def walls(answer: Exposure) -> RenderableType:
    """The strikes at which gamma piles up."""
    named = answer.walls
    made = grid("Walls", ("", "strike", "gamma per 1 %"))
    for name, wall in (
        ("long", named.long),
        ("short", named.short),
        ("calls", named.call),
        ("puts", named.put),
    ):
        if sides.pronounced(wall) is not None and wall is not None:
            made.add_row(name, price(wall.strike), signed_usd(wall.gamma_usd_per_pct))
    return made


def models(answer: Exposure) -> RenderableType:
    """Net gamma under each positioning model."""
    made = grid("Positioning models", ("model", "net per 1 %", "nearest flip"))
    for row in answer.models:
        nearest = min(
            row.profile.flips, key=lambda flip: abs(flip.spot - answer.chain.spot), default=None
        )
        in_use = row.positioning is answer.positioning
        made.add_row(
            Text(
                f"{row.positioning.model}{' (in use)' if in_use else ''}",
                style="bold" if in_use else "",
            ),
            signed_usd(row.gamma_usd_per_pct),
            "–" if nearest is None else price(nearest.spot),
        )
    return made


def expiries(answer: Exposure) -> RenderableType:
    """The expiries with the most gross gamma, in order of time."""
    table = answer.by_expiry
    labels = expiry_labels(table.key.astype(np.int64), answer.chain.asof)
    gross = table.gross_gamma_usd_per_pct.tolist()
    largest = sorted(range(len(gross)), key=lambda row: -gross[row])[:SHOWN_EXPIRIES]
    made = grid("Expiries with the most gamma", ("expiry", "net per 1 %", "gross"))
    for row in sorted(largest):
        made.add_row(
            labels[row],
            signed_usd(float(table.gamma_usd_per_pct[row])),
            usd(gross[row]),
        )
    return made


def quarantine(answer: Exposure) -> Text:
    """How many rows were put aside, by reason."""
    counts = quarantine_counts(answer.chain, answer.positioning)
    if not counts:
        return Text("No row was put aside.", style="dim")
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in counts.items())
    return Text(f"{sum(counts.values()):,} rows put aside: {reasons}.", style="dim")
