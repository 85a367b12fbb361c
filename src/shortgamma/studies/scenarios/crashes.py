"""Two days that happened, stylised: calibrated to a few published figures, which validates nothing.

Sellers with a fixed programme stand for the news. Their size is chosen so that the fall of the simulated
price is about the recorded one; see ``docs/scenarios``.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.agents.cohort import MOST_LEVERAGE, LeveragedCohort
from shortgamma.feedback.agents.noise import ForcedFlow
from shortgamma.feedback.depth import WithdrawingDepth
from shortgamma.studies.scenarios.books import HeldBook
from shortgamma.studies.scenarios.leveraged import Leveraged
from shortgamma.venues.liquidation import LiquidationRules

KEPT = 0.75
"""Least part of his margin that an account has left at the start."""
MINUTE = 60.0 / SECONDS_PER_YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash(Leveraged):
    """What both days share: sellers with a programme, and depth that is withdrawn by the clock.

    Args:
        sold_usd: In all, at the initial price (calibrated).
        worst_depth: Part of the depth that is left when it is thinnest.
    """

    waves: ClassVar[tuple[tuple[float, float, float], ...]] = ()
    """(minute in which it begins, minutes, part of ``sold_usd``) of each wave of selling."""
    withdrawal: ClassVar[tuple[tuple[float, float], ...]] = ()
    """(minute, part of the withdrawal that is in force from then on); 1 = ``worst_depth`` is left."""

    theta: float = -0.05
    depth_floor: float = 1.0
    sold_usd: float = 0.0
    worst_depth: float = 0.1

    @property
    def depth(self) -> WithdrawingDepth:
        """Of spot.

        Raises:
            InputError: The part that is left is none.
        """
        if not 0.0 <= self.worst_depth <= 1.0:
            raise InputError(
                f"worst depth {self.worst_depth:g}",
                place="--set worst_depth",
                remedy="give the part that is left, 0 to 1",
            )
        lost = 1.0 - self.worst_depth
        schedule = tuple((start * MINUTE, 1.0 - lost * part) for start, part in self.withdrawal)
        return self.withdrawing(self.depth_floor, schedule)

    def agents(self, book: HeldBook) -> tuple[Agent, ...]:
        """One dealer, the sellers, the arbitrageur and the crowd."""
        sellers = (
            ForcedFlow(
                label=f"sellers {number}",
                start_years=start * MINUTE,
                years=minutes * MINUTE,
                usd=-part * self.sold_usd,
            )
            for number, (start, minutes, part) in enumerate(self.waves, start=1)
        )
        return (
            self.dealer("dealer", book, policy=self.hedging),
            *sellers,
            self.arbitrage,
            self.crowd(book.spot),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class October2025(Crash):
    """10 October 2025, 20:00 to 24:00 UTC: a headline, no bids for some minutes, leveraged longs closed."""

    name: ClassVar[str] = "oct-2025"
    summary: ClassVar[str] = "10 October 2025, stylised: calibration, not validation"

    waves: ClassVar = ((50.0, 30.0, 1.0),)
    withdrawal: ClassVar = ((50.0, 0.7), (65.0, 1.0), (90.0, 0.6), (150.0, 0.2))

    spot: float = 116_700.0
    steps: int = 240
    permanent_share: float = 0.2
    depth_usd_per_pct: float = 600e6
    perp_depth_usd_per_pct: float = 600e6
    open_interest_usd: float = 750e6
    long_share: float = 0.65
    median_leverage: float = 12.0
    sold_usd: float = 300e6


@dataclass(frozen=True, slots=True, kw_only=True)
class March2020(Crash):
    """12 March 2020, 10:00 UTC to 03:00 the next day: two waves, coin-margined leverage of up to 100.

    Args:
        most_leverage: Largest that the venue allows.
        maintenance: Of the venue, part of the notional.
    """

    name: ClassVar[str] = "mar-2020"
    summary: ClassVar[str] = "12 March 2020, stylised: calibration, not validation"

    waves: ClassVar = ((30.0, 30.0, 0.06), (780.0, 180.0, 0.94))
    withdrawal: ClassVar = ((30.0, 0.8), (90.0, 0.5), (780.0, 1.0), (960.0, 0.6))

    spot: float = 7_354.0
    vol: float = 0.8
    steps: int = 1_020
    depth_usd_per_pct: float = 80e6
    perp_depth_usd_per_pct: float = 80e6
    permanent_share: float = 0.65
    open_interest_usd: float = 600e6
    long_share: float = 0.6
    median_leverage: float = 20.0
    insurance_share: float = 0.2
    funding: str = "bitmex"
    liquidation: str = "full-inverse"
    worst_depth: float = 0.25
    sold_usd: float = 1.8e9
    most_leverage: float = 100.0
    maintenance: float = 0.005

    @property
    def liquidation_rules(self) -> LiquidationRules:
        """Of the venue, with its own maintenance."""
        rules = super(March2020, self).liquidation_rules
        return replace(rules, maintenance=self.maintenance)

    def crowd(self, spot: float) -> LeveragedCohort:
        """Longs and shorts with margin, their leverage stretched to what the venue allows.

        The distance of entries from spot shrinks by the same factor, so that nobody has lost more of his
        margin than before.

        Raises:
            InputError: Someone would be liquidated at the start.
        """
        if not (1.0 <= self.most_leverage < KEPT / max(self.maintenance, 1e-9)):
            raise InputError(
                f"leverage up to {self.most_leverage:g} with a maintenance of {self.maintenance:g}",
                place="--set most_leverage",
                remedy=f"give 1 to below {KEPT:g}/maintenance",
            )
        stretch = self.most_leverage / MOST_LEVERAGE
        plain = replace(self, median_leverage=self.median_leverage / stretch)
        crowd = super(March2020, plain).crowd(spot)
        drawn = crowd.positions
        positions = replace(
            drawn,
            entry=spot * (drawn.entry / spot) ** (1.0 / stretch),
            leverage=stretch * drawn.leverage,
        )
        return replace(crowd, positions=positions)
