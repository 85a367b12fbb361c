"""A hedger under the frictions of a desk: slippage, tickets, carry, lots and resting orders."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.feedback.accounts import MARKET, VENUE
from shortgamma.feedback.agents.dealer import Dealer, DealerState
from shortgamma.feedback.curves import CurveShare
from shortgamma.feedback.draws import Stream
from shortgamma.feedback.world import World
from shortgamma.hedging.execution import MakerOrders
from shortgamma.hedging.frictions import FundingCarry, Gas, Margin, MinimumLot, Slippage
from shortgamma.hedging.policies import CLOCK_TOLERANCE
from shortgamma.kernels.attribution import EXECUTION, PRICE, TARGET, VALUE
from shortgamma.kernels.orders import PARTS, PAST
from shortgamma.kernels.settlement import FUNDAMENTAL

Vector = NDArray[np.float64]
HOUR = 3_600.0 / SECONDS_PER_YEAR


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Desk(Dealer):
    """A dealer with more that a hedge costs, and with what keeps it from trading; None = it is not there.

    Args:
        slippage: Paid on every trade at the market beside what its own impact on the price costs.
        ticket: Gas of a hedge at a fixed fee; a fee that rises with congestion is ``gas``.
        funding: Paid on the hedge at a fixed rate; a rate that follows the market is the perpetual's.
        margin: Interest on the capital that the hedge ties up.
        lot: Trades are whole lots, decided on before the market clears.
        maker: Its orders rest in the book; ``costs`` are what it pays where it crosses the spread.
    """

    slippage: Slippage | None = None
    ticket: Gas | None = None
    funding: FundingCarry | None = None
    margin: Margin | None = None
    lot: MinimumLot | None = None
    maker: MakerOrders | None = None

    @property
    def sends_orders(self) -> bool:
        """True with lots or resting orders."""
        return self.lot is not None or self.maker is not None

    def check(self, world: World) -> None:
        """Refuses a market that lacks what it hedges with, and one where its orders cannot rest.

        Raises:
            InputError: As of a dealer, or its orders rest in a perpetual.
        """
        # super() without arguments does not find its class in a dataclass with slots.
        Dealer.check(self, world)
        if self.maker is not None and self.perp:
            raise InputError(
                "its orders rest in the perpetual's book, which is not simulated",
                place=self.label,
                remedy="rest them in spot, or cross the spread",
            )

    def enter(self, world: World, shared: CurveShare) -> "DeskState":
        """Buys the hedge of the first moment at the initial price, without impact or cost.

        Raises:
            InputError: It hedges with what the market lacks, or where its orders cannot rest.
        """
        self.check(world)
        return DeskState(self, world, shared)

    def rests(self, state: "DealerState", world: World, *, until: int) -> bool:
        """True where nothing but its standing hedge happens."""
        paid = (self.slippage, self.ticket, self.funding, self.margin)
        free = all(friction is None for friction in paid)
        # super() without arguments does not find its class in a dataclass with slots.
        return free and Dealer.rests(self, state, world, until=until)


class DeskState(DealerState):
    """A desk on one block of paths.

    Attributes:
        desk: Whose.
        slippage, tickets, funding, margin: USD paid so far, shape (n,).
        orders: Those that rest; None where it crosses the spread.
        before: Coins that it held before this step.
        fundamental: Log price without anyone's orders at the end of the last step.
        push: USD of the delta that was not hedged, over moves that orders made.
        hour_began: USD, its result when the hour of the clock began.
        worst: USD, smallest change of its result in an hour.
    """

    def __init__(self, desk: Desk, world: World, share: CurveShare) -> None:
        super().__init__(desk, world, share)
        self.desk = desk
        size = world.size
        self.slippage, self.tickets = np.zeros(size), np.zeros(size)
        self.funding, self.margin = np.zeros(size), np.zeros(size)
        self.orders = None if desk.maker is None else RestingOrders(self, desk.maker, size)
        self.before = np.zeros(size)
        self.fundamental, self.push = world.logs[FUNDAMENTAL].copy(), np.zeros(size)
        self.hour_began, self.worst = np.zeros(size), np.full(size, np.inf)

    def act(self, world: World) -> None:
        """Looks which resting orders were filled, then decides as any dealer."""
        self.before = self.held(world).copy()
        if self.orders is not None:
            self.orders.resolve(world)
        super().act(world)

    def market_order(self, wanted: Vector, world: World) -> Vector:
        """Whole lots, of which resting orders take what may wait."""
        lot = self.desk.lot
        coins = wanted if lot is None else np.asarray(lot.rounded(wanted))
        return coins if self.orders is None else self.orders.post(coins, world)

    def filled_in_all(self, world: World) -> Vector:
        """Coins bought in this step, at the market and by resting orders."""
        filled = self.filled(world)
        return filled if self.orders is None else filled + self.orders.made

    def traded(self, world: World) -> NDArray[np.bool_]:
        """True where it traded in this step."""
        return self.filled_in_all(world) != 0.0

    def spent(self, world: World) -> Vector:
        """USD of trading costs so far, as the policy is told."""
        spent = super().spent(world) + self.slippage + self.tickets
        return spent if self.orders is None else spent - self.orders.saved

    def settle(self, world: World) -> None:
        """Pays for trading and for holding, then goes on as any dealer."""
        self._pay_for_trades(world)
        self._pay_for_holding(world)
        if self.attribution is not None:
            self._follow_push(world)
        super().settle(world)
        if self.orders is not None:
            drift = self.orders.drift(world)
            self.orders.selection += drift
            if self.attribution is not None:
                world.exchange.book[PARTS + EXECUTION, self.hedge] += drift
        if self.attribution is not None:
            self._watch_hours(world)

    def _pay_for_trades(self, world: World) -> None:
        desk = self.desk
        price = world.perp_traded if desk.perp else world.traded
        if desk.slippage is not None:
            notional = np.abs(self.filled(world)) * price
            usd = notional * desk.slippage.fraction(notional)
            self.slippage += usd
            world.accounts.pay(self.account, MARKET, usd)
        if desk.ticket is not None:
            usd = np.where(self.traded(world), desk.ticket.expected_usd, 0.0)
            self.tickets += usd
            world.accounts.pay(self.account, VENUE, usd)

    def _pay_for_holding(self, world: World) -> None:
        """Of what it held before this step's trade, at this step's price."""
        desk, years, price = self.desk, world.step_years, world.price
        if desk.funding is not None:
            usd = desk.funding.cost_usd(self.before, price, years=years)
            self.funding += usd
            world.accounts.pay(self.account, MARKET, usd)
        if desk.margin is not None:
            usd = desk.margin.cost_usd(self.before, price, years=years)
            self.margin += usd
            world.accounts.pay(self.account, VENUE, usd)

    def _follow_push(self, world: World) -> None:
        """Adds what the unhedged delta earned on this step's move less its exogenous part."""
        past = world.exchange.book[PAST:, self.hedge]
        news = np.exp(world.logs[FUNDAMENTAL] - self.fundamental)
        self.push += (self.before - past[TARGET]) * (world.price - past[PRICE] * news)
        self.fundamental = world.logs[FUNDAMENTAL].copy()

    def _watch_hours(self, world: World) -> None:
        """Remembers the worst hour of the clock; steps longer than that count as they are."""
        if not ends_hour(world.years, world.step_years):
            return
        own = world.exchange.book[:, self.hedge]
        wealth = world.accounts.wealth(self.account, world.price, world.mark)
        now = wealth + own[PAST + VALUE] - self.start_value
        np.minimum(self.worst, now - self.hour_began, out=self.worst)
        self.hour_began = now

    def answer(self, world: World) -> dict[str, Any]:
        """As of a dealer, and USD of slippage, margin, push and of the worst hour; negative = paid or lost.

        ``push_usd`` is the part of ``delta_usd`` on moves that orders made; the rest is on news.
        """
        figures = super().answer(world)
        figures["gas_usd"] = figures["gas_usd"] - self.tickets
        figures["funding_usd"] = figures["funding_usd"] - self.funding
        figures["slippage_usd"] = -self.slippage
        figures["margin_usd"] = -self.margin
        if self.attribution is not None:
            figures["push_usd"] = self.push.copy()
            if np.isfinite(self.worst).all():
                figures["worst_hour_usd"] = self.worst.copy()
        if self.orders is not None:
            figures |= self.orders.corrected(figures)
        return figures


