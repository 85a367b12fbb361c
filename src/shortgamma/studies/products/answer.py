"""What is found about structured products."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from shortgamma.protocols.structured.peaks import Peak
from shortgamma.protocols.structured.product import Product
from shortgamma.studies.document import plain
from shortgamma.studies.ensemble.job import METHOD
from shortgamma.studies.products.question import ProductsQuestion, terms_of
from shortgamma.studies.simulation import Metric

Vector = NDArray[np.float64]

NEGLIGIBLE = 0.05
"""Part of the largest gamma of a moment below which the other sign is not worth a word."""
CLEAR = 2.0
"""Standard errors from which a difference is called one."""


class Side(StrEnum):
    """Whose gamma is what: of the holder; the hedger has the other side."""

    LONG = "long"  # holders are long gamma: who hedges for them buys rises and sells falls
    SHORT = "short"  # holders are short gamma: who hedges for them dampens
    BOTH = "both"  # it flips with the price


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profile:
    """Gamma over prices at the reported times left, one unit held long and pinned.

    Args:
        spot: USD, ascending, shape (prices,).
        gamma_usd_per_pct: Γ·S²/100, shape (times, prices); NaN where the product has ended.
    """

    spot: Vector
    gamma_usd_per_pct: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProductResult:
    """One product.

    Args:
        label: Its name, with the terms in which it differs from others of that name.
        product: With its terms.
        price_usd: Of one unit at the start.
        gamma_usd_per_pct: Of one unit at the start and at the spot.
        peaks: Largest |Γ| over prices at the reported times left; one unit.
        life: The same from start to the last hour, for the course over life.
        bound_usd_per_pct: √3·φ(0)·S/(σ√A)/100 of what settles on an average, at the strike; else None.
        profile: Gamma over prices.
        units: That were sold.
        flow_usd: Turnover of hedging one unit through life where the price does not feel it, USD.
        metrics: Of the market in which it was sold and hedged, by name; costs are USD, positive = paid.
        differences: The same less those of the vanilla call, on the same shocks; empty for that one.
        scores: Of every path by figure, shape (paths,); their means are the metrics.
    """

    label: str
    product: Product
    price_usd: float
    gamma_usd_per_pct: float
    peaks: tuple[Peak, ...]
    life: tuple[Peak, ...]
    bound_usd_per_pct: float | None
    profile: Profile = field(repr=False)
    units: float
    flow_usd: Metric
    metrics: Mapping[str, Metric]
    differences: Mapping[str, Metric]
    scores: Mapping[str, Vector] = field(repr=False)

    @property
    def life_peak(self) -> Peak:
        """The largest of its life, from the start to the last hour."""
        return max(self.life, key=lambda peak: peak.size)

    @property
    def side(self) -> Side:
        """Whose gamma is what, over prices and life."""
        long = any(peak.highest > NEGLIGIBLE * peak.size for peak in self.life)
        short = any(peak.lowest < -NEGLIGIBLE * peak.size for peak in self.life)
        return Side.BOTH if long and short else Side.LONG if long else Side.SHORT

    def to_dict(self) -> dict[str, object]:
        """As ``--json`` prints it."""
        worst = self.life_peak
        return {
            "product": self.product.name,
            "label": self.label,
            "title": self.product.title,
            "terms": terms_of(self.product),
            "price_usd": plain(self.price_usd),
            "gamma_usd_per_pct": plain(self.gamma_usd_per_pct),
            "holder_gamma": self.side.value,
            "peaks": [peak_row(peak) for peak in self.peaks],
            "life_peak": peak_row(worst),
            "bound_usd_per_pct": plain(self.bound_usd_per_pct),
            "units": plain(self.units),
            "flow_usd_per_unit": plain(self.flow_usd),
            "metrics": {name: plain(metric) for name, metric in self.metrics.items()},
            "differences": {name: plain(metric) for name, metric in self.differences.items()},
        }


def peak_row(peak: Peak) -> dict[str, object]:
    """A peak as ``--json`` prints it."""
    return {
        "hours_left": plain(round(peak.years * 8_760.0, 9)),
        "peak_gamma_usd_per_pct": plain(peak.size),
        "gamma_usd_per_pct": plain(peak.usd_per_pct),
        "spot": plain(peak.spot),
        "lowest_usd_per_pct": plain(peak.lowest),
        "highest_usd_per_pct": plain(peak.highest),
    }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProductsAnswer:
    """The answer.

    Args:
        question: What was asked.
        process: Exogenous price, in words.
        realised_vol_without: Of the same shocks when nobody hedges, decimal.
        results: One per product; the first one is the vanilla call.
    """

    question: ProductsQuestion
    process: str
    realised_vol_without: Metric
    results: tuple[ProductResult, ...]

    @property
    def calmest(self) -> ProductResult:
        """Whose hedging raises realised vol least."""
        return min(self.results, key=lambda found: found.metrics["realised_vol_ratio"].value)

    @property
    def flattest(self) -> ProductResult:
        """Of the smallest peak over life."""
        return min(self.results, key=lambda found: found.life_peak.size)

    @property
    def verdict(self) -> str:
        """What the products do to the market beside the vanilla call, in words."""
        first, calm, flat = self.results[0], self.calmest, self.flattest
        figure = "realised_vol_ratio"
        if calm is first:
            beside = "No product moves the market less than the vanilla call."
        else:
            gap = calm.differences[figure]
            told = gap.value < -CLEAR * gap.standard_error
            sure = "" if told else ", which sampling error does not tell from it"
            beside = (
                f"Hedging {calm.label} changes realised vol by {change(calm)}, the vanilla call by "
                f"{change(first)}{sure}."
            )
        return (
            f"{beside} The smallest peak gamma over life and prices has {flat.label}: "
            f"{flat.life_peak.size:,.0f} USD per 1 % and unit in place of "
            f"{first.life_peak.size:,.0f}."
        )

    def to_dict(self) -> dict[str, object]:
        """The answer as ``--json`` prints it."""
        asked = self.question
        return {
            "method": METHOD,
            "spot": asked.spot,
            "strike": asked.at,
            "vol": asked.vol,
            "days": asked.days,
            "equal": asked.equal.value,
            "theta": asked.theta,
            "depth_usd_per_pct": asked.depth_usd_per_pct,
            "process": self.process,
            "paths": asked.paths,
            "steps": asked.steps,
            "seed": asked.seed,
            "peak_definition": "largest |gamma|*S^2/100 over prices from half to double the strike, one "
            "unit, pinned: average so far at the strike, barrier untouched, last fixing at the spot",
            "realised_vol_without": plain(self.realised_vol_without),
            "products": [found.to_dict() for found in self.results],
            "verdict": self.verdict,
        }


def change(found: ProductResult) -> str:
    """Change of realised vol by hedging, in words."""
    return f"{100.0 * (found.metrics['realised_vol_ratio'].value - 1.0):+.1f} %"
