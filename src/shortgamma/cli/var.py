"""``shortgamma var``: what a book may lose, by several methods, with backtests."""

from pathlib import Path
from typing import Any

import click

from shortgamma.cli.commands import save_report, show


@click.command()
@click.argument("book")
@click.option(
    "--prices", required=True, metavar="FILE", help="Prices that moves come from, or `sample`."
)
@click.option("--market", metavar="SOURCE", help="What values the book, unless it says all itself.")
@click.option("--asof", metavar="TIME", help="Snapshot, or the time of a file without one.")
@click.option("--underlying", metavar="NAME", help="BTC, ETH, … where a file holds several.")
@click.option(
    "--level",
    "levels",
    type=float,
    multiple=True,
    metavar="SHARE",
    help="As 0.99; may be given again.  [default: 0.99, 0.975, 0.95]",
)
@click.option(
    "--method",
    metavar="NAME",
    help="historical, filtered-historical or monte-carlo.  [default: historical]",
)
@click.option("--horizon", "horizon_days", type=float, metavar="DAYS", help="[default: 1]")
@click.option("--window", type=int, metavar="N", help="Moves that a forecast knows.")
@click.option("--filter", "vol_filter", metavar="NAME", help="ewma or garch.  [default: ewma]")
@click.option(
    "--process",
    metavar="NAME",
    help="For Monte Carlo: gbm, merton, kou, heston, hawkes or svcj.  [default: merton]",
)
@click.option(
    "--response",
    metavar="NAME",
    help="Of vols: sticky-strike, sticky-delta or falls-lift-vol.  [default: sticky-strike]",
)
@click.option("--maturities", metavar="NAME", help="held, or ages: time passes.  [default: held]")
@click.option("--paths", type=int, metavar="N", help="Of Monte Carlo.  [default: 10000]")
@click.option("--seed", type=int, metavar="N", help="Of all draws.  [default: 7]")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.html", help="Also a page.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def var(
    book: str, prices: str, market: str | None, as_json: bool, out: Path | None, **given: Any
) -> None:
    """VaR and expected shortfall of BOOK by full revaluation, beside approximations, with backtests.

    BOOK is a .csv with quantity and the terms or, with --market, the instrument.
    """
    from shortgamma.studies.hedge import tradable_chain
    from shortgamma.studies.value_at_risk.study import var as tail_of

    where = {name: given.pop(name) for name in ("asof", "underlying")}
    asked = {name: value for name, value in given.items() if value not in (None, ())}
    chain = None if market is None else tradable_chain(market, **where)
    result = tail_of(book, prices=prices, market=chain, asof=where["asof"], **asked)
    if out is not None:
        save_report(result, out)
        click.echo(f"page written to {out}", err=True)
    show(result, as_json)
