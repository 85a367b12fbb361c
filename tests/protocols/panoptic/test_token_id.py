"""Token ids against the bit diagram and masks of panoptic-v1-core, and back again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols.panoptic import token_id as t
from shortgamma.protocols.uniswap.ticks import MAX_TICK, sqrt_price_at_tick

LEG = st.builds(
    t.Leg,
    strike=st.integers(-MAX_TICK + 1, MAX_TICK - 1),
    width=st.integers(1, 4094),
    ratio=st.integers(1, 127),
    asset=st.integers(0, 1),
    token=st.integers(0, 1),
    long=st.booleans(),
    partner=st.integers(0, 3),
)
FULL = t.Leg(strike=-1, width=4095, ratio=127, asset=1, token=1, long=True, partner=3)


@given(st.integers(0, 2**64 - 1), st.lists(LEG, min_size=1, max_size=4))
def test_a_position_survives_its_number(pool: int, legs: list[t.Leg]) -> None:
    found = t.decoded(t.encoded(pool, legs))
    assert found == t.Position(pool=pool, spacing=pool >> 48, legs=tuple(legs))


def test_fields_stand_where_the_masks_of_the_contract_say() -> None:
    # TokenId.sol: LONG_MASK, OPTION_RATIO_MASK; TokenId.t.sol: the complements of its CLEAR_… masks.
    only = {
        "long": 0x100_000000000100_000000000100_000000000100_0000000000000000,
        "ratio": 0x0000000000FE_0000000000FE_0000000000FE_0000000000FE_0000000000000000,
        "width": 0xFFF000000000_FFF000000000_FFF000000000_FFF000000000_0000000000000000,
        "strike": 0x000FFFFFF000_000FFFFFF000_000FFFFFF000_000FFFFFF000_0000000000000000,
        "partner": 0x000000000C00_000000000C00_000000000C00_000000000C00_0000000000000000,
        "asset": 0x000000000001_000000000001_000000000001_000000000001_0000000000000000,
        "token": 0x000000000200_000000000200_000000000200_000000000200_0000000000000000,
    }
    assert t.encoded(0, [FULL] * 4) == sum(only.values())
    without = {"long": False, "asset": 0, "token": 0, "partner": 0, "strike": 0}
    for name, value in without.items():
        fields = {n: getattr(FULL, n) for n in FULL.__slots__} | {name: value}
        assert t.encoded(0, [t.Leg(**fields)] * 4) == sum(only.values()) - only[name]


def test_a_pool_is_the_first_48_bits_of_its_address_and_its_spacing() -> None:
    # USDC-WETH 0.05 %, spacing 10.
    pool = t.pool_number(0x88E6A0C2DDD26FEEB64F039A2C41296FCB3F5640, 10)
    assert pool == 0x000A_88E6A0C2DDD2
    assert t.decoded(t.encoded(pool, [FULL])).spacing == 10


@pytest.mark.parametrize(("width", "bounds"), [(2, (-10, 10)), (4, (-20, 20))])
def test_ticks_lie_around_the_strike(width: int, bounds: tuple[int, int]) -> None:
    assert t.ticks_of(t.Leg(strike=0, width=width), 10) == bounds


def test_odd_ranges_are_longer_above() -> None:
    assert t.ticks_of(t.Leg(strike=100, width=3), 1) == (99, 102)


@pytest.mark.parametrize(
    "leg", [t.Leg(strike=5, width=2), t.Leg(strike=MAX_TICK - 2, width=4), t.Leg(strike=0, width=1)]
)
def test_ticks_off_the_spacing_or_beyond_are_refused(leg: t.Leg) -> None:
    with pytest.raises(RefusedError, match="TicksNotInitializable"):
        t.ticks_of(leg, 10)


@given(st.integers(-5_000, 5_000), st.integers(1, 100), st.integers(1, 10**24))
def test_liquidity_holds_the_size_of_its_asset(strike: int, half: int, size: int) -> None:
    for asset in (0, 1):
        leg = t.Leg(strike=strike * 10, width=2 * half, ratio=3, asset=asset)
        low, high = (sqrt_price_at_tick(tick) for tick in t.ticks_of(leg, 10))
        liquidity = t.liquidity_of(leg, 10, size=size)
        gap = high - low
        held = liquidity * gap // 2**96 if asset else (liquidity << 96) * gap // high // low
        assert 0 <= 3 * size - held <= 2 + held // 10**9 + gap // 2**90


@pytest.mark.parametrize(
    "make",
    [
        lambda: t.encoded(0, []),
        lambda: t.encoded(2**64, [FULL]),
        lambda: t.encoded(0, [t.Leg(strike=0, width=4096)]),
        lambda: t.encoded(0, [t.Leg(strike=2**23, width=1)]),
        lambda: t.decoded(-1),
    ],
)
def test_what_does_not_fit_is_refused(make) -> None:
    with pytest.raises(InputError):
        make()
