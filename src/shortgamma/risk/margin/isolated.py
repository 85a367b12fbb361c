"""Margin of one short option by a formula: standard margins of Deribit, OKX and Derive.

Per unit short, with U the price of the underlying, m the mark and OTM ≥ 0 the distance of the strike::

    call  IM = max(most − OTM/U, least)·factor·U + m        MM = call·factor·U + m
    put   IM = max(the same form, ratio·MM)                 MM = max(put·U, value·m)·factor + m

A long option needs nothing, and offsets nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.risk.margin.account import Account
from shortgamma.risk.margin.regime import Charge

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortTerms:
    """Figures of the formula, as fractions of the underlying's price unless said otherwise.

    Args:
        most, least: Initial margin at the money and far out of it.
        factor: Multiplies both margins; grows with the size of the account on some venues.
        maintenance_call, maintenance_put: Maintenance margin.
        maintenance_put_value: Of the put's mark: where that is more than ``maintenance_put``.
        put_ratio: A put's initial margin is at least so many maintenance margins; 0 = no such floor.
    """

    most: float = 0.15
    least: float = 0.10
    factor: float = 1.0
    maintenance_call: float = 0.075
    maintenance_put: float = 0.075
    maintenance_put_value: float = 0.075
    put_ratio: float = 1.0

    def margins(
        self, price: Matrix, *, mark: Matrix, otm: Matrix, is_call: NDArray[np.bool_]
    ) -> tuple[Matrix, Matrix]:
        """Initial and maintenance margin of one unit short, USD, shape (m, n).

        Args:
            price: Price of the underlying U, USD, broadcastable to (m, n).
            mark: USD, shape (m, n).
            otm: OTM/U, not negative, shape (m, n).
            is_call: Shape (n,).
        """
        form = np.maximum(self.most - otm, self.least) * self.factor * price + mark
        call = self.maintenance_call * self.factor * price + mark
        floor = np.maximum(self.maintenance_put * price, self.maintenance_put_value * mark)
        put = floor * self.factor + mark
        initial = np.where(is_call, form, np.maximum(form, self.put_ratio * put))
        return initial, np.where(is_call, call, put)


@dataclass(frozen=True, slots=True, kw_only=True)
class IsolatedMargin:
    """Every short option by itself, in coin where it settles in the coin: Deribit and OKX standard margin.

    OTM is measured from the forward of the option's expiry; a figure in coin becomes USD at spot, so the mark
    of an inverse option, V/F coins, counts V·S/F. Coins in the account are collateral and need nothing.

    Args:
        short: The formula.
        contract_initial, contract_maintenance: Of the notional of futures and perpetuals.
        contract_slope: Added to both per unit of the underlying held.

    Source: Deribit, Standard margin; OKX help, Option margin.
    """

    short: ShortTerms
    contract_initial: float = 0.02
    contract_maintenance: float = 0.01
    contract_slope: float = 0.0

    def charge(self, account: Account) -> Charge:
        """The sum over positions."""
        held = account.holdings
        spot, forward = account.spot[:, None], account.forward
        mark = account.mark * np.where(held.is_inverse, spot / forward, 1.0)
        otm = np.maximum(held.sign * (held.strike - forward), 0.0) / forward
        initial, maintenance = self.short.margins(spot, mark=mark, otm=otm, is_call=held.is_call)
        first, second = self.contracts(account)
        calls, puts = held.short * held.is_call, held.short * ~held.is_call
        return Charge(
            initial=initial @ held.short + first,
            maintenance=maintenance @ held.short + second,
            counted=account.option_value,
            parts={
                "short calls": initial @ calls,
                "short puts": initial @ puts,
                "futures and perpetuals": first,
            },
        )

    def contracts(self, account: Account) -> tuple[Vector, Vector]:
        """Initial and maintenance margin of what has no optionality, USD, shape (m,)."""
        held = account.holdings
        size = np.where(held.is_spot, 0.0, np.abs(held.delta_one))
        slope = account.delta_one_price @ (self.contract_slope * size**2)
        notional = account.contract_notional
        return (
            self.contract_initial * notional + slope,
            self.contract_maintenance * notional + slope,
        )
