"""``shortgamma stress``: what a book loses when spot and vol jump."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shortgamma.basics.errors import InputError
from shortgamma.cli.commands import DEPTH_HELP, save_report, show
from shortgamma.cli.figures import number_or_text

if TYPE_CHECKING:
    from shortgamma.risk.stress import ShockGrid

EXIT_LIMIT_BREACHED = 3


@click.command()
@click.argument("book")
@click.option("--market", metavar="SOURCE", help="What values a book that only names instruments.")
@click.option("--asof", metavar="TIME", help="Snapshot, or the time of a file without one.")
@click.option("--underlying", metavar="NAME", help="BTC, ETH, … where the market holds several.")
@click.option(
    "--spot",
    metavar="X,X,…",
    help="Spot shifts, as -0.2,0,0.2.  [default: 0 and ±0.05, 0.1, 0.2, 0.3, 0.5]",
)
@click.option("--vol", metavar="X,X,…", help="Relative vol shifts: 0.5 turns 60 % into 90 %.")
@click.option("--vol-points", metavar="X,X,…", help="Vol shifts in points.")
@click.option(
    "--vol-by-tenor",
    metavar="X,X,…",
    help="Relative vol shifts of an option of 30 days, larger before.  [default: -0.25,0,0.5]",
)
@click.option("--curvature", type=float, metavar="RW", help="Also curvature at this risk weight.")
@click.option("--limits", metavar="FILE.toml", help="Limits; exit code 3 where one is breached.")
@click.option("--depth", "depth_usd_per_pct", type=float, metavar="USD", help=DEPTH_HELP)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.html", help="Also a page.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def stress(book: str, as_json: bool, out: Path | None, **given: Any) -> None:
    """Spot × vol matrix of BOOK by full revaluation, gap losses, curvature, and limits.

    BOOK is a .csv with quantity and either instrument (with --market) or kind, strike, years, forward and
    vol; or an export of Deribit positions.
    """
    from shortgamma.studies.stress import book_of
    from shortgamma.studies.stress import stress as stress_book

    where = {name: given.pop(name) for name in ("market", "asof", "underlying")}
    result = stress_book(
        book_of(book, **where),
        scenarios=grid_of(given),
        curvature_weight=given["curvature"],
        limits=given["limits"],
        depth_usd_per_pct=given["depth_usd_per_pct"],
    )
    if out is not None:
        save_report(result, out)
        click.echo(f"page written to {out}", err=True)
    show(result, as_json)
    if result.breaches:
        sys.exit(EXIT_LIMIT_BREACHED)


def grid_of(given: dict[str, Any]) -> "ShockGrid | None":
    """The shifts that were given, the default ones for what was not; None where nothing was."""
    from shortgamma.market.revaluation import SAME_VOL, PointsVol, RelativeVol, TenorVol, VolShift
    from shortgamma.risk.stress import ShockGrid

    moves = numbers_of("--spot", given["spot"])
    shifts: list[VolShift] = []
    for flag, kind in (("vol", RelativeVol), ("vol_points", PointsVol), ("vol_by_tenor", TenorVol)):
        sizes = numbers_of(f"--{flag.replace('_', '-')}", given[flag])
        shifts += [kind(size) if size != 0.0 else SAME_VOL for size in sizes]
    if not moves and not shifts:
        return None
    chosen: dict[str, Any] = {}
    if moves:
        chosen["spot_moves"] = moves
    if shifts:
        chosen["vol_shifts"] = tuple(dict.fromkeys(shifts))
    return ShockGrid(**chosen)


def numbers_of(flag: str, text: str | None) -> tuple[float, ...]:
    """Numbers with commas between them; empty where the flag was not given.

    Raises:
        InputError: One is no number.
    """
    if text is None:
        return ()
    found = [number_or_text(part.strip()) for part in text.split(",")]
    for value in found:
        if isinstance(value, str):
            raise InputError(f"{value!r} is no number", place=flag, remedy="write it as -0.2,0,0.2")
    return tuple(float(value) for value in found)
