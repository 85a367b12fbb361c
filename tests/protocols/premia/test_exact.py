"""The vault in integers against figures of Premia's own tests, exactly.

Figures: Premian-Labs/v3-contracts, test/vault/strategies/underwriter, files UnderwriterVault.erc4626.t.sol,
.internal.t.sol and .pps.t.sol.
"""

from dataclasses import replace

import pytest

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.fixed_point import WAD
from shortgamma.protocols.premia import exact

DAY = 86_400
START = 1_678_435_200 + 500 * 7 * DAY


def vault_with(amount: int, **changes: int) -> exact.Vault:
    vault, _ = exact.deposit(exact.Vault(), amount)
    return replace(vault, **changes)


@pytest.mark.parametrize(
    ("supply", "assets", "amount", "shares"),
    [(1, 1, 1, 10), (4, 1, 1, 40), (4, 5, 3, 24)],
)
def test_shares_of_a_withdrawal_are_the_published_ones(supply, assets, amount, shares) -> None:
    vault = exact.Vault(shares=supply * WAD, assets=assets * WAD)
    assert exact.shares_for(vault, amount * WAD) == shares * WAD // 10


def test_withdrawable_amounts_and_shares_are_the_published_ones() -> None:
    vault = vault_with(9 * WAD, locked_spread=WAD // 10, locked=WAD // 2)
    assert exact.withdrawable(vault, 2 * WAD) == 1_977777777777777776
    vault = vault_with(3 * WAD, locked_spread=WAD // 10, locked=WAD // 2)
    assert exact.withdrawable(vault, 3 * WAD) == 24 * WAD // 10
    price = exact.price_per_share(vault, 0)
    assert exact.divide(exact.withdrawable(vault, 3 * WAD), price) == 2_482758620689655174


def test_the_management_fee_of_a_day_is_the_published_one() -> None:
    for vault in (vault_with(2 * WAD), vault_with(10 * WAD, locked=WAD // 2)):
        assert exact.withdrawable(exact.at(vault, DAY), 2 * WAD) == 1_999890410958904110
    nearly_full = vault_with(10 * WAD, locked=85 * WAD // 10)
    assert exact.withdrawable(exact.at(nearly_full, DAY), 2 * WAD) == 15 * WAD // 10


def test_conversions_are_the_published_ones() -> None:
    assert exact.shares_for(exact.Vault(), 2 * WAD) == 2 * WAD
    assert exact.shares_for(vault_with(8 * WAD), 2 * WAD) == 2 * WAD
    half = vault_with(2 * WAD, locked_spread=WAD)
    assert exact.shares_for(half, 2 * WAD) == 4 * WAD
    assert exact.assets_for(half, 2 * WAD) == WAD
    assert exact.assets_for(vault_with(2 * WAD), 2 * WAD) == 2 * WAD
    with pytest.raises(RefusedError, match="zero shares"):
        exact.assets_for(exact.Vault(), 2 * WAD)


def spread_vault() -> exact.Vault:
    """setupSpreadVault: three expiries with spreads of 1.24, 5.56 and 11.2."""
    ticks = {
        START + days * DAY: exact.divide(amount * WAD // 100, days * DAY * WAD)
        for days, amount in ((7, 124), (10, 556), (14, 1120))
    }
    return exact.Vault(
        time=START,
        fee_time=START,
        spread_time=START,
        locked_spread=18 * WAD,
        spread_rate=sum(ticks.values()),
        ticks=ticks,
    )


def test_the_release_rate_after_a_purchase_is_the_published_one() -> None:
    vault = spread_vault()
    assert vault.spread_rate == 17744708994708
    vault = replace(vault, time=START + DAY, assets=WAD, locked=1234 * WAD // 1000)
    after = exact.after_buy(
        vault, START + 7 * DAY, collateral=WAD, premium=20 * WAD, spread=10 * WAD
    )
    assert after.spread_rate == 36070326278658
    assert after.locked_spread == 18 * WAD - 17744708994708 * DAY + 95 * WAD // 10
    assert after.assets == WAD + 20 * WAD + 95 * WAD // 10
    assert after.locked == WAD + 1234 * WAD // 1000
    assert after.protocol_fees == WAD // 2
    assert after.last_trade == START + DAY


@pytest.mark.parametrize(
    ("days", "spread", "rate"),
    [
        (1, 16.4668, 0.0000177447),
        (7, 7.268, 0.00001569444),
        (8, 5.912, 0.00001569444),
        (10, 3.2, 0.00000925925),
        (11, 2.4, 0.00000925925),
        (14, 0.0, 0.0),
    ],
)
def test_locked_spread_is_released_as_published(days: int, spread: float, rate: float) -> None:
    later = exact.with_spread(exact.at(spread_vault(), START + days * DAY))
    assert later.locked_spread / WAD == pytest.approx(spread, abs=1e-3)
    assert later.spread_rate / WAD == pytest.approx(rate, abs=1e-10)


def test_a_settlement_leaves_the_published_assets() -> None:
    price, size = 1500 * WAD, 2 * WAD
    calls = exact.Vault(assets=9_982 * WAD // 1000, locked=6 * WAD)
    paid = sum(exact.call_payoff(price, strike * WAD, size=size) for strike in (1000, 2000))
    after = exact.settle(calls, released=4 * WAD, paid=paid)
    assert after.assets / WAD == pytest.approx(9.3153333, abs=1e-7)
    assert after.locked == 2 * WAD
    puts = exact.Vault(assets=9976 * WAD, locked=8000 * WAD, decimals=6)
    paid = sum(exact.put_payoff(price, strike * WAD, size=size) for strike in (1000, 2000))
    after = exact.settle(puts, released=6000 * WAD, paid=paid)
    assert after.assets == 8976 * WAD
    assert after.locked == 2000 * WAD


def test_a_token_with_six_decimals_is_paid_in_its_units() -> None:
    vault = exact.Vault(assets=10 * WAD, shares=3 * WAD, decimals=6)
    after, amount = exact.redeem(vault, WAD)
    assert amount == 3_333333 * 10**12
    assert after.assets + amount == vault.assets
    with pytest.raises(RefusedError, match="maximum"):
        exact.redeem(vault, 4 * WAD)


def test_what_the_contract_does_not_accept_is_refused() -> None:
    with pytest.raises(RefusedError, match="zero assets"):
        exact.deposit(exact.Vault(), 0)
    dear = exact.Vault(assets=10 * WAD, shares=1)
    with pytest.raises(RefusedError, match="zero shares"):
        exact.deposit(dear, 1)
    with pytest.raises(RefusedError, match="insufficient"):
        exact.buy(vault_with(WAD), DAY, collateral=WAD, premium=WAD // 10)
