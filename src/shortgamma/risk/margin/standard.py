"""Derive's standard manager: per expiry the better of isolated margins and the largest loss at expiry."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.risk.margin.account import Account, Holdings
from shortgamma.risk.margin.isolated import ShortTerms
from shortgamma.risk.margin.regime import Charge

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


def largest_loss(holdings: Holdings) -> Vector:
    """The largest loss at expiry of each expiry's options, over the prices 0 and every strike.

    Args:
        holdings: Net holdings.

    Returns:
        USD, not negative, shape (g,); what unpaired short calls lose beyond the last strike is not in it.
    """
    groups = holdings.by_expiry
    levels = np.concatenate([[0.0], np.unique(holdings.strike)])
    payoff = np.maximum(holdings.sign * (levels[:, None] - holdings.strike), 0.0)
    worth = (payoff * holdings.quantity) @ groups
    # A level that is no strike of an expiry lies on a straight piece between two that are, or above the
    # last strike, where only unpaired calls still lose: there it may not count.
    top = np.where(groups > 0.0, holdings.strike[:, None], 0.0).max(axis=0, initial=0.0)
    inside = levels[:, None] <= top
    return np.maximum(-np.where(inside, worth, np.inf).min(axis=0, initial=np.inf), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeriveStandardMargin:
    """Derive SRM. OTM from spot, marks undiscounted, USDC taken as one USD and feeds as certain.

    requirement = Σ over expiries min(Σ isolated, largest loss + unpaired·F·net short calls)
                  + perpetuals − coins held at their margin factor

    Args:
        short: The isolated formula; its ``put_ratio`` is the contract's mmOffsetScale.
        unpaired_initial, unpaired_maintenance: Of the forward, per unit of net short calls of an expiry.
        contract_initial, contract_maintenance: Of the perpetuals' notional.
        spot_maintenance: Part of the coins' value that counts as cash.
        spot_initial_scale: The same again, for initial margin.

    Source: derivexyz/v2-core, src/risk-managers/StandardManager.sol.
    """

    short: ShortTerms
    unpaired_initial: float = 1.2
    unpaired_maintenance: float = 1.1
    contract_initial: float = 0.10
    contract_maintenance: float = 0.065
    spot_maintenance: float = 0.80
    spot_initial_scale: float = 0.9375

    def charge(self, account: Account) -> Charge:
        """The sum over expiries, perpetuals and coins."""
        held, notional = account.holdings, account.contract_notional
        isolated = self.isolated(account)
        options = [
            self.options(account, isolated[place], unpaired)
            for place, unpaired in enumerate((self.unpaired_initial, self.unpaired_maintenance))
        ]
        owned = np.maximum(account.spot_value, 0.0)
        owed = np.maximum(-account.spot_value, 0.0)
        credit = self.spot_maintenance * owned
        first = self.contract_initial * notional
        coins = owed - credit * self.spot_initial_scale
        return Charge(
            initial=options[0] + first + coins,
            maintenance=options[1] + self.contract_maintenance * notional + owed - credit,
            counted=account.undiscounted_mark @ held.quantity + account.spot_value,
            parts={"options": options[0], "futures and perpetuals": first, "coins": coins},
        )

    def isolated(self, account: Account) -> tuple[Matrix, Matrix]:
        """Initial and maintenance margins of every option by itself, USD, shape (m, n)."""
        held, spot = account.holdings, account.spot[:, None]
        otm = np.maximum(held.sign * (held.strike - spot), 0.0) / spot
        mark = account.undiscounted_mark
        initial, maintenance = self.short.margins(spot, mark=mark, otm=otm, is_call=held.is_call)
        return initial * held.short, maintenance * held.short

    def options(self, account: Account, isolated: Matrix, unpaired: float) -> Vector:
        """The better of both ways, summed over expiries, USD, shape (m,)."""
        held = account.holdings
        groups = held.by_expiry
        calls = np.where(held.is_call, held.quantity, 0.0) @ groups
        forward = account.forward[:, held.first_of_expiry]
        loss = largest_loss(held) + unpaired * forward * np.maximum(-calls, 0.0)
        return np.minimum(isolated @ groups, loss).sum(axis=1)
