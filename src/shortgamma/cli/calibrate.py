"""``shortgamma calibrate``: price processes and depth from files."""

from pathlib import Path
from typing import Any

import click

from shortgamma.basics.errors import InputError
from shortgamma.cli.commands import save_report
from shortgamma.cli.output import print_json, print_renderable
from shortgamma.cli.progress import Bar


@click.command()
@click.argument("prices")
@click.option(
    "--process",
    "processes",
    multiple=True,
    metavar="NAME",
    help="gbm, merton, kou, heston, hawkes, svcj or bootstrap; repeat for several.  [default: all]",
)
@click.option(
    "--books",
    "order_books",
    multiple=True,
    metavar="FILE",
    help="An order book of Deribit, Binance, Bybit, OKX or Hyperliquid, or a CSV; repeat for several.",
)
@click.option("--underlying", metavar="NAME", help="BTC, ETH, … where a file holds several.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.option(
    "--toml", "as_toml", is_flag=True, help="The best process as [process] of a scenario file."
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.html", help="Also a page.")
def calibrate(prices: str, as_json: bool, as_toml: bool, out: Path | None, **given: Any) -> None:
    """Fits price processes to PRICES and says what none of them captures.

    PRICES is a CSV or Parquet file with the columns time and close, or `sample`.
    """
    from shortgamma.studies.calibration import calibrate as fit_processes

    if as_json and as_toml:
        raise InputError("both --json and --toml", place="flags", remedy="give one of them")
    with Bar("calibrate") as bar:
        result = fit_processes(prices, progress=bar.advance, **given)
    if out is not None:
        save_report(result, out)
        click.echo(f"page written to {out}", err=True)
    if as_json:
        print_json(result.to_dict())
    elif as_toml:
        click.echo(result.to_toml(), nl=False)
    else:
        from shortgamma.report.calibration_terminal import calibration_summary

        print_renderable(calibration_summary(result))
