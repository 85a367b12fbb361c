"""Which side the hedgers are on, and their flips, without the rounding noise of books that net to nothing."""

import numpy as np

from shortgamma.exposure.profile import Flip, FlipStatus
from shortgamma.exposure.totals import Wall
from shortgamma.report.amounts import CENT
from shortgamma.studies.exposure import Exposure

FLAT = 1e-9  # of gross gamma: below it, net gamma is called none


def side(answer: Exposure) -> int:
    """−1 where the hedgers are short gamma at today's spot, +1 long, 0 where it nets to nothing."""
    gamma = answer.totals.gamma_usd_per_pct
    if abs(gamma) <= FLAT * answer.totals.gross_gamma_usd_per_pct:
        return 0
    return -1 if gamma < 0.0 else 1


def flat_everywhere(answer: Exposure) -> bool:
    """True where the book nets to nothing at every level, not only at today's."""
    largest = float(np.abs(answer.profile.gamma_usd_per_pct).max(initial=0.0))
    return largest <= FLAT * answer.totals.gross_gamma_usd_per_pct


def pronounced(wall: Wall | None) -> Wall | None:
    """The wall, unless it is only rounding."""
    return wall if wall is not None and abs(wall.gamma_usd_per_pct) >= CENT else None


def flips(answer: Exposure) -> tuple[Flip, ...]:
    """The flips in order of price; none of a book that is flat everywhere."""
    return () if flat_everywhere(answer) else answer.profile.flips


def flip_status(answer: Exposure) -> FlipStatus:
    """Why there are, or are not, flips."""
    return FlipStatus.FLAT if flat_everywhere(answer) else answer.profile.flip_status


def nearest_flip(answer: Exposure) -> Flip | None:
    """The flip nearest to spot."""
    return min(flips(answer), key=lambda flip: abs(flip.spot - answer.chain.spot), default=None)
