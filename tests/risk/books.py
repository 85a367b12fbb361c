"""Books for the tests of risk, and their values at 50 digits by the textbook formula."""

import numpy as np
from mpmath import mp, mpf

from shortgamma.market.book import Book, DeltaOne, DeltaOneKind
from tests.exposure.builders import series
from tests.kernels.exact import DIGITS, exact_price

SPOT = 100.0


def book_of(options, quantity, *delta_one):
    return Book(
        asof=None,
        underlying="X",
        spot=SPOT,
        options=options,
        quantity=np.asarray(quantity, float),
        delta_one=delta_one,
    )


def straddle(size=-1.0, *, strike=100.0, days=30.0, vol=0.6, rate=0.0):
    """A call and a put of one strike."""
    options = series([strike] * 2, days=days, vols=vol, is_call=[True, False], rate=rate)
    return book_of(options, [size, size])


def mixed(rate=0.03):
    """Long and short, near and far, on forwards that are not spot, with a perpetual."""
    options = series(
        [80.0, 100.0, 100.0, 130.0, 60.0],
        days=[5.0, 30.0, 0.5, 200.0, 45.0],
        vols=[0.7, 0.5, 0.9, 0.65, 1.1],
        is_call=[False, True, False, True, False],
        forward=[100.2, 101.0, 100.0, 104.0, 101.5],
        rate=rate,
    )
    return book_of(options, [-3.0, -5.0, 2.0, 4.0, -1.5], perpetual(2.5))


def perpetual(quantity, price=SPOT):
    return DeltaOne(
        instrument="perpetual",
        kind=DeltaOneKind.PERPETUAL,
        quantity=quantity,
        price=price,
        is_inverse=True,
    )


@mp.workdps(DIGITS)
def exact_value(book, spot_move, vols):
    """V of the book after every forward moved, USD, at 50 digits."""
    return value_at(book, spot_move, vols)


def value_at(book, spot_move, vols):
    """The same at the digits of the caller, who may differentiate it."""
    options = book.options
    total = sum(
        mpf(held.quantity) * mpf(held.price) * (1 + mpf(spot_move)) for held in book.delta_one
    )
    for i, quantity in enumerate(book.quantity.tolist()):
        forward = mpf(options.forward[i]) * (1 + mpf(spot_move))
        terms = (mpf(x) for x in (options.strike[i], options.years[i], vols[i], options.rate[i]))
        total += mpf(quantity) * exact_price(forward, *terms, options.sign[i])
    return total


def exact_slope(book):
    """S·∂V/∂S at today's vols, by numerical differentiation at 50 digits."""
    return exact_slope_after(book, 0.0)


@mp.workdps(DIGITS)
def exact_slope_after(book, spot_move):
    """S·∂V/∂S′ at the moved price S′, S today's: what a move of S′ by s·S wins, over s."""
    return mp.diff(lambda move: value_at(book, move, book.options.vol.tolist()), spot_move)
