"""Networks of debts, common holdings and gamma loops, from JSON or TOML and from mappings.

``docs/contagion.md`` says what each key means.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.data.annotated import nearest
from shortgamma.data.files import read_bytes, translated
from shortgamma.data.plain_text import dialect_of, read_text, toml_document
from shortgamma.data.wording import place_of, shown
from shortgamma.risk.contagion.gamma_loop import GammaLoop
from shortgamma.risk.contagion.network import Network
from shortgamma.risk.contagion.portfolios import Portfolios
from shortgamma.risk.contagion.reconstruction import RECONSTRUCTIONS, Reconstruction
from shortgamma.risk.contagion.thresholds import LeverageRule

Numbers = NDArray[np.float64]
TEXTS: Final = ("title", "note", "source", "currency", "model")
DEBTS: Final = (
    "names",
    "liabilities",
    "external_assets",
    "external_liabilities",
    "equity",
    "weights",
    "interbank_assets",
    "interbank_liabilities",
)
HOLDINGS: Final = (
    "asset_names",
    "assets",
    "leverage",
    "impact",
    "shock",
    "max_leverage",
    "target_leverage",
    "sold_at",
    "illiquid",
)
SYMBOLS: Final = {"A": "assets", "B": "leverage", "M": "weights", "L": "impact", "F": "shock"}
"""How the paper on fire sales writes it."""
LOOP: Final = ("gamma", "venues")
OPTIONS: Final = "options"
"""A table of options of the model, under the names of the Python API."""
KEYS: Final = (OPTIONS, *TEXTS, *DEBTS, *HOLDINGS, *LOOP, *SYMBOLS)


class NetworkFile:
    """A file's tables, checked for keys that mean nothing.

    Args:
        tables: Its keys.
        place: Its name, for messages.

    Raises:
        InputError: A key means nothing.
    """

    def __init__(self, tables: Mapping[str, object], place: str) -> None:
        for key in tables:
            if key not in KEYS:
                raise InputError(
                    "there is no such key",
                    place=place,
                    column=shown(key),
                    remedy=nearest(key, KEYS),
                )
        self.place = place
        self.tables = {SYMBOLS.get(key, key): value for key, value in tables.items()}

    def text(self, key: str) -> str:
        """A text, or nothing."""
        value = self.tables.get(key, "")
        return value if isinstance(value, str) else str(value)

    @property
    def options(self) -> dict[str, object]:
        """Options of the model that the file gives."""
        value = self.tables.get(OPTIONS, {})
        if not isinstance(value, Mapping):
            raise self.wrong(OPTIONS, "is no table", remedy="write { … } with options of the model")
        table = cast("Mapping[str, object]", value)
        return {key: float(v) if isinstance(v, Decimal) else v for key, v in table.items()}

    def has(self, key: str) -> bool:
        """True where the key is there and not null."""
        return self.tables.get(key) is not None

    def wrong(self, key: str, problem: str, *, remedy: str) -> InputError:
        """Why the value of a key is refused."""
        return InputError(problem, place=self.place, column=key, remedy=remedy)

    def names(self, *keys: str, count: int) -> tuple[str, ...]:
        """Names under the first key that is there, else 1, 2, 3, …."""
        key = next((key for key in keys if self.has(key)), None)
        if key is None:
            return tuple(str(number) for number in range(1, count + 1))
        values = self.tables[key]
        if not isinstance(values, list):
            raise self.wrong(key, "is no list", remedy="give a list of names")
        found = cast("list[object]", values)
        odd = next((v for v in found if not isinstance(v, str | int) or isinstance(v, bool)), None)
        if odd is not None:
            raise self.wrong(key, f"{shown(repr(odd))} is no name", remedy="give texts")
        return tuple(str(name) for name in found)

    def numbers(self, key: str) -> Numbers | None:
        """Numbers, a list of them or lists of lists; None where the key is absent."""
        if not self.has(key):
            return None
        return self.array(key, self.tables[key])

    def needed(self, key: str) -> Numbers:
        """The same where it must be there."""
        found = self.numbers(key)
        if found is None:
            raise self.wrong(key, "missing", remedy="give it")
        return found

    def array(self, key: str, value: object) -> Numbers:
        """A value as an array of floats."""
        try:
            raw: NDArray[Any] = np.array(value)
        except ValueError:
            raise self.wrong(
                key, "rows differ in length", remedy="give one figure per name"
            ) from None
        flat: list[object] = raw.ravel().tolist() if raw.dtype.kind == "O" else []
        odd = [item for item in flat if not is_number(item)]
        if odd or raw.dtype.kind not in "iufO":
            what = shown(repr(odd[0] if odd else value))
            raise self.wrong(key, f"{what} is no number", remedy="give numbers")
        try:
            return raw.astype(np.float64)
        except OverflowError:
            raise self.wrong(key, "a number is too large", remedy="check its unit") from None

    def by_name(self, key: str, names: tuple[str, ...]) -> Numbers | None:
        """Numbers per name: a list in their order, or a table by name, absent ones 0."""
        value = self.tables.get(key)
        if not isinstance(value, Mapping):
            return self.numbers(key)
        table = cast("Mapping[str, object]", value)
        self.known(key, table, names=names)
        return self.array(key, [table.get(name, 0.0) for name in names])

    def known(self, key: str, table: Mapping[str, object], *, names: tuple[str, ...]) -> None:
        """Refuses a table with a name that is none."""
        odd = next((name for name in table if name not in names), None)
        if odd is not None:
            raise self.wrong(key, f"there is no {shown(odd)!r}", remedy=nearest(odd, names))


def is_number(value: object) -> bool:
    """True for what JSON and TOML write as a number."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def read_network_file(path: str | Path) -> NetworkFile:
    """The tables of a JSON or TOML file.

    Raises:
        InputError: It cannot be read, is no table, or a key of it means nothing.
    """
    place = place_of(path)
    text = read_text(str(path))
    if dialect_of(str(path), text, "TOML") != "JSON":
        return NetworkFile(toml_document(text, place), place)
    with translated(place):
        found = msgspec.json.decode(read_bytes(str(path)))
    return network_tables(found, place)


