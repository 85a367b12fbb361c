"""The commands. Imports of studies are inside the commands: ``--help`` must not load NumPy or Numba."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shortgamma.basics.errors import InputError
from shortgamma.cli.figures import figures_set
from shortgamma.cli.output import print_json, print_renderable
from shortgamma.cli.progress import Bar

if TYPE_CHECKING:
    from shortgamma.report.documents import Answer
    from shortgamma.report.terminals import Answer as Shown
    from shortgamma.studies.exposure import Exposure
    from shortgamma.studies.report import Report

DEPTH_HELP = "One-sided USD that move the price 1 %.  [default: 300e6, an assumption]"


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="shortgamma")
def shortgamma() -> None:
    """Negative gamma exposure in crypto options.

    SOURCE is `sample`, `sample:ETH`, or a file: Deribit JSON, canonical CSV or Parquet, CBOE quotedata.
    """


MEASURED = (
    click.argument("source"),
    click.option(
        "--positioning",
        metavar="MODEL|FILE",
        help="naive, dealer-short, dealer-long, flow, or a file: an inventory, or states of protocols."
        "  [default: flow with trades, else naive]",
    ),
    click.option("--trades", metavar="FILE", help="Trades for `flow`."),
    click.option("--asof", metavar="TIME", help="Snapshot, or the time of a file without one."),
    click.option("--underlying", metavar="NAME", help="BTC, ETH, … where a file holds several."),
    click.option("--depth", "depth_usd_per_pct", type=float, metavar="USD", help=DEPTH_HELP),
    click.option(
        "--dynamics",
        metavar="NAME",
        help="sticky-strike, sticky-delta or surface.  [default: sticky-strike]",
    ),
    click.option(
        "--ahead", "days_ahead", type=float, metavar="DAYS", help="Roll the book forward in time."
    ),
    click.option(
        "--range",
        "limits",
        type=float,
        nargs=2,
        metavar="LOW HIGH",
        help="Profile range in multiples of spot.  [default: 0.5 2]",
    ),
    click.option("--seed", type=int, help="Seed of the Monte Carlo over signs."),
    click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout."),
)


def measured(command: Callable[..., None]) -> Callable[..., None]:
    """The arguments of every command that measures a SOURCE."""
    for option in reversed(MEASURED):
        command = option(command)
    return command


def answer(source: str, given: dict[str, Any]) -> "Exposure":
    """Runs the exposure study with the flags that were given."""
    from shortgamma.exposure.profile import Grid
    from shortgamma.studies.assumptions import Assumptions
    from shortgamma.studies.source import exposure_of

    limits = given.pop("limits")
    where = {name: given.pop(name) for name in ("positioning", "trades", "asof", "underlying")}
    assumed = {name: value for name, value in given.items() if value is not None}
    if limits:
        assumed["grid"] = Grid(lowest=limits[0], highest=limits[1])
    return exposure_of(source, **where, assumptions=Assumptions(**assumed))


@shortgamma.command()
@measured
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.html", help="Also a report.")
def exposure(source: str, as_json: bool, out: Path | None, **given: Any) -> None:
    """The gamma of the system: net gamma, flips, walls, who is short."""
    result = answer(source, given)
    if out is not None:
        save_report(result, out)
    show(result, as_json)


@shortgamma.command()
@measured
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("report.html"),
    show_default=True,
    metavar="FILE.html",
    help="Where to write the page.",
)
@click.option(
    "--prices", metavar="FILE", help="Prices from which the simulated day draws its moves."
)
@click.option(
    "--paths",
    type=int,
    default=10_000,
    show_default=True,
    metavar="N",
    help="Of the simulated day; 0 leaves it out.",
)
@click.option("--workers", type=int, metavar="N", help="[default: one per core]")
def report(source: str, as_json: bool, out: Path, **given: Any) -> None:
    """One page: who is short gamma, how much per 1 %, where it flips, and what hedging does to the price."""
    extra = {name: given.pop(name) for name in ("prices", "paths", "workers")}
    measured_market = answer(source, given)
    result = measured_market if extra["paths"] == 0 else simulated(measured_market, **extra)
    save_report(result, out)
    show(result, as_json)
    click.echo(f"report written to {out}", err=True)


def simulated(market: "Exposure", *, prices: str | None, **run: Any) -> "Report":
    """The report of a measured market with its simulated day."""
    from shortgamma.data import read_prices
    from shortgamma.studies.report import full_report

    history = None if prices is None else read_prices(prices, underlying=market.chain.underlying)
    with Bar("simulate a day") as bar:
        return full_report(market, history=history, progress=bar.advance, **run)


def save_report(result: "Answer", out: Path) -> None:
    """Writes the page."""
    from shortgamma.report.documents import write_report

    try:
        write_report(result, out)
    except OSError as problem:
        raise InputError(
            f"cannot write: {problem.strerror}", place=str(out), remedy="choose another --out"
        ) from None


def show(result: "Shown", as_json: bool) -> None:
    """The answer on stdout, as JSON or for the eye."""
    if as_json:
        print_json(result.to_dict())
        return
    from shortgamma.report.terminals import terminal_of

    print_renderable(terminal_of(result))


@shortgamma.command()
@click.argument("file", required=False)
@click.option("--kind", type=click.Choice(["call", "put"]), help="call or put.")
@click.option("--forward", type=float, help="USD.")
@click.option("--strike", type=float, help="USD.")
@click.option("--years", type=float, help="ACT/365 years to expiry.")
@click.option("--vol", type=float, help="Decimal; or give --price.")
@click.option("--price", type=float, help="USD; the vol is implied.")
@click.option("--rate", type=float, default=0.0, show_default=True, help="Continuously compounded.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def price(file: str | None, as_json: bool, **given: Any) -> None:
    """Price, implied vol and every Greek, of a FILE.csv or of one option given by flags."""
    from shortgamma.data import read_price_rows
    from shortgamma.report.price_table import price_table
    from shortgamma.studies.price import price_options
    from shortgamma.studies.source import price as price_one

    if file is None:
        result = price_one(**one_option(given))
    elif any(value is not None for name, value in given.items() if name != "rate"):
        raise InputError("both a file and flags", place=file, remedy="give one of them")
    else:
        result = price_options(read_price_rows(file))
    rows = result.to_rows()
    if not any(row["status"] == "ok" for row in rows):
        reason = f"no row can be priced, the first one: {rows[0]['status']}" if rows else "no rows"
        raise InputError(reason, place=file or "flags", remedy="check signs and units")
    if as_json:
        print_json(rows)
    else:
        print_renderable(price_table(rows))


def one_option(given: dict[str, Any]) -> dict[str, Any]:
    """The flags of one option, complete and unambiguous."""
    for name in ("kind", "forward", "strike", "years"):
        if given[name] is None:
            raise InputError(
                "missing", place=f"--{name}", remedy="give a FILE.csv or all flags of one option"
            )
    if (given["vol"] is None) == (given["price"] is None):
        raise InputError(
            "neither or both of --vol and --price", place="flags", remedy="give exactly one of them"
        )
    return {name: value for name, value in given.items() if value is not None}


@shortgamma.command()
@click.argument("laws", nargs=-1, metavar="[LAW]...")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="A parameter of LAW.")
@click.option("--paths", type=int, metavar="N", help="[default: each law's own]")
@click.option("--seed", type=int, default=7, show_default=True, metavar="N", help="Of all draws.")
@click.option("--workers", "threads", type=int, default=2, show_default=True, help="Threads.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def validate(laws: tuple[str, ...], pairs: tuple[str, ...], as_json: bool, **given: Any) -> None:
    """The simulator against published formulas, on your machine; exit code 1 where one fails."""
    from shortgamma.studies.validate import validate as run_laws

    parameters = figures_set(pairs)
    with Bar("validate") as bar:
        result = run_laws(laws, parameters=parameters, progress=bar.at, **given)
    if as_json:
        print_json(result.to_dict())
    else:
        from shortgamma.report.simulation_terminal import validation_table

        print_renderable(validation_table(result))
    if not result.passed:
        raise SystemExit(1)
