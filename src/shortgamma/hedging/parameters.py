"""Checks that the parameters of policies, hedge ratios and frictions share."""

from collections.abc import Sequence
from typing import SupportsFloat

import numpy as np

from shortgamma.basics.errors import InputError


def check_number(value: object, *, name: str, place: str) -> float:
    """The value as a number, infinite or not.

    Raises:
        InputError: It is not one, as a word from a file, or it is NaN.
    """
    number = np.nan
    if isinstance(value, SupportsFloat) and not isinstance(value, bool):
        number = float(value)
    if np.isnan(number):
        raise InputError(f"{name} {value!r} is not a number", place=place, remedy="give a number")
    return number


def check_positive(place: str, **values: object) -> None:
    """Refuses what is not a positive, finite number.

    Args:
        place: Name of the object.
        values: By parameter name.

    Raises:
        InputError: One is not.
    """
    for name, value in values.items():
        number = check_number(value, name=name, place=place)
        if not 0.0 < number < np.inf:
            raise InputError(
                f"{name} is {number:g}", place=place, remedy="give a positive, finite number"
            )


def check_not_negative(place: str, **values: object) -> None:
    """Refuses what is negative or not finite.

    Raises:
        InputError: One is.
    """
    for name, value in values.items():
        number = check_number(value, name=name, place=place)
        if not 0.0 <= number < np.inf:
            raise InputError(
                f"{name} is {number:g}", place=place, remedy="give a finite number of 0 or more"
            )


def check_finite(place: str, **values: object) -> None:
    """Refuses what is not finite.

    Raises:
        InputError: One is not.
    """
    for name, value in values.items():
        number = check_number(value, name=name, place=place)
        if not np.isfinite(number):
            raise InputError(f"{name} is {number:g}", place=place, remedy="give a finite number")


def check_fraction(place: str, **values: object) -> None:
    """Refuses what is not in [0, 1).

    Raises:
        InputError: One is not.
    """
    for name, value in values.items():
        number = check_number(value, name=name, place=place)
        if not 0.0 <= number < 1.0:
            raise InputError(
                f"{name} is {number:g}", place=place, remedy="give a fraction from 0 to below 1"
            )


def check_word(place: str, name: str, *, value: object, words: Sequence[str]) -> None:
    """Refuses a word that is not one of ``words``.

    Raises:
        InputError: It is not.
    """
    if value not in words:
        raise InputError(
            f"{name} {value!r}", place=place, remedy=f"choose one of {', '.join(words)}"
        )