def network_tables(tables: object, place: str = "network") -> NetworkFile:
    """A mapping as if it stood in a file.

    Raises:
        InputError: It is none, or a key means nothing.
    """
    if not isinstance(tables, Mapping):
        raise InputError("is no table", place=place, remedy='write { "names": […], … }')
    return NetworkFile(cast("Mapping[str, object]", tables), place)


def network_of(
    file: NetworkFile, reconstruct: str | None = None
) -> tuple[Network, Reconstruction | None]:
    """Debts between nodes; where only their totals are known, one network that has them.

    Args:
        file: Tables.
        reconstruct: ``maximum-entropy`` or ``minimum-density``: from ``interbank_liabilities`` and
            ``interbank_assets``, or from the totals of ``liabilities``.

    Raises:
        InputError: A figure is missing or no number, or sizes or totals do not fit.
    """
    filled = filled_in(file, reconstruct)
    owed = bilateral(file) if filled is None else filled.liabilities
    names = file.names("names", count=len(owed))
    found = Network(
        names=names,
        liabilities=owed,
        external_assets=file.by_name("external_assets", names),
        external_liabilities=file.by_name("external_liabilities", names),
        equity=file.by_name("equity", names),
        weights=file.by_name("weights", names),
    )
    return found, filled


def filled_in(file: NetworkFile, method: str | None) -> Reconstruction | None:
    """A network from totals, where it is asked for or nothing else is known."""
    totals = [file.numbers(key) for key in ("interbank_liabilities", "interbank_assets")]
    owed, claims = totals
    if method is None:
        if file.has("liabilities"):
            return None
        if owed is None or claims is None:
            raise file.wrong("liabilities", "missing", remedy="row i, column j: what i owes j")
        raise file.wrong(
            "liabilities",
            "only totals are known",
            remedy=f"choose --reconstruct {' or '.join(RECONSTRUCTIONS)}",
        )
    if method not in RECONSTRUCTIONS:
        raise InputError(
            f"{method!r}", place="--reconstruct", remedy=f"one of {', '.join(RECONSTRUCTIONS)}"
        )
    if owed is None or claims is None:
        known = bilateral(file)
        owed, claims = known.sum(axis=1), known.sum(axis=0)
    if owed.ndim != 1 or owed.shape != claims.shape:
        raise file.wrong(
            "interbank_assets", "is not as long as interbank_liabilities", remedy="one per name"
        )
    return RECONSTRUCTIONS[method](owed, claims)


