"""A small mechanism with a field of every kind that files can hold, for tests of readers and printers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols.mechanism import Holding, Mechanism, Origin, Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    share: float
    is_capped: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    kind: str
    strike: float
    years: float
    quantity: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Desk:
    coins: int
    price: Values = 100.0
    fees: Fees = Fees(share=0.01)
    positions: tuple[Position, ...] = ()
    shares: Mapping[str, int] = field(default_factory=dict)
    limit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Move:
    by: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    coins: int
    to: str = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Divide:
    by: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sell:
    position: Position


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Done:
    coins: int
    fee: Values = 0.0


Event = Move | Take | Divide | Sell


def step(state: Desk, event: Event) -> tuple[Desk, Done]:
    match event:
        case Move(by=by):
            moved = replace(state, price=state.price * np.exp(by))
            return moved, Done(coins=0, fee=state.fees.share * moved.price)
        case Take(coins=coins):
            if coins < 0:
                raise InputError(f"{coins} coins", place="coins", remedy="take some")
            if coins > state.coins:
                raise RefusedError("not enough coins")
            return replace(state, coins=state.coins - coins), Done(coins=coins)
        case Divide(by=by):
            return replace(state, price=state.price / by), Done(coins=0)
        case Sell(position=sold):
            return replace(state, positions=(*state.positions, sold)), Done(coins=0)


def holdings(state: Desk) -> list[Holding]:
    return [
        Holding(
            protocol="desk",
            holder="pool" if held.quantity < 0.0 else "vault",
            kind=held.kind,
            quantity=held.quantity,
            strike=held.strike,
            years=held.years,
            holder_type="amm" if held.quantity < 0.0 else "vault",
            hedges=held.quantity < 0.0,
        )
        for held in state.positions
    ]


DESK = Mechanism(
    name="desk",
    title="An invented desk",
    state=Desk,
    events={"move": Move, "take": Take, "divide": Divide, "sell": Sell},
    step=step,
    origin=Origin(source="these tests", doubts="It is invented."),
    gamma="Nobody carries any.",
    hedger="Nobody hedges.",
    holdings=holdings,
)
