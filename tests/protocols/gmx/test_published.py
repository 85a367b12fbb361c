"""Impact, funding and borrowing against figures of GMX's own tests.

Figures: gmx-io/gmx-synthetics, test/exchange/PositionPriceImpact/PairMarket.ts,
test/exchange/FundingFees/AdaptiveFunding.ts and PairMarket.ts, test/exchange/BorrowingFees.ts.
"""

from dataclasses import replace

import pytest

from shortgamma.protocols.gmx import exact
from shortgamma.protocols.gmx.market import accrued, step
from shortgamma.protocols.gmx.pricing import next_funding_factor, price_impact
from shortgamma.protocols.gmx.state import FundingTerms, Increase, Position, State

THOUSAND = 1000 * exact.ONE
IMPROVES, WORSENS = exact.ONE * 5 // 10**9, exact.ONE // 10**8
# Longs, shorts (thousands of USD), side and size of the order → impact, execution price with 12 decimals.
IMPACTS = [
    (0, 0, "long", 200, -399999999999999992588018713340000, 5010020040080160),
    (200, 0, "long", 200, -1199999999999999977764056140040000, 5030181086519114),
    (400, 0, "short", 10, 39500000000000000326409486835000, 5019828321871391),
    (400, 10, "short", -10, -79000000000000000652818973670000, None),
    (400, 0, "short", 500, 699999999999999987029032748360000, 5007009813739234),
    (400, 500, "short", 100, -299999999999999994441014035010000, 4985044865403788),
    (400, 600, "long", 200, 199999999999999996294009356670000, 4995004995004995),
    (600, 600, "long", 100, -99999999999999998147004678330000, 5005005005005005),
]


def market(longs: float, shorts: float, **changes: object) -> State:
    positions = {
        side: Position(side=side, size=size, coins=size / 5000.0, collateral=size)
        for side, size in (("long", longs), ("short", shorts))
    }
    return State(positions=positions, **changes)


@pytest.mark.parametrize(("longs", "shorts", "side", "size", "impact", "executed"), IMPACTS)
def test_impacts_are_the_published_ones(longs, shorts, side, size, impact, executed) -> None:
    sign = 1 if side == "long" else -1
    before = (longs - shorts) * THOUSAND
    after = before + sign * size * THOUSAND
    assert exact.price_impact(before, after, improves=IMPROVES, worsens=WORSENS) == impact
    state = market(longs * 1e3, shorts * 1e3, impact_improves=5e-9, impact_worsens=1e-8)
    state = replace(state, pool_coins=1e3, pool_usd=2e6, impact_coins=1.0, reserve=1.0)
    assert price_impact(state, side, size=size * 1e3) == pytest.approx(impact / 1e30, rel=1e-12)
    if executed is not None and size > 0:
        event = Increase(
            time=0.0, price=5000.0, account="new", side=side, size=size * 1e3, collateral=1e5
        )
        _, outcome = step(state, event)
        assert outcome.execution_price == pytest.approx(executed / 1e12, rel=1e-12)


ADAPTIVE = exact.FundingTerms(
    increase=exact.ONE // 10**6,
    decrease=exact.ONE * 2 // 10**8,
    stable_below=exact.ONE * 5 // 100,
    decrease_below=exact.ONE * 3 // 100,
    lowest=0,
    highest=exact.ONE,
)
FLOATS = FundingTerms(
    increase=1e-6, decrease=2e-8, stable_below=0.05, decrease_below=0.03, lowest=0.0, highest=1.0
)
# Longs, shorts (USD), seconds, factor before → after, the published figure, tolerance of the published test.
FUNDING = [
    (106_000, 94_000, 600, 0, 36000000000000000000000000, 0),
    (106_000, 94_000, 604, 0, 36240000000000000000000000, 0),
    (104_000, 96_000, 600, 72637888432138635383224410, 72637888432138635383224410, 0),
    (102_000, 98_000, 600, 72618803095782552410311774, 60618803095782552410311774, 0),
    (94_000, 106_000, 600, 60475449363249909351161042, 24451790944216678086726159, 10**23),
    (94_000, 106_000, 600, 24451790944216678086726159, -11500529296732609336067894, 10**23),
    (94_000, 106_000, 600, -11500529296732609336067894, -47533010594450302147780558, 10**23),
]


@pytest.mark.parametrize(("longs", "shorts", "seconds", "factor", "after", "tolerance"), FUNDING)
def test_funding_factors_are_the_published_ones(
    longs, shorts, seconds, factor, after, tolerance
) -> None:
    moved = exact.next_funding_factor(
        ADAPTIVE, factor, longs=longs * exact.ONE, shorts=shorts * exact.ONE, seconds=seconds
    )
    assert abs(moved - after) <= tolerance
    found = next_funding_factor(
        FLOATS, factor / 1e30, longs=longs, shorts=shorts, seconds=float(seconds)
    )
    assert found == pytest.approx(moved / 1e30, rel=1e-12)


def test_after_a_small_order_the_factor_has_the_published_digits() -> None:
    moved = exact.next_funding_factor(
        ADAPTIVE,
        36240000000000000000000000,
        longs=106_000 * exact.ONE,
        shorts=94_001 * exact.ONE,
        seconds=600,
    )
    assert moved == 72236820015899920500397200


def test_funding_of_two_weeks_is_the_published_one() -> None:
    terms = FundingTerms(increase=0.0, fixed=1e-10, highest=1.0)
    state = market(200_000.0, 100_000.0, funding_terms=terms)
    later = accrued(state, 14 * 86_400.0, price=5000.0)
    # The published 8.06402 USD include one more second between the orders.
    assert later.long.funding_paid * 200_000.0 == pytest.approx(8.06402, rel=1e-5)
    assert later.short.funding_got * 100_000.0 == pytest.approx(8.06402, rel=1e-5)
    assert later.short.funding_paid == 0.0


def test_borrowing_fees_of_two_weeks_are_the_published_ones() -> None:
    state = market(200_000.0, 150_000.0, pool_coins=1000.0, pool_usd=1e6, borrowing_exponent=1.0)
    for side, factor, size, published in (
        ("long", 1e-7, 200_000.0, 967.684),
        ("short", 2e-7, 150_000.0, 5443.2),
    ):
        later = accrued(replace(state, borrowing_factor=factor), 14 * 86_400.0, price=5000.0)
        owed = getattr(later, side).borrowing * size
        assert owed == pytest.approx(published, abs=0.01)
    # Reserved 201,000 and 150,000 USD for the next stretch; the stored factor of shorts is exact.
    rate = exact.borrowing_rate(
        2 * exact.ONE // 10**7, reserved=150 * THOUSAND, pool=1000 * THOUSAND
    )
    assert abs(rate * (14 * 86_400 + 4) - 36288120000000000000000000000) == 0
