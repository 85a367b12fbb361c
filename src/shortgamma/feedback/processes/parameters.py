"""Checks that the parameters of every process share."""

from collections.abc import Mapping

import numpy as np

from shortgamma.basics.errors import InputError


def check_parameters(
    place: str,
    *,
    finite: Mapping[str, float],
    not_negative: Mapping[str, float],
    below_one: Mapping[str, float] | None = None,
) -> None:
    """Refuses parameters outside their range.

    Args:
        place: Name of the process.
        finite: Any finite number.
        not_negative: Finite, 0 or more.
        below_one: −1 < value < 1.

    Raises:
        InputError: One is outside.
    """
    for name, value in (*finite.items(), *not_negative.items()):
        if not np.isfinite(value):
            raise InputError(
                f"{name} {value:g} is not finite", place=place, remedy="give a finite number"
            )
    for name, value in not_negative.items():
        if value < 0.0:
            raise InputError(f"{name} {value:g} is negative", place=place, remedy="give 0 or more")
    for name, value in (below_one or {}).items():
        if not -1.0 < value < 1.0:
            raise InputError(
                f"{name} {value:g} is not between −1 and 1",
                place=place,
                remedy="give a number strictly between",
            )


def check_expected_jumps(place: str, expected: float, most: float) -> None:
    """Refuses steps so long that they hold more jumps than the kernel is made for.

    Args:
        place: Name of the process.
        expected: Jumps expected in the longest step.
        most: Limit.

    Raises:
        InputError: There are more.
    """
    if expected > most:
        raise InputError(
            f"{expected:.3g} jumps expected in one step, more than {most:g}",
            place=place,
            remedy="shorten the step or lower the intensity",
        )