def bilateral(file: NetworkFile) -> Numbers:
    """``liabilities`` as a matrix: rows, a table of tables by name, or ``{from, to, amount}`` each."""
    value = file.tables.get("liabilities")
    links: Sequence[object] = cast("list[object]", value) if isinstance(value, list) else []
    if isinstance(value, Mapping):
        return from_tables(file, cast("Mapping[str, object]", value))
    if links and all(isinstance(link, Mapping) for link in links):
        return from_links(file, cast("Sequence[Mapping[str, object]]", links))
    found = file.needed("liabilities")
    if found.ndim != 2 or found.shape[0] != found.shape[1]:
        shape = " × ".join(map(str, found.shape)) or "one number"
        raise file.wrong(
            "liabilities", f"is {shape}", remedy="give a square matrix, row owes column"
        )
    return found


def from_tables(file: NetworkFile, tables: Mapping[str, object]) -> Numbers:
    """``{"A": {"B": 5}}``: A owes B 5."""
    names = file.names("names", count=0)
    file.known("liabilities", tables, names=names)
    made = np.zeros((len(names), len(names)))
    for debtor, row in tables.items():
        if not isinstance(row, Mapping):
            raise file.wrong(
                "liabilities", f"of {shown(debtor)!r} is no table", remedy="give it by name"
            )
        table = cast("Mapping[str, object]", row)
        file.known("liabilities", table, names=names)
        for creditor, amount in table.items():
            made[names.index(debtor), names.index(creditor)] = file.array("liabilities", amount)
    return made


def from_links(file: NetworkFile, links: Sequence[Mapping[str, object]]) -> Numbers:
    """``{"from": "A", "to": "B", "amount": 5}``: A owes B 5; several between two nodes add up."""
    names = file.names("names", count=0)
    places = {name: place for place, name in enumerate(names)}
    made = np.zeros((len(names), len(names)))
    for link in links:
        ends = [str(link.get(end)) for end in ("from", "to")]
        odd = next((end for end in ends if end not in places), None)
        if odd is not None or set(link) != {"from", "to", "amount"}:
            problem = f"{shown(dict(link))} is no debt"
            raise file.wrong(
                "liabilities", problem, remedy="give from, to (both in names) and amount"
            )
        made[places[ends[0]], places[ends[1]]] += file.array("liabilities", link["amount"])
    return made


def portfolios_of(file: NetworkFile) -> Portfolios:
    """Common holdings.

    Raises:
        InputError: A figure is missing or no number, or sizes do not fit.
    """
    weights, shock = file.needed("weights"), file.needed("shock")
    if weights.ndim != 2:
        raise file.wrong("weights", "is no matrix", remedy="one row per name, one column per asset")
    names = file.names("names", count=weights.shape[0])
    kinds = file.names("asset_names", count=weights.shape[1])
    return Portfolios(
        names=names,
        asset_names=kinds,
        assets=diagonal(file.needed("assets")),
        leverage=diagonal(file.needed("leverage")),
        weights=weights,
        impact=file.needed("impact"),
        shock=shock,
    )


def diagonal(values: Numbers) -> Numbers:
    """A vector; of a matrix, as papers write assets and leverage, its diagonal."""
    if values.ndim != 2 or values.shape[0] != values.shape[1]:
        return values
    return np.diagonal(values) if np.all(values == np.diag(np.diagonal(values))) else values


def leverage_rule_of(file: NetworkFile) -> LeverageRule | None:
    """When institutions sell by threshold; None where the file says nothing of it.

    Raises:
        InputError: A figure is no number or out of range.
    """
    if not file.has("max_leverage"):
        return None
    highest = float(file.needed("max_leverage"))
    target = file.numbers("target_leverage")
    sold_at, illiquid = file.numbers("sold_at"), file.numbers("illiquid")
    return LeverageRule(
        max_leverage=highest,
        target_leverage=highest if target is None else float(target),
        sold_at=0.5 if sold_at is None else float(sold_at),
        illiquid=0.0 if illiquid is None else illiquid,
    )


def gamma_loop_of(file: NetworkFile) -> GammaLoop:
    """Gamma and impact, numbers or over venues.

    Raises:
        InputError: A figure is missing or no number, or sizes do not fit.
    """
    gamma, impact = file.needed("gamma"), file.needed("impact")
    count = max([1, *gamma.shape, *impact.shape])
    return GammaLoop(venues=file.names("venues", "names", count=count), gamma=gamma, impact=impact)