def ends_hour(years: float, step_years: float) -> bool:
    """True where an hour of the clock ends in the step; steps longer than that end one each."""
    begin = years + CLOCK_TOLERANCE
    return int((begin + step_years) / HOUR) > int(begin / HOUR)


class RestingOrders:
    """Orders of one desk that wait at the touch; see :class:`MakerOrders`.

    Args:
        state: Of the desk whose they are.
        terms: Fee, queue and patience.
        size: Paths.

    Attributes:
        coins, mid: Posted in the last step, and the mid that it was posted at, USD; 0 coins = none.
        waited: Years since what waits was first posted, this step included.
        made, made_mid: Coins filled in this step, and the mid that they were posted at, USD.
        earned, fees: USD of half-spreads earned and of maker fees paid so far.
        turnover: USD traded by resting orders.
        selection: USD that the price moved in favour of fills after they were posted, so far.
    """

    def __init__(self, state: DeskState, terms: MakerOrders, size: int) -> None:
        self.state, self.terms = state, terms
        self.half = state.desk.costs.half_spread
        self.coins, self.mid, self.waited = np.zeros(size), np.ones(size), np.zeros(size)
        self.made, self.made_mid = np.zeros(size), np.ones(size)
        self.turnover, self.selection = np.zeros(size), np.zeros(size)
        self.earned, self.fees = np.zeros(size), np.zeros(size)

    @property
    def limit(self) -> Vector:
        """Price at which they wait, USD: below the mid to buy, above it to sell."""
        return self.mid * (1.0 - self.half * np.sign(self.coins))

    @property
    def saved(self) -> Vector:
        """USD by which they were cheaper than crossing the spread."""
        return self.turnover * sum(self.state.desk.costs.pair) + self.earned - self.fees

    def resolve(self, world: World) -> None:
        """Fills what the price reached, and what the queue lets through, at the limit."""
        account, limit, price = self.state.account, self.limit, world.opening_price
        beyond = np.sign(self.coins) * (limit - price) > 0.0
        lucky = world.draws.uniforms(Stream.INCLUSION + account) < self.terms.queue
        self.made = np.where((beyond | lucky) & ~world.stopped, self.coins, 0.0)
        # What is posted later in this step has another mid.
        self.made_mid = self.mid
        world.accounts.trade(
            account, self.made, price=limit, costs=(0.0, self.terms.fee), perp=False
        )
        self.state.held(world)[:] += self.made
        notional = np.abs(self.made) * limit
        self.earned += self.made * (self.mid - limit)
        self.fees += self.terms.fee * notional
        self.turnover += notional

    def drift(self, world: World) -> Vector:
        """USD that the price moved in favour of this step's fills after they were posted: rarely positive."""
        return self.made * (world.price - self.made_mid)

    def post(self, wanted: Vector, world: World) -> Vector:
        """Posts what may wait, and returns what has waited too long and goes to the market.

        A fill, and an order on the other side, begin the waiting anew.
        """
        is_same = (self.made == 0.0) & (np.sign(wanted) == np.sign(self.coins))
        waited = np.where(is_same, self.waited, 0.0) + world.step_years
        self.waited = np.where(wanted != 0.0, waited, 0.0)
        late = self.waited > self.terms.patience + CLOCK_TOLERANCE
        self.coins = np.where(late, 0.0, wanted)
        self.mid = world.spot * np.exp(self.state.seen_log)
        return np.where(late, wanted, 0.0)

    def corrected(self, figures: dict[str, Any]) -> dict[str, Any]:
        """Spread and fees of a desk, where those of resting orders stood as if they had crossed it.

        With ``resting_usd``, what rested, and ``selection_usd``, what the price moved in favour of it.
        """
        half, fee = self.state.desk.costs.pair
        return {
            "spread_usd": figures["spread_usd"] + half * self.turnover + self.earned,
            "fees_usd": figures["fees_usd"] + fee * self.turnover - self.fees,
            "resting_usd": self.turnover.copy(),
            "selection_usd": self.selection.copy(),
        }
