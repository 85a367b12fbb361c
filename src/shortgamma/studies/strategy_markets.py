"""One market per strategy: every hedger of options keeps book and frictions, and buys what it says."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.exposure.unit import unit_exposure
from shortgamma.feedback.agents.dealer import Dealer
from shortgamma.feedback.agents.gamma_desk import GammaDesk
from shortgamma.feedback.agents.rolling_desk import RollingDesk
from shortgamma.feedback.curves import Span
from shortgamma.feedback.setup import Setup
from shortgamma.hedging.gamma import GammaStrategy, RollingGamma
from shortgamma.hedging.purchases import Purchase, gap_pnl

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StrategyMarket:
    """A market in which all hedgers of options follow one strategy.

    Args:
        strategy: Which.
        setup: The market.
        dealers: The hedgers as the scenario has them.
        purchases: What each of them buys at the start.
    """

    strategy: GammaStrategy
    setup: Setup
    dealers: tuple[Dealer, ...]
    purchases: tuple[Purchase, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the hedgers."""
        return tuple(dealer.name for dealer in self.dealers)

    @property
    def gamma_usd_per_pct(self) -> float:
        """Net gamma of books and purchases at the start, + = long."""
        return sum(
            float(holding.quantity @ unit_exposure(holding.options).gamma_usd_per_pct)
            for holding in (*self.dealers, *self.purchases)
            if len(holding.options)
        )

    def gap_pnl(self, gaps: Vector) -> Vector:
        """Gain of all hedgers together in a gap at the start, before anyone trades, USD; see purchases."""
        holdings = (*self.dealers, *self.purchases)
        return np.sum([gap_pnl(h.options, h.quantity, gaps=gaps) for h in holdings], axis=0)


def strategy_markets(
    setup: Setup, strategies: Sequence[GammaStrategy], *, place: str
) -> list[StrategyMarket]:
    """The market of a scenario under every strategy, on one grid of prices.

    Args:
        setup: Of the scenario.
        strategies: To compare.
        place: Name of the scenario, for messages.

    Raises:
        InputError: Nobody in it hedges options.
    """
    dealers = tuple(agent for agent in setup.agents if isinstance(agent, Dealer))
    if not any(np.any(dealer.quantity) for dealer in dealers):
        raise InputError(
            "nobody in it hedges options", place=place, remedy="use a scenario or a chain with some"
        )
    return on_one_grid([market(setup, dealers, strategy) for strategy in strategies])


def market(setup: Setup, dealers: Sequence[Dealer], strategy: GammaStrategy) -> StrategyMarket:
    """The market in which these dealers follow a strategy."""
    purchases = tuple(
        strategy.opening(dealer.options, dealer.quantity, spot=setup.spot) for dealer in dealers
    )
    desks = {
        dealer.name: desk(dealer, strategy, bought)
        for dealer, bought in zip(dealers, purchases, strict=True)
    }
    agents = tuple(
        desks[agent.name] if isinstance(agent, Dealer) else agent for agent in setup.agents
    )
    return StrategyMarket(
        strategy=strategy,
        setup=replace(setup, agents=agents),
        dealers=tuple(dealers),
        purchases=purchases,
    )


def desk(dealer: Dealer, strategy: GammaStrategy, bought: Purchase) -> GammaDesk:
    """A dealer with all its frictions, as one who follows a strategy."""
    names = {f.name for f in fields(GammaDesk)} & {f.name for f in fields(dealer)}
    kept: dict[str, Any] = {name: getattr(dealer, name) for name in names} | {"attributes": True}
    if isinstance(strategy, RollingGamma):
        return RollingDesk(**kept, rolls=strategy)
    return GammaDesk(**kept, bought=bought)


def on_one_grid(markets: Sequence[StrategyMarket]) -> list[StrategyMarket]:
    """The markets on the finest grid of prices that one of them needs, so that they share tables."""
    setup = markets[0].setup
    horizon = setup.clock.horizon
    ends = [agent.first_expiry for one in markets for agent in one.setup.agents]
    fine = Span.around(
        setup.process.annual_vol * horizon**0.5,
        is_fine=min(ends, default=np.inf) <= horizon,
    )
    span = max(setup.grid, fine, key=lambda found: found.nodes)
    return [replace(one, setup=replace(one.setup, span=span)) for one in markets]
