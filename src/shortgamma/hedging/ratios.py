"""To which delta a hedger hedges: one small assumption, several versions.

A ratio answers with the delta of a long holding of one unit of each option after spot and every forward have
moved by e^move. The hedge of a book is −Σ quantity·delta. ``slopes`` is the derivative of the deltas by the
log price: units of the underlying that change hands per unit of log move.

Source: the smile-adjusted delta is the chain rule, as in E. Derman (1999), "Regimes of volatility".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.exposure.dynamics import SmileDynamics, StickyDelta, StickyStrike
from shortgamma.exposure.unit import greeks_of
from shortgamma.hedging.parameters import check_not_negative, check_positive, check_word
from shortgamma.hedging.theory import POSITIONS, Position, leland_vol
from shortgamma.kernels.black import Greek
from shortgamma.market.options import OptionSeries

Vector = NDArray[np.float64]


def moved(options: OptionSeries, move: float, *, vol: Vector | None = None) -> OptionSeries:
    """The same contracts after every forward has moved by e^move, at new vols if given."""
    forward = options.forward * np.exp(move)
    return replace(options, forward=forward, vol=options.vol if vol is None else vol)


class HedgeRatio(Protocol):
    """The delta that a hedger hedges to."""

    @property
    def name(self) -> str:
        """As ``--json`` shows it."""
        ...

    def deltas(self, options: OptionSeries, move: float) -> Vector:
        """Delta of each option at the moved price, units of the underlying, shape (n,).

        Args:
            options: With today's forwards and vols.
            move: Log move of spot and of every forward.
        """
        ...

    def slopes(self, options: OptionSeries, move: float) -> Vector:
        """Derivative of :meth:`deltas` by ``move``, units of the underlying, shape (n,)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BlackDelta:
    """∂V/∂F at each option's own vol, which stays: keeps the USD value flat."""

    name = "black"

    def deltas(self, options: OptionSeries, move: float) -> Vector:
        """Δ; a long call's is between 0 and 1."""
        return greeks_of(moved(options, move))[Greek.DELTA]

    def slopes(self, options: OptionSeries, move: float) -> Vector:
        """Γ·F."""
        there = moved(options, move)
        return greeks_of(there)[Greek.GAMMA] * there.forward


@dataclass(frozen=True, slots=True, kw_only=True)
class PremiumAdjusted:
    """Δ − V/F at each option's own vol: keeps the coin value flat, for books that are kept in the coin."""

    name = "premium-adjusted"

    def deltas(self, options: OptionSeries, move: float) -> Vector:
        """Δ − V/F; F times the derivative of the coin price V/F by F."""
        return greeks_of(moved(options, move))[Greek.DELTA_COIN]

    def slopes(self, options: OptionSeries, move: float) -> Vector:
        """Γ·F − (Δ − V/F); may be negative for a deep call."""
        there = moved(options, move)
        greeks = greeks_of(there)
        return greeks[Greek.GAMMA] * there.forward - greeks[Greek.DELTA_COIN]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmileDelta:
    """Δ + vega·(∂σ/∂ln F)/F: the total derivative where vols follow the price.

    ∂σ/∂ln F is the vol's change from ``move − width`` to ``move + width`` under the dynamics, over that
    distance. Under sticky strike it is 0 and the ratio is the Black delta; under sticky delta it is
    −∂σ/∂ln K, so a falling smile raises every delta.

    Args:
        dynamics: How vols follow the price.
        width: Log distance, positive. Quoted smiles are broken lines with a corner at every strike: it should
            not be much shorter than the distance between strikes; a fitted surface may have 1e-4.

    Raises:
        InputError: The width is not positive.
    """

    dynamics: SmileDynamics = field(default_factory=StickyDelta)
    width: float = 0.01

    def __post_init__(self) -> None:
        check_positive("smile delta", width=self.width)

    @property
    def name(self) -> str:
        """That of the dynamics."""
        return self.dynamics.name

    def deltas(self, options: OptionSeries, move: float) -> Vector:
        """Δ + vega·σ′/F."""
        there, first, _second = self._moved(options, move)
        greeks = greeks_of(there)
        return greeks[Greek.DELTA] + greeks[Greek.VEGA] * first / there.forward

    def slopes(self, options: OptionSeries, move: float) -> Vector:
        """Γ·F + 2·vanna·σ′ + (volga·σ′² + vega·(σ″ − σ′))/F."""
        there, first, second = self._moved(options, move)
        greeks = greeks_of(there)
        by_vol = greeks[Greek.VOLGA] * first**2 + greeks[Greek.VEGA] * (second - first)
        return (
            greeks[Greek.GAMMA] * there.forward
            + 2.0 * greeks[Greek.VANNA] * first
            + by_vol / there.forward
        )

    def _moved(self, options: OptionSeries, move: float) -> tuple[OptionSeries, Vector, Vector]:
        """The options at the moved price with their vols there, and σ′ and σ″ by the log price."""
        below, vol, above = (
            self.dynamics.vols(options, move + shift) for shift in (-self.width, 0.0, self.width)
        )
        first = (above - below) / (2.0 * self.width)
        second = (above - 2.0 * vol + below) / self.width**2
        return moved(options, move, vol=vol), first, second


