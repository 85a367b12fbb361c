"""Value and Greeks of what a vault's depositors own together.

With a units of the asset in the vault and at Opyn, and n options with the buyers, at spot S::

    call: value = a·S − n·C(S)        put: value = a − n·P(S)

Options that the vault holds itself are short and long at once. Of a put vault the asset is USD, so that all
of its delta and gamma is that of the options. Gamma is never positive: depositors are short it.

Source: derivatives of the value by Black-76 on a forward equal to spot; no rate.
"""

import numpy as np

from shortgamma.basics.units import DAYS_PER_YEAR, POINT
from shortgamma.kernels.black import N_GREEKS, Greek, black_greeks
from shortgamma.protocols.mechanism import PoolGreeks, Values
from shortgamma.protocols.ribbon.otoken import OTOKEN_UNIT
from shortgamma.protocols.ribbon.pooled import PooledVault
from shortgamma.protocols.ribbon.rollover import FEE_UNIT
from shortgamma.protocols.ribbon.state import AUCTION, VAULT, RibbonState


def greeks(state: PooledVault, spot: Values, *, vol: Values, years: Values) -> PoolGreeks:
    """Value and Greeks of a vault, the queued withdrawals and waiting deposits among it.

    Args:
        state: The vault; one, or one per path.
        spot: USD, positive.
        vol: Decimal per √year, positive.
        years: To the option's expiry, positive; without an option any.

    Returns:
        In USD and coins, positive = long; shape of the broadcast arguments.
    """
    shape, option = _option(state, spot, vol=vol, years=years)
    short = -np.broadcast_to(state.sold, shape)
    asset = np.broadcast_to(state.cash + state.locked, shape)
    coins, dollars = (asset, 0.0) if state.kind == "call" else (0.0, asset)
    return PoolGreeks(
        value_usd=coins * np.asarray(spot) + dollars + short * option[Greek.PRICE],
        delta=coins + short * option[Greek.DELTA],
        gamma=short * option[Greek.GAMMA],
        vega_usd_per_point=short * option[Greek.VEGA] * POINT,
        theta_usd_per_day=short * option[Greek.THETA] / DAYS_PER_YEAR,
    )


def _option(
    state: PooledVault, spot: Values, *, vol: Values, years: Values
) -> tuple[tuple[int, ...], np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """Shape of the answer, and every Greek of one option; an option that is not there has strike = spot."""
    strike = np.where(np.greater(state.strike, 0.0), state.strike, spot)
    held = state.cash + state.locked + state.sold
    parts = np.broadcast_arrays(spot, strike, years, vol, held)
    shape = parts[0].shape
    forward, strikes, times, vols = (np.array(part, dtype=np.float64).ravel() for part in parts[:4])
    sign = np.full(forward.size, 1.0 if state.kind == "call" else -1.0)
    out = np.empty((N_GREEKS, forward.size))
    black_greeks(forward, strikes, times, vols, np.zeros(forward.size), sign, out)
    return shape, out.reshape(N_GREEKS, *shape)


def pooled(state: RibbonState) -> PooledVault:
    """A vault in integers as one in floats, from now on: nobody has paid or received anything yet."""
    unit = 10**state.decimals
    short = state.short
    kept = sum(short.holders.get(name, 0) for name in (VAULT, AUCTION))
    return PooledVault(
        kind=state.kind,
        cap=state.cap / unit,
        performance_fee=state.performance_fee / (100 * FEE_UNIT),
        weekly_fee=state.rates.management / (100 * FEE_UNIT),
        cash=state.cash / unit,
        locked=state.locked / unit,
        last_locked=state.last_locked / unit,
        pending=state.pending / unit,
        supply=state.supply / unit,
        queued_shares=state.queued_shares / unit,
        queued_amount=state.queued_amount / unit,
        new_queued_shares=state.new_queued_shares / unit,
        price=state.round_prices.get(str(state.round - 1), unit) / unit,
        strike=short.strike / OTOKEN_UNIT,
        sold=(short.options - kept) / OTOKEN_UNIT,
        unsold=kept / OTOKEN_UNIT,
    )
