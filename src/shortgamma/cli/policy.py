"""``shortgamma policy``: which re-hedging rule to run."""

from pathlib import Path
from typing import Any

import click

from shortgamma.basics.errors import InputError
from shortgamma.cli.commands import save_report, show
from shortgamma.cli.figures import figures_set
from shortgamma.cli.progress import Bar


@click.command()
@click.argument("scenario", default="desk")
@click.option(
    "--book",
    metavar="FILE",
    help="Hedge the options of this BOOK; --market is where they are listed.",
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
    help="Prices: paths are drawn from them, and each of their windows is replayed as well.",
)
@click.option(
    "--thresholds",
    metavar="N|COINS,…",
    help="Bands to try: how many, or their widths.  [default: 12]",
)
@click.option(
    "--intervals",
    metavar="N|SECONDS,…",
    help="Intervals to try: how many, or their lengths.  [default: 6]",
)
@click.option(
    "--risk-aversion",
    type=float,
    metavar="A",
    help="Of cost + A/2·variance, per USD.  [default: 1 / loss of the gamma in a usual day]",
)
@click.option("--no-curve", is_flag=True, help="Leave out the cost against volatility.")
@click.option("--paths", type=int, metavar="N", help="[default: 10000]")
@click.option("--seed", type=int, metavar="N", help="Of all draws.  [default: 0]")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="A figure of SCENARIO.")
@click.option("--workers", type=int, metavar="N", help="[default: one per core]")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.html", help="Also a page.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def policy(scenario: str, **given: Any) -> None:
    """Re-hedging policies under costs: what each costs, and what risk it leaves.

    SCENARIO is `desk` (a month of hours under every friction), any other scenario with a hedger, or a
    scenario file.
    """
    from shortgamma.studies.policies.candidates import Grid
    from shortgamma.studies.policies.study import policy as compare

    out, as_json = given.pop("out"), given.pop("as_json")
    names = ("thresholds", "intervals")
    tried = {name: several(given.pop(name), f"--{name}") for name in names}
    grid = Grid(**{name: value for name, value in tried.items() if value is not None})
    figures, curve = figures_set(given.pop("pairs")), not given.pop("no_curve")
    with Bar("policy") as bar:
        result = compare(scenario, figures, grid=grid, curve=curve, progress=bar.advance, **given)
    if out is not None:
        save_report(result, out)
        click.echo(f"page written to {out}", err=True)
    show(result, as_json)


def several(text: str | None, flag: str) -> int | list[float] | None:
    """A number of values, or the values themselves.

    Raises:
        InputError: It is neither.
    """
    if text is None:
        return None
    try:
        if "," not in text and "." not in text:
            return int(text)
        return [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise InputError(
            f"{text!r}", place=flag, remedy="give how many, or values with commas between them"
        ) from None
