"""Ecosystems from bundled networks, TOML or JSON files and mappings. ``docs/ecosystem.md`` has the keys."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final, cast

from shortgamma.basics.errors import InputError
from shortgamma.data.annotated import Place, record_of
from shortgamma.data.plain_text import dialect_of, json_documents, read_text, toml_document
from shortgamma.data.wording import listed, place_of
from shortgamma.risk.contagion.ecosystem import Ecosystem

BUNDLED: Final = ("defi-2025",)
"""Networks that come with the package."""
MODEL: Final = "model"
NAME: Final = "ecosystem"
"""What a file may say it is for."""


def read_ecosystem(network: str | Path) -> Ecosystem:
    """An ecosystem by the name of a bundled one, or from a file.

    Args:
        network: ``defi-2025``, or a TOML or JSON file.

    Raises:
        InputError: There is no such file, or a key or figure of it means nothing.
    """
    name = str(network)
    if name in BUNDLED:
        text = files("shortgamma.data").joinpath("networks", f"{name}.toml").read_text("utf-8")
        return ecosystem_from(toml_document(text, name), place=name)
    if not Path(name).exists():
        raise InputError(
            "there is no such file or network",
            place=place_of(name),
            remedy=f"give a .toml or .json, or {listed(BUNDLED)}",
        )
    text, place = read_text(name), place_of(name)
    if dialect_of(name, text, "TOML") == "JSON":
        found = json_documents(text, place)
        return ecosystem_from(found[0] if len(found) == 1 else found, place=place)
    return ecosystem_from(toml_document(text, place), place=place)


def ecosystem_from(tables: object, *, place: str = "network") -> Ecosystem:
    """A mapping as if it stood in a file.

    Raises:
        InputError: It is none, or a key or figure of it means nothing.
    """
    if not isinstance(tables, Mapping):
        remedy = 'write { "venues": […], "nodes": […] }'
        raise InputError("is no table", place=place, remedy=remedy)
    table = dict(cast("Mapping[str, object]", tables))
    told = table.pop(MODEL, NAME)
    if told != NAME:
        raise InputError(f"is for {told!r}", place=place, column=MODEL, remedy=f"write {NAME!r}")
    made: Ecosystem = record_of(Ecosystem, table, Place(file=place))
    return made
