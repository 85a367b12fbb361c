"""A scenario file as a plan: which markets to simulate, on how many paths, with which inputs.

::

    scenario = "gamma-squeeze"      # what it builds on
    name = "thin-weekend"           # optional, with summary
    [set]                           # figures, as --set takes them
    depth = 150e6
    [process]                       # optional; without parameters it is fitted to the prices
    kind = "kou"
    [run]                           # paths, seed
    [market]                        # source, positioning, asof, underlying
    [prices]                        # file; the process is a bootstrap of it unless it is named
    [sweep]                         # every combination of these values
    theta = [-0.2, -0.4]

Names of files are taken from the folder of the scenario file.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import isfinite, prod
from types import MappingProxyType
from typing import Final, TypeGuard, cast

from shortgamma.basics.errors import InputError
from shortgamma.data.scenario_files import ScenarioText
from shortgamma.data.wording import shown
from shortgamma.studies.scenarios.bundled import SCENARIOS
from shortgamma.studies.scenarios.exogenous import ProcessChoice
from shortgamma.studies.scenarios.hedged import ReplayedPrices
from shortgamma.studies.scenarios.scenario import Scenario, parsed_policy
from shortgamma.studies.scenarios.settings import full_name

Value = int | float | str

MOST_SHOWN: Final = 200
"""Characters of a problem; a value may be of any length."""
MOST_POINTS: Final = 1_000
"""Of a sweep."""
WORDS: Final = ("scenario", "name", "summary")
TABLES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "set": (),
        "sweep": (),
        "process": (),
        "run": ("paths", "seed"),
        "market": ("source", "positioning", "asof", "underlying"),
        "prices": ("file",),
    }
)
"""Tables, with their keys where these are always the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One market of a plan.

    Args:
        settings: Its place on the axes of the sweep, by full name.
        figures: Everything that the file sets, as ``--set`` takes it, by full name.
        scenario: With these figures.
    """

    settings: Mapping[str, Value]
    figures: Mapping[str, str]
    scenario: Scenario

    @property
    def label(self) -> str:
        """``theta=-0.4, depth_usd_per_pct=1.5e+08``; empty without a sweep."""
        return ", ".join(
            f"{name}={value if isinstance(value, str) else f'{value:g}'}"
            for name, value in self.settings.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a scenario file asks for; None = it says nothing about it.

    Args:
        base: Name of the bundled scenario.
        name: Of the file's scenario; ``base`` if it gives none.
        summary: In a line.
        points: Markets, in the order of the file: the last axis runs fastest.
        axes: Values of every swept figure, by full name.
        paths, seed: Of the run.
        prices: File of prices.
        market: SOURCE whose dealers' book is hedged.
        positioning: Who holds it.
        asof: ISO 8601, of its snapshot.
        underlying: Of chain and prices.
    """

    base: str
    name: str
    summary: str
    points: tuple[Point, ...]
    axes: Mapping[str, tuple[Value, ...]]
    paths: int | None
    seed: int | None
    prices: str | None
    market: str | None
    positioning: str | None
    asof: str | None
    underlying: str | None


def plan_from(text: ScenarioText) -> Plan:
    """The plan of a scenario file.

    Raises:
        InputError: A key that is not known, a value of the wrong type or outside its range, or settings that
            contradict each other; the message names file, table and key.
    """
    file = ScenarioFile(text)
    kind = file.kind()
    fixed = file.fixed(kind)
    axes = file.axes(kind, fixed)
    run, market = file.table("run"), file.table("market")
    prices = file.path("prices", "file")
    if "prices" in text.tables and prices is None:
        raise file.refusal("names no file", "prices", remedy='write file = "…"')
    if prices is not None and kind is not ReplayedPrices and "process" not in {*fixed, *axes}:
        fixed["process"] = "bootstrap"
    file.check_process(fixed, axes, has_prices=prices is not None)
    source = file.path("market", "source")
    if source is None and {"positioning", "asof"} & market.keys():
        raise file.refusal(
            "there is no chain to position or to date", "market", remedy="give a source"
        )
    return Plan(
        base=kind.name,
        name=file.word("name") or kind.name,
        summary=file.word("summary") or kind.summary,
        points=file.points(kind, fixed, axes),
        axes=axes,
        paths=file.count(run, "paths", least=1),
        seed=file.count(run, "seed", least=0),
        prices=prices,
        market=source,
        positioning=file.path("market", "positioning"),
        asof=file.stamp(market),
        underlying=file.text_of(market, "underlying", "market"),
    )


