"""Opening, closing, liquidating and deleveraging positions of a GMX v2 market, path by path."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.protocols.gmx.pricing import (
    SIDES,
    open_coins,
    open_interest,
    paid_part,
    pnl_factor,
    position_profit,
    price_impact,
    side_of,
)
from shortgamma.protocols.gmx.state import (
    Decrease,
    Deleverage,
    Increase,
    Liquidate,
    Position,
    State,
    Traded,
)
from shortgamma.protocols.mechanism import Values
from shortgamma.protocols.paths import either, greater, keep, lesser, plain, ratio, refusals


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Touched:
    """A position that has paid what it owes.

    Args:
        position: With today's indices; its collateral may have become negative.
        borrowing: USD it paid the pool.
        funding: USD of funding it received, negative = paid.
    """

    position: Position
    borrowing: Values
    funding: Values


def _touched(state: State, position: Position) -> Touched:
    side = side_of(state, position.side)
    size = np.asarray(position.size)
    borrowing = size * (np.asarray(side.borrowing) - position.borrowing)
    funding = size * (np.asarray(side.funding_got) - position.funding_got)
    funding = funding - size * (np.asarray(side.funding_paid) - position.funding_paid)
    level = 0.0 * size
    changed = replace(
        position,
        collateral=plain(position.collateral + funding - borrowing),
        funding_paid=plain(side.funding_paid + level),
        funding_got=plain(side.funding_got + level),
        borrowing=plain(side.borrowing + level),
    )
    return Touched(position=changed, borrowing=plain(borrowing), funding=plain(funding))


def _impact(state: State, side: str, *, size: Values, price: Values) -> Values:
    """Price impact in USD, its gain bounded by the cap and by the impact pool."""
    impact = price_impact(state, side, size=size)
    most = np.minimum(state.highest_impact * np.abs(size), np.asarray(state.impact_coins) * price)
    return lesser(impact, np.maximum(most, 0.0))


def _fee(state: State, side: str, *, size: Values) -> Values:
    gains = np.asarray(price_impact(state, side, size=size)) > 0.0
    rate = np.where(gains, state.fee_improves, state.fee_worsens)
    return plain(np.abs(size) * rate)


def _sign(side: str) -> float:
    if side not in SIDES:
        raise InputError(f"side {side!r}", place="event", remedy="long or short")
    return 1.0 if side == "long" else -1.0


def _named(state: State, event: Increase) -> State:
    """The market with a position of the event's name.

    Raises:
        InputError: There is one of the other side.
    """
    held = state.positions.get(event.account)
    if held is None:
        fresh = {**state.positions, event.account: Position(side=event.side)}
        return replace(state, positions=fresh)
    if held.side != event.side:
        raise InputError(
            f"{event.account} is {held.side}",
            place="event",
            remedy="use another account for the other side",
        )
    return state


def increase(state: State, event: Increase) -> tuple[State, Traded]:
    """Opens a position or adds to it."""
    sign, price = _sign(event.side), np.asarray(event.price)
    state = _named(state, event)
    old = state.positions[event.account]
    touched = _touched(state, old)
    impact = np.asarray(_impact(state, event.side, size=event.size, price=event.price))
    fee = _fee(state, event.side, size=event.size)
    coins = (np.asarray(event.size) + sign * impact) / price
    changed = replace(
        touched.position,
        size=plain(old.size + event.size),
        coins=plain(old.coins + coins),
        collateral=plain(touched.position.collateral + event.collateral - fee),
    )
    after = replace(
        state,
        positions={**state.positions, event.account: changed},
        pool_usd=plain(state.pool_usd + fee + touched.borrowing),
        impact_coins=plain(state.impact_coins - impact / price),
        funding_held=plain(state.funding_held - touched.funding),
    )
    outcome = Traded(
        impact_usd=plain(impact),
        execution_price=ratio(event.size, coins, empty=0.0),
        fee=fee,
        borrowing=touched.borrowing,
        funding=touched.funding,
        usd=plain(event.collateral),
        refused=refusals(_increase_reasons(after, event, changed)),
    )
    return keep(outcome.refused, state, after), outcome


def _increase_reasons(after: State, event: Increase, position: Position) -> dict[str, Any]:
    if event.side == "long":
        reserved, pool = np.asarray(open_coins(after, "long")), np.asarray(after.pool_coins)
    else:
        reserved, pool = np.asarray(open_interest(after, "short")), np.asarray(after.pool_usd)
    equity = position.collateral + np.asarray(position_profit(position, price=event.price))
    least = after.least_collateral * np.asarray(position.size)
    return {
        "nothing changes": (np.asarray(event.size) <= 0.0) & (np.asarray(event.collateral) <= 0.0),
        "negative size": np.asarray(event.size) < 0.0,
        "price impact is larger than the order": np.asarray(position.coins) < 0.0,
        "insufficient reserve": reserved > after.reserve * pool,
        "insufficient collateral": (equity < least) | (np.asarray(position.collateral) < 0.0),
    }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Result:
    """What closing a part of a position brings, USD.

    Args:
        part: Of the position, 1 = all of it.
        gain: Profit without impact, capped.
        impact: Price impact, positive = the trader gains.
        fee: To the pool.
    """

    part: Any
    gain: Any
    impact: Any
    fee: Any

    @property
    def won(self) -> Any:
        """What the pool pays."""
        return np.maximum(self.gain + self.impact, 0.0)

    @property
    def lost(self) -> Any:
        """What the collateral pays, fee included."""
        return np.maximum(-self.gain - self.impact, 0.0) + self.fee


def _result(state: State, position: Position, *, size: Values, price: Values) -> Result:
    part = np.asarray(ratio(size, position.size))
    gain = np.asarray(position_profit(position, price=price)) * part
    paid = np.asarray(paid_part(state, position.side, price=price))
    shrinks = plain(-np.asarray(size))
    return Result(
        part=part,
        gain=np.where(gain > 0.0, gain * paid, gain),
        impact=np.asarray(_impact(state, position.side, size=shrinks, price=price)),
        fee=np.asarray(_fee(state, position.side, size=shrinks)),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Closing:
    """A position that is closed in part or whole: the market afterwards, and what was paid.

    Args:
        state: After.
        outcome: What came of it; no path refused.
        left: USD of collateral that stays, negative = more than it had.
    """

    state: State
    outcome: Traded
    left: Values


def _shrunk(position: Position, result: Result, *, size: Values, left: Any) -> tuple[Position, Any]:
    """What remains of a position, and the collateral that is given back when nothing does."""
    whole, rest = result.part >= 1.0, np.maximum(left, 0.0)
    released = np.where(whole, rest, 0.0)
    changed = replace(
        position,
        size=either(whole, 0.0, position.size - np.asarray(size)),
        coins=either(whole, 0.0, position.coins * (1.0 - result.part)),
        collateral=plain(rest - released),
    )
    return changed, released


def _closed(state: State, event: Any, *, size: Values) -> Closing:
    """Closes ``size`` USD at entry; what a position cannot pay, the pool bears."""
    old, price = state.positions[event.account], np.asarray(event.price)
    touched, result = _touched(state, old), _result(state, old, size=size, price=event.price)
    left = touched.position.collateral - result.lost
    shortfall = np.maximum(-left, 0.0)
    changed, released = _shrunk(touched.position, result, size=size, left=left)
    pays_coins = 1.0 if old.side == "long" else 0.0
    coins, usd = pays_coins * result.won / price, (1.0 - pays_coins) * result.won
    after = replace(
        state,
        positions={**state.positions, event.account: changed},
        pool_coins=plain(state.pool_coins - coins),
        pool_usd=plain(state.pool_usd + result.lost + touched.borrowing - shortfall - usd),
        impact_coins=plain(state.impact_coins - result.impact / price),
        funding_held=plain(state.funding_held - touched.funding),
    )
    shift = ratio(result.impact * _sign(old.side), old.coins * result.part)
    outcome = Traded(
        impact_usd=plain(result.impact),
        execution_price=plain(price + np.asarray(shift)),
        fee=plain(result.fee),
        borrowing=touched.borrowing,
        funding=touched.funding,
        profit=plain(result.gain),
        shortfall=plain(shortfall),
        coins=plain(-coins),
        usd=plain(-(usd + released)),
    )
    return Closing(state=after, outcome=outcome, left=plain(left))


def _position(state: State, name: str) -> Position:
    found = state.positions.get(name)
    if found is None:
        raise InputError(
            f"there is no position {name!r}",
            place="event",
            remedy=f"one of {', '.join(state.positions) or '(none)'}",
        )
    return found


def _ended(state: State, closing: Closing, reasons: dict[str, Any]) -> tuple[State, Traded]:
    refused = refusals(reasons)
    return keep(refused, state, closing.state), replace(closing.outcome, refused=refused)


def _closing_reasons(state: State, event: Any, closing: Closing) -> dict[str, Any]:
    position = state.positions[event.account]
    rest = closing.state.positions[event.account]
    kept = rest.collateral + np.asarray(position_profit(rest, price=event.price))
    return {
        "zero size": np.asarray(event.size) <= 0.0,
        "more than the position": np.asarray(event.size) > position.size,
        "the pool cannot pay": (np.asarray(closing.state.pool_coins) < 0.0)
        | (np.asarray(closing.state.pool_usd) < 0.0),
        "insufficient collateral": (np.asarray(closing.left) < 0.0)
        | (kept < state.least_collateral * np.asarray(rest.size)),
    }


def decrease(state: State, event: Decrease) -> tuple[State, Traded]:
    """Closes all or a part of a position."""
    _position(state, event.account)
    closing = _closed(state, event, size=event.size)
    return _ended(state, closing, _closing_reasons(state, event, closing))


def deleverage(state: State, event: Deleverage) -> tuple[State, Traded]:
    """Closes a part of a winner while its side has won more than the pool should pay."""
    side = _position(state, event.account).side
    closing = _closed(state, event, size=event.size)
    before = np.asarray(pnl_factor(state, side, price=event.price))
    after = np.asarray(pnl_factor(closing.state, side, price=event.price))
    reasons = _closing_reasons(state, event, closing)
    reasons["deleveraging is not required"] = before <= state.adl_start
    reasons["profits over pool do not fall"] = after >= before
    reasons["profits over pool fall too far"] = after < state.adl_end
    return _ended(state, closing, reasons)


def liquidate(state: State, event: Liquidate) -> tuple[State, Traded]:
    """Closes a position whose collateral and profit no longer carry it; what is left goes to its owner."""
    position = _position(state, event.account)
    closing = _closed(state, event, size=position.size)
    touched = _touched(state, position).position
    loss = lesser(price_impact(state, position.side, size=plain(-np.asarray(position.size))), 0.0)
    fee = _fee(state, position.side, size=position.size)
    profit = np.asarray(position_profit(position, price=event.price))
    left = touched.collateral + profit + np.asarray(loss) - fee
    least = greater(state.least_collateral * np.asarray(position.size), 1.0)
    reasons = {
        "there is no position": np.asarray(position.size) <= 0.0,
        "position should not be liquidated": left >= np.asarray(least),
    }
    return _ended(state, closing, reasons)
