"""Takes a spot market with one desk through many steps at once; see :mod:`shortgamma.kernels.desk_march`."""

from typing import Self

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InvariantError
from shortgamma.feedback.accounts import TOLERANCE
from shortgamma.feedback.agents.desk import Desk, DeskState, ends_hour
from shortgamma.feedback.setup import FillPrice
from shortgamma.feedback.world import World
from shortgamma.hedging.frictions import SquareRootSlippage
from shortgamma.hedging.policy import ClockPolicy, ConstantPolicy
from shortgamma.kernels import desk_march as march
from shortgamma.kernels.desk_march import march_desk
from shortgamma.kernels.tables import addresses

Matrix = NDArray[np.float64]


def is_plain(world: World) -> bool:
    """True where the kernel knows everybody and everything in the market."""
    if world.markets or len(world.agents) != 1 or world.setup.depth.line() is None:
        return False
    desk = world.agents[0][0]
    if type(desk) is not Desk or not desk.attributes:
        return False
    if desk.perp or desk.gas is not None or desk.sends_orders or desk.latency_seconds > 0.0:
        return False
    slippage = desk.slippage is None or isinstance(desk.slippage, SquareRootSlippage)
    return slippage and isinstance(desk.policy, ConstantPolicy | ClockPolicy)


class DeskMarch:
    """One market on one block of paths, as the kernel takes it.

    Args:
        world: For which :func:`is_plain` holds.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.state: DeskState = world.agents[0][1]
        self.desk = self.state.desk
        policy = self.desk.policy
        self.ticks = policy if isinstance(policy, ClockPolicy) else None
        self.rule = policy.constant_rule if isinstance(policy, ConstantPolicy) else None
        self.constants = self._constants()

    @classmethod
    def of(cls, world: World) -> Self | None:
        """Of a market, or None where the kernel does not know everybody in it."""
        return cls(world) if is_plain(world) else None

    def can_take(self, until: int) -> bool:
        """True where no option expires in the steps before ``until``."""
        return not self.state.curve.expires(self.world.index, until)

    def take(self, steps: range, shocks: Matrix) -> None:
        """Takes the steps, all at once.

        Args:
            steps: Their numbers.
            shocks: Exogenous log moves, shape (steps, n).

        Raises:
            InvariantError: Cash or coins appeared or vanished.
        """
        world, curve = self.world, self.state.curve
        if self.rule is not None:
            world.exchange.set_rule(self.state.hedge, self.rule)
        targets = [curve.targets.at(index + 1) for index in steps]
        values = [curve.values.at(index) for index in range(steps.start, steps.stop + 1)]
        sums = self._sums()
        market = march.DeskMarket(
            clock=self._clock(steps),
            constants=self.constants,
            terms=world.exchange.terms_over(range(steps.start + 1, steps.stop + 1)),
            targets=addresses(targets),
            values=addresses(values),
            shape=targets[0].shape,
            grid=world.exchange.grid,
        )
        wrong = march_desk(shocks, self._state(sums), market)
        self._keep(sums)
        world.index = steps.stop - 1
        world.step_years = float(world.setup.clock.years[world.index])
        if wrong:
            raise InvariantError(f"cash or coins do not sum to zero on {wrong} paths")

    def _state(self, sums: Matrix) -> march.DeskState:
        """What the kernel changes."""
        world, accounts = self.world, self.world.accounts
        used = slice(accounts.checked)
        return march.DeskState(
            paths=world.paths,
            logs=world.logs,
            prices=world.prices,
            figures=world.figures,
            hedges=world.exchange.book,
            cash=accounts.cash[used],
            coins=accounts.coins[used],
            turnover=accounts.turnover[used],
            peak=accounts.peak[used],
            sums=sums,
        )

    def _sums(self) -> Matrix:
        """What the desk has added up so far."""
        sums = np.empty((march.SUM_ROWS, self.world.size))
        for row, name in ROWS.items():
            sums[row] = getattr(self.state, name)
        return sums

    def _keep(self, sums: Matrix) -> None:
        for row, name in ROWS.items():
            getattr(self.state, name)[:] = sums[row]

    def _clock(self, steps: range) -> Matrix:
        """What depends on the length and the time of each step."""
        setup, times = self.world.setup, self.world.times
        clock = np.zeros((len(steps), march.CLOCK_COLUMNS))
        for row, index in zip(clock, steps, strict=True):
            begin, years = float(times[index]), float(setup.clock.years[index])
            row[march.DECAY] = setup.impact.decay(years)
            row[march.YEARS] = years
            row[march.CARRY], row[march.PER_YEAR] = setup.carry(years), 1.0 / years
            row[march.HOUR] = float(ends_hour(begin, years))
            row[march.DUE] = march.NO_CLOCK
            if self.ticks is not None:
                row[march.DUE] = float(self.ticks.is_due(begin, years))
        return clock

    def _constants(self) -> NDArray[np.float64]:
        setup, desk = self.world.setup, self.desk
        found = np.zeros(march.CONSTANTS)
        found[march.SPOT] = setup.spot
        found[[march.PER_COIN, march.PER_PRICE]] = setup.depth.line()
        found[march.SHARE] = setup.impact.permanent_share
        found[march.AVERAGE] = 0.5 if setup.fill_price is FillPrice.AVERAGE else 0.0
        found[march.TOLERANCE] = TOLERANCE
        found[march.ACCOUNT] = self.state.account
        found[[march.SPREAD, march.FEE]] = desk.costs.pair
        found[march.START_VALUE] = self.state.start_value[0]
        if isinstance(desk.slippage, SquareRootSlippage):
            found[march.SLIP] = float(desk.slippage.fraction(1.0))
        if desk.ticket is not None:
            found[march.TICKET] = desk.ticket.expected_usd
        if desk.funding is not None:
            found[march.CARRY_RATE] = desk.funding.rate
        if desk.margin is not None:
            found[[march.INITIAL, march.INTEREST]] = desk.margin.initial, desk.margin.rate
        return found


ROWS = {
    march.SLIPPAGE: "slippage",
    march.TICKETS: "tickets",
    march.FUNDING: "funding",
    march.MARGIN: "margin",
    march.PUSH: "push",
    march.NEWS: "fundamental",
    march.BEGAN: "hour_began",
    march.WORST: "worst",
}
"""Where a desk keeps what the kernel adds up."""
