"""What a seller of options has to put up: the value of his short after a shock, within bounds.

A short call is valued at 1.2 × spot and a short put at 0.8 × spot, at a shock vol that falls with time to
expiry; at least a fixed sum, at most what covers the short fully.

Source: derivexyz/v1-core, contracts/OptionGreekCache.sol (getMinCollateral, getShockVol).
"""

import numpy as np

from shortgamma.protocols.lyra.paths import pick
from shortgamma.protocols.lyra.pool import CollateralRules
from shortgamma.protocols.lyra.valuation import Option, figures
from shortgamma.protocols.mechanism import Values


def shock_vol(rules: CollateralRules, seconds: Values) -> Values:
    """Vol at which shorts are valued, by seconds to expiry."""
    return np.interp(
        seconds, [rules.near_seconds, rules.far_seconds], [rules.near_vol, rules.far_vol]
    )


def _shocked(rules: CollateralRules, option: Option, shock: float) -> Option:
    return Option(
        spot=np.multiply(option.spot, shock),
        strike=option.strike,
        seconds=option.seconds,
        vol=shock_vol(rules, option.seconds),
        rate=option.rate,
    )


def short_put_cash(rules: CollateralRules, option: Option, *, size: Values) -> Values:
    """Cash behind short puts, USD; at most the strike of each.

    Args:
        rules: Shocks and bounds.
        option: The put; its vol is not used.
        size: Options, positive.
    """
    value = figures(_shocked(rules, option, rules.put_shock)).put_price * size
    needed = np.minimum(np.maximum(value, rules.least_cash), np.multiply(size, option.strike))
    return pick(np.greater(size, 0.0), needed, 0.0)


def short_call_cash(rules: CollateralRules, option: Option, *, size: Values) -> Values:
    """Cash behind short calls, USD; without an upper bound."""
    value = figures(_shocked(rules, option, rules.call_shock)).call_price * size
    return pick(np.greater(size, 0.0), np.maximum(value, rules.least_cash), 0.0)


def short_call_coins(rules: CollateralRules, option: Option, *, size: Values) -> Values:
    """Coins behind short calls; at most one each."""
    shocked = _shocked(rules, option, rules.call_shock)
    value = figures(shocked).call_price * size / shocked.spot
    needed = np.minimum(np.maximum(value, rules.least_coins), size)
    return pick(np.greater(size, 0.0), needed, 0.0)
