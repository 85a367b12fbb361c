"""Everything at once: banks, an option AMM, a vault and its market makers, a crowd, funding, gas."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.agents.covered_vault import CoveredVault
from shortgamma.feedback.agents.noise import NoiseTraders, ValueTraders
from shortgamma.feedback.curves import VolLevels
from shortgamma.feedback.gas import GasMarket
from shortgamma.feedback.market import Market
from shortgamma.feedback.vol import ReactingVol, reacting_levels
from shortgamma.studies.scenarios.books import HeldBook, option_series, scaled
from shortgamma.studies.scenarios.leveraged import Leveraged, keeper_policy

VAULT_STRIKE = 1.2816
"""N⁻¹(0.9): standard deviations above spot at which a call has a delta of about 0.1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FullMarket(Leveraged):
    """Spot and perpetual, a bank, an option AMM, a vault with its buyers, a crowd, funding, gas.

    The bank and the AMM are short the book between them. The vault has sold weekly calls and does not hedge;
    the market makers who bought them are long gamma and hedge in the perpetual.

    Args:
        bank_share: Part of the book that the bank holds and hedges in the perpetual; the rest belongs to the
            AMM, which hedges in spot through transactions on a chain.
        keeper_band: Band of the AMM's hedge, part of its gross holding (A).
        vault_theta: Gamma of the vault's calls over depth, positive: it is the market makers who hedge (A).
        vault_days: To the expiry of the calls (A).
        noise_usd_per_day: Standard deviation of a day's noise flow (A).
        value_strength: Of the fundamental arbitrage (A).
    """

    name: ClassVar[str] = "full-market"
    summary: ClassVar[str] = "bank, AMM, vault, makers, perp, crowd, funding, gas, reacting vol"

    vol: float = 0.6
    bank_share: float = 0.7
    keeper_band: float = 0.002
    vault_theta: float = 0.05
    vault_days: float = 5.0
    noise_usd_per_day: float = 100e6
    value_strength: float = 0.05

    @property
    def markets(self) -> tuple[Market, ...]:
        """Perpetual, implied vol and gas."""
        return (self.perp, ReactingVol(reference_vol=self.vol), GasMarket())

    @property
    def levels(self) -> VolLevels:
        """Wide enough for vols that react."""
        return reacting_levels()

    def agents(self, book: HeldBook) -> tuple[Agent, ...]:
        """All of them.

        Raises:
            InputError: The bank's share is outside 0 to 1.
        """
        if not 0.0 <= self.bank_share <= 1.0:
            raise InputError(
                f"bank share {self.bank_share:g}", place="--set bank_share", remedy="give 0 to 1"
            )
        bank = self.dealer("bank", book.times(self.bank_share), policy=self.hedging)
        pool = book.times(1.0 - self.bank_share)
        band = keeper_policy(self.keeper_band, pool)
        sold = self.vault_calls(book.spot)
        holders = () if sold is None else self.vault_sides(sold)
        return (
            bank,
            self.dealer("option AMM", pool, policy=band, perp=False, gas=True),
            *holders[:1],
            NoiseTraders(usd_per_day=self.noise_usd_per_day),
            ValueTraders(strength=self.value_strength),
            self.arbitrage,
            self.crowd(book.spot),
            *holders[1:],
        )

    def vault_sides(self, sold: HeldBook) -> tuple[Agent, Agent]:
        """Who bought the calls, and who sold them."""
        vault = CoveredVault(options=sold.options, quantity=-sold.quantity)
        return self.dealer("makers", sold, policy=self.hedging), vault

    def vault_calls(self, spot: float) -> HeldBook | None:
        """The calls as their buyers hold them; None where the vault has sold none.

        Raises:
            InputError: Their gamma is negative, or they have no time left.
        """
        if not (self.vault_theta >= 0.0 and 0.0 < self.vault_days < np.inf):
            raise InputError(
                f"vault theta {self.vault_theta:g}, {self.vault_days:g} days",
                place="--set vault_theta",
                remedy="give 0 or more, as the buyers of a vault are long gamma, and positive days",
            )
        if not self.vault_theta:
            return None
        width = self.vol * (self.vault_days / DAYS_PER_YEAR) ** 0.5
        strike = np.array([spot * np.exp(VAULT_STRIKE * width)])
        calls = option_series(
            spot=spot,
            strike=strike,
            days=np.array([self.vault_days]),
            is_call=np.array([True]),
            vol=self.vol,
        )
        gamma = self.vault_theta * self.depth_usd_per_pct
        return scaled("vault", calls, spot=spot, gamma_usd_per_pct=gamma)
