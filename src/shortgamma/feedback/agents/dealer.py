"""A holder of options who hedges: the agent that this simulator is about."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.attribution import Attribution
from shortgamma.feedback.curves import BookCurve, CurveShare, ratio_targets
from shortgamma.feedback.exchange import FlowOrder, HedgeOrder, TradingCosts
from shortgamma.feedback.gas import GasPayer
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.world import World
from shortgamma.hedging.policies import Continuous
from shortgamma.hedging.policy import HedgeView, Policy
from shortgamma.hedging.ratios import HedgeRatio
from shortgamma.kernels.curves import look_up_paths
from shortgamma.kernels.orders import BAND, EDGE, FILL, GAS_PAID, HELD, LEVEL, MOST, TRADES
from shortgamma.market.options import OptionSeries

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dealer(Agent):
    """Holds options and hedges them by a policy. Its clients hold the other side.

    Args:
        label: Of its account.
        options: The contracts, listed at the start of the run.
        quantity: Signed holding, units of the underlying, + = long, shape (n,).
        policy: When it trades.
        ratio: To which delta it hedges; None = the Black delta.
        perp: Hedges in the perpetual instead of spot.
        costs: Spread and fee that it pays.
        latency_seconds: Age of the price that it acts on; 0 = it trades within the step, at the clearing.
        gas: How it pays for transactions on a chain; None = it hedges on a venue.
        quoted_vol: Vol that it tells its policy, decimal.
        attributes: Splits its result into gamma, theta, vega and delta in every step.
    """

    label: str = "dealer"
    options: OptionSeries
    quantity: Vector
    policy: Policy = field(default_factory=Continuous)
    ratio: HedgeRatio | None = None
    perp: bool = False
    costs: TradingCosts = field(default_factory=TradingCosts)
    latency_seconds: float = 0.0
    gas: GasPayer | None = None
    quoted_vol: float = 0.6
    attributes: bool = False

    def __post_init__(self) -> None:
        if not 0.0 <= self.latency_seconds < np.inf:
            raise InputError(
                f"latency {self.latency_seconds:g} s", place=self.label, remedy="give 0 or more"
            )

    @property
    def name(self) -> str:
        """Of its account."""
        return self.label

    @property
    def is_hedger(self) -> bool:
        """It is what the counterfactual leaves out."""
        return True

    @property
    def sends_orders(self) -> bool:
        """True where it fixes the size of a trade before the market clears, even without latency."""
        return False

    @property
    def first_expiry(self) -> float:
        """Years to the expiry of its shortest-lived option; ∞ for an empty book."""
        return float(self.options.years.min(initial=np.inf))

    def multiple_of(self, other: Agent) -> float | None:
        """Its holding over that of another dealer; None where it is no positive multiple of it."""
        if not isinstance(other, Dealer):
            return None
        held = np.abs(other.quantity).max(initial=0.0)
        if self.options is not other.options or self.ratio != other.ratio or held == 0.0:
            return None
        factor = float(np.abs(self.quantity).max() / held)
        same = np.allclose(self.quantity, factor * other.quantity, rtol=1e-13, atol=0.0)
        return factor if same and factor > 0.0 else None

    def prepare(self, setup: Setup, others: Sequence[tuple[Agent, Any]]) -> CurveShare:
        """Hedge and value of the book at every step, shared with a dealer who holds a multiple of it."""
        for other, share in others:
            factor = self.multiple_of(other)
            if factor is not None:
                return CurveShare(curve=share.curve, factor=factor * share.factor)
        return CurveShare(curve=self.curve(setup))

    def curve(self, setup: Setup) -> BookCurve:
        """Hedge and value of the book at every step."""
        span, levels = setup.grid, setup.levels
        targets = None
        if self.ratio is not None:
            targets = partial(ratio_targets, ratio=self.ratio, span=span, levels=levels)
        return BookCurve(
            self.options,
            self.quantity,
            times=setup.clock.times,
            span=span,
            levels=levels,
            targets=targets,
        )

    def enter(self, world: World, shared: CurveShare) -> "DealerState":
        """Buys the hedge of the first moment at the initial price, without impact or cost.

        Raises:
            InputError: It hedges in a perpetual that there is not, or pays gas where there is none.
        """
        self.check(world)
        return DealerState(self, world, shared)

    def check(self, world: World) -> None:
        """Refuses a market that lacks what it hedges with.

        Raises:
            InputError: It hedges in a perpetual that there is not, or pays gas where there is none.
        """
        if self.perp and not world.setup.has_perp:
            raise InputError(
                "it hedges in the perpetual, and there is none",
                place=self.label,
                remedy="add a PerpMarket, or hedge in spot",
            )
        if self.gas is not None:
            self.gas.check(world, payer=self.label)

    def rests(self, state: "DealerState", world: World, *, until: int) -> bool:
        """True where it always trades to its target and no option expires."""
        expires = state.curve.expires(world.index, until)
        return state.always and state.attribution is None and not expires

    def act(self, state: "DealerState", world: World) -> None:
        """Sets the rule of this step, or sends an order by an old price."""
        state.act(world)

    def settle(self, state: "DealerState", world: World) -> None:
        """Pays gas, remembers trades, settles what expired."""
        state.settle(world)

    def answer(self, state: "DealerState", world: World) -> dict[str, Vector]:
        """Result in USD and its parts; see :class:`DealerState`."""
        return state.answer(world)


class DealerState:
    """A dealer on one block of paths.

    Attributes:
        account, clients: Its account and that of whom it traded the options with.
        hedge: Number of its standing order.
        seen_log: Log price that it acts on in this step.
        last_years, last_price: Of its last trade.
    """

    def __init__(self, dealer: Dealer, world: World, share: CurveShare) -> None:
        size = world.size
        self.dealer = dealer
        self.curve, self.factor = share.curve, share.factor
        self.account = world.accounts.open(dealer.name)
        self.clients = world.accounts.open(f"{dealer.name}'s clients")
        steps = round(dealer.latency_seconds / (world.step_years * SECONDS_PER_YEAR))
        self.seen = deque[Vector](maxlen=steps + 1) if steps else None
        self.sends = bool(steps) or dealer.sends_orders
        self.always = dealer.policy.is_continuous and dealer.gas is None and not self.sends
        order = HedgeOrder(
            account=self.account,
            curve=share.curve,
            factor=share.factor,
            perp=dealer.perp,
            costs=dealer.costs,
        )
        self.hedge = world.exchange.add_hedge(order, always=self.always)
        self.target, self.slope = np.empty(size), np.empty(size)
        self.last_years = np.zeros(size)
        self.last_price = np.full(size, world.spot)
        self.sent, self.seen_log = np.zeros(size), np.zeros(size)
        self._start(world)
        self.attribution = Attribution(self, world) if dealer.attributes else None

    def _start(self, world: World) -> None:
        self.look(self.curve.targets.at(0), world, np.zeros(world.size))
        start = self.target.copy()
        self.held(world)[:] = start
        price = np.full(world.size, world.spot)
        world.accounts.trade(
            self.account, start, price=price, costs=(0.0, 0.0), perp=self.dealer.perp
        )
        world.accounts.turnover[self.account] = 0.0
        world.accounts.peak[self.account] = 0.0
        self.start_value = self.value(0, world, np.zeros(world.size))

    def row(self, number: int, world: World) -> Vector:
        """A row of its hedge at the exchange, see :mod:`shortgamma.kernels.orders`; a view."""
        return world.exchange.book[number, self.hedge]

    def held(self, world: World) -> Vector:
        """Coins in the hedge; a view."""
        return self.row(HELD, world)

    def look(self, table: NDArray[np.float64], world: World, log_price: Vector) -> None:
        """Target and its derivative by the log price at given prices."""
        grid = world.exchange.span
        look_up_paths(
            table,
            log_price,
            world.paths[LEVEL],
            grid.lowest,
            1.0 / grid.step,
            self.target,
            self.slope,
        )
        self.target *= self.factor
        self.slope *= self.factor

    def value(self, index: int, world: World, log_price: Vector) -> Vector:
        """Value of the options at ``times[index]``, USD."""
        return self.read(self.curve.values.at(index), world, log_price)

    def read(self, table: NDArray[np.float64], world: World, log_price: Vector) -> Vector:
        """A value table at given prices, USD."""
        grid = world.exchange.span
        value, slope = np.empty(world.size), np.empty(world.size)
        look_up_paths(
            table, log_price, world.paths[LEVEL], grid.lowest, 1.0 / grid.step, value, slope
        )
        return self.factor * value

    def act(self, world: World) -> None:
        """Sets the rule of this step, or sends an order by an old price."""
        if self.always:
            return
        log_price = self._seen_price(world)
        self.seen_log = log_price
        self.look(self.curve.targets.at(world.index + 1), world, log_price)
        rule = self.dealer.policy.rule(self._view(world, np.exp(log_price) * world.spot))
        world.exchange.set_rule(self.hedge, rule)
        if self.dealer.gas is not None:
            self.dealer.gas.gate(log_price, world, state=self)
        if self.sends:
            self._send(world)

    def _seen_price(self, world: World) -> Vector:
        if self.seen is None:
            return world.opening_log
        if not self.seen:
            self.seen.extend([np.zeros(world.size)] * (self.seen.maxlen or 1))
        self.seen.append(world.log_price.copy())
        return self.seen[1]

    def _send(self, world: World) -> None:
        """A market order for the gap at the price it saw; the standing order sleeps."""
        coins = self.market_order(self.wanted(world), world)
        book = world.exchange.book[:, self.hedge]
        book[BAND] = np.inf
        book[HELD] += coins
        self.sent = coins
        world.exchange.submit(
            FlowOrder(
                account=self.account,
                coins=coins,
                perp=self.dealer.perp,
                costs=self.dealer.costs,
            )
        )

    def wanted(self, world: World) -> Vector:
        """Coins that the rule asks for at the price it saw; 0 where nothing can trade."""
        book = world.exchange.book[:, self.hedge]
        gap = self.target - book[HELD]
        size = np.minimum(np.maximum(np.abs(gap) - book[EDGE], 0.0), book[MOST])
        coins = np.where(np.abs(gap) > book[BAND], np.copysign(size, gap), 0.0)
        coins[world.stopped] = 0.0
        return coins

    def market_order(self, wanted: Vector, world: World) -> Vector:  # noqa: ARG002
        """What of the wanted coins is bought at the market in this step."""
        return wanted

    def spent(self, world: World) -> Vector:
        """USD of trading costs so far, as the policy is told."""
        turnover = world.accounts.turnover[self.account]
        return turnover * sum(self.dealer.costs.pair) + self.row(GAS_PAID, world)

    def _view(self, world: World, price: Vector) -> HedgeView:
        return HedgeView(
            years=world.years,
            step_years=world.step_years,
            price=price,
            held=self.held(world),
            target=self.target,
            gamma=-self.slope / price,
            vol=np.full(world.size, self.dealer.quoted_vol),
            last_years=self.last_years,
            last_price=self.last_price,
            spent=self.spent(world),
        )

    def filled(self, world: World) -> Vector:
        """Coins bought in this step."""
        return self.sent if self.sends else self.row(FILL, world)

    def traded(self, world: World) -> NDArray[np.bool_]:
        """True where it traded in this step."""
        return self.filled(world) != 0.0

    def settle(self, world: World) -> None:
        """Pays gas, remembers trades, settles what expired."""
        if not self.always:
            traded = self.traded(world)
            self.row(TRADES, world)[:] += traded
            np.copyto(self.last_years, world.years + world.step_years, where=traded)
            np.copyto(self.last_price, world.price, where=traded)
        if self.dealer.gas is not None:
            self.dealer.gas.pay(world, self)
        if self.attribution is not None:
            self.attribution.add(self, world)
        payoff = self.payoff(world)
        if payoff is not None:
            world.accounts.pay(self.clients, self.account, payoff)

    def payoff(self, world: World) -> Vector | None:
        """USD that the options expiring in this step pay; None where none does."""
        table = self.curve.settlement(world.index + 1)
        return None if table is None else self.read(table, world, world.log_price)

    def answer(self, world: World) -> dict[str, Any]:
        """USD per path: result, its parts, turnover; and the number of trades."""
        final = len(world.setup.clock)
        value = self.value(final, world, world.log_price)
        wealth = world.accounts.wealth(self.account, world.price, world.mark)
        turnover = world.accounts.turnover[self.account]
        figures = {
            "pnl_usd": wealth + value - self.start_value,
            "spread_usd": -turnover * self.dealer.costs.half_spread,
            "fees_usd": -turnover * self.dealer.costs.fee,
            "gas_usd": -self.row(GAS_PAID, world),
            "funding_usd": world.accounts.funding[self.account].copy(),
            "haircut_usd": -world.accounts.haircut[self.account],
            "turnover_usd": turnover.copy(),
            "peak_flow_usd": world.accounts.peak[self.account].copy(),
        }
        if not self.always:
            figures["trades"] = self.row(TRADES, world).copy()
        if self.attribution is not None:
            figures |= self.attribution.figures(self, world)
        return figures
