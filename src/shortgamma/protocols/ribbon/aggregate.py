"""Thousands of depositors in hundreds of vaults as one flow per contract.

A vault's strike depends on the price of the roll through its kind, its listed strikes, its target delta and
its hour alone, so all vaults that agree in these sell the same contract on every path. They are one group
here, and its collateral is the sum of theirs: nothing is approximated.

Sizes are drawn, not recorded (A): depositors are lognormal, and how many of them a vault has follows a Pareto
law, so that a few vaults hold most of the money.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.arrays import freeze
from shortgamma.basics.errors import InputError
from shortgamma.protocols.ribbon.strike import StrikeRule

Vector = NDArray[np.float64]
Numbers = NDArray[np.int64]

DEPOSIT_SPREAD = 1.5
"""Standard deviation of the log of a deposit (A)."""
POPULARITY = 1.2
"""Exponent of the Pareto law of how many depositors a vault has (A)."""
MOST_VAULTS, MOST_DEPOSITORS = 10_000, 1_000_000
LISTED_STEPS = (0.0125, 0.025, 0.05)
"""Distances of listed strikes that vaults choose from, parts of the price (A)."""
ROLL_TIMES = 7
"""Different roll times where they are spread."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Aggregate:
    """Quantities summed per contract, in ascending order of kind, expiry and strike; shape (contracts,).

    Args:
        is_call: Kind.
        expiry: As given.
        strike: USD, as given.
        quantity: Sum over everyone who holds the contract, in the type that was given.
    """

    is_call: NDArray[np.bool_]
    expiry: NDArray[Any]
    strike: NDArray[Any]
    quantity: NDArray[Any]


def per_contract(
    is_call: NDArray[np.bool_],
    expiry: NDArray[Any],
    *,
    strike: NDArray[Any],
    quantity: NDArray[Any],
) -> Aggregate:
    """One flow per (kind, expiry, strike): whole numbers are summed without rounding.

    Args:
        is_call: Of each position, shape (n,).
        expiry: Any number that orders the expiries.
        strike: USD.
        quantity: Signed; integers in the smallest unit of a token, or floats.

    >>> found = per_contract(
    ...     np.array([True, True, False]), np.zeros(3), strike=np.array([3.0, 3.0, 2.0]),
    ...     quantity=np.array([5, 7, 1]),
    ... )
    >>> found.strike.tolist(), found.quantity.tolist()
    ([2.0, 3.0], [1, 12])
    """
    keys, member = np.unique(
        np.stack([is_call.astype(np.float64), expiry, strike]), axis=1, return_inverse=True
    )
    return Aggregate(
        is_call=keys[0].astype(np.bool_),
        expiry=keys[1],
        strike=keys[2],
        quantity=summed(quantity, member, keys.shape[1]),
    )


