"""C and ours must agree before their speeds are compared."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.live_chain import grid
from benchmarks.native import Native
from benchmarks.sample import Options, live_market, random_options
from shortgamma.kernels.black import N_GREEKS, Greek, black_greeks, black_price
from shortgamma.kernels.profile import profile_sums

Array = NDArray[np.float64]

OPTIONS = 20_000
CHAIN = 2_000
HIGHEST_RATE = 0.1
NEAR_ZERO = 1e-3  # of the natural scale: below it, errors are relative to that
LIMITS = {"tuned": 1e-12, "plain": 1e-7}  # the textbook formula cancels where σ√T is small


@dataclass(frozen=True, slots=True)
class Agreement:
    """The worst relative difference of one C build from ours."""

    native: str
    task: str
    worst: float

    @property
    def good(self) -> bool:
        """Whether it is within the limit of its build; never with NaN."""
        return self.worst <= LIMITS[self.native]


def agreements(native: Native) -> Iterator[Agreement]:
    """Price, Greeks and profile of one C build against ours, at rates other than zero."""
    options = random_options(OPTIONS, highest_rate=HIGHEST_RATE)
    ours = np.empty((N_GREEKS, options.size))
    black_greeks(*options.inputs, ours)
    theirs = np.empty_like(ours)
    native.greeks(options, theirs)()
    scale = np.maximum(np.abs(ours), NEAR_ZERO * natural_scale(options, ours))
    yield Agreement(native.name, "price + all Greeks", float(np.max(np.abs(theirs - ours) / scale)))
    alone, theirs_alone = np.empty(options.size), np.empty(options.size)
    black_price(*options.inputs, alone)
    native.price(options, theirs_alone)()
    yield Agreement(native.name, "price", float(np.max(np.abs(theirs_alone / alone - 1.0))))
    yield Agreement(native.name, "profile", profile_difference(native))


def natural_scale(options: Options, greeks: Array) -> Array:
    """What each Greek is made of before its terms cancel, shape (N_GREEKS, n)."""
    forward, strike, years, vol, _rate, _sign = options.inputs
    width = vol * np.sqrt(years)
    gamma, vega = greeks[Greek.GAMMA], greeks[Greek.VEGA]
    scale = np.abs(greeks)
    scale[Greek.DELTA] = 1.0
    scale[Greek.DELTA_COIN] = strike / forward
    scale[Greek.THETA] = vega * vol / years
    scale[Greek.VANNA] = vega / (forward * width)
    scale[Greek.VOLGA] = vega / vol
    scale[Greek.CHARM] = vega * vol / (years * forward * width)
    scale[Greek.SPEED] = gamma / (forward * width)
    scale[Greek.ZOMMA] = gamma / vol
    scale[Greek.COLOR] = gamma / years
    return scale


def profile_difference(native: Native) -> float:
    """Worst difference of a profile, relative to the largest figure of its kind."""
    market = live_market(CHAIN)
    moves = grid()
    ours, theirs = np.zeros((3, moves.size)), np.zeros((3, moves.size))
    profile_sums(moves, *market.options.inputs[:4], market.quantity, ours)
    native.profile(market.options, market.quantity, moves, theirs)()
    return float(np.max(np.abs(theirs - ours) / np.abs(ours).max(axis=1, keepdims=True)))
