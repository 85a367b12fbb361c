"""Two modes of ``shortgamma design``: option pools under the same shocks, and structured products."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from shortgamma.basics.errors import InputError
from shortgamma.cli.commands import save_report, show
from shortgamma.cli.figures import figures_set
from shortgamma.cli.progress import Bar

ALL = "all"
MARKET = ("source", "positioning", "asof", "underlying", "prices")
"""Flags that bring a measured book, or prices."""
RUN = ("paths", "seed", "workers")
"""Flags of every simulation."""
POOL_FLAGS = (
    *("designs", "shocks", "pairs", "sweep", "optimise", "tries", "objective", "as_quoted"),
    *MARKET,
    *RUN,
)
TERMS = ("spot", "strike", "vol", "days", "equal", "theta", "depth_usd_per_pct")
"""Flags of products that are fields of the question, by their names."""
PRODUCT_FLAGS = (*TERMS, "hours_left", *RUN)

OPTIONS = (
    click.argument("scenario", required=False),
    click.option(
        "--design",
        "designs",
        multiple=True,
        metavar="NAME[:KEY=VALUE,…]",
        help="The first is what the others are compared with, the second is judged.  [default: all]",
    ),
    click.option(
        "--shocks",
        metavar="NAME,…",
        help="calm, volatile, squeeze, crash, or all.  [default: all]",
    ),
    click.option(
        "--set", "pairs", multiple=True, metavar="KEY=VALUE", help="A figure of SCENARIO."
    ),
    click.option(
        "--sweep",
        metavar="NAME:KEY=V1,V2,…",
        help="Variants of a design beside the first; the first variant is judged.",
    ),
    click.option(
        "--optimise",
        metavar="NAME:KEY=LOW..HIGH,…",
        help="Search a design's parameters on other paths; the best is judged.",
    ),
    click.option("--tries", type=int, metavar="N", help="Candidates of the search.  [default: 16]"),
    click.option(
        "--objective", metavar="FIGURE", help="What the search improves.  [default: lp_es_usd]"
    ),
    click.option(
        "--as-quoted",
        is_flag=True,
        help="Every design at its own half-spread, instead of at equal volume.",
    ),
    click.option(
        "--market",
        "source",
        metavar="SOURCE",
        help="The pool starts with the book of this chain's dealers.",
    ),
    click.option(
        "--positioning",
        metavar="MODEL|FILE",
        help="Who holds that chain: naive, dealer-short, dealer-long, flow, or an inventory file.",
    ),
    click.option("--asof", metavar="TIME", help="Snapshot of that chain."),
    click.option("--underlying", metavar="NAME", help="BTC, ETH, … where a file holds several."),
    click.option("--prices", metavar="FILE", help="Paths are drawn from these prices."),
    click.option(
        "--products",
        multiple=True,
        is_flag=False,
        flag_value=ALL,
        metavar="[NAME[:KEY=VALUE,…]]",
        help="Structured products instead: alone all of them, or repeat it with names.",
    ),
    click.option("--spot", type=float, metavar="USD", help="Of products.  [default: 2000]"),
    click.option("--strike", type=float, metavar="USD", help="Of products.  [default: the spot]"),
    click.option("--vol", type=float, metavar="VOL", help="Of products, decimal.  [default: 0.8]"),
    click.option("--days", type=float, metavar="N", help="Life of products.  [default: 7]"),
    click.option(
        "--hours-left",
        metavar="HOURS,…",
        help="When the peak gamma of products is looked at.  [default: 168,24,1]",
    ),
    click.option(
        "--equal",
        metavar="WHAT",
        help="notional or premium: what all sellers of products sell alike.  [default: notional]",
    ),
    click.option(
        "--theta",
        type=float,
        metavar="THETA",
        help="Of the market in which the vanilla call was sold.  [default: -0.1]",
    ),
    click.option(
        "--depth",
        "depth_usd_per_pct",
        type=float,
        metavar="USD",
        help="Of the products' market: moves it 1 %.  [default: 1e6]",
    ),
    click.option(
        "--paths", type=int, metavar="N", help="[default: 500 per market; products: 1000]"
    ),
    click.option("--seed", type=int, metavar="N", help="Of all draws.  [default: 0; products: 7]"),
    click.option("--workers", type=int, metavar="N", help="Threads.  [default: one per core]"),
)


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """The arguments of both modes."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def compare_designs(given: dict[str, Any]) -> None:
    """Designs of option pools on the same shocks.

    Raises:
        InputError: A flag does not go with another one.
    """
    check_search(given)
    from shortgamma.studies.design.comparison import design_comparison

    asked = {name: given[name] for name in (*MARKET, *RUN, "sweep", "optimise")}
    asked |= {name: given[name] for name in ("tries", "objective") if given[name] is not None}
    with Bar("design") as bar:
        answer = design_comparison(
            given["scenario"],
            figures_set(given["pairs"]),
            designs=given["designs"],
            shocks=given["shocks"] or ALL,
            equal_volume=not given["as_quoted"],
            progress=bar.advance,
            **asked,
        )
    shown(answer, given)


def check_search(given: dict[str, Any]) -> None:
    """Refuses flags of a search where there is none, and two searches at once.

    Raises:
        InputError: They contradict each other.
    """
    if given["sweep"] is not None and given["optimise"] is not None:
        raise InputError(
            "contradicts --optimise", place="--sweep", remedy="give one of them, then the other"
        )
    for name in ("tries", "objective"):
        if given[name] is not None and given["optimise"] is None:
            raise InputError(
                "nothing is searched", place=f"--{name}", remedy="give --optimise, or leave it out"
            )
    if given["optimise"] is not None and len(given["designs"]) > 1:
        raise InputError(
            "a search compares its best with one design",
            place="--design",
            remedy="give the one to compare with, or none for naive",
        )


def compare_products(given: dict[str, Any]) -> None:
    """Structured products: what gamma they carry, and what hedging them does."""
    from shortgamma.studies.products.question import ProductsQuestion
    from shortgamma.studies.products.study import products

    asked = {name: given[name] for name in (*TERMS, "paths", "seed") if given[name] is not None}
    if given["hours_left"] is not None:
        asked["hours_left"] = hours(given["hours_left"])
    named = tuple(name for name in given["products"] if name != ALL)
    question = ProductsQuestion(products=named, **asked)
    with Bar("products") as bar:
        answer = products(question, workers=given["workers"], progress=bar.advance)
    shown(answer, given)


def hours(text: str) -> tuple[float, ...]:
    """Times from a list with commas.

    Raises:
        InputError: One is no number.
    """
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            f"{text!r}", place="--hours-left", remedy="give numbers with commas between them"
        ) from None


def shown(answer: Any, given: dict[str, Any]) -> None:
    """The answer on stdout, and a page where one is wanted."""
    out: Path | None = given["out"]
    if out is not None:
        save_report(answer, out)
        click.echo(f"page written to {out}", err=True)
    show(answer, given["as_json"])
