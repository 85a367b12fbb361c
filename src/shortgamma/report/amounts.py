"""Numbers as a reader wants them: three digits, the right unit, a real minus sign, readable dates."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.time import format_stamp
from shortgamma.basics.units import DAYS_PER_YEAR, NANOSECONDS_PER_DAY

MINUS = "\u2212"
DIGITS = 3
LADDER = ((1e12, "tn$"), (1e9, "bn$"), (1e6, "M$"), (1e3, "k$"), (1.0, "$"))
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CENT = 0.01  # USD: less is rounding
DUST = 1e-8  # of a coin or of a ratio: less is rounding
CERTAIN = 0.995  # a probability above it is not rounded up to certainty
HOURS_PER_DAY, MINUTES_PER_HOUR = 24.0, 60.0
HOURS_UNTIL = 2.0  # days: below it a span is given in hours
MINUTES_UNTIL = 2.0  # hours: below it a span is given in minutes


@dataclass(frozen=True, slots=True)
class Scale:
    """What an axis in USD is divided by, and what its unit is then called."""

    divisor: float
    unit: str


def scale_of(size: float) -> Scale:
    """The unit in which an amount of that size reads best.

    >>> scale_of(48.6e6)
    Scale(divisor=1000000.0, unit='M$')
    """
    size = abs(rounded(size))
    return next(
        (Scale(divisor, unit) for divisor, unit in LADDER if size >= divisor), Scale(1.0, "$")
    )


def rounded(value: float, digits: int = DIGITS) -> float:
    """The value to so many significant digits.

    >>> rounded(999_960.0)
    1000000.0
    """
    return float(f"{value:.{digits - 1}e}")


def number(value: float, digits: int = DIGITS) -> str:
    """Significant digits without trailing zeros, with thousands separators.

    >>> number(-1234.5), number(0.162), number(42.0)
    ('−1,230', '0.162', '42')
    """
    value = rounded(value, digits)
    if value == 0.0:
        return "0"
    decimals = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    text = f"{abs(value):,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{MINUS}{text}" if value < 0.0 else text


def ratio(value: float) -> str:
    """A pure number such as θ; what is only rounding is zero.

    >>> ratio(-0.1566), ratio(3e-18)
    ('−0.157', '0')
    """
    return number(0.0 if abs(value) < DUST else value)


def with_sign(text: str, value: float) -> str:
    """The text of an amount with a plus in front where the amount is positive."""
    is_positive = value > 0.0 and any(digit in text for digit in "123456789")
    return f"+{text}" if is_positive else text


def usd(value: float) -> str:
    """An amount of money with its sign only where it is negative.

    >>> usd(42.3e6), usd(-1.2e9), usd(650e3), usd(999_960.0)
    ('42.3 M$', '−1.2 bn$', '650 k$', '1 M$')
    """
    if not math.isfinite(value):
        return "unknown"
    if abs(value) < CENT:
        return "0 $"
    scale = scale_of(value)
    return f"{number(value / scale.divisor)} {scale.unit}"


def signed_usd(value: float) -> str:
    """An amount of money that always shows its sign.

    >>> signed_usd(42.3e6), signed_usd(-42.3e6), signed_usd(0.0)
    ('+42.3 M$', '−42.3 M$', '0 $')
    """
    return with_sign(usd(value), value)


def price(value: float) -> str:
    """A price level: whole dollars, more digits below 1,000.

    >>> price(97_400.4), price(3.14159)
    ('97,400', '3.142')
    """
    return f"{value:,.0f}" if abs(value) >= 1_000.0 else number(value, 4)


def coins(value: float, underlying: str) -> str:
    """An amount of the underlying that always shows its sign.

    >>> coins(-904.9, "BTC")
    '−905 BTC'
    """
    value = 0.0 if abs(value) < DUST else value
    return with_sign(f"{number(value)} {underlying}", value)


def percent(share: float, digits: int = 2) -> str:
    """A share of one in percent, to so many significant digits.

    >>> percent(-0.083), percent(0.25)
    ('−8.3 %', '25 %')
    """
    return f"{number(100.0 * share, max(digits, whole_digits(100.0 * share)))} %"


def signed_percent(share: float, digits: int = 2) -> str:
    """A share of one in percent that always shows its sign.

    >>> signed_percent(0.0575), signed_percent(0.0039), signed_percent(0.0)
    ('+5.8 %', '+0.39 %', '0 %')
    """
    return with_sign(percent(share, digits), share)


def whole_digits(value: float) -> int:
    """Digits before the point."""
    return len(f"{abs(value):.0f}")


def probability(value: float) -> str:
    """A probability in percent that is never rounded to certainty.

    >>> probability(0.6765), probability(0.999), probability(1.0), probability(0.001)
    ('68 %', '>99 %', '100 %', '<1 %')
    """
    if 0.0 < value < 1.0 - CERTAIN:
        return "<1 %"
    if CERTAIN < value < 1.0:
        return ">99 %"
    return f"{100.0 * value:.0f} %"


def move_percent(log_move: float) -> str:
    """A log move as the percentage by which the price changes.

    >>> move_percent(0.0)
    '0 %'
    """
    return signed_percent(math.expm1(log_move))


def times(factor: float) -> str:
    """A factor on volatility.

    >>> times(1.1932)
    '× 1.19'
    """
    return f"× {factor:.2f}" if factor < 10.0 else f"× {number(factor)}"


def span(days: float) -> str:
    """A time span in the unit that suits it.

    >>> span(15.1), span(0.9), span(0.03)
    ('15d', '22h', '43min')
    """
    hours = days * HOURS_PER_DAY
    if days >= HOURS_UNTIL:
        return f"{days:.0f}d"
    return f"{hours:.0f}h" if hours >= MINUTES_UNTIL else f"{hours * MINUTES_PER_HOUR:.0f}min"


def moment(stamp: int | None) -> str:
    """A stamp for readers, in UTC.

    >>> moment(0), moment(None)
    ('1 Jan 1970, 00:00 UTC', 'time not stated by the source')
    """
    if stamp is None:
        return "time not stated by the source"
    text = format_stamp(stamp)
    return f"{day_of(text)} {text[:4]}, {text[11:16]} UTC"


def day_of(text: str) -> str:
    """Day and month of an ISO stamp."""
    return f"{int(text[8:10])} {MONTHS[int(text[5:7]) - 1]}"


def days_to(expiries: NDArray[np.int64], asof: int | None) -> NDArray[np.float64]:
    """Days from ``asof`` to each expiry; a source without a time counts its expiries from zero."""
    return (expiries - np.int64(asof or 0)).astype(np.float64) / NANOSECONDS_PER_DAY


def expiry_labels(expiries: NDArray[np.int64], asof: int | None) -> list[str]:
    """One label per expiry, such as ``30 Jan (15d)``, all different.

    The year is added where it is not that of ``asof``, the hour where two labels would be the same; a
    source without a time gets time spans only.
    """
    spans = [span(days) for days in days_to(expiries, asof).tolist()]
    if asof is None:
        return distinct(spans, [f"{days:.4g}d" for days in days_to(expiries, asof).tolist()])
    today = format_stamp(asof)
    stamps = [format_stamp(stamp) for stamp in expiries.tolist()]
    dates = [day_of(s) if s[:4] == today[:4] else f"{day_of(s)} \u2019{s[2:4]}" for s in stamps]
    hours = [f"{day_of(s)} {s[11:16]}" for s in stamps]
    short = [f"{date} ({left})" for date, left in zip(dates, spans, strict=True)]
    return distinct(short, [f"{hour} ({left})" for hour, left in zip(hours, spans, strict=True)])


def distinct(labels: Sequence[str], longer: Sequence[str]) -> list[str]:
    """The labels, with the longer version, or else a count, in place of repeated ones."""
    found: list[str] = []
    for label, detailed in zip(labels, longer, strict=True):
        choice = label if list(labels).count(label) == 1 else detailed
        found.append(choice if choice not in found else f"{choice} #{len(found) + 1}")
    return found


def years_text(years: float) -> str:
    """A tenor in years as a time span."""
    return span(years * DAYS_PER_YEAR)
