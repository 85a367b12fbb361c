"""The gamma-aware pool as a mechanism that commands can step."""

from collections.abc import Iterable
from typing import Final

from shortgamma.protocols.mechanism import Holding, Mechanism, Origin
from shortgamma.protocols.paths import number
from shortgamma.protocols.pool import state as pool
from shortgamma.protocols.pool.machine import step


def holdings(state: pool.PoolState) -> Iterable[Holding]:
    """The pool's options, and its clients' other side."""
    for held in state.positions:
        quantity = number(held.quantity, name="quantity")
        for holder, sign, kind, hedges in (
            ("pool", 1.0, "amm", True),
            ("clients", -1.0, "trader", False),
        ):
            yield Holding(
                protocol="gamma-aware",
                holder=holder,
                kind=held.kind,
                quantity=sign * quantity,
                strike=held.strike,
                years=held.years,
                holder_type=kind,
                hedges=hedges,
            )


GAMMA_AWARE_POOL: Final = Mechanism(
    name="gamma-aware",
    title="Gamma-aware option pool (ours)",
    state=pool.PoolState,
    events={
        "deposit": pool.Deposit,
        "withdraw": pool.Withdraw,
        "trade": pool.Trade,
        "move": pool.Move,
        "hedge": pool.Hedge,
    },
    step=step,
    origin=Origin(
        source="shortgamma, docs/design.md",
        effective="2026-11-21",
        doubts="a design of this project: no contract runs it, so nothing published checks it",
    ),
    gamma="The pool is short what its clients bought; it charges what adds to that and not what reduces it.",
    hedger="The pool itself, to the edge of a band that follows its gamma, at a pace that depth can bear.",
    holdings=holdings,
)
