"""Regime files: TOML with ``[regime]`` and ``[parameters]``. ``docs/margin.md`` says what each key means."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Final, cast, get_args, get_type_hints

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.time import parse_stamp
from shortgamma.data.files import read_bytes
from shortgamma.data.wording import listed, place_of, shown
from shortgamma.risk.margin.regime import Regime, Rule, Unit
from shortgamma.risk.margin.regimes import regime_of
from shortgamma.risk.margin.rules import RULES

TEXTS: Final = ("name", "venue", "jurisdiction", "client_class", "source", "parameters", "doubts")
KEYS: Final = (*TEXTS, "based_on", "rule", "effective", "verified", "unit")
UNSAID: Final = "not said"
MOST_ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class Figures:
    """A table of figures for one dataclass.

    Args:
        place: File and table, for messages.
        values: Its keys.
    """

    place: str
    values: Mapping[str, object]

    def built(self, kind: type[Any], base: object | None) -> Any:
        """The dataclass with these figures, the others from ``base`` or its defaults.

        Raises:
            InputError: A key means nothing, a value is none, or one is missing.
        """
        hints = get_type_hints(kind)
        known = [one.name for one in fields(kind)]
        for key in self.values:
            if key not in known:
                raise InputError(
                    f"there is no {shown(key)!r}",
                    place=self.place,
                    remedy=f"it has {listed(known)}",
                )
        given = {key: self.value(key, hints[key], getattr(base, key, None)) for key in self.values}
        if base is not None:
            return replace(cast("Any", base), **given)
        for one in fields(kind):
            bare = one.default is MISSING and one.default_factory is MISSING
            if bare and one.name not in given:
                if not nests(hints[one.name]):
                    raise InputError(
                        f"{one.name} is missing", place=self.place, remedy="give it, or based_on"
                    )
                given[one.name] = Figures(self.place, {}).built(hints[one.name], None)
        return kind(**given)

    def value(self, key: str, hint: Any, base: object | None) -> object:
        """One value, by the type of its field."""
        value = self.values[key]
        if nests(hint):
            inner = mapping_of(value)
            if not inner:
                raise self.wrong(key, value, f"a table, [parameters.{key}]")
            return Figures(f"{self.place} [{key}]", inner).built(hint, base)
        if hint is float:
            return self.number(key, value)
        return self.rows(key, value, len(get_args(get_args(hint)[0])))

    def number(self, key: str, value: object) -> float:
        """A finite number."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
            raise self.wrong(key, value, "a number")
        return float(value)

    def rows(self, key: str, value: object, width: int) -> tuple[tuple[float, ...], ...]:
        """Rows of ``width`` numbers: scenarios, or the ends and values of a table."""
        form = "[[-0.16, 1, 1.0], …]: move, vol, weight" if width == 3 else "[[7, 0.17], …]"
        items = list_of(value)
        if not 0 < len(items) <= MOST_ROWS:
            raise self.wrong(key, value, form)
        found: list[tuple[float, ...]] = []
        for item in items:
            row = list_of(item)
            if len(row) != width:
                raise self.wrong(key, item, form)
            found.append(tuple(self.number(key, part) for part in row))
        self.check_rows(key, found)
        return tuple(found)

    def check_rows(self, key: str, found: Sequence[tuple[float, ...]]) -> None:
        """Refuses scenarios that cannot be, and tables out of order."""
        for row in found:
            if len(row) == 3 and not (row[0] > -1.0 and row[1] in {-1.0, 0.0, 1.0} and row[2] >= 0):
                raise self.wrong(key, list(row), "a move above -1, vol -1, 0 or 1, and a weight")
        ends = [row[0] for row in found]
        if len(found[0]) == 2 and ends != sorted(set(ends)):
            raise self.wrong(key, ends, "ends in rising order")

    def wrong(self, key: str, value: object, wanted: str) -> InputError:
        """Why a value is refused."""
        return InputError(f"{key} is {shown(value)}", place=self.place, remedy=f"give {wanted}")


def list_of(value: object) -> list[object]:
    """The value if it is a list, else an empty one."""
    return cast("list[object]", value) if isinstance(value, list) else []


