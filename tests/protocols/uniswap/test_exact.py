"""The integer pool against the snapshots of Uniswap/v3-core, and under any sequence of events."""

from dataclasses import replace
from math import isqrt

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.mechanism import play
from shortgamma.protocols.uniswap import exact as e
from shortgamma.protocols.uniswap.exact_ranges import most_per_tick
from shortgamma.protocols.uniswap.mechanisms import UNISWAP_V3_EXACT
from shortgamma.protocols.uniswap.ticks import MAX_TICK, Q96

ONE = 10**18
LOW, MEDIUM, HIGH = (500, 10), (3000, 60), (10_000, 200)
EVERYTHING = (1 << 255) - 1


def encoded(token1: int, token0: int) -> int:
    return isqrt((token1 << 192) // token0)


def opened(tier: tuple[int, int], price: int, *ranges: tuple[int, int, int]) -> e.PoolState:
    fee, spacing = tier
    state, _ = e.step(e.PoolState(fee=fee, spacing=spacing), e.Initialize(sqrt_price=price))
    for lower, upper, liquidity in ranges:
        state, _ = e.step(state, e.Mint(lower=lower, upper=upper, liquidity=liquidity))
    return state


def full(spacing: int, liquidity: int = 2 * ONE) -> tuple[int, int, int]:
    most = MAX_TICK // spacing * spacing
    return -most, most, liquidity


AROUND = (full(60), (-887220, -60, 2 * ONE), (60, 887220, 2 * ONE))
FLAT = encoded(1, 1)
STEEP = encoded(10, 1)
TOP = encoded(1 << 127, 1)
TO_LOW, TO_HIGH = encoded(2, 5), encoded(5, 2)
DOWN, UP = True, False

# UniswapV3Pool.swaps.spec.ts.snap: pool, start, ranges, (direction, amount, limit), reserves before,
# what is paid, fee growth, tick afterwards.
SNAPSHOTS = [
    (
        LOW,
        FLAT,
        (full(10),),
        (DOWN, ONE, 0),
        (2 * ONE, 2 * ONE),
        (ONE, -666444407401233536),
        85070591730234956148210572796405514,
        -8107,
    ),
    (
        LOW,
        FLAT,
        (full(10),),
        (DOWN, -ONE, 0),
        (2 * ONE, 2 * ONE),
        (2001000500250125077, -ONE),
        170226296608774038574344664756091446,
        -13864,
    ),
    (
        LOW,
        FLAT,
        (full(10),),
        (UP, -ONE, 0),
        (2 * ONE, 2 * ONE),
        (-ONE, 2001000500250125079),
        170226296608774378856711585694554910,
        13863,
    ),
    (
        LOW,
        FLAT,
        (full(10),),
        (DOWN, 1000, 0),
        (2 * ONE, 2 * ONE),
        (1000, -998),
        170141183460469231731,
        -1,
    ),
    (
        LOW,
        FLAT,
        ((-10, 10, 2 * ONE),),
        (UP, ONE, 0),
        (999700069986003, 999700069986003),
        (-999700069986002, 1000700370186095),
        85130172636557991529041720559172,
        887271,
    ),
    (
        LOW,
        FLAT,
        ((-10, 10, 2 * ONE),),
        (DOWN, EVERYTHING, TO_LOW),
        (999700069986003, 999700069986003),
        (1000700370186095, -999700069986002),
        85130172636557991529041720559172,
        -9164,
    ),
    (
        HIGH,
        FLAT,
        (full(200),),
        (UP, ONE, 0),
        (2 * ONE, 2 * ONE),
        (-662207357859531772, ONE),
        1701411834604692317316873037158841057,
        8042,
    ),
    (
        HIGH,
        FLAT,
        (full(200),),
        (UP, EVERYTHING, TO_HIGH),
        (2 * ONE, 2 * ONE),
        (-735088935932648267, 1174017838553918518),
        1997487844552658120479227965844634309,
        9163,
    ),
    (
        MEDIUM,
        FLAT,
        AROUND,
        (UP, EVERYTHING, TO_HIGH),
        (3994009290088178439, 3994009290088178439),
        (-1464187161953474971, 2325523181756544449),
        595039006852697724928157455230309818,
        9163,
    ),
    (
        MEDIUM,
        STEEP,
        (full(60),),
        (UP, -ONE, 0),
        (632455532033675867, 6324555320336758664),
        (-632455532033675838, 36907032426281581270030941278837275671),
        18838218525064384185660173270402201838945341643205005201,
        887271,
    ),
    (
        MEDIUM,
        STEEP,
        (full(60),),
        (DOWN, EVERYTHING, TO_LOW),
        (632455532033675867, 6324555320336758664),
        (2537434431428990438, -5059644256269406930),
        1295166291350014007196790362622908786,
        -9164,
    ),
    (
        MEDIUM,
        TOP,
        (full(60),),
        (DOWN, 1000, 0),
        (1, 26087635650665564424699143612505016738),
        (1000, -26083549850867114346332688477747755628),
        2381976568446569244235,
        705098,
    ),
    (
        MEDIUM,
        TOP,
        (full(60),),
        (DOWN, ONE, 0),
        (1, 26087635650665564424699143612505016738),
        (ONE, -26087635650665564420687107504180041533),
        510423550381413479995299567101531162,
        13923,
    ),
    (
        MEDIUM,
        FLAT,
        ((0, 120000, 2 * ONE),),
        (UP, ONE, 0),
        (1995041008271423675, 0),
        (-665331998665331998, ONE),
        510423550381407695195061911147652317,
        8089,
    ),
]


@pytest.mark.parametrize("case", SNAPSHOTS)
def test_published_swaps(case) -> None:
    tier, price, ranges, (token0_in, amount, limit), before, delta, growth, tick = case
    state = opened(tier, price, *ranges)
    assert (state.reserve0, state.reserve1) == before
    state, done = e.step(state, e.Swap(token0_in=token0_in, amount=amount, limit=limit))
    assert (done.paid0, done.paid1) == delta
    assert (state.growth0, state.growth1) == ((growth, 0) if token0_in else (0, growth))
    assert (state.tick, done.tick) == (tick, tick)


def test_most_liquidity_per_tick_is_the_published_one() -> None:
    # test/Tick.spec.ts, tickSpacingToMaxLiquidityPerTick.
    assert most_per_tick(10) == 1917569901783203986719870431555990
    assert most_per_tick(60) == 11505743598341114571880798222544994
    assert most_per_tick(200) == 38350317471085141830651933667504588


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (e.Initialize(sqrt_price=Q96), "AI"),
        (e.Mint(lower=60, upper=60, liquidity=1), "TLU"),
        (e.Mint(lower=-887280, upper=60, liquidity=1), "TLM"),
        (e.Mint(lower=60, upper=887280, liquidity=1), "TUM"),
        (e.Mint(lower=61, upper=120, liquidity=1), "spacing"),
        (e.Mint(lower=60, upper=120, liquidity=0), "no liquidity"),
        (e.Mint(lower=60, upper=120, liquidity=most_per_tick(60) + 1), "LO"),
        (e.Burn(lower=60, upper=120, liquidity=1), "LS"),
        (e.Burn(lower=60, upper=120, liquidity=0), "NP"),
        (e.Collect(lower=60, upper=120, amount0=-1), "negative"),
        (e.Swap(token0_in=True, amount=0), "AS"),
        (e.Swap(token0_in=True, amount=1, limit=2 * Q96), "SPL"),
        (e.Swap(token0_in=False, amount=1, limit=Q96 // 2), "SPL"),
    ],
)
def test_what_the_contract_reverts_is_refused_and_changes_nothing(event, reason) -> None:
    state = opened(MEDIUM, FLAT, full(60))
    done = play(UNISWAP_V3_EXACT, state, [event])
    assert reason in done.outcomes[0].refused
    assert done.states[0] is state


def test_nothing_happens_before_a_price_is_set() -> None:
    with pytest.raises(RefusedError, match="LOK"):
        e.step(e.PoolState(), e.Swap(token0_in=True, amount=1))


class Pools(RuleBasedStateMachine):
    """Anybody mints, burns, collects and trades; the pool can always pay everybody."""

    @initialize(price=st.integers(-200, 200), tier=st.sampled_from([LOW, MEDIUM, HIGH]))
    def start(self, price, tier):
        fee, spacing = tier
        self.spacing = spacing
        at = encoded(1_000 + price, 1_000)
        self.state, _ = e.step(e.PoolState(fee=fee, spacing=spacing), e.Initialize(sqrt_price=at))
        self.paid = [0, 0]
        self.events = 0

    def run(self, event):
        try:
            self.state, done = e.step(self.state, event)
        except RefusedError:
            return None
        self.events += 1
        self.paid[0] += getattr(done, "paid0", 0)
        self.paid[1] += getattr(done, "paid1", 0)
        return done

    def place(self, middle, width):
        return {"lower": (middle - width) * self.spacing, "upper": (middle + width) * self.spacing}

    @rule(
        middle=st.integers(-4, 4),
        width=st.integers(1, 3),
        owner=st.sampled_from(["a", "b"]),
        liquidity=st.integers(1, 10**20),
    )
    def mint(self, middle, width, owner, liquidity):
        self.run(e.Mint(**self.place(middle, width), owner=owner, liquidity=liquidity))

    @rule(share=st.integers(0, 100), pick=st.integers(0, 100))
    def burn(self, share, pick):
        if self.state.positions:
            held = self.state.positions[pick % len(self.state.positions)]
            self.run(
                e.Burn(
                    lower=held.lower,
                    upper=held.upper,
                    owner=held.owner,
                    liquidity=held.liquidity * share // 100,
                )
            )

    @rule(pick=st.integers(0, 100))
    def collect(self, pick):
        if self.state.positions:
            held = self.state.positions[pick % len(self.state.positions)]
            self.run(e.Collect(lower=held.lower, upper=held.upper, owner=held.owner))

    @rule(token0_in=st.booleans(), amount=st.integers(-(10**19), 10**19).filter(bool))
    def swap(self, token0_in, amount):
        limit = encoded(1, 2) if token0_in else encoded(2, 1)
        before = self.state
        done = self.run(e.Swap(token0_in=token0_in, amount=amount, limit=limit))
        if done is not None and before.liquidity:
            fell = before.sqrt_price - done.sqrt_price
            assert fell >= 0 if token0_in else fell <= 0

    @invariant()
    def reserves_are_what_was_paid(self):
        assert [self.state.reserve0, self.state.reserve1] == self.paid

    @invariant()
    def everybody_can_be_paid_and_only_dust_is_left(self):
        claims = e.claims(self.state)
        # Ticks between the price limits are crossed at most once per swap; each rounds by a few units.
        dust = 2_000 * (1 + self.events)
        for reserve, claim in zip(self.paid, claims, strict=True):
            assert 0 <= reserve - claim <= dust

    @invariant()
    def liquidity_in_reach_is_that_of_the_ranges_around_the_tick(self):
        reach = sum(
            p.liquidity for p in self.state.positions if p.lower <= self.state.tick < p.upper
        )
        assert self.state.liquidity == reach

    @invariant()
    def ticks_carry_what_positions_put_there(self):
        net = dict.fromkeys([tick.index for tick in self.state.ticks], 0)
        for held in self.state.positions:
            if held.liquidity:
                net[held.lower] += held.liquidity
                net[held.upper] -= held.liquidity
        assert {tick.index: tick.net for tick in self.state.ticks} == net

    def teardown(self):
        for held in self.state.positions:
            where = {"lower": held.lower, "upper": held.upper, "owner": held.owner}
            if held.liquidity:
                self.run(e.Burn(**where, liquidity=held.liquidity))
            self.run(e.Collect(**where))
        assert self.state.ticks == ()
        assert self.state.liquidity == 0
        assert min(self.state.reserve0, self.state.reserve1) >= 0


Pools.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestPools = Pools.TestCase


def test_fees_go_to_the_ranges_that_the_price_went_through() -> None:
    state = opened(MEDIUM, FLAT, (-60, 60, ONE), (600, 660, ONE))
    state, _ = e.step(state, e.Swap(token0_in=False, amount=EVERYTHING, limit=encoded(101, 100)))
    state, _ = e.step(state, e.Burn(lower=-60, upper=60, liquidity=0))
    state, _ = e.step(state, e.Burn(lower=600, upper=660, liquidity=0))
    near, far = (p.owed1 for p in sorted(state.positions, key=lambda p: p.lower))
    assert near > 0
    assert far == 0


def test_states_are_values() -> None:
    state = opened(MEDIUM, FLAT, full(60))
    assert replace(state) == state
