"""Calls of our kernels, with their outputs allocated beforehand as C's are."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.sample import Options
from benchmarks.timing import Call
from shortgamma.kernels.black import N_GREEKS, black_greeks, black_price
from shortgamma.kernels.implied import implied_vol
from shortgamma.kernels.profile import profile_sums

Array = NDArray[np.float64]

THREADS = 2


def price(options: Options) -> Call:
    """Prices, one thread."""
    return partial(black_price, *options.inputs, np.empty(options.size))


def greeks(options: Options) -> Call:
    """Price and every Greek, one thread."""
    return partial(black_greeks, *options.inputs, np.empty((N_GREEKS, options.size)))


def threaded_greeks(options: Options, pool: ThreadPoolExecutor) -> Call:
    """Price and every Greek of each half in a thread of its own; the kernels release the GIL."""
    middle = options.size // THREADS
    halves = [greeks(options.part(0, middle)), greeks(options.part(middle, options.size))]

    def both() -> None:
        for future in [pool.submit(half) for half in halves]:
            future.result()

    return both


def inversion(prices: Array, options: Options) -> Call:
    """Implied vols with their status, one thread."""
    inputs = options.inputs
    outputs = (np.empty(options.size), np.empty(options.size, np.int8))
    return partial(implied_vol, prices, *inputs[:3], *inputs[4:], *outputs)


def profile(options: Options, weight: Array, moves: Array) -> Call:
    """Adds gamma, vanna and charm at every level to an array, one thread."""
    return partial(profile_sums, moves, *options.inputs[:4], weight, np.zeros((3, moves.size)))
