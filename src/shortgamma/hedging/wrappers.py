"""Policies around a policy: a budget that stops it, a split that slows it down."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR, SECONDS_PER_YEAR
from shortgamma.hedging.parameters import check_not_negative, check_positive
from shortgamma.hedging.policies import CLOCK_TOLERANCE
from shortgamma.hedging.policy import HedgeRule, HedgeView, Policy

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeeperBudget:
    """A policy that stops while it has spent more than its budget up to now.

    A trade may carry the spending beyond the budget; then the keeper waits until the budget has grown.

    Args:
        policy: When it would trade.
        usd_per_day: Budget that accrues evenly from the start, 0 or more.

    Raises:
        InputError: The budget is negative.
    """

    is_continuous = False
    policy: Policy
    usd_per_day: float

    def __post_init__(self) -> None:
        check_not_negative("keeper-budget", usd_per_day=self.usd_per_day)

    @property
    def name(self) -> str:
        """With the name of the policy inside."""
        return f"keeper-budget({self.policy.name})"

    def rule(self, view: HedgeView) -> HedgeRule:
        """The inner rule where money is left, an infinite band elsewhere; shape (n,)."""
        inner = self.policy.rule(view)
        accrued = self.usd_per_day * DAYS_PER_YEAR * view.years
        band = np.where(view.spent > accrued, np.inf, inner.band)
        return HedgeRule(band=band, landing=inner.landing, most=inner.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Twap:
    """A policy whose trades are spread evenly over a window of the clock.

    Windows follow each other from the start; a window begins with the step that ends at a multiple of its
    length, which is the step in which a :class:`FixedInterval` is due. In a step after which m − 1 steps are
    left in the window, the trade is 1/m of the way to where the inner policy would stop: equal slices
    while the target rests, the rest in the last one. What the inner policy triggers in the middle of a
    window is spread over what is left of it.

    It needs no memory: a trade since the window began (``last_years``) means that a hedge is under way, and
    that one goes on to its landing, although the inner policy, which by now sees a smaller gap or is no
    longer due, would rest. A failed slice is made up for by the later ones.

    Args:
        policy: When it would trade.
        window_seconds: Length of the window, positive; not longer than a step = the policy itself.
        smallest: Units of the underlying below which a trade is not cut further.

    Raises:
        InputError: A parameter is outside its range, or the policy inside is a :class:`KeeperBudget`, whose
            stop a hedge under way would run over.
    """

    is_continuous = False
    policy: Policy
    window_seconds: float
    smallest: float = 0.0

    def __post_init__(self) -> None:
        check_positive("twap", window_seconds=self.window_seconds)
        check_not_negative("twap", smallest=self.smallest)
        if isinstance(self.policy, KeeperBudget):
            raise InputError(
                "a keeper budget inside a twap would not stop it",
                place="twap",
                remedy="put the twap inside the keeper budget",
            )

    @property
    def name(self) -> str:
        """With the name of the policy inside."""
        return f"twap({self.policy.name})"

    def rule(self, view: HedgeView) -> HedgeRule:
        """The inner rule with its trade cut to this step's slice, shape (n,)."""
        inner = self.policy.rule(view)
        begin, slices = self.window(view)
        band = np.broadcast_to(np.asarray(inner.band, dtype=np.float64), view.price.shape)
        edge = np.where(np.isfinite(band), band, 0.0) * inner.landing
        under_way = (view.last_years > 0.0) & (view.last_years >= begin - CLOCK_TOLERANCE)
        band = np.where(under_way, edge, band)
        # A gap inside the band now may leave it while the market clears.
        trigger = np.where(np.isfinite(band), band, 0.0)
        excess = np.maximum(np.maximum(np.abs(view.target - view.held), trigger) - edge, 0.0)
        slice_ = np.minimum(np.maximum(excess / slices, self.smallest), excess)
        return HedgeRule(band=band, most=np.minimum(slice_, inner.most))

    def window(self, view: HedgeView) -> tuple[float, int]:
        """Time since the start at which this step's window began, and steps left in it with this one."""
        length = self.window_seconds / SECONDS_PER_YEAR
        end = view.years + view.step_years
        begin = float(np.floor((end + CLOCK_TOLERANCE) / length)) * length
        left = begin + length - end - CLOCK_TOLERANCE
        return begin, max(int(np.ceil(left / view.step_years)), 1)
