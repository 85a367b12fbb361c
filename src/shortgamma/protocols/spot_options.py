"""Options on spot as pools price them: Black on the forward S·e^(rT), derivatives taken in spot.

With F = S·e^(rT) and B the Black price of the kernel, V(S, T) = B(F, T), so that::

    Δ = B_F·e^(rT)    Γ = B_FF·e^(2rT)    vega = B_σ    θ = B_t − r·F·B_F

At expiry an option is worth its payoff and has no gamma.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.kernels.black import N_GREEKS, Greek, black_greeks
from shortgamma.protocols.mechanism import Values
from shortgamma.protocols.paths import plain

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpotOption:
    """One long option on one coin.

    Args:
        price: USD.
        delta: Coins: derivative of the price by spot.
        gamma: Coins per USD.
        vega: USD per unit of vol.
        theta: USD per year of calendar time, negative for most long options.
    """

    price: Values
    delta: Values
    gamma: Values
    vega: Values
    theta: Values


def option_sign(kind: str) -> float:
    """+1 for ``call``, −1 for ``put``.

    Raises:
        InputError: It is neither.
    """
    signs = {"call": 1.0, "put": -1.0}
    if kind not in signs:
        raise InputError(f"kind {kind!r}", place="option", remedy="call or put")
    return signs[kind]


def spot_option(
    spot: Values, strike: Values, *, years: Values, vol: Values, kind: str, rate: float = 0.0
) -> SpotOption:
    """Price and Greeks of an option on one coin, path by path.

    Args:
        spot, strike: USD, positive.
        years: To expiry; an option that has expired is worth its payoff.
        vol: Decimal per √year, positive.
        kind: ``call`` or ``put``.
        rate: Continuously compounded, per year.
    """
    sign = option_sign(kind)
    given: list[Any] = [spot, strike, years, vol]
    columns = np.broadcast_arrays(*[np.asarray(item, dtype=np.float64) for item in given])
    s, k, t, v = (np.ascontiguousarray(column).reshape(-1) for column in columns)
    shape = columns[0].shape
    open_ = t > 0.0
    years_left = np.where(open_, t, 1.0)
    growth = np.exp(rate * years_left)
    forward = s * growth
    out = np.empty((N_GREEKS, s.size))
    black_greeks(forward, k, years_left, v, np.full_like(s, rate), np.full_like(s, sign), out)

    def living(value: Vector, after: Any = 0.0) -> Values:
        return plain(np.where(open_, value, after).reshape(shape))

    slope = out[Greek.DELTA]
    payoff = np.maximum(sign * (s - k), 0.0)
    return SpotOption(
        price=living(out[Greek.PRICE], payoff),
        delta=living(slope * growth, np.where(payoff > 0.0, sign, 0.0)),
        gamma=living(out[Greek.GAMMA] * growth * growth),
        vega=living(out[Greek.VEGA]),
        theta=living(out[Greek.THETA] - rate * forward * slope),
    )
