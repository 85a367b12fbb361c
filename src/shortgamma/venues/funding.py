"""Funding of perpetuals: what longs pay shorts, as each venue computes it.

Positive = longs pay shorts. ``rate`` is a decimal per the venue's own period (``rate_hours``), which is how
the venue quotes it; ``accrual`` spreads it evenly over time, so that a simulator can book it step by step.
The venue keeps nothing: what longs pay is what shorts receive.

The premium is (perpetual − index)/index, averaged as the venue does
(:func:`shortgamma.venues.premium.average_premium`).
"""

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.venues.premium import SampleWeights

Vector = NDArray[np.float64]
Values = Vector | float

HOURS_PER_YEAR: Final = 24.0 * DAYS_PER_YEAR


class FundingRule(Protocol):
    """A venue's rule. A rule is a frozen value; the only memory is the last rate, which the caller keeps."""

    @property
    def name(self) -> str:
        """The venue."""
        ...

    @property
    def period_hours(self) -> float | None:
        """Hours between payments; None = paid continuously."""
        ...

    @property
    def rate_hours(self) -> float:
        """Hours that a quoted rate stands for."""
        ...

    @property
    def weights(self) -> SampleWeights:
        """How the samples of a period are averaged."""
        ...

    @property
    def source(self) -> str:
        """Where the rule is published."""
        ...

    @property
    def effective(self) -> str | None:
        """ISO date from which the source says that it holds; None = not stated."""
        ...

    @property
    def verified(self) -> bool:
        """True where the formula was checked: design of the project, the venue's text, code or data."""
        ...

    def rate(self, premium: Values) -> Vector:
        """Decimal per ``rate_hours``, positive = longs pay, for a premium in decimals."""
        ...

    def rate_per_year(self, premium: Values) -> Vector:
        """The same rate per year, simply added up."""
        ...

    def accrual(self, premium: Values, years: Values) -> Vector:
        """Fraction of notional that longs pay over ``years`` at a constant premium."""
        ...

    def advance(
        self, last_rate: Values, premium: Values, *, years: Values
    ) -> tuple[Vector, Vector]:
        """The rate after a step, and the fraction of notional that longs pay over it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Described:
    """What every rule says about itself."""

    name: str
    source: str
    effective: str | None = None
    verified: bool = False
    period_hours: float | None = 8.0
    rate_hours: float = 8.0
    weights: SampleWeights = SampleWeights.EQUAL

    def __post_init__(self) -> None:
        if not 0.0 < self.rate_hours < np.inf:
            raise InputError(
                f"rate_hours {self.rate_hours:g}",
                place=f"funding {self.name}",
                remedy="give the hours that a rate stands for, as 8",
            )
        if self.period_hours is not None and not 0.0 < self.period_hours < np.inf:
            raise InputError(
                f"period_hours {self.period_hours:g}",
                place=f"funding {self.name}",
                remedy="give the hours between payments, or None if they are continuous",
            )

    def _refuse(self, **figures: float | None) -> None:
        """Raises for a parameter that is negative or no number."""
        for name, figure in figures.items():
            if figure is not None and not 0.0 <= figure < np.inf:
                raise InputError(
                    f"{name} {figure:g}",
                    place=f"funding {self.name}",
                    remedy="give a finite decimal of 0 or more",
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class MemorylessFunding(_Described):
    """A rule whose rate depends on the premium alone: flat around a centre, and on unit slopes beyond.

    rate = clip(scale·[Q + clip(centre − Q, ±width)], ±cap) with Q = premium + shift.
    """

    @property
    def terms(self) -> tuple[float, float, float, float, float]:
        """Shift, centre, width, cap and scale."""
        raise NotImplementedError

    def rate(self, premium: Values) -> Vector:
        """Decimal per ``rate_hours``, positive = longs pay.

        Args:
            premium: Decimal, any shape, averaged as the venue does.
        """
        shift, centre, width, cap, scale = self.terms
        moved = np.asarray(premium, dtype=np.float64) + shift
        # So written, the flat part is the centre exactly.
        rate = np.clip(centre, moved - width, moved + width) * scale
        return np.clip(rate, -cap, cap)

    def rate_per_year(self, premium: Values) -> Vector:
        """The same rate per year, simply added up."""
        return self.rate(premium) * (HOURS_PER_YEAR / self.rate_hours)

    def accrual(self, premium: Values, years: Values) -> Vector:
        """Fraction of notional that longs pay over ``years``, the rate spread evenly over time."""
        return self.rate_per_year(premium) * years

    def advance(
        self,
        last_rate: Values,  # noqa: ARG002  the rule has no memory
        premium: Values,
        *,
        years: Values,
    ) -> tuple[Vector, Vector]:
        """The rate of this step and the fraction of notional that longs pay over it.

        Args:
            last_rate: Not used.
            premium: Decimal, of this step.
            years: Length of the step.
        """
        rate = self.rate(premium)
        return rate, rate * (np.asarray(years) * (HOURS_PER_YEAR / self.rate_hours))


@dataclass(frozen=True, slots=True, kw_only=True)
class DampenedFunding(MemorylessFunding):
    """rate = max(d, P) + min(−d, P): nothing inside ±d, and the excess over d outside.

    Args:
        damper: d, decimal per ``rate_hours``.
        cap: Largest |rate|; None = none. Deribit's depends on the instrument.
    """

    damper: float = 0.00025
    cap: float | None = None

    def __post_init__(self) -> None:
        MemorylessFunding.__post_init__(self)
        self._refuse(damper=self.damper, cap=self.cap)

    @property
    def terms(self) -> tuple[float, float, float, float, float]:
        """No shift, centred on nothing."""
        return 0.0, 0.0, self.damper, _limit(self.cap), 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClampedFunding(MemorylessFunding):
    """rate = [P + clamp(I − P, ±d)]·(rate hours/8): the interest I while P is near it, P ∓ d beyond.

    Args:
        interest: I, decimal per 8 hours.
        clamp: d, decimal per 8 hours.
        cap: Largest |rate|, decimal per ``rate_hours``; None = none. On Binance, Bybit and BitMEX it depends
            on the symbol and the date.
    """

    interest: float = 0.0001
    clamp: float = 0.0005
    cap: float | None = None

    def __post_init__(self) -> None:
        MemorylessFunding.__post_init__(self)
        self._refuse(clamp=self.clamp, cap=self.cap)
        if not np.isfinite(self.interest):
            raise InputError(
                f"interest {self.interest:g}",
                place=f"funding {self.name}",
                remedy="give a finite decimal per 8 hours",
            )

    @property
    def terms(self) -> tuple[float, float, float, float, float]:
        """Centred on the interest."""
        return 0.0, self.interest, self.clamp, _limit(self.cap), self.rate_hours / 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PremiumFunding(MemorylessFunding):
    """rate = clamp(P + I, ±factor·(IMF − MMF))·(rate hours/8).

    Args:
        interest: I, decimal per 8 hours: 0 by default, 0.0001 in markets where governance set it.
        clamp_factor: Factor of the cap: 6 is 600 %.
        initial_margin, maintenance_margin: IMF and MMF of the market, fractions of notional.
    """

    interest: float = 0.0
    clamp_factor: float = 6.0
    initial_margin: float = 0.05
    maintenance_margin: float = 0.03

    def __post_init__(self) -> None:
        MemorylessFunding.__post_init__(self)
        self._refuse(clamp_factor=self.clamp_factor, maintenance_margin=self.maintenance_margin)
        if not (np.isfinite(self.interest) and self.maintenance_margin <= self.initial_margin < 1):
            raise InputError(
                f"interest {self.interest:g}, initial_margin {self.initial_margin:g}, "
                f"maintenance_margin {self.maintenance_margin:g}",
                place=f"funding {self.name}",
                remedy="give a finite interest and margins with maintenance ≤ initial < 1",
            )

    @property
    def cap(self) -> float:
        """Largest |rate| per 8 hours, decimal."""
        return self.clamp_factor * (self.initial_margin - self.maintenance_margin)

    @property
    def terms(self) -> tuple[float, float, float, float, float]:
        """Shifted by the interest; the cap is on the 8-hour rate."""
        scale = self.rate_hours / 8.0
        return self.interest, 0.0, 0.0, self.cap * scale, scale


@dataclass(frozen=True, slots=True, kw_only=True)
class VelocityFunding(_Described):
    """The skew of the market moves the *rate*: d rate/dt = clamp(skew/scale, ±1)·maximum per day.

    A step of t days takes the rate from r to r + v·t and costs longs the mean rate times t, (r + v·t/2)·t.
    The premium of such a market over its index *is* skew/scale, which is what ``premium`` means here.

    Args:
        max_velocity: Most that the daily rate can change in a day, decimal.
    """

    max_velocity: float = 9.0

    def __post_init__(self) -> None:
        _Described.__post_init__(self)
        self._refuse(max_velocity=self.max_velocity)

    def velocity(self, premium: Values) -> Vector:
        """Change of the rate per ``rate_hours`` over as many hours, decimal.

        Args:
            premium: Skew over skew scale, positive = more longs than shorts.
        """
        return np.clip(premium, -1.0, 1.0) * self.max_velocity

    def rate(self, premium: Values) -> Vector:
        """The rate that a market at rest reaches after ``rate_hours`` of this skew; see :meth:`advance`."""
        return self.velocity(premium)

    def rate_per_year(self, premium: Values) -> Vector:
        """That rate per year, simply added up."""
        return self.rate(premium) * (HOURS_PER_YEAR / self.rate_hours)

    def accrual(self, premium: Values, years: Values) -> Vector:
        """Fraction of notional that longs pay over ``years`` when the rate starts at 0."""
        return self.advance(0.0, premium, years=years)[1]

    def advance(
        self, last_rate: Values, premium: Values, *, years: Values
    ) -> tuple[Vector, Vector]:
        """The rate after a step of constant skew, and the fraction of notional that longs pay over it.

        Args:
            last_rate: Decimal per ``rate_hours``, at the start of the step.
            premium: Skew over skew scale during the step.
            years: Length of the step.
        """
        periods = np.asarray(years, dtype=np.float64) * (HOURS_PER_YEAR / self.rate_hours)
        change = self.velocity(premium) * periods
        return last_rate + change, (last_rate + 0.5 * change) * periods


def _limit(cap: float | None) -> float:
    """A cap as a number."""
    return np.inf if cap is None else cap


def perp_ratio(
    kappa: Values, rate: Values, *, interest: Values = 0.0, base_rate: Values = 0.0
) -> Vector:
    """No-arbitrage price of a linear perpetual over spot, (κ − i)/(κ + r_b − r_a).

    Longs pay κ(f − x) + i·x per year on a perpetual at f and spot at x; the higher κ, the closer the anchor.

    Args:
        kappa: κ, premium intensity per year.
        rate: r_a, continuously compounded rate of the quote currency, per year.
        interest: i, interest part of the funding, per year.
        base_rate: r_b, rate that the coin earns, per year.

    Returns:
        f/x; NaN where κ + r_b − r_a or κ − i is not positive: no finite positive price exists.

    Source: D. Ackerer, J. Hugonnier, U. Jermann, Perpetual futures pricing, doi:10.1111/mafi.70018.
    """
    top = np.asarray(kappa, dtype=np.float64) - interest
    bottom = np.asarray(kappa, dtype=np.float64) + base_rate - rate
    return top / np.where((bottom > 0.0) & (top > 0.0), bottom, np.nan)


_RULES: tuple[FundingRule, ...] = (
    DampenedFunding(
        name="deribit",
        period_hours=None,
        source="support.deribit.com, article Funding Specifications",
        verified=True,
    ),
    ClampedFunding(
        name="binance",
        weights=SampleWeights.RISING,
        source="Binance, Introduction to funding rates; formula restated on the date given",
        effective="2025-09-18",
        verified=True,
    ),
    ClampedFunding(
        name="bybit",
        weights=SampleWeights.RISING,
        source="Bybit help centre, Introduction to funding rate: weights 1…480 of the minutes",
        verified=True,
    ),
    ClampedFunding(name="bitmex", source="BitMEX, Perpetual contracts guide", verified=True),
    ClampedFunding(
        name="hyperliquid",
        period_hours=1.0,
        rate_hours=1.0,
        cap=0.04,
        source="Hyperliquid docs, Funding: the 8-hour rate, an eighth each hour",
        verified=True,
    ),
    PremiumFunding(
        name="dydx",
        period_hours=1.0,
        rate_hours=1.0,
        source="dydxprotocol/v4-chain, x/perpetuals: the clamp is on the 8-hour rate",
        verified=True,
    ),
    VelocityFunding(
        name="synthetix",
        period_hours=None,
        rate_hours=24.0,
        source="Synthetixio/synthetix-v3, PerpsMarket; maximum 9 a day from SCCP-298 and 363",
        verified=True,
    ),
)

FUNDING_RULES: Final[dict[str, FundingRule]] = {rule.name: rule for rule in _RULES}
"""By venue: deribit, binance, bybit, bitmex, hyperliquid, dydx, synthetix."""
