"""``shortgamma margin``: what every margin regime asks for the same book."""

from pathlib import Path

import click

from shortgamma.cli.commands import save_report
from shortgamma.cli.output import print_json, print_renderable


@click.command()
@click.argument("book")
@click.option(
    "--regime",
    default="all",
    show_default=True,
    metavar="NAME|all",
    help="deribit-sm, deribit-pm, okx-sm, okx-pm, span, cboe-strategy, occ-portfolio, derive-srm, "
    "derive-pmrm, derive-pmrm2, opyn-naked, lyra or full-collateral.",
)
@click.option(
    "--parameters",
    default="default",
    show_default=True,
    metavar="NAME|FILE.toml",
    help="Set of parameters: test is that of the venue's own tests; a file adds or changes a regime.",
)
@click.option("--market", metavar="SOURCE", help="What values instruments of the book.")
@click.option("--asof", metavar="TIME", help="Snapshot, or the time of a file without one.")
@click.option("--underlying", metavar="NAME", help="BTC, ETH, … where a file holds several.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.html", help="Also a page.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def margin(
    book: str,
    regime: str,
    parameters: str,
    market: str | None,
    asof: str | None,
    underlying: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Initial and maintenance margin of BOOK under every regime, side by side.

    BOOK is a .csv with quantity and instrument, or with the terms inline, or an export of Deribit positions.
    """
    from shortgamma.basics.time import parse_stamp
    from shortgamma.studies.hedge import tradable_chain
    from shortgamma.studies.margin import margin as margin_of_book

    chain = None if market is None else tradable_chain(market, asof=asof, underlying=underlying)
    stamp = None if asof is None else parse_stamp(asof)
    result = margin_of_book(book, regime, parameters=parameters, market=chain, asof=stamp)
    if out is not None:
        save_report(result, out)
        click.echo(f"page written to {out}", err=True)
    if as_json:
        print_json(result.to_dict())
        return
    from shortgamma.report.margin_terminal import margin_summary

    print_renderable(margin_summary(result))
