"""What protocols hold in their states, aligned to a chain: option AMMs and vaults among the holders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from shortgamma.basics.errors import Failure, InputError, Reason
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.data.annotated import Place, str_of
from shortgamma.data.files import Format, inspect
from shortgamma.data.mechanism_files import check_paths, read_state, state_from
from shortgamma.data.plain_text import dialect_of, json_documents, read_text, toml_document
from shortgamma.data.wording import listed, place_of, shown
from shortgamma.market.chain import Chain
from shortgamma.market.holdings import HolderInventory
from shortgamma.protocols.mechanism import Holding, Mechanism
from shortgamma.protocols.registry import mechanism_named

KEYS: Final = ("mechanism", "name", "state")
LIST: Final = "protocols"
MOST_DAYS: Final = 1.0
MOST_SHARE: Final = 0.1
"""An option of a protocol counts as the listed one of its strike whose expiry is nearest, if the two are no
more than a day, and no more than a tenth of the time left, apart."""
SAME_STRIKE: Final = 1e-9
OPTION_SIGNS: Final = {"call": 1.0, "put": -1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One holding of a protocol of the file.

    Args:
        holder: The protocol's or the file's name for it, and the holder in it.
        holding: What it owns.
    """

    holder: str
    holding: Holding


def is_protocols(path: str) -> bool:
    """True for a file with states of protocols: TOML, or JSON with the key ``mechanism``."""
    if Path(path).suffix.lower() == ".toml":
        return True
    if inspect(path) is not Format.JSON:
        return False
    found = tables_of(path)
    return bool(found) and all(isinstance(item, Mapping) and KEYS[0] in item for item in found)


def tables_of(path: str) -> Sequence[Any]:
    """The tables of a file, one per protocol.

    Raises:
        InputError: It cannot be read.
    """
    place, text = place_of(path), read_text(path)
    if dialect_of(path, text, "TOML") == "TOML":
        found: list[Any] = [toml_document(text, place)]
    else:
        found = list(json_documents(text, place))
    if len(found) == 1 and isinstance(found[0], Mapping):
        inner = cast("Mapping[str, object]", found[0]).get(LIST)
        found = [inner] if isinstance(inner, list) else found
    return cast("list[Any]", found[0]) if len(found) == 1 and isinstance(found[0], list) else found


def read_protocols(path: str, chain: Chain) -> HolderInventory:
    """Holdings of the protocols of a file in the options of a chain.

    Args:
        path: TOML or JSON: ``mechanism``, ``state`` (a table, or the name of a file that lies beside this
            one) and perhaps ``name``; or a list of these, in TOML under ``[[protocols]]``.
        chain: Where options are looked up by kind, strike and the nearest expiry.

    Returns:
        Units of the underlying, + = long, by holder. What is not in the chain is in ``failures``.

    Raises:
        InputError: The file cannot be read, or no option of it is in the chain.
    """
    place = place_of(path)
    tables = tables_of(path)
    held = [
        each
        for number, table in enumerate(tables, start=1)
        for each in holdings_of(
            table, Place(file=place, row=number if len(tables) > 1 else None), Path(path).parent
        )
    ]
    if not held:
        raise InputError(
            "no protocol of it holds anything", place=place, remedy="give states with positions"
        )
    rows = [listed_row(each, chain) for each in held]
    failures = tuple(row for row in rows if isinstance(row, Failure))
    if len(failures) == len(rows):
        raise InputError(
            f"none of its {len(rows)} holdings is in the chain; {failures[0].item}: {failures[0].message}",
            place=place,
            remedy="take a chain with these strikes and expiries",
        )
    return aligned(held, rows, len(chain), failures)


