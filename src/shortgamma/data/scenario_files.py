"""Scenario files: TOML, read as it stands. What it means is for ``studies.scenarios.file`` to say."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shortgamma.basics.errors import InputError
from shortgamma.data.files import read_bytes
from shortgamma.data.location import KNOWN, scheme_of
from shortgamma.data.wording import place_of, shown

MOST_CHARACTERS: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioText:
    """The content of a scenario file.

    Args:
        place: The file, for messages.
        folder: In which it lies.
        tables: Its keys and tables.
    """

    place: str
    folder: Path
    tables: Mapping[str, object]

    def beside(self, name: str) -> str:
        """The path of a file that the scenario names, taken from the scenario's own folder.

        A name without a folder and without an ending, as ``naive``, and a SOURCE that is no path, as
        ``sample:ETH``, stay as they are, unless a file of that name lies there.
        """
        there = self.folder / name
        plain = not Path(name).suffix and len(Path(name).parts) == 1
        if not there.exists() and (plain or scheme_of(name)[0] in KNOWN):
            return name
        return str(there)


def read_scenario(path: str | Path) -> ScenarioText:
    """The content of a scenario file.

    Args:
        path: Of a TOML file.

    Raises:
        InputError: It cannot be read, is too long, or is not TOML; the message names the line.
    """
    place = place_of(path)
    content = read_bytes(str(path))
    if len(content) > MOST_CHARACTERS:
        raise InputError(
            f"has {len(content):,} bytes, more than {MOST_CHARACTERS:,}",
            place=place,
            remedy="a scenario is a page of TOML: check the path",
        )
    try:
        tables = tomllib.loads(content.decode())
    except UnicodeDecodeError as error:
        raise InputError(
            f"is not UTF-8 at byte {error.start}", place=place, remedy="save it as UTF-8"
        ) from None
    except ValueError as error:  # TOMLDecodeError, or a number of thousands of digits
        raise InputError(
            f"is not TOML: {shown(error, 120)}", place=place, remedy="mend that line"
        ) from None
    except RecursionError:
        raise InputError(
            "is nested too deep", place=place, remedy="a scenario has tables and lists, no more"
        ) from None
    return ScenarioText(place=place, folder=Path(path).parent, tables=tables)
