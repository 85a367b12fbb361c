"""UTC stamps in nanoseconds, and the year fraction that every price uses."""

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import NANOSECONDS_PER_SECOND, NANOSECONDS_PER_YEAR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_stamp(text: str) -> int:
    """UTC nanoseconds of an ISO 8601 date or date-time; a stamp without a zone is UTC.

    Raises:
        InputError: The text is not ISO 8601.

    >>> parse_stamp("2026-01-31T08:00Z") - parse_stamp("2026-01-30T08:00+00:00")
    86400000000000
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InputError(
            f"{text!r} is not a time", remedy="write it as 2026-01-31T08:00Z"
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return nanoseconds(moment)


def nanoseconds(moment: datetime) -> int:
    """UTC nanoseconds of an aware date-time, exact to the microsecond."""
    span = moment - _EPOCH
    seconds = span.days * 86_400 + span.seconds
    return seconds * NANOSECONDS_PER_SECOND + span.microseconds * 1_000


def format_stamp(stamp: int) -> str:
    """ISO 8601 in UTC; whole seconds where the stamp has no fraction.

    >>> format_stamp(parse_stamp("2026-01-31T08:00Z"))
    '2026-01-31T08:00:00Z'
    """
    seconds, fraction = divmod(int(stamp), NANOSECONDS_PER_SECOND)
    moment = _EPOCH + timedelta(seconds=seconds, microseconds=fraction // 1_000)
    return moment.isoformat().replace("+00:00", "Z")


def years_between(start: int, end: NDArray[np.int64]) -> NDArray[np.float64]:
    """ACT/365 years from ``start`` to each ``end``, both UTC nanoseconds; negative when past."""
    return (end - np.int64(start)).astype(np.float64) / NANOSECONDS_PER_YEAR
