"""How a hedger's orders meet the market, where they do not simply cross the spread."""

from dataclasses import dataclass

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.hedging.parameters import check_number, check_positive


@dataclass(frozen=True, slots=True, kw_only=True)
class MakerOrders:
    """Hedges rest in the book at the touch, and cross the spread where they have waited too long.

    An order is posted at half the spread from the mid that the hedger sees, below it to buy and above it
    to sell. It is filled for sure once the next mid lies beyond it, and else with the probability
    ``queue``: so a fill comes more often when the price then goes on against it.

    Args:
        fee: Fraction of what is traded; a rebate is negative.
        queue: Probability, per step, that an order which the mid did not reach is filled, 0 to 1.
        patience_seconds: After which what is missing is bought or sold at the market.

    Raises:
        InputError: One is outside its range.
    """

    fee: float
    queue: float
    patience_seconds: float

    def __post_init__(self) -> None:
        if not -1.0 < check_number(self.fee, name="fee", place="maker orders") < 1.0:
            raise InputError(
                f"fee is {self.fee:g}",
                place="maker orders",
                remedy="give a fraction, −1 bp = -0.0001",
            )
        if not 0.0 <= check_number(self.queue, name="queue", place="maker orders") <= 1.0:
            raise InputError(f"queue is {self.queue:g}", place="maker orders", remedy="give 0 to 1")
        check_positive("maker orders", patience_seconds=self.patience_seconds)

    @property
    def patience(self) -> float:
        """The same in ACT/365 years."""
        return self.patience_seconds / SECONDS_PER_YEAR
