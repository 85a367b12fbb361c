"""What a structured product is here: value and Greeks of one unit held long, and a memory of its path."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR, POINT
from shortgamma.protocols.mechanism import PoolGreeks

Vector = NDArray[np.float64]
Memory = NDArray[np.float64]
"""What products remember of each path, shape (rows, n); the rows are the product's."""


class Product:
    """A contract on one price, held long. Subclass it as a frozen dataclass.

    There is no interest: the forward is the spot. Whoever owns it holds one number per row and path of
    :data:`Memory`; None stands for the state that the table of peak gammas uses, see :meth:`pinned`.
    """

    __slots__ = ()

    name: ClassVar[str] = "product"
    """As commands write it."""
    title: ClassVar[str] = "Product"
    """In words."""
    perpetual: ClassVar[bool] = False
    """True where it never expires: its Greeks are the same at any time left."""

    @property
    def levels(self) -> tuple[float, ...]:
        """Prices at which something happens, USD: strikes, barriers."""
        raise NotImplementedError

    @property
    def domain(self) -> tuple[float, float]:
        """Open interval of prices in which it lives, USD; it has ended outside."""
        return 0.0, np.inf

    def greeks(
        self, spot: Vector, years: float, *, vol: float, memory: Memory | None = None
    ) -> PoolGreeks:
        """Value and Greeks of one unit held long, each of shape (n,).

        Args:
            spot: USD, shape (n,).
            years: Left to expiry, positive; without meaning for a perpetual product.
            vol: Decimal.
            memory: Of the paths; None = pinned.
        """
        raise NotImplementedError

    def hedge(
        self, spot: Vector, years: float, *, vol: float, memory: Memory
    ) -> tuple[Vector, Vector]:
        """Delta, coins, and gamma, coins per USD, of one unit: what a hedger asks for in every step."""
        found = self.greeks(spot, years, vol=vol, memory=memory)
        return np.asarray(found.delta), np.asarray(found.gamma)

    def settlement(self, spot: Vector, memory: Memory, *, vol: float) -> Vector:
        """What one unit leaves its holder with at expiry, or its value where it never expires, USD.

        Args:
            spot: USD, shape (n,).
            memory: Of the paths.
            vol: Decimal; without meaning where nothing is left to be expected.
        """
        raise NotImplementedError

    def start(self, spot: Vector) -> Memory:
        """What is remembered before anything has happened."""
        return np.zeros((0, np.size(spot)))

    def remember(
        self, memory: Memory, moved: tuple[Vector, Vector], *, years: tuple[float, float]
    ) -> Memory:
        """What is remembered after a step.

        Args:
            memory: Before it.
            moved: Spot before and after, USD.
            years: Left to expiry before and after.
        """
        del moved, years
        return memory


def greeks_without_rates(
    spot: Vector, value: Vector, delta: Vector, *, gamma: Vector, vega: Vector, vol: float
) -> PoolGreeks:
    """The Greeks of anything that can be replicated with spot and cash at no interest.

    Such a value obeys θ = −½σ²S²Γ whatever it remembers of its path: what it loses in a day at a spot that
    stands still is what its gamma earns in an ordinary one.

    Args:
        spot: USD.
        value, delta, gamma: USD, coins, coins per USD.
        vega: USD per unit of vol.
        vol: Decimal.
    """
    theta = -0.5 * vol * vol * np.square(spot) * gamma
    return PoolGreeks(
        value_usd=value,
        delta=delta,
        gamma=gamma,
        vega_usd_per_point=vega * POINT,
        theta_usd_per_day=theta / DAYS_PER_YEAR,
    )


def check_terms(place: str, **terms: float) -> None:
    """Refuses terms that are not positive and finite.

    Raises:
        InputError: One is not.
    """
    for term, value in terms.items():
        if not 0.0 < value < np.inf:
            raise InputError(
                f"{term} is {value:g}", place=place, remedy="give a positive, finite number"
            )
