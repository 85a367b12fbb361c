"""Takes a market with a perpetual through many steps at once; see :mod:`shortgamma.kernels.full_march`."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InvariantError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.feedback.accounts import TOLERANCE
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.agents.basis import BasisArbitrageur
from shortgamma.feedback.agents.cohort import LeveragedCohort
from shortgamma.feedback.agents.cohort_state import unwound
from shortgamma.feedback.agents.covered_vault import CoveredVault
from shortgamma.feedback.agents.dealer import Dealer, DealerState
from shortgamma.feedback.agents.noise import NoiseTraders, ValueTraders
from shortgamma.feedback.draws import Stream
from shortgamma.feedback.gas import GasMarket
from shortgamma.feedback.market import Market
from shortgamma.feedback.perp import PerpMarket
from shortgamma.feedback.setup import FillPrice
from shortgamma.feedback.vol import ReactingVol
from shortgamma.feedback.world import World
from shortgamma.hedging.policy import ConstantPolicy
from shortgamma.kernels import full_state as march
from shortgamma.kernels.chain import BID
from shortgamma.kernels.climate import GAS_ROWS
from shortgamma.kernels.full_march import march_full
from shortgamma.kernels.liquidation import TOTAL_ROWS
from shortgamma.kernels.tables import addresses
from shortgamma.venues.funding import HOURS_PER_YEAR, MemorylessFunding

Matrix = NDArray[np.float64]

ORDER: tuple[type[Agent], ...] = (
    Dealer,
    NoiseTraders,
    ValueTraders,
    BasisArbitrageur,
    LeveragedCohort,
    CoveredVault,
)
"""Agents that can march, in the order in which they must stand."""
MARKETS: tuple[type[Market], ...] = (PerpMarket, ReactingVol, GasMarket)


def is_ordinary(world: World) -> bool:
    """True where the kernel knows everybody and everything in the market."""
    kinds = [type(agent) for agent, _state in world.agents]
    markets = [type(market) for market, _state in world.markets]
    known = all(kind in ORDER for kind in kinds) and all(kind in MARKETS for kind in markets)
    if not known or PerpMarket not in markets or len(set(markets)) < len(markets):
        return False
    ranks = [ORDER.index(kind) for kind in kinds]
    in_order = all(a < b or a == b == 0 for a, b in pairwise(ranks))
    depth = world.setup.depth.withdrawal(0.0) is not None
    return in_order and depth and all(map(is_plain, (*world.agents, *world.markets)))


def is_plain(item: tuple[Any, Any]) -> bool:
    """True where an agent or a market is of the sort that the kernel knows."""
    what, state = item
    if isinstance(what, Dealer):
        return state.seen is None and isinstance(what.policy, ConstantPolicy)
    if isinstance(what, BasisArbitrageur):
        return what.capacity_usd == np.inf
    if isinstance(what, PerpMarket):
        return isinstance(what.funding, MemorylessFunding)
    return True


def only(items: Sequence[tuple[Any, Any]], kind: type[Any], state: Any) -> tuple[Any, Any]:
    """The agent or market of that type with its state; None and ``state`` where there is none."""
    return next(((what, its) for what, its in items if isinstance(what, kind)), (None, state))


class FullMarch:
    """One market on one block of paths, as the kernel takes it.

    Args:
        world: For which :func:`is_ordinary` holds.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        agents, markets = world.agents, world.markets
        self.dealers: list[DealerState] = [its for who, its in agents if isinstance(who, Dealer)]
        self.vaults = [its for who, its in agents if isinstance(who, CoveredVault)]
        self.noise, self.noise_account = only(agents, NoiseTraders, -1)
        self.value, self.value_account = only(agents, ValueTraders, -1)
        self.basis, self.basis_account = only(agents, BasisArbitrageur, -1)
        self.cohort, self.crowd = only(agents, LeveragedCohort, None)
        self.perp, self.perp_state = only(markets, PerpMarket, None)
        self.vol, self.multiple = only(markets, ReactingVol, np.zeros(0))
        self.gas, self.chain = only(markets, GasMarket, None)
        splitting = [state.curve for state in self.dealers if state.attribution is not None]
        self.split = list(dict.fromkeys(splitting))
        self.state = self._state()
        self.desks, self.bids = self._desks()
        self.constants = self._constants()

    @classmethod
    def of(cls, world: World) -> Self | None:
        """Of a market, or None where the kernel does not know everybody in it."""
        return cls(world) if is_ordinary(world) else None

    def can_take(self, until: int) -> bool:
        """True where no option expires in the steps before ``until``."""
        holders = [*self.dealers, *self.vaults]
        return not any(state.curve.expires(self.world.index, until) for state in holders)

    def take(self, steps: range, shocks: Matrix) -> None:
        """Takes the steps, all at once.

        Args:
            steps: Their numbers.
            shocks: Exogenous log moves, shape (steps, n).

        Raises:
            InvariantError: Money, coins or positions appeared or vanished.
        """
        world = self.world
        targets = [world.exchange.tables(index + 1) for index in steps]
        values = self._values(range(steps.start, steps.stop + 1))
        wrong = march_full(
            self.state,
            self._books(),
            self._numbers(steps, shocks),
            self._market(steps, targets, values),
        )
        world.index = steps.stop - 1
        world.step_years = float(world.setup.clock.years[world.index])
        names = ("cash", "coins", "perps", "funding")
        for name, count in zip(names, wrong.tolist(), strict=True):
            if count:
                raise InvariantError(f"{name} do not sum to zero on {count} path-steps")

    def _state(self) -> march.State:
        world, crowd = self.world, self.crowd
        return march.State(
            paths=world.paths,
            logs=world.logs,
            prices=world.prices,
            figures=world.figures,
            hedges=world.exchange.book,
            rungs=world.exchange.rungs,
            perp=self.perp_state.rows,
            gas=self.chain.rows if self.chain else np.zeros((GAS_ROWS, 0)),
            multiple=self.multiple,
            waiting=crowd.waiting if crowd else np.zeros((1, 2, 0)),
            totals=crowd.totals if crowd else np.zeros((TOTAL_ROWS, 0)),
        )

    def _books(self) -> march.Books:
        accounts = self.world.accounts
        used = slice(accounts.checked)
        return march.Books(
            cash=accounts.cash[used],
            coins=accounts.coins[used],
            perps=accounts.perps[used],
            turnover=accounts.turnover[used],
            peak=accounts.peak[used],
            funding=accounts.funding[used],
            haircut=accounts.haircut[used],
        )

    def _desks(self) -> tuple[Matrix, Matrix]:
        """Who hedges, by which rule, and what it bids for its transactions."""
        desks = np.zeros((len(self.dealers), march.DESK_COLUMNS))
        bids = np.zeros((len(self.dealers), BID))
        payers = 0
        for state in self.dealers:
            dealer, row = state.dealer, desks[state.hedge]
            if isinstance(dealer.policy, ConstantPolicy):
                rule = dealer.policy.constant_rule
                row[march.RULE_BAND : march.RULE_MOST + 1] = rule.band, rule.edge, rule.most
            row[march.ACCOUNT] = state.account
            row[[march.SPREAD, march.FEE]] = dealer.costs.pair
            row[march.SPLITS] = float(state.attribution is not None)
            row[march.PAYER] = -1.0
            if dealer.gas is not None:
                row[march.PAYER], payers = payers, payers + 1
                bids[state.hedge] = dealer.gas.bid(self.world)
        return desks, bids

    def _constants(self) -> NDArray[np.float64]:
        setup, cohort = self.world.setup, self.cohort
        found = np.zeros(march.CONSTANTS)
        found[march.SPOT] = setup.spot
        found[march.SHARE] = setup.impact.permanent_share
        found[march.AVERAGE] = 0.5 if setup.fill_price is FillPrice.AVERAGE else 0.0
        found[march.TOLERANCE] = TOLERANCE
        found[march.PERP_PER_USD] = self.perp.per_usd
        found[march.STRENGTH] = self.value.strength if self.value else 0.0
        if cohort:
            found[[march.CLOSING_SPREAD, march.CLOSING_FEE]] = cohort.costs.pair
            found[march.IS_INVERSE] = float(self.crowd.inverse)
        return found

    def _clock(self, steps: range) -> Matrix:
        """What depends on the length and the time of each step."""
        setup = self.world.setup
        clock = np.zeros((len(steps), march.CLOCK_COLUMNS))
        for row, index in zip(clock, steps, strict=True):
            years = float(setup.clock.years[index])
            row[march.DECAY] = setup.impact.decay(years)
            row[march.CARRY], row[march.PER_YEAR] = setup.carry(years), 1.0 / years
            row[march.MARK_KEEP] = self.perp.keep(years)
            row[march.PER_DAY] = 1.0 / (DAYS_PER_YEAR * years)
            row[march.PERIODS] = years * (HOURS_PER_YEAR / self.perp.funding.rate_hours)
            depth = setup.depth.withdrawal(float(setup.clock.times[index]))
            row[march.CALM_IMPACT : march.LEAST_DEPTH + 1] = depth
            row[march.UNWOUND] = unwound(years)
            if self.noise:
                row[march.NOISE_USD] = self.noise.usd(years)
            if self.basis:
                row[march.BASIS_PART] = self.basis.part(years)
            if self.vol:
                row[march.VOL_KEEP] = self.vol.rule(years)[-1]
            if self.gas:
                row[march.BLOCKS] = self.chain.blocks_in(years, self.gas.block_seconds)
                row[march.RESPONSE] = self.gas.demand(years)[2]
            if self.crowd:
                row[march.SLOT] = index % len(self.crowd.waiting)
        return clock

    def _numbers(self, steps: range, shocks: Matrix) -> march.Numbers:
        draws, nothing = self.world.draws, np.zeros((len(steps), 0))
        paying = [state for state in self.dealers if state.dealer.gas is not None]
        streams = [Stream.INCLUSION + state.account for state in paying]
        inclusion = [draws.uniforms_over(stream, steps) for stream in streams]
        return march.Numbers(
            shocks=shocks,
            noise=draws.normals_over(Stream.NOISE, steps) if self.noise else nothing,
            congestion=draws.normals_over(Stream.CONGESTION, steps) if self.gas else nothing,
            inclusion=np.stack(inclusion) if inclusion else np.zeros((0, len(steps), 0)),
        )

    def _values(self, indices: range) -> list[list[Matrix]]:
        """Values on every curve of which a result is split, at several times."""
        return [[curve.values.at(index) for curve in self.split] for index in indices]

    def _market(
        self, steps: range, targets: list[Matrix], values: list[list[Matrix]]
    ) -> march.Market:
        exchange = self.world.exchange
        where = np.zeros((len(values), len(exchange.curves)), dtype=np.int64)
        where[:, [exchange.curves.index(curve) for curve in self.split]] = [
            addresses(tables) for tables in values
        ]
        return march.Market(
            clock=self._clock(steps),
            constants=self.constants,
            desks=self.desks,
            bids=self.bids,
            terms=exchange.terms_over(range(steps.start + 1, steps.stop + 1)),
            targets=addresses(targets),
            values=where,
            grid=exchange.grid,
            ladders=exchange.steps,
            keys=exchange.keys,
            sizes=exchange.sizes,
            sums=self._sums(),
            owners=self._owners(),
            who=self._who(),
            holders=self.world.accounts.perp_holders,
            funding=np.array([*self.perp.funding.terms, 0.0]),
            vol=self.vol.rule(1.0)[:3] if self.vol else (1.0, 0.0, 0.0),
            levels=self.world.setup.levels.ends,
            gas=self._gas(),
            shape=targets[0].shape,
        )

    def _who(self) -> NDArray[np.int64]:
        backstop = self.crowd.backstop if self.crowd else -1
        return np.array([self.noise_account, self.value_account, self.basis_account, backstop])

    def _gas(self) -> tuple[float, float, float, float, float]:
        if not self.gas:
            return 1.0, 0.0, 0.0, 0.0, 0.0
        usual, calm, _response, noise, elasticity = self.gas.demand(1.0)
        return usual, calm, noise, elasticity, float(self.gas.gas_limit)

    def _sums(self) -> Matrix:
        parts = [part.sums for part in self.crowd.sides] if self.crowd else []
        return np.concatenate([np.zeros((3, 0)), *parts], axis=1)

    def _owners(self) -> NDArray[np.int64]:
        owners = [part.who for part in self.crowd.sides] if self.crowd else []
        return np.array(owners, dtype=np.int64).reshape(-1, 5)
