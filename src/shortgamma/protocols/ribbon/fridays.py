"""When a vault's options expire: Fridays at 08:00 UTC.

Source: ribbon-finance/ribbon-v2, contracts/libraries/VaultLifecycle.sol (getNextFriday, getNextExpiry);
cases of test/libraries/VaultLifecycle.ts.
"""

from typing import Final

_DAY: Final = 86_400
_WEEK: Final = 7 * _DAY
_EIGHT_O_CLOCK: Final = 8 * 3_600
_FRIDAY: Final = 5  # days after Sunday; day 0 of Unix time was a Thursday


def next_friday(time: int) -> int:
    """The first Friday 08:00 UTC after a moment; at 08:00 sharp the one a week later.

    Args:
        time: Unix seconds.

    >>> next_friday(1_622_188_800) - 1_622_188_800  # Friday 28 May 2021, 08:00
    604800
    """
    day = time // _DAY
    friday = (day + (_FRIDAY - (day + 4)) % 7) * _DAY + _EIGHT_O_CLOCK
    return friday if time < friday else friday + _WEEK


def next_expiry(time: int, *, current_expiry: int) -> int:
    """Expiry of the option that a vault sells next.

    It is the Friday after the current option's expiry, or after now where the vault has no option or
    has slept for more than a week.

    Args:
        time: Unix seconds.
        current_expiry: Of the option that ends, Unix seconds; 0 = none.
    """
    if current_expiry == 0 or time > current_expiry + _WEEK:
        return next_friday(time)
    return next_friday(current_expiry)
