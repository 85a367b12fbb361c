"""``shortgamma contagion``: clearing, cascades, DebtRank, fire sales and the gamma loop on a network."""

from pathlib import Path
from typing import Any

import click

from shortgamma.basics.errors import InputError
from shortgamma.cli.commands import save_report, show
from shortgamma.cli.figures import pairs_of

MODELS = "eisenberg-noe, rogers-veraart, furfine, debtrank, fire-sale, gamma or ecosystem"
ECOSYSTEM = "ecosystem"


@click.command()
@click.argument("network")
@click.option("--model", metavar="NAME", help=f"{MODELS}.  [default: what the file names]")
@click.option(
    "--external",
    metavar="ORDER",
    help="Creditors outside the network: pari-passu or senior.  [default: pari-passu]",
)
@click.option("--alpha", type=float, help="Part of external assets that a default leaves.")
@click.option("--beta", type=float, help="Part of receipts that a default leaves.")
@click.option("--solution", metavar="NAME", help="greatest or least clearing vector.")
@click.option(
    "--method", metavar="NAME", help="fictitious-default, picard or linear-programme; same answer."
)
@click.option(
    "--variant",
    metavar="NAME",
    help="DebtRank: 2012 or 2015 [default]. Fire sales: leverage-targeting or threshold.",
)
@click.option("--default", multiple=True, metavar="NAME", help="A node that fails; repeat it.")
@click.option(
    "--shock",
    "shocks",
    multiple=True,
    metavar="NAME=PART",
    help="Part of its equity that a node loses at the outset; repeat it.",
)
@click.option("--recovery", type=float, metavar="PART", help="Of a defaulted debt.  [default: 0]")
@click.option(
    "--reconstruct",
    metavar="NAME",
    help="Fill in debts from totals: maximum-entropy or minimum-density.",
)
@click.option(
    "--move",
    type=float,
    metavar="PART",
    help="Ecosystem: relative move of prices at the outset, as -0.2.  [default: of the network]",
)
@click.option(
    "--positioning",
    metavar="MODEL|FILE",
    help="Ecosystem: NETWORK is a SOURCE, and its hedging holders are the nodes.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.html", help="Also a page.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def contagion(
    network: str, model: str | None, as_json: bool, out: Path | None, **given: Any
) -> None:
    """Who pays, who fails and who bears it when a shock spreads through NETWORK, a .json or .toml.

    With --model ecosystem NETWORK may be the bundled, stylised defi-2025.
    """
    own = {name: given.pop(name) for name in ("move", "positioning")}
    given["shock"] = tuple(
        (name, part_of(name, text)) for name, text in named_parts(given.pop("shocks"))
    )
    if model == ECOSYSTEM:
        refuse_options(given)
        from shortgamma.studies.ecosystem import ecosystem

        result: Any = ecosystem(network, **own)
    else:
        odd = next((name for name, value in own.items() if value is not None), None)
        if odd is not None:
            raise InputError(
                "does not belong to this model", place=f"--{odd}", remedy="add --model ecosystem"
            )
        from shortgamma.studies.contagion import contagion as spread

        result = spread(network, model=model, **given)
    if out is not None:
        save_report(result, out)
        click.echo(f"page written to {out}", err=True)
    show(result, as_json)


def refuse_options(given: dict[str, Any]) -> None:
    """Refuses options of other models.

    Raises:
        InputError: One was given.
    """
    odd = next((name for name, value in given.items() if value not in (None, ())), None)
    if odd is not None:
        raise InputError(f"does not belong to {ECOSYSTEM}", place=f"--{odd}", remedy="leave it out")


def named_parts(pairs: tuple[str, ...]) -> list[tuple[str, str]]:
    """Names as the user wrote them, and the text after the last equals sign."""
    pairs_of(pairs, "--shock", "NAME=0.1")
    split = [pair.rpartition("=") for pair in pairs]
    return [(name.strip(), text.strip()) for name, _equals, text in split]


def part_of(name: str, text: str) -> float:
    """A part of one.

    Raises:
        InputError: The text is no number.
    """
    try:
        return float(text)
    except ValueError:
        raise InputError(
            f"{text!r} of {name} is no number", place="--shock", remedy="write NAME=0.1"
        ) from None