def mapping_of(value: object) -> dict[str, object]:
    """The value if it is a table, else an empty one."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def nests(hint: object) -> bool:
    """True where a field is itself a table of figures."""
    return is_dataclass(hint)


def read_regime(path: str | Path, based_on: str | None = None) -> Regime:
    """The regime in a file.

    Args:
        path: TOML.
        based_on: The regime whose figures hold where the file says nothing, unless it names one itself.

    Raises:
        InputError: It cannot be read, is not TOML, or a key or value means nothing.
    """
    place, content = place_of(path), read_bytes(str(path))
    try:
        tables = tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"is not TOML: {shown(error, 120)}", place=place, remedy="mend that line"
        ) from None
    return regime_from(tables, place=place, based_on=based_on)


def regime_from(
    tables: Mapping[str, Any], *, place: str = "regime", based_on: str | None = None
) -> Regime:
    """The same from a mapping of that form.

    Raises:
        InputError: A key or value means nothing.
    """
    for key in tables:
        if key not in {"regime", "parameters"}:
            raise InputError(
                f"there is no [{shown(key)}]",
                place=place,
                remedy="it has [regime] and [parameters]",
            )
    head = table_of(tables, "regime", place)
    where = f"{place} [regime]"
    for key in head:
        if key not in KEYS:
            raise InputError(
                f"there is no {shown(key)!r}", place=where, remedy=f"it has {listed(KEYS)}"
            )
    base = base_of(head, where, based_on)
    figures = Figures(f"{place} [parameters]", table_of(tables, "parameters", place))
    rule = figures.built(kind_of(head, where, base), None if base is None else base.rule)
    return described(head, where, base, cast("Rule", rule))


def table_of(tables: Mapping[str, Any], key: str, place: str) -> Mapping[str, object]:
    """A table of the file; empty where it is missing."""
    value = tables.get(key, {})
    if not isinstance(value, dict):
        raise InputError(f"{key} is no table", place=place, remedy=f"write [{key}]")
    return cast("dict[str, object]", value)


def base_of(head: Mapping[str, object], where: str, based_on: str | None) -> Regime | None:
    """The regime that the file starts from."""
    if "rule" in head and "based_on" in head:
        raise InputError("both rule and based_on", place=where, remedy="keep one of them")
    if "rule" in head:
        return None
    name = head.get("based_on", based_on)
    if not isinstance(name, str):
        raise InputError(
            "neither rule nor based_on", place=where, remedy=f"give rule, one of {listed(RULES)}"
        )
    try:
        return regime_of(name)
    except InputError as problem:
        raise InputError(problem.problem, place=where, remedy=problem.remedy) from None


def kind_of(head: Mapping[str, object], where: str, base: Regime | None) -> type[Any]:
    """The dataclass of the rule."""
    if base is not None:
        return type(base.rule)
    name = head["rule"]
    if not isinstance(name, str) or name not in RULES:
        raise InputError(
            f"rule is {shown(name)}", place=where, remedy=f"give one of {listed(RULES)}"
        )
    return RULES[name]


def described(head: Mapping[str, object], where: str, base: Regime | None, rule: Rule) -> Regime:
    """The record around the rule."""
    figures = Figures(where, head)
    for key in TEXTS:
        if not isinstance(head.get(key, ""), str):
            raise figures.wrong(key, head[key], "text in quotes")
    if not str(head.get("name", "")).strip() and base is None:
        raise InputError("name is missing", place=where, remedy='give one, as "my-desk"')
    verified = head.get("verified", False)
    if not isinstance(verified, bool):
        raise figures.wrong("verified", verified, "true or false")
    unit = head.get("unit", Unit.USD if base is None else base.unit)
    if unit not in tuple(Unit):
        raise figures.wrong("unit", unit, '"coin" or "USD"')
    texts = {key: str(head.get(key, getattr(base, key, UNSAID))) for key in TEXTS}
    return Regime(
        **texts
        | {
            "parameters": str(head.get("parameters", Path(where.partition(" [")[0]).stem)),
            "doubts": str(head.get("doubts", "")),
            "source": str(head.get("source", where.partition(" [")[0])),
        },
        effective=effective_of(head, figures),
        verified=verified,
        unit=Unit(str(unit)),
        rule=rule,
    )


def effective_of(head: Mapping[str, object], figures: Figures) -> str | None:
    """``effective``, as text or as a TOML date."""
    value = head.get("effective")
    if value is None:
        return None
    try:
        parse_stamp(str(value))
    except InputError:
        raise figures.wrong("effective", value, "a date, as 2026-01-31") from None
    return str(value)
