"""The base fee of the next block."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.feedback.laws.law import Estimate, Law, Tolerance
from shortgamma.venues.gas import (
    LARGEST_BASE_FEE,
    LARGEST_GAS_LIMIT,
    next_base_fee,
    next_base_fees,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseFee(Law):
    """EIP-1559 in integers: ±⌊⌊fee·|used − target|/target⌋/8⌋, target = ⌊limit/2⌋, up by 1 at least.

    Args:
        base_fee: Wei per gas of this block, a whole number of 0 or more.
        gas_used: Whole, from 0 to the limit.
        gas_limit: Whole, 2 or more.
    """

    base_fee: int = 20_000_000_000
    gas_used: int = 22_500_000
    gas_limit: int = 30_000_000

    name: ClassVar[str] = "base-fee"
    default_paths: ClassVar[int] = 1
    tolerances: ClassVar[Mapping[str, Tolerance]] = {
        "next_base_fee": Tolerance(size=0.0, is_absolute=True)
    }
    examples: ClassVar[tuple[Mapping[str, Any], ...]] = (
        {"base_fee": 20_000_000_000, "gas_used": 22_500_000, "gas_limit": 30_000_000},
        {"base_fee": 1_000_000_007, "gas_used": 3_333_333, "gas_limit": 36_000_000},
        {"base_fee": 7, "gas_used": 15_000_001, "gas_limit": 30_000_000},
    )
    source: ClassVar[str] = "EIP-1559"

    def __post_init__(self) -> None:
        figures = (self.base_fee, self.gas_used, self.gas_limit)
        whole = all(abs(figure) < float("inf") and int(figure) == figure for figure in figures)
        if not (whole and self.base_fee >= 0 and 0 <= self.gas_used <= self.gas_limit >= 2):
            raise InputError(
                f"base_fee {self.base_fee}, gas_used {self.gas_used}, gas_limit {self.gas_limit}",
                place=self.name,
                remedy="give whole numbers: a fee of 0 or more, a limit of 2 or more, and gas from 0 to it",
            )

    @property
    def integers(self) -> tuple[int, int, int]:
        """Fee, gas and limit."""
        return int(self.base_fee), int(self.gas_used), int(self.gas_limit)

    def expected(self) -> dict[str, float]:
        """The rule."""
        fee, used, limit = self.integers
        target = limit // 2
        if used > target:
            fee += max(fee * (used - target) // target // 8, 1)
        elif used < target:
            fee -= fee * (target - used) // target // 8
        return {"next_base_fee": float(fee)}

    def simulated(self, *, paths: int, seed: int, threads: int) -> dict[str, Estimate]:  # noqa: ARG002
        """The simulator's function on arrays, and beyond its range the one of exact integers."""
        fee, used, limit = self.integers
        if fee < LARGEST_BASE_FEE and limit <= LARGEST_GAS_LIMIT:
            gas = np.array([used], dtype=np.float64)
            value = float(next_base_fees(np.array([float(fee)]), gas, gas_limit=limit)[0])
        else:
            value = float(next_base_fee(fee, used, gas_limit=limit))
        return {"next_base_fee": Estimate(value=value, standard_error=0.0)}
