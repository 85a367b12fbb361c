"""The market of Lyra's own tests, and events on it."""

from collections.abc import Iterable
from typing import Any

from shortgamma.protocols.lyra.avalon import LYRA_AVALON, AvalonState
from shortgamma.protocols.lyra.market import UpdateCache
from shortgamma.protocols.lyra.newport import LYRA_NEWPORT, NewportState
from shortgamma.protocols.lyra.pool import Accounts, Board, Strike
from shortgamma.protocols.lyra.trading import Trade
from shortgamma.protocols.mechanism import Play, play

DAY = 86_400.0
WEEK = 7.0 * DAY
MONTH = 4.0 * WEEK
SPOT = 1742.01337
CASH = 500_000.0


def boards(expiry: float = MONTH) -> tuple[Board, ...]:
    """derivexyz/v1-core, test/utils/defaultParams.ts: DEFAULT_BOARD_PARAMS."""
    strikes = [(1500.0, 0.9), (2000.0, 1.0), (2500.0, 1.1)]
    return (
        Board(
            expiry=expiry,
            base_vol=1.0,
            strikes=tuple(Strike(strike=strike, skew=skew) for strike, skew in strikes),
        ),
    )


def avalon(**changes: Any) -> AvalonState:
    """DEFAULT_BASE_PRICE and DEFAULT_POOL_DEPOSIT of the same file."""
    given: dict[str, Any] = {
        "spot": SPOT,
        "boards": boards(),
        "accounts": Accounts(cash=CASH),
        "tokens": CASH,
    }
    return AvalonState(**(given | changes))


def newport(**changes: Any) -> NewportState:
    given: dict[str, Any] = {
        "spot": SPOT,
        "boards": boards(),
        "accounts": Accounts(cash=CASH),
        "tokens": CASH,
    }
    return NewportState(**(given | changes))


def played(state: AvalonState | NewportState, events: Iterable[Any]) -> Play:
    """The market taken through events after the cache was updated once."""
    return resumed(state, [UpdateCache(), *events])


def resumed(state: AvalonState | NewportState, events: Iterable[Any]) -> Play:
    """The market taken on, on the cache that it has."""
    mechanism = LYRA_AVALON if isinstance(state, AvalonState) else LYRA_NEWPORT
    return play(mechanism, state, events)


def sell_call(size: float = 10.0) -> Trade:
    """A short call backed by coins: setNegativeExpectedHedge of test/utils/contractHelpers/hedging.ts."""
    return Trade(strike=0, size=size, is_call=True, is_buy=False, collateral=size, in_coins=True)


def sell_put(size: float = 10.0, collateral: float = 20_000.0) -> Trade:
    """A short put: setPositiveExpectedHedge of the same file."""
    return Trade(strike=0, size=size, is_call=False, is_buy=False, collateral=collateral)


def closed(trade: Trade, size: float) -> Trade:
    """The same position given up."""
    return Trade(
        strike=trade.strike,
        size=size,
        is_call=trade.is_call,
        is_buy=not trade.is_buy,
        closes=True,
        in_coins=trade.in_coins,
    )