class ScenarioFile:
    """A scenario file, and how it is read.

    Args:
        text: Its content.
    """

    def __init__(self, text: ScenarioText) -> None:
        self.text = text
        for key, value in text.tables.items():
            full_name(key, [*WORDS, *TABLES], owner="a scenario file", place=text.place)
            if key in TABLES and not isinstance(value, dict):
                raise self.refusal(f"{key!r} is no table", remedy=f"write it below [{key}]")
        for table, keys in TABLES.items():
            for key in self.table(table) if keys else ():
                full_name(key, keys, owner=f"[{table}]", place=self.place(table))

    def place(self, table: str = "") -> str:
        """File and table, for messages."""
        return f"{self.text.place} [{table}]" if table else self.text.place

    def refusal(self, problem: str, table: str = "", *, remedy: str) -> InputError:
        """The error that says what is wrong with a table."""
        return InputError(shown(problem, MOST_SHOWN), place=self.place(table), remedy=remedy)

    def table(self, name: str) -> dict[str, object]:
        """A table; empty where there is none."""
        return cast("dict[str, object]", self.text.tables.get(name, {}))

    def word(self, key: str) -> str | None:
        """A key of the file itself."""
        return self.text_of(self.text.tables, key, "")

    def text_of(self, table: Mapping[str, object], key: str, name: str) -> str | None:
        """A text that is not empty; None where there is none."""
        value = table.get(key)
        if value is None or (isinstance(value, str) and value.strip()):
            return value
        raise self.refusal(f"{key} is {value!r}", name, remedy="give a text in quotes")

    def kind(self) -> type[Scenario]:
        """The bundled scenario that it builds on."""
        base = self.word("scenario")
        if base is None:
            raise self.refusal(
                "says no scenario", remedy=f'write scenario = "…": {", ".join(SCENARIOS)}'
            )
        return SCENARIOS[full_name(base, SCENARIOS, owner="the package", place=self.place())]

    def path(self, table: str, key: str) -> str | None:
        """A file or a SOURCE, files from the folder of the scenario."""
        name = self.text_of(self.table(table), key, table)
        return None if name is None else self.text.beside(name)

    def count(self, table: Mapping[str, object], key: str, *, least: int) -> int | None:
        """A whole number of the run; None where there is none."""
        value = table.get(key)
        if value is None or (is_whole(value) and value >= least):
            return value
        raise self.refusal(
            f"{key} is {value!r}", "run", remedy=f"give a whole number of {least} or more"
        )

    def stamp(self, market: Mapping[str, object]) -> str | None:
        """The moment of the chain, as text or as TOML's own date."""
        value = market.get("asof")
        if isinstance(value, dt.date):
            return value.isoformat()
        return self.text_of(market, "asof", "market")

    def figure(self, name: str, value: object, kind: type[object], *, table: str) -> Value:
        """A figure of the right type.

        Raises:
            InputError: Another type, or no finite number.
        """
        if kind is str and isinstance(value, str):
            self.check_word(name, value, table)
            return value
        if kind is int and is_whole(value):
            return value
        if kind is float and (is_whole(value) or isinstance(value, float)):
            number = finite(value)
            if number is not None:
                return number
        wanted = "a text in quotes" if kind is str else "a finite number"
        if kind is int:
            wanted = "a whole number"
        raise self.refusal(f"{name} is {value!r}", table, remedy=f"give {wanted}")

    def check_word(self, name: str, value: str, table: str) -> None:
        """Refuses a policy or a process that there is not."""
        place = f"{self.place(table)} {name}"
        if name == "policy":
            try:
                parsed_policy(value, place=place)
            except InputError as error:
                raise InputError(error.problem, place=place, remedy=error.remedy) from None
        elif name == "process":
            ProcessChoice.parse(value, place=place)

    def figures(self, kind: type[Scenario], table: str) -> dict[str, object]:
        """The keys of a table by full name.

        Raises:
            InputError: An unknown key, or one figure under two names.
        """
        found: dict[str, object] = {}
        place = self.place(table)
        for key, value in self.table(table).items():
            name = full_name(key, kind.kinds(), owner=kind.name, place=place)
            if name in found:
                raise self.refusal(f"{name!r} is given twice", table, remedy="give it once")
            found[name] = value
        return found

    def fixed(self, kind: type[Scenario]) -> dict[str, Value]:
        """The figures of ``[set]`` and ``[process]``."""
        kinds = kind.kinds()
        found = {
            name: self.figure(name, value, kinds[name], table="set")
            for name, value in self.figures(kind, "set").items()
        }
        process = self.process()
        if process is None:
            return found
        if "process" in found:
            raise self.refusal("'process' is in [set] as well", "process", remedy="keep one")
        return found | {"process": process}

    def process(self) -> str | None:
        """``[process]`` as ``--set`` writes it."""
        table = self.table("process")
        if "process" not in self.text.tables:
            return None
        name = self.text_of(table, "kind", "process")
        if name is None:
            raise self.refusal("says no kind", "process", remedy='write kind = "kou"')
        parameters = ",".join(
            f"{key}={self.figure(key, value, float, table='process')!r}"
            for key, value in table.items()
            if key != "kind"
        )
        text = f"{name}:{parameters}" if parameters else name
        ProcessChoice.parse(text, place=self.place("process"))
        return text

    def axes(
        self, kind: type[Scenario], fixed: Mapping[str, Value]
    ) -> dict[str, tuple[Value, ...]]:
        """The values of every swept figure.

        Raises:
            InputError: A figure that is fixed already, no list, an empty one, a repeated value, too many
                combinations.
        """
        kinds = kind.kinds()
        found: dict[str, tuple[Value, ...]] = {}
        for name, values in self.figures(kind, "sweep").items():
            if name in fixed:
                table = "process" if name == "process" and self.table("process") else "set"
                raise self.refusal(f"{name!r} is in [{table}] as well", "sweep", remedy="keep one")
            if not isinstance(values, list) or not values:
                raise self.refusal(
                    f"{name} is {values!r}", "sweep", remedy="give a list of values, as [1, 2]"
                )
            each = cast("list[object]", values)
            axis = tuple(self.figure(name, v, kinds[name], table="sweep") for v in each)
            repeated = next((v for n, v in enumerate(axis) if v in axis[:n]), None)
            if repeated is not None:
                raise self.refusal(f"{name} has {repeated!r} twice", "sweep", remedy="give it once")
            found[name] = axis
        count = prod(len(axis) for axis in found.values())
        if count > MOST_POINTS:
            raise self.refusal(
                f"{count:,} combinations", "sweep", remedy=f"give {MOST_POINTS:,} at most"
            )
        return found

    def check_process(
        self,
        fixed: Mapping[str, Value],
        axes: Mapping[str, tuple[Value, ...]],
        *,
        has_prices: bool,
    ) -> None:
        """Refuses parameters of a process that prices shall be fitted to."""
        table = "process" if self.table("process") else "set" if "process" in fixed else "sweep"
        for text in (*axes.get("process", ()), *filter(None, [fixed.get("process")])):
            choice = ProcessChoice.parse(str(text))
            if has_prices:
                choice.check_prices(has_prices=True, place=self.place(table))

    def points(
        self,
        kind: type[Scenario],
        fixed: Mapping[str, Value],
        axes: Mapping[str, tuple[Value, ...]],
    ) -> tuple[Point, ...]:
        """Every combination."""
        found: list[Point] = []
        for values in product(*axes.values()):
            settings = dict(zip(axes, values, strict=True))
            figures = {
                name: value if isinstance(value, str) else repr(value)
                for name, value in {**fixed, **settings}.items()
            }
            scenario = self.scenario(kind, figures)
            found.append(Point(settings=settings, figures=figures, scenario=scenario))
        return tuple(found)

    def scenario(self, kind: type[Scenario], figures: Mapping[str, str]) -> Scenario:
        """The market with these figures.

        Raises:
            InputError: One lies beyond any market.
        """
        try:
            return kind.parse(figures)
        except InputError as error:
            raise InputError(
                error.problem, place=f"{self.text.place} [set] or [sweep]", remedy=error.remedy
            ) from None


def finite(value: float) -> float | None:
    """The number as a float; None where it is too large for one, infinite or NaN."""
    try:
        return float(value) if isfinite(value) else None
    except OverflowError:
        return None


def is_whole(value: object) -> TypeGuard[int]:
    """True for an integer that is no truth value."""
    return isinstance(value, int) and not isinstance(value, bool)
