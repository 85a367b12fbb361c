"""Derive's portfolio managers: scenario grids with discounts and contingencies.

Both compare scenarios with the mark, expiry by expiry, and discount what an expiry is worth after the shock:
what is owned counts less, what is owed (PMRM2) counts more. USDC is taken as one USD and feeds as certain.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.risk.margin.account import Account
from shortgamma.risk.margin.regime import Charge
from shortgamma.risk.margin.shocks import DOWN, SAME, UP, Scenario, VolShock

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class BasisTerms:
    """Contingency for forwards that move apart: Σ over expiries min(losses at ± move)·(add + mult·T).

    Args:
        move: Relative move of spot, up and down.
        add, mult: Of the loss, and per year to expiry.
    """

    move: float = 0.05
    add: float = 1.0
    mult: float = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioMargin:
    """Derive PMRM.

    ::

        requirement = −(factor·(min(basis contingency, worst scenario) − static contingency) + marks)

    Marks are undiscounted. After a shock, what an expiry is worth counts
    discount·e^{−T·(mult·max(r, 0) + add)} times where it is positive. Initial margin takes
    ``initial_factor``, maintenance 1.

    Args:
        scenarios: Move of spot, direction of vol, weight.
        vol: Shocks of vol.
        basis: Basis contingency.
        initial_factor: Of the loss, for initial margin.
        discount, rate_mult, rate_add: Of what is owned after a shock.
        spot_part, perpetual_part, option_part: Static contingency: parts of spot per unit of coins held, of
            perpetuals, and of net short options of a strike.

    Source: derivexyz/v2-core, src/risk-managers/PMRMLib.sol.
    """

    scenarios: tuple[Scenario, ...]
    vol: VolShock
    basis: BasisTerms
    initial_factor: float = 1.25
    discount: float = 0.95
    rate_mult: float = 1.0
    rate_add: float = 0.12
    spot_part: float = 0.03
    perpetual_part: float = 0.03
    option_part: float = 0.02

    def charge(self, account: Account) -> Charge:
        """What it asks for."""
        held = account.holdings
        first = held.first_of_expiry
        growth = np.exp(held.rate * held.years)
        marks = (account.mark * growth * held.quantity) @ held.by_expiry
        rate = np.maximum(held.rate[first], 0.0) * self.rate_mult + self.rate_add
        discount = self.discount * np.exp(-held.years[first] * rate)
        worst = basis_contingency(account, self.basis, marks=marks, growth=growth)
        # The contract moves perpetuals by spot, whatever their own price.
        units = np.where(held.is_spot, 0.0, held.delta_one).sum()
        exposed = account.spot * units + account.spot_value
        for move, way, weight in self.scenarios:
            shocked = account.prices(move, self.vol.vols(account, way)) * growth * held.quantity
            worth = shocked @ held.by_expiry
            result = np.where(worth > 0.0, worth * discount, worth) - marks
            worst = np.minimum(worst, weight * (result.sum(axis=1) + exposed * move))
        static = self.static(account)
        loss = static - worst
        counted = marks.sum(axis=1) + account.spot_value
        return Charge(
            initial=self.initial_factor * loss - counted,
            maintenance=loss - counted,
            counted=counted,
            parts={
                "worst scenario": -self.initial_factor * worst,
                "contingencies": self.initial_factor * static,
                "marks and coins": -counted,
            },
        )

    def static(self, account: Account) -> Vector:
        """Static contingency, USD, shape (m,)."""
        held = account.holdings
        coins = np.where(held.is_spot, np.maximum(held.delta_one, 0.0), 0.0).sum()
        perpetuals = np.where(held.is_spot, 0.0, np.abs(held.delta_one)).sum()
        units = (
            self.spot_part * coins
            + self.perpetual_part * perpetuals
            + self.option_part * held.naked_shorts()
        )
        return units * account.spot


@dataclass(frozen=True, slots=True, kw_only=True)
class SkewTerms:
    """Scenarios that turn or lift the wings of the smile.

    ::

        σ·max(1 + clip(k·cap/k*, ±cap), 0),  k = ln(K/F) or |ln(K/F)|
        cap = cap₀ + c·√T,  k* = max(least, width·√T·(static + scale·√T))

    Args:
        linear_cap, linear_slope: cap₀ and c where k is signed.
        abs_cap, abs_slope: The same where k is not.
        least_width, width, vol_static, vol_scale: Of k*.
        linear_weight, abs_weight: Of the two results; 0 leaves one out.
    """

    linear_cap: float = 0.15
    linear_slope: float = -0.05
    abs_cap: float = 0.15
    abs_slope: float = -0.05
    least_width: float = 0.01
    width: float = 4.0
    vol_static: float = 0.6
    vol_scale: float = -0.1
    linear_weight: float = 1.0
    abs_weight: float = 1.0

    def vols(self, account: Account) -> tuple[tuple[Matrix, float], ...]:
        """Vols and weight of both scenarios; vols have shape (m, n)."""
        held = account.holdings
        root = np.sqrt(held.years)
        spread = np.maximum(
            self.least_width, self.width * root * (self.vol_static + self.vol_scale * root)
        )
        moneyness = np.log(held.strike / account.forward)
        return tuple(
            (account.vol * np.maximum(1.0 + np.clip(k * cap / spread, -cap, cap), 0.0), weight)
            for k, cap, weight in (
                (moneyness, self.linear_cap + self.linear_slope * root, self.linear_weight),
                (np.abs(moneyness), self.abs_cap + self.abs_slope * root, self.abs_weight),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShockedDiscount:
    """What counts of an expiry's worth after a shock.

    owned: long_base·e^{−T·(long_mult·r + long_add)};
    owed: min(short_base·e^{T·(short_mult·r + short_add)}, e^{rT}).

    Args:
        long_base, long_mult, long_add: Of what is owned.
        short_base, short_mult, short_add: Of what is owed.
    """

    long_base: float = 0.95
    long_mult: float = 1.0
    long_add: float = 0.08
    short_base: float = 1.04
    short_mult: float = 0.5
    short_add: float = 0.08

    def applied(self, worth: Matrix, *, years: Vector, rate: Vector) -> Matrix:
        """Worth by expiry after the discount, USD, shape (m, g)."""
        owned = self.long_base * np.exp(-years * (self.long_mult * rate + self.long_add))
        owed = self.short_base * np.exp(years * (self.short_mult * rate + self.short_add))
        return worth * np.where(worth >= 0.0, owned, np.minimum(owed, np.exp(rate * years)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioMargin2:
    """Derive PMRM2.

    ::

        requirement = −(factor·min(basis contingency, worst scenario) − contingencies + marks)

    Marks are discounted, regular and tail scenarios carry their weight, and in the skew scenarios every
    expiry's result counts as a loss.

    Args:
        scenarios: Move of spot, direction of vol, weight.
        vol: Shocks of vol.
        basis: Basis contingency.
        skew: Skew scenarios.
        discount: Of what an expiry is worth after a shock.
        maintenance_factor, initial_factor: Of the loss.
        option_maintenance, option_initial: Contingency per unit of net short options of a strike, of spot;
            the second is added to the first for initial margin, as in the next two lines.
        perpetual_maintenance, perpetual_initial: Per unit of perpetuals, of spot.
        spot_maintenance, spot_initial: Haircuts of coins, of their value.

    Source: derivexyz/v2-core, src/risk-managers/PMRMLib_2.sol.
    """

    scenarios: tuple[Scenario, ...]
    vol: VolShock
    basis: BasisTerms
    skew: SkewTerms
    discount: ShockedDiscount
    maintenance_factor: float = 0.8
    initial_factor: float = 1.0
    option_maintenance: float = 0.003
    option_initial: float = 0.002
    perpetual_maintenance: float = 0.015
    perpetual_initial: float = 0.005
    spot_maintenance: float = 0.02
    spot_initial: float = 0.01

    def charge(self, account: Account) -> Charge:
        """What it asks for."""
        held = account.holdings
        marks = (account.mark * held.quantity) @ held.by_expiry
        growth = np.ones(len(held))
        basis = basis_contingency(account, self.basis, marks=marks, growth=growth)
        worst = np.minimum(basis, self.worst(account, marks))
        maintenance, extra = self.contingencies(account)
        counted = marks.sum(axis=1) + account.spot_value
        return Charge(
            initial=-self.initial_factor * worst + maintenance + extra - counted,
            maintenance=-self.maintenance_factor * worst + maintenance - counted,
            counted=counted,
            parts={
                "worst scenario": -self.initial_factor * worst,
                "contingencies": maintenance + extra,
                "marks and coins": -counted,
            },
        )

    def worst(self, account: Account, marks: Matrix) -> Vector:
        """The worst of all scenarios, USD, − = a loss, shape (m,)."""
        exposed = account.contract_value + np.maximum(account.spot_value, 0.0)
        rows = [
            weight * (self.results(account, marks, move, vols).sum(axis=1) + exposed * move)
            for move, way, weight in self.scenarios
            for vols in (self.vol.vols(account, way),)
        ]
        rows += [
            -weight * np.abs(self.results(account, marks, 0.0, vols)).sum(axis=1)
            for vols, weight in self.skew.vols(account)
        ]
        return np.min(rows, axis=0)

    def results(self, account: Account, marks: Matrix, move: float, vols: Matrix) -> Matrix:
        """Result of every expiry after a shock, USD, shape (m, g)."""
        held = account.holdings
        first = held.first_of_expiry
        worth = (account.prices(move, vols) * held.quantity) @ held.by_expiry
        rate = np.maximum(held.rate[first], 0.0)
        return self.discount.applied(worth, years=held.years[first], rate=rate) - marks

    def contingencies(self, account: Account) -> tuple[Vector, Vector]:
        """For maintenance margin, and what initial margin adds, USD, shape (m,)."""
        held = account.holdings
        perpetuals = np.where(held.is_spot, 0.0, np.abs(held.delta_one)).sum()
        naked, coins = held.naked_shorts(), np.maximum(account.spot_value, 0.0)
        maintenance = self.option_maintenance * naked + self.perpetual_maintenance * perpetuals
        extra = self.option_initial * naked + self.perpetual_initial * perpetuals
        return (
            maintenance * account.spot + self.spot_maintenance * coins,
            extra * account.spot + self.spot_initial * coins,
        )


def basis_contingency(
    account: Account, terms: BasisTerms, *, marks: Matrix, growth: Vector
) -> Vector:
    """What forwards that move apart may cost, USD, not positive, shape (m,).

    Args:
        account: The account.
        terms: Figures.
        marks: Worth of every expiry now, shape (m, g).
        growth: Factor of every price, shape (n,).
    """
    held = account.holdings
    lost = np.zeros_like(marks)
    for move in (terms.move, -terms.move):
        shocked = account.prices(move, account.vol) * growth * held.quantity
        lost = np.minimum(lost, shocked @ held.by_expiry - marks)
    return lost @ (terms.add + terms.mult * held.years[held.first_of_expiry])


def v1_scenarios(widest: int) -> tuple[Scenario, ...]:
    """PMRM: ±15 % in steps of 5 % with vol down, same and up; ±20 % with vol up where ``widest`` is 20."""
    inner = tuple(
        (move / 100.0, way, 1.0) for move in range(15, -20, -5) for way in (UP, SAME, DOWN)
    )
    outer = ((widest / 100.0, UP, 1.0), (-widest / 100.0, UP, 1.0))
    return inner if widest <= 15 else (*inner, *outer)
