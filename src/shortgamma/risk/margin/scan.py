"""The largest loss over a list of scenarios: SPAN, OCC, and the portfolio margins of Deribit and OKX."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from shortgamma.risk.margin.account import Account
from shortgamma.risk.margin.regime import Charge
from shortgamma.risk.margin.shocks import UP, Scenario, VolShock

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanMargin:
    """Worst scenario, plus contingencies, not below a minimum.

    maintenance = max(worst loss + contingencies, minimum), initial = initial_factor·maintenance. Losses are
    in USD by full revaluation; futures, perpetuals and coins move with spot. It is a demand on equity.

    Args:
        scenarios: Move of spot, direction of vol, weight.
        vol: Shocks of vol.
        initial_factor: Initial over maintenance margin.
        short_option: Contingency: part of spot per unit of net short options of a strike.
        contract: Contingency: part of the notional of futures and perpetuals.
        least_per_option: Minimum: USD per unit of every option, long or short.
        short_minimum: Minimum: part of spot per unit of options sold.
        tiers: Of that minimum: upper end in USD and multiplier of what lies in the tier; empty = ×1.
    """

    scenarios: tuple[Scenario, ...]
    vol: VolShock = field(default_factory=VolShock)
    initial_factor: float = 1.0
    short_option: float = 0.0
    contract: float = 0.0
    least_per_option: float = 0.0
    short_minimum: float = 0.0
    tiers: tuple[tuple[float, float], ...] = ()

    def charge(self, account: Account) -> Charge:
        """What it asks for."""
        worst = np.maximum(-self.results(account).min(axis=0), 0.0)
        options = self.short_option * account.holdings.naked_shorts() * account.spot
        contracts = self.contract * account.contract_notional
        scanned = worst + options + contracts
        maintenance = np.maximum(scanned, self.minimum(account))
        return Charge(
            initial=self.initial_factor * maintenance,
            maintenance=maintenance,
            counted=np.zeros(len(account)),
            parts={
                "worst scenario": worst,
                "contingencies": options + contracts,
                "minimum above the scan": maintenance - scanned,
                "initial above maintenance": (self.initial_factor - 1.0) * maintenance,
            },
        )

    def results(self, account: Account) -> NDArray[np.float64]:
        """Weighted profit in every scenario, USD, + = the account wins, shape (k, m)."""
        held = account.holdings
        exposed = account.contract_value + account.spot_value
        out = np.empty((len(self.scenarios), len(account)))
        for row, (move, way, weight) in enumerate(self.scenarios):
            shocked = account.prices(move, self.vol.vols(account, way))
            out[row] = weight * ((shocked - account.mark) @ held.quantity + exposed * move)
        return out

    def minimum(self, account: Account) -> Vector:
        """The least maintenance margin, USD, shape (m,)."""
        held = account.holdings
        raw = self.short_minimum * held.short.sum() * account.spot
        tiered = raw if not self.tiers else np.zeros(len(account))
        start = 0.0
        for end, multiplier in self.tiers:
            tiered = tiered + multiplier * np.clip(raw - start, 0.0, end - start)
            start = end
        return np.maximum(tiered, self.least_per_option * float(np.abs(held.quantity).sum()))


def tails(moves: tuple[float, ...], numerator: float) -> tuple[Scenario, ...]:
    """Far moves with vol up, dampened by numerator/|move|, never above 1."""
    return tuple((move, UP, min(numerator / abs(move), 1.0)) for move in moves)
