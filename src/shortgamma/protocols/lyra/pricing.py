"""What a trade with Lyra costs: how it moves the vol, and each fee.

A buy of ``size`` moves the board's base vol by size/standard size/100 and the strike's skew by that times the
skew adjustment, upwards; a sale moves both down. The option is priced at the vol *after* the move::

    option fee    = w(T; 6, 16 weeks)·1 %·premium        w = 1 up to the first point and 2 at the second,
    spot fee      = w(T; 6, 12 weeks)·1 %·spot·size      on one straight line beyond the first
    vega fee      = 100·vol·|standard vega of the pool after|/NAV·size, 0 where the trade reduces it
    variance fee  = ¼·(a + b·vega)·(1 + 3·|skew − 1|)·(1 + 1½·|base vol − its average|)·size

A buyer pays premium plus fees; a seller receives premium less fees, never less than 0.

Source: derivexyz/v1-core, contracts/OptionMarketPricer.sol; defaults of test/utils/defaultParams.ts.
"""

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.basics.units import SECONDS_PER_DAY
from shortgamma.protocols.lyra.paths import Mask, both, pick
from shortgamma.protocols.lyra.valuation import Option, figures
from shortgamma.protocols.mechanism import Values

WEEK: Final = 7.0 * SECONDS_PER_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceFee:
    """Parameters of the variance fee (VarianceFeeParameters).

    Args:
        coefficient: USD per unit of the three brackets (defaultVarianceFeeCoefficient).
        vega_base, vega_slope: Bracket of vega: minimumStaticVega and vegaCoefficient.
        skew_base, skew_slope, reference_skew: Bracket of the skew: minimumStaticSkewAdjustment,
            skewAdjustmentCoefficient and referenceSkew.
        vol_base, vol_slope: Bracket of the base vol: minimumStaticIvVariance and ivVarianceCoefficient.
    """

    coefficient: float = 0.25
    vega_base: float = 0.0
    vega_slope: float = 0.01
    skew_base: float = 1.0
    skew_slope: float = 3.0
    reference_skew: float = 1.0
    vol_base: float = 1.0
    vol_slope: float = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PricingRules:
    """Parameters of pricing (PricingParameters).

    Args:
        standard_size: Options that move the base vol by one point.
        skew_adjustment: Move of the skew per move of the base vol (skewAdjustmentFactor).
        option_fee, option_fee_from, option_fee_double: Fraction of the premium; seconds to expiry up to
            which it is charged once, and at which twice.
        spot_fee, spot_fee_from, spot_fee_double: The same of spot.
        vega_fee: Coefficient of the vega utilisation (vegaFeeCoefficient).
        variance: Variance fee.
        rate: Per year (rateAndCarry).
        reserved: Fraction of fees that the pool does not get (feePortionReserved).
    """

    standard_size: float = 5.0
    skew_adjustment: float = 0.75
    option_fee: float = 0.01
    option_fee_from: float = 6.0 * WEEK
    option_fee_double: float = 16.0 * WEEK
    spot_fee: float = 0.01
    spot_fee_from: float = 6.0 * WEEK
    spot_fee_double: float = 12.0 * WEEK
    vega_fee: float = 100.0
    variance: VarianceFee = field(default_factory=VarianceFee)
    rate: float = 0.05
    reserved: float = 0.1

    def __post_init__(self) -> None:
        if not self.standard_size > 0.0:
            raise InputError(
                f"standard_size {self.standard_size:g}",
                place="pricing rules of Lyra",
                remedy="give a positive number of options",
            )
        if not (
            self.option_fee_from < self.option_fee_double
            and self.spot_fee_from < self.spot_fee_double
        ):
            raise InputError(
                "a fee that doubles before it begins to rise",
                place="pricing rules of Lyra",
                remedy="give *_fee_double later than *_fee_from",
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Move:
    """Event ``move``: what a trade of a size makes of the vol; nothing else is needed.

    Args:
        base_vol, skew: Before the trade.
        size: Options, positive.
        is_buy: The trader buys.
    """

    base_vol: Values
    skew: Values
    size: Values
    is_buy: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moved:
    """After a move.

    Args:
        base_vol, skew: After the trade.
        vol: Their product, at which the option is priced.
    """

    base_vol: Values
    skew: Values
    vol: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Charge:
    """Event ``fees``: each fee of a trade whose price and vega are known.

    Args:
        option_price: USD per option.
        spot: USD.
        seconds: To expiry.
        size: Options, positive.
        is_buy: The trader buys.
        vol: At which the option was priced.
        vega: USD per 1.00 of vol, per option.
        skew: After the trade.
        vol_gap: |base vol − its average| after the trade (ivVariance).
        vega_before, vega_after: Net standard vega of the pool before and after, either sign.
        nav: Net asset value of the pool, USD.
    """

    option_price: Values
    spot: Values
    seconds: Values
    size: Values = 1.0
    is_buy: bool = True
    vol: Values = 0.0
    vega: Values = 0.0
    skew: Values = 1.0
    vol_gap: Values = 0.0
    vega_before: Values = 0.0
    vega_after: Values = 0.0
    nav: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fees:
    """What a trade costs, USD unless it says otherwise.

    Args:
        premium: Option price times size.
        option_fee, spot_fee, vega_fee, variance_fee: Each fee before any cap.
        vega_utilisation: vol·|standard vega after|/NAV; 0 where the trade reduces the pool's vega.
        vega_factor, skew_factor, vol_factor: The three brackets of the variance fee.
        fee: All fees; at most the premium where the trader sells.
        cost: What a buyer pays or a seller receives, fees included.
        reserved: Part of the fees that the pool does not get.
    """

    premium: Values
    option_fee: Values
    spot_fee: Values
    vega_fee: Values
    variance_fee: Values
    vega_utilisation: Values
    vega_factor: Values
    skew_factor: Values
    vol_factor: Values
    fee: Values
    cost: Values
    reserved: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Quote:
    """Event ``quote``: vol, price and fees of a trade without a pool.

    Args:
        spot, strike: USD.
        seconds: To expiry.
        base_vol, skew: Before the trade.
        size: Options, positive.
        is_call, is_buy: What the trader does.
        vol_gap, vega_before, vega_after, nav: As in ``fees``.
    """

    spot: Values
    strike: Values
    seconds: Values
    base_vol: Values
    skew: Values = 1.0
    size: Values = 1.0
    is_call: bool = True
    is_buy: bool = True
    vol_gap: Values = 0.0
    vega_before: Values = 0.0
    vega_after: Values = 0.0
    nav: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Quoted:
    """A price with all that led to it.

    Args:
        moved: Vol after the trade.
        option_price: USD per option, at that vol.
        call_delta, delta: Coins: of the call of that strike, and of the option, both long.
        gamma: Coins per USD.
        vega, standard_vega: USD per 1.00 of vol, and per point of a monthly option.
        fees: Each fee and the cost.
    """

    moved: Moved
    option_price: Values
    call_delta: Values
    delta: Values
    gamma: Values
    vega: Values
    standard_vega: Values
    fees: Fees


def move_vol(rules: PricingRules, event: Move) -> Moved:
    """Base vol and skew after a trade; either may come out negative, which the contract refuses."""
    points = np.divide(event.size, rules.standard_size) / 100.0
    change = points if event.is_buy else -points
    base_vol = event.base_vol + change
    skew = event.skew + change * rules.skew_adjustment
    return Moved(base_vol=base_vol, skew=skew, vol=base_vol * skew)


def below_zero(moved: Moved) -> Mask:
    """Where a trade would take base vol or skew below zero, but for rounding."""
    return np.logical_or(np.less(moved.base_vol, -1e-12), np.less(moved.skew, -1e-12))


def time_weight(seconds: Values, *, once: float, twice: float) -> Values:
    """Weight of a fee: 1 up to ``once`` seconds to expiry, 2 at ``twice``, on a straight line beyond."""
    return 1.0 + np.maximum(np.subtract(seconds, once), 0.0) / (twice - once)


def rises(event: Charge) -> Mask:
    """Where a trade adds to the standard vega of the pool, of either sign."""
    return np.greater(np.abs(event.vega_after), np.abs(event.vega_before))


def fees_of(rules: PricingRules, event: Charge) -> Fees:
    """Each fee of a trade, the total and the cost; NaN where vega is charged on a pool without value."""
    premium = event.option_price * event.size
    option_fee, spot_fee = price_fees(rules, event)
    nav = pick(np.greater(event.nav, 0.0), event.nav, np.nan)
    used = pick(rises(event), event.vol * np.abs(event.vega_after) / nav, 0.0)
    vega_fee = rules.vega_fee * used * event.size
    vega_factor, skew_factor, vol_factor = variance_factors(rules.variance, event)
    variance = rules.variance.coefficient * vega_factor * skew_factor * vol_factor * event.size
    fee = option_fee + spot_fee + vega_fee + variance
    fee = fee if event.is_buy else np.minimum(fee, premium)
    return Fees(
        premium=premium,
        option_fee=option_fee,
        spot_fee=spot_fee,
        vega_fee=vega_fee,
        variance_fee=variance,
        vega_utilisation=used,
        vega_factor=vega_factor,
        skew_factor=skew_factor,
        vol_factor=vol_factor,
        fee=fee,
        cost=premium + fee if event.is_buy else premium - fee,
        reserved=fee * rules.reserved,
    )


def price_fees(rules: PricingRules, event: Charge) -> tuple[Values, Values]:
    """The fees on the option's price and on spot, USD."""
    on_option = time_weight(
        event.seconds, once=rules.option_fee_from, twice=rules.option_fee_double
    )
    on_spot = time_weight(event.seconds, once=rules.spot_fee_from, twice=rules.spot_fee_double)
    premium = event.option_price * event.size
    notional = event.spot * event.size
    return rules.option_fee * premium * on_option, rules.spot_fee * notional * on_spot


def variance_factors(terms: VarianceFee, event: Charge) -> tuple[Values, Values, Values]:
    """The brackets of vega, skew and base vol."""
    distance = np.abs(event.skew - terms.reference_skew)
    return (
        terms.vega_base + event.vega * terms.vega_slope,
        terms.skew_base + distance * terms.skew_slope,
        terms.vol_base + event.vol_gap * terms.vol_slope,
    )


def charge(rules: PricingRules, event: Charge) -> Fees:
    """Each fee of a trade.

    Raises:
        RefusedError: The option has expired, or vega is charged on a pool without value.
    """
    if np.any(np.less(event.seconds, 0.0)):
        raise RefusedError("the option has expired")
    if np.any(both(rises(event), np.less_equal(event.nav, 0.0))):
        raise RefusedError("division by zero: the pool has no net asset value")
    return fees_of(rules, event)


def move(rules: PricingRules, event: Move) -> Moved:
    """Base vol and skew after a trade; refused where one of them would be negative, or the size is."""
    if np.any(np.less(event.size, 0.0)):
        raise RefusedError("a negative size; is_buy says which side")
    moved = move_vol(rules, event)
    if np.any(below_zero(moved)):
        raise RefusedError("base vol or skew below zero")
    return moved


def move_of(event: Quote) -> Move:
    """The part of a quote that moves the vol."""
    return Move(base_vol=event.base_vol, skew=event.skew, size=event.size, is_buy=event.is_buy)


def quote(rules: PricingRules, event: Quote) -> Quoted:
    """Vol, price and fees of a trade without a pool.

    Raises:
        RefusedError: As :func:`move` and :func:`charge`.
    """
    move(rules, move_of(event))
    quoted = price_trade(rules, event)
    charge(rules, charge_of(event, quoted))
    return quoted


def price_trade(rules: PricingRules, event: Quote) -> Quoted:
    """Vol, price and fees of a trade per path; what the contract refuses is for the caller to mask."""
    moved = move_vol(rules, move_of(event))
    found = figures(
        Option(
            spot=event.spot,
            strike=event.strike,
            seconds=event.seconds,
            vol=moved.vol,
            rate=rules.rate,
        )
    )
    price = found.call_price if event.is_call else found.put_price
    quoted = Quoted(
        moved=moved,
        option_price=price,
        call_delta=found.call_delta,
        delta=found.call_delta if event.is_call else found.put_delta,
        gamma=found.gamma,
        vega=found.vega,
        standard_vega=found.standard_vega,
        fees=_UNCHARGED,
    )
    return replace(quoted, fees=fees_of(rules, charge_of(event, quoted)))


def charge_of(event: Quote, quoted: Quoted) -> Charge:
    """The part of a quote that is charged, at its price."""
    return Charge(
        option_price=quoted.option_price,
        spot=event.spot,
        seconds=event.seconds,
        size=event.size,
        is_buy=event.is_buy,
        vol=quoted.moved.vol,
        vega=quoted.vega,
        skew=quoted.moved.skew,
        vol_gap=event.vol_gap,
        vega_before=event.vega_before,
        vega_after=event.vega_after,
        nav=event.nav,
    )


_UNCHARGED: Final = fees_of(
    PricingRules(), Charge(option_price=0.0, spot=0.0, seconds=0.0, size=0.0)
)
