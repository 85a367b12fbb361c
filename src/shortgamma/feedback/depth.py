"""How far a coin bought moves the price: one assumption, several versions.

Λ is the log move per coin. A market where D USD move the price 1 % has Λ = 0.01·S/D. No depth at all is
Λ = ∞: then nothing trades, and only exogenous news moves the price.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import PERCENT, SECONDS_PER_YEAR
from shortgamma.kernels.climate import withdraw

Vector = NDArray[np.float64]
LEAST_LEFT = 1e-12
"""Part of the calm depth that remains however wild the market gets."""


class DepthView(Protocol):
    """What depth may depend on; arrays have shape (n,)."""

    @property
    def years(self) -> float:
        """Time since the start."""
        ...

    @property
    def price(self) -> Vector:
        """USD, at the end of the step before."""
        ...

    @property
    def variance(self) -> Vector:
        """Recent realised variance per year."""
        ...

    @property
    def hedge(self) -> Vector:
        """Coins that the hedgers hold together, less what they held at the start."""
        ...


class Depth:
    """Depth of the spot market. Subclass it as a frozen dataclass."""

    __slots__ = ()

    def impact(self, view: DepthView, out: Vector) -> None:
        """Writes Λ, log move per coin bought, shape (n,), into ``out``."""
        raise NotImplementedError

    def line(self) -> tuple[float, float] | None:
        """(a, b) where Λ = a + b·price in every step; None where it depends on more than the price."""
        return None

    def withdrawal(self, years: float) -> tuple[float, float, float, float] | None:  # noqa: ARG002
        """What :func:`shortgamma.kernels.climate.withdraw` needs for a step; None where it does not apply."""
        return None


def check_positive(value: float, name: str, place: str = "depth") -> None:
    """Refuses what is not a positive, finite number."""
    if not 0.0 < value < np.inf:
        raise InputError(f"{name} is {value:g}", place=place, remedy="give a positive number")


@dataclass(frozen=True, slots=True, kw_only=True)
class UsdDepth(Depth):
    """The same USD move the price 1 % at every price: Λ = 0.01·S/D.

    Args:
        usd_per_pct: One-sided USD that move the price 1 %; 0 = no depth, ∞ = no impact.
    """

    usd_per_pct: float

    def __post_init__(self) -> None:
        if not self.usd_per_pct >= 0.0:
            raise InputError(
                f"depth is {self.usd_per_pct:g}",
                place="depth",
                remedy="give USD per 1 %, 0 or more",
            )

    def impact(self, view: DepthView, out: Vector) -> None:
        """Writes Λ."""
        if self.usd_per_pct == 0.0:
            out.fill(np.inf)
        else:
            np.multiply(view.price, PERCENT / self.usd_per_pct, out=out)

    def line(self) -> tuple[float, float] | None:
        """In proportion to the price."""
        return (0.0, PERCENT / self.usd_per_pct) if self.usd_per_pct > 0.0 else None

    def withdrawal(self, years: float) -> tuple[float, float, float, float]:  # noqa: ARG002
        """Nobody withdraws."""
        per_usd = PERCENT / self.usd_per_pct if self.usd_per_pct > 0.0 else np.inf
        return per_usd, 1.0, 0.0, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinDepth(Depth):
    """The same coins move the price by the same log move at every price: Λ is constant.

    Args:
        log_move_per_coin: Λ, 0 or more.
    """

    log_move_per_coin: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.log_move_per_coin < np.inf:
            raise InputError(
                f"log move per coin is {self.log_move_per_coin:g}",
                place="depth",
                remedy="give 0 or more",
            )

    def impact(self, view: DepthView, out: Vector) -> None:  # noqa: ARG002
        """Writes Λ."""
        out.fill(self.log_move_per_coin)

    def line(self) -> tuple[float, float]:
        """The same at every price."""
        return self.log_move_per_coin, 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceTraders(Depth):
    """Everyone else's demand falls off in proportion to the price: Λ = ρ/(1 − ρ·H), H the hedgers' coins.

    Source: R. Sircar, G. Papanicolaou (1998), doi:10.1080/135048698334727, section 3.

    Args:
        share_per_coin: ρ: the part of everyone else's supply that one coin is.
        held: Coins that the hedgers hold at the start.
    """

    share_per_coin: float
    held: float

    def impact(self, view: DepthView, out: Vector) -> None:
        """Writes Λ; ∞ where hedgers hold all there is."""
        left = 1.0 - self.share_per_coin * (self.held + view.hedge)
        np.divide(self.share_per_coin, left, out=out, where=left > 0.0)
        out[left <= 0.0] = np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawingDepth(Depth):
    """Liquidity providers step back as the market gets wilder, and along a schedule.

    D = D0·schedule(t)·(reference variance / recent variance)^(elasticity/2), never above D0 nor below
    the floor.

    Args:
        usd_per_pct: D0, one-sided USD that move the price 1 % in calm markets.
        reference_vol: Realised vol up to which nobody withdraws, decimal.
        elasticity: 1 = depth falls as vol rises; 0 = it does not.
        floor: Least part of D0 that remains, 0 to 1, before the schedule.
        schedule: (years since the start, part of D0 from then on), ascending; 0 = no depth.
    """

    usd_per_pct: float
    reference_vol: float
    elasticity: float = 1.0
    floor: float = 0.1
    schedule: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        check_positive(self.usd_per_pct, "depth")
        check_positive(self.reference_vol, "reference vol")
        begins = [start for start, _part in self.schedule]
        if begins != sorted(begins) or any(part < 0.0 for _start, part in self.schedule):
            raise InputError(
                f"schedule {self.schedule}",
                place="depth",
                remedy="give (years, part) in the order of time, parts of 0 or more",
            )
        if not (0.0 <= self.floor <= 1.0 and self.elasticity >= 0.0):
            raise InputError(
                f"floor {self.floor:g}, elasticity {self.elasticity:g}",
                place="depth",
                remedy="give a floor from 0 to 1 and an elasticity of 0 or more",
            )

    def impact(self, view: DepthView, out: Vector) -> None:
        """Writes Λ."""
        withdraw(view.price, view.variance, out, self.withdrawal(view.years))

    def withdrawal(self, years: float) -> tuple[float, float, float, float]:
        """Of the schedule at that time."""
        left = 1.0
        for start, part in self.schedule:
            left = part if years >= start else left
        per_usd = PERCENT / (self.usd_per_pct * left) if left > 0.0 else np.inf
        return per_usd, self.reference_vol**2, 0.5 * self.elasticity, max(self.floor, LEAST_LEFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What becomes of an impact: a part stays, the rest decays exponentially.

    Linear impact with exponential decay admits no price manipulation: J. Gatheral (2010),
    doi:10.1080/14697680903373692; A. Obizhaeva, J. Wang (2013), doi:10.1016/j.finmar.2012.09.001.

    Args:
        permanent_share: Part that stays, 0 to 1 (1/3 is an assumption).
        half_life_seconds: Of the rest (15 minutes is an assumption).
    """

    permanent_share: float = 1.0 / 3.0
    half_life_seconds: float = 900.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.permanent_share <= 1.0:
            raise InputError(
                f"permanent share {self.permanent_share:g}", place="impact", remedy="give 0 to 1"
            )
        check_positive(self.half_life_seconds, "half-life", "impact")

    def decay(self, step_years: float) -> float:
        """Factor by which the transient part decays in a step."""
        return 0.5 ** (step_years * SECONDS_PER_YEAR / self.half_life_seconds)
