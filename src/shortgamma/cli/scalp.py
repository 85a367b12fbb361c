"""``shortgamma scalp``: what gamma scalping earns, breaks even at, and is stopped by."""

from pathlib import Path
from typing import Any

import click

from shortgamma.cli.commands import save_report, show
from shortgamma.cli.figures import figures_set
from shortgamma.cli.progress import Bar


@click.command()
@click.argument("scenario", required=False)
@click.option(
    "--hf",
    "is_fast",
    is_flag=True,
    help="Seconds: takers and makers, late by 0 to 5 s; SCENARIO is then `scalper`.",
)
@click.option(
    "--book",
    metavar="FILE",
    help="Hold the options of this BOOK; --market is where they are listed.",
)
@click.option(
    "--market", "source", metavar="SOURCE", help="Hold the book of this chain's dealers instead."
)
@click.option(
    "--positioning",
    metavar="MODEL|FILE",
    help="Who holds that chain: naive, dealer-short, dealer-long, flow, or an inventory file.",
)
@click.option("--asof", metavar="TIME", help="Snapshot of that chain.")
@click.option("--underlying", metavar="NAME", help="BTC, ETH, … where a file holds several.")
@click.option("--prices", metavar="FILE", help="Prices that paths are drawn from.")
@click.option("--paths", type=int, metavar="N", help="[default: 2000, and 500 with --hf]")
@click.option("--seed", type=int, metavar="N", help="Of all draws.  [default: 0]")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="A figure of SCENARIO.")
@click.option("--workers", type=int, metavar="N", help="[default: one per core]")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.html", help="Also a page.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def scalp(scenario: str | None, is_fast: bool, **given: Any) -> None:
    """Gamma scalping, long and short: break-even vol and cost, and which constraint binds.

    SCENARIO is `desk` (a month of hours under every friction), any other scenario with a hedger, or a
    scenario file. Its book is taken long gamma and short gamma on the same shocks.
    """
    from shortgamma.studies.scalping.fast import scalp_fast
    from shortgamma.studies.scalping.study import scalp as scalp_slowly

    out, as_json = given.pop("out"), given.pop("as_json")
    figures = figures_set(given.pop("pairs"))
    question = scalp_fast if is_fast else scalp_slowly
    names = () if scenario is None else (scenario,)
    with Bar("scalp") as bar:
        result = question(*names, figures=figures, progress=bar.advance, **given)
    if out is not None:
        save_report(result, out)
        click.echo(f"page written to {out}", err=True)
    show(result, as_json)
