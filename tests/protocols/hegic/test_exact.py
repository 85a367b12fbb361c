"""The pools in integers against figures of Hegic's own tests, exactly.

Figures: hegic/contracts, packages/hardcore-beta/test: HegicOperationalTreasury.ts, HegicStakeAndCover.ts,
strategies/otm.ts.
"""

from dataclasses import replace

import pytest

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.hegic import exact

USD, TOKEN, ETHER, DAY = 10**6, 10**18, 10**18, 86_400
START = exact.Treasury(balance=100_000 * USD, benchmark=100_000 * USD, cover_usd=900_000 * USD)
CALL_BASE = (
    44200000000000000822605422526464,
    194999999999999992970346496,
    -72199999999999991808,
    16900000000000,
    -1510000,
)
CALL_SCALE = (
    125000000000000002485578104832,
    300000000000000008388608,
    -64000000000000008,
    4960000000,
    0,
)
PUT_BASE = (
    19000000000000000659282848645120,
    85999999999999999630901248,
    -29900000000000000000,
    5060000000000,
    0,
)
PUT_90 = (
    -38600000000000002217142648832,
    624000000000000033554432,
    -246000000000000032,
    42500000000,
    -2630,
)
PUT_80 = (-6230000000000000085530247168, 129999999999999995805696, -11400000000000000)
PUT_OLD = (129000000000000005661341348003840, 93599999999999994564182016, -6750000000000000000)
PUT_OLD_90 = (221000000000000012557276413952, 179999999999999991611392, -19700000000000000)
BITCOIN_BASE = (
    442999999999999975313366574956544,
    1430000000000000131701145600,
    -341000000000000000000,
    39200000000000,
)
BITCOIN_110 = (
    68599999999999994369432092672,
    310999999999999993708544,
    -64800000000000000,
    5000000000,
)


@pytest.mark.parametrize(
    ("base", "scale", "days", "amount", "unit", "published"),
    [
        (CALL_BASE, CALL_SCALE, 7, 345 * ETHER // 100, ETHER, 136_511124),
        (PUT_BASE, PUT_90, 30, 345 * ETHER // 100, ETHER, 243_922767),
        (PUT_BASE, PUT_80, 22, 345 * ETHER // 100, ETHER, 75_222070),
        (PUT_OLD, PUT_OLD_90, 22, 345 * ETHER // 100, ETHER, 479_529014),
        (BITCOIN_BASE, BITCOIN_110, 15, 145_000000, 10**8, 980_160447),
    ],
)
def test_premiums_are_the_published_ones(base, scale, days, amount, unit, published) -> None:
    found = exact.premium(base, scale, period=days * DAY, amount=amount, unit=unit)
    assert found == published


@pytest.mark.parametrize(
    ("price", "strike", "is_call", "published"),
    [
        (8000, 3520, True, 15456 * USD),
        (2000, 2880, False, 3036 * USD),
        (2000, 2560, False, 1932 * USD),
    ],
)
def test_payoffs_are_the_published_ones(price, strike, is_call, published) -> None:
    amount = 345 * ETHER // 100
    found = exact.payoff(price * 10**8, strike * 10**8, amount=amount, unit=ETHER, is_call=is_call)
    assert found == published


def sold(premium: int, loss: int) -> exact.Treasury:
    return exact.lock(START, loss=loss * USD, received=premium * USD)


def test_balances_after_a_sale_and_its_end_are_the_published_ones() -> None:
    after = sold(100, 1000)
    assert (after.balance, after.locked_premium, after.locked) == (
        100_100 * USD,
        100 * USD,
        1000 * USD,
    )
    free = exact.unlock(after, 0)
    assert (free.balance, free.locked_premium, free.locked) == (100_100 * USD, 0, 0)
    with pytest.raises(RefusedError, match="already"):
        exact.unlock(free, 0)


def test_balances_after_payoffs_are_the_published_ones() -> None:
    small = exact.pay_off(sold(100, 1000), 0, amount=1300 * USD)
    assert (small.balance, small.locked_premium, small.locked) == (98_800 * USD, 0, 0)
    insured = exact.pay_off(sold(35_000, 70_000), 0, amount=170_000 * USD)
    assert insured.balance == 100_000 * USD
    assert insured.cover_usd == (900_000 + 35_000 - 170_000) * USD
    paid = exact.pay_off(sold(10_000, 10_000), 0, amount=70_000 * USD)
    assert paid.balance == 40_000 * USD
    assert exact.replenish(paid).balance == 100_000 * USD
    with pytest.raises(RefusedError, match="cannot pay"):
        exact.pay_off(sold(10, 10), 0, amount=2_000_000 * USD)
    with pytest.raises(RefusedError, match="zero"):
        exact.pay_off(sold(10, 10), 0, amount=0)
    with pytest.raises(RefusedError, match="too large"):
        exact.lock(START, loss=10**13, received=0)


def test_withdrawals_leave_what_is_locked() -> None:
    free = exact.unlock(sold(10_000, 10_000), 0)
    assert exact.withdraw(free, 10_000 * USD).balance == 100_000 * USD
    with pytest.raises(RefusedError, match="withdraw"):
        exact.withdraw(free, 2_000_000 * USD)


def test_a_stakers_profit_is_the_published_one() -> None:
    pools = exact.Treasury(cover_usd=10_000_000 * USD, cover_tokens=100_000_000 * TOKEN)
    pools, usd = exact.provide(pools, "alice", tokens=1_000_000 * TOKEN)
    assert usd == 100_000 * USD
    pools = replace(pools, cover_usd=pools.cover_usd + 100_000 * USD)
    staked = pools.staked["alice"]
    with pytest.raises(RefusedError, match="claim"):
        exact.provide(pools, "alice", tokens=TOKEN)
    pools, profit = exact.claim(pools, "alice")
    assert profit == 990_099008
    assert staked - pools.staked["alice"] == 9_803_921559705882352941
    assert pools.cover_usd == 10_199_009_900992
    assert exact.share_of(pools, "alice") == 100_000 * USD
    with pytest.raises(RefusedError, match="zero"):
        exact.claim(pools, "alice")
    with pytest.raises(RefusedError, match="staked"):
        exact.leave(pools, "alice", tokens=staked)
    pools, usd = exact.leave(pools, "alice", tokens=990_196_078440294 * 10**9)
    assert usd == 100_000 * USD