def aligned(
    held: Sequence[Held], rows: Sequence[int | Failure], size: int, failures: tuple[Failure, ...]
) -> HolderInventory:
    """Holdings added up by holder and option; a holder of nothing listed stays with zeros."""
    holders = {each.holder: each.holding for each in reversed(held)}
    names = tuple(dict.fromkeys(each.holder for each in held))
    quantity = np.zeros((len(names), size))
    for each, row in zip(held, rows, strict=True):
        if not isinstance(row, Failure):
            quantity[names.index(each.holder), row] += each.holding.quantity
    return HolderInventory(
        holders=names,
        holder_types=tuple(holders[name].holder_type for name in names),
        quantity=quantity,
        failures=failures,
        hedging=tuple(holders[name].hedges for name in names),
    )


def holdings_of(table: Any, at: Place, folder: Path) -> list[Held]:
    """What one protocol of the file holds."""
    if not isinstance(table, Mapping):
        raise at.wrong(table, "a protocol with mechanism and state")
    given = cast("Mapping[str, object]", table)
    for key in given:
        if key not in KEYS:
            raise at.inside(key).error("there is no such key", f"it has {listed(KEYS)}")
    for key in (KEYS[0], KEYS[2]):
        if key not in given:
            raise at.inside(key).error("missing", "give mechanism and state")
    found = mechanism_of(str_of(given["mechanism"], at.inside("mechanism")), at)
    if found.holdings is None:
        raise at.error(f"{found.name} deals in no options", "leave it out")
    state = state_of(given["state"], found, at, folder)
    if check_paths([(at, state)]) is not None:
        raise at.error(
            "has lists of one number per path", "a positioning is one path: give numbers"
        )
    name = str_of(given["name"], at.inside("name")) if "name" in given else ""
    return [
        Held(holder=f"{name or each.protocol} {each.holder}", holding=each)
        for each in found.holdings(state)
    ]


def mechanism_of(name: str, at: Place) -> Mechanism:
    """The mechanism of that name."""
    try:
        return mechanism_named(name)
    except InputError as problem:
        raise at.inside("mechanism").error(problem.problem, problem.remedy) from None


def state_of(given: object, mechanism: Mechanism, at: Place, folder: Path) -> Any:
    """A state that stands in the file, or in one beside it."""
    if isinstance(given, str):
        return read_state(folder / given, mechanism)
    if not isinstance(given, Mapping):
        raise at.inside("state").wrong(given, "a table, or the name of a file")
    try:
        return state_from(cast("Mapping[str, object]", given), mechanism, place=at.file)
    except InputError as problem:
        key = f"state.{problem.column}" if problem.column else "state"
        raise at.inside(key).error(problem.problem, problem.remedy) from None


def listed_row(held: Held, chain: Chain) -> int | Failure:
    """Row of the chain's option that a holding counts as, or why there is none."""
    holding, item = held.holding, shown(held.holder)
    if not np.isfinite(holding.quantity):
        return Failure(
            reason=Reason.NOT_A_NUMBER, item=item, message=f"quantity {holding.quantity}"
        )
    sign = OPTION_SIGNS.get(holding.kind)
    if sign is None:
        message = f"{shown(holding.kind)} is no option"
        return Failure(reason=Reason.UNKNOWN_INSTRUMENT, item=item, message=message)
    options = chain.options
    apart = np.abs(options.years - holding.years)
    same = (options.sign == sign) & (
        np.abs(options.strike - holding.strike) <= SAME_STRIKE * np.abs(holding.strike)
    )
    if not same.any():
        message = f"no {holding.kind} of strike {holding.strike:,.10g} in the chain"
        return Failure(reason=Reason.UNKNOWN_INSTRUMENT, item=item, message=message)
    best = int(np.argmin(np.where(same, apart, np.inf)))
    if apart[best] > tolerance(holding.years):
        message = (
            f"{holding.kind} {holding.strike:,.10g} with {holding.years * DAYS_PER_YEAR:.4g} days left: the "
            f"nearest in the chain has {float(options.years[best]) * DAYS_PER_YEAR:.4g}"
        )
        return Failure(reason=Reason.UNKNOWN_INSTRUMENT, item=item, message=message)
    return best


def tolerance(years: float) -> float:
    """How far, in years, two expiries may be apart to count as one."""
    return min(MOST_DAYS / DAYS_PER_YEAR, MOST_SHARE * years)
