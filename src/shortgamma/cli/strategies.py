"""``shortgamma strategies``: what gamma-hedging strategies cost and what they leave."""

from pathlib import Path
from typing import Any

import click

from shortgamma.cli.commands import save_report
from shortgamma.cli.figures import figures_set
from shortgamma.cli.output import print_json, print_renderable
from shortgamma.cli.progress import Bar


@click.command()
@click.argument("scenario", default="desk")
@click.option(
    "--strategy",
    "chosen",
    multiple=True,
    metavar="NAME[:KEY=VALUE,…]",
    help="static-gamma, rolling-gamma or wings, to compare with delta-only; repeat for several.  "
    "[default: all]",
)
@click.option(
    "--market", "source", metavar="SOURCE", help="Hedge the book of this chain's dealers instead."
)
@click.option(
    "--positioning",
    metavar="MODEL|FILE",
    help="Who holds that chain: naive, dealer-short, dealer-long, flow, or an inventory file.",
)
@click.option("--asof", metavar="TIME", help="Snapshot of that chain.")
@click.option("--underlying", metavar="NAME", help="BTC, ETH, … where a file holds several.")
@click.option(
    "--prices",
    metavar="FILE",
    help="Prices to draw blocks from, or to fit the process to; `sample` is embedded.",
)
@click.option("--paths", type=int, metavar="N", help="[default: 10000]")
@click.option("--seed", type=int, metavar="N", help="Of all draws.  [default: 0]")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="A figure of SCENARIO.")
@click.option("--workers", type=int, metavar="N", help="[default: one per core]")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.html", help="Also a page.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def strategies(scenario: str, **given: Any) -> None:
    """Gamma-hedging strategies on the same shocks: cost, tail, gaps, and what they do to the price.

    SCENARIO is one in which somebody hedges options, or a scenario file (.toml); `desk` unless given.
    """
    from shortgamma.studies.strategies import strategies as compared

    out, as_json = given.pop("out"), given.pop("as_json")
    figures = figures_set(given.pop("pairs"))
    with Bar(f"strategies {scenario}") as bar:
        result = compared(scenario, figures, progress=bar.advance, **given)
    if out is not None:
        save_report(result, out)
        click.echo(f"page written to {out}", err=True)
    if as_json:
        print_json(result.to_dict())
        return
    from shortgamma.report.terminals import terminal_of

    print_renderable(terminal_of(result))
