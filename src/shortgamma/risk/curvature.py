"""Curvature risk as the Basel standardised approach defines it: what a shock costs beyond delta."""

from dataclasses import dataclass

from shortgamma.basics.errors import InputError
from shortgamma.exposure.unit import unit_exposure
from shortgamma.market.book import Book
from shortgamma.market.revaluation import SAME_VOL
from shortgamma.risk.stress import ShockGrid, linear_usd, stress_matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class Curvature:
    """Curvature of a book in one risk factor, its spot.

    Args:
        risk_weight: RW, relative shift of spot, in (0, 1].
        sensitivity_usd: s = S·∂V/∂S of the whole book, USD per unit of relative move, + = long.
        up: CVR⁺ of the shift by +RW, USD, positive = loss beyond delta.
        down: CVR⁻ of the shift by −RW, USD, positive = loss beyond delta.
    """

    risk_weight: float
    sensitivity_usd: float
    up: float
    down: float

    @property
    def charge_usd(self) -> float:
        """max(CVR⁺, CVR⁻, 0): the requirement of a bucket with this risk factor alone, USD."""
        return max(self.up, self.down, 0.0)


def curvature(book: Book, risk_weight: float) -> Curvature:
    """CVR± of a book.

    ``CVR± = −[V(x·(1 ± RW)) − V(x) ∓ RW·s]``, s = S·∂V/∂S. The derivative is exact: Black-76 delta on each
    option's forward, which moves in proportion to spot, so that S·∂V/∂S = F·∂V/∂F. Vols stay. What has no
    optionality cancels.

    Args:
        book: Signed holdings.
        risk_weight: RW, in (0, 1]; 1 takes spot to zero on the way down.

    Raises:
        InputError: The risk weight is out of range.

    Source: Basel Framework MAR21.5 (2); a group 2a cryptoasset with a weight of 100 %: SCO60.80.
    """
    if not 0.0 < risk_weight <= 1.0:
        raise InputError(
            f"a risk weight of {risk_weight:g}",
            place="--curvature",
            remedy="give a relative move above 0 and at most 1, as 0.3",
        )
    sensitivity = float(book.quantity @ unit_exposure(book.options).delta_usd) + linear_usd(book)
    grid = ShockGrid(spot_moves=(risk_weight, -risk_weight), vol_shifts=(SAME_VOL,))
    rise, fall = stress_matrix(book, grid).pnl_usd[:, 0].tolist()
    return Curvature(
        risk_weight=risk_weight,
        sensitivity_usd=sensitivity,
        up=-(rise - risk_weight * sensitivity),
        down=-(fall + risk_weight * sensitivity),
    )
