"""Many option contracts as arrays, with the market that values them."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.arrays import freeze
from shortgamma.basics.units import LONGEST_YEARS, NANOSECONDS_PER_YEAR


def rebuild(cls: Callable[..., Any], values: dict[str, Any]) -> Any:
    """Constructs again on unpickling: pickling makes arrays writeable, the constructor does not."""
    return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OptionSeries:
    """Option contracts and the market inputs of their price; every array has shape (n,).

    Args:
        instrument: Names, as the venue writes them.
        is_call: True for a call, False for a put.
        strike: USD.
        expiry: UTC nanoseconds.
        years: Time to expiry, ACT/365 years, positive.
        forward: Forward of the option's own expiry, USD.
        vol: Decimal per √year.
        rate: Continuously compounded, per year.
        is_inverse: True where premium and settlement are in the coin.
    """

    instrument: NDArray[Any]
    is_call: NDArray[np.bool_]
    strike: NDArray[np.float64]
    expiry: NDArray[np.int64]
    years: NDArray[np.float64]
    forward: NDArray[np.float64]
    vol: NDArray[np.float64]
    rate: NDArray[np.float64]
    is_inverse: NDArray[np.bool_]

    def __post_init__(self) -> None:
        size = len(self.instrument)
        for name, dtype in (
            ("instrument", object),
            ("is_call", np.bool_),
            ("strike", np.float64),
            ("expiry", np.int64),
            ("years", np.float64),
            ("forward", np.float64),
            ("vol", np.float64),
            ("rate", np.float64),
            ("is_inverse", np.bool_),
        ):
            object.__setattr__(self, name, freeze(name, getattr(self, name), size, dtype))

    def __len__(self) -> int:
        return len(self.instrument)

    def __reduce__(self) -> tuple[Any, ...]:
        return rebuild, (type(self), {f.name: getattr(self, f.name) for f in fields(self)})

    @property
    def sign(self) -> NDArray[np.float64]:
        """+1 for calls, −1 for puts."""
        return np.where(self.is_call, 1.0, -1.0)

    def select(self, chosen: NDArray[Any]) -> Self:
        """The contracts at a mask or at indices, in that order."""
        return type(self)(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})

    def rolled(self, years: float) -> Self:
        """The contracts that are still alive ``years`` later, on the same forwards and vols."""
        alive = self.select(self.years > years)
        values: dict[str, Any] = {f.name: getattr(alive, f.name) for f in fields(alive)}
        values["years"] = alive.years - years
        return type(self)(**values)


def expiry_of(asof: int, years: NDArray[np.float64]) -> NDArray[np.int64]:
    """Expiry stamps, UTC nanoseconds, of options given by their time to expiry, at most a century off."""
    bounded = np.clip(years, -LONGEST_YEARS, LONGEST_YEARS)
    return asof + np.rint(bounded * NANOSECONDS_PER_YEAR).astype(np.int64)
