"""What the report says of a desk's risk: its stress matrix, and its margin under every quick regime."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from shortgamma.exposure.unit import unit_exposure
from shortgamma.market.book import Book, DeltaOne, DeltaOneKind
from shortgamma.risk.margin.regimes import all_regimes
from shortgamma.studies.margin import Margin, margin_by
from shortgamma.studies.stress import Stress, stress

SLOW: Final = ("cboe-strategy",)
"""Regimes that the report leaves out: pairing the legs of hundreds of options takes ten seconds."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BookRisk:
    """The risk of a part of the dealers' book, its delta hedged in a perpetual.

    Args:
        share: Part of that book.
        stress: What it loses when spot and vol jump.
        margin: What every regime but those in ``SLOW`` asks for it.
    """

    share: float
    stress: Stress
    margin: Margin

    def to_dict(self) -> dict[str, object]:
        """As a part of the report's document."""
        return {
            "share": self.share,
            "stress": self.stress.to_dict(),
            "margin": self.margin.to_dict(),
        }


def book_risk(book: Book, *, share: float, depth_usd_per_pct: float) -> BookRisk | None:
    """Stress and margin of a desk's options with their delta hedged; None where it holds nothing.

    Args:
        book: Signed options.
        share: Part of the dealers' book that they are.
        depth_usd_per_pct: One-sided USD that move the price 1 %.

    Raises:
        InputError: A holding cannot be valued.
    """
    if not np.any(book.quantity != 0.0):
        return None
    quick = tuple(regime for regime in all_regimes() if regime.name not in SLOW)
    held = with_hedge(book)
    return BookRisk(
        share=share,
        stress=stress(held, depth_usd_per_pct=depth_usd_per_pct),
        margin=margin_by(held, quick),
    )


def with_hedge(book: Book) -> Book:
    """A book of options with the perpetual that a hedger holds against it.

    Short gamma is what is left once delta is hedged; an open delta would hide it in every cell. The size is
    that which makes profit flat in a move of spot that all forwards follow in proportion::

        Σ N·Δ·F + N_perpetual·S = 0
    """
    slope = float(book.quantity @ unit_exposure(book.options).delta_usd)
    hedge = DeltaOne(
        instrument="perpetual",
        kind=DeltaOneKind.PERPETUAL,
        quantity=-slope / book.spot,
        price=book.spot,
        is_inverse=False,
    )
    return replace(book, delta_one=(*book.delta_one, hedge))
