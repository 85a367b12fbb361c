"""``shortgamma simulate``: one market, or a sweep, on this machine or on many."""

from concurrent.futures import CancelledError
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shortgamma.basics.errors import ShortgammaError
from shortgamma.cli.commands import save_report, show
from shortgamma.cli.figures import figures_set, figures_swept
from shortgamma.cli.progress import Bar

if TYPE_CHECKING:
    from shortgamma.data.runs import RunStore
    from shortgamma.studies.plans import Planned

STOPPED = "stopped; what is done is kept: run the same command again with --resume"


@click.command()
@click.argument("scenario")
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
    help="Prices to draw blocks from, to fit the process to, or to replay; `sample` is embedded.",
)
@click.option("--paths", type=int, metavar="N", help="[default: 10000, and 1 to replay]")
@click.option("--seed", type=int, metavar="N", help="Of all draws.  [default: 0]")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="A figure of SCENARIO.")
@click.option(
    "--sweep",
    "axes",
    multiple=True,
    metavar="KEY=V,V,…",
    help="Values of a figure; with several --sweep every combination is simulated.",
)
@click.option("--workers", type=int, metavar="N", help="[default: one per core]")
@click.option("--cluster", metavar="ADDRESS", help="Dask scheduler to compute on instead.")
@click.option(
    "--runs",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where long runs keep what is done.  [default: the user's data folder]",
)
@click.option("--resume", "resumes", is_flag=True, help="Go on with this run where it was stopped.")
@click.option("--keep", "keeps", is_flag=True, help="Leave the figures of all paths, as Parquet.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.html", help="Also a page.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def simulate(scenario: str, **given: Any) -> None:
    """What hedging flow does to the price, against the same shocks without hedging.

    SCENARIO is a scenario file (.toml) or one of hedged-book, gamma-squeeze, liquidation-cascade,
    full-market, replay, one-bank, one-vault, oct-2025, mar-2020, desk, scalper, friday-roll,
    amm-naive, amm-gamma-aware.
    """
    from shortgamma.studies.plans import answers, planned

    out, as_json = given.pop("out"), given.pop("as_json")
    who = {name: given.pop(name) for name in ("workers", "cluster")}
    chunks = {name: given.pop(name) for name in ("folder", "resumes", "keeps")}
    figures, sweep = figures_set(given.pop("pairs")), figures_swept(given.pop("axes"))
    plan = planned(scenario, figures, sweep=sweep, **given)
    store = store_of(plan, chunks)
    try:
        # The figures of a long run are on disk while the stack is open.
        with ExitStack() as stack:
            with Bar(f"simulate {plan.name}") as bar:
                found = answers(plan, store=store, progress=bar.advance, **who)
                result = stack.enter_context(found)
            if out is not None:
                save_report(result, out)
                click.echo(f"page written to {out}", err=True)
            show(result, as_json)
    except (KeyboardInterrupt, CancelledError):
        raise ShortgammaError(STOPPED if store else "stopped") from None


def store_of(plan: "Planned", given: dict[str, Any]) -> "RunStore | None":
    """Where chunks are kept: nowhere if the run is short and nobody asks for it."""
    from shortgamma.data.runs import RunStore

    return RunStore(**given) if any(given.values()) or plan.is_long else None
