"""What is measured: random options, and a chain that looks like a venue's."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from shortgamma.kernels.black import black_price

Vector = NDArray[np.float64]

SEED = 20260131
MINUTE = 1.0 / (365.0 * 24.0 * 60.0)
DAYS = (1, 2, 3, 7, 14, 21, 28, 56, 91, 182, 273)
SPOT = 90_000.0
TICK = 500.0
BANDS = 8.0  # of strikes, alternately long and short: one in π/8 of log strike


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Options:
    """Inputs of the kernels; every array float64 of shape (n,), units as in ``kernels.black``."""

    forward: Vector
    strike: Vector
    years: Vector
    vol: Vector
    rate: Vector
    sign: Vector

    @property
    def inputs(self) -> tuple[Vector, Vector, Vector, Vector, Vector, Vector]:
        """In the order of :func:`shortgamma.kernels.black.black_price`."""
        return self.forward, self.strike, self.years, self.vol, self.rate, self.sign

    @property
    def size(self) -> int:
        """How many."""
        return self.forward.size

    def part(self, start: int, stop: int) -> "Options":
        """Options ``start`` to ``stop``, copied."""
        parts = (values[start:stop].copy() for values in self.inputs)
        return Options(**dict(zip(Options.__slots__, parts, strict=True)))

    def out_of_the_money(self) -> "Options":
        """The same with the sign of the out-of-the-money side."""
        return replace(self, sign=np.where(self.strike > self.forward, 1.0, -1.0))

    def prices(self) -> Vector:
        """By our kernel, USD."""
        out = np.empty(self.size)
        black_price(*self.inputs, out)
        return out


def random_options(size: int, *, highest_rate: float = 0.0) -> Options:
    """F 1…10⁵, T 1 minute…3 years, vol 5…400 % (all log-uniform), |ln(F/K)/σ√T| ≤ 4.5 (uniform).

    ``highest_rate`` is 0 where a peer leaves the discount out (py_vollib_vectorized does).
    """
    random = np.random.default_rng(SEED)
    forward = 10.0 ** random.uniform(0.0, 5.0, size)
    years = np.exp(random.uniform(np.log(MINUTE), np.log(3.0), size))
    vol = np.exp(random.uniform(np.log(0.05), np.log(4.0), size))
    z = random.uniform(-4.5, 4.5, size)
    return Options(
        forward=forward,
        strike=forward * np.exp(-z * vol * np.sqrt(years)),
        years=years,
        vol=vol,
        rate=random.uniform(0.0, 1.0, size) * highest_rate,
        sign=np.where(random.random(size) < 0.5, 1.0, -1.0),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveMarket:
    """A chain as a venue quotes it, with the signed holding of the party in question.

    Args:
        spot: USD.
        options: Their ``vol`` is what the prices were made from.
        price: USD, shape (n,).
        quantity: Units of the underlying, shape (n,).
    """

    spot: float
    options: Options
    price: Vector
    quantity: Vector


def live_market(size: int) -> LiveMarket:
    """Eleven expiries of 1 to 273 days, strikes on a grid within 3.5 standard deviations, a skewed smile.

    The holder's side changes from one band of strikes to the next, so the gamma flips several times.
    """
    random = np.random.default_rng(SEED)
    years = random.choice(np.array(DAYS), size) / 365.0
    forward = SPOT * np.exp(0.05 * years)
    z = random.uniform(-3.5, 3.5, size)
    strike = np.round(forward * np.exp(z * 0.5 * np.sqrt(years)) / TICK) * TICK
    options = Options(
        forward=forward,
        strike=strike,
        years=years,
        vol=0.5 + 0.02 * z * z - 0.01 * z,
        rate=np.zeros(size),
        sign=np.where(random.random(size) < 0.5, 1.0, -1.0),
    )
    side = np.sin(BANDS * np.log(strike / SPOT) + 0.5)
    quantity = 100.0 * side * random.lognormal(0.0, 1.0, size)
    return LiveMarket(spot=SPOT, options=options, price=options.prices(), quantity=quantity)
