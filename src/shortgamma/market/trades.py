"""Public option trades, each with the side of the taker."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.arrays import freeze
from shortgamma.basics.errors import Failure
from shortgamma.market.options import rebuild


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trades:
    """Prints of one underlying; every array has shape (n,).

    Args:
        underlying: ``BTC``, ….
        stamp: UTC nanoseconds.
        instrument: Option names.
        trade_id: The venue's identifier; empty where unknown.
        direction: +1 where the taker bought, −1 where the taker sold.
        amount: Units of the underlying, positive.
        block_id: Identifier shared by the legs of one block; empty for screen trades.
        combo_id: Identifier of the combo the print is a leg of; empty otherwise.
        open_interest_change: Units of the underlying caused by the print; NaN where unknown.
        quarantined: Rows that were put aside, and why.
    """

    underlying: str
    stamp: NDArray[np.int64]
    instrument: NDArray[Any]
    trade_id: NDArray[Any]
    direction: NDArray[np.float64]
    amount: NDArray[np.float64]
    block_id: NDArray[Any]
    combo_id: NDArray[Any]
    open_interest_change: NDArray[np.float64]
    quarantined: tuple[Failure, ...] = ()

    def __post_init__(self) -> None:
        size = len(self.instrument)
        texts = {"instrument", "trade_id", "block_id", "combo_id"}
        for field in fields(self):
            if field.name not in {"underlying", "quarantined"}:
                dtype: Any = object if field.name in texts else np.float64
                dtype = np.int64 if field.name == "stamp" else dtype
                value = freeze(field.name, getattr(self, field.name), size, dtype)
                object.__setattr__(self, field.name, value)

    def __len__(self) -> int:
        return len(self.instrument)

    def __reduce__(self) -> tuple[Any, ...]:
        return rebuild, (type(self), {f.name: getattr(self, f.name) for f in fields(self)})
