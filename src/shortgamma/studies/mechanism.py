"""One protocol's state machine taken through events, before any market is simulated."""

from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.data.annotated import Place
from shortgamma.data.mechanism_files import (
    check_paths,
    event_word,
    events_from,
    read_events,
    read_state,
    state_from,
)
from shortgamma.protocols.mechanism import Mechanism, Play, Refusal, as_plain
from shortgamma.protocols.registry import MECHANISMS, mechanism_named
from shortgamma.studies.document import plain

Vector = NDArray[np.float64]
METHOD: Final = "1"
"""Version of the method; a stored result with another one is not comparable."""
STATE, EVENTS = "state", "events"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Movement:
    """One number of the state over the events.

    Args:
        name: Field, dotted.
        mean, low, high: Over paths, before the first event and after each one, shape (events + 1,); NaN
            where the state has no such item at that moment.
    """

    name: str
    mean: Vector
    low: Vector
    high: Vector

    @property
    def varies(self) -> bool:
        """True where paths differ at some moment."""
        return not np.array_equal(self.low, self.high, equal_nan=True)

    @property
    def moves(self) -> bool:
        """True where it is not the same all along."""
        return any(
            not np.array_equal(values[1:], values[:-1], equal_nan=True)
            for values in (self.mean, self.low, self.high)
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MechanismRun:
    """A mechanism taken through events.

    Args:
        play: Its states and outcomes.
        events: What happened, in order.
        paths: How many; None where every figure is a plain number.
        movements: Every number of the state over the events.
    """

    play: Play
    events: tuple[Any, ...]
    paths: int | None
    movements: tuple[Movement, ...]

    @property
    def mechanism(self) -> Mechanism:
        """Which one."""
        return self.play.mechanism

    @property
    def words(self) -> tuple[str, ...]:
        """The word of each event, as files write it."""
        return tuple(event_word(event, self.mechanism) for event in self.events)

    @property
    def refused(self) -> int:
        """How many events the contract did not accept."""
        return sum(isinstance(outcome, Refusal) for outcome in self.play.outcomes)

    def to_dict(self) -> dict[str, object]:
        """The run as ``--json`` prints it; whole numbers are exact, whatever their size."""
        words = zip(self.words, self.events, strict=True)
        return {
            **mechanism_document(self.mechanism),
            "method": METHOD,
            "paths": self.paths,
            "refused": self.refused,
            "initial": plain(as_plain(self.play.initial)),
            "states": plain(as_plain(self.play.states)),
            "outcomes": plain(as_plain(self.play.outcomes)),
            "events": [{"event": word, **plain_fields(event)} for word, event in words],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class MechanismList:
    """Every mechanism there is.

    Args:
        mechanisms: In alphabetical order.
    """

    mechanisms: tuple[Mechanism, ...]

    def to_dict(self) -> dict[str, object]:
        """The list as ``--json`` prints it."""
        return {
            "mechanisms": [
                {
                    **mechanism_document(found),
                    "state": [item.name for item in fields(found.state) if item.init],
                    "events": {
                        word: [item.name for item in fields(kind) if item.init]
                        for word, kind in found.events.items()
                    },
                }
                for found in self.mechanisms
            ]
        }


def mechanisms() -> MechanismList:
    """Every mechanism, with its source and who hedges it."""
    return MechanismList(mechanisms=tuple(MECHANISMS[name] for name in sorted(MECHANISMS)))


def mechanism(
    name: str | Mechanism,
    *,
    state: str | Path | Mapping[str, object] | object,
    events: str | Path | Iterable[object] = (),
) -> MechanismRun:
    """A protocol's state machine taken through events.

    An event that the contract refuses leaves the state as it was; its outcome is ``{"refused": reason}``.

    Args:
        name: As ``shortgamma design --mechanism list`` writes it, or a mechanism of your own.
        state: A JSON or TOML file, a mapping of fields, or a state.
        events: A JSON list, JSON lines or CSV file, or mappings and events in order.

    Raises:
        InputError: There is no such mechanism, or the state or an event cannot be read or calculated with.
    """
    chosen = mechanism_named(name) if isinstance(name, str) else name
    begin = opened_state(state, chosen)
    from_file = isinstance(events, str | Path)
    happened = (
        read_events(events, chosen) if from_file else events_from(events, chosen, place=EVENTS)
    )
    place = str(events) if from_file else EVENTS
    rows = ((Place(file=place, row=row), event) for row, event in enumerate(happened, start=1))
    paths = check_paths([(Place(file=STATE), begin), *rows])
    done = played(chosen, begin, happened, place=place)
    return MechanismRun(play=done, events=happened, paths=paths, movements=movements_of(done))


def opened_state(state: Any, chosen: Mechanism) -> Any:
    """The state that a file, a mapping or a caller gives."""
    if isinstance(state, chosen.state):
        return state
    if isinstance(state, str | Path):
        return read_state(state, chosen)
    if not isinstance(state, Mapping):
        raise InputError(
            f"a {type(state).__name__} is no state of {chosen.name}",
            place=STATE,
            remedy="give a file, or a mapping of its fields",
        )
    return state_from(cast("Mapping[str, object]", state), chosen, place=STATE)


def played(chosen: Mechanism, state: Any, events: Iterable[Any], *, place: str) -> Play:
    """The mechanism stepped through events, one by one, so that an error names its event.

    Raises:
        InputError: An event cannot be calculated.
    """
    initial = state
    states: list[Any] = []
    outcomes: list[Any] = []
    for number, event in enumerate(events, start=1):
        with at_event(number, place):
            state, outcome = chosen.after(state, event)
        states.append(state)
        outcomes.append(outcome)
    return Play(mechanism=chosen, initial=initial, states=tuple(states), outcomes=tuple(outcomes))


@contextmanager
def at_event(number: int, place: str) -> Generator[None, None, None]:
    """Names the event of whatever cannot be calculated."""
    try:
        with np.errstate(divide="raise", over="raise", invalid="raise"):
            yield
    except InputError as problem:
        raise InputError(
            problem.problem,
            place=place,
            row=number,
            column=problem.column or problem.place,
            remedy=problem.remedy,
        ) from None
    except ArithmeticError as problem:
        raise InputError(
            f"cannot be calculated: {problem}",
            place=place,
            row=number,
            remedy="check the sizes in it and in the state before it",
        ) from None


def movements_of(done: Play) -> tuple[Movement, ...]:
    """Every number of the state over the events."""
    moments = [dict(numbers_of(state)) for state in (done.initial, *done.states)]
    names = list(dict.fromkeys(name for moment in moments for name in moment))
    absent = np.array([np.nan])
    return tuple(movement(name, [moment.get(name, absent) for moment in moments]) for name in names)


def numbers_of(value: Any, name: str = "") -> Iterator[tuple[str, Vector]]:
    """Dotted name and values over paths, shape (n,) or (1,), of every number in a state."""
    if is_dataclass(value) and not isinstance(value, type):
        for item in fields(value):
            yield from numbers_of(getattr(value, item.name), joined(name, item.name))
    elif isinstance(value, Mapping):
        for key, item in cast("Mapping[Any, Any]", value).items():
            yield from numbers_of(item, joined(name, str(key)))
    elif isinstance(value, tuple):
        for number, item in enumerate(cast("tuple[Any, ...]", value)):
            yield from numbers_of(item, f"{name}[{number}]")
    elif isinstance(value, np.ndarray | np.number):
        yield name, np.atleast_1d(np.asarray(value, dtype=np.float64))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield name, np.array([as_float(value)])


def joined(name: str, key: str) -> str:
    """A dotted name."""
    return f"{name}.{key}" if name else key


def as_float(value: float) -> float:
    """The nearest float; infinity for a whole number beyond all of them."""
    try:
        return float(value)
    except OverflowError:
        return np.inf if value > 0 else -np.inf


def movement(name: str, moments: list[Vector]) -> Movement:
    """Mean and range over paths at every moment."""
    return Movement(
        name=name,
        mean=np.array([float(values.mean()) for values in moments]),
        low=np.array([float(values.min()) for values in moments]),
        high=np.array([float(values.max()) for values in moments]),
    )


def mechanism_document(found: Mechanism) -> dict[str, object]:
    """What a mechanism is and where its rules come from."""
    return {
        "mechanism": found.name,
        "title": found.title,
        "gamma": found.gamma,
        "hedger": found.hedger,
        "origin": plain(found.origin),
    }


def plain_fields(event: Any) -> dict[str, object]:
    """The fields of an event."""
    return cast("dict[str, object]", plain(as_plain(event)))
