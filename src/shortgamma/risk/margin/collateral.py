"""Collateral of on-chain shorts: Opyn's naked vaults, Lyra's shocked vol, and full collateral."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import RefusedError
from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.protocols.lyra.collateral import short_call_coins, short_put_cash
from shortgamma.protocols.lyra.pool import CollateralRules
from shortgamma.protocols.lyra.valuation import Option
from shortgamma.risk.margin.account import Account
from shortgamma.risk.margin.regime import Charge

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


def vault_charge(account: Account, per_option: Matrix) -> Charge:
    """Collateral of every short by itself; initial and maintenance are one figure.

    Args:
        account: Longs lie outside the vaults and coins are what the vaults take.
        per_option: Collateral behind each holding, USD, shape (m, n).
    """
    held = account.holdings
    calls, puts = per_option @ held.is_call, per_option @ ~held.is_call
    total = calls + puts
    return Charge(
        initial=total,
        maintenance=total,
        counted=account.option_value,
        parts={"short calls": calls, "short puts": puts},
    )


def refuse_contracts(account: Account, venue: str) -> None:
    """Refuses futures and perpetuals.

    Raises:
        RefusedError: The account holds some.
    """
    held = account.holdings
    if np.any((held.delta_one != 0.0) & ~held.is_spot):
        raise RefusedError(f"{venue} takes no futures or perpetuals")


@dataclass(frozen=True, slots=True, kw_only=True)
class NakedVaultMargin:
    """Opyn's naked margin vaults, one short each, calls in coins and puts in USD.

    v is the upper bound of an option's price, that of the next longer time in the table, s the shock::

        put   v·min(K, s·S) + max(K − s·S, 0)
        call  v·min(1, s·K/S) + max(1 − s·K/S, 0) coins, at spot

    Args:
        bounds: Days to expiry and upper bound, in order.
        call_shock, put_shock: Spot shock.

    Source: opynfinance/GammaProtocol, contracts/core/MarginCalculator.sol (_getNakedMarginRequired).
    """

    bounds: tuple[tuple[float, float], ...]
    call_shock: float = 0.75
    put_shock: float = 0.75

    def charge(self, account: Account) -> Charge:
        """What it asks for.

        Raises:
            RefusedError: A short expires after the last bound, or there are futures.
        """
        refuse_contracts(account, "a vault")
        held, spot = account.holdings, account.spot[:, None]
        bound = self.bound(held.days, held.short > 0.0)
        ratio = self.call_shock * held.strike / spot
        call = (bound * np.minimum(ratio, 1.0) + np.maximum(1.0 - ratio, 0.0)) * spot
        floor = self.put_shock * spot
        put = bound * np.minimum(held.strike, floor) + np.maximum(held.strike - floor, 0.0)
        return vault_charge(account, np.where(held.is_call, call, put) * held.short)

    def bound(self, days: Vector, needed: NDArray[np.bool_]) -> Vector:
        """Upper bound of every option's price, shape (n,); 0 where it is not needed.

        Raises:
            RefusedError: There is none for an option that needs it.
        """
        ends, values = np.array(self.bounds).T
        # A table in whole minutes on chain: a time that is longer only by rounding is not longer.
        place = np.searchsorted(ends, days - 1e-9)
        if np.any(needed & (place == len(ends))):
            raise RefusedError(f"no upper bound beyond {ends[-1]:g} days to expiry")
        return np.where(needed, np.append(values, 0.0)[place], 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShockedVolMargin:
    """Lyra (Newport): a short valued after a shock of spot at a shock vol, calls in coins and puts in USD.

    Args:
        least_cash, least_coins: Per position.
        near_vol, near_days, far_vol, far_days: Shock vol by days to expiry, on a straight line between.
        call_shock, put_shock: Factors of spot.
        rate: Per year.

    Source: derivexyz/v1-core, contracts/OptionGreekCache.sol; see
    :mod:`shortgamma.protocols.lyra.collateral`.
    """

    least_cash: float = 200.0
    least_coins: float = 0.2
    near_vol: float = 2.5
    near_days: float = 14.0
    far_vol: float = 1.8
    far_days: float = 56.0
    call_shock: float = 1.2
    put_shock: float = 0.8
    rate: float = 0.0

    def charge(self, account: Account) -> Charge:
        """What it asks for.

        Raises:
            RefusedError: There are futures.
        """
        refuse_contracts(account, "the protocol")
        held = account.holdings
        shape = account.vol.shape
        spot = np.broadcast_to(account.spot[:, None], shape)
        option = Option(
            spot=spot,
            strike=np.broadcast_to(held.strike, shape),
            seconds=np.broadcast_to(held.years * SECONDS_PER_YEAR, shape),
            vol=account.vol,
            rate=self.rate,
        )
        size = np.broadcast_to(held.short, shape)
        calls = np.asarray(short_call_coins(self.rules, option, size=size)) * spot
        puts = np.asarray(short_put_cash(self.rules, option, size=size))
        return vault_charge(account, np.where(held.is_call, calls, puts))

    @property
    def rules(self) -> CollateralRules:
        """The protocol's own record of these figures."""
        day = SECONDS_PER_YEAR / 365.0
        return CollateralRules(
            least_cash=self.least_cash,
            least_coins=self.least_coins,
            near_vol=self.near_vol,
            near_seconds=self.near_days * day,
            far_vol=self.far_vol,
            far_seconds=self.far_days * day,
            call_shock=self.call_shock,
            put_shock=self.put_shock,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FullMargin:
    """Every short covered for good: a coin behind a call, the strike behind a put, the notional of futures.

    Args:
        share: Of full cover.
    """

    share: float = 1.0

    def charge(self, account: Account) -> Charge:
        """What it asks for."""
        held, spot = account.holdings, account.spot[:, None]
        cover = np.where(held.is_call, spot, held.strike) * held.short * self.share
        options = vault_charge(account, cover)
        notional = account.contract_notional * self.share
        return Charge(
            initial=options.initial + notional,
            maintenance=options.maintenance + notional,
            counted=options.counted,
            parts={**options.parts, "futures and perpetuals": notional},
        )