def summed(values: NDArray[Any], member: NDArray[np.integer[Any]], count: int) -> NDArray[Any]:
    """Sums of the values per member, in their own type, shape (count,)."""
    total = np.zeros(count, dtype=values.dtype)
    np.add.at(total, member, values)
    return total


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Deposits:
    """Who has put how much into which vault; shape (depositors,).

    Args:
        vault: Number of the vault.
        usd: At the initial price, positive.
    """

    vault: Numbers
    usd: Vector

    def __post_init__(self) -> None:
        object.__setattr__(self, "vault", freeze("vault", self.vault, dtype=np.int64))
        object.__setattr__(self, "usd", freeze("usd", self.usd, len(self.vault)))

    @classmethod
    def drawn(cls, *, vaults: int, depositors: int, usd: float, seed: int) -> Self:
        """Deposits of random sizes; every vault has one at least.

        Args:
            vaults, depositors: How many.
            usd: In all.
            seed: Of the draw.

        Raises:
            InputError: There are none, too many, or fewer depositors than vaults.
        """
        if not (1 <= vaults <= MOST_VAULTS and vaults <= depositors <= MOST_DEPOSITORS):
            raise InputError(
                f"{depositors} depositors in {vaults} vaults",
                place="vaults",
                remedy=f"give 1 to {MOST_VAULTS:,} vaults, and as many depositors or more, "
                f"{MOST_DEPOSITORS:,} at most",
            )
        if not (0.0 < usd < np.inf and seed >= 0):
            raise InputError(
                f"{usd:g} USD with seed {seed}",
                place="vaults",
                remedy="give a positive amount and a seed of 0 or more",
            )
        random = np.random.default_rng(seed)
        share = 1.0 + random.pareto(POPULARITY, vaults)
        chosen = random.choice(vaults, depositors - vaults, p=share / share.sum())
        size = np.exp(DEPOSIT_SPREAD * random.standard_normal(depositors))
        return cls(vault=np.concatenate([np.arange(vaults), chosen]), usd=usd * size / size.sum())

    def per_vault(self, vaults: int) -> Vector:
        """Collateral of each vault, USD, shape (vaults,)."""
        return summed(self.usd, self.vault, vaults)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vaults:
    """Vaults, or groups of them; shape (vaults,).

    Args:
        is_call: Covered calls on coins, else puts secured by cash.
        step: Distance of listed strikes, USD.
        delta: Target, without its sign.
        offset_hours: Of the roll, after Friday 08:00 UTC, 0 to below 168.
        usd: Collateral at the initial price.
    """

    is_call: NDArray[np.bool_]
    step: Vector
    delta: Vector
    offset_hours: Vector
    usd: Vector

    def __post_init__(self) -> None:
        size = len(self.usd)
        object.__setattr__(self, "is_call", freeze("is_call", self.is_call, size, np.bool_))
        for name in ("step", "delta", "offset_hours", "usd"):
            object.__setattr__(self, name, freeze(name, getattr(self, name), size))

    def __len__(self) -> int:
        return len(self.usd)

    def rule(self, number: int) -> StrikeRule:
        """How one of them chooses its strike."""
        return StrikeRule(
            is_call=bool(self.is_call[number]),
            step=float(self.step[number]),
            delta=float(self.delta[number]),
        )

    def times(self, share: float) -> Self:
        """The same vaults with a multiple of their collateral."""
        return type(self)(
            is_call=self.is_call,
            step=self.step,
            delta=self.delta,
            offset_hours=self.offset_hours,
            usd=share * self.usd,
        )

    def grouped(self) -> "Grouping":
        """Those that sell the same contract on every path, put together."""
        columns = np.stack(
            [self.is_call.astype(np.float64), self.step, self.delta, self.offset_hours]
        )
        keys, member = np.unique(columns, axis=1, return_inverse=True)
        groups = Vaults(
            is_call=keys[0].astype(np.bool_),
            step=keys[1],
            delta=keys[2],
            offset_hours=keys[3],
            usd=summed(self.usd, member, keys.shape[1]),
        )
        return Grouping(groups=groups, member=member)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grouping:
    """Vaults put together.

    Args:
        groups: What they are together.
        member: Number of each vault's group, shape (vaults,).
    """

    groups: Vaults
    member: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """What vaults there are, in a few numbers; all are assumptions.

    Args:
        vaults, depositors: How many.
        usd: Collateral of all at the initial price.
        call_share: Part of the collateral in covered calls, the rest secures puts.
        delta: Target of all of them.
        spread_hours: Over which their rolls are spread evenly from Friday 08:00 UTC on; 0 = all at once.
        seed: Of the draw.
    """

    vaults: int = 300
    depositors: int = 10_000
    usd: float = 1e9
    call_share: float = 0.5
    delta: float = 0.1
    spread_hours: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not (0.0 <= self.call_share <= 1.0 and 0.0 <= self.spread_hours < 168.0):
            raise InputError(
                f"{self.call_share:g} of the collateral in calls, rolls over {self.spread_hours:g} h",
                place="vaults",
                remedy="give a share from 0 to 1 and 0 to below 168 hours",
            )

    def drawn(self, spot: float) -> Vaults:
        """The vaults.

        Args:
            spot: USD; listed strikes are round parts of it.

        Raises:
            InputError: A figure is out of range.
        """
        deposits = Deposits.drawn(
            vaults=self.vaults, depositors=self.depositors, usd=self.usd, seed=self.seed
        )
        collateral = deposits.per_vault(self.vaults)
        random = np.random.default_rng([self.seed, 1])
        order = random.permutation(self.vaults)
        below = np.cumsum(collateral[order]) - 0.5 * collateral[order]
        is_call = np.empty(self.vaults, dtype=np.bool_)
        is_call[order] = below <= self.call_share * self.usd
        slot = random.integers(0, ROLL_TIMES, self.vaults)
        return Vaults(
            is_call=is_call,
            step=spot * random.choice(LISTED_STEPS, self.vaults),
            delta=np.full(self.vaults, self.delta),
            offset_hours=self.spread_hours / (ROLL_TIMES - 1.0) * slot.astype(np.float64),
            usd=collateral,
        )
