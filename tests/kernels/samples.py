"""Options to test on, and the kernels called on them with arrays of the right shape."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from shortgamma.kernels.black import N_GREEKS, Greek, black_greeks, black_price
from shortgamma.kernels.implied import implied_vol
from tests.kernels.exact import Option

Vector = NDArray[np.float64]
MINUTE = 1.0 / 525_600.0  # years

unhurried = settings(deadline=None)  # the first call of a kernel compiles it


class Options(NamedTuple):
    """Columns of options, all float64 of shape (n,)."""

    forward: Vector
    strike: Vector
    years: Vector
    vol: Vector
    rate: Vector
    sign: Vector

    def rows(self) -> Iterator[Option]:
        """Each option as Python floats."""
        for row in zip(*(column.tolist() for column in self), strict=True):
            yield Option(*row)


def columns(*options: Option) -> Options:
    """Options side by side."""
    return Options(*np.array(options, dtype=np.float64).reshape(-1, 6).T.copy())


def random_options(seed: int, size: int, *, reach: float = 4.5, top_vol: float = 4.0) -> Options:
    """The acceptance sample: F 1…1e5, T 1 minute…3 years, vol from 5 %, |ln(F/K)|/(σ√T) ≤ ``reach``.

    Half have no rate; one in ten each is at the money, has d1 next to 0 and has d2 next to 0.
    """
    rng = np.random.default_rng(seed)
    forward = np.exp(rng.uniform(0.0, np.log(1e5), size))
    years = np.exp(rng.uniform(np.log(MINUTE), np.log(3.0), size))
    vol = np.exp(rng.uniform(np.log(0.05), np.log(top_vol), size))
    width = vol * np.sqrt(years)
    z = rng.uniform(-reach, reach, size)
    z[0::10] = 0.0
    z[1::10] = -0.5 * width[1::10]
    z[2::10] = 0.5 * width[2::10]
    strike = forward * np.exp(-z * width)
    rate = np.where(rng.random(size) < 0.5, 0.0, rng.uniform(-0.05, 0.2, size))
    return Options(forward, strike, years, vol, rate, rng.choice([-1.0, 1.0], size))


def corner_options() -> Options:
    """Every corner of the acceptance domain, with the money and the zeros of d1 and d2 between."""
    rows: list[Option] = []
    for forward, years, vol, rate, sign in product(
        (1.0, 1e5), (MINUTE, 3.0), (0.05, 4.0), (0.0, 0.1), (1.0, -1.0)
    ):
        width = vol * years**0.5
        for z in (-4.5, -0.5 * width, 0.0, 0.5 * width, 4.5):
            strike = forward * float(np.exp(-z * width))
            rows.append(Option(forward, strike, years, vol, rate, sign))
    return columns(*rows)


def prices(options: Options) -> Vector:
    """What ``black_price`` says."""
    out = np.full(options.forward.size, np.nan)
    black_price(*options, out)
    return out


def greeks(options: Options) -> Vector:
    """What ``black_greeks`` says, shape (N_GREEKS, n)."""
    out = np.full((N_GREEKS, options.forward.size), np.nan)
    black_greeks(*options, out)
    return out


def greeks_of(option: Option) -> dict[Greek, float]:
    """What ``black_greeks`` says of one option."""
    return dict(zip(Greek, greeks(columns(option))[:, 0].tolist(), strict=True))


def solve(price: Vector, options: Options) -> tuple[Vector, NDArray[np.int8]]:
    """Implied vols and statuses; the vols of ``options`` are not looked at."""
    vol = np.full(price.size, -1.0)
    status = np.full(price.size, 99, dtype=np.int8)
    forward, strike, years, _vol, rate, sign = options
    implied_vol(price, forward, strike, years, rate, sign, vol, status)
    return vol, status


def solve_one(price: float, option: Option) -> tuple[float, int]:
    """Implied vol and status of one price."""
    vol, status = solve(np.array([price]), columns(option))
    return float(vol[0]), int(status[0])


def logarithmic(low: float, high: float) -> st.SearchStrategy[float]:
    """Positive numbers, each order of magnitude as likely."""
    return st.floats(np.log(low), np.log(high)).map(lambda y: float(np.exp(y)))


@st.composite
def any_option(draw: st.DrawFn, *, shortest: float = MINUTE, rates: bool = True) -> Option:
    """One option of the acceptance domain."""
    forward = draw(logarithmic(1.0, 1e5))
    years = draw(logarithmic(shortest, 3.0))
    vol = draw(logarithmic(0.05, 4.0))
    z = draw(st.floats(-4.5, 4.5))
    strike = forward * float(np.exp(-z * vol * years**0.5))
    rate = draw(st.floats(-0.05, 0.2)) if rates else 0.0
    return Option(forward, strike, years, vol, rate, draw(st.sampled_from((1.0, -1.0))))
