"""All products by name, with terms that make one unit of each comparable: one coin's worth at the strike."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any, Final

from shortgamma.basics.errors import InputError
from shortgamma.protocols.structured.averaging import TwapCall
from shortgamma.protocols.structured.barrier import Autocall, DownAndOut, UpAndOut
from shortgamma.protocols.structured.cppi import Cppi
from shortgamma.protocols.structured.european import CallSpread, Digital, Gap, Range, Vanilla
from shortgamma.protocols.structured.perpetuals import Everlasting, PowerPerpetual
from shortgamma.protocols.structured.product import Product
from shortgamma.protocols.structured.variance import VarianceSwap

WIDTH: Final = 0.1
"""Distance of a second level from the strike, part of it."""
TRIGGER: Final = 0.05
"""Distance of the gap option's trigger and of the autocall's call level."""
PROTECTION: Final = 0.15
"""Distance of the autocall's protection."""
COUPON: Final = 0.02
"""Of the autocall, part of the notional."""


def call_spread(strike: float, days: float) -> Product:
    """Capped a tenth above the strike."""
    del days
    return CallSpread(strike=strike, cap=strike * (1.0 + WIDTH))


def digital(strike: float, days: float) -> Product:
    """Pays a tenth of the strike."""
    del days
    return Digital(level=strike, pays=strike * WIDTH)


def in_range(strike: float, days: float) -> Product:
    """Pays a tenth of the strike within a tenth of it."""
    del days
    return Range(low=strike * (1.0 - WIDTH), high=strike * (1.0 + WIDTH), pays=strike * WIDTH)


def gap(strike: float, days: float) -> Product:
    """Triggered above the strike."""
    del days
    return Gap(strike=strike, trigger=strike * (1.0 + TRIGGER))


def up_and_out(strike: float, days: float) -> Product:
    """Knocked out two tenths above the strike."""
    del days
    return UpAndOut(strike=strike, barrier=strike * (1.0 + 2.0 * WIDTH))


def down_and_out(strike: float, days: float) -> Product:
    """Knocked out a tenth below the strike."""
    del days
    return DownAndOut(strike=strike, barrier=strike * (1.0 - WIDTH))


def autocall(strike: float, days: float) -> Product:
    """One coin's worth at the strike."""
    del days
    return Autocall(
        entry=strike,
        call_level=strike * (1.0 + TRIGGER),
        protection=strike * (1.0 - PROTECTION),
        coupon=COUPON,
        notional=strike,
    )


MAKERS: Final[Mapping[str, Callable[[float, float], Product]]] = MappingProxyType(
    {
        Vanilla.name: lambda strike, _days: Vanilla(strike=strike),
        CallSpread.name: call_spread,
        TwapCall.name: lambda strike, _days: TwapCall(strike=strike),
        Everlasting.name: lambda strike, _days: Everlasting(strike=strike),
        PowerPerpetual.name: lambda strike, _days: PowerPerpetual(strike=strike),
        VarianceSwap.name: lambda strike, _days: VarianceSwap(notional=strike),
        Digital.name: digital,
        Range.name: in_range,
        Gap.name: gap,
        UpAndOut.name: up_and_out,
        DownAndOut.name: down_and_out,
        Autocall.name: autocall,
        Cppi.name: lambda strike, days: Cppi(entry=strike, days=days),
    }
)
"""What makes the product of a name from strike (USD) and days to expiry."""


def product_named(name: str, *, strike: float, days: float, **terms: float) -> Product:
    """The product of that name, with terms of its own changed.

    Args:
        name: A key of :data:`MAKERS`.
        strike: USD; other levels follow from it unless they are given.
        days: To expiry.
        terms: Fields of the product, in their units.

    Raises:
        InputError: There is none, or it has no such term.

    >>> product_named("call-spread", strike=2000.0, days=7.0, cap=2500.0)
    CallSpread(strike=2000.0, cap=2500.0)
    """
    make = MAKERS.get(name)
    if make is None:
        raise InputError(
            f"no product is called {name!r}", place="--products", remedy=f"use {', '.join(MAKERS)}"
        )
    product = make(strike, days)
    known = [item.name for item in fields(described(product))]
    for term in terms:
        if term not in known:
            raise InputError(
                f"{name} has no {term!r}", place="--products", remedy=f"it has {', '.join(known)}"
            )
    return replace(described(product), **terms) if terms else product


def described(product: Product) -> Any:
    """The product as the dataclass that it is."""
    return product
