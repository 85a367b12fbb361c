"""``shortgamma design``: protocol designs, one mode of the command per question.

A mode is named by one argument or flag; the flags of another mode beside it are refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from shortgamma.basics.errors import InputError
from shortgamma.cli.commands import save_report, show
from shortgamma.cli.design_scenario import (
    POOL_FLAGS,
    PRODUCT_FLAGS,
    compare_designs,
    compare_products,
    with_options,
)

LIST = "list"
PAGE = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """One question of the command.

    Args:
        name: The parameter that asks it.
        flags: Parameters that belong to it, besides the ones that all modes share.
        run: Answers it and prints, from all parameters.
    """

    name: str
    flags: tuple[str, ...]
    run: Callable[[dict[str, Any]], None]


@click.command()
@with_options
@click.option("--mechanism", metavar="NAME", help="A protocol; `list` names all of them.")
@click.option("--state", metavar="FILE", help="Where it begins: .json or .toml.")
@click.option("--events", metavar="FILE", help="What happens: .json, .jsonl or .csv.")
@click.option("--out", type=PAGE, metavar="FILE.html", help="Also a page.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def design(**given: Any) -> None:
    """Protocol designs under the same shocks; structured products; a protocol step by step.

    SCENARIO is `amm-naive`, `amm-gamma-aware`, or a scenario file that builds on one of them: designs of an
    option pool beside each other, at equal volume. `--products` compares structured products. `--mechanism`
    steps the state machine of a protocol through events; `--mechanism list` names all of them.
    """
    mode_of(given).run(given)


def mode_of(given: Mapping[str, Any]) -> Mode:
    """The one mode that is asked for.

    Raises:
        InputError: None is, several are, or a flag belongs to another one.
    """
    asked = [mode for mode in MODES if is_given(given[mode.name])]
    if len(asked) != 1:
        names = [spelled(mode.name) for mode in asked or MODES]
        problem = f"{' and '.join(names)} are given" if asked else "nothing is asked"
        raise InputError(
            problem, place="design", remedy=f"give {'one of ' * (len(names) > 1)}{', '.join(names)}"
        )
    for mode in MODES:
        for flag in mode.flags:
            if flag not in asked[0].flags and is_given(given[flag]):
                raise InputError(
                    f"belongs to {spelled(mode.name)}",
                    place=spelled(flag),
                    remedy=f"leave it out, or give {spelled(mode.name)}",
                )
    return asked[0]


def is_given(value: object) -> bool:
    """True where the user gave a parameter."""
    return value is not None and value is not False and value != ()


def spelled(name: str) -> str:
    """A parameter as the user types it; arguments are in capitals."""
    return name.upper() if name in ARGUMENTS else FLAGS.get(name, f"--{name.replace('_', '-')}")


def step_mechanism(given: dict[str, Any]) -> None:
    """One protocol through events."""
    from shortgamma.protocols.registry import mechanism_named
    from shortgamma.studies.mechanism import mechanism

    name, out = given["mechanism"], given["out"]
    if name == LIST:
        list_mechanisms(given)
        return
    found = mechanism_named(name)
    if given["state"] is None:
        raise InputError(
            "missing", place="--state", remedy=f"give a file with the fields of {found.title}"
        )
    result = mechanism(found, state=given["state"], events=given["events"] or ())
    if out is not None:
        save_report(result, out)
        click.echo(f"page written to {out}", err=True)
    show(result, given["as_json"])


def list_mechanisms(given: dict[str, Any]) -> None:
    """All of them."""
    from shortgamma.studies.mechanism import mechanisms

    for flag in ("state", "events", "out"):
        if given[flag] is not None:
            raise InputError(
                "a list needs no files",
                place=spelled(flag),
                remedy="leave it out, or name a mechanism",
            )
    show(mechanisms(), given["as_json"])


ARGUMENTS: frozenset[str] = frozenset({"scenario"})
"""Parameters that stand without a flag."""

FLAGS = {
    "depth_usd_per_pct": "--depth",
    "designs": "--design",
    "pairs": "--set",
    "source": "--market",
}
"""Flags whose parameter has another name."""

MODES = (
    Mode(name="scenario", flags=POOL_FLAGS, run=compare_designs),
    Mode(name="products", flags=PRODUCT_FLAGS, run=compare_products),
    Mode(name="mechanism", flags=("state", "events"), run=step_mechanism),
)
