"""``shortgamma hedge``: the cheapest listed trades that bring a book inside its limits."""

import sys
from pathlib import Path
from typing import Any

import click

from shortgamma.cli.commands import DEPTH_HELP, save_report
from shortgamma.cli.output import print_json, print_renderable

EXIT_LIMIT_BREACHED = 3


@click.command()
@click.argument("book")
@click.option("--market", required=True, metavar="SOURCE", help="Quotes, and what values the book.")
@click.option(
    "--limits", required=True, metavar="FILE.toml", help="Limits, and how trades are done."
)
@click.option("--asof", metavar="TIME", help="Snapshot, or the time of a file without one.")
@click.option("--underlying", metavar="NAME", help="BTC, ETH, … where a file holds several.")
@click.option("--depth", "depth_usd_per_pct", type=float, metavar="USD", help=DEPTH_HELP)
@click.option(
    "--seconds",
    type=float,
    metavar="S",
    help="For the search of lots and legs; then the best so far is given.  [default: 3.5]",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.html", help="Also a page.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def hedge(
    book: str, market: str, limits: str, as_json: bool, out: Path | None, **given: Any
) -> None:
    """Cheapest listed trades that bring BOOK inside its limits; exit code 3 where no trades can.

    BOOK is a .csv with quantity and instrument, or an export of Deribit positions.
    """
    from shortgamma.studies.hedge import hedge as hedge_book
    from shortgamma.studies.hedge import tradable_chain

    where = {name: given.pop(name) for name in ("asof", "underlying")}
    known = {name: value for name, value in given.items() if value is not None}
    chain = tradable_chain(market, **where)
    result = hedge_book(book, market=chain, limits=limits, **known)
    if out is not None:
        save_report(result, out)
        click.echo(f"page written to {out}", err=True)
    if as_json:
        print_json(result.to_dict())
    else:
        from shortgamma.report.hedge_terminal import hedge_summary

        print_renderable(hedge_summary(result))
    if not all(row.holds for row in result.rows):
        sys.exit(EXIT_LIMIT_BREACHED)
