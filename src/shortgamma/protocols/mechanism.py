"""What every protocol is here: a frozen state, events, and a pure step from one state to the next."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError, RefusedError

Vector = NDArray[np.float64]
Values = Vector | float
"""One number, or one per path, shape (n,)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoolGreeks:
    """Value and Greeks of what a protocol's providers of liquidity own; positive = they are long.

    Args:
        value_usd: USD.
        delta: Coins: derivative of the value by the price.
        gamma: Coins per USD: derivative of delta by the price. Negative = short gamma.
        vega_usd_per_point: USD per vol point of 0.01; negative for short options.
        theta_usd_per_day: USD per calendar day that passes; positive for short options.
    """

    value_usd: Values
    delta: Values
    gamma: Values
    vega_usd_per_point: Values = 0.0
    theta_usd_per_day: Values = 0.0

    def gamma_usd_per_pct(self, spot: Values) -> Values:
        """Γ·S²/100: USD of delta per 1 % move."""
        return self.gamma * np.square(spot) / 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What one holder owns of one contract.

    Args:
        protocol, holder: Who: the protocol, and the pool, vault or wallet in it.
        kind: ``call``, ``put``, ``spot`` or ``perpetual``.
        quantity: Units of the underlying, + = long.
        strike: USD; 0 where the contract has none.
        years: To expiry; 0 where the contract has none.
        holder_type: ``amm``, ``vault``, ``trader``, … as inventories write it; empty where unknown.
        hedges: True where the protocol's rules keep this holder delta-neutral.
    """

    protocol: str
    holder: str
    kind: str
    quantity: float
    strike: float = 0.0
    years: float = 0.0
    holder_type: str = ""
    hedges: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the rules of a mechanism come from.

    Args:
        source: The contract, test or paper.
        effective: ISO date of the version that was followed; None = unknown.
        verified: True only where our figures were compared with figures that the protocol itself published.
        doubts: What could not be checked, in words; empty where nothing.
    """

    source: str
    effective: str | None = None
    verified: bool = False
    doubts: str = ""


Step = Callable[[Any, Any], tuple[Any, Any]]

UNSIGNED: Final = frozenset(
    {"spot", "price", "strike", "squeeth_price", "vol", "years", "time", "seconds", "hours"}
)
"""Fields of events that are never negative."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """One protocol.

    Args:
        name: As commands write it.
        title: In words.
        state: Frozen dataclass: parameters and state together.
        events: Word that an event file uses → frozen dataclass of that event.
        step: (state, event) → (next state, outcome); an outcome is a frozen dataclass of figures.
        origin: Where the rules come from.
        gamma: Who carries which gamma, in one sentence.
        hedger: Who hedges it, in one sentence.
        holdings: Who owns which contracts in a state, + = long; None where it deals in none.
    """

    name: str
    title: str
    state: type[Any]
    events: Mapping[str, type[Any]]
    step: Step
    origin: Origin
    gamma: str
    hedger: str
    holdings: Callable[[Any], Iterable[Holding]] | None = None

    def after(self, state: Any, event: Any) -> tuple[Any, Any]:
        """State and outcome after an event; one that the contract refuses leaves the state as it was.

        Raises:
            InputError: The event has a negative figure of a kind that no contract can represent.
        """
        check_unsigned(event)
        try:
            return self.step(state, event)
        except RefusedError as refusal:
            return state, Refusal(refused=str(refusal))


def check_unsigned(event: Any) -> None:
    """Refuses negative prices, vols and times, which contracts hold as integers without a sign.

    Raises:
        InputError: There is one.
    """
    for item in fields(event) if is_dataclass(event) else ():
        value: Any = getattr(event, item.name)
        if item.name not in UNSIGNED or value is None or isinstance(value, str):
            continue
        least: Any = np.min(value)
        if least < 0:
            raise InputError(f"{item.name} is {least:g}", column=item.name, remedy="give 0 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The outcome of an event that the contract does not accept; the state stays as it was.

    Args:
        refused: The reason, in the contract's terms.
    """

    refused: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """A mechanism taken through events.

    Args:
        mechanism: Which one.
        initial: Before the first event.
        states: After each event.
        outcomes: Of each event.
    """

    mechanism: Mechanism
    initial: Any
    states: tuple[Any, ...] = field(default=())
    outcomes: tuple[Any, ...] = field(default=())


def play(mechanism: Mechanism, state: Any, events: Iterable[Any]) -> Play:
    """Steps a mechanism through events; one that the contract refuses leaves the state as it was."""
    initial = state
    states: list[Any] = []
    outcomes: list[Any] = []
    for event in events:
        state, outcome = mechanism.after(state, event)
        states.append(state)
        outcomes.append(outcome)
    return Play(
        mechanism=mechanism, initial=initial, states=tuple(states), outcomes=tuple(outcomes)
    )


def as_plain(value: Any) -> Any:
    """A state or outcome as dictionaries, lists and numbers; integers stay exact."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: as_plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        pairs = cast("Mapping[Any, Any]", value)
        return {str(key): as_plain(item) for key, item in pairs.items()}
    if isinstance(value, tuple | list):
        return [as_plain(item) for item in cast("Sequence[Any]", value)]
    if isinstance(value, np.ndarray | np.generic):
        return cast("Any", value).tolist()
    return value
