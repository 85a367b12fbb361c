"""How vols move with spot: one small assumption, several versions."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from shortgamma.market.options import OptionSeries
from shortgamma.market.surface import Surface, out_of_the_money

Vector = NDArray[np.float64]


class SmileDynamics(Protocol):
    """The vol of each option after spot and all forwards have moved by e^move."""

    @property
    def name(self) -> str:
        """As ``--json`` shows it."""
        ...

    def vols(self, options: OptionSeries, move: float) -> Vector:
        """Vols after the move, decimal, shape (n,)."""
        ...


@dataclass(frozen=True, slots=True)
class StickyStrike:
    """Every strike keeps its vol."""

    name: str = "sticky-strike"

    def vols(self, options: OptionSeries, move: float) -> Vector:  # noqa: ARG002
        """The vols as they are."""
        return options.vol


@dataclass(frozen=True, slots=True)
class StickyDelta:
    """Every delta, hence every moneyness K/F, keeps its vol: the smile travels with the forward.

    Between strikes an expiry's own quoted vols are interpolated linearly in ln(K/F); beyond the last
    strike the vol stays flat. The out-of-the-money vol counts where call and put differ.
    """

    name: str = "sticky-delta"

    def vols(self, options: OptionSeries, move: float) -> Vector:
        """Vols of the same smile at the new moneyness."""
        moneyness = np.log(options.strike / options.forward)
        vols = np.empty(len(options))
        for expiry in np.unique(options.expiry):
            rows = options.expiry == expiry
            k, vol = out_of_the_money(
                moneyness[rows], options.vol[rows], is_call=options.is_call[rows]
            )
            vols[rows] = np.interp(moneyness[rows] - move, k, vol)
        return vols


@dataclass(frozen=True, slots=True)
class FittedSurface:
    """The fitted SVI smile of each expiry travels with the forward.

    An expiry without a fit keeps its quoted vols.
    """

    surface: Surface
    name: str = "surface"

    def vols(self, options: OptionSeries, move: float) -> Vector:
        """SVI vols at the new moneyness."""
        vols = options.vol.copy()
        for smile in self.surface.smiles:
            rows = options.expiry == smile.expiry
            k = np.log(options.strike[rows] / options.forward[rows])
            vols[rows] = smile.vol(k - move)
        return vols
