"""Tables of the page as HTML; every string from data is escaped."""

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from shortgamma.basics.errors import Failure, Reason
from shortgamma.exposure.holders import Holder
from shortgamma.exposure.profile import Crossing
from shortgamma.exposure.totals import Wall
from shortgamma.market.surface import TOLERANCE, Smile
from shortgamma.report.amounts import (
    expiry_labels,
    number,
    percent,
    price,
    signed_percent,
    signed_usd,
    usd,
)
from shortgamma.report.sides import flips, pronounced
from shortgamma.studies.exposure import Exposure

EXAMPLES = 3


def table(caption: str, heads: Sequence[str], *, rows: Iterable[Sequence[str]], empty: str) -> str:
    """A table in a box that scrolls by itself; cells are plain text and get escaped here.

    Args:
        caption: Read out by screen readers and shown above.
        heads: A head that ends in ``|`` belongs to a column of words; the others are right-aligned.
        rows: Cells.
        empty: What to say where there are no rows.
    """
    body = [
        "<tr>" + "".join(cell(head, text) for head, text in zip(heads, row, strict=True)) + "</tr>"
        for row in rows
    ]
    if not body:
        return f'<p class="caption">{escape(caption)}</p><p class="none">{escape(empty)}</p>'
    top = "".join(
        f'<th scope="col"{kind(head)}>{escape(head.removesuffix("|"))}</th>' for head in heads
    )
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(caption)}">'
        f'<table class="columns-{len(heads)}">'
        f"<caption>{escape(caption)}</caption>"
        f"<thead><tr>{top}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def kind(head: str) -> str:
    """Class of a column: words or figures."""
    return ' class="words"' if head.endswith("|") else ""


def cell(head: str, text: str) -> str:
    """One cell."""
    return f"<td{kind(head)}>{escape(text)}</td>"


def flips_table(answer: Exposure) -> str:
    """Every flip with its direction."""
    spot = answer.chain.spot
    return table(
        "Flips",
        ("Price", "From spot", "Above it|"),
        rows=(
            (
                price(flip.spot),
                signed_percent(flip.spot / spot - 1.0),
                "long, dampens" if flip.crossing is Crossing.UP else "short, amplifies",
            )
            for flip in flips(answer)
        ),
        empty="No flip on the levels shown.",
    )


def walls_table(answer: Exposure) -> str:
    """The strikes at which gamma piles up."""
    walls = answer.walls
    named: list[tuple[str, Wall | None]] = [
        ("Long wall: pins", walls.long),
        ("Short wall: drives", walls.short),
        ("Most call gamma", walls.call),
        ("Most put gamma", walls.put),
    ]
    return table(
        "Walls",
        ("Wall|", "Strike", "Gamma per 1 %"),
        rows=(
            (name, price(wall.strike), signed_usd(wall.gamma_usd_per_pct))
            for name, found in named
            if (wall := pronounced(found)) is not None
        ),
        empty="No strike carries gamma.",
    )


def holders_table(answer: Exposure) -> str:
    """Every holder that the model knows."""
    return table(
        "Holders, from the shortest to the longest gamma",
        ("Holder|", "Role|", "Gamma per 1 %", "Of all short", "Vega per point", "Option delta"),
        rows=(
            (
                holder.name,
                role(holder),
                signed_usd(holder.gamma_usd_per_pct),
                percent(holder.share_of_short) if holder.share_of_short > 0.0 else "–",
                signed_usd(holder.vega_usd_per_point),
                signed_usd(holder.delta_usd),
            )
            for holder in answer.system.holders
        ),
        empty="The model knows no holder.",
    )


def role(holder: Holder) -> str:
    """What a holder is, where known, and whether it hedges."""
    hedging = "hedges" if holder.is_hedger else "does not hedge"
    return f"{holder.kind.replace('_', ' ')}, {hedging}" if holder.kind else hedging


def expiries_table(answer: Exposure) -> str:
    """Exposure by expiry, with what makes the net."""
    rows = answer.by_expiry
    labels = expiry_labels(rows.key.astype(np.int64), answer.chain.asof)
    columns = zip(
        labels,
        rows.open_interest.tolist(),
        rows.call_gamma_usd_per_pct.tolist(),
        rows.put_gamma_usd_per_pct.tolist(),
        rows.gamma_usd_per_pct.tolist(),
        rows.gross_gamma_usd_per_pct.tolist(),
        strict=True,
    )
    return table(
        "By expiry",
        ("Expiry|", f"Open interest, {answer.chain.underlying}", "Calls", "Puts", "Net", "Gross"),
        rows=(
            (
                label,
                number(interest),
                signed_usd(calls),
                signed_usd(puts),
                signed_usd(net),
                usd(gross),
            )
            for label, interest, calls, puts, net, gross in columns
        ),
        empty="No expiry.",
    )


def quarantine_table(failures: tuple[Failure, ...], caption: str) -> str:
    """Reasons, counts and first examples of what was put aside."""
    counts = Counter(failure.reason for failure in failures).most_common()
    return table(
        caption,
        ("Reason|", "Rows", "Of these", "First examples|"),
        rows=(
            (reason.value, f"{count:,}", percent(count / len(failures)), examples(failures, reason))
            for reason, count in counts
        ),
        empty="Every row passed every screen.",
    )


def examples(failures: tuple[Failure, ...], reason: Reason) -> str:
    """The first few items of one reason."""
    chosen = [f for f in failures if f.reason is reason][:EXAMPLES]
    return "; ".join(f"{f.item} ({f.message})" if f.message else f.item for f in chosen)


def surface_table(answer: Exposure) -> str:
    """Quality of every fitted smile, and what could be arbitraged."""
    smiles = answer.surface.smiles
    labels = expiry_labels(np.array([s.expiry for s in smiles], dtype=np.int64), answer.chain.asof)
    return table(
        "Fitted smiles",
        (
            "Expiry|",
            "Forward",
            "Vol at forward",
            "Options",
            "Fit error, points",
            "Butterfly|",
            "Calendar|",
        ),
        rows=(
            (
                label,
                price(smile.forward),
                percent(float(smile.vol(np.zeros(1))[0]), 3),
                f"{smile.strikes:,}",
                f"{100.0 * smile.rmse_vol:.2f}",
                butterfly(smile),
                calendar(answer, smile),
            )
            for smile, label in zip(smiles, labels, strict=True)
        ),
        empty="No expiry has enough strikes for a smile.",
    )


def butterfly(smile: Smile) -> str:
    """Whether the fitted density goes negative on the quoted range."""
    return f"violated (g = {number(smile.butterfly)})" if smile.butterfly < -TOLERANCE else "clean"


def calendar(answer: Exposure, smile: Smile) -> str:
    """Whether total variance falls from the expiry before."""
    found = next((v for v in answer.surface.calendar if v.far == smile.expiry), None)
    if found is None:
        return "clean"
    return f"violated at {signed_percent(float(np.expm1(found.moneyness)))} from the forward"


def unfitted_note(answer: Exposure) -> str:
    """The expiries without a fit, as a paragraph."""
    if not answer.surface.unfitted:
        return ""
    days = expiry_labels(np.array(answer.surface.unfitted, dtype=np.int64), answer.chain.asof)
    return f'<p class="none">Too few strikes for a fit: {escape(", ".join(days))}.</p>'