@dataclass(frozen=True, slots=True, kw_only=True)
class LelandVol:
    """Black delta at the vol at which a hedger who pays costs breaks even.

    σ̂² = σ²·[1 ± √(2/π)·k/(σ√Δt)], + for a short option, whose delta becomes smoother, − for a long one.

    Args:
        cost: k, round trip, fraction of what is traded.
        interval_years: Δt between hedges, positive.
        position: Of the hedger in the options.

    Raises:
        InputError: A parameter is outside its range.

    Source: H. Leland (1985), doi:10.1111/j.1540-6261.1985.tb02383.x.
    """

    name = "leland"
    cost: float
    interval_years: float
    position: Position = "short"

    def __post_init__(self) -> None:
        check_not_negative(self.name, cost=self.cost)
        check_positive(self.name, interval_years=self.interval_years)
        check_word(self.name, "position", value=self.position, words=tuple(POSITIONS))

    def deltas(self, options: OptionSeries, move: float) -> Vector:
        """Δ at σ̂."""
        return greeks_of(self._moved(options, move))[Greek.DELTA]

    def slopes(self, options: OptionSeries, move: float) -> Vector:
        """Γ·F at σ̂."""
        there = self._moved(options, move)
        return greeks_of(there)[Greek.GAMMA] * there.forward

    def _moved(self, options: OptionSeries, move: float) -> OptionSeries:
        """The options at the moved price and at σ̂.

        Raises:
            InputError: A long option's costs eat up all of its variance.
        """
        vol = leland_vol(
            options.vol, cost=self.cost, interval=self.interval_years, position=self.position
        )
        if np.isnan(vol).any():
            worst = float(options.vol[np.isnan(vol)].min())
            raise InputError(
                f"at vol {worst:g} a long option costs more to hedge than its variance is worth",
                place=self.name,
                remedy="hedge less often, at a lower cost, or by a band",
            )
        return moved(options, move, vol=vol)


def sticky_strike() -> SmileDelta:
    """Smile-adjusted where every strike keeps its vol: the Black delta."""
    return SmileDelta(dynamics=StickyStrike())


def sticky_delta() -> SmileDelta:
    """Smile-adjusted where the quoted smile travels with the forward."""
    return SmileDelta(dynamics=StickyDelta())


RATIOS: Final[Mapping[str, Callable[..., HedgeRatio]]] = MappingProxyType(
    {
        "black": BlackDelta,
        "premium-adjusted": PremiumAdjusted,
        "sticky-strike": sticky_strike,
        "sticky-delta": sticky_delta,
        "leland": LelandVol,
    }
)
"""Hedge ratios by name. A fitted surface is ``SmileDelta(dynamics=FittedSurface(surface), width=1e-4)``."""
