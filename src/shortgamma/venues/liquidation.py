"""Liquidation prices of linear and inverse perpetuals.

``side`` is +1 for a long and −1 for a short, as a number or an array. Prices are USD per coin, leverage is
notional over margin at entry, maintenance is a fraction of the notional at the *current* price.

A position is liquidated where its equity falls to m times its notional. Per unit of size, with entry S and
leverage L:

=========  ==============================  ==============  ===============================
contract   equity at P                     maintenance     price where they are equal
=========  ==============================  ==============  ===============================
linear     S/L + side·(P − S), USD         m·P, USD        S·(1 − side/L)/(1 − side·m)
inverse    1/(S·L) + side·(1/S − 1/P)      m/P, coin       S·(1 + side·m)/(1 + side/L)
=========  ==============================  ==============  ===============================

m = 0 gives the bankruptcy price. At L ≤ 1 a linear long is liquidated at 0, an inverse short never (∞).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError

Vector = NDArray[np.float64]
Values = Vector | float


class PerpContract(StrEnum):
    """What margin and profit are counted in: USD (linear) or coin (inverse)."""

    LINEAR = "linear"
    INVERSE = "inverse"


def liquidation_price(
    entry: Values,
    leverage: Values,
    *,
    side: Values,
    maintenance: Values,
    contract: PerpContract = PerpContract.LINEAR,
) -> Vector:
    """Price at which equity falls to ``maintenance`` times the notional; see the table above.

    Args:
        entry: USD, positive.
        leverage: Notional over margin at entry, positive. Above 1/maintenance the position is liquidated at
            once: the price lies on the winning side of the entry.
        side: +1 long, −1 short.
        maintenance: m, fraction of notional in [0, 1); 0 gives the bankruptcy price.
        contract: Linear or inverse.

    Returns:
        USD, the broadcast shape; 0 or ∞ where no price liquidates; NaN where an input is outside its range.
    """
    leverage = np.asarray(leverage, dtype=np.float64)
    with np.errstate(divide="ignore"):
        margin = np.where(leverage > 0.0, 1.0 / leverage, np.nan)
    return _threshold(entry, margin, side, maintenance, PerpContract(contract))


def bankruptcy_price(
    entry: Values,
    leverage: Values,
    *,
    side: Values,
    contract: PerpContract = PerpContract.LINEAR,
) -> Vector:
    """Price at which the margin is gone; arguments and answer as for :func:`liquidation_price`."""
    return liquidation_price(entry, leverage, side=side, maintenance=0.0, contract=contract)


def after_partial(
    trigger_price: Values,
    fraction: Values,
    *,
    side: Values,
    maintenance: Values,
    contract: PerpContract = PerpContract.LINEAR,
    cost: Values = 0.0,
) -> Vector:
    """Liquidation price of what remains after a fraction was closed at the price that triggered it.

    At the trigger the equity is m times the notional. Closing the fraction f realises a loss that was there
    already, so the equity changes by the cost c·f alone, and a notional of 1 − f keeps it:

        effective margin = (m − c·f)/(1 − f)

    The rest is a position entered at the trigger with that margin. At c = 0 and a linear long:
    P′ = P·(1 − m/(1 − f))/(1 − m).

    Args:
        trigger_price: USD, the liquidation price at which the fraction was closed.
        fraction: f, share of the position that was closed, in [0, 1).
        side: +1 long, −1 short.
        maintenance: m, fraction of notional in [0, 1).
        contract: Linear or inverse.
        cost: c, fee and slippage against the trigger, fraction of the closed notional.

    Returns:
        USD, the broadcast shape; NaN where an input is outside its range.

    Limits: at c > m closing costs more than it frees and the rest is under water at once: the answer then
    lies on the winning side of the trigger. Where the price has gapped past the trigger, use
    :func:`liquidation_price` with the price and the leverage of that moment.
    """
    fraction = np.asarray(fraction, dtype=np.float64)
    left = np.where((fraction >= 0.0) & (fraction < 1.0), 1.0 - fraction, np.nan)
    margin = (maintenance - cost * fraction) / left
    return _threshold(trigger_price, margin, side, maintenance, PerpContract(contract))


def _threshold(
    entry: Values, margin: Values, side: Values, maintenance: Values, contract: PerpContract
) -> Vector:
    """The table above, with ``margin`` in place of 1/leverage."""
    entry, side, m = (np.asarray(v, dtype=np.float64) for v in (entry, side, maintenance))
    good = (entry > 0.0) & (np.abs(side) == 1.0) & (m >= 0.0) & (m < 1.0)
    top, bottom = 1.0 - side * margin, 1.0 - side * m
    if contract is PerpContract.INVERSE:
        top, bottom = 1.0 + side * m, 1.0 + side * margin
    # A margin beyond the notional leaves nothing to liquidate: 0 below for a long, ∞ above for a short.
    with np.errstate(divide="ignore"):
        price = entry * np.maximum(top, 0.0) / np.maximum(bottom, 0.0)
    return np.where(good, price, np.nan)[()]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiquidationRules:
    """How a venue closes a position whose margin is used up.

    Args:
        name: As ``--json`` shows it.
        contract: Linear or inverse.
        maintenance: m, fraction of notional in [0, 1).
        partial_fraction: Share of a large position that one order closes, in (0, 1]; 1 = always all of it.
        partial_above_usd: Notional above which a position is large.
        cooldown_seconds: Time after a partial liquidation in which the next order closes everything.
        backstop_fraction: Share of maintenance below which the venue takes the position over.
        source: Where the rule is published.
        effective: ISO date from which it holds; None = not stated.
        verified: True where it was checked; False for a stylised venue.

    Raises:
        InputError: A figure is outside its range.
    """

    name: str
    contract: PerpContract = PerpContract.LINEAR
    maintenance: float
    partial_fraction: float = 1.0
    partial_above_usd: float = 0.0
    cooldown_seconds: float = 0.0
    backstop_fraction: float = 0.0
    source: str
    effective: str | None = None
    verified: bool = False

    def __post_init__(self) -> None:
        sane = {
            "maintenance": 0.0 <= self.maintenance < 1.0,
            "partial_fraction": 0.0 < self.partial_fraction <= 1.0,
            "partial_above_usd": self.partial_above_usd >= 0.0,
            "cooldown_seconds": self.cooldown_seconds >= 0.0,
            "backstop_fraction": 0.0 <= self.backstop_fraction <= 1.0,
        }
        bad = [f"{name} {getattr(self, name):g}" for name, good in sane.items() if not good]
        if bad:
            raise InputError(
                ", ".join(bad),
                place=f"liquidation rules {self.name}",
                remedy="give fractions between 0 and 1, and a size and a time of 0 or more",
            )
        if self.contract not in set(PerpContract):
            raise InputError(
                f"contract {self.contract!r}",
                place=f"liquidation rules {self.name}",
                remedy="give linear or inverse",
            )

    def liquidation_price(self, entry: Values, leverage: Values, *, side: Values) -> Vector:
        """Price at which the venue starts to close, USD; see :func:`liquidation_price`."""
        return liquidation_price(
            entry, leverage, side=side, maintenance=self.maintenance, contract=self.contract
        )

    def bankruptcy_price(self, entry: Values, leverage: Values, *, side: Values) -> Vector:
        """Price at which the margin is gone, USD."""
        return bankruptcy_price(entry, leverage, side=side, contract=self.contract)

    def backstop_price(self, entry: Values, leverage: Values, *, side: Values) -> Vector:
        """Price at which equity falls to the backstop's share of maintenance, USD.

        Between the liquidation price and the bankruptcy price; equal to the latter at a share of 0.
        """
        share = self.backstop_fraction * self.maintenance
        return liquidation_price(
            entry, leverage, side=side, maintenance=share, contract=self.contract
        )

    def closed_fraction(self, notional_usd: Values, seconds_since_partial: Values) -> Vector:
        """Share of a liquidated position that the next order closes.

        Args:
            notional_usd: Size of the position, USD, not negative.
            seconds_since_partial: Since its last partial liquidation; ∞ if there was none.

        Returns:
            ``partial_fraction`` for a large position outside the cooldown, else 1.
        """
        large = np.asarray(notional_usd, dtype=np.float64) > self.partial_above_usd
        rested = np.asarray(seconds_since_partial, dtype=np.float64) >= self.cooldown_seconds
        return np.where(large & rested, self.partial_fraction, 1.0)[()]

    def after_partial(
        self, trigger_price: Values, fraction: Values | None = None, *, side: Values
    ) -> Vector:
        """Liquidation price of what remains after a part was closed at the trigger, USD.

        Args:
            trigger_price: USD, the liquidation price at which the part was closed.
            fraction: Share that was closed; the venue's own if None.
            side: +1 long, −1 short.

        Returns:
            As :func:`after_partial`; NaN where everything was closed.
        """
        return after_partial(
            trigger_price,
            self.partial_fraction if fraction is None else fraction,
            side=side,
            maintenance=self.maintenance,
            contract=self.contract,
        )


_PRESETS = (
    LiquidationRules(
        name="hyperliquid",
        maintenance=0.0125,
        partial_fraction=0.2,
        partial_above_usd=100_000.0,
        cooldown_seconds=30.0,
        backstop_fraction=2.0 / 3.0,
        source="Hyperliquid docs, Liquidations: half the initial margin at 40x, 20 % above 100 k$, "
        "whole position within 30 s of a partial one, backstop below 2/3 of maintenance",
        verified=True,
    ),
    LiquidationRules(
        name="full",
        maintenance=0.005,
        source="stylised: the whole position at once, taken over at the bankruptcy price",
    ),
    LiquidationRules(
        name="full-inverse",
        contract=PerpContract.INVERSE,
        maintenance=0.01,
        source="stylised: the whole coin-margined position at once",
    ),
)

LIQUIDATION_RULES: Final[Mapping[str, LiquidationRules]] = {rules.name: rules for rules in _PRESETS}
"""By name: hyperliquid, full, full-inverse."""
