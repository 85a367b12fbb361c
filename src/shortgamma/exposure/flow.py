"""Positioning from taker flow: dealers are the mirror of what takers bought and sold."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.time import format_stamp
from shortgamma.exposure.positioning import Positioning, two_sided
from shortgamma.market.chain import Chain
from shortgamma.market.trades import Trades

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TakerFlow:
    """Dealers' inventory is minus the accumulated taker flow, never beyond open interest.

    Each print counts once: repeats of a trade id, and of a leg within a block or combo, are dropped. Where
    the change of open interest is known for every print of an instrument, the running inventory is also
    kept within the open interest of that moment. Traded volume says how much of today's open interest
    the flow can explain; the rest stays unknown, of either sign.

    Args:
        trades: Prints up to the chain's moment.
    """

    trades: Trades

    def position(self, chain: Chain) -> Positioning:
        """Minus net taker flow per instrument, clipped to what traded and to open interest.

        Raises:
            InputError: No print is of an instrument of the chain.
        """
        quantity, volume = self.accumulated(chain)
        if not volume.any():
            raise InputError(
                f"none of {len(self.trades)} trades is of this chain and up to its time"
                + ("" if chain.asof is None else f" {format_stamp(chain.asof)}"),
                place="trades",
                remedy="give trades of the same expiries that end where the chain was recorded",
            )
        covered = np.minimum(volume, chain.open_interest)
        share = float(covered.sum() / chain.open_interest.sum())
        held = two_sided(
            np.clip(quantity, -covered, covered),
            chain.open_interest - covered,
            unknown_share=1.0 - share,
            model="flow",
            description="Dealers are the mirror of taker flow, trade by trade; the prints explain "
            f"{100.0 * share:.0f} % of open interest and the side of the rest is unknown.",
        )
        return replace(held, quarantined=self.trades.quarantined)

    def accumulated(self, chain: Chain) -> tuple[Vector, Vector]:
        """Mirrored flow, signed, and traded volume of each option up to the chain's time."""
        index = {str(name): i for i, name in enumerate(chain.options.instrument)}
        kept = counted_once(self.trades)
        if chain.asof is not None:
            kept = kept[self.trades.stamp[kept] <= chain.asof]
        quantity = np.zeros(len(chain))
        volume = np.zeros(len(chain))
        for name, rows in by_instrument(self.trades, kept):
            place = index.get(name)
            if place is not None:
                volume[place] = self.trades.amount[rows].sum()
                quantity[place] = mirrored_flow(
                    self.trades, rows, float(chain.open_interest[place])
                )
        return quantity, volume


def counted_once(trades: Trades) -> NDArray[np.intp]:
    """Rows of the prints in time order, without repeats.

    A repeat has the same trade id or, as a leg of one block or combo, the same stamp, instrument, side and
    amount: venues report such legs both on the screen and in the block feed.
    """
    order = np.argsort(trades.stamp, kind="stable")
    seen: set[tuple[object, ...]] = set()
    kept: list[int] = []
    for row in order:
        keys: list[tuple[object, ...]] = []
        if trades.trade_id[row]:
            keys.append((trades.trade_id[row],))
        group = trades.block_id[row] or trades.combo_id[row]
        if group:
            leg = (trades.stamp[row], trades.instrument[row])
            keys.append((group, *leg, trades.direction[row], trades.amount[row]))
        if not seen.intersection(keys):
            kept.append(int(row))
        seen.update(keys)
    return np.array(kept, dtype=np.intp)


def by_instrument(trades: Trades, rows: NDArray[np.intp]) -> list[tuple[str, NDArray[np.intp]]]:
    """The rows of each instrument, in time order."""
    names = trades.instrument[rows].astype(str)
    order = np.argsort(names, kind="stable")
    distinct, first = np.unique(names[order], return_index=True)
    if distinct.size == 0:
        return []
    return list(zip(distinct.tolist(), np.split(rows[order], first[1:]), strict=True))


def mirrored_flow(trades: Trades, rows: NDArray[np.intp], interest: float) -> float:
    """Dealers' holding of one instrument after its prints, units of the underlying."""
    steps = -trades.direction[rows] * trades.amount[rows]
    changes = trades.open_interest_change[rows]
    if not np.isfinite(changes).all():
        return float(steps.sum())
    bound = np.maximum(interest - (changes.sum() - np.cumsum(changes)), 0.0)
    held = 0.0
    for step, limit in zip(steps, bound, strict=True):
        held = min(max(held + step, -limit), limit)
    return float(held)
